"""Reads grammar/vocabulary/units.yaml; pint says what each unit is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eligimatch.model.quantity import exact
from eligimatch.model.units import Unit, Units
from eligimatch.sources.vocabulary import load


def read_units(grammar: Path) -> Units:
    """The closed table of units of a grammar folder."""
    import pint  # noqa: PLC0415 - half a second, needed only when the table is built

    registry: Any = pint.UnitRegistry()
    units: dict[str, Unit] = {}
    spellings: dict[str, str] = {}
    for name, facts in load(grammar / "vocabulary" / "units.yaml")["units"].items():
        units[name] = _unit(registry, name, facts)._replace(of=str(facts.get("of", "")))
        for spelling in (name, *facts.get("spellings", ())):
            spellings.setdefault(str(spelling), name)
    return Units(units, spellings)


def _unit(registry: Any, name: str, facts: dict[str, Any]) -> Unit:
    if facts.get("log10"):
        return Unit(name, f"log10 {facts['log10']}", 1.0, log10=True)
    if "pint" not in facts or facts.get("own"):
        return Unit(name, f"own {name}", 1.0)
    quantity = registry.Quantity(facts["pint"]).to_base_units()
    return Unit(name, str(quantity.dimensionality), exact(float(quantity.magnitude)))
