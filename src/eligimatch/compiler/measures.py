"""Numbers: an analyte and the limits it is held against, as a Measure in the analyte's canonical unit."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrases import Unreadable
from eligimatch.compiler.syntax import Comparison, Value
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval, exact
from eligimatch.model.rule import AnyOf, Measure, Rule
from eligimatch.model.span import Span
from eligimatch.model.units import Units

_TIME_OF_AGE = {"h", "d", "wk", "mo", "a"}


class Measurer:
    """Converts limits once, at compile time."""

    def __init__(self, linker: Linker, units: Units) -> None:
        self.linker = linker
        self.units = units

    def measure(self, analyte: Concept, comparisons: Sequence[Comparison], span: Span) -> Rule:
        """The analyte inside all the comparisons (those with a choice of values: any of them)."""
        choices = [c for c in comparisons if c.choices]
        if choices:
            rules = tuple(Measure(analyte=analyte, interval=Interval(low=v, high=v), unit=self._unit(analyte), span=span) for v in choices[0].choices)
            return _ranged(rules)
        rules = [self._one(analyte, comparison, span) for comparison in comparisons]
        merged = rules[0]
        for rule in rules[1:]:
            merged = _both(merged, rule)
        return merged

    def _one(self, analyte: Concept, comparison: Comparison, span: Span) -> Measure:
        low, high = self._bound(analyte, comparison.low, comparison.high), self._bound(analyte, comparison.high, comparison.low)
        limits = {value.limit for value in (comparison.low, comparison.high) if value is not None}
        limit = next((name for name in limits if name), None)
        if limit and None in limits and any(v is not None and v.unit for v in (comparison.low, comparison.high)):
            raise Unreadable(comparison.start, comparison.end, "both limits in one unit")
        interval = Interval(low=low, high=high, low_open=comparison.low_open, high_open=comparison.high_open)
        per = "unit" if limit is None else limit
        return Measure(analyte=analyte, interval=interval, unit=self._unit(analyte) if limit is None else None, per=per, span=span)  # type: ignore[arg-type]

    def _unit(self, analyte: Concept) -> str | None:
        unit = self.linker.fact(analyte, "unit")
        return str(unit) if unit else None

    def _bound(self, analyte: Concept, value: Value | None, other: Value | None) -> float | None:
        if value is None:
            return None
        if value.limit:
            return value.number
        unit = value.unit or (other.unit if other else None)
        canonical = self._unit(analyte)
        if unit is None or (canonical is None and not analyte.linked):
            return self._plain(analyte, value.number, canonical, value)
        written = self.linker.fact(analyte, "written_as")
        if isinstance(written, dict) and unit in written:
            unit = str(written[unit])
        if canonical is None:
            if unit == "%" or unit == canonical:
                return value.number
            raise Unreadable(value.start, value.end, "a number without a unit")
        mass = self.linker.fact(analyte, "molar_mass")
        factor = self.units.factor(unit, canonical, float(mass) if isinstance(mass, (int, float)) else None)
        if factor is None:
            raise Unreadable(value.start, value.end, f"a unit of {analyte.name}")
        return self._plausible(analyte, exact(value.number * factor), value)

    def _plain(self, analyte: Concept, number: float, canonical: str | None, value: Value) -> float:
        """A number without a unit: right where the analyte has none, or where only one reading is plausible."""
        if canonical is None:
            return number
        bounds = self.linker.fact(analyte, "bounds")
        candidates = [exact(number * factor) for factor in self._usual_factors(canonical)]
        if isinstance(bounds, list):
            inside = {c for c in candidates if bounds[0] <= c <= bounds[1]}
            if len(inside) == 1:
                return inside.pop()
        raise Unreadable(value.start, value.end, f"a unit of {analyte.name}")

    def _usual_factors(self, canonical: str) -> tuple[float, ...]:
        return (1.0, 0.001) if canonical == "10^9/L" else (1.0,)

    def _plausible(self, analyte: Concept, number: float, value: Value) -> float:
        """`100.000 /mm3` is a hundred thousand where a hundred is out of all bounds."""
        bounds = self.linker.fact(analyte, "bounds")
        if isinstance(bounds, list) and number < bounds[0] and value.number == int(value.number) and bounds[0] <= number * 1000 <= bounds[1]:
            return exact(number * 1000)
        return number


def _both(first: Measure, second: Measure) -> Measure:
    if first.per != second.per:
        raise Unreadable(first.span.start, second.span.end, "both limits in one unit")
    low = first.interval if first.interval.low is not None else second.interval
    high = second.interval if second.interval.high is not None else first.interval
    if (first.interval.low is not None and second.interval.low is not None) or (first.interval.high is not None and second.interval.high is not None):
        raise Unreadable(first.span.start, second.span.end, "one lower and one upper limit")
    return first.model_copy(update={"interval": Interval(low=low.low, low_open=low.low_open, high=high.high, high_open=high.high_open)})


def _ranged(rules: tuple[Measure, ...]) -> Rule:
    """Neighbouring whole values as one interval: 0, 1 or 2 is 0 to 2."""
    values = sorted(rule.interval.low or 0.0 for rule in rules)
    if all(b - a == 1 for a, b in zip(values, values[1:], strict=False)):
        return rules[0].model_copy(update={"interval": Interval(low=values[0], high=values[-1])})
    return AnyOf(rules=rules, span=rules[0].span)
