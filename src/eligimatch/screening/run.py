"""A screening from beginning to end: what is left to do, done, and summed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.trial import CompiledTrial
from eligimatch.screening.blocks import BlockScreener, Done, Job, settle, unwritable
from eligimatch.screening.contents import CONTENTS
from eligimatch.screening.crew import Crew
from eligimatch.screening.folder import SUMMARY, Folder, drafted
from eligimatch.screening.parts import ELIGIBLE, VERDICT
from eligimatch.screening.settings import Manifest, Settings, manifest_of, source_hash
from eligimatch.screening.since import MOVED, earlier, identity
from eligimatch.sources.blocks import REJECTED
from eligimatch.sources.cohort import Cohort


class Run:
    """A screening of a cohort into a folder, which it holds from `begin` on."""

    def __init__(
        self, folder: Folder, trials: Sequence[CompiledTrial], cohort: Cohort, files: Sequence[Path], settings: Settings, since: Path | None = None
    ) -> None:
        """`files` are what the cohort is kept in, its mapping included; `since` is the folder of the screening that this one follows."""
        self.folder = folder
        self.trials = trials
        self._cohort = cohort
        self._settings = settings
        self._extents: list[Any] = cohort.extents(settings.block)
        self.manifest: Manifest = manifest_of(trials, source_hash(files, self._extents), cohort.persons, len(self._extents), settings)
        self._before = earlier(since, self.manifest) if since else None
        if since:
            self.manifest = self.manifest.model_copy(update={"since": identity(since)})
        self.lost: list[Diagnostic] = []
        """Blocks that could not be screened."""

    @property
    def cells(self) -> int:
        """Criteria that each person is put before."""
        return sum(len(trial.criteria) for trial in self.trials)

    def blocks(self, workers: int, *, anew: bool) -> Iterator[Done]:
        """Each block that was not done, as soon as it is written. Raises InputError."""
        with _writing(self.folder):
            left = self.folder.begin(self.manifest, anew=anew)
        job = Job(self.trials, self._cohort, self.folder.path, self._settings, self._before)
        extents = [self._extents[number] for number in left]
        if min(workers, len(extents)) > 1:
            crew = Crew(job, min(workers, len(extents)))
            yield from crew.screen(extents)
            self.lost = crew.lost
        elif extents:
            yield from _alone(job, extents)

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
        names = [trial.id for trial in self.trials]
        sums = {name: dict.fromkeys(VERDICT.categories, 0) for name in names}
        for path in self.folder.parts("verdicts"):
            part = pl.read_parquet(path, columns=names)
            for name in names:
                for verdict, count in part[name].value_counts().iter_rows():
                    sums[name][verdict] += count
        rows = [{"trial": name, **counted} for name, counted in sums.items()]
        return pl.DataFrame(rows, schema={"trial": pl.String, **dict.fromkeys(VERDICT.categories, pl.Int64)})


def _alone(job: Job, extents: Sequence[Any]) -> Iterator[Done]:
    screener = BlockScreener(job)
    for number, extent in enumerate(extents):
        yield screener.screen(extent)
        if number == 0 and len(extents) > 1:
            settle()


@contextmanager
def _writing(folder: Folder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(folder.path, error) from None
