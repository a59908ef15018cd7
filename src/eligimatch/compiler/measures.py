"""Numbers: an analyte and the limits it is held against, as a Measure in the analyte's canonical unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.lexicon import MISSPELT
from eligimatch.compiler.phrase import Unreadable
from eligimatch.compiler.syntax import Comparison
from eligimatch.compiler.tokens import TIME_UNITS
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval, exact
from eligimatch.model.rule import Ambiguous, AnyOf, Measure, Rule
from eligimatch.model.span import Span
from eligimatch.model.units import Units

_OF_PEOPLE = frozenset({*TIME_UNITS, "kg", "kg/m2"})
"""Units of ages and weights: beside another analyte such a number says of whom it is asked."""
_COUNTS = frozenset({"10^9/L", "/uL"})
"""Units of cells, of which a number may be given a thousand times too large: "100,000 × 10^9/L"."""


class Measurer:
    """Converts limits once, at compile time."""

    def __init__(self, linker: Linker, units: Units) -> None:
        self.linker = linker
        self.units = units

    def measure(self, analyte: Concept, comparisons: Sequence[Comparison], span: Span) -> Rule:
        """The analyte inside all the comparisons (those with a choice of values: any of them)."""
        if any(value is not None and value.unit == "+" for c in comparisons for value in (c.low, c.high)):
            analyte, comparisons = self._dipstick(analyte, comparisons)
            if len(comparisons) == 1 and _single(comparisons[0]):
                return self._that_step(analyte, comparisons[0], span)
        comparisons = _in_one_unit([part for comparison in comparisons for part in _each_end(comparison)])
        analyte = self._predicted(analyte, comparisons)
        choices = [c for c in comparisons if c.choices]
        if choices:
            rules = tuple(Measure(analyte=analyte, interval=Interval(low=v, high=v), unit=self.unit(analyte), span=span) for v in choices[0].choices)
            return _ranged(rules)
        if len(comparisons) == 1 and _single(comparisons[0]) and analyte.kind == "score":
            return self._single_value(analyte, comparisons[0], span)
        if len(comparisons) == 1 and _single(comparisons[0]) and (either := self._without_sign(analyte, comparisons[0], span)):
            return either
        limits = [self._one(analyte, self._directed(analyte, comparison), span) for comparison in comparisons]
        merged = limits[0]
        if len({limit.unit for limit in limits}) > 1:
            raise Unreadable(comparisons[0].start, comparisons[-1].end, "both ends in one unit")
        for rule in limits[1:]:
            merged = _both(merged, rule)
        if len(limits) > 1 and _empty(merged.interval):
            return AnyOf(rules=tuple(limits), span=span)  # "pulse < 50 and > 110"
        return _either_way(merged) if self.linker.fact(analyte, "either_way") else merged

    def _predicted(self, analyte: Concept, comparisons: Sequence[Comparison]) -> Concept:
        """ "FEV1 ≥ 50 %" is of the share of what is predicted, where the analyte itself is measured in another unit."""
        shares = any(value is not None and value.unit == "%" for c in comparisons for value in (c.low, c.high))
        if not shares or not analyte.linked or self.converts(analyte, "%"):
            return analyte
        vocabulary = self.linker.vocabulary
        named = vocabulary.find(f"{analyte.name} percent predicted") or vocabulary.find(f"affected {analyte.name}")
        return Concept(name=named[0], kind="analyte") if len(named) == 1 else analyte

    def _dipstick(self, analyte: Concept, comparisons: Sequence[Comparison]) -> tuple[Concept, list[Comparison]]:
        """ "urine protein < 2+" is of the dipstick."""
        values = self.linker.fact(analyte, "values")
        name = str(self.linker.fact(analyte, "dipstick") or (analyte.name if isinstance(values, list) and "1+" in values else ""))
        if not name:
            raise Unreadable(comparisons[0].start, comparisons[-1].end, "a test with pluses")
        return Concept(name=name, kind="analyte"), [_without_unit(comparison) for comparison in comparisons]

    def _that_step(self, analyte: Concept, comparison: Comparison, span: Span) -> Rule:
        """ "proteinuria 2+", "IHC 2+" asks for that step, or for that and more: only their agreement decides."""
        exactly = self._one(analyte, comparison._replace(bare=False), span)
        more = exactly.model_copy(update={"interval": exactly.interval.model_copy(update={"high": None}), "written": ""})
        return Ambiguous(readings=(exactly, more), span=span)

    def _single_value(self, analyte: Concept, comparison: Comparison, span: Span) -> Rule:
        """ "ECOG of 2" asks for 2, or for 2 and better: only their agreement decides."""
        exactly = self._one(analyte, comparison._replace(bare=False), span)
        better = self.linker.fact(analyte, "better")
        if better not in ("low", "high"):
            return exactly
        limit = {"low": None} if better == "low" else {"high": None}
        reading = exactly.model_copy(update={"interval": exactly.interval.model_copy(update=limit), "written": ""})
        return Ambiguous(readings=(exactly, reading), span=span)

    def _without_sign(self, analyte: Concept, comparison: Comparison, span: Span) -> Rule | None:
        """ "Platelets 75 x 10^9/L" has lost its sign: that and healthier, or what is iller; None of a number on the healthy side."""
        facts = self.linker.fact(analyte, "adequate")
        exactly = self._one(analyte, comparison._replace(bare=False), span) if isinstance(facts, list) else None
        if exactly is None or exactly.interval.low is None or not isinstance(facts, list):
            return None
        number, worst = exactly.interval.low, float(facts[1])
        adequate = float(facts[0]) if exactly.per == "unit" else 1.0
        if number > adequate if worst < adequate else number < adequate:
            return None
        above, below = Interval(low=number, low_open=worst > adequate), Interval(high=number, high_open=worst < adequate)
        sides = (above, below) if worst < adequate else (below, above)
        return Ambiguous(readings=tuple(exactly.model_copy(update={"interval": side, "written": ""}) for side in sides), span=span)

    def _directed(self, analyte: Concept, comparison: Comparison) -> Comparison:
        """ "2 or better" on a scale whose low values are the better ones is at most 2."""
        if not comparison.towards:
            return comparison
        better = self.linker.fact(analyte, "better")
        if better not in ("low", "high"):
            raise Unreadable(comparison.start, comparison.end, "which side of the scale is better")
        low_side = ((better == "low") == (comparison.towards == "better")) is not self._falls(analyte, comparison)
        if low_side:
            return comparison._replace(low=None, high=comparison.low, low_open=False, high_open=comparison.low_open, towards="")
        return comparison._replace(towards="")

    def _one(self, analyte: Concept, comparison: Comparison, span: Span) -> Measure:
        if comparison.bare and comparison.low is comparison.high and analyte.kind != "score" and not self._step(analyte, comparison):
            raise Unreadable(comparison.start, comparison.end, "a comparator")
        limits = {value.limit for value in (comparison.low, comparison.high) if value is not None}
        limit = next((name for name in limits if name), None)
        if limit and None in limits and any(v is not None and v.unit for v in (comparison.low, comparison.high)):
            raise Unreadable(comparison.start, comparison.end, "both limits in one unit")
        unit, low, high = (None, *_multiples(comparison)) if limit else self._limits(analyte, comparison)
        interval = _interval(comparison, low, high, falls=not limit and self._falls(analyte, comparison))
        if limit is None and analyte.kind == "score":
            self._on_scale(analyte, interval, comparison)
        written = "" if limit else _written(comparison, interval)
        return Measure(analyte=analyte, interval=interval, unit=unit, per=limit or "unit", written=written, span=span)

    def _step(self, analyte: Concept, comparison: Comparison) -> bool:
        """Whether the number is one of the steps in which a test is told, "HER2 IHC 0"."""
        steps = self.linker.fact(analyte, "values")
        return isinstance(steps, list) and comparison.low is not None and f"{comparison.low.number:g}" in map(str, steps)

    def _falls(self, analyte: Concept, comparison: Comparison) -> bool:
        """Whether a greater number in the unit as written is a smaller one in the canonical unit: logMAR and letters."""
        rules = self.linker.fact(analyte, "convert")
        written = next((value.unit for value in (comparison.low, comparison.high) if value is not None and value.unit), None)
        return isinstance(rules, dict) and written in rules and float(rules[written][0]) < 0

    def _on_scale(self, analyte: Concept, interval: Interval, comparison: Comparison) -> None:
        """A limit outside a score's scale is of another score."""
        bounds, steps = self.bounds(analyte), self.linker.fact(analyte, "values")
        limits = [limit for limit in (interval.low, interval.high) if limit is not None]
        between = isinstance(steps, list) and interval.low == interval.high and any(f"{limit:g}" not in map(str, steps) for limit in limits)
        if bounds and (between or any(not bounds[0] <= limit <= bounds[1] for limit in limits)):
            raise Unreadable(comparison.start, comparison.end, f"a value of {analyte.name}")

    def unit(self, analyte: Concept) -> str | None:
        """The analyte's own unit; None for a number without one."""
        unit = self.linker.fact(analyte, "unit")
        return str(unit) if unit else None

    def _limits(self, analyte: Concept, comparison: Comparison) -> tuple[str | None, float | None, float | None]:
        """The unit that limits are kept in and the limits in it: the first reading of the unit that is plausible."""
        low, high = comparison.low, comparison.high
        written = next((value.unit for value in (low, high) if value is not None and value.unit), None)
        readings = list(
            self._readings(analyte, written) if written else self._bare(analyte, [value.number for value in (low, high) if value is not None])
        )
        for unit, slope, offset in readings:
            found = tuple(None if value is None else exact(value.number * slope + offset) for value in (low, high))
            if all(limit is None or self._plausible(analyte, limit, unit) for limit in found):
                return unit, found[0], found[1]
        raise Unreadable(comparison.start, comparison.end, f"a number and unit of {analyte.name}")

    def _bare(self, analyte: Concept, numbers: Sequence[float]) -> Iterator[tuple[str | None, float, float]]:
        """The units of numbers without one: of several customary ones that in which limits are so large, else the canonical one."""
        usual = self.linker.fact(analyte, "bare")
        if isinstance(usual, dict):
            fitting = (unit for unit, (least, most) in usual.items() if all(number == 0 or least <= number <= most for number in numbers))
            for unit in fitting:
                yield from self._readings(analyte, unit)
        elif not self._in_several_units(analyte):
            yield from self._readings(analyte, None)
            if self.unit(analyte) == "%" and all(number < 1 for number in numbers):
                yield "%", 100.0, 0.0  # "FEV1/FVC < 0.7", where so few percent are never measured

    def _in_several_units(self, analyte: Concept) -> bool:
        """Whether its numbers are given as a mass and as a substance, or in units of different size."""
        rules = self.linker.fact(analyte, "convert")
        sizes = {tuple(map(float, rule)) for rule in rules.values()} if isinstance(rules, dict) else set()
        return self.linker.fact(analyte, "molar_mass") is not None or bool(sizes - {(1.0, 0.0)})

    def read(self, analyte: Concept, number: float, written: str | None) -> float | None:
        """A number in the analyte's own unit, as its unit is taken; None where no reading is plausible."""
        found = (exact(number * slope + offset) for unit, slope, offset in self._readings(analyte, written) if unit == self.unit(analyte))
        low, high = self.bounds(analyte) or (-inf, inf)
        return next((value for value in found if low <= value <= high), None)

    def literal(self, analyte: Concept, number: float, written: str | None) -> float | None:
        """The number in the analyte's own unit, its unit taken at its word; None where the one does not lead to the other."""
        if written is None or written == self.unit(analyte):
            return number
        rules = self.linker.fact(analyte, "convert")
        if isinstance(rules, dict) and written in rules:
            slope, offset = rules[written]
            return exact(number * float(slope) + float(offset))
        factor = self._factor(analyte, written, self.unit(analyte) or "")
        return None if factor is None else exact(number * factor)

    def bounds(self, analyte: Concept) -> tuple[float, float] | None:
        """The least and the most that is ever measured, or the ends of a scale; None where they are not known."""
        bounds = self.linker.fact(analyte, "bounds") or self.linker.fact(analyte, "values")
        if not isinstance(bounds, list) or not all(str(end).lstrip("-").replace(".", "").isdigit() for end in (bounds[0], bounds[-1])):
            return None
        return float(bounds[0]), float(bounds[-1])

    def _readings(self, analyte: Concept, written: str | None) -> Iterator[tuple[str | None, float, float]]:
        """What a unit as written may be, most literal first, each with the slope and offset that lead to the canonical one.

        Itself, a thousand of it (`100.000 /mm3`), what usage takes its misspelling for; a unit that leads to no other is kept.
        """
        canonical = self.unit(analyte)
        usage = self.linker.fact(analyte, "written_as")
        spelling = (written or "").removeprefix(MISSPELT)
        slip = str(usage[spelling]) if isinstance(usage, dict) and spelling in usage else None
        literal = canonical if written is None else written
        if canonical is None and analyte.kind == "score" and written in TIME_UNITS:
            return
        if canonical is None:
            yield (None if written in (None, "%") and analyte.linked and analyte.kind != "marker" else written), 1.0, 0.0
            return
        rules = self.linker.fact(analyte, "convert")
        if isinstance(rules, dict) and written in rules:
            slope, offset = rules[written]
            yield canonical, float(slope), float(offset)
            return
        thousandth = [(literal, 0.001)] if canonical in _COUNTS else []
        for unit, factor in ((literal, 1.0), (literal, 1000.0), (slip, 1.0), (slip, 1000.0), *thousandth):
            if unit is not None and (size := self._factor(analyte, unit, canonical)) is not None:
                yield canonical, size * factor, 0.0
        foreign = written is None or written.startswith(MISSPELT) or (written in _OF_PEOPLE and canonical != "%")
        if slip is None and not foreign and self._factor(analyte, written or "", canonical) is None:
            yield written, 1.0, 0.0

    def named(self, comparisons: Sequence[Comparison]) -> Concept | None:
        """The analyte that the units of limits name by themselves: "more than 14 drinks a week"."""
        written = {value.unit for c in comparisons for value in (c.low, c.high) if value is not None and value.unit}
        names = {self.units.units[unit].of if unit in self.units.units else "" for unit in written}
        name = names.pop() if len(names) == 1 else ""
        return Concept(name=name, kind="analyte") if name else None

    def converts(self, analyte: Concept, unit: str) -> bool:
        """Whether a unit leads to the analyte's own."""
        canonical = self.unit(analyte)
        return canonical is None or unit.startswith(MISSPELT) or self._factor(analyte, unit, canonical) is not None

    def _factor(self, analyte: Concept, unit: str, target: str) -> float | None:
        mass = self.linker.fact(analyte, "molar_mass")
        return self.units.factor(unit, target, float(mass) if isinstance(mass, (int, float)) else None)

    def _plausible(self, analyte: Concept, limit: float, unit: str | None) -> bool:
        """Whether a limit lies inside the analyte's bounds, which are in its own unit."""
        bounds = self.linker.fact(analyte, "bounds")
        if not isinstance(bounds, list) or unit != self.unit(analyte) or limit == 0:
            return True
        return float(bounds[0]) <= limit <= float(bounds[1])


