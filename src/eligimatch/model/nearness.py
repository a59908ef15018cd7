"""Nearness: by how much a criterion is missed or met, whether that may change, and on which days it holds."""

from __future__ import annotations

from datetime import date
from typing import Literal

from eligimatch.model.base import Frozen
from eligimatch.model.outlook import Spell, Stretch
from eligimatch.model.verdict import Status


class Amount(Frozen):
    """A value and the limit nearest to it in one unit; `by` is how far apart they are, never negative."""

    value: float
    limit: float
    by: float
    unit: str


class Margin(Frozen):
    """One measure against the criterion's limit, in the criterion's unit, and in the patient's where that is another."""

    measure: str
    side: Literal["over", "under", "at"]
    criterion: Amount
    patient: Amount | None = None


class Postponement(Frozen):
    """A planned event, and the first later day of it with which a criterion is matched."""

    event: str
    first: date


class CriterionNear(Frozen):
    """A criterion that failed, or that holds narrowly or not for good.

    `may_change` tells of a failed one whether something that can be treated, stopped, done or repeated would turn it; `spells` are its days from
    the day of judgement on, while planned events stay where they are; `postponed` tells which later event would do.
    """

    criterion: str
    status: Status
    may_change: bool | None = None
    margins: tuple[Margin, ...] = ()
    spells: tuple[Spell, ...] = ()
    postponed: tuple[Postponement, ...] = ()

    @property
    def holds_from(self) -> date | None:
        """The first later day on which time alone makes it matched."""
        later = (spell.first for spell in self.spells[1:] if spell.status == Status.MATCHED)
        return None if self.status == Status.MATCHED else next(later, None)

    @property
    def holds_until(self) -> date | None:
        """The last day on which it is matched still."""
        return self.spells[0].last if self.spells and self.status == Status.MATCHED else None


class TrialNear(Frozen):
    """A trial's criteria that are worth a second look; `window` are the earliest days on which all that time changes are matched."""

    trial: str
    criteria: tuple[CriterionNear, ...] = ()
    window: Stretch | None = None


class Nearness(Frozen):
    """One person near the limits of trials."""

    patient: str
    as_of: date
    trials: tuple[TrialNear, ...] = ()
