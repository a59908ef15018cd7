"""A row that cannot be read decides nothing: what it could have said is unknown. Only that it contradicts a denial or statement is not seen."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
from asking import at_least, at_most, number, result, truth
from hypothesis import given, settings
from hypothesis import strategies as st
from test_monotone import COMPLETE, FACTS, LEAVES, Fact, profile, rules

from eligimatch.model.columns import ITEMS, TABLES
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Rule
from eligimatch.sources.blocks import block_of
from eligimatch.sources.profile_files import raw_tables

_SPOILT = {"statements": "answer", "denials": "time", "groups": "value"}
"""In which column each table's row is spoilt; an item's is its side."""


Asked = tuple[Rule, list[Fact], set[str]]
ASKED: st.SearchStrategy[Asked] = st.tuples(
    st.one_of(st.sampled_from(LEAVES), rules),
    st.lists(st.sampled_from(FACTS), min_size=1, max_size=6, unique_by=repr),
    st.sets(st.sampled_from((*COMPLETE, "observations"))),
)
"""What is asked of a person, and what the person's profile says."""


def spoilt(table: pl.DataFrame, name: str, rows: list[int]) -> pl.DataFrame:
    """A raw table of which some rows cannot be read."""
    column = _SPOILT.get(name, "side")
    there = pl.int_range(pl.len()).is_in(rows)
    return table.with_columns(pl.when(there).then(pl.lit(None if name in _SPOILT else "inside")).otherwise(pl.col(column)).alias(column))


@settings(max_examples=30, deadline=None)
@given(st.lists(ASKED, min_size=1, max_size=9), st.data())
def test_a_row_set_aside_decides_nothing(asked: list[Asked], data: st.DataObject) -> None:
    """Of each of a block's persons one row."""
    people = {f"P{place}": (rule, profile(facts, sorted(complete))) for place, (rule, facts, complete) in enumerate(asked)}
    raw, _ = raw_tables((place, Profile.model_validate({"id": who, **said})) for place, (who, (_, said)) in enumerate(people.items(), 1))
    assert block_of(0, raw).rejected.is_empty()
    bad: dict[str, list[int]] = {}
    for who in people:
        rows = [(name, row) for name in (*ITEMS, *_SPOILT) for row, whose in enumerate(raw[name]["person"]) if whose == who]
        if rows:
            name, row = data.draw(st.sampled_from(rows))
            bad.setdefault(name, []).append(row)
    made = block_of(0, raw | {name: spoilt(raw[name], name, rows) for name, rows in bad.items()})
    assert Counter(made.rejected["table"]) == {name: len(rows) for name, rows in bad.items()}
    for place, (rule, said) in enumerate(people.values()):
        before, after = truth(rule, said), truth(rule, as_mapping(made.profile(place)))
        contradictory = before is None and {"never", "absent", "statements"} & said.keys()
        assert after is None or after is before or contradictory


@pytest.mark.parametrize(
    ("rule", "names", "values", "unit"),
    [
        (number("hemoglobin", at_least(9), "g/dL"), "hemoglobin; Hb", (8.5, 10), "g/dL"),
        (number("ECOG", at_most(1)), "ECOG; ECOG PS", (1, 3), None),
        (result("HBsAg", "positive"), "HBsAg; hepatitis B surface antigen", ("negative", "positive"), None),
    ],
)
def test_a_value_does_not_count_as_the_latest_where_another_cannot_be_read(rule: Rule, names: str, values: tuple[Any, Any], unit: str | None) -> None:
    told = zip(names.split("; "), values, ("2026-02-01", "2026-02-20"), strict=True)
    seen = [{"name": name, "value": value, "date": day, "unit": unit} for name, value, day in told]
    raw, _ = raw_tables([(1, Profile.model_validate({"id": "A", "observations": seen}))])
    made = block_of(0, raw | {"observations": spoilt(raw["observations"], "observations", [1])})
    assert truth(rule, {"observations": seen[:1]}) is not None
    assert truth(rule, as_mapping(made.profile(0))) is None


def as_mapping(given: Profile) -> dict[str, Any]:
    """A profile as a mapping that gives it back."""
    return {name: getattr(given, name) for name in Profile.model_fields if name != "id"}


def test_every_table_may_have_a_row_set_aside() -> None:
    assert {*ITEMS, *_SPOILT, "persons", "planned"} == set(TABLES)
