"""The sample patients: what each of them shows, and what is lost with each fact that is dropped from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from conftest import TOP

import eligimatch as em
from eligimatch.model.finding import Evidence, Finding, Report
from eligimatch.model.profile import Reproductive
from eligimatch.model.trial import CompiledTrial
from eligimatch.model.verdict import Status, Verdict

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))
LISTS = ("conditions", "observations", "biomarkers", "treatments", "procedures", "allergies", "absent", "never", "complete")
KEYED = ("statements", "planned", "groups")
PERSON = ("birth_date", "age", "sex")
MEANT_WITHOUT_WORDS = frozenset({"name", "substance", "value", "status", "verification"})
"""What an item is, and what stands for something where it is left out: to drop these says something else, not less."""

ELIGIBLE = {
    "limited-stage-sclc-eligible": "NCT07316309",
    "untreated-lymphoma-eligible": "NCT04504526",
    "relapsed-myeloma-eligible": "NCT05255926",
    "treatment-naive-sclc-eligible": "NCT07026669",
    "extensive-stage-sclc-eligible": "K8454",
}

NEAR = [
    # patient, trial, the criteria that are not matched
    ("glucose-at-limit", "NCT05255926", {}),
    ("glucose-above-limit", "NCT05255926", {"E3": "failed"}),
    ("glucose-below-limit-mg-dl", "NCT05255926", {}),
    ("glucose-above-limit-mg-dl", "NCT05255926", {"E3": "failed"}),
    ("turns-18-today", "NCT05255926", {}),
    ("turns-18-tomorrow", "NCT05255926", {"R-age": "failed", "I2": "failed"}),
    ("turns-91-tomorrow", "NCT05255926", {}),
    ("turns-91-today", "NCT05255926", {"R-age": "failed", "I2": "failed"}),
    ("near-limits", "NCT05255926", {"E3": "failed", "I4": "unknown"}),
    ("pet-14-days-ago", "NCT04504526", {}),
    ("pet-15-days-ago", "NCT04504526", {"I2": "failed"}),
    ("live-vaccine-29-days-before", "NCT07026669", {}),
    ("live-vaccine-28-days-before", "NCT07026669", {"E11": "failed"}),
    ("hepatitis-b-at-limit", "NCT07026669", {}),
    ("tuberculosis-over-a-year-ago", "NCT07026669", {}),
    ("tuberculosis-a-year-ago", "NCT07026669", {"E4": "failed"}),
    ("comorbidity-on-immunosuppressant", "NCT07026669", {"E5": "failed"}),
    ("vitiligo", "NCT07026669", {}),
    ("survival-three-months", "K8454", {}),
    ("survival-below-three-months", "K8454", {"E3": "failed"}),
    ("extensive-without-stage-iv", "K8454", {"I2": "failed"}),
]


# --- profiles and reports --------------------------------------------------------------------------------------------


@cache
def trials() -> tuple[CompiledTrial, ...]:
    return tuple(em.compile_trial(em.load_trial(path)) for path in sorted((TOP / "rules").glob("*.yaml")))


@cache
def written(patient: str) -> dict[str, Any]:
    """The file as it stands; not to be changed."""
    content: dict[str, Any] = yaml.safe_load((TOP / "patients" / f"{patient}.yaml").read_text(encoding="utf-8"))
    return content


def purpose(patient: str) -> str:
    return (TOP / "patients" / f"{patient}.yaml").read_text(encoding="utf-8").partition("\n")[0]


def report(profile: Mapping[str, Any]) -> Report:
    return em.check(em.load_profile(profile), trials())


@cache
def whole(patient: str) -> Report:
    return report(written(patient))


def findings(told: Report) -> dict[tuple[str, str], Finding]:
    return {(trial.trial, finding.id): finding for trial in told.trials for finding in trial.criteria}


def of_trial(told: Report, trial: str) -> dict[str, Finding]:
    return {name: finding for (owner, name), finding in findings(told).items() if owner == trial}


def verdict(told: Report, trial: str) -> Verdict:
    return next(one.verdict for one in told.trials if one.trial == trial)


# --- facts and what is left without them -----------------------------------------------------------------------------


class Fact(NamedTuple):
    """One thing that a profile says: an item of a list, a key with its answer, or a detail of a listed item."""

    section: str
    key: int | str | None = None
    detail: str = ""

    def __str__(self) -> str:
        return " ".join(str(part) for part in self if part not in (None, ""))


def facts(profile: Mapping[str, Any]) -> Iterator[Fact]:
    yield from (Fact(name) for name in PERSON if name in profile)
    yield from (Fact(name, index) for name in LISTS for index in range(len(profile.get(name, ()))))
    yield from (Fact(name, key) for name in ("reproductive", *KEYED) for key in profile.get(name, ()))


def details(profile: Mapping[str, Any]) -> Iterator[Fact]:
    for section in LISTS:
        for index, item in enumerate(profile.get(section, ())):
            if isinstance(item, dict):
                yield from (Fact(section, index, key) for key in item if key not in MEANT_WITHOUT_WORDS)


def place(profile: Mapping[str, Any], fact: Fact) -> Evidence:
    """Where findings say the fact stands: a key is counted as it comes in the file, or among the reproductive facts there are."""
    if not isinstance(fact.key, str):
        return Evidence(section=fact.section, index=fact.key)
    keys = list(Reproductive.model_fields if fact.section == "reproductive" else profile[fact.section])
    return Evidence(section=fact.section, index=keys.index(fact.key))


def without(profile: Mapping[str, Any], *dropped: Fact) -> dict[str, Any]:
    """The profile as it would be had nobody told these facts."""
    left: dict[str, Any] = deepcopy(dict(profile))
    for fact in sorted(dropped, key=str, reverse=True):
        if fact.key is None:
            del left[fact.section]
        elif fact.detail:
            del left[fact.section][fact.key][fact.detail]
        else:
            del left[fact.section][fact.key]
    return left


@cache
def lacking(patient: str, *dropped: Fact) -> Report:
    return report(without(written(patient), *dropped))


def each(select: Callable[[Mapping[str, Any]], Iterator[Fact]]) -> list[Any]:
    """Every eligible patient with every one of its facts, as parameters of a test."""
    return [pytest.param(patient, fact, id=f"{patient}: {fact}") for patient in ELIGIBLE for fact in select(written(patient))]


def settled_by_complete(finding: Finding) -> bool:
    return any(evidence.section == "complete" for evidence in finding.evidence)


# --- what the files are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
def test_a_patient_file_says_its_purpose_and_loads(path: Path) -> None:
    profile = em.load_profile(path)
    assert purpose(path.stem).startswith("# ")
    assert len(purpose(path.stem).split()) > 5
    assert (profile.id[:2], str(profile.as_of)) == ("P-", "2026-03-02")


def test_no_two_patients_share_an_identifier() -> None:
    names = [written(path.stem)["id"] for path in PATIENTS]
    assert len(set(names)) == len(names) >= 12


def test_every_trial_has_an_eligible_patient() -> None:
    assert {trial.id for trial in trials()} == set(ELIGIBLE.values())


# --- what each of them shows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("patient", "trial"), ELIGIBLE.items())
def test_an_eligible_patient_matches_every_criterion(patient: str, trial: str) -> None:
    told = whole(patient)
    assert {name: finding.reason for name, finding in of_trial(told, trial).items() if finding.status is not Status.MATCHED} == {}
    assert verdict(told, trial) is Verdict.ELIGIBLE


@pytest.mark.parametrize(("patient", "trial", "differing"), NEAR, ids=[patient for patient, *_ in NEAR])
def test_a_near_miss_differs_in_nothing_but_what_it_is_for(patient: str, trial: str, differing: dict[str, str]) -> None:
    told = whole(patient)
    assert {name: finding.status.value for name, finding in of_trial(told, trial).items() if finding.status is not Status.MATCHED} == differing
    assert verdict(told, trial) is (Verdict.INELIGIBLE if differing else Verdict.ELIGIBLE)


@pytest.mark.parametrize(("patient", "trial", "differing"), NEAR, ids=[patient for patient, *_ in NEAR])
def test_the_purpose_names_the_trial_and_says_who_is_eligible(patient: str, trial: str, differing: dict[str, str]) -> None:
    assert trial in purpose(patient)
    assert ("eligible" in purpose(patient)) is not bool(differing)


def test_an_exception_of_one_trial_is_none_of_another() -> None:
    told = whole("vitiligo")
    assert of_trial(told, "NCT07026669")["E3"].status is Status.MATCHED
    assert of_trial(told, "NCT07316309")["E1"].status is Status.FAILED


def test_where_almost_nothing_is_known_nothing_is_decided_but_the_age() -> None:
    told = whole("almost-nothing-known")
    assert {trial.verdict for trial in told.trials} == {Verdict.UNDETERMINED}
    assert {finding.evidence for finding in findings(told).values() if finding.status is not Status.UNKNOWN} == {(Evidence(section="age"),)}
    assert all(finding.missing for finding in findings(told).values() if finding.status is Status.UNKNOWN)


@pytest.mark.parametrize(("criterion", "sides"), [("E1", {"conditions", "never"}), ("I3", {"observations"})])
def test_a_contradiction_is_unknown_with_both_sides_named(criterion: str, sides: set[str]) -> None:
    finding = of_trial(whole("contradiction"), "NCT07316309")[criterion]
    assert finding.status is Status.UNKNOWN
    assert len(finding.evidence) == 2
    assert {evidence.section for evidence in finding.evidence} == sides


def test_no_trial_takes_a_healthy_volunteer() -> None:
    told = whole("healthy-volunteer")
    assert {trial.verdict for trial in told.trials} == {Verdict.INELIGIBLE}
    assert {finding.status for (_, name), finding in findings(told).items() if name == "R-volunteers"} == {Status.FAILED}


# --- what is lost with each fact -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("patient", "fact"), each(facts))
def test_a_dropped_fact_moves_no_verdict_that_did_not_rest_on_it(patient: str, fact: Fact) -> None:
    before, after = findings(whole(patient)), findings(lacking(patient, fact))
    dropped = place(written(patient), fact)
    moved = [name for name, finding in before.items() if after[name].status is not finding.status]
    assert [name for name in moved if dropped not in before[name].evidence] == []


@pytest.mark.parametrize(("patient", "fact"), each(facts))
def test_a_verdict_whose_fact_is_dropped_turns_unknown_or_is_settled_by_complete(patient: str, fact: Fact) -> None:
    before, after = findings(whole(patient)), findings(lacking(patient, fact))
    for name, finding in after.items():
        if finding.status is not before[name].status and finding.status is not Status.UNKNOWN:
            assert settled_by_complete(finding), (name, finding.reason)


@pytest.mark.parametrize(("patient", "fact"), each(facts))
def test_what_is_still_decided_rests_on_a_fact_that_is_still_there(patient: str, fact: Fact) -> None:
    left = without(written(patient), fact)
    there = {place(left, one) for one in facts(left)}
    for name, finding in findings(lacking(patient, fact)).items():
        if finding.status is not Status.UNKNOWN:
            assert finding.evidence, (name, finding.reason)
            assert set(finding.evidence) <= there, (name, finding.reason)


@pytest.mark.parametrize(("patient", "fact"), each(facts))
def test_what_turned_unknown_is_asked_for(patient: str, fact: Fact) -> None:
    trial, told = ELIGIBLE[patient], lacking(patient, fact)
    unknown = {name for name, finding in of_trial(told, trial).items() if finding.status is Status.UNKNOWN}
    asked = {name for one in told.trials if one.trial == trial for ask in one.ask for name in ask.criteria}
    assert unknown == asked


@pytest.mark.parametrize("patient", ELIGIBLE)
def test_no_verdict_outlives_all_the_facts_that_it_names(patient: str) -> None:
    """The opposite may be settled by a claim of completeness; the same verdict on other grounds would mean that it named too little."""
    profile = written(patient)
    for name, finding in of_trial(whole(patient), ELIGIBLE[patient]).items():
        named = [fact for fact in facts(profile) if place(profile, fact) in finding.evidence]
        after = of_trial(lacking(patient, *named), ELIGIBLE[patient])[name]
        assert named, name
        assert after.status is Status.UNKNOWN or (after.status is Status.FAILED and settled_by_complete(after)), (name, after.reason)


@pytest.mark.parametrize(("patient", "detail"), each(details))
def test_a_dropped_detail_only_ever_opens_what_rested_on_its_item_or_its_section(patient: str, detail: Fact) -> None:
    """Under a complete section, "none of them" rests on every item of it, so that an item that says less may leave it open."""
    profile = written(patient)
    before, after = findings(whole(patient)), findings(lacking(patient, detail))
    item, claims = Evidence(section=detail.section, index=detail.key if isinstance(detail.key, int) else None), profile.get("complete", [])
    section = Evidence(section="complete", index=claims.index(detail.section)) if detail.section in claims else item
    for name, finding in after.items():
        if finding.status is not before[name].status:
            assert finding.status is Status.UNKNOWN, (name, finding.reason)
            assert {item, section} & set(before[name].evidence), (name, finding.reason)
