"""Normal rules: without spans, denials at the leaves, connectives flat, so that rules of one form are one value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from eligimatch.engine.kinship import Kinship
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import NOWHERE, AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Requiring, Rule, Statement, Unparsed

_OPPOSITE = {"any": "all", "all": "any", "either": "each", "each": "either"}


def normal(rule: Rule, kinship: Kinship, *, denied: bool = False) -> Rule:
    """The rule, or its denial, with the same answer for everyone."""
    match rule:
        case Not():
            return normal(rule.rule, kinship, denied=not denied)
        case AllOf() | AnyOf():
            parts = [normal(part, kinship, denied=denied) for part in rule.rules]
            return _joined(AllOf if isinstance(rule, AllOf) is not denied else AnyOf, parts)
        case AtLeast():
            parts = [normal(part, kinship, denied=denied) for part in rule.rules]
            return _counted(len(parts) - rule.count + 1 if denied else rule.count, parts)
        case Ambiguous():
            readings = _distinct(normal(part, kinship, denied=denied) for part in rule.readings)
            return readings[0] if len(readings) == 1 else Ambiguous(readings=readings)
        case Measure() | Is() | Had() | Statement() | Unparsed():
            return _denied(bare(rule)) if denied else bare(rule)
        case _:
            assert_never(rule)


def _joined(connective: type[AllOf | AnyOf], parts: Iterable[Rule]) -> Rule:
    flat = _distinct(inner for part in parts for inner in (part.rules if isinstance(part, connective) else (part,)))
    return flat[0] if len(flat) == 1 else connective(rules=flat)


def _counted(count: int, parts: list[Rule]) -> Rule:
    if count <= 0:
        return AllOf(rules=())
    if count > len(parts):
        return AnyOf(rules=())
    if count in (1, len(parts)):
        return _joined(AnyOf if count == 1 else AllOf, parts)
    return AtLeast(count=count, rules=tuple(parts))


def _distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    kept: list[Rule] = []
    for rule in rules:
        if rule not in kept:
            kept.append(rule)
    return tuple(kept)


def bare(rule: Rule) -> Rule:
    """A leaf without its places and what only shows how it was written."""
    match rule:
        case Measure():
            limits = _whole_years(rule) if rule.analyte.name == "age" else rule.interval
            return rule.model_copy(update={"span": NOWHERE, "written": "", "interval": limits})
        case Is():
            return rule.model_copy(update={"span": NOWHERE, "values": tuple(sorted(set(rule.values)))})
        case Had():
            return bare_had(rule)
        case _:
            return rule.model_copy(update={"span": NOWHERE})


def bare_had(rule: Had) -> Had:
    """The same of an occurrence, what is asked beneath it included."""
    asked = (part.model_copy(update={"treatment": bare_had(part.treatment)}) if isinstance(part, Requiring) else part for part in rule.qualifiers)
    return rule.model_copy(
        update={
            "span": NOWHERE,
            "qualifiers": tuple(dict.fromkeys(asked)),
            "but_not": tuple(bare_had(exception) for exception in rule.but_not),
            "examples": tuple(bare(example) for example in rule.examples),
            "when": "ever" if rule.when == "window" and rule.window is None else rule.when,
        }
    )


def _whole_years(rule: Measure) -> Interval:
    """Above 17 completed years is from 18 on."""
    low, high = rule.interval.low, rule.interval.high
    if rule.unit not in (None, "a", "year") or any(end is not None and end != int(end) for end in (low, high)):
        return rule.interval
    return Interval(
        low=low + 1 if low is not None and rule.interval.low_open else low, high=high - 1 if high is not None and rule.interval.high_open else high
    )


def _denied(leaf: Rule) -> Rule:
    """What has one limit only, or two values, has an opposite; else it stays denied."""
    if isinstance(leaf, Measure) and (leaf.interval.low is None) is not (leaf.interval.high is None) and not leaf.normal:
        return bare(leaf.model_copy(update={"interval": _beyond(leaf.interval), "pick": _turned(leaf.pick), "sides": _turned(leaf.sides)}))
    if isinstance(leaf, Is) and leaf.fact == "sex" and len(leaf.values) == 1:
        return leaf.model_copy(update={"values": ("male",) if leaf.values == ("female",) else ("female",)})
    return Not(rule=leaf)


def _turned(word: str) -> str:
    return _OPPOSITE.get(word, word)


def _beyond(interval: Interval) -> Interval:
    """All numbers outside an interval with one end."""
    if interval.low is not None:
        return Interval(high=interval.low, high_open=not interval.low_open)
    return Interval(low=interval.high, low_open=not interval.high_open)
