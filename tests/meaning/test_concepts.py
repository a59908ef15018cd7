"""A concept is asked: each sentence of the contract as a test."""

from __future__ import annotations

import pytest
from asking import concept, ever, had, outcome, result, truth

from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, AnyOf, Coded, Had, Judged, Meeting, Not, Purpose, Staged
from eligimatch.model.span import Span


def listing(*names: str, **more: object) -> dict[str, object]:
    return {"conditions": [{"name": name} for name in names], **more}


def test_every_rule_is_evaluated_in_kleenes_strong_logic() -> None:
    unknown, false = had("asthma"), had("gout")
    person = {"never": ["gout"]}
    assert truth(AllOf(rules=(unknown, false)), person) is False
    assert truth(AnyOf(rules=(unknown, Not(rule=false))), person) is True
    assert truth(AnyOf(rules=(unknown, false)), person) is None


def test_nothing_is_guessed() -> None:
    assert truth(had("autoimmune disease"), {}) is None


def test_true_if_a_listed_item_is_the_concept_or_a_descendant() -> None:
    assert truth(had("autoimmune disease"), listing("rheumatoid arthritis")) is True
    assert truth(had("rheumatoid arthritis"), listing("rheumatoid arthritis")) is True
    assert truth(ever("platinum chemotherapy"), {"treatments": [{"name": "cisplatin"}]}) is True


def test_a_wider_listed_item_does_not_prove_a_narrower_concept() -> None:
    assert truth(had("open-angle glaucoma"), listing("glaucoma")) is None
    assert truth(had("open-angle glaucoma"), listing("glaucoma", complete=["conditions"])) is None


def test_a_code_names_the_item_too() -> None:
    coded = {"conditions": [{"name": "eye trouble", "code": {"system": "ICD-10-CM", "value": "H40.1230"}}]}
    assert truth(had("open-angle glaucoma"), coded) is True


def test_the_item_must_meet_the_qualifiers() -> None:
    severe = Coded(aspect="severity", values=("severe",))
    assert truth(had("pneumonia", severe), {"conditions": [{"name": "pneumonia", "severity": "severe"}]}) is True
    assert truth(had("pneumonia", severe), {"conditions": [{"name": "pneumonia", "severity": "mild"}], "complete": ["conditions"]}) is False


def test_false_if_the_concept_or_an_ancestor_is_in_never() -> None:
    assert truth(ever("Crohn's disease"), {"never": ["Crohn's disease"]}) is False
    assert truth(ever("Crohn's disease"), {"never": ["inflammatory bowel disease"]}) is False
    assert truth(ever("inflammatory bowel disease"), {"never": ["Crohn's disease"]}) is None


def test_false_if_asked_as_present_and_the_concept_or_an_ancestor_is_in_absent() -> None:
    assert truth(had("sarcoidosis"), {"absent": ["sarcoidosis"]}) is False
    assert truth(had("stroke"), {"absent": ["central nervous system disease"]}) in (False, None)


def test_false_if_refuted() -> None:
    assert truth(had("sarcoidosis"), {"conditions": [{"name": "sarcoidosis", "verification": "refuted"}]}) is False


def test_false_if_its_section_is_complete_and_no_listed_item_could_be_it() -> None:
    assert truth(had("Crohn's disease"), listing("ulcerative colitis", complete=["conditions"])) is False
    assert truth(had("Crohn's disease"), listing("ulcerative colitis")) is None


def test_a_never_entry_answers_every_time_an_absent_entry_only_present_now() -> None:
    for rule, by_never, by_absent in ((had("stroke"), False, False), (ever("stroke"), False, None)):
        assert truth(rule, {"never": ["stroke"]}) is by_never
        assert truth(rule, {"absent": ["stroke"]}) is by_absent


def test_for_a_lifelong_concept_absent_and_never_are_one() -> None:
    assert truth(ever("HIV infection"), {"absent": ["HIV infection"]}) is False


def test_an_item_that_does_not_say_makes_it_unknown_also_where_the_section_is_complete() -> None:
    histology = Coded(aspect="evidence", values=("histology",))
    severe = Coded(aspect="severity", values=("severe",))
    stage = Staged(system="", values=("I", "II", "III"))
    for rule in (had("breast cancer", histology), had("breast cancer", severe), had("breast cancer", stage)):
        assert truth(rule, listing("breast cancer", complete=["conditions"])) is None


