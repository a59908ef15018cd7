"""Stage expressions: "stage IIB-IV", "T1-4N0-3M0", "extensive-stage", as the values they admit."""

from __future__ import annotations

import re
from typing import NamedTuple

from eligimatch.model.rule import Staged

_ROMAN = r"(?:IV|V|I{1,3}|0)"
_GROUP = rf"(?:{_ROMAN}(?:[ -]?[A-E](?:[1-4]|i{{1,3}})?)?|[0-5][A-Ea-e]?)(?!\w|\.\d)"
_LETTER = r"(?<=[IV][A-C]/)[A-C](?![\w-])"
_LINK = r"\s*(?:-|–|—|to|through|thru|,\s*(?:and|or)?|/|or|and/or|and|&)\s*"
_STAGE = re.compile(
    rf"\b(?:(?:stages?|class(?:es)?|functional class)\s+(?:of\s+)?)({_GROUP}(?:{_LINK}(?:(?:stages?|class)\s+)?(?:{_GROUP}|{_LETTER}))*)"
    r"(\s*(?:or|and) (?:higher|greater|above|worse|over|more advanced)(?! than)|\s*(?:or|and) (?:lower|less|below|under|earlier)(?! than))?",
    re.IGNORECASE,
)
_COMPARED = re.compile(rf"\b(?:stage|class)\s*(≥|>=|=>|>|≤|<=|=<|<)\s*({_GROUP})", re.IGNORECASE)
"""A single group after its sign: "class ≥ II"."""
_SLASHED = re.compile(rf"({_ROMAN})([A-C])/([A-C])(?!\w)")
_ROMANS = rf"{_ROMAN}[A-E]?[1-4]?(?![\w.])(?:{_LINK}(?:select(?:ed)? )?{_ROMAN}[A-E]?[1-4]?(?![\w.]))*"
_EXPLAINED = re.compile(rf"\s*\([^()]*\)\s*(?:,?\s*(?:and/or|or|and|to)\s+({_GROUP})|,\s+(?-i:({_ROMANS})))", re.IGNORECASE)
"""Stages after what the one before them means: "stage IIIB (locally advanced) or IV", "IB (≥ 4 cm), II or IIIA"."""
_VALUE = re.compile(rf"{_GROUP}", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|to|through|thru)\s*(?:stages?\s+)?", re.IGNORECASE)
_FURTHER = r"(?:\s?[-–/]\s?{letter}?|(?:,| or|,? and) {letter})[0-4][a-d]?"
_PART = "(?:" + "|".join(rf"{letter}(?:is|x|\+|[0-4][a-d]?)(?:{_FURTHER.format(letter=letter)})*" for letter in "TNM") + ")"
_TNM = re.compile(
    rf"\b(?:[Ss]tages? )?(?:any )?[cpyr]{{0,2}}{_PART}"
    rf"(?:(?:[ ,]{{0,2}}|/)(?:(?:any )?[cpyr]{{0,2}}(?:{_PART}|any [TNM])))*(?: (?:phase|disease|stage))?(?![\w-]|\.\d)"
)
_ONE = re.compile(rf"[cpyr]{{0,2}}({_PART})")
_TNM_VALUE = re.compile(r"[TNM][0-4isx]")
_AGAIN = re.compile(r"T[^NM]*[NM].*T")
_EXTENT = re.compile(r"\b(limited|extensive)[- ](?:stage|disease)\b", re.IGNORECASE)
_ORDER = ("0", "I", "II", "III", "IV", "V")
_ARABIC = dict(zip("012345", _ORDER, strict=True))


class StageSpan(NamedTuple):
    """A stage expression in a text: what it admits (all of them), and where it stands."""

    stages: tuple[Staged, ...]
    start: int
    end: int


