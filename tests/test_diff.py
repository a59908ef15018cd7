"""What an amendment changes is what is said of it: to criteria, to people, on the screen and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
import strategies
from command_line import Run
from conftest import TOP, Golden
from hypothesis import given, settings
from random_people import concern, person
from random_rules import near, rule
from vocabulary_slice import STUDIES, TODAY

from eligimatch.api import amendment, compile_trial, load_profile, load_trial
from eligimatch.engine.amendments import became
from eligimatch.engine.case import study_concepts
from eligimatch.engine.evaluator import finding
from eligimatch.engine.facts import Facts, language_of
from eligimatch.engine.outcome import AT_ODDS
from eligimatch.kept import language
from eligimatch.model.amendment import Amendment, Became
from eligimatch.model.profile import Profile
from eligimatch.model.trial import Criterion, Form, Section
from eligimatch.model.verdict import Status, Verdict

DATA = TOP / "tests" / "data" / "amendment"
BEFORE, AFTER = (DATA / side / "EXAMPLE-1.yaml" for side in ("before", "after"))
LANGUAGE = language_of(language().vocabulary, language().units)


def amended(old: str, new: str, kind: str = "Inclusion", **more: Any) -> Amendment:
    """The amendment of a trial from some bullets to others."""
    before, after = (
        compile_trial(load_trial({"id": "EXAMPLE-2", "eligibility": f"{kind} Criteria:\n\n" + "".join(f"* {line}\n" for line in text.split("; "))}))
        for text in (old, new)
    )
    return amendment(before, after, **more)


def told(found: Amendment) -> list[tuple[str, str | None, str | None]]:
    return [(change.became.value, change.old.id if change.old else None, change.new.id if change.new else None) for change in found.changes]


# --- what became of a criterion ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "inclusion", "exclusion"),
    [
        ("Body mass index ≥ 30 kg/m2", "Body mass index ≥ 28 kg/m2", "loosened", "tightened"),
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin ≥ 90 g/L", "reworded", "reworded"),
        ("Hemoglobin ≥ 9 g/dL", "Hematocrit ≥ 27 %", "changed", "changed"),
        ("History of stroke", "Stroke within 6 months", "tightened", "loosened"),
        ("Melanoma", "Melanoma or breast cancer", "loosened", "tightened"),
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin ≥ 9 g/dL", "unchanged", "unchanged"),
    ],
)
def test_a_criterion_is_loosened_for_those_whom_it_lets_in(old: str, new: str, inclusion: str, exclusion: str) -> None:
    assert told(amended(old, new)) == [(inclusion, "I1", "I1")]
    assert told(amended(old, new, "Exclusion")) == [(exclusion, "E1", "E1")]


def test_criteria_that_only_moved_are_unchanged() -> None:
    found = amended("Melanoma; Signed informed consent; ECOG 0-1", "ECOG 0-1; Melanoma; Signed informed consent")
    assert told(found) == [("unchanged", "I3", "I1"), ("unchanged", "I1", "I2"), ("unchanged", "I2", "I3")]


def test_a_criterion_inserted_takes_no_other_ones_place() -> None:
    found = amended("Hemoglobin ≥ 9 g/dL; Platelets ≥ 100 x 10^9/L", "Hematocrit ≥ 30 %; Hemoglobin ≥ 8 g/dL; Platelets ≥ 75 x 10^9/L")
    assert told(found) == [("added", None, "I1"), ("loosened", "I1", "I2"), ("loosened", "I2", "I3")]


def test_other_words_for_the_same_are_paired_by_what_they_ask() -> None:
    assert told(amended("ALT ≤ 100 U/L; Melanoma", "Malignant melanoma; SGPT up to 100 IU/L")) == [("reworded", "I2", "I1"), ("reworded", "I1", "I2")]


def test_an_exclusion_turned_into_a_demand_is_only_reworded() -> None:
    old, new = (
        {"id": "EXAMPLE-3", "eligibility": text}
        for text in ("Exclusion Criteria:\n\n* Hemoglobin < 9 g/dL\n", "Inclusion Criteria:\n\n* Hb ≥ 9 g/dL\n")
    )
    assert told(amendment(compile_trial(load_trial(old)), compile_trial(load_trial(new)))) == [("reworded", "E1", "I1")]


def test_what_is_not_understood_is_changed_not_loosened() -> None:
    assert told(amended("As the stars foretell in May", "As the stars foretell in June")) == [("changed", "I1", "I1")]


# --- for whom ----------------------------------------------------------------------------------------------------------------------------


def test_people_flip_by_the_criteria_that_turned() -> None:
    poor = load_profile({"id": "A-3", "as_of": "2026-03-02", "observations": [{"name": "Hb", "value": 9.5, "unit": "g/dL", "date": "2026-03-01"}]})
    rich = load_profile({"id": "A-4", "as_of": "2026-03-02", "observations": [{"name": "Hb", "value": 12, "unit": "g/dL", "date": "2026-03-01"}]})
    (flip,) = amended("Hemoglobin ≥ 10 g/dL", "Hemoglobin ≥ 9 g/dL", profiles=[poor, rich]).flips
    assert (flip.patient, flip.before, flip.after) == ("A-3", Verdict.INELIGIBLE, Verdict.ELIGIBLE)
    (turn,) = flip.criteria
    assert (turn.old, turn.new, turn.before, turn.after) == ("I1", "I1", Status.FAILED, Status.MATCHED)
    assert "9.5 g/dL" in turn.reason


def test_a_criterion_added_that_is_met_is_no_news() -> None:
    rich = load_profile({"id": "A-4", "as_of": "2026-03-02", "observations": [{"name": "Hb", "value": 12, "unit": "g/dL", "date": "2026-03-01"}]})
    assert amended("Hemoglobin ≥ 10 g/dL", "Hemoglobin ≥ 10 g/dL; Hemoglobin ≤ 18 g/dL", profiles=[rich]).flips == ()


# --- the command -------------------------------------------------------------------------------------------------------------------------


def test_the_screen_shows_what_changed_and_for_whom(run: Run, golden: Golden) -> None:
    code, out, err = run("diff", BEFORE, AFTER, "--patients", DATA / "patients")
    assert (code, err) == (0, "")
    golden("diff.txt", out)
    assert out in (TOP / "docs" / "amendments.md").read_text(encoding="utf-8"), "docs/amendments.md shows it"


def test_programs_get_one_object_a_trial(run: Run) -> None:
    code, out, _ = run("diff", DATA / "before", DATA / "after", "--patients", DATA / "patients" / "1-vitiligo.yaml", "--format", "json")
    assert code == 0
    (line,) = out.splitlines()
    found = json.loads(line)
    assert found["trial"] == "EXAMPLE-1"
    assert {"became": "tightened", "old": "E4", "new": "E3"} in [
        {"became": change["became"], "old": change.get("old", {}).get("id"), "new": change.get("new", {}).get("id")} for change in found["changes"]
    ]
    assert [(flip["patient"], flip["before"], flip["after"]) for flip in found["flips"]] == [("A-1", "ineligible", "undetermined")]
    assert Amendment.model_validate(found).model_dump(mode="json") == found


def test_two_trials_are_no_amendment(run: Run) -> None:
    code, out, err = run("diff", BEFORE, TOP / "rules" / "NCT05255926.yaml")
    assert (code, out) == (2, "")
    assert "two trials" in err


def test_an_unusable_record_ends_the_run_and_one_of_a_folder_is_set_aside(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "before" / "EXAMPLE-1.yaml"
    shutil.copytree(DATA / "before", tmp_path / "before")
    shutil.copy(TOP / "rules" / "NCT05255926.yaml", tmp_path / "before")
    broken.write_text("id: EXAMPLE-1\nelegibility: none\n", encoding="utf-8")
    code, out, err = run("diff", broken, AFTER)
    assert (code, out) == (2, "")
    assert "elegibility" in err
    code, out, _ = run("diff", tmp_path / "before", DATA / "after")
    assert code == 3
    assert "NCT05255926" in out
    assert "EXAMPLE-1" not in out, "a record that could not be read is neither added nor removed"


def test_trials_of_one_folder_only_are_added_and_removed_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "after").mkdir()
    shutil.copy(TOP / "rules" / "NCT05255926.yaml", tmp_path / "after")
    code, out, _ = run("diff", DATA / "before", tmp_path / "after", "--format", "json")
    assert code == 0
    new, old = (json.loads(line) for line in out.splitlines())
    assert {change["became"] for change in new["changes"]} == {"added"}
    assert {change["became"] for change in old["changes"]} == {"removed"}


# --- the law -----------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(strategies.randoms)
def test_no_one_shows_the_opposite_of_loosened_or_tightened(random: Random) -> None:
    one = rule(random, random.choice((0, 0, 1)))
    kind: Section = random.choice(("inclusion", "exclusion"))
    old, new = (Criterion(id="C1", kind=kind, text="", rule=each, form=Form.TYPED) for each in (one, near(random, one)))
    said = became(old, new, LANGUAGE)
    if said is Became.CHANGED:
        return
    for _ in range(8):
        study = study_concepts(random.choice(STUDIES), LANGUAGE)
        facts = Facts(Profile.model_validate(person(random, concern(old.rule, new.rule))), LANGUAGE, TODAY)
        before, after = finding(old, facts, study), finding(new, facts, study)
        if any(fact.startswith(AT_ODDS) for found in (before, after) for fact in found.missing):
            continue
        if said is not Became.TIGHTENED and before.status is Status.MATCHED:
            assert after.status is Status.MATCHED
        if said is not Became.LOOSENED and after.status is Status.MATCHED:
            assert before.status is Status.MATCHED
