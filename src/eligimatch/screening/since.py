"""An earlier screening, for one that follows it: whose facts are as they were, what was said of them then, and what moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from eligimatch.engine.screener.planes import Flags, Plane, packed, unpacked
from eligimatch.engine.screener.screener import Screened, Screener
from eligimatch.model.columns import PERSON
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import CompiledTrial
from eligimatch.model.verdict import Status, Verdict
from eligimatch.screening.folder import MANIFEST, SUMMARY, Folder
from eligimatch.screening.parts import VERDICT
from eligimatch.screening.settings import Manifest
from eligimatch.sources.blocks import Block
from eligimatch.sources.cache import digest
from eligimatch.sources.long_tables import readable

MOVED: dict[str, Any] = {PERSON: pl.String, "trial": pl.String, "before": VERDICT, "now": VERDICT}


class Earlier(NamedTuple):
    """A finished screening with statuses, and the trials of now that are as they were then."""

    folder: Path
    parts: int
    same: frozenset[str]
    known: frozenset[str]
    """The trials that it screened."""


def earlier(path: Path, now: Manifest) -> Earlier:
    """The screening of a folder. Raises InputError where it cannot be followed."""
    folder = Folder(path)
    then = folder.manifest() if path.is_dir() else None
    if then is None or not folder.finished():
        raise InputError(Diagnostic(title="no finished screening here", source=str(path), hint="--since names the folder of an earlier run"))
    if not then.settings.statuses:
        raise InputError(Diagnostic(title="this screening has no statuses to go on from", source=str(path), hint="screen once with --statuses"))
    same = (name for name, about in now.trials.items() if then.program == now.program and then.trials.get(name) == about)
    return Earlier(path, then.blocks, frozenset(same), frozenset(then.trials) & frozenset(now.trials))


def identity(path: Path) -> str:
    """The hash of a finished screening: of what it was made with, and of what it found."""
    return digest(*((path / name).read_bytes() for name in (MANIFEST, "persons.parquet", SUMMARY))).hex()


class Since:
    """Screens blocks, but copies what was said of persons and trials that are as they were."""

    def __init__(self, before: Earlier, trials: Sequence[CompiledTrial], whole: Screener, changed: Screener) -> None:
        """`whole` has all trials, `changed` those that are not as they were."""
        self._before = before
        self._trials = trials
        self._whole = whole
        self._changed = changed

    def screen(self, block: Block, contents: pl.DataFrame) -> tuple[Iterator[Screened], pl.DataFrame]:
        """Each trial in order, and each person's earlier verdicts by column: no row's where the person is new."""
        known = contents.join(self._known(contents[PERSON]), on=PERSON, how="left", maintain_order="left", suffix="_then")
        parts = known["part_then"].drop_nulls().unique().sort().to_list()
        same = known.select(same=((pl.col("high") == pl.col("high_then")) & (pl.col("low") == pl.col("low_then"))).fill_null(value=False))[
            "same"
        ].to_numpy()
        verdicts, statuses = (self._rows(table, parts, contents[PERSON]) for table in ("verdicts", "statuses"))
        return self._screened(block, same, verdicts, statuses), verdicts

    def _known(self, persons: pl.Series) -> pl.DataFrame:
        path = self._before.folder / "persons.parquet"
        with readable(str(path)):
            return pl.scan_parquet(path, glob=False).filter(pl.col(PERSON).is_in(persons.implode())).collect()

    def _rows(self, table: str, parts: Iterable[int], persons: pl.Series) -> pl.DataFrame:
        """Earlier rows of these persons, one each, in their order."""
        folder, wanted = Folder(self._before.folder), persons.to_frame()
        paths = [folder.part(table, number) for number in parts]
        if not paths:
            return wanted
        with readable(str(folder.path)):
            found = pl.scan_parquet(paths, glob=False).filter(pl.col(PERSON).is_in(persons.implode())).collect()
        return wanted.join(found, on=PERSON, how="left", maintain_order="left")

    def _screened(self, block: Block, same: Flags, verdicts: pl.DataFrame, statuses: pl.DataFrame) -> Iterator[Screened]:
        anew, kept = _Some(~same), _Some(same)
        of_new = self._whole.screen(anew.block(block, self._whole)) if anew.size else iter(())
        of_kept = self._changed.screen(kept.block(block, self._changed)) if kept.size else iter(())
        verdicts, statuses = (rows.filter(pl.Series(same)) for rows in (verdicts, statuses))
        for trial in self._trials:
            made = next(of_new, None)
            if not kept.size:
                then = None
            elif trial.id in self._before.same:
                then = _copied(trial, verdicts, statuses)
            else:
                then = next(of_kept)
            yield _joined(trial, [(one, some) for one, some in ((made, anew), (then, kept)) if one is not None])


class _Some:
    """Some persons of a block."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.size = int(np.count_nonzero(flags))

    def block(self, block: Block, screener: Screener) -> Any:
        """Their tables alone, ready for a screener."""
        numbers = pl.Series(np.cumsum(self.flags, dtype=np.uint32) - np.uint32(1))
        inside = pl.Series(self.flags)
        tables = {}
        for name, rows in block.tables.items():
            mine = rows.filter(inside.gather(rows[PERSON]))
            tables[name] = mine.with_columns(numbers.gather(mine[PERSON]).alias(PERSON))
        return screener.block(block.person.filter(inside).cast(pl.String).to_list(), tables)


def moved(person: pl.Series, now: Mapping[str, pl.Series], then: pl.DataFrame) -> pl.DataFrame:
    """Whose verdicts are not what they were, see MOVED; persons and trials that are new have not moved."""
    found = [pl.DataFrame(schema=MOVED)]
    for name, verdicts in now.items():
        if name in then.columns:
            rows = pl.DataFrame(
                {PERSON: person, "trial": pl.repeat(name, len(person), eager=True), "before": then[name], "now": verdicts}, schema=MOVED
            )
            found.append(rows.filter(pl.col("before") != pl.col("now")))
    return pl.concat(found)


def _copied(trial: CompiledTrial, verdicts: pl.DataFrame, statuses: pl.DataFrame) -> Screened:
    criteria = {one.id: _plane(statuses[f"{trial.id}:{one.id}"], Status.MATCHED, Status.FAILED) for one in trial.criteria}
    return Screened(trial.id, _plane(verdicts[trial.id], Verdict.ELIGIBLE, Verdict.INELIGIBLE), criteria)


def _plane(values: pl.Series, true: str, false: str) -> Plane:
    return Plane(packed((values == true).to_numpy()), packed((values == false).to_numpy()))


def _joined(trial: CompiledTrial, parts: Sequence[tuple[Screened, _Some]]) -> Screened:
    """One trial for all persons of a block, of whom each stands in one of the parts."""
    if len(parts) == 1:
        return parts[0][0]
    criteria = {one.id: _spread([(screened.criteria[one.id], some) for screened, some in parts]) for one in trial.criteria}
    return Screened(trial.id, _spread([(screened.verdict, some) for screened, some in parts]), criteria)


def _spread(parts: Sequence[tuple[Plane, _Some]]) -> Plane:
    true, false = (np.zeros(some.flags.size, np.bool_) for _, some in parts)
    for plane, some in parts:
        true[some.flags] = unpacked(plane.true, some.size)
        false[some.flags] = unpacked(plane.false, some.size)
    return Plane(packed(true), packed(false))
