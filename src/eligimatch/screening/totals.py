"""A screening's folder to each trial's attrition: the counts of all blocks together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from eligimatch.model.attrition import Combination, CriterionAttrition, TrialAttrition, Without
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.verdict import Status
from eligimatch.screening.folder import Folder
from eligimatch.screening.parts import STATUS
from eligimatch.screening.settings import Described, Manifest
from eligimatch.sources.long_tables import readable
from eligimatch.sources.mistakes import meant

Row = Mapping[str, Any]


class Totals:
    """What a finished screening counted. Raises InputError where there is none."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        manifest = self.folder.manifest() if path.is_dir() else None
        if manifest is None:
            raise _no(path, "no screening here", "eligimatch screen SOURCE --out DIR")
        if not self.folder.finished():
            raise _no(
                path, f"this screening is not finished: {len(self.folder.parts('verdicts'))} of {manifest.blocks} blocks", "run it again: it goes on"
            )
        self.manifest: Manifest = manifest

    def names(self, wanted: Collection[str]) -> list[str]:
        """The trials that are asked for, in order; all where none is. Raises InputError where one was not screened."""
        known = self.manifest.trials
        for name in wanted:
            if name not in known:
                raise _no(self.folder.path, f"the trial `{name}` was not screened", meant(name, list(known)))
        return [name for name in known if not wanted or name in wanted]

    def trials(self, wanted: Collection[str] = (), dropped: Sequence[str] = ()) -> list[TrialAttrition]:
        """Each trial's attrition; `dropped` are criteria (`NCT01234567:I4`) to be left out together, of trials that are then asked for.

        Raises InputError.
        """
        left_out = self._left_out(dropped)
        names = self.names([*wanted, *left_out])
        with readable(str(self.folder.path)):
            return self._trials(names, left_out)

    def _trials(self, names: Sequence[str], left_out: Mapping[str, Sequence[str]]) -> list[TrialAttrition]:
        rows, combinations = self._counts(names), self._combinations(names)
        verdicts = {row["trial"]: row for row in self._read([self.folder.path / "summary.parquet"], names).to_dicts()}
        return [
            _trial(name, self.manifest.trials[name], verdicts[name], rows[name], combinations, self._without(name, left_out.get(name)))
            for name in names
        ]

    def _counts(self, names: Sequence[str]) -> Mapping[str, dict[str, Row]]:
        """Of each trial, each criterion's sums over all blocks."""
        found: dict[str, dict[str, Row]] = {name: {} for name in names}
        sums = self._read(self.folder.parts("attrition"), names).group_by("trial", "criterion").sum()
        for row in sums.iter_rows(named=True):
            found[row["trial"]][row["criterion"]] = row
        return found

    def _combinations(self, names: Sequence[str]) -> Mapping[str, tuple[Combination, ...]] | None:
        if not self.manifest.settings.combinations:
            return None
        found = defaultdict(list)
        sums = self._read(self.folder.parts("combinations"), names).group_by("trial", "criteria").sum()
        for trial, criteria, persons in sums.iter_rows():
            found[trial].append(Combination(criteria=tuple(criteria), persons=persons))
        return {name: tuple(sorted(found[name], key=lambda one: (-one.persons, one.criteria))) for name in names}

    def _read(self, paths: Sequence[Path], names: Sequence[str]) -> pl.DataFrame:
        return pl.concat(pl.read_parquet(path).filter(pl.col("trial").is_in(names)) for path in paths) if paths else pl.DataFrame()

    def listed(self, names: Collection[str] = ()) -> Iterator[tuple[str, str, str]]:
        """Person, trial and verdict of those whom the screening listed."""
        path = self.folder.path / "eligible.parquet"
        wanted = self.names(names)
        if path.exists():
            yield from pl.read_parquet(path).filter(pl.col("trial").is_in(wanted)).iter_rows()

    # --- what if -----------------------------------------------------------------------------------------------------------------------------

    def _left_out(self, dropped: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in dropped:
            trial, _, criterion = name.partition(":")
            if trial not in self.manifest.trials or criterion not in self.manifest.trials[trial].criteria:
                raise _no(self.folder.path, f"no criterion `{name}` was screened", "name one as in NCT01234567:I4")
            found.setdefault(trial, []).append(criterion)
        if found and not self.manifest.settings.statuses:
            raise _no(self.folder.path, "what leaving out criteria comes to is asked of their statuses", "screen once more with --statuses")
        return found

    def _without(self, trial: str, left_out: Sequence[str] | None) -> Without | None:
        if not left_out:
            return None
        rest = [f"{trial}:{criterion}" for criterion in self.manifest.trials[trial].criteria if criterion not in left_out]
        bounds = Counter[str]()
        for path in self.folder.parts("statuses"):
            part = pl.read_parquet(path, columns=["person", *rest]).with_columns(person=pl.lit(Status.MATCHED, STATUS))
            bounds["eligible"] += _all_of(part, pl.all() == Status.MATCHED)
            bounds["possible"] += _all_of(part, pl.all() != Status.FAILED)
        return Without(criteria=tuple(left_out), eligible=bounds["eligible"], possible=bounds["possible"])


def _all_of(statuses: pl.DataFrame, holds: pl.Expr) -> int:
    """For how many persons it holds of every criterion."""
    return int(statuses.select(pl.all_horizontal(holds).sum()).item())


def _trial(
    name: str,
    about: Described,
    verdicts: Row,
    counted: Mapping[str, Row],
    combinations: Mapping[str, tuple[Combination, ...]] | None,
    without: Without | None,
) -> TrialAttrition:
    eligible, ineligible = verdicts["eligible"], verdicts["ineligible"]
    persons = eligible + ineligible + verdicts["undetermined"]
    criteria, remain = [], persons
    for criterion, words in about.criteria.items():
        row = counted[criterion]
        remain -= row["failed_first"]
        criteria.append(
            CriterionAttrition(
                id=criterion,
                kind=words.kind,
                text=words.text,
                failed=row["failed"],
                unknown=row["unknown"],
                failed_first=row["failed_first"],
                may_remain=remain,
                surely_remain=row["matched_through"],
                failed_alone=row["failed_alone"],
                eligible_without=eligible + row["failed_rest_matched"] + row["unknown_rest_matched"],
                possible_without=persons - ineligible + row["failed_alone"],
            )
        )
    return TrialAttrition(
        trial=name,
        title=about.title,
        persons=persons,
        eligible=eligible,
        ineligible=ineligible,
        possible=persons - ineligible,
        criteria=tuple(criteria),
        combinations=None if combinations is None else combinations[name],
        without=without,
    )


def _no(path: Path, title: str, hint: str) -> InputError:
    return InputError(Diagnostic(title=title, source=str(path), hint=hint))
