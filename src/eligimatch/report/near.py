"""Nearness as lines to read: what failed and may change, what failed and will not, what barely holds, each with its margin and its days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from eligimatch.model.finding import Finding, Report, TrialReport
from eligimatch.model.nearness import Amount, CriterionNear, Margin, Nearness, TrialNear
from eligimatch.model.outlook import Spell, Stretch
from eligimatch.model.verdict import Status
from eligimatch.report.paint import Line, Piece, line, listed
from eligimatch.report.terminal import trial_head, worded

AS_LONG_AS = "Days are right as long as all else stays as the profile says. Decision support only: a clinician decides."
SOON = timedelta(days=90)
"""A criterion that holds for less long than this is shown with its last day."""
_DIGITS = 4


class _Row(NamedTuple):
    finding: Finding
    near: CriterionNear


def near_lines(report: Report, near: Nearness) -> Iterator[Line]:
    """The report of one person near the limits of trials."""
    yield line(0, Piece(f"Patient {report.patient or '(no id)'} on {report.as_of}", "title"))
    far = []
    for trial, close in zip(report.trials, near.trials, strict=True):
        lines = list(_trial(trial, close, near))
        if not lines:
            far.append(trial.trial)
            continue
        yield line(0)
        yield from trial_head(trial)
        yield from lines
    yield line(0)
    if far:
        yield line(0, f"Nothing failed and nothing is near a limit in {listed(far)}.")
    yield line(0, Piece(AS_LONG_AS, "quiet"))


def _trial(trial: TrialReport, close: TrialNear, near: Nearness) -> Iterator[Line]:
    findings = {finding.id: finding for finding in trial.criteria}
    rows = [_Row(findings[one.criterion], one) for one in close.criteria]
    failed = [row for row in rows if row.near.status == Status.FAILED]
    open_ = [row for row in failed if row.near.may_change or row.near.holds_from or row.near.postponed]
    narrow = [row for row in rows if row.near.status == Status.MATCHED and (row.near.margins or _soon(row.near, near))]
    yield from _group("failed, and may change", "failed", open_, near)
    yield from _group("failed, and will not change", "failed", [row for row in failed if row not in open_], near)
    yield from _group("holds, but only just", "unknown", narrow, near)
    yield from _window(close, [row.near for row in (*open_, *narrow)], near)


def _group(title: str, style: str, rows: Iterable[_Row], near: Nearness) -> Iterator[Line]:
    for index, (finding, close) in enumerate(rows):
        if index == 0:
            yield line(2, Piece(title, style))
        yield from worded(finding)
        yield line(6, finding.reason)
        for margin in close.margins:
            yield line(6, Piece(_margin(margin, several=len(close.margins) > 1), "mark"))
        if said := _days(close, near):
            yield line(6, Piece(said, "mark"))
        for postponed in close.postponed:
            yield line(6, Piece(f"would hold with {postponed.event} on {postponed.first}, at the earliest", "mark"))
        for assumption in finding.assumptions:
            yield line(6, Piece(f"assumed: {assumption}", "quiet"))


# --- margins ---------------------------------------------------------------------------------------------------------------------------


def _margin(margin: Margin, *, several: bool) -> str:
    """ "over by 0.3 mmol/L"; where the patient's unit is another, in both."""
    named = f"{margin.measure}: " if several else ""
    amount, own = margin.criterion, margin.patient
    if margin.side == "at":
        return f"{named}exactly at the limit"
    if own is None:
        return f"{named}{margin.side} by {_said(amount.by, amount)}"
    return f"{named}{_said(amount.value, amount)}, {margin.side} by {_said(amount.by, amount)}; in the patient's unit by {_said(own.by, own)}"


def _said(number: float, amount: Amount) -> str:
    """A number with its unit, as many decimals as four digits of the limit have."""
    decimals = max(0, _DIGITS - len(f"{abs(amount.limit):.0f}")) if amount.limit else _DIGITS
    shown = f"{number:.{decimals}f}" if round(number, decimals) or not number else f"{number:.2g}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    unit = amount.unit.removesuffix("s") if number == 1 and amount.unit == "years" else amount.unit
    between = "" if unit == "%" else " x " if unit.startswith("10^") else " "
    return f"{shown}{between}{unit}".rstrip()


# --- days ------------------------------------------------------------------------------------------------------------------------------


def _soon(close: CriterionNear, near: Nearness) -> bool:
    return close.holds_until is not None and close.holds_until - near.as_of < SOON


def _days(close: CriterionNear, near: Nearness) -> str:
    if close.holds_from:
        spell = next(spell for spell in close.spells if spell.first == close.holds_from)
        return f"with time alone it holds {stretch(Stretch(first=spell.first, last=spell.last))}"
    if close.holds_until and _soon(close, near):
        return f"holds until {close.holds_until}, then {close.spells[1].status}"
    return ""


def _window(close: TrialNear, shown: Iterable[CriterionNear], near: Nearness) -> Iterator[Line]:
    """The days on which all criteria that time moves hold together, where that are several."""
    moving = [one for one in shown if one.holds_from or _soon(one, near)]
    if len({(one.holds_from, one.holds_until) for one in moving}) < 2:
        return
    if close.window is None:
        yield line(2, Piece("on no day to come does everything hold that time moves", "failed"))
    else:
        yield line(2, Piece(f"everything that time moves holds {stretch(close.window)}", "mark"))


def stretch(days: Stretch) -> str:
    """`from 2026-03-03`, `from 2026-03-03 until 2026-03-09`, `on 2026-03-03 only`; an end that is not soon is not told."""
    if days.first == days.last:
        return f"on {days.first} only"
    return f"from {days.first}" + (f" until {days.last}" if days.last and days.last - days.first < SOON else "")


# --- JSON ------------------------------------------------------------------------------------------------------------------------------


def as_json(report: Report, near: Nearness) -> dict[str, Any]:
    """The report with what is near: `near` beside each such criterion, `window` beside each trial that time changes."""
    dumped = report.model_dump(mode="json")
    for trial, close in zip(dumped["trials"], near.trials, strict=True):
        told = {one.criterion: one for one in close.criteria}
        for criterion in trial["criteria"]:
            if criterion["id"] in told:
                criterion["near"] = _criterion(told[criterion["id"]])
        trial["window"] = close.window.model_dump(mode="json") if close.window else None
    return dumped


def _criterion(close: CriterionNear) -> dict[str, Any]:
    days = [spell_json(spell) for spell in close.spells]
    return close.model_dump(mode="json", include={"may_change", "margins", "postponed"}) | {"days": days}


def spell_json(spell: Spell) -> dict[str, Any]:
    """Days on end without their reason."""
    return spell.model_dump(mode="json", exclude={"reason"})