def _interval(comparison: Comparison, low: float | None, high: float | None, *, falls: bool) -> Interval:
    """The interval between two limits; a range may be written downwards, "78 to 24 letters"."""
    if falls:
        low, high = high, low
        comparison = comparison._replace(low_open=comparison.high_open, high_open=comparison.low_open)
    if comparison.low is not comparison.high and low is not None and high is not None and low > high:
        low, high = high, low
    return Interval(low=low, high=high, low_open=comparison.low_open, high_open=comparison.high_open)


def _without_unit(comparison: Comparison) -> Comparison:
    return _in_unit(comparison, None)


def _in_unit(comparison: Comparison, unit: str | None) -> Comparison:
    low = comparison.low and comparison.low._replace(unit=unit)
    high = low if comparison.high is comparison.low else comparison.high and comparison.high._replace(unit=unit)
    return comparison._replace(low=low, high=high)


def _either_way(rule: Measure) -> Rule:
    """ "a change of weight > 5 %" is a gain or a loss of so much."""
    low, high = rule.interval.low, rule.interval.high
    if low is not None and low > 0 and high is None:
        lost = Interval(high=-low, high_open=rule.interval.low_open)
        return AnyOf(rules=(rule, rule.model_copy(update={"interval": lost, "written": ""})), span=rule.span)
    if high is not None and high > 0 and low is None:
        opened = rule.interval.high_open
        return rule.model_copy(update={"interval": Interval(low=-high, high=high, low_open=opened, high_open=opened)})
    return rule


