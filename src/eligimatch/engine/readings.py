"""Readings: observations, biomarkers with numbers and stages as values of an analyte, and their numbers as intervals of a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from math import log10
from typing import NamedTuple

from eligimatch.engine.kinship import Kinship
from eligimatch.engine.names import MARKERS, NUMBERS, Namer
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Days, Profile
from eligimatch.model.quantity import Interval, exact, point
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Phrase
from eligimatch.model.words import folded

_COMPARED = re.compile(r"(<=|>=|=<|=>|≤|≥|<|>)\s*(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FRACTION = re.compile(r"(20|6)/([1-9]\d{0,2}(?:\.\d)?)")
_SHARES = ("%", "% predicted", "% of predicted")
_PLUSES = re.compile(r"([0-5])\s?\+")
_ROMAN = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_UNITLESS = frozenset({"", "1", "ratio", "score", "points", "point", "index", "grade"})


class Reading(NamedTuple):
    """One value of one analyte."""

    evidence: Evidence
    label: str
    words: Phrase
    own: tuple[str, ...]
    kinds: frozenset[str]
    value: float | str
    unit: str | None = None
    date: Days | None = None
    fasting: bool | None = None
    uln: float | None = None
    lln: float | None = None
    place: tuple[str, ...] = ()
    """Site and side: another place is another measurement."""

    def __str__(self) -> str:
        value = f"{self.value:.12g}" if isinstance(self.value, float) else self.value
        unit = f" {self.unit}" if self.unit and self.unit != "%" else self.unit or ""
        place = f" ({', '.join(self.place)})" if self.place else ""
        fasting = "fasting " if self.fasting and "fasting" not in self.label else ""
        return f"{fasting}{self.label}{place} {value}{unit}" + (f" on {self.date}" if self.date else "")


def readings(profile: Profile, namer: Namer, kinship: Kinship, as_of: date) -> Iterator[Reading]:
    """Every value that was there by `as_of`."""
    for reading in (*_observed(profile, namer, kinship), *_marked(profile, namer, kinship), *_staged(profile, namer, kinship)):
        if reading.date is None or reading.date.first <= as_of:
            yield reading


def _observed(profile: Profile, namer: Namer, kinship: Kinship) -> Iterator[Reading]:
    for index, item in enumerate(profile.observations):
        text = item.name.removeprefix("fasting ")
        name = namer.measured(item.name, NUMBERS, item.code)
        name = name if name.concepts or text == item.name else namer.measured(text, NUMBERS, item.code)
        if item.unit in _SHARES and (of_predicted := namer.measured(f"{text} percent predicted", NUMBERS)).concepts:
            name = of_predicted  # "FEV1 55 %"
        fasting = True if text != item.name or any(kinship.fact(own, "fasting") for own in name.concepts) else item.fasting
        yield Reading(
            Evidence(section="observations", index=index), item.name, name.words, name.concepts, _kinds(name.concepts, kinship), item.value,
            item.unit, item.date, fasting, item.uln, item.lln, tuple(filter(None, (item.site, item.side))),
        )  # fmt: skip


def _marked(profile: Profile, namer: Namer, kinship: Kinship) -> Iterator[Reading]:
    for index, item in enumerate(profile.biomarkers):
        if item.value is not None:
            name = namer.measured(item.name, MARKERS, item.code)
            evidence = Evidence(section="biomarkers", index=index)
            yield Reading(evidence, item.name, name.words, name.concepts, _kinds(name.concepts, kinship), item.value, item.unit, item.date)


def _staged(profile: Profile, namer: Namer, kinship: Kinship) -> Iterator[Reading]:
    """A class or stage of a condition answers for its scale too: NYHA III of a heart failure."""
    for index, condition in enumerate(profile.conditions):
        for stage in condition.stage:
            name = namer.measured(re.sub(r"[\s\d.]+$", "", stage.system), ("stage", "score"))
            if name.concepts:
                evidence = Evidence(section="conditions", index=index)
                yield Reading(evidence, stage.system, name.words, name.concepts, _kinds(name.concepts, kinship), stage.value)


def _kinds(names: tuple[str, ...], kinship: Kinship) -> frozenset[str]:
    return frozenset().union(*(kinship.ancestors(name) for name in names))


# --- numbers ---------------------------------------------------------------------------------------------------------------------------


def number(value: float | str) -> Interval | None:
    """The value as an interval: a point, or what "<20" leaves open; None for words."""
    if isinstance(value, float):
        return point(exact(value))
    if value.upper() in _ROMAN:
        return point(_ROMAN[value.upper()])
    if match := _PLUSES.fullmatch(value.strip()):
        return point(float(match.group(1)))
    if match := _COMPARED.fullmatch(value.strip()):
        return _compared(match.group(1), float(match.group(2)))
    return point(exact(float(value))) if _NUMBER.fullmatch(value.strip()) else None


def _snellen(value: float | str, unit: str | None) -> Interval | None:
    """ "20/40" in letters of the ETDRS chart: 85 + 50 log10 of the fraction (Gregori, Feuer & Rosenfeld, Retina 2010)."""
    match = _FRACTION.fullmatch(value.strip()) if unit == "letters" and isinstance(value, str) else None
    return point(float(round(85 - 50 * log10(float(match.group(2)) / float(match.group(1)))))) if match else None


def _compared(sign: str, limit: float) -> Interval:
    open_ = "=" not in sign and sign not in "≤≥"
    if sign[0] in "<≤" or sign == "=<":
        return Interval(high=limit, high_open=open_)
    return Interval(low=limit, low_open=open_)


class Converter:
    """Brings readings to one unit."""

    def __init__(self, units: Units, kinship: Kinship) -> None:
        self.units = units
        self.kinship = kinship

    def interval(self, reading: Reading, unit: str | None, analyte: str) -> Interval | str:
        """The reading in a unit of the analyte, or in words why there is none."""
        value = number(reading.value) or self._below_one(reading, analyte) or _snellen(reading.value, unit)
        if value is not None and unit == "letters" and isinstance(reading.value, str) and "/" in reading.value:
            return value
        if value is None:
            return f"{reading} is no number"
        if unit is None:
            bare = reading.unit is None or reading.unit.lower() in _UNITLESS or folded(reading.unit) in (reading.words, folded(analyte))
            usage = self.kinship.fact(analyte, "written_as")
            bare = bare or (isinstance(usage, dict) and usage.get(reading.unit) == "")  # "Karnofsky 70 %"
            return value if bare else f"{reading} has a unit where none is expected"
        said = reading.unit or self._unit_in_name(reading)
        if said is None:
            return f"the unit of {reading} is missing"
        source, target = self.units.named(said), self.units.named(unit) or unit
        converted = self._converted(value, source, target, analyte, reading) if source else None
        return converted if converted is not None else f"{reading} cannot be converted to {unit}"

    def _unit_in_name(self, reading: Reading) -> str | None:
        """ "Cigarettes smoked per day" says its unit itself."""
        names = (reading.label, *(reading.own if "per" in reading.words else ()))
        return next((name for name in names if self.units.named(name)), None)

    def _below_one(self, reading: Reading, analyte: str) -> Interval | None:
        """ "negative" or "trace" on a scale whose first plus is 1."""
        steps = self.kinship.fact(analyte, "values")
        before = steps[: steps.index("1+")] if isinstance(steps, list) and "1+" in steps else []
        return Interval(low=0, high=1, high_open=True) if str(reading.value).lower() in before else None

    def _converted(self, value: Interval, source: str, unit: str, analyte: str, reading: Reading) -> Interval | None:
        if source == unit:
            return value
        for name in (*reading.own, analyte):
            rules = self.kinship.fact(name, "convert")
            if isinstance(rules, dict) and source in rules and self.units.named(str(self.kinship.fact(name, "unit"))) == unit:
                slope, offset = rules[source]
                return _mapped(value, slope, offset)
        if source in self.units.units and self.units.units[source].log10:
            return self._through_log(value, source, unit)
        mass = next((mass for name in (*reading.own, analyte) if isinstance(mass := self.kinship.fact(name, "molar_mass"), (int, float))), None)
        factor = self.units.factor(source, unit, float(mass) if mass else None)
        return None if factor is None else value.scaled(factor)

    def _through_log(self, value: Interval, source: str, unit: str) -> Interval | None:
        """Decimal logarithms of copies, where criteria or laboratories give them."""
        logged = self.units.units[source]
        if not logged.log10 or value.low != value.high or value.low is None:
            return None
        factor = self.units.factor(logged.dimension.removeprefix("log10 "), unit)
        return None if factor is None else point(exact(10**value.low * factor))


def _mapped(value: Interval, slope: float, offset: float) -> Interval:
    return value.model_copy(
        update={
            "low": None if value.low is None else exact(value.low * slope + offset),
            "high": None if value.high is None else exact(value.high * slope + offset),
        }
    )
