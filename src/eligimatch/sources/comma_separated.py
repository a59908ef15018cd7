"""Files of comma-separated values (or semicolons, tabs, bars) as tables of texts; raises InputError for a heading that cannot be one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import polars as pl

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.documents import unreadable

SEPARATORS = ",;\t|"
_MORE = "\0more"


def scan_csv(files: Sequence[Path]) -> pl.LazyFrame:
    """The rows of UTF-8 files one after the other, see `rows_of`."""
    headings = [_heading(path) for path in files]
    return rows_of(files, [names for names, _ in headings], headings[0][1], 1)


def rows_of(sources: Sequence[Path | IO[bytes]], names: Sequence[Sequence[str]], separator: str, skipped: int) -> pl.LazyFrame:
    """The rows after the first lines of each source, all cells texts, with `row`; a row longer than its heading has a `reason`.

    An empty cell is null, an empty line is no row.
    """
    rows = pl.concat([_scan(source, own, separator, skipped) for source, own in zip(sources, names, strict=True)], how="diagonal")
    longer = pl.when(pl.col(_MORE).is_not_null()).then(pl.lit("more cells than the heading has")).alias(REASON)
    empty = pl.all_horizontal(pl.exclude(ROW).is_null())
    return rows.with_row_index(ROW, 1).filter(~empty).with_columns(longer).drop(_MORE)


def _scan(source: Path | IO[bytes], names: Sequence[str], separator: str, skipped: int) -> pl.LazyFrame:
    schema = {**dict.fromkeys(names, pl.String), _MORE: pl.String}
    return pl.scan_csv(
        source, has_header=False, skip_lines=skipped, separator=separator, schema=schema, extra_columns="ignore", missing_columns="insert", glob=False
    )


def not_utf8(source: str) -> Diagnostic:
    """What there is to say of another encoding."""
    return Diagnostic(title="not UTF-8", source=source, hint="save the file with the encoding UTF-8")


def _heading(path: Path) -> tuple[list[str], str]:
    """The names of the columns and what separates them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline(1 << 16)
    except UnicodeDecodeError:
        raise InputError(not_utf8(str(path))) from None
    except OSError as error:
        raise InputError(unreadable(error, str(path))) from None
    separator = separator_of(first)
    return distinct_names(next(csv.reader([first], delimiter=separator), []), str(path), 1), separator


def separator_of(line: str) -> str:
    """What stands most often in a heading."""
    return max(SEPARATORS, key=line.count)


def distinct_names(cells: Sequence[str], source: str, line: int) -> list[str]:
    """The names of a heading: one without a name is known by its place."""
    names = [" ".join(name.split()) for name in cells]
    if not any(names):
        raise InputError(Diagnostic(title="empty file", source=source, hint="the first line names the columns"))
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise InputError(Diagnostic(title=f"column `{twice}` stands twice", source=source, line=line))
    return [name or f"column {place}" for place, name in enumerate(names, 1)]
