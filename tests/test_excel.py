"""The worklist: what a spreadsheet program reads in it, and that it computes nothing from a patient's words."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import fastexcel
import pytest
from conftest import TOP

from eligimatch import api
from eligimatch.cli import main
from eligimatch.model.diagnostic import InputError
from eligimatch.model.finding import Report
from eligimatch.model.verdict import Status
from eligimatch.report import excel
from eligimatch.report.excel import CLIPPED, LONGEST, SHEETS, clipped, workbook
from eligimatch.report.facts import Judged

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))
TRIALS = [api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", '=HYPERLINK("https://example.org")', "http://example.org", "mailto:a@example.org", "007",
    "1e5", "TRUE", "_x0041_", "<b>&amp;",
    "<r><t>x</t></r>", '<r><t>x</t></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r></r>', "עברית", "👩🏽‍⚕️", "a" * 300,
]  # fmt: skip


def judged(*profiles: Path | Mapping[str, object]) -> Iterator[Judged]:
    for given in profiles:
        profile = api.load_profile(given)
        yield Judged(profile, api.check(profile, TRIALS, "2026-03-02"))


def named(name: str) -> Judged:
    """A person whose report bears a name as it is, control characters too."""
    (one,) = judged(PATIENTS[0])
    return Judged(one.profile, Report.model_construct(patient=name, as_of=one.report.as_of, trials=one.report.trials))


def rows(content: bytes, sheet: str) -> list[dict[str, object]]:
    """A sheet's rows as calamine reads them."""
    return fastexcel.read_excel(content).load_sheet(sheet, dtypes="string").to_polars().fill_null("").to_dicts()


def xml(content: bytes, part: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(part))  # noqa: S314 - our own file


def sheet_xml(content: bytes, number: int) -> ET.Element:
    return xml(content, f"xl/worksheets/sheet{number}.xml")


@pytest.fixture(scope="module")
def content() -> bytes:
    return workbook(judged(*PATIENTS))


def test_each_sheet_has_its_rows_and_headings(content: bytes) -> None:
    reports = [one.report for one in judged(*PATIENTS)]
    trials = [trial for report in reports for trial in report.trials]
    counts = {
        "Trials": len(trials),
        "Criteria": sum(len(trial.criteria) for trial in trials),
        "Questions": sum(len(trial.ask) for trial in trials),
    }
    assert fastexcel.read_excel(content).sheet_names == [*counts, "About"]
    for sheet in SHEETS:
        found = rows(content, sheet.name)
        assert len(found) == counts[sheet.name]
        assert list(found[0]) == [column.title for column in sheet.columns]


def test_a_trials_row_says_what_the_report_says(content: bytes) -> None:
    found = {(row["patient"], row["trial"]): row for row in rows(content, "Trials")}
    for one in judged(*PATIENTS):
        for trial in one.report.trials:
            row = found[one.name, trial.trial]
            assert row["verdict"] == trial.verdict
            assert {status: int(float(str(row[status]))) for status in Status} == trial.counts
            assert int(float(str(row["open questions"]))) == len(trial.ask)
            assert bool(row["first failed criterion"]) == (trial.verdict == "ineligible")
            assert str(row["as of"]).startswith("2026-03-02")
            assert row["title"] == trial.title


def test_a_criterions_row_has_its_words_reason_and_facts() -> None:
    (one,) = judged(PATIENTS[4])
    found = rows(workbook([one]), "Criteria")
    findings = [(trial.trial, finding) for trial in one.trials() for finding in trial.criteria]
    for row, (trial, finding) in zip(found, findings, strict=True):
        assert [row[key] for key in ("trial", "criterion", "kind", "status", "words", "reason")] == [
            trial, finding.id, finding.kind, finding.status, finding.text, finding.reason,
        ]  # fmt: skip
        assert row["facts"] == "\n".join(one.facts(finding))
        assert row["missing"] == "\n".join(finding.missing)


def test_what_is_a_persons_own_is_empty_and_a_decision_has_a_list(content: bytes) -> None:
    for number, sheet in enumerate(SHEETS, 1):
        assert {str(row[key]) for row in rows(content, sheet.name) for key in ("decision", "notes")} == {""}
        found = sheet_xml(content, number).findall(".//x:dataValidation", NS)
        assert [validation.findtext("x:formula1", namespaces=NS) for validation in found] == [
            f'"{",".join(column.choices)}"' for column in sheet.columns if column.choices
        ]


