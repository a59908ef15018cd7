"""Workers side by side: each screens a block at a time; one that dies is replaced, and its block tried once more.

Workers are started afresh (`spawn`), on every system: a process that is forked after Polars' threads have run waits for them forever.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.screening.blocks import BlockWriter, Done, Job, guarded, settle
from eligimatch.sources.cohort import Cohort

TRIES = 2
"""Workers that may die of one block."""
_SPAWN = get_context("spawn")
_THREADS = "POLARS_MAX_THREADS"


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection


class Crew:
    """Workers for a job on a cohort, which write into a folder."""

    def __init__(self, job: Job, cohort: Cohort, folder: Path, workers: int) -> None:
        self._given = (job, cohort, folder)
        self._folder = folder
        self._size = workers
        self._busy: dict[_Worker, Any] = {}
        self._idle: list[_Worker] = []
        self._died: dict[int, int] = {}
        self.lost: list[Diagnostic] = []
        """What is to be said of blocks of which workers died."""

    def screen(self, extents: Iterable[Any]) -> Iterator[Done]:
        """Each block as soon as it is written. Raises InputError of the first block that cannot be."""
        waiting = deque(extents)
        try:
            while waiting or self._busy:
                while waiting and len(self._busy) < self._size:
                    self._hand(waiting.popleft())
                yield from self._answers(waiting)
        finally:
            self._dismiss()

    def _hand(self, extent: Any) -> None:
        worker = self._idle.pop() if self._idle else self._hire()
        self._busy[worker] = extent
        with suppress(OSError):
            worker.pipe.send(extent)

    def _hire(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_work, args=(*self._given, theirs), daemon=True)
        before = os.environ.get(_THREADS)
        os.environ.setdefault(_THREADS, str(max(1, (os.cpu_count() or 1) // self._size)))
        try:
            process.start()
        finally:
            if before is None:
                del os.environ[_THREADS]
        theirs.close()
        return _Worker(process, ours)

    def _answers(self, waiting: deque[Any]) -> Iterator[Done]:
        """What the workers say that have something to say; the block of one that died waits again."""
        ready = set(wait([worker.pipe for worker in self._busy]))
        for worker in [worker for worker in self._busy if worker.pipe in ready]:
            extent = self._busy.pop(worker)
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._bury(worker, extent, waiting)
                continue
            self._idle.append(worker)
            if isinstance(answer, Diagnostic):
                raise InputError(answer)
            yield answer

    def _bury(self, worker: _Worker, extent: Any, waiting: deque[Any]) -> None:
        worker.pipe.close()
        worker.process.join()
        self._died[extent.number] = self._died.get(extent.number, 0) + 1
        if self._died[extent.number] < TRIES:
            waiting.append(extent)
            return
        hint = "is there memory enough? a smaller --block needs less; the other blocks are kept"
        title = f"block {extent.number} is not screened: {TRIES} workers died of it, with {_end(worker.process.exitcode)}"
        self.lost.append(Diagnostic(title=title, source=str(self._folder), hint=hint))

    def _dismiss(self) -> None:
        workers = [*self._busy, *self._idle]
        for worker in workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join()


def _end(code: int | None) -> str:
    return signal.Signals(-code).name if code and code < 0 else f"exit code {code}"


def _work(job: Job, cohort: Cohort, folder: Path, pipe: Connection) -> None:
    """A worker's life: extents in, blocks done or a diagnostic out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    writer, fresh = BlockWriter(job, cohort, folder), True
    with suppress(EOFError, OSError):
        while True:
            extent = pipe.recv()
            pipe.send(guarded(f"block {extent.number}", partial(writer.screen, extent)))
            if fresh:
                settle()
                fresh = False
