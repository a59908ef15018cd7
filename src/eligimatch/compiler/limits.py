"""Limits: several limits of one thing, each for everyone or for some people only, into one rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eligimatch.compiler.measures import Measurer
from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.syntax import Comparison, Item, Series, Tail
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Judged, Measure, Not, Rule
from eligimatch.model.span import Span

SUPPORT = re.compile(
    r"\b(?:transfus|growth factor|colony|g-?csf|gm-?csf|filgrastim|erythropo|supplement|unsupported|supported|support\b)", re.IGNORECASE
)
"""What raises a number for a while."""
THOSE = "those"
"""The value of a denial that tells whom a number is asked of: "≤ 3 in patients not receiving X"."""


class Limit(NamedTuple):
    """A rule about a number, and the people it is asked of (None: everyone)."""

    rule: Rule
    whom: Rule | None = None


def joined_limits(limits: Sequence[Limit], span: Span, *, selects: bool, beside: bool = False) -> Rule:
    """The limits as one rule; where it selects, only the people spoken of meet it."""
    first, *others = limits
    if all(limit.whom is not None for limit in limits):
        rules = tuple(_asked_of(limit.rule, limit.whom, span, selects=selects) for limit in limits if limit.whom is not None)
        if len(rules) == 1:
            return rules[0]
        return (AnyOf if selects else AllOf)(rules=rules, span=span)
    if not others:
        return first.rule
    if all(limit.whom is None for limit in limits):
        return (AllOf if beside else AnyOf)(rules=tuple(limit.rule for limit in limits), span=span)
    if first.whom is not None or any(limit.whom is None for limit in others):
        raise Unreadable(span.start, span.end, "limits for everyone, or each for some people")
    rule = first.rule
    for limit in others:
        assert limit.whom is not None
        rule = for_some(rule, limit.rule, limit.whom, span)
    return rule


def for_some(rule: Rule, other: Rule, whom: Rule, span: Span) -> Rule:
    """Another limit for some people: one for them, the rule for the rest.

    What both limits let pass, or neither, passes or fails whoever the person is.
    """
    if isinstance(rule, AllOf) and rule.rules and isinstance(rule.rules[0], Measure):
        first, *rest = rule.rules
        return AllOf(rules=(for_some(first, other, whom, span), *rest), span=span)
    if within(rule, other):
        return AnyOf(rules=(rule, AllOf(rules=(other, whom), span=span)), span=span)
    if within(other, rule):
        return AllOf(rules=(rule, AnyOf(rules=(other, _denied(whom)), span=span)), span=span)
    mine, theirs = AllOf(rules=(rule, _denied(whom)), span=span), AllOf(rules=(other, whom), span=span)
    if _beyond(rule, other):
        return AnyOf(rules=(rule, theirs), span=span)
    return AnyOf(rules=(mine, theirs, AllOf(rules=(rule, other), span=span)), span=span)


def _beyond(rule: Rule, other: Rule) -> bool:
    """ "≤ 1.5 × ULN (> 1.5 × ULN is allowed if X)": what lies beyond the limit, beside it."""
    if not isinstance(rule, Measure) or not isinstance(other, Measure) or rule.analyte != other.analyte or rule.per != other.per:
        return False
    upper, lower = rule.interval, other.interval
    return upper.low is None and lower.high is None and upper.high is not None and upper.high == lower.low


def not_allowed(rule: Rule, other: Rule) -> Rule:
    """ "> 1.5 × ULN (≤ 3 × ULN in X)" among the exclusions: the other limit is what those with X may have, and more than that excludes them."""
    if not isinstance(rule, Measure) or not isinstance(other, Measure):
        return other
    mine, theirs = rule.interval, other.interval
    below = mine.high is None and theirs.low is None and mine.low is not None and theirs.high is not None and mine.low < theirs.high
    above = mine.low is None and theirs.high is None and mine.high is not None and theirs.low is not None and theirs.low < mine.high
    if below:
        return other.model_copy(update={"interval": Interval(low=theirs.high, low_open=not theirs.high_open), "written": ""})
    if above:
        return other.model_copy(update={"interval": Interval(high=theirs.low, high_open=not theirs.low_open), "written": ""})
    return other


def per_limit(comparisons: Sequence[Comparison]) -> bool:
    """Whether a number counts multiples of a reference limit."""
    return any(value is not None and value.limit for comparison in comparisons for value in (comparison.low, comparison.high))


def beside(rule: Rule, condition: Rule, words: str, span: Span) -> Rule:
    """ "creatinine ≥ 2 with proteinuria" asks both; "hemoglobin ≥ 9 g/dL with transfusion support" perhaps lets it be reached so."""
    both = AllOf(rules=(rule, condition), span=span)
    return Ambiguous(readings=(rule, both), span=span) if isinstance(rule, (Measure, Ambiguous)) and SUPPORT.search(words) else both


def lacking(word: Token, rule: Rule, condition: Rule, whom: list[Rule], span: Span) -> tuple[Rule, list[Rule]]:
    """ "≥ 75,000 without transfusion" asks both; of people with a disease, or of those, "without marrow involvement" it says who they are."""
    denied = Not(rule=condition, span=condition.span)
    if word.value == THOSE or (whom and isinstance(condition, Had) and condition.section == "conditions"):
        return rule, [*whom, denied]
    return AllOf(rules=(rule, denied), span=span), whom


def unspecified(comparisons: Sequence[Comparison]) -> bool:
    """Whether a number has neither unit nor reference limit."""
    return any(not any(value.unit or value.limit for value in (one.low, one.high) if value is not None) for one in comparisons)


def within(rule: Rule, other: Rule) -> bool:
    """Whether every value that meets the first limit meets the other."""
    if not isinstance(rule, Measure) or not isinstance(other, Measure):
        return False
    if rule.model_copy(update={"interval": other.interval, "written": other.written, "window": other.window, "span": other.span}) != other:
        return False
    return other.interval.decide(rule.interval) is True


def caused(rule: Rule, words: str) -> Rule:
    """What a value may be due to: where it is there, whether it is the cause is for a person to judge."""
    if isinstance(rule, AnyOf):
        return rule.model_copy(update={"rules": tuple(caused(member, words) for member in rule.rules)})
    if not isinstance(rule, Had):
        raise Unreadable(rule.span.start, rule.span.end, "a cause")
    return rule.model_copy(update={"qualifiers": (*rule.qualifiers, Judged(words=f"due to {words}"))})


def _asked_of(rule: Rule, whom: Rule, span: Span, *, selects: bool) -> Rule:
    if selects:
        return AllOf(rules=(whom, rule), span=span)
    return AnyOf(rules=(_denied(whom), rule), span=span)


def _denied(rule: Rule) -> Rule:
    return rule.rule if isinstance(rule, Not) else Not(rule=rule, span=rule.span)


def in_range(normal: str, analyte: Concept, span: Span) -> Rule:
    """Within, outside, above or below the reference range."""
    match normal:
        case "elevated":
            return Measure(analyte=analyte, interval=Interval(low=1, low_open=True), per="uln", span=span)
        case "decreased":
            return Measure(analyte=analyte, interval=Interval(high=1, high_open=True), per="lln", span=span)
        case "abnormal":
            return Not(rule=Measure(analyte=analyte, normal=True, span=span), span=span)
    return Measure(analyte=analyte, normal=True, span=span)


def pressures(phrase: Phrase, measurer: Measurer, span: Span) -> Rule:
    """ "> 160/100 mmHg": of a blood pressure, any of the two in an exclusion, both in an upper limit that is demanded."""
    assert phrase.pair is not None
    (limit,) = phrase.comparisons
    value = phrase.pair.low
    diastolic = limit._replace(low=limit.low and value, high=limit.high and value)
    pairs = (("systolic blood pressure", limit), ("diastolic blood pressure", diastolic))
    rules = tuple(measurer.measure(Concept(name=name, kind="analyte"), [comparison], span) for name, comparison in pairs)
    either, both = AnyOf(rules=rules, span=span), AllOf(rules=rules, span=span)
    if phrase.selects:
        return either
    return Ambiguous(readings=(both, either), span=span) if limit.low else both


def parted(tail: Tail, rule: Measure, text: str) -> tuple[Tail, Series]:
    """ "bilirubin ≤ 1.5 unless X, and ALT ≤ 2": the tail by itself, and the other numbers that are asked after it."""
    items, links = tail.series.items, tail.series.links
    own = rule.analyte.name.split()[-1]
    for at in range(1, len(items)):
        measured = any(isinstance(piece, Comparison) for item in items[at:] for piece in item.pieces)
        comma = "," in text[items[at - 1].end : items[at].start] and links[at - 1] in ("and", "comma")
        if measured and comma and (analyte := _analyte(items, at)) and analyte.split()[-1] != own:
            return tail._replace(series=Series(items[:at], links[: at - 1])), Series(items[at:], links[at:])
    return tail, Series((), ())


def _analyte(items: Sequence[Item], at: int) -> str:
    """The analyte that an item names first, or shares with the next: "aspartate and alanine aminotransferase"; empty where it names none."""
    tokens = [piece for piece in items[at].pieces if isinstance(piece, Token)]
    if len(tokens) == len(items[at].pieces) and all(token.type == "WORDS" for token in tokens) and at + 1 < len(items):
        tokens = [piece for piece in items[at + 1].pieces[:1] if isinstance(piece, Token)]
    return next((token.names[0] for token in tokens if token.kind == "analyte" and token.names), "")
