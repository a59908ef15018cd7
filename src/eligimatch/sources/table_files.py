"""Persons to a folder of tables, one Parquet file a section: what `open_cohort` reads fastest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from eligimatch.model.columns import LAST, PERSON, TABLES, Column
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.blocks import Block, in_order

_ROWS = 1 << 18
"""Rows of a group in a file: what is read to come to any one of them."""


def write_tables(blocks: Iterable[Block], folder: Path) -> tuple[int, pl.DataFrame]:
    """Writes each table that has rows as `<table>.parquet`, in the order of `person`; gives how many persons they hold, and what was set aside.

    `persons` comes last: without it, a folder is none of tables. Raises InputError where tables stand there already, or nobody is left to write.
    """
    taken = next((table for table in TABLES for place in folder.glob(f"{table}*") if place.stem == table), None)
    if taken is not None:
        raise InputError(Diagnostic(title=f"the table `{taken}` stands here already", source=str(folder), hint="name a new folder"))
    folder.mkdir(parents=True, exist_ok=True)
    persons, rejected = 0, []
    with TemporaryDirectory(dir=folder, prefix=".tables-") as drafts:
        for block in blocks:
            _write_parts(block, Path(drafts))
            persons += len(block)
            rejected.append(block.rejected)
        if not persons:
            why = next(iter(pl.concat(rejected)["reason"]), "there is no person")
            raise InputError(Diagnostic(title="nobody can be read", source=str(folder), hint=f"the first reason: {why}"))
        for table in reversed(list(TABLES)):
            _join(table, Path(drafts), folder)
    return persons, in_order(rejected)


def write_rejected(rejected: pl.DataFrame, path: Path) -> None:
    """Writes what was set aside as CSV, wholly or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    rejected.write_csv(draft)
    draft.replace(path)


def _write_parts(block: Block, drafts: Path) -> None:
    for table, rows in block.tables.items():
        if rows.height:
            named = rows.with_columns(block.person.gather(rows[PERSON]).alias(PERSON))
            (drafts / table).mkdir(exist_ok=True)
            named.write_parquet(drafts / table / f"{block.number:06}.parquet", compression="lz4")


def _join(table: str, drafts: Path, folder: Path) -> None:
    parts = sorted((drafts / table).glob("*.parquet"))
    if not parts:
        return
    rows = pl.scan_parquet(parts, glob=False)
    draft = drafts / f"{table}.parquet"
    rows.sort(PERSON, maintain_order=True).select(PERSON, *_on_file(table, rows)).sink_parquet(draft, row_group_size=_ROWS)
    draft.replace(folder / draft.name)


def _on_file(table: str, rows: pl.LazyFrame) -> Iterator[pl.Expr]:
    days = [column.name for column in TABLES[table] if column.kind == "day"]
    alone = rows.select((pl.col(day) != pl.col(day + LAST)).any() for day in days).collect() if days else pl.DataFrame()
    for column in TABLES[table]:
        yield _day_text(column) if column.name in days and alone[column.name].item() else pl.col(column.name)


def _day_text(column: Column) -> pl.Expr:
    """A day, and a month or year that was given alone, as text."""
    first, last = pl.col(column.name), pl.col(column.name + LAST)
    month = pl.when(first.dt.month() == last.dt.month()).then(first.dt.strftime("%Y-%m")).otherwise(first.dt.strftime("%Y"))
    return pl.when(first == last).then(first.dt.strftime("%Y-%m-%d")).otherwise(month).alias(column.name)