def _each_end(comparison: Comparison) -> list[Comparison]:
    """ "6 months to 17 years": each end by itself, in its own unit."""
    low, high = comparison.low, comparison.high
    if low is None or high is None or low is high or not (low.unit and high.unit) or low.unit == high.unit or low.limit or high.limit:
        return [comparison]
    return [comparison._replace(high=None, high_open=False), comparison._replace(low=None, low_open=False)]


def _in_one_unit(comparisons: Sequence[Comparison]) -> Sequence[Comparison]:
    """ "≥ 50 and ≤ 130 µmol/L": the unit of the one is the unit of the other."""
    values = [[value for value in (one.low, one.high) if value is not None] for one in comparisons]
    units = {value.unit for row in values for value in row if value.unit}
    if len(comparisons) < 2 or len(units) != 1 or any(value.limit for row in values for value in row):
        return comparisons
    (unit,) = units
    return [one if any(value.unit for value in row) else _in_unit(one, unit) for one, row in zip(comparisons, values, strict=True)]


def _single(comparison: Comparison) -> bool:
    return comparison.bare and comparison.low is comparison.high and not comparison.choices


def _multiples(comparison: Comparison) -> tuple[float | None, float | None]:
    """Limits that are multiples of a reference limit."""
    low, high = (None if value is None else value.number for value in (comparison.low, comparison.high))
    return low, high


