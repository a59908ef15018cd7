"""Graded: "platelets ≤ grade 2" is of the CTCAE grade that a number shows, and who has no neuropathy at all has none above grade 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from eligimatch.compiler.adjectives import interval_of
from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.rules import each_demanded
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Ambiguous, Coded, Had, Judged, Not, Ranged, Rule
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

TOXICITY = "adverse event"
_RELAPSED = re.compile(r"(?:\w+ ){0,2}?(?:relaps|refractory|progress|recur|fail)", re.IGNORECASE)


def by_grade(phrase: Phrase, head: Concept, linker: Linker, span: Span) -> Rule | None:
    """The condition that an analyte grades, in these grades; a score's grade is its number, and so the phrase has it."""
    assert phrase.grade is not None
    if head.kind != "analyte":
        phrase.comparisons, phrase.grade = [phrase.grade], None
        return None
    terms = linker.fact(head, "grades")
    names = linker.vocabulary.find(next(iter(terms))) if isinstance(terms, Mapping) and len(terms) == 1 else ()
    said = phrase.act or phrase.parts or phrase.results or phrase.normal or phrase.count or phrase.adjectives or phrase.speech
    if not names or said:
        raise Unreadable(phrase.start, phrase.end, f"a grade of {head.name}")
    grades = Ranged(aspect="grade", interval=interval_of(phrase.grade))
    when: Literal["window", "now"] = "window" if phrase.window else "now"
    return Had(concept=linker.known(names, ("condition",)), section="conditions", when=when, window=phrase.window, qualifiers=(grades,), span=span)


def none_worse(had: Had, grades: Ranged) -> Rule:
    """That there is none of a higher grade or dose: grade 0 is none at all."""
    worse = grades.model_copy(update={"interval": Interval(low=grades.interval.high, low_open=not grades.interval.high_open)})
    return Not(rule=had.model_copy(update={"qualifiers": tuple(worse if one is grades else one for one in had.qualifiers)}), span=had.span)


def _up_to(had: Had) -> Ranged | None:
    """The dose that a treatment does not exceed."""
    doses = (one for one in had.qualifiers if isinstance(one, Ranged) and one.aspect == "dose")
    return next((one for one in doses if one.interval.low is None and one.interval.high is not None), None)


def at_most(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """A demand with each "neuropathy ≤ grade 2" as of those who have it, or of nobody who has it worse; a tumor's grade is none of illness."""
    return each_demanded(rule, lambda leaf: _at_most(leaf, vocabulary))


def _at_most(rule: Rule, vocabulary: Vocabulary) -> Rule:
    match rule:
        case Had(section="conditions", when="now") if rule.concept.linked and not rule.study and not vocabulary.is_a(rule.concept.name, "neoplasm"):
            grades = next((one for one in rule.qualifiers if isinstance(one, Ranged) and one.aspect == "grade"), None)
            if grades is None or grades.interval.low or grades.interval.high is None:
                return rule
            none = none_worse(rule, grades)
            return none if rule.concept.name == TOXICITY else Ambiguous(readings=(rule, none), span=rule.span)
        case Had(section="treatments", when="now") if (doses := _up_to(rule)) is not None:
            return Ambiguous(readings=(rule, none_worse(rule, doses)), span=rule.span)  # "prednisone ≤ 10 mg": taken, or no more of it
        case Had(count=Interval(low=None)) if _after_some(rule):
            return rule.model_copy(update={"count": Interval(low=1, high=rule.count.high, high_open=rule.count.high_open) if rule.count else None})
        case _:
            return rule


def _after_some(rule: Had) -> bool:
    """ "relapsed after up to 2 lines", "refractory to at most one": to one at least."""
    failed = any(isinstance(one, Coded) and one.aspect == "outcome" and "progression" in one.values for one in rule.qualifiers)
    return failed or any(isinstance(one, Judged) and _RELAPSED.match(one.words) for one in rule.qualifiers)
