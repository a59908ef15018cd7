"""Outcomes: the truth of a rule for one person with its reason, evidence, missing facts and assumptions; how they combine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from eligimatch.model.finding import Evidence, Trace
from eligimatch.model.verdict import Truth, negate

T = TypeVar("T")
SHOWN = 4
"""Reasons named in one sentence; the trace has them all."""

AT_ODDS = ("which is right: ", "which site or side of ")
"""What is missing begins so where facts contradict each other, or values of several places disagree."""
_MORE = re.compile(r"and (\d+) more")


class Outcome(NamedTuple):
    """What a rule came to."""

    truth: Truth
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    trace: tuple[Trace, ...] = ()

    @property
    def at_odds(self) -> bool:
        """Unknown because facts contradict each other, or because values of several places disagree."""
        return self.truth is None and any(fact.startswith(AT_ODDS) for fact in self.missing)


def unknown(reason: str, *missing: str, evidence: tuple[Evidence, ...] = ()) -> Outcome:
    """An outcome that waits for facts."""
    return Outcome(None, reason, evidence, missing or (reason,))


def denied(outcome: Outcome) -> Outcome:
    """The same facts, asked the other way round."""
    return outcome._replace(truth=negate(outcome.truth))


def opposed(one: Outcome, other: Outcome) -> Outcome:
    """Two sources that contradict each other: unknown, both named."""
    both = f"{one.reason}, yet {other.reason}"
    return Outcome(None, both, (*one.evidence, *other.evidence), (f"which is right: {both}",), trace=one.trace)


def joined(outcomes: Sequence[Outcome], law: Callable[[Iterable[Truth]], Truth]) -> Outcome:
    """The outcomes under one connective: those that decided it give the reason, unknown ones what is missing."""
    truth = law(outcome.truth for outcome in outcomes)
    speaking = [outcome for outcome in outcomes if outcome.truth is truth] or list(outcomes)
    return Outcome(
        truth,
        sentence(outcome.reason for outcome in speaking),
        distinct(place for outcome in speaking for place in outcome.evidence),
        distinct(fact for outcome in speaking for fact in outcome.missing) if truth is None else (),
        distinct(note for outcome in speaking for note in outcome.assumptions),
        tuple(step for outcome in outcomes for step in outcome.trace),
    )


def sentence(reasons: Iterable[str]) -> str:
    """Several reasons in one line, the first few of them."""
    clauses = list(dict.fromkeys(clause for reason in reasons for clause in reason.split("; ") if clause))
    if len(clauses) == 1:
        return clauses[0]
    listed = [clause for clause in clauses if not _MORE.fullmatch(clause)]
    hidden = sum(int(match[1]) for clause in clauses if (match := _MORE.fullmatch(clause))) + max(0, len(listed) - SHOWN)
    return "; ".join(listed[:SHOWN]) + (f"; and {hidden} more" if hidden else "")


def distinct(values: Iterable[T]) -> tuple[T, ...]:
    """The values once each, in order."""
    return tuple(dict.fromkeys(values))
