"""Lists, one row a person: what is proposed of their headings, and what a mapping makes of their cells."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import xlsxwriter
import yaml
from conftest import TOP, Golden

from eligimatch.api import propose_mapping
from eligimatch.cli import main
from eligimatch.kept import language
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Days, Profile, Result
from eligimatch.sources.blocks import Block
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.headings import folded_words
from eligimatch.sources.mapping import read_mapping, targets
from eligimatch.sources.vocabulary import load

PRIVATE = "zebra"
"""Stands for a patient's data: no message and no proposal may repeat it."""
LIST = TOP / "docs" / "patients-list.csv"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def block(source: Path, text: str | None = None, mapping: dict[str, Any] | Path | None = None) -> Block:
    """The persons of a list, written if it is given, by a mapping."""
    if text is not None:
        source.write_text(text, encoding="utf-8")
    file = mapping if isinstance(mapping, Path) else source.with_name("mapping.yaml")
    if isinstance(mapping, dict):
        file.write_text(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (one,) = open_cohort(source, file).blocks()
    assert PRIVATE not in str(one.rejected.to_dicts())
    return one


def of(columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A mapping with the identifier in `id`."""
    return {"columns": {"id": {"to": "person"}} | columns, **more}


def person(listed: Path, cells: str, columns: dict[str, Any], **more: Any) -> Profile:
    """The one person of a list with semicolons whose headings are those of the mapping."""
    made = block(listed, ";".join(["id", *columns]) + f"\nA;{cells}\n", of(columns, **more))
    assert made.rejected.is_empty()
    return made.profile(0)


def reasons(made: Block) -> list[tuple[str, int, str]]:
    return [(table, row, reason) for table, row, _, reason in made.rejected.rows()]


def refused(source: Path, mapping: Path) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        open_cohort(source, mapping)
    assert PRIVATE not in caught.value.diagnostic.model_dump_json()
    return caught.value.diagnostic


# --- the example ---------------------------------------------------------------------------------------------------------------


def test_the_example_of_the_page_is_read_as_the_page_says(golden: Golden) -> None:
    made = block(LIST, mapping=TOP / "docs" / "patients-list.yaml")
    assert [row[:2] for row in reasons(made)] == [("persons", 4), ("observations", 5)]
    golden("patients-list.yaml", yaml.safe_dump([made.profile(row).model_dump(mode="json") for row in range(len(made))], sort_keys=False))


def test_the_proposal_for_the_example(golden: Golden) -> None:
    golden("patients-list-mapping.yaml", propose_mapping(LIST))


# --- proposals -----------------------------------------------------------------------------------------------------------------


def proposed(listed: Path, columns: dict[str, list[str]]) -> dict[str, Any]:
    """What is proposed for a list of these columns, as a mapping that reads."""
    rows = [";".join(columns), *(";".join(cells) for cells in zip(*columns.values(), strict=True))]
    listed.write_text("\n".join(rows), encoding="utf-8")
    text = propose_mapping(listed)
    assert PRIVATE not in text
    listed.with_name("proposed.yaml").write_text(text, encoding="utf-8")
    open_cohort(listed, listed.with_name("proposed.yaml"))
    made: dict[str, Any] = yaml.safe_load(text)
    return made


@pytest.mark.parametrize(
    ("heading", "cells", "column"),
    [
        ("DOB", ["1959-05-14", "1960-01-01"], {"to": "birth_date"}),
        ("Geb.-Datum", ["14.05.1959", "01.01.1960"], {"to": "birth_date"}),
        ("Geschlecht", ["W", "m"], {"to": "sex", "values": {"w": "female", "m": "male"}}),
        ("ECOG", ["1", "0"], {"to": "observations.value", "name": "ECOG performance status"}),
        ("Hb (g/dl)", ["12", "13"], {"to": "observations.value", "name": "hemoglobin", "unit": "g/dL"}),
        ("Thrombozyten [G/l]", ["120", "130"], {"to": "observations.value", "name": "platelet count", "unit": "10^9/L"}),
        ("LDH U/L", ["200", "<100"], {"to": "observations.value", "name": "lactate dehydrogenase", "unit": "U/L"}),
        ("EGFR", ["wt", "mutated"], {"to": "biomarkers.result", "name": "EGFR", "values": {"wt": "wild-type"}}),
        ("EGFR", ["60", "90"], {"to": "observations.value", "name": "eGFR"}),
        ("PD-L1 (%)", ["50", "1"], {"to": "biomarkers.value", "name": "PD-L1", "unit": "%"}),
        ("Chemo start", ["2025-01-01", ""], {"to": "treatments.start", "name": "chemotherapy"}),
        ("Chemo Ende", ["2025-01-01", ""], {"to": "treatments.end", "name": "chemotherapy"}),
        ("Last PET", ["2025-01-01", ""], {"to": "procedures.date", "name": "positron emission tomography"}),
        ("Asthma since", ["2025-01-01", "2020"], {"to": "conditions.onset", "name": "asthma"}),
        ("Diabetes", ["ja", "nein"], {"to": "conditions", "name": "diabetes mellitus", "values": {"ja": "yes", "nein": "no"}}),
        ("Diabetes", ["yes", PRIVATE, "no"], {"to": "conditions", "name": "diabetes mellitus"}),
        ("HIV", ["neg", "pos"], {"to": "conditions", "name": "HIV infection", "values": {"neg": "no", "pos": "yes"}}),
        ("Prior radiotherapy", ["yes", "no"], {"to": "treatments", "name": "radiotherapy", "no": "never"}),
        ("Schwanger", ["j", "n"], {"to": "pregnant", "values": {"j": "yes", "n": "no"}}),
        ("Consent", ["yes", ""], {"to": "statements", "name": "informed consent"}),
        ("Labordatum", ["2026-01-01", ""], {"to": "observations.date"}),
        ("C1D1", ["2026-01-01", ""], {"to": "planned.date", "name": "first dose"}),
        ("Medikation", [f"{PRIVATE}, 5 mg", ""], {"to": "treatments.name"}),
    ],
)
def test_a_heading_is_understood(listed: Path, heading: str, cells: list[str], column: dict[str, Any]) -> None:
    found = proposed(listed, {"Pat. ID": [PRIVATE, *"BCDEF"][: len(cells)], heading: cells})
    assert found["columns"] == {"Pat. ID": {"to": "person"}, heading: column}


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Phone", ["0123", "4567"]),
        ("Remarks", [PRIVATE, "x y z"]),
        ("History of asthma", ["yes", "no"]),
        ("Asthma", [PRIVATE, "none"]),
        ("Stage", ["IV", "III"]),
        ("Hemoglobin", ["", ""]),
        ("Date", ["2026-01-01", "2026-01-02"]),
        ("ED", ["yes", "no"]),
    ],
)
def test_what_could_be_taken_in_more_than_one_way_is_left_to_a_person(listed: Path, heading: str, cells: list[str]) -> None:
    found = proposed(listed, {"ID": ["A", "B"], heading: cells})
    assert found["ignore"] == [heading]
    assert list(found["columns"]) == ["ID"]


def test_what_belongs_to_the_diagnosis_names_its_column(listed: Path) -> None:
    found = proposed(listed, {"ID": ["A"], "Stage": ["IV"], "ED": ["01.02.2026"], "ICD-10": ["C34.1"], "Dx": [PRIVATE]})
    assert found["columns"]["Stage"] == {"to": "conditions.stage", "of": "Dx"}
    assert found["columns"]["ED"] == {"to": "conditions.onset", "of": "Dx"}
    assert found["columns"]["ICD-10"]["with"] == {"code_system": "ICD-10-CM"}


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["14.05.1959", "01.02.1960"], "DD.MM.YYYY"),
        (["14/05/1959", "01/02/1960"], "DD/MM/YYYY"),
        (["05/14/1959", "01/02/1960"], "MM/DD/YYYY"),
        (["03/04/1959", "01/02/1960"], None),
        (["1959-05-14", "1960"], None),
        (["2-Mar-1959", "14-Mai-1960"], "DD-MMM-YYYY"),
    ],
)
def test_the_format_of_dates_is_proposed_where_the_list_tells_it(listed: Path, cells: list[str], dates: str | None) -> None:
    assert proposed(listed, {"ID": ["A", "B"], "DOB": cells}).get("dates") == dates


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["12,5", "9"], ",", None),
        (["12.5", "9"], None, None),
        (["1.234,5", "9"], ",", "."),
        (["1,234.5", "9"], None, ","),
        (["7", "9"], None, None),
    ],
)
def test_the_signs_in_numbers_are_proposed(listed: Path, cells: list[str], decimal: str | None, thousands: str | None) -> None:
    found = proposed(listed, {"ID": ["A", "B"], "CRP (mg/L)": cells})
    assert (found.get("decimal"), found.get("thousands")) == (decimal, thousands)


def test_a_number_that_may_be_two_is_pointed_out(listed: Path) -> None:
    proposed(listed, {"ID": ["A"], "CRP (mg/L)": ["1,234"]})
    assert "# check: the sign could stand between thousands as well" in propose_mapping(listed)


def test_what_there_is_one_of_is_taken_from_one_column(listed: Path) -> None:
    days = {"Lab date": ["2026-01-01"], "Labs on": ["2026-01-02"], "C1D1": ["2026-01-01"], "First dose": ["2026-01-01"]}
    assert proposed(listed, {"ID": ["A"], "Age": ["40"], "Alter": ["41"]} | days)["ignore"] == ["Alter", "Labs on", "First dose"]


def test_a_list_in_another_encoding_with_titles_above_it(listed: Path) -> None:
    listed.write_bytes("Überweisungen;;\n;;\nFallnr.;Größe (cm);Geschlecht\n1;170;männlich\n2;160;weiblich\n".encode("cp1252"))
    text = propose_mapping(listed)
    found = yaml.safe_load(text)
    assert (found["encoding"], found["heading"]) == ("cp1252", 3)
    listed.with_name("mapping.yaml").write_text(text, encoding="utf-8")
    made = block(listed)
    assert [made.profile(row).observations[0].value for row in range(2)] == [170.0, 160.0]
    assert made.profile(0).sex == "male"


def test_the_command_writes_a_mapping_and_never_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mapping.yaml"
    assert main(["map", str(LIST), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == propose_mapping(LIST)
    assert main(["map", str(LIST), "--out", str(out)]) == 2
    assert main(["map", str(LIST)]) == 0
    assert propose_mapping(LIST) in capsys.readouterr().out


def test_the_command_reads_a_list_by_its_mapping(tmp_path: Path) -> None:
    out = tmp_path / "tables"
    assert main(["tables", str(LIST), "--mapping", str(TOP / "docs" / "patients-list.yaml"), "--out", str(out)]) == 3
    (one,) = open_cohort(out).blocks()
    assert one.person.to_list() == ["L-001", "L-002", "L-003", "L-005"]


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
    born = datetime(1959, 5, 14)  # noqa: DTZ001 - a day has no zone
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


# --- mappings that cannot be used ----------------------------------------------------------------------------------------------


UNEVEN = (("a", "value"), ("b", "value"), ("c", "value"), ("d", "date"), ("e", "date"))


@pytest.mark.parametrize(
    ("text", "title", "line", "hint"),
    [
        ("colums:\n  id: {to: person}\n", "unknown key `colums`", 1, "did you mean `columns`?"),
        ("columns:\n  id: {to: person}\n  x: {too: age}\n", "unknown key `too`", 3, "did you mean `to`?"),
        ("columns:\n  id: {to: person}\n  x: {to: aeg}\n", "`aeg` is nothing that a column can be mapped to", 3, "did you mean `age`?"),
        ("columns:\n  id: {to: person}\n  x: {to: conditions}\n", "`x` needs a `name`", 3, ""),
        (
            "columns:\n  id: {to: person}\n  x: {to: conditions.onset, of: Dx}\n",
            "`of: Dx` names no column that is mapped to the name of an item", 3, "write `name:`",
        ),
        (
            "columns:\n  id: {to: person}\n  x: {to: conditions.name,\n    with: {statsu: active}}\n",
            "`conditions` has no column `statsu`", 4, "did you mean `status`?",
        ),
        ("columns:\n  x: {to: age}\n", "no column is mapped to `person`", 1, ""),
        ("columns:\n  id: {to: person}\n  x: {to: age}\n  y: {to: age}\n", "`y` says the same as `x`", 4, "put one"),
        ("columns:\n  id: {to: person}\n  x: {to: person}\n", "`x` says the same as `id`", 3, "put one"),
        ("columns:\n  id: {to: person}\n  x: {to: age, several: ;}\n", "`several` has no meaning for `age`", 3, ""),
        ("columns:\n  id: {to: person}\n  x: {to: procedures.date, name: PET,\n    unit: mm}\n", "`procedures` has no column `unit`", 4, ""),
        ("columns:\n  id: {to: person}\nignore: [id]\n", "`id` stands under `columns` too", 3, ""),
        ("dates: DD.MM.YY\ncolumns: {id: {to: person}}\n", "`dates` is no format", 1, ""),
        ("decimal: ;\ncolumns: {id: {to: person}}\n", "`decimal` takes other words", 1, "one of: . or ,"),
        ("as_of: yesterday\ncolumns: {id: {to: person}}\n", "`as_of` is not readable", 1, "a date is written as 2026-03-02"),
        ("- a\n", "not a mapping", 1, ""),
        ("columns: [a]\n", "`columns` is not readable", 1, "a mapping is needed here: `key: value`"),
        (
            "columns:\n  id: {to: person}\n" + "".join(f"  {header}: {{to: observations.{cell}, name: Hb}}\n" for header, cell in UNEVEN),
            "`d` stands for one of several", 6, "",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_is_named_with_its_line(tmp_path: Path, text: str, title: str, line: int, hint: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_mapping(path)
    found = caught.value.diagnostic
    assert (found.title, found.line) == (title, line)
    assert found.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "title", "hint"),
    [
        ("id;sxe\nA;male\n", "the list has no column `sex`", "did you mean `sxe`?"),
        ("id;sex;zip\nA;male;zebra\n", "the mapping does not know the column `zip`", "say under `columns:` what it means, or put it under `ignore:`"),
        ("id;sex;sex\nA;male;male\n", "column `sex` stands twice", ""),
        ("", "empty file", "the first line names the columns"),
        ('id;sex\nA;"zebra\n', "the table cannot be read", ""),
    ],
)
def test_a_list_that_does_not_fit_its_mapping(listed: Path, text: str, title: str, hint: str) -> None:
    listed.write_text(text, encoding="utf-8")
    mapping = listed.with_name("mapping.yaml")
    mapping.write_text("columns:\n  id: {to: person}\n  sex: {to: sex}\n", encoding="utf-8")
    found = refused(listed, mapping)
    assert found.title == title
    assert found.hint.startswith(hint)


def test_a_list_without_a_mapping_is_told_how_to_get_one(listed: Path) -> None:
    listed.write_text("id\nA\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_cohort(listed)
    assert caught.value.diagnostic.hint == f"eligimatch map {listed} --out mapping.yaml"


# --- grammar/headings.yaml -----------------------------------------------------------------------------------------------------


def test_every_heading_leads_to_something_that_there_is() -> None:
    said = load(TOP / "grammar" / "headings.yaml")
    assert [name for name in said["columns"] if name not in targets()] == []
    assert [name for name in said["names"] if name not in language().vocabulary] == []
    assert [unit for unit in said["units"] if language().units.named(unit) is None] == []
    assert [word for word in said["cells"]["result"] if word not in get_args(get_args(Result)[0])] == []


def test_no_heading_means_two_things() -> None:
    said = load(TOP / "grammar" / "headings.yaml")
    for kind in ("columns", "statements", "planned", "parts", "names"):
        words = [(folded_words(word), name) for name, some in said[kind].items() for word in some]
        assert {word for word, name in words for other, another in words if word == other and name != another} == set(), kind
