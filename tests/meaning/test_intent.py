"""What people are told where words ask less than they seem to: sentences about treatments, demands among exclusions, words that a list shares."""

from __future__ import annotations

from typing import Any

import pytest
from asking import LANGUAGE, TODAY

import eligimatch
from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import evaluate
from eligimatch.engine.facts import Facts
from eligimatch.kept import compiler
from eligimatch.model.profile import Profile

HEALTHY: dict[str, Any] = {
    "age": 41,
    "sex": "female",
    "reproductive": {"childbearing_potential": True, "contraception": True},
    "statements": {"informed consent": True},
    "complete": ["conditions", "treatments", "procedures", "allergies"],
}
"""Nothing is listed, and nothing was."""
TREATED = HEALTHY | {
    "conditions": [
        {"name": "type 2 diabetes", "onset": "2014"},
        {"name": "diabetic retinopathy", "onset": "2020"},
        {"name": "major depressive disorder", "onset": "2018"},
        {"name": "epilepsy", "onset": "2003"},
        {"name": "atrial fibrillation", "onset": "2021"},
        {"name": "pneumonia", "onset": "2024-02", "status": "resolved", "abatement": "2024-03"},
        {"name": "basal cell carcinoma", "onset": "2016", "status": "resolved", "abatement": "2016-05"},
        {"name": "primary open-angle glaucoma", "onset": "2015"},
    ],
    "treatments": [
        {"name": "insulin pump", "start": "2019-01-02", "status": "ongoing"},
        {"name": "denosumab", "start": "2020-05-04", "status": "ongoing", "for": "osteoporosis"},
        {"name": "furosemide", "start": "2021-02-03", "status": "ongoing"},
        {"name": "folic acid", "start": "2022-01-01", "status": "ongoing"},
    ],
    "procedures": [{"name": "appendectomy", "date": "2001-06-01"}],
    "allergies": [{"substance": "peanut", "severity": "severe"}],
}


def told(side: str, text: str, profile: dict[str, Any], study: tuple[str, ...] = ()) -> bool | None:
    """Whether a criterion speaks for a person."""
    demanded = side == "I"
    rule = compiler().criterion(text, "inclusion" if demanded else "exclusion").rule
    truth = evaluate(rule, Case(Facts(Profile.model_validate(profile), LANGUAGE, TODAY), study_concepts(study, LANGUAGE), text, demanded)).truth
    return truth if demanded or truth is None else not truth


@pytest.mark.parametrize(
    "text",
    [
        "Immunotherapy will be paused during radiation",
        "Anticoagulation with a heparin is indicated",
        "Undergoing hip surgery under spinal anesthesia",
        "Chemotherapy given with radiation WILL be counted as one line",
        "Participants must be planning for a resection. Resection and adjuvant treatment will follow usual care.",
        "Biologics, including antibodies: 3 weeks",
        "No antibody within 6 weeks of enrolment. Treatment with any kinase inhibitor within 3 weeks of enrolment.",
        "Scheduled for or recently underwent PET",
        "Adequate venous access for apheresis",
        "Sexual abstinence",
        "Within a usual week, how many cigarettes do you smoke?",
        "Experiencing disability as told by a questionnaire",
    ],
)
def test_nobody_fails_for_not_being_on_a_treatment_of_which_something_else_is_told(text: str) -> None:
    assert told("I", text, HEALTHY) is None


def test_a_demand_to_be_on_a_treatment_fails_who_is_on_none() -> None:
    assert told("I", "Currently receiving metformin that is taken at a stable dose", HEALTHY) is False
    assert told("I", "On stable hormone therapy", HEALTHY) is False


@pytest.mark.parametrize(
    "text",
    [
        "Written informed consent",
        "No more than 2 lines of chemotherapy",
        "Women of childbearing potential and sexually active men unwilling to use contraception",
        "Minors without guardian or parent to give consent",
        "Unable to comply with visits, or unable to give informed consent in the opinion of the physician",
        "Illness that may compromise the ability to give informed consent",
    ],
)
def test_an_exclusion_worded_as_what_is_wanted_fails_nobody(text: str) -> None:
    assert told("E", text, HEALTHY) is not False


@pytest.mark.parametrize(
    "text",
    [
        "Inability to read or unwilling to sign the informed consent form",
        "Dementia or another mental condition that precludes the patient's ability to consent",
        "Warfarin must be stopped at least 2 weeks before the first dose",
        "Strong CYP3A4 inhibitors must have been discontinued 3 weeks before enrolment",
    ],
)
def test_who_consents_and_takes_nothing_is_let_in(text: str) -> None:
    assert told("E", text, HEALTHY) is True