def _either_whole(words: str) -> bool:
    """ "T1N1/T2-3N0-1", "T1c-3N0, T1-3N1": either of two whole stages, of which no lists of values can be made."""
    return _AGAIN.search(words) is not None or sum(len(set("TNM").intersection(part)) > 1 for part in words.split("/")) > 1


def find_stages(text: str) -> list[StageSpan]:
    """Every stage expression of a text, in order, none overlapping."""
    found: list[StageSpan] = []
    if "tage" in text or "TAGE" in text or "lass" in text:
        for match in _STAGE.finditer(text):
            highest = "V" if match[1][0].isdigit() else "IV"
            values = _open_ended(groups_of(_SLASHED.sub(r"\1\2/\1\3", match[1])), match[2] or "", highest)
            found.append(StageSpan((Staged(system="", values=values),), *match.span()))
            end = match.end()
            while explained := _EXPLAINED.match(text, end):
                said = 1 if explained[1] else 2
                end = explained.end()
                found.append(StageSpan((Staged(system="", values=groups_of(explained[said])),), *explained.span(said)))
        for match in _COMPARED.finditer(text):
            sign = {"≥": ">=", "=>": ">=", "≤": "<=", "=<": "<="}.get(match[1], match[1])
            values = on_side(Staged(system="", values=groups_of(match[2])), sign)
            found += [StageSpan((Staged(system="", values=values),), *match.span())] if values else []
    if _TNM_VALUE.search(text):
        found += [StageSpan(_tnm(m.group()), *m.span()) for m in _TNM.finditer(text) if not _either_whole(m.group())]
    lower = text.lower()
    if "limited" in lower or "extensive" in lower:
        found += [StageSpan((Staged(system="VALG", values=(m.group(1).lower(),)),), *m.span()) for m in _EXTENT.finditer(text)]
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)))


def _apart(found: list[StageSpan]) -> list[StageSpan]:
    kept: list[StageSpan] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def groups_of(text: str) -> tuple[str, ...]:
    """Stage groups with ranges written out: IIB-IV is IIB, IIC, III, IV."""
    values: list[str] = []
    end = 0
    for match in _VALUE.finditer(text):
        value = _plain(match.group())
        if values and _RANGE.fullmatch(text[end : match.start()]):
            values += _between(values[-1], value)
        else:
            values.append(value)
        end = match.end()
    return tuple(dict.fromkeys(values))


def _open_ended(values: tuple[str, ...], beyond: str, highest: str) -> tuple[str, ...]:
    """ "III or higher", "II or lower": all the stages on that side too."""
    if not beyond:
        return values
    if re.search(r"lower|less|below|under|earlier", beyond):
        base, letter = _base(values[0])
        return (*_ORDER[: _ORDER.index(base)], *(base + earlier for earlier in "ABCDE" if letter and earlier < letter[0]), *values)
    return (*values, *(_between(values[-1], highest) if _base(values[-1])[0] != highest else ()))


_TUMORS = ("0", "is", "a", "1", "2", "3", "4")
_NODES = ("0", "1", "2", "3")
"""The extent of a tumor, and of its nodes, from least to most (TNM)."""


def on_side(staged: Staged, sign: str) -> tuple[str, ...]:
    """The values of T or N, or the groups, on one side of a single one; none where that is not told."""
    order = {"T": _TUMORS, "N": _NODES, "": _ORDER[:5]}.get(staged.system, ())
    value = staged.values[0]
    base, letter = _base(value) if staged.system == "" else (value, "") if value in order else (value[:-1], value[-1:])
    if len(staged.values) != 1 or base not in order or sign not in (">", ">=", "<", "<="):
        return ()
    at, own = order.index(base), (value,) if sign.endswith("=") else ()
    if sign[0] == ">":
        later = (
            [base + after for after in "abcd" if letter and after > letter]
            if staged.system
            else [base + after for after in _letters(base) if letter and after > letter[0]]
        )
        return (*own, *later, *order[at + 1 :])
    earlier = [base + before for before in ("abcd" if staged.system else "ABCD") if letter and before < letter[0]]
    return (*order[:at], *earlier, *own)


