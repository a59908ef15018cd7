"""A cohort on this machine: its blocks, screened here, alone or by workers side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eligimatch.model.diagnostic import Diagnostic
from eligimatch.screening.blocks import BlockWriter, Done, Job, settle
from eligimatch.screening.crew import Crew
from eligimatch.screening.folder import Folder
from eligimatch.screening.settings import source_hash
from eligimatch.sources.cohort import Cohort


class LocalWork:
    """The blocks of a cohort, see `run.Work`."""

    def __init__(self, cohort: Cohort, files: Sequence[Path], block: int, workers: int) -> None:
        """`files` are what the cohort is kept in, its mapping included; `block` is the number of persons of one."""
        self._cohort = cohort
        self._workers = workers
        self._extents: list[Any] = cohort.extents(block)
        self.persons = cohort.persons
        self.blocks = len(self._extents)
        self.source = source_hash(files, self._extents)
        self.lost: list[Diagnostic] = []

    def screen(self, job: Job, folder: Folder, numbers: Sequence[int]) -> Iterator[Done]:
        """Each block as soon as it is written. Raises InputError."""
        extents = [self._extents[number] for number in numbers]
        workers = min(self._workers, len(extents))
        if workers > 1:
            crew = Crew(job, self._cohort, folder.path, workers)
            try:
                yield from crew.screen(extents)
            finally:
                self.lost = crew.lost
        elif extents:
            yield from self._alone(BlockWriter(job, self._cohort, folder.path), extents)

    def _alone(self, writer: BlockWriter, extents: Sequence[Any]) -> Iterator[Done]:
        for number, extent in enumerate(extents):
            yield writer.screen(extent)
            if number == 0 and len(extents) > 1:
                settle()
