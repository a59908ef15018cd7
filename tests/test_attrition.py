"""Attrition: what is counted from planes is what a plain count of statuses gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eligimatch.engine.screener import planes
from eligimatch.engine.screener.attrition import Combination, Counts, combinations, counts
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.screener import Screened
from eligimatch.model.verdict import Status

MATCHED, FAILED, UNKNOWN = Status.MATCHED, Status.FAILED, Status.UNKNOWN
Person = list[Status]


@st.composite
def trials(draw: st.DrawFn) -> list[Person]:
    """Each person's statuses for the same criteria, as often as not more criteria than one number holds."""
    width = draw(st.integers(1, 5) | st.integers(60, 70))
    person = st.lists(st.sampled_from([MATCHED, MATCHED, MATCHED, FAILED, UNKNOWN]), min_size=width, max_size=width)
    few = draw(st.lists(person, min_size=1, max_size=5))
    return draw(st.lists(st.sampled_from(few) | person, min_size=1, max_size=140))


def screened(persons: Sequence[Person]) -> Screened:
    def plane(criterion: int) -> Plane:
        true, false = (np.array([person[criterion] is status for person in persons]) for status in (MATCHED, FAILED))
        return Plane(planes.packed(true), planes.packed(false))

    criteria = {f"I{number}": plane(number) for number in range(len(persons[0]))}
    return Screened("T", planes.all_of(list(criteria.values())), criteria)


def counted(persons: Sequence[Person], at: int) -> Counts:
    """The same counts, person by person."""

    def rest(person: Person) -> Person:
        return person[:at] + person[at + 1 :]

    return Counts(
        trial="T",
        criterion=f"I{at}",
        persons=len(persons),
        failed=sum(person[at] is FAILED for person in persons),
        unknown=sum(person[at] is UNKNOWN for person in persons),
        failed_first=sum(person[at] is FAILED and FAILED not in person[:at] for person in persons),
        matched_through=sum(set(person[: at + 1]) == {MATCHED} for person in persons),
        failed_alone=sum(person[at] is FAILED and FAILED not in rest(person) for person in persons),
        failed_rest_matched=sum(person[at] is FAILED and set(rest(person)) <= {MATCHED} for person in persons),
        unknown_rest_matched=sum(person[at] is UNKNOWN and set(rest(person)) <= {MATCHED} for person in persons),
    )


@given(trials())
def test_each_criterion_is_counted_as_person_by_person(persons: list[Person]) -> None:
    assert list(counts(screened(persons), len(persons))) == [counted(persons, at) for at in range(len(persons[0]))]


@given(trials())
def test_who_failed_the_same_criteria_is_counted_together(persons: list[Person]) -> None:
    failed = Counter(tuple(f"I{at}" for at, status in enumerate(person) if status is FAILED) for person in persons)
    del failed[()]
    found = combinations(screened(persons), len(persons))
    assert found == [Combination("T", criteria, number) for criteria, number in sorted(failed.items(), key=lambda one: (-one[1], one[0]))]


@given(trials())
def test_the_counts_add_up(persons: list[Person]) -> None:
    """In order, each who is ineligible failed a first criterion; whoever is left at the end is eligible."""
    made = list(counts(screened(persons), len(persons)))
    assert sum(row.failed_first for row in made) == sum(FAILED in person for person in persons)
    assert made[-1].matched_through == sum(set(person) == {MATCHED} for person in persons)
    assert sum(row.failed_alone for row in made) == sum(person.count(FAILED) == 1 for person in persons)