def test_an_item_that_contradicts_a_qualifier_does_not_prove_the_concept() -> None:
    histology = Coded(aspect="evidence", values=("histology",))
    person = {"conditions": [{"name": "breast cancer", "evidence": ["imaging"]}]}
    assert truth(had("breast cancer", histology), person) is None
    assert truth(had("breast cancer", histology), {**person, "complete": ["conditions"]}) is False


def test_one_listed_item_alone_of_the_study_disease_settles_it() -> None:
    early = Staged(system="", values=("I", "II", "III"))
    person = {"conditions": [{"name": "breast cancer", "stage": [{"system": "AJCC 8", "value": "IV"}]}]}
    assert truth(had("breast cancer", early), person) is None
    assert truth(had("breast cancer", early), person, study=["Breast Cancer"]) is False


def test_the_class_of_autoimmune_diseases_is_not_lifelong() -> None:
    assert truth(ever("autoimmune disease"), {"absent": ["autoimmune disease"]}) is None


def test_a_name_that_no_vocabulary_knows_matches_the_same_words() -> None:
    assert truth(had("quorx malady"), listing("Quorx malady")) is True
    assert truth(had("quorx malady"), listing("diffuse quorx malady")) is True


def test_an_unclassified_item_never_proves_a_concept() -> None:
    assert truth(had("autoimmune disease"), listing("quorx malady")) is None


def test_an_unclassified_item_leaves_complete_unknown_only_for_its_own_kind() -> None:
    person = listing("quorx malady", complete=["conditions", "treatments"])
    assert truth(had("autoimmune disease"), person) is None
    assert truth(ever("chemotherapy"), person) is False


def test_an_open_concept_proves_nothing_but_its_own_words() -> None:
    assert truth(had("quorx malady"), listing("hypertension", complete=["conditions"])) is None
    assert truth(had("quorx malady"), {"never": ["quorx malady"]}) is False


def test_an_open_kind_of_a_known_concept_is_denied_with_it() -> None:
    rule = Had(concept=Concept(name="mucinous lymphoma", linked=False, within=("lymphoma",)))
    assert truth(rule, {"never": ["lymphoma"]}) is False
    assert truth(rule, listing("hypertension", complete=["conditions"])) is False
    assert truth(rule, listing("follicular lymphoma", complete=["conditions"])) is None


def test_the_last_words_of_a_listed_name_say_what_it_is() -> None:
    assert truth(had("lymphoma"), listing("mucinous lymphoma")) is True
    assert truth(had("breast cancer"), listing("family history of breast cancer")) is None
    assert truth(had("pneumonia"), listing("pneumonia (ruled out)")) is None


def test_a_thing_of_a_place_is_that_places_thing() -> None:
    assert truth(had("kidney disease"), {"absent": ["disease of the kidney"]}) is False
    assert truth(had("kidney disease"), listing("chronic disease of the kidney")) is True


def test_each_of_a_combined_treatment_was_given() -> None:
    person = {"treatments": [{"name": "doxorubicin and cyclophosphamide", "status": "completed"}]}
    assert truth(ever("doxorubicin"), person) is True
    assert truth(ever("cyclophosphamide"), person) is True


def test_a_brand_names_its_drug() -> None:
    assert truth(ever("cabozantinib"), {"treatments": [{"name": "Cabometyx"}]}) is True


def test_leading_words_of_a_name_are_its_qualities() -> None:
    severe, metastatic = Coded(aspect="severity", values=("severe",)), Coded(aspect="course", values=("metastatic",))
    assert truth(had("asthma", severe), listing("severe asthma")) is True
    assert truth(had("breast cancer", metastatic), listing("metastatic breast cancer")) is True


def test_a_metastasis_makes_the_only_cancer_a_metastatic_one() -> None:
    metastatic = Coded(aspect="course", values=("metastatic",))
    assert truth(had("breast cancer", metastatic), listing("breast cancer", "bone metastases")) is True
    assert truth(had("breast cancer", metastatic), listing("breast cancer", "melanoma", "bone metastases")) is None


def test_a_drug_is_asked_in_treatments() -> None:
    assert truth(ever("pembrolizumab"), {"treatments": [], "complete": ["treatments"]}) is False


def test_an_operation_is_asked_in_treatments_and_procedures() -> None:
    surgery = ever("major surgery")
    assert truth(surgery, {"procedures": [{"name": "right hemicolectomy", "date": "2026-02-25"}]}) is True
    assert truth(surgery, {"treatments": [{"name": "right hemicolectomy", "start": "2026-02-25"}]}) is True
    assert truth(surgery, {"complete": ["treatments"]}) is None
    assert truth(surgery, {"complete": ["treatments", "procedures"]}) is False


