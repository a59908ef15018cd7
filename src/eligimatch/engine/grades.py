"""Grades: CTCAE v5 grades that a laboratory value alone decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from eligimatch.engine.facts import Facts
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.readings import Reading
from eligimatch.model.quantity import Interval, exact

_INTERVAL = re.compile(r"([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])")
_LIMIT = re.compile(r"(?:(\d+(?:\.\d+)?)\s*)?(ULN|LLN)")


class Graded(NamedTuple):
    """The grade that a value gives, as an interval of grades (0: normal)."""

    interval: Interval
    reading: Reading


def grade_of(condition: str, facts: Facts) -> Graded | None:
    """The grade of a condition by the latest value of the analyte that defines it; None where no value speaks."""
    return facts.look(_grade_of, condition)


def _grade_of(facts: Facts, condition: str) -> Graded | None:
    found = [one for reading in facts.readings if (one := graded(condition, reading, facts))]
    dated = [graded for graded in found if graded.reading.date is not None]
    if not found or len(dated) < len(found):
        return found[0] if len(found) == 1 else None
    latest = max(graded.reading.date.last for graded in dated if graded.reading.date)
    last = [graded for graded in dated if graded.reading.date and graded.reading.date.last == latest]
    return last[0] if len({graded.interval for graded in last}) == 1 else None


def graded(condition: str, reading: Reading, facts: Facts) -> Graded | None:
    """The grade that one value gives to a condition; None where it speaks of another."""
    for own in reading.own:
        terms = facts.kinship.fact(own, "grades")
        if not isinstance(terms, Mapping):
            continue
        for term, grades in terms.items():
            if condition in _concepts(term, own, facts.kinship):
                unit = facts.kinship.fact(own, "unit")
                value = facts.converter.interval(reading, str(unit) if unit else None, own)
                return None if isinstance(value, str) else Graded(_possible(value, grades, _reference(reading, unit, own, facts)), reading)
    return None


def graded_conditions(analyte: str, kinship: Kinship) -> set[str]:
    """The conditions that the values of an analyte grade."""
    terms = kinship.fact(analyte, "grades")
    return {condition for term in terms for condition in _concepts(term, analyte, kinship)} if isinstance(terms, Mapping) else set()


def _reference(reading: Reading, unit: object, analyte: str, facts: Facts) -> dict[str, float]:
    """The reading's own limits of normal in the analyte's unit."""
    found: dict[str, float] = {}
    for name, limit in (("ULN", reading.uln), ("LLN", reading.lln)):
        if limit is not None:
            converted = facts.converter.interval(reading._replace(value=limit), str(unit) if unit else None, analyte)
            if not isinstance(converted, str) and converted.low is not None:
                found[name] = converted.low
    return found


def _concepts(term: str, analyte: str, kinship: Kinship) -> tuple[str, ...]:
    """The conditions that a CTCAE term names; `grades_term` says it where the term is no wording of the condition."""
    named = kinship.fact(analyte, "grades_term")
    also = named.get(term, ()) if isinstance(named, Mapping) else ()
    return (*kinship.vocabulary.find(term), *((also,) if isinstance(also, str) else tuple(also)))


def _possible(value: Interval, grades: Mapping[object, str], reference: Mapping[str, float]) -> Interval:
    """The grades that the value may have; 0 where it lies in none."""
    sure: list[tuple[int, int]] = []
    maybe: list[tuple[int, int]] = []
    for grade, text in grades.items():
        numbers = [int(number) for number in str(grade).split("-")]
        limits = _limits(text, reference)
        truth = None if limits is None else limits.decide(value)
        if truth is not False:
            (sure if truth else maybe).append((numbers[0], numbers[-1]))
    if sure:
        return Interval(low=min(low for low, _ in sure), high=max(high for _, high in sure))
    if maybe:
        return Interval(low=0, high=max(high for _, high in maybe))
    return Interval(low=0, high=0)


def _limits(text: str, reference: Mapping[str, float]) -> Interval | None:
    match = _INTERVAL.fullmatch(text.strip())
    if match is None:
        return None
    low, high = _bound(match.group(2), reference), _bound(match.group(3), reference)
    if isinstance(low, str) or isinstance(high, str):
        return None
    return Interval(low=low, high=high, low_open=match.group(1) == "(", high_open=match.group(4) == ")")


def _bound(text: str, reference: Mapping[str, float]) -> float | str | None:
    """A number, a multiple of the reading's own limit, None without limit; words where the limit is not given."""
    if text in ("inf", "-inf"):
        return None
    if match := _LIMIT.fullmatch(text):
        limit = reference.get(match.group(2))
        return exact(float(match.group(1) or 1) * limit) if limit is not None else "not given"
    return float(text)
