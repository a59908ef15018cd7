"""Status and time: each sentence of the contract as a test. Today is 2026-03-02."""

from __future__ import annotations

from typing import Any

import pytest
from asking import at_least, before, ever, had, number, outcome, truth, within

from eligimatch.model.quantity import Duration, Window
from eligimatch.model.rule import Coded, Had, Lasting, Not, Purpose, Requiring


def condition(name: str, **fields: Any) -> dict[str, Any]:
    return {"conditions": [{"name": name, **fields}]}


def treatment(name: str, **fields: Any) -> dict[str, Any]:
    return {"treatments": [{"name": name, **fields}]}


def complete(person: dict[str, Any]) -> dict[str, Any]:
    return {**person, "complete": ["conditions", "treatments", "procedures"]}


@pytest.mark.parametrize("status", [None, "active", "recurrence", "relapse"])
def test_without_qualifier_the_item_is_present_now(status: str | None) -> None:
    assert truth(had("Crohn disease"), condition("Crohn disease", status=status)) is True


@pytest.mark.parametrize("status", ["inactive", "remission", "resolved"])
def test_what_is_over_is_not_present(status: str) -> None:
    assert truth(had("Crohn disease"), complete(condition("Crohn disease", status=status))) is False


def test_an_abatement_before_today_ends_it() -> None:
    assert truth(had("pneumonia"), complete(condition("pneumonia", abatement="2026-03-01"))) is False
    assert truth(had("pneumonia"), condition("pneumonia", abatement="2026-03-02")) is True


def test_support_is_there_as_long_as_it_lasts() -> None:
    rule = had("mechanical ventilation", section="procedures")
    assert truth(rule, complete(treatment("mechanical ventilation", start="2020-01-01", end="2020-01-09"))) is False
    assert truth(rule, treatment("mechanical ventilation", start="2026-02-27", status="ongoing")) is True


def test_a_device_that_was_placed_may_still_be_there() -> None:
    placed = complete({"procedures": [{"name": "pacemaker implantation", "date": "2019-05-01"}]})
    assert truth(had("pacemaker", section="procedures"), placed) is None
    assert truth(had("pacemaker", section="procedures", when="window", window=Window(start=Duration(count=1, unit="year"))), placed) is False


@pytest.mark.parametrize(
    ("operation", "device"), [("hip replacement", "metal implant"), ("mechanical aortic valve replacement", "prosthetic heart valve")]
)
def test_an_operation_may_leave_a_device(operation: str, device: str) -> None:
    assert truth(had(device, section="procedures"), complete({"procedures": [{"name": operation, "date": "2019-05-01"}]})) is None
    assert truth(had(device, section="procedures"), complete({"procedures": [{"name": "appendectomy", "date": "2019-05-01"}]})) is False


def test_a_drug_given_for_no_cancer_may_be_no_anticancer_drug() -> None:
    rule = ever("anticancer drug", section="treatments")
    assert truth(rule, complete(treatment("methotrexate", start="2025-01-01", **{"for": "psoriasis"}))) is None
    assert truth(rule, complete(treatment("methotrexate", start="2025-01-01", **{"for": "lymphoma"}))) is True


def test_a_lifelong_concept_does_not_resolve() -> None:
    assert truth(had("HIV infection"), condition("HIV infection", status="inactive", onset="2010-01-01")) is True
    assert truth(had("type 1 diabetes"), condition("type 1 diabetes", status="remission")) is True


def test_history_is_any_time_up_to_today() -> None:
    assert truth(ever("Crohn disease"), condition("Crohn disease", status="remission")) is True
    assert truth(ever("pneumonia"), complete(condition("pneumonia", onset="2026-03-03"))) is False


def test_suspected_counts_provisional_and_nothing_else_does() -> None:
    person = condition("tuberculosis", verification="provisional")
    assert truth(had("tuberculosis", suspected=True), person) is True
    assert truth(had("tuberculosis"), person) is None


def test_known_adds_nothing_silence_is_unknown() -> None:
    assert truth(Not(rule=had("sarcoidosis")), {}) is None


def test_a_provisional_item_makes_it_unknown_not_false() -> None:
    assert truth(had("tuberculosis"), complete(condition("tuberculosis", verification="provisional"))) is None


def test_histologically_confirmed_asks_evidence() -> None:
    histology = had("lung cancer", Coded(aspect="evidence", values=("histology",)))
    either = had("lung cancer", Coded(aspect="evidence", values=("histology", "cytology")))
    assert truth(histology, condition("lung cancer", evidence=["histology"])) is True
    assert truth(histology, complete(condition("lung cancer", evidence=["cytology"]))) is False
    assert truth(either, condition("lung cancer", evidence=["cytology"])) is True
    assert truth(histology, condition("lung cancer")) is None


