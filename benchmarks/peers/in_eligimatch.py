"""eligimatch's screener on the tables themselves, block by block: twelve.yaml compiled, planes of statuses.

    python in_eligimatch.py COHORT OUT PERSONS RUNS

`load` reads a block's tables, `encode` makes arrays of them; `evaluate` is the first screening of a block, which finds the latest values itself,
`again` another screening of the same block, when they are at hand as they are in a flat table. A run before the first that counts has asked the
evaluator what it had to.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
from measured import ENOUGH, FAILED, MATCHED, Statuses, written

from eligimatch import api, kept
from eligimatch.engine.screener import planes
from eligimatch.engine.screener.screener import Screened, Screener
from eligimatch.sources.cohort import Cohort, open_cohort
from eligimatch.sources.synthetic.cohort import AS_OF

TRIAL = Path(__file__).with_name("twelve.yaml")
PHASES = ("load", "encode", "evaluate", "again")


def statuses(screened: Screened, persons: int) -> Statuses:
    """The statuses of a trial's criteria."""
    found = np.zeros((persons, len(screened.criteria)), np.int8)
    for column, plane in enumerate(screened.criteria.values()):
        found[planes.unpacked(plane.true, persons), column] = MATCHED
        found[planes.unpacked(plane.false, persons), column] = FAILED
    return found


def once(cohort: Cohort, screener: Screener, persons: int) -> tuple[dict[str, float], list[Statuses]]:
    """The seconds of each phase over all blocks, and what was found."""
    spent, found, done = dict.fromkeys(PHASES, 0.0), [], 0
    for extent in cohort.extents():
        if done >= persons:
            break
        times = [time.perf_counter()]
        read = cohort.block(extent)
        times.append(time.perf_counter())
        block = screener.block(read.person.to_list(), read.tables)
        times.append(time.perf_counter())
        screened = next(screener.screen(block))
        times.append(time.perf_counter())
        screened = next(screener.screen(block))
        times.append(time.perf_counter())
        for phase, start, end in zip(PHASES, times, times[1:], strict=False):
            spent[phase] += end - start
        found.append(statuses(screened, len(read)))
        done += len(read)
    return spent, found


def main() -> None:
    """Screens several times, and writes what came of it."""
    folder, out, persons, runs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    cohort = open_cohort(folder)
    screener = Screener([api.read_trial(TRIAL)], kept.language().vocabulary, kept.language().units, AS_OF)
    start = time.perf_counter()
    _, found = once(cohort, screener, persons)
    cold = time.perf_counter() - start
    spent: list[dict[str, float]] = []
    while len(spent) < runs and sum(sum(one.values()) for one in spent) < ENOUGH:
        one, found = once(cohort, screener, persons)
        spent.append(one)
    middle = {phase: median(one[phase] for one in spent) for phase in PHASES}
    written(out, {"version": f"eligimatch {version('eligimatch')}", "cold": cold, "runs": len(spent), **middle}, np.concatenate(found)[:persons])


if __name__ == "__main__":
    main()
