"""Outlook: how criteria and trials stand day by day, while all that is known of a person stays as it is and only time goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from eligimatch.model.base import Frozen
from eligimatch.model.verdict import Status, Verdict, verdict_of

DAY = timedelta(days=1)


class Spell(Frozen):
    """Days on end on which a criterion stands the same; without `last`, for good."""

    first: date
    last: date | None
    status: Status
    reason: str = ""
    """Why on its first day."""

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class Outlook(Frozen):
    """One criterion from a day on."""

    criterion: str
    text: str
    spells: tuple[Spell, ...]

    @property
    def moves(self) -> bool:
        """Whether time changes it."""
        return len(self.spells) > 1

    def on(self, day: date) -> Status:
        """How it stands on a day of the outlook."""
        return next(spell.status for spell in self.spells if spell.holds(day))


class Stretch(Frozen):
    """Days on end; without `last`, for good."""

    first: date
    last: date | None


class TrialOutlook(Frozen):
    """One trial from a day on."""

    trial: str
    title: str = ""
    criteria: tuple[Outlook, ...] = ()

    def on(self, day: date) -> Verdict:
        """The trial's verdict on a day."""
        return verdict_of(criterion.on(day) for criterion in self.criteria)

    @property
    def moving(self) -> tuple[Outlook, ...]:
        """The criteria that time changes."""
        return tuple(criterion for criterion in self.criteria if criterion.moves)

    @property
    def window(self) -> Stretch | None:
        """The earliest days on which all criteria that time changes are matched together; None where there are none."""
        moving = self.moving
        days = sorted({spell.first for criterion in moving for spell in criterion.spells})
        first = next((day for day in days if all(criterion.on(day) == Status.MATCHED for criterion in moving)), None)
        return Stretch(first=first, last=_last(moving, first)) if first else None


def _last(moving: Iterable[Outlook], first: date) -> date | None:
    """The last day before one of the criteria is not matched any more."""
    ends = (spell.last for criterion in moving for spell in merged(criterion.spells) if spell.status == Status.MATCHED and spell.holds(first))
    return min((end for end in ends if end is not None), default=None)


def merged(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    """Spells of one status that follow each other as one."""
    found: list[Spell] = []
    for spell in spells:
        if found and found[-1].status == spell.status:
            found[-1] = found[-1].model_copy(update={"last": spell.last})
        else:
            found.append(spell)
    return tuple(found)


class Calendar(Frozen):
    """One person's trials from a day on, up to a day or for good."""

    patient: str
    first: date
    last: date | None
    trials: tuple[TrialOutlook, ...] = ()
