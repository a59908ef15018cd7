"""Numbers, lengths of time, windows and counts in words, as criteria write them."""

from __future__ import annotations

from eligimatch.model.quantity import Duration, Interval, Window

_PLURALS = {"hour", "day", "week", "month", "year"}


def number(value: float) -> str:
    """A number without an idle `.0`."""
    return f"{value:.12g}" if abs(value) < 1e15 else f"{value:.6e}"


def interval(limits: Interval, unit: str = "") -> str:
    """`>= 18 years`, `18 to 75 years`, `> 1 and < 5 mg/dL`, `= 0`."""
    tail = _unit(unit, limits)
    if limits.low is not None and limits.low == limits.high:
        return f"= {number(limits.low)}{tail}"
    if limits.low is not None and limits.high is not None and not (limits.low_open or limits.high_open):
        return f"{number(limits.low)} to {number(limits.high)}{tail}"
    ends = [f"{sign} {number(end)}{tail}" for sign, end in _ends(limits)]
    return " and ".join(ends)


def count(limits: Interval) -> str:
    """How many: `at least 2`, `no more than 1`, `2 to 3`, `exactly 1`."""
    if limits.low is not None and limits.low == limits.high:
        return f"exactly {number(limits.low)}"
    if limits.low is not None and limits.high is not None:
        return interval(limits)
    words = {">=": "at least", ">": "more than", "<=": "no more than", "<": "fewer than"}
    return "".join(f"{words[sign]} {number(end)}" for sign, end in _ends(limits)) or "any number of"


def duration(length: Duration) -> str:
    """`28 days`, `1 month`."""
    return f"{number(length.count)} {length.unit}{'' if length.count == 1 else 's'}"


def window(span: Window) -> str:
    """`within 28 days before first dose`, `at least 6 months ago`, `within 7 days after enrolment`."""
    said = _window(span)
    if span.half_lives is None:
        return said
    if span.start and not span.start.count:
        return said.replace(duration(span.start), f"{number(span.half_lives)} half-lives")
    both = f"{said} or {number(span.half_lives)} half-lives"
    return both if span.shorter is None else f"{both}, whichever is {'shorter' if span.shorter else 'longer'}"


def _window(span: Window) -> str:
    event = "" if span.event == "as_of" else span.event
    if span.start is None:
        return _ending(span, event)
    if span.after is not None and span.start.count == 0:
        return f"within {duration(span.after)} after {event or 'today'}"
    if span.after is not None:
        return f"within {duration(span.start)} of {event or 'today'}"
    if span.end is not None and span.end.count:
        return f"between {duration(span.start)} and {duration(span.end)} {_before(event)}"
    if span.start_open:
        return f"< {duration(span.start)} {_before(event)}"
    return f"within {duration(span.start)} before {event}" if event else f"within the last {duration(span.start)}"


def _ending(span: Window, event: str) -> str:
    if span.end is not None:
        return f"at least {duration(span.end)} {_before(event)}"
    if span.after is not None:
        return f"up to {duration(span.after)} after {event or 'today'}"
    return f"before {event}" if event else "at any time"


def _before(event: str) -> str:
    return f"before {event}" if event else "ago"


def _ends(limits: Interval) -> list[tuple[str, float]]:
    low = [] if limits.low is None else [(">" if limits.low_open else ">=", limits.low)]
    high = [] if limits.high is None else [("<" if limits.high_open else "<=", limits.high)]
    return low + high


def _unit(unit: str, limits: Interval) -> str:
    if not unit:
        return ""
    if unit in _PLURALS:
        return f" {unit}" if limits.low == limits.high == 1 else f" {unit}s"
    return unit if unit == "%" else f" {unit}"
