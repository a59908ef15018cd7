"""DuckDB: one SELECT over a table in memory with an ENUM column; NULL is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from measured import CRITERIA, Statuses, measure, of_truths

RULES = (
    "age BETWEEN 18 AND 75",
    "sex = 'female'",
    "ecog <= 1",
    "hemoglobin >= 9",
    "creatinine <= 1.5",
    "egfr >= 60",
    "ast <= 2.5 * ast_uln",
    "NOT diabetes",
    "NOT hepatitis_b",
    "NOT platinum",
    "chemotherapy_days > 28",
    "NOT (sex = 'female' AND pregnant)",
)
QUERY = "SELECT " + ", ".join(f"({rule}) AS {name}" for rule, name in zip(RULES, CRITERIA, strict=True)) + " FROM persons"  # noqa: S608 - rules of this file


def load(folder: Path, persons: int) -> Any:
    """A connection with the flat table in memory, in the order of the persons."""
    connection = duckdb.connect()
    connection.execute("CREATE TYPE sexes AS ENUM ('female', 'male')")
    connection.execute(
        f"CREATE TABLE persons AS SELECT * REPLACE (sex::VARCHAR::sexes AS sex) FROM read_parquet('{folder / 'flat.parquet'}') LIMIT {persons}"  # noqa: S608 - the same
    )
    return connection


def evaluate(connection: Any) -> dict[str, Any]:
    """One array a criterion, masked where it is NULL."""
    found: dict[str, Any] = connection.execute(QUERY).fetchnumpy()
    return found


def statuses(result: dict[str, Any]) -> Statuses:
    """Statuses of masked arrays."""
    columns = [np.ma.masked_array(result[name]) for name in CRITERIA]
    return of_truths([column.filled(fill_value=False).astype(np.bool_) for column in columns], [~np.ma.getmaskarray(column) for column in columns])


if __name__ == "__main__":
    measure(f"duckdb {duckdb.__version__}", load, evaluate, statuses)