@pytest.mark.parametrize(
    "text",
    [
        "Diabetes other than type 2",
        "Inability to take vitamins, such as folic acid or cobalamin",
        "Received another experimental drug or device within 5 weeks",
        "Severe or unstable medical condition or psychiatric illness",
        "Psychiatric illness, chronic illness, or social situation that is unsafe or, in the opinion of the physician, makes the patient unsuitable",
        "Other serious acute or chronic medical conditions including colitis, or psychiatric illness, that may increase the risk",
        "Severe hypersensitivity or contraindication to gadolinium",
        "Drugs known to prolong the QT interval",
        "Advanced glaucoma or optic neuropathy, affecting the visual field",
        "History of certain central nervous system (CNS), cardiac or pulmonary conditions",
        "Infection or colonization with resistant bacteria in the past",
        "Prior surgery or radiotherapy to the treated area",
        "Receiving surgery or radiotherapy",
    ],
)
def test_what_may_be_meant_otherwise_fails_nobody(text: str) -> None:
    assert told("E", text, TREATED) is None


def test_disease_of_the_nervous_system_is_involvement_in_a_study_of_cancer_alone() -> None:
    assert told("E", "Active central nervous system disease", TREATED) is False


def test_a_second_limit_is_of_those_with_the_disease() -> None:
    alt = HEALTHY | {"observations": [{"name": "ALT", "value": 60, "unit": "U/L", "uln": 40, "date": "2026-02-27"}]}
    assert told("I", "ALT ≤ 2.5 x ULN. ALT ≤ 5 x ULN with documented liver metastases.", alt) is True


def test_a_cancer_that_is_over_needed_no_treatment_since() -> None:
    words = "Patients with a history of cancer are allowed provided the cancer has not required treatment within 3 years"
    assert told("I", words, TREATED, ("asthma",)) is not False


def test_a_disease_of_any_cause_is_that_disease() -> None:
    assert told("E", "Another congenital or acquired bleeding disorder", TREATED) is True
    assert told("E", "Another hereditary or acquired bleeding disorder", TREATED | {"conditions": [{"name": "sickle cell disease"}]}) is not False


@pytest.mark.parametrize(
    "text",
    [
        "No more than one seizure within 5 weeks before enrolment",
        "Toxic effects of previous therapy have recovered to grade 1, except for alopecia",
        "Hepatitis panel negative for hepatitis B and hepatitis C",
        "Negative tests for hepatitis B surface antigen, hepatitis C virus antibody, and human immunodeficiency virus (HIV)-1 and HIV-2 antibody",
        "An understanding of the study and of possible adverse reactions",
        "Postmenopausal is defined as: amenorrhea for 24 months, or oophorectomy",
    ],
)
def test_nobody_fails_for_not_having_what_is_only_told(text: str) -> None:
    assert told("I", text, HEALTHY) is not False


def test_a_disease_with_few_lesions_is_demanded_all_the_same() -> None:
    assert told("I", "Breast cancer with no more than 3 positive nodes", HEALTHY) is False


def test_who_must_take_something_is_excluded_for_it() -> None:
    taking = HEALTHY | {"treatments": [{"name": "prednisone", "start": "2025-01-01", "status": "ongoing"}]}
    assert told("E", "Subjects who must take corticosteroids", taking) is False
    assert told("E", "Subjects who must take corticosteroids", HEALTHY) is True


@pytest.mark.parametrize("text", ["Manic episodes (lifetime)", "Lifetime mania"])
def test_lifetime_is_at_any_time(text: str) -> None:
    once = HEALTHY | {"conditions": [{"name": "mania", "onset": "2010-01", "status": "resolved", "abatement": "2010-03"}]}
    assert told("E", text, once) is False


def test_an_excepted_class_goes_on_after_what_it_includes() -> None:
    words = "Psychotropic drugs (other than antidepressants including SSRIs, anticonvulsants, or hypnotics)"
    assert told("E", words, HEALTHY | {"treatments": [{"name": "valproic acid", "start": "2025-01-01", "status": "ongoing"}]}) is not False


def test_who_is_still_on_a_drug_may_not_have_discontinued_it() -> None:
    taking = HEALTHY | {"treatments": [{"name": "sertraline", "start": "2025-01-01", "status": "ongoing"}]}
    over = HEALTHY | {"treatments": [{"name": "sertraline", "start": "2025-01-01", "end": "2026-02-20"}]}
    assert told("E", "Discontinued an antidepressant within the last month", taking) is None
    assert told("E", "Discontinued an antidepressant within the last month", over) is False


