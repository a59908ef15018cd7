"""Names as clinical systems write them: what is behind a name, before it, and in another order. Today is 2026-03-02."""

from __future__ import annotations

import pytest
from asking import ever, had, truth

from eligimatch.model.named_stages import told_stages
from eligimatch.model.rule import Staged


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("anticoagulant", "apixaban 5 mg BID"), ("beta blocker", "metoprolol succinate ER 50 mg"), ("immunotherapy", "pembrolizumab 200 mg IV q3w"),
        ("systemic corticosteroid", "prednisone 10 mg PO daily"), ("topical corticosteroid", "hydrocortisone 1% topical cream"),
    ],
)  # fmt: skip
def test_a_drug_is_known_with_its_dose_form_and_route_behind_it(asked: str, written: str) -> None:
    assert truth(ever(asked), {"treatments": [{"name": written, "start": "2026-01-10", "status": "ongoing"}]}) is True


def test_the_route_behind_a_name_is_the_route() -> None:
    nasal = {"treatments": [{"name": "fluticasone nasal spray", "start": "2026-01-10", "status": "ongoing"}], "complete": ["treatments"]}
    assert truth(had("systemic corticosteroid"), nasal) is False


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("rheumatoid arthritis", "arthritis, rheumatoid"), ("chronic kidney disease", "CKD stage 3"),
        ("non-small cell lung cancer", "NSCLC stage IIIB"), ("heart failure", "congestive heart failure, NYHA II"),
    ],
)  # fmt: skip
def test_a_disease_is_known_in_the_order_of_an_index_and_with_its_stage_behind_it(asked: str, written: str) -> None:
    assert truth(had(asked), {"conditions": [{"name": written}]}) is True


@pytest.mark.parametrize(
    ("section", "written", "asked"),
    [("conditions", "no diabetes", "diabetes mellitus"), ("treatments", "denies chemotherapy", "chemotherapy")],
)
def test_a_list_that_names_what_is_not_there_does_not_prove_it(section: str, written: str, asked: str) -> None:
    assert truth(ever(asked), {section: [{"name": written}]}) is None


@pytest.mark.parametrize(
    ("section", "written", "asked"),
    [
        ("conditions", "r/o pneumonia", "pneumonia"), ("conditions", "pneumonia?", "pneumonia"), ("conditions", "FHx breast cancer", "breast cancer"),
        ("conditions", "breast cancer in mother", "breast cancer"), ("conditions", "diabetes (denies)", "diabetes mellitus"),
        ("treatments", "declined chemotherapy", "chemotherapy"), ("treatments", "planned chemotherapy", "chemotherapy"),
        ("treatments", "placebo vs pembrolizumab", "pembrolizumab"), ("treatments", "awaiting kidney transplant", "kidney transplant"),
    ],
)  # fmt: skip
def test_what_is_only_asked_refused_or_said_of_a_family_is_not_there(section: str, written: str, asked: str) -> None:
    assert truth(ever(asked), {section: [{"name": written}]}) is None


@pytest.mark.parametrize(
    ("written", "system", "value"),
    [
        ("stage IV NSCLC", "", "IV"), ("NSCLC, stage IIIB", "", "IIIB"), ("AJCC 8 stage IIIA lung cancer", "AJCC 8", "IIIA"),
        ("chronic kidney disease, stage 3a (moderate)", "CKD", "3A"), ("CKD stage 3 due to diabetes", "CKD", "3"),
        ("NYHA class III heart failure", "NYHA", "III"), ("cirrhosis (Child-Pugh B)", "Child-Pugh", "B"), ("pT2N0M0 colon cancer", "TNM", "pT2N0M0"),
    ],
)  # fmt: skip
def test_a_name_tells_its_stage(written: str, system: str, value: str) -> None:
    assert told_stages(written) == ((system, value),)


@pytest.mark.parametrize(
    "written",
    [
        "stage III/IV melanoma", "stage II to III melanoma", "heart failure, NYHA II-III", "diabetes with stage 4 CKD", "early stage breast cancer",
        "recurrent stage I breast cancer", "melanoma, initially stage II", "stage III? melanoma", "end-stage renal disease", "limited-stage SCLC",
    ],
)  # fmt: skip
def test_a_range_another_disease_and_another_time_leave_the_stage_open(written: str) -> None:
    assert told_stages(written) == ()


@pytest.mark.parametrize(("written", "expected"), [("stage IV NSCLC", True), ("stage II NSCLC", False), ("NSCLC", None)])
def test_the_stage_in_a_name_is_the_stage(written: str, expected: bool | None) -> None:
    asked = had("non-small cell lung cancer", Staged(system="", values=("III", "IV")))
    assert truth(asked, {"conditions": [{"name": written}], "complete": ["conditions"]}) is expected


def test_a_stage_that_is_given_goes_before_the_name() -> None:
    given = {"name": "stage II NSCLC", "stage": {"system": "AJCC 8", "value": "IV"}}
    assert truth(had("non-small cell lung cancer", Staged(system="", values=("IV",))), {"conditions": [given]}) is True
