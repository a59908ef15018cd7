"""Ages: completed years, or the exact calendar age where a criterion speaks of months, weeks or days."""

from __future__ import annotations

from datetime import date

from eligimatch.engine.case import Case
from eligimatch.engine.limits import limit_of
from eligimatch.engine.outcome import Outcome, unknown
from eligimatch.engine.times import shifted
from eligimatch.model.finding import Evidence
from eligimatch.model.quantity import Duration, Interval, TimeUnit, point
from eligimatch.model.rule import Measure
from eligimatch.model.verdict import Truth, agreed, all_of

AGE_UNITS: dict[str | None, TimeUnit] = {
    None: "year", "a": "year", "year": "year", "mo": "month", "month": "month", "wk": "week", "week": "week", "d": "day", "day": "day", "h": "hour",
    "hour": "hour",
}  # fmt: skip
_PER_YEAR = {"year": 1.0, "month": 12.0, "week": 52.1775, "day": 365.2425, "hour": 8765.82}


def age(rule: Measure, case: Case) -> Outcome:
    """An age rule: `unit` is that of the interval's ends."""
    profile, as_of = case.facts.profile, case.facts.as_of
    limit = limit_of(rule)
    if profile.birth_date is None and profile.age is None:
        return unknown("age not said", "age")
    given = tuple(Evidence(section=name) for name in ("birth_date", "age") if getattr(profile, name) is not None)
    answers: list[Truth] = []
    if profile.birth_date is not None:
        answers += [_born(rule, day, as_of) for day in {*profile.birth_date}]
    if profile.age is not None:
        answers.append(_completed(rule, profile.age))
    truth = agreed(answers) if profile.birth_date is None or profile.age is None else _both(rule, case)
    shown = _shown(rule, case)
    if truth is None:
        return Outcome(None, f"{shown}, limit {limit}: not decided", given, ("exact birth date",))
    return Outcome(truth, f"{shown}, limit {limit}", given)


def _both(rule: Measure, case: Case) -> Truth:
    """A birth date and an age that contradict each other leave it open."""
    profile = case.facts.profile
    assert profile.birth_date is not None
    assert profile.age is not None
    years = {completed_years(day, case.facts.as_of) for day in profile.birth_date}
    if not min(years) <= profile.age <= max(years):
        return None
    return agreed(_born(rule, day, case.facts.as_of) for day in profile.birth_date if completed_years(day, case.facts.as_of) == profile.age)


def completed_years(born: date, as_of: date) -> int:
    """Completed years; someone born on 29 February has the birthday on 1 March of other years."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def _born(rule: Measure, born: date, as_of: date) -> Truth:
    unit = AGE_UNITS.get(rule.unit, "year")
    interval = rule.interval
    if unit == "year" and all(end is None or end == int(end) for end in (interval.low, interval.high)):
        return interval.decide(point(completed_years(born, as_of)))
    above = _reached(born, interval.low, unit, as_of, beyond=interval.low_open)
    past = _reached(born, interval.high, unit, as_of, beyond=not interval.high_open)
    return all_of((True if interval.low is None else above, True if interval.high is None else past is False))


def _reached(born: date, count: float | None, unit: TimeUnit, as_of: date, *, beyond: bool) -> bool:
    """Whether the age has come to a length of time, or gone beyond it."""
    if count is None:
        return False
    length = Duration(count=count * 12, unit="month") if unit == "year" else Duration(count=count, unit=unit)
    day = shifted(born, length, back=False)
    return day < as_of if beyond else day <= as_of


def _completed(rule: Measure, years: int) -> Truth:
    """Completed years alone: the exact age lies within the year that follows."""
    unit = AGE_UNITS.get(rule.unit, "year")
    if unit == "year" and all(end is None or end == int(end) for end in (rule.interval.low, rule.interval.high)):
        return rule.interval.decide(point(years))
    each = _PER_YEAR[unit]
    return rule.interval.decide(Interval(low=years * each, high=(years + 1) * each, high_open=True))


def _shown(rule: Measure, case: Case) -> str:
    profile = case.facts.profile
    if profile.birth_date is None:
        return f"age {profile.age}"
    if AGE_UNITS.get(rule.unit, "year") == "year" and profile.birth_date.exact:
        return f"age {completed_years(profile.birth_date.first, case.facts.as_of)}"
    return f"born {profile.birth_date}"