def test_headings_stay_in_sight_and_every_column_has_a_filter(content: bytes) -> None:
    for number, sheet in enumerate(SHEETS, 1):
        root = sheet_xml(content, number)
        pane = root.find(".//x:pane", NS)
        assert pane is not None
        assert (pane.get("ySplit"), pane.get("xSplit"), pane.get("state")) == ("1", str(sheet.frozen), "frozen")
        widths = [
            float(col.get("width", 0)) for col in root.findall(".//x:col", NS) for _ in range(int(col.get("min", 0)), int(col.get("max", 0)) + 1)
        ]
        assert [round(width) for width in widths] == [column.width + 1 for column in sheet.columns]
        count = len(rows(content, sheet.name))
        reference = root.find("x:autoFilter", NS)
        assert reference is not None
        assert reference.get("ref") == f"A1:{chr(ord('A') + len(sheet.columns) - 1)}{count + 1}"
        assert len(root.findall(".//x:cfRule", NS)) == 6


@pytest.mark.parametrize("name", [*HOSTILE, "\t=1+1", "\r=1+1", "\n=1+1", "\x01=1+1"])
def test_a_patients_words_are_never_a_formula_link_or_number(name: str) -> None:
    content = workbook([named(name)])
    for number in range(1, len(SHEETS) + 1):
        root = sheet_xml(content, number)
        assert root.findall(".//x:f", NS) == []
        assert root.findall(".//x:hyperlink", NS) == []
        first = root.findall(".//x:sheetData/x:row/x:c", NS)[len(SHEETS[number - 1].columns)]
        assert (first.get("r"), first.get("t")) == ("A2", "inlineStr")
    assert rows(content, "Trials")[0]["patient"] == name + " " * name.startswith("<r>")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "plain"])
def test_words_that_begin_like_a_formula_stay_words_when_they_are_edited(name: str) -> None:
    content = workbook([named(name)])
    cell = sheet_xml(content, 1).findall(".//x:sheetData/x:row/x:c", NS)[len(SHEETS[0].columns)]
    styles = xml(content, "xl/styles.xml").findall("x:cellXfs/x:xf", NS)
    assert (styles[int(cell.get("s", "0"))].get("quotePrefix") == "1") is (name != "plain")


def test_long_texts_are_clipped_with_a_sign() -> None:
    assert clipped("a" * LONGEST) == "a" * LONGEST
    for text in ("a" * (LONGEST + 1), "👩" * LONGEST, "a" + "👩" * LONGEST):
        short = clipped(text)
        assert LONGEST - 1 <= len(short.encode("utf-16-le")) // 2 <= LONGEST
        assert short.endswith(CLIPPED)
        assert text.startswith(short.removesuffix(CLIPPED))
    assert rows(workbook([named("b" * 40_000)]), "Trials")[0]["patient"] == clipped("b" * 40_000)


def test_the_same_persons_give_the_same_bytes(content: bytes) -> None:
    time.sleep(1.1)  # a time of making would differ in its seconds
    assert workbook(judged(*PATIENTS)) == content
    created = xml(content, "docProps/core.xml").findtext("{http://purl.org/dc/terms/}created")
    assert created == "2026-03-02T00:00:00Z"


def test_only_filters_criteria_and_keeps_them() -> None:
    one = list(judged(PATIENTS[4]))
    few = workbook(one, [Status.FAILED, Status.UNKNOWN])
    assert rows(few, "Criteria") == rows(workbook(one), "Criteria")
    statuses = [row["status"] for row in rows(few, "Criteria")]
    hidden = [row.get("hidden") == "1" for row in sheet_xml(few, 2).findall(".//x:sheetData/x:row", NS)[1:]]
    assert hidden == [status == "matched" for status in statuses]
    assert [each.get("val") for each in sheet_xml(few, 2).findall(".//x:filter", NS)] == ["failed", "unknown"]


def test_rows_grow_with_their_words() -> None:
    heights = [float(row.get("ht", 15)) for row in sheet_xml(workbook(judged(PATIENTS[4])), 2).findall(".//x:sheetData/x:row", NS)[1:]]
    assert min(heights) == 15
    assert 60 <= max(heights) <= 409


def test_a_sheet_that_is_full_is_refused_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "ROWS", 10)
    with pytest.raises(InputError, match="the sheet `Criteria` is full"):
        workbook(judged(PATIENTS[0]))


def test_the_command_writes_a_worklist(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    out = tmp_path / "worklist.xlsx"
    arguments = ["check", str(PATIENTS[0]), "--trials", str(TOP / "rules"), "--format", "xlsx"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert capfdbinary.readouterr().out == b""
    assert len(rows(out.read_bytes(), "Trials")) == len(TRIALS)
    assert main(arguments) == 0
    assert capfdbinary.readouterr().out == out.read_bytes()


def test_a_terminal_gets_no_worklist(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["check", str(PATIENTS[0]), "--format", "xlsx"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "--out FILE" in shown.err
