"""Formulas: what is left of a rule once its decided parts are replaced by their truths, and which answers would decide it.

Every connective is a count: all of `n` is at least `n` of them, any of them at least one (Kleene's logic agrees). A literal is settled by answering
its fact; literals of one `leaf` are true or false together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from functools import reduce
from itertools import combinations
from typing import NamedTuple

from eligimatch.model.verdict import Truth

_TRUTHS: tuple[Truth, ...] = (True, False, None)
_MOST = 12
"""Facts of which each subset is tried; of more that could each be spared, one smallest set is found by sparing them in turn."""


class Literal(NamedTuple):
    """An open leaf, or its denial."""

    fact: str
    leaf: Hashable
    positive: bool = True


class Count(NamedTuple):
    """At least `least` of the parts hold."""

    least: int
    parts: tuple[Formula, ...]


class Readings(NamedTuple):
    """Ways to read the same words: the fact says which is meant; until then only their agreement decides."""

    fact: str
    parts: tuple[Formula, ...]


Formula = bool | Literal | Count | Readings


# --- making --------------------------------------------------------------------------------------------------------------------------


def counted(least: int, parts: Iterable[Formula]) -> Formula:
    """At least so many of the parts, what is decided taken out."""
    listed = tuple(parts)
    least -= sum(part is True for part in listed)
    open_ = tuple(part for part in listed if not isinstance(part, bool))
    if least <= 0:
        return True
    if least > len(open_):
        return False
    return open_[0] if len(open_) == 1 else Count(least, open_)


def every(parts: Iterable[Formula]) -> Formula:
    """All of the parts."""
    listed = tuple(parts)
    return counted(len(listed), listed)


def read(fact: str, parts: Iterable[Formula]) -> Formula:
    """The one reading that all parts are, or readings of which the fact tells the right one."""
    listed = tuple(parts)
    return listed[0] if len(set(listed)) == 1 else Readings(fact, listed)


def opposite(formula: Formula) -> Formula:
    """The denial of a formula."""
    match formula:
        case Literal():
            return formula._replace(positive=not formula.positive)
        case Count():
            return Count(len(formula.parts) - formula.least + 1, tuple(map(opposite, formula.parts)))
        case Readings():
            return Readings(formula.fact, tuple(map(opposite, formula.parts)))
        case _:
            return not formula


def given(formula: Formula, leaf: Hashable, truth: bool) -> Formula:
    """The formula once a leaf is decided."""
    match formula:
        case Literal():
            return truth is formula.positive if formula.leaf == leaf else formula
        case Count():
            return counted(formula.least, (given(part, leaf, truth) for part in formula.parts))
        case Readings():
            return read(formula.fact, (given(part, leaf, truth) for part in formula.parts))
        case _:
            return formula


# --- asking --------------------------------------------------------------------------------------------------------------------------


def literals(formula: Formula) -> Iterator[Literal]:
    """The open leaves of a formula."""
    if isinstance(formula, Literal):
        yield formula
    elif isinstance(formula, (Count, Readings)):
        for part in formula.parts:
            yield from literals(part)


def facts(formula: Formula) -> tuple[str, ...]:
    """The facts that a formula waits for, each once."""
    return tuple(dict.fromkeys(_facts(formula)))


def _facts(formula: Formula) -> Iterator[str]:
    if isinstance(formula, Readings):
        yield formula.fact
    if isinstance(formula, Literal):
        yield formula.fact
    elif isinstance(formula, (Count, Readings)):
        for part in formula.parts:
            yield from _facts(part)


def outcomes(formula: Formula, answered: frozenset[str]) -> frozenset[Truth]:
    """Every truth to which answers to some facts can bring a formula; what is not answered stays unknown."""
    return frozenset(truth for truth in _TRUTHS if _reachable(formula, frozenset({truth}), answered))


def _reachable(formula: Formula, truths: frozenset[Truth], answered: frozenset[str]) -> bool:
    """Whether answers can bring a formula to one of some truths: not if not even with repeated leaves free of each other, else by cases."""
    if truths.isdisjoint(_apart(formula, answered)):
        return False
    often = Counter(one.leaf for one in literals(formula) if one.fact in answered)
    leaf, times = next(iter(often.most_common(1)), (None, 0))
    return times < 2 or any(_reachable(given(formula, leaf, truth), truths, answered) for truth in (True, False))


def _apart(formula: Formula, answered: frozenset[str]) -> frozenset[Truth]:
    """Every truth that a formula could come to if no answered leaf stood twice: each part takes each of its truths whatever the others do."""
    match formula:
        case Literal():
            return frozenset({True, False}) if formula.fact in answered else frozenset({None})
        case Count():
            return _counts(formula.least, [_apart(part, answered) for part in formula.parts])
        case Readings():
            each = [_apart(part, answered) for part in formula.parts]
            every_truth = frozenset[Truth]().union(*each)
            if formula.fact in answered:
                return every_truth
            shared = frozenset(truth for truth in (True, False) if all(truth in one for one in each))
            return shared if len(every_truth) == 1 and None not in every_truth else shared | {None}
        case _:
            return frozenset({formula})


def _counts(least: int, each: list[frozenset[Truth]]) -> frozenset[Truth]:
    """Every truth of a count of parts; where all or any are asked, one look at each part tells."""
    if least in (1, len(each)):
        deciding = least == 1 and len(each) > 1
        stays = all(one != {deciding} for one in each)
        found: list[Truth] = [deciding] if any(deciding in one for one in each) else []
        found += [not deciding] if all((not deciding) in one for one in each) else []
        return frozenset([*found, None] if stays and any(None in one for one in each) else found)
    sums = reduce(_added, each, frozenset({(0, 0)}))
    return frozenset(_reached(least, held, open_) for held, open_ in sums)


def _added(sums: frozenset[tuple[int, int]], truths: frozenset[Truth]) -> frozenset[tuple[int, int]]:
    return frozenset((held + (truth is True), open_ + (truth is None)) for held, open_ in sums for truth in truths)


def _reached(least: int, held: int, open_: int) -> Truth:
    return True if held >= least else None if held + open_ >= least else False


def settles(formula: Formula, answered: Iterable[str]) -> bool:
    """Whether answers to these facts, whichever they are, decide the formula."""
    return not _reachable(formula, frozenset({None}), frozenset(answered))


def may_settle(formula: Formula, answered: Iterable[str]) -> bool:
    """Whether some answers to these facts decide the formula."""
    return _reachable(formula, frozenset({True, False}), frozenset(answered))


def reaches(formula: Formula, truth: bool, answered: Iterable[str]) -> bool:
    """Whether some answers to these facts bring the formula to a truth."""
    return _reachable(formula, frozenset({truth}), frozenset(answered))


def blocking(formula: Formula) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of facts that settle the formula, whichever the answers: of none a part would do. Smaller sets come first."""
    if isinstance(formula, bool):
        return ((),)
    all_facts = facts(formula)
    needed = [fact for fact in all_facts if not settles(formula, set(all_facts) - {fact})]
    if settles(formula, needed):
        return (tuple(needed),)
    rest = [fact for fact in all_facts if fact not in needed]
    return tuple(_smallest(formula, all_facts, needed, rest)) if len(rest) <= _MOST else (_spared(formula, all_facts, rest),)


def _smallest(formula: Formula, all_facts: tuple[str, ...], needed: list[str], rest: list[str]) -> Iterator[tuple[str, ...]]:
    found: list[frozenset[str]] = []
    for size in range(1, len(rest) + 1):
        for more in map(frozenset, combinations(rest, size)):
            if not any(smaller <= more for smaller in found) and settles(formula, more.union(needed)):
                found.append(more)
                yield tuple(fact for fact in all_facts if fact in more or fact in needed)


def _spared(formula: Formula, all_facts: tuple[str, ...], rest: list[str]) -> tuple[str, ...]:
    kept = list(all_facts)
    for fact in rest:
        fewer = [one for one in kept if one != fact]
        kept = fewer if settles(formula, fewer) else kept
    return tuple(kept)


__all__ = [
    "Count", "Formula", "Literal", "Readings", "blocking", "counted", "every", "facts", "given", "literals", "may_settle", "opposite",
    "outcomes", "reaches", "read", "settles",
]  # fmt: skip
