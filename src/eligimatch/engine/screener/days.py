"""Days for many: the days at which a rule's windows begin and end, and on which side of them the days of rows lie."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from eligimatch.engine.courses import CHRONIC, SHORT
from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows, side
from eligimatch.engine.screener.block import Block, Table
from eligimatch.engine.screener.footprint import Footprint
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.times import AS_OF, shifted, stretch_of
from eligimatch.model.quantity import Window
from eligimatch.model.rule import Lasting


def events_of(looks: Footprint) -> tuple[str, ...]:
    """The events around which windows lie."""
    return tuple(dict.fromkeys([AS_OF, *(window.event for window in looks.windows), *(lasting.event for lasting in looks.lastings)]))


def turns(looks: Footprint) -> bool:
    """Whether other days count than that of judgement."""
    return len(events_of(looks)) > 1 or bool(looks.windows or looks.lastings or looks.lengths)


def inexact(block: Block, looks: Footprint) -> Flags | None:
    """Who is to be asked alone, as the day of an event is not known to them: what a row of theirs says, no row of another's says. None: no one."""
    found = [planned for event in events_of(looks) if (planned := block.event(event).inexact).any()]
    return np.logical_or.reduce(found) if found else None


def bounds_of(block: Block, looks: Footprint) -> list[Ints]:
    """For each person, every day at which the answer for an item may turn, but half-lives."""
    bounds = [block.event(event).day for event in events_of(looks)]
    for window in looks.windows:
        bounds.append(block.bound(("first", window), window.event, partial(_first, window)))
        bounds.append(block.bound(("last", window), window.event, partial(_last, window)))
    for lasting in looks.lastings:
        bounds += [block.bound(("lasting", back, lasting.duration), lasting.event, partial(_since, lasting, back)) for back in _back(lasting)]
    return bounds


def _first(window: Window, day: date) -> date:
    return stretch_of(window, day, None).first


def _last(window: Window, day: date) -> date:
    return stretch_of(window, day, None).last


def _back(lasting: Lasting) -> tuple[int, ...]:
    """Days by which the first day of what lasted long enough may lie off, as `qualifiers` counts."""
    if lasting.duration.unit != "hour":
        return (0, 1)
    days = lasting.duration.count / 24
    return (ceil(days) + 1, floor(days))


def _since(lasting: Lasting, back: int, day: date) -> date:
    if lasting.duration.unit == "hour":
        return day - timedelta(days=back)
    return shifted(day, lasting.duration, back=True) - timedelta(days=back)


def lengths(block: Block, table: Table, rows: Rows) -> list[Ints]:
    """For some treatments, on which side of being a chronic and a short one their days lie."""
    limits = [day[rows] + length.days for day in table.days["start"] for length in (CHRONIC, SHORT)]
    return [side(day, limits) for day in (*(day[rows] for day in table.days["end"]), block.as_of[table.person[rows]])]


def half_life_bound(block: Block, window: Window, persons: Ints, hours: NDArray[np.float64]) -> Ints:
    """For rows of some persons, the first day of a window of half-lives, each row's drug having its own; NO_DAY where it is not known."""
    assert window.half_lives is not None
    length = np.floor(window.half_lives * hours / 24 + 0.999999).astype(np.int64)
    days = block.event(window.event).day[persons] - length + int(window.start_open)
    return np.where(hours > 0, days, NO_DAY)
