"""Rows of a list to raw tables: each thing that the columns of the mapping speak of is a row of its table, if the person has it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Pairs

import polars as pl

from eligimatch.model.columns import ITEMS, KEYED, PERSON, SEPARATOR, TABLES
from eligimatch.sources.cells import LABEL, REASON, ROW
from eligimatch.sources.list_cells import Cells
from eligimatch.sources.mapping import NAMED, ListColumn, Mapping, things

WHO = "\0person"
"""The column of a list that holds the identifiers."""
_SHARED_REASON = "\0shared"
_ANSWER = ""
"""The column of a part that says whether the person has the thing."""
_KINDS = {(table, column.name): column.kind for table, columns in TABLES.items() for column in columns}


class ListRows:
    """Some rows of a list: a column for each heading, `row`, `reason` and WHO."""

    def __init__(self, rows: pl.DataFrame, mapping: Mapping, cells: Cells) -> None:
        self._rows = rows
        self._mapping = mapping
        self._cells = cells

    def tables(self) -> dict[str, pl.DataFrame]:
        """Raw tables, each in the order of the list and then of the mapping's columns."""
        parts: dict[str, list[pl.DataFrame]] = {"persons": [self._persons()]}
        for table, part in (*self._items(), *self._keyed(), *self._denied()):
            parts.setdefault(table, []).append(part)
        return {table: pl.concat(some, how="diagonal").sort(ROW, maintain_order=True) for table, some in parts.items()}

    def _persons(self) -> pl.DataFrame:
        entries = {header: column for header, column in self._mapping.of_table("persons").items() if column.to != PERSON}
        given = {"as_of": self._mapping.as_of, "complete": f"{SEPARATOR} ".join(self._mapping.complete)}
        constants = {name: str(value) for name, value in given.items() if value and name not in {column.to for column in entries.values()}}
        return self._part(entries, constants).with_columns(pl.coalesce(pl.Series(REASON, self._rows[REASON]), REASON)).drop(LABEL)

    def _items(self) -> Iterator[tuple[str, pl.DataFrame]]:
        for table in ITEMS:
            entries = self._mapping.of_table(table)
            shared, listed = things(entries)
            for thing in listed:
                yield from self._thing(table, thing, shared)

    def _thing(self, table: str, entries: Pairs[str, ListColumn], shared: Pairs[str, ListColumn]) -> Iterator[tuple[str, pl.DataFrame]]:
        """The rows of one thing, and the denials of those who do not have it; `shared` are columns of all rows of the table."""
        named = NAMED[table]
        first = next((column for column in entries.values() if column.cell == named), next(iter(entries.values())))
        constants = {key: value for column in entries.values() for key, value in column.constants().items()}
        own = self._part(entries, constants | ({named: first.name} if first.name else {}))
        cells = {column.cell for column in entries.values()}
        rest = self._part({header: column for header, column in shared.items() if column.cell not in cells}, {})
        part = own.hstack(rest.drop(PERSON, ROW, LABEL).rename({REASON: _SHARED_REASON}))
        if _ANSWER in cells:
            answer = pl.col(_ANSWER).str.to_lowercase()
            denied = f"allergy to {first.name}" if table == "allergies" else first.name
            yield "denials", part.filter(answer.is_in(_NO)).select(PERSON, ROW, name=pl.lit(denied), time=pl.lit(first.no))
            unclear = pl.when(~answer.is_in(_YES + _NO)).then(pl.lit("yes or no is needed"))
            part = part.with_columns(pl.coalesce(REASON, unclear))
        there = part.filter(_there(table, cells) | pl.col(REASON).is_not_null()).with_columns(pl.coalesce(REASON, _SHARED_REASON))
        if first.several:
            there = _several(there, named, first.several, cells - {named})
        yield table, there.drop(_SHARED_REASON, _ANSWER, strict=False)

    def _keyed(self) -> Iterator[tuple[str, pl.DataFrame]]:
        for table, value in KEYED.items():
            key = TABLES[table][0].name
            for header, column in self._mapping.of_table(table).items():
                part = self._part({header: column}, {key: column.name or ""}).rename({column.cell: value} if column.cell != value else {})
                yield table, part.filter(pl.col(value).is_not_null() | pl.col(REASON).is_not_null())

    def _denied(self) -> Iterator[tuple[str, pl.DataFrame]]:
        for header, column in self._mapping.of_table("denials").items():
            part = self._part({header: column}, {"time": column.to}).rename({column.cell: "name"})
            part = _several(part, "name", column.several, set()) if column.several else part
            yield "denials", part.filter(pl.col("name").is_not_null())

    def _part(self, entries: Pairs[str, ListColumn], constants: Pairs[str, str]) -> pl.DataFrame:
        """The cells of some columns under the names that they have in their table, with who, row, reason and label."""
        made, reasons = [], [pl.lit(None, pl.String)]
        for header, column in entries.items():
            cells, reason = self._cells.read(self._rows[header], column, _KINDS.get((column.table, column.cell), "text"))
            made.append(cells.alias(column.cell))
            if reason is not None:
                reasons.append(pl.lit(f"`{header}`: " if len(entries) > 1 or column.table == "persons" else "") + pl.lit(reason))
        said = {name: pl.lit(value) for name, value in constants.items()}
        label = pl.lit(", ".join(f"`{header}`" for header in entries)).alias(LABEL)
        who = self._rows.select(pl.col(WHO).alias(PERSON), ROW).hstack(made)
        return who.with_columns(pl.coalesce(reasons).alias(REASON), label, **said)


_YES, _NO = ["yes", "true"], ["no", "false"]
_TELLING = {"observations": {"value"}, "biomarkers": {"result", "variant", "value"}}
"""Of these tables, the columns of which one is needed for a row."""


def _there(table: str, cells: set[str]) -> pl.Expr:
    """Whether the person has the thing: what it is, its value, or anything of it is said, or the answer is yes."""
    asked = pl.col(_ANSWER).str.to_lowercase().is_in(_YES).fill_null(value=False) if _ANSWER in cells else pl.lit(value=False)
    telling = _TELLING.get(table) or {NAMED[table]} & cells or cells - {_ANSWER}
    return pl.any_horizontal(asked, *(pl.col(cell).is_not_null() for cell in telling & cells))


def _several(part: pl.DataFrame, named: str, separator: str, more: set[str]) -> pl.DataFrame:
    """One row for each of several in a cell; what is said `more` of several could be of any one of them."""
    names = pl.col(named).str.split(separator).list.eval(pl.element().str.strip_chars()).list.eval(pl.element().filter(pl.element() != ""))
    split = part.with_columns(names)
    unclear = (pl.col(named).list.len() > 1) & pl.any_horizontal(pl.lit(value=False), *(pl.col(cell).is_not_null() for cell in sorted(more)))
    told = split.with_columns(pl.coalesce(REASON, pl.when(unclear).then(pl.lit("several are named, and more is said of one of them"))))
    return told.explode(named)
