"""What is claimed of two rules: that whoever has an answer to one has it to the other, and no one refutes it."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
import strategies
from hypothesis import given, settings
from random_people import concern, person
from random_rules import near, rule
from vocabulary_slice import STUDIES, TODAY

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import evaluate
from eligimatch.engine.facts import Facts, language_of
from eligimatch.engine.implication import entails, equal, implies
from eligimatch.engine.inclusion import no_longer, window_within
from eligimatch.engine.normal import normal
from eligimatch.engine.outcome import Outcome
from eligimatch.kept import compiler, language
from eligimatch.model.profile import Profile
from eligimatch.model.quantity import Duration, Window
from eligimatch.model.rule import AllOf, AnyOf, AtLeast, Not, Rule, Statement, Unparsed

LANGUAGE = language_of(language().vocabulary, language().units)


def read(text: str, kind: Any = "inclusion") -> Rule:
    return compiler().rule(text, kind)


def outcome(asked: Rule, profile: dict[str, Any], study: tuple[str, ...] = (), as_of: date = TODAY) -> Outcome:
    return evaluate(asked, Case(Facts(Profile.model_validate(profile), LANGUAGE, as_of), study_concepts(study, LANGUAGE)))


NARROW_AND_WIDE = [
    ("hemoglobin ≥ 10 g/dL", "hemoglobin ≥ 9 g/dL"),
    ("hemoglobin > 9 g/dL", "hemoglobin ≥ 90 g/L"),
    ("age 18 to 65 years", "age > 17 years"),
    ("age ≥ 18 years and age ≤ 65 years", "age 18 to 70 years"),
    ("ECOG 0-1", "ECOG 0-2"),
    ("ALT ≤ 2.5 x ULN", "ALT ≤ 3 x ULN"),
    ("hemoglobin ≥ 9 g/dL within 14 days", "hemoglobin ≥ 9 g/dL within 28 days"),
    ("small cell lung cancer", "lung cancer"),
    ("stage IV melanoma", "stage III or IV melanoma"),
    ("histologically confirmed melanoma", "histologically or cytologically confirmed melanoma"),
    ("myocardial infarction within 3 months", "myocardial infarction within 6 months"),
    ("stroke within 6 months", "history of stroke"),
    ("active tuberculosis", "history of tuberculosis"),
    ("cisplatin within 4 weeks", "platinum-based chemotherapy within 28 days"),
    ("no more than 1 prior line of chemotherapy", "no more than 2 prior lines of chemotherapy"),
    ("autoimmune disease other than vitiligo", "autoimmune disease"),
    ("at least 4 weeks since last radiotherapy", "at least 2 weeks since last radiotherapy"),
    ("melanoma and hemoglobin ≥ 9 g/dL", "hemoglobin ≥ 9 g/dL"),
    ("melanoma", "melanoma or breast cancer"),
    ("no history of heart disease", "no history of heart failure"),
    ("KRAS mutated", "KRAS mutated or wild-type"),
]


@pytest.mark.parametrize(("narrow", "wide"), NARROW_AND_WIDE)
def test_the_narrower_implies_the_wider_and_not_the_other_way(narrow: str, wide: str) -> None:
    assert implies(read(narrow), read(wide), LANGUAGE)
    assert not implies(read(wide), read(narrow), LANGUAGE)


ALIKE = [
    ("hemoglobin ≥ 9 g/dL", "Hb of at least 90 g/L"),
    ("age over 17 years", "age of 18 years or older"),
    ("no chemotherapy within 4 weeks", "no chemotherapy within 28 days"),
    ("NSCLC or SCLC", "small cell lung cancer or non-small cell lung cancer"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_other_words_for_the_same_are_equal(one: str, other: str) -> None:
    assert equal(read(one), read(other), LANGUAGE)


APART = [
    ("hemoglobin ≥ 9 g/dL", "hematocrit ≥ 27 %"),
    ("ALT ≤ 100 U/L", "ALT ≤ 3 x ULN"),
    ("breast cancer", "melanoma"),
    ("chemotherapy within 30 days", "chemotherapy within 1 month"),
    ("chemotherapy within 28 days before first dose", "chemotherapy within 28 days before enrollment"),
    ("any ANC < 0.5 x 10^9/L in the past 4 weeks", "any ANC < 0.5 x 10^9/L in the past 2 weeks"),
    ("able to swallow tablets", "able to keep a diary"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_nothing_is_claimed_of_what_differs_otherwise(one: str, other: str) -> None:
    assert not implies(read(one), read(other), LANGUAGE)


def test_who_lacks_a_class_lacks_its_kind_only_as_far_as_denials_reach() -> None:
    """No active infection leaves open whether there is a chronic kind of it."""
    ever = read("history of heart disease"), read("history of heart failure")
    assert entails(*ever, False, LANGUAGE)
    now = read("infection"), read("hepatitis B")
    denied = {"absent": ["active infection"]}
    assert outcome(now[0], denied).truth is False
    assert outcome(now[1], denied).truth is None
    assert not entails(*now, False, LANGUAGE)


def test_words_not_understood_imply_only_themselves() -> None:
    riddle, other = Unparsed(text="as the stars foretell"), Statement(topic="informed consent")
    assert implies(riddle, AnyOf(rules=(riddle, other)), LANGUAGE)
    assert not implies(riddle, other, LANGUAGE)
    assert not implies(other, riddle, LANGUAGE)


def test_counts_of_members_go_with_their_members() -> None:
    parts = tuple(Statement(topic=topic) for topic in ("a diary", "a watch", "a boat"))
    two, one, all_ = AtLeast(count=2, rules=parts), AtLeast(count=1, rules=parts), AtLeast(count=3, rules=parts)
    assert implies(all_, two, LANGUAGE)
    assert implies(two, one, LANGUAGE)
    assert not implies(one, two, LANGUAGE)
    assert equal(Not(rule=AtLeast(count=2, rules=parts)), AtLeast(count=2, rules=tuple(Not(rule=part) for part in parts)), LANGUAGE)
    assert normal(all_, LANGUAGE.kinship) == AllOf(rules=parts)


def test_months_are_as_long_as_they_may_be() -> None:
    month, days = Duration(count=1, unit="month"), Duration(count=30, unit="day")
    assert not no_longer(month, days)
    assert not no_longer(days, month)
    assert no_longer(month, Duration(count=35, unit="day"))
    assert no_longer(Duration(count=12, unit="month"), Duration(count=1, unit="year"))
    open_, closed = (Window(start=Duration(count=28, unit="day"), start_open=is_open) for is_open in (True, False))
    assert window_within(open_, closed)
    assert not window_within(closed, open_)


# --- the laws ----------------------------------------------------------------------------------------------------------------------------


def refuted(one: Rule, other: Rule, truth: bool, profile: dict[str, Any], study: tuple[str, ...]) -> bool:
    """Whether a person has the answer to the one and not to the other, although nothing that is listed is at odds with itself."""
    if outcome(one, profile, study).truth is not truth:
        return False
    found = outcome(other, profile, study)
    return found.truth is not truth and not found.at_odds


@settings(max_examples=600, deadline=None)
@given(strategies.randoms)
def test_no_one_refutes_what_is_claimed(random: Random) -> None:
    one = rule(random, random.choice((0, 0, 1, 2)))
    other = near(random, one)
    claims = [(*pair, truth) for pair in ((one, other), (other, one)) for truth in (True, False) if entails(*pair, truth, LANGUAGE)]
    for _ in range(6 if claims else 0):
        profile, study = person(random, concern(one, other)), random.choice(STUDIES)
        assert not any(refuted(*claim, profile, study) for claim in claims)


@settings(max_examples=300, deadline=None)
@given(strategies.randoms)
def test_a_normal_rule_gives_everyone_the_same_answer(random: Random) -> None:
    asked = rule(random)
    for _ in range(4):
        profile, study = person(random, concern(asked)), random.choice(STUDIES)
        assert outcome(asked, profile, study).truth is outcome(normal(asked, LANGUAGE.kinship), profile, study).truth


@settings(max_examples=100, deadline=None)
@given(strategies.rules)
def test_each_rule_implies_itself(asked: Rule) -> None:
    assert equal(asked, asked, LANGUAGE)
