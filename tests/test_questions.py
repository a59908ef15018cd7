"""What to ask next: blocking sets decide whatever the answers, none of their parts does; facts of many trials are one list."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import Any

import pytest
from conftest import TOP
from hypothesis import given, settings
from hypothesis import strategies as st

import eligimatch as em
from eligimatch import api
from eligimatch.cli import main
from eligimatch.engine.case import Case
from eligimatch.engine.facts import Facts, language_of
from eligimatch.engine.nodes import evaluate
from eligimatch.engine.questions import questions
from eligimatch.kept import language
from eligimatch.model.formula import Formula, Literal, Readings, blocking, counted, every, facts, may_settle, opposite, read, settles
from eligimatch.model.formula import given as decided
from eligimatch.model.profile import Profile
from eligimatch.model.question import OpenFact, Questions
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, Statement
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.model.verdict import Truth
from eligimatch.report.asking import details, question
from eligimatch.report.paint import plain
from eligimatch.report.questions import as_json, question_lines

LANGUAGE = language_of(language().vocabulary, language().units)
TOPICS = ("juggles", "whistles", "yodels", "skates")

# --- the law -----------------------------------------------------------------------------------------------------------------


def leaf(topic: str, *, positive: bool = True) -> Statement:
    return Statement(topic=topic, positive=positive)


def rules(*, ambiguous: bool) -> st.SearchStrategy[Rule]:
    leaves: st.SearchStrategy[Rule] = st.builds(Statement, topic=st.sampled_from(TOPICS), positive=st.booleans())

    def above(part: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
        some = st.lists(part, min_size=1, max_size=3).map(tuple)
        joined: list[st.SearchStrategy[Rule]] = [
            st.builds(AllOf, rules=some),
            st.builds(AnyOf, rules=some),
            st.builds(Not, rule=part),
            st.builds(AtLeast, count=st.integers(1, 3), rules=some),
        ]
        if ambiguous:
            joined.append(st.builds(Ambiguous, readings=st.lists(part, min_size=2, max_size=2).map(tuple)))
        return st.one_of(joined)

    return st.recursive(leaves, above, max_leaves=6)


def truth(rule: Rule, answers: Mapping[str, bool]) -> Truth:
    """What the evaluator makes of a rule once some statements are made."""
    return evaluate(rule, Case(Facts(Profile(statements=dict(answers)), LANGUAGE, em.check(Profile(as_of="2026-03-02"), []).as_of))).truth


def trial(rule: Rule, kind: Any = "inclusion") -> CompiledTrial:
    return CompiledTrial(id="T", criteria=(Criterion(id="I1", kind=kind, text="…", rule=rule, form=Form.STATEMENT),))


def asked_of(rule: Rule, kind: Any = "inclusion") -> Questions:
    return questions(Profile(), [trial(rule, kind)], language().vocabulary, language().units)


def answered(topics: Iterable[str]) -> Iterator[dict[str, bool]]:
    """Every way to answer some statements."""
    listed = list(topics)
    for answers in product((True, False), repeat=len(listed)):
        yield dict(zip(listed, answers, strict=True))


def always_decides(rule: Rule, topics: Iterable[str]) -> bool:
    return all(truth(rule, answers) is not None for answers in answered(topics))


@settings(max_examples=150, deadline=None)
@given(rules(ambiguous=False), st.sampled_from(["inclusion", "exclusion"]))
def test_a_blocking_set_decides_whatever_the_answers_and_no_part_of_it_does(rule: Rule, kind: str) -> None:
    open_ = asked_of(rule, kind).criteria
    assert bool(open_) is (truth(rule, {}) is None)
    for one in open_:
        sets = list(map(frozenset, one.blocking))
        for size in range(len(TOPICS) + 1):
            for topics in map(frozenset, combinations(TOPICS, size)):
                assert always_decides(rule, topics) is any(smallest <= topics for smallest in sets)
        assert all(not smaller < larger for smaller in sets for larger in sets)


def resolved(rule: Rule, choices: Iterator[int]) -> Rule:
    """The rule with one reading taken wherever there are several, as its facts are answered."""
    match rule:
        case Ambiguous():
            return resolved(rule.readings[next(choices)], choices)
        case AllOf() | AnyOf() | AtLeast():
            return rule.model_copy(update={"rules": tuple(resolved(part, choices) for part in rule.rules)})
        case Not():
            return Not(rule=resolved(rule.rule, choices))
        case _:
            return rule


@settings(max_examples=100, deadline=None)
@given(rules(ambiguous=True), st.lists(st.integers(0, 1), min_size=8, max_size=8))
def test_which_reading_is_meant_is_a_fact_too(rule: Rule, choices: list[int]) -> None:
    for one in asked_of(rule).criteria:
        for smallest in one.blocking:
            topics = [fact for fact in smallest if fact in TOPICS]
            meant = rule if len(topics) == len(smallest) else resolved(rule, iter(choices))
            assert always_decides(meant, topics)


LEAVES = tuple(Literal(fact, fact) for fact in "abc")


def small_formulas() -> Iterator[Formula]:
    """Every formula of two levels over three facts, denials included."""
    signed = [*LEAVES, *map(opposite, LEAVES)]
    pairs = [counted(least, pair) for pair in combinations(signed, 2) for least in (1, 2)]
    for one, other in combinations([*signed, *pairs], 2):
        yield from (counted(1, (one, other)), every((one, other)), read("which", (one, other)))


def value(formula: Formula, answers: Mapping[str, bool], reading: int | None) -> Truth:
    """A formula by Kleene's logic, written down once more and as plainly as can be."""
    match formula:
        case Literal():
            said = answers.get(formula.fact)
            return None if said is None else said is formula.positive
        case Readings():
            truths = [value(part, answers, reading) for part in formula.parts]
            return truths[reading] if reading is not None else truths[0] if len(set(truths)) == 1 else None
        case bool():
            return formula
        case _:
            truths = [value(part, answers, reading) for part in formula.parts]
            sure, open_ = truths.count(True), truths.count(None)
            return True if sure >= formula.least else None if sure + open_ >= formula.least else False


