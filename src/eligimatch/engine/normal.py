"""Normal rules: without spans, denials at the leaves, connectives flat, so that rules of one form are one value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from eligimatch.engine.kinship import Kinship
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import NOWHERE, AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Requiring, Rule, Statement, Unparsed

_OPPOSITE = {"any": "all", "all": "any", "either": "each", "each": "either"}

_ANSWERS = {"true": "false", "false": "true"}
_CONTRARY = {"sex": {"female": "male", "male": "female"}, **dict.fromkeys(("pregnant", "breastfeeding", "contraception", "volunteer"), _ANSWERS)}
"""Facts of two values, of which a person has the one or the other (a man is neither of childbearing potential nor a woman without)."""


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
            limits = _completed(rule) if rule.analyte.name == "age" and whole_years(rule) else rule.interval
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


def _completed(rule: Measure) -> Interval:
    """Above 17 completed years is from 18 on."""
    low, high = rule.interval.low, rule.interval.high
    return Interval(
        low=low + 1 if low is not None and rule.interval.low_open else low, high=high - 1 if high is not None and rule.interval.high_open else high
    )


def whole_years(rule: Measure) -> bool:
    """Whether its ends are whole years, which completed years answer."""
    limits = (rule.interval.low, rule.interval.high)
    return rule.unit in (None, "a", "year") and all(limit is None or limit == int(limit) for limit in limits)


def several(rule: Measure, kinship: Kinship) -> bool:
    """Whether the word stands for several analytes."""
    return rule.analyte.linked and isinstance(kinship.fact(rule.analyte.name, "members"), list)


def ends(rule: Rule, kinship: Kinship) -> tuple[Rule, ...]:
    """A number between two limits as above the one and below the other, where both together say no less."""
    if not isinstance(rule, Measure) or rule.interval.low is None or rule.interval.high is None or rule.normal:
        return (rule,)
    if rule.pick == "any" or rule.sides in ("either", "study") or several(rule, kinship) or (rule.analyte.name == "age" and not whole_years(rule)):
        return (rule,)
    limits = ({"high": None, "high_open": False}, {"low": None, "low_open": False})
    return tuple(rule.model_copy(update={"interval": rule.interval.model_copy(update=limit)}) for limit in limits)


def _denied(leaf: Rule) -> Rule:
    """What has one limit only, or two values, has an opposite; else it stays denied."""
    if isinstance(leaf, Measure) and (leaf.interval.low is None) is not (leaf.interval.high is None) and not leaf.normal:
        return bare(leaf.model_copy(update={"interval": _beyond(leaf.interval), "pick": _turned(leaf.pick), "sides": _turned(leaf.sides)}))
    if isinstance(leaf, Is) and leaf.concept is None and len(leaf.values) == 1 and leaf.values[0] in (others := _CONTRARY.get(leaf.fact, {})):
        return leaf.model_copy(update={"values": (others[leaf.values[0]],)})
    return Not(rule=leaf)


def _turned(word: str) -> str:
    return _OPPOSITE.get(word, word)


def _beyond(interval: Interval) -> Interval:
    """All numbers outside an interval with one end."""
    if interval.low is not None:
        return Interval(high=interval.low, high_open=not interval.low_open)
    return Interval(low=interval.high, low_open=not interval.high_open)
