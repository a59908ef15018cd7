"""Numbers: each sentence of the contract as a test. Today is 2026-03-02."""

from __future__ import annotations

from typing import Any

import pytest
from asking import above, at_least, at_most, before, below, concept, ever, had, number, outcome, result, truth

from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Had, Measure, Ranged, Staged


def seen(*values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"observations": list(values), **more}


def value(name: str, amount: float | str, unit: str | None = None, day: str = "2026-02-27", **fields: Any) -> dict[str, Any]:
    return {"name": name, "value": amount, "unit": unit, "date": day, **fields}


def test_the_latest_value_up_to_today_counts() -> None:
    rule = number("hemoglobin", at_least(9), "g/dL")
    old, new = value("hemoglobin", 12, "g/dL", "2026-01-02"), value("hemoglobin", 8.5, "g/dL", "2026-02-20")
    assert truth(rule, seen(old, new)) is False
    assert truth(rule, seen(old, value("hemoglobin", 8.5, "g/dL", "2026-03-20"))) is True


def test_none_in_the_window_is_unknown_never_failed() -> None:
    rule = number("hemoglobin", at_least(9), "g/dL", window=before(14, "day"))
    assert truth(rule, seen(value("hemoglobin", 8.5, "g/dL", "2026-01-02"))) is None


def test_any_value_in_the_window_where_the_words_ask_for_any() -> None:
    rule = number("absolute neutrophil count", below(0.5), "10^9/L", window=before(4, "week"), pick="any")
    low, high = value("ANC", 0.4, "10^9/L", "2026-02-10"), value("ANC", 2.0, "10^9/L", "2026-02-20")
    assert truth(rule, seen(low, high)) is True
    assert truth(rule, seen(high)) is False
    assert truth(rule, seen(value("ANC", 0.4, "10^9/L", "2025-02-10"))) is None


def test_two_values_of_the_latest_day_that_disagree_are_unknown_both_shown() -> None:
    found = outcome(number("ECOG", at_most(1)), seen(value("ECOG", 1), value("ECOG", 2)))
    assert found.truth is None
    assert "ECOG 1" in found.reason
    assert "ECOG 2" in found.reason


def test_two_values_of_the_latest_day_that_agree_decide() -> None:
    assert truth(number("ECOG", at_most(2)), seen(value("ECOG", 1), value("ECOG", 2))) is True


@pytest.mark.parametrize(
    ("amount", "unit", "expected"), [(200, "mg/dL", True), (11.2, "mmol/L", True), (198, "mg/dL", False), (11.0, "mmol/L", False)]
)
def test_units_are_converted_exactly_with_the_molar_mass(amount: float, unit: str, expected: bool) -> None:
    limit = 11.0 * 180.16 / 10
    assert truth(number("blood glucose", above(round(limit, 10)), "mg/dL"), seen(value("blood glucose", amount, unit))) is expected


def test_hba1c_in_mmol_per_mol() -> None:
    rule = number("HbA1c", below(7), "%")
    assert truth(rule, seen(value("HbA1c", 48, "mmol/mol"))) is True
    assert truth(rule, seen(value("HbA1c", 60, "mmol/mol"))) is False


def test_a_missing_unit_is_unknown_with_the_reason() -> None:
    found = outcome(number("hemoglobin", at_least(9), "g/dL"), seen(value("hemoglobin", 12)))
    assert found.truth is None
    assert "unit" in found.reason


def test_a_name_may_say_its_unit() -> None:
    rule = number("cigarettes per day", at_least(10), unit="cigarettes/day")
    assert truth(rule, {"observations": [{"name": "cigarettes smoked per day", "value": 15}]}) is True
    assert truth(rule, {"observations": [{"name": "smoked", "value": 15}]}) is None


def test_a_unit_of_another_dimension_is_unknown() -> None:
    assert truth(number("hemoglobin", at_least(9), "g/dL"), seen(value("hemoglobin", 12, "kg"))) is None


def test_quantities_without_a_unit_need_none() -> None:
    assert truth(number("INR", above(1.5)), seen(value("INR", 1.9))) is True
    assert truth(number("ECOG", at_most(1)), seen(value("ECOG", "1"))) is True


