"""The screener says what the evaluator says, for every rule and person; planes follow Kleene's laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import randoms
from two_engines import disagreements, random_round, screener, tables

from eligimatch import api
from eligimatch.engine.screener import planes
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.screener import Screener
from eligimatch.model import verdict
from eligimatch.model.profile import Profile
from eligimatch.model.verdict import Truth
from eligimatch.sources.blocks import Block as Tables
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.synthetic.cohort import write_cohort

TOP = Path(__file__).parent.parent
TRUTH: st.SearchStrategy[Truth] = st.sampled_from([True, False, None])
PERSONS = 70
"""More than a word of bits, and no whole number of them."""
COLUMN: st.SearchStrategy[Sequence[Truth]] = st.lists(TRUTH, min_size=PERSONS, max_size=PERSONS)
COLUMNS = st.lists(COLUMN, min_size=1, max_size=5)
TRIALS = [api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]


# --- planes ----------------------------------------------------------------------------------------------------------------------------------


def plane(column: Sequence[Truth]) -> Plane:
    return Plane(*(planes.packed(np.array([truth is wanted for truth in column])) for wanted in (True, False)))


def told(made: Plane, persons: int = PERSONS) -> list[Truth]:
    true, false = (planes.unpacked(bits, persons) for bits in made)
    assert not (true & false).any()
    return [True if yes else False if no else None for yes, no in zip(true.tolist(), false.tolist(), strict=True)]


Law = tuple[Callable[[list[Plane]], Plane], Callable[[Sequence[Truth]], Truth]]
LAWS: dict[str, Law] = {
    "all_of": (planes.all_of, verdict.all_of),
    "any_of": (planes.any_of, verdict.any_of),
    "agreed": (planes.agreed, verdict.agreed),
    "negate": (lambda parts: planes.negate(parts[0]), lambda truths: verdict.negate(truths[0])),
}


@pytest.mark.parametrize("law", LAWS)
@given(columns=COLUMNS)
def test_a_connective_of_planes_is_that_of_each_person(law: str, columns: list[list[Truth]]) -> None:
    of_planes, of_truths = LAWS[law]
    assert told(of_planes([plane(column) for column in columns])) == [of_truths(truths) for truths in zip(*columns, strict=True)]


@given(st.integers(1, 6), COLUMNS)
def test_so_many_of_planes_is_so_many_of_each_person(count: int, columns: list[list[Truth]]) -> None:
    found = planes.at_least(count, [plane(column) for column in columns])
    assert told(found) == [verdict.at_least(count, truths) for truths in zip(*columns, strict=True)]


@given(COLUMN)
def test_flags_come_back_from_bits(column: list[Truth]) -> None:
    assert told(plane(column)) == column
    assert planes.counted(plane(column).true) == column.count(True)


@given(COLUMN, COLUMN, COLUMN)
def test_one_plane_is_chosen_where_a_bit_is_set(where: list[Truth], one: list[Truth], other: list[Truth]) -> None:
    found = planes.chosen(plane(where).true, plane(one), plane(other))
    assert told(found) == [this if there else that for there, this, that in zip(where, one, other, strict=True)]


@given(COLUMN, COLUMN)
def test_what_one_source_leaves_open_another_answers(facts: list[Truth], said: list[Truth]) -> None:
    found = told(planes.completed(plane(facts), plane(said)))
    for truth, fact, word in zip(found, facts, said, strict=True):
        assert truth is (fact if word is None or word is fact else word if fact is None else None)


# --- the two engines -------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, derandomize=True)
@given(randoms)
def test_random_trials_and_people_are_answered_alike(random: Random) -> None:
    """Twenty rules and people a time: 500 of each in all, and each rule before every person."""
    assert [str(found) for found in random_round(random, trials=5, criteria=4, each=1)] == []


_COMPLETE = ["conditions", "treatments"]
_PRESSURE = [{"name": "hydrochlorothiazide", "for": "hypertension"}]
_BOTH = [{"name": "methotrexate", "start": "2018-01-01", "end": "2018-02-01"}, {"name": "mitoxantrone", "start": "2019-01-01", "end": "2019-02-01"}]
_DISEASES: list[dict[str, dict[str, Any]]] = [
    {"breast cancer": {}}, {}, {"breast cancer": {}, "psoriasis": {}}, {"breast cancer": {"verification": "refuted"}},
    {"breast cancer": {}, "psoriasis": {"verification": "refuted"}}, {"breast cancer": {}, "multiple sclerosis": {}},
]  # fmt: skip
ENTANGLED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "an exception by its treatment": (
        "Exclusion Criteria:\n\n* Autoimmune disease, except vitiligo not requiring systemic therapy or mild celiac disease",
        [
            {"conditions": [{"name": "vitiligo"}], "treatments": _PRESSURE, "complete": _COMPLETE},
            {
                "conditions": [{"name": "celiac disease"}],
                "treatments": _PRESSURE,
                "complete": _COMPLETE,
            },
            {"conditions": [{"name": "vitiligo"}], "treatments": [{"name": "prednisone", "for": "vitiligo"}], "complete": _COMPLETE},
        ],
    ),
    "a disease that a value tells": (
        "Exclusion Criteria:\n\n* Viral hepatitis requiring systemic treatment",
        [
            {"observations": [{"name": "HBsAg", "value": "positive"}], "treatments": [{"name": "entecavir", "for": "hepatitis B"}]},
            {"observations": [{"name": "HBsAg", "value": "positive"}], "treatments": [{"name": "ibuprofen", "for": "pain"}], "complete": _COMPLETE},
            {"observations": [{"name": "HBsAg", "value": "negative"}], "complete": _COMPLETE},
        ],
    ),
    "the latest of several values": (
        "Inclusion Criteria:\n\n* Ambulatory",
        [
            {"observations": [{"name": "ECOG", "value": 3, "date": "2020-01-01"}, {"name": "ECOG", "value": 1, "date": "2020-03-01"}]},
            {"observations": [{"name": "ECOG", "value": 1, "date": "2020-01-01"}, {"name": "ECOG", "value": 3, "date": "2020-03-01"}]},
            {"observations": [{"name": "ECOG", "value": 1, "date": "2020-03-01"}, {"name": "ECOG", "value": 3, "date": "2020-03-01"}]},
            {"observations": [{"name": "ECOG", "value": 1, "date": "2020-03-01"}, {"name": "ECOG", "value": 3}]},
        ],
    ),
    "a value that gives no grade": (
        "Exclusion Criteria:\n\n* Severe anemia",
        [
            {"conditions": [{"name": "anemia"}], "observations": [*earlier, {"name": "hemoglobin", "value": 12.3, "date": "2020-03-01"}]}
            for earlier in ([{"name": "hemoglobin", "value": 6, "unit": "g/dL", "date": "2020-01-01"}], [])
        ],
    ),
    "a class that a value tells beside the listed one": (
        "Exclusion Criteria:\n\n* Heart failure NYHA class III or IV",
        [
            {
                "conditions": [{"name": "heart failure", "stage": [{"system": "NYHA", "value": listed}]}],
                "observations": [{"name": "NYHA class", "value": value, "date": "2020-03-01"}],
                "complete": _COMPLETE,
            }
            for listed, value in (("II", "III"), ("III", "II"), ("II", "II"), ("III", "III"))
        ],
    ),
    "another cancer than the study's": (
        "Exclusion Criteria:\n\n* Other malignancy",
        [
            {"conditions": [{"name": "melanoma"}, {"name": "breast cancer"}], "complete": _COMPLETE},
            {"conditions": [{"name": "breast cancer"}, {"name": "ductal carcinoma in situ of the breast"}], "complete": _COMPLETE},
            {"conditions": [{"name": "melanoma"}, {"name": "quorx tumor"}], "complete": _COMPLETE},
        ],
    ),
    "so many lines of treatment": (
        "Inclusion Criteria:\n\n* At least two prior lines of systemic therapy",
        [
            {"treatments": [{"name": "cisplatin", "start": "2018-01-01", "end": "2018-03-01"}, {"name": "docetaxel", "start": day}]}
            for day in ("2018-02-01", "2018-06-01", "2018")
        ],
    ),
    "which of two exceptions by a treatment it is": (
        "Exclusion Criteria:\n\n* Autoimmune disease, except celiac disease requiring insulin or psoriasis not requiring systemic therapy",
        [
            {"conditions": [{"name": name}], "treatments": [{"name": "epoetin alfa", "end": "2026-01-01"}], "complete": _COMPLETE}
            for name in ("celiac disease", "psoriasis")
        ],
    ),
    "a disease beside one that an exception spares": (
        "Exclusion Criteria:\n\n* Autoimmune disease, except psoriasis not requiring systemic therapy",
        [{"conditions": [{"name": name} for name in names], "complete": _COMPLETE} for names in (("psoriasis", "celiac disease"), ("psoriasis",))],
    ),
    "a day of the event that is not known": (
        "Exclusion Criteria:\n\n* Major surgery within 14 days before enrolment",
        [
            {"as_of": "2020-03-01", "procedures": [{"name": "major surgery", "date": "2020-02-16"}], "planned": {"enrolment": "2020-03"}},
            {"as_of": "2020-03-01", "procedures": [{"name": "major surgery"}]},
            {"as_of": "2020-03-01", "procedures": [{"name": "major surgery", "date": "2020-02-16"}], "planned": {"enrolment": "2020-03-01"}},
        ],
    ),
    "what a drug against cancer and else was given for": (
        "Exclusion Criteria:\n\n* Prior chemotherapy, except intravesical\n* Prior treatment\n* More than 1 line of systemic anticancer therapy",
        [
            {"conditions": [{"name": name, **more} for name, more in listed.items()], "treatments": _BOTH, "complete": _COMPLETE}
            for listed in _DISEASES
        ],
    ),
    "what a name may be although a column denies it": (
        "Exclusion Criteria:\n\n* Investigational drug within 7 days before enrolment",
        [
            {"treatments": [{"name": name, "investigational": False, "start": "2018-01-01"}], "complete": _COMPLETE}
            for name in ("quorx", "anticoagulant")
        ],
    ),
}
"""What one item, value or treatment decides of another."""


@pytest.mark.parametrize("what", ENTANGLED)
def test_items_that_decide_of_each_other_are_answered_alike(what: str) -> None:
    eligibility, people = ENTANGLED[what]
    trials = [
        api.compile_trial(api.load_trial({"id": f"T{number}", "conditions": conditions, "eligibility": eligibility}))
        for number, conditions in enumerate((["Breast Cancer"], ["Something that has no name"]))
    ]
    profiles = [Profile.model_validate({"id": f"P{number}", **person}) for number, person in enumerate(people)]
    assert [str(found) for found in disagreements(screener(trials), tables(profiles), profiles)] == []


def statuses(made: Screener, given: Tables) -> list[list[Truth]]:
    """A column a verdict and criterion of each trial."""
    block = made.block(given.person.to_list(), given.tables)
    return [told(column, block.size) for found in made.screen(block) for column in (found.verdict, *found.criteria.values())]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(300, 5, folder)
    return next(open_cohort(folder).blocks())


def test_every_cell_of_the_trials_is_answered_alike(cohort: Tables) -> None:
    assert [str(found) for found in disagreements(screener(TRIALS), cohort)] == []


def test_blocks_of_any_size_say_the_same(cohort: Tables) -> None:
    made = screener(TRIALS)
    profiles = [cohort.profile(row) for row in range(130)]
    whole = statuses(made, tables(profiles))
    parts = [statuses(made, tables(profiles[first : first + 13])) for first in range(0, 130, 13)]
    assert [[truth for part in parts for truth in part[column]] for column in range(len(whole))] == whole
