"""Measures: a number against an interval, by the latest value, any value or all values in a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from eligimatch.engine.ages import age
from eligimatch.engine.case import Case
from eligimatch.engine.limits import limit_of
from eligimatch.engine.outcome import Outcome, distinct, joined, sentence
from eligimatch.engine.readings import Reading
from eligimatch.engine.times import Extent, extent
from eligimatch.model.quantity import Interval, exact, point
from eligimatch.model.rule import Measure
from eligimatch.model.verdict import Truth, agreed, all_of, any_of
from eligimatch.model.words import folded

_SIDES = ("left", "right")


class Judged(NamedTuple):
    """One reading against the rule."""

    reading: Reading
    truth: Truth
    reason: str = ""


def measure(rule: Measure, case: Case) -> Outcome:
    """The rule for this person."""
    if rule.analyte.name == "age":
        return age(rule, case)
    members = case.facts.kinship.fact(rule.analyte.name, "members") if rule.analyte.linked else None
    if isinstance(members, list) and not case.facts.readings_of(rule.analyte.name):
        law = any_of if rule.interval.high is None and not rule.normal else all_of
        parts = [rule.model_copy(update={"analyte": rule.analyte.model_copy(update={"name": str(name)})}) for name in members]
        return joined([measure(part, case) for part in parts], law)
    return _measured(rule, case)


def _measured(rule: Measure, case: Case) -> Outcome:
    days = extent(rule.window, case.facts) if rule.window else None
    counted = _in_window(readings_for(rule, case), days)
    notes = (days.assumption,) if days and days.assumption else ()
    if not counted:
        when = f" in {days}" if days else ""
        return Outcome(None, f"no {_label(rule)}{when}", missing=(f"{_label(rule)}{when}",), assumptions=notes)
    if rule.change:
        return _changed(rule, counted, case)._replace(assumptions=notes)
    outcome = _of_places(rule, counted, case)
    return outcome._replace(assumptions=notes)


def _label(rule: Measure) -> str:
    fasting = "fasting " if rule.fasting and "fasting" not in rule.analyte.name else ""
    return f"{fasting}{rule.analyte.name}"


# --- which readings count --------------------------------------------------------------------------------------------------------------


def readings_for(rule: Measure, case: Case) -> list[Reading]:
    """The analyte's values; where a fasting one is asked, those known or not known to be fasting."""
    if not rule.analyte.linked:
        found = case.facts.readings_in_words(folded(rule.analyte.name))
    else:
        found = list(case.facts.readings_of(rule.analyte.name))
        if case.facts.kinship.fact(rule.analyte.name, "fasting"):
            entry = case.facts.kinship.vocabulary[rule.analyte.name]
            found += [r for parent in entry.parents for r in case.facts.readings_of(parent) if parent in r.own]
    fasting = rule.fasting or (rule.analyte.linked and bool(case.facts.kinship.fact(rule.analyte.name, "fasting")))
    return [reading for reading in found if reading.fasting is not False] if fasting else found


def _in_window(found: Sequence[Reading], days: Extent | None) -> list[tuple[Reading, bool]]:
    """The readings that lie in the window, and whether each surely does."""
    if days is None:
        return [(reading, True) for reading in found]
    kept: list[tuple[Reading, bool]] = []
    for reading in found:
        first, last = reading.date or (date.min, date.max)
        surely = all(stretch.first <= first and last <= stretch.last for stretch in days.stretches)
        if surely or any(first <= stretch.last and last >= stretch.first for stretch in days.stretches):
            kept.append((reading, surely and not days.short))
    return kept


# --- what they say ---------------------------------------------------------------------------------------------------------------------


def _of_places(rule: Measure, counted: Sequence[tuple[Reading, bool]], case: Case) -> Outcome:
    """Values of another site or side are another measurement."""
    places: dict[tuple[str, ...], list[tuple[Reading, bool]]] = {}
    for reading, surely in counted:
        sides = _SIDES if "bilateral" in reading.place else tuple(set(_SIDES) & set(reading.place)) or ("",)
        rest = tuple(part for part in reading.place if part not in (*_SIDES, "bilateral"))
        for side in sides:
            places.setdefault((*rest, side), []).append((reading, surely))
    outcomes = [_of_place(rule, group, case) for group in places.values()]
    if rule.sides == "whole":
        return outcomes[0] if len(outcomes) == 1 else _agreeing(outcomes, rule)
    listed = {place[-1] for place in places}
    if not listed >= set(_SIDES):
        side = next(iter(set(_SIDES) - listed))
        outcomes.append(Outcome(None, f"no {_label(rule)} of the {side} side", missing=(f"{_label(rule)}, {side}",)))
    return joined(outcomes, {"either": any_of, "each": all_of, "study": agreed}[rule.sides])


def _agreeing(outcomes: Sequence[Outcome], rule: Measure) -> Outcome:
    """The answer of all places alike; else it waits for which of them is meant."""
    outcome = joined(outcomes, agreed)
    return outcome if outcome.truth is not None else outcome._replace(missing=(*outcome.missing, f"which site or side of {_label(rule)} counts"))


def _of_place(rule: Measure, group: Sequence[tuple[Reading, bool]], case: Case) -> Outcome:
    judged = [_judge(rule, reading, surely, case) for reading, surely in group]
    if rule.pick == "latest":
        return _latest(rule, judged)
    truth = (any_of if rule.pick == "any" else all_of)(one.truth for one in judged)
    return _told(rule, truth, [one for one in judged if one.truth is truth] or judged)


