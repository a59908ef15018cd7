"""Spark as tests have it: where it can run, and a cluster of a master and workers on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

FOREVER = 300
_WHY = "pyspark is not installed" if find_spec("pyspark") is None else "Java is not installed" if shutil.which("java") is None else ""
needs_spark = pytest.mark.skipif(bool(_WHY), reason=_WHY)


def light(folder: Path) -> dict[str, str]:
    """An environment in which Spark's processes do not prepare for long work: it takes them longer than these tests."""
    settings = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.shuffle.partitions": "2"}
    (folder / "spark-defaults.conf").write_text("\n".join(f"{name} {value}" for name, value in settings.items()), encoding="utf-8")
    java = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    return {"SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "JDK_JAVA_OPTIONS": java}


class Cluster(NamedTuple):
    """A standalone master, and its workers."""

    master: str
    workers: list[subprocess.Popen[bytes]]


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + FOREVER
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def cluster(folder: Path, workers: int, environment: Mapping[str, str]) -> Iterator[Cluster]:
    """A cluster whose workers have one core each, and keep their files in a folder."""
    port = _free()
    master = f"spark://127.0.0.1:{port}"
    here = ("--host", "127.0.0.1", "--webui-port", "0")
    started = [_started(folder / "master", environment, "master.Master", *here, "--port", str(port))]
    try:
        until(lambda: _listens(port))
        for number in range(workers):
            work = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}"))
            started.append(_started(folder / f"worker-{number}", environment, "worker.Worker", *here, *work, master))
        yield Cluster(master, started[1:])
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def _started(log: Path, environment: Mapping[str, str], name: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    spark = Path(pyspark.__file__).parent
    with log.open("wb") as stream:
        return subprocess.Popen(
            [spark / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *arguments],
            env={**os.environ, "SPARK_HOME": str(spark), **environment},
            stdout=stream,
            stderr=stream,
        )


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
