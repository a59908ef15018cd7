"""Files of comma-separated values (or semicolons, or tabs) as tables of texts; raises InputError for a heading that cannot be one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.cells import REASON, ROW

SEPARATORS = ",;\t|"
_MORE = "\0more"


def scan_csv(files: Sequence[Path]) -> pl.LazyFrame:
    """The rows of files one after the other, all of them texts, with `row`; a row longer than its heading has a `reason`.

    An empty cell is null, an empty line is no row.
    """
    rows = pl.concat([_scan(path) for path in files], how="diagonal").with_row_index(ROW, 1)
    longer = pl.when(pl.col(_MORE).is_not_null()).then(pl.lit("more cells than the heading has")).alias(REASON)
    empty = pl.all_horizontal(pl.exclude(ROW).is_null())
    return rows.filter(~empty).with_columns(longer).drop(_MORE)


def _scan(path: Path) -> pl.LazyFrame:
    names, separator = heading(path)
    schema = {**dict.fromkeys(names, pl.String), _MORE: pl.String}
    return pl.scan_csv(
        path, has_header=False, skip_rows=1, separator=separator, schema=schema, extra_columns="ignore", missing_columns="insert", glob=False
    )


def not_utf8(source: str) -> Diagnostic:
    """What there is to say of another encoding."""
    return Diagnostic(title="not UTF-8", source=source, hint="save the file with the encoding UTF-8")


def heading(path: Path, encoding: str = "utf-8-sig") -> tuple[list[str], str]:
    """The names of the columns and what separates them."""
    try:
        with path.open(encoding=encoding, newline="") as stream:
            first = stream.readline(1 << 16)
    except UnicodeDecodeError:
        raise InputError(not_utf8(str(path))) from None
    except OSError:
        raise InputError(Diagnostic(title="file cannot be read", source=str(path))) from None
    separator = max(SEPARATORS, key=first.count)
    names = [" ".join(name.split()) for name in next(csv.reader([first], delimiter=separator), [])]
    if not any(names):
        raise InputError(Diagnostic(title="empty file", source=str(path), hint="the first line names the columns"))
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(Diagnostic(title=f"column `{twice}` stands twice", source=str(path), line=1))
    return names, separator
