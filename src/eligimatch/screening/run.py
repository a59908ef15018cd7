"""A screening from beginning to end: what is left to do, done, and summed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import polars as pl
from polars.exceptions import PolarsError

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import CompiledTrial
from eligimatch.screening.blocks import Done, Job, unwritable
from eligimatch.screening.contents import CONTENTS
from eligimatch.screening.folder import SUMMARY, Folder, drafted
from eligimatch.screening.parts import COUNTS, ELIGIBLE
from eligimatch.screening.settings import Manifest, Settings, manifest_of
from eligimatch.screening.since import MOVED, earlier, identity
from eligimatch.sources.blocks import REJECTED


class Work(Protocol):
    """The blocks of a cohort, and who screens them."""

    persons: int
    """How many persons there are, those set aside included."""
    blocks: int
    source: str
    """The hash of what the cohort is kept in, and of where its blocks lie."""
    lost: list[Diagnostic]
    """What is to be said of blocks that could not be screened."""

    def screen(self, job: Job, folder: Folder, numbers: Sequence[int]) -> Iterator[Done]:
        """Screens the blocks of some numbers into a folder: each as soon as it is written. Raises InputError."""


class Run:
    """A screening of a cohort into a folder, which it holds from `begin` on."""

    def __init__(self, folder: Folder, trials: Sequence[CompiledTrial], work: Work, settings: Settings, since: Path | None = None) -> None:
        """`since` is the folder of the screening that this one follows."""
        self.folder = folder
        self.trials = trials
        self._work = work
        self._settings = settings
        self.manifest: Manifest = manifest_of(trials, work.source, work.persons, work.blocks, settings)
        self._before = earlier(since, self.manifest) if since else None
        if since:
            self.manifest = self.manifest.model_copy(update={"since": identity(since)})

    @property
    def lost(self) -> list[Diagnostic]:
        """What is to be said of blocks that could not be screened."""
        return self._work.lost

    @property
    def cells(self) -> int:
        """Criteria that each person is put before."""
        return sum(len(trial.criteria) for trial in self.trials)

    def begin(self, *, anew: bool) -> list[int]:
        """The numbers of the blocks that are not done; `anew` forgets those that are. Raises InputError."""
        with _writing(self.folder):
            return self.folder.begin(self.manifest, anew=anew)

    def screen(self, blocks: Sequence[int]) -> Iterator[Done]:
        """Each block as soon as it is written. Raises InputError."""
        try:
            yield from self._work.screen(Job(self.trials, self._settings, self._before), self.folder, blocks)
        finally:
            self.folder.sweep()

    def finish(self) -> pl.DataFrame:
        """Joins what is joined, and sums up: a row a trial. Raises InputError."""
        with _writing(self.folder):
            if not self.folder.finished():
                self.folder.join("persons", CONTENTS)
                self.folder.join("rejected", REJECTED)
                if self._before:
                    self.folder.join("moved", MOVED)
                if self._settings.eligible:
                    listed = self.folder.join("eligible", ELIGIBLE)
                    with drafted(self.folder.path / "eligible.csv") as draft:
                        listed.sink_csv(draft)
                summary = self._summary()
                with drafted(self.folder.path / SUMMARY) as draft:
                    summary.write_parquet(draft)
            self.folder.drop_parts()
            return pl.read_parquet(self.folder.path / SUMMARY)

    def rejected(self) -> pl.DataFrame:
        """What was set aside, see `sources.blocks.REJECTED`."""
        return pl.read_parquet(self.folder.path / "rejected.parquet")

    def moves(self) -> pl.DataFrame | None:
        """How many verdicts moved from what to what, the commonest first; None where this screening follows none."""
        if not self._before:
            return None
        moved = pl.read_parquet(self.folder.path / "moved.parquet", columns=["before", "now"])
        return (
            moved.group_by("before", "now").len("verdicts").sort(pl.col("verdicts"), pl.col("before"), pl.col("now"), descending=[True, False, False])
        )

    def _summary(self) -> pl.DataFrame:
        """A row a trial: in order, who failed a criterion first is ineligible, and who matched through all of them is eligible."""
        persons = pl.scan_parquet(self.folder.path / "persons.parquet", glob=False).select(pl.len()).collect().item()
        counts = [pl.DataFrame(schema=COUNTS), *map(pl.read_parquet, self.folder.parts("attrition"))]
        sums = pl.concat(counts).group_by("trial", "criterion").sum().group_by("trial").agg(pl.sum("failed_first"), pl.min("matched_through"))
        trials = pl.DataFrame({"trial": [trial.id for trial in self.trials]}, schema={"trial": pl.String})
        found = trials.join(sums, on="trial", how="left", maintain_order="left")
        eligible, ineligible = pl.col("matched_through").fill_null(persons), pl.col("failed_first").fill_null(0)
        return found.select("trial", eligible=eligible, ineligible=ineligible, undetermined=persons - eligible - ineligible)


@contextmanager
def _writing(folder: Folder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(folder.path, error) from None
    except PolarsError:
        hint = "is there room? if a part file is damaged, --force starts the folder anew"
        raise InputError(Diagnostic(title="the parts cannot be joined", source=str(folder.path), hint=hint)) from None
