"""Tails: what narrows, widens or conditions a rule (`including …`, `except …`, `unless …`, `if …`, `defined as …`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eligimatch.compiler.syntax import Series, Tail
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Judged, Measure, Not, Rule, Statement, Unparsed
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists


class Tails:
    """Applies the tails of a clause in the order of the words."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists

    def apply(self, rule: Rule, tail: Tail, *, excluding: bool) -> Rule:
        """The rule with one tail."""
        span = rule.span.cover(series_span(tail.series))
        if isinstance(rule, Unparsed) and (tail.word.type != "DEFINED" or any(c.isdigit() for c in rule.text)):
            return self.lists.unparsed(span.start, span.end)
        match tail.word.type:
            case "EXCEPT":
                return self._except(rule, tail, span, excluding=excluding)
            case "INCLUDING":
                return self._including(rule, tail, span)
            case "UNLESS":
                return self._unless(rule, tail, span, excluding=excluding)
            case "IF" | "PROVIDED":
                return self._if(rule, tail, span, excluding=excluding)
            case _:
                return self._defined(rule, tail, span, excluding=excluding)

    def _except(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        other = self.lists.listed(tail.series)
        exceptions = hads(other)
        if exceptions and hads(rule):
            return _excepted(rule, exceptions)
        if _unread(other):
            return self.lists.unparsed(span.start, span.end)
        negative = isinstance(rule, Not)
        if excluding and not negative:
            return AllOf(rules=(rule, negated(other)), span=span)
        return AnyOf(rules=(rule, other), span=span)

    def _including(self, rule: Rule, tail: Tail, span: Span) -> Rule:
        """Examples: each is a member, and what denies the whole denies each."""
        listed = self.lists.listed(tail.series)
        asked = hads(rule)
        if isinstance(rule, Statement):
            return AnyOf(rules=(rule, listed), span=span) if not _unread(listed) else rule.model_copy(update={"span": span, "topic": rule.topic})
        if not asked:
            return self.lists.unparsed(span.start, span.end)
        if len(asked) != 1:
            return AnyOf(rules=(rule, listed), span=span) if isinstance(rule, AnyOf) else self.lists.unparsed(span.start, span.end)
        members = tuple(self._example(member, asked[0]) for member in (listed.rules if isinstance(listed, AnyOf) else (listed,)))
        widened = asked[0].model_copy(update={"examples": asked[0].examples + members, "span": span})
        return Not(rule=widened, span=span) if isinstance(rule, Not) else widened

    def _example(self, member: Rule, asked: Had) -> Rule:
        """An example takes the time of what it is an example of, unless it says its own."""
        if isinstance(member, Had) and member.when == "now" and asked.when != "now" and member.section == asked.section:
            return member.model_copy(update={"when": asked.when, "window": asked.window})
        return member

    def _unless(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        other = self.lists.rule(tail.series)
        if _unread(other):
            return self.lists.unparsed(span.start, span.end)
        if excluding and not isinstance(rule, Not):
            return AllOf(rules=(rule, negated(other)), span=span)
        return AnyOf(rules=(rule, other), span=span)

    def _if(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """A condition on an exclusion narrows it; on a demand it frees everyone else."""
        other = self.lists.rule(tail.series)
        if _unread(other):
            return self.lists.unparsed(span.start, span.end)
        both = AllOf(rules=(rule, other), span=span)
        freed = AnyOf(rules=(negated(other), rule), span=span)
        if excluding:
            return both
        if tail.word.type == "IF" and isinstance(rule, (Measure, Is, Statement, Not)):
            return freed
        return Ambiguous(readings=(both, freed), span=span)

    def _defined(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """A definition stands for what it defines: adequate function, a condition shown by numbers."""
        phrases, _ = self.lists.phrases(tail.series)
        if all(phrase.method and not (phrase.heads or phrase.comparisons or phrase.parts or phrase.results) for phrase in phrases):
            return rule
        definition = self.lists.rule(tail.series, excluding=excluding)
        if _unread(definition):
            return self.lists.unparsed(span.start, span.end)
        return Not(rule=definition, span=span) if isinstance(rule, Not) else definition


def series_span(series: Series) -> Span:
    """Where a series' words stand."""
    return Span(series.items[0].start, series.items[-1].end)


def negated(rule: Rule) -> Rule:
    """The rule's denial, two denials undone."""
    return rule.rule if isinstance(rule, Not) else Not(rule=rule, span=rule.span)


def hads(rule: Rule) -> tuple[Had, ...]:
    """The Hads of which a rule is a list, none where it is anything else."""
    if isinstance(rule, Had):
        return (rule,)
    if isinstance(rule, (AnyOf, AllOf)) and rule.rules:
        found = [hads(member) for member in rule.rules]
        return tuple(had for group in found for had in group) if all(found) else ()
    if isinstance(rule, Ambiguous):
        return hads(rule.readings[0])
    return hads(rule.rule) if isinstance(rule, Not) else ()


def _excepted(rule: Rule, exceptions: tuple[Had, ...]) -> Rule:
    if isinstance(rule, Had):
        return rule.model_copy(update={"but_not": rule.but_not + exceptions})
    if isinstance(rule, (AnyOf, AllOf)):
        return rule.model_copy(update={"rules": tuple(_excepted(member, exceptions) for member in rule.rules)})
    if isinstance(rule, Ambiguous):
        return rule.model_copy(update={"readings": tuple(_excepted(member, exceptions) for member in rule.readings)})
    if isinstance(rule, Not):
        return rule.model_copy(update={"rule": _excepted(rule.rule, exceptions)})
    return rule


def _unread(rule: Rule) -> bool:
    if isinstance(rule, (AnyOf, AllOf)):
        return any(_unread(member) for member in rule.rules)
    if isinstance(rule, Not):
        return _unread(rule.rule)
    if isinstance(rule, Ambiguous):
        return any(_unread(member) for member in rule.readings)
    return isinstance(rule, Unparsed)
