"""New facts never turn a decided verdict round, save where they contradict a claim of completeness or move in time."""

from __future__ import annotations

from typing import Any

from asking import above, at_least, at_most, ever, had, number, result, truth, within
from hypothesis import given, settings
from hypothesis import strategies as st

from eligimatch.model.concept import Concept
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    AtLeast,
    Coded,
    Had,
    Is,
    Judged,
    Not,
    Purpose,
    Ranged,
    Requiring,
    Rule,
    Staged,
    Statement,
    Unparsed,
)  # fmt: skip

Fact = tuple[str, Any]

LEAVES: list[Rule] = [
    had("autoimmune disease"),
    had("autoimmune disease", but_not=(had("vitiligo"),)),
    ever("rheumatoid arthritis", Coded(aspect="severity", values=("severe",))),
    had("pneumonia", Requiring(treatment=had("antibiotic"))),
    had("brain metastasis", Requiring(treatment=ever("anticancer therapy"), negated=True)),
    had("breast cancer", Coded(aspect="course", values=("metastatic", "locally advanced", "unresectable"))),
    had("breast cancer", Staged(system="", values=("I", "II"))),
    had("anemia", Ranged(aspect="grade", interval=at_least(3))),
    had("heart disease", Judged(words="clinically significant heart disease"), examples=(had("unstable angina"),)),
    had("cancer", other=True),
    within(6, "month", "myocardial infarction"),
    within(28, "day", "chemotherapy", event="first dose"),
    had("chemotherapy", when="ever", count=at_most(2)),
    ever("chemotherapy", Purpose(concept=Concept(name="breast cancer"))),
    had("systemic corticosteroid"),
    had("investigational drug"),
    ever("major surgery"),
    ever("penicillin", section="allergies"),
    Had(concept=Concept(name="mucinous lymphoma", linked=False, within=("lymphoma",))),
    number("hemoglobin", at_least(9), "g/dL"),
    number("ECOG", at_most(1)),
    number("age", above(17), "year"),
    result("HBsAg", "positive"),
    result("EGFR", "mutated"),
    Is(fact="sex", values=("female",)),
    Is(fact="pregnant", values=("true",)),
    Is(fact="childbearing_potential", values=("true",)),
    Is(fact="group", values=("Phase 1b",)),
    Statement(topic="willing and able to keep a diary"),
    Statement(topic="informed consent"),
    Unparsed(text="as the stars foretell"),
]
FACTS: list[Fact] = [
    *(
        ("conditions", {"name": name, **more})
        for name, more in (
            ("rheumatoid arthritis", {"severity": "severe", "onset": "2019-01-01"}),
            ("vitiligo", {}),
            ("pneumonia", {"onset": "2026-02-20"}),
            ("brain metastases", {}),
            ("breast cancer", {"stage": [{"system": "AJCC 8", "value": "IIA"}]}),
            ("anemia", {"grade": 2}),
            ("melanoma", {"status": "remission"}),
            ("myocardial infarction", {"onset": "2025-12-01", "status": "resolved"}),
            ("atrial fibrillation", {"verification": "provisional"}),
            ("mucinous lymphoma", {}),
            ("quorx malady", {}),
        )
    ),
    *(
        ("treatments", {"name": name, **more})
        for name, more in (
            ("cisplatin", {"start": "2025-11-01", "end": "2026-02-10", "line": 1, "for": "breast cancer"}),
            ("ceftriaxone", {"status": "ongoing", "for": "pneumonia"}),
            ("dexamethasone", {"route": "oral", "start": "2026-01-01", "status": "ongoing"}),
            ("stereotactic radiosurgery", {"start": "2025-05-01", "end": "2025-05-01", "for": "brain metastases"}),
            ("QX-4711", {"investigational": True, "status": "ongoing"}),
            ("capecitabine", {"status": "planned"}),
        )
    ),
    ("procedures", {"name": "right hemicolectomy", "date": "2025-12-01"}),
    ("allergies", {"substance": "amoxicillin"}),
    ("biomarkers", {"name": "EGFR", "variant": "L858R", "result": "mutated"}),
    ("statements", {"willing and able to keep a diary": "yes"}),
    ("statements", {"able to keep a diary": "no"}),
    ("statements", {"informed consent": "yes"}),
    ("statements", {"clinically significant heart disease": "no"}),
    *(("never", name) for name in ("autoimmune disease", "chemotherapy", "heart disease", "lymphoma", "allergy to penicillin", "anemia")),
    *(("absent", name) for name in ("brain metastases", "corticosteroids", "infection", "other malignancy", "pregnancy")),
    ("observations", {"name": "hemoglobin", "value": 8.5, "unit": "g/dL", "date": "2026-02-01"}),
    ("observations", {"name": "ECOG", "value": 1, "date": "2026-02-01"}),
    ("observations", {"name": "HBsAg", "value": "negative", "date": "2026-02-01"}),
    ("reproductive", {"postmenopausal": True}),
    ("reproductive", {"pregnant": True}),
    ("reproductive", {"childbearing_potential": True}),
    ("sex", "male"),
    ("age", 40),
    ("birth_date", "2012-01-01"),
    ("groups", {"phase": "1b"}),
]  # fmt: skip
COMPLETE = ("conditions", "treatments", "procedures", "allergies")

