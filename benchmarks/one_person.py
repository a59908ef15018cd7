"""One person before many compiled trials: how long until the store is open, until all verdicts are there, until every reason is.

    python benchmarks/one_person.py [--trials FOLDER] [--count N] [--persons N] [--runs N] [--workers N]

The trials are those of a folder of records, else those of rules/ again and again under other names; what is not compiled yet is compiled first. Then,
warm: the store is opened (each record's hash looked up, its compiled trial read); the screener answers a block of one person, once for a person whom
it has seen and for people new to it; the evaluator gives every criterion's reason. Medians of processor time and of wall time; exit code 1 where a
limit for 4,000 trials is missed.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from eligimatch import api, kept
from eligimatch.engine.evaluator import check
from eligimatch.engine.screener.block import Block
from eligimatch.engine.screener.screener import Screener
from eligimatch.model.trial import CompiledTrial
from eligimatch.sources.blocks import Block as Tables
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.synthetic.cohort import AS_OF, write_cohort
from eligimatch.sources.trials import load_trial

TOP = Path(__file__).resolve().parent.parent
LIMITS = {"open": 0.3, "verdicts": 0.02, "reasons": 0.5}
"""Seconds for 4,000 trials."""


class Spent(NamedTuple):
    """Seconds."""

    processor: float
    wall: float


def spent(run: Callable[[], object]) -> Spent:
    """What a call takes."""
    processor, wall = time.process_time(), time.perf_counter()
    run()
    return Spent(time.process_time() - processor, time.perf_counter() - wall)


def middle(times: Sequence[Spent]) -> Spent:
    """The medians."""
    return Spent(*(median(column) for column in zip(*times, strict=True)))


def named(trials: Sequence[CompiledTrial], count: int) -> list[CompiledTrial]:
    """So many trials: these again and again, under other names."""
    return [trial.model_copy(update={"id": f"{trial.id}-{number}"}) for number, trial in enumerate(islice(cycle(trials), count))]


def people(count: int) -> list[Tables]:
    """Synthetic persons, each a block of their own."""
    with tempfile.TemporaryDirectory() as folder:
        write_cohort(count, 0, Path(folder) / "cohort")
        return list(open_cohort(Path(folder) / "cohort").blocks(1))


def screened(screener: Screener, given: Tables) -> tuple[Spent, Block]:
    """Making a block of one person and screening it."""
    made: list[Block] = []

    def run() -> None:
        made.append(screener.block(given.person.to_list(), given.tables))
        for _ in screener.screen(made[0]):
            pass

    return spent(run), made[0]


def figures(trials: Sequence[CompiledTrial], persons: Sequence[Tables], runs: int) -> dict[str, Spent]:
    """The figures of one person before all trials."""
    vocabulary, units = kept.language().vocabulary, kept.language().units
    screener = Screener(trials, vocabulary, units, AS_OF)
    first, _ = screened(screener, persons[0])
    strangers = [screened(screener, person)[0] for person in persons[1:]]
    again = [screened(screener, persons[0])[0] for _ in range(runs)]
    profile = persons[0].profile(0)
    check(profile, trials, vocabulary, units)
    reasons = [spent(lambda: check(profile, trials, vocabulary, units)) for _ in range(runs)]
    return {"verdicts, first of all": first, "verdicts, someone new": middle(strangers), "verdicts": middle(again), "reasons": middle(reasons)}


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=Path, help="a folder of records; else rules/, again and again")
    parser.add_argument("--count", type=int, default=4000, help="how many trials (default: 4,000)")
    parser.add_argument("--persons", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1, help="processes that compile what is not compiled yet")
    chosen = parser.parse_args()
    gc.set_threshold(kept.UNHURRIED)  # as the command line does
    paths = sorted(chosen.trials.glob("*.json"))[: chosen.count] if chosen.trials else sorted((TOP / "rules").glob("*.yaml"))
    for path in kept.of_files(paths, load_trial, chosen.workers):
        api.read_trial(path)
    opened = middle([spent(lambda: [api.read_trial(path) for path in paths]) for _ in range(3)])
    compiled = [api.read_trial(path) for path in paths]
    trials = compiled if chosen.trials else named(compiled, chosen.count)
    made = {"open": opened, **figures(trials, people(chosen.persons), chosen.runs)}
    print(f"{len(trials):,} trials, {sum(len(trial.criteria) for trial in trials):,} criteria; {len(paths):,} opened")
    missed = 0
    for name, (processor, wall) in made.items():
        limit = LIMITS.get(name, 0) * len(paths if name == "open" else trials) / 4000
        missed += 0 < limit < wall
        print(f"{name:<24} {processor * 1000:10.1f} ms of processor {wall * 1000:10.1f} ms" + (f"   (limit {limit * 1000:.1f})" if limit else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
