"""`eligimatch screen --since`: what a later run copies is what it would have found, and what moved is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from conftest import TOP
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligimatch.cli import main
from eligimatch.engine.screener.screener import Screener
from eligimatch.screening.contents import contents
from eligimatch.sources.synthetic.cohort import AS_OF, write_cohort

PERSONS = 60
OPTIONS = ("--workers", "1", "--block", "25", "--statuses", "--as-of", "2026-03-02")
Tables = dict[str, pl.DataFrame]
Row = tuple[int, str, str | None]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(PERSONS, 4, folder)
    return folder


@pytest.fixture(scope="module")
def before(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return screened(cohort, tmp_path_factory.mktemp("before") / "out")


def screened(source: Path, out: Path, *more: str, trials: Path = TOP / "rules") -> Path:
    assert main(["screen", str(source), "--trials", str(trials), "--out", str(out), *OPTIONS, *more]) == 0
    return out


def files(folder: Path) -> dict[str, bytes]:
    """What a run found, without what says how it came to it."""
    left_out = ("manifest.json", "moved.parquet")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in left_out}


def changed(cohort: Path, folder: Path, *, gone: str = "", **tables: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    """The cohort without a person, and with some of its tables made anew."""
    folder.mkdir()
    for path in cohort.glob("*.parquet"):
        rows = pl.read_parquet(path).filter(pl.col("person") != gone)
        (tables[path.stem](rows) if path.stem in tables else rows).write_parquet(folder / path.name)
    return folder


def verdicts(folder: Path) -> dict[tuple[str, str], str]:
    rows = pl.concat(pl.read_parquet(path) for path in sorted((folder / "verdicts").iterdir()))
    return {(person, trial): verdict for person, trial, verdict in rows.unpivot(index="person").rows()}


def moved(before: Path, after: Path) -> set[tuple[str, str, str, str]]:
    then, now = verdicts(before), verdicts(after)
    return {(*cell, then[cell], now[cell]) for cell in then.keys() & now.keys() if then[cell] != now[cell]}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gathers the persons times criteria of each block that the screener is asked for."""
    cells: list[int] = []
    block = Screener.block

    def counting(self: Screener, ids: list[str], frames: Tables) -> object:
        cells.append(len(ids) * sum(len(trial.criteria) for trial in self.trials))
        return block(self, ids, frames)

    monkeypatch.setattr(Screener, "block", counting)
    return cells


