"""Questions: the facts that one person's open criteria wait for, what each of them settles, and where it is usually found."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from eligimatch.model.base import Frozen
from eligimatch.model.rule import Rule

Where = Literal["patient", "investigator", "chart", "laboratory", "pathology", "imaging", "protocol"]


class Place(Frozen):
    """A criterion of a trial."""

    trial: str
    criterion: str


class Settled(Frozen):
    """What answers decide: criteria, and trials as a whole."""

    criteria: tuple[Place, ...] = ()
    trials: tuple[str, ...] = ()


class OpenFact(Frozen):
    """A fact that is not known: `alone` is settled whatever the answer, `at_most` by one answer or another; `waiting` are all that it is part of.

    `asked` are the leaves that it answers, `needed` the details that listed items leave out. Both stay out of the JSON.
    """

    fact: str
    where: tuple[Where, ...]
    spoken: bool
    """Asked in words: of the patient, or of the investigator."""
    alone: Settled
    at_most: Settled
    waiting: tuple[Place, ...] = ()
    asked: tuple[Rule, ...] = Field(default=(), exclude=True, repr=False)
    needed: tuple[str, ...] = Field(default=(), exclude=True, repr=False)


class OpenCriterion(Frozen):
    """A criterion that is unknown, with the smallest sets of facts that settle it, whichever the answers."""

    trial: str
    criterion: str
    text: str
    clarified: str | None = Field(default=None, exclude_if=lambda said: said is None)
    """The rewording that was judged in place of the text."""
    blocking: tuple[tuple[str, ...], ...]


class Questions(Frozen):
    """What to ask next of one person: facts that decide the most come first."""

    patient: str
    as_of: date
    open_trials: tuple[str, ...] = ()
    """The trials asked for."""
    ruled_out: tuple[str, ...] = ()
    """The trials that are not, because a criterion failed."""
    facts: tuple[OpenFact, ...] = ()
    criteria: tuple[OpenCriterion, ...] = ()
