"""The command line as a person meets it: what is printed where, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command_line import Run, process, refused, warm
from conftest import TOP, Golden

from eligimatch.console import SHOWN
from eligimatch.kept import SIDE_BY_SIDE

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))
SAMPLE = "patients/near-limits.yaml"
"""The patient of README's first command."""
TRIALS = sorted((TOP / "rules").glob("*.yaml"))


def rows(report: dict[str, Any]) -> Iterator[str]:
    """A report's JSON, each criterion on a line of its own."""
    trials = report.pop("trials")
    yield json.dumps(report)
    for trial in trials:
        criteria = trial.pop("criteria")
        yield json.dumps(trial, ensure_ascii=False)
        yield from (json.dumps(criterion, ensure_ascii=False) for criterion in criteria)


# --- check -------------------------------------------------------------------------------------------------------------------


def test_the_sample_patient_is_judged_as_ever(run: Run, golden: Golden) -> None:
    ran = run("check", SAMPLE)
    assert ran.code == 0
    golden("check/report.txt", ran.out)
    golden("check/warnings.txt", ran.err)
    golden("check/explained.txt", run("check", SAMPLE, "--explain").out)


def test_of_many_warnings_a_check_says_only_that_there_are_so_many(run: Run, tmp_path: Path) -> None:
    for number in range(SHOWN + 1):
        record = {"id": f"T{number}", "minimum_age": "18 Years", "eligibility": "Inclusion Criteria:\n\n* Age 21 years or older\n"}
        (tmp_path / f"T{number}.json").write_text(json.dumps(record), encoding="utf-8")
    ran = run("check", SAMPLE, "--trials", tmp_path)
    assert ran.code == 0
    assert ran.err == f"{SHOWN + 1} warnings about {SHOWN + 1} trials: eligimatch compile --stats shows the first, eligimatch compile all\n"


def test_the_json_of_a_report_is_as_ever(run: Run, golden: Golden) -> None:
    ran = run("check", SAMPLE, "--format", "json")
    assert ran.code == 0
    golden("check/report.json.txt", "\n".join(rows(json.loads(ran.out))) + "\n")


def test_all_patients_get_the_verdicts_that_they_ever_got(run: Run, golden: Golden) -> None:
    ran = run("check", *PATIENTS, "--format", "json")
    assert ran.code == 0
    reports = [json.loads(line) for line in ran.out.splitlines()]
    rows = [
        f"{path.stem}: {trial['trial']} {trial['verdict']} {trial['counts']}"
        for path, report in zip(PATIENTS, reports, strict=True)
        for trial in report["trials"]
    ]
    golden("check/verdicts.txt", "\n".join(rows) + "\n")


def test_json_is_one_object_a_patient_each_on_its_line(run: Run) -> None:
    ran = run("check", *PATIENTS[:3], "--format", "json", "--trials", TRIALS[0])
    reports = [json.loads(line) for line in ran.out.splitlines()]
    assert len(reports) == 3
    for report in reports:
        assert set(report) == {"patient", "as_of", "trials"}
        assert {"trial", "title", "verdict", "counts", "criteria", "ask"} == set(report["trials"][0])
        for criterion in report["trials"][0]["criteria"]:
            assert {"id", "kind", "text", "status", "rule", "reason", "evidence", "missing", "assumptions"} == set(criterion)


def test_each_trial_has_one_verdict_line_then_failed_unknown_matched(run: Run) -> None:
    for patient in PATIENTS:
        rows = run("check", patient).out.splitlines()
        for trial in TRIALS:
            assert sum(row.startswith(f"{trial.stem}: ") for row in rows) == 1
        order = [row.strip() for row in rows if row in {"  failed", "  unknown", "  matched"} or row.split(":")[0] in {t.stem for t in TRIALS}]
        ranks = [("failed", "unknown", "matched").index(row) if row in {"failed", "unknown", "matched"} else -1 for row in order]
        assert all(after > before or after == -1 for before, after in pairwise(ranks))


def test_only_shows_what_was_asked_for(run: Run) -> None:
    rows = run("check", PATIENTS[0], "--only", "failed,unknown").out.splitlines()
    assert "  matched" not in rows


def test_explain_numbers_the_words_of_each_answer(run: Run) -> None:
    said = run("check", PATIENTS[0], "--explain", "--trials", TRIALS[1]).out
    assert "~1" in said
    assert "        1 " in said