def _latest(rule: Measure, judged: Sequence[Judged]) -> Outcome:
    """The latest value; values that may be the latest must agree."""
    newest = max((one.reading.date.first for one in judged if one.reading.date), default=date.min)
    last = [one for one in judged if one.reading.date is None or one.reading.date.last >= newest]
    if rule.fasting:
        last = _fasting(last, judged)
    truths = {one.truth for one in last}
    if len(truths) > 1 and None not in truths:
        both = " and ".join(str(one.reading) for one in last)
        return Outcome(None, f"{both} disagree", tuple(one.reading.evidence for one in last), (f"which value of {_label(rule)} holds",))
    return _told(rule, agreed(one.truth for one in last), last)


def _fasting(last: Sequence[Judged], judged: Sequence[Judged]) -> list[Judged]:
    """Where the latest is not known to be a fasting one, the latest that is must agree with it."""
    if all(one.reading.fasting for one in last):
        return list(last)
    known = [one for one in judged if one.reading.fasting]
    latest = max(known, key=lambda one: one.reading.date.last if one.reading.date else date.min, default=None)
    if latest is None:
        return [one._replace(truth=None, reason=f"not said whether {one.reading} was fasting") for one in last]
    return [*(one for one in last if one is not latest), latest]


def _told(rule: Measure, truth: Truth, judged: Sequence[Judged]) -> Outcome:
    limit = limit_of(rule)
    open_ = [one for one in judged if one.truth is None] if truth is None else []
    reason = sentence(one.reason or str(one.reading) for one in (open_ or judged)[:3])
    reason = f"{reason}, limit {limit}" if not any(one.reason for one in open_) and limit else reason
    missing = distinct(one.reason or f"exact {_label(rule)}" for one in open_) or (_label(rule),)
    return Outcome(truth, reason, distinct(one.reading.evidence for one in judged), missing if truth is None else ())


def _judge(rule: Measure, reading: Reading, surely: bool, case: Case) -> Judged:
    judged = compare(rule, reading, case)
    if surely or judged.truth is None:
        return judged
    return Judged(reading, None, f"the date of {reading} does not say whether it counts")


def compare(rule: Measure, reading: Reading, case: Case) -> Judged:
    """One value against the rule, whenever it was taken."""
    value = _value(rule, reading, case)
    if isinstance(value, str):
        return Judged(reading, None, value)
    if rule.normal:
        return _normal(reading)
    if rule.per == "unit":
        return Judged(reading, rule.interval.decide(value))
    limit = reading.uln if rule.per == "uln" else reading.lln
    if limit is None:
        return Judged(reading, None, f"{rule.per.upper()} of {reading} not given")
    said = f"{reading} ({rule.per.upper()} {limit:g})"
    return Judged(reading, rule.interval.scaled(limit).decide(value), said)


def _value(rule: Measure, reading: Reading, case: Case) -> Interval | str:
    """The reading in the rule's unit; in its own unit where its own limits are asked."""
    if rule.per == "unit" and not rule.normal:
        return case.facts.converter.interval(reading, rule.unit, rule.analyte.name)
    if isinstance(reading.value, float):
        return point(exact(reading.value))
    word = " ".join(folded(reading.value))
    if rule.normal and word in ("normal", "abnormal"):
        return Interval()
    return case.facts.converter.interval(reading._replace(unit=None), None, rule.analyte.name)


def _normal(reading: Reading) -> Judged:
    if isinstance(reading.value, str) and reading.value.lower() in ("normal", "abnormal"):
        return Judged(reading, reading.value.lower() == "normal")
    value = reading.value
    if not isinstance(value, float):
        return Judged(reading, None, f"{reading} is no number")
    if (reading.uln is not None and value > reading.uln) or (reading.lln is not None and value < reading.lln):
        return Judged(
            reading, False, f"{reading} (normal {reading.lln or 0:g} to {reading.uln or 0:g})" if reading.uln and reading.lln else str(reading)
        )
    if reading.uln is None or reading.lln is None:
        return Judged(reading, None, f"the reference range of {reading} is not given")
    return Judged(reading, True, f"{reading} (normal {reading.lln:g} to {reading.uln:g})")


# --- change ----------------------------------------------------------------------------------------------------------------------------


def _changed(rule: Measure, counted: Sequence[tuple[Reading, bool]], case: Case) -> Outcome:
    """The last value against the first of the window, as a difference or in percent of the first."""
    dated = sorted((reading for reading, surely in counted if reading.date and surely), key=lambda reading: reading.date or (date.min, date.min))
    evidence = tuple(reading.evidence for reading in dated)
    if len(dated) < 2 or len(dated) < len(counted) or dated[0].date == dated[-1].date:
        return Outcome(None, f"fewer than two dated values of {_label(rule)}", evidence, (f"earlier and later {_label(rule)}",))
    ends = [case.facts.converter.interval(reading, rule.unit, rule.analyte.name) for reading in (dated[0], dated[-1])]
    values = [end.low for end in ends if not isinstance(end, str) and end.low == end.high and end.low is not None]
    if len(values) < 2 or (rule.change == "relative" and values[0] == 0):
        return Outcome(None, f"values of {_label(rule)} cannot be compared", evidence, (_label(rule),))
    change = values[1] - values[0]
    change = exact(change / values[0] * 100) if rule.change == "relative" else exact(change)
    unit = "%" if rule.change == "relative" else f" {rule.unit or ''}".rstrip()
    return Outcome(rule.interval.decide(point(change)), f"{dated[0]} to {dated[-1]}: change {change:+g}{unit}", evidence)
