"""The registry's own fields are criteria, and a bullet that differs from them is pointed out."""

from __future__ import annotations

import pytest

from eligimatch.compiler.registry_fields import AGE, age_limit, disagreements, registry_criteria
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, AnyOf, Is, Measure, Rule, Unparsed
from eligimatch.model.trial import Criterion, Form, Section, Trial


def age(low: float | None = None, high: float | None = None, unit: str = "year", *, low_open: bool = False, high_open: bool = False) -> Measure:
    return Measure(analyte=AGE, interval=Interval(low=low, high=high, low_open=low_open, high_open=high_open), unit=unit)


def rules(trial: Trial) -> dict[str, Rule]:
    """The rules without their spans, which are the texts'."""
    return {criterion.id: without_span(criterion.rule) for criterion in registry_criteria(trial)}


def without_span(rule: Rule) -> Rule:
    return rule.model_copy(update={"span": type(rule).model_fields["span"].default})


def bullet(rule: Rule, kind: Section = "inclusion") -> Criterion:
    return Criterion(id="I2", kind=kind, text="own words", rule=rule, form=Form.TYPED)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("18 years", (18, "year")),
        ("6 Months", (6, "month")),
        ("1 Year", (1, "year")),
        ("30 days", (30, "day")),
        ("N/A", None),
        (None, None),
        ("12 hours", (0.5, "day")),
    ],
)
def test_an_age_limit_is_a_number_and_a_unit(text: str | None, limit: tuple[float, str] | None) -> None:
    assert age_limit(text) == limit


def test_ages_in_one_unit_are_one_interval_with_both_ends() -> None:
    assert rules(Trial(id="T", minimum_age="18 years", maximum_age="80 years")) == {"R-age": age(18, 80)}


def test_ages_in_two_units_are_two_measures() -> None:
    assert rules(Trial(id="T", minimum_age="6 months", maximum_age="17 years")) == {"R-age": AllOf(rules=(age(6, unit="month"), age(high=17)))}


def test_sex_and_volunteers_ask_only_where_the_record_limits_them() -> None:
    assert rules(Trial(id="T", sex="female", healthy_volunteers=False)) == {
        "R-sex": Is(fact="sex", values=("female",)),
        "R-volunteers": Is(fact="volunteer", values=("false",)),
    }
    assert rules(Trial(id="T", sex="all", healthy_volunteers=True)) == {}
    assert rules(Trial(id="T")) == {}


def test_an_age_that_cannot_be_read_stays_visible_and_unknown() -> None:
    (criterion,) = registry_criteria(Trial(id="T", minimum_age="grown up"))
    assert isinstance(criterion.rule, Unparsed)
    assert criterion.form is Form.UNPARSED
    assert criterion.residue[0].text == "minimum age: grown up"


def test_a_criterion_of_the_registry_covers_its_text() -> None:
    (criterion,) = registry_criteria(Trial(id="T", minimum_age="18 years"))
    assert criterion.kind == "registry"
    assert criterion.text[slice(*criterion.rule.span)] == "minimum age: 18 years"


TRIAL = Trial(id="T", minimum_age="18 years", maximum_age="75 years", sex="all")


@pytest.mark.parametrize(
    "rule",
    [
        age(18),
        age(18, 75),
        age(17, low_open=True),
        age(18, 76, high_open=True),
        age(216, unit="month"),
        AnyOf(rules=(age(12), Is(fact="sex", values=("male",)))),
    ],
)
def test_a_bullet_that_says_the_same_is_no_disagreement(rule: Rule) -> None:
    assert disagreements(TRIAL, [bullet(rule)]) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (age(20), "minimum age"),
        (age(18, 70), "maximum age"),
        (age(18, low_open=True), "minimum age"),
        (AllOf(rules=(age(18), Is(fact="sex", values=("female",)))), "sex"),
    ],
)
def test_a_bullet_that_differs_is_pointed_out(rule: Rule, field: str) -> None:
    (found,) = disagreements(TRIAL, [bullet(rule)])
    assert found.title == f"the registry's {field} and a criterion differ"
    assert (found.source, found.severity) == ("T I2", "warning")


def test_an_exclusion_is_read_by_what_it_leaves() -> None:
    assert disagreements(TRIAL, [bullet(age(high=18, high_open=True), "exclusion")]) == []
    (found,) = disagreements(TRIAL, [bullet(age(high=20, high_open=True), "exclusion")])
    assert "minimum age" in found.title


def test_a_record_without_ages_disagrees_with_none() -> None:
    assert disagreements(Trial(id="T"), [bullet(age(40)), bullet(Is(fact="sex", values=("male",)))]) == []