def test_within_a_length_before_an_event_both_ends_included() -> None:
    rule = within(28, "day", "live vaccine", event="first dose")
    planned = {"planned": {"first dose": "2026-03-10"}}
    assert truth(rule, {**treatment("MMR vaccine", start="2026-02-10", end="2026-02-10"), **planned}) is True
    assert truth(rule, complete({**treatment("MMR vaccine", start="2026-02-09", end="2026-02-09"), **planned})) is False


def test_months_and_years_are_those_of_the_calendar() -> None:
    rule = within(3, "month", "androgen deprivation therapy", event="first dose")
    planned = {"planned": {"first dose": "2026-03-10"}}
    assert truth(rule, {**treatment("goserelin", start="2025-03-10", end="2025-12-10"), **planned}) is True
    assert truth(rule, complete({**treatment("goserelin", start="2025-03-10", end="2025-12-09"), **planned})) is False
    assert truth(within(1, "year", "stroke"), condition("stroke", onset="2025-03-02")) is True


@pytest.mark.parametrize("event", ["start of study treatment", "day 1", "first infusion", "first vaccination"])
def test_names_of_the_first_dose_mean_one_event(event: str) -> None:
    rule = within(7, "day", "chemotherapy", event="first dose")
    person = {**treatment("cisplatin", start="2026-02-01", end="2026-02-20"), "planned": {event: "2026-03-10"}}
    assert truth(rule, complete(person)) is False


@pytest.mark.parametrize("event", ["registration", "randomisation", "study entry"])
def test_names_of_enrolment_mean_one_event(event: str) -> None:
    person = {**treatment("cisplatin", start="2026-02-01", end="2026-02-20"), "planned": {event: "2026-03-10"}}
    assert truth(within(7, "day", "chemotherapy", event="enrolment"), complete(person)) is False


def test_enrolment_and_randomisation_are_two_where_both_are_given() -> None:
    planned = {"enrolment": "2026-03-05", "randomisation": "2026-03-20"}
    person = {**treatment("cisplatin", start="2026-02-01", end="2026-02-20"), "planned": planned}
    assert truth(within(14, "day", "chemotherapy", event="enrolment"), person) is True
    assert truth(within(14, "day", "chemotherapy", event="randomisation"), complete(person)) is False


def test_an_event_that_is_not_planned_is_today_and_noted() -> None:
    found = outcome(within(14, "day", "chemotherapy", event="first dose"), treatment("cisplatin", start="2026-02-01", end="2026-02-20"))
    assert found.truth is True
    assert "first dose" in found.assumptions[0]


def test_at_least_a_length_since_the_last_treatment() -> None:
    rule = had("radiotherapy", when="window", window=Window(event="first dose", end=Duration(count=12, unit="week")))
    planned = {"planned": {"first dose": "2026-03-09"}}
    assert truth(rule, {**treatment("radiotherapy", start="2025-11-03", end="2025-12-15"), **planned}) is True
    assert truth(rule, complete({**treatment("radiotherapy", start="2025-11-03", end="2025-12-16"), **planned})) is False
    assert truth(rule, complete({**treatment("radiotherapy", start="2025-02-10", status="ongoing"), **planned})) is False


def test_a_treatment_without_end_and_status_is_unknown_as_to_ongoing() -> None:
    assert truth(had("pembrolizumab"), treatment("pembrolizumab", start="2025-12-01")) is None
    assert truth(had("pembrolizumab"), treatment("pembrolizumab", start="2025-12-01", status="ongoing")) is True


def test_a_window_shorter_than_a_day() -> None:
    rule = had("aspirin", when="window", window=before(12, "hour"))
    assert truth(rule, treatment("aspirin", start="2026-01-01", status="ongoing")) is None
    assert truth(rule, complete(treatment("aspirin", start="2026-01-01", end="2026-03-01"))) is False


def half_lives(*, shorter: bool | None = False) -> Had:
    window = Window(start=Duration(count=28, unit="day"), half_lives=5, shorter=shorter)
    return had("anticancer therapy", when="window", window=window)


def test_days_or_half_lives_whichever_is_longer_or_shorter() -> None:
    person = treatment("pembrolizumab", start="2025-06-01", end="2026-01-10", status="completed")
    assert truth(half_lives(), person) is True
    assert truth(half_lives(shorter=True), complete(person)) is False


