"""The random rules and people are worth asking: known words, valid profiles, every kind of rule decided either way and left open."""

from __future__ import annotations

from collections import Counter
from random import Random

from random_people import concern, person
from random_rules import leaf, near, rule
from vocabulary_slice import CONDITIONS, FAMILIES, NUMBERS, OPEN, OPERATIONS, PROCEDURES, RESULTS, STUDIES, SUBSTANCES, TODAY, TREATMENTS

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import evaluate
from eligimatch.engine.facts import Facts, language_of
from eligimatch.kept import language
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Had, Is, Measure, Rule, Statement, Unparsed

LANGUAGE = language_of(language().vocabulary, language().units)


def test_every_name_of_the_slice_is_known() -> None:
    names = {
        *CONDITIONS, *TREATMENTS, *OPERATIONS, *PROCEDURES, *SUBSTANCES, *RESULTS,
        *(number.name for number in NUMBERS), *(name for family in FAMILIES for name in family),
    }  # fmt: skip
    assert [name for name in names - {"study disease", *OPEN} if name not in LANGUAGE.vocabulary] == []


def test_units_are_those_of_the_vocabulary() -> None:
    units = {number.name: LANGUAGE.vocabulary[number.name].facts.get("unit") for number in NUMBERS}
    assert units == {number.name: number.unit for number in NUMBERS}


def test_people_are_valid_and_speak_to_each_kind_of_leaf() -> None:
    random = Random(20260302)
    told: Counter[tuple[type[Rule], bool | None]] = Counter()
    for _ in range(3000):
        asked = leaf(random)
        facts = Facts(Profile.model_validate(person(random, concern(asked))), LANGUAGE, TODAY)
        told[type(asked), evaluate(asked, Case(facts, study_concepts(random.choice(STUDIES), LANGUAGE))).truth] += 1
    for node in (Had, Measure, Is, Statement):
        answers = [told[node, truth] for truth in (True, False, None)]
        assert min(answers) > sum(answers) / 10, f"{node.__name__}: {answers}"
    assert told[Unparsed, True] == told[Unparsed, False] == 0


def test_a_seed_gives_the_same_again() -> None:
    first, second = (near(random, rule(random)) for random in (Random(7), Random(7)))
    assert first == second
    assert person(Random(7)) == person(Random(7))
