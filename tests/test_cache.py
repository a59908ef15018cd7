"""What is kept from run to run is what would be made anew, and nothing stale or foreign is read."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from eligimatch import kept, resources, waiting
from eligimatch.compiler.lexicon import Wordings, wordings_of
from eligimatch.compiler.pipeline import Compiler
from eligimatch.compiler.store import wordings_bytes, wordings_of_bytes
from eligimatch.model.trial import CompiledTrial, Form, Trial
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.sources.cache import KEPT_FILES, Cache, digest
from eligimatch.sources.language import Language, read_language
from eligimatch.sources.vocabulary import load

WORDS = """
AND: {and: and}
NOT: {"no": no ; without}
"""
CONDITIONS = """
kind: condition
reference: a textbook
concepts:
  disease: {}
  lung disease: {parents: [disease], synonyms: [pulmonary disease], codes: {ICD-10-CM: [J98.4]}}
  pneumonia: {parents: [lung disease], event: true, codes: {ICD-10-CM: [J18]}}
"""
UNITS = """
units:
  "mg/dL": {pint: mg/dL, spellings: [mg per dL]}
  "g/L": {pint: g/L}
"""


@pytest.fixture
def grammar(tmp_path: Path) -> Path:
    folder = tmp_path / "grammar"
    (folder / "vocabulary").mkdir(parents=True)
    (folder / "words.yaml").write_text(WORDS)
    (folder / "vocabulary" / "conditions.yaml").write_text(CONDITIONS)
    (folder / "vocabulary" / "units.yaml").write_text(UNITS)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def language(grammar: Path, folder: Path | None) -> Language:
    return read_language(grammar, (), Cache(folder))


def test_who_waits_for_the_vocabulary_is_told_so_once(grammar: Path, folder: Path) -> None:
    told: list[str] = []

    def show(words: str) -> nullcontext[None]:
        told.append(words)
        return nullcontext()

    token = waiting.SHOWN.set(show)
    try:
        language(grammar, folder)
        language(grammar, folder)
    finally:
        waiting.SHOWN.reset(token)
    assert told == ["reading the vocabulary"]


def known(vocabulary: Vocabulary) -> tuple[object, ...]:
    tables = vocabulary.tables
    return tuple(dict(table) for table in tables), vocabulary.words


def test_a_kept_language_is_the_same_as_a_fresh_one(grammar: Path, folder: Path) -> None:
    fresh, written, kept = language(grammar, None), language(grammar, folder), language(grammar, folder)
    assert known(fresh.vocabulary) == known(written.vocabulary) == known(kept.vocabulary)
    assert not isinstance(kept.vocabulary.entries, dict)
    assert kept.units.units == fresh.units.units
    assert kept.units.indexes == fresh.units.indexes
    assert kept.vocabulary.find("pulmonary disease") == ("lung disease",)
    assert kept.vocabulary.ancestors("pneumonia") == {"pneumonia", "lung disease", "disease"}
    assert kept.vocabulary.by_code("ICD-10-CM", "J18.9") == ("pneumonia",)
    assert kept.vocabulary.get("no such thing") is None


def test_a_changed_vocabulary_is_read_anew(grammar: Path, folder: Path) -> None:
    before = language(grammar, folder)
    path = grammar / "vocabulary" / "conditions.yaml"
    path.write_text(CONDITIONS.replace("pulmonary disease", "disease of the chest"))
    after = language(grammar, folder)
    assert before.key != after.key
    assert after.vocabulary.find("disease of the chest") == ("lung disease",)


def test_touching_a_file_changes_nothing(grammar: Path, folder: Path) -> None:
    before = language(grammar, folder)
    os.utime(grammar / "words.yaml", (1, 1))
    assert language(grammar, folder).key == before.key


def test_a_change_of_the_same_size_at_the_same_moment_is_seen(tmp_path: Path, folder: Path) -> None:
    cache, path = Cache(folder), tmp_path / "a.yaml"
    path.write_text("one")
    before = cache.content_of([str(path)])
    stat = path.stat()
    path.write_text("two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert cache.content_of([str(path)]) != before


def test_damaged_files_are_made_anew(grammar: Path, folder: Path) -> None:
    fresh = language(grammar, folder)
    for path in folder.iterdir():
        path.write_bytes(b"not a database at all" * 100)
    again = language(grammar, folder)
    assert known(again.vocabulary) == known(fresh.vocabulary)
    assert known(language(grammar, folder).vocabulary) == known(fresh.vocabulary)


def test_half_a_database_is_made_anew(grammar: Path, folder: Path) -> None:
    fresh = language(grammar, folder)
    path = next(folder.glob("language-*.sqlite"))
    with sqlite3.connect(path) as base:
        base.execute("DELETE FROM whole WHERE key = 'complete'")
    assert known(language(grammar, folder).vocabulary) == known(fresh.vocabulary)


def test_without_a_folder_everything_still_works(grammar: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    for folder in (None, in_the_way, in_the_way / "below"):
        assert language(grammar, folder).vocabulary.find("pneumonia") == ("pneumonia",)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions of POSIX")
def test_a_folder_that_others_may_write_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert Cache(folder).folder is None
    folder.chmod(0o700)
    assert Cache(folder).folder == folder


def test_values_are_kept_by_key(folder: Path) -> None:
    Cache(folder).put({b"a": b"1"})
    assert Cache(folder).get(b"a") == b"1"
    assert Cache(folder).get(b"b") is None
    assert Cache(None).get(b"a") is None


def test_parts_of_a_digest_do_not_run_together() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")


def test_old_databases_go(grammar: Path, folder: Path) -> None:
    for index in range(KEPT_FILES + 3):
        (grammar / "words.yaml").write_text(f"AND: {{and: and ; plus{index}}}")
        language(grammar, folder)
        time.sleep(0.01)
    assert len(list(folder.glob("language-*.sqlite"))) == KEPT_FILES


def test_wordings_survive_as_bytes(grammar: Path) -> None:
    made = wordings_of(language(grammar, None).vocabulary)
    assert isinstance(made, Wordings)
    assert wordings_of_bytes(wordings_bytes(made)) == made
    assert wordings_of_bytes(None) is None
    assert wordings_of_bytes(b"\x00nonsense") is None


def test_the_project_finds_its_own_files_in_a_checkout() -> None:
    assert (resources.grammar() / "criterion.lark").is_file()
    assert resources.rules().is_dir()
    assert any(path.endswith("/lexer.py") for path in resources.code())


def test_installed_files_are_found_beside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "eligimatch"
    shutil.copytree(resources.grammar() / "vocabulary" / "analytes", package / "grammar")
    monkeypatch.setattr(resources, "_PACKAGE", package)
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    assert resources.grammar() == package / "grammar"


def test_a_cache_that_has_grown_too_large_begins_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(folder).put({b"a": b"1" * 100_000})
    monkeypatch.setattr("eligimatch.sources.cache.LARGEST", 10_000)
    assert Cache(folder).get(b"a") is None


# --- compiled trials, kept by content ----------------------------------------------------------------------------------------

RECORD = {
    "id": "T1",
    "conditions": ["asthma"],
    "eligibility": "Inclusion Criteria:\n\n* Pneumonia within 6 months\n* Zorbian disease of the chest\n\n"
    "Exclusion Criteria:\n\n* Metastases in the liver\n",
}


FEW = """
kind: condition
reference: a textbook
concepts:
  disease: {}
  infection: {parents: [disease]}
  asthma: {parents: [disease]}
  pneumonia: {parents: [infection], event: true}
  liver metastasis: {parents: [disease], synonyms: [metastases in the liver]}