def test_every_small_formula_is_blocked_by_what_trying_all_answers_says() -> None:
    tried = 0
    for formula in small_formulas():
        waits = facts(formula)
        for size in range(len(waits) + 1):
            for some in combinations(waits, size):
                plain_facts = [fact for fact in some if fact != "which"]
                readings = (0, 1) if "which" in some else (None,)
                truths = {value(formula, answers, reading) for answers in answered(plain_facts) for reading in readings}
                assert settles(formula, some) is (None not in truths)
                assert may_settle(formula, some) is (truths != {None})
        tried += 1
    assert tried > 1000


def test_a_fact_that_absorbs_another_needs_no_other() -> None:
    a, b, c = LEAVES
    assert blocking(counted(1, (a, every((a, b))))) == (("a",),)
    assert blocking(every((a, b, c))) == (("a", "b", "c"),)
    assert decided(every((a, b)), "a", truth=False) is False


# --- the list ----------------------------------------------------------------------------------------------------------------


TRIALS = {
    "T1": "* ECOG performance status 0-1\n* signed informed consent\n* hemoglobin >= 9 g/dL and platelets >= 100 x 10^9/L",
    "T2": "* ECOG performance status of 2 or less\n* able to give informed consent\n* willing to keep a diary",
    "T3": "* informed consent",
}


@pytest.fixture(scope="module")
def compiled() -> list[CompiledTrial]:
    return [em.compile_trial(em.load_trial({"id": name, "eligibility": f"Inclusion Criteria:\n\n{text}"})) for name, text in TRIALS.items()]


def ask(trials: list[CompiledTrial], profile: dict[str, Any], **more: Any) -> Questions:
    return api.ask(em.load_profile({"as_of": "2026-03-02", **profile}), trials, **more)


def named(asked: Questions, fact: str) -> OpenFact:
    return next(one for one in asked.facts if one.fact == fact)


