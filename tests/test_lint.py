"""What is remarked on a trial: contradictions, slips of units, what is asked twice, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import strategies
from command_line import Run
from conftest import TOP, Golden
from hypothesis import given, settings
from random_people import concern, person
from random_rules import leaf, near
from vocabulary_slice import TODAY

from eligimatch.api import compile_trial, lint, load_trial
from eligimatch.engine.consistency import remarks
from eligimatch.engine.evaluator import finding
from eligimatch.engine.facts import Facts, language_of
from eligimatch.kept import language
from eligimatch.model.profile import Profile
from eligimatch.model.remark import Check, Remark
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.model.verdict import Status

RECORD = TOP / "tests" / "data" / "contradictory.yaml"
LANGUAGE = language_of(language().vocabulary, language().units)


def found(inclusion: str = "", exclusion: str = "", **fields: object) -> list[Remark]:
    """The remarks on a trial of these bullets, apart by semicolons."""
    text = "".join(
        f"{side} Criteria:\n\n" + "".join(f"* {bullet}\n" for bullet in bullets.split("; ")) + "\n"
        for side, bullets in (("Inclusion", inclusion), ("Exclusion", exclusion))
        if bullets
    )
    return lint(compile_trial(load_trial({"id": "EXAMPLE-5", "eligibility": text, **fields})))


def told(remarks_: list[Remark]) -> list[tuple[str, ...]]:
    return [(remark.check.value, *remark.criteria) for remark in remarks_]


# --- contradictions ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("Albumin ≥ 3.5 g/dL; albumin < 30 g/L", ""),
        ("Systolic blood pressure > 150 mmHg", "Systolic blood pressure ≥ 140 mmHg"),
        ("Systolic blood pressure 145 to 160 mmHg", "Systolic blood pressure ≥ 140 mmHg"),
        ("Rheumatoid arthritis", "History of autoimmune disease"),
        ("Cisplatin within 3 weeks", "Platinum-based chemotherapy within 4 weeks"),
        ("Able to swallow tablets", "Able to swallow tablets"),
    ],
)
def test_two_bounds_that_exclude_each_other_are_a_contradiction(inclusion: str, exclusion: str) -> None:
    (remark,) = found(inclusion, exclusion)
    assert remark.check is Check.CONTRADICTION
    assert set(remark.criteria) == ({"I1", "E1"} if exclusion else {"I1", "I2"})


def test_a_criterion_may_contradict_itself_and_the_registry() -> None:
    assert told(found("Albumin ≥ 3.5 g/dL and albumin ≤ 3 g/dL")) == [("contradiction", "I1")]
    assert ("contradiction", "R-age", "I1") in told(found("Age 70 years or older", maximum_age="65 years"))


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin > 18 g/dL"),
        ("Systolic blood pressure 120 to 160 mmHg", "Systolic blood pressure ≥ 140 mmHg"),
        ("Vitiligo", "Autoimmune disease other than vitiligo"),
        ("Stroke more than 6 months ago", "Stroke within 6 months"),
        ("ALT ≤ 3 x ULN", "ALT > 300 U/L"),
        ("Melanoma or breast cancer", "Melanoma"),
        ("Body mass index > 180 kg/m2", "Body mass index > 180 kg/m2"),
    ],
)
def test_what_leaves_room_is_none(inclusion: str, exclusion: str) -> None:
    assert [remark for remark in found(inclusion, exclusion) if remark.check is Check.CONTRADICTION] == []


# --- what is asked twice -----------------------------------------------------------------------------------------------------------------


def test_the_later_of_two_that_ask_the_same_is_redundant_and_so_is_what_follows() -> None:
    assert told(found("Hemoglobin ≥ 9 g/dL; Hb of at least 90 g/L")) == [("redundant", "I1", "I2")]
    assert told(found("ECOG 0-1; ECOG 0-2")) == [("redundant", "I1", "I2")]
    assert told(found("ECOG 0-2; ECOG 0-1")) == [("redundant", "I2", "I1")]
    assert told(found("", "Stroke or seizure within 6 months; Seizure within 3 months")) == [("redundant", "E1", "E2")]


def test_what_asks_more_is_not_redundant() -> None:
    assert told(found("ECOG 0-1; Hemoglobin ≥ 9 g/dL", "Seizure within 6 months; Stroke within 3 months")) == []


# --- units -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "underlined", "read", "meant"),
    [
        ("Hemoglobin ≥ 90 g/dL", "90 g/dL", "not understood", "`90 g/L`"),
        ("Hemoglobin ≥ 9 mg/dL", "9 mg/dL", "read as 9 g/dL", "`9 g/dL`"),
        ("Platelets ≥ 100,000/mL", "100,000/mL", "read as 100 10^9/L", "`100000 /uL`"),
        ("ANC between 1500 and 8000 x 10^9/L", "1500 and 8000 x 10^9/L", "read as 1.5 10^9/L", "`1500 /uL`"),
        ("Body mass index > 180 kg/m2", "180 kg/m2", "not understood", ""),
    ],
)
def test_a_limit_that_no_one_reaches_is_underlined_with_the_unit_that_may_be_meant(words: str, underlined: str, read: str, meant: str) -> None:
    remark, *_ = found(words)
    diagnostic = remark.diagnostic
    assert remark.check is Check.UNIT
    assert diagnostic.span
    assert diagnostic.text[diagnostic.span.start : diagnostic.span.end] == underlined
    assert diagnostic.kept.startswith(read)
    assert meant in diagnostic.hint


@pytest.mark.parametrize(
    "words",
    [
        "Hemoglobin ≥ 90 g/L",
        "Platelets ≥ 100.000/µL",
        "Platelets ≥ 100,000",
        "ALT ≤ 2.5 x ULN",
        "Glucose < 11 mmol/L",
        "Serum calcium more than 0.25 mmol/L above the upper limit of normal",
        "ECOG 0-1 or Karnofsky 70 or more",
        "Age 18 to 75 years",
        "Hemoglobin ≥ 9 g/dL within 28 days",
        "Blood pressure below 140/90 mmHg",
    ],
)
def test_plausible_limits_are_left_alone(words: str) -> None:
    assert [remark.diagnostic.title for remark in found(words) if remark.check is Check.UNIT] == []


# --- the record --------------------------------------------------------------------------------------------------------------------------


def test_a_clarification_gone_stale_and_a_field_against_the_words_are_remarked() -> None:
    stale = {"criterion": "I1", "says": "Hemoglobin ≥ 9 g/dL", "by": "someone", "on": "2026-01-05", "original": "0" * 64}
    remark, *_ = found("Hemoglobin of nine", clarifications=[stale])
    assert (remark.check, remark.criteria) == (Check.RECORD, ("I1",))
    assert "out of date" in remark.diagnostic.title
    assert ("record", "I1") in told(found("Age 18 to 75 years", minimum_age="18 years", maximum_age="65 years"))


# --- the command -------------------------------------------------------------------------------------------------------------------------


def test_the_screen_underlines_the_words(run: Run, golden: Golden) -> None:
    code, out, err = run("lint", RECORD)
    assert (code, err) == (0, "")
    golden("lint.txt", out)
    assert out in (TOP / "docs" / "lint.md").read_text(encoding="utf-8"), "docs/lint.md shows it"


def test_strict_ends_with_two_where_there_is_something_to_remark(run: Run, tmp_path: Path) -> None:
    clean = tmp_path / "EXAMPLE-6.yaml"
    clean.write_text("id: EXAMPLE-6\neligibility: |\n  Inclusion Criteria:\n\n  * Hemoglobin ≥ 9 g/dL\n", encoding="utf-8")
    assert run("lint", RECORD, "--strict")[0] == 2
    assert run("lint", clean, "--strict") == (0, "1 trial: nothing to remark\n", "")


def test_programs_get_one_object_a_remark(run: Run) -> None:
    code, out, _ = run("lint", RECORD, "--format", "json")
    assert code == 0
    objects = [json.loads(line) for line in out.splitlines()]
    assert {one["check"] for one in objects} == {check.value for check in Check}
    assert all(one["trial"] == "EXAMPLE-4" and one["diagnostic"]["title"] for one in objects)


def test_the_trials_that_come_with_the_program_ask_nothing_impossible(run: Run) -> None:
    _, out, _ = run("lint", "rules", "--format", "json")
    assert {json.loads(line)["check"] for line in out.splitlines()} <= {"record"}


def test_an_unusable_record_is_set_aside(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("id: [\n", encoding="utf-8")
    assert run("lint", broken)[0] == 2
    code, out, err = run("lint", RECORD, broken)
    assert code == 3
    assert "EXAMPLE-4" in out
    assert "broken.yaml" in err


# --- the law -----------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(strategies.randoms)
def test_no_one_meets_what_is_called_a_contradiction_nor_fails_what_follows(random: Random) -> None:
    one = leaf(random)
    rules = (one, near(random, one))
    criteria = tuple(
        Criterion(id=f"I{at}", kind=random.choice(("inclusion", "exclusion")), text="", rule=rule, form=Form.TYPED) for at, rule in enumerate(rules)
    )
    said = list(remarks(CompiledTrial(id="EXAMPLE-7", criteria=criteria), LANGUAGE))
    for _ in range(8 if said else 0):
        facts = Facts(Profile.model_validate(person(random, concern(*rules))), LANGUAGE, TODAY)
        statuses = {criterion.id: finding(criterion, facts).status for criterion in criteria}
        for remark in said:
            stands = [statuses[number] for number in remark.criteria]
            if remark.check is Check.CONTRADICTION:
                assert set(stands) != {Status.MATCHED}
            else:
                assert stands != [Status.MATCHED, Status.FAILED]
