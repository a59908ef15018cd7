"""What people read: messages as drawn, words underlined, rules as sentences."""

from __future__ import annotations

import io

import pytest
from conftest import Golden

from eligimatch.model.concept import Concept
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    AtLeast,
    Coded,
    Had,
    Is,
    Lasting,
    Measure,
    Not,
    Purpose,
    Ranged,
    Requiring,
    Rule,
    Staged,
    Statement,
    Unparsed,
)
from eligimatch.model.span import Span
from eligimatch.report.diagnostics import drawn
from eligimatch.report.paint import coloured, line, plain, show
from eligimatch.report.underline import numbered, pointed
from eligimatch.report.words import sentence

LUNG = Concept(name="lung cancer")
STEROID = Concept(name="corticosteroid", kind="treatment")
PLATELETS = Concept(name="platelet count", kind="analyte")
WEEKS = Duration(count=4, unit="week")
FIRST_DOSE = Window(event="first dose", start=WEEKS)


def had(name: str, **facts: object) -> Had:
    return Had.model_validate({"concept": Concept(name=name), **facts})


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (had("lung cancer"), "lung cancer"),
        (had("lung cancer", when="ever"), "history of lung cancer"),
        (had("lung cancer", suspected=True), "suspected lung cancer"),
        (
            had("malignancy", other=True, when="window", window=Window(start=Duration(count=5, unit="year"))),
            "other malignancy within the last 5 years",
        ),
        (
            had("lung cancer", qualifiers=(Coded(aspect="evidence", values=("histology", "cytology")),)),
            "histologically confirmed or cytologically confirmed lung cancer",
        ),
        (had("lung cancer", qualifiers=(Staged(system="AJCC 8", values=("IIIA", "IIIB")),)), "lung cancer AJCC 8 stage IIIA or IIIB"),
        (
            had("lung cancer", qualifiers=(Requiring(treatment=Had(concept=STEROID, section="treatments")),)),
            "lung cancer requiring corticosteroid",
        ),
        (had("autoimmune disease", but_not=(had("vitiligo"), had("psoriasis"))), "autoimmune disease except vitiligo or psoriasis"),
        (had("fever", qualifiers=(Ranged(aspect="grade", interval=Interval(low=2)),)), "fever grade >= 2"),
        (had("angina", qualifiers=(Lasting(duration=WEEKS),)), "angina for at least 4 weeks"),
        (Had(concept=STEROID, section="treatments", when="window", window=FIRST_DOSE), "corticosteroid within 4 weeks before first dose"),
        (Had(concept=STEROID, section="treatments", when="ever", qualifiers=(Purpose(concept=LUNG),)), "prior corticosteroid for lung cancer"),
        (Had(concept=STEROID, section="treatments", when="ever", count=Interval(low=2)), "at least 2 prior lines of corticosteroid"),
        (
            Had(
                concept=STEROID,
                section="treatments",
                qualifiers=(Ranged(aspect="dose", interval=Interval(low=10, low_open=True), unit="mg/day", equivalent=True),),
            ),
            "current corticosteroid > 10 mg/day prednisone equivalent",
        ),
        (Had(concept=Concept(name="penicillin", kind="substance"), section="allergies", when="ever"), "allergy to penicillin"),
        (Measure(analyte=Concept(name="age", kind="analyte"), interval=Interval(low=18, high=75), unit="year"), "age 18 to 75 years"),
        (Measure(analyte=PLATELETS, interval=Interval(low=100), unit="10^9/L"), "platelet count >= 100 10^9/L"),
        (Measure(analyte=PLATELETS, interval=Interval(low=1, high=2, low_open=True), per="uln"), "platelet count > 1 x ULN and <= 2 x ULN"),
        (
            Measure(analyte=PLATELETS, interval=Interval(low=0, high=0), pick="any", window=FIRST_DOSE),
            "platelet count = 0 at any time within 4 weeks before first dose",
        ),
        (Measure(analyte=PLATELETS, normal=True), "platelet count within normal limits"),
        (Measure(analyte=PLATELETS, interval=Interval(low=5), change="relative"), "change in platelet count >= 5%"),
        (
            Measure(analyte=Concept(name="blood glucose", kind="analyte"), interval=Interval(high=11), unit="mmol/L", fasting=True),
            "fasting blood glucose <= 11 mmol/L",
        ),
        (Is(fact="sex", values=("female",)), "female"),
        (Is(fact="pregnant", values=("true",)), "pregnant"),
        (Is(fact="EGFR", concept=Concept(name="EGFR", kind="marker"), values=("mutated", "amplified")), "EGFR mutated or amplified"),
        (Statement(topic="able to lie still"), "able to lie still"),
        (Statement(topic="able to lie still", positive=False), "not: able to lie still"),
        (Statement(topic="inability to lie still", positive=False), "inability to lie still"),
        (Unparsed(text="words unheard of"), "words unheard of"),
        (Not(rule=had("lung cancer")), "no lung cancer"),
        (Not(rule=AnyOf(rules=(had("a"), had("b"), had("c")))), "no a, b or c"),
        (Not(rule=Measure(analyte=PLATELETS, interval=Interval(low=1))), "not platelet count >= 1"),
        (AllOf(rules=()), "all patients are eligible"),
        (AllOf(rules=(had("a"), AnyOf(rules=(had("b"), had("c"))))), "a and (b or c)"),
        (AtLeast(count=2, rules=(had("a"), had("b"), had("c"))), "at least 2 of: a; b; c"),
        (Ambiguous(readings=(had("a"), had("b"))), "either reading: (1) a; (2) b"),
    ],
)
def test_a_rule_is_said_in_plain_words(rule: Rule, says: str) -> None:
    assert sentence(rule) == says


