"""When: every day on which time changes a criterion is found, as judging it on each day shows; dates, strips, margins as they are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import TOP
from hypothesis import given, settings
from hypothesis import strategies as st

import eligimatch as em
from eligimatch import api
from eligimatch.cli import main
from eligimatch.engine.facts import language_of
from eligimatch.engine.outlooks import Moved, Person
from eligimatch.kept import language
from eligimatch.model.concept import Concept
from eligimatch.model.nearness import CriterionNear
from eligimatch.model.outlook import Outlook
from eligimatch.model.profile import Profile
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.rule import AllOf, AnyOf, Coded, Had, Lasting, Measure, Not, Rule
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.model.verdict import Status, Verdict
from eligimatch.report.near import near_lines
from eligimatch.report.paint import plain
from eligimatch.report.strip import calendar_lines

LANGUAGE = language_of(language().vocabulary, language().units)
TODAY = date(2026, 3, 2)
DAYS = 130

# --- the law -----------------------------------------------------------------------------------------------------------------

DURATIONS = st.one_of(
    st.builds(Duration, count=st.integers(0, 60).map(float), unit=st.just("day")),
    st.builds(Duration, count=st.sampled_from([1.0, 2.0, 6.0]), unit=st.just("week")),
    st.builds(Duration, count=st.sampled_from([1.0, 1.5, 2.0, 3.0]), unit=st.just("month")),
    st.builds(Duration, count=st.just(48.0), unit=st.just("hour")),
)
EVENTS = st.sampled_from(["as_of", "first dose", "enrolment"])
WINDOWS = st.one_of(
    st.builds(Window, event=EVENTS, start=DURATIONS, start_open=st.booleans()),
    st.builds(Window, event=EVENTS, end=DURATIONS),
    st.builds(Window, event=EVENTS, start=DURATIONS, after=DURATIONS),
    st.builds(Window, event=EVENTS, start=DURATIONS, half_lives=st.just(5.0), shorter=st.booleans()),
)
TREATMENT = Concept(name="anticancer drug", kind="treatment")
LEAVES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Had, concept=st.just(TREATMENT), section=st.just("treatments"), when=st.just("window"), window=WINDOWS),
    st.builds(Had, concept=st.just(TREATMENT), section=st.just("treatments"), when=st.sampled_from(["now", "ever", "planned"])),
    st.builds(
        Had,
        concept=st.just(Concept(name="infection")),
        qualifiers=st.builds(Lasting, duration=DURATIONS, bound=st.sampled_from(["at least", "less than", "at most"]), event=EVENTS).map(
            lambda q: (q,)
        ),
    ),
    st.builds(
        Had,
        concept=st.just(TREATMENT),
        section=st.just("treatments"),
        qualifiers=st.just((Coded(aspect="course", values=("chronic",)),)),
    ),
    st.builds(Had, concept=st.just(Concept(name="myocardial infarction")), when=st.just("window"), window=WINDOWS),
    st.builds(
        Had, concept=st.just(Concept(name="FDG PET/CT", kind="procedure")), section=st.just("procedures"), when=st.just("window"), window=WINDOWS
    ),
    st.builds(
        Measure,
        analyte=st.just(Concept(name="hemoglobin", kind="analyte")),
        interval=st.just(Interval(low=9)),
        unit=st.just("g/dL"),
        window=st.one_of(st.none(), WINDOWS),
    ),
    st.builds(
        Measure,
        analyte=st.just(Concept(name="age", kind="analyte")),
        interval=st.builds(Interval, low=st.sampled_from([17.0, 18.0, 40.0]), low_open=st.booleans(), high=st.sampled_from([40.0, 75.0])),
        unit=st.just("year"),
    ),
)
RULES = st.one_of(
    LEAVES,
    st.builds(Not, rule=LEAVES),
    st.builds(AllOf, rules=st.tuples(LEAVES, LEAVES)),
    st.builds(AnyOf, rules=st.tuples(LEAVES, LEAVES)),
)
NEAR = st.integers(-140, 60).map(lambda days: TODAY + timedelta(days=days))
DATES = st.one_of(NEAR.map(str), NEAR.map(lambda day: f"{day:%Y-%m}"))
NAMES = st.sampled_from(["cisplatin", "pembrolizumab", "paracetamol"])


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """A person whose dates lie around today."""
    treatments = []
    for name in draw(st.lists(NAMES, max_size=2)):
        start, end = sorted(draw(st.tuples(NEAR, NEAR)))
        item = {"name": name, "start": str(start), "end": str(end), "status": draw(st.sampled_from(["ongoing", "completed", "planned"]))}
        treatments.append({key: value for key, value in item.items() if key == "name" or draw(st.booleans())})
    return {
        "as_of": str(TODAY),
        **draw(st.sampled_from([{"age": 39}, {"age": 17}, {"birth_date": "1986-04-30"}, {"birth_date": "2008-02-29"}, {"birth_date": "2008-03"}])),
        "treatments": treatments,
        "conditions": [
            {"name": name, "onset": draw(DATES)} for name in draw(st.lists(st.sampled_from(["pneumonia", "myocardial infarction"]), max_size=2))
        ],
        "observations": [
            {"name": "hemoglobin", "value": value, "unit": "g/dL", "date": draw(DATES)}
            for value in draw(st.lists(st.sampled_from([8, 10]), max_size=2))
        ],
        "procedures": [{"name": "FDG PET/CT", "date": draw(DATES)} for _ in range(draw(st.integers(0, 1)))],
        "planned": {event: draw(DATES) for event in draw(st.lists(st.sampled_from(["first dose", "enrolment"]), unique=True))},
        "complete": draw(st.sampled_from([[], ["conditions", "treatments", "procedures"]])),
    }


def moved(rule: Rule, profile: dict[str, Any]) -> Moved:
    person = Person(Profile.model_validate(profile), LANGUAGE, TODAY)
    return Moved(Criterion(id="I1", kind="inclusion", text="…", rule=rule, form=Form.TYPED), (), person)


@settings(max_examples=80, deadline=None)
@given(RULES, people())
def test_the_days_found_are_the_days_on_which_it_turns(rule: Rule, profile: dict[str, Any]) -> None:
    criterion = moved(rule, profile)
    outlook = criterion.outlook(TODAY, TODAY + timedelta(days=DAYS))
    for count in range(DAYS + 1):
        day = TODAY + timedelta(days=count)
        assert outlook.on(day) == criterion.on(day).status, day


def test_the_day_given_flips_a_criterion_and_the_day_before_does_not() -> None:
    found = 0
    for path in sorted((TOP / "patients").glob("*.yaml")):
        profile = em.load_profile(path)
        for trial in trials():
            near = api.near(profile, [trial]).trials[0]
            for close in near.criteria:
                for day in filter(None, (close.holds_from, close.holds_until and close.holds_until + timedelta(days=1))):
                    if profile.birth_date is None:
                        continue
                    before, on = (status(profile, trial, close, one) for one in (day - timedelta(days=1), day))
                    assert (before == Status.MATCHED) is (close.status == Status.MATCHED)
                    assert (on == Status.MATCHED) is not (close.status == Status.MATCHED)
                    found += 1
    assert found > 20


def status(profile: Profile, trial: CompiledTrial, close: CriterionNear, day: date) -> Status:
    """A criterion on a day, by the plain report."""
    report = em.check(profile, [trial], day).trials[0]
    return next(finding.status for finding in report.criteria if finding.id == close.criterion)


def trials() -> Iterator[CompiledTrial]:
    return (api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml")))


# --- windows of a trial --------------------------------------------------------------------------------------------------------


def trial(text: str) -> CompiledTrial:
    return em.compile_trial(em.load_trial({"id": "T", "eligibility": text}))


WASHOUT = trial("Inclusion Criteria:\n\n* FDG PET/CT within two weeks\n\nExclusion Criteria:\n\n* Chemotherapy within 28 days")
TREATED: dict[str, Any] = {
    "as_of": "2026-03-02",
    "birth_date": "1960-01-01",
    "treatments": [{"name": "cisplatin", "start": "2026-02-01", "end": "2026-02-10"}],
    "procedures": [{"name": "18F-FDG PET/CT", "date": "2026-02-28"}],
    "complete": ["treatments", "procedures"],
}


def outlook(profile: dict[str, Any], criterion: str) -> Outlook:
    found = api.calendar(em.load_profile(profile), [WASHOUT]).trials[0]
    return next(one for one in found.criteria if one.criterion == criterion)


def test_a_washout_ends_the_day_after_its_last_and_an_image_grows_too_old() -> None:
    washout, image = outlook(TREATED, "E1"), outlook(TREATED, "I1")
    assert [(spell.status, spell.first, spell.last) for spell in washout.spells] == [
        (Status.FAILED, TODAY, date(2026, 3, 10)),
        (Status.MATCHED, date(2026, 3, 11), None),
    ]
    assert image.spells[0].last == date(2026, 3, 14)


def test_the_window_of_a_trial_is_where_all_that_time_moves_holds() -> None:
    window = api.calendar(em.load_profile(TREATED), [WASHOUT]).trials[0].window
    assert window is not None
    assert (window.first, window.last) == (date(2026, 3, 11), date(2026, 3, 14))
    late = TREATED | {"procedures": [{"name": "18F-FDG PET/CT", "date": "2026-02-20"}]}
    assert api.calendar(em.load_profile(late), [WASHOUT]).trials[0].window is None
    text = plain(near_lines(em.check(em.load_profile(late), [WASHOUT]), api.near(em.load_profile(late), [WASHOUT])))
    assert "on no day to come does everything hold that time moves" in text


def test_an_age_in_years_may_have_been_reached_on_any_day_of_the_year_before() -> None:
    adult = trial("Inclusion Criteria:\n\n* Age >= 18 years")
    days = api.calendar(em.load_profile({"as_of": "2026-03-02", "age": 17}), [adult]).trials[0].criteria[0].spells
    assert [(spell.status, spell.first) for spell in days] == [
        (Status.FAILED, TODAY),
        (Status.UNKNOWN, date(2026, 3, 3)),
        (Status.MATCHED, date(2027, 3, 2)),
    ]


def test_a_planned_event_stays_where_it_is_and_a_later_one_is_named() -> None:
    vaccine = trial("Exclusion Criteria:\n\n* Live vaccine within 28 days before first dose")
    profile = {
        "as_of": "2026-03-02",
        "treatments": [{"name": "MMR vaccine", "start": "2026-02-20"}],
        "complete": ["treatments"],
        "planned": {"first dose": "2026-03-10"},
    }
    close = api.near(em.load_profile(profile), [vaccine]).trials[0].criteria[0]
    assert close.holds_from is None
    (postponed,) = close.postponed
    assert (postponed.event, postponed.first) == ("first dose", date(2026, 3, 21))
    for day, expected in (("2026-03-20", Status.FAILED), ("2026-03-21", Status.MATCHED)):
        report = em.check(em.load_profile(profile | {"planned": {"first dose": day}}), [vaccine])
        assert report.trials[0].criteria[0].status == expected


# --- margins -----------------------------------------------------------------------------------------------------------------


def near_one(text: str, observation: dict[str, Any], kind: str = "Inclusion") -> CriterionNear:
    profile = {"as_of": "2026-03-02", "observations": [{"date": "2026-03-01", **observation}]}
    return api.near(em.load_profile(profile), [trial(f"{kind} Criteria:\n\n* {text}")]).trials[0].criteria[0]


@pytest.mark.parametrize(
    ("text", "observation", "criterion", "patient"),
    [
        ("Fasting glucose <= 11.0 mmol/L", {"name": "fasting glucose", "value": 11.3, "unit": "mmol/L"}, ("over", 0.3, "mmol/L"), None),
        ("Fasting glucose <= 11.0 mmol/L", {"name": "fasting glucose", "value": 203.6, "unit": "mg/dL"}, ("over", 0.3, "mmol/L"), (5.4, "mg/dL")),
        ("Hemoglobin >= 90 g/L", {"name": "hemoglobin", "value": 8.5, "unit": "g/dL"}, ("under", 5.0, "g/L"), (0.5, "g/dL")),
        ("ANC >= 1,500/mm3", {"name": "ANC", "value": 1.2, "unit": "10^9/L"}, ("under", 300.0, "/mm3"), (0.3, "10^9/L")),
        ("ALT <= 2.5 x ULN", {"name": "ALT", "value": 130, "unit": "U/L", "uln": 40}, ("over", 0.75, "x ULN"), (30.0, "U/L")),
        ("HbA1c < 7.5%", {"name": "HbA1c", "value": 60, "unit": "mmol/mol"}, ("over", 0.141, "%"), (1.54, "mmol/mol")),
        ("HbA1c < 58 mmol/mol", {"name": "HbA1c", "value": 8, "unit": "%"}, ("over", 5.93, "mmol/mol"), (0.542, "%")),
        ("ECOG 0-1", {"name": "ECOG", "value": 2}, ("over", 1.0, ""), None),
    ],
)
def test_a_margin_is_told_in_the_criterions_unit_and_in_the_patients(
    text: str, observation: dict[str, Any], criterion: tuple[str, float, str], patient: tuple[float, str] | None
) -> None:
    close = near_one(text, observation)
    (margin,) = close.margins
    assert close.may_change
    said = [(amount.by, amount.unit) for amount in (margin.criterion, margin.patient) if amount]
    meant = [criterion[1:], *([patient] if patient else [])]
    assert margin.side == criterion[0]
    assert [unit for _, unit in said] == [unit for _, unit in meant]
    assert [by for by, _ in said] == pytest.approx([by for by, _ in meant], rel=0.02)


def test_what_is_measured_in_several_places_of_a_rule_is_told_where_it_stands_in_the_way() -> None:
    close = near_one("Hemoglobin > 20 g/dL or hemoglobin < 7 g/dL", {"name": "hemoglobin", "value": 6.5, "unit": "g/dL"}, "Exclusion")
    assert [(margin.side, margin.criterion.limit) for margin in close.margins] == [("under", 7.0)]


def test_the_end_of_a_scale_is_no_limit() -> None:
    profile = em.load_profile({"as_of": "2026-03-02", "observations": [{"name": "ECOG", "value": 0}]})
    assert api.near(profile, [trial("Inclusion Criteria:\n\n* ECOG 0-1")]).trials[0].criteria == ()


@pytest.mark.parametrize(
    ("text", "kind", "profile", "may_change"),
    [
        ("Age >= 18 years", "Inclusion", {"birth_date": "2010-01-01"}, False),
        ("Age <= 75 years", "Inclusion", {"birth_date": "1930-01-01"}, False),
        ("Female", "Inclusion", {"sex": "male"}, False),
        ("Pregnant", "Exclusion", {"sex": "female", "reproductive": {"pregnant": True}}, True),
        ("Small cell lung cancer", "Exclusion", {"conditions": [{"name": "small cell lung cancer"}]}, False),
        ("Small cell lung cancer", "Inclusion", {"complete": ["conditions"]}, False),
        ("Active infection", "Exclusion", {"conditions": [{"name": "pneumonia"}]}, True),
        ("Prior chemotherapy", "Exclusion", {"treatments": [{"name": "cisplatin", "end": "2020-01-01"}]}, False),
        ("Currently receiving warfarin", "Exclusion", {"treatments": [{"name": "warfarin", "status": "ongoing"}]}, True),
        ("Prior platinum chemotherapy", "Inclusion", {"complete": ["treatments"]}, True),
        ("EGFR mutation", "Inclusion", {"biomarkers": [{"name": "EGFR", "result": "wild-type"}]}, False),
        ("Signed informed consent", "Inclusion", {"statements": {"informed consent": False}}, True),
        ("Hemoglobin >= 9 g/dL and female", "Inclusion", {"sex": "male", "observations": [{"name": "Hb", "value": 8, "unit": "g/dL"}]}, False),
    ],
)
def test_what_may_change_is_apart_from_what_will_not(text: str, kind: str, profile: dict[str, Any], *, may_change: bool) -> None:
    person = em.load_profile({"as_of": "2026-03-02", **profile})
    (close,) = api.near(person, [trial(f"{kind} Criteria:\n\n* {text}")]).trials[0].criteria
    assert close.status == Status.FAILED
    assert close.may_change is may_change


# --- the command -------------------------------------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    return code, *capsys.readouterr()


def test_near_limits_are_shown_with_margin_and_last_day(capsys: Capture) -> None:
    code, out, _ = run(capsys, "patients/near-limits.yaml", "--near")
    assert code == 0
    changing, _, fixed = out.partition("NCT05255926")[2].partition("holds, but only just")
    assert "failed, and may change" in changing
    assert "over by 0.1 mmol/L" in changing
    assert "holds until 2026-03-02, then failed" in fixed
    assert "Nothing failed and nothing is near a limit in K8454, NCT07026669 and NCT07316309." in out


def test_near_limits_for_programs_stand_beside_the_criterion(capsys: Capture) -> None:
    _, out, _ = run(capsys, "patients/near-limits.yaml", "--near", "--format", "json")
    trial_json = next(one for one in json.loads(out)["trials"] if one["trial"] == "NCT05255926")
    found = {one["id"]: one["near"] for one in trial_json["criteria"] if "near" in one}
    assert found["E3"]["may_change"] is True
    assert found["E3"]["margins"][0]["criterion"] == {"value": 11.1, "limit": 11.0, "by": 0.1, "unit": "mmol/L"}
    assert [day["status"] for day in found["I2"]["days"]] == ["matched", "failed"]
    assert trial_json["window"] == {"first": "2026-03-02", "last": "2026-03-02"}


def test_a_calendar_has_a_mark_for_each_day(capsys: Capture) -> None:
    code, out, _ = run(capsys, "patients/pet-14-days-ago.yaml", "--from", "2026-02-14", "--until", "2026-03-08")
    assert code == 0
    (row,) = [row for row in out.splitlines() if row.startswith("  I2")]
    assert row.split()[1] == "--" + "+" * 15 + "-" * 6
    assert row.endswith("failed until 2026-02-15, matched until 2026-03-02, then failed")


def test_a_long_calendar_shows_the_worst_of_the_days_of_each_mark() -> None:
    text = plain(calendar_lines(api.calendar(em.load_profile(TREATED), [WASHOUT], TODAY, date(2026, 6, 30))))
    strip = next(row for row in text.splitlines() if row.startswith("T ")).split()[1]
    assert "each mark is 2 days, the worst of them" in text
    assert len(strip) == 61
    assert strip.count("+") == 1


def test_a_calendar_for_programs_has_the_days_of_each_verdict(capsys: Capture) -> None:
    _, out, _ = run(capsys, "patients/pet-14-days-ago.yaml", "--from", "2026-02-14", "--until", "2026-03-08", "--format", "json")
    found = next(one for one in json.loads(out)["trials"] if one["trial"] == "NCT04504526")
    assert [(day["first"], day["last"], day["verdict"]) for day in found["days"]] == [
        ("2026-02-14", "2026-02-15", Verdict.INELIGIBLE),
        ("2026-02-16", "2026-03-02", Verdict.ELIGIBLE),
        ("2026-03-03", "2026-03-08", Verdict.INELIGIBLE),
    ]


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["--near", "--from", "2026-03-01"], "two views at once"),
        (["--from", "2026-03-01", "--until", "2026-02-01"], "the calendar ends before it begins"),
        (["--until", "2020-01-01"], "the calendar ends before it begins"),
        (["--from", "soon"], "`soon` is no date"),
        (["--near", "--format", "html"], "this view has no such format"),
    ],
)
def test_options_that_do_not_go_together_are_refused(capsys: Capture, arguments: list[str], title: str) -> None:
    code, out, err = run(capsys, "patients/near-limits.yaml", *arguments)
    assert (code, out) == (2, "")
    assert title in err
