"""What a bullet asks that stands over bullets of its own without a colon: nothing where it is their title."""

from __future__ import annotations

from typing import Any

import pytest

from eligimatch.api import check, compile_trial, load_trial
from eligimatch.model.profile import Profile

PERSON: dict[str, Any] = {
    "id": "P1", "as_of": "2026-03-02", "age": 41, "sex": "female", "complete": ["conditions", "treatments", "procedures"],
    "treatments": [{"name": "metformin", "start": "2020-01-01", "status": "ongoing"}],
    "observations": [{"name": "hemoglobin", "value": 8.1, "unit": "g/dL", "date": "2026-02-27"}],
}  # fmt: skip


def statuses(side: str, title: str, *beneath: str) -> list[str]:
    """The verdicts on a bullet's title and on what is beneath it."""
    bullets = "\n".join(f"  * {words}" for words in beneath)
    record = {"id": "NCT00000000", "title": "A trial", "conditions": [], "eligibility": f"{side} Criteria:\n\n* {title}\n\n{bullets}\n"}
    report = check(Profile.model_validate(PERSON), [compile_trial(load_trial(record))])
    return [one.status.value for one in report.trials[0].criteria if one.kind != "registry"]


TREATMENTS = ("Prior/Concomitant Therapy", "Concomitant medications", "Prior or concurrent treatments.", "Previous treatment lines")
MATTERS = ("Renal", "Hepatic function", "Coagulation", "Organ Function Requirements", "Reproductive Status", "Other Inclusions")


@pytest.mark.parametrize("title", TREATMENTS)
def test_the_title_of_a_list_of_treatments_excludes_no_one_for_being_treated(title: str) -> None:
    assert statuses("Exclusion", title, "Prior treatment with warfarin", "Gene therapy") == ["matched", "matched", "matched"]


@pytest.mark.parametrize("title", MATTERS)
def test_the_title_of_a_list_of_demands_leaves_nothing_unknown(title: str) -> None:
    assert statuses("Inclusion", title, "Hemoglobin of at least 8 g/dL", "Age of at least 18 years") == ["matched"] * 3


@pytest.mark.parametrize(("side", "title", "beneath"), [("Inclusion", "Hypertension", "On metformin"), ("Exclusion", "Metformin", "Warfarin")])
def test_a_bare_name_may_be_no_more_than_a_title(side: str, title: str, beneath: str) -> None:
    assert statuses(side, title, beneath) == ["unknown", "matched"]


def test_a_title_says_that_it_asks_nothing() -> None:
    record = {"id": "NCT00000000", "title": "A trial", "conditions": [], "eligibility": "Exclusion Criteria:\n\n* Prior Therapy\n\n  * Warfarin\n"}
    report = check(Profile.model_validate(PERSON), [compile_trial(load_trial(record))])
    assert [one.reason for one in report.trials[0].criteria if one.text == "Prior Therapy"] == ["asks nothing"]


def test_words_that_ask_something_are_no_title() -> None:
    assert statuses("Exclusion", "Prior treatment with metformin", "Warfarin") == ["failed", "matched"]
    assert statuses("Exclusion", "Prior treatment", "with metformin")[0] != "matched"


@pytest.mark.parametrize("title", ["Cohort 2", "Cohort 2 (asthma cohort)", "Additional inclusion criteria for asthma cohort"])
def test_what_stands_under_a_cohort_is_asked_of_the_cohort_alone(title: str) -> None:
    assert statuses("Inclusion", title, "Age of at least 65 years") == ["unknown"]


@pytest.mark.parametrize(("title", "beneath", "status"), [("Hemoglobin", "≥ 9 g/dL", "failed"), ("Currently taking", "metformin", "matched")])
def test_words_that_break_off_are_read_with_what_stands_beneath(title: str, beneath: str, status: str) -> None:
    assert statuses("Inclusion", title, beneath) == [status]
