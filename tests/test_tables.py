"""Cohorts by blocks: profiles and their tables are the same persons."""

from __future__ import annotations

import pickle
import re
import string
from datetime import date
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest
from conftest import TOP
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_of_persons import PERSONS, PRIVATE, block, people, written

from eligimatch.cli import main
from eligimatch.model import profile as fields
from eligimatch.model.columns import ITEMS, TABLES
from eligimatch.model.profile import Condition, Days, Profile
from eligimatch.sources.blocks import block_of
from eligimatch.sources.cells import columns_in_memory
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.profile_files import raw_tables
from eligimatch.sources.profiles import load_profile
from eligimatch.sources.table_files import write_tables

# --- the same persons ----------------------------------------------------------------------------------------------------------


def texts(alphabet: str = string.ascii_letters + "0123456789 -<.,:;äß≥\u00a0\t\n'\"") -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=8)


days = st.dates(date(1900, 1, 1), date(2030, 12, 31)).flatmap(lambda day: st.sampled_from([day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"]))
numbers = st.floats(allow_nan=False, allow_infinity=False)
stages = st.fixed_dictionaries({"system": texts("AJC 8:"), "value": texts("TNM123")})
BY_KIND: dict[str, st.SearchStrategy[Any]] = {"text": texts(), "number": numbers, "day": days, "answer": st.booleans()}
CLOSED: dict[str, Any] = {
    "status": {"conditions": ("active", "remission", "resolved"), "treatments": ("ongoing", "completed", "planned")},
    "verification": ("confirmed", "provisional", "refuted"),
    "severity": ("mild", "moderate", "severe"),
    "side": ("left", "right", "bilateral"),
    "result": get_args(get_args(fields.Result)[0]),
}


def cell(section: str, name: str, kind: str) -> st.SearchStrategy[Any]:
    if name in CLOSED:
        words = CLOSED[name]
        return st.sampled_from(words[section] if isinstance(words, dict) else words)
    several = {"evidence": fields.Evidence, "course": fields.Course}
    if name in several:
        return st.lists(st.sampled_from(get_args(get_args(several[name])[0])), max_size=3)
    if name == "stage":
        return st.lists(stages, max_size=2)
    return st.integers(0, 5) if kind == "integer" else BY_KIND[kind]


def item(section: str) -> st.SearchStrategy[dict[str, Any]]:
    cells = {column.name: cell(section, column.name, column.kind) for column in TABLES[section]}
    code = {"code": st.fixed_dictionaries({"system": texts(), "value": texts()})}
    value = {"value": st.one_of(numbers, texts())} if "value" in cells else {}
    for name in ("code_system", "code_value", "value", "value_text"):
        cells.pop(name, None)
    needed: dict[str, st.SearchStrategy[Any]] = {name: cells.pop(name) for name in ("name", "substance") if name in cells}
    needed |= value if section == "observations" else {}
    return st.fixed_dictionaries(needed, optional=cells | code | ({} if section == "observations" else value))


profiles = st.fixed_dictionaries(
    {"id": st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=6)},
    optional={
        "as_of": st.dates().map(str), "birth_date": days, "age": st.integers(0, 130), "sex": st.sampled_from(["female", "male"]),
        **{section: st.lists(item(section), max_size=3) for section in ITEMS},
        "reproductive": st.dictionaries(st.sampled_from(list(fields.Reproductive.model_fields)), st.booleans()),
        "statements": st.dictionaries(texts(), st.booleans(), max_size=3),
        "absent": st.lists(texts(), max_size=3), "never": st.lists(texts(), max_size=3),
        "complete": st.lists(st.sampled_from(ITEMS), max_size=3),
        "planned": st.dictionaries(texts(), days, max_size=2), "groups": st.dictionaries(texts(), texts(), max_size=2),
    },
).map(Profile.model_validate)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(profiles, min_size=1, max_size=4, unique_by=lambda one: one.id))
def test_a_profile_comes_back_from_its_rows(given_profiles: list[Profile]) -> None:
    raw, refused_before = raw_tables(enumerate(given_profiles, 1))
    made = block_of(0, raw)
    assert made.rejected.is_empty()
    assert refused_before.is_empty()
    assert [made.profile(row) for row in range(len(made))] == given_profiles


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(profiles, min_size=1, max_size=5, unique_by=lambda one: one.id), st.integers(1, 5))
def test_a_profile_comes_back_from_its_tables_on_file(tmp_path_factory: pytest.TempPathFactory, given_profiles: list[Profile], size: int) -> None:
    folder = tmp_path_factory.mktemp("tables")
    raw, _ = raw_tables(enumerate(given_profiles, 1))
    assert write_tables([block_of(0, raw)], folder)[0] == len(given_profiles)
    assert people(folder, size) == {one.id: one for one in given_profiles}


