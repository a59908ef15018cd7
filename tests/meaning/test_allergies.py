"""An allergy is asked: each sentence of the contract as a test."""

from __future__ import annotations

import pytest
from asking import ever, had, truth


def test_an_allergy_denied_is_no_drug_denied() -> None:
    assert truth(ever("penicillin", section="treatments"), {"never": ["allergy to penicillin"]}) is None
    assert truth(ever("penicillin", section="allergies"), {"never": ["allergy to penicillin"]}) is False


def test_a_thing_that_is_put_into_drugs_may_be_an_excipient_of_the_drug_that_is_meant() -> None:
    rule = ever("excipient", section="allergies")
    assert truth(rule, {"allergies": [{"substance": "polysorbate 80"}], "complete": ["allergies"]}) is None
    assert truth(rule, {"allergies": [{"substance": "penicillin"}], "complete": ["allergies"]}) is False


def test_an_allergy_is_asked_in_allergies() -> None:
    rule = ever("monoclonal antibody", section="allergies")
    assert truth(rule, {"allergies": [{"substance": "rituximab"}]}) is True
    assert truth(rule, {"allergies": [{"substance": "penicillin"}], "complete": ["allergies"]}) is False
    assert truth(rule, {"treatments": [{"name": "rituximab"}]}) is None


@pytest.mark.parametrize(
    ("asked", "listed", "expected"),
    [
        ("penicillin allergy", "amoxicillin", True),
        ("penicillin allergy", "cefazolin", False),
        ("penicillin allergy", "foobarin", None),
        ("drug allergy", "cisplatin", True),
        ("food allergy", "kiwi", None),
    ],
)
def test_a_condition_that_is_an_allergy_is_asked_in_allergies(asked: str, listed: str, expected: bool | None) -> None:
    assert truth(had(asked), {"allergies": [{"substance": listed}], "complete": ["allergies"]}) is expected
    assert truth(had(asked), {"allergies": [], "complete": ["allergies"]}) is False
    assert truth(had(asked), {"conditions": [], "complete": ["conditions"]}) is None


def test_an_allergy_is_a_condition_of_its_name_and_once_was_what_it_came_to() -> None:
    person = {"allergies": [{"substance": "peanut", "severity": "severe", "reaction": "anaphylaxis", "date": "2019-06-01"}]}
    assert truth(had("peanut allergy"), person) is True
    assert truth(ever("anaphylaxis"), person) is True
    assert truth(had("asthma"), {**person, "complete": ["conditions"]}) is False
