"""A folder of tables, one a section and one row a listed item, as raw tables of some persons at a time.

Tables are read in the order of `person`. Parquet that is in this order is read where it lies, by offsets; any other, and CSV, is sorted once into
a temporary folder that goes when the source goes. Memory holds the identifiers of all persons, and the rows of those that are asked for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from eligimatch.model.columns import PERSON, TABLES
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.blocks import Block, block_of
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.comma_separated import not_utf8, scan_csv
from eligimatch.sources.delta_tables import LOG, files_of
from eligimatch.sources.mistakes import meant

SUFFIXES = (".parquet", ".csv", ".tsv")
_BATCH = 1 << 20
"""Rows whose persons are looked at together."""


class Table(NamedTuple):
    """One table on file."""

    name: str
    source: str
    """The file or folder that a message names."""
    scan: pl.LazyFrame
    height: int
    sorted_copy: bool = False
    """Whether a column `row` says where each row was on file."""


class Extent(NamedTuple):
    """The rows of some persons: of each table, where they begin and end."""

    number: int
    rows: Mapping[str, tuple[int, int]]


class LongTables:
    """The tables of a folder. Raises InputError where one cannot be read, or has columns that no table of its name has."""

    def __init__(self, folder: Path) -> None:
        self._copies: Path | None = None
        scans = {table: _scan(folder, table) for table in TABLES}
        found = {table: scan for table, scan in scans.items() if scan is not None}
        if "persons" not in found:
            raise no_persons(str(folder))
        self._key = _common_key(found)
        self.tables = {table: self._sorted(table, *scan) for table, scan in found.items()}
        self.persons = self.tables["persons"].height

    def extents(self, size: int) -> list[Extent]:
        """The rows of each block of `size` persons; rows that belong to nobody lie in the block of the persons around them."""
        ids = pl.concat(self._people(self.tables["persons"])) if self.persons else pl.Series(PERSON, [], self._key)
        starts = starts_of(ids, size)
        bounds = ids.gather(starts[1:])
        offsets = {name: self._offsets(table, bounds) for name, table in self.tables.items()}
        return [Extent(number, {name: (rows[number], rows[number + 1]) for name, rows in offsets.items()}) for number in range(len(starts))]

    def extent_of(self, who: str) -> Extent | None:
        """The rows of one person."""
        if self._key != pl.String and not who.lstrip("-").isdecimal():
            return None
        key = pl.Series([who]).cast(self._key, strict=False)
        rows = {name: (self._before(table, key, "left")[0], self._before(table, key, "right")[0]) for name, table in self.tables.items()}
        start, end = rows["persons"]
        return Extent(0, rows) if start < end and key[0] is not None else None

    def block(self, extent: Extent) -> Block:
        """The block of an extent's rows."""
        return block_of(extent.number, {name: self._rows(self.tables[name], *bounds) for name, bounds in extent.rows.items()})

    def _rows(self, table: Table, start: int, end: int) -> pl.DataFrame:
        with readable(table.source):
            rows = table.scan.slice(start, end - start).collect()
        if not table.sorted_copy:
            rows = rows.with_row_index(ROW, start + 1)
        return rows.with_columns(pl.col(PERSON).cast(self._key))

    def _people(self, table: Table) -> Iterator[pl.Series]:
        """The column `person` in batches, nobody before everybody."""
        nobody = "" if self._key == pl.String else -(2**63)
        for start in range(0, table.height, _BATCH):
            with readable(table.source):
                people = table.scan.select(pl.col(PERSON).cast(self._key)).slice(start, _BATCH).collect().to_series()
            yield people.fill_null(nobody)

    def _offsets(self, table: Table, bounds: pl.Series) -> list[int]:
        return [0, *self._before(table, bounds, "left"), table.height]

    def _before(self, table: Table, bounds: pl.Series, side: Literal["left", "right"]) -> list[int]:
        """For each of some persons, the rows of those before (`left`), or before and their own (`right`)."""
        counts = np.zeros(len(bounds), np.int64)
        for people in self._people(table):
            counts += people.search_sorted(bounds, side=side).to_numpy()
        return counts.tolist()

    def _sorted(self, name: str, source: str, scan: pl.LazyFrame) -> Table:
        with readable(source):
            height = int(scan.select(pl.len()).collect().item())
        table = Table(name, source, scan, height)
        if ROW not in scan.collect_schema() and self._in_order(table):
            return table
        path = self._for_copies() / f"{name}.parquet"
        numbered = scan if ROW in scan.collect_schema() else scan.with_row_index(ROW, 1)
        with readable(source):
            numbered.with_columns(pl.col(PERSON).cast(self._key)).sort(PERSON, ROW).sink_parquet(path, compression="lz4", row_group_size=_BATCH // 4)
            copy = pl.scan_parquet(path, glob=False)
            return Table(name, source, copy, int(copy.select(pl.len()).collect().item()), sorted_copy=True)

    def _for_copies(self) -> Path:
        if self._copies is None:
            self._copies = Path(tempfile.mkdtemp(prefix="eligimatch-"))
            weakref.finalize(self, _remove, self._copies, os.getpid())
        return self._copies

    def _in_order(self, table: Table) -> bool:
        last = None
        for people in self._people(table):
            if not people.is_sorted() or (last is not None and people[0] < last):
                return False
            last = people[-1]
        return True


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def readable(source: str) -> Iterator[None]:
    """Polars' errors, which may hold cells, as one that names only the file."""
    try:
        yield
    except (PolarsError, OSError) as error:
        if "utf-8" in str(error):
            raise InputError(not_utf8(source)) from None
        raise InputError(Diagnostic(title="the table cannot be read", source=source, hint="is the file whole?")) from None


def starts_of(ids: pl.Series, size: int) -> list[int]:
    """Where blocks of `size` persons begin, of all identifiers in order; one that stands twice lies in one block."""
    return [row for row in range(0, len(ids), size) if row == 0 or ids[row] != ids[row - 1]]


def twice(name: str, folder: str, places: Iterable[str]) -> InputError:
    """What is said where a table stands in a folder under several names."""
    hint = " and ".join(f"`{place}`" for place in places)
    return InputError(Diagnostic(title=f"the table `{name}` stands here twice", source=folder, hint=f"keep one of {hint}"))


def no_persons(folder: str) -> InputError:
    """What is said where nobody can be in a folder."""
    return InputError(Diagnostic(title="no table `persons` here", source=folder, hint="persons.parquet or persons.csv, one row a person"))


def _scan(folder: Path, name: str) -> tuple[str, pl.LazyFrame] | None:
    places = [path for path in (folder / name, *(folder / f"{name}{suffix}" for suffix in SUFFIXES)) if path.exists()]
    if not places:
        return None
    if len(places) > 1:
        raise twice(name, str(folder), (place.name for place in places))
    source = str(places[0])
    files = _files(places[0])
    if not files:
        return None
    with readable(source):
        scan = _scan_parquet(files) if files[0].suffix == ".parquet" else scan_csv(files)
        check_columns(name, source, scan.collect_schema())
    return source, scan


def _files(place: Path) -> list[Path]:
    """The files of a table; a Delta table that is empty has none."""
    if place.is_file():
        return [place]
    if (place / LOG).is_dir():
        return [Path(file) for file in files_of(str(place))]
    files = sorted(path for path in place.iterdir() if path.suffix in SUFFIXES and not path.name.startswith((".", "_")))
    if len({path.suffix for path in files}) > 1:
        raise InputError(Diagnostic(title="part files of several kinds", source=str(place), hint="all of them Parquet, or all of them CSV"))
    if not files:
        raise InputError(Diagnostic(title="no part files here", source=str(place), hint="Parquet or CSV"))
    return files


def _scan_parquet(files: list[Path]) -> pl.LazyFrame:
    return pl.scan_parquet(files, glob=False, hive_partitioning=False)


def check_columns(name: str, source: str, schema: pl.Schema) -> None:
    """Raises InputError where a table has columns that none of its name can have."""
    names = [PERSON, *(column.name for column in TABLES[name])]
    several = {column.name for column in TABLES[name] if column.kind == "texts"}
    for column, dtype in schema.items():
        if column not in (*names, ROW, REASON):
            raise InputError(Diagnostic(title=f"unknown column `{column}`", source=source, hint=meant(column, names, "columns here")))
        if dtype.is_nested() and not (column in several and isinstance(dtype, pl.List) and not dtype.inner.is_nested()):
            raise InputError(Diagnostic(title=f"`{column}` holds several values a cell", source=source, hint="texts in one cell have `;` between"))
    if PERSON not in schema:
        raise InputError(Diagnostic(title="no column `person`", source=source, hint=f"columns here: {', '.join(names)}"))


def _common_key(scans: Mapping[str, tuple[str, pl.LazyFrame]]) -> Any:
    """Whole numbers where all tables number their persons, else texts."""
    types = [scan.collect_schema()[PERSON] for _, scan in scans.values()]
    return pl.Int64 if all(dtype.is_integer() and dtype not in (pl.UInt64, pl.Int128) for dtype in types) else pl.String
