"""A list, one row a person, as blocks: what its mapping makes of each column's cells is a row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from eligimatch.model.columns import PERSON
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.blocks import Block, block_of
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.list_cells import Cells
from eligimatch.sources.list_files import SHEETS, read_list
from eligimatch.sources.list_rows import WHO, ListRows
from eligimatch.sources.mapping import ListColumn, read_mapping
from eligimatch.sources.mistakes import meant


class Rows(NamedTuple):
    """Some rows of a list, from `first` (0 is the first)."""

    number: int
    first: int
    size: int


class ListFile:
    """A list with its mapping. Raises InputError where they do not fit each other; memory holds the list."""

    def __init__(self, path: Path, mapping: Path) -> None:
        self._mapping = read_mapping(mapping)
        self._cells = Cells(self._mapping, spreadsheet=path.suffix.lower() in SHEETS)
        self._list = read_list(path, self._mapping.sheet, self._mapping.heading, self._mapping.encoding)
        self._check(mapping, path)
        header = next(header for header, column in self._mapping.columns.items() if column.to == PERSON)
        who = self._cells.read(self._list[header], ListColumn(to=PERSON), "text")[0].alias(PERSON)
        twice = pl.when(who.is_duplicated() & who.is_not_null()).then(pl.lit("the person stands twice in this list"))
        self._list = self._list.with_columns(pl.coalesce(REASON, twice).alias(REASON), who.alias(WHO))
        self.persons = self._list.height

    def extents(self, size: int) -> list[Rows]:
        """The rows of each block."""
        return [Rows(number, first, size) for number, first in enumerate(range(0, self.persons, size))]

    def extent_of(self, who: str) -> Rows | None:
        """The row of one person."""
        first = (self._list[WHO] == who).arg_max()
        return Rows(0, first, 1) if first is not None and self._list[WHO][first] == who else None

    def block(self, extent: Rows) -> Block:
        """The block of some rows."""
        return block_of(extent.number, ListRows(self._list.slice(extent.first, extent.size), self._mapping, self._cells).tables())

    def _check(self, mapping: Path, path: Path) -> None:
        headers = [header for header in self._list.columns if header not in (ROW, REASON)]
        for header in (*self._mapping.columns, *self._mapping.ignore):
            if header not in headers:
                hint = meant(header, headers, f"columns of {path.name}")
                raise InputError(Diagnostic(title=f"the list has no column `{header}`", source=str(mapping), hint=hint))
        for header in headers:
            if header not in self._mapping.columns and header not in self._mapping.ignore:
                hint = "say under `columns:` what it means, or put it under `ignore:`"
                raise InputError(Diagnostic(title=f"the mapping does not know the column `{header}`", source=str(mapping), hint=hint))
