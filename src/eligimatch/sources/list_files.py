"""A list, CSV or Excel, as one table of its cells, with `row`: its rows from 1, the heading not counted. Raises InputError."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.comma_separated import distinct_names, not_utf8, rows_of, separator_of
from eligimatch.sources.long_tables import readable

SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LISTS = (*SHEETS, ".csv", ".tsv", ".txt")
"""What a list's file name ends in."""


def read_list(path: Path, sheet: str | None = None, heading: int = 1, encoding: str = "utf-8-sig") -> pl.DataFrame:
    """The cells of a list: of CSV texts, of a sheet also numbers and dates where a whole column is of them.

    `heading` is the row that names the columns; `reason` says of a row that it is longer.
    """
    if not path.is_file():
        raise InputError(Diagnostic(title="no such file", source=str(path)))
    return _sheet(path, sheet, heading) if path.suffix.lower() in SHEETS else _text(path, heading, encoding)


def _text(path: Path, heading: int, encoding: str) -> pl.DataFrame:
    try:
        text = path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        raise InputError(not_utf8(str(path))) from None
    except LookupError:
        raise InputError(Diagnostic(title=f"unknown encoding `{encoding}`", source=str(path), hint="utf-8, cp1252, latin-1, utf-16 …")) from None
    except OSError:
        raise InputError(Diagnostic(title="file cannot be read", source=str(path))) from None
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
    import fastexcel  # noqa: PLC0415 - only a sheet needs it

    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError:
        raise InputError(Diagnostic(title="the file is no workbook", source=str(path), hint="Excel or OpenDocument, not protected")) from None
    if sheet is not None and sheet not in book.sheet_names:
        raise InputError(Diagnostic(title=f"no sheet `{sheet}`", source=str(path), hint=f"sheets here: {', '.join(book.sheet_names)}"))
    try:
        names = book.load_sheet(sheet or 0, header_row=None, skip_rows=heading - 1, n_rows=1, dtypes="string").to_polars()
        cells = book.load_sheet(sheet or 0, header_row=None, skip_rows=heading, schema_sample_rows=None, whitespace_as_null=True).to_polars()
    except (fastexcel.FastExcelError, ValueError):
        raise InputError(Diagnostic(title="the sheet cannot be read", source=str(path), hint="save it as CSV")) from None
    found = distinct_names([name or "" for name in (names.row(0) if names.height else ())], str(path), heading)
    wider: Sequence[str] = [f"column {place + 1}" for place in range(len(found), cells.width)]
    named = cells.rename(dict(zip(cells.columns, [*found, *wider], strict=False)))
    rows = named.with_row_index(ROW, 1)
    return rows.filter(~pl.all_horizontal(pl.exclude(ROW).is_null())).with_columns(pl.lit(None, pl.String).alias(REASON))
