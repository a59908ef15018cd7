"""`eligimatch screen --engine spark`: a folder that Spark filled is, byte for byte, the one that this machine alone writes."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from command_line import Ran, Run, process, refused
from conftest import TOP
from spark_cluster import light, needs_spark
from tables_of_persons import PERSONS, PRIVATE, written

from eligimatch.screening.folder import Folder
from eligimatch.sources.synthetic.cohort import write_cohort

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [needs_spark, pytest.mark.xdist_group("spark")]
RULES = sorted((TOP / "rules").glob("*.yaml"))
FIVE = ("--trials", str(TOP / "rules"), "--as-of", "2026-03-02")
ONE = ("--trials", str(RULES[0]), "--as-of", "2026-03-02")
Screen = Callable[..., Ran]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One session for all of these tests."""
    from eligimatch.screening.spark_session import session

    with pytest.MonkeyPatch.context() as environment:
        for name, value in light(tmp_path_factory.mktemp("conf")).items():
            environment.setenv(name, value)
        with session("local[2]") as one:
            yield one


@pytest.fixture
def screen(run: Run, spark: SparkSession) -> Screen:
    """`eligimatch screen SOURCE`, by an engine into a folder."""

    def call(source: Path, out: Path, engine: str, *more: str) -> Ran:
        assert spark.getActiveSession()
        return run("screen", source, "--out", out, "--engine", engine, "--workers", "1", *more)

    return call


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty synthetic persons as tables."""
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(40, 5, folder)
    return folder


def files(folder: Path) -> dict[str, object]:
    """What stands in a folder; of the manifest, all but the source, which each engine describes in its own way."""
    found: dict[str, object] = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found["manifest.json"] = {**json.loads((folder / "manifest.json").read_bytes()), "source": "", "since": ""}
    return found


def same(screen: Screen, source: Path, folder: Path, *more: str) -> Path:
    """Screens a source by both engines, to the same exit code, words and files; gives the folder."""
    local, spark = folder / "local", folder / "spark"
    by_spark = screen(source, spark, "spark", *more)
    here = screen(source, local, "local", *more)
    assert by_spark.code in (0, 3), by_spark.err
    assert (by_spark.code, by_spark.out, by_spark.err.replace(str(spark), str(local))) == here
    assert files(spark) == files(local)
    return spark


def test_the_folder_is_the_local_engines(screen: Screen, cohort: Path, tmp_path: Path) -> None:
    out = same(screen, cohort, tmp_path, *FIVE, "--block", "12", "--statuses", "--also-undetermined")
    assert len(list((out / "verdicts").iterdir())) == 4


def test_part_files_in_no_order_are_the_same_rows(screen: Screen, cohort: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for file in (cohort / f"{name}.parquet" for name in ("persons", "observations", "treatments")):
        rows = pl.read_parquet(file).sample(fraction=1, shuffle=True, seed=1)
        (source / file.stem).mkdir(parents=True)
        for number, part in enumerate(rows.iter_slices(-(-rows.height // 3))):
            part.write_parquet(source / file.stem / f"part {number}.parquet")
    same(screen, source, tmp_path, *ONE, "--block", "9")


def test_rows_are_set_aside_alike(screen: Screen, tmp_path: Path) -> None:
    source = written(
        tmp_path,
        persons=[{"person": "B", "sex": PRIVATE}, {"person": "A", "sex": "male"}, *({"person": who, "sex": "female"} for who in "CCCDEé ")],
        conditions=[
            {"person": who, "name": name, "onset": onset}
            for who, name, onset in [
                ("E", "diabetes", "2020"), ("A", "asthma", "2020-02-30"), (None, "asthma", None), ("CC", "asthma", None), ("E", None, None),
                ("D", "gout", "2021-03"),
            ]
        ],
    )  # fmt: skip
    out = same(screen, source, tmp_path, *ONE, "--block", "2", "--statuses")
    assert PRIVATE not in str(pl.read_parquet(out / "rejected.parquet").to_dicts())
    assert pl.read_parquet(out / "rejected.parquet").height == 9


@pytest.mark.parametrize("text", [False, True])
def test_numbers_name_persons(text: bool, screen: Screen, tmp_path: Path) -> None:
    """As numbers where every table has numbers, else as texts."""
    conditions = [{"person": str(who) if text else who, "name": "asthma"} for who in (10, 9, -1)]
    same(screen, written(tmp_path, persons=[{"person": who} for who in (9, 10, -1, 100)], conditions=conditions), tmp_path, *ONE, "--block", "2")


def test_a_cohort_of_nobody(screen: Screen, tmp_path: Path) -> None:
    same(screen, written(tmp_path, persons=pl.DataFrame(schema={"person": pl.String})), tmp_path, *ONE)


def test_all_types_of_columns(screen: Screen, tmp_path: Path) -> None:
    people = pl.DataFrame(
        {
            "person": ["A", "B"],
            "sex": pl.Series(["male", "female"], dtype=pl.Enum(["male", "female"])),
            "birth_date": [datetime(1950, 1, 2, 3), None],  # noqa: DTZ001 - as tables have it
            "pregnant": [None, False],
            "complete": [["conditions", "treatments"], []],
            "contraception": pl.Series([None, None], dtype=pl.Null),
        }
    )
    values = pl.DataFrame(
        {"person": ["A", "A", "B"], "name": pl.Series(["hemoglobin"] * 3, dtype=pl.Categorical), "value": [1, 2, 3], "unit": ["g/dL"] * 3},
        schema_overrides={"value": pl.UInt8},
    )
    same(screen, written(tmp_path, persons=people, observations=values), tmp_path, *ONE, "--statuses")


def test_a_full_disk_loses_nothing_that_was_finished(screen: Screen, cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter(range(9))

    def write(folder: Folder, name: str, content: bytes) -> None:
        if name.endswith(".parquet") and next(room, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(folder, name, content)

    whole, out = Folder.write, tmp_path / "spark"
    with monkeypatch.context() as context:
        context.setattr(Folder, "write", write)
        refused(screen(cohort, out, "spark", *ONE, "--block", "10"), "no space left on device", "blocks that are finished are kept")
    assert len(list((out / "verdicts").iterdir())) in (1, 2, 3)
    assert not list(out.rglob("*.draft"))
    same(screen, cohort, tmp_path, *ONE, "--block", "10")


def test_each_engine_follows_the_other(screen: Screen, cohort: Path, tmp_path: Path) -> None:
    source = shutil.copytree(cohort, tmp_path / "source")
    monday = same(screen, source, tmp_path, *ONE, "--block", "30", "--statuses")
    people = pl.read_parquet(source / "persons.parquet")
    people.with_columns(age=pl.when(pl.int_range(pl.len()) % 9 == 0).then(7), birth_date=None).write_parquet(source / "persons.parquet")
    (tmp_path / "next").mkdir()
    tuesday = same(screen, source, tmp_path / "next", *ONE, "--block", "30", "--since", str(monday))
    assert pl.read_parquet(tuesday / "moved.parquet").height


def test_delta_tables_are_read_as_they_are_now(screen: Screen, cohort: Path, tmp_path: Path) -> None:
    """The files of earlier versions lie beside; neither engine may read them."""
    deltalake = pytest.importorskip("deltalake")
    source, plain = tmp_path / "delta", tmp_path / "plain"
    plain.mkdir()
    for file in cohort.glob("*.parquet"):
        rows = pl.read_parquet(file).with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))
        deltalake.write_deltalake(str(source / file.stem), rows.head(3))
        deltalake.write_deltalake(str(source / file.stem), rows, mode="overwrite")
        rows.write_parquet(plain / file.name)
    out = same(screen, source, tmp_path, *ONE, "--block", "20")
    assert screen(plain, tmp_path / "out", "local", *ONE, "--block", "20").code == 0
    assert files(tmp_path / "out") == files(out)


def test_verdicts_become_a_delta_table(screen: Screen, cohort: Path, tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    out = same(screen, cohort, tmp_path, *ONE, "--block", "20")
    deltalake.convert_to_deltalake(str(out / "verdicts"))
    assert deltalake.DeltaTable(str(out / "verdicts")).to_pyarrow_table().num_rows == 40


# --- refusals ----------------------------------------------------------------------------------------------------------------


def test_tables_that_spark_is_not_given(screen: Screen, tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    refused(screen(source, out, "spark", *ONE), "no such file or folder", str(source))
    source.mkdir()
    refused(screen(source, out, "spark", *ONE), "no table `persons` here")
    (source / "persons.csv").write_text("person\nA\n", encoding="utf-8")
    refused(screen(source, out, "spark", *ONE), "Parquet and Delta tables alone", "eligimatch tables")
    written(source, persons=PERSONS)
    refused(screen(source, out, "spark", *ONE), "stands here twice")
    (source / "persons.csv").unlink()
    refused(screen(source, out, "spark", "--mapping", str(source), *ONE), "one folder of tables")
    assert not out.exists()


def test_columns_that_no_table_of_the_name_has(screen: Screen, tmp_path: Path) -> None:
    source = written(tmp_path, persons=[{"person": "A", "sexx": PRIVATE}])
    refused(screen(source, tmp_path / "out", "spark", *ONE), "unknown column `sexx`", "did you mean `sex`")


def test_points_in_time_have_no_day_of_their_own(screen: Screen, tmp_path: Path) -> None:
    source = written(tmp_path, persons=[{"person": "A", "birth_date": datetime(1950, 1, 2, tzinfo=UTC)}])
    refused(screen(source, tmp_path / "out", "spark", *ONE), "`birth_date` holds points in time", "write it as dates")
    nanoseconds = pl.DataFrame([{"person": "A", "birth_date": datetime(1950, 1, 2)}], schema_overrides={"birth_date": pl.Datetime("ns")})  # noqa: DTZ001
    refused(screen(written(tmp_path, persons=nanoseconds), tmp_path / "out", "spark", *ONE), "a type that Spark does not read", "persons.parquet")


def test_damaged_tables_are_named_without_their_cells(screen: Screen, tmp_path: Path) -> None:
    source = written(tmp_path, persons=PERSONS)
    (source / "conditions.parquet").write_bytes(b"PAR1" + PRIVATE.encode() * 9)
    ran = screen(source, tmp_path / "out", "spark", *ONE)
    refused(ran, "the table cannot be read", "conditions.parquet")
    assert PRIVATE not in ran.err


def test_an_engine_that_there_is_not(run: Run, tmp_path: Path) -> None:
    refused(run("screen", tmp_path, *ONE, "--out", tmp_path / "out", "--engine", "flink"), "`flink` is no engine")


def test_a_master_that_does_not_answer(tmp_path: Path) -> None:
    refused(process("screen", tmp_path, "--out", tmp_path / "out", *ONE, "--engine", "spark:spark://127.0.0.1:1"), "the Spark master does not answer")


def test_spark_without_java(tmp_path: Path) -> None:
    ran = process("screen", tmp_path, "--out", tmp_path / "out", *ONE, "--engine", "spark", JAVA_HOME=str(tmp_path))
    refused(ran, "Spark needs Java, which is not here", "Java 17")


def test_spark_that_is_not_installed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eligimatch.screening import spark_session

    monkeypatch.setattr(spark_session, "PACKAGES", ("no_such_spark",))
    refused(run("screen", tmp_path, "--out", tmp_path / "out", *ONE, "--engine", "spark"), "pip install 'eligimatch[spark]'")
