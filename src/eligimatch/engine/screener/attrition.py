"""Attrition: the planes of a trial's criteria for a block of persons to counts of what each criterion excludes, alone and in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from eligimatch.engine.screener.planes import Bits, Plane, counted, packed, unpacked
from eligimatch.engine.screener.screener import Screened

_AT_ONCE = 31
"""Criteria whose failures are kept apart in one number, beside those before them."""


class Counts(NamedTuple):
    """How many persons of a block one criterion concerns. `rest` are the other criteria of its trial, `before` those that stand before it."""

    trial: str
    criterion: str
    persons: int
    failed: int
    unknown: int
    failed_first: int
    """It failed, and none before it."""
    matched_through: int
    """It is matched, and all before it: who is left in order, where the unknown is counted out."""
    failed_alone: int
    """It is the only one that failed: without it these would be possible."""
    failed_rest_matched: int
    """It failed and all the rest is matched: without it these would be eligible."""
    unknown_rest_matched: int
    """It is unknown and all the rest is matched: the one thing to find out."""


class Combination(NamedTuple):
    """How many persons of a block failed exactly these criteria of a trial, and no other."""

    trial: str
    criteria: tuple[str, ...]
    persons: int


class _Marks(NamedTuple):
    """For whom at least one of some criteria holds, and for whom at least two."""

    once: Bits
    twice: Bits

    @property
    def only(self) -> Bits:
        """For whom exactly one holds."""
        return self.once & ~self.twice

    def and_one(self, bits: Bits) -> _Marks:
        """With one more criterion."""
        return _Marks(self.once | bits, self.twice | (self.once & bits))


def counts(screened: Screened, persons: int) -> Iterator[Counts]:
    """One row a criterion, in the trial's order."""
    everyone = packed(np.ones(persons, np.bool_))
    nobody = np.zeros_like(everyone)
    failed, unmatched = _Marks(nobody, nobody), _Marks(nobody, nobody)
    for status in screened.criteria.values():
        failed, unmatched = failed.and_one(status.false), unmatched.and_one(everyone & ~status.true)
    only_failed, only_unmatched = failed.only, unmatched.only
    before = Plane(everyone, nobody)
    for criterion, status in screened.criteria.items():
        through = before.true & status.true
        fails, last = counted(status.false), counted(status.false & only_unmatched)
        yield Counts(
            trial=screened.trial,
            criterion=criterion,
            persons=persons,
            failed=fails,
            unknown=persons - fails - counted(status.true),
            failed_first=counted(status.false & ~before.false),
            matched_through=counted(through),
            failed_alone=counted(status.false & only_failed),
            failed_rest_matched=last,
            unknown_rest_matched=counted(only_unmatched & ~status.true) - last,
        )
        before = Plane(through, before.false | status.false)


def combinations(screened: Screened, persons: int) -> list[Combination]:
    """Which criteria failed together, the commonest first; who failed none is not counted."""
    failed = {criterion: unpacked(status.false, persons) for criterion, status in screened.criteria.items()}
    numbers = np.zeros(persons, np.int64)
    for at, flags in enumerate(failed.values(), 1):
        numbers = 2 * numbers + flags
        if at % _AT_ONCE == 0:
            numbers = np.unique(numbers, return_inverse=True)[1]
    _, first, amounts = np.unique(numbers, return_index=True, return_counts=True)
    found = [
        (tuple(criterion for criterion, flags in failed.items() if flags[person]), int(amount)) for person, amount in zip(first, amounts, strict=True)
    ]
    ordered = sorted((one for one in found if one[0]), key=lambda one: (-one[1], one[0]))
    return [Combination(screened.trial, *one) for one in ordered]
