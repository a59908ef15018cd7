"""CEL (common-expression-language, written in Rust): the criteria as one compiled list; `has` guards what is missing, so that it does not pass."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import cel
import numpy as np
from in_python import load
from measured import Statuses, measure, of_truths

RULES = (
    "has(p.age) && p.age >= 18 && p.age <= 75",
    "has(p.sex) && p.sex == 'female'",
    "has(p.ecog) && p.ecog <= 1",
    "has(p.hemoglobin) && p.hemoglobin >= 9.0",
    "has(p.creatinine) && p.creatinine <= 1.5",
    "has(p.egfr) && p.egfr >= 60.0",
    "has(p.ast) && has(p.ast_uln) && p.ast <= 2.5 * p.ast_uln",
    "!p.diabetes",
    "!p.hepatitis_b",
    "!p.platinum",
    "!(has(p.chemotherapy_days) && p.chemotherapy_days <= 28)",
    "!(has(p.sex) && p.sex == 'female' && has(p.pregnant) && p.pregnant)",
)
PROGRAM = cel.compile(f"[{', '.join(RULES)}]")


def prepared(folder: Path, persons: int) -> list[dict[str, Any]]:
    """Each person as the variables of an evaluation."""
    return [{"p": person} for person in load(folder, persons)]


def evaluate(data: list[dict[str, Any]]) -> list[list[bool]]:
    """A list of truths a person."""
    return [PROGRAM.execute(person) for person in data]


def statuses(result: list[list[bool]]) -> Statuses:
    """Statuses of truths."""
    return of_truths(list(np.array(result, np.bool_).T))


if __name__ == "__main__":
    measure(f"common-expression-language {version('common-expression-language')}", prepared, evaluate, statuses)
