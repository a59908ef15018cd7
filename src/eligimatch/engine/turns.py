"""Turns: the days on which a comparison of dates in a rule may come out otherwise, from a person's dates and the rule's lengths of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from math import ceil, floor
from typing import Any

from pydantic import BaseModel

from eligimatch.engine.ages import AGE_UNITS
from eligimatch.engine.case import Case
from eligimatch.engine.courses import CHRONIC
from eligimatch.engine.presence import half_life
from eligimatch.engine.times import AS_OF, shifted
from eligimatch.model.profile import Days, Profile
from eligimatch.model.quantity import Duration, Window
from eligimatch.model.rule import Coded, Lasting, Measure, Rule, leaves

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLACK = 6
"""Days by which a month back from a day may miss a month forward to it."""
_DAY = timedelta(days=1)


def turns(rule: Rule, case: Case, dates: Iterable[date], born: Iterable[date]) -> set[date]:
    """The days from which on something may be otherwise: a date, or a length of time before or after one; an age after birth."""
    pairs = [*product(dates, set(_lengths(rule, case))), *product(born, set(_ages(rule)))]
    return {day for given, length in pairs for day in _turned(given, length)} | {day for given in dates for day in (given, _next(given))}


def names_events(rule: Rule) -> bool:
    """Whether a rule speaks of the time around an event of the trial."""
    return any(part.event != AS_OF for kind in (Window, Lasting) for part in _of_kind(rule, kind))


def dates_of(profile: Profile) -> set[date]:
    """Every day that a profile names, both ends where it names a month or year."""
    return set(_dates(profile))


def _dates(value: Any) -> Iterator[date]:
    if isinstance(value, Days):
        yield from value
    elif isinstance(value, date):
        yield value
    elif isinstance(value, str) and _ISO.fullmatch(value):
        yield date.fromisoformat(value)
    else:
        yield from (day for part in _parts(value) for day in _dates(part))


def _parts(value: Any) -> Iterable[Any]:
    """What a model, mapping or row is made of."""
    if isinstance(value, BaseModel):
        return (getattr(value, name) for name in type(value).model_fields)
    return value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()


# --- lengths of time -------------------------------------------------------------------------------------------------------------------


def _lengths(rule: Rule, case: Case) -> Iterator[Duration]:
    if any(part.aspect == "course" for part in _of_kind(rule, Coded)):
        yield Duration(count=CHRONIC.days, unit="day")
    for length in _of_kind(rule, Duration):
        yield length
        if length.unit == "hour":
            yield from (Duration(count=days, unit="day") for days in (floor(length.days), ceil(length.days) + 1))
    for window in _of_kind(rule, Window):
        if window.half_lives is not None:
            hours = {hours for item in case.facts.listed if (hours := half_life(item, case.facts.kinship)) is not None}
            yield from (Duration(count=ceil(window.half_lives * one / 24), unit="day") for one in hours)


def _ages(rule: Rule) -> Iterator[Duration]:
    """The ages at which a limit is reached and passed."""
    for leaf in leaves(rule):
        if isinstance(leaf, Measure) and leaf.analyte.name == "age":
            unit = AGE_UNITS.get(leaf.unit, "year")
            ends = [end for end in (leaf.interval.low, leaf.interval.high) if end is not None]
            for count in (number for end in ends for number in (end, end + 1)):
                yield Duration(count=count * 12, unit="month") if unit == "year" else Duration(count=count, unit=unit)


def _of_kind(value: Any, kind: type[Any]) -> Iterator[Any]:
    if isinstance(value, kind):
        yield value
    if isinstance(value, (BaseModel, tuple)):
        for part in _parts(value):
            yield from _of_kind(part, kind)


# --- days ------------------------------------------------------------------------------------------------------------------------------


def _turned(given: date, length: Duration) -> Iterator[date]:
    """The days from which a length before or after the day of judgement comes to lie on, or beyond, a given day; the same of the given day."""
    for back in (True, False):
        day = shifted(given, length, back=back)
        yield from (day, _next(day))
        if length.unit not in ("month", "year"):
            continue
        yield from _reached(given, day, length, back=not back)


def _reached(given: date, near: date, length: Duration, *, back: bool) -> Iterator[date]:
    """The days around another of which the day so long before or after reaches a given day, and passes it."""
    yield from _first(near, lambda one: shifted(one, length, back=back) >= given)
    yield from _first(near, lambda one: shifted(one, length, back=back) > given)


def _first(near: date, reached: Callable[[date], bool]) -> Iterator[date]:
    """The first day around another on which something is reached."""
    for step in range(-_SLACK, _SLACK + 1):
        day = _moved(near, step)
        if reached(day):
            yield day
            return


def _next(day: date) -> date:
    return _moved(day, 1)


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
