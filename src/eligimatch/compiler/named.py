"""Named: narrowing words of which the vocabulary knows every name: no name is open, and a person can judge them."""

from __future__ import annotations

from collections.abc import Callable

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Had, Judged, Qualifier, Requiring, Rule

Knows = Callable[[str], bool]
"""Whether every name among some words is known."""


def named(rule: Rule, knows: Knows) -> Rule:
    """The rule with such words as known."""
    return each_leaf(rule, lambda leaf: _had(leaf, knows) if isinstance(leaf, Had) else leaf)


def _had(had: Had, knows: Knows) -> Had:
    if not (had.qualifiers or had.but_not or had.examples):
        return had
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
