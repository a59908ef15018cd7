"""Remarks: what parentheses say of a number: its limit in other units, the same on another scale, what else must hold beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eligimatch.compiler.adjectives import MODERATELY_SEVERE
from eligimatch.compiler.limits import SUPPORT, unspecified
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.phrase import Phrase, Unreadable, duration
from eligimatch.compiler.rules import measured_in
from eligimatch.compiler.syntax import Clause, Comparison, Paren, Sentence, Series, Tail, series_span
from eligimatch.compiler.tokens import TIME_UNITS
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Is, Judged, Measure, Not, Qualifier, Rule, Statement
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists

_ADDS = re.compile(r"\W*(?:or|and/or|also|as well as|plus|and)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|without)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TO_REACH = re.compile(r"\b(?:achiev|meet|reach|attain|obtain|rais|maintain|keep|correct|bring)\w*\b", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:within|prior|before|after|hours?|days?|weeks?|until|unless|if)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:whichever (?:is|comes|are)(?: the)?|if) (?:older|greater|higher|later|last)\b", re.IGNORECASE)
"""Two ages of which both must be reached."""


class Remarks:
    """Reads them in the light of the number before."""

    def __init__(self, nouns: Nouns, lists: Lists) -> None:
        self.nouns = nouns
        self.lists = lists

    def listed(self, rule: Measure, clause: Clause, paren: Paren) -> tuple[Rule, tuple[Tail, ...]]:
        """The rule with what the parentheses list, and the tails that remain."""
        assert clause.series is not None
        inner = self.lists.rule(clause.series, excluding=True)
        if self._judged(inner) and clause.tails and clause.tails[0].word.type == "DEFINED":
            definition = self.lists.rule(clause.tails[0].series)
            if _denials(definition):
                return AllOf(rules=(rule, definition), span=rule.span.cover(definition.span)), clause.tails[1:]
        return self._listed(rule, inner, clause.series, paren), clause.tails

    def _listed(self, rule: Measure, inner: Rule, series: Series, paren: Paren) -> Rule:
        phrases = self.lists.look(series)
        span = rule.span.cover(inner.span)
        if len(phrases) == 1 and limits_only(phrases[0]) and self._listed_again(rule, phrases[0]):
            return rule
        if len(phrases) == 1 and limits_only(phrases[0]):
            if any(comparison.bare and unspecified([comparison]) for comparison in phrases[0].comparisons):
                raise Unreadable(paren.start, paren.end, "what a number is of")
            comparisons = [comparison._replace(bare=False) for comparison in phrases[0].comparisons]
            inner = self.nouns.measurer.measure(rule.analyte, comparisons, rule.span)
        later = _LATER.search(self.nouns.text[paren.start : paren.end])
        alternative = self.alternative(paren) and (isinstance(inner, (Measure, Statement)) or _of_some(inner)) and not later
        if alternative and isinstance(inner, Measure) and inner.analyte == rule.analyte and inner.interval.low == inner.interval.high:
            return self._slip(rule, _restated(rule, inner, paren))  # "< 50 ng/dL (or 1.7 nmol/L)"
        if _other_scores(rule, inner) or alternative:
            return AnyOf(rules=(rule, measured_in(inner, rule.window) if rule.window else inner), span=span)
        if isinstance(inner, Statement) and later:
            return AllOf(rules=(rule, inner), span=span)
        if isinstance(inner, Measure):
            return self._slip(rule, _restated(rule, inner, paren))
        if rule.analyte.kind == "score" and isinstance(inner, Had) and inner.section == "conditions" and _plain(inner):
            return rule  # "PHQ-9 ≥ 10 (moderate depression)": what the number means
        if _denials(inner) or self._judged(inner):
            return AllOf(rules=(rule, inner), span=span)
        raise Unreadable(paren.start, paren.end)

    def _slip(self, rule: Measure, read: Rule) -> Rule:
        """ "≥ 75,000/mm3 (7.5 × 10^9/L)": of two numbers a power of ten apart, the one that is less than ten times off what is adequate."""
        limits = [one.interval.low or one.interval.high for one in getattr(read, "readings", ()) if one.per == rule.per == "unit"]
        adequate = self.nouns.linker.fact(rule.analyte, "adequate")
        if len(limits) != 2 or None in limits or not isinstance(adequate, list):
            return read
        first, second = (float(limit) / float(adequate[0]) for limit in limits)
        nearest = [1 <= off < 10 for off in ((first, second) if float(adequate[1]) else (1 / first, 1 / second))]
        if sum(nearest) != 1 or not any(_close(first, second * power, 0.001) for power in (10, 100, 0.1, 0.01)):
            return read
        return read.readings[nearest.index(True)] if isinstance(read, Ambiguous) else read

    def _listed_again(self, rule: Measure, phrase: Phrase) -> bool:
        """ "ECOG ≤ 1 (0 or 1)": the values of a score, one by one."""
        (first, *others) = phrase.comparisons
        if rule.analyte.kind != "score" or others or not (first.choices or (first.low and first.high and first.low is not first.high)):
            return False
        values = first.choices or tuple(value.number for value in (first.low, first.high) if value)
        ends = {rule.interval.low, rule.interval.high} - {None}
        return all(value in rule.interval for value in values) and ends <= set(values)

    def alternative(self, paren: Paren) -> bool:
        """ "(or ≥ the lower limit of normal)"."""
        return self.nouns.text[paren.start + 1 : paren.end].lstrip().lower().startswith("or ")

    def _judged(self, inner: Rule) -> bool:
        """ "(transfusion independent)": what only a person can judge, beside the number."""
        return isinstance(inner, Had) and inner.section == "conditions" and bool(self.nouns.linker.fact(inner.concept, "judged"))

    def permitted(self, rule: Measure | Statement, paren: Paren) -> Rule:
        """ "(transfusion allowed)", "(transfusion to reach 9 g/dL is allowed)" take nothing from a number; another limit is not read here."""
        if isinstance(rule, Measure) and (denied := self.denied(rule, paren)) is not None:
            return denied
        text = self.nouns.text[paren.start : paren.end]
        numbers, own = (set(_NUMBER.findall(words)) for words in (text, self.nouns.text[rule.span.start : rule.span.end]))
        again = numbers <= own and _TO_REACH.search(text) and not _WHEN.search(text)
        if numbers and not again:
            raise Unreadable(paren.start, paren.end)
        return rule

    def denied(self, rule: Measure, paren: Paren) -> Rule | None:
        """ "(transfusions are not permissible)": how the number may not be reached, which only a person can say; None of what lets pass."""
        words = " ".join(self.nouns.text[paren.start + 1 : paren.end - 1].split()).strip(" ,;:.")
        if not _DENIED.search(words) or not SUPPORT.search(words) or _NUMBER.search(words):
            return None
        return AllOf(rules=(rule, Statement(topic=words, span=Span(paren.start, paren.end))), span=Span(rule.span.start, paren.end))

    def reached(self, paren: Paren) -> Statement | None:
        """ "(transfusion is permitted up to 48 hours before)", "(unsupported)": how the number may be reached, which only a person can say."""
        words = " ".join(self.nouns.text[paren.start + 1 : paren.end - 1].split()).strip(" ,;:.")
        words = words[5:].lstrip() if words.lower().startswith("note:") else words
        return Statement(topic=words, span=Span(paren.start, paren.end)) if SUPPORT.search(words) else None

    def widens(self, paren: Paren) -> bool:
        """ "(or any of its excipients)", "(6 weeks if prior mitomycin)": more than what stands before it, or another time for some."""
        clauses = [clause for clause in paren.sentence.clauses if clause] if paren.sentence else []
        piece = clauses[0].series.items[0].pieces[0] if clauses and clauses[0].series else None
        timed = isinstance(piece, Comparison) and duration(piece) is not None
        conditional = any(tail.word.type == "IF" for clause in clauses for tail in clause.tails)
        return _ADDS.match(self.nouns.text[paren.start : paren.end]) is not None or (timed and conditional)

    def ends(self, rule: Measure, tail: Tail) -> bool:
        """ "18 to 75 years (including 18 and 75)": both ends belong to it anyway."""
        span = series_span(tail.series)
        numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", self.nouns.text[span.start : span.end])}
        ends = {rule.interval.low: rule.interval.low_open, rule.interval.high: rule.interval.high_open}
        return bool(numbers) and all(number in ends and not ends[number] for number in numbers)


def of_treatment(sentence: Sentence | None) -> bool:
    """Whether a sentence names treatments, and no condition or people."""
    clauses = [clause for clause in sentence.clauses if clause] if sentence else []
    series = [clause.series for clause in clauses if clause.series] + [tail.series for clause in clauses for tail in clause.tails]
    kinds = {getattr(piece, "kind", "") for one in series for item in one.items for piece in item.pieces}
    return not kinds.isdisjoint({"treatment", "operation"}) and kinds.isdisjoint({"condition", "score", "group"})


def limits_only(phrase: Phrase) -> bool:
    """Whether a phrase is limits without a noun."""
    return bool(phrase.comparisons) and not (phrase.heads or phrase.speech or phrase.parts or phrase.adjectives or phrase.results)


def same_length(phrase: Phrase, other: Phrase) -> bool:
    """ "4 weeks (28 days)": one length of time in two units."""
    first = phrase.window.start or phrase.window.end if phrase.window else phrase.lasting
    second = duration(other.comparisons[0]) if limits_only(other) and len(other.comparisons) == 1 else None
    return first is not None and second is not None and _close(first.days, second.days, 0.1)


def _plain(inner: Had) -> bool:
    """A condition, however severe, and nothing else said of it."""
    return (
        inner.when == "now"
        and not (inner.window or inner.count or inner.but_not or inner.other or inner.study)
        and all(_severity(quality) for quality in inner.qualifiers)
    )


def _severity(quality: Qualifier) -> bool:
    return (isinstance(quality, Coded) and quality.aspect == "severity") or (isinstance(quality, Judged) and MODERATELY_SEVERE in quality.words)


def _other_scores(rule: Measure, inner: Rule) -> bool:
    """ "ECOG ≤ 2 (Karnofsky or Lansky ≥ 60)": the same on other scales."""
    if isinstance(inner, (AnyOf, AllOf)):
        return all(_other_scores(rule, member) for member in inner.rules)
    return isinstance(inner, Measure) and rule.analyte.kind == "score" == inner.analyte.kind and rule.analyte != inner.analyte


def _of_some(inner: Rule) -> bool:
    """ "(or direct bilirubin ≤ ULN for patients with X)": a number of those who have something known."""
    if not isinstance(inner, AllOf) or not any(isinstance(one, Measure) for one in inner.rules):
        return False
    return all(isinstance(one, Measure) or (isinstance(one, (Had, Is)) and (one.concept is None or one.concept.linked)) for one in inner.rules)


def _denials(rule: Rule) -> bool:
    """ "(without growth factors)": a demand beside the number."""
    if isinstance(rule, AllOf):
        return bool(rule.rules) and all(_denials(member) for member in rule.rules)
    return isinstance(rule, Not) and isinstance(rule.rule, Had)


def _restated(rule: Measure, again: Rule, paren: Paren) -> Rule:
    """A limit given twice, in two units, is one limit (within 5%, as rounding makes them); where the two differ, either may be meant."""
    if not isinstance(again, Measure) or again.analyte != rule.analyte:
        raise Unreadable(paren.start, paren.end)
    if again.interval.low is not None and again.interval.low == again.interval.high:
        again = again.model_copy(update={"interval": _on_side(rule.interval, again.interval.low), "written": ""})
    pairs = ((rule.interval.low, again.interval.low), (rule.interval.high, again.interval.high))
    if any((a is None) != (b is None) for a, b in pairs):
        raise Unreadable(paren.start, paren.end)
    if again.per == rule.per and all(_close(a, b, 0.1 if rule.unit in TIME_UNITS else 0.05) for a, b in pairs):
        return rule
    return Ambiguous(readings=(rule, again.model_copy(update={"window": rule.window})), span=rule.span)


def _on_side(interval: Interval, value: float) -> Interval:
    """The same side of another value."""
    return interval.model_copy(update={name: value for name in ("low", "high") if getattr(interval, name) is not None})


def _close(a: float | None, b: float | None, apart: float = 0.05) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= apart * max(abs(a), abs(b))
