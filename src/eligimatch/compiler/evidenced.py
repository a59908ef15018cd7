"""Evidenced: "X documented by A or B": B may be what documents X, too, and by itself no X."""

from __future__ import annotations

import re

from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Rule

_EVIDENCED = re.compile(r"\b(?:documented|evidenced|supported|demonstrated|verified|established) (?:by|on|through|with)\b", re.IGNORECASE)
_OR = re.compile(r"\W*(?:and/or|or)\b(?! (?:a )?(?:diagnosis|history of (?:a )?diagnosis)\b)[^.;:,]*", re.IGNORECASE)


def or_its_evidence(rule: Rule, text: str) -> Rule:
    """The rule where what stands after "or" is asked by itself, or is further evidence of the condition before it."""
    if not _EVIDENCED.search(text):
        return rule
    match rule:
        case AllOf():
            return rule.model_copy(update={"rules": tuple(or_its_evidence(member, text) for member in rule.rules)})
        case AnyOf(rules=(Had(section="conditions") as condition, *others)) if others and _all_evidence(condition, others, text):
            return Ambiguous(readings=(rule, condition), span=rule.span)
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(or_its_evidence(reading, text) for reading in rule.readings)})
        case _:
            return rule


def _all_evidence(condition: Had, others: list[Rule], text: str) -> bool:
    """Whether nothing but "or" stands between what may be evidence, after the verb."""
    first = condition.span.start
    verb = _EVIDENCED.search(text, first)
    if verb is None or verb.end() > others[0].span.start or "\n" in text[first : others[-1].span.end]:
        return False
    ends = [max(condition.span.end, verb.end()), *(other.span.end for other in others)]
    between = [text[end : other.span.start] for end, other in zip(ends, others, strict=False) if other.span.start >= end]
    return len(between) == len(others) and all(_OR.fullmatch(words) for words in between) and "," not in text[verb.end() : others[-1].span.start]
