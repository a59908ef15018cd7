"""Kleene's strong three-valued logic, and the words that reports use for its outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

Truth = bool | None
"""True, False, or None for unknown (Kleene, "Introduction to Metamathematics", 1952, §64)."""


class Status(StrEnum):
    """How one criterion stands for one person."""

    MATCHED = "matched"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """How one trial stands for one person."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


def negate(truth: Truth) -> Truth:
    """Kleene's not."""
    return None if truth is None else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and over any number; true of none."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or over any number; false of none."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """True once `count` are true, false once too few can be."""
    listed = list(truths)
    if listed.count(True) >= count:
        return True
    return None if len(listed) - listed.count(False) >= count else False


def agreed(truths: Iterable[Truth]) -> Truth:
    """The one answer that all readings give, else unknown."""
    listed = set(truths)
    return listed.pop() if len(listed) == 1 else None


def status_of(truth: Truth, *, excludes: bool) -> Status:
    """How a rule's truth speaks for the person: an exclusion that is false is matched."""
    if truth is None:
        return Status.UNKNOWN
    return Status.MATCHED if truth is not excludes else Status.FAILED


def verdict_of(statuses: Iterable[Status]) -> Verdict:
    """A trial's verdict from its criteria."""
    listed = set(statuses)
    if Status.FAILED in listed:
        return Verdict.INELIGIBLE
    return Verdict.UNDETERMINED if Status.UNKNOWN in listed else Verdict.ELIGIBLE
