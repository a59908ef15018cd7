"""Needs: who requires a treatment is on it, or is still to be given it."""

from __future__ import annotations

import re

from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Rule, Statement

_NEEDS = re.compile(
    r"\W*(?:(?:currently|who|that|patients?|participants?|subjects?|is|are|in) )*(?:requir(?:es?|ing|ement)|need(?:s|ing)?|necessitat\w+)\b",
    re.IGNORECASE,
)


def or_needed(rule: Rule, text: str) -> Rule:
    """A demand with each "requires insulin" as of those who are on it, or of whom a person says that they need it."""
    match rule:
        case AllOf() | AnyOf():
            return rule.model_copy(update={"rules": tuple(or_needed(member, text) for member in rule.rules)})
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(or_needed(reading, text) for reading in rule.readings)})
        case Had(section="treatments" | "procedures", when="now") if _NEEDS.match(text, rule.span.start):
            words = " ".join(text[rule.span.start : rule.span.end].split()).strip(" ,;:.")
            return AnyOf(rules=(rule, Statement(topic=words, span=rule.span)), span=rule.span)
        case _:
            return rule
