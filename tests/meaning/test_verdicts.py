"""Verdicts: criteria into a trial's verdict, and what a report holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from asking import TODAY, at_least, had, number

from eligimatch.api import compile_trial
from eligimatch.engine.evaluator import check
from eligimatch.kept import language
from eligimatch.model.finding import Report
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Rule, Statement, Unparsed
from eligimatch.model.trial import CompiledTrial, Criterion, Form, Section, Trial

ADULT = number("age", at_least(18), "year")


def criterion(ident: str, kind: Section, rule: Rule) -> Criterion:
    return Criterion(id=ident, kind=kind, text="…", rule=rule, form=Form.TYPED)


def report(profile: dict[str, Any], *criteria: Criterion, as_of: date | None = TODAY) -> Report:
    trial = CompiledTrial(id="T1", title="A trial", conditions=("Asthma",), criteria=criteria)
    return check(Profile.model_validate(profile), [trial], language().vocabulary, language().units, as_of)


def test_a_criterion_is_matched_when_it_speaks_for_the_person() -> None:
    found = report({"age": 40, "never": ["stroke"]}, criterion("I1", "inclusion", ADULT), criterion("E1", "exclusion", had("stroke")))
    assert [one.status for one in found.trials[0].criteria] == ["matched", "matched"]


def test_failed_when_it_speaks_against() -> None:
    found = report({"age": 16, "conditions": [{"name": "asthma"}]}, criterion("I1", "inclusion", ADULT), criterion("E1", "exclusion", had("asthma")))
    assert [one.status for one in found.trials[0].criteria] == ["failed", "failed"]


def test_a_trial_is_ineligible_with_one_failed_criterion() -> None:
    found = report({"age": 16}, criterion("I1", "inclusion", ADULT), criterion("I2", "inclusion", had("asthma")))
    assert found.trials[0].verdict == "ineligible"


def test_eligible_when_all_are_matched() -> None:
    assert report({"age": 40}, criterion("I1", "inclusion", ADULT)).trials[0].verdict == "eligible"


def test_otherwise_undetermined() -> None:
    assert report({}, criterion("I1", "inclusion", ADULT)).trials[0].verdict == "undetermined"


def test_the_registrys_own_fields_are_criteria_too() -> None:
    found = report({"age": 16}, criterion("R-age", "registry", ADULT))
    assert found.trials[0].criteria[0].status == "failed"


def test_words_that_were_not_understood_are_unknown_and_shown() -> None:
    found = report({}, criterion("I1", "inclusion", Unparsed(text="as the stars foretell")))
    assert found.trials[0].criteria[0].status == "unknown"
    assert "as the stars foretell" in found.trials[0].criteria[0].reason


def test_missing_facts_are_asked_once_with_their_criteria() -> None:
    consent = Statement(topic="informed consent")
    found = report({}, criterion("I1", "inclusion", consent), criterion("I2", "inclusion", consent), criterion("I3", "inclusion", ADULT))
    assert [(ask.fact, ask.criteria) for ask in found.trials[0].ask] == [("informed consent", ("I1", "I2")), ("age", ("I3",))]


def test_the_report_is_the_json_of_the_contract() -> None:
    dumped = report({"id": "P-1", "age": 40}, criterion("I1", "inclusion", ADULT)).model_dump(mode="json")
    assert dumped["patient"] == "P-1"
    assert dumped["as_of"] == "2026-03-02"
    trial = dumped["trials"][0]
    assert trial["counts"] == {"matched": 1, "failed": 0, "unknown": 0}
    assert set(trial) == {"trial", "title", "verdict", "counts", "criteria", "ask"}
    assert set(trial["criteria"][0]) == {"id", "kind", "text", "status", "rule", "reason", "evidence", "missing", "assumptions"}
    assert trial["criteria"][0]["evidence"] == [{"section": "age"}]
    assert trial["criteria"][0]["rule"]["node"] == "measure"


def test_evidence_names_section_and_index() -> None:
    found = report({"conditions": [{"name": "gout"}, {"name": "asthma"}]}, criterion("I1", "inclusion", had("asthma")))
    assert found.trials[0].criteria[0].evidence[0].model_dump() == {"section": "conditions", "index": 1}


def test_the_trace_stands_beside_the_json() -> None:
    found = report({"age": 40}, criterion("I1", "inclusion", ADULT)).trials[0].criteria[0]
    assert [step.truth for step in found.trace] == [True]
    assert "trace" not in found.model_dump()


def test_judged_on_the_profiles_own_day_unless_another_is_given() -> None:
    person = {"birth_date": "2008-03-02", "as_of": "2026-03-01"}
    assert report(person, criterion("I1", "inclusion", ADULT), as_of=None).trials[0].verdict == "ineligible"
    assert report(person, criterion("I1", "inclusion", ADULT)).trials[0].verdict == "eligible"


@pytest.mark.parametrize(
    ("conditions", "listed", "status"),
    [
        (("Lung cancer",), {"never": ["HIV infection"]}, "matched"),
        (("Lung cancer",), {"conditions": [{"name": "HIV infection"}], "treatments": [{"name": "dolutegravir", "status": "ongoing"}]}, "matched"),
        (("Lung cancer",), {"conditions": [{"name": "HIV infection"}], "absent": ["antiretroviral therapy"]}, "unknown"),
        (("HIV infection",), {"never": ["HIV infection"]}, "unknown"),
        ((), {"never": ["HIV infection"]}, "unknown"),
    ],
)
def test_who_is_let_pass_beside_the_disease_of_the_study_is_no_demand(conditions: tuple[str, ...], listed: dict[str, Any], status: str) -> None:
    text = "Inclusion Criteria:\n\n* Patients with HIV infection who are on antiretroviral therapy are eligible"
    compiled = compile_trial(Trial(id="T1", title="A trial", conditions=conditions, eligibility=text))
    found = check(Profile.model_validate(listed), [compiled], language().vocabulary, language().units, TODAY)
    assert [one.status for one in found.trials[0].criteria if one.kind == "inclusion"] == [status]