def test_the_sample_patients_and_their_tables_are_the_same_persons(tmp_path: Path) -> None:
    folder = TOP / "patients"
    persons, rejected = write_tables(open_cohort(folder).blocks(7), tmp_path)
    assert rejected.is_empty()
    expected = {one.id: one for one in map(load_profile, sorted(folder.glob("*.yaml")))}
    assert people(tmp_path, 4) == people(folder, 3) == expected
    assert persons == len(expected)


def test_csv_and_part_files_are_the_same_persons_as_parquet(tmp_path: Path) -> None:
    whole, parts, commas = (tmp_path / name for name in ("whole", "parts", "commas"))
    write_tables(open_cohort(TOP / "patients").blocks(), whole)
    commas.mkdir()
    for path in whole.glob("*.parquet"):
        rows = pl.read_parquet(path)
        rows.sample(fraction=1, shuffle=True, seed=3).write_csv(commas / f"{path.stem}.csv", separator=";", include_bom=True)
        (parts / path.stem).mkdir(parents=True)
        for number, part in enumerate(rows.iter_slices(9)):
            part.write_parquet(parts / path.stem / f"part-{number:02}.parquet")
    assert people(parts, 10) == people(whole)
    shuffled = people(commas, 10)
    assert {who: one.sex for who, one in shuffled.items()} == {who: one.sex for who, one in people(whole).items()}
    assert sum(len(one.observations) for one in shuffled.values()) == sum(len(one.observations) for one in people(whole).values())


def test_blocks_have_the_columns_and_types_that_are_promised(tmp_path: Path) -> None:
    made = block(written(tmp_path, persons=PERSONS))
    assert {name: dict(table.schema) for name, table in made.tables.items()} == {name: columns_in_memory(name) for name in TABLES}
    assert made.person.to_list() == ["A", "B"]
    assert made.tables["persons"]["person"].to_list() == [0, 1]


def test_the_index_of_a_row_is_its_place_among_the_persons_rows(tmp_path: Path) -> None:
    made = block(
        written(
            tmp_path,
            persons=PERSONS,
            conditions=[{"person": "A", "name": "x"}, {"person": "A", "name": "y"}, {"person": "B", "name": "z"}],
            denials=[{"person": "A", "name": name, "time": time} for name, time in (("p", "absent"), ("q", "never"), ("r", "absent"))],
        )
    )
    assert made.index("conditions").to_list() == [0, 1, 0]
    assert made.index("denials").to_list() == [0, 0, 1]
    assert made.profile(0).absent == ("p", "r")


def test_rows_may_stand_in_any_order_and_keep_it_within_a_person(tmp_path: Path) -> None:
    rows = [{"person": who, "name": f"{who}{number}"} for number in range(3) for who in ("B", "A")]
    found = people(written(tmp_path, persons=PERSONS[::-1], conditions=rows), 1)
    assert list(found) == ["A", "B"]
    assert [condition.name for condition in found["A"].conditions] == ["A0", "A1", "A2"]


def test_persons_may_be_numbers(tmp_path: Path) -> None:
    persons = [{"person": number} for number in (9, 10, 100)]
    found = people(written(tmp_path, persons=persons, allergies=[{"person": 10, "substance": "latex"}]), 2)
    assert list(found) == ["9", "10", "100"]
    assert [len(one.allergies) for one in found.values()] == [0, 1, 0]


def test_numbers_in_one_table_and_texts_in_another_are_the_same_persons(tmp_path: Path) -> None:
    found = people(written(tmp_path, persons=[{"person": "9"}, {"person": "10"}], allergies=[{"person": 10, "substance": "latex"}]))
    assert {who: len(one.allergies) for who, one in found.items()} == {"10": 1, "9": 0}


