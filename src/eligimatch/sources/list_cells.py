"""The cells of a list, as people write them, to cells of a table on file: words for nothing, decimal commas, dates in the list's own format."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from eligimatch.sources.cells import REASON
from eligimatch.sources.mapping import ListColumn, Mapping

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_OTHER_MONTHS = {"mär": "mar", "mrz": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
_NUMBER_LIKE = re.compile(r"(?P<sign>[<>]=?|[≤≥~])?\s*(?P<number>[-+]?[\d.,' ]*\d[\d.,' ]*)")
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ][\d:.]+)?)?)?")
_POINT = re.compile(r"[-+]?\d+(\.\d+)?")


class Unreadable(Exception):
    """A cell that is not written as the mapping says."""


class Cells:
    """Reads the cells of a list as its mapping says they are written."""

    def __init__(self, mapping: Mapping, *, spreadsheet: bool) -> None:
        self._missing = frozenset(word.casefold() for word in mapping.missing)
        self._dates = mapping.dates
        self._pattern = _pattern(mapping.dates) if mapping.dates else None
        self._decimal = mapping.decimal
        self._number = _number_pattern(mapping.decimal, mapping.thousands)
        self._spreadsheet = spreadsheet

    def read(self, given: pl.Series, column: ListColumn, kind: str) -> tuple[pl.Series, pl.Series | None]:
        """A column's cells as texts, and the reasons why some are not readable, if any."""
        words = {word.casefold(): meaning for word, meaning in column.values.items()}
        written = {"number": self.number, "integer": self.number, "day": self.day} if given.dtype == pl.String else {}
        reader = written.get(kind, str)

        def one(cell: str) -> str | None:
            text = " ".join(cell.split())
            meant = words.get(text.casefold())
            if not text or (meant or text).casefold() in self._missing:
                return None
            return meant or reader(text)

        return mapped(_as_text(given), one)

    def number(self, text: str) -> str:
        """A number with a point, a comparator before it kept; words as they are."""
        like = _NUMBER_LIKE.fullmatch(text)
        if like is None:
            return text
        sign, number = like["sign"] or "", like["number"].strip()
        if self._spreadsheet and self._decimal == "," and _POINT.fullmatch(number):
            if re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", number):
                raise Unreadable("with a point and three digits it could be two numbers: make the column of the sheet numbers")
            return sign + number
        match = self._number.fullmatch(number)
        if match is None:
            raise Unreadable("the number is not written with the `decimal` and `thousands` of the mapping")
        return sign + re.sub(r"[^-+\d]", "", match["whole"]) + (f".{match['part']}" if match["part"] else "")

    def day(self, text: str) -> str:
        """A date as 2026-03-02, a month as 2026-03, a year as 2026."""
        if _ISO.fullmatch(text):
            return text
        if self._pattern is None:
            raise Unreadable("the mapping does not say how dates are written: `dates: DD.MM.YYYY`")
        match = self._pattern.fullmatch(text)
        if match is None:
            raise Unreadable(f"a date is written as {self._dates}, as the mapping says, or as 2026-03-02")
        month = match["month"] or match["lone_month"]
        return "-".join(part for part in (match["year"] or match["lone_year"], _month(month), match["day"] and match["day"].zfill(2)) if part)


def mapped(given: pl.Series, read: Callable[[str], str | None]) -> tuple[pl.Series, pl.Series | None]:
    """Each distinct text by a function that gives another one, or raises Unreadable."""
    distinct = given.unique().drop_nulls()
    made: list[tuple[str | None, str | None]] = []
    for cell in distinct.to_list():
        try:
            made.append((read(cell), None))
        except Unreadable as error:
            made.append((None, str(error)))
    table = pl.DataFrame(made, schema={"made": pl.String, REASON: pl.String}, orient="row").with_columns(distinct.alias("given"))
    joined = pl.DataFrame({"given": given}).join(table, on="given", how="left", maintain_order="left")
    reasons = joined[REASON]
    return joined["made"], reasons if reasons.null_count() < len(reasons) else None


def _as_text(given: pl.Series) -> pl.Series:
    """Cells of a sheet, which may be numbers or dates, as texts."""
    if given.dtype == pl.Datetime:
        return given.dt.strftime("%Y-%m-%d")
    if given.dtype.is_float():
        return given.fill_nan(None).map_elements(lambda cell: str(int(cell)) if cell.is_integer() else repr(cell), return_dtype=pl.String)
    return given.cast(pl.String)


def _month(text: str | None) -> str | None:
    if text is None or text.isdecimal():
        return text and text.zfill(2)
    number = month_number(text)
    if number is None:
        raise Unreadable("the month is none of a year")
    return f"{number:02}"


def month_number(text: str) -> int | None:
    """The month of an English or German name, whole or cut to three letters."""
    short = text.casefold()[:3]
    short = _OTHER_MONTHS.get(short, short)
    return MONTHS.index(short) + 1 if short in MONTHS else None


def _pattern(dates: str) -> re.Pattern[str]:
    """The pattern of a format: a whole date, a month with its year, or a year alone."""
    escaped = re.escape(dates)
    month = r"[^\W\d_]{3,}\.?" if "MMM" in dates else r"\d{1,2}"
    whole = re.sub(r"D+", r"(?P<day>\\d{1,2})", re.sub(r"Y+", r"(?P<year>\\d{4})", escaped))
    whole = re.sub(r"M+", lambda _: f"(?P<month>{month})", whole)
    return re.compile(rf"{whole}|(?:(?P<lone_month>{month})[./ -])?(?P<lone_year>\d{{4}})")


def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
    return re.compile(rf"(?P<whole>[-+]?(?:{grouped}\d+|))(?:{re.escape(decimal)}(?P<part>\d+))?")
