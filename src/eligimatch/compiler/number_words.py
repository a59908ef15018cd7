"""Number words: the number that atoms mean, in digits with a power of ten or in words ("one thousand five hundred"), and how many they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eligimatch.compiler.tokens import Atom, Token

NUMERALS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "once": 1, "twice": 2,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_HALF = (["and", "a", "half"], ["and", "one", "half"])
_POWER = re.compile(r"[0-9]{1,2}")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISING = (["^"], ["*", "*"], ["*"], ["e"], ["E"])
"""What stands between ten and its power: `10^9`, `10**9`, `10e9`."""
POWER_AFTER_STOP = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,2})?)[.](?=10(?:9|12) ?/ ?[lL]\b)")
"""A stop that multiplies: "100.109/L"."""
_APOSTROPHES = ("'", "’")


class Numeral(NamedTuple):
    """A number, how many atoms say it, and whether it is a power of ten."""

    value: float
    size: int
    power: bool = False


def in_digits(atoms: Sequence[Atom], index: int) -> Numeral:
    """ "1,500", "10^9", "100K", "100'000"."""
    text = atoms[index].text
    if text == "10" and (power := _power(atoms, index + 1)):
        return power
    following = [atom.text for atom in atoms[index + 1 : index + 3] if atom.glued]
    if following[:1] in (["K"], ["k"]) and not (index + 2 < len(atoms) and atoms[index + 2].text == "/"):
        return Numeral(number(text) * 1000, 2)
    if len(following) == 2 and following[0] in _APOSTROPHES and len(text) <= 3 and len(following[1]) == 3 and f"{text}{following[1]}".isdecimal():
        return Numeral(float(text + following[1]), 3)
    return Numeral(number(text), 1)


def _power(atoms: Sequence[Atom], index: int) -> Numeral | None:
    """The power of a ten that stands before."""
    if index < len(atoms) and atoms[index].glued and _RAISED.fullmatch(atoms[index].text):
        return Numeral(10.0 ** int(atoms[index].text.translate(_SUPERSCRIPT)), 2, power=True)
    for signs in _RAISING:
        end = index + len(signs)
        raised = [atom.text for atom in atoms[index:end]] == signs and end < len(atoms) and _POWER.fullmatch(atoms[end].text)
        if raised and (signs[0] in "^*" or (atoms[index].glued and atoms[end].glued)):
            return Numeral(10.0 ** int(atoms[end].text), len(signs) + 2, power=True)
    return None


def in_words(atoms: Sequence[Atom], index: int) -> Numeral | None:
    """ "eighteen", "seventy five", "one hundred thousand", "one and a half"."""
    if atoms[index].text.lower() not in NUMERALS:
        return None
    words = [atom.text.lower() for atom in atoms[index : index + 9]]
    total, value, at = 0.0, float(NUMERALS[words[0]]), 1
    while at < len(words):
        if words[at] in _SCALES:
            value, at = value * _SCALES[words[at]], at + 1
            if words[at - 1] == "thousand":
                total, value = total + value, 0.0
            continue
        joined = at + (words[at] == "and" and words[at - 1] in _SCALES)
        if joined == len(words) or not _adds(words[at - 1], words[joined]):
            break
        value, at = value + NUMERALS[words[joined]], joined + 1
    half = words[at : at + 3] in _HALF and at == 1
    return Numeral(total + value + 0.5 * half, at + 3 * half)


def _adds(before: str, word: str) -> bool:
    """Whether a numeral goes on: "seventy | five", "hundred | fifty"."""
    if word not in NUMERALS:
        return False
    return before in _SCALES or (NUMERALS.get(before, 0) in range(20, 100) and NUMERALS[word] in range(1, 10))


def number(text: str) -> float:
    """The number written: `1,500`, `1.5`, `1,5`, `1 500`."""
    text = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", text):
        return float(text.replace(".", ""))
    text = text.replace(",", ".")
    return float(text) if text.count(".") < 2 else float(text.replace(".", "", text.count(".") - 1))


def untold_age(before: list[Token]) -> bool:
    """Whether "older than" is said of a person whose age was not named: "CT not older than 14 days" is of the test."""
    done = next((token.kind for token in reversed(before) if token.type not in ("FILLER", "MUST", "MUST_NOT")), "") in ("procedure", "operation")
    return not done and not any("age" in token.names for token in before[-3:])
