"""Times: the events of a trial on a person's calendar, and a window around one as a stretch of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from eligimatch.engine.facts import Facts
from eligimatch.engine.names import Namer
from eligimatch.engine.periods import ALWAYS, FOREVER, Stretch
from eligimatch.model.profile import Days
from eligimatch.model.quantity import Duration, Window
from eligimatch.model.words import folded

AS_OF = "as_of"
_FIRST_DOSE = ("first dose", "start of study treatment", "day 1", "first infusion", "first infusion of study drug", "first vaccination")
_ENROLMENT = ("enrolment", "registration", "randomisation", "study entry")
_SAME = {folded(wording): group[0] for group in (_FIRST_DOSE, _ENROLMENT) for wording in group}
_HOURS = {"min": 1 / 60, "h": 1, "hour": 1, "d": 24, "day": 24, "wk": 168, "week": 168, "mo": 730.5, "month": 730.5, "y": 8766, "year": 8766}


class Extent(NamedTuple):
    """A window in days; two stretches where the event's day is not exactly known."""

    stretches: tuple[Stretch, ...]
    short: bool = False
    """Shorter than a day."""
    assumption: str = ""

    @property
    def last(self) -> date:
        """The day on which it ends at the latest."""
        return max(stretch.last for stretch in self.stretches)

    def __str__(self) -> str:
        return str(self.stretches[0])


def event_day(event: str, facts: Facts) -> tuple[Days, str]:
    """The day of an event, and the assumption where it is not planned."""
    today = Days(facts.as_of, facts.as_of)
    if event == AS_OF:
        return today, ""
    if event not in facts.events:
        facts.events[event] = _planned(event, facts)
    planned = facts.events[event]
    if planned is None:
        return today, f"the date of {event} is not given: taken as {facts.as_of}"
    return planned, ""


def extent(window: Window, facts: Facts, half_life_days: float | None = None) -> Extent:
    """The days of a window for a person; `half_life_days` are the window's half-lives of the drug in days."""
    days, assumption = event_day(window.event, facts)
    ends = (days.first,) if days.exact else (days.first, days.last)
    stretches = tuple(stretch_of(window, day, half_life_days) for day in ends)
    length = window.start or window.after
    short = length is not None and length.unit == "hour" and 0 < length.count < 24 and window.end is None
    return Extent(stretches, short, assumption)


def shifted(day: date, length: Duration, *, back: bool) -> date:
    """A day that lies a length before or after, as far as the calendar goes."""
    try:
        return length.before(day) if back else length.after(day)
    except (OverflowError, ValueError):
        return ALWAYS if back else FOREVER


def half_life_hours(text: str) -> float | None:
    """The vocabulary's `22 d` in hours."""
    number, _, unit = text.partition(" ")
    try:
        return float(number) * _HOURS[unit]
    except (ValueError, KeyError):
        return None


def stretch_of(window: Window, day: date, half_life_days: float | None) -> Stretch:
    """The days of a window around an event's day."""
    first = shifted(day, window.start, back=True) if window.start else ALWAYS
    if half_life_days is not None and window.start:
        by_half_lives = shifted(day, Duration(count=float(int(half_life_days + 0.999999)), unit="day"), back=True)
        first = max(first, by_half_lives) if window.shorter else min(first, by_half_lives)
    if window.start_open and first > ALWAYS:
        first += timedelta(days=1)
    if window.after is not None:
        return Stretch(first, shifted(day, window.after, back=False))
    return Stretch(first, shifted(day, window.end, back=True) if window.end else day)


def _planned(event: str, facts: Facts) -> Days | None:
    """The planned day of an event, by its own name before those that mean the same."""
    planned = {folded(key): days for key, days in facts.profile.planned.items()}
    if folded(event) in planned:
        return planned[folded(event)]
    group = _canonical(folded(event), facts.namer)
    same = [days for key, days in planned.items() if _canonical(key, facts.namer) == group]
    return Days(min(days.first for days in same), max(days.last for days in same)) if same else None


def same_event(one: str, other: str, namer: Namer) -> bool:
    """Whether two names are of one event."""
    return _canonical(folded(one), namer) == _canonical(folded(other), namer)


def _canonical(words: tuple[str, ...], namer: Namer) -> str:
    return _SAME.get(words) or namer.wordings.meaning("EVENT", words) or " ".join(words)