def test_days_or_half_lives_without_which_are_decided_where_both_agree() -> None:
    person = treatment("pembrolizumab", start="2025-06-01", end="2026-01-10", status="completed")
    recent = treatment("pembrolizumab", start="2025-06-01", end="2026-02-25", status="completed")
    long_ago = treatment("pembrolizumab", start="2024-06-01", end="2024-09-10", status="completed")
    assert [truth(half_lives(shorter=None), complete(one)) for one in (person, recent, long_ago)] == [None, True, False]


def test_radiation_from_outside_has_no_half_life() -> None:
    recent = treatment("external beam radiotherapy", start="2026-02-20", end="2026-02-24", status="completed")
    earlier = treatment("external beam radiotherapy", start="2025-12-01", end="2025-12-24", status="completed")
    for shorter in (True, False, None):
        assert truth(half_lives(shorter=shorter), recent) is True
        assert truth(half_lives(shorter=shorter), complete(earlier)) is False


def test_without_a_half_life_the_day_count_decides_where_it_can() -> None:
    unknown = "nitrocamptothecin quorx"
    window = half_lives().window
    rule = Had(concept=half_lives().concept, section="treatments", when="window", window=window)
    recent = treatment("systemic chemotherapy", start="2026-02-01", end="2026-02-20")
    earlier = treatment("systemic chemotherapy", start="2025-02-01", end="2025-12-20")
    assert truth(rule, recent) is True
    assert truth(rule, complete(earlier)) is None
    assert truth(half_lives(shorter=True), complete(earlier)) is False
    assert truth(rule, treatment(unknown)) is None


def test_within_days_of_an_event_is_a_window_around_it() -> None:
    window = Window(event="surgery", start=Duration(count=14, unit="day"), after=Duration(count=14, unit="day"))
    person = {**treatment("cisplatin", start="2026-02-20", end="2026-02-24"), "planned": {"surgery": "2026-02-16"}}
    assert truth(had("chemotherapy", when="window", window=window), person) is True


def test_progressed_on_a_treatment() -> None:
    rule = ever("chemotherapy", Coded(aspect="outcome", values=("PD", "progression")))
    assert truth(rule, treatment("cisplatin", best_response="PD")) is True
    assert truth(rule, treatment("cisplatin", ended_for="progression")) is True
    assert truth(rule, complete(treatment("cisplatin", ended_for="toxicity"))) is False
    assert truth(rule, complete(treatment("cisplatin"))) is None


def test_a_response_is_told_by_the_best_one_alone() -> None:
    rule = ever("chemotherapy", Coded(aspect="outcome", values=("CR", "PR")))
    assert truth(rule, treatment("cisplatin", best_response="CR", ended_for="progression")) is True
    assert truth(rule, treatment("cisplatin", best_response="partial response")) is True
    assert truth(rule, complete(treatment("cisplatin", best_response="PD"))) is False
    assert truth(rule, complete(treatment("cisplatin", ended_for="progression"))) is None


def test_treatment_naive_needs_complete_treatments_or_never() -> None:
    naive = Not(rule=ever("anticancer therapy", Purpose(concept=ever("small cell lung cancer").concept)))
    assert truth(naive, {}) is None
    assert truth(naive, {"complete": ["treatments"]}) is True
    assert truth(naive, {"never": ["anticancer therapy"]}) is True


def test_a_treatment_for_something_else_is_none_for_the_disease() -> None:
    rule = ever("chemotherapy", Purpose(concept=ever("lung cancer").concept))
    assert truth(rule, complete(treatment("cisplatin", **{"for": "ovarian cancer"}))) is False
    assert truth(rule, complete(treatment("cisplatin"))) is None
    assert truth(rule, treatment("cisplatin", **{"for": "small cell lung cancer"})) is True


def test_a_planned_treatment_is_not_a_prior_or_current_one() -> None:
    person = complete(treatment("cabozantinib", start="2026-03-12", status="planned"))
    assert truth(ever("cabozantinib"), person) is False
    assert truth(had("cabozantinib"), person) is False
    assert truth(had("cabozantinib", when="planned"), person) is True


def test_the_part_of_a_window_after_today_holds_no_prior_item_yet() -> None:
    rule = within(28, "day", "live vaccine", event="first dose")
    person = {"treatments": [], "complete": ["treatments"], "planned": {"first dose": "2026-03-20"}}
    assert truth(rule, person) is False


