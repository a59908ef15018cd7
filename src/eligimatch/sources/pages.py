"""A saved text page of a registry's mirror to the words under its headings: which site it is of, and what it says of the trial."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

NUMBER = re.compile(r"\bNCT\d{8}\b")
_UNIT = r"(?:years?|months?|weeks?|days?)"
_AGE = re.compile(rf"(\d+) ({_UNIT})", re.IGNORECASE)
_SEXES = ("ALL", "FEMALE", "MALE")


class Page(NamedTuple):
    """What a page says, as it says it; None or empty for what it does not."""

    site: str
    id: str = ""
    number: bool = True
    """The id is the registry's own, not a sponsor's."""
    title: str = ""
    conditions: tuple[str, ...] = ()
    sex: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    guessed: str = ""
    """What was read from its place only, its label being lost."""
    volunteers: bool | None = None
    eligibility: str = ""
    retrieved: date | None = None


def read_page(text: str) -> Page | None:
    """The page, recognised by its landmarks; None for a page of an unknown design."""
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    bare = [line.strip() for line in lines]
    if "ClinicalTrials.Veeva" in bare:
        return _veeva(lines, bare)
    if any(line.startswith("Search / Trial") for line in bare) and any(line.startswith("ClinConnect") for line in bare):
        return _clinconnect(lines, bare)
    if _CHECK in bare and "Basic Information" in bare:
        return _described(lines, bare)
    return None


# --- the design that explains each of its headings ------------------------------------------------------------------------

_CHECK = "Check the participation requirements, including inclusion and exclusion rules, age limits, and whether healthy volunteers are accepted."
_SEE = "See the medical conditions and disease areas that this research is targeting or investigating."
_LABELS = ("Minimum Eligible Age", "Maximum Eligible Age", "Eligible Sex", "Accepts Healthy Volunteers")


def _described(lines: list[str], bare: list[str]) -> Page:
    """Title and number stand on top; a page without its labels gives the values bare, in the labels' order."""
    start = bare.index(_CHECK) + 1
    end = _index(bare, "Sponsors", start)
    fields = {label: _after(bare, label, start, end) for label in _LABELS}
    stop = min((_index(bare, label, start) for label in _LABELS if label in bare[start:end]), default=end)
    guessed = ""
    if stop == end:
        stop, fields, guessed = _bare_fields(bare, start, end)
    number = next((line for line in bare[:20] if line.startswith("NCT ID:")), "")
    own = _after(bare, "Identifier Type: -", 0, len(bare), step=-1)
    return Page(
        "a page of headings explained",
        id=_number(number) or own,
        number=bool(number),
        title=bare[0] if number else "",
        conditions=_listed(bare, _SEE, "Study Design"),
        sex=fields["Eligible Sex"].lower() or None,
        minimum_age=fields["Minimum Eligible Age"] or None,
        maximum_age=fields["Maximum Eligible Age"] or None,
        guessed=guessed,
        volunteers=_YES.get(fields["Accepts Healthy Volunteers"].lower()),
        eligibility=_block(lines, start, stop),
        retrieved=_date(next((line for line in bare[:20] if line.startswith("Last Updated:")), "")),
    )


_YES = {"yes": True, "no": False}


def _bare_fields(bare: list[str], start: int, end: int) -> tuple[int, dict[str, str], str]:
    """The values at the end of the section, without labels: ages, sex, yes or no; where they begin; what was guessed."""
    fields = dict.fromkeys(_LABELS, "")
    stop = end
    while stop > start and (not bare[stop - 1] or _AGE.fullmatch(bare[stop - 1]) or bare[stop - 1] in (*_SEXES, "Yes", "No")):
        stop -= 1
    values = [line for line in bare[stop:end] if line]
    ages = [value for value in values if _AGE.fullmatch(value)]
    fields["Minimum Eligible Age"], fields["Maximum Eligible Age"] = (*ages, "", "")[:2]
    fields["Eligible Sex"] = next((value for value in values if value in _SEXES), "")
    fields["Accepts Healthy Volunteers"] = next((value for value in values if value in ("Yes", "No")), "")
    return stop, fields, "minimum age" if len(ages) == 1 else ""


# --- ClinicalTrials.Veeva ----------------------------------------------------------------------------------------------------


