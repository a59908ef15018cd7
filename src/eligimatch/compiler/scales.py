"""Scales with values that are no plain numbers: "NYHA class III or IV", "Child-Pugh A5-B7", "FIGO IIB"; their values in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from eligimatch.compiler.stages import groups_of
from eligimatch.model.rule import Staged

if TYPE_CHECKING:
    from eligimatch.compiler.syntax import Comparison

_STEP = re.compile(
    r"(?:functional\s+)?(?:class(?:es|ification)?|stages?|grades?|scores?|category|categories|levels?|types?|groups?|status)\b", re.IGNORECASE
)
_LINK = r"\s*(?:-|–|—|\bto\b|\bthrough\b|,\s*(?:and\b|or\b)?|/|\bor\b|\band/or\b|\band\b|&)\s*(?:(?:class|stage|grade)\s+)?"
_RANGE = re.compile(r"\s*(?:-|–|—|to|through)\s*(?:(?:class|stage|grade)\s+)?", re.IGNORECASE)
_ONWARDS = re.compile(r"\s*[(]?\s*(?:or|and)\s+(?:greater|higher|above|worse|more|better|less|lower|below)\b", re.IGNORECASE)
_ROMAN = re.compile(r"0|I{1,3}|IV|VI{0,3}|IX|X")
_WRITTEN = re.compile(r"0|(?:[IVX]+|[A-E])[\w.]{0,3}")
_POINTS = re.compile(r"\d+$")
_ROMANS = ("0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_GROUP = re.compile(r"0|IV|IX|VI{0,3}|I{1,3}|X")
_MORE = re.compile(r"\s*(?:-|–|—|\bto\b|/|\bor\b|\band\b|,)\s*[1-9]")
"""Arabic numbers after a "0" that is a value itself: "Rai 0-2"."""
_WITH_LETTER = re.compile(r"(?:I{1,3}|IV|V)[A-Ea-e]")


class Scale(NamedTuple):
    """A scale's name, whether it is a `stage` or a `score`, its values in order, and the scores whose letters are its values."""

    name: str
    kind: str
    values: tuple[str, ...]
    scores: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names after which its values may stand."""
        return (self.name, *self.scores)


class Values(NamedTuple):
    """Values found: a row of (terminal, value, start, end)."""

    tokens: tuple[tuple[str, object, int, int], ...]
    end: int


def written(name: str, kind: str, facts: Mapping[str, Any]) -> Scale | None:
    """The scale of a vocabulary entry, where its values are written as letters or Roman numerals."""
    found = tuple(str(value) for value in facts.get("values", ()))
    if not any(value != "0" for value in found) or not all(_WRITTEN.fullmatch(value) for value in found):
        return None
    if kind == "score" and not all(_ROMAN.fullmatch(value) for value in found):
        return None
    return Scale(name, kind, found, tuple(facts.get("equals", ())) if kind == "stage" else ())


def step(text: str, start: int) -> int:
    """Where the word "class" ends that begins here between a scale and its value; else its start."""
    found = _STEP.match(text, start)
    return found.end() if found else start


def values_at(scale: Scale, text: str, start: int, *, compared: bool) -> Values | None:
    """The values that begin here: places on the scale where they are compared or of a score, else a stage."""
    found = _pattern(scale.values).match(text, start)
    if found is None or (found[0] == "0" and _MORE.match(text, found.end())):
        return None
    matches = list(_value(scale.values).finditer(text, start, found.end()))
    onwards = _ONWARDS.match(text, found.end()) is not None
    if scale.kind == "stage" and not compared and not onwards:
        stage = Staged(system="", values=_listed(scale.values, text, matches))
        return Values((("STAGE", (stage,), start, found.end()),), found.end())
    if len(matches) > 1 and (compared or onwards):
        matches = matches[:1]
    tokens: list[tuple[str, object, int, int]] = []
    for index, match in enumerate(matches):
        if index:
            between = text[matches[index - 1].end() : match.start()]
            tokens.append(("THROUGH" if _RANGE.fullmatch(between) else "OR", "to", matches[index - 1].end(), match.start()))
        tokens.append(("NUMBER", number_of(scale.values, match.group()), match.start(), match.end()))
    return Values(tuple(tokens), matches[-1].end())


def place(values: tuple[str, ...], value: str) -> int:
    """A value's number on its scale: its index where the scale begins with 0, else one more."""
    index = next(index for index, other in enumerate(values) if other.lower() == value.lower())
    return index if values[0] == "0" else index + 1


