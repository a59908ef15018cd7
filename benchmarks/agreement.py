"""Whether the screener says what the evaluator says: every cell (person × criterion) of random trials and of a cohort.

    python benchmarks/agreement.py [--examples N] [--seed S] [--trials FOLDER] [--limit N] [--persons N] [--most N]

An example is a random rule and a random person whom it concerns; they come by rounds of 10 trials of 5 rules with 4 people each, and in a round every
person is put before every trial. Then the trials of rules/ and of a folder, before a synthetic cohort. Of each rule that differs prints one person,
and how much was compared; exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from eligimatch import api
from eligimatch.model.trial import CompiledTrial
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.synthetic.cohort import write_cohort

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from two_engines import Disagreement, disagreements, random_round, screener

TOP = Path(__file__).resolve().parent.parent
TRIALS, CRITERIA, EACH = 10, 5, 4
AT_ONCE = 20
"""Trials before the cohort at a time: what they found is told as soon as it is known."""


class Compared(NamedTuple):
    """Cells that were compared, and those that differ."""

    cells: int
    differing: Sequence[Disagreement]


def random_rounds(examples: int, seed: int) -> Iterator[Compared]:
    """Rounds of random trials and people."""
    each_round = TRIALS * CRITERIA * EACH
    for number in range(-(-examples // each_round)):
        yield Compared(each_round * TRIALS * CRITERIA, list(random_round(Random(seed + number), TRIALS, CRITERIA, EACH)))


def cohort_rounds(trials: Sequence[CompiledTrial], persons: int, seed: int) -> Iterator[Compared]:
    """Some trials at a time before a synthetic cohort."""
    with tempfile.TemporaryDirectory() as folder:
        write_cohort(persons, seed, Path(folder) / "cohort")
        block = next(open_cohort(Path(folder) / "cohort").blocks(persons))
    for first in range(0, len(trials), AT_ONCE):
        some = trials[first : first + AT_ONCE]
        cells = sum(len(trial.criteria) for trial in some) * len(block)
        yield Compared(cells, list(disagreements(screener(some), block)))


def told(name: str, rounds: Iterable[Compared], most: int) -> int:
    """How many cells differ; of each rule in which some do, one is printed as soon as it is found, and at last how much was compared."""
    start, cells, differing, rules = time.perf_counter(), 0, 0, 0
    for compared in rounds:
        cells += compared.cells
        differing += len(compared.differing)
        first = {(found.trial.id, found.criterion and found.criterion.id): found for found in reversed(compared.differing)}
        for found in first.values():
            rules += 1
            if rules <= most:
                print(found, flush=True)
    print(f"{name:<32} {cells:13,} cells, {differing:8,} differ in {rules:,} rules; {time.perf_counter() - start:,.0f} s", flush=True)
    return differing


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=Path, help="a folder of records, beside rules/")
    parser.add_argument("--limit", type=int, default=300, help="so many of that folder (default: 300)")
    parser.add_argument("--persons", type=int, default=2000)
    parser.add_argument("--most", type=int, default=20, help="how many differences are printed (default: 20)")
    chosen = parser.parse_args()
    paths = sorted((TOP / "rules").glob("*.yaml")) + (sorted(chosen.trials.glob("*.json"))[: chosen.limit] if chosen.trials else [])
    differing = told("random rules and people", random_rounds(chosen.examples, chosen.seed), chosen.most)
    trials = [api.read_trial(path) for path in paths]
    differing += told(f"{len(trials):,} trials, {chosen.persons:,} persons", cohort_rounds(trials, chosen.persons, chosen.seed), chosen.most)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
