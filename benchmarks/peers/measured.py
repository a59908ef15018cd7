"""What the Python peers share: a run of one of them, measured, from the folder of flat tables to a file of statuses and a file of figures.

    python in_duckdb.py FOLDER OUT PERSONS RUNS

Statuses are int8, persons × criteria: 1 matched, 2 failed, 0 unknown.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNKNOWN, MATCHED, FAILED = 0, 1, 2
CRITERIA = ("age", "sex", "ecog", "hemoglobin", "creatinine", "egfr", "ast", "diabetes", "hepatitis_b", "platinum", "washout", "pregnant")
Statuses = NDArray[np.int8]
ENOUGH = 60.0
"""Seconds after which a measurement is not begun again."""


def of_truths(columns: list[NDArray[np.bool_]], known: list[NDArray[np.bool_]] | None = None) -> Statuses:
    """Statuses of truths, one array a criterion; where something is not known, of which."""
    decided = np.where(np.stack(columns, axis=1), MATCHED, FAILED)
    return (decided if known is None else np.where(np.stack(known, axis=1), decided, UNKNOWN)).astype(np.int8)


def repeated(run: Callable[[], Any], runs: int) -> tuple[list[float], Any]:
    """The seconds of each run, and what the last one gave."""
    times: list[float] = []
    result = None
    while len(times) < runs and sum(times) < ENOUGH:
        result = None
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return times, result


def measure(version: str, load: Callable[[Path, int], Any], evaluate: Callable[[Any], Any], statuses: Callable[[Any], Statuses]) -> None:
    """Loads and evaluates several times, and writes what came of it."""
    folder, out, persons, runs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    loads, data = repeated(lambda: load(folder, persons), min(runs, 3))
    times, result = repeated(lambda: evaluate(data), runs)
    written(out, {"version": version, "load": median(loads), "evaluate": median(times), "runs": len(times)}, statuses(result))


def written(out: Path, figures: dict[str, Any], statuses: Statuses) -> None:
    """The two files of a run."""
    np.save(out.with_suffix(".npy"), statuses)
    out.with_suffix(".json").write_text(json.dumps(figures), encoding="utf-8")
