"""Any text compiles to a criterion, the same each time, and each letter and digit of it belongs to one token."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eligimatch.api import check, explain
from eligimatch.compiler.largest import LARGEST
from eligimatch.compiler.lexer import _atoms, lex
from eligimatch.compiler.sentence_read import Side
from eligimatch.compiler.silent import without_silent
from eligimatch.compiler.tagger import tag
from eligimatch.compiler.tokens import Token
from eligimatch.kept import compiler, language
from eligimatch.model.profile import Condition, Profile
from eligimatch.model.rule import Had, Is, Measure, Unparsed, leaves
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.model.vocabulary import expanded

SIDES: tuple[Side, ...] = ("inclusion", "exclusion")
SIGNS = tuple(", ; : . ' ( ) [ ] / - – ≥ ≤ < > = + % & ± × \n".split(" "))
NUMBERS = (
    "0",
    "1",
    "2",
    "18",
    "75",
    "1.5",
    "2,5",
    "100,000",
    "1 500",
    "10^9",
    "10⁹",
    "1e9",
    ".5",
    "28",
    "5.0",
    "II",
    "IIIB",
    "T2N0M0",
    "one",
    "two",
    "v5.0",
)
UNITS = ("g/dL", "mg/dL", "x ULN", "10^9/L", "/µL", "mL/min/1.73 m2", "days", "weeks", "months", "years", "%", "mmHg", "kg/m2", "half-lives")


@cache
def wordings() -> tuple[str, ...]:
    """Every wording of grammar/words.yaml."""
    listed = language().vocabulary.words.values()
    return tuple(dict.fromkeys(wording for meanings in listed for said in meanings.values() for wording in expanded(said) if wording))


@cache
def names() -> tuple[str, ...]:
    """Names and synonyms of the vocabulary: each seventh."""
    entries = language().vocabulary.entries.values()
    said = sorted({wording for entry in entries for wording in (entry.name, *entry.synonyms)})
    return tuple(said[::7])


SPOKEN = st.lists(
    st.one_of(
        st.deferred(lambda: st.sampled_from(wordings())),
        st.deferred(lambda: st.sampled_from(names())),
        st.sampled_from(NUMBERS),
        st.sampled_from(UNITS),
        st.sampled_from(SIGNS),
    ),
    min_size=1,
    max_size=14,
).flatmap(lambda words: st.sampled_from([" ".join(words), " ".join(words).capitalize(), "".join(words)]))
TEXTS = st.one_of(SPOKEN, SPOKEN, st.text(max_size=80), st.text(alphabet="aAiIvVxX019.,;:()[]/-–≥≤<>^*⁹%µ \n", max_size=60))
HARD = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def tokens(text: str) -> list[Token]:
    return lex(text, compiler().lexicon)


# --- compiling --------------------------------------------------------------------------------------------------------------


@HARD
@given(TEXTS, st.sampled_from(SIDES))
def test_any_text_compiles_to_the_same_criterion_each_time(text: str, side: Side) -> None:
    criterion = explain(text, side)
    assert isinstance(criterion, Criterion)
    assert criterion == explain(text, side)
    assert Criterion.model_validate_json(criterion.model_dump_json()) == criterion


@HARD
@given(TEXTS, st.sampled_from(SIDES))
def test_every_span_lies_inside_the_text(text: str, side: Side) -> None:
    criterion = explain(text, side)
    for leaf in leaves(criterion.rule):
        assert 0 <= leaf.span.start <= leaf.span.end <= len(text)
    for residue in criterion.residue:
        assert 0 <= residue.span.start <= residue.span.end <= len(text)


@HARD
@given(TEXTS, st.sampled_from(SIDES))
def test_what_was_not_understood_is_shown(text: str, side: Side) -> None:
    criterion = explain(text, side)
    unread = [leaf.text for leaf in leaves(criterion.rule) if isinstance(leaf, Unparsed)]
    assert [residue.text for residue in criterion.residue] == unread
    assert bool(unread) == (criterion.form in (Form.PARTIAL, Form.UNPARSED))


@HARD
@given(TEXTS, st.sampled_from(SIDES))
@example("Be 'low-risk' for graded exercise testing", "inclusion")
@example("One prior standard systemic therapy is required for liposarcoma", "inclusion")
def test_what_is_asked_has_a_name(text: str, side: Side) -> None:
    for leaf in leaves(explain(text, side).rule):
        concept = leaf.concept if isinstance(leaf, (Had, Is)) else leaf.analyte if isinstance(leaf, Measure) else None
        assert concept is None or concept.name.strip()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("text", ["", " ", ".", "()", "((", "))", "≥", "- -", "\n\n", "and", "unless", "not not not", "1.", "(" * 200, "or " * 300])
def test_a_text_that_says_nothing_is_a_criterion_too(text: str, side: Side) -> None:
    assert explain(text, side).text == text


# --- the ledger of the lexer ------------------------------------------------------------------------------------------------


@HARD
@given(TEXTS)
def test_tokens_ascend_and_do_not_overlap(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start <= token.end <= len(text)
        assert token.text == text[token.start : token.end]
        end = token.end


@HARD
@given(TEXTS)
@example("Hemoglobin ≥ 9 g/dL unless transfused within 2 weeks")
@example("T2-4N0M0, stage IIB–IV (FIGO); OX-40, 10⁹/L, 1 500")
@example("Eastern Cooperative Oncology Group (ECOG) 0-1 [18F]FDG (using the Cockcroft-Gault formula)")
@example("-<0")
@example("T2N0M0.5")
def test_every_letter_and_digit_belongs_to_a_token(text: str) -> None:
    """Read or filler; all but an abbreviation after its words and parentheses that only say how a thing was found."""
    held = {place for token in tokens(text) for place in range(token.start, token.end)}
    kept = {place for atom in without_silent(_atoms(text), text) for place in range(atom.start, atom.end)}
    aside = {place for atom in _atoms(text) for place in range(atom.start, atom.end)} - kept
    lost = [place for place, sign in enumerate(text) if sign.isalnum() and place not in held | aside]
    assert "".join(text[place] for place in lost) == ""


@HARD
@given(TEXTS)
def test_the_tagger_invents_nothing(text: str) -> None:
    """Each token of a sentence stands where the lexer read one, and no two in one place."""
    read = {place for token in tokens(text) for place in range(token.start, token.end)}
    for sentence in tag(tokens(text)):
        places = [place for token in sentence.tokens for place in range(token.start, token.end) if not text[place].isspace()]
        assert [place for place in places if text[place].isalnum() and place not in read] == []


BEYOND = {
    "a power": "10^918",
    "a raised power": "10⁹⁹⁹ cells",
    "a raised digit": "platelets 10^²",
    "a number": "9" * 400 + " years",
    "parentheses": "(" * 3000 + "asthma" + ")" * 3000,
    "a row of names": "stroke " * 3000,
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("text", BEYOND.values(), ids=BEYOND)
def test_numbers_and_nesting_beyond_measure_are_no_exception(text: str, side: Side) -> None:
    assert explain(text, side).text == text


def test_sentences_after_the_largest_rule_are_kept_as_words() -> None:
    permitted = (
        "Patients with vitiligo are eligible if stable.",
        "Patients with treated brain metastases are allowed if off steroids.",
        "Subjects with hepatitis B are eligible if HBV DNA is negative.",
    )
    found = explain(" ".join(["Autoimmune disease, brain metastases or infection.", *permitted * 7, "Melanoma."]), "exclusion")
    read = list(leaves(found.rule))
    assert LARGEST < len(read) < 4 * LARGEST
    assert [leaf.text for leaf in read if isinstance(leaf, Unparsed)][-2:] == [permitted[-1].removeprefix("Subjects ").rstrip("."), "Melanoma"]
    patient = Profile(conditions=(Condition(name="infection"), Condition(name="brain metastases"), Condition(name="autoimmune disease")))
    assert check(patient, [CompiledTrial(id="T", criteria=(found,))]).trials[0].criteria[0].status == "unknown"