def test_nothing_changed_so_nothing_is_screened(
    cohort: Path, before: Path, tmp_path: Path, counted: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    out = screened(cohort, tmp_path / "out", "--since", str(before))
    assert sum(counted) == 0
    assert files(out) == files(before)
    assert pl.read_parquet(out / "moved.parquet").is_empty()
    assert "no verdict moved" in capsys.readouterr().out


def test_changed_facts_are_screened_anew(cohort: Path, before: Path, tmp_path: Path, counted: list[int]) -> None:
    """Two persons grow young, one loses a row, one is new, one is gone."""

    def persons(rows: pl.DataFrame) -> pl.DataFrame:
        young = pl.col("person").is_in(["P-0000007", "P-0000040"])
        made = rows.with_columns(birth_date=pl.when(young).then(date(2020, 1, 1)).otherwise("birth_date"), age=pl.when(~young).then("age"))
        return pl.concat([made, made.tail(1).with_columns(person=pl.lit("P-9"))])

    def observations(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter((pl.col("person") != "P-0000033") | (pl.int_range(pl.len()).over("person") > 0))

    source = changed(cohort, tmp_path / "source", gone="P-0000020", persons=persons, observations=observations)
    out = screened(source, tmp_path / "out", "--since", str(before))
    asked = sum(counted)
    whole = screened(source, tmp_path / "whole")
    assert asked * PERSONS == (sum(counted) - asked) * 4
    assert files(out) == files(whole)
    assert set(pl.read_parquet(out / "moved.parquet").rows()) == moved(before, whole) != set()


def test_changed_trials_are_screened_anew(cohort: Path, before: Path, tmp_path: Path, counted: list[int]) -> None:
    """One trial's age changes, one is left out, one is new."""
    rules = tmp_path / "rules"
    rules.mkdir()
    _, first, *others = sorted((TOP / "rules").glob("*.yaml"))
    for path in others:
        (rules / path.name).write_bytes(path.read_bytes())
    (rules / first.name).write_text(first.read_text(encoding="utf-8").replace("minimum_age: 18 ", "minimum_age: 60 "), encoding="utf-8")
    new = "id: NEW\nminimum_age: 30 years\nconditions: [Hypertension]\neligibility: |\n  Inclusion Criteria:\n  * Hypertension\n"
    (rules / "NEW.yaml").write_text(new, encoding="utf-8")
    out = screened(cohort, tmp_path / "out", "--since", str(before), trials=rules)
    asked = sum(counted)
    whole = screened(cohort, tmp_path / "whole", trials=rules)
    assert 0 < asked < (sum(counted) - asked) / 2
    assert files(out) == files(whole)
    assert set(pl.read_parquet(out / "moved.parquet").rows()) == moved(before, whole) != set()


def test_another_day_is_another_fact_of_those_who_have_none_of_their_own(cohort: Path, before: Path, tmp_path: Path) -> None:
    source = changed(cohort, tmp_path / "source", persons=lambda rows: rows.with_columns(as_of=None, age=None))
    first = screened(source, tmp_path / "first")
    assert files(first)["verdicts/part-00000.parquet"] == files(before)["verdicts/part-00000.parquet"]
    later = ("--as-of", "2031-03-02")
    out = screened(source, tmp_path / "out", "--since", str(first), *later)
    assert files(out) == files(screened(source, tmp_path / "whole", *later))
    assert pl.read_parquet(out / "moved.parquet").height > 0


def test_what_moved_is_told(cohort: Path, before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = changed(cohort, tmp_path / "source", persons=lambda rows: rows.with_columns(birth_date=date(2020, 1, 1), age=None))
    out = screened(source, tmp_path / "out", "--since", str(before), "--format", "json")
    told = json.loads(capsys.readouterr().out)["moved"]
    moves = pl.read_parquet(out / "moved.parquet")
    assert sum(row["verdicts"] for row in told) == moves.height > 0
    assert {"before": "undetermined", "now": "ineligible"}.items() <= told[0].items()


def test_what_cannot_be_followed_is_refused(cohort: Path, before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["screen", str(cohort), "--trials", str(TOP / "rules" / "NCT05255926.yaml"), "--workers", "1"]
    assert main([*command, "--out", str(tmp_path / "plain")]) == 0
    for folder, said in ((tmp_path / "plain", "this screening has no statuses"), (tmp_path, "no finished screening here")):
        assert main([*command, "--out", str(tmp_path / "out"), "--since", str(folder)]) == 2
        assert said in capsys.readouterr().err
    assert main([*command, "--out", str(before), "--since", str(before)]) == 2


ROWS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["asthma", "gout"]), st.sampled_from(["gout", None])), max_size=5)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, ROWS)
def test_contents_are_the_same_just_where_rows_are(one: list[Row], other: list[Row]) -> None:
    """In their order, and whatever columns are empty."""

    def hashed(rows: list[Row]) -> pl.DataFrame:
        schema = {"person": pl.UInt32, "name": pl.String, "status": pl.String}
        table = pl.DataFrame(rows, schema=schema, orient="row").sort("person", maintain_order=True)
        return contents(pl.Series(["A", "B", "C"]), {"conditions": table}, AS_OF, 0).select("high", "low")

    mine, yours = hashed(one), hashed(other)
    for person in range(3):
        same = [row for row in one if row[0] == person] == [row for row in other if row[0] == person]
        assert (mine["high"][person] == yours["high"][person]) is same
        assert (mine["low"][person] == yours["low"][person]) is same


def test_a_row_counts_with_its_table() -> None:
    row = pl.DataFrame({"person": [0], "name": ["gout"]}, schema={"person": pl.UInt32, "name": pl.String})
    made = [contents(pl.Series(["A"]), {table: row}, AS_OF, 0).row(0) for table in ("conditions", "treatments")]
    made += [contents(pl.Series(["A"]), {"groups": row.clear(), "conditions": row.with_columns(site=None)}, AS_OF, 0).row(0)]
    assert made[0] != made[1]
    assert made[0] == made[2]
