"""Other limits: parentheses that give another limit, or another length of time, for some people or some treatments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eligimatch.compiler.limits import for_some, not_allowed, unspecified
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.phrase import Phrase, Unreadable, duration, half_lives
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.syntax import Comparison, Paren, Series, Tail, series_span
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval, Window, point
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Measure, Not, Rule
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists

_TEST = re.compile(
    r"\b(?:assessments?|evaluations?|imaging|scans?|echocardiogra\w*|electrocardiogra\w*|ECGs?|EKGs?|biops(?:y|ies)|radiograph\w*)\b", re.IGNORECASE
)
"""Words for what else a trial looks at before someone enters it."""


def beneath(nouns: Nouns, concept: Concept, above: Concept) -> bool:
    """Whether the vocabulary knows one as a kind of the other."""
    return concept.linked and above.linked and nouns.linker.vocabulary.is_a(concept.name, above.name)


class OtherLimits:
    """Reads what such parentheses ask of whom."""

    def __init__(self, nouns: Nouns, lists: Lists) -> None:
        self.nouns = nouns
        self.lists = lists

    def limit(self, rule: Rule, paren: Paren) -> Rule | None:
        """ "(≤ 5 × ULN if liver metastases)", "(≤ 5 × ULN allowed in patients with …)": another limit for some."""
        if isinstance(rule, AllOf) and rule.rules and isinstance(rule.rules[0], Had) and isinstance(rule.rules[-1], Measure):
            last = self.limit(rule.rules[-1], paren)  # "atrial fibrillation with a score ≥ 2 (≥ 3 in women)"
            return last and rule.model_copy(update={"rules": (*rule.rules[:-1], last)})
        measure = rule.rules[0] if isinstance(rule, AllOf) and rule.rules else rule
        clauses = paren.sentence.clauses if paren.sentence else ()
        if not isinstance(measure, Measure) or not clauses or clauses[0] is None or clauses[0].series is None:
            return None
        phrase, *rest = self.lists.look(clauses[0].series)
        tails = [tail for clause in clauses if clause for tail in clause.tails]
        if phrase.unread or not phrase.comparisons or not (phrase.parts or tails) or not self._same_number(phrase, measure):
            return None
        if rest and (tails or len(phrase.parts) != 1 or any(one.unread or one.comparisons or one.parts for one in rest)):
            return None
        assert paren.sentence is not None
        if any(modal.type != "ELIGIBLE" for modal in paren.sentence.modals) or any(clause and clause.series for clause in clauses[1:]):
            return None
        (phrase, *rest), links = self.lists.phrases(clauses[0].series)
        span = rule.span.cover(Span(phrase.start, paren.end))
        if measure.per != "unit" and unspecified(phrase.comparisons) and self.nouns.linker.fact(measure.analyte, "unit"):
            raise Unreadable(phrase.start, phrase.end, "what a number is of")
        sided = [_on_side(measure.interval, comparison) for comparison in phrase.comparisons]
        limit = self.nouns.measurer.measure(measure.analyte, sided, measure.span)
        limit = not_allowed(measure, limit) if self.lists.excluding else limit
        if (phrase.window or measure.window) and isinstance(limit, Measure):
            limit = limit.model_copy(update={"window": phrase.window or measure.window})
        parts = phrase.parts
        if parts and parts[0][0].type == "DUE_TO" and not tails:
            words = " ".join(self.nouns.text[parts[0][1].start : parts[-1][1].end].split())
            return for_some(rule, limit, self.lists.cause(parts[0][1], words), span)
        exactly = limit.readings[0] if isinstance(limit, Ambiguous) else None
        whom = [self._any_of(word, [part, *rest], links) if rest else self._whom(word, part) for word, part in parts]
        whom += [self._condition(tail) for tail in tails]
        some = whom[0] if len(whom) == 1 else AllOf(rules=tuple(whom), span=span)
        among = _one_of(measure, phrase.comparisons)
        if among is not None and measure.analyte.kind == "score":
            exactly = measure.model_copy(update={"interval": point(among), "written": ""})
        if exactly is not None:  # "0-1 (2 if …)", "0-2 (2 only if …)"
            return for_some_value(rule, measure, exactly, some)
        return for_some(rule, limit, some, span)

    def _same_number(self, phrase: Phrase, measure: Measure) -> bool:
        """Whether a limit names no analyte, or that of the limit before: "(ECOG 2 allowed if …)"."""
        return not phrase.heads or self.nouns.concept(phrase) == measure.analyte

    def _whom(self, word: Token, part: Phrase) -> Rule:
        """The people of a limit; what a value is due to is for a person to judge where it is there."""
        if word.type not in ("FOR", "IN", "WITH", "DUE_TO"):
            raise Unreadable(word.start, part.end)
        return self.lists.cause(part) if word.type == "DUE_TO" else self.nouns.any_condition(part)

    def _any_of(self, word: Token, people: list[Phrase], links: list[str]) -> Rule:
        """ "(≤ 5 × ULN with liver or bone metastases)"."""
        named, _ = self.lists.neighbours.settle(people, links)
        rules = tuple(self._whom(word, one) for one in named)
        if set(links) == {"and"} and all(kind_of(one) == "analyte" for one in named[1:]):  # "with X and a normal Z"
            return AllOf(rules=rules, span=rules[0].span.cover(rules[-1].span))
        return AnyOf(rules=rules, span=rules[0].span.cover(rules[-1].span))

    def _condition(self, tail: Tail) -> Rule:
        if tail.word.type not in ("IF", "PROVIDED"):
            raise Unreadable(tail.word.start, tail.word.end)
        return self.lists.condition(tail.series)

    def window(self, rule: Rule, series: Series) -> Rule | None:
        """ "within 3 weeks (6 weeks for nitrosoureas)": another length of time for some."""
        first, *rest = self.lists.look(series)
        if any(phrase.unread for phrase in (first, *rest)):
            return None
        length = duration(first.comparisons[0]) if len(first.comparisons) == 1 else None
        if isinstance(rule, Measure) and rule.window:
            return rule if self._of_other_tests(first, series) else None
        own = length and not first.heads and len(first.parts) == 1 and first.parts[0][0].type in ("FOR", "IN", "OF", "SINCE", "AFTER")
        if own and length:
            window = Window(start=length, **half_lives(first.comparisons[0]))
        elif first.window and first.heads and not any(phrase.window != first.window for phrase in rest):
            window = first.window
        else:
            return None
        first, *rest = self.lists.phrases(series)[0]
        some = [self.nouns.rule(one) for one in ((first.parts[0][1], *first.parts[0][1].others, *rest) if own else (first, *rest))]
        if window.event != "as_of" or window.after or not all(isinstance(one, Had) and one.section in ("treatments", "procedures") for one in some):
            return None
        return self._timed(rule, window, tuple(one.model_copy(update={"when": "ever", "window": None}) for one in some if isinstance(one, Had)))

    def _of_other_tests(self, phrase: Phrase, series: Series) -> bool:
        """ "within 14 days (within 8 weeks for imaging)", "(ECG within 30 days)": when other tests are made."""
        span = series_span(series)
        tests = phrase.parts[0][1] if not phrase.heads and len(phrase.parts) == 1 and phrase.parts[0][0].type == "FOR" else phrase
        named = any(token.kind in ("analyte", "score") for token in tests.heads)
        return bool(phrase.window or phrase.comparisons) and not named and _TEST.search(self.nouns.text, span.start, span.end) is not None

    def _timed(self, rule: Rule, window: Window, some: tuple[Had, ...]) -> Rule | None:
        """The rule where for some treatments the window is this long."""
        if isinstance(rule, Not):
            inner = self._timed(rule.rule, window, some)
            return inner and Not(rule=inner, span=rule.span)
        if isinstance(rule, AllOf):  # given at some time, and not lately
            lately = [self._timed(member, window, some) or member for member in rule.rules]
            return rule.model_copy(update={"rules": tuple(lately)}) if tuple(lately) != rule.rules else None
        if not isinstance(rule, Had) or rule.window is None or rule.window.start is None or window.start is None:
            return None
        own = rule.window.model_copy(update={"start": window.start, "half_lives": window.half_lives, "shorter": window.shorter})
        each = tuple(one.model_copy(update={"when": "window", "window": own}) for one in some)
        shorter = window.start.days < rule.window.start.days or rule.window.half_lives or window.half_lives
        if shorter and not all(beneath(self.nouns, one.concept, rule.concept) for one in some):
            return None
        rest = rule.model_copy(update={"but_not": rule.but_not + some}) if shorter else rule
        return AnyOf(rules=(rest, *each), span=rule.span)


def _one_of(measure: Measure, comparisons: list[Comparison]) -> float | None:
    """A value without comparator that the limit before has among its own: "≤ 2 (2 only if …)"."""
    value = comparisons[0].low if len(comparisons) == 1 and comparisons[0].bare and not comparisons[0].choices else None
    single = value is not None and comparisons[0].low is comparisons[0].high and not (value.unit or value.limit)
    return value.number if single and value is not None and value.number in measure.interval else None


def for_some_value(rule: Rule, measure: Measure, value: Rule, whom: Rule) -> Rule:
    """One value of a score for some people only: beside those that all may have, or among them."""
    among = isinstance(value, Measure) and value.interval.low is not None and value.interval.low in measure.interval
    if among:
        return AllOf(rules=(rule, AnyOf(rules=(Not(rule=value, span=value.span), whom), span=whom.span)), span=rule.span)
    return AnyOf(rules=(rule, AllOf(rules=(value, whom), span=whom.span)), span=rule.span)


def _on_side(interval: Interval, comparison: Comparison) -> Comparison:
    """ "≤ 2.5 × ULN (5 × ULN in …)": a number without a comparator takes that of the limit before."""
    alone = comparison.bare and comparison.low is comparison.high and not comparison.choices
    if not alone or (interval.low is None) == (interval.high is None):
        return comparison
    if interval.low is None:
        return comparison._replace(low=None, high_open=interval.high_open, bare=False)
    return comparison._replace(high=None, low_open=interval.low_open, bare=False)
