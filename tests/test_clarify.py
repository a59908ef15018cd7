"""Clarifications: signed, read in place of the words they stand for and of no others, always shown, written without touching anything else."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from conftest import TOP

from eligimatch import api
from eligimatch.cli import main
from eligimatch.model.diagnostic import InputError
from eligimatch.model.rule import AllOf, AnyOf, Measure, Unparsed
from eligimatch.model.trial import Clarification, CompiledTrial, Criterion, Form, Trial, words_hash
from eligimatch.report.exact import same
from eligimatch.sources.clarifications import remove_clarification, write_clarification
from eligimatch.sources.trials import load_trial

RECORD = """\
# A record with remarks of our own.
id: T-1
conditions: [ "Gout" ]   # as the registry has it
eligibility: |
  Inclusion criteria

  1. Adults who are fit;
  2. Creatinine in order;

  Exclusion criteria

  1. Sugar too high;

  Cohort B:

  1. Bad heart;
# looked at by two people
sex: all
"""
GLUCOSE = "Fasting blood glucose > 11.0 mmol/L"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "T-1.yaml").write_text(RECORD, encoding="utf-8")
    return tmp_path


def signed(criterion: str, says: str, original: str | None = None) -> Clarification:
    return Clarification(criterion=criterion, says=says, by="study office", on=date(2026, 2, 1), original=original)


def compiled(*clarifications: Clarification) -> CompiledTrial:
    record = api.load_trial(yaml.safe_load(RECORD))
    return api.compile_trial(record.model_copy(update={"clarifications": clarifications}))


def one(trial: CompiledTrial, name: str) -> Criterion:
    return next(criterion for criterion in trial.criteria if criterion.id == name)


def run(folder: Path, *arguments: str) -> int:
    return main(["clarify", "T-1", *arguments, "--trials", str(folder)])


# --- what is read --------------------------------------------------------------------------------------------------------------


def test_a_clarification_is_read_in_place_of_the_words_it_stands_for() -> None:
    criterion = one(compiled(signed("E1", GLUCOSE, words_hash("Sugar too high;"))), "E1")
    assert (criterion.text, criterion.clarified, criterion.form) == ("Sugar too high;", GLUCOSE, Form.TYPED)
    assert same(criterion.rule, api.explain(GLUCOSE, "exclusion").rule)


def test_lines_broken_otherwise_are_the_same_words() -> None:
    assert words_hash("Sugar too high;") == words_hash("Sugar\n   too high;") != words_hash("Sugar too low;")


def test_words_that_changed_are_read_themselves_and_the_clarification_is_reported() -> None:
    trial = compiled(signed("E1", GLUCOSE, words_hash("Sugar too low;")))
    assert one(trial, "E1").clarified is None
    assert isinstance(one(trial, "E1").rule, type(api.explain("Sugar too high;", "exclusion").rule))
    found = [d for d in trial.diagnostics if d.source == "T-1 E1"]
    assert [(d.severity, d.title) for d in found] == [("warning", "clarification out of date: the criterion's words have changed")]


def test_a_clarification_of_no_criterion_is_reported() -> None:
    trial = compiled(signed("E7", GLUCOSE))
    assert [(d.severity, d.source, d.title) for d in trial.diagnostics] == [
        ("warning", "T-1 E7", "clarification of a criterion that is not there")
    ]  # fmt: skip


def test_without_a_hash_it_is_read_and_that_is_said() -> None:
    trial = compiled(signed("E1", GLUCOSE))
    assert one(trial, "E1").clarified == GLUCOSE
    assert [d.severity for d in trial.diagnostics if d.source == "T-1 E1"] == ["note"]


def test_the_last_clarification_of_a_criterion_counts() -> None:
    assert one(compiled(signed("E1", "Stroke"), signed("E1", GLUCOSE)), "E1").clarified == GLUCOSE


def test_it_is_asked_of_the_group_that_the_criterion_is_asked_of() -> None:
    rule = one(compiled(signed("E2", "Heart failure")), "E2").rule
    assert isinstance(rule, AllOf)
    assert [leaf.node for leaf in rule.rules] == ["is", "had"]


def test_bullets_of_a_clarification_count_as_those_of_its_section() -> None:
    says = "* Hemoglobin > 9 g/dL\n* Any of the following:\n  * Stroke\n  * Gout"
    admits, excludes = one(compiled(signed("I2", says)), "I2"), one(compiled(signed("E1", says)), "E1")
    assert isinstance(admits.rule, AllOf)
    assert isinstance(excludes.rule, AnyOf)
    assert admits.clarified is not None
    assert [admits.clarified[rule.span.start : rule.span.end] for rule in admits.rule.rules[:1]] == ["Hemoglobin > 9 g/dL"]


def test_a_clarification_with_both_sections_is_not_understood() -> None:
    assert isinstance(one(compiled(signed("I2", "Hemoglobin > 9 g/dL\nExclusion criteria:\n* Stroke")), "I2").rule, Unparsed)


def test_the_words_of_a_rule_are_a_clarification_that_changes_nothing() -> None:
    for path in sorted((TOP / "rules").glob("*.yaml")):
        record = load_trial(path)
        before = [criterion for criterion in api.compile_trial(record).criteria if criterion.kind != "registry"]
        said = tuple(signed(c.id, api.in_words(c.rule, "exclusion" if c.kind == "exclusion" else "inclusion"), words_hash(c.text)) for c in before)
        after = [c for c in api.compile_trial(record.model_copy(update={"clarifications": said})).criteria if c.kind != "registry"]
        assert [c.id for c, now in zip(before, after, strict=True) if now.clarified is None or not same(c.rule, now.rule)] == []


# --- what is shown -------------------------------------------------------------------------------------------------------------


def test_check_shows_the_rewording_beside_the_registry_s_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE, words_hash("Sugar too high;")))
    patient = str(TOP / "patients" / "near-limits.yaml")
    assert main(["check", patient, "--trials", str(folder)]) == 0
    assert f"    E1 Sugar too high;\n      clarified, read as:\n      {GLUCOSE}\n" in capsys.readouterr().out
    assert main(["check", patient, "--trials", str(folder), "--explain"]) == 0
    assert f"    E1 Sugar too high;\n      clarified, read as:\n      {GLUCOSE}\n      ~~~~" in capsys.readouterr().out
    assert main(["check", patient, "--trials", str(folder), "--format", "json"]) == 0
    criteria = json.loads(capsys.readouterr().out)["trials"][0]["criteria"]
    assert {found["id"]: found.get("clarified") for found in criteria} == {"I1": None, "I2": None, "E1": GLUCOSE, "E2": None}


def test_page_and_worklist_show_the_rewording_beside_the_registry_s_words(folder: Path, tmp_path: Path) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE, words_hash("Sugar too high;")))
    arguments = ["check", str(TOP / "patients" / "near-limits.yaml"), "--trials", str(folder / "T-1.yaml")]
    page, sheet = tmp_path / "page.html", tmp_path / "list.xlsx"
    assert main([*arguments, "--format", "html", "--out", str(page)]) == 0
    assert '<p class="text" dir="auto">Sugar too high;</p><p class="quiet">clarified, read as:</p>' in page.read_text(encoding="utf-8")
    assert main([*arguments, "--format", "xlsx", "--out", str(sheet)]) == 0
    with zipfile.ZipFile(sheet) as parts:
        written = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
    assert "Sugar too high;\nclarified, read as:\nFasting blood glucose &gt; 11.0 mmol/L" in written


def test_compile_shows_the_rewording_beside_the_registry_s_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE, words_hash("Sugar too high;")))
    assert main(["compile", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "E1 typed\n│   Sugar too high;\n│   clarified, read as:\n│   Fasting blood glucose > 11.0 mmol/L\n" in shown
    assert main(["compile", str(folder), "--format", "json"]) == 0
    criteria = json.loads(capsys.readouterr().out)["criteria"]
    assert [found.get("clarified") for found in criteria if found["id"] == "E1"] == [GLUCOSE]


def test_a_stale_one_is_reported_by_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE, words_hash("Sugar too low;")))
    assert main(["check", str(TOP / "patients" / "near-limits.yaml"), "--trials", str(folder)]) == 0
    said = capsys.readouterr()
    assert "clarification out of date" in said.err
    assert GLUCOSE not in said.out


# --- what is written -----------------------------------------------------------------------------------------------------------


def test_only_the_clarifications_of_a_file_change(folder: Path) -> None:
    path = folder / "T-1.yaml"
    write_clarification(path, signed("E1", GLUCOSE))
    assert path.read_text(encoding="utf-8") == RECORD + (
        "clarifications:\n  - criterion: E1\n    says: Fasting blood glucose > 11.0 mmol/L\n    by: study office\n    on: 2026-02-01\n"
    )
    remove_clarification(path, "E1")
    assert path.read_text(encoding="utf-8") == RECORD


@pytest.mark.parametrize("path", sorted((TOP / "rules").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_trials_of_the_project_come_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(path, tmp_path))
    write_clarification(copy, signed("I1", "Adults", "0" * 16))
    assert copy.read_bytes().startswith(path.read_bytes())
    assert load_trial(copy).clarifications == (signed("I1", "Adults", "0" * 16),)
    remove_clarification(copy, "I1")
    assert copy.read_bytes() == path.read_bytes()


def test_comments_quotes_and_order_around_and_among_clarifications_stay(folder: Path) -> None:
    path = folder / "T-1.yaml"
    listed = (
        "clarifications:   # signed\n- criterion: E1   # asked on the phone\n  says: 'Stroke'\n  by: \"Dr. A\"\n  on: 2026-01-05\n"
        "# the next one is of the ward\n- {criterion: I2, says: Creatinine < 2 x ULN, by: ward, on: 2026-01-06}\n\n# the rest\n"
    )
    text = RECORD.replace("sex: all\n", listed + "sex: all\n")
    path.write_text(text, encoding="utf-8")
    write_clarification(path, signed("E1", "Gout"))
    assert path.read_text(encoding="utf-8") == text.replace("Stroke", "Gout").replace("Dr. A", "study office").replace("2026-01-05", "2026-02-01")
    write_clarification(path, signed("I1", "Adults"))
    remove_clarification(path, "I1")
    remove_clarification(path, "E1")
    remove_clarification(path, "I2")
    assert path.read_text(encoding="utf-8") == RECORD.replace("sex: all\n", "\n# the rest\nsex: all\n")


@pytest.mark.parametrize(
    "says", ["a: b # c", "'so' [or] \"so\"", "* x\n  * y: z\n", "yes", "2026-01-01", "– ≥ 9 µg; “quoted”", "any of [stroke; gout]"]
)
def test_any_words_are_read_back_as_they_were_written(folder: Path, says: str) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", says))
    assert load_trial(folder / "T-1.yaml").clarifications[0].says == says


def test_line_ends_and_marks_of_other_systems_stay(folder: Path) -> None:
    path = folder / "T-1.yaml"
    raw = "﻿".encode() + RECORD.replace("\n", "\r\n").encode()
    path.write_bytes(raw)
    write_clarification(path, signed("E1", GLUCOSE))
    assert path.read_bytes().startswith(raw)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")


def test_a_file_that_would_change_otherwise_is_left_alone(folder: Path) -> None:
    path = folder / "T-1.yaml"
    text = RECORD.replace("sex: all\n", "clarifications: &all\n  - {criterion: E1, says: Gout, by: a, on: 2026-01-01}\nsource: {note: *all}\n")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        write_clarification(path, signed("E1", GLUCOSE))
    assert path.read_text(encoding="utf-8") == text
    assert [file.name for file in folder.iterdir()] == ["T-1.yaml"]


def test_a_file_that_cannot_be_written_stays_and_the_reason_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="the file cannot be written: no space left on device"):
        write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE))
    assert (folder / "T-1.yaml").read_text(encoding="utf-8") == RECORD
    assert [file.name for file in folder.iterdir()] == ["T-1.yaml"]


def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(folder: Path) -> None:
    path = folder / "T-1.yaml"
    path.chmod(0o640)
    link = folder / "link.yaml"
    link.symlink_to(path)
    write_clarification(link, signed("E1", GLUCOSE))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert load_trial(path).clarifications


def test_an_imported_record_keeps_the_clarifications_of_its_file(folder: Path) -> None:
    from eligimatch.sources.trials import write_trial

    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE))
    write_trial(Trial(id="T-1", eligibility="Exclusion:\n* Sugar too high;"), folder)
    assert load_trial(folder / "T-1.yaml").clarifications == (signed("E1", GLUCOSE),)


def test_the_page_s_commands_run_and_write_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (TOP / "docs" / "clarifications.md").read_text(encoding="utf-8")
    commands, lines = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("sh", "yaml"))
    assert commands
    assert lines
    for folder in ("rules", "patients"):
        shutil.copytree(TOP / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    path = Path("rules/NCT05255926.yaml")
    written = []
    for command in commands[1].splitlines():
        assert main(shlex.split(command)[1:]) == 0
        written.append(path.read_text(encoding="utf-8").removeprefix((TOP / path).read_text(encoding="utf-8")))
    shown = re.sub(r" on: \S+", f" on: {datetime.now(tz=UTC).astimezone().date()}", lines[1])
    assert written == ["", shown, shown, shown, ""]


# --- the command -----------------------------------------------------------------------------------------------------------------


def test_the_command_signs_shows_and_removes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "e1", "--says", GLUCOSE, "--by", "Study office") == 0
    written = load_trial(folder / "T-1.yaml").clarifications
    assert [(c.criterion, c.says, c.by, c.original) for c in written] == [("E1", GLUCOSE, "Study office", words_hash("Sugar too high;"))]
    assert "clarified by Study office on " in capsys.readouterr().out
    assert run(folder, "E1") == 0
    shown = capsys.readouterr().out
    assert "Sugar too high;\nclarified, read as:\nFasting blood glucose > 11.0 mmol/L\n" in shown
    assert run(folder, "E1", "--remove") == 0
    assert (folder / "T-1.yaml").read_text(encoding="utf-8") == RECORD
    assert run(folder, "E1") == 0
    assert "no clarification of E1" in capsys.readouterr().out


def test_a_second_rewording_takes_the_place_of_the_first(folder: Path) -> None:
    assert run(folder, "E1", "--says", "Stroke", "--by", "a") == 0
    assert run(folder, "E1", "--says", GLUCOSE, "--by", "b") == 0
    assert [(c.says, c.by) for c in load_trial(folder / "T-1.yaml").clarifications] == [(GLUCOSE, "b")]
    assert isinstance(one(api.read_trial(folder / "T-1.yaml"), "E1").rule, Measure)


def test_a_stale_one_is_shown_as_such_and_can_be_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clarification(folder / "T-1.yaml", signed("E1", GLUCOSE, "0" * 16))
    write_clarification(folder / "T-1.yaml", signed("E9", GLUCOSE, "0" * 16))
    assert run(folder, "E1") == 0
    said = capsys.readouterr()
    assert "clarified by study office on 2026-02-01, out of date: Fasting blood glucose" in said.out
    assert "clarification out of date" in said.err
    assert run(folder, "E9", "--remove") == 0
    assert [c.criterion for c in load_trial(folder / "T-1.yaml").clarifications] == ["E1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["T-2", "E1"], "no trial `T-2` here\n  hint: near: `T-1`"),
        (["T-1", "E4"], "no criterion `E4` here\n  T-1\n  hint: near: `E1`, `E2`"),
        (["T-1", "E1", "--says", "  "], "a clarification without words"),
        (["T-1", "E1", "--says", "x", "--remove"], "--says and --remove exclude each other"),
        (["T-1", "E1", "--remove"], "no clarification of `E1` here"),
        (["T-1", "E1", "--says", "any of [stroke; gout [colour: red]]"],
         "the rewording is not understood\n  T-1 E1\n  | any of [stroke; gout [colour: red]]\n  |                 ~~~~~~~~~~~~~~~~~^ not understood"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_its_reason(folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clarify", *arguments, "--trials", str(folder)]) == 2
    refused = capsys.readouterr()
    assert f"error: {said}" in refused.err
    assert refused.out == ""
    assert (folder / "T-1.yaml").read_text(encoding="utf-8") == RECORD


def test_a_field_of_the_registry_is_not_clarified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "T-1.yaml").write_text(RECORD + "minimum_age: 18 years\n", encoding="utf-8")
    assert run(folder, "R-age", "--says", "Age ≥ 21 years") == 2
    assert "R-age is a field of the registry" in capsys.readouterr().err


def test_words_that_are_not_understood_are_written_by_force_and_unknown_for_everyone(folder: Path) -> None:
    assert run(folder, "E1", "--says", "any of [stroke; gout [colour: red]]", "--by", "a", "--force") == 0
    criterion = one(api.read_trial(folder / "T-1.yaml"), "E1")
    assert criterion.form == Form.PARTIAL
    assert [residue.text for residue in criterion.residue] == ["gout [colour: red]"]


def test_a_record_in_json_is_not_edited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "T-1.json").write_text(json.dumps({"id": "T-1", "eligibility": "Exclusion:\n* Sugar too high;"}), encoding="utf-8")
    assert run(tmp_path, "E1", "--says", GLUCOSE, "--by", "a") == 2
    assert "clarifications are written into YAML files" in capsys.readouterr().err


def test_a_trial_is_found_by_its_id_whatever_its_file_is_called(folder: Path) -> None:
    (folder / "T-1.yaml").rename(folder / "gout study.yaml")
    assert run(folder, "E1", "--says", GLUCOSE, "--by", "a") == 0
    assert [path.name for path in folder.iterdir()] == ["gout study.yaml"], "and no draft beside it"


def test_the_program_s_own_records_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["clarify", "NCT05255926", "E3", "--says", GLUCOSE]) == 2
    assert "this record comes with the program" in capsys.readouterr().err