def test_a_pipe_gets_neither_colours_nor_wrapping() -> None:
    ran = process("check", PATIENTS[0], TERM="xterm-256color")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) > 100


def test_trials_may_be_files_and_folders(run: Run) -> None:
    one = run("check", PATIENTS[0], "--trials", TRIALS[0], "--format", "json")
    two = run("check", PATIENTS[0], "--trials", TRIALS[0], "--trials", TRIALS[1], "--format", "json")
    every = run("check", PATIENTS[0], "--trials", TRIALS[0].parent, "--format", "json")
    assert [len(json.loads(ran.out)["trials"]) for ran in (one, two, every)] == [1, 2, len(TRIALS)]


@pytest.mark.parametrize("command", ["check", "ask", "what-if --set age=40"])
def test_patients_may_be_files_and_folders(run: Run, tmp_path: Path, command: str) -> None:
    for path in PATIENTS[:2]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    words = (*command.split(), "--format", "json", "--trials", TRIALS[0])
    assert run(*words, tmp_path).out == run(*words, *PATIENTS[:2]).out != ""


def test_without_rules_here_the_programs_own_trials_are_used(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = PATIENTS[0].resolve()
    monkeypatch.chdir(tmp_path)
    assert len(json.loads(run("check", patient, "--format", "json").out)["trials"]) == len(TRIALS)


def test_a_batch_goes_on_where_a_row_is_set_aside(run: Run, tmp_path: Path) -> None:
    ran = run("check", PATIENTS[0], tmp_path / "nobody.yaml", "--format", "json")
    assert ran.code == 3
    assert len(ran.out.splitlines()) == 1
    assert "nobody.yaml" in ran.err


# --- unusable input ----------------------------------------------------------------------------------------------------------


# --- the other commands ------------------------------------------------------------------------------------------------------


def test_compile_shows_each_criterion_with_its_form(run: Run, golden: Golden) -> None:
    ran = run("compile")
    assert ran.code == 0
    golden("compile.txt", ran.out)


def test_compile_gives_one_json_object_a_trial(run: Run) -> None:
    ran = run("compile", "rules/", "--format", "json")
    trials = [json.loads(line) for line in ran.out.splitlines()]
    assert [trial["id"] for trial in trials] == [path.stem for path in TRIALS]
    forms = {criterion["form"] for trial in trials for criterion in trial["criteria"]}
    assert forms <= {"typed", "statement"}


def test_compile_counts_forms_and_what_criteria_ask_about(run: Run) -> None:
    forms, families = ([row.split("  ")[0] for row in table.splitlines()] for table in run("compile", "--stats").out.split("\n\n"))
    assert forms == ["form", "typed", "statement", "open", "partial", "unparsed"]
    assert families[0] == "asks about"
    assert {"age and sex", "conditions", "statements"} < set(families)
    assert "nothing understood" not in families


def test_what_asks_nothing_is_counted_apart_from_what_was_not_understood(run: Run, tmp_path: Path) -> None:
    record = {"id": "NCT00000001", "title": "x", "conditions": [], "eligibility": "Inclusion Criteria:\n\n* Male or female\n* 12 (and) ≥ unless"}
    (tmp_path / "trial.json").write_text(json.dumps(record), encoding="utf-8")
    counted = run("compile", str(tmp_path), "--stats").out.split("\n\n")[1]
    rows = {row.split("  ")[0]: row.split("  ")[-1].strip() for row in counted.splitlines()}
    assert rows["nothing of a person"] == "100.0%"
    assert rows["nothing understood"] == "0.0%"


def test_every_criterion_is_counted_once_by_form(run: Run) -> None:
    trials = [json.loads(line) for line in run("compile", "rules/", "--format", "json").out.splitlines()]
    rows = [row.split() for row in run("compile", "--stats").out.split("\n\n")[0].splitlines()[1:]]
    assert sum(int(row[4]) for row in rows) == sum(len(trial["criteria"]) for trial in trials)


def test_processes_side_by_side_print_what_one_prints(tmp_path: Path) -> None:
    folder = tmp_path / "trials"
    folder.mkdir()
    for number in range(SIDE_BY_SIDE + 5):
        criterion = f"* Age {18 + number % 9} years or older\n* Diabetes within {number} months"
        (folder / f"T{number:03}.yaml").write_text(
            f"id: T{number:03}\neligibility: |\n  Inclusion Criteria:\n\n  {criterion}\n".replace("\n*", "\n  *")
        )
    (folder / "T050.yaml").write_text("id: [")
    one, other = warm(tmp_path / "one"), warm(tmp_path / "other")
    alone, both, again = (
        process("compile", folder, "--format", "json", "--workers", workers, ELIGIMATCH_CACHE=str(cache))
        for workers, cache in (("1", one), ("2", other), ("2", other))
    )
    assert alone == both == again
    assert alone.code == 3
    assert len(alone.out.splitlines()) == SIDE_BY_SIDE + 4
    assert "T050.yaml" in alone.err


def test_compile_goes_on_where_a_record_is_set_aside(run: Run, tmp_path: Path) -> None:
    (tmp_path / "A.yaml").write_text("id: [")
    (tmp_path / "B.yaml").write_text("id: B\neligibility: |\n  Inclusion Criteria:\n\n  * Age 18 years or older\n")
    ran = run("compile", tmp_path, "--format", "json")
    assert ran.code == 3
    assert json.loads(ran.out)["id"] == "B"
    assert "A.yaml" in ran.err


def test_what_is_missing_in_the_source_is_said(run: Run) -> None:
    ran = run("compile", "rules/K8454.yaml")
    assert "criterion I1 is missing in the source" in ran.err
    assert "criterion E1 is missing in the source" in ran.err


def test_explain_shows_how_words_are_understood(run: Run) -> None:
    ran = run("explain", "ECOG performance status 0 or 1 and life expectancy of at least 12 weeks")
    assert ran.code == 0
    assert "I1 typed" in ran.out
    assert "says: ECOG performance status 0 to 1 and life expectancy >= " in ran.out


def test_explain_underlines_what_is_not_understood(run: Run) -> None:
    ran = run("explain", "Age of 18 years or more, wherefore thither whence")
    assert ran.code == 0
    assert "~1" in ran.out or "only words" in ran.out


def test_explain_reads_by_section(run: Run) -> None:
    rule = json.loads(run("explain", "Pregnant or breastfeeding", "--kind", "exclusion", "--format", "json").out)
    assert rule["kind"] == "exclusion"
    assert rule["id"] == "E1"


def test_import_writes_one_file_a_trial(run: Run, tmp_path: Path) -> None:
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A made-up study"},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 years or older", "sex": "ALL", "minimumAge": "18 Years"},
        }
    }
    record = tmp_path / "record.json"
    record.write_text(json.dumps(study))
    ran = run("import", record, "--into", tmp_path / "rules")
    assert ran.code == 0
    assert ran.out.strip() == str(tmp_path / "rules" / "NCT00000001.yaml")
    assert run("compile", tmp_path / "rules", "--stats").code == 0