def _plain(value: str) -> str:
    value = value.replace(" ", "").replace("-", "").upper()
    return _ARABIC[value[0]] + value[1:] if value[0] in _ARABIC else value


def _between(low: str, high: str) -> list[str]:
    """What lies above `low` up to `high`; a letter of the lower end leaves out the letters before it."""
    base_low, letter = _base(low)
    base_high, last = _base(high)
    if base_low == base_high:
        return _within_one(base_low, letter or "A", last or "C")
    rest = [*_deeper(base_low, letter), *(base_low + later for later in _letters(base_low) if letter and later > letter[0])]
    whole = list(_ORDER[_ORDER.index(base_low) + 1 : _ORDER.index(base_high)])
    top = [*(base_high + earlier for earlier in "ABCDE" if earlier < last[0]), *_up_to(base_high, last)] if last else [base_high]
    return rest + whole + top


def _letters(base: str) -> str:
    """The parts that a group may have; IIID is one of melanoma (AJCC Cancer Staging Manual, 8th ed., 2017)."""
    return "ABCD" if base == "III" else "ABC"


def _within_one(base: str, letter: str, last: str) -> list[str]:
    """What lies above one part of a group up to another: from A1 to B1 A2, A3, B1; from A to C B, C."""
    parts, whole = _deeper(base, letter), [base + chr(code) for code in range(ord(letter[0]) + 1, ord(last[0]))]
    return [part for part in parts if part <= base + last] if letter[0] == last[0] else [*parts, *whole, *_up_to(base, last)]


def _up_to(base: str, last: str) -> list[str]:
    """The last letter of a range, or its parts up to that which is named."""
    return [f"{base}{last[0]}{number}" for number in range(1, int(last[1:]) + 1)] if last[1:].isdigit() else [base + last]


def _deeper(base: str, letter: str) -> list[str]:
    """The parts of a letter above one of them: IA2 and IA3 above IA1."""
    return [f"{base}{letter[0]}{number}" for number in range(int(letter[1]) + 1, 4)] if letter[1:].isdigit() else []


def _base(value: str) -> tuple[str, str]:
    base = next(roman for roman in sorted(_ORDER, key=len, reverse=True) if value.startswith(roman))
    return base, value[len(base) :]


def _tnm(text: str) -> tuple[Staged, ...]:
    parts: dict[str, list[str]] = {}
    for match in _ONE.finditer(text):
        letter, rest = match.group(1)[0], match.group(1)[1:]
        parts.setdefault(letter, []).extend(_values(rest))
    return tuple(Staged(system=letter, values=tuple(dict.fromkeys(values))) for letter, values in parts.items())


def _values(text: str) -> list[str]:
    """ "1-4" is 1, 2, 3, 4; "2/3" and "2 or T3" are 2, 3; "+" is 1, 2, 3."""
    if len(apart := re.split(r",? (?:or|and) |, ", text)) > 1:
        return [value for part in apart for value in _values(part)]
    if text == "+":
        return ["1", "2", "3"]
    ends = re.findall(r"is|x|[0-4][a-d]?", text)
    if len(ends) == 2 and re.search(r"[-–]", text) and ends[0][0].isdigit():
        return _from_to(*ends)
    return ends


def _from_to(low: str, high: str) -> list[str]:
    """ "1b-3": with the letters after that of the lower end, "1-2b" with those before that of the upper."""
    first, last = int(low[0]), int(high[0])
    if first == last:
        return [low[0] + letter for letter in "abcd" if low[1:] <= letter <= (high[1:] or "d")]
    later = [low[0] + letter for letter in "abc" if low[1:] and letter > low[1:]]
    earlier = [high[0] + letter for letter in "abcd" if letter < high[1:]]
    return [low, *later, *(str(n) for n in range(first + 1, last)), *earlier, high]
