"""Stretches of time: when an item lay, as far as it is known, and the windows that criteria ask about."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from eligimatch.model.profile import Days
from eligimatch.model.verdict import Truth

ALWAYS = date.min
FOREVER = date.max


class Period(NamedTuple):
    """An item began between two days and ended between two days, ends included."""

    start_first: date
    start_last: date
    end_first: date
    end_last: date

    def lies_in(self, stretch: Stretch) -> Truth:
        """Whether some part of it lies in the stretch."""
        begins_in_time = min(self.start_last, self.end_last) <= stretch.last
        ends_late_enough = max(self.end_first, self.start_first) >= stretch.first
        if begins_in_time and ends_late_enough:
            return True
        return False if self.start_first > stretch.last or self.end_last < stretch.first else None

    def began_by(self, day: date) -> Truth:
        """Whether it began on or before a day."""
        return True if self.start_last <= day else False if self.start_first > day else None

    def __str__(self) -> str:
        start, end = _said(self.start_first, self.start_last), _said(self.end_first, self.end_last)
        if start == end:
            return start and f"on {start}"
        return " ".join(filter(None, (start and f"from {start}", end and f"until {end}")))


class Stretch(NamedTuple):
    """The days of a window, ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == ALWAYS:
            return f"up to {self.last}"
        return f"{self.first} to {self.last}"


def spanning(start: Days | None, end: Days | None, *, ongoing: Truth, as_of: date) -> Period:
    """The period of a start, an end and whether it goes on; what is not said is as wide as it can be."""
    if end is not None:
        end_first, end_last = end
    elif ongoing:
        end_first, end_last = as_of, FOREVER
    else:
        end_first, end_last = ALWAYS, FOREVER if ongoing is None else as_of
    start_first, start_last = start or (ALWAYS, min(as_of, end_last))
    return Period(start_first, start_last, max(end_first, start_first), end_last)


def moment(day: Days | None, as_of: date) -> Period:
    """What happened on one day; some day up to `as_of` where it is not said."""
    first, last = day or (ALWAYS, as_of)
    return Period(first, last, first, last)


def _said(first: date, last: date) -> str:
    if first == last:
        return first.isoformat()
    return "" if first == ALWAYS or last == FOREVER or first.year != last.year else str(Days(first, last))