def test_one_fact_of_many_trials_is_one_question(compiled: list[CompiledTrial]) -> None:
    asked = ask(compiled, {})
    ecog, consent = named(asked, "ECOG performance status"), named(asked, "informed consent")
    assert [(place.trial, place.criterion) for place in ecog.alone.criteria] == [("T1", "I1"), ("T2", "I1")]
    assert [place.trial for place in consent.alone.criteria] == ["T1", "T2", "T3"]
    assert consent.alone.trials == ("T3",)
    assert set(consent.at_most.trials) == {"T1", "T2", "T3"}
    assert asked.facts[0] is consent


def test_a_fact_that_settles_only_with_another_says_so(compiled: list[CompiledTrial]) -> None:
    hemoglobin = named(ask(compiled, {}), "hemoglobin")
    assert hemoglobin.alone.criteria == ()
    assert [place.criterion for place in hemoglobin.at_most.criteria] == ["I3"]
    rest = named(ask(compiled, {"observations": [{"name": "platelets", "value": 150, "unit": "10^9/L"}]}), "hemoglobin")
    assert [place.criterion for place in rest.alone.criteria] == ["I3"]


def test_a_trial_that_is_ruled_out_is_not_asked_for_unless_it_is_wanted(compiled: list[CompiledTrial]) -> None:
    frail = {"observations": [{"name": "ECOG", "value": 2}]}
    asked = ask(compiled, frail)
    assert asked.ruled_out == ("T1",)
    assert "hemoglobin" not in {one.fact for one in asked.facts}
    hemoglobin = named(ask(compiled, frail, ruled_out=True), "hemoglobin")
    assert [place.trial for place in hemoglobin.at_most.criteria] == ["T1"]
    assert hemoglobin.at_most.trials == ()


@pytest.mark.parametrize(
    ("text", "says", "also"),
    [
        ("ECOG performance status 0-1", "What is the ECOG performance status?", ()),
        ("ALT <= 2.5 x ULN", "What is the alanine aminotransferase?", ("its upper limit of normal",)),
        ("HBsAg positive", "What is the result of HBsAg?", ()),
        ("Age >= 18 years", "What is the patient's age, or birth date?", ()),
        ("Pregnant", "Is the patient pregnant?", ()),
        ("Autoimmune disease", "Does the patient have an autoimmune disease?", ()),
        ("Predisposing quibble of the spleen", "Is this true of the patient: “predisposing quibble of the spleen”?", ()),
        ("History of seizure", "Is there a history of seizure?", ()),
        ("Prior chemotherapy within 28 days", "Has the patient ever received any chemotherapy?", ("when",)),
        ("Allergic to penicillin", "Is the patient allergic to penicillin?", ()),
        ("Histologically confirmed melanoma", "Does the patient have melanoma?", ("how it was confirmed",)),
        ("Signed informed consent", "Has the patient given informed consent?", ()),
        ("Willing to keep a diary", "Does this hold: “Willing to keep a diary”?", ()),
    ],
)
def test_a_question_is_in_plain_words(text: str, says: str, also: tuple[str, ...]) -> None:
    found = ask([trial(em.explain(text).rule)], {}).facts
    assert [question(fact) for fact in found] == [says]
    assert details(found[0]) == also


def test_what_a_listed_thing_leaves_out_is_asked_of_it() -> None:
    rule = em.explain("Histologically confirmed melanoma").rule
    (fact,) = ask([trial(rule)], {"conditions": [{"name": "melanoma"}]}).facts
    assert details(fact)[0] == "evidence of melanoma"


