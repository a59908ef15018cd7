"""Lists, one row a person: what a mapping makes of their cells, in texts and in sheets."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from conftest import TOP
from lists_of_persons import LIST, block, of, person, reasons, refused

from eligimatch.api import propose_mapping
from eligimatch.model.diagnostic import InputError
from eligimatch.model.profile import Days, Profile
from eligimatch.sources.cohort import open_cohort

# --- cells ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "more", "value"),
    [
        ("12,5", {"decimal": ","}, 12.5),
        ("1.234,5", {"decimal": ",", "thousands": "."}, 1234.5),
        ("1 234,5", {"decimal": ",", "thousands": " "}, 1234.5),
        ("1'234.5", {"thousands": "'"}, 1234.5),
        ("< 0,5", {"decimal": ","}, "<0.5"),
        ("-3,5", {"decimal": ","}, -3.5),
        ("130/80", {}, "130/80"),
        (" not  done ", {}, "not done"),
    ],
)
def test_a_number_is_read_as_the_mapping_says_it_is_written(listed: Path, cell: str, more: dict[str, str], value: float | str) -> None:
    found = person(listed, cell, {"CRP": {"to": "observations.value", "name": "CRP"}}, **more)
    assert found.observations[0].value == value


@pytest.mark.parametrize(("cell", "more"), [("12.5", {"decimal": ","}), ("12,5", {}), ("1,234", {}), ("1.2.3", {}), ("12,34.5", {"thousands": ","})])
def test_a_number_that_is_written_otherwise_is_not_guessed(listed: Path, cell: str, more: dict[str, str]) -> None:
    columns = {"CRP": {"to": "observations.value", "name": "CRP"}, "ECOG": {"to": "observations.value", "name": "ECOG"}}
    made = block(listed, f"id;CRP;ECOG\nA;{cell};1\n", of(columns, **more))
    assert reasons(made) == [("observations", 1, "`CRP`: the number is not written with the `decimal` and `thousands` of the mapping")]
    assert made.profile(0).observations == ()


@pytest.mark.parametrize(
    ("cell", "dates", "days"),
    [
        ("14.05.1959", "DD.MM.YYYY", Days(date(1959, 5, 14), date(1959, 5, 14))),
        ("1.5.1959", "DD.MM.YYYY", Days(date(1959, 5, 1), date(1959, 5, 1))),
        ("05/14/1959", "MM/DD/YYYY", Days(date(1959, 5, 14), date(1959, 5, 14))),
        ("14-Mai-1959", "DD-MMM-YYYY", Days(date(1959, 5, 14), date(1959, 5, 14))),
        ("2 December 1959", "DD MMM YYYY", Days(date(1959, 12, 2), date(1959, 12, 2))),
        ("05.1959", "DD.MM.YYYY", Days(date(1959, 5, 1), date(1959, 5, 31))),
        ("1959", "DD.MM.YYYY", Days(date(1959, 1, 1), date(1959, 12, 31))),
        ("1959-05-14", "DD.MM.YYYY", Days(date(1959, 5, 14), date(1959, 5, 14))),
    ],
)
def test_a_date_is_read_in_the_format_of_the_mapping(listed: Path, cell: str, dates: str, days: Days) -> None:
    assert person(listed, cell, {"DOB": {"to": "birth_date"}}, dates=dates).birth_date == days


@pytest.mark.parametrize(
    ("cell", "more", "reason"),
    [
        ("14.05.59", {"dates": "DD.MM.YYYY"}, "`born`: a date is written as DD.MM.YYYY, as the mapping says, or as 2026-03-02"),
        ("05/14/1959", {"dates": "DD.MM.YYYY"}, "`born`: a date is written as DD.MM.YYYY, as the mapping says, or as 2026-03-02"),
        ("14.05.1959", {}, "`born`: the mapping does not say how dates are written: `dates: DD.MM.YYYY`"),
        ("31.02.1959", {"dates": "DD.MM.YYYY"}, "`birth_date`: there is no such day in the calendar"),
        ("14-Foo-1959", {"dates": "DD-MMM-YYYY"}, "`born`: the month is none of a year"),
    ],
)
def test_a_date_in_another_format_is_not_guessed(listed: Path, cell: str, more: dict[str, str], reason: str) -> None:
    made = block(listed, f"id;born\nA;{cell}\n", of({"born": {"to": "birth_date"}}, **more))
    assert reasons(made) == [("persons", 1, reason)]


def test_yes_no_and_silence_are_three_things(listed: Path) -> None:
    asthma = {"to": "conditions", "name": "asthma", "values": {"Ja": "yes", "nein": "no"}}
    surgery = {"to": "procedures", "name": "surgery", "no": "never"}
    made = block(listed, "id;a;s\nA;ja;no\nB;NEIN;yes\nC;;-\nD;perhaps;\n", of({"a": asthma, "s": surgery}, complete=["conditions"]))
    a, b, c, d = (made.profile(row) for row in range(4))
    assert ([item.name for item in a.conditions], a.never, b.absent, [item.name for item in b.procedures]) == (
        ["asthma"],
        ("surgery",),
        ("asthma",),
        ["surgery"],
    )
    assert c == Profile(id="C", complete=("conditions",))
    assert d == Profile(id="D")
    assert reasons(made) == [("conditions", 4, "`a`: yes or no is needed")]


def test_a_no_beside_a_date_is_kept_as_the_contradiction_that_it_is(listed: Path) -> None:
    columns = {"asthma": {"to": "conditions", "name": "asthma"}, "since": {"to": "conditions.onset", "name": "asthma"}}
    found = person(listed, "no;2020", columns)
    assert (found.absent, [str(item.onset) for item in found.conditions]) == (("asthma",), ["2020"])


def test_columns_of_one_name_are_one_item(listed: Path) -> None:
    columns = {
        "start": {"to": "treatments.start", "name": "cisplatin"},
        "end": {"to": "treatments.end", "name": "cisplatin"},
        "dose": {"to": "treatments.dose", "name": "cisplatin", "unit": "mg/m2", "with": {"intent": "curative", "line": "1"}},
    }
    (one,) = person(listed, "2025;2026;75", columns).treatments
    assert (str(one.start), str(one.end), one.dose, one.unit, one.intent, one.line) == ("2025", "2026", 75.0, "mg/m2", "curative", 1)
    assert person(listed, ";;", columns).treatments == ()


def test_several_columns_of_one_kind_pair_up_in_order(listed: Path) -> None:
    hb, on = {"to": "observations.value", "name": "Hb", "unit": "g/dL"}, {"to": "observations.date", "name": "Hb"}
    found = person(listed, "9;2025;;2026", {"Hb 1": hb, "Hb 1 date": on, "Hb 2": hb, "Hb 2 date": on})
    assert [(seen.value, str(seen.date)) for seen in found.observations] == [(9.0, "2025")]
    found = person(listed, "9;2025;8;2026", {"Hb 1": hb, "Hb 1 date": on, "Hb 2": hb, "Hb 2 date": on})
    assert [(seen.value, str(seen.date)) for seen in found.observations] == [(9.0, "2025"), (8.0, "2026")]


def test_a_date_of_all_observations_is_of_those_that_have_none(listed: Path) -> None:
    columns = {
        "Hb": {"to": "observations.value", "name": "Hb"},
        "CRP": {"to": "observations.value", "name": "CRP"},
        "CRP on": {"to": "observations.date", "name": "CRP"},
        "on": {"to": "observations.date"},
    }
    assert [str(seen.date) for seen in person(listed, "9;5;2024;2026", columns).observations] == ["2026", "2024"]


def test_several_in_a_cell_and_what_is_said_of_them(listed: Path) -> None:
    columns = {"Dx": {"to": "conditions.name", "several": ","}, "stage": {"to": "conditions.stage", "of": "Dx"}, "none": {"to": "never"}}
    found = person(listed, "asthma, SCLC,;;COPD", columns)
    assert ([item.name for item in found.conditions], found.never) == (["asthma", "SCLC"], ("COPD",))
    assert [item.stage[0].value for item in person(listed, "SCLC;IV;", columns).conditions] == ["IV"]
    made = block(listed, "id;Dx;stage;none\nA;asthma, SCLC;IV;\n", of(columns, complete=["conditions"]))
    assert {reason for *_, reason in reasons(made)} == {"`Dx`, `stage`: several are named, and more is said of one of them"}
    assert made.profile(0) == Profile(id="A")


def test_no_allergy_is_denied_as_an_allergy(listed: Path) -> None:
    assert person(listed, "no", {"penicillin": {"to": "allergies", "name": "penicillin", "no": "never"}}).never == ("allergy to penicillin",)


def test_a_date_alone_makes_no_result(listed: Path) -> None:
    egfr = {"EGFR": {"to": "biomarkers.result", "name": "EGFR"}, "on": {"to": "biomarkers.date", "name": "EGFR"}}
    assert person(listed, ";2026", egfr).biomarkers == ()


def test_statements_events_groups_and_the_day_of_the_list(listed: Path) -> None:
    columns = {
        "consent": {"to": "statements", "name": "informed consent", "values": {"x": "yes"}},
        "dose": {"to": "planned.date", "name": "first dose"},
        "arm": {"to": "groups.value", "name": "cohort"},
    }
    found = person(listed, "X;2026-03-12;2a", columns, as_of="2026-03-02")
    assert (found.statements, found.groups, found.as_of) == ({"informed consent": True}, {"cohort": "2a"}, date(2026, 3, 2))
    assert list(found.planned) == ["first dose"]


def test_a_word_may_mean_that_nothing_is_said(listed: Path) -> None:
    assert person(listed, "D", {"sex": {"to": "sex", "values": {"d": "unknown", "w": "female"}}}).sex is None


def test_headings_may_be_called_as_the_tables_call_their_columns(listed: Path) -> None:
    columns = {name: {"to": "observations.value", "name": name} for name in ("row", "reason", "person", "label", "table")}
    assert len(person(listed, "1;2;3;4;5", columns).observations) == 5


def test_a_person_who_stands_twice_in_a_list_is_set_aside_whatever_the_size_of_blocks(listed: Path) -> None:
    block(listed, "id;sex\nA;male\nB;male\nA;female\n;male\n", of({"sex": {"to": "sex"}}))
    for size in (1, 2, 4):
        made = list(open_cohort(listed, listed.with_name("mapping.yaml")).blocks(size))
        assert [who for one in made for who in one.person] == ["B"]
        assert [row for one in made for row in one.rejected["row"]] == [1, 3, 4]


def test_one_person_of_a_list_is_read_alone() -> None:
    cohort = open_cohort(LIST, TOP / "docs" / "patients-list.yaml")
    found = cohort.profile("L-002")
    assert found is not None
    assert found.sex == "male"
    assert [cohort.profile(who) for who in ("L-004", "L-999")] == [None, None]


def test_a_row_that_is_longer_than_the_heading(listed: Path) -> None:
    made = block(listed, "id;sex\nA;male;x\nB;male\n", of({"sex": {"to": "sex"}}))
    assert reasons(made) == [("persons", 1, "more cells than the heading has")]
    assert made.person.to_list() == ["B"]


# --- sheets --------------------------------------------------------------------------------------------------------------------


def workbook(path: Path, rows: list[list[Any]], title: str = "Liste") -> Path:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("leer")
    sheet = book.add_worksheet(title)
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for place, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(place, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(place, column, cell)
            elif cell is not None:
                sheet.write(place, column, cell)
    book.close()
    return path


def test_a_workbook_says_the_same_as_a_text(tmp_path: Path) -> None:
    born = datetime.combine(date(1959, 5, 14), time.min)
    rows: list[list[Any]] = [
        ["Tumorboard"],
        ["Pat-ID", "DOB", "CRP (mg/L)", "Sex"],
        [1, born, 12.5, "f"],
        [2, None, 1234, "m"],
        [],
        ["x3", born, 3.141, "m"],
    ]
    source = workbook(tmp_path / "list.xlsx", rows)
    text = propose_mapping(source)
    assert yaml.safe_load(text)["sheet"] == "Liste"
    (tmp_path / "mapping.yaml").write_text(text.replace("columns:", 'decimal: ","\ncolumns:', 1), encoding="utf-8")
    made = block(source)
    assert reasons(made) == []
    assert made.person.to_list() == ["1", "2", "x3"]
    assert [made.profile(row).observations[0].value for row in range(3)] == [12.5, 1234.0, 3.141]
    assert made.profile(0).birth_date == Days(date(1959, 5, 14), date(1959, 5, 14))


def test_a_long_number_that_tells_persons_apart_keeps_its_digits(tmp_path: Path) -> None:
    source = workbook(tmp_path / "list.xlsx", [["id"], [123456789012345], [123456789012346]])
    assert block(source, mapping=of({}, sheet="Liste")).person.to_list() == ["123456789012345", "123456789012346"]


def test_a_text_in_a_sheet_that_may_be_two_numbers_is_not_guessed(tmp_path: Path) -> None:
    source = workbook(tmp_path / "list.xlsx", [["id", "CRP"], ["A", "1.234"], ["B", "12,5"], ["C", 1.5]])
    made = block(source, mapping=of({"CRP": {"to": "observations.value", "name": "CRP"}}, decimal=",", sheet="Liste"))
    assert [row[:2] for row in reasons(made)] == [("observations", 1)]
    assert [[seen.value for seen in made.profile(row).observations] for row in range(3)] == [[], [12.5], [1.5]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"zebra"])
def test_a_file_that_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.xlsx").write_bytes(content)
    with pytest.raises(InputError) as caught:
        propose_mapping(tmp_path / "list.xlsx")
    assert caught.value.diagnostic.title == "the list cannot be read"


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    source = workbook(tmp_path / "list.xlsx", [["id"], ["A"]])
    (tmp_path / "m.yaml").write_text("sheet: x\ncolumns: {id: {to: person}}\n", encoding="utf-8")
    found = refused(source, tmp_path / "m.yaml")
    assert (found.title, found.hint) == ("no sheet `x`", "sheets here: leer, Liste")
