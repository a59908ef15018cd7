"""Days for many: the days at which a rule's windows begin and end, and on which side of them the days of rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor

import numpy as np

from eligimatch.engine.screener.block import NO_DAY, Block, Ints, Rows, Table
from eligimatch.engine.screener.footprint import Footprint
from eligimatch.engine.times import AS_OF, shifted, stretch_of
from eligimatch.model.quantity import Window
from eligimatch.model.rule import Lasting

_MOST = 2**40
EXACT = np.int64(-1)
"""Stands for the last day of what lies on one day."""
_NOT_SAID = np.int64(-2)


def events_of(looks: Footprint) -> tuple[str, ...]:
    """The events around which windows lie."""
    return tuple(dict.fromkeys([AS_OF, *(window.event for window in looks.windows), *(lasting.event for lasting in looks.lastings)]))


def bounds_of(block: Block, looks: Footprint) -> list[Ints]:
    """For each person, every day at which the answer for an item may turn, but half-lives."""
    bounds = [block.event(event).day for event in events_of(looks)]
    for window in looks.windows:
        bounds.append(block.bound(("first", window), window.event, lambda day, window=window: stretch_of(window, day, None).first))
        bounds.append(block.bound(("last", window), window.event, lambda day, window=window: stretch_of(window, day, None).last))
    for lasting in looks.lastings:
        for back in _back(lasting):
            bounds.append(block.bound(("lasting", back, lasting.duration), lasting.event, lambda day, back=back, lasting=lasting: _since(day, lasting, back)))
    return bounds


def _back(lasting: Lasting) -> tuple[int, ...]:
    """Days by which the first day of what lasted long enough may lie off, as `qualifiers` counts."""
    if lasting.duration.unit != "hour":
        return (0, 1)
    days = lasting.duration.count / 24
    return (ceil(days) + 1, floor(days))


def _since(day: date, lasting: Lasting, back: int) -> date:
    if lasting.duration.unit == "hour":
        return day - timedelta(days=back)
    return shifted(day, lasting.duration, back=True) - timedelta(days=back)


def half_life_bound(block: Block, window: Window, persons: Ints, hours: Ints) -> Ints:
    """For rows of some persons, the first day of a window of half-lives, each row's drug having its own; NO_DAY where it is not known."""
    assert window.half_lives is not None
    length = np.floor(window.half_lives * hours / 24 + 0.999999).astype(np.int64)
    days = block.event(window.event).day[persons] - length + int(window.start_open)
    return np.where(hours > 0, days, NO_DAY)


def sides(table: Table, rows: Rows, bounds: Sequence[Ints]) -> list[Ints]:
    """For each day of some rows, on which side of each bound it lies: numbers that are equal where all sides are."""
    told: list[Ints] = []
    for first, last in table.days.values():
        first, last = first[rows], last[rows]
        told.append(_sides(first, bounds))
        told.append(np.full(rows.size, EXACT) if (first == last).all() else np.where(first == last, EXACT, _sides(last, bounds)))
    return told


def _sides(day: Ints, bounds: Sequence[Ints]) -> Ints:
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
            number = np.unique(number, return_inverse=True)[1]
        number = number * (high - low + 1) + (part - low)
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    return inverse, list(zip(*(part[first].tolist() for part in parts), strict=True))