"""
"""Diseases enough to read the record: all of the vocabulary is not read anew in a moment."""


def plain(words: Path) -> str:
    """The words of a file, without those that have alternatives and so are many."""
    terminals = load(words)
    return json.dumps({
        terminal: {meaning: ";".join(said for said in wordings.split(";") if "{" not in said) for meaning, wordings in meanings.items()}
        for terminal, meanings in terminals.items()
    })  # fmt: skip


class Project(NamedTuple):
    """The project's syntax and units with few of its words and diseases, and a cache of its own."""

    grammar: Path
    cache: Cache

    def compiled(self) -> CompiledTrial:
        """The record, read by the language as it is now."""
        for kept_ in (kept.language, kept.compiler, kept._wordings, kept._changes):
            kept_.cache_clear()
        return kept.of_trial(Trial.model_validate(RECORD))

    def add(self, concept: str) -> None:
        """Writes one more concept into the vocabulary."""
        with (self.grammar / "vocabulary" / "more.yaml").open("a") as file:
            file.write(f"kind: condition\nreference: a textbook\nconcepts:\n  {concept}\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    grammar = tmp_path / "grammar"
    (grammar / "vocabulary").mkdir(parents=True)
    for name in ("criterion.lark", "vocabulary/units.yaml"):
        shutil.copy(resources.grammar() / name, grammar / name)
    (grammar / "words.yaml").write_text(plain(resources.grammar() / "words.yaml"))
    (grammar / "vocabulary" / "conditions.yaml").write_text(FEW)
    cache = Cache(tmp_path / "cache")
    monkeypatch.setattr(resources, "grammar", lambda: grammar)
    monkeypatch.setattr(kept, "store", lambda: cache)
    yield Project(grammar, cache)
    for made in (kept.language, kept.compiler, kept._wordings, kept._changes):
        made.cache_clear()


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The trials that were compiled, not found."""
    done: list[str] = []
    original = Compiler.compile_trial

    def counted(self: Compiler, trial: Trial) -> CompiledTrial:
        done.append(trial.id)
        return original(self, trial)

    monkeypatch.setattr(Compiler, "compile_trial", counted)
    return done


def test_the_record_is_read_by_few_words(project: Project) -> None:
    assert [criterion.form for criterion in project.compiled().criteria] == [Form.TYPED, Form.OPEN, Form.TYPED]


def test_a_new_word_that_no_trial_says_compiles_nothing_anew(project: Project, compilations: list[str]) -> None:
    first = project.compiled()
    project.add("quorbian fever: {parents: [infection]}")
    assert project.compiled() == first
    assert compilations == ["T1"]


@pytest.mark.parametrize(
    "concept",
    [
        "zorbian disease: {parents: [disease]}",
        "disease of the liver metastasis: {parents: [disease]}",
        "a new kind of thing: {parents: [disease], synonyms: [zorbian]}",
    ],
)
def test_a_new_word_that_a_trial_may_say_is_read_in_it(project: Project, compilations: list[str], concept: str) -> None:
    project.compiled()
    project.add(concept)
    project.compiled()
    assert compilations == ["T1", "T1"]


def test_a_change_of_meaning_reaches_the_trials_that_speak_of_it(project: Project, compilations: list[str]) -> None:
    first = project.compiled()
    path = project.grammar / "vocabulary" / "conditions.yaml"
    path.write_text(FEW + "  lung fire: {}\n")
    assert project.compiled() == first
    path.write_text(FEW.replace("pneumonia: {", "pneumonia: {lifelong: true, "))
    project.compiled()
    assert compilations == ["T1", "T1"]


def test_a_change_of_the_syntax_reads_everything_anew(project: Project, compilations: list[str]) -> None:
    project.compiled()
    path = project.grammar / "criterion.lark"
    path.write_text(path.read_text() + "\n// more\n")
    project.compiled()
    assert compilations == ["T1", "T1"]


def test_what_is_gathered_lies_in_the_databases_own_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "kept")
    cache.put({b"key": b"value"})
    cache.gather()
    assert (tmp_path / "kept" / "kept.sqlite-wal").stat().st_size == 0
    assert Cache(tmp_path / "kept").get(b"key") == b"value"