def test_multiples_of_a_limit_need_the_limit() -> None:
    rule = number("total bilirubin", at_most(1.5), per="uln")
    assert truth(rule, seen(value("total bilirubin", 1.8, "mg/dL", uln=1.2))) is True
    assert truth(rule, seen(value("total bilirubin", 1.9, "mg/dL", uln=1.2))) is False
    assert truth(rule, seen(value("total bilirubin", 1.8, "mg/dL"))) is None


def test_normal_is_inside_the_reference_range() -> None:
    rule = Measure(analyte=Concept(name="alanine aminotransferase", kind="analyte"), normal=True)
    assert truth(rule, seen(value("ALT", 22, "U/L", uln=40, lln=7))) is True
    assert truth(rule, seen(value("ALT", 68, "U/L", uln=40))) is False
    assert truth(rule, seen(value("ALT", 22, "U/L", uln=40))) is None


def test_a_fasting_value_takes_only_fasting() -> None:
    rule = number("blood glucose", above(100), "mg/dL", fasting=True)
    assert truth(rule, seen(value("glucose", 120, "mg/dL", fasting=True))) is True
    assert truth(rule, seen(value("glucose", 120, "mg/dL", fasting=False))) is None
    assert truth(rule, seen(value("glucose", 120, "mg/dL"))) is None


def test_a_fasting_analyte_takes_the_fasting_values_of_its_plain_one() -> None:
    rule = number("fasting blood glucose", above(100), "mg/dL", fasting=True)
    assert truth(rule, seen(value("glucose", 120, "mg/dL", fasting=True))) is True
    assert truth(rule, seen(value("fasting blood glucose", 120, "mg/dL"))) is True
    assert truth(rule, seen(value("glucose", 120, "mg/dL"))) is None


def test_change_compares_the_values_inside_its_window() -> None:
    rule = number("FEV1 percent predicted", at_most(-5), "%", change="relative", window=before(36, "month"))
    first, last = value("FEV1 percent predicted", 80, "%", "2024-01-10"), value("FEV1 percent predicted", 74, "%", "2026-02-01")
    assert truth(rule, seen(first, last)) is True
    assert truth(rule, seen(value("FEV1 percent predicted", 80, "%", "2024-01-10"))) is None
    assert truth(rule, seen(value("FEV1 percent predicted", 80, "%", "2020-01-10"), last)) is None


def test_comparisons_are_exact() -> None:
    assert truth(number("blood glucose", above(11.0), "mmol/L"), seen(value("blood glucose", 11.0, "mmol/L"))) is False
    between = Interval(low=480, high=620)
    assert truth(number("central corneal thickness", between, "um"), seen(value("central corneal thickness", 0.62, "mm"))) is True
    assert truth(number("central corneal thickness", between, "um"), seen(value("central corneal thickness", 0.48, "mm"))) is True


def test_a_value_with_a_comparator_is_an_interval() -> None:
    rule = number("HBV DNA", below(2000), "IU/mL")
    assert truth(rule, seen(value("HBV DNA", "<20", "IU/mL"))) is True
    assert truth(rule, seen(value("HBV DNA", ">5000", "IU/mL"))) is False
    assert truth(rule, seen(value("HBV DNA", "<5000", "IU/mL"))) is None


def test_age_is_completed_years() -> None:
    adult = number("age", at_least(18), "year")
    assert truth(adult, {"birth_date": "2008-03-02"}) is True
    assert truth(adult, {"birth_date": "2008-03-03"}) is False
    assert truth(number("age", at_most(70), "year"), {"birth_date": "1955-03-03"}) is True
    assert truth(number("age", above(18), "year"), {"age": 18}) is False


def test_age_in_months_weeks_or_days_is_the_exact_calendar_age() -> None:
    six_months = number("age", at_least(6), "month")
    assert truth(six_months, {"birth_date": "2025-09-02"}) is True
    assert truth(six_months, {"birth_date": "2025-09-03"}) is False
    assert truth(number("age", at_most(28), "day"), {"birth_date": "2026-02-02"}) is True
    assert truth(number("age", below(18), "month"), {"age": 1}) is None
    assert truth(number("age", at_least(6), "month"), {"age": 1}) is True


