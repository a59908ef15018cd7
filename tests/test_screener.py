"""The screener says what the evaluator says, for every rule and person; planes follow Kleene's laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

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
