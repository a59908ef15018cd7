"""What would change: each way to suppose something, what it takes the place of, and messages for what cannot be supposed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import TOP

import eligimatch as em
from eligimatch import api
from eligimatch.cli import main
from eligimatch.engine.facts import language_of
from eligimatch.engine.suppositions import supposed
from eligimatch.kept import language
from eligimatch.model.diagnostic import InputError
from eligimatch.model.profile import Profile
from eligimatch.model.supposition import WhatIf
from eligimatch.model.trial import CompiledTrial
from eligimatch.report.paint import plain
from eligimatch.report.what_if import what_if_lines
from eligimatch.sources.settings import read_setting

LANGUAGE = language_of(language().vocabulary, language().units)
BASE: dict[str, Any] = {"id": "P-9", "as_of": "2026-03-02"}


def person(profile: dict[str, Any], *settings: str) -> Profile:
    """The profile as it is supposed."""
    given = em.load_profile(BASE | profile)
    names = [item.name for item in given.observations]
    read = [read_setting(text, LANGUAGE.vocabulary, LANGUAGE.units, names) for text in settings]
    return supposed(given, read, LANGUAGE, em.check(given, []).as_of)


SAME = [
    # the profile, what is supposed, and the profile that says it
    ({}, ["sex=male"], {"sex": "male"}),
    ({"birth_date": "1960-01-01"}, ["age=54"], {"age": 54}),
    ({"age": 54}, ["birth date=1960-01-01"], {"birth_date": "1960-01-01"}),
    ({}, ["as_of=2026-04-01"], {"as_of": "2026-04-01"}),
    ({"reproductive": {"pregnant": True, "breastfeeding": False}}, ["pregnant=no"], {"reproductive": {"pregnant": False, "breastfeeding": False}}),
    ({}, ["childbearing potential=yes"], {"reproductive": {"childbearing_potential": True}}),
    ({}, ["reproductive.contraception=yes"], {"reproductive": {"contraception": True}}),
    ({}, ["ECOG=1"], {"observations": [{"name": "ECOG", "value": 1, "date": "2026-03-02"}]}),
    (
        {},
        ["hemoglobin = 9.5 g/dL on 2026-02-20"],
        {"observations": [{"name": "hemoglobin", "value": 9.5, "unit": "g/dL", "date": "2026-02-20"}]},
    ),
    ({}, ["HBV DNA=<20 IU/mL"], {"observations": [{"name": "HBV DNA", "value": "<20", "unit": "IU/mL", "date": "2026-03-02"}]}),
    ({}, ["HBsAg=negative"], {"observations": [{"name": "HBsAg", "value": "negative", "date": "2026-03-02"}]}),
    ({}, ["EGFR=mutated"], {"biomarkers": [{"name": "EGFR", "result": "mutated"}]}),
    ({"biomarkers": [{"name": "EGFR", "result": "wild-type"}]}, ["EGFR=mutated"], {"biomarkers": [{"name": "EGFR", "result": "mutated"}]}),
    ({"statements": {"signed informed consent": True}}, ["informed consent=no"], {"statements": {"informed consent": False}}),
    ({"statements": {"keeps a diary": True}}, ["can sing=yes"], {"statements": {"keeps a diary": True, "can sing": True}}),
    ({}, ["statements.able to swallow=yes"], {"statements": {"able to swallow": True}}),
    ({"planned": {"day 1": "2026-03-10"}}, ["planned.first dose=2026-03-20"], {"planned": {"first dose": "2026-03-20"}}),
    ({}, ["groups.cohort=Group 2"], {"groups": {"cohort": "Group 2"}}),
    ({}, ["conditions.complete=yes"], {"complete": ["conditions"]}),
    ({"complete": ["conditions", "treatments"]}, ["conditions.complete=no"], {"complete": ["treatments"]}),
    ({}, ["+complete=allergies"], {"complete": ["allergies"]}),
    ({}, ["never.HIV infection=yes", "+absent=fever"], {"never": ["HIV infection"], "absent": ["fever"]}),
    ({"never": ["HIV infection"]}, ["-never=hiv infection"], {}),
    ({"never": ["vitiligo"]}, ["+conditions=vitiligo"], {"conditions": [{"name": "vitiligo"}]}),
    ({"conditions": [{"name": "vitiligo"}, {"name": "gout"}]}, ["-conditions=vitiligo"], {"conditions": [{"name": "gout"}]}),
    ({"treatments": [{"name": "cisplatin"}, {"name": "warfarin"}]}, ["-treatments=chemotherapy"], {"treatments": [{"name": "warfarin"}]}),
    (
        {},
        ["+treatments=prednisone, dose: 5, unit: mg/day, status: ongoing"],
        {"treatments": [{"name": "prednisone", "dose": 5, "unit": "mg/day", "status": "ongoing"}]},
    ),
    ({}, ["+allergies=penicillin, severity: severe"], {"allergies": [{"substance": "penicillin", "severity": "severe"}]}),
    ({}, ["+procedures={name: 'X, Y: Z', date: 2026-03-01}"], {"procedures": [{"name": "X, Y: Z", "date": "2026-03-01"}]}),
    ({"statements": {"can sing": True}}, ["-statements=can sing"], {}),
]


@pytest.mark.parametrize(("profile", "settings", "as_if"), SAME, ids=[" & ".join(settings) for _, settings, _ in SAME])
def test_a_supposition_is_a_profile_that_says_it(profile: dict[str, Any], settings: list[str], as_if: dict[str, Any]) -> None:
    assert person(profile, *settings) == em.load_profile(BASE | as_if)


# --- values --------------------------------------------------------------------------------------------------------------------

GLUCOSE = {"name": "fasting blood glucose", "value": 11.1, "unit": "mmol/L", "fasting": True}


def test_a_new_value_takes_the_place_of_those_of_its_day_and_later() -> None:
    listed = [GLUCOSE | {"date": day} for day in ("2026-01-05", "2026-03-01", "2026-03-02")] + [{"name": "ECOG", "value": 1}]
    days = [(item.name, str(item.date)) for item in person({"observations": listed}, "glucose=10 mmol/L on 2026-03-01").observations]
    assert days == [("fasting blood glucose", "2026-01-05"), ("ECOG", "None"), ("glucose", "2026-03-01")]


def test_a_new_value_takes_over_what_it_does_not_say() -> None:
    (glucose,) = person({"observations": [GLUCOSE]}, "blood glucose=10").observations
    assert (glucose.unit, glucose.fasting) == ("mmol/L", True)
    alt = {"name": "ALT", "value": 130, "unit": "U/L", "uln": 40}
    assert person({"observations": [alt]}, "ALT=60 U/L").observations[0].uln == 40
    assert person({"observations": [alt]}, "ALT=1 ukat/L").observations[0].uln is None


def test_a_name_that_only_the_profile_knows_may_be_set() -> None:
    (kept,) = person({"observations": [{"name": "zorbal index", "value": 3}]}, "zorbal index=4").observations
    assert kept.value == 4


# --- what changes ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trials() -> list[CompiledTrial]:
    return [api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]


def what_if(trials: list[CompiledTrial], *settings: str) -> WhatIf:
    return api.what_if(em.load_profile(TOP / "patients" / "near-limits.yaml"), trials, settings)


def test_only_verdicts_that_change_are_shown(trials: list[CompiledTrial]) -> None:
    found = what_if(trials, "blood glucose=10.2 mmol/L")
    (change,) = found.trials
    (criterion,) = change.criteria
    assert (change.trial, change.before, change.after) == ("NCT05255926", "ineligible", "undetermined")
    assert (criterion.criterion, criterion.before, criterion.after) == ("E3", "failed", "matched")
    assert found.same == sum(len(trial.criteria) for trial in trials) - 1


def test_what_changes_is_what_two_reports_differ_in(trials: list[CompiledTrial]) -> None:
    settings = ["age=54", "conditions.complete=yes", "+treatments=live vaccine, start: 2026-02-20", "ECOG=3", "informed consent=no"]
    profile = em.load_profile(TOP / "patients" / "near-limits.yaml")
    read = [read_setting(text, LANGUAGE.vocabulary, LANGUAGE.units) for text in settings]
    before, after = em.check(profile, trials), em.check(supposed(profile, read, LANGUAGE, em.check(profile, []).as_of), trials)
    differing = [
        (new.trial, now.id)
        for old, new in zip(before.trials, after.trials, strict=True)
        for then, now in zip(old.criteria, new.criteria, strict=True)
        if then.status != now.status
    ]
    found = what_if(trials, *settings)
    assert [(trial.trial, one.criterion) for trial in found.trials for one in trial.criteria] == differing
    assert len(differing) > 10


def test_a_statement_that_answers_nothing_is_told_with_the_nearest_question(trials: list[CompiledTrial]) -> None:
    found = what_if(trials, "able to stand on one leg=yes", "willing and able to follow schedule visits, treatment plans and laboratory tests=yes")
    assert [one.said for one in found.unheard] == ["able to stand on one leg=yes"]
    assert "answers nothing that these trials ask; the nearest question: " in plain(what_if_lines(found))


def test_a_rewording_that_was_judged_is_shown_as_such() -> None:
    record = {"id": "T", "eligibility": "Inclusion Criteria:\n\n* fit enough by the blue chart"}
    words = em.compile_trial(em.load_trial(record))
    clarified = words.criteria[0].model_copy(update={"clarified": "ECOG 0-1", "rule": em.explain("ECOG 0-1").rule})
    found = api.what_if(em.load_profile(BASE), [words.model_copy(update={"criteria": (clarified,)})], ["ECOG=1"])
    assert "    clarified, read as: ECOG 0-1\n    unknown -> matched" in plain(what_if_lines(found))


def test_a_supposed_day_of_judgement_moves_the_report(trials: list[CompiledTrial]) -> None:
    found = what_if(trials, "as_of=2026-03-03")
    assert str(found.as_of) == "2026-03-03"
    assert {(trial.trial, one.criterion) for trial in found.trials for one in trial.criteria} == {("NCT05255926", "R-age"), ("NCT05255926", "I2")}


# --- messages ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "title", "hint"),
    [
        ("blod glucose=10", "no measure is called `blod glucose`", "did you mean `blood glucose`?"),
        ("hemoglobin=9 mmmol/L", "unknown unit in `hemoglobin`", "the nearest unit is `mmol/L`"),
        ("HER2=many", "a marker takes other words: `HER2`", "one of: mutated"),
        ("+condition=gout", "there is no list `condition`", "did you mean `conditions`?"),
        ("conditions.gout=yes", "`conditions` is a list", "+conditions=name"),
        ("gout", "not a supposition: `gout`", "write `name=value unit`"),
        ("hemoglobin=", "not a supposition: `hemoglobin`", "write `name=value unit`"),
        ("+treatments=prednisone, dos: 5", "unknown key `dos` in `+treatments`", "did you mean `dose`?"),
        ("+treatments=prednisone, dose: [", "details are not readable: `+treatments`", "+treatments=prednisone, dose: 5"),
        ("-conditions=asthma", "nothing of `conditions` is `asthma`", "holds 0"),
        ("sex=both", "`sex` takes other words", "one of: female or male"),
        ("never.gout=perhaps", "yes or no is needed: `never.gout`", "write `never.gout=yes`"),
        ("reproductive.pregnent=no", "unknown key `pregnent`", "did you mean `pregnant`?"),
        ("planned.first dose=soon", "`first dose` is not readable", "a date is written as 2026-03-02"),
        ("+statements=can sing", "`statements` has keys", "write `statements.key=value`"),
        ("complete.condition=yes", "`complete` takes other words", "one of: conditions"),
    ],
)
def test_what_cannot_be_supposed_is_refused_with_a_hint(setting: str, title: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        person({}, setting)
    assert title in refused.value.diagnostic.title
    assert hint in refused.value.diagnostic.hint


def test_a_message_names_no_value_of_the_patient() -> None:
    with pytest.raises(InputError) as refused:
        person({"conditions": [{"name": "gout"}]}, "-conditions=asthma")
    assert "gout" not in str(refused.value.diagnostic)


# --- the command -------------------------------------------------------------------------------------------------------------------


def test_the_command_shows_changes_and_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    asked = ["what-if", "patients/near-limits.yaml", "--set", "blood glucose=10.2 mmol/L"]
    assert main(asked) == 0
    assert "NCT05255926: ineligible -> undetermined" in capsys.readouterr().out
    assert main([*asked, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["trials"][0]["criteria"][0]["after"] == "matched"
    assert main(["what-if", "patients/near-limits.yaml", "--set", "sex=female"]) == 0
    assert capsys.readouterr().out.endswith("\n  sex=female\n\nNo verdict changes.\n")


def test_a_supposition_that_cannot_be_made_ends_the_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert main(["what-if", "patients/near-limits.yaml", "--set", "gout"]) == 2
    ran = capsys.readouterr()
    assert ran.out == ""
    assert ran.err.startswith("error: not a supposition: `gout`\n  --set\n")
