"""A session of Spark for a master, or in plain words why there is none."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligimatch.model.diagnostic import Diagnostic, InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
"""The oldest Java that Spark 4 runs on."""
PACKAGES = ("pyspark", "pyarrow", "pandas")
_PORT = 7077
_SECONDS = 5
"""Within which a master answers."""


@contextmanager
def session(master: str, workers: int | None = None) -> Iterator[SparkSession]:
    """A session that ends with the block; one that is there already is used, and left as it is.

    `master` is Spark's own word for it; without, its configuration's, else this machine with so many workers. Raises InputError.
    """
    _needed()
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running:
        yield running
        return
    _reached(master)
    started = _started(master, workers)
    try:
        yield started
    finally:
        started.stop()


def _needed() -> None:
    missing = next((name for name in PACKAGES if find_spec(name) is None), None)
    if missing:
        raise InputError(Diagnostic(title=f"Spark needs `{missing}`, which is not installed", hint="pip install 'eligimatch[spark]'"))
    if not _java():
        raise InputError(
            Diagnostic(title="Spark needs Java, which is not here", hint=f"install Java {JAVA} or later, or set JAVA_HOME to where it is")
        )


def _java() -> str | None:
    """The Java that Spark will start."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home, "bin", "java")) if home else "java")


def _reached(master: str) -> None:
    """Raises InputError where a standalone master does not answer: Spark itself would try for a minute."""
    if not master.startswith("spark://"):
        return
    for one in master.removeprefix("spark://").split(","):
        host, _, port = one.rpartition(":") if ":" in one else (one, "", str(_PORT))
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
        except (OSError, ValueError, OverflowError):
            continue
        return
    raise InputError(Diagnostic(title="the Spark master does not answer", source=master, hint="is it started, and may this machine reach it?"))


def _started(master: str, workers: int | None) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        given = SparkConf()
        where = master or given.get("spark.master") or f"local[{workers or '*'}]"
        builder: Any = SparkSession.builder.master(where).appName("eligimatch")
        for name, value in _wanted(where).items():
            if not given.contains(name):
                builder = builder.config(name, value)
        started: SparkSession = builder.getOrCreate()
        if not given.contains("spark.log.level"):
            started.sparkContext.setLogLevel("ERROR")
    except (Py4JError, PySparkException):
        raise InputError(_unstarted(master)) from None
    return started


def _wanted(master: str) -> dict[str, str]:
    """What is asked of Spark, unless its own configuration says otherwise."""
    here = {"spark.ui.enabled": "false"} | ({} if os.environ.get("PYSPARK_PYTHON") else {"spark.pyspark.python": sys.executable})
    return {"spark.ui.showConsoleProgress": "false", "spark.executorEnv.POLARS_MAX_THREADS": "1", **(here if master.startswith("local") else {})}


def _unstarted(master: str) -> Diagnostic:
    version = _java_version()
    if version is not None and version < JAVA:
        return Diagnostic(title=f"Spark needs Java {JAVA} or later, and this is Java {version}", hint="set JAVA_HOME to where a later one is")
    hint = "a master is local[4], spark://HOST:7077, yarn or k8s://https://HOST:PORT; what Spark said stands above"
    return Diagnostic(title="Spark does not start", source=master or "spark", hint=hint)


def _java_version() -> int | None:
    """8 of `version "1.8.0_402"`, 17 of `version "17.0.15"`."""
    java = _java()
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""  # noqa: S603 - the Java that Spark starts
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None
