"""Suppositions: what to suppose of a person, and the verdicts that it changes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from eligimatch.model.base import Frozen
from eligimatch.model.profile import Profile
from eligimatch.model.verdict import Status, Verdict


class Setting(Frozen):
    """One supposition: something of a section is set, added or removed."""

    said: str
    """As it was given."""
    act: Literal["set", "add", "remove"]
    section: str
    """A key of the profile."""
    key: str = ""
    """What of it: a field, a statement, an event, a name."""
    part: Profile = Profile()
    """A profile that holds the new thing and nothing else."""


class CriterionChange(Frozen):
    """A criterion that comes out otherwise, and why."""

    criterion: str
    text: str
    before: Status
    after: Status
    reason: str
    clarified: str | None = Field(default=None, exclude_if=lambda said: said is None)
    """The rewording that was judged in place of the text."""


class TrialChange(Frozen):
    """A trial with criteria that come out otherwise."""

    trial: str
    title: str = ""
    before: Verdict
    after: Verdict
    criteria: tuple[CriterionChange, ...] = ()


class Unheard(Frozen):
    """A statement that answers nothing that is asked, and the question nearest to it."""

    said: str
    nearest: str


class WhatIf(Frozen):
    """One person as supposed: what changes, and how many criteria do not."""

    patient: str
    as_of: date
    supposed: tuple[str, ...]
    trials: tuple[TrialChange, ...] = ()
    same: int = 0
    unheard: tuple[Unheard, ...] = ()
