"""The program as tests run it: what a run left behind, and what a refusal looks like."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from eligimatch import kept

TOP = Path(__file__).parent.parent


class Ran(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def process(*arguments: str | Path, **environment: str) -> Ran:
    """The program as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "eligimatch", *map(str, arguments)],
        cwd=TOP,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def warm(folder: Path) -> Path:
    """A new cache folder that holds the language of this process: a program that is given it need not read the vocabulary."""
    own = kept.store().folder
    kept.compiler()
    if own:
        folder.mkdir(mode=0o700)
        for path in (*own.glob("language-*.sqlite"), own / "criterion.lark.table"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(own / "kept.sqlite")) as values, closing(sqlite3.connect(folder / "kept.sqlite")) as copy:
            values.backup(copy)
    return folder


def refused(ran: Ran, *words: str) -> None:
    """Exit code 2, a message with its hint on stderr, nothing on stdout, no traceback."""
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
