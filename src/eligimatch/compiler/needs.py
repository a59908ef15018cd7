"""Needs: who requires a treatment is on it, or is still to be given it."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_demanded
from eligimatch.model.rule import AnyOf, Had, Rule, Statement

_NEEDS = re.compile(
    r"\W*(?:(?:currently|who|that|patients?|participants?|subjects?|is|are|in) )*(?:requir(?:es?|ing|ement)|need(?:s|ing)?|necessitat\w+)\b",
    re.IGNORECASE,
)
_GIVEN = ("treatments", "procedures")


def or_needed(rule: Rule, text: str) -> Rule:
    """A demand with each "requires insulin" as of those who are on it, or of whom a person says that they need it."""

    def either(leaf: Rule) -> Rule:
        if not (isinstance(leaf, Had) and leaf.section in _GIVEN and leaf.when == "now" and _NEEDS.match(text, leaf.span.start)):
            return leaf
        words = " ".join(text[leaf.span.start : leaf.span.end].split()).strip(" ,;:.")
        return AnyOf(rules=(leaf, Statement(topic=words, span=leaf.span)), span=leaf.span)

    return each_demanded(rule, either)