def _written(comparison: Comparison, interval: Interval) -> str:
    """The limits as written, where the interval is in another unit."""
    ends = [
        (end, f"{sign} {end.text}", limit)
        for end, sign, limit in (
            (comparison.low, ">" if comparison.low_open else "≥", interval.low),
            (comparison.high, "<" if comparison.high_open else "≤", interval.high),
        )
        if end is not None
    ]
    if all(end.number == limit for end, _, limit in ends) or not all(end.text[:1].isdigit() for end, _, _ in ends):
        return ""
    return " and ".join(text for _, text, _ in ends)


def _both(first: Measure, second: Measure) -> Measure:
    if first.per != second.per:
        raise Unreadable(first.span.start, second.span.end, "both limits in one unit")
    low = first.interval if first.interval.low is not None else second.interval
    high = second.interval if second.interval.high is not None else first.interval
    if (first.interval.low is not None and second.interval.low is not None) or (first.interval.high is not None and second.interval.high is not None):
        raise Unreadable(first.span.start, second.span.end, "one lower and one upper limit")
    both = Interval(low=low.low, low_open=low.low_open, high=high.high, high_open=high.high_open)
    written = f"{first.written} and {second.written}" if first.written and second.written else ""
    return first.model_copy(update={"interval": both, "written": written})


def _empty(interval: Interval) -> bool:
    """Whether no number lies in it."""
    low, high = interval.low, interval.high
    return low is not None and high is not None and (low > high or (low == high and (interval.low_open or interval.high_open)))


def _ranged(rules: tuple[Measure, ...]) -> Rule:
    """Neighbouring whole values as one interval: 0, 1 or 2 is 0 to 2."""
    values = sorted(rule.interval.low or 0.0 for rule in rules)
    if all(b - a == 1 for a, b in pairwise(values)):
        return rules[0].model_copy(update={"interval": Interval(low=values[0], high=values[-1]), "written": ""})
    return AnyOf(rules=rules, span=rules[0].span)
