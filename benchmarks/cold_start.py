"""How long a person waits for one answer: `eligimatch check` on the trials of rules/, as a ratio to importing three libraries.

    python benchmarks/cold_start.py [PATIENT] [--runs N]

Runs both commands in turn, each in a process of its own with a warm disk cache, and prints medians and their ratio; exit code 1 above the limit.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

TOP = Path(__file__).resolve().parent.parent
BASE = [sys.executable, "-c", "import pydantic, lark, rich"]
LIMIT = 2.5
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled once; so is the checkout that is measured here."""


def seconds(command: list[str]) -> float:
    """The wall time of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=TOP, env=ENVIRONMENT, capture_output=True)
    return time.perf_counter() - start


def measured(commands: list[list[str]], runs: int) -> list[float]:
    """Each command's median; they take turns, so that a busy moment falls on all."""
    for command in commands:
        seconds(command)
    times = [[seconds(command) for command in commands] for _ in range(runs)]
    return [median(column) for column in zip(*times, strict=True)]


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patient", nargs="?", type=Path, default=TOP / "patients" / "near-limits.yaml")
    parser.add_argument("--runs", type=int, default=15)
    chosen = parser.parse_args()
    base, check = measured([BASE, [sys.executable, "-m", "eligimatch", "check", str(chosen.patient.resolve())]], chosen.runs)
    trials = len(list((TOP / "rules").glob("*.yaml")))
    print(f"import pydantic, lark, rich        {base * 1000:6.0f} ms")
    print(f"eligimatch check, {trials} trials        {check * 1000:6.0f} ms")
    print(f"ratio                              {check / base:6.2f}    (limit {LIMIT})")
    return 0 if check <= LIMIT * base else 1


if __name__ == "__main__":
    sys.exit(main())