rules: st.SearchStrategy[Rule] = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.builds(AllOf, rules=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, rules=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, rule=inner),
        st.builds(AtLeast, count=st.integers(1, 2), rules=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Ambiguous, readings=st.lists(inner, min_size=1, max_size=2).map(tuple)),
    ),
    max_leaves=4,
)


def profile(facts: list[Fact], complete: list[str]) -> dict[str, Any]:
    """The facts as a profile."""
    person: dict[str, Any] = {"complete": complete, "planned": {"first dose": "2026-03-05"}}
    for section, fact in facts:
        if section in ("statements", "reproductive", "groups"):
            person.setdefault(section, {}).update(fact)
        elif section in ("sex", "age", "birth_date"):
            person[section] = fact
        else:
            person.setdefault(section, []).append(fact)
    return person


def open_to(fact: Fact, complete: list[str]) -> bool:
    """Whether a fact may be added without contradicting what is said to be complete."""
    section, _ = fact
    return section not in complete and not (section in ("observations", "statements") and "conditions" in complete)


@settings(max_examples=400, deadline=None)
@given(
    rules,
    st.lists(st.sampled_from(FACTS), max_size=6, unique_by=repr),
    st.lists(st.sampled_from(FACTS), max_size=3),
    st.sets(st.sampled_from(COMPLETE)),
)
def test_new_facts_never_turn_a_decided_rule_round(rule: Rule, facts: list[Fact], added: list[Fact], complete: set[str]) -> None:
    claims = sorted(complete)
    before = truth(rule, profile(facts, claims))
    more = [fact for fact in added if fact not in facts and open_to(fact, claims)]
    after = truth(rule, profile([*facts, *more], claims))
    assert before is None or after is None or after is before


@settings(max_examples=200, deadline=None)
@given(rules, st.lists(st.sampled_from(FACTS), max_size=6, unique_by=repr), st.sets(st.sampled_from(COMPLETE)))
def test_a_claim_of_completeness_only_decides_more(rule: Rule, facts: list[Fact], complete: set[str]) -> None:
    before, after = truth(rule, profile(facts, [])), truth(rule, profile(facts, sorted(complete)))
    assert before is None or after is before


@settings(max_examples=100, deadline=None)
@given(rules, st.lists(st.sampled_from(FACTS), max_size=8, unique_by=repr))
def test_the_order_of_items_changes_nothing(rule: Rule, facts: list[Fact]) -> None:
    assert truth(rule, profile(facts, [])) is truth(rule, profile(facts[::-1], []))