def test_a_birth_date_and_an_age_that_disagree_are_a_contradiction() -> None:
    assert truth(number("age", at_least(18), "year"), {"birth_date": "2000-01-01", "age": 16}) is None


def test_another_side_is_another_measurement() -> None:
    either = number("intraocular pressure", above(21), "mm Hg", sides="either")
    each = number("intraocular pressure", at_most(21), "mm Hg", sides="each")
    right, left = value("intraocular pressure", 18, "mm Hg", side="right"), value("intraocular pressure", 24, "mm Hg", side="left")
    assert truth(either, seen(right, left)) is True
    assert truth(either, seen(right)) is None
    assert truth(either, seen(right, {**right, "side": "left"})) is False
    assert truth(each, seen(right)) is None
    assert truth(each, seen(left)) is False


def test_a_grade_by_a_laboratory_value_alone() -> None:
    severe = had("anemia", Ranged(aspect="grade", interval=at_least(3)))
    assert truth(severe, seen(value("hemoglobin", 7.2, "g/dL"))) is True
    assert truth(severe, seen(value("hemoglobin", 13.1, "g/dL"))) is False
    assert truth(severe, {"conditions": [{"name": "anemia"}], **seen(value("hemoglobin", 9.0, "g/dL")), "complete": ["conditions"]}) is False


def test_a_biomarker_is_read_as_an_observation_is() -> None:
    old, new = {"name": "HER2", "result": "positive", "date": "2024-01-01"}, {"name": "HER2", "result": "negative", "date": "2026-01-01"}
    assert truth(result("HER2", "positive"), {"biomarkers": [old, new]}) is False
    assert truth(result("HER2", "positive", pick="any"), {"biomarkers": [old, new]}) is True
    assert truth(result("HER2", "positive"), {"biomarkers": [{**old, "date": "2026-01-01"}, new]}) is None


def test_a_variant_proves_its_gene_and_a_wild_type_gene_denies_its_variants() -> None:
    variant = {"biomarkers": [{"name": "EGFR", "variant": "L858R", "result": "mutated"}]}
    wild = {"biomarkers": [{"name": "EGFR", "result": "wild-type"}]}
    assert truth(result("EGFR", "mutated"), variant) is True
    assert truth(result("EGFR L858R", "mutated"), variant) is True
    assert truth(result("EGFR L858R", "mutated"), wild) is False
    assert truth(result("EGFR L858R", "mutated"), {"biomarkers": [{"name": "EGFR", "result": "mutated"}]}) is None
    absent_variant = {"biomarkers": [{"name": "EGFR", "variant": "T790M", "result": "negative"}]}
    assert truth(result("EGFR", "mutated"), absent_variant) is None


def test_any_change_of_a_gene_is_an_alteration() -> None:
    for said in ("mutated", "fusion", "amplified", "deleted"):
        assert truth(result("ALK", "altered"), {"biomarkers": [{"name": "ALK", "result": said}]}) is True
    assert truth(result("ALK", "altered"), {"biomarkers": [{"name": "ALK fusion", "result": "positive"}]}) is True
    assert truth(result("ALK", "altered"), {"biomarkers": [{"name": "ALK", "result": "negative"}]}) is False
    assert truth(result("ALK", "altered"), {"biomarkers": [{"name": "ALK fusion", "result": "negative"}]}) is None


def test_a_variant_that_is_there_tells_nothing_of_its_copies() -> None:
    variant = {"biomarkers": [{"name": "F5 Leiden allele", "result": "positive"}]}
    assert truth(result("F5", "altered"), variant) is True
    assert truth(result("F5", "homozygous"), variant) is None


