"""What a complete list denies, and what it does not tell of."""

from __future__ import annotations

from asking import ever, had, outcome, truth

from eligimatch.model.rule import Judged


def test_words_of_no_vocabulary_may_be_no_thing_that_a_list_would_hold() -> None:
    complete = {"complete": ["conditions", "treatments", "procedures"]}
    text = "Contributing causes of weight loss"
    found = outcome(had("contributing caus"), {"conditions": [{"name": "asthma"}], **complete}, text=text)
    assert (found.truth, found.reason, found.missing) == (None, "nothing said of contributing causes", ("contributing causes",))
    assert outcome(had("contributing caus", Judged(words="Contributing causes of weight loss")), complete, text=text).missing == (text,)
    assert truth(had("contributing caus"), complete) is None
    assert truth(had("contributing caus"), {**complete, "never": ["contributing causes"]}) is False
    assert truth(ever("consultation", kind="treatment"), complete) is None


def test_a_code_names_a_drug_that_a_complete_list_would_hold() -> None:
    assert truth(ever("xyz 123", kind="treatment"), {"treatments": [{"name": "cisplatin"}], "complete": ["treatments"]}) is False


def test_a_list_of_conditions_does_not_tell_of_habits_and_functions() -> None:
    complete = {"complete": ["conditions", "observations"]}
    assert truth(had("tobacco smoking"), complete) is None
    assert truth(had("good health"), complete) is None
    assert truth(had("tobacco smoking"), {**complete, "observations": [{"name": "smoking status", "value": "never"}]}) is False
    assert truth(had("tobacco use disorder"), complete) is False


def test_a_list_of_procedures_does_not_tell_of_what_each_visit_has() -> None:
    assert truth(ever("physical examination"), {"complete": ["procedures"]}) is None
    assert truth(ever("colonoscopy"), {"complete": ["procedures"]}) is False
