"""What a criterion means depends on the disease of its study."""

from __future__ import annotations

import pytest

from eligimatch.api import check, compile_trial, load_profile, load_trial
from eligimatch.model.rule import Measure


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


def test_systemic_therapy_in_a_study_of_cancer_is_against_cancer() -> None:
    amlodipine = [{"name": "amlodipine", "start": "2025-01-10", "status": "ongoing", "route": "oral"}]

    def status(study: str, treatments: list[dict[str, str]]) -> str:
        text = "Exclusion Criteria:\n\n* Systemic therapy within 4 weeks\n"
        trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": [study], "eligibility": text}))
        profile = load_profile({"id": "P", "as_of": "2026-03-02", "treatments": treatments, "complete": ["treatments"]})
        return next(criterion.status.value for criterion in check(profile, [trial]).trials[0].criteria if criterion.kind != "registry")

    assert status("Lung Cancer", amlodipine) == "matched"
    assert status("Lung Cancer", [{"name": "cisplatin", "start": "2026-02-20", "end": "2026-02-20"}]) == "failed"
    assert status("Psoriasis", amlodipine) == "unknown"


# --- signs that may be turned round ----------------------------------------------------------------------------------------------------------


def measured(study: list[str], side: str, words: str, name: str, value: float, unit: str | None = None) -> str:
    """The status of one criterion of a study for a person with this value."""
    trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": study, "eligibility": f"{side} Criteria:\n\n* {words}\n"}))
    seen = {"name": name, "value": value, "date": "2026-03-01", **({"unit": unit} if unit else {})}
    profile = load_profile({"id": "P", "as_of": "2026-03-02", "observations": [seen]})
    return next(criterion.status.value for criterion in check(profile, [trial]).trials[0].criteria if criterion.kind != "registry")


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ("Inclusion", "Platelets ≤ 60 x 10^9/L"),
        ("Inclusion", "Age ≥ 18 years and platelets < 90,000/µL"),
        ("Exclusion", "Platelets ≥ 80,000/mm3"),
        ("Exclusion", "Pregnancy, or platelets > 80,000/mm3"),
    ],
)
def test_a_limit_that_asks_for_the_ill_end_is_read_with_either_sign(side: str, words: str) -> None:
    for value in (40, 120):
        assert measured([], side, words, "platelets", value, "10^9/L") == "unknown"


@pytest.mark.parametrize("words", ["ECOG of 3 or 4", "ECOG ≥ 2"])
def test_so_is_a_scale_that_is_asked_at_its_end(words: str) -> None:
    assert measured([], "Inclusion", words, "ECOG", 4) == measured([], "Inclusion", words, "ECOG", 0) == "unknown"


@pytest.mark.parametrize(
    ("words", "name", "value", "status"),
    [
        ("ANC < 1.5 x 10^9/L", "ANC", 1.2, "failed"),
        ("ALT > 55 U/L", "ALT", 50, "matched"),
        ("Creatinine > 1.5 x ULN", "creatinine", 0.9, "unknown"),
        ("ECOG ≥ 2", "ECOG", 3, "failed"),
        ("KPS < 100", "KPS", 90, "failed"),
    ],
)
def test_a_limit_that_leaves_what_is_adequate_is_taken_at_its_word(words: str, name: str, value: float, status: str) -> None:
    unit = {"ANC": "10^9/L", "ALT": "U/L", "creatinine": "mg/dL"}.get(name)
    assert measured([], "Exclusion", words, name, value, unit) == status


def test_both_signs_agree_on_the_limit_itself() -> None:
    assert measured([], "Inclusion", "Platelets ≤ 60 x 10^9/L", "platelets", 60, "10^9/L") == "matched"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("WBC < 30,000/µL", "WBC"),
        ("Platelets ≥ 10 and less than 60 x 10^9/L", "platelets"),
        ("Platelets < 600 x 10^9/L", "platelets"),
        ("Severe thrombocytopenia (platelets < 30,000/µL)", "platelets"),
    ],
)
def test_a_limit_that_lets_in_what_is_adequate_or_is_explained_is_taken_at_its_word(words: str, name: str) -> None:
    assert measured([], "Inclusion", words, name, 20, "10^9/L") == "matched"


@pytest.mark.parametrize(("disease", "status"), [("Immune Thrombocytopenia", "matched"), ("Acute Leukemia", "matched"), ("Lung Cancer", "unknown")])
def test_the_disease_of_the_study_may_be_what_the_value_shows(disease: str, status: str) -> None:
    assert measured([disease], "Inclusion", "Platelets < 30 x 10^9/L", "platelets", 20, "10^9/L") == status


