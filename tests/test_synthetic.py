"""A synthetic cohort is valid, known, correlated and the same again."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from eligimatch.model.columns import TABLES, profile_of_rows
from eligimatch.model.profile import Profile
from eligimatch.sources.synthetic.cohort import frames, write_cohort

Tables = dict[str, pl.DataFrame]
SOURCE = Path(__file__).parent.parent / "src" / "eligimatch"


@pytest.fixture(scope="module")
def cohort() -> Tables:
    blocks = list(frames(20_000, 11))
    return {name: pl.concat([block[name] for block in blocks]) for name in TABLES}


def test_each_person_is_a_valid_profile(cohort: Tables) -> None:
    persons = cohort["persons"]["person"].head(300)
    rows = {name: table.partition_by("person", as_dict=True) for name, table in cohort.items()}
    for person in persons:
        mine = {name: rows[name][person,].to_dicts() for name in TABLES if (person,) in rows[name]}
        assert Profile.model_validate(profile_of_rows(person, mine)).id == person


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_cohort(11_000, 3, tmp_path / folder)
    for name in TABLES:
        assert (tmp_path / "one" / f"{name}.parquet").read_bytes() == (tmp_path / "two" / f"{name}.parquet").read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one(cohort: Tables) -> None:
    small = next(frames(700, 11))
    for name in TABLES:
        assert small[name].equals(cohort[name].filter(pl.col("person") <= "P-0000700")), name


def test_nothing_but_its_command_uses_it() -> None:
    importing = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"(?:from|import) \S*synthetic\b", path.read_text(encoding="utf-8")) and path.parent.name != "synthetic"
    ]
    assert importing == ["commands/synth.py"]
