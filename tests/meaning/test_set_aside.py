"""A row that cannot be read decides nothing: what it could have said is unknown. Only that it contradicts a denial or statement is not seen."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from asking import at_least, at_most, number, result, truth
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_monotone import COMPLETE, FACTS, LEAVES, Fact, profile, rules

from eligimatch.model.columns import ITEMS, TABLES
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Rule
from eligimatch.sources.blocks import block_of
from eligimatch.sources.profile_files import raw_tables

_SPOILT = {"statements": "answer", "denials": "time", "groups": "value"}
"""In which column each table's row is spoilt; an item's is its side."""


def spoilt(table: pl.DataFrame, name: str, row: int) -> pl.DataFrame:
    """A raw table of which one row cannot be read."""
    column = _SPOILT.get(name, "side")
    there = pl.int_range(pl.len()) == row
    return table.with_columns(pl.when(there).then(pl.lit(None if name in _SPOILT else "inside")).otherwise(pl.col(column)).alias(column))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.sampled_from(LEAVES), rules),
    st.lists(st.sampled_from(FACTS), min_size=1, max_size=6, unique_by=repr),
    st.sets(st.sampled_from((*COMPLETE, "observations"))),
    st.data(),
)
def test_a_row_set_aside_decides_nothing(rule: Rule, facts: list[Fact], complete: set[str], data: st.DataObject) -> None:
    said: dict[str, Any] = profile(facts, sorted(complete))
    raw, _ = raw_tables([(1, Profile.model_validate({"id": "A", **said}))])
    assert block_of(0, raw).rejected.is_empty()
    rows = [(name, row) for name in (*ITEMS, *_SPOILT) for row in range(raw[name].height)]
    assume(rows)
    name, row = data.draw(st.sampled_from(rows))
    made = block_of(0, raw | {name: spoilt(raw[name], name, row)})
    assert made.rejected["table"].to_list() == [name]
    before, after = truth(rule, said), truth(rule, as_mapping(made.profile(0)))
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
    made = block_of(0, raw | {"observations": spoilt(raw["observations"], "observations", 1)})
    assert truth(rule, {"observations": seen[:1]}) is not None
    assert truth(rule, as_mapping(made.profile(0))) is None


def as_mapping(given: Profile) -> dict[str, Any]:
    """A profile as a mapping that gives it back."""
    return {name: getattr(given, name) for name in Profile.model_fields if name != "id"}


def test_every_table_may_have_a_row_set_aside() -> None:
    assert {*ITEMS, *_SPOILT, "persons", "planned"} == set(TABLES)
