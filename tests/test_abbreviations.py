"""Abbreviations mean what their own record says, in that record alone."""

from __future__ import annotations

import pytest
from criteria import drawn

from eligimatch.api import compile_trial, load_trial
from eligimatch.compiler.abbreviations import defined
from eligimatch.model.rule import Unparsed, leaves
from eligimatch.model.trial import Criterion


def criteria(*bullets: str, title: str = "T") -> list[Criterion]:
    """The criteria of a record with these inclusions."""
    text = "Inclusion Criteria:\n\n" + "".join(f"* {bullet}\n" for bullet in bullets)
    return [one for one in compile_trial(load_trial({"id": "T", "title": title, "eligibility": text})).criteria if one.kind == "inclusion"]


def last(*bullets: str, title: str = "T") -> str:
    """What the last of some criteria comes to."""
    return "\n".join(drawn(criteria(*bullets, title=title)[-1].rule))


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("recurrent cervical cancer (CC)", "CC", "cervical cancer"),
        ("locally advanced or metastatic renal cancer (mRC)", "mRC", "metastatic renal cancer"),
        ("tyrosine kinase inhibitors (TKIs)", "TKI", "tyrosine kinase inhibitors"),
        ("graft-versus-host disease [GVHD]", "GVHD", "graft-versus-host disease"),
        ("cancer of the prostate (COP)", "COP", "cancer of the prostate"),
        ('radiotherapy ("RT")', "RT", "radiotherapy"),
        ("ES (Ewing sarcoma)", "ES", "Ewing sarcoma"),
    ],
)
def test_a_short_form_is_defined_by_the_words_whose_initials_it_has(text: str, short: str, long: str) -> None:
    assert list(defined(text)) == [(short, long)]


@pytest.mark.parametrize("text", ["patients with relapse (AML)", "stage III (N2)", "hemoglobin, platelets (HP)", "two drugs (AB)", "QTc (QT)"])
def test_what_is_no_definition_defines_nothing(text: str) -> None:
    assert list(defined(text)) == []


def test_an_unknown_short_form_is_read_as_its_long_one_in_all_of_the_record() -> None:
    assert last("Asthma (AA) or atopic dermatitis (AD)", "Severe AD") == "had atopic dermatitis, coded aspect severity values severe"
    assert last("Severe AD", title="Dupilumab in Atopic Dermatitis (AD)") == "had atopic dermatitis, coded aspect severity values severe"


def test_it_means_nothing_in_another_record() -> None:
    criteria("Atopic dermatitis (AD)")
    assert last("Severe AD") == "had `ad`, coded aspect severity values severe"


def test_the_record_decides_against_what_is_known() -> None:
    assert last("Prior RT") == "had radiotherapy, when ever"
    assert last("Richter's transformation (RT)", "Prior RT") == "had Richter transformation, when ever"


def test_of_two_meanings_neither_is_chosen() -> None:
    said = last("Parkinson's disease (PD)", "Panic disorder (PD)", "PD")
    assert said.splitlines() == ["ambiguous", "  had Parkinson's disease", "  had panic disorder"]


def test_the_meaning_beside_it_is_the_one() -> None:
    said = last("Parkinson's disease (PD)", "Panic disorder (PD), severe PD")
    assert "had panic disorder, coded aspect severity values severe" in said
    assert "Parkinson" not in said


def test_a_longer_known_wording_and_a_stage_are_no_short_forms() -> None:
    assert last("Total bilirubin (TB) ≤ 2 mg/dL", "Positive TB test") == "is tuberculosis test = positive"
    assert "values IB" in last("Investigator brochure (IB)", "Stage IB melanoma")


def test_places_are_those_of_the_words_as_written() -> None:
    text = "AD and frobnicated xyzzy unless qux requires AD"
    criterion = criteria("Atopic dermatitis (AD)", text)[-1]
    assert all(0 <= leaf.span.start <= leaf.span.end <= len(text) for leaf in leaves(criterion.rule))
    assert all(leaf.text == text[leaf.span.start : leaf.span.end] for leaf in leaves(criterion.rule) if isinstance(leaf, Unparsed))
