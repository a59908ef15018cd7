"""What goes wrong in the middle of a screening: nothing is lost, nothing is half written, and the same run again ends as if it had not been."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from conftest import TOP

from eligimatch.cli import main
from eligimatch.screening import folder as folders
from eligimatch.sources.synthetic.cohort import write_cohort

PERSONS, BLOCK = 160, 16
OPTIONS = ("--trials", str(TOP / "rules"), "--block", str(BLOCK), "--only-eligible", "--as-of", "2026-03-02")
FOREVER = 120


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(PERSONS, 2, folder)
    return folder


@pytest.fixture(scope="module")
def whole(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole") / "out"
    assert main(["screen", str(cohort), "--out", str(out), "--workers", "1", *OPTIONS]) == 0
    return files(out)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def again(cohort: Path, out: Path) -> dict[str, bytes]:
    """The files of a folder after the same run once more."""
    assert main(["screen", str(cohort), "--out", str(out), "--workers", "1", *OPTIONS]) == 0
    return files(out)


@contextmanager
def started(cohort: Path, out: Path, workers: int) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, at the time when it has written its first block."""
    command = [sys.executable, "-m", "eligimatch", "screen", str(cohort), "--out", str(out), "--workers", str(workers), *OPTIONS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        until(lambda: parts(out) or run.poll() is not None)
        try:
            yield run
        finally:
            run.kill()


def parts(out: Path) -> list[Path]:
    return sorted(out.glob("verdicts/part-*"))


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + FOREVER
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


def children(process: int) -> list[int]:
    """Processes that a process started, as Linux lists them."""
    return [int(word) for task in Path(f"/proc/{process}/task").glob("*/children") for word in task.read_text(encoding="ascii").split()]


def whole_parts(out: Path) -> bool:
    """Whether every file that has its name is one that can be read to its end."""
    return all(pl.read_parquet(path).width for path in out.rglob("[!.]*.parquet"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(workers: int, cohort: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    with started(cohort, tmp_path / "out", workers) as run:
        run.kill()
        run.wait()
    assert not (tmp_path / "out" / "summary.parquet").exists()
    assert 0 < len(parts(tmp_path / "out")) < PERSONS // BLOCK
    assert whole_parts(tmp_path / "out")
    assert again(cohort, tmp_path / "out") == whole


def test_an_interrupted_run_ends_at_once_and_goes_on(cohort: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    with started(cohort, tmp_path / "out", 2) as run:
        os.killpg(run.pid, signal.SIGINT)
        said = run.communicate(timeout=FOREVER)
    assert run.returncode == 130
    assert said[1] == "note: interrupted: finished blocks are kept\n  hint: the same command again goes on\n"
    assert not list((tmp_path / "out").rglob("*.draft"))
    assert whole_parts(tmp_path / "out")
    assert again(cohort, tmp_path / "out") == whole


def test_a_second_run_is_refused_while_the_first_is_alive(
    cohort: Path, whole: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started(cohort, tmp_path / "out", 1) as run:
        run.send_signal(signal.SIGSTOP)
        assert main(["screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "1", *OPTIONS]) == 2
        assert main(["screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "1", *OPTIONS, "--force"]) == 2
        assert "another run is writing here" in capsys.readouterr().err
        run.send_signal(signal.SIGCONT)
        run.communicate(timeout=FOREVER)
        assert run.returncode == 0
    assert files(tmp_path / "out") == whole


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers in /proc")
def test_a_worker_that_dies_is_replaced(cohort: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    with started(cohort, tmp_path / "out", 2) as run:
        workers = [child for child in children(run.pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
        os.kill(workers[0], signal.SIGKILL)
        run.communicate(timeout=FOREVER)
        assert len(workers) == 2
        assert run.returncode == 0
    assert files(tmp_path / "out") == whole


def test_a_block_of_which_workers_die_is_reported_and_the_rest_is_kept(
    cohort: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os\nfrom eligimatch.screening.folder import Folder\nwrite = Folder.write_part\n"
        "def mine(self, table, number, frame):\n    if number == 3:\n        os._exit(9)\n    write(self, table, number, frame)\n"
        "Folder.write_part = mine\n",
        encoding="utf-8",
    )
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join([str(site), str(TOP / "src")]))
        assert main(["screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "2", *OPTIONS]) == 2
    assert "block 3 is not screened: 2 workers died of it, with exit code 9" in capsys.readouterr().err
    assert len(parts(tmp_path / "out")) == PERSONS // BLOCK - 1
    assert again(cohort, tmp_path / "out") == whole


@pytest.mark.parametrize("at", ["verdicts/.part-00004", "attrition/.part-00002", "manifest", "summary"])
def test_a_full_disk_leaves_nothing_half_written(
    at: str, cohort: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full when a file is to come onto it; the bytes so far stand in a draft."""
    settle = folders._settle

    def full(path: Path, mode: int) -> None:
        if at in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        settle(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "_settle", full)
        code = main(["screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "1", *OPTIONS])
    assert code == 2
    assert "cannot write: no space left on device" in capsys.readouterr().err
    assert not list((tmp_path / "out").rglob("*.draft"))
    assert whole_parts(tmp_path / "out")
    assert again(cohort, tmp_path / "out") == whole


def test_a_limit_on_file_sizes_is_told_in_words(cohort: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    """The disk refuses in the middle of a write, as the system does it and not this test."""
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); from eligimatch.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", limited, "screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "1", *OPTIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot write: file too large" in done.stderr
    assert parts(tmp_path / "out") == []
    assert again(cohort, tmp_path / "out") == whole


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_corrupt_table_is_named_and_the_blocks_before_it_are_kept(
    workers: str, cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for path in cohort.glob("*.parquet"):
        pl.read_parquet(path).write_parquet(source / path.name, row_group_size=20, compression="uncompressed")
    damaged = bytearray((source / "persons.parquet").read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 2000] = bytes(2000)
    (source / "persons.parquet").write_bytes(damaged)
    assert main(["screen", str(source), "--out", str(tmp_path / "out"), "--workers", workers, *OPTIONS]) == 2
    said = capsys.readouterr().err
    assert "the table cannot be read" in said
    assert "persons.parquet" in said
    assert not list(tmp_path.rglob("*.draft"))
    assert whole_parts(tmp_path / "out")


def test_a_damaged_part_is_told(cohort: Path, whole: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the report, by the run that follows, and by the run that would join it."""
    out = tmp_path / "out"
    assert main(["screen", str(cohort), "--out", str(out), "--workers", "1", *OPTIONS, "--statuses"]) == 0
    capsys.readouterr()
    for name, command in (
        ("attrition/part-00002.parquet", ["report", str(out)]),
        ("statuses/part-00002.parquet", ["screen", str(cohort), "--out", str(tmp_path / "next"), "--workers", "1", *OPTIONS, "--since", str(out)]),
        ("persons.parquet", ["screen", str(cohort), "--out", str(tmp_path / "third"), "--workers", "1", *OPTIONS, "--since", str(out)]),
    ):
        content = (out / name).read_bytes()
        (out / name).write_bytes(content[: len(content) // 2])
        assert main(command) == 2
        assert "the table cannot be read" in capsys.readouterr().err
        (out / name).write_bytes(content)
    (out / "summary.parquet").unlink()
    (out / "attrition" / "part-00002.parquet").write_bytes(b"PAR1")
    assert main(["screen", str(cohort), "--out", str(out), "--workers", "1", *OPTIONS, "--statuses"]) == 2
    assert "the parts cannot be joined" in capsys.readouterr().err
    assert main(["screen", str(cohort), "--out", str(out), "--workers", "1", *OPTIONS, "--force"]) == 0
    assert files(out) == whole


def test_a_file_is_no_folder(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    assert main(["screen", str(cohort), "--out", str(tmp_path / "out"), "--workers", "1", *OPTIONS]) == 2
    assert "no folder to write to" in capsys.readouterr().err
