"""Stages: the values of staging systems, and whether one that is listed is one that is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from eligimatch.model.profile import Stage
from eligimatch.model.verdict import Truth
from eligimatch.model.words import fold, folded

_PART = re.compile(r"[cpyramu]*([TNM])\s?(is|x|[0-4][a-d]?(?:\([^)]*\))?)", re.IGNORECASE)
_GROUP = re.compile(r"(0|IV|V|I{1,3}|[1-5])([A-E]?)(\d?)", re.IGNORECASE)
_ARABIC = dict(zip("012345", ("0", "I", "II", "III", "IV", "V"), strict=True))
_GENERAL = frozenset("ajcc tnm uicc anatomic clinical pathologic pathological prognostic overall".split())
_NOUNS = frozenset(fold(word) for word in "stage class score grade classification functional system staging edition ed version v th".split())
_GROUPED = frozenset({"figo", "ann arbor", "lugano", "masaoka", "enets", "rai", "inss", "nyha", "kdigo", "ckd", "barcelona", "bclc"})
"""Systems whose values a criterion calls "stage II" or "class II" without naming the system."""
_FUNCTIONAL = frozenset({"nyha", "new york heart association", "ccs", "ccs angina", "canadian cardiovascular society", "child pugh", "who"})
"""Systems that tell how well an organ does, which comes and goes."""
_EDITION = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b")


def parts(formula: str) -> dict[str, tuple[str, ...]]:
    """The T, N and M of a formula: T3N1M1 as {T: 3, N: 1, M: 1}."""
    found = _PART.findall(formula)
    if not found or not re.match(r"\s*[cpyramu]*[TNM]", formula):
        return {}
    return {letter.upper(): (value.lower().split("(")[0],) for letter, value in found}


class Spread(NamedTuple):
    """What stages say of how far a cancer has spread."""

    distant: frozenset[str]
    """The M of each formula: 0, 1, 1a, x."""
    courses: frozenset[str]
    """What stage groups say of the course of a cancer whose stage IV is a distant metastasis."""


def spread_of(stages: Iterable[Stage]) -> Spread:
    """What some stages of one cancer say together."""
    stages = tuple(stages)
    distant = frozenset(value for stage in stages for value in parts(stage.value).get("M", ()))
    groups = [(stage.value.upper().replace("STAGE", "").strip(), family(stage.system)) for stage in stages]
    return Spread(distant, frozenset[str]().union(*(_by_group(value, figo=kin == "figo") for value, kin in groups if kin in ("", "figo"))))


def _by_group(value: str, *, figo: bool) -> set[str]:
    if value in ("0", "I") or value[:2] in ("IA", "IB", "IC"):
        return {"early", "not metastatic"}
    if value.startswith("II") and not value.startswith("III"):
        return {"not metastatic"}
    if value.startswith("IV"):
        return {"advanced", "metastatic"} if value == "IV" or (figo and value == "IVB") else {"advanced"}
    return set()


def family(system: str) -> str:
    """A system without its edition; AJCC, UICC and TNM are one."""
    return " ".join(word for word in folded(_EDITION.sub(" ", system)) if word.isalpha() and word not in _NOUNS | _GENERAL)


def of_function(system: str) -> bool:
    """Whether a system's values change with the person's state: NYHA, Child-Pugh."""
    return family(system) in _FUNCTIONAL


def edition(system: str) -> str:
    """The edition that a system's name gives."""
    found = _EDITION.search(system)
    return found.group(1) if found else ""


def among(listed: str, asked: Iterable[str]) -> Truth:
    """Whether a listed value is one of the asked: IIIA is a III, a III may be a IIIA."""
    answers = [_within(_folded(listed), _folded(value)) for value in asked]
    return True if True in answers else None if None in answers else False


def comparable(listed: str, asked: str) -> bool:
    """Whether two systems are of one family and do not name different editions."""
    if family(listed) != family(asked):
        return family(asked) == "" and family(listed) in _GROUPED
    ours, theirs = edition(listed), edition(asked)
    return not (ours and theirs) or ours == theirs


def _within(listed: str, asked: str) -> Truth:
    if listed == asked or (asked and listed.startswith(asked) and _one_deeper(listed, asked)):
        return True
    return None if listed and asked.startswith(listed) and _one_deeper(asked, listed) else False


def _one_deeper(narrow: str, wide: str) -> bool:
    """IIIA lies within III, IV not within I, and T4b within T4."""
    first, last = narrow[len(wide)], wide[-1]
    return not (first in "IV" and last in "IV") and not (first.isdigit() and last.isdigit())


def _folded(value: str) -> str:
    value = re.sub(r"^(?:stage|class|grade)\s+", "", value.strip(), flags=re.IGNORECASE).replace(" ", "").replace("-", "").upper()
    match = _GROUP.fullmatch(value)
    return _ARABIC.get(match.group(1), match.group(1)) + match.group(2) + match.group(3) if match else value