def _veeva(lines: list[str], bare: list[str]) -> Page:
    start = next((place for place, line in enumerate(bare) if line.lower() == "inclusion criteria"), None)
    start = _index(bare, "Volunteers", 0) + 3 if start is None else start
    stop = next((place for place, line in enumerate(bare) if place > start and line in ("Trial design", "Trial contacts and locations")), len(bare))
    identifiers = _listed(bare, "Identifiers", "Details and patient eligibility")
    low, high = _age_range(_after(bare, "Ages", 0, stop))
    volunteers = _after(bare, "Volunteers", 0, stop).lower()
    return Page(
        "ClinicalTrials.Veeva",
        id=next((name for name in identifiers if NUMBER.fullmatch(name)), "") or next(iter(identifiers), ""),
        number=any(NUMBER.fullmatch(name) for name in identifiers),
        title=_after(bare, "Menu", 0, len(bare)),
        conditions=_listed(bare, "Conditions", "Treatments", "Study type", "Funder types", "Identifiers"),
        sex=_after(bare, "Sex", 0, stop).lower() or None,
        minimum_age=low,
        maximum_age=high,
        volunteers=None if not volunteers else not volunteers.startswith("no "),
        eligibility=_block(lines, start, stop),
    )


_FROM_TO = re.compile(rf"(\d+)(?: ({_UNIT}))? (?:to|-) (\d+) ({_UNIT}) old", re.IGNORECASE)
_FROM = re.compile(rf"(\d+)\+ ({_UNIT}) old", re.IGNORECASE)
_UP_TO = re.compile(rf"up to (\d+) ({_UNIT}) old", re.IGNORECASE)
_UNDER = re.compile(r"under (\d+) years old", re.IGNORECASE)


def _age_range(text: str) -> tuple[str | None, str | None]:
    """`18 to 90 years old`, `18+ years old`, `up to 17 years old`; nothing for `All ages` or other words."""
    if found := _FROM_TO.fullmatch(text):
        return f"{found[1]} {found[2] or found[4]}", f"{found[3]} {found[4]}"
    if found := _FROM.fullmatch(text):
        return f"{found[1]} {found[2]}", None
    if found := _UP_TO.fullmatch(text):
        return None, f"{found[1]} {found[2]}"
    if found := _UNDER.fullmatch(text):
        return None, f"{int(found[1]) - 1} years"
    return None, None


# --- ClinConnect -------------------------------------------------------------------------------------------------------------


def _clinconnect(lines: list[str], bare: list[str]) -> Page:
    """Its list ends where the page turns to the sponsor ("About …")."""
    start = _index(bare, "Eligibility criteria", 0) + 1
    stop = next((place for place, line in enumerate(bare) if place > start and (line.startswith("About ") or line == "Locations")), len(bare))
    top = next(place for place, line in enumerate(bare) if line.startswith("Search / Trial"))
    number = _number(bare[top])
    return Page(
        "ClinConnect",
        id=number,
        number=bool(number),
        title=next((line for line in bare[top + 1 : top + 6] if line and not line.startswith("Launched by")), ""),
        conditions=_listed(bare, "Conditions", "Keywords"),
        sex=_after(bare, "Gender", 0, start).lower() or None,
        eligibility=_block(lines, start, stop),
        retrieved=_date(next((line for line in bare if line.startswith("Current as of")), "")),
    )


# --- lines under a heading ------------------------------------------------------------------------------------------------------


def _index(bare: list[str], line: str, start: int) -> int:
    """The place of a line, or the page's end."""
    return bare.index(line, start) if line in bare[start:] else len(bare)


def _after(bare: list[str], label: str, start: int, end: int, step: int = 1) -> str:
    """The first words after a label, or (step -1) before it."""
    place = _index(bare, label, start)
    if place >= end:
        return ""
    rest = bare[place + 1 : end] if step > 0 else bare[start:place][::-1]
    return next((line for line in rest if line), "")


def _listed(bare: list[str], heading: str, *ends: str) -> tuple[str, ...]:
    """The lines between a heading and the first of the next headings."""
    start = _index(bare, heading, 0) + 1
    stop = min(_index(bare, end, start) for end in ends)
    return tuple(line for line in bare[start:stop] if line) if stop < len(bare) else ()


def _block(lines: list[str], start: int, stop: int) -> str:
    """The lines as they stand, without blank ones around them and blanks at their ends."""
    return "\n".join(line.rstrip() for line in lines[start:stop]).strip("\n")


def _number(line: str) -> str:
    found = NUMBER.search(line)
    return found[0] if found else ""


def _date(line: str) -> date | None:
    """`Last Updated: 2026-01-05`, `Current as of June 26, 2025`."""
    if found := re.search(r"\d{4}-\d{2}-\d{2}", line):
        return date.fromisoformat(found[0])
    if found := re.search(r"[A-Z][a-z]+ \d{1,2}, \d{4}", line):
        return datetime.strptime(found[0], "%B %d, %Y").date()  # noqa: DTZ007 - a day has no time zone
    return None
