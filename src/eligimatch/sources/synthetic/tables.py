"""Makes the tables of a block from its fragments: gaps cut out, rows in order, columns as they stand on file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from eligimatch.model.columns import PERSON, TABLES, Column
from eligimatch.sources.synthetic.block import NO_DAY, OPEN, Block, Flags, Fragment, Indexes
from eligimatch.sources.synthetic.course import Gaps

_TEXT = ("text", "texts")
_OF_KIND = {"number": pl.Float64, "integer": pl.Int8, "answer": pl.Boolean}
PARTLY = frozenset({("conditions", "onset"), ("allergies", "date")})
"""Columns of days that are text on file, since of some only the month or year is known."""


def table_of(name: str, block: Block, persons: pl.Series, gaps: Gaps, kept: int) -> pl.DataFrame:
    """A table of the first `kept` persons of a block, sorted by person."""
    fragments = block.fragments.get(name, [])
    whole = _persons(fragments, block, gaps) if name == "persons" else _stacked(name, fragments)
    who = whole.who
    stays = block.random.random(len(who)) >= gaps.rows.get(name, 0.0)
    order = np.argsort(who, kind="stable")
    order = order[stays[order]]
    texts = pl.Series(block.pool.texts, dtype=pl.String)
    columns = [persons.gather(who[order]).alias(PERSON)]
    for column in TABLES[name]:
        values = whole.columns.get(column.name)
        array = _empty(column, len(order)) if values is None else _gapped(values[order], name, column, gaps, block)
        columns.append(_series(name, column, array, texts, gaps, block))
    rows = int(np.searchsorted(who[order], kept))
    return pl.DataFrame(columns).head(rows)


def _persons(fragments: Sequence[Fragment], block: Block, gaps: Gaps) -> Fragment:
    """One row a person: later fragments fill and overwrite earlier ones; an age stands where the birth date is not known."""
    dateless = block.random.random(block.size) < gaps.columns["persons"]["birth_date"]
    columns: dict[str, NDArray[Any]] = {
        "as_of": np.full(block.size, block.as_of),
        "birth_date": np.where(dateless, NO_DAY, block.born),
        "age": np.where(dateless, np.floor(block.age), np.nan),
        "sex": np.where(block.traits["women"], block.pool.code("female"), block.pool.code("male")).astype(np.int32),
    }
    by_name = {column.name: column for column in TABLES["persons"]}
    for fragment in fragments:
        for name, values in fragment.columns.items():
            columns.setdefault(name, _empty(by_name[name], block.size))[fragment.who] = values
    return Fragment(np.arange(block.size), columns)


def _stacked(table: str, fragments: Sequence[Fragment]) -> Fragment:
    who: Indexes = np.concatenate([fragment.who for fragment in fragments]) if fragments else np.zeros(0, np.intp)
    columns: dict[str, NDArray[Any]] = {}
    by_name = {column.name: column for column in TABLES[table]}
    at = 0
    for fragment in fragments:
        for name, values in fragment.columns.items():
            if name not in columns:
                columns[name] = _empty(by_name[name], len(who))
            columns[name][at : at + len(values)] = values
        at += len(fragment.who)
    return Fragment(who, columns)


def _empty(column: Column, count: int) -> NDArray[Any]:
    if column.kind == "day":
        return np.full(count, NO_DAY, np.int32)
    return np.zeros(count, np.int32) if column.kind in _TEXT else np.full(count, np.nan)


def _gapped(values: NDArray[Any], table: str, column: Column, gaps: Gaps, block: Block) -> NDArray[Any]:
    share = gaps.columns.get(table, {}).get(column.name, 0.0)
    if not share or column.name == "birth_date":
        return values
    gone: Flags = block.random.random(len(values)) < share
    return np.where(gone, _empty(column, 1), values)


def _series(table: str, column: Column, values: NDArray[Any], texts: pl.Series, gaps: Gaps, block: Block) -> pl.Series:
    if column.kind in _TEXT:
        return texts.gather(values).alias(column.name)
    if column.kind == "day":
        dates = pl.Series(column.name, np.where((values == NO_DAY) | (values == OPEN), np.nan, values), nan_to_null=True).cast(pl.Int32).cast(pl.Date)
        return _partly(dates, gaps.partial[table], block) if (table, column.name) in PARTLY else dates
    return pl.Series(column.name, values, nan_to_null=True).cast(_OF_KIND[column.kind])


def _partly(dates: pl.Series, shares: Mapping[str, float], block: Block) -> pl.Series:
    """Days as text, some cut to the month or the year."""
    drawn = block.random.random(len(dates))
    length = np.where(drawn < shares["year"], 4, np.where(drawn < shares["year"] + shares["month"], 7, 10))
    frame = pl.DataFrame({dates.name: dates.dt.to_string(), "length": length})
    return frame.select(pl.col(dates.name).str.head(pl.col("length"))).to_series()
