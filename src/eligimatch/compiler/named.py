"""Named: narrowing words of which the vocabulary knows every name: no name is open, and a person can judge them."""

from __future__ import annotations

from collections.abc import Callable

from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Judged, Not, Qualifier, Requiring, Rule

Knows = Callable[[str], bool]
"""Whether every name among some words is known."""


def named(rule: Rule, knows: Knows) -> Rule:
    """The rule with such words as known."""
    match rule:
        case Not():
            return rule.model_copy(update={"rule": named(rule.rule, knows)})
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(named(reading, knows) for reading in rule.readings)})
        case AllOf() | AnyOf() | AtLeast():
            return rule.model_copy(update={"rules": tuple(named(member, knows) for member in rule.rules)})
        case Had() if rule.qualifiers or rule.but_not or rule.examples:
            return _had(rule, knows)
        case _:
            return rule


def _had(had: Had, knows: Knows) -> Had:
    changes = {
        "qualifiers": tuple(_qualifier(one, knows) for one in had.qualifiers),
        "but_not": tuple(_had(one, knows) for one in had.but_not),
        "examples": tuple(named(one, knows) for one in had.examples),
    }
    return had.model_copy(update=changes)


def _qualifier(one: Qualifier, knows: Knows) -> Qualifier:
    match one:
        case Judged() if not one.known and knows(one.words):
            return one.model_copy(update={"known": True})
        case Requiring():
            return one.model_copy(update={"treatment": _had(one.treatment, knows)})
        case _:
            return one
