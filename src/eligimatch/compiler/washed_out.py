"""Washed out: examples that a demand has so long before; "therapy, including A, completed 4 weeks before" is not shown by A alone."""

from __future__ import annotations

import re

from eligimatch.compiler.cues import cued
from eligimatch.compiler.rules import connects, denies, each_member
from eligimatch.model.rule import AllOf, Had, Not, Rule, Unparsed, leaves

_INCLUDING = cued(r"\b(?:all|any|prior|previous)\s+(?:\w+\s+){0,4}?(?:therap(?:y|ies)|treatments?),?\s+including\b", "including")
_LENGTH = re.compile(
    r"\W*(?:at least |a minimum of |minimum )?(?:\d+|one|two|three|four|five|six)[ -]?(?:half|days?|weeks?|months?|years?)\b", re.IGNORECASE
)
_CLASSES = frozenset({"treatment", "anticancer therapy", "systemic therapy", "systemic anticancer therapy"})


def without_proof(rule: Rule, text: str) -> Rule:
    """A demand, unread where one example that was over in time would show that all of them were, or where only the examples were read."""
    if isinstance(rule, AllOf) and rule.rules and isinstance(rule.rules[0], Unparsed) and _LENGTH.match(rule.rules[0].text):
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)  # "5 half-lives for A and B": of both
    spared = [leaf for leaf in leaves(rule) if isinstance(leaf, Had) and _recent(leaf)]
    if spared and _INCLUDING.search(text) and not any(leaf.examples or leaf.concept.name in _CLASSES for leaf in spared):
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
    return _without_proof(rule, text)


def _without_proof(rule: Rule, text: str) -> Rule:
    if isinstance(rule, Not):
        return rule
    if connects(rule):
        return each_member(rule, lambda member: _without_proof(member, text))
    if isinstance(rule, Had) and rule.examples and (_recent(rule) or any(map(denies, rule.examples))):
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
    return rule


def _recent(rule: Had) -> bool:
    """ "< 4 weeks before", of what was given."""
    return rule.section != "conditions" and rule.window is not None and rule.window.start_open
