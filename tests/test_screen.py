"""`eligimatch screen`: every verdict is the evaluator's, whatever the blocks and workers; a folder is gone on with or refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from conftest import TOP

from eligimatch import api
from eligimatch.cli import main
from eligimatch.screening.settings import _OPTIONS, Settings
from eligimatch.sources.synthetic.cohort import AS_OF, write_cohort

PERSONS = 70
RULES = sorted((TOP / "rules").glob("*.yaml"))


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seventy synthetic persons as tables."""
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(PERSONS, 5, folder)
    return folder


def screened(source: Path, out: Path, *more: str) -> Path:
    assert main(["screen", str(source), "--trials", str(TOP / "rules"), "--out", str(out), "--workers", "1", *more]) == 0
    return out


@pytest.fixture(scope="session")
def whole(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing disturbed."""
    return screened(cohort, tmp_path_factory.mktemp("whole") / "out", "--block", "20", "--statuses", "--also-undetermined")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(path) for path in sorted((folder / name).glob("*.parquet")))


def test_every_cell_is_what_the_evaluator_says(cohort: Path, whole: Path) -> None:
    trials = [api.read_trial(path) for path in RULES]
    verdicts, statuses = (table(whole, name).rows_by_key("person", named=True, unique=True) for name in ("verdicts", "statuses"))
    (block,) = api.open_cohort(cohort).blocks()
    assert len(verdicts) == len(statuses) == PERSONS
    for row in range(0, PERSONS, 7):
        profile = block.profile(row)
        report = api.check(profile, trials, AS_OF)
        assert verdicts[profile.id] == {trial.trial: trial.verdict for trial in report.trials}
        assert statuses[profile.id] == {f"{trial.trial}:{one.id}": one.status for trial in report.trials for one in trial.criteria}


def test_workers_write_the_same_bytes(cohort: Path, whole: Path, tmp_path: Path) -> None:
    out = screened(cohort, tmp_path / "out", "--block", "20", "--statuses", "--also-undetermined", "--workers", "2")
    assert files(out) == files(whole)


def test_a_run_that_lost_blocks_goes_on_to_the_same_bytes(cohort: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    screened(cohort, out, "--block", "20", "--statuses", "--also-undetermined")
    for name in ("verdicts/part-00001.parquet", "verdicts/part-00003.parquet", "summary.parquet", "attrition/part-00001.parquet"):
        (out / name).unlink()
    (out / "verdicts" / ".part-00001.parquet.1.draft").write_bytes(b"PAR1")
    screened(cohort, out, "--block", "20", "--statuses", "--also-undetermined")
    assert files(out) == files(whole)


def test_the_summary_counts_the_verdicts(whole: Path) -> None:
    verdicts = table(whole, "verdicts")
    for trial, *numbers in pl.read_parquet(whole / "summary.parquet").iter_rows():
        found = Counter(verdicts[trial].to_list())
        assert numbers == [found[verdict] for verdict in ("eligible", "ineligible", "undetermined")]
        assert sum(numbers) == PERSONS


def test_who_is_listed_is_who_may_be_eligible(whole: Path) -> None:
    long = table(whole, "verdicts").unpivot(index="person", variable_name="trial", value_name="verdict")
    expected = set(long.filter(pl.col("verdict") != "ineligible").rows())
    listed = pl.read_parquet(whole / "eligible.parquet")
    assert set(listed.rows()) == expected
    assert listed.height == len(expected) > 0
    assert pl.read_csv(whole / "eligible.csv").rows() == listed.rows()
    assert listed["person"].is_sorted()


@pytest.mark.parametrize(
    ("more", "what"),
    [(["--block", "30"], "`--block`"), (["--as-of", "2020-01-01"], "`--as-of`"), (["--trials", str(RULES[0])], "the trials")],
)
def test_a_folder_of_something_else_is_refused(cohort: Path, tmp_path: Path, more: list[str], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["screen", str(cohort), "--trials", str(RULES[1]), "--out", str(out), "--workers", "1"]) == 0
    before = files(out)
    again = ["screen", str(cohort), "--trials", str(RULES[1]), "--out", str(out), "--workers", "1", *more]
    assert main(again) == 2
    assert f"error: {what} changed since this folder was made" in capsys.readouterr().err
    assert files(out) == before
    assert main([*again, "--force"]) == 0


def test_a_folder_with_other_files_is_refused(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(["screen", str(cohort), "--trials", str(RULES[0]), "--out", str(tmp_path)]) == 2
    assert "other files stand here" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_read_is_set_aside(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source"
    source.mkdir()
    persons = pl.read_parquet(cohort / "persons.parquet").cast({"sex": pl.String})
    persons.with_columns(sex=pl.when(pl.int_range(pl.len()) == 30).then(pl.lit("zebra")).otherwise("sex")).write_parquet(source / "persons.parquet")
    out = tmp_path / "out"
    command = ["screen", str(source), "--trials", str(RULES[0]), "--out", str(out), "--workers", "1", "--block", "20"]
    for _ in range(2):
        assert main(command) == 3
        said = capsys.readouterr()
        assert "persons, row 31" in said.err
        assert "zebra" not in said.err
        assert said.out.startswith("trial")
    assert pl.read_parquet(out / "rejected.parquet").select("table", "row", "person").rows() == [("persons", 31, persons["person"][30])]
    assert table(out, "verdicts").height == PERSONS - 1


def test_json_has_a_row_a_trial(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["screen", str(cohort), "--trials", str(RULES[0]), "--out", str(tmp_path / "out"), "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["trials"]
    assert row["trial"] == api.read_trial(RULES[0]).id
    assert row["eligible"] + row["ineligible"] + row["undetermined"] == PERSONS


def test_a_trial_given_twice_is_refused(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = ["--trials", str(RULES[0]), "--trials", str(RULES[0])]
    assert main(["screen", str(cohort), *twice, "--out", str(tmp_path / "out")]) == 2
    assert "is given twice" in capsys.readouterr().err


def test_every_setting_is_named_by_its_option() -> None:
    assert list(_OPTIONS) == list(Settings.model_fields)


def test_a_folder_within_the_source_is_gone_on_with(cohort: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "persons.parquet").write_bytes((cohort / "persons.parquet").read_bytes())
    first = files(screened(source, source / "screened"))
    assert files(screened(source, source / "screened")) == first


@pytest.mark.parametrize(
    ("source", "block", "code"), [(["patients"], "8", 0), (["docs/patients-list.csv", "--mapping", "docs/patients-list.yaml"], "2", 3)]
)
def test_every_source_is_screened(source: list[str], block: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles and a list, in blocks and by two workers."""
    monkeypatch.chdir(TOP)
    for workers in ("1", "2"):
        assert main(["screen", *source, "--out", str(tmp_path / workers), "--block", block, "--workers", workers, "--as-of", "2026-03-02"]) == code
    assert files(tmp_path / "1") == files(tmp_path / "2")
    cohort = api.open_cohort(Path(source[0]), Path(source[2]) if source[1:] else None)
    people = {who: block.profile(row) for block in cohort.blocks() for row, who in enumerate(block.person)}
    trials = [api.read_trial(path) for path in RULES]
    verdicts = table(tmp_path / "1", "verdicts").rows_by_key("person", named=True, unique=True)
    assert verdicts == {
        who: {one.trial: one.verdict for one in api.check(profile, trials, profile.as_of or AS_OF).trials} for who, profile in people.items()
    }
