"""What each person's rows say, as 128 bits: as long as these are the same, so is every verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from eligimatch.model.columns import PERSON

Words = NDArray[np.uint64]
CONTENTS: dict[str, Any] = {PERSON: pl.String, "high": pl.UInt64, "low": pl.UInt64, "part": pl.UInt32}
"""`part` is the number of the block in which the person stands."""
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
"""Two odd numbers, one for each half."""


def contents(person: pl.Series, tables: Mapping[str, pl.DataFrame], as_of: date, part: int) -> pl.DataFrame:
    """The contents of a block's persons, see CONTENTS; `as_of` is the day of judgement of those whose tables give none.

    A cell counts with its column and table, a row with its place among the person's; an empty cell is none. Notes do not count: no rule reads them.
    """
    high, low = np.zeros((2, len(person)), np.uint64)
    for name, rows in tables.items():
        if not rows.height:
            continue
        told = rows.with_columns(pl.col("as_of").fill_null(as_of), pl.col("as_of_last").fill_null(as_of)) if name == "persons" else rows
        owner = rows[PERSON].to_numpy()
        starts = np.searchsorted(owner, np.arange(len(person) + 1))
        table = np.uint64(_seed(name))
        cells, place = _cells(told), (np.arange(rows.height) - starts[owner]).astype(np.uint64)
        high += _sums(_mixed(_mixed(cells + table) * _ODD[0] + place), starts)
        low += _sums(_mixed(_mixed(cells + table) * _ODD[1] + place), starts)
    return pl.DataFrame({PERSON: person.cast(pl.String), "high": high, "low": low, "part": np.full(len(person), part, np.uint32)}, schema=CONTENTS)


def _cells(rows: pl.DataFrame) -> Words:
    """What the cells of each row come to together, in whatever order of columns."""
    total = np.zeros(rows.height, np.uint64)
    for column in rows.drop(PERSON, "note", strict=False):
        if column.null_count() < rows.height:
            total += column.hash(seed=_seed(column.name)).zip_with(column.is_not_null(), pl.zeros(rows.height, pl.UInt64, eager=True)).to_numpy()
    return total


def _sums(words: Words, starts: NDArray[np.intp]) -> Words:
    """The sum of each person's rows."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(words, dtype=np.uint64)])
    return cast("Words", sums[starts[1:]] - sums[starts[:-1]])


def _seed(name: str) -> int:
    return int.from_bytes(name.encode()[:7].ljust(7), "big") + len(name)


def _mixed(words: Words) -> Words:
    """Every bit of a number moves all of the result's (the finisher of SplitMix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return cast("Words", words ^ (words >> np.uint64(31)))
