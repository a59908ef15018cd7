"""Twelve ordinary criteria over a synthetic cohort: eligimatch's screener beside seven other ways to ask them, in the same run.

    python benchmarks/peers.py [--persons N] [--peers NAME …] [--runs N] [--truth N] [--json FILE]

Each engine runs in a process of its own and gets the persons in its own best form: eligimatch the tables as they are, all others a flat table that is
made of them first (latest values, flags, value sets resolved). Seconds are medians: `form` is what stands between the Parquet files and the question
(for eligimatch reading and encoding its tables; for the others the flat table, which Polars makes, and loading it), `evaluate` the twelve criteria
over all persons. The screener's first look at a block finds the latest values itself; `again` is a second look at the same block, where they are at
hand as they are in a flat table. Memory is the peak of the process. Slow engines are asked about the first persons alone; the table says of how many.

Truth is the evaluator's, for some of the persons. `agree` is the share of all cells (person × criterion) that say the same; `guessed` the share of
the cells the evaluator leaves unknown that are decided nevertheless; `contrary` the share of those it decides that say the opposite; `missed` that
say unknown.

What an engine needs is installed with `pip install 'eligimatch[peers]'`; those in Node.js are installed by npm into a temporary folder. One that is
not there is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent / "peers"
SCRATCH = Path(tempfile.gettempdir()) / "eligimatch-benchmarks"
Statuses = NDArray[np.int8]


class Peer(NamedTuple):
    """An engine: its script, what it needs, and of how many persons it is asked at most."""

    script: str
    module: str = ""
    most: int = 10_000_000


PEERS = {
    "eligimatch": Peer("in_eligimatch.py"),
    "polars": Peer("in_polars.py", "polars"),
    "duckdb": Peer("in_duckdb.py", "duckdb"),
    "pandas": Peer("in_pandas.py", "pandas"),
    "python": Peer("in_python.py", most=100_000),
    "cel": Peer("in_cel.py", "cel", most=20_000),
    "json-logic": Peer("in_json_logic.js", "json-logic-js", most=50_000),
    "cql": Peer("in_cql.js", "cql-execution", most=20_000),
}
FEW = max(peer.most for peer in PEERS.values() if peer.most < 10_000_000)


class Run(NamedTuple):
    """What a process wrote, and the peak of its memory in MiB."""

    figures: dict[str, Any]
    peak: float


# --- what is asked about ---------------------------------------------------------------------------------------------------------------------


def cohort(persons: int) -> Path:
    """The folder of a synthetic cohort, made once."""
    folder = SCRATCH / f"cohort-{persons}"
    if not folder.exists():
        run([sys.executable, "-m", "eligimatch", "synth", str(persons), "--out", str(folder), "--format", "json"])
    return folder


def flat(persons: int) -> tuple[Path, Run]:
    """The folder of the flat tables of a cohort, and what they cost."""
    folder = SCRATCH / f"flat-{persons}"
    folder.mkdir(parents=True, exist_ok=True)
    done = run([sys.executable, str(HERE / "flat.py"), str(cohort(persons)), str(folder), str(FEW)])
    return folder, done


def truth(persons: int, of: int) -> Statuses:
    """The evaluator's statuses of the first persons."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "truth.npy"
        run([sys.executable, str(HERE / "truth.py"), str(cohort(of)), str(out), str(persons)])
        found: Statuses = np.load(out)
    return found


# --- processes -------------------------------------------------------------------------------------------------------------------------------


def run(command: list[str], environment: dict[str, str] | None = None) -> Run:
    """A command that must succeed; the last line that it prints are its figures.

    What runs it must be small: the peak of a process counts what it was forked from.
    """
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        out.seek(0)
        lines = out.read().split("\n")[-2:-1]
    return Run(json.loads(lines[0]) if lines else {}, usage.ru_maxrss / 1024)


def node_modules() -> Path | None:
    """The folder into which npm installed what package.json names; None where that is not possible."""
    folder = SCRATCH / "node"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    installed = folder / "node_modules"
    wanted = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if all((installed / name).is_dir() for name in wanted):
        return installed
    done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, capture_output=True, check=False)
    return installed if not done.returncode else None


