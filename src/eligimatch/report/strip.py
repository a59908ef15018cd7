"""A calendar as lines to read: for each trial a strip of days, one mark a day, and beside it the days of each criterion that time changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from eligimatch.model.outlook import Calendar, Outlook, TrialOutlook, merged
from eligimatch.model.verdict import Status, Verdict
from eligimatch.report.near import AS_LONG_AS, spell_json, stretch
from eligimatch.report.paint import Line, Piece, line, listed

WIDTH = 63
"""Marks in a strip at most: nine weeks, a mark a day."""
_MARKS = {
    Status.MATCHED: "+", Status.UNKNOWN: "?", Status.FAILED: "-", Verdict.ELIGIBLE: "+", Verdict.UNDETERMINED: "?", Verdict.INELIGIBLE: "-",
}  # fmt: skip
_STYLES = {"+": "matched", "?": "unknown", "-": "failed"}
_WORST = "-?+"


def calendar_lines(calendar: Calendar) -> Iterator[Line]:
    """One person's calendar."""
    assert calendar.last is not None
    step = -(-((calendar.last - calendar.first).days + 1) // WIDTH)
    columns = _columns(calendar.first, calendar.last, step)
    label = max((len(name) for trial in calendar.trials for name in (trial.trial, *(f"  {one.criterion}" for one in trial.moving))), default=0) + 2
    yield line(0, Piece(f"Patient {calendar.patient or '(no id)'} from {calendar.first} to {calendar.last}", "title"))
    several = f"; each mark is {step} days, the worst of them" if step > 1 else ""
    still = [trial for trial in calendar.trials if not trial.moving]
    if len(still) < len(calendar.trials):
        yield line(2, Piece(f"+ matched or eligible, ? unknown or undetermined, - failed or ineligible{several}", "quiet"))
        yield line(0)
        yield line(label, Piece(_ruler(columns, step), "quiet"), whole=True)
    for trial in calendar.trials:
        yield from _trial(trial, columns, label) if trial.moving else ()
    yield line(0)
    for verdict in Verdict:
        if alike := [trial.trial for trial in still if trial.on(calendar.first) == verdict]:
            yield line(0, f"Nothing changes: {listed(alike)}, ", Piece(verdict, verdict))
    yield line(0, Piece(AS_LONG_AS, "quiet"))


def _columns(first: date, last: date, step: int) -> list[list[date]]:
    """The days of each mark."""
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [days[start : start + step] for start in range(0, len(days), step)]


def _ruler(columns: Sequence[Sequence[date]], step: int) -> str:
    """The day above every seventh mark; above marks of several days the month."""
    every, written = (7, "|%m-%d") if step == 1 else (9, "|%Y-%m")
    return "".join(f"{days[0]:{written}}".ljust(every) for days in columns[::every]).rstrip()


def _trial(trial: TrialOutlook, columns: Sequence[Sequence[date]], label: int) -> Iterator[Line]:
    together = f"  together {stretch(trial.window)}" if trial.window else "  never together"
    yield line(0, Piece(trial.trial.ljust(label), "title"), *_strip(trial.on, columns), together if len(trial.moving) > 1 else "", whole=True)
    for criterion in trial.moving:
        yield line(0, Piece(f"  {criterion.criterion}".ljust(label), "id"), *_strip(criterion.on, columns), f"  {_said(criterion)}", whole=True)


def _strip(on: Callable[[date], Status | Verdict], columns: Sequence[Sequence[date]]) -> Iterator[Piece]:
    """The marks, those alike in one piece."""
    run = ""
    for mark in (min((_MARKS[on(day)] for day in days), key=_WORST.index) for days in columns):
        if run and run[0] != mark:
            yield Piece(run, _STYLES[run[0]])
            run = ""
        run += mark
    yield Piece(run, _STYLES[run[0]] if run else "")


def _said(criterion: Outlook) -> str:
    """ "matched until 2026-03-06, then failed"."""
    spells = merged(criterion.spells)
    return ", ".join(f"{spell.status} until {spell.last}" for spell in spells[:-1]) + f", then {spells[-1].status}"


def as_json(calendar: Calendar) -> dict[str, Any]:
    """The same for programs: the days of each criterion that time changes, and of the trial as a whole."""
    return {
        "patient": calendar.patient,
        "from": calendar.first.isoformat(),
        "until": calendar.last.isoformat() if calendar.last else None,
        "trials": [_trial_json(trial, calendar) for trial in calendar.trials],
    }


def _trial_json(trial: TrialOutlook, calendar: Calendar) -> dict[str, Any]:
    turning = sorted({spell.first for criterion in trial.criteria for spell in criterion.spells})
    days = [(day, trial.on(day)) for day in turning]
    changes = [pair for index, pair in enumerate(days) if index == 0 or days[index - 1][1] != pair[1]]
    ends = [*(day - timedelta(days=1) for day, _ in changes[1:]), calendar.last]
    return {
        "trial": trial.trial,
        "days": [
            {"first": day.isoformat(), "last": end and end.isoformat(), "verdict": verdict} for (day, verdict), end in zip(changes, ends, strict=True)
        ],
        "window": trial.window.model_dump(mode="json") if trial.window and trial.moving else None,
        "criteria": [{"id": one.criterion, "days": [spell_json(spell) for spell in one.spells]} for one in trial.moving],
    }
