"""Arrays of small numbers: several numbers of each row as one, and the sides of days on which other days lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
NO_DAY = np.int64(-(2**40))
"""Stands where no day is given."""
NO_ROWS = np.zeros(0, np.intp)
_EXACT = np.int64(-1)
"""Stands for the last day of what lies on one day."""
_NOT_SAID = np.int64(-2)
_MOST = 2**40
_DENSE = 8
"""Numbers up to so many times as many as there are of them are told apart by a table."""


def sides(days: Mapping[str, tuple[Ints, Ints]], rows: Rows, bounds: Sequence[Ints]) -> list[Ints]:
    """For each day of some rows, on which side of each bound it lies: numbers that are equal where all sides are."""
    told: list[Ints] = []
    for first, last in ((first[rows], last[rows]) for first, last in days.values()):
        told.append(side(first, bounds))
        told.append(np.full(rows.size, _EXACT) if (first == last).all() else np.where(first == last, _EXACT, side(last, bounds)))
    return told


def side(day: Ints, bounds: Sequence[Ints]) -> Ints:
    """On which side of each bound a day lies."""
    if (day == NO_DAY).all():
        return np.full(day.size, _NOT_SAID)
    number = np.zeros(day.size, np.int64)
    for bound in bounds:
        number = number * 3 + (day > bound) + (day >= bound)
    return np.where(day == NO_DAY, _NOT_SAID, number)


def combined(parts: Sequence[Ints]) -> tuple[Ints, list[tuple[int, ...]]]:
    """Several numbers of each row as one, and what each of these stands for."""
    if not parts[0].size:
        return parts[0], []
    number = parts[0]
    for part in parts[1:]:
        low, high = int(part.min()), int(part.max())
        if (int(number.max()) + 1) * (high - low + 1) > _MOST:
            number = distinct(number)[2]
        number = number * (high - low + 1) + (part - low)
    _, first, inverse = distinct(number)
    return inverse, list(zip(*(part[first].tolist() for part in parts), strict=True))


def merged(one: Rows, other: Rows) -> Rows:
    """Rows of two lists in order, each once."""
    if not one.size or not other.size:
        return one if one.size else other
    rows = np.sort(np.concatenate([one, other]), kind="stable")  # of two runs
    once: Rows = rows[np.concatenate([[True], rows[1:] != rows[:-1]])]
    return once


def distinct(numbers: Ints) -> tuple[Ints, Rows, Ints]:
    """The distinct numbers in order, the first place of each, and of each number its place among them: by sorting only where they lie far apart."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    if low < 0 or high > _DENSE * numbers.size:
        values, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
        return values, first, inverse
    places = np.full(high + 1, -1, np.int64)
    places[numbers[::-1]] = np.arange(numbers.size - 1, -1, -1)
    found = np.flatnonzero(places >= 0)
    first = places[found]
    places[found] = np.arange(found.size)
    return found, first, places[numbers]


def grown(codes: Ints | None, height: int, width: int) -> Ints:
    """A table of codes that is at least so large; -1 where it has none yet."""
    before = codes if codes is not None else np.zeros((0, 0), np.int64)
    if before.shape[0] >= height and before.shape[1] >= width:
        return before
    larger = np.full((max(height, before.shape[0]), max(width, before.shape[1])), -1, np.int64)
    larger[: before.shape[0], : before.shape[1]] = before
    return larger
