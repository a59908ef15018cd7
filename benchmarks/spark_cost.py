"""What `eligimatch screen` costs on Spark beside this machine alone: processor time and bytes, which say how large a cluster must be.

    python benchmarks/spark_cost.py [--persons N] [--block N]

The same cohort before the trials of rules/, by both engines, each on one core (`local[1]`). Processor time is that of all its processes; what a
session needs to start is told apart, by a cohort of a quarter of the persons. Bytes are those that Spark counts: rows on their way to their block,
and answers on their way to the machine that gave the command. On Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
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
    run = subprocess.Popen(
        [*command, "--engine", engine, "--workers", "1", "--block", str(block), "--as-of", "2026-03-02"],
        env=os.environ | {"SPARK_CONF_DIR": str(scratch), "SPARK_LOCAL_IP": "127.0.0.1", "POLARS_MAX_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    used: dict[int, float] = {}
    while run.poll() is None:
        used |= _processors(run.pid)
        time.sleep(0.1)
    if run.returncode:
        raise SystemExit(f"{engine} ended with exit code {run.returncode}")
    return Cost(sum(used.values()), *_bytes(events))


def _processors(session: int) -> dict[int, float]:
    """Seconds of processors that each process of a session has used so far: PySpark leaves Java and workers to nobody who would count them."""
    found = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = place.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == session:
                found[int(place.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


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
    options.add_argument("--persons", type=int, default=12_000)
    options.add_argument("--block", type=int, default=3_000)
    chosen = options.parse_args()
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
