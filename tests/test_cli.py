"""The command line as a person meets it: what is printed where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import TOP, Golden

from eligimatch.cli import main
from eligimatch.kept import SIDE_BY_SIDE

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))
SAMPLE = "patients/near-limits.yaml"
"""The patient of README's first command."""
TRIALS = sorted((TOP / "rules").glob("*.yaml"))


class Ran(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process, as from the project's folder."""
    monkeypatch.chdir(TOP)

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return call


def process(*arguments: str | Path, **environment: str) -> Ran:
    """The program as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "eligimatch", *map(str, arguments)],
        cwd=TOP,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def profile(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "patient.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(ran: Ran, *words: str) -> None:
    """Exit code 2, a message with its hint on stderr, nothing on stdout, no traceback."""
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("conditions: [{name: secret", ("malformed YAML", "patient.yaml:2:1", "hint")),
        ("id: X\nconditons: []\n", ("`conditons`", "patient.yaml:2", "`conditions`")),
        ("id: X\nconditions:\n  - {name: secret, onset: 2026-02-30}\n", ("impossible date", "patient.yaml:3", "onset")),
        ("id: X\nobservations:\n  - {name: ALT, value: 31, unit: furlongs}\n", ("unknown unit", "patient.yaml:3", "hint")),
        ("- a\n- list\n", ("not a profile", "hint")),
        ("", ("empty", "patient.yaml")),
        ("id: X\nsex: secret\n", ("`sex`", "patient.yaml:2", "female")),
        ("id: X\nid: secret\n", ("twice", "patient.yaml:2")),
    ],
)
def test_unusable_profiles_are_refused_with_line_and_hint(run: Run, profile: Callable[[str], Path], text: str, words: tuple[str, ...]) -> None:
    ran = run("check", profile(text))
    refused(ran, *words)
    assert "secret" not in ran.err
    assert "furlongs" not in ran.err


def test_an_alias_bomb_is_refused_at_once(run: Run, profile: Callable[[str], Path]) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    refused(run("check", profile("\n".join(rows))), "patient.yaml", "aliases")


def test_a_file_of_50_megabytes_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    refused(run("check", path), "large.yaml", "too large")
    refused(run("check", PATIENTS[0], "--trials", path), "large.yaml", "too large")


def test_a_missing_file_is_refused(run: Run, tmp_path: Path) -> None:
    refused(run("check", tmp_path / "nobody.yaml"), "no such file", "nobody.yaml")
    refused(run("check", PATIENTS[0], "--trials", tmp_path / "nothing.yaml"), "no such file", "nothing.yaml")
    refused(run("compile", tmp_path / "nothing.yaml"), "no such file")
    refused(run("import", tmp_path / "nothing.json", "--into", tmp_path), "no such file")


def test_a_folder_without_records_is_refused(run: Run, tmp_path: Path) -> None:
    refused(run("check", PATIENTS[0], "--trials", tmp_path), "no trial records", "hint")


def test_a_trial_without_eligibility_text_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "X1.yaml"
    path.write_text("id: X1\ntitle: nothing asked\n")
    refused(run("check", PATIENTS[0], "--trials", path), "no eligibility text", "X1.yaml", "hint")


def test_a_bullet_of_20000_characters_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "X2.yaml"
    path.write_text(f"id: X2\neligibility: |\n  Inclusion Criteria:\n\n  * {'lung cancer and ' * 1400}\n")
    refused(run("check", PATIENTS[0], "--trials", path), "characters", "X2.yaml:5", "hint")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], ("missing argument",)),
        (["check", "x.yaml", "--as-of", "yesterday"], ("`yesterday`", "2026-03-02")),
        (["check", "x.yaml", "--only", "failed,perhaps"], ("`perhaps`", "matched")),
        (["check", "x.yaml", "--format", "poem"], ("poem",)),
        (["check", "x.yaml", "--colour"], ("--colour",)),
        (["chekc"], ("chekc",)),
        (["vocabulary", "find", "quixotism"], ("`quixotism`",)),
    ],
)
def test_unusable_arguments_are_refused(run: Run, arguments: list[str], words: tuple[str, ...]) -> None:
    refused(run(*arguments), *words)


def test_messages_are_drawn_as_ever(run: Run, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for text in ("conditions: [{", "conditons: []\n", "birth_date: 1959-13-01\n", "observations:\n  - {name: ALT, value: 31, unit: mgg/dL}\n"):
        Path("patient.yaml").write_text(text, encoding="utf-8")
        said.append(run("check", "patient.yaml").err)
    golden("messages.txt", "\n".join(said))


def test_a_closed_pipe_is_no_error() -> None:
    shell = f"{sys.executable} -m eligimatch check {PATIENTS[0]} --explain | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.stderr.count("Error") == 0
    assert done.returncode == 0


def test_an_internal_error_names_its_place_and_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Jane Doe, born 1959-05-14")

    monkeypatch.setattr("eligimatch.api.check", broken)
    ran = run("check", PATIENTS[0])
    assert ran.code == 1
    assert ran.out == ""
    assert "RuntimeError at test_cli.py" in ran.err
    assert "Jane" not in ran.err
    monkeypatch.setenv("ELIGIMATCH_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        run("check", PATIENTS[0])


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
    alone, both, again = (
        process("compile", folder, "--format", "json", "--workers", workers, ELIGIMATCH_CACHE=str(tmp_path / cache))
        for workers, cache in (("1", "a"), ("2", "b"), ("2", "b"))
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