def test_a_demanded_procedure_fails_only_when_its_window_has_ended() -> None:
    rule = within(14, "day", "chest CT", event="enrolment")
    person = {"procedures": [], "complete": ["procedures"]}
    assert truth(rule, {**person, "planned": {"enrolment": "2026-03-05"}}) is None
    assert truth(rule, {**person, "planned": {"enrolment": "2026-03-02"}}) is False
    assert truth(rule, {**person, "planned": {"enrolment": "2026-03-05"}}, demanded=False) is False


def test_an_event_lies_on_its_onset_whatever_its_status() -> None:
    rule = within(12, "month", "myocardial infarction")
    assert truth(rule, condition("myocardial infarction", onset="2025-08-10", status="resolved")) is True
    assert truth(rule, complete(condition("myocardial infarction", onset="2023-08-10", status="active"))) is False
    assert truth(rule, condition("myocardial infarction", status="resolved")) is None


def test_an_example_with_a_window_of_its_own_is_judged_by_that_window() -> None:
    heading = had("heart disease", examples=(within(12, "month", "myocardial infarction"),))
    assert truth(heading, condition("myocardial infarction", onset="2025-08-10", status="resolved")) is True


def test_dates_may_be_a_month_or_a_year() -> None:
    rule = within(12, "month", "stroke")
    assert truth(rule, condition("stroke", onset="2025-11")) is True
    assert truth(rule, condition("stroke", onset="2025")) is None
    assert truth(rule, complete(condition("stroke", onset="2019"))) is False


def test_stable_for_a_length_is_refuted_by_a_younger_item() -> None:
    rule = had("brain metastasis", Lasting(duration=Duration(count=4, unit="week")))
    assert truth(rule, condition("brain metastases", onset="2025-12-01")) is True
    assert truth(rule, complete(condition("brain metastases", onset="2026-02-20"))) is False


def test_less_long_than_a_length_is_refuted_by_an_older_item() -> None:
    less = had("cough", Lasting(duration=Duration(count=8, unit="week"), bound="less than"))
    assert truth(less, condition("cough", onset="2026-02-01")) is True
    assert truth(less, complete(condition("cough", onset="2025-12-01"))) is False
    most = had("cough", Lasting(duration=Duration(count=1, unit="month"), bound="at most"))
    assert truth(most, condition("cough", onset="2026-02-02")) is True
    assert truth(most, complete(condition("cough", onset="2026-02-01"))) is False


def test_hours_are_known_as_far_as_days_tell_them() -> None:
    less = had("cough", Lasting(duration=Duration(count=24, unit="hour"), bound="less than"))
    assert truth(less, condition("cough", onset="2026-03-02")) is True
    assert truth(less, condition("cough", onset="2026-03-01")) is None
    assert truth(less, complete(condition("cough", onset="2026-02-28"))) is False


def test_untreated_is_without_a_treatment_for_it() -> None:
    rule = had("brain metastasis", Requiring(treatment=ever("anticancer therapy"), negated=True))
    irradiated = {"treatments": [{"name": "stereotactic radiosurgery", "status": "completed", "for": "brain metastases"}]}
    assert truth(rule, complete(condition("brain metastases"))) is True
    assert truth(rule, {**condition("brain metastases"), **irradiated, "complete": ["conditions"]}) is False
    assert truth(rule, condition("brain metastases")) is None


def test_requiring_a_treatment_asks_for_one_given_for_it() -> None:
    rule = had("infection", Requiring(treatment=had("antibiotic")))
    antibiotic = {"treatments": [{"name": "ceftriaxone", "status": "ongoing", "for": "pneumonia"}]}
    assert truth(rule, {**condition("bacterial pneumonia"), **antibiotic}) is True
    assert truth(rule, complete(condition("bacterial pneumonia"))) is False
    assert truth(rule, condition("bacterial pneumonia")) is None


def test_lines_are_counted_once_each() -> None:
    lines = [
        {"name": "paclitaxel", "line": 1, "status": "completed"},
        {"name": "carboplatin", "line": 1, "status": "completed"},
        {"name": "capecitabine", "line": 2, "status": "completed"},
    ]
    two = had("chemotherapy", when="ever", count=at_least(2))
    three = had("chemotherapy", when="ever", count=at_least(3))
    assert truth(two, {"treatments": lines}) is True
    assert truth(three, {"treatments": lines}) is None
    assert truth(three, {"treatments": lines, "complete": ["treatments"]}) is False
    assert truth(two, {"never": ["chemotherapy"]}) is False


def test_a_value_outside_the_window_is_none_in_it() -> None:
    rule = number("hemoglobin", at_least(9), "g/dL", window=before(7, "day"))
    assert truth(rule, {"observations": [{"name": "hemoglobin", "value": 12, "unit": "g/dL", "date": "2026-01-02"}]}) is None
