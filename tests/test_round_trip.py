"""The printer's words for a rule compile back to it; brackets say how far a connective reaches and what a detail belongs to."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import pytest
from conftest import TOP
from criteria import CORPUS, Case, cases
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eligimatch import api, kept
from eligimatch.model.concept import Concept
from eligimatch.model.details import LEAVES
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    AtLeast,
    Coded,
    Had,
    Is,
    Judged,
    Lasting,
    Measure,
    Meeting,
    Not,
    Purpose,
    Ranged,
    Requiring,
    Rule,
    Staged,
    Statement,
    Unparsed,
)
from eligimatch.report.exact import exact, same
from eligimatch.report.words import sentence

Side = Literal["inclusion", "exclusion"]
SIDES: tuple[Side, Side] = ("inclusion", "exclusion")


def read(words: str, side: Side = "inclusion") -> Rule:
    return kept.compiler().rule(words, side)


def comes_back(rule: Rule, side: Side) -> bool:
    return same(read(api.in_words(rule, side), side), rule)


# --- what is compiled --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", sorted(path.stem for path in CORPUS.glob("*.yaml")))
def test_every_criterion_of_the_language_comes_back(topic: str) -> None:
    assert [case.text for case in by_topic()[topic.replace("-", " ")] if not comes_back(case.criterion.rule, case.side)] == []


@cache
def by_topic() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases():
        found.setdefault(case.topic, []).append(case)
    return found


@pytest.mark.parametrize("path", sorted((TOP / "rules").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_criterion_of_the_trials_comes_back(path: Any) -> None:
    criteria = api.read_trial(path).criteria
    sides: list[Side] = ["exclusion" if criterion.kind == "exclusion" else "inclusion" for criterion in criteria]
    assert [one.id for one, side in zip(criteria, sides, strict=True) if not comes_back(one.rule, side)] == []


def test_most_criteria_that_mean_one_thing_come_back_from_a_plain_sentence() -> None:
    listed = [case for case in cases() if case.form == "typed" and "ambiguous" not in case.rule]
    plain = sum(same(read(sentence(case.criterion.rule), case.side), case.criterion.rule) for case in listed)
    assert plain / len(listed) > 0.75


@pytest.mark.parametrize("words", ["age >= 18 years", "pregnant or breastfeeding", "history of stroke", "ECOG performance status 0 to 1"])
def test_a_sentence_that_comes_back_has_no_brackets(words: str) -> None:
    assert api.in_words(read(words)) == words


@pytest.mark.parametrize(
    ("words", "side", "exactly"),
    [
        ("Severe renal or hepatic impairment", "exclusion",
         "either reading [any of [severe renal impairment; hepatic impairment]; severe renal impairment or severe hepatic impairment]"),
        ("No prior chemotherapy", "exclusion", "either reading [no prior chemotherapy; prior chemotherapy]"),
        ("Extensive-stage small cell lung cancer", "inclusion", "exactly [small cell lung cancer [stage: VALG [extensive]]]"),
        ("Women of childbearing potential must have a negative pregnancy test", "inclusion",
         "any of [not woman of childbearing potential; pregnancy test negative]"),
    ],
)  # fmt: skip
def test_brackets_stand_where_a_sentence_would_say_something_else(words: str, side: Side, exactly: str) -> None:
    assert api.in_words(read(words, side), side) == exactly


# --- what brackets mean --------------------------------------------------------------------------------------------------------


def test_brackets_say_how_far_a_connective_reaches() -> None:
    asthma, stroke, gout = (Had(concept=Concept(name=name)) for name in ("asthma", "stroke", "gout"))
    assert same(read("any of [asthma; all of [stroke; gout]]"), AnyOf(rules=(asthma, AllOf(rules=(stroke, gout)))))
    assert same(read("At least 2 of [asthma; stroke; gout]"), AtLeast(count=2, rules=(asthma, stroke, gout)))
    assert same(read("not [asthma]"), Not(rule=asthma))
    assert same(read("all of []"), AllOf(rules=()))


@pytest.mark.parametrize("side", SIDES)
def test_words_in_brackets_are_read_alike_in_both_sections(side: Side) -> None:
    assert same(read("exactly [no prior chemotherapy]", side), read("No prior chemotherapy"))


def test_a_detail_belongs_to_the_words_before_its_brackets() -> None:
    rule = read("exactly [history of gout [course: acute; such as: [podagra]; except: [pseudogout; gout of the knee [side: left]]]]")
    assert isinstance(rule, Had)
    assert rule.when == "ever"
    assert rule.qualifiers == (Coded(aspect="course", values=("acute",)),)
    assert [len(rule.examples), len(rule.but_not)] == [1, 2]
    assert rule.but_not[1].qualifiers[-1] == Coded(aspect="side", values=("left",))


def test_the_places_of_the_words_lead_into_the_whole_text() -> None:
    text = "any of [asthma;  history of stroke]"
    rule = read(text)
    assert isinstance(rule, AnyOf)
    assert [text[member.span.start : member.span.end] for member in rule.rules] == ["asthma", "history of stroke"]


@pytest.mark.parametrize(
    "detail",
    [
        "colour: blue",
        "course",
        "count: many",
        "window: first dose [start: soon]",
        "stage",
        "fasting: yes",
        "grade: > 1e999",
        "lasting: at least nan days",
    ],
)
def test_a_detail_that_is_none_leaves_its_part_unread(detail: str) -> None:
    rule = read(f"any of [asthma; gout [{detail}]]")
    assert isinstance(rule, AnyOf)
    assert [type(member) for member in rule.rules] == [Had, Unparsed]


@pytest.mark.parametrize("text", ["any of [asthma; gout", "any of asthma; gout]", "some of [asthma]", "[asthma]", "not [asthma; gout]", "exactly []"])
def test_other_brackets_are_none_of_this(text: str) -> None:
    assert kept.compiler().explicit.read(text) is None


def test_brackets_in_brackets_without_end_are_not_followed() -> None:
    assert kept.compiler().explicit.read("not [" * 5000 + "asthma" + "]" * 5000) is None


# --- any rule --------------------------------------------------------------------------------------------------------------------

WORDS = st.one_of(st.sampled_from(["first dose", "a [b]", 'said "so"', "x; y", "a: b", "none", "III", " padded ", "yes"]), st.text(max_size=12))
NUMBERS = st.one_of(st.integers(-5, 400).map(float), st.floats(0, 1e7, allow_nan=False))
NAMES = ["asthma", "breast cancer", "chemotherapy", "hepatitis B", "disease", "radiotherapy", "tobacco", "penicillin", "surgery"]
LINKED = st.sampled_from(NAMES).map(lambda name: Concept(name=name, kind=kept.compiler().vocabulary[name].kind))
OPEN = st.builds(Concept, name=WORDS, linked=st.just(False), within=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple))
CONCEPTS = st.one_of(LINKED, LINKED, OPEN)
ANALYTES = st.sampled_from(["hemoglobin", "age", "ECOG performance status"]).map(
    lambda name: Concept(name=name, kind=kept.compiler().vocabulary[name].kind)
)
INTERVALS = st.builds(Interval, low=st.none() | NUMBERS, high=st.none() | NUMBERS, low_open=st.just(False), high_open=st.just(False))
DURATIONS = st.builds(Duration, count=NUMBERS, unit=st.sampled_from(["hour", "day", "week", "month", "year"]))
WINDOWS = st.builds(Window, event=st.sampled_from(["as_of", "first dose", "enrolment", "the 2nd; visit"]), start=st.none() | DURATIONS,
                    end=st.none() | DURATIONS, after=st.none() | DURATIONS, start_open=st.booleans(), half_lives=st.none() | NUMBERS,
                    shorter=st.sampled_from([True, False, None]))  # fmt: skip
VALUES = st.lists(WORDS, min_size=1, max_size=3).map(tuple)


def fields(draw: st.DrawFn, model: type[Any], **own: st.SearchStrategy[Any]) -> Any:
    """A model with some of these fields said."""
    said = {name: draw(strategy) for name, strategy in own.items() if draw(st.booleans())}
    return model.model_validate(said | {name: draw(own[name]) for name, field in model.model_fields.items() if field.is_required()})


@st.composite
def qualifiers(draw: st.DrawFn) -> Any:
    aspects = ["course", "evidence", "severity", "intent", "route", "side", "site", "outcome", "reaction", "investigational", "verification"]
    own: list[tuple[type[Any], dict[str, st.SearchStrategy[Any]]]] = [
        (Coded, {"aspect": st.sampled_from(aspects), "values": VALUES}),
        (Ranged, {"aspect": st.sampled_from(["grade", "line", "dose"]), "interval": INTERVALS, "unit": WORDS, "equivalent": st.booleans()}),
        (Staged, {"system": st.sampled_from(["", "AJCC stage"]), "values": VALUES}),
        (Purpose, {"concept": CONCEPTS}),
        (Requiring, {"treatment": LINKED.map(lambda concept: Had(concept=concept, section="treatments")), "negated": st.booleans()}),
        (Lasting, {"duration": DURATIONS, "bound": st.sampled_from(["at least", "less than", "at most"]), "event": WORDS}),
        (Judged, {"words": WORDS, "known": st.booleans()}),
        (Meeting, {"criteria": WORDS}),
    ]
    model, strategies = draw(st.sampled_from(own))
    return fields(draw, model, **strategies)


@st.composite
def leaf(draw: st.DrawFn) -> Rule:
    had = {
        "concept": CONCEPTS, "section": st.sampled_from(["conditions", "treatments", "procedures", "allergies"]),
        "when": st.sampled_from(["now", "ever", "window", "planned"]), "window": WINDOWS, "suspected": st.booleans(), "other": st.booleans(),
        "study": st.booleans(), "count": INTERVALS, "qualifiers": st.lists(qualifiers(), max_size=2).map(tuple),
        "but_not": st.lists(LINKED.map(lambda concept: Had(concept=concept)), max_size=2).map(tuple),
        "examples": st.lists(LINKED.map(lambda concept: Had(concept=concept, when="ever")), max_size=2).map(tuple),
    }  # fmt: skip
    own: list[tuple[type[Any], dict[str, st.SearchStrategy[Any]]]] = [
        (Had, had),
        (Measure, {"analyte": ANALYTES, "interval": INTERVALS, "unit": WORDS, "per": st.sampled_from(["unit", "uln", "lln"]), "normal": st.booleans(),
                   "window": WINDOWS, "pick": st.sampled_from(["latest", "any", "all"]), "fasting": st.booleans(),
                   "sides": st.sampled_from(["whole", "either", "each"]), "change": st.sampled_from(["", "absolute", "relative"])}),
        (Is, {"fact": st.sampled_from(["sex", "group", "pregnant", "HBsAg"]), "concept": ANALYTES, "values": VALUES, "window": WINDOWS,
              "pick": st.sampled_from(["latest", "any"])}),
        (Statement, {"topic": WORDS, "positive": st.booleans()}),
        (Unparsed, {"text": WORDS}),
    ]  # fmt: skip
    model, strategies = draw(st.sampled_from(own))
    found: Rule = fields(draw, model, **strategies)
    return found


def joined(members: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(members, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda rules: AllOf(rules=rules)),
        several.map(lambda rules: AnyOf(rules=rules)),
        members.map(lambda rule: Not(rule=rule)),
        several.flatmap(lambda rules: st.integers(0, 3).map(lambda count: AtLeast(count=count, rules=rules))),
        st.lists(members, min_size=1, max_size=3).map(lambda rules: Ambiguous(readings=tuple(rules))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rule=st.recursive(leaf(), joined, max_leaves=4), side=st.sampled_from(SIDES))
@example(rule=AllOf(rules=()), side="inclusion")
@example(rule=Had(concept=Concept(name="0", linked=False, within=("asthma",))), side="inclusion")
@example(rule=Statement(topic='He said: "yes; [no]"', positive=False), side="exclusion")
@example(rule=Unparsed(text=""), side="inclusion")
@example(rule=Is(fact="group", values=("Part 1; A", "Part 2")), side="exclusion")
def test_any_rule_comes_back(rule: Rule, side: Side) -> None:
    assert comes_back(rule, side)


def test_every_leaf_has_a_name_of_its_own_in_brackets() -> None:
    assert {model.model_fields["node"].default for model in LEAVES.values()} == set(LEAVES)


def test_words_that_compile_to_nothing_like_it_are_not_passed_off_as_the_rule() -> None:
    asked = []

    def deaf(words: str) -> Rule:
        asked.append(words)
        return Unparsed(text=words)

    assert exact(Had(concept=Concept(name="asthma"), when="ever"), deaf).startswith("exactly [had [")
    assert asked