def test_windows_name_their_event_and_ends() -> None:
    day = Duration(count=1, unit="day")
    said = {
        Window(start=WEEKS): "within the last 4 weeks",
        Window(end=WEEKS): "at least 4 weeks ago",
        Window(event="enrolment", end=WEEKS): "at least 4 weeks before enrolment",
        Window(event="enrolment", start=WEEKS, after=WEEKS): "within 4 weeks of enrolment",
        Window(event="enrolment", start=Duration(count=0, unit="day"), after=day): "within 1 day after enrolment",
        Window(start=WEEKS, end=day): "between 4 weeks and 1 day ago",
        Window(start=WEEKS, start_open=True): "< 4 weeks ago",
        Window(event="enrolment"): "before enrolment",
    }
    for window, words in said.items():
        assert sentence(had("x", when="window", window=window)) == f"x {words}"


def test_leaves_are_numbered_beneath_their_words() -> None:
    text = "ECOG 0-1 and life expectancy of 3 months"
    assert numbered(text, [Span(0, 8), Span(13, 40), Span(0, 40)]) == [
        text,
        "~~~~~~~1     ~~~~~~~~~~~~~~~~~~~~~~~~~~2",
        "~" * 39 + "3",
    ]


def test_long_words_go_on_in_the_next_row_and_their_marks_with_them() -> None:
    rows = numbered("one two three four five six seven eight", [Span(4, 39)], width=20)
    assert rows == ["one two three four", "    ~~~~~~~~~~~~~~~", "five six seven eight", "~~~~~~~~~~~~~~~~~~~1"]


def test_a_long_line_is_shown_around_what_is_wrong() -> None:
    shown, mark = pointed("x" * 300 + "wrong" + "y" * 300, Span(300, 305), width=60)
    assert len(shown) <= 62
    assert shown[mark.index("~") : mark.index("^") + 1] == "wrong"


def test_diagnostics_are_drawn_as_ever(golden: Golden) -> None:
    words = "Hemoglobin ≥ 9 g/dL unless transfused the week before"
    diagnostics = [
        Diagnostic(
            title="criterion not understood",
            severity="warning",
            source="NCT01234567 I4",
            text=words,
            span=Span(20, 27),
            label="expected `and`, `or`, or the end",
            kept="kept as unparsed; every patient's verdict on it is unknown",
            hint="give the exception a bullet of its own, or add a clarification in rules/NCT01234567.yaml",
        ),
        Diagnostic(title="unknown key `condition`", source="patient.yaml", line=12, column=3, hint="did you mean `conditions`?"),
        Diagnostic(title="no such file", source="nowhere.yaml"),
        Diagnostic(title="a bullet names no group", severity="note", text="Cohort B only"),
    ]
    golden("diagnostics.txt", plain(drawn(diagnostics)))


def test_a_pipe_gets_plain_unwrapped_lines() -> None:
    stream = io.StringIO()
    show([line(2, "word " * 60)], stream)
    assert stream.getvalue() == "  " + ("word " * 60).rstrip() + "\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Terminal())
