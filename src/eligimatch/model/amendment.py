"""Amendments: what became of each criterion from one version of a trial to the next, and for whom that changes the answer."""

from __future__ import annotations

from enum import StrEnum

from eligimatch.model.base import Sparse
from eligimatch.model.trial import Section
from eligimatch.model.verdict import Status, Verdict


class Became(StrEnum):
    """What became of a criterion."""

    UNCHANGED = "unchanged"
    REWORDED = "reworded"
    """Other words, and the same answer for everyone."""
    LOOSENED = "loosened"
    """Whoever it was matched for, it is matched for still."""
    TIGHTENED = "tightened"
    """Whoever it is matched for, it was matched for before."""
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Wording(Sparse):
    """A criterion of one version: its id, side and words."""

    id: str
    kind: Section
    text: str


class Change(Sparse):
    """One criterion before and after; one of the two is absent where it was added or removed."""

    became: Became
    old: Wording | None = None
    new: Wording | None = None


class Turn(Sparse):
    """How a criterion stood for a person before and stands after; None where that version has no such criterion."""

    old: str | None = None
    new: str | None = None
    before: Status | None = None
    after: Status | None = None
    reason: str = ""
    """Why it stands as it does after; before, where it was removed."""


class Flip(Sparse):
    """One person for whom the amendment changes something."""

    patient: str
    before: Verdict
    after: Verdict
    criteria: tuple[Turn, ...] = ()


class Amendment(Sparse):
    """Two versions of one trial."""

    trial: str
    title: str = ""
    changes: tuple[Change, ...] = ()
    """Every criterion, unchanged ones included, in the order of the new version; removed ones last."""
    flips: tuple[Flip, ...] = ()
