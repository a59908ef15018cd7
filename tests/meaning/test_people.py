"""People: each sentence of the contract as a test."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ever, had, outcome, result, truth

from eligimatch.engine.phrasing import question
from eligimatch.kept import language
from eligimatch.model.rule import AllOf, AnyOf, Coded, Is, Judged, Not, Rule, Statement
from eligimatch.model.vocabulary import expanded


def person(fact: str, value: str = "true") -> Is:
    return Is(fact=fact, values=(value,))


def group(*names: str) -> Is:
    return Is(fact="group", values=names)


def demand(members: Rule, asked: Rule) -> Rule:
    """A demand on a group: true outside it, else as the demand is."""
    return AnyOf(rules=(Not(rule=members), asked))


def said(**answers: str) -> dict[str, Any]:
    return {"statements": {key.replace("_", " "): answer for key, answer in answers.items()}}


def test_pregnancy_and_breastfeeding_of_a_male_are_false_without_being_said() -> None:
    assert truth(person("pregnant"), {"sex": "male"}) is False
    assert truth(person("breastfeeding"), {"sex": "male"}) is False
    assert truth(person("pregnant"), {"sex": "female"}) is None


def test_a_male_plans_no_pregnancy_but_may_agree_to_avoid_one() -> None:
    man = {"sex": "male"}
    assert truth(Statement(topic="planning to become pregnant"), man) is False
    assert truth(Statement(topic="intends to breastfeed"), man) is False
    for topic in (
        "agree to avoid becoming pregnant",
        "understands the risk of becoming pregnant",
        "willing to stop breastfeeding",
        "able to become pregnant",
    ):
        assert truth(Statement(topic=topic), man) is None


def test_without_childbearing_potential_pregnancy_alone_is_false() -> None:
    barren = {"sex": "female", "reproductive": {"childbearing_potential": False}}
    assert truth(person("pregnant"), barren) is False
    assert truth(person("breastfeeding"), barren) is None


def test_postmenopausal_implies_no_childbearing_potential() -> None:
    assert truth(person("childbearing_potential"), {"reproductive": {"postmenopausal": True}}) is False
    assert truth(person("pregnant"), {"reproductive": {"postmenopausal": True}}) is False


def test_contraception_is_use_or_agreement() -> None:
    assert truth(person("contraception"), {"reproductive": {"contraception": True}}) is True


def test_a_demand_on_a_group_is_true_for_everyone_outside_it() -> None:
    rule = demand(person("childbearing_potential"), result("pregnancy test", "negative"))
    assert truth(rule, {"sex": "male"}) is True
    assert truth(rule, {"sex": "female", "reproductive": {"childbearing_potential": True}}) is None
    negative = {"observations": [{"name": "urine pregnancy test", "value": "negative", "date": "2026-02-27"}]}
    assert truth(rule, negative) is True


def test_where_membership_is_not_known_a_demand_that_holds_decides() -> None:
    rule = demand(group("Phase 1b"), ever("chemotherapy"))
    assert truth(rule, {"treatments": [{"name": "cisplatin"}]}) is True
    assert truth(rule, {}) is None
    assert truth(rule, {"groups": {"phase": "2"}}) is True


def test_a_group_is_met_by_its_words() -> None:
    assert truth(group("Group 2"), {"groups": {"cohort": "Group 2"}}) is True
    assert truth(group("Cohort B"), {"groups": {"cohort": "A"}}) is False
    assert truth(group("Phase 1"), {"groups": {"phase": "1b"}}) is True
    assert truth(group("Phase 1b"), {"groups": {"phase": "1"}}) is None
    assert truth(group("Cohort B"), {"groups": {"phase": "1"}}) is None
    assert truth(group("participants receiving drug A and drug B"), {"groups": {"arm": "drug A and drug C"}}) is False
    assert truth(group("Phase 1, phase 2 and cohort X"), {"groups": {"phase": "2"}}) is True


def test_a_body_mass_index_makes_no_obesity_severe() -> None:
    heavy = {"conditions": [{"name": "obesity"}], "observations": [{"name": "BMI", "value": 31, "unit": "kg/m2", "date": "2026-02-20"}]}
    assert truth(had("obesity", Coded(aspect="severity", values=("severe",))), heavy) is None


def test_severe_asks_severity_or_grade() -> None:
    severe = had("pneumonia", Coded(aspect="severity", values=("severe",)))
    for fields, expected in (({"severity": "severe"}, True), ({"grade": 3}, True), ({"grade": 2}, False), ({}, None)):
        assert truth(severe, {"conditions": [{"name": "pneumonia", **fields}], "complete": ["conditions"]}) is expected


def test_clinically_significant_and_the_like_are_statements() -> None:
    rule = had("heart disease", Judged(words="clinically significant heart disease"))
    listed = {"conditions": [{"name": "atrial fibrillation"}]}
    assert truth(rule, listed) is None
    assert truth(rule, {**listed, **said(clinically_significant_heart_disease="yes")}) is True
    assert truth(rule, {**listed, **said(clinically_significant_heart_disease="no")}) is False


def test_an_example_named_under_them_is_true_where_it_is_listed() -> None:
    rule = had("heart disease", Judged(words="clinically significant heart disease"), examples=(had("unstable angina"),))
    assert truth(rule, {"conditions": [{"name": "unstable angina"}]}) is True
    assert truth(rule, {"conditions": [{"name": "atrial fibrillation"}]}) is None


def test_it_is_false_where_the_concept_itself_is_false() -> None:
    rule = had("heart disease", Judged(words="clinically significant heart disease"), examples=(had("unstable angina"), had("psychosis")))
    assert truth(rule, {"never": ["heart disease"]}) is False
    assert truth(rule, {"complete": ["conditions"]}) is False


def test_investigational_not_said_is_false_for_a_marketed_drug_else_unknown() -> None:
    rule = had("investigational drug")
    ongoing = {"name": "metformin", "status": "ongoing"}
    assert truth(rule, {"treatments": [ongoing], "complete": ["treatments"]}) is False
    assert truth(rule, {"treatments": [{**ongoing, "name": "QX-4711"}], "complete": ["treatments"]}) is None
    assert truth(rule, {"treatments": [{**ongoing, "name": "QX-4711", "investigational": True}]}) is True
    past = {"name": "QX-4711", "start": "2025-01-01", "end": "2025-06-01", "investigational": True}
    assert truth(rule, {"treatments": [past], "complete": ["treatments"]}) is False


def test_facts_about_other_people_come_only_from_statements() -> None:
    rule = Statement(topic="immunodeficiency in household contacts")
    assert truth(rule, {"conditions": [{"name": "immunodeficiency"}]}) is None
    assert truth(rule, said(immunodeficiency_in_household_contacts="no")) is False


def test_a_statement_and_its_negation_are_one_fact_with_opposite_answers() -> None:
    able, unable = Statement(topic="able to keep a diary"), Statement(topic="unable to keep a diary", positive=False)
    for words, answer, expected in (
        ("able to keep a diary", "yes", True),
        ("unable to keep a diary", "yes", False),
        ("able to keep a diary", "no", False),
    ):
        told = {"statements": {words: answer}}
        assert truth(able, told) is expected
        assert truth(unable, told) is (not expected)


@pytest.mark.parametrize("meaning", ["yes", "no", "can", "cannot", "plans", "some", "sterile", "partner", "thing"])
def test_the_words_that_deny_a_statement_are_those_that_turn_its_question(meaning: str) -> None:
    turned = {wording: question(f"{wording} something").reversed_ for wording in expanded(language().vocabulary.words["SAYS"][meaning])}
    assert {wording for wording, reversed_ in turned.items() if reversed_ is not (meaning in ("no", "cannot"))} == set()


@pytest.mark.parametrize(
    ("topic", "words", "expected"),
    [
        ("Noncompliance with dialysis", "noncompliance with dialysis", True),
        ("Noncompliance with dialysis", "compliance with dialysis", False),
        ("Unlikely to attend", "likely to attend", False),
        ("Refusal to wear the sensor", "refusal to wear the sensor", True),
        ("History of noncompliance with dialysis", "history of noncompliance with dialysis", True),
        ("Non-English speaking", "English speaking", False),
        ("Non-malignant disease that would delay visits", "non-malignant disease that would delay visits", True),
        ("No other standard therapy", "no other standard therapy", True),
    ],
)
def test_a_denial_in_one_word_is_a_denial(topic: str, words: str, expected: bool) -> None:
    assert truth(Statement(topic=topic), {"statements": {words: "yes"}}) is expected
    assert truth(Statement(topic=topic), {"statements": {words: "no"}}) is (not expected)


def test_who_is_able_is_not_unable_for_a_reason() -> None:
    rule = Statement(topic="Unable to attend visits due to distance")
    assert truth(rule, said(able_to_attend_visits="yes")) is False


def test_without_a_statement_it_is_unknown_with_the_question_to_ask() -> None:
    found = outcome(Statement(topic="willing to keep a diary"), {})
    assert found.truth is None
    assert found.missing == ("willing to keep a diary",)


@pytest.mark.parametrize(
    "topic",
    [
        "Written informed consent",
        "Ability to understand and willingness to sign an informed consent form",
        "Signed informed consent before any procedure",
        "Volunteers who give voluntary written informed consent",
        "Provision of informed consent by the patient or legal representative",
    ],
)
def test_informed_consent_answers_any_wording_of_it(topic: str) -> None:
    assert truth(Statement(topic=topic), said(informed_consent="yes")) is True
    assert truth(Statement(topic=topic), said(informed_consent="no")) is False


def test_consent_does_not_answer_what_is_asked_beside_it() -> None:
    assert truth(Statement(topic="informed consent and willing to keep a diary"), said(informed_consent="yes")) is None


def test_consent_does_not_answer_what_stands_in_its_way() -> None:
    words = "other psychological condition likely to interfere with the participant's ability to give informed consent or attend"
    assert truth(Statement(topic=words), said(informed_consent="yes")) is None
    hindering = Judged(words="illness that would prevent the patient from attending or giving informed consent")
    assert truth(had("disease", hindering), {**said(informed_consent="yes"), "conditions": [{"name": "asthma"}]}) is None


def test_yes_to_both_is_yes_to_each_and_no_to_one_is_no_to_both() -> None:
    both = Statement(topic="willing and able to keep a diary")
    assert truth(both, said(willing_and_able_to_keep_a_diary="yes")) is True
    assert truth(both, said(able_to_keep_a_diary="no")) is False
    assert truth(both, said(able_to_keep_a_diary="yes")) is None
    assert truth(both, said(able_to_keep_a_diary="yes", willing_to_keep_a_diary="yes")) is True
    one = Statement(topic="able to keep a diary")
    assert truth(one, said(willing_and_able_to_keep_a_diary="yes")) is True
    assert truth(one, said(willing_and_able_to_keep_a_diary="no")) is None


def test_unable_or_unwilling_is_refuted_by_able_and_willing() -> None:
    rule = Statement(topic="unwilling or unable to attend the visits for any reason", positive=False)
    assert truth(rule, said(willing_and_able_to_attend_the_visits="yes")) is False
    assert truth(rule, said(able_to_attend_the_visits="no")) is True


def test_the_parts_of_a_list_are_answered_apart() -> None:
    rule = Statement(topic="candidate for bypass surgery or stent placement")
    assert truth(rule, said(candidate_for_bypass_surgery="yes")) is True
    assert truth(rule, said(candidate_for_bypass_surgery="no")) is None
    assert truth(rule, said(candidate_for_bypass_surgery="no", candidate_for_stent_placement="no")) is False


def test_willingness_answers_in_any_form_of_the_word() -> None:
    assert truth(Statement(topic="Willingness to undergo apheresis"), said(willing_to_undergo_apheresis="yes")) is True
    assert truth(Statement(topic="agrees to undergo apheresis"), said(willing_to_undergo_apheresis="no")) is False


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("plans to become pregnant", "pregnant"),
        ("willing to undergo a liver biopsy", "willing to undergo a bone marrow biopsy"),
        ("able to swallow tablets", "willing to swallow tablets"),
        ("immunodeficiency of a household contact", "immunodeficiency"),
        ("participating in another trial", "willing to participate in another trial"),
        ("able to read English", "able to read"),
    ],
)
def test_a_statement_of_something_else_answers_nothing(topic: str, words: str) -> None:
    assert truth(Statement(topic=topic), {"statements": {words: "yes"}}) is None


def test_a_disease_that_in_the_investigators_opinion_is_false_where_the_disease_is() -> None:
    rule = ever("autoimmune disease", Judged(words="would interfere with the study in the opinion of the investigator"))
    assert truth(rule, {"never": ["autoimmune disease"]}) is False
    assert truth(rule, {"conditions": [{"name": "rheumatoid arthritis"}]}) is None


def test_an_exception_whose_condition_is_unknown_makes_it_unknown_only_where_it_could_change_the_answer() -> None:
    rule = AnyOf(rules=(had("infection"), Not(rule=ever("antibiotic"))))
    assert truth(rule, {"conditions": [{"name": "pneumonia"}]}) is True
    assert truth(rule, {"never": ["infection"]}) is None


def test_sex_is_compared() -> None:
    assert truth(person("sex", "female"), {"sex": "male"}) is False
    assert truth(person("sex", "female"), {}) is None


def test_contradictions_give_unknown_with_both_sides_named() -> None:
    found = outcome(had("sarcoidosis"), {"conditions": [{"name": "sarcoidosis"}], "absent": ["sarcoidosis"]})
    assert found.truth is None
    assert "sarcoidosis is listed" in found.reason
    assert "absent" in found.reason
    assert {place.section for place in found.evidence} == {"conditions", "absent"}


def test_listed_and_never_is_a_contradiction_too() -> None:
    assert truth(ever("stroke"), {"conditions": [{"name": "stroke", "status": "resolved"}], "never": ["stroke"]}) is None


def test_contradicting_statements_are_unknown() -> None:
    assert truth(Statement(topic="able to walk"), said(able_to_walk="yes", unable_to_walk="yes")) is None


def test_childbearing_potential_after_menopause_is_a_contradiction() -> None:
    both = {"sex": "female", "reproductive": {"childbearing_potential": True, "postmenopausal": True}}
    assert truth(person("childbearing_potential"), both) is None


def test_a_permission_without_a_condition_is_matched_by_everyone() -> None:
    assert truth(AllOf(rules=()), {}) is True


def test_what_only_a_person_can_judge_is_not_refuted_by_a_list() -> None:
    assert truth(had("intercurrent illness"), {"conditions": [{"name": "gout"}], "complete": ["conditions"]}) is None
    assert truth(had("intercurrent illness"), {"conditions": [], "complete": ["conditions"]}) is False


def test_a_comorbidity_is_any_condition_beside_the_study_disease() -> None:
    person = {"conditions": [{"name": "lung cancer"}, {"name": "gout"}]}
    assert truth(had("comorbidity"), person, study=["Lung Cancer"]) is True
    assert truth(had("comorbidity"), {"conditions": [{"name": "gout"}], "complete": ["conditions"]}, study=["Gout"]) is False


def test_who_uses_contraception_or_has_agreed_to_is_willing_to_use_one_that_is_effective() -> None:
    uses, uses_none = {"reproductive": {"contraception": True}}, {"reproductive": {"contraception": False}}
    for topic in ("agree to use effective contraception during the study", "use contraception", "willing to use adequate contraception"):
        assert truth(Statement(topic=topic), uses) is True
        assert truth(Statement(topic=topic), uses_none) is False
    two = Statement(topic="agree to use two highly effective methods of contraception")
    assert truth(two, uses) is None
    assert truth(two, uses_none) is False
    either = Statement(topic="agree to abstain from intercourse or use effective contraception")
    assert truth(either, uses) is True
    assert truth(either, uses_none) is None


def test_a_man_does_not_plan_to_become_pregnant() -> None:
    assert truth(Statement(topic="planning to become pregnant"), {"sex": "male"}) is False
    assert truth(Statement(topic="planning to become pregnant"), {"sex": "female"}) is None
    assert truth(Statement(topic="planning to become pregnant or father a child"), {"sex": "male"}) is None


def test_smoking_status_tells_of_now_and_of_ever() -> None:
    def smokes(status: str, day: str = "2026-02-01") -> dict[str, Any]:
        return {"name": "smoking status", "value": status, "date": day}

    told = {status: {"observations": [smokes(status)]} for status in ("current", "former", "never")}
    assert [truth(had("tobacco smoking"), told[status]) for status in told] == [True, False, False]
    assert [truth(ever("tobacco smoking"), told[status]) for status in told] == [True, True, False]
    assert truth(had("tobacco smoking"), {"observations": [smokes("current", "2020-01-01"), smokes("former")]}) is False


def test_said_without_its_subject_and_its_reason() -> None:
    consents = said(able_and_willing_to_give_informed_consent="yes")
    assert truth(Statement(topic="Control-Participant is able and willing to give informed consent"), consents) is True
    assert truth(Statement(topic="because of age or illness cannot give informed consent", positive=False), consents) is False
