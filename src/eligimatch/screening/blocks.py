"""One block of a cohort, screened as tables, read and written: what a worker does, block after block."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import polars as pl
from polars.exceptions import PanicException

from eligimatch import kept
from eligimatch.engine.screener.screener import Screener
from eligimatch.model.diagnostic import Diagnostic, InputError, place
from eligimatch.model.trial import CompiledTrial
from eligimatch.screening.contents import contents
from eligimatch.screening.folder import Folder
from eligimatch.screening.parts import Parts
from eligimatch.screening.settings import Settings
from eligimatch.screening.since import Earlier, Since, moved
from eligimatch.sources.blocks import Block
from eligimatch.sources.cohort import Cohort

Made = TypeVar("Made")


class Job(NamedTuple):
    """What every worker is given."""

    trials: Sequence[CompiledTrial]
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
        self._screener = self._with(job.trials)
        before = job.before
        self._since = before and Since(before, job.trials, self._screener, self._with([one for one in job.trials if one.id not in before.same]))

    def _with(self, trials: Sequence[CompiledTrial]) -> Screener:
        return Screener(trials, kept.language().vocabulary, kept.language().units, self._job.settings.as_of)

    def tables(self, block: Block) -> dict[str, pl.DataFrame]:
        """A block's tables by their names, the verdicts last. Raises InputError."""
        parts = Parts(block.person, self._job.settings)
        known = contents(parts.person, block.tables, self._job.settings.as_of, block.number)
        more = {"persons": known, **({"rejected": block.rejected} if block.rejected.height else {})}
        if self._since:
            screened, then = self._since.screen(block, known)
            parts.add(screened)
            more["moved"] = moved(parts.person, parts.verdicts, then)
        else:
            parts.add(self._screener.screen(self._screener.block(parts.person.to_list(), block.tables)))
        return {**more, **parts.tables()}


class BlockWriter:
    """Reads blocks of a cohort, and writes what comes of them into a folder."""

    def __init__(self, job: Job, cohort: Cohort, folder: Path) -> None:
        self._screener = BlockScreener(job)
        self._cohort = cohort
        self._folder = Folder(folder)

    def _read(self, extent: Any) -> Block:
        try:
            return self._cohort.block(extent)
        except PanicException:
            raise InputError(Diagnostic(title=f"block {extent.number} cannot be read", hint="is every table of the source whole?")) from None

    def screen(self, extent: Any) -> Done:
        """Writes a block's part files. Raises InputError."""
        block = self._read(extent)
        tables = self._screener.tables(block)
        try:
            for table, frame in tables.items():
                self._folder.write_part(table, extent.number, frame)
        except OSError as error:
            raise unwritable(self._folder.path, error) from None
        return Done(extent.number, len(block), block.rejected.height)


def guarded(what: str, work: Callable[[], Made]) -> Made | Diagnostic:
    """What comes of the work on a block, or what is to be said of its failure."""
    try:
        return work()
    except InputError as error:
        return error.diagnostic
    except Exception as error:  # noqa: BLE001 - its words could hold a patient's data: its kind and place are told
        return Diagnostic(title=f"{what} is not screened: internal error: {place(error)}")


def settle() -> None:
    """Leaves what was made so far to itself: it lives as long as the process, and looking for garbage in it takes a third of the time."""
    gc.collect()
    gc.freeze()
    gc.disable()


def unwritable(folder: Path, error: OSError) -> InputError:
    """What is said where the disk fails."""
    hint = "blocks that are finished are kept: make room, and run the same again"
    return InputError(Diagnostic(title=f"cannot write: {(error.strerror or 'is there room?').lower()}", source=str(folder), hint=hint))
