"""Cohorts by blocks: what cannot be read is set aside with its row and reason, or refused as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tables_of_persons import PERSONS, PRIVATE, people, refused, set_aside, written

from eligimatch.model.diagnostic import InputError
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.table_files import write_tables

# --- what is set aside ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "cells", "reason"),
    [
        ("conditions", {"name": "x", "status": PRIVATE}, "`status`: one of: active, recurrence, relapse, inactive, remission or resolved"),
        ("conditions", {"name": "x", "grade": 9}, "`grade`: the number is out of range"),
        ("conditions", {"name": "x", "grade": 10**15}, "`grade`: the number is out of range"),
        ("conditions", {"name": "x", "onset": "2026-02-30"}, "`onset`: there is no such day in the calendar"),
        ("conditions", {"name": "x", "onset": PRIVATE}, "`onset`: a date is written as 2026-03-02, 2026-03 or 2026"),
        ("conditions", {"name": "x", "evidence": f"imaging; {PRIVATE}"}, "`evidence`: one of: histology, cytology, imaging, clinical or laboratory"),
        ("conditions", {"name": None, "note": PRIVATE}, "`name` is missing"),
        ("observations", {"name": PRIVATE}, "`value` is missing"),
        ("observations", {"name": "x", "value": float("nan")}, "`value`: a finite number is needed here"),
        ("observations", {"name": "x", "value": 3.0, "value_text": "4"}, "`value` and `value_text` differ"),
        ("observations", {"name": "x", "value": 3.0, "uln": float("inf")}, "`uln`: a finite number is needed here"),
        ("treatments", {"name": "x", "line": "2.5"}, "`line`: a whole number is needed here"),
        ("treatments", {"name": "x", "investigational": "perhaps"}, "`investigational`: yes or no is needed"),
    ],
)
def test_a_row_that_cannot_be_read_takes_its_section_with_it(tmp_path: Path, table: str, cells: dict[str, Any], reason: str) -> None:
    whole = {"name": "y"} | ({"value": 1.0} if table == "observations" else {})
    rows = [{"person": "A", **whole}, {"person": "A", **cells}, {"person": "B", **whole}]
    written(tmp_path, persons=PERSONS, **{table: rows}, procedures=[{"person": "A", "name": "PET"}])
    assert set_aside(tmp_path) == [(table, 2, "A", reason)]
    found = people(tmp_path)
    assert getattr(found["A"], table) == ()
    assert len(getattr(found["B"], table)) == len(found["A"].procedures) == 1
    left = {"conditions": ("observations",), "observations": ("treatments",), "treatments": ("conditions", "observations")}
    assert found["A"].complete == left[table]


def test_a_person_who_is_not_in_persons(tmp_path: Path) -> None:
    rows = [{"person": who, "name": "x"} for who in ("", "A", "Aa", "B", "C")]
    written(tmp_path, persons=PERSONS, conditions=[*rows, {"person": None, "name": "x"}])
    nobody = "the person does not stand in `persons`"
    found = [(1, "", nobody), (3, "Aa", nobody), (5, "C", nobody), (6, None, "`person` is missing")]
    assert set_aside(tmp_path) == [("conditions", *row) for row in found]
    assert sum(len(one.rejected) for one in open_cohort(tmp_path).blocks(1)) == 4


def test_a_person_who_stands_twice_is_set_aside_whatever_the_size_of_blocks(tmp_path: Path) -> None:
    written(tmp_path, persons=[*PERSONS, {"person": "B", "sex": "female"}, {"person": "C"}], conditions=[{"person": "B", "name": "x"}])
    for size in (1, 2, 3, 4):
        made = list(open_cohort(tmp_path).blocks(size))
        assert [who for one in made for who in one.person] == ["A", "C"]
        assert [row for one in made for row in one.rejected.rows()] == [
            ("persons", row, "B", "the person stands twice in this table") for row in (2, 3)
        ]


@pytest.mark.parametrize("cells", [{"age": 200}, {"sex": PRIVATE}, {"as_of": "2026-03"}, {"complete": PRIVATE}, {"pregnant": "2"}])
def test_a_person_whose_own_row_cannot_be_read_is_set_aside(tmp_path: Path, cells: dict[str, Any]) -> None:
    written(tmp_path, persons=[*PERSONS, {"person": "C", **cells}], conditions=[{"person": "C", "name": PRIVATE}])
    (found,) = set_aside(tmp_path)
    assert found[:3] == ("persons", 3, "C")
    assert list(people(tmp_path)) == ["A", "B"]


def test_a_planned_day_that_cannot_be_read_sets_the_person_aside(tmp_path: Path) -> None:
    written(tmp_path, persons=PERSONS, planned=[{"person": "A", "event": "first dose", "date": "soon"}])
    assert set_aside(tmp_path) == [("planned", 1, "A", "`date`: a date is written as 2026-03-02, 2026-03 or 2026")]
    assert list(people(tmp_path)) == ["B"]


def test_a_statement_with_two_answers_has_none(tmp_path: Path) -> None:
    said = [("informed consent", True), ("informed  consent", False), ("able to fast", True)]
    written(tmp_path, persons=PERSONS, statements=[{"person": "A", "statement": words, "answer": answer} for words, answer in said])
    assert [row[1:] for row in set_aside(tmp_path)] == [(row, "A", "`statement` stands twice for this person") for row in (1, 2)]
    assert people(tmp_path)["A"].statements == {"able to fast": True}
    assert people(tmp_path)["A"].complete == ("observations", "treatments")


def test_a_csv_row_that_is_longer_than_its_heading_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "persons.csv").write_text("\ufeffperson;sex\r\nA;female\r\n\r\nB;male;x;y\r\nC\r\n", encoding="utf-8")
    assert set_aside(tmp_path) == [("persons", 3, "B", "more cells than the heading has")]
    assert {who: one.sex for who, one in people(tmp_path).items()} == {"A": "female", "C": None}


def test_a_file_that_is_no_profile_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sex: female\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(f"id: B\nsex: {PRIVATE}\n", encoding="utf-8")
    (tmp_path / "c.json").write_text('{"id": "C"', encoding="utf-8")
    found = set_aside(tmp_path)
    assert found[0] == ("profiles", 2, "b.yaml", "line 2: `sex` takes other words; one of: female or male")
    assert found[1][:3] == ("profiles", 3, "c.json")
    assert list(people(tmp_path)) == ["a"]


def test_files_of_one_id_are_set_aside_whatever_the_size_of_blocks(tmp_path: Path) -> None:
    for name, text in {"a": "id: A\nsex: male\n", "b": "id: B\n", "c": "# again\nid: 'A'\nsex: female\n", "d": "sex: male\n"}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    for size in (1, 2, 4):
        made = list(open_cohort(tmp_path).blocks(size))
        assert [who for one in made for who in one.person] == ["B", "d"]
        assert [row[1:] for one in made for row in one.rejected.rows()] == [
            (row, name, "another file has the same `id`") for row, name in ((1, "a.yaml"), (3, "c.yaml"))
        ]


# --- what is refused as a whole ------------------------------------------------------------------------------------------------


def test_a_column_that_no_such_table_has(tmp_path: Path) -> None:
    written(tmp_path, persons=PERSONS, conditions=[{"person": "A", "name": "x", "onst": PRIVATE}])
    found = refused(tmp_path)
    assert (found.title, found.hint, Path(found.source).name) == ("unknown column `onst`", "did you mean `onset`?", "conditions.parquet")


def test_a_table_without_persons(tmp_path: Path) -> None:
    assert refused(written(tmp_path, conditions=[{"person": "A", "name": "x"}])).title == "no table `persons` here"
    assert refused(written(tmp_path, persons=[{"patient": "A"}])).title == "unknown column `patient`"
    assert refused(written(tmp_path, persons=[{"sex": "male"}])).title == "no column `person`"


@pytest.mark.parametrize("content", [b"", b"PAR1 not really PAR1", b"\x00" * 4096])
def test_a_file_that_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    written(tmp_path, persons=PERSONS)
    (tmp_path / "conditions.parquet").write_bytes(content)
    found = refused(tmp_path)
    assert (found.title, Path(found.source).name) == ("the table cannot be read", "conditions.parquet")


def test_a_parquet_file_that_is_damaged_inside(tmp_path: Path) -> None:
    written(tmp_path, persons=[{"person": f"P{row:06}"} for row in range(20_000)])
    path = tmp_path / "persons.parquet"
    content = bytearray(path.read_bytes())
    content[100:4000] = b"\xff" * 3900
    path.write_bytes(content)
    assert refused(tmp_path).title == "the table cannot be read"


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"", "empty file"),
        (b"\n\n", "empty file"),
        (b"person,sex,sex\nA,male,male\n", "column `sex` stands twice"),
        ("person;sex\nA;zebra Ü\n".encode("cp1252"), "not UTF-8"),
        (b"person;sex\n" + b"A;male\n" * 20_000 + "B;zebra Ü\n".encode("cp1252"), "not UTF-8"),
        (b'person,sex\nA,"zebra\n', "the table cannot be read"),
    ],
)
def test_a_csv_file_that_cannot_be_used(tmp_path: Path, content: bytes, title: str) -> None:
    (tmp_path / "persons.csv").write_bytes(content)
    assert refused(tmp_path).title == title


def test_a_table_that_stands_there_twice(tmp_path: Path) -> None:
    written(tmp_path, persons=PERSONS)
    (tmp_path / "persons.csv").write_text("person\nA\n", encoding="utf-8")
    assert refused(tmp_path).title == "the table `persons` stands here twice"


@pytest.mark.parametrize("cells", [{"sex": ["male"]}, {"complete": [["conditions"]]}, {"sex": {"is": "male"}}])
def test_a_column_of_more_than_cells(tmp_path: Path, cells: dict[str, Any]) -> None:
    assert refused(written(tmp_path, persons=[{"person": "A", **cells}])).title == f"`{next(iter(cells))}` holds several values a cell"


def test_a_column_of_empty_lists_says_nothing(tmp_path: Path) -> None:
    assert people(written(tmp_path, persons=pl.DataFrame({"person": ["A"], "complete": [[]]})))["A"].complete == ()


def test_nothing_there(tmp_path: Path) -> None:
    assert refused(tmp_path).title == "neither profiles nor tables here"
    assert refused(tmp_path / "nowhere").title == "no such file or folder"


def test_tables_are_not_written_over_others(tmp_path: Path) -> None:
    written(tmp_path, persons=PERSONS)
    with pytest.raises(InputError) as caught:
        write_tables(open_cohort(tmp_path).blocks(), tmp_path)
    assert caught.value.diagnostic.title == "the table `persons` stands here already"


def test_an_empty_cohort_has_no_blocks(tmp_path: Path) -> None:
    cohort = open_cohort(written(tmp_path, persons=pl.DataFrame(schema={"person": pl.String})))
    assert (cohort.persons, list(cohort.blocks())) == (0, [])
