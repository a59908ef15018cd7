"""Presence: whether a listed item lies in the time that a criterion asks about: now, ever, in a window, or still to come."""

from __future__ import annotations

from typing import assert_never

from eligimatch.engine.case import Case, Said
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.listing import Listed
from eligimatch.engine.periods import Period
from eligimatch.engine.times import Extent, extent, half_life_hours
from eligimatch.model.profile import Condition
from eligimatch.model.quantity import Duration, Window
from eligimatch.model.rule import Had
from eligimatch.model.verdict import Truth, agreed, all_of, negate


def present(item: Listed, rule: Had, case: Case) -> Said:
    """Whether the item lies in the rule's time."""
    match rule.when:
        case "now":
            return _said(item.now, item, "present", "whether {} is present")
        case "ever":
            return _said(item.ever, item, "", "date of {}")
        case "planned":
            return Said(item.planned, f"{item.label} is {'planned' if item.planned else 'not a planned one'}")
        case "window":
            return _in_window(item, rule, case)
        case _:
            assert_never(rule.when)


def _said(truth: Truth, item: Listed, state: str, missing: str) -> Said:
    if truth is None:
        return Said(None, f"not known whether {item.label} is still there", missing.format(item.label))
    return Said(truth, described(item) if truth else f"{described(item)}: not {state or 'so far'}")


def described(item: Listed) -> str:
    """The item with its time or status."""
    if item.planned:
        return f"{item.label} is planned"
    status = f" ({item.item.status})" if isinstance(item.item, Condition) and item.item.status else ""
    return f"{item.label}{status} {item.period}".strip()


def _in_window(item: Listed, rule: Had, case: Case) -> Said:
    window = rule.window
    if window is None or item.planned:
        return _said(item.ever, item, "", "date of {}")
    truth, days = _windowed(item, window, case)
    if window.start is None and window.end is not None and not isinstance(item.item, Condition):
        after = Window(event=window.event, start=window.end, start_open=True)
        truth = all_of((truth, negate(_windowed(item, after, case)[0])))
    if truth is None:
        return Said(None, f"not known whether {item.label} lay in {days}", f"dates of {item.label}", days.assumption)
    place = "in" if truth else "not in"
    return Said(truth, f"{described(item)}, {place} {days}", assumption=days.assumption)


def _windowed(item: Listed, window: Window, case: Case) -> tuple[Truth, Extent]:
    days = extent(window, case.facts)
    if window.half_lives is not None:
        return _by_half_life(item, window, case, days)
    return _lies_in(item.period, days), days


def _lies_in(period: Period, days: Extent) -> Truth:
    truth = agreed(period.lies_in(stretch) for stretch in days.stretches)
    return None if days.short and truth is not False else truth


def _by_half_life(item: Listed, window: Window, case: Case, days: Extent) -> tuple[Truth, Extent]:
    """The longer or shorter of a day count and half-lives; where the half-life is not known, what the day count settles."""
    if window.shorter is None:
        longer, days = _by_half_life(item, window.model_copy(update={"shorter": False}), case, days)
        return agreed((longer, _by_half_life(item, window.model_copy(update={"shorter": True}), case, days)[0])), days
    if window.start and window.start.count and no_drug(item, case.facts.kinship):
        return _lies_in(item.period, days), days
    hours = half_life(item, case.facts.kinship)
    if hours is None or window.half_lives is None:
        counted = _lies_in(item.period, days)
        settled = counted is False if window.shorter else counted is True
        return (counted if settled else None), days
    length = window.half_lives * hours / 24
    by_both = extent(window if window.start else window.model_copy(update={"start": Duration(count=0, unit="day")}), case.facts, length)
    return _lies_in(item.period, by_both), by_both


def no_drug(item: Listed, kinship: Kinship) -> bool:
    """An operation or radiation from outside has no half-life: the day count alone is meant."""
    kinds = {entry.kind for own in item.own if (entry := kinship.vocabulary.get(own))}
    return kinds == {"operation"} or ("radiotherapy" in item.kinds and "radiopharmaceutical therapy" not in item.kinds)


def half_life(item: Listed, kinship: Kinship) -> float | None:
    """The half-life of the drug or of what it is a form of, in hours; the longest of a combination."""
    drugs = {name for own in item.own for name in kinship.ancestors(own)}
    known = [hours for name in drugs if isinstance(fact := kinship.fact(name, "half_life"), str) and (hours := half_life_hours(fact)) is not None]
    return max(known, default=None)
