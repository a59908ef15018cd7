"""Turned and lost signs: a demand that lets in only the ill end of a value that trials want adequate, and one that has no sign at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING

from eligimatch.compiler.lexer import lex
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Measure, Not, Rule
from eligimatch.model.trial import Criterion

if TYPE_CHECKING:
    from eligimatch.compiler.pipeline import Compiler
    from eligimatch.model.vocabulary import Vocabulary

_EXPLAINS = frozenset({"NORMAL", "SEVERITY", "COURSE"})
"""Words that make an ill value what is meant: "elevated", "severe", "worsening"."""


def with_doubt(criterion: Criterion, conditions: Collection[str], compiler: Compiler) -> Criterion:
    """The criterion with both senses of a sign that careful readers doubt: "platelets ≤ 75,000/µL" among the inclusions.

    Where the trial studies anything but solid tumors, or the words name a condition, the ill value may be what is meant.
    """
    doubted = _doubted(criterion.rule, compiler.vocabulary, excluding=criterion.kind == "exclusion")
    return _instead(criterion, doubted, conditions, compiler)


def with_sign(criterion: Criterion, conditions: Collection[str], compiler: Compiler) -> Criterion:
    """The criterion with the sign that a limit has lost: "platelets 75 x 10^9/L" among the inclusions asks for that and more.

    A study of anything but solid tumors may ask for the ill value: there both senses stay.
    """
    return _instead(criterion, _signed(criterion.rule), conditions, compiler) if criterion.kind == "inclusion" else criterion


def _instead(criterion: Criterion, rule: Rule, conditions: Collection[str], compiler: Compiler) -> Criterion:
    """The criterion with another rule, where neither the study nor the words tell that an ill value is meant."""
    if rule is criterion.rule or criterion.clarified or not all(_solid(condition, compiler.vocabulary) for condition in conditions):
        return criterion
    explained = any(token.type in _EXPLAINS or token.kind == "condition" for token in lex(criterion.text, compiler.lexicon))
    return criterion if explained or compiler.explicit.read(criterion.text) else criterion.model_copy(update={"rule": rule})


def _signed(rule: Rule) -> Rule:
    """The first reading of each limit asked of everyone whose readings are all values between them."""
    if isinstance(rule, (AllOf, AnyOf)):
        members = tuple(map(_signed, rule.rules))
        same = all(one is other for one, other in zip(members, rule.rules, strict=True))
        return rule if same else rule.model_copy(update={"rules": members})
    first, second = rule.readings if isinstance(rule, Ambiguous) and len(rule.readings) == 2 else (rule, None)
    return first if isinstance(first, Measure) and second == first.model_copy(update={"interval": _rest(first.interval)}) else rule


def _rest(ends: Interval) -> Interval:
    """The values on the other side of a limit."""
    if ends.high is None:
        return Interval(high=ends.low, high_open=not ends.low_open)
    return Interval(low=ends.high, low_open=not ends.high_open)


def doubts(trial: str, criteria: Iterable[tuple[Criterion, Criterion]]) -> Iterator[Diagnostic]:
    """A warning for each criterion, as it was read and with doubt, that has both senses of a sign."""
    for criterion, doubted in criteria:
        if doubted is not criterion:
            yield Diagnostic(
                title="the sign of a limit may be turned round",
                severity="warning",
                source=f"{trial} {criterion.id}",
                text=criterion.text,
                span=criterion.rule.span,
                label="as it stands, only values that are not adequate meet it",
                kept="decided only where both signs agree",
                hint="see what the protocol says, and correct the sign or add a clarification",
            )


def _doubted(rule: Rule, vocabulary: Vocabulary, *, excluding: bool) -> Rule:
    """The rule itself where nothing in it is doubted; only what is asked of everyone by itself is."""
    if isinstance(rule, AnyOf if excluding else AllOf):
        asked = [member.analyte for member in rule.rules if isinstance(member, Measure)]
        members = tuple(
            member if isinstance(member, Measure) and asked.count(member.analyte) > 1 else _doubted(member, vocabulary, excluding=excluding)
            for member in rule.rules
        )
        same = all(one is other for one, other in zip(members, rule.rules, strict=True))
        return rule if same else rule.model_copy(update={"rules": members})
    if isinstance(rule, Measure) and _ill(rule, vocabulary, excluding=excluding):
        return Ambiguous(readings=(rule, _turned(rule)), span=rule.span)
    return rule


def _ill(rule: Measure, vocabulary: Vocabulary, *, excluding: bool) -> bool:
    """Whether a number among the inclusions lets in the ill end alone, among the exclusions leaves it over."""
    entry = vocabulary.get(rule.analyte.name)
    facts = entry.facts.get("adequate") if entry else None
    if facts is None or rule.change or rule.normal:
        return False
    adequate, worst = map(float, facts)
    if rule.per != "unit":
        adequate, worst = 1.0, inf if worst > adequate else 0.0
    low = -inf if rule.interval.low is None else rule.interval.low
    high = inf if rule.interval.high is None else rule.interval.high
    if worst > adequate:  # mirrored, so that the ill end is the lower one
        adequate, worst, low, high = -adequate, -worst, -high, -low
    scored = rule.analyte.kind == "score"
    if excluding:
        return -inf < low <= adequate and high >= (adequate if scored else inf)
    return low <= worst and (high < adequate or (high == adequate and not scored))


def _turned(rule: Measure) -> Rule:
    """The limit with its sign turned round; of a range, its denial."""
    ends = rule.interval
    if ends.low is not None and ends.high is not None:
        return Not(rule=rule, span=rule.span)
    return rule.model_copy(update={"interval": _flipped(ends), "written": ""})


def _flipped(ends: Interval) -> Interval:
    return Interval(low=ends.high, high=ends.low, low_open=ends.high_open, high_open=ends.low_open)


def _solid(condition: str, vocabulary: Vocabulary) -> bool:
    """Whether a disease of the study is a cancer of no blood cells."""
    names = vocabulary.find(condition)
    return any(vocabulary.is_a(name, "cancer") and not vocabulary.is_a(name, "hematologic disease") for name in names)
