"""What a criterion means depends on the disease of its study."""

from __future__ import annotations

import pytest

from eligimatch.api import check, compile_trial, load_profile, load_trial


def verdict(study: list[str], side: str, words: str, *conditions: str) -> str:
    """The status of one criterion of a study for a person with these conditions and no others."""
    trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": study, "eligibility": f"{side} Criteria:\n\n* {words}\n"}))
    profile = load_profile({"id": "P", "as_of": "2026-03-02", "conditions": [{"name": name} for name in conditions], "complete": ["conditions"]})
    return next(criterion.status.value for criterion in check(profile, [trial]).trials[0].criteria if criterion.kind != "registry")


@pytest.mark.parametrize(
    ("conditions", "status"),
    [(["breast cancer"], "matched"), (["breast cancer", "melanoma"], "failed"), (["breast cancer", "basal cell carcinoma"], "matched")],
)
def test_the_cancer_of_the_study_is_no_active_malignancy(conditions: list[str], status: str) -> None:
    assert verdict(["Breast Cancer"], "Exclusion", "Active malignancy other than basal cell carcinoma", *conditions) == status


def test_in_a_study_of_another_disease_every_cancer_is_one() -> None:
    assert verdict(["Asthma"], "Exclusion", "Active malignancy", "asthma", "breast cancer") == "failed"


def test_who_may_enter_beside_the_disease_of_the_study_is_not_demanded() -> None:
    permits = "Patients with treated brain metastases are eligible"
    assert verdict(["Hepatitis B"], "Inclusion", permits, "hepatitis B") == "matched"
    assert verdict(["Brain Metastases"], "Inclusion", permits, "hepatitis B") == "unknown"
