"""Units of measurement: a closed table of spellings, and exact factors between units of one dimension."""

from __future__ import annotations

from typing import NamedTuple

from eligimatch.model.quantity import exact
from eligimatch.model.words import atoms, fold


class Unit(NamedTuple):
    """A canonical unit: its dimension, and its size in that dimension's base unit."""

    name: str
    dimension: str
    size: float
    log10: bool = False
    of: str = ""
    """The analyte that the unit by itself names."""


Indexes = tuple[dict[str, str], dict[str, str | None]]
"""Canonical units by spelling: in exact case, and folded (None where two units fold alike)."""


class Units:
    """Knows what a spelling means and how one unit becomes another."""

    def __init__(self, units: dict[str, Unit], spellings: dict[str, str], indexes: Indexes | None = None) -> None:
        self.units = units
        self.spellings = spellings
        """As written, to the canonical unit's name."""
        self._exact, self._folded = indexes or _indexes(spellings)

    @property
    def indexes(self) -> Indexes:
        """What spellings are looked up in, for a store."""
        return self._exact, self._folded

    def named(self, spelling: str) -> str | None:
        """The canonical unit of a spelling, None where it is unknown or of two meanings."""
        found = atoms(spelling)
        return self._exact.get("".join(found)) or self._folded.get("".join(fold(atom) for atom in found))

    def factor(self, source: str, target: str, molar_mass: float | None = None) -> float | None:
        """What a value in `source` is multiplied by to be one in `target`; None where there is no such number.

        Mass becomes amount of substance by the analyte's molar mass (g/mol).
        """
        if source == target:
            return 1.0
        here, there = self.units.get(source), self.units.get(target)
        if here is None or there is None or here.log10 or there.log10:
            return None
        if here.dimension == there.dimension:
            return exact(here.size / there.size)
        if molar_mass and here.dimension.replace("[mass]", "[substance]") == there.dimension:
            return exact(here.size / there.size * 1000 / molar_mass)
        if molar_mass and here.dimension.replace("[substance]", "[mass]") == there.dimension:
            return exact(here.size / there.size * molar_mass / 1000)
        return None


def _indexes(spellings: dict[str, str]) -> Indexes:
    exact_case = {"".join(atoms(spelling)): name for spelling, name in spellings.items()}
    any_case: dict[str, str | None] = {}
    for spelling, name in spellings.items():
        key = "".join(fold(atom) for atom in atoms(spelling))
        any_case[key] = name if any_case.get(key, name) == name else None
    return exact_case, any_case
