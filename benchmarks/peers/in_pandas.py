"""pandas: comparisons of columns (numbers with NaN, a category, flags); what is missing compares as false."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from measured import Statuses, measure, of_truths


def load(folder: Path, persons: int) -> Any:
    """The flat table in numpy's own types."""
    data = pd.read_parquet(folder / "flat.parquet").head(persons)
    numbers = ("age", "ecog", "hemoglobin", "creatinine", "egfr", "ast", "ast_uln", "chemotherapy_days")
    data = data.astype(dict.fromkeys(numbers, "float64")).astype({"sex": "category"})
    return data.assign(pregnant=data["pregnant"].astype("boolean").fillna(False).astype("bool"))


def evaluate(data: Any) -> list[Any]:
    """One Boolean series a criterion."""
    female = data["sex"] == "female"
    return [
        data["age"].between(18, 75),
        female,
        data["ecog"] <= 1,
        data["hemoglobin"] >= 9,
        data["creatinine"] <= 1.5,
        data["egfr"] >= 60,
        data["ast"] <= 2.5 * data["ast_uln"],
        ~data["diabetes"],
        ~data["hepatitis_b"],
        ~data["platinum"],
        ~(data["chemotherapy_days"] <= 28),
        ~(female & data["pregnant"]),
    ]


def statuses(result: list[Any]) -> Statuses:
    """Statuses of Boolean series."""
    return of_truths([column.to_numpy() for column in result])


if __name__ == "__main__":
    measure(f"pandas {pd.__version__}", load, evaluate, statuses)
