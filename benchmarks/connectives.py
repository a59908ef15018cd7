"""How near the connectives of the screener come to the memory's own pace, both measured in this run on one core.

    python benchmarks/connectives.py [--persons N] [--planes N] [--runs N] [--trials FOLDER]

Memory: a copy and the stream triad (a = b + s × c) over arrays larger than the caches, in bytes read and written a second. Connectives: and, or, "at
least two of three" and the others over the planes of a block of persons, and then all connectives of the trials of rules/ or of a folder, their
leaves answered beforehand; in bytes of planes read and written a second. Prints how many times slower than memory each is; exit code 1 where one is
slower than four times.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import polars as pl

from eligimatch import api, kept
from eligimatch.engine.screener import planes
from eligimatch.engine.screener.block import Block
from eligimatch.engine.screener.plan import Plan
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.screener import Graph, Screener
from eligimatch.model.columns import PERSON

TOP = Path(__file__).resolve().parent.parent

LIMIT = 4.0
ELEMENTS = 1 << 23
"""Of each array of the memory's own pace: 64 MiB."""


def seconds(run: Callable[[], object], runs: int) -> float:
    """The median of some runs, after one that does not count."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return median(times)


def memory(runs: int) -> dict[str, float]:
    """Bytes a second of a copy and of a triad; the triad goes by parts that stay in the cache between its two steps."""
    one, other, into = (np.full(ELEMENTS, float(number)) for number in (1, 2, 0))
    part = np.empty(1 << 14)

    def triad() -> None:
        for first in range(0, ELEMENTS, part.size):
            place = slice(first, first + part.size)
            np.multiply(other[place], 3.0, out=part)
            np.add(one[place], part, out=into[place])

    return {
        "copy": 2 * one.nbytes / seconds(lambda: np.copyto(into, one), runs),
        "triad": 3 * one.nbytes / seconds(triad, runs),
    }


def random_planes(persons: int, count: int) -> list[Plane]:
    """Planes in which a third is true, a third false."""
    random = np.random.default_rng(0)
    made = []
    for _ in range(count):
        said = random.integers(0, 3, persons, np.uint8)
        made.append(Plane(planes.packed(said == 1), planes.packed(said == 2)))
    return made


class Answered(NamedTuple):
    """A leaf whose plane is at hand."""

    made: Plane

    def plane(self, _block: Block) -> Plane:
        """The plane."""
        return self.made


def of_trials(paths: list[Path], given: list[Plane], persons: int, runs: int) -> tuple[float, float]:
    """The same of whole trials: every connective of their rules, their criteria and verdicts."""
    screener = Screener([api.read_trial(path) for path in paths], kept.language().vocabulary, kept.language().units)
    block = screener.block([""] * persons, {"persons": pl.DataFrame({PERSON: np.arange(persons, dtype=np.uint32)})})
    plan = Plan(screener.trials, screener.language, screener.registry)
    plan.leaves = {number: Answered(given[number % len(given)]) for number in plan.leaves}
    joined = [len(node.parts) for node in plan.nodes if node.parts] + [len(trial.criteria) for trial in plan.trials]

    def run() -> None:
        graph = Graph(plan, block)
        for trial in plan.trials:
            graph.trial(trial)

    return 2.0 * given[0].true.nbytes * sum(parts + 1 for parts in joined), seconds(run, runs)


def connectives(given: list[Plane], runs: int) -> dict[str, tuple[float, float]]:
    """For each connective the bytes of planes that it reads and writes, and its seconds."""
    each = given[0].true.nbytes
    every = 2 * each * (len(given) + 1)
    return {
        "all_of": (every, seconds(lambda: planes.all_of(given), runs)),
        "any_of": (every, seconds(lambda: planes.any_of(given), runs)),
        "agreed": (every, seconds(lambda: planes.agreed(given), runs)),
        "at_least 2 of 3": (2.0 * each * 4, seconds(lambda: planes.at_least(2, given[:3]), runs)),
        "completed": (6.0 * each, seconds(lambda: planes.completed(given[0], given[1]), runs)),
    }


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=1 << 16, help="persons of a block (default: 65,536)")
    parser.add_argument("--planes", type=int, default=20, help="how many are joined (default: 20)")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--trials", type=Path, default=TOP / "rules", help="a folder of records (default: rules/)")
    chosen = parser.parse_args()
    paths = [path for path in sorted(chosen.trials.iterdir()) if path.suffix in (".json", ".yaml")]
    pace = memory(max(5, chosen.runs // 20))
    for name, rate in pace.items():
        print(f"memory, {name:<12} {rate / 1e9:8.1f} GB/s")
    best, slowest = max(pace.values()), 0.0
    given = random_planes(chosen.persons, chosen.planes)
    figures = connectives(given, chosen.runs) | {f"{len(paths)} trials": of_trials(paths, given, chosen.persons, chosen.runs)}
    for name, (size, spent) in figures.items():
        ratio = best / (size / spent)
        slowest = max(slowest, ratio)
        print(f"{name:<20} {size / spent / 1e9:8.1f} GB/s   {ratio:5.2f} times memory's time   {spent * 1e6:9.1f} µs for {chosen.persons:,} persons")
    print(f"slowest              {slowest:8.2f} times memory's time (limit {LIMIT:.0f})")
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
