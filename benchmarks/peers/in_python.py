"""Plain Python: a closure a criterion over a dictionary a person; what is missing does not pass."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from measured import Statuses, measure, of_truths

Person = dict[str, Any]
Rule = Callable[[Person], bool]


def at_least(key: str, limit: float) -> Rule:
    """A number from a limit up."""
    return lambda person: key in person and person[key] >= limit


def at_most(key: str, limit: float) -> Rule:
    """A number up to a limit."""
    return lambda person: key in person and person[key] <= limit


def without(key: str) -> Rule:
    """Something that is not listed."""
    return lambda person: not person.get(key)


RULES: tuple[Rule, ...] = (
    lambda person: "age" in person and 18 <= person["age"] <= 75,
    lambda person: person.get("sex") == "female",
    at_most("ecog", 1),
    at_least("hemoglobin", 9),
    at_most("creatinine", 1.5),
    at_least("egfr", 60),
    lambda person: "ast" in person and "ast_uln" in person and person["ast"] <= 2.5 * person["ast_uln"],
    without("diabetes"),
    without("hepatitis_b"),
    without("platinum"),
    lambda person: not ("chemotherapy_days" in person and person["chemotherapy_days"] <= 28),
    lambda person: not (person.get("sex") == "female" and person.get("pregnant")),
)


def load(folder: Path, persons: int) -> list[Person]:
    """A dictionary a person."""
    with (folder / "persons.ndjson").open(encoding="utf-8") as file:
        return [json.loads(line) for line in islice(file, persons)]


def evaluate(data: list[Person]) -> list[list[bool]]:
    """A list of truths a person."""
    return [[rule(person) for rule in RULES] for person in data]


def statuses(result: list[list[bool]]) -> Statuses:
    """Statuses of truths."""
    return of_truths(list(np.array(result, np.bool_).T))


if __name__ == "__main__":
    measure(f"CPython {platform.python_version()}", load, evaluate, statuses)