def answers_to(fact: OpenFact) -> list[dict[str, Any]]:
    """Ways to answer a fact in a profile: of an occurrence, that it never was."""
    first = fact.asked[0] if fact.asked else None
    match first:
        case Had():
            return [] if " other than " in fact.fact else [{"never": [fact.fact.removeprefix("planned ")]}]
        case Measure():
            return [{"observations": [{"name": fact.fact, "value": value, "unit": first.unit}]} for value in (0, 1, 5, 20)]
        case Is(fact="volunteer"):
            return [{"statements": {"healthy volunteer": answer}} for answer in (True, False)]
        case Is(concept=None):
            return [{"reproductive": {first.fact: answer}} for answer in (True, False)]
        case Is():
            return [{"observations": [{"name": fact.fact, "value": value}]} for value in ("positive", "negative")]
        case Statement():
            return [{"statements": {fact.fact: answer}} for answer in (True, False)]
        case _:
            return []


def test_a_profile_that_answers_a_fact_has_no_unknown_criterion_that_the_fact_settles_alone() -> None:
    trials = [api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]
    base: dict[str, Any] = {"as_of": "2026-03-02", "age": 54}
    tried = 0
    for fact in api.ask(em.load_profile(base), trials).facts:
        for answer in answers_to(fact) if fact.alone.criteria else ():
            report = em.check(em.load_profile(base | answer), trials)
            status = {(one.trial, criterion.id): criterion.status for one in report.trials for criterion in one.criteria}
            assert [place for place in fact.alone.criteria if status[place.trial, place.criterion] == "unknown"] == [], fact.fact
            tried += 1
    assert tried > 30


def test_statements_stand_in_one_conversation_and_judgements_apart(compiled: list[CompiledTrial]) -> None:
    judged = trial(em.explain("Suitable for the study in the opinion of the investigator").rule)
    text = plain(question_lines(ask([*compiled, judged], {})))
    conversation = text.partition("One conversation with the patient")[2].partition("For the investigator")
    assert "informed consent" in conversation[0]
    assert "keep a diary" in conversation[0]
    assert "Suitable for the study" in conversation[2]


# --- the command -------------------------------------------------------------------------------------------------------------


def test_the_command_prints_a_list_and_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert main(["ask", "patients/near-limits.yaml"]) == 0
    table = capsys.readouterr().out
    assert "Left out, because a criterion failed: NCT04504526 and NCT05255926." in table
    assert main(["ask", "patients/near-limits.yaml", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["facts"][0]["question"] == "Does the patient have small cell lung cancer?"
    assert {"trial", "criterion", "text", "blocking"} == set(found["criteria"][0])


def test_the_json_names_each_fact_with_its_question_and_where_it_is_found(compiled: list[CompiledTrial]) -> None:
    rows = as_json(ask(compiled, {}))["facts"]
    assert {row["fact"]: (row["where"], row["group"]) for row in rows} == {
        "informed consent": (["patient"], "patient"),
        "ECOG performance status": (["chart"], "look up"),
        "willing to keep a diary": (["patient"], "patient"),
        "hemoglobin": (["laboratory"], "look up"),
        "platelet count": (["laboratory"], "look up"),
    }


def test_nothing_is_asked_of_whom_all_trials_are_decided(compiled: list[CompiledTrial]) -> None:
    asked = ask(compiled[2:], {"statements": {"informed consent": True}})
    assert asked.facts == ()
    assert "Nothing to ask" in plain(question_lines(asked))


# --- the page ----------------------------------------------------------------------------------------------------------------

PAGE = TOP / "docs" / "questions.md"
_SCREEN = re.compile(r"(?<=^```console\n)\$ (eligimatch [^\n]*)\n(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)


def test_the_screens_of_the_page_are_what_the_program_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(TOP)

    def screen(match: re.Match[str]) -> str:
        capsys.readouterr()
        assert main(shlex.split(match[1])[1:]) == 0
        return f"$ {match[1]}\n{capsys.readouterr().out}"

    page = PAGE.read_text(encoding="utf-8")
    now = _SCREEN.sub(screen, page)
    if request.config.getoption("--update"):
        PAGE.write_text(now, encoding="utf-8")
    assert len(_SCREEN.findall(page)) == 6
    assert now == PAGE.read_text(encoding="utf-8"), "docs/questions.md differs: if that is meant, pytest --update"