def test_radiotherapy_cell_therapy_and_vaccines_live_in_treatments() -> None:
    for name in ("radiotherapy", "cell therapy", "live vaccine"):
        assert truth(ever(name), {"complete": ["treatments"]}) is False


def test_other_malignancy_refers_to_the_trials_own_conditions() -> None:
    other = had("cancer", other=True)
    person = listing("lung cancer", complete=["conditions"])
    assert truth(other, person, study=["Lung Cancer"]) is False
    assert truth(other, listing("lung cancer", "melanoma"), study=["Lung Cancer"]) is True


def test_a_metastasis_of_the_study_disease_is_no_other_malignancy() -> None:
    other = had("cancer", other=True)
    assert truth(other, listing("lung cancer", "brain metastasis", "liver metastasis", complete=["conditions"]), study=["Lung Cancer"]) is False
    assert truth(other, listing("lung cancer", "brain metastasis", "melanoma"), study=["Lung Cancer"]) is True
    assert truth(other, listing("brain metastasis", "liver metastasis", complete=["conditions"]), study=["Lung Cancer"]) is None
    assert truth(other, listing("lung cancer", "brain metastasis", complete=["conditions"])) is None


def test_of_two_cancers_that_a_trial_studies_one_may_be_the_other_malignancy() -> None:
    other = had("cancer", other=True)
    assert truth(other, listing("lung cancer", "melanoma", complete=["conditions"]), study=["Lung Cancer", "Melanoma"]) is None
    assert truth(other, listing("lung cancer", complete=["conditions"]), study=["Lung Cancer", "Melanoma"]) is False


def test_other_malignancy_is_unknown_where_the_trials_conditions_are_not_given_and_it_decides() -> None:
    other = had("cancer", other=True)
    assert truth(other, listing("lung cancer", complete=["conditions"])) is None
    assert truth(other, listing("lung cancer", "melanoma")) is True
    assert truth(other, {"complete": ["conditions"]}) is False
    assert truth(other, {"absent": ["other malignancy"], **listing("lung cancer")}) is False


def test_the_study_disease_is_that_of_the_trial() -> None:
    for_it = Purpose(concept=Concept(name="study disease"))
    person = {"treatments": [{"name": "cisplatin", "for": "small cell lung cancer"}]}
    assert truth(ever("chemotherapy", for_it), person, study=["Small Cell Lung Cancer"]) is True
    assert truth(ever("chemotherapy", for_it), person) is None


def test_per_named_criteria_is_met_by_a_confirmed_condition_and_noted() -> None:
    found = outcome(had("chronic lymphocytic leukemia", Meeting(criteria="IWCLL criteria")), listing("chronic lymphocytic leukemia"))
    assert found.truth is True
    assert any("IWCLL" in note for note in found.assumptions)


def test_absent_and_never_take_any_concept() -> None:
    person = {"absent": ["pacemaker", "anticoagulant"], "never": ["allogeneic stem cell transplant"]}
    assert truth(had("pacemaker"), person) is False
    assert truth(had("anticoagulant"), person) is False
    assert truth(ever("allogeneic hematopoietic stem cell transplantation"), person) in (False, None)


def test_an_absent_treatment_answers_currently_receiving_not_prior() -> None:
    assert truth(had("chemotherapy"), {"absent": ["chemotherapy"]}) is False
    assert truth(ever("chemotherapy"), {"absent": ["chemotherapy"]}) is None


def test_exceptions_take_their_descendants_out() -> None:
    rule = had("autoimmune disease", but_not=(had("vitiligo"),))
    assert truth(rule, listing("vitiligo", complete=["conditions"])) is False
    assert truth(rule, listing("vitiligo", "rheumatoid arthritis")) is True


def test_an_exception_in_words_that_no_vocabulary_knows_may_take_out_what_is_listed() -> None:
    rule = had("autoimmune disease", but_not=(had("those named in the appendix"),))
    assert truth(rule, listing("vitiligo", complete=["conditions"])) is None
    assert truth(rule, {"complete": ["conditions"]}) is False


