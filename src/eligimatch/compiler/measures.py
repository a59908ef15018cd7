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
        limits = {value.limit for value in (comparison.low, comparison.high) if value is not None}
        limit = next((name for name in limits if name), None)
        if limit and None in limits and any(v is not None and v.unit for v in (comparison.low, comparison.high)):
            raise Unreadable(comparison.start, comparison.end, "both limits in one unit")
        unit = None if limit else self._target(analyte, comparison)
        low, high = (self._bound(analyte, one, other, unit) for one, other in ((comparison.low, comparison.high), (comparison.high, comparison.low)))
        interval = Interval(low=low, high=high, low_open=comparison.low_open, high_open=comparison.high_open)
        if limit is None and analyte.kind == "score":
            self._on_scale(analyte, interval, comparison)
        return Measure(analyte=analyte, interval=interval, unit=unit, per=limit or "unit", span=span)  # type: ignore[arg-type]

    def _on_scale(self, analyte: Concept, interval: Interval, comparison: Comparison) -> None:
        """A limit outside a score's scale is of another score."""
        bounds = self.linker.fact(analyte, "bounds") or self.linker.fact(analyte, "values")
        if isinstance(bounds, list) and all(str(bound).lstrip("-").replace(".", "").isdigit() for bound in (bounds[0], bounds[-1])):
            low, high = float(bounds[0]), float(bounds[-1])
            if any(limit is not None and not low <= limit <= high for limit in (interval.low, interval.high)):
                raise Unreadable(comparison.start, comparison.end, f"a value of {analyte.name}")

    def _unit(self, analyte: Concept) -> str | None:
        unit = self.linker.fact(analyte, "unit")
        return str(unit) if unit else None

    def _target(self, analyte: Concept, comparison: Comparison) -> str | None:
        """The unit that limits are kept in: the analyte's own, or the text's where no number leads from it to the analyte's."""
        canonical = self._unit(analyte)
        written = next((v.unit for v in (comparison.low, comparison.high) if v is not None and v.unit), None)
        if written is None:
            return canonical
        written = self._written(analyte, written)
        if canonical is None:
            return None if written == "%" and analyte.linked else written
        return canonical if self._factor(analyte, written, canonical) is not None else written

    def _written(self, analyte: Concept, unit: str) -> str:
        usage = self.linker.fact(analyte, "written_as")
        return str(usage[unit]) if isinstance(usage, dict) and unit in usage else unit

    def _factor(self, analyte: Concept, unit: str, target: str) -> float | None:
        mass = self.linker.fact(analyte, "molar_mass")
        return self.units.factor(unit, target, float(mass) if isinstance(mass, (int, float)) else None)

    def _bound(self, analyte: Concept, value: Value | None, other: Value | None, target: str | None) -> float | None:
        if value is None:
            return None
        unit = value.unit or (other.unit if other else None)
        if value.limit or target is None:
            return value.number
        if unit is None:
            return self._plain(analyte, value.number, target, value)
        factor = self._factor(analyte, self._written(analyte, unit), target)
        if factor is None:
            raise Unreadable(value.start, value.end, "both limits in one unit")
        return self._plausible(analyte, exact(value.number * factor), value)

    def _plain(self, analyte: Concept, number: float, canonical: str | None, value: Value) -> float:
        """A number without a unit: right where the analyte has none, or where only one reading is plausible."""
        bounds = self.linker.fact(analyte, "bounds")
        candidates = [exact(number * factor) for factor in self._usual_factors(analyte, canonical)]
        if isinstance(bounds, list):
            inside = {c for c in candidates if bounds[0] <= c <= bounds[1]}
            if len(inside) == 1:
                return inside.pop()
        raise Unreadable(value.start, value.end, f"a unit of {analyte.name}")

    def _usual_factors(self, analyte: Concept, canonical: str | None) -> tuple[float, ...]:
        """What a number without a unit may be in: the analyte's unit, or what usage writes without one."""
        usage = self.linker.fact(analyte, "written_as")
        bare = self._factor(analyte, str(usage[""]), canonical) if isinstance(usage, dict) and "" in usage and canonical else None
        return (1.0,) if bare is None or bare == 1.0 else (1.0, bare)

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
