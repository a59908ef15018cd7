"""Lists, one row a person: what is proposed of their headings, and which mappings cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from conftest import TOP, Golden
from lists_of_persons import LIST, PRIVATE, block, reasons, refused

from eligimatch.api import propose_mapping
from eligimatch.cli import main
from eligimatch.kept import language
from eligimatch.model.diagnostic import InputError
from eligimatch.model.profile import Result
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.headings import folded_words
from eligimatch.sources.mapping import read_mapping, targets
from eligimatch.sources.vocabulary import load

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
