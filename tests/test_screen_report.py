"""`eligimatch report`: the counts of a screening as table, JSON, page and workbook are those of its statuses."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import polars as pl
import pytest
from conftest import TOP, Golden
from rich.console import Console

from eligimatch.cli import main
from eligimatch.model.attrition import Combination, CriterionAttrition, TrialAttrition, Without
from eligimatch.report.attrition import drawn
from eligimatch.report.charts import exclusions, funnel, together
from eligimatch.screening.totals import Totals
from eligimatch.sources.synthetic.cohort import write_cohort

PERSONS = 90
TRIAL = "NCT07026669"
MATCHED, FAILED = "matched", "failed"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A screening of ninety synthetic persons."""
    folder = tmp_path_factory.mktemp("screening")
    write_cohort(PERSONS, 8, folder / "cohort")
    options = ["--block", "40", "--workers", "1", "--statuses", "--also-undetermined"]
    assert main(["screen", str(folder / "cohort"), "--trials", str(TOP / "rules"), "--out", str(folder / "out"), *options]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def trial(out: Path) -> TrialAttrition:
    return Totals(out).trials([TRIAL])[0]


@pytest.fixture(scope="module")
def statuses(out: Path) -> list[dict[str, str]]:
    """Each person's statuses for the trial."""
    parts = pl.concat(pl.read_parquet(path) for path in sorted((out / "statuses").iterdir()))
    return [{name.partition(":")[2]: status for name, status in row.items() if name.startswith(f"{TRIAL}:")} for row in parts.iter_rows(named=True)]


def bounds(persons: list[dict[str, str]], left_out: tuple[str, ...]) -> tuple[int, int]:
    """How many are eligible surely, and at most, by the criteria that are not left out."""
    rest = [[status for name, status in person.items() if name not in left_out] for person in persons]
    return sum(set(person) <= {MATCHED} for person in rest), sum(FAILED not in person for person in rest)


def test_each_criterion_is_counted_over_all_blocks(trial: TrialAttrition, statuses: list[dict[str, str]]) -> None:
    assert len(statuses) == trial.persons == PERSONS
    assert (trial.eligible, trial.possible) == bounds(statuses, ())
    names = [one.id for one in trial.criteria]
    for at, one in enumerate(trial.criteria):
        counted = Counter(person[one.id] for person in statuses)
        assert (one.failed, one.unknown) == (counted["failed"], counted["unknown"])
        assert (one.eligible_without, one.possible_without) == bounds(statuses, (one.id,))
        assert (one.surely_remain, one.may_remain) == bounds(statuses, tuple(names[at + 1 :]))


def test_what_failed_together_is_counted_over_all_blocks(trial: TrialAttrition, statuses: list[dict[str, str]]) -> None:
    failed = Counter(tuple(name for name, status in person.items() if status == FAILED) for person in statuses)
    del failed[()]
    assert trial.combinations is not None
    assert {one.criteria: one.persons for one in trial.combinations} == failed
    assert [one.persons for one in trial.combinations] == sorted(failed.values(), reverse=True)


def test_leaving_out_several_criteria_is_counted_from_their_statuses(out: Path, statuses: list[dict[str, str]]) -> None:
    for left_out in (("I2", "I5"), ("I5",), tuple(statuses[0])):
        (made,) = Totals(out).trials([TRIAL], [f"{TRIAL}:{name}" for name in left_out])
        assert made.without is not None
        assert (made.without.eligible, made.without.possible) == bounds(statuses, left_out)


def criterion(name: str, text: str, *counts: int) -> CriterionAttrition:
    fields = (
        "failed", "unknown", "failed_first", "may_remain", "surely_remain", "failed_alone", "eligible_without", "possible_without",
    )  # fmt: skip
    return CriterionAttrition(id=name, kind="inclusion", text=text, **dict(zip(fields, counts, strict=True)))


def test_the_table_says_whom_each_criterion_excludes(golden: Golden) -> None:
    """Of 1,200 persons, as a terminal of any width or a pipe gets it."""
    trial = TrialAttrition(
        trial="EXAMPLE-1",
        title="A study of nobody",
        persons=1200,
        eligible=75,
        ineligible=1000,
        possible=200,
        criteria=(
            criterion("I1", "Age of 18 years or more", 300, 0, 300, 900, 900, 100, 110, 300),
            criterion(
                "I2",
                "A text with\na line of its own, and with so many words that not all of them find room in one row",
                850,
                40,
                700,
                200,
                75,
                700,
                790,
                900,
            ),
        ),
        combinations=tuple(Combination(criteria=(f"I{number}",), persons=50 - number) for number in range(1, 13)),
        without=Without(criteria=("I1", "I2"), eligible=1200, possible=1200),
    )
    with StringIO() as screen:
        Console(file=screen, width=10_000).print(drawn([trial]))
        golden("attrition.txt", screen.getvalue())


def test_the_table_says_what_leaving_out_comes_to(out: Path, statuses: list[dict[str, str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(out), "--drop", f"{TRIAL}:I5", "--drop", f"{TRIAL}:E9"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(TRIAL)
    assert "K8454" not in said
    surely, most = bounds(statuses, ("I5", "E9"))
    assert f"without I5, E9: eligible are {surely} surely, {most} at most" in said


def test_json_is_an_object_a_trial(out: Path, trial: TrialAttrition, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(out), "--format", "json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list((TOP / "rules").glob("*.yaml")))
    assert json.loads(lines[3]) == trial.model_dump(mode="json")


def test_the_page_stands_alone_and_is_the_same_again(out: Path, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        assert main(["report", str(out), "--format", "html", "--out", str(tmp_path / name)]) == 0
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "two.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == 15
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"', page)
    assert not re.findall(r"url\((?!#)", page)


def test_the_charts_say_their_numbers_in_words(trial: TrialAttrition) -> None:
    for draw in (funnel, exclusions, together):
        picture = ET.fromstring(draw(trial))  # noqa: S314 - our own picture
        said = picture.attrib["aria-label"]
        assert said.startswith(f"{TRIAL}: ")
        assert all(f"{one.id} " in said or f"{one.id}:" in said for one in trial.criteria if one.failed_alone)
        assert "#0" not in draw(trial).replace('href="#', "")


def test_a_trial_that_nobody_failed_has_no_picture_of_failures(trial: TrialAttrition) -> None:
    assert together(trial.model_copy(update={"combinations": ()})) == ""
    assert together(trial.model_copy(update={"combinations": None})) == ""


def test_the_workbook_lists_who_may_be_eligible(out: Path, tmp_path: Path) -> None:
    assert main(["report", str(out), "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")]) == 0
    import fastexcel

    book = fastexcel.read_excel(str(tmp_path / "a.xlsx"))
    assert book.sheet_names == ["Trials", "Criteria", "Failed together", "Persons"]
    listed = book.load_sheet("Persons").to_polars().select("person", "trial", "verdict").rows()
    assert listed == pl.read_parquet(out / "eligible.parquet").rows()
    criteria = book.load_sheet("Criteria").to_polars().filter(pl.col("trial") == TRIAL)
    assert criteria["failed"].to_list() == [one.failed for one in Totals(out).trials([TRIAL])[0].criteria]
    with ZipFile(BytesIO((tmp_path / "a.xlsx").read_bytes())) as packed:
        assert packed.testzip() is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--trial", "NCT07026660"], "the trial `NCT07026660` was not screened"),
        (["--drop", f"{TRIAL}:I99"], f"no criterion `{TRIAL}:I99` was screened"),
        (["--drop", "I1"], "no criterion `I1` was screened"),
    ],
)
def test_what_was_not_screened_is_refused(out: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(out), *more]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_a_finished_screening_is_refused(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "no screening here" in capsys.readouterr().err
    (tmp_path / "manifest.json").write_bytes((out / "manifest.json").read_bytes())
    assert main(["report", str(tmp_path)]) == 2
    assert "not finished: 0 of 3 blocks" in capsys.readouterr().err
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 2
    assert "the manifest cannot be read" in capsys.readouterr().err
