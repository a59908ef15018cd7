"""Courses: how a condition runs and how far it has spread, from what its item says of course and stage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from eligimatch.engine.case import YES, Case, Said
from eligimatch.engine.kinship import CANCER
from eligimatch.engine.listing import Listed
from eligimatch.engine.stages import spread_of
from eligimatch.model.profile import Condition, Treatment
from eligimatch.model.verdict import Truth

_SAME = (frozenset({"relapsed", "recurrent"}), frozenset({"localized", "limited"}))
_CONTRARY: dict[str, frozenset[str]] = {
    "metastatic": frozenset({"locally advanced", "localized", "early", "not metastatic"}),
    "not metastatic": frozenset({"metastatic"}),
    "locally advanced": frozenset({"localized", "early"}),
    "localized": frozenset({"metastatic", "locally advanced", "advanced"}),
    "early": frozenset({"metastatic", "locally advanced", "advanced"}),
    "advanced": frozenset({"localized", "early"}),
    "unresectable": frozenset({"resectable"}),
    "resectable": frozenset({"unresectable"}),
    "newly diagnosed": frozenset({"relapsed", "recurrent", "refractory"}),
    "relapsed": frozenset({"newly diagnosed"}),
    "recurrent": frozenset({"newly diagnosed"}),
    "refractory": frozenset({"newly diagnosed"}),
    "progressive": frozenset({"stable"}),
    "stable": frozenset({"progressive"}),
    "symptomatic": frozenset({"asymptomatic"}),
    "asymptomatic": frozenset({"symptomatic"}),
    "chronic": frozenset({"acute"}),
    "acute": frozenset({"chronic"}),
}
_NEAR = frozenset({"localized", "limited", "early", "locally advanced"})
_ADVANCED = frozenset({"metastatic", "locally advanced"})
_STAGED_OTHERWISE = ("head and neck cancer", "thyroid cancer", "thymic neoplasm", "germ cell tumor", "hematologic malignancy")
"""Cancers whose stage IV need not be a distant metastasis, or whose stage II or III may be one (AJCC, 8th ed.)."""


_LENGTHS = frozenset({"acute", "chronic"})
CHRONIC = timedelta(days=90)
SHORT = timedelta(days=7)


def course(values: Iterable[str], item: Listed, case: Case) -> Said:
    """Whether the item runs one of the asked courses."""
    asked = frozenset(values)
    listed = item.courses | _by_stage(item, case) | _by_length(item, case)
    if _met(asked, listed) or asked & by_name(item, case):
        return YES
    if listed and all(_CONTRARY.get(value, frozenset()) & listed or _early(asked, listed) for value in asked):
        return Said(False, f"{item.label} is {', '.join(sorted(listed))}")
    return Said(None, f"not said whether {item.label} is {' or '.join(values)}", f"course of {item.label}: {' or '.join(values)}")


def _met(asked: frozenset[str], listed: frozenset[str]) -> bool:
    if asked & listed:
        return True
    if any(asked & group and listed & group for group in _SAME):
        return True
    if "not metastatic" in asked and listed & _NEAR and "metastatic" not in listed:
        return True
    return "advanced" in listed and asked >= _ADVANCED


def _early(asked: frozenset[str], listed: frozenset[str]) -> bool:
    """Advanced in any of its senses is not early disease."""
    return asked >= _ADVANCED and bool(listed & {"early", "localized"})


def _by_stage(item: Listed, case: Case) -> frozenset[str]:
    """What stage groups and the M of a TNM formula say about the spread of a solid tumor."""
    if not isinstance(item.item, Condition):
        return frozenset()
    spread = spread_of(item.item.stage)
    far = frozenset({"not metastatic"}) if any(value.startswith("0") for value in spread.distant) else frozenset[str]()
    return far if staged_otherwise(item, case) else far | spread.courses


def staged_otherwise(item: Listed, case: Case) -> bool:
    """Whether the stage groups of a cancer tell nothing of distant metastases."""
    return any(case.facts.kinship.is_a(own, other) for own in item.own for other in _STAGED_OTHERWISE)


def by_name(item: Listed, case: Case) -> frozenset[str]:
    """What the name of a disease says: "acute pancreatitis". Of a cancer, or of what is there for life, it says no course."""
    if CANCER in item.kinds or any(case.facts.kinship.marked(own, "lifelong") for own in item.own):
        return frozenset()
    return _LENGTHS.intersection(own.split()[0] for own in item.own) if item.own else frozenset()


def _by_length(item: Listed, case: Case) -> frozenset[str]:
    """A treatment of three months is a chronic one, of a week a short one."""
    if not isinstance(item.item, Treatment):
        return frozenset()
    shortest = max(min(item.period.end_first, case.facts.as_of) - item.period.start_last, timedelta())
    if shortest >= CHRONIC:
        return frozenset({"chronic"})
    known = item.period.start_first > date.min and item.period.end_last < date.max
    return frozenset({"acute"}) if known and item.period.end_last - item.period.start_first <= SHORT else frozenset()


def spread(item: Listed, case: Case) -> Truth:
    """Whether a listed cancer is metastatic, as far as its course and stage say."""
    listed = item.courses | _by_stage(item, case)
    if "metastatic" in listed:
        return True
    return False if listed & {"not metastatic", "localized", "early", "locally advanced"} else None