def test_an_exception_by_its_route_takes_out_what_was_given_so() -> None:
    rule = ever("corticosteroid", section="treatments", but_not=(ever("topical corticosteroid", section="treatments"),))
    given = {"name": "hydrocortisone", "start": "2025-11-03", "end": "2025-12-01"}
    assert truth(rule, {"treatments": [{**given, "route": "topical"}], "complete": ["treatments"]}) is False
    assert truth(rule, {"treatments": [{**given, "route": "oral"}]}) is True
    assert truth(rule, {"treatments": [given]}) is None


def test_an_inhaled_steroid_is_no_local_therapy_of_a_cancer() -> None:
    inhaled = {"treatments": [{"name": "budesonide", "route": "inhaled", "status": "ongoing"}], "complete": ["treatments"]}
    assert truth(had("local therapy"), inhaled) is False


def test_a_denial_of_part_answers_for_that_part_only() -> None:
    severe = Coded(aspect="severity", values=("severe",))
    assert truth(had("asthma"), {"absent": ["severe asthma"]}) is None
    assert truth(had("asthma", severe), {"absent": ["severe asthma"]}) is False


def test_a_denial_of_active_disease_leaves_other_kinds_open() -> None:
    person = {"absent": ["active infection"]}
    assert truth(had("infection"), person) is False
    assert truth(had("latent tuberculosis"), person) is None
    assert truth(had("hepatitis B"), person) is None
    assert truth(had("hepatitis B"), person, text="active hepatitis B") is None
    assert truth(had("hepatitis B", span=Span(0, 18)), person, text="active hepatitis B") is False
    assert truth(ever("gout"), {"never": ["active gout"]}) is None


def test_the_origin_of_an_antibody_is_not_told_by_its_name() -> None:
    rule = ever("humanized antibody", section="allergies")
    assert truth(rule, {"allergies": [{"substance": "rituximab"}], "complete": ["allergies"]}) is None
    assert truth(rule, {"allergies": [{"substance": "penicillin"}], "complete": ["allergies"]}) is False


def test_what_two_kinds_make_up_is_denied_where_both_are() -> None:
    assert truth(ever("drug or alcohol abuse"), {"never": ["alcohol abuse", "drug abuse"]}) is False
    assert truth(ever("drug or alcohol abuse"), {"never": ["alcohol abuse"]}) is None


def test_what_named_criteria_define_a_statement_may_say() -> None:
    assert truth(had("measurable disease"), {"statements": {"at least one measurable lesion per RECIST 1.1": "yes"}}) is True
    assert truth(had("measurable disease"), {"statements": {"measurable disease by RECIST 1.1": "no"}}) is False
    assert truth(had("measurable disease"), {"statements": {"measurable disease": "no"}, "conditions": [{"name": "measurable lesion"}]}) is None
    assert truth(had("asthma"), {"statements": {"asthma": "yes"}}) is None


def test_concepts_of_the_tests_are_in_the_vocabulary() -> None:
    assert concept("autoimmune disease").linked


def test_a_judgement_is_met_by_an_item_that_says_it_in_so_many_words() -> None:
    overt = had("bleeding", Judged(words="overt bleeding"))
    assert truth(overt, listing("overt bleeding")) is True
    assert truth(overt, listing("bleeding, not overt", complete=["conditions"])) is None
    assert truth(overt, listing("bleeding", complete=["conditions"])) is None


def test_a_place_is_met_by_its_parts_and_only_another_organ_contradicts_it() -> None:
    in_lung = had("lesion", Coded(aspect="site", values=("lung",)))
    for site, told in (("left lung", True), ("lung", True), ("liver", False), ("thorax", None), ("skin", None)):
        assert truth(in_lung, {"conditions": [{"name": "lesion", "site": site}], "complete": ["conditions"]}) is told
    assert truth(in_lung, listing("lesion", complete=["conditions"])) is None


def test_hormone_receptors_are_positive_where_one_is_and_negative_where_all_are() -> None:
    def marked(**results: str) -> dict[str, object]:
        return {"biomarkers": [{"name": name, "result": found} for name, found in results.items()]}

    positive, negative = result("hormone receptor", "positive"), result("hormone receptor", "negative")
    assert truth(positive, marked(ER="negative", PR="positive")) is True
    assert truth(negative, marked(ER="negative", PR="positive")) is False
    assert truth(positive, marked(ER="negative", PR="negative")) is False
    assert truth(positive, marked(ER="negative")) is None


def test_a_treatment_of_some_intent_is_what_both_words_name() -> None:
    person = {"treatments": [{"name": "radiotherapy", "intent": "palliative", "start": "2026-02-18", "end": "2026-02-24"}]}
    assert truth(ever("palliative radiotherapy"), person) is True


