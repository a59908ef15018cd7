"""Lists of persons as tests write and read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TOP

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Profile
from eligimatch.sources.blocks import Block
from eligimatch.sources.cohort import open_cohort

PRIVATE = "zebra"
"""Stands for a patient's data: no message and no proposal may repeat it."""
LIST = TOP / "docs" / "patients-list.csv"


def block(source: Path, text: str | None = None, mapping: dict[str, Any] | Path | None = None) -> Block:
    """The persons of a list, written if it is given, by a mapping."""
    if text is not None:
        source.write_text(text, encoding="utf-8")
    file = mapping if isinstance(mapping, Path) else source.with_name("mapping.yaml")
    if isinstance(mapping, dict):
        file.write_text(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (one,) = open_cohort(source, file).blocks()
    assert PRIVATE not in str(one.rejected.to_dicts())
    return one


def of(columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A mapping with the identifier in `id`."""
    return {"columns": {"id": {"to": "person"}} | columns, **more}


def person(listed: Path, cells: str, columns: dict[str, Any], **more: Any) -> Profile:
    """The one person of a list with semicolons whose headings are those of the mapping."""
    made = block(listed, ";".join(["id", *columns]) + f"\nA;{cells}\n", of(columns, **more))
    assert made.rejected.is_empty()
    return made.profile(0)


def reasons(made: Block) -> list[tuple[str, int, str]]:
    return [(table, row, reason) for table, row, _, reason in made.rejected.rows()]


def refused(source: Path, mapping: Path) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        open_cohort(source, mapping)
    assert PRIVATE not in caught.value.diagnostic.model_dump_json()
    return caught.value.diagnostic
