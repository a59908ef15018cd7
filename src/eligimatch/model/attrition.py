"""Attrition: whom each criterion of a trial excludes from a cohort, and whom it would let in if it were left out."""

from __future__ import annotations

from eligimatch.model.base import Frozen
from eligimatch.model.trial import Section


class CriterionAttrition(Frozen):
    """How many persons one criterion concerns; in order means in the order of the trial's criteria."""

    id: str
    kind: Section
    text: str
    failed: int
    unknown: int
    failed_first: int
    """It failed, and none before it."""
    may_remain: int
    """Neither it nor any before it failed."""
    surely_remain: int
    """It is matched, and so are all before it."""
    failed_alone: int
    """It failed, and no other."""
    eligible_without: int
    """Who would be eligible if it were left out."""
    possible_without: int
    """Who would not be ineligible if it were left out."""


class Combination(Frozen):
    """How many persons failed exactly these criteria."""

    criteria: tuple[str, ...]
    persons: int


class Without(Frozen):
    """The bounds of eligibles if some criteria were left out together."""

    criteria: tuple[str, ...]
    eligible: int
    possible: int


class TrialAttrition(Frozen):
    """A trial's attrition over a cohort."""

    trial: str
    title: str
    persons: int
    eligible: int
    """All criteria are matched: as many at least."""
    ineligible: int
    possible: int
    """No criterion failed: as many at most, if all that is unknown were to speak for them."""
    criteria: tuple[CriterionAttrition, ...]
    combinations: tuple[Combination, ...] | None = None
    """The commonest first; None where they were not counted."""
    without: Without | None = None
    """What leaving out the criteria comes to that were asked about."""

    @property
    def undetermined(self) -> int:
        """Who is neither."""
        return self.possible - self.eligible
