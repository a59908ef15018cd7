"""One block of a cohort, read, screened and written: what a worker does, block after block."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from polars.exceptions import PanicException

from eligimatch import kept
from eligimatch.engine.screener.screener import Screener
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import CompiledTrial
from eligimatch.screening.contents import contents
from eligimatch.screening.folder import Folder
from eligimatch.screening.parts import Parts
from eligimatch.screening.settings import Settings
from eligimatch.screening.since import Earlier, Since, moved
from eligimatch.sources.blocks import Block
from eligimatch.sources.cohort import Cohort


class Job(NamedTuple):
    """What every worker is given."""

    trials: Sequence[CompiledTrial]
    cohort: Cohort
    folder: Path
    settings: Settings
    before: Earlier | None = None
    """The screening that this one follows."""


class Done(NamedTuple):
    """A block that was written."""

    number: int
    persons: int
    set_aside: int


class BlockScreener:
    """Screens blocks one after the other; what it learns of one serves the next."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._folder = Folder(job.folder)
        self._screener = self._with(job.trials)
        before = job.before
        self._since = before and Since(before, job.trials, self._screener, self._with([one for one in job.trials if one.id not in before.same]))

    def _with(self, trials: Sequence[CompiledTrial]) -> Screener:
        return Screener(trials, kept.language().vocabulary, kept.language().units, self._job.settings.as_of)

    def _read(self, extent: Any) -> Block:
        try:
            return self._job.cohort.block(extent)
        except PanicException:
            raise InputError(Diagnostic(title=f"block {extent.number} cannot be read", hint="is every table of the source whole?")) from None

    def screen(self, extent: Any) -> Done:
        """Writes a block's part files. Raises InputError."""
        block = self._read(extent)
        parts = Parts(block.person, self._job.settings)
        known = contents(parts.person, block.tables, self._job.settings.as_of, extent.number)
        more = {"persons": known, **({"rejected": block.rejected} if block.rejected.height else {})}
        if self._since:
            screened, then = self._since.screen(block, known)
            parts.add(screened)
            more["moved"] = moved(parts.person, parts.verdicts, then)
        else:
            parts.add(self._screener.screen(self._screener.block(parts.person.to_list(), block.tables)))
        try:
            for table, frame in {**more, **parts.tables()}.items():
                self._folder.write_part(table, extent.number, frame)
        except OSError as error:
            raise unwritable(self._job.folder, error) from None
        return Done(extent.number, len(parts.person), block.rejected.height)


def settle() -> None:
    """Leaves what was made so far to itself: it lives as long as the process, and looking for garbage in it takes a third of the time."""
    gc.collect()
    gc.freeze()
    gc.disable()


def unwritable(folder: Path, error: OSError) -> InputError:
    """What is said where the disk fails."""
    hint = "blocks that are finished are kept: make room, and run the same again"
    return InputError(Diagnostic(title=f"cannot write: {(error.strerror or 'is there room?').lower()}", source=str(folder), hint=hint))
