"""Tables of persons as tests write and read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Profile
from eligimatch.sources.blocks import Block
from eligimatch.sources.cohort import open_cohort

PRIVATE = "zebra"
"""Stands for a patient's data: no message may repeat it."""
Rows = Sequence[dict[str, Any]]
PERSONS: Rows = [{"person": "A", "sex": "female", "complete": "conditions; observations; treatments"}, {"person": "B", "sex": "male"}]


def written(folder: Path, **tables: Rows | pl.DataFrame) -> Path:
    """A folder of Parquet tables."""
    for name, rows in tables.items():
        (rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)).write_parquet(folder / f"{name}.parquet")
    return folder


def block(folder: Path) -> Block:
    """All persons of a folder as one block."""
    (one,) = open_cohort(folder).blocks()
    assert PRIVATE not in str(one.rejected.to_dicts())
    return one


def people(folder: Path, size: int = 1 << 16) -> dict[str, Profile]:
    return {who: one.profile(row) for one in open_cohort(folder).blocks(size) for row, who in enumerate(one.person)}


def set_aside(folder: Path) -> list[tuple[str, int, str | None, str]]:
    return block(folder).rejected.rows()


def refused(folder: Path) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        list(open_cohort(folder).blocks())
    assert PRIVATE not in caught.value.diagnostic.model_dump_json()
    return caught.value.diagnostic
