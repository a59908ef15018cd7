"""What would change as lines to read: each trial and criterion that comes out otherwise, with the new reason."""

from __future__ import annotations

from collections.abc import Iterator

from eligimatch.model.supposition import CriterionChange, TrialChange, WhatIf
from eligimatch.report.paint import Line, Piece, line
from eligimatch.report.questions import counted


def what_if_lines(found: WhatIf) -> Iterator[Line]:
    """Only what changes for one person."""
    yield line(0, Piece(f"Patient {found.patient or '(no id)'} on {found.as_of}, if", "title"))
    for said in found.supposed:
        yield line(2, said)
    for unheard in found.unheard:
        near = f"; the nearest question: “{unheard.nearest}”" if unheard.nearest else ""
        yield line(2, Piece(f"`{unheard.said}` answers nothing that these trials ask{near}", "unknown"))
    for trial in found.trials:
        yield line(0)
        yield from _trial(trial)
    yield line(0)
    if found.trials:
        yield line(0, f"The other {counted(found.same, 'verdict')} stay as they are." if found.same != 1 else "The other verdict stays as it is.")
    else:
        yield line(0, "No verdict changes.")


def _trial(trial: TrialChange) -> Iterator[Line]:
    yield line(0, Piece(trial.trial, "title"), ": ", *_turn(trial.before, trial.after))
    if trial.title:
        yield line(2, Piece(trial.title, "quiet"))
    for criterion in trial.criteria:
        yield from _criterion(criterion)


def _criterion(change: CriterionChange) -> Iterator[Line]:
    head = f"{change.criterion} "
    yield line(2, Piece(head, "id"), change.text, hang=len(head))
    if change.clarified is not None:
        yield line(4, Piece("clarified, read as: ", "note"), change.clarified)
    yield line(4, *_turn(change.before, change.after), f": {change.reason}")


def _turn(before: str, after: str) -> tuple[Piece | str, ...]:
    """ "failed, then matched"; what stays is said once."""
    return (Piece(after, after), " as before") if before == after else (Piece(before, before), " -> ", Piece(after, after))