def test_steroid_doses_are_compared_as_prednisone() -> None:
    dose = had("corticosteroid", Ranged(aspect="dose", interval=above(10), unit="mg/day", equivalent=True))
    given = {"name": "dexamethasone", "dose": 4, "unit": "mg/day", "status": "ongoing"}
    assert truth(dose, {"treatments": [given]}) is True
    exactly = {"name": "methylprednisolone", "dose": 8, "unit": "mg/day", "status": "ongoing"}
    assert truth(dose, {"treatments": [exactly], "complete": ["treatments"]}) is False
    assert truth(dose, {"treatments": [{"name": "prednisone", "status": "ongoing"}]}) is None


def test_a_dose_in_milligrams_a_day_without_a_route_is_systemic() -> None:
    assert (
        truth(had("systemic corticosteroid"), {"treatments": [{"name": "dexamethasone", "dose": 4, "unit": "mg/day", "status": "ongoing"}]}) is True
    )
    assert (
        truth(
            had("systemic corticosteroid"),
            {"treatments": [{"name": "betamethasone", "route": "topical", "status": "ongoing"}], "complete": ["treatments"]},
        )
        is False
    )


def test_a_qualitative_result_is_compared_as_such() -> None:
    rule = result("HCV RNA", "positive")
    assert truth(rule, seen(value("HCV RNA", "not detected"))) is False
    assert truth(rule, seen(value("HCV RNA", "detected"))) is True
    assert truth(result("smoking status", "current"), seen(value("smoking status", "former"))) is False
    assert truth(result("smoking status", "current"), seen(value("smoking status", "smokes daily"))) is None


def test_a_kind_of_an_analyte_proves_it_and_not_the_other_way_round() -> None:
    serum = seen(value("serum pregnancy test", "negative"))
    urine = seen(value("urine pregnancy test", "negative"))
    assert truth(result("pregnancy test", "negative"), urine) is True
    assert truth(result("serum pregnancy test", "negative"), urine) is None
    assert truth(result("serum pregnancy test", "negative"), serum) is True


def test_a_stage_lies_within_a_wider_one_not_the_other_way_round() -> None:
    def staged(system: str, listed: str) -> dict[str, Any]:
        return {"conditions": [{"name": "lung cancer", "stage": [{"system": system, "value": listed}]}], "complete": ["conditions"]}

    assert truth(had("lung cancer", Staged(system="AJCC", values=("III",))), staged("AJCC 8", "IIIA")) is True
    assert truth(had("lung cancer", Staged(system="AJCC", values=("IIIA",))), staged("AJCC 8", "III")) is None
    assert truth(had("lung cancer", Staged(system="AJCC", values=("I", "II", "III"))), staged("AJCC 8", "IV")) is False
    assert truth(had("lung cancer", Staged(system="VALG", values=("limited",))), staged("AJCC 8", "IV")) is None
    assert truth(had("lung cancer", Staged(system="AJCC 7", values=("IV",))), staged("AJCC 8", "IV")) is None


def test_a_functional_class_of_today_does_not_tell_what_it_was_before() -> None:
    third = Staged(system="NYHA class", values=("III", "IV"))
    person = {"conditions": [{"name": "heart failure", "stage": [{"system": "NYHA", "value": "I"}]}]}
    assert truth(had("heart failure", third), person) is not True
    assert truth(had("heart failure", third), {**person, "complete": ["conditions"]}) is False
    assert truth(ever("heart failure", third), {**person, "complete": ["conditions"]}) is None


def test_a_staging_system_has_one_meaning_in_all_its_wordings() -> None:
    def classed(system: str) -> dict[str, Any]:
        return {"conditions": [{"name": "heart failure", "stage": [{"system": system, "value": "III"}]}]}

    for asked in ("NYHA", "NYHA class", "New York Heart Association"):
        for listed in ("NYHA", "NYHA class", "New York Heart Association class"):
            assert truth(had("heart failure", Staged(system=asked, values=("II", "III", "IV"))), classed(listed)) is True


def test_a_class_may_be_listed_as_an_observation() -> None:
    rule = had("heart failure", Staged(system="NYHA", values=("III", "IV")))
    assert truth(rule, {"conditions": [{"name": "heart failure"}], **seen(value("NYHA class", "III"))}) is True


