"""The Python face: what is loaded from what, and what comes back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from conftest import TOP

import eligimatch
from eligimatch import api, kept
from eligimatch.model.diagnostic import InputError
from eligimatch.model.finding import Report
from eligimatch.model.trial import CompiledTrial
from eligimatch.sources.cache import Cache

RECORD = {"id": "X1", "eligibility": "Inclusion Criteria:\n\n* Age 18 years or older\n\nExclusion Criteria:\n\n* Pregnancy\n"}
STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A made-up study"},
        "eligibilityModule": {"eligibilityCriteria": RECORD["eligibility"], "sex": "FEMALE", "minimumAge": "18 Years"},
    }
}
WOMAN = {"id": "P", "birth_date": "1980-01-01", "sex": "female", "reproductive": {"pregnant": False}}


def test_trials_come_from_files_mappings_and_registry_studies(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_text(json.dumps(STUDY))
    assert eligimatch.load_trial(RECORD).id == "X1"
    assert eligimatch.load_trial(STUDY) == eligimatch.load_trial(path) == eligimatch.load_trial(str(path))
    assert eligimatch.load_trial(TOP / "rules" / "NCT05255926.yaml").sex == "all"


def test_a_compiled_trial_has_criteria_with_forms() -> None:
    compiled = eligimatch.compile_trial(eligimatch.load_trial(STUDY))
    assert [(criterion.id, criterion.kind, criterion.form) for criterion in compiled.criteria] == [
        ("R-age", "registry", "typed"),
        ("R-sex", "registry", "typed"),
        ("I1", "inclusion", "typed"),
        ("E1", "exclusion", "typed"),
    ]
    assert compiled.criteria[2].text == "Age 18 years or older"
    assert compiled.criteria[2].residue == ()


def test_a_report_is_the_json_of_the_documentation() -> None:
    compiled = eligimatch.compile_trial(eligimatch.load_trial(RECORD))
    report = eligimatch.check(eligimatch.load_profile(WOMAN), [compiled], date(2026, 3, 2))
    dumped = report.model_dump(mode="json")
    assert dumped["patient"] == "P"
    assert dumped["as_of"] == "2026-03-02"
    assert dumped["trials"][0]["verdict"] == "eligible"
    assert dumped["trials"][0]["counts"] == {"matched": 2, "failed": 0, "unknown": 0}
    assert "trace" not in dumped["trials"][0]["criteria"][0]
    assert Report.model_validate(dumped).model_dump(mode="json") == dumped


def test_the_day_of_judgement_may_be_text() -> None:
    compiled = eligimatch.compile_trial(eligimatch.load_trial(RECORD))
    profile = eligimatch.load_profile(WOMAN | {"birth_date": "2008-03-02"})
    verdicts = [eligimatch.check(profile, [compiled], day).trials[0].verdict for day in ("2026-03-01", "2026-03-02")]
    assert verdicts == ["ineligible", "eligible"]


def test_words_are_explained_by_section() -> None:
    assert eligimatch.explain("ECOG 0-1").kind == "inclusion"
    assert eligimatch.explain("Pregnancy", kind="exclusion").id == "E1"


def test_unusable_input_carries_its_diagnostic() -> None:
    with pytest.raises(InputError) as caught:
        eligimatch.load_profile({"sexx": "female"})
    assert caught.value.diagnostic.hint == "did you mean `sex`?"


def test_there_are_no_other_names() -> None:
    with pytest.raises(AttributeError):
        _ = eligimatch.judge


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    cache = Cache(tmp_path / "cache")
    monkeypatch.setattr(kept, "store", lambda: cache)
    return cache


@pytest.mark.usefixtures("empty_cache")
def test_a_trial_compiled_before_needs_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    path = TOP / "rules" / "NCT05255926.yaml"
    first, fresh = api.read_trial(path), eligimatch.compile_trial(eligimatch.load_trial(path))

    def refuse() -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(kept, "compiler", refuse)
    monkeypatch.setattr(api, "load_trial", refuse)
    assert api.read_trial(path) == first == fresh


def test_a_damaged_value_is_compiled_anew(empty_cache: Cache) -> None:
    path = TOP / "rules" / "NCT05255926.yaml"
    first = api.read_trial(path)
    assert empty_cache.folder
    for key in _keys(empty_cache):
        empty_cache.put({key: b"{"})
    assert api.read_trial(path) == first
    assert isinstance(first, CompiledTrial)


def _keys(cache: Cache) -> list[bytes]:
    import sqlite3

    path = cache.path("kept.sqlite")
    assert path
    with sqlite3.connect(path) as base:
        return [row[0] for row in base.execute("SELECT key FROM kept")]


def test_of_several_denials_of_one_thing_the_first_that_is_listed_comes_first() -> None:
    """In no order of a set, which changes from run to run."""
    never = ["small cell carcinoma", "lung disease", "neuroendocrine neoplasm", "thoracic cancer", "solid tumor", "respiratory disease"]
    trial = {"id": "NCT00000001", "title": "A trial", "eligibility": "Exclusion Criteria:\n\n* Small cell lung cancer\n"}
    report = api.check(api.load_profile({"id": "P1", "never": never}), [api.compile_trial(api.load_trial(trial))], "2026-03-02")
    (found,) = [criterion for criterion in report.trials[0].criteria if criterion.kind == "exclusion"]
    assert found.reason == f"never: {never[0]}"
    assert found.evidence[0].index == 0


def test_a_complete_list_of_treatments_does_not_tell_what_someone_eats_or_drinks() -> None:
    trial = {"id": "NCT00000001", "title": "A trial", "eligibility": "Exclusion Criteria:\n\n* Grapefruit within 7 days\n* Warfarin within 7 days\n"}
    profile = api.load_profile({"id": "P1", "complete": ["treatments", "allergies"]})
    report = api.check(profile, [api.compile_trial(api.load_trial(trial))], "2026-03-02")
    assert [found.status for found in report.trials[0].criteria if found.kind == "exclusion"] == ["unknown", "matched"]
