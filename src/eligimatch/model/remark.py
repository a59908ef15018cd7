"""Remarks: what a careful reader would ask the authors of a trial's criteria."""

from __future__ import annotations

from enum import StrEnum

from eligimatch.model.base import Frozen
from eligimatch.model.diagnostic import Diagnostic


class Check(StrEnum):
    """What was looked at."""

    RECORD = "record"
    """Numbers that are missing, the registry's fields against the words, clarifications gone stale."""
    CONTRADICTION = "contradiction"
    """No one can meet one criterion, or two together."""
    UNIT = "unit"
    """A limit outside all that is ever measured, or that is plausible in another unit only."""
    REDUNDANT = "redundant"
    """Whoever meets one criterion meets the other."""


class Remark(Frozen):
    """One remark on a trial."""

    check: Check
    trial: str
    criteria: tuple[str, ...] = ()
    diagnostic: Diagnostic
