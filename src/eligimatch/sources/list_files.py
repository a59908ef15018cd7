"""A list, CSV or Excel, as one table of its cells, with `row`: its rows from 1, the heading not counted. Raises InputError."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.comma_separated import distinct_names, not_utf8, rows_of, separator_of
from eligimatch.sources.documents import unreadable
from eligimatch.sources.long_tables import readable

if TYPE_CHECKING:
    import fastexcel

_TOP = 20
"""Rows among which the heading is looked for."""
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LISTS = (*SHEETS, ".csv", ".tsv", ".txt")
"""What a list's file name ends in."""


class Found(NamedTuple):
    """Where in a file its list was found."""

    sheet: str | None
    heading: int
    encoding: str


def find_list(path: Path) -> Found:
    """The first sheet that has rows, the row that names the columns, and the encoding of a text."""
    if path.suffix.lower() in SHEETS:
        sheets = _book(path).sheet_names
        tops = {sheet: _top(path, sheet) for sheet in sheets}
        sheet = next((sheet for sheet, rows in tops.items() if rows), sheets[0])
        return Found(sheet if len(sheets) > 1 else None, _heading_of(tops[sheet]), "utf-8-sig")
    content = _content(path)
    encoding = _encoding(content)
    if "\0" in content.decode(encoding):
        raise InputError(_no_list(path))
    lines = content.decode(encoding).splitlines()[:_TOP]
    separator = separator_of(max(lines, key=len, default=""))
    return Found(None, _heading_of(list(csv.reader(lines, delimiter=separator))), encoding)


def _heading_of(rows: Sequence[Sequence[str | None]]) -> int:
    """The first of some rows that is nearly as full as the fullest; above it stand titles."""
    full = [sum(bool(cell) for cell in row) for row in rows]
    return next((place for place, cells in enumerate(full, 1) if cells >= 0.6 * max(full)), 1)


def _encoding(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            content.decode(encoding)
            return encoding
    return "latin-1"


def read_list(path: Path, sheet: str | None = None, heading: int = 1, encoding: str = "utf-8-sig") -> pl.DataFrame:
    """The cells of a list: of CSV texts, of a sheet also numbers and dates where a whole column is of them.

    `heading` is the row that names the columns; `reason` says of a row that it is longer.
    """
    return _sheet(path, sheet, heading) if path.suffix.lower() in SHEETS else _text(path, heading, encoding)


def _text(path: Path, heading: int, encoding: str) -> pl.DataFrame:
    try:
        text = _content(path).decode(encoding)
    except UnicodeDecodeError:
        raise InputError(not_utf8(str(path)) if "utf" in encoding else _no_list(path)) from None
    except LookupError:
        raise InputError(Diagnostic(title=f"unknown encoding `{encoding}`", source=str(path), hint="utf-8, cp1252, latin-1, utf-16 …")) from None
    lines = io.StringIO(text, newline="")
    for _ in range(heading - 1):
        lines.readline()
    start = lines.tell()
    separator = separator_of(lines.readline())
    lines.seek(start)
    reader = csv.reader(lines, delimiter=separator)
    names = distinct_names(next(reader, []), str(path), heading)
    with readable(str(path)):
        return rows_of([io.BytesIO(text.encode())], [names], separator, heading - 1 + reader.line_num).collect()


def _sheet(path: Path, sheet: str | None, heading: int) -> pl.DataFrame:
    book = _book(path)
    if sheet is not None and sheet not in book.sheet_names:
        raise InputError(Diagnostic(title=f"no sheet `{sheet}`", source=str(path), hint=f"sheets here: {', '.join(book.sheet_names)}"))
    names = [name or "" for name in next(iter(_top(path, sheet or book.sheet_names[0], heading, 1)), ())]
    with _loading(path):
        cells = book.load_sheet(sheet or 0, header_row=None, skip_rows=heading, schema_sample_rows=None, whitespace_as_null=True).to_polars()
    found = distinct_names([*names, *[""] * (cells.width - len(names))], str(path), heading)
    rows = cells.rename(dict(zip(cells.columns, found, strict=False))).with_row_index(ROW, 1)
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in found[cells.width :])
    return rows.filter(~pl.all_horizontal(pl.exclude(ROW).is_null())).with_columns(pl.lit(None, pl.String).alias(REASON))


def _top(path: Path, sheet: str, heading: int = 1, rows: int = _TOP) -> list[tuple[str | None, ...]]:
    """Some rows of a sheet as texts."""
    with _loading(path):
        return _book(path).load_sheet(sheet, header_row=None, skip_rows=heading - 1, n_rows=rows, dtypes="string").to_polars().rows()


def _book(path: Path) -> fastexcel.ExcelReader:
    import fastexcel  # noqa: PLC0415 - only a sheet needs it

    with _loading(path):
        return fastexcel.read_excel(_content(path))


@contextmanager
def _loading(path: Path) -> Iterator[None]:
    import fastexcel  # noqa: PLC0415 - the same

    try:
        yield
    except (fastexcel.FastExcelError, ValueError):
        raise InputError(_no_list(path)) from None


def _no_list(path: Path) -> Diagnostic:
    return Diagnostic(title="the list cannot be read", source=str(path), hint="is it whole, without a password? CSV in UTF-8 is read too")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(unreadable(error, str(path))) from None