@pytest.mark.parametrize(
    ("words", "name", "unit", "healthy", "ill"),
    [
        ("Platelet count 90 x 10^9/L (90,000/mm3)", "platelets", "10^9/L", 90, 89),
        ("Creatinine 1.6 mg/dL", "creatinine", "mg/dL", 1.6, 1.7),
        ("Age ≥ 18 years or hemoglobin 10 g/dL", "hemoglobin", "g/dL", 10, None),
    ],
)
def test_a_limit_that_lost_its_sign_asks_for_that_and_healthier(words: str, name: str, unit: str, healthy: float, ill: float | None) -> None:
    assert measured([], "Inclusion", words, name, healthy, unit) == "matched"
    assert ill is None or measured(["Lung Cancer"], "Inclusion", words, name, ill, unit) == "failed"


@pytest.mark.parametrize(
    ("study", "side", "words"),
    [
        (["Immune Thrombocytopenia"], "Inclusion", "Platelet count 40 x 10^9/L"),
        (["Lung Cancer"], "Exclusion", "Platelet count 40 x 10^9/L"),
        ([], "Inclusion", "Severe thrombocytopenia, platelets 40 x 10^9/L"),
        ([], "Inclusion", "Platelet count 600 x 10^9/L"),
    ],
)
def test_it_may_mean_the_ill_side_where_the_study_the_section_the_words_or_the_number_allow_it(study: list[str], side: str, words: str) -> None:
    assert measured(study, side, words, "platelets", 30, "10^9/L") == measured(study, side, words, "platelets", 700, "10^9/L") == "unknown"


def test_the_doubt_is_told_and_a_clarification_ends_it() -> None:
    record = {"id": "T", "title": "T", "eligibility": "Inclusion Criteria:\n\n* Platelets ≤ 60 x 10^9/L\n"}
    (told,) = compile_trial(load_trial(record)).diagnostics
    assert (told.title, told.source) == ("the sign of a limit may be turned round", "T I1")
    clarification = {"criterion": "I1", "says": "Platelets < 60 x 10^9/L", "by": "A. Reader", "on": "2026-03-01"}
    clarified = compile_trial(load_trial({**record, "clarifications": [clarification]}))
    assert told not in clarified.diagnostics
    assert isinstance(clarified.criteria[0].rule, Measure)


# --- one of several -------------------------------------------------------------------------------------------------------------------------


def statuses(words: str, **known: object) -> list[str]:
    """The statuses of the criteria of a text, for a person of whom this is known."""
    trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": [], "eligibility": f"Inclusion Criteria:\n\n{words}\n"}))
    report = check(load_profile({"id": "P", "as_of": "2026-03-02", **known}), [trial])
    return [criterion.status.value for criterion in report.trials[0].criteria if criterion.kind != "registry"]


def test_of_cancers_that_no_one_has_together_none_is_demanded() -> None:
    ill = {"conditions": [{"name": "ovarian cancer"}], "complete": ["conditions"]}
    assert statuses("* Ovarian cancer\n* Small cell lung cancer", **ill) == ["matched", "unknown"]
    assert statuses("* Small cell lung cancer\n* Lung cancer in stage III", **ill) == ["failed", "failed"]


def test_what_is_allowed_under_a_bullet_that_breaks_off_is_not_demanded() -> None:
    untreated = {"complete": ["treatments"]}
    assert statuses("* Previous treatment allowed if\n* Bevacizumab 7 months before the first dose\n* Asthma", **untreated)[1] == "unknown"


def test_what_follows_examples_that_break_off_is_not_demanded() -> None:
    words = "* REGISTRATION: Cleared by a physician\n\nNOTE: Some need clearance. Example conditions include:\n\n* Third-degree heart block"
    assert statuses(words, complete=["conditions"])[1] == "unknown"


def test_what_stands_beneath_exceptions_excludes_no_one() -> None:
    words = "* Toxicity of grade 2 or more, with the following exceptions. Such exceptions must be assessed by the investigator.\n  * Alopecia"
    trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": [], "eligibility": f"Exclusion Criteria:\n\n{words}\n"}))
    report = check(load_profile({"id": "P", "as_of": "2026-03-02", "conditions": [{"name": "alopecia"}]}), [trial])
    assert [criterion.status.value for criterion in report.trials[0].criteria if criterion.kind != "registry"][-1] == "unknown"
