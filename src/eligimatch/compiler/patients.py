"""Patients: people whose condition is named with alternative qualities: "adults with known or suspected asthma"."""

from __future__ import annotations

from collections.abc import Callable

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR, each_alternative, kind_of, merge_adjectives

_JOINS = OR | {"comma"}


def with_their_condition(phrases: list[Phrase], links: list[str], base: Callable[[Phrase], tuple[str, ...]]) -> None:
    """Qualities that end the words for people go with the noun that follows them, and that noun to the people, in place."""
    for index in range(len(phrases) - 2, -1, -1):
        word, part = phrases[index].parts[-1] if phrases[index].parts else (None, None)
        if word is None or part is None or word.type != "WITH" or not _people(phrases[index]) or not _quality(part):
            continue
        end = index + 1
        while end < len(phrases) and phrases[end].bare:
            end += 1
        if end == len(phrases) or kind_of(phrases[end]) != "condition" or not _JOINS.issuperset(links[index:end]):
            continue
        (noun, *more), _ = merge_adjectives([part, *phrases[index + 1 : end + 1]], links[index:end], base)
        readings = each_alternative(noun) if noun.alternatives else [[noun]]
        first, *others = readings[0]
        phrases[index].unread = phrases[index].unread or noun.unread or bool(more) or len(readings) > 1
        phrases[index].parts[-1] = (word, first)
        first.others, phrases[index].end = [*others, *noun.others], phrases[end].end
        del phrases[index + 1 : end + 1], links[index:end]


def _people(phrase: Phrase) -> bool:
    """A group of people, or people by their age."""
    return kind_of(phrase) == "group" or (bool(phrase.comparisons) and all(head.kind == "group" or "age" in head.names for head in phrase.heads))


def _quality(part: Phrase) -> bool:
    said = part.adjectives or part.known or part.suspected or part.time or part.circumstances
    return part.bare and bool(said) and not part.negated
