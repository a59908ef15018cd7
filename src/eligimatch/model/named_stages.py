"""The stage that a condition's name tells: "stage IV NSCLC", "heart failure, NYHA III", "pT2N0M0 colon cancer"."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMED = {
    "ajcc": "AJCC", "uicc": "UICC", "figo": "FIGO", "ann arbor": "Ann Arbor", "lugano": "Lugano", "rai": "Rai", "binet": "Binet", "bclc": "BCLC",
    "inss": "INSS", "masaoka": "Masaoka", "gold": "GOLD", "nyha": "NYHA", "new york heart association": "NYHA", "child pugh": "Child-Pugh",
    "ckd": "CKD", "kdigo": "KDIGO", "dukes": "Dukes", "iss": "ISS", "r iss": "R-ISS",
}  # fmt: skip
"""Staging systems by their names in lower case; a value may follow them without a word between."""
_STAGED_DISEASES = {"ckd": "CKD", "chronic kidney disease": "CKD", "chronic renal disease": "CKD"}
"""Diseases with one system of stages, which nobody names."""
_SYSTEM = "|".join(name.replace(" ", "[ -]") for name in sorted(_NAMED, key=len, reverse=True))
_EDITION = r"(?:[\s,:]+v?(?P<edition>[6-9])(?:th)?(?: ed(?:ition|\.)?)?(?= stage))?"
_VALUE = r"(?:IV|I{1,3}|[0-5]|[A-D](?=[\s,;)]|$))(?:[A-E]\d?)?"
_STAGE = re.compile(
    rf"(?:\b(?P<system>{_SYSTEM})(?:'s?)?{_EDITION}[\s,:-]*(?:(?:functional )?(?:stage|class|grade|score))?|\bstage)"
    rf"[\s:]*\b(?P<value>{_VALUE})(?![\w.])",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\b[cpyr]{0,3}T(?:is|x|[0-4][a-d]?) ?N(?:x|[0-3][a-c]?)(?: ?M(?:x|[01][a-c]?))?\b")
_MENTION = re.compile(r"\b(?:stage|staged|staging|class)\b", re.IGNORECASE)
_RANGE = re.compile(rf"\s*(?:[-–/+&,]|or|to|and|through)\s*(?:stage\s+)?{_VALUE}(?![\w.])", re.IGNORECASE)
_OTHER_TIME = re.compile(
    r"[?<>≤≥]|\b(?:no|not|without|least|most|possibl[ey]|probabl[ey]|suspect\w*|likely|from|previous(?:ly)?|prior|former(?:ly)?|initial(?:ly)?"
    r"|original(?:ly)?|down-?staged|up-?staged|progress\w*|recur\w*|relaps\w*|risk|family|mother|father|sister|brother)\b",
    re.IGNORECASE,
)
"""Words with which a stage may be doubtful, someone else's, or of another time."""
_OTHER_DISEASE = re.compile(r"\b(?:with|due|secondary|and|or|from|after)\b", re.IGNORECASE)
"""Behind these, a stage may be another disease's: "diabetes with stage 4 CKD"."""


@lru_cache(1 << 14)
def told_stages(name: str) -> tuple[tuple[str, str], ...]:
    """(system, value) of each stage that a name tells, the system empty where it is not named; none where the words leave it open."""
    found = list(_STAGE.finditer(name))
    formulas = tuple(("TNM", one) for one in _FORMULA.findall(name))
    if _OTHER_TIME.search(name) or len(formulas) > 1 or len(found) > 1 or (not found and _MENTION.search(name)):
        return ()
    if found and (_OTHER_DISEASE.search(name, 0, found[0].start()) or _RANGE.match(name, found[0].end())):
        return ()
    return (*((_system(name, one), one["value"].upper()) for one in found), *formulas)


def _system(name: str, found: re.Match[str]) -> str:
    if found["system"]:
        return " ".join(filter(None, (_NAMED[found["system"].lower().replace("-", " ")], found["edition"])))
    words = name.lower()
    return next((system for disease, system in _STAGED_DISEASES.items() if re.search(rf"\b{disease}\b", words)), "")
