"""Pairing: which criterion of one version of a trial is which of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz

from eligimatch.engine.facts import Language
from eligimatch.engine.implication import equal, implies
from eligimatch.model.rule import Not, Rule
from eligimatch.model.trial import Criterion

Pair = tuple[Criterion, Criterion]
NEAR = 65.0
"""Likeness, out of 100 for the same words in any order, from which a criterion is another reworded."""
_SAME_PLACE = 15.0
"""What a common id adds to it."""
_KIN = 25.0
"""What it adds that the one implies the other."""


def pairs(old: Sequence[Criterion], new: Sequence[Criterion], language: Language) -> list[Pair]:
    """Each criterion with its successor, each at most once: by id and text, by text, by what is asked, then the likeliest."""
    tests: tuple[Callable[[Criterion, Criterion], float], ...] = (
        lambda one, other: one.id == other.id and (one.kind == "registry" or _text(one) == _text(other)),
        lambda one, other: one.kind == other.kind and _text(one) == _text(other),
        lambda one, other: equal(asked(one), asked(other), language),
        lambda one, other: likely if (likely := _likeness(one, other, language)) >= NEAR else 0,
    )
    found: list[Pair] = []
    for test in tests:
        left = [one for one in old if all(one is not before for before, _ in found)]
        right = [other for other in new if all(other is not after for _, after in found)]
        found += _best(left, right, test)
    return found


def asked(criterion: Criterion) -> Rule:
    """What is true of those who meet a criterion: the contrary of what excludes them."""
    return Not(rule=criterion.rule) if criterion.kind == "exclusion" else criterion.rule


def _best(old: Sequence[Criterion], new: Sequence[Criterion], test: Callable[[Criterion, Criterion], float]) -> Iterator[Pair]:
    """The likeliest pairs first; of equals, those in order."""
    scored = ((test(one, other), here, there) for here, one in enumerate(old) for there, other in enumerate(new))
    ranked = sorted((-score, here, there) for score, here, there in scored if score)
    taken: tuple[set[int], set[int]] = set(), set()
    for _, here, there in ranked:
        if here not in taken[0] and there not in taken[1]:
            taken[0].add(here)
            taken[1].add(there)
            yield old[here], new[there]


def _text(criterion: Criterion) -> str:
    return " ".join((criterion.clarified or criterion.text).split()).rstrip(".;,")


def _likeness(one: Criterion, other: Criterion, language: Language) -> float:
    """Of words, place and meaning; none across the sides of a trial."""
    if one.kind != other.kind or one.kind == "registry":
        return 0
    words = fuzz.token_sort_ratio(_text(one).lower(), _text(other).lower())
    kin = implies(one.rule, other.rule, language) or implies(other.rule, one.rule, language)
    return words + (_SAME_PLACE if one.id == other.id else 0) + (_KIN if kin else 0)
