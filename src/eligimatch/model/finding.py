"""Findings: each criterion's status for one person with its reasons, gathered into trial reports and a report."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pydantic import Field

from eligimatch.model.base import Frozen, Sparse
from eligimatch.model.rule import Rule
from eligimatch.model.span import Span
from eligimatch.model.trial import Section
from eligimatch.model.verdict import Status, Truth, Verdict


class Evidence(Sparse):
    """The place in the profile that a finding rests on; a section that is no list has no index."""

    section: str
    index: int | None = None


class Trace(NamedTuple):
    """What one leaf of a rule came to: the words that it answers, its truth and reason."""

    span: Span
    truth: Truth
    reason: str


class Finding(Frozen):
    """One criterion for one person. `trace` stays out of the JSON."""

    id: str
    kind: Section
    text: str
    status: Status
    rule: Rule
    reason: str
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    """The facts that would decide it."""
    assumptions: tuple[str, ...] = ()
    clarified: str | None = Field(default=None, exclude_if=lambda said: said is None)
    """The rewording that was judged in place of the text: what `rule` and `trace` speak of."""
    trace: tuple[Trace, ...] = Field(default=(), exclude=True, repr=False)

    @property
    def judged(self) -> str:
        """The words that were judged."""
        return self.clarified or self.text


class Ask(Frozen):
    """A fact that is missing, and the criteria that ask for it."""

    fact: str
    criteria: tuple[str, ...]


class TrialReport(Frozen):
    """One trial for one person."""

    trial: str
    title: str = ""
    verdict: Verdict
    counts: dict[Status, int]
    criteria: tuple[Finding, ...] = ()
    ask: tuple[Ask, ...] = ()


class Report(Frozen):
    """One person against trials; `model_dump(mode="json")` is the JSON of docs/api."""

    patient: str
    as_of: date
    trials: tuple[TrialReport, ...] = ()