def command(peer: Peer) -> tuple[list[str], dict[str, str]] | None:
    """How a peer is started; None where it is not there."""
    script = str(HERE / peer.script)
    if peer.script.endswith(".py"):
        return ([sys.executable, script], {}) if not peer.module or find_spec(peer.module) else None
    modules = node_modules()
    return (["node", "--max-old-space-size=8192", script], {"NODE_PATH": str(modules)}) if modules else None


def measured(name: str, persons: int, runs: int, tables: Path) -> tuple[dict[str, Any], Statuses] | None:
    """The figures of a peer and its statuses; None where it is not there."""
    peer = PEERS[name]
    started = command(peer)
    if started is None:
        return None
    asked = min(persons, peer.most)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        given = cohort(persons) if name == "eligimatch" else tables
        done = run([*started[0], str(given), str(out), str(asked), str(runs)], started[1])
        figures = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
        binary = out.with_suffix(".bin")
        found: Statuses = np.fromfile(binary, np.int8).reshape(asked, -1) if binary.exists() else np.load(out.with_suffix(".npy"))
    return {**figures, "persons": asked, "peak": done.peak}, found


# --- figures ---------------------------------------------------------------------------------------------------------------------------------


def agreement(found: Statuses, true: Statuses) -> dict[str, float]:
    """Shares of cells: see above."""
    found, true = found[: len(true)], true[: len(found)]
    unknown, decided = true == 0, true != 0
    return {
        "agree": float((found == true).mean()),
        "guessed": float((found != 0)[unknown].mean()),
        "contrary": float(((found != true) & (found != 0))[decided].mean()),
        "missed": float((found == 0)[decided].mean()),
        "guessed_of_all": float(((found != 0) & unknown).mean()),
    }


def rows(name: str, figures: dict[str, Any], flattened: float) -> Iterator[dict[str, Any]]:
    """The rows of a peer: its own, and for a screener that of the second look."""
    own = "again" in figures
    form = figures["load"] + (figures["encode"] if own else flattened)
    made = {"engine": name, "form": form, "cells": figures["persons"] * 12 / figures["evaluate"], **figures}
    yield {key: value for key, value in made.items() if key != "again"}
    if own:
        again = figures["again"]
        yield {**made, "engine": f"{name}, again", "form": form + figures["evaluate"], "evaluate": again, "cells": figures["persons"] * 12 / again}


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    seconds = f"{row['form']:9.3f} {row['evaluate']:10.4f} {row['cells']:15,.0f} {row['peak']:8,.0f}"
    shares = " ".join(f"{row[name]:8.2%}" for name in ("agree", "guessed", "contrary", "missed"))
    return f"{row['engine']:<19} {row['persons']:9,} {seconds} {shares}  {row['version']}"


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--truth", type=int, default=2000, help="how many persons the evaluator is asked about (default: 2000)")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    chosen = parser.parse_args()
    tables, flattening = flat(chosen.persons)
    true = truth(min(chosen.truth, chosen.persons), chosen.persons)
    flattened = flattening.figures["flatten"]
    print(f"{chosen.persons:,} persons, 12 criteria; truth of {len(true):,} persons, {(true == 0).mean():.1%} of their cells unknown")
    print(f"the flat table of the others: {flattened:.2f} s, {flattening.peak:,.0f} MiB\n")
    heads = f"{'form s':>9} {'evaluate s':>10} {'cells a second':>15} {'MiB':>8} {'agree':>8} {'guessed':>8} contrary   missed"
    print(f"{'engine':<19} {'persons':>9} {heads}")
    made = []
    for name in chosen.peers:
        found = measured(name, chosen.persons, chosen.runs, tables)
        if found is None:
            print(f"{name:<19} left out: {PEERS[name].module} is not installed", flush=True)
            continue
        for row in rows(name, found[0] | agreement(found[1], true), flattened):
            made.append(row)
            print(line(row), flush=True)
    if chosen.json:
        figures = {"persons": chosen.persons, "truth": len(true), "flatten": flattened, "flatten_peak": flattening.peak, "engines": made}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
