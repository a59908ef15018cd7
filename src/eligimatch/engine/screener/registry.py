"""Numbers for what rows say, the same in all blocks.

A row's `kind` stands for all that it says but its days; its `subject` for the part of that by which it is named.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from eligimatch.engine.screener.arrays import Ints
from eligimatch.engine.screener.derived import DERIVED
from eligimatch.model.columns import TABLES

_ITEM = ("name", "code_system", "code_value", "site")
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "conditions": _ITEM,
    "treatments": (*_ITEM, "intent"),
    "procedures": _ITEM,
    "allergies": ("substance", "code_system", "code_value", "reaction"),
    "observations": ("name", "code_system", "code_value", "unit"),
    "biomarkers": ("name", "code_system", "code_value", "variant", "result"),
    "denials": ("name",),
    "statements": ("statement",),
    "planned": ("event",),
    "groups": ("group", "value"),
}
"""The columns that name what a row is about."""


class Numbering:
    """Values by number, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def of(self, value: Hashable) -> int:
        """The number of a value."""
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self.values)
            self.values.append(value)
        return number

    def of_all(self, values: Sequence[Any]) -> Ints:
        """The numbers of some values."""
        return np.fromiter((self.of(value) for value in values), np.int64, len(values))


class Registry:
    """What all blocks share: each table's columns, subjects and kinds by number."""

    def __init__(self) -> None:
        self.columns: dict[tuple[str, str], Numbering] = {}
        self.subjects = {table: Numbering() for table in SUBJECTS}
        self.kinds = {table: Numbering() for table in SUBJECTS}
        self.classes: dict[tuple[str, tuple[str, ...], Hashable], Numbering] = {}
        """Classes of rows (`Block.classes_of`)."""
        self.placed: list[bool] = []
        """Whether a kind of observation is of a site or side."""
        self._subject_of_kind: dict[str, list[int]] = {table: [] for table in SUBJECTS}
        self._parts: dict[tuple[str, tuple[str, ...]], tuple[Numbering, list[int]]] = {}

    def column(self, table: str, name: str) -> Numbering:
        """The values of one column; number 0 is nothing said."""
        numbering = self.columns.get((table, name))
        if numbering is None:
            numbering = self.columns[table, name] = Numbering()
            numbering.of(None)
        return numbering

    def subject_row(self, table: str, subject: int) -> dict[str, Any]:
        """What names a subject, by column."""
        return dict(zip(SUBJECTS[table], self.subjects[table].values[subject], strict=True))

    def subject_of_kind(self, table: str) -> Ints:
        """Each kind's subject."""
        known, places = self._subject_of_kind[table], [said(table).index(name) for name in SUBJECTS[table]]
        for values in self.kinds[table].values[len(known) :]:
            known.append(self.subjects[table].of(tuple(values[place] for place in places)))
        return np.array(known, np.int64)

    def part(self, table: str, columns: tuple[str, ...]) -> Ints:
        """Each kind's number as far as its subject and some columns tell it."""
        return self.part_alone(table, (*SUBJECTS[table], *columns))

    def purposes(self, table: str) -> Ints:
        """Each kind's number as far as it tells what a treatment was for."""
        return self.part_alone(table, ("for",) if table == "treatments" else ())

    def part_alone(self, table: str, names: tuple[str, ...]) -> Ints:
        """Each kind's number as far as some columns, or what follows from them, tell it."""
        numbering, known = self._parts.setdefault((table, names), (Numbering(), []))
        places = [said(table).index(name) for name in names if name not in DERIVED]
        derived = [(said(table).index(DERIVED[name].column), DERIVED[name].told) for name in names if name in DERIVED]
        for values in self.kinds[table].values[len(known) :]:
            known.append(numbering.of((*(values[place] for place in places), *(told(values[place]) for place, told in derived))))
        return np.array(known, np.int64)


def said(table: str) -> tuple[str, ...]:
    """A table's columns but its days."""
    return _SAID[table]


_SAID = {table: tuple(column.name for column in TABLES[table] if column.kind != "day" and column.name != "note") for table in SUBJECTS}
