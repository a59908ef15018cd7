"""What the cells of a list's columns look like: answers, numbers, dates, words; and the formats in which they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import polars as pl

from eligimatch.sources.list_cells import month_number
from eligimatch.sources.mapping import MISSING

_NUMBER = re.compile(r"(?:[<>]=?|[≤≥~])?\s*[-+]?\d[\d.,' ]*%?")
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_WORD_DATE = re.compile(r"\d{1,2}([ .-]{1,2})([^\W\d_]{3,})\.?[ .-]\d{4}")
_PART_DATE = re.compile(r"(?:\d{1,2}[./-])?(?:19|20)\d{2}")
_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:[T ][\d:.]+)?)?")
Kind = Literal["empty", "answer", "number", "day", "words"]


class Signs(NamedTuple):
    """What a column's cells look like."""

    kind: Kind
    words: frozenset[str]
    """The distinct cells that say something, in small letters; of dates in a sheet none."""


def signs_of(cells: pl.Series, answers: Mapping[str, str]) -> Signs:
    """What a column looks like; `answers` are the words that mean yes or no."""
    if cells.dtype == pl.Datetime:
        return Signs("day", frozenset())
    distinct = (" ".join(cell.split()) for cell in cells.drop_nulls().cast(pl.String).unique().to_list())
    words = frozenset(cell.casefold() for cell in distinct) - set(MISSING) - {""}
    return Signs(_kind(words, answers), words)


def _kind(words: frozenset[str], answers: Mapping[str, str]) -> Kind:
    if not words:
        return "empty"
    if 2 * len(words & answers.keys()) > len(words):
        return "answer"
    if all(pattern_of(word) for word in words) and not all(word.isdecimal() for word in words):
        return "day"
    numbers = sum(bool(_NUMBER.fullmatch(word)) for word in words)
    return "number" if 2 * numbers >= len(words) else "words"


def pattern_of(word: str) -> re.Pattern[str] | None:
    """The way in which a date, a month or a year is written."""
    return next((pattern for pattern in (_ISO, _DATE, _WORD_DATE, _PART_DATE) if pattern.fullmatch(word)), None)


def date_formats(columns: Iterable[Signs]) -> list[str]:
    """The formats in which the dates may be written: one where the list tells, two where it does not, none where all are 2026-03-02."""
    found = [match for signs in columns for word in signs.words if (match := _DATE.fullmatch(word))]
    if not found:
        months = [match for signs in columns for word in signs.words if (match := _WORD_DATE.fullmatch(word)) and month_number(match[2])]
        return [f"DD{months[0][1]}MMM{months[0][1].strip() or ' '}YYYY"] if months else []
    sign = Counter(match[2] for match in found).most_common(1)[0][0]
    day_first, month_first = sign.join(("DD", "MM", "YYYY")), sign.join(("MM", "DD", "YYYY"))
    if sign == "." or any(int(match[1]) > 12 for match in found):
        return [day_first]
    return [month_first] if any(int(match[3]) > 12 for match in found) else [day_first, month_first]


class Signed(NamedTuple):
    """How numbers are written."""

    decimal: str = "."
    thousands: str = ""
    sure: bool = True


def number_format(columns: Iterable[Signs]) -> Signed:
    """How the numbers of some columns are written; not sure where a sign with three digits after it may be either."""
    numbers = [word for signs in columns for word in signs.words if _NUMBER.fullmatch(word)]
    both = [re.sub(r"[^.,]", "", word) for word in numbers if "." in word and "," in word]
    if both:
        return Signed(both[0][-1], both[0][0])
    signs = Counter(sign for word in numbers for sign in re.findall(r"[.,]", word))
    if len(signs) != 1:
        return Signed(max(signs, key=signs.__getitem__, default="."), sure=not signs)
    (sign,) = signs
    told = any(re.search(rf"{re.escape(sign)}(?!\d{{3}}(?!\d))", word) for word in numbers if sign in word)
    return Signed(sign, "", sure=told)
