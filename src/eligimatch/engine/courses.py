"""Courses: how a condition runs and how far it has spread, from what its item says of course and stage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from eligimatch.engine.case import YES, Case, Said
from eligimatch.engine.listing import Listed
from eligimatch.engine.stages import family, parts
from eligimatch.model.profile import Condition, Treatment
from eligimatch.model.verdict import Truth

_SAME = (frozenset({"relapsed", "recurrent"}), frozenset({"localized", "limited"}))
_CONTRARY: dict[str, frozenset[str]] = {
    "metastatic": frozenset({"locally advanced", "localized", "early", "not metastatic"}),
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
_ADVANCED = frozenset({"metastatic", "locally advanced"})
_STAGED_OTHERWISE = ("head and neck cancer", "thyroid cancer", "thymic neoplasm", "germ cell tumor", "hematologic malignancy")
"""Cancers whose stage IV need not be a distant metastasis, or whose stage II or III may be one (AJCC, 8th ed.)."""


CHRONIC = timedelta(days=90)
_SHORT = timedelta(days=7)


def course(values: Iterable[str], item: Listed, case: Case) -> Said:
    """Whether the item runs one of the asked courses."""
    asked = frozenset(values)
    listed = item.courses | _by_stage(item, case) | _by_length(item, case)
    if _met(asked, listed):
        return YES
    if listed and all(_CONTRARY.get(value, frozenset()) & listed or _early(asked, listed) for value in asked):
        return Said(False, f"{item.label} is {', '.join(sorted(listed))}")
    return Said(None, f"not said whether {item.label} is {' or '.join(values)}", f"course of {item.label}: {' or '.join(values)}")


def _met(asked: frozenset[str], listed: frozenset[str]) -> bool:
    if asked & listed:
        return True
    if any(asked & group and listed & group for group in _SAME):
        return True
    return "advanced" in listed and asked >= _ADVANCED


def _early(asked: frozenset[str], listed: frozenset[str]) -> bool:
    """Advanced in any of its senses is not early disease."""
    return asked >= _ADVANCED and bool(listed & {"early", "localized"})


def _by_stage(item: Listed, case: Case) -> frozenset[str]:
    """What stage groups and the M of a TNM formula say about the spread of a solid tumor."""
    if not isinstance(item.item, Condition):
        return frozenset()
    found: set[str] = set()
    kinship = case.facts.kinship
    otherwise = any(kinship.is_a(own, other) for own in item.own for other in _STAGED_OTHERWISE)
    for stage in item.item.stage:
        spread = parts(stage.value).get("M", ("",))[0]
        if spread.startswith("0"):
            found.add("not metastatic")
        if family(stage.system) in ("", "figo") and not otherwise:
            found |= _by_group(stage.value.upper().replace("STAGE", "").strip(), figo=family(stage.system) == "figo")
    return frozenset(found)


def _by_length(item: Listed, case: Case) -> frozenset[str]:
    """A treatment of three months is a chronic one, of a week a short one."""
    if not isinstance(item.item, Treatment):
        return frozenset()
    shortest = max(min(item.period.end_first, case.facts.as_of) - item.period.start_last, timedelta())
    if shortest >= CHRONIC:
        return frozenset({"chronic"})
    known = item.period.start_first > date.min and item.period.end_last < date.max
    return frozenset({"acute"}) if known and item.period.end_last - item.period.start_first <= _SHORT else frozenset()


def _by_group(value: str, *, figo: bool) -> set[str]:
    if value in ("0", "I") or value[:2] in ("IA", "IB", "IC"):
        return {"early", "not metastatic"}
    if value.startswith("II") and not value.startswith("III"):
        return {"not metastatic"}
    if value.startswith("IV"):
        return {"advanced", "metastatic"} if value == "IV" or (figo and value == "IVB") else {"advanced"}
    return set()


def spread(item: Listed, case: Case) -> Truth:
    """Whether a listed cancer is metastatic, as far as its course and stage say."""
    listed = item.courses | _by_stage(item, case)
    if "metastatic" in listed:
        return True
    return False if listed & {"not metastatic", "localized", "early", "locally advanced"} else None