def test_two_diseases_of_no_known_name_may_be_one() -> None:
    other = had("cancer", other=True)
    assert truth(other, listing("melanoma", "sarcoma")) is True
    assert truth(had("disease", other=True), listing("quorx malady")) is None
    assert truth(had("disease", other=True), listing("quorx malady", "quorx malady of the hand")) is None


def test_what_a_result_tells_of_health_is_no_disease() -> None:
    person = {"observations": [{"name": "ECOG", "value": 1}], "complete": ["conditions"]}
    assert truth(had("ambulatory state"), person) is True
    assert truth(had("disease"), person) is False


def test_what_decides_may_not_be_in_the_name_of_what_is_listed() -> None:
    given = {"treatments": [{"name": "hydrocortisone", "status": "ongoing"}, {"name": "enoxaparin", "status": "ongoing"}], "complete": ["treatments"]}
    assert truth(had("corticosteroid replacement therapy", section="treatments"), given) is None
    assert truth(had("therapeutic anticoagulation", section="treatments"), given) is None
    replaced = had("corticosteroid", section="treatments", but_not=(had("replacement therapy", section="treatments"),))
    assert truth(replaced, given) is None


def test_a_place_in_the_name_of_what_is_listed_is_no_other_place() -> None:
    given = {"treatments": [{"name": "whole brain radiotherapy"}], "complete": ["treatments"]}
    assert truth(ever("pelvic radiotherapy"), given) is False
    assert truth(ever("pelvic radiotherapy"), {**given, "treatments": [{"name": "IMRT"}]}) is None


def test_words_that_are_no_concept_are_not_what_they_are_called_like() -> None:
    in_words = Had(concept=Concept(name="treatment", linked=False))
    assert truth(in_words, {"treatments": [{"name": "pembrolizumab"}]}) is None
    assert truth(ever("treatment"), {"treatments": [{"name": "pembrolizumab", "for": "melanoma"}]}, study=["Melanoma"]) is True


def test_what_is_not_metastatic_may_be_locally_advanced() -> None:
    asked = had("prostate cancer", Coded(aspect="course", values=("not metastatic",)))
    assert truth(asked, {"conditions": [{"name": "prostate cancer", "course": "locally advanced"}]}) is True
    assert truth(asked, {"conditions": [{"name": "prostate cancer", "course": "metastatic"}], "complete": ["conditions"]}) is False


def test_the_name_of_a_disease_tells_its_course_and_that_of_a_cancer_does_not() -> None:
    asked = had("pancreatitis", Coded(aspect="course", values=("acute", "chronic")), when="ever")
    assert truth(asked, {"conditions": [{"name": "acute pancreatitis", "status": "resolved", "onset": "2010"}]}) is True
    assert truth(asked, {"conditions": [{"name": "pancreatitis", "status": "resolved", "onset": "2010"}]}) is None
    acute = had("leukemia", Coded(aspect="course", values=("acute",)))
    assert truth(acute, {"conditions": [{"name": "acute myeloid leukemia"}]}) is None


@pytest.mark.parametrize(("route", "expected"), [("systemic", None), ("intravenous", True), ("oral", False), (None, None)])
def test_a_wider_route_may_be_the_one_that_is_asked(route: str | None, expected: bool | None) -> None:
    given = {"name": "ceftriaxone", "start": "2026-02-20", "status": "ongoing", **({"route": route} if route else {})}
    assert truth(had("intravenous antibiotic", section="treatments"), {"treatments": [given], "complete": ["treatments"]}) is expected


@pytest.mark.parametrize(("name", "purpose", "expected"), [("methotrexate", "rheumatoid arthritis", None), ("cisplatin", "lung cancer", True)])
def test_a_treatment_for_no_cancer_may_be_none_of_a_study_that_names_no_disease(name: str, purpose: str, expected: bool | None) -> None:
    given = {"name": name, "start": "2025-01-10", "for": purpose}
    assert truth(ever("treatment", section="treatments"), {"treatments": [given]}) is expected


def test_what_no_vocabulary_knows_is_no_systemic_drug_where_it_is_given_on_the_skin() -> None:
    asked = had("systemic antibiotic", section="treatments")
    given = {"name": "zorimycin", "start": "2026-02-20", "status": "ongoing"}
    assert truth(asked, {"treatments": [{**given, "route": "topical"}], "complete": ["treatments"]}) is False
    assert truth(asked, {"treatments": [given], "complete": ["treatments"]}) is None
