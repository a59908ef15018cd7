"""Numbers with their limits: intervals, durations and windows of time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from eligimatch.model.base import Frozen
from eligimatch.model.verdict import Truth

TimeUnit = Literal["hour", "day", "week", "month", "year"]
SIGNIFICANT_DIGITS = 12


def exact(number: float) -> float:
    """The number at twelve significant digits, so that 1.5 x 1.2 is 1.8."""
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


class Interval(Frozen):
    """The numbers from `low` to `high`; an absent end is unbounded; ends belong to it unless open."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, number: float) -> bool:
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = self.high is None or number < self.high or (number == self.high and not self.high_open)
        return above and below

    def decide(self, value: Interval) -> Truth:
        """True where all of `value` lies inside, false where none does, else unknown."""
        if self._starts_before(value) and self._ends_after(value):
            return True
        return False if self._misses(value) else None

    def scaled(self, factor: float) -> Interval:
        """The interval in a unit `factor` times smaller."""
        return self.model_copy(
            update={
                "low": None if self.low is None else exact(self.low * factor),
                "high": None if self.high is None else exact(self.high * factor),
            }
        )

    def _starts_before(self, value: Interval) -> bool:
        if self.low is None:
            return True
        if value.low is None or value.low < self.low:
            return False
        return value.low > self.low or not self.low_open or value.low_open

    def _ends_after(self, value: Interval) -> bool:
        if self.high is None:
            return True
        if value.high is None or value.high > self.high:
            return False
        return value.high < self.high or not self.high_open or value.high_open

    def _misses(self, value: Interval) -> bool:
        return _apart(value.high, self.low, value.high_open or self.low_open) or _apart(self.high, value.low, self.high_open or value.low_open)


def _apart(end: float | None, start: float | None, either_open: bool) -> bool:
    return end is not None and start is not None and (end < start or (end == start and either_open))


def point(number: float) -> Interval:
    """The interval of one number."""
    return Interval(low=number, high=number)


class Duration(Frozen):
    """A length of time as the text gives it; months and years are calendar ones."""

    count: float
    unit: TimeUnit

    def before(self, day: date) -> date:
        """The date this long before `day`; hours count as part of the day."""
        return day - self._delta()

    def after(self, day: date) -> date:
        """The date this long after `day`."""
        return day + self._delta()

    @property
    def days(self) -> float:
        """Its length in days, months and years at their mean length (only to compare durations)."""
        return self.count * {"hour": 1 / 24, "day": 1, "week": 7, "month": 30.4375, "year": 365.25}[self.unit]

    def _delta(self) -> relativedelta | timedelta:
        if self.unit in ("month", "year"):
            months = self.count * (12 if self.unit == "year" else 1)
            whole = int(months)
            return relativedelta(months=whole, days=round((months - whole) * 30.4375))
        return timedelta(days=int(self.days))


class Window(Frozen):
    """A stretch of time around an event: from `start` before it (or without limit) to `end`.

    `start` and `end` are lengths before the event; `after` turns `end` into a length after it.
    `start_open` leaves the first day out: "at least 28 days since" is not within (28 days, 0].
    An event of `as_of` is the day of judgement. `half_lives` of the drug are a second length, of which
    the longer counts, or the `shorter`; None where the words do not say which.
    """

    event: str = "as_of"
    start: Duration | None = None
    end: Duration | None = None
    after: Duration | None = None
    start_open: bool = False
    half_lives: float | None = None
    shorter: bool | None = False
