"""Polars expressions over Enum and numeric columns; null is unknown."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from measured import CRITERIA, Statuses, measure, of_truths

SEX = pl.Enum(["female", "male"])
RULES = (
    pl.col("age").is_between(18, 75),
    pl.col("sex") == pl.lit("female", dtype=SEX),
    pl.col("ecog") <= 1,
    pl.col("hemoglobin") >= 9,
    pl.col("creatinine") <= 1.5,
    pl.col("egfr") >= 60,
    pl.col("ast") <= 2.5 * pl.col("ast_uln"),
    ~pl.col("diabetes"),
    ~pl.col("hepatitis_b"),
    ~pl.col("platinum"),
    pl.col("chemotherapy_days") > 28,
    ~((pl.col("sex") == pl.lit("female", dtype=SEX)) & pl.col("pregnant")),
)
ASKED = [rule.alias(name) for rule, name in zip(RULES, CRITERIA, strict=True)]


def load(folder: Path, persons: int) -> pl.DataFrame:
    """The flat table, coded."""
    return pl.read_parquet(folder / "flat.parquet", n_rows=persons).with_columns(pl.col("sex").cast(pl.String).cast(SEX)).rechunk()


def evaluate(data: pl.DataFrame) -> pl.DataFrame:
    """One Boolean column a criterion."""
    return data.select(ASKED)


def statuses(result: pl.DataFrame) -> Statuses:
    """Statuses of Boolean columns."""
    columns = [result[name] for name in CRITERIA]
    return of_truths([column.fill_null(value=False).to_numpy() for column in columns], [column.is_not_null().to_numpy() for column in columns])


if __name__ == "__main__":
    measure(f"polars {pl.__version__}", load, evaluate, statuses)