def test_what_documents_a_disease_is_not_the_disease() -> None:
    words = "Heart failure documented by echocardiography or use of furosemide"
    assert told("I", words, HEALTHY | {"treatments": [{"name": "furosemide", "start": "2025-01-01", "status": "ongoing"}]}) is not True


def test_who_is_pregnant_is_asked_of_no_contraception() -> None:
    words = "Pregnant or lactating women, or women of childbearing age not using an acceptable method of contraception"
    assert told("E", words, HEALTHY | {"reproductive": {"pregnant": True}}) is False


EGFR_MUTATED = {
    "conditions": [{"name": "lung cancer", "evidence": ["histology"]}],
    "biomarkers": [{"name": "EGFR", "variant": "L858R", "result": "mutated"}],
    "complete": ["conditions", "treatments"],
}


def test_the_tumor_that_harbors_a_mutation_is_the_one_that_is_studied() -> None:
    words = "Exclusion Criteria:\n\n* Participants whose tumors harbor an EGFR mutation"
    trial = eligimatch.load_trial({"id": "T", "title": "T", "conditions": ["lung cancer"], "eligibility": words})
    rule = next(one.rule for one in eligimatch.compile_trial(trial).criteria if one.id == "E1")
    assert (
        evaluate(rule, Case(Facts(Profile.model_validate(EGFR_MUTATED), LANGUAGE, TODAY), study_concepts(("lung cancer",), LANGUAGE))).truth is True
    )


def test_what_is_told_of_what_is_denied_narrows_the_denial() -> None:
    assert told("I", "No lung cancer that is unlikely to be removed", EGFR_MUTATED, ("lung cancer",)) is None


def test_no_treatment_that_was_received_demands_none() -> None:
    assert told("I", "No prior systemic treatment for lung cancer has been received", EGFR_MUTATED) is True


def test_proof_is_asked_of_every_extent_of_a_cancer() -> None:
    imaged = {
        "conditions": [{"name": "bladder cancer", "evidence": ["imaging"], "course": ["metastatic"], "stage": [{"system": "AJCC 8", "value": "IV"}]}]
    }
    words = "Histologically confirmed locally advanced (stage IIIB) or metastatic (stage IV) bladder cancer"
    assert told("I", words, imaged, ("bladder cancer",)) is not True


def test_so_long_must_have_passed_since_each_prior_treatment() -> None:
    recent = {"treatments": [{"name": "cisplatin", "start": "2026-01-02", "end": "2026-02-20"}]}
    assert told("I", "At least 25 days from prior surgery, prior chemotherapy, or prior radiotherapy", recent) is False


def test_what_must_be_present_is_demanded() -> None:
    assert told("I", "A BRAF mutation must be present", {"biomarkers": [{"name": "BRAF", "result": "wild-type"}]}) is False


def test_who_cannot_bear_a_child_need_not_use_contraception() -> None:
    beyond = {"sex": "female", "reproductive": {"childbearing_potential": False}}
    assert told("I", "Men and women of reproductive age are willing to use contraception", beyond) is not False


def test_a_sentence_ends_at_a_full_stop_without_a_space() -> None:
    nursing = {"sex": "female", "reproductive": {"breastfeeding": True}}
    words = "Must use condoms for 50 days after the last dose.Female subjects who are not pregnant or breastfeeding."
    assert told("I", words, nursing) is False


def test_naive_or_not_asks_nothing() -> None:
    assert told("I", "Naive to, or have received, a MEK inhibitor", {"treatments": [{"name": "trametinib", "start": "2025-01-02"}]}) is True


def test_class_of_heart_failure_is_new_york_heart_association_class() -> None:
    failing = HEALTHY | {"conditions": [{"name": "heart failure"}]}
    third = failing | {"observations": [{"name": "NYHA class", "value": "III", "date": "2026-02-20"}]}
    assert told("E", "Class III or IV heart failure", third) is False
    assert told("E", "Class III or IV heart failure", HEALTHY) is True


def test_surgery_within_the_next_months_is_to_be_done() -> None:
    planned = HEALTHY | {"treatments": [{"name": "tonsillectomy", "status": "planned"}]}
    assert told("E", "Tonsillectomy within the next 6 months", planned) is not True


def test_of_demands_that_or_joins_one_is_enough() -> None:
    with_asthma = {"conditions": [{"name": "asthma", "onset": "2015-01"}], "complete": ["conditions"]}
    assert told("I", "Participants must have asthma or must have chronic bronchitis", with_asthma) is True


