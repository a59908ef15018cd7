"""How `eligimatch screen` grows: so many synthetic persons before so many trials, from Parquet files to Parquet files.

    python benchmarks/screen_scale.py [--persons N …] [--count N …] [--trials FOLDER] [--workers N] [--json FILE] [--picture FILE]
    python benchmarks/screen_scale.py --draw FILE [--picture FILE]

The trials are those of a folder of records, else the five of rules/ again and again with other limits; they are compiled before. Each size is a run
of its own: wall time, the memory of all its processes at its highest, cells (person × criterion) a second. `--json` keeps the figures; `--picture`
draws them, also from such a file (`--draw`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from eligimatch import api, kept
from eligimatch.sources.trials import load_trial, write_trial

TOP = Path(__file__).resolve().parent.parent
SCRATCH = Path(tempfile.gettempdir()) / "eligimatch-benchmarks"
LIMIT = re.compile(r"(?P<sign>[≥≤<>=]\s*)(?P<number>\d+(?:\.\d+)?)")
FACTORS = (0.5, 0.75, 0.8, 0.9, 1.1, 1.25, 1.5, 2)
Row = dict[str, Any]


# --- trials and persons ----------------------------------------------------------------------------------------------------------------------


def perturbed(count: int) -> Iterator[Path]:
    """The trials of rules/, again and again; from the second time on with other limits."""
    folder, random = SCRATCH / "perturbed", Random(0)
    given = [load_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]

    def moved(found: re.Match[str]) -> str:
        number = float(found["number"]) * random.choice(FACTORS)
        return f"{found['sign']}{number:.{2 if '.' in found['number'] else 0}f}"

    for number in range(count):
        trial = given[number % len(given)]
        text = LIMIT.sub(moved, trial.eligibility) if number >= len(given) else trial.eligibility
        yield write_trial(trial.model_copy(update={"id": f"{trial.id}-{number}", "eligibility": text, "clarifications": ()}), folder)


def folder_of(paths: Iterable[Path], count: int) -> Path:
    """A folder of the first trials."""
    folder = SCRATCH / f"trials-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in islice(paths, count):
        (folder / path.name).symlink_to(path.resolve())
    return folder


def criteria_of(folder: Path, workers: int) -> int:
    """How many criteria the trials of a folder have; all are compiled then."""
    paths = sorted(folder.iterdir())
    return sum(len(api.read_trial(path).criteria) for path in kept.of_files(paths, load_trial, workers))


def cohort(persons: int) -> Path:
    """The folder of a synthetic cohort, made once."""
    folder = SCRATCH / f"cohort-{persons}"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "eligimatch", "synth", str(persons), "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


# --- runs ------------------------------------------------------------------------------------------------------------------------------------


def resident(top: int) -> float:
    """The resident memory of a process and all beneath it in MiB, what they share counted once; 0 where the system does not tell."""
    beneath, parents = {top}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    while more := {child for child, parent in parents.items() if parent in beneath} - beneath:
        beneath |= more
    return sum(map(_proportional, beneath)) / 1024


def _proportional(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def screened(persons: int, trials: Path, workers: int) -> Row:
    """The wall time, the peak of memory and what was written of one run."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as out:
        command = [sys.executable, "-m", "eligimatch", "screen", str(cohort(persons)), "--trials", str(trials), "--out", f"{out}/made"]
        start, peak = time.perf_counter(), 0.0
        with subprocess.Popen([*command, "--workers", str(workers), "--format", "json"], stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, resident(process.pid))
                time.sleep(0.2)
        if process.returncode not in {0, 3}:
            raise subprocess.CalledProcessError(process.returncode, command)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    return {"persons": persons, "seconds": seconds, "peak_mib": peak, "written_mib": size / 2**20}


def measured(persons: Sequence[int], counts: Sequence[int], folder: Path | None, workers: int) -> Iterator[Row]:
    """A row a size."""
    for count in counts:
        paths = sorted(folder.glob("*.json")) if folder else perturbed(count)
        trials = folder_of(paths, count)
        criteria = criteria_of(trials, workers)
        for number in persons:
            row = {"trials": count, "criteria": criteria, "workers": workers, **screened(number, trials, workers)}
            yield row | {"cells_a_second": number * criteria / row["seconds"]}


# --- the picture -----------------------------------------------------------------------------------------------------------------------------


def draw(rows: Sequence[Row], picture: Path) -> None:
    """Seconds by persons, a line for each number of trials; and by trials, a line for each number of persons."""
    import matplotlib as mpl  # noqa: PLC0415 - only a picture needs it
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams.update({"svg.hashsalt": "eligimatch", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for place, (across, apart) in enumerate((("persons", "trials"), ("trials", "persons")), 1):
        axes = figure.add_subplot(1, 2, place)
        for value in sorted({row[apart] for row in rows}):
            line = sorted((row[across], row["seconds"]) for row in rows if row[apart] == value)
            axes.plot(*zip(*line, strict=True), marker="o", label=f"{value:,} {apart}")
        axes.set(xscale="log", yscale="log", xlabel=across, ylabel="seconds, from Parquet to Parquet")
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(picture, format="svg", metadata={"Date": None})


def told(row: Row) -> str:
    """A row as a line."""
    sizes = f"{row['persons']:10,} {row['trials']:7,} {row['criteria']:9,}"
    return f"{sizes} {row['seconds']:10.1f} {row['peak_mib']:10,.0f} {row['written_mib']:10.1f} {row['cells_a_second']:16,.0f}"


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--count", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--trials", type=Path, help="a folder of records; else rules/, again and again")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="keep the figures here")
    parser.add_argument("--picture", type=Path, help="draw them here, as SVG")
    parser.add_argument("--draw", type=Path, help="draw these figures; measure nothing")
    chosen = parser.parse_args()
    rows: list[Row] = json.loads(chosen.draw.read_text(encoding="utf-8")) if chosen.draw else []
    if not chosen.draw:
        SCRATCH.mkdir(exist_ok=True)
        print(f"{'persons':>10} {'trials':>7} {'criteria':>9} {'seconds':>10} {'peak MiB':>10} {'written MiB':>10} {'cells a second':>16}")
        for row in measured(chosen.persons, chosen.count, chosen.trials, chosen.workers):
            rows.append(row)
            print(told(row), flush=True)
            if chosen.json:
                chosen.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if chosen.picture or chosen.draw:
        draw(rows, chosen.picture or TOP / "docs" / "performance.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
