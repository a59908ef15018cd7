"""`eligimatch screen` on a Spark cluster of processes: a worker that dies costs time, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import process
from conftest import TOP
from spark_cluster import FOREVER, Cluster, cluster, light, needs_spark, until

from eligimatch.sources.synthetic.cohort import write_cohort

pytestmark = [needs_spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]
RULES = sorted((TOP / "rules").glob("*.yaml"))
OPTIONS = ("--trials", str(RULES[0]), "--block", "8", "--statuses", "--as-of", "2026-03-02")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return light(tmp_path_factory.mktemp("conf"))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Cluster]:
    """A master with two workers."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2, environment) as made:
        yield made


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(160, 3, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"}


def test_workers_that_lack_the_program_are_told_of(environment: dict[str, str], cohort: Path, tmp_path: Path) -> None:
    import pyspark

    home = Path(pyspark.__file__).parent
    bare = tmp_path / "python"
    paths = ":".join(str(path) for path in (home / "python" / "lib").glob("*.zip"))
    bare.write_text(f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" -S "$@"\n', encoding="utf-8")
    bare.chmod(0o700)
    options = (*OPTIONS, "--engine", "spark:local[1]")
    ran = process("screen", cohort, "--out", tmp_path / "out", *options, **environment | {"PYSPARK_PYTHON": str(bare)})
    assert ran.code == 2
    assert "error: a worker's Python has no `" in ran.err
    assert ran.err.endswith("  hint: pip install 'eligimatch[spark]' into the Python of every worker\n")
    assert not (tmp_path / "out" / "summary.parquet").exists()


def test_a_worker_that_is_killed_loses_nothing(two: Cluster, environment: dict[str, str], cohort: Path, tmp_path: Path) -> None:
    local, out = tmp_path / "local", tmp_path / "out"
    assert process("screen", cohort, "--out", local, *OPTIONS, "--workers", "1").code == 0
    command = [sys.executable, "-m", "eligimatch", "screen", str(cohort), "--out", str(out), *OPTIONS, "--engine", f"spark:{two.master}"]
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        until(lambda: list(out.glob("verdicts/part-*")) or run.poll() is not None)
        two.workers[0].kill()
        finished = len(list(out.glob("verdicts/part-*")))
        said = run.communicate(timeout=FOREVER)
    assert run.returncode == 0, said[1]
    assert 0 < finished < 20
    assert files(out) == files(local)
