"""Margins: how far a measured value lies from a criterion's limit, in the criterion's own unit and in the patient's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.ages import AGE_UNITS, completed_years
from eligimatch.engine.case import Case
from eligimatch.engine.outcome import Outcome
from eligimatch.engine.readings import Reading
from eligimatch.model.nearness import Amount, Margin
from eligimatch.model.quantity import exact
from eligimatch.model.rule import Measure

NARROW = 0.1
"""The part of a limit within which a value is near it."""
NARROW_YEARS = 1.0
"""The same of an age."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WRITTEN_UNIT = re.compile(r"[\d.,]\s*([^\d\s.,<>≥≤][^<>≥≤]*?)\s*$")


def margins(rule: Measure, outcome: Outcome, case: Case) -> Iterator[Margin]:
    """The margins of the values that decided a measure; none of a change, nor of a value that is not one number."""
    if rule.change or rule.normal:
        return
    if rule.analyte.name == "age":
        yield from _age(rule, case)
        return
    for reading in case.facts.readings:
        if reading.evidence in outcome.evidence:
            yield from _multiple(rule, reading) if rule.per != "unit" else _margin(rule, reading, case)


def narrow(margin: Margin) -> bool:
    """Whether a value lies near its limit."""
    amount = margin.criterion
    return amount.by <= (NARROW_YEARS if margin.measure == "age" else NARROW * abs(amount.limit))


def _age(rule: Measure, case: Case) -> Iterator[Margin]:
    profile = case.facts.profile
    if AGE_UNITS.get(rule.unit, "year") != "year":
        return
    born = profile.birth_date
    years = completed_years(born.first, case.facts.as_of) if born and born.exact else profile.age if born is None else None
    if years is not None:
        yield from _against(rule, "age", float(years), "years")


def _margin(rule: Measure, reading: Reading, case: Case) -> Iterator[Margin]:
    """In the unit as written where values can be brought to it, else in the canonical one."""
    canonical = _in(reading, rule.unit, rule, case)
    if canonical is None:
        return
    for margin in _against(_breakable(rule, case), reading.label, canonical, rule.unit or ""):
        written, own = (_scale(unit, reading, rule, case) for unit in (_written_unit(rule, case), reading.unit))
        criterion = written.amount(margin.criterion) if written else margin.criterion
        patient = own.amount(margin.criterion) if own else None
        same = patient is None or patient.unit == criterion.unit
        yield margin.model_copy(update={"criterion": criterion, "patient": None if same else patient})


def _breakable(rule: Measure, case: Case) -> Measure:
    """The rule without the limits that are the ends of a scale: no score lies below its lowest value."""
    facts = (case.facts.kinship.fact(rule.analyte.name, key) for key in ("bounds", "values"))
    ends = {0.0, *(float(end) for scale in facts if isinstance(scale, list) for end in (scale[0], scale[-1]) if _NUMBER.fullmatch(str(end)))}
    kept = {side: None for side in ("low", "high") if getattr(rule.interval, side) in ends}
    return rule.model_copy(update={"interval": rule.interval.model_copy(update=kept)}) if rule.analyte.kind == "score" else rule


def _multiple(rule: Measure, reading: Reading) -> Iterator[Margin]:
    """In multiples of the reading's own limit of normal, and in its unit."""
    normal = reading.uln if rule.per == "uln" else reading.lln
    if not normal or not isinstance(reading.value, float):
        return
    for margin in _against(rule, reading.label, exact(reading.value / normal), f"x {rule.per.upper()}"):
        limit = exact(margin.criterion.limit * normal)
        patient = Amount(value=reading.value, limit=limit, by=exact(abs(reading.value - limit)), unit=reading.unit or "")
        yield margin.model_copy(update={"patient": patient})


def _against(rule: Measure, measure: str, value: float, unit: str) -> Iterator[Margin]:
    """The value against the limit that it breaks, else the nearest one."""
    ends = [end for end in (rule.interval.low, rule.interval.high) if end is not None]
    if not ends:
        return
    limit = min(ends, key=lambda end: abs(end - value))
    side = "over" if value > limit else "under" if value < limit else "at"
    yield Margin(measure=measure, side=side, criterion=Amount(value=value, limit=limit, by=exact(abs(value - limit)), unit=unit))


# --- units -----------------------------------------------------------------------------------------------------------------------------


def _in(reading: Reading, unit: str | None, rule: Measure, case: Case) -> float | None:
    """A reading as one number of a unit."""
    value = case.facts.converter.interval(reading, unit, rule.analyte.name)
    return None if isinstance(value, str) or value.low != value.high else value.low


class _Scale(NamedTuple):
    """A unit, spelled as it was given, of which a number times `slope` plus `offset` is the number in the canonical unit."""

    unit: str
    slope: float
    offset: float

    def amount(self, canonical: Amount) -> Amount:
        """The same value and limit in this unit."""
        value, limit = (exact((number - self.offset) / self.slope) for number in (canonical.value, canonical.limit))
        return Amount(value=value, limit=limit, by=exact(abs(canonical.by / self.slope)), unit=self.unit)


def _scale(unit: str | None, reading: Reading, rule: Measure, case: Case) -> _Scale | None:
    """How a unit leads to the canonical one, where that is by a straight line."""
    named = case.facts.language.units.named(unit) if unit else None
    if unit is None or named is None:
        return None
    zero, one, two = (_in(reading._replace(value=number, unit=named), rule.unit, rule, case) for number in (0.0, 1.0, 2.0))
    if zero is None or one is None or two is None or one == zero or exact(two - one) != exact(one - zero):
        return None
    return _Scale(rule.unit if named == rule.unit and rule.unit else unit, one - zero, zero)


def _written_unit(rule: Measure, case: Case) -> str | None:
    """The unit in which the criterion writes its limit, where that is not the canonical one."""
    match = _WRITTEN_UNIT.search(rule.written)
    return match.group(1) if match and case.facts.language.units.named(match.group(1)) else rule.unit