@cache
def numbers(values: tuple[str, ...]) -> tuple[float, ...]:
    """The number of each value, in order: of "IIA" the 2 of its group and a little more, of "B7" the points that it names, else its place."""
    groups = [_GROUP.match(value) for value in values]
    if all(groups):
        own = [_ROMANS.index(group[0]) for group in groups if group]
        return tuple(
            one + own[:at].count(one) / 100 + (value not in _ROMANS and one not in own[:at]) / 200
            for at, (one, value) in enumerate(zip(own, values, strict=True))
        )
    points = [int(found[0]) if (found := _POINTS.search(value)) else None for value in values]
    said = [one for one in points if one is not None]
    if len(said) < 2 or said != sorted(set(said)) or points[-1] is None:
        return tuple(float(place(values, value)) for value in values)
    return tuple(next(later for later in points[at:] if later is not None) - (one is None) / 2 for at, one in enumerate(points))


def number_of(values: tuple[str, ...], value: str) -> float:
    """The number of one value, however its letters are written."""
    return numbers(values)[[other.lower() for other in values].index(value.lower())]


def inside(values: tuple[str, ...], low: int, high: int) -> tuple[str, ...]:
    """The values from index `low` to `high`: whole groups by their own name, parts where a group is not whole."""
    return _grouped(values, [at for at in range(len(values)) if low <= at <= high and group_end(values, at) <= high])


def _part(value: str, group: str) -> bool:
    """Whether a value is a part of a group: IA1 of IA and of I, but no IIA."""
    ours, theirs = _GROUP.match(value), _GROUP.match(group)
    return value != group and value.startswith(group) and (ours and ours[0]) == (theirs and theirs[0])


def admitted(values: tuple[str, ...], comparison: Comparison) -> tuple[str, ...]:
    """The values of a scale that a comparison admits."""
    places = {number: at for at, number in enumerate(numbers(values))}
    if comparison.choices:
        return _grouped(values, [places[number] for number in comparison.choices if number in places])
    limits = [None if value is None else places.get(value.number, -1) for value in (comparison.low, comparison.high)]
    if comparison.towards or -1 in limits:
        return ()
    low, high = limits[0] or 0, len(values) - 1 if limits[1] is None else limits[1]
    low = group_end(values, low) + 1 if comparison.low_open else low
    high = high - 1 if comparison.high_open else group_end(values, high)
    return inside(values, low, high)


def _grouped(values: tuple[str, ...], found: list[int]) -> tuple[str, ...]:
    """Values by their index, in order; a group by its name where all of its parts are among them: A5 and A6 are A."""
    whole = [
        at for at in range(len(values)) if at in found or (group_end(values, at) > at and set(range(at + 1, group_end(values, at) + 1)) <= set(found))
    ]
    return tuple(values[at] for at in whole if not any(_part(values[at], values[group]) for group in whole))


def group_end(values: tuple[str, ...], index: int) -> int:
    """The index of the last part of a value that is divided further: A6 of A."""
    group = values[index]
    return max(at for at, value in enumerate(values) if at == index or _part(value, group))


def _listed(values: tuple[str, ...], text: str, matches: list[re.Match[str]]) -> tuple[str, ...]:
    if any(_WITH_LETTER.fullmatch(value) for value in values):
        return groups_of(text[matches[0].start() : matches[-1].end()])
    found: list[str] = []
    first = 0 if values[0] == "0" else 1
    for index, match in enumerate(matches):
        at = place(values, match.group()) - first
        if index and _RANGE.fullmatch(text[matches[index - 1].end() : match.start()]):
            low = place(values, matches[index - 1].group()) - first
            found += inside(values, low, group_end(values, at))
        else:
            found.append(values[at])
    return tuple(dict.fromkeys(found))


@cache
def _value(values: tuple[str, ...]) -> re.Pattern[str]:
    """One value; a single letter only as a capital."""
    longest = sorted(values, key=len, reverse=True)
    written_ = "|".join(re.escape(value) if len(value) == 1 else f"(?i:{re.escape(value)})" for value in longest)
    return re.compile(rf"(?<![\w.])(?:{written_})(?!\w|\.\d|['’])")


@cache
def _pattern(values: tuple[str, ...]) -> re.Pattern[str]:
    one = _value(values).pattern
    return re.compile(rf"{one}(?:(?i:{_LINK}){one})*")