def test_the_vocabulary_says_what_a_word_means(run: Run) -> None:
    said = run("vocabulary", "find", "NSCLC").out
    for words in ("non-small cell lung cancer  condition", "is a: ", "codes: NCIt C2926", "source: grammar/vocabulary/", "reference: "):
        assert words in said


def test_the_vocabulary_shows_what_lies_beneath_a_concept(run: Run) -> None:
    rows = run("vocabulary", "show", "lung", "cancer").out.splitlines()
    assert rows[0] == "lung cancer  condition"
    assert "  non-small cell lung cancer" in rows


def test_near_words_are_offered(run: Run) -> None:
    refused(run("vocabulary", "find", "tublerculosis"), "`tuberculosis`")


@pytest.mark.parametrize("command", ["check", "compile", "explain", "import", "map", "tables", "vocabulary find", "vocabulary show"])
def test_every_help_has_an_example(run: Run, command: str) -> None:
    said = run(*command.split(), "--help").out
    assert f" eligimatch {command}" in said


def test_the_program_says_its_version() -> None:
    import eligimatch

    assert process("--version").out == f"eligimatch {eligimatch.__version__}\n"


def test_completion_is_offered_for_the_shell() -> None:
    assert "_ELIGIMATCH_COMPLETE" in process("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").out
    completed = process(_ELIGIMATCH_COMPLETE="complete_bash", COMP_WORDS="eligimatch ch", COMP_CWORD="1")
    assert completed.out.split() == ["check"]
