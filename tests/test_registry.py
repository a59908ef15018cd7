"""Records of a registry: saved pages of three sites, the registry's own JSON, and the files in rules/."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from eligimatch.model.concept import Entry
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import Clarification, Trial
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.sources.conditions import taken_apart
from eligimatch.sources.pages import read_page
from eligimatch.sources.registry import read_record
from eligimatch.sources.trials import as_yaml, load_trial, write_trial

DATA = Path(__file__).parent / "data"
RULES = Path(__file__).parent.parent / "rules"
SMALL = {"id": "T1", "title": "A trial", "conditions": ["gout"], "sex": "ALL", "eligibility": "Inclusion Criteria:\n\n* Gout\n"}


def titles(found: list[Diagnostic]) -> list[str]:
    return [diagnostic.title for diagnostic in found]


# --- saved pages -----------------------------------------------------------------------------------------------------------


def test_a_page_that_explains_its_headings_gives_all_fields() -> None:
    trial, found = read_record(DATA / "page-described.txt")
    assert (trial.id, trial.title, trial.conditions) == ("NCT90000001", "Daily Walks for People With Gout", ("Gout",))
    assert (trial.sex, trial.minimum_age, trial.maximum_age, trial.healthy_volunteers) == ("female", "18 years", "80 years", False)
    assert trial.source
    assert (trial.source.registry, trial.source.retrieved) == ("ClinicalTrials.gov", date(2025, 3, 4))
    assert found == []


def test_the_eligibility_text_stays_as_the_page_has_it() -> None:
    trial, _ = read_record(DATA / "page-described.txt")
    assert trial.eligibility == "Inclusion Criteria\n\n* Proven gout\n* Uric acid \\> 7 mg/dL\n\nExclusion Criteria\n\n* Unable to walk"


def test_a_page_that_lost_its_labels_gives_what_it_still_says_and_tells_the_rest() -> None:
    trial, found = read_record(DATA / "page-described-bare.txt")
    assert (trial.id, trial.title, trial.conditions, trial.sex, trial.healthy_volunteers) == ("W-77", "", (), "all", True)
    assert trial.minimum_age == "40 years"
    assert trial.eligibility.splitlines()[-1] == "1. Asthma"
    assert titles(found) == [
        "the page gives no registry number",
        "the record gives no title",
        "the record gives no conditions",
        "the page gives one age without its label",
    ]


def test_a_page_of_veeva_gives_ages_from_its_sentence() -> None:
    trial, found = read_record(DATA / "page-veeva.txt")
    assert (trial.id, trial.title, trial.conditions) == ("NCT90000003", "Cold Packs for Gout", ("Gout", "Swollen Toe"))
    assert (trial.sex, trial.minimum_age, trial.maximum_age, trial.healthy_volunteers) == ("male", "6 years", "17 years", True)
    assert trial.eligibility.startswith("Inclusion criteria\n\n  1. Swollen toe;")
    assert trial.eligibility.endswith("1. Frostbite.")
    assert found == []


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("18 to 90 years old", "18 years", "90 years"),
        ("6 months to 12 years old", "6 months", "12 years"),
        ("18+ years old", "18 years", None),
        ("up to 6 months old", None, "6 months"),
        ("Under 18 years old", None, "17 years"),
        ("All ages", None, None),
    ],
)
def test_ages_are_read_as_veeva_words_them(said: str, low: str | None, high: str | None) -> None:
    page = read_page((DATA / "page-veeva.txt").read_text(encoding="utf-8").replace("6 to 17 years old", said))
    assert page
    assert (page.minimum_age, page.maximum_age) == (low, high)


def test_a_page_of_clinconnect_gives_its_list_and_the_day_it_stands_for() -> None:
    trial, found = read_record(DATA / "page-clinconnect.txt")
    assert (trial.id, trial.title, trial.sex) == ("NCT90000004", "Cherries for Gout", "all")
    assert (trial.minimum_age, trial.healthy_volunteers) == (None, None)
    assert trial.source
    assert trial.source.retrieved == date(2025, 5, 26)
    assert trial.eligibility.splitlines()[-1].strip() == "• 1. Allergy to cherries."
    assert titles(found) == ["the record gives no conditions"]


def test_a_page_of_another_design_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("A page about gout\n\nInclusion criteria\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_record(page)
    assert caught.value.diagnostic.title == "a page of no known design"
    assert caught.value.diagnostic.source == str(page)


def test_conditions_run_together_on_one_line_are_taken_apart_where_all_are_known() -> None:
    def entry(name: str) -> Entry:
        return Entry(name, "condition", (), (), {}, {}, "", "")

    vocabulary = Vocabulary([entry(name) for name in ("lymphoma", "multiple myeloma", "leukemia", "small cell lung cancer", "lung cancer")], {})
    assert taken_apart("Lymphoma Multiple Myeloma Leukemia", vocabulary) == ("Lymphoma", "Multiple Myeloma", "Leukemia")
    assert taken_apart("Small Cell Lung Cancer", vocabulary) == ("Small Cell Lung Cancer",)
    assert taken_apart("Lymphoma of Unknown Kind", vocabulary) == ("Lymphoma of Unknown Kind",)


# --- the registry's JSON ----------------------------------------------------------------------------------------------------


def test_a_study_of_the_api_gives_its_fields() -> None:
    trial, found = read_record(DATA / "study.json")
    assert (trial.id, trial.title, trial.conditions) == ("NCT90000005", "Sleep and Gout", ("Gout", "Insomnia"))
    assert (trial.sex, trial.minimum_age, trial.maximum_age, trial.healthy_volunteers) == ("all", "18 years", None, False)
    assert trial.eligibility.splitlines()[2] == "* Age \\>= 18 years"
    assert trial.source
    assert trial.source.retrieved == date(2025, 7, 1)
    assert found == []


def test_a_study_reads_alike_from_file_and_mapping() -> None:
    study = json.loads((DATA / "study.json").read_text(encoding="utf-8"))
    assert load_trial(study) == load_trial(DATA / "study.json") == read_record({"studies": [study]})[0]


def test_several_studies_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "studies.json"
    for text in ("[{}, {}]", '{"studies": [{}, {}]}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="not one trial record"):
            read_record(path)


@pytest.mark.parametrize("study", [{"id": "T1", "eligibility": " \n"}, {"protocolSection": {"identificationModule": {"nctId": "NCT90000006"}}}])
def test_a_record_without_eligibility_text_is_refused(study: dict[str, object]) -> None:
    with pytest.raises(InputError, match="the record has no eligibility text"):
        load_trial(study)


def test_a_study_without_any_number_is_refused() -> None:
    with pytest.raises(InputError, match="the record has no number"):
        read_record({"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "* Gout"}}})


# --- files in rules/ --------------------------------------------------------------------------------------------------------


def test_a_mapping_is_a_trial() -> None:
    assert load_trial(SMALL).sex == "all"
    assert load_trial({**SMALL, "sex": None}).sex is None


def test_a_trial_written_and_read_again_is_the_same(tmp_path: Path) -> None:
    trial, _ = read_record(DATA / "page-described.txt")
    again = load_trial(write_trial(trial, tmp_path))
    assert again.model_copy(update={"eligibility": again.eligibility.rstrip("\n")}) == trial
    assert [path.name for path in tmp_path.iterdir()] == ["NCT90000001.yaml"]


def test_a_written_trial_is_read_by_people() -> None:
    assert as_yaml(load_trial(SMALL)) == ("id: T1\ntitle: A trial\nconditions: [gout]\nsex: all\neligibility: |\n  Inclusion Criteria:\n\n  * Gout\n")


def test_importing_again_keeps_what_a_person_clarified(tmp_path: Path) -> None:
    trial = load_trial(SMALL)
    note = Clarification(criterion="I1", says="gout, proven by crystals", by="coordinator", on=date(2026, 1, 2))
    write_trial(trial.model_copy(update={"clarifications": (note,)}), tmp_path)
    assert load_trial(write_trial(trial, tmp_path)).clarifications == (note,)


def test_an_id_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an id that cannot name a file"):
        write_trial(Trial(id="../T1", eligibility="* Gout"), tmp_path)


@pytest.mark.parametrize(
    ("text", "title", "line", "hint"),
    [
        ("id: T1\neligibilty: |\n  * Gout\n", "unknown key `eligibilty`", 2, "did you mean `eligibility`?"),
        ("id: T1\neligibility: |\n  * Gout\nsex: woman\n", "`sex` takes other words", 4, "one of: all, female or male"),
        ("title: no id\neligibility: |\n  * Gout\n", "`id` is missing", None, ""),
        ("id: T1\nconditions: gout\neligibility: |\n  * Gout\n", "`conditions` is not readable", 2, "a list is needed here"),
        ("id: T1\neligibility: ''\n", "the record has no eligibility text", 2, ""),
        ("id: T1\nsource:\n  retreived: 2026-01-01\neligibility: |\n  * Gout\n", "unknown key `retreived`", 3, "did you mean `retrieved`?"),
        ("- id: T1\n", "not a trial record", 1, ""),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(tmp_path: Path, text: str, title: str, line: int | None, hint: str) -> None:
    path = tmp_path / "T1.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_trial(path)
    diagnostic = caught.value.diagnostic
    assert (diagnostic.title, diagnostic.line, diagnostic.source) == (title, line, str(path))
    assert hint in diagnostic.hint


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_file_of_rules_is_a_trial_named_by_its_id(path: Path) -> None:
    trial = load_trial(path)
    assert trial.id == path.stem
    assert trial.eligibility


def test_the_record_that_lost_its_title_has_none() -> None:
    assert load_trial(RULES / "K8454.yaml").title == ""