def test_the_parts_of_a_tnm_formula() -> None:
    person = {"conditions": [{"name": "gastric cancer", "stage": [{"system": "AJCC 8", "value": "T4aN1M0"}]}], "complete": ["conditions"]}
    assert truth(had("gastric cancer", Staged(system="T", values=("3", "4"))), person) is True
    assert truth(had("gastric cancer", Staged(system="N", values=("0",))), person) is False
    assert truth(had("gastric cancer", Staged(system="M", values=("0",))), person) is True


def test_a_positive_result_proves_its_infection() -> None:
    assert truth(ever("hepatitis B"), seen(value("HBsAg", "positive"))) is True
    assert truth(ever("hepatitis B"), seen(value("HBsAg", "negative"))) is None


def test_a_score_of_a_hundred_may_be_told_in_percent() -> None:
    assert truth(number("Karnofsky", at_least(60)), seen(value("KPS", 70, "%"))) is True
    assert truth(number("INR", at_most(1.5)), seen(value("INR", 1.1, "%"))) is None


def test_pluses_and_what_lies_below_the_first_are_steps_of_a_dipstick() -> None:
    rule = number("urine dipstick protein", below(2))
    assert [truth(rule, seen(value("urine dipstick protein", step))) for step in ("negative", "trace", "1+", "2+")] == [True, True, True, False]


def test_a_fraction_of_snellens_is_read_in_letters() -> None:
    rule = number("best corrected visual acuity", at_most(70), "letters")
    assert truth(rule, seen(value("BCVA", "20/60"))) is True
    assert truth(rule, seen(value("BCVA", "20/20"))) is False


def test_a_share_of_what_is_predicted_is_another_number_than_liters() -> None:
    rule = number("FEV1 percent predicted", at_least(50), "%")
    assert truth(rule, seen(value("FEV1", 55, "%"))) is True
    assert truth(rule, seen(value("FEV1", 2.1, "L"))) is None


def test_the_latest_value_of_a_score_shows_the_condition_that_defines_it() -> None:
    assert truth(had("ambulatory"), seen(value("ECOG", 1))) is True
    assert truth(had("ambulatory"), seen(value("ECOG", 1, day="2026-01-02"), value("ECOG", 3))) is None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("Child-Pugh class", "A", True), ("Child-Pugh score", 6, True), ("Child-Pugh score", 7, False), ("Child-Pugh", "B", False)],
)
def test_a_class_of_an_organs_function_is_told_by_itself_or_its_score(name: str, value: object, expected: bool) -> None:
    asked = Had(concept=concept("disease"), qualifiers=(Staged(system="Child-Pugh class", values=("A",)),))
    assert truth(asked, {"observations": [{"name": name, "value": value}]}) is expected


def test_another_class_than_a_diseases_denies_the_disease_so_graded() -> None:
    asked = Had(concept=concept("heart failure"), qualifiers=(Staged(system="NYHA class", values=("III", "IV")),))
    assert truth(asked, {"observations": [{"name": "NYHA class", "value": "II"}]}) is False
    assert truth(asked, {"observations": [{"name": "NYHA class", "value": "III"}]}) is None


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("total bilirubin", "bilirubin, total"), ("total bilirubin", "Bilirubin.total [Mass/volume] in Serum or Plasma"),
        ("hemoglobin", "hemoglobin (blood)"), ("absolute neutrophil count", "neutrophils absolute"),
        ("platelet count", "Platelets [#/volume] in Blood by Automated count"),
    ],
)  # fmt: skip
def test_a_number_is_known_by_the_names_of_laboratories(asked: str, written: str) -> None:
    unit = {"total bilirubin": "mg/dL", "hemoglobin": "g/dL"}.get(asked, "10^9/L")
    assert truth(number(asked, at_least(1), unit), seen(value(written, 2, unit))) is True


def test_a_number_found_elsewhere_is_another() -> None:
    assert truth(number("serum creatinine", at_least(1), "mg/dL"), seen(value("Creatinine [Mass/volume] in Urine", 80, "mg/dL"))) is None
    assert truth(number("hemoglobin", at_least(9), "g/dL"), seen(value("hemoglobin (urine)", 10, "g/dL"))) is None
