"""The evaluator's statuses of the first persons of a cohort, as a file of int8, persons × criteria.

python truth.py COHORT OUT PERSONS
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from measured import FAILED, MATCHED, UNKNOWN

from eligimatch import api, kept
from eligimatch.engine.evaluator import check
from eligimatch.model.verdict import Status
from eligimatch.sources.cohort import open_cohort

CODES = {Status.UNKNOWN: UNKNOWN, Status.MATCHED: MATCHED, Status.FAILED: FAILED}


def main() -> None:
    """Writes the file."""
    cohort, out, persons = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    trial = api.read_trial(Path(__file__).with_name("twelve.yaml"))
    block = next(open_cohort(cohort).blocks(persons))
    vocabulary, units = kept.language().vocabulary, kept.language().units
    reports = (check(block.profile(row), [trial], vocabulary, units).trials[0] for row in range(persons))
    np.save(out, np.array([[CODES[found.status] for found in report.criteria] for report in reports], np.int8))


if __name__ == "__main__":
    main()