def test_what_other_programs_write_is_read_too(tmp_path: Path) -> None:
    observations = pl.DataFrame(
        {
            "person": ["A", "A", "A", "B"],
            "name": ["ECOG", "HBsAg", "CRP", "Hb"],
            "value": ["1", "negative", "<5", "12.5"],
            "date": ["2026", "2026-01", "2026-01-02T10:00:00", "2026-01-02"],
        }
    ).with_columns(pl.col("name").cast(pl.Categorical))  # fmt: skip
    conditions = pl.DataFrame({"person": ["A"], "name": ["x"], "evidence": [["Imaging", "cytology"]], "grade": [3.0]})
    found = people(written(tmp_path, persons=PERSONS, observations=observations, conditions=conditions))
    assert [seen.value for seen in found["A"].observations] == [1.0, "negative", "<5"]
    assert found["A"].observations[1].date == Days(date(2026, 1, 1), date(2026, 1, 31))
    assert found["B"].observations[0].value == 12.5
    assert (found["A"].conditions[0].evidence, found["A"].conditions[0].grade) == (("imaging", "cytology"), 3)


def test_a_name_tells_the_stage_in_a_table_too(tmp_path: Path) -> None:
    rows = [
        {"person": "A", "name": "stage IV NSCLC"},
        {"person": "A", "name": "CKD stage 3", "stage": "KDIGO: G3a"},
        {"person": "B", "name": "asthma"},
    ]
    read = block(written(tmp_path, persons=PERSONS, conditions=rows))
    assert read.tables["conditions"]["stage"].to_list() == [": IV", "KDIGO: G3a", None]
    assert people(tmp_path)["A"].conditions[0] == Condition(name="stage IV NSCLC")


def test_one_person_is_read_alone(tmp_path: Path) -> None:
    folder, tables, numbered = TOP / "patients", tmp_path / "tables", tmp_path / "numbered"
    write_tables(open_cohort(folder).blocks(), tables)
    numbered.mkdir()
    written(numbered, persons=[{"person": 9}, {"person": 10}, {"person": 10}], denials=[{"person": 9, "name": "x", "time": "never"}])
    expected = load_profile(folder / "vitiligo.yaml")
    for cohort in (open_cohort(folder), open_cohort(tables)):
        assert cohort.profile(expected.id) == expected
        assert cohort.profile("nobody") is None
    assert open_cohort(numbered).profile("9") == Profile(id="9", never=("x",))
    assert [open_cohort(numbered).profile(who) for who in ("10", "x", "99999999999999999999")] == [None, None, None]


def test_a_block_may_be_read_by_another_process(tmp_path: Path) -> None:
    (tmp_path / "persons.csv").write_text("person\nB\nA\n", encoding="utf-8")
    cohort = open_cohort(tmp_path)
    sent, extents = pickle.loads(pickle.dumps((cohort, cohort.extents(1))))  # noqa: S301 - our own
    assert [sent.block(extent).person.to_list() for extent in extents[::-1]] == [["B"], ["A"]]


# --- the command ---------------------------------------------------------------------------------------------------------------


def test_the_command_writes_tables_and_lists_what_it_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "profiles", tmp_path / "tables"
    source.mkdir()
    (source / "a.yaml").write_text("id: A\nconditions: [{name: asthma}]\n", encoding="utf-8")
    (source / "b.yaml").write_text(f"id: B\nsex: {PRIVATE}\n", encoding="utf-8")
    assert main(["tables", str(source), "--out", str(out)]) == 3
    told = capsys.readouterr()
    assert told.out == f"{out}: 1 person\n"
    assert "profiles, row 2" in told.err
    assert PRIVATE not in told.err
    assert sorted(path.name for path in out.iterdir()) == ["conditions.parquet", "persons.parquet", "rejected.csv"]
    assert pl.read_csv(out / "rejected.csv")["row"].to_list() == [2]
    assert main(["tables", str(source), "--out", str(out)]) == 2


def test_the_page_names_every_table_and_column() -> None:
    page = (TOP / "docs" / "tables.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    shared = re.search(r"^Any item may have (.*)\.$", page, re.MULTILINE)
    assert shared
    for table, columns in TABLES.items():
        told = re.findall(r"`(\w+)`", rows[table].partition(":")[0]) + (re.findall(r"`(\w+)`", shared[1]) if table in ITEMS else [])
        assert told == [column.name for column in columns]
