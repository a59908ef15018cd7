"""Named: narrowing words of which the vocabulary knows every name: no name is open, and a person can judge them."""

from __future__ import annotations

from collections.abc import Callable

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Had, Judged, Qualifier, Requiring, Rule

_JUDGED_OF = ("condition", "treatment", "operation", "procedure")
Knows = Callable[[str], bool]
"""Whether every name among some words is known."""


def named(rule: Rule, text: str, knows: Knows) -> Rule:
    """The rule of a text with such words as known."""
    return each_leaf(rule, lambda leaf: _had(leaf, text, knows) if isinstance(leaf, Had) else leaf)


def _had(had: Had, text: str, knows: Knows) -> Had:
    if had.qualifiers or had.but_not or had.examples:
        changes: dict[str, object] = {
            "qualifiers": tuple(_qualifier(one, text, knows) for one in had.qualifiers),
            "but_not": tuple(_had(one, text, knows) for one in had.but_not),
            "examples": tuple(named(one, text, knows) for one in had.examples),
        }
        had = had.model_copy(update=changes)
    return _judged(had, text, knows)


def _judged(had: Had, text: str, knows: Knows) -> Had:
    """ "radiotherapy in the head and neck region": radiotherapy, in words that a person can judge."""
    asked = had.concept
    if len(asked.within) != 1 or asked.kind not in _JUDGED_OF or had.section == "allergies" or not knows(asked.name):
        return had
    words = " ".join(text[had.span.start : had.span.end].split()).strip(" ,;:.")
    rest = tuple(one for one in had.qualifiers if not isinstance(one, Judged))
    qualifiers = had.qualifiers if len(rest) < len(had.qualifiers) else (*rest, Judged(words=words))
    return had.model_copy(update={"concept": Concept(name=asked.within[0], kind=asked.kind), "qualifiers": qualifiers})


def _qualifier(one: Qualifier, text: str, knows: Knows) -> Qualifier:
    match one:
        case Judged() if not one.known and knows(one.words):
            return one.model_copy(update={"known": True})
        case Requiring():
            return one.model_copy(update={"treatment": _had(one.treatment, text, knows)})
        case _:
            return one
