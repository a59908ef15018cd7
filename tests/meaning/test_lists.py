"""What people are told where lists are counted, denied or read as a heading, and where a word narrows what stands before it."""

from __future__ import annotations

from typing import Any

import pytest

from eligimatch.api import check, compile_trial, load_trial
from eligimatch.model.profile import Profile

NOTHING: dict[str, Any] = {"id": "P1", "as_of": "2026-03-02", "age": 41, "sex": "female", "complete": ["conditions", "treatments", "procedures"]}


def status(side: str, words: str, person: dict[str, Any]) -> str:
    """The verdict on a criterion of a trial that has no other."""
    record = {"id": "NCT00000000", "title": "A trial", "conditions": [], "eligibility": f"{side} Criteria:\n\n* {words}\n"}
    report = check(Profile.model_validate(person), [compile_trial(load_trial(record))])
    return next(one.status.value for one in report.trials[0].criteria if one.kind != "registry")


def listing(*names: str, **more: object) -> dict[str, Any]:
    return NOTHING | {"conditions": [{"name": name} for name in names], **more}


@pytest.mark.parametrize(
    ("words", "conditions", "expected"),
    [
        ("No more than one of the following: gout, asthma, hypertension", (), "matched"),
        ("No more than one of the following: gout, asthma, hypertension", ("gout",), "matched"),
        ("No more than one of the following: gout, asthma, hypertension", ("gout", "asthma"), "failed"),
        ("Fewer than two of the following: gout, asthma, hypertension", ("gout", "asthma"), "failed"),
        ("No history of two or more of the following: stroke, gout, asthma", ("gout",), "matched"),
        ("Gout with none of the following: asthma, hypertension", (), "failed"),
        ("Cardiovascular disorders: no stroke within 6 months", (), "matched"),
        ("No prior or current hepatitis B", ("hepatitis B",), "failed"),
    ],
)
def test_who_may_enter(words: str, conditions: tuple[str, ...], expected: str) -> None:
    assert status("Inclusion", words, listing(*conditions)) == expected


@pytest.mark.parametrize(
    ("words", "person", "expected"),
    [
        ("Active infection", listing("latent tuberculosis"), "matched"),
        ("Written informed consent before any procedure", NOTHING | {"statements": {"signed informed consent": True}}, "unknown"),
        ("Active infection", listing("pneumonia"), "failed"),
        ("Active malignancy or infection", listing("latent tuberculosis"), "unknown"),
        ("Surgery planned within the next 6 months", NOTHING, "unknown"),
        ("Currently hospitalized", NOTHING | {"procedures": [{"name": "hospitalization", "date": "2023-05-01"}]}, "matched"),
        ("Chemotherapy within 4 weeks, for breast cancer", listing("breast cancer"), "matched"),
        ("Exclusion criteria include asthma; gout", listing("gout"), "failed"),
        ("Hypercalcemia or requiring bisphosphonates", NOTHING | {"treatments": [{"name": "alendronate", "for": "osteoporosis"}]}, "unknown"),
    ],
)
def test_who_may_not(words: str, person: dict[str, Any], expected: str) -> None:
    assert status("Exclusion", words, person) == expected


@pytest.mark.parametrize(("start", "expected"), [("2025-10-01", "matched"), ("2026-02-01", "unknown")])
def test_for_the_past_months_may_be_all_of_them(start: str, expected: str) -> None:
    person = NOTHING | {"treatments": [{"name": "metformin", "start": start, "status": "ongoing"}]}
    assert status("Inclusion", "Metformin for the past 3 months", person) == expected


def test_a_number_under_treatment_is_not_decided_by_the_number_alone() -> None:
    pressure = {"name": "intraocular pressure", "value": 30, "unit": "mmHg", "date": "2026-02-27"}
    person = NOTHING | {"observations": [pressure]}
    assert status("Exclusion", "IOP > 25 mmHg on two medications", person) == "unknown"
    assert status("Exclusion", "IOP > 35 mmHg on two medications", person) == "matched"
