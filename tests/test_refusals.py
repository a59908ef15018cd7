"""What cannot be used: refused with a message that names the place and a hint, exit code 2, and nothing on stdout."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Ran, Run, refused
from conftest import TOP, Golden

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))


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
        ("conditions:\n  - {name: asthma, stage: secret}\n", ("`stage`", "patient.yaml:2", "`system: …, value: …`")),
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
        (["check", "x.yaml", "--workers", "many"], ("`--workers`: should be a valid integer", "hint: eligimatch check --help")),
        (["vocabulary", "find", "quixotism"], ("`quixotism`",)),
        (["explain", " "], ("a criterion without words", "hint")),
        (["clarify", "NCT05255926", "E3", "--trials", "not-there.yaml"], ("no such file", "not-there.yaml")),
        (["import", "rules/NCT05255926.yaml"], ("a trial in YAML is not imported", "--trials")),
        (["map", "docs/page.png"], ("the list cannot be read", "page.png")),
        (["map", "docs"], ("a folder where a file is needed", "name one of its files")),
        (["synth", "5", "--out", "README.md"], ("no folder to write to", "README.md")),
    ],
)
def test_unusable_arguments_are_refused(run: Run, arguments: list[str], words: tuple[str, ...]) -> None:
    refused(run(*arguments), *words)


@pytest.mark.parametrize("command", ["screen", "tables"])
def test_a_source_of_which_nobody_can_be_read_is_refused(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.yaml").write_text("conditons: []\n")
    refused(run(command, tmp_path / "folder", "--out", tmp_path / "out"), "unknown key `conditons`", "did you mean `conditions`?")


@pytest.mark.parametrize("arguments", [[], ["vocabulary"]])
def test_no_arguments_at_all_are_answered_with_the_help(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Usage: eligimatch" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize("command", ["synth 5 --out", "screen patients --out", "report", "tables patients --out", "map docs/patients-list.csv --out"])
def test_what_needs_an_extra_names_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "polars" else there(name))
    refused(run(*command.split(), tmp_path / "made"), "not installed", "pip install 'eligimatch[cohort]'")
    assert not (tmp_path / "made").exists()


def test_messages_are_drawn_as_ever(run: Run, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for text in ("conditions: [{", "conditons: []\n", "birth_date: 1959-13-01\n", "observations:\n  - {name: ALT, value: 31, unit: mgg/dL}\n"):
        Path("patient.yaml").write_text(text, encoding="utf-8")
        said.append(run("check", "patient.yaml").err)
    golden("messages.txt", "\n".join(said))


def in_shell(words: str) -> Ran:
    """The program in a shell, whose words follow its own."""
    shell = f"{sys.executable} -m eligimatch {words}"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], cwd=TOP, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("words", ["check patients/near-limits.yaml --explain | head -1", "check patients --format json | head -1", "--help >&-"])
def test_a_closed_pipe_is_no_error(words: str) -> None:
    ran = in_shell(words)
    assert ran.code == 0
    assert "rror" not in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's own")
@pytest.mark.parametrize("words", ["explain 'ECOG 0-1'", "check patients --format json"], ids=["at the end", "in the middle"])
def test_a_full_disk_is_told(words: str) -> None:
    refused(in_shell(f"{words} > /dev/full"), "cannot write: no space left on device", "make room")


def test_an_internal_error_names_its_place_and_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Jane Doe, born 1959-05-14")

    monkeypatch.setattr("eligimatch.api.check", broken)
    ran = run("check", PATIENTS[0])
    assert ran.code == 1
    assert ran.out == ""
    assert "RuntimeError at test_refusals.py" in ran.err
    assert "Jane" not in ran.err
    monkeypatch.setenv("ELIGIMATCH_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        run("check", PATIENTS[0])