def test_a_clause_of_its_own_is_not_denied() -> None:
    hypertensive = {"conditions": [{"name": "hypertension", "onset": "2015-01"}], "complete": ["conditions"]}
    assert told("I", "Patient has no diabetes and has hypertension", hypertensive) is True


def test_other_limits_for_some_free_nobody_else() -> None:
    high = {"observations": [{"name": "ALT", "value": 9, "unit": "x ULN", "date": "2026-02-20"}], "complete": ["conditions"]}
    assert told("I", "ALT ≤ 2 × ULN (in cases with liver metastases: bilirubin ≤ 3 × ULN and ALT ≤ 4 × ULN)", high) is not True


WITH_LUNG_CANCER = HEALTHY | {"conditions": [{"name": "lung adenocarcinoma", "onset": "2025"}]}
POSTMENOPAUSAL = HEALTHY | {"reproductive": {"postmenopausal": True}}
TREATED_FOR_GOUT = HEALTHY | {
    "conditions": [
        {"name": "gout", "onset": "2015"},
        {"name": "rheumatoid arthritis", "onset": "2016"},
        {"name": "liver metastasis", "onset": "2025"},
    ],
    "treatments": [{"name": "amlodipine", "start": "2019", "status": "ongoing"}],
    "allergies": [{"substance": "sulfasalazine"}],
    "observations": [{"name": "AST", "value": 160, "unit": "U/L", "uln": 40, "date": "2026-03-01"}],
}


@pytest.mark.parametrize(
    ("side", "text", "profile", "expected"),
    [
        ("I", "Not pregnant, and at least one of the following: not of childbearing potential; hypertension", POSTMENOPAUSAL, True),
        ("I", "No epilepsy and at least one of the following: gout; hypertension", TREATED_FOR_GOUT, True),
        ("I", "Men with a sterile partner do not require contraception", HEALTHY, True),
        ("I", "Men taking dutasteride will be instructed to use condoms", HEALTHY, True),
        ("I", "If taking levothyroxine, the dose must be stable for 2 months", HEALTHY, True),
        ("I", "Patients with no liver metastases: AST ≤ 3 × ULN", TREATED_FOR_GOUT, True),
        ("I", "AST ≤ 3 × ULN without liver metastases, or ≤ 5 × ULN with liver metastases", TREATED_FOR_GOUT, True),
        ("I", "AST (in the absence of liver metastases) ≤ 3 × ULN", TREATED_FOR_GOUT, None),
        ("E", "Potent CYP3A4 and CYP2C8 inhibitors must be stopped at least 2 weeks prior to the first dose", HEALTHY, True),
        ("E", "Women of childbearing potential or fertile male subjects either not using or unwilling to use contraception", HEALTHY, None),
        ("E", "Women of childbearing potential, unless the pregnancy test is negative, who plan to conceive", HEALTHY, None),
        ("E", "Women of childbearing potential, unless the pregnancy test is negative, who plan to conceive", POSTMENOPAUSAL, True),
        ("E", "Allergy to any of the following drugs: heparin, aspirin", TREATED_FOR_GOUT, True),
        ("E", "Hypersensitivity to valsartan, AML or any dihydropyridine drug", TREATED_FOR_GOUT, True),
        ("E", "Received medications like warfarin within 14 days before enrolment", TREATED_FOR_GOUT, None),
        ("E", "Untreated or unstable medical illness including autoimmune or kidney disease", TREATED_FOR_GOUT, None),
        ("E", "Inflammatory and/or no inflammatory arthritis", HEALTHY, None),
        ("I", "AST: patients without liver metastases: ≤ 3 x ULN; patients with liver metastases: ≤ 5 x ULN", TREATED_FOR_GOUT, None),
        ("I", "Donors must be 18 to 65 years old", HEALTHY, None),
        ("E", "Donor with active hepatitis B", HEALTHY, None),
        ("I", "Surgery with an estimated duration of more than 3 hours", HEALTHY, None),
        ("I", "For participants who do not speak English, a short form consent may be used", HEALTHY, True),
        ("I", "Adenocarcinoma or poorly differentiated carcinoma of the pancreas or ampulla of Vater", WITH_LUNG_CANCER, None),
        ("I", "No cytotoxic, biologic, or other investigational agent within 3 weeks", TREATED, None),
    ],
)
def test_no_more_is_asked_than_the_words_do(side: str, text: str, profile: dict[str, Any], expected: bool | None) -> None:
    assert told(side, text, profile) is expected
