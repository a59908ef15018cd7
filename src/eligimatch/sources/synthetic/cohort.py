"""Writes a synthetic cohort: blocks of persons one after the other into one Parquet file a table."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from eligimatch.model.columns import TABLES
from eligimatch.sources.synthetic.block import Block
from eligimatch.sources.synthetic.course import Course, read_course
from eligimatch.sources.synthetic.lives import everybody, happen
from eligimatch.sources.synthetic.tables import table_of
from eligimatch.sources.synthetic.visits import measure

BLOCK = 10_000
"""Persons that are drawn together, with a seed of their own."""
MOST = 9_999_999
"""Persons that P-0000001 has digits for."""
AS_OF = date(2026, 3, 2)
_EPOCH = date(1970, 1, 1)
_ROWS = 250_000
"""Rows of a row group on file."""


def frames(persons: int, seed: int, as_of: date = AS_OF) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of each block of a cohort, as they stand on file; the first persons of a larger cohort are the same."""
    course = read_course()
    for first in range(0, persons, BLOCK):
        yield _block(course, first, min(BLOCK, persons - first), seed, as_of)


def write_cohort(
    persons: int, seed: int, folder: Path, as_of: date = AS_OF, track: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> dict[str, int]:  # fmt: skip
    """Writes `persons` persons into `folder`, a file a table; gives the rows of each. `track` is given each block's persons.

    The files appear when all are whole, in place of those that stood there under their names. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = Path(tempfile.mkdtemp(prefix=".synth-", dir=folder))
    rows = dict.fromkeys(TABLES, 0)
    try:
        blocks = frames(persons, seed, as_of)
        for number, _ in enumerate(track(range(0, persons, BLOCK))):
            for name, frame in next(blocks).items():
                rows[name] += len(frame)
                frame.write_ipc(parts / f"{name}-{number:05d}.arrow", compression="lz4")
        made = [_joined(parts, name) for name in TABLES]
        for file in made:
            file.replace(folder / file.name)
    finally:
        with suppress(OSError):
            shutil.rmtree(parts)
    return rows


def _joined(parts: Path, name: str) -> Path:
    """One Parquet file of a table's parts, beside them."""
    files = sorted(parts.glob(f"{name}-*.arrow"))
    made = parts / f"{name}.parquet"
    pl.scan_ipc(files).sink_parquet(made, row_group_size=_ROWS, maintain_order=True)
    for file in files:
        file.unlink()
    return made


def _block(course: Course, first: int, kept: int, seed: int, as_of: date) -> dict[str, pl.DataFrame]:
    block = Block(course, BLOCK, (as_of - _EPOCH).days, (seed, first // BLOCK))
    for entry in course.entries:
        happen(entry, everybody(block), block)
    for panel in course.panels:
        measure(panel, block)
    numbers = pl.Series(np.arange(first + 1, first + BLOCK + 1))
    persons = "P-" + numbers.cast(pl.String).str.zfill(7)
    return {name: table_of(name, block, persons, course.gaps, kept) for name in TABLES}
