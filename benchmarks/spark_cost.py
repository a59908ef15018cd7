"""What `eligimatch screen` costs on Spark beside this machine alone: processor time and bytes, which say how large a cluster must be.

    python benchmarks/spark_cost.py [--persons N] [--block N]

The same cohort before the trials of rules/, by both engines, each on one core (`local[1]`). Processor time is that of all its processes; what a
session needs to start is told apart, by a cohort of a quarter of the persons. Bytes are those that Spark counts: rows on their way to their block,
and answers on their way to the machine that gave the command. On Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parent.parent
CONF = """
spark.eventLog.enabled true
spark.eventLog.dir file://{events}
spark.eventLog.compress false
"""


_ADOPT = 36
"""Linux's PR_SET_CHILD_SUBREAPER: what a child leaves behind, as PySpark leaves Java, is counted here too."""


class Cost(NamedTuple):
    """What a run came to."""

    seconds: float
    """Of processors."""
    moved: int
    """Bytes that Spark moved between its workers."""
    answered: int
    """Bytes that came back."""


def cohort(persons: int, folder: Path) -> Path:
    """A synthetic cohort."""
    subprocess.run([sys.executable, "-m", "eligimatch", "synth", str(persons), "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


def cost(source: Path, engine: str, block: int, scratch: Path) -> Cost:
    """The cost of a screening into a new folder."""
    events = scratch / f"events-{source.name}"
    events.mkdir(exist_ok=True)
    (scratch / "spark-defaults.conf").write_text(CONF.format(events=events), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "eligimatch",
        "screen",
        str(source),
        "--trials",
        str(TOP / "rules"),
        "--out",
        f"{scratch}/{source.name}-{engine[:5]}",
    ]
    before = _processors()
    subprocess.run(
        [*command, "--engine", engine, "--workers", "1", "--block", str(block), "--as-of", "2026-03-02"],
        check=True,
        env=os.environ | {"SPARK_CONF_DIR": str(scratch), "SPARK_LOCAL_IP": "127.0.0.1", "POLARS_MAX_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with suppress(ChildProcessError):
        while os.wait():
            pass
    return Cost(_processors() - before, *_bytes(events))


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _bytes(events: Path) -> tuple[int, int]:
    found = Counter[str]()
    for file in events.rglob("events_*"):
        for line in file.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["Event"] == "SparkListenerTaskEnd":
                found["moved"] += event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                found["answered"] += event["Task Metrics"]["Result Size"]
    return found["moved"], found["answered"]


def main() -> None:
    """Prints a row an engine, and what a person costs."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--persons", type=int, default=16_000)
    options.add_argument("--block", type=int, default=4_000)
    chosen = options.parse_args()
    ctypes.CDLL(None).prctl(_ADOPT, 1)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        few, many = cohort(chosen.persons // 4, scratch / "few"), cohort(chosen.persons, scratch / "many")
        for engine in ("local", "spark:local[1]"):
            part, whole = (cost(source, engine, chosen.block, scratch) for source in (few, many))
            each = (whole.seconds - part.seconds) / (chosen.persons - chosen.persons // 4)
            print(f"{engine}: {whole.seconds - each * chosen.persons:.0f} s of processors to start, then {each * 1e3:.2f} ms a person", flush=True)
        moved, answered = whole.moved / chosen.persons, whole.answered / chosen.persons
        print(f"rows on their way: {moved:,.0f} bytes a person; answers: {answered:,.1f} bytes a person")


if __name__ == "__main__":
    main()
