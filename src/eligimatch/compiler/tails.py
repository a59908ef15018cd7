"""Tails: what widens or conditions a rule (`including …`, `unless …`, `if …`, `defined as …`); `exceptions` reads what narrows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eligimatch.compiler.definitions import only_shown, replaced, shown_by
from eligimatch.compiler.exceptions import Exceptions, spared
from eligimatch.compiler.inclusions import Inclusions, judged
from eligimatch.compiler.members import of_disease
from eligimatch.compiler.phrase import Phrase, Unreadable, duration
from eligimatch.compiler.qualities import OR
from eligimatch.compiler.rules import each_reading, hads, negated, of_same_number, so_many, unread
from eligimatch.compiler.shared_times import of_that_time
from eligimatch.compiler.syntax import Comparison, Paren, Series, Tail, series_span
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    Had,
    Is,
    Measure,
    Meeting,
    Not,
    Rule,
    Statement,
    Unparsed,
    leaves,
)  # fmt: skip
from eligimatch.model.span import Span

_SAYS_MORE = re.compile(r"\d|\b(?:no|not|without|absence|exclude|rule out)\b", re.IGNORECASE)
"""What an unread name must not hold that its definition stands for."""
_KEPT = re.compile(r"\b(?:stable|unchanged|constant|fixed)\b[^,;]*\b(?:dos(?:es?|ages?|ing)|regimens?)\b", re.IGNORECASE)
_RELATIVE = re.compile(r",\s*(?:and )?(?:who|that|which)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|non|without|outside)\b", re.IGNORECASE)
_MORE = ("heads", "comparisons", "parts", "results", "adjectives", "negated", "lasting", "window", "since")

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists


class Tails:
    """Applies the tails of a clause in the order of the words."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.exceptions = Exceptions(lists)
        self.inclusions = Inclusions(lists, self.exceptions, self._defined)

    def apply(self, rule: Rule, tail: Tail, *, excluding: bool, provided: Tail | None = None) -> Rule:
        """The rule with one tail."""
        span = rule.span.cover(series_span(tail.series))
        defined = tail.word.type == "DEFINED"
        unread = any(isinstance(leaf, Unparsed) and _DENIES.search(leaf.text) for leaf in leaves(rule)) if defined else isinstance(rule, Unparsed)
        if of_that_time(tail, self.lists.text) or unread or (isinstance(rule, Unparsed) and _SAYS_MORE.search(rule.text)):
            return self.lists.unparsed(span.start, span.end)
        match tail.word.type:
            case "EXCEPT":
                return self.exceptions.apply(rule, tail, span, excluding=excluding)
            case "INCLUDING":
                return each_reading(rule, self.inclusions.apply, tail, span)
            case "UNLESS":
                return self._unless(rule, tail, span, excluding=excluding, provided=provided)
            case "IF" | "PROVIDED":
                return self._if(rule, tail, span, excluding=excluding)
            case _:
                return self._defined(rule, tail, span, excluding=excluding)

    def except_if(self, rule: Rule, tail: Tail, condition: Tail, *, excluding: bool) -> Rule:
        """ "X except Y if Z": a Y is spared where Z holds."""
        if isinstance(rule, Not):
            inner = self.except_if(rule.rule, tail, condition, excluding=True)
            return inner if isinstance(inner, Unparsed) else Not(rule=inner, span=inner.span)
        span = rule.span.cover(series_span(condition.series))
        spared = self.apply(rule, tail, excluding=excluding)
        with self.lists.nouns.speaking_of(tuple(one for had in hads(spared) for one in had.but_not)):
            met = self._condition(condition, span)
        if unread(spared) or unread(met):
            return self.lists.unparsed(span.start, span.end)
        return AnyOf(rules=(spared, AllOf(rules=(negated(met), rule), span=span)), span=span)

    def _unless(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool, provided: Tail | None) -> Rule:
        if _RELATIVE.search(self.lists.text, tail.word.end, span.end):  # "women, unless sterile, who plan to become pregnant": some of them
            narrowed = self.lists.unparsed(tail.word.start if excluding else span.start, span.end)
            return AllOf(rules=(rule, narrowed), span=span) if excluding else narrowed
        if provided is None and hads(rule) and self.exceptions.of_the_foregoing(tail.series):
            return self.exceptions.unless_so(rule, tail, span, excluding=excluding)
        with self.lists.nouns.speaking_of(hads(rule)):
            other = self._condition(tail, span)
        if provided is not None:
            span = span.cover(series_span(provided.series))
            other = AllOf(rules=(other, self._condition(provided, span)), span=span)
        if unread(other):
            return self.lists.unparsed(span.start, span.end)
        if excluding:
            return spared(rule, self.exceptions.explained(rule, other, span), span)
        return AnyOf(rules=(rule, other), span=span)

    def _if(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """A condition on an exclusion narrows it; on a demand it frees everyone else."""
        with self.lists.nouns.speaking_of(hads(rule)):
            other = self._condition(tail, span)
        if unread(other) or (isinstance(rule, Measure) and of_same_number(other, rule)):
            return self.lists.unparsed(span.start, span.end)  # "ALT ≤ 2.5 (in cases with X: bilirubin ≤ 3 and ALT ≤ 5)"
        at_that_time = isinstance(rule, Had) and rule.when == "ever" and tail.word.text.lower().startswith(("when", "while"))
        if at_that_time and hads(other) and all(had.section == "treatments" and had.when == "now" for had in hads(other)):
            return judged(rule, span, self.lists, known=True)  # "history of rash when receiving X": then, not now
        both = AllOf(rules=(rule, other), span=span)
        freed = AnyOf(rules=(negated(other), rule), span=span)
        if excluding:
            return both
        kept = _taken(tail.series) and _KEPT.search(self.lists.text, rule.span.start, rule.span.end) is not None
        if tail.word.type == "IF" and (kept or isinstance(rule, (Measure, Is, Statement, Not))):
            return freed
        return Ambiguous(readings=(both, freed), span=span)

    def _condition(self, tail: Tail, span: Span) -> Rule:
        try:
            return self.lists.condition(tail.series)
        except Unreadable:
            return self.lists.unparsed(span.start, span.end)

    def _defined(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """A definition stands for what it defines: adequate function, a condition shown by numbers."""
        phrases = self.lists.look(tail.series)
        if all(_refers(phrase) for phrase in phrases):
            return rule
        alternatives = len(phrases) > 1 and _refers(phrases[0]) and tail.series.links[0] in OR
        if isinstance(rule, Had) and alternatives and self.lists.nouns.linker.fact(rule.concept, "criteria"):
            rest = self.lists.rule(Series(tail.series.items[1:], tail.series.links[1:]), excluding=excluding)
            return self.lists.unparsed(span.start, span.end) if unread(rest) else AnyOf(rules=(rule, rest), span=span)
        if isinstance(rule, Had) and self.lists.nouns.linker.fact(rule.concept, "criteria"):
            words = " ".join(self.lists.text[rule.span.end : span.end].split()).strip(" ,:;")
            if _DENIES.search(words):
                return judged(rule, span, self.lists, known=True)  # "as defined by RECIST that has not been irradiated"
            return rule.model_copy(update={"qualifiers": (*rule.qualifiers, Meeting(criteria=words)), "span": span})
        definition = self.lists.rule(tail.series, excluding=excluding)
        if isinstance(rule, Measure) and (shown := shown_by(rule, definition)) is not None:
            return shown
        if isinstance(rule, Had) and rule.section == "conditions" and any(had.concept.kind == "procedure" for had in hads(definition)):
            return AllOf(rules=(rule, definition), span=span)  # "brain metastases, as defined by MRI within 14 days"
        given = hads(definition) and all(had.section == "treatments" for had in hads(definition))
        if given and any(map(so_many, leaves(rule))):
            return self.lists.unparsed(span.start, span.end)  # "at least 4 cycles consisting of A and B": so many of them
        if unread(definition) and (_numbered(tail.series) or not isinstance(rule, Had) or not rule.concept.linked):
            return self.lists.unparsed(span.start, span.end)
        named = any(had.concept.linked or had.concept.within for had in hads(definition))
        if unread(definition) or only_shown(definition) or (hads(definition) and not named):
            return judged(rule, span, self.lists)
        if isinstance(rule, Had) and rule.section != "conditions" and hads(definition) and all(map(of_disease, hads(definition))):
            return judged(rule, span, self.lists)  # "radiotherapy to lesions defined as target lesions"
        vocabulary = self.lists.nouns.linker.vocabulary
        said = replaced(rule.rule if isinstance(rule, Not) else rule, definition, vocabulary)
        return Not(rule=said, span=span) if isinstance(rule, Not) else said


def _numbered(series: Series) -> bool:
    """Whether a number other than a length of time stands in a list: it may define what no chart names."""
    pieces = [piece for item in series.items for piece in item.pieces]
    if any(isinstance(piece, Paren) for piece in pieces):
        return True
    return any(isinstance(piece, Comparison) and duration(piece) is None for piece in pieces)


def _taken(series: Series) -> bool:
    """ "if taking X"."""
    return getattr(series.items[0].pieces[0], "type", "") == "RECEIVING"


def _refers(phrase: Phrase) -> bool:
    """ "as defined by RECIST 1.1"."""
    return phrase.method and not any(getattr(phrase, name) for name in _MORE)
