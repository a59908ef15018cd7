"""Doses: a treatment's amount a day against a limit, steroids as prednisone equivalents."""

from __future__ import annotations

from eligimatch.engine.case import Case, Said
from eligimatch.engine.listing import Listed
from eligimatch.model.profile import Treatment
from eligimatch.model.quantity import exact, point
from eligimatch.model.rule import Ranged

_PREDNISONE = 5.0
"""The milligrams of prednisone to which the vocabulary's `prednisone_equivalent` is equal."""


def dose(asked: Ranged, item: Listed, case: Case) -> Said:
    """Whether the daily dose lies in the interval."""
    amount = _amount(asked, item, case)
    if isinstance(amount, str):
        return Said(None, amount, f"dose of {item.label}")
    unit = f"{asked.unit} of prednisone" if asked.equivalent else asked.unit
    return Said(asked.interval.decide(point(amount)), f"{item.label} {amount:.4g} {unit}")


def _amount(asked: Ranged, item: Listed, case: Case) -> float | str:
    given = item.item
    if not isinstance(given, Treatment) or given.dose is None:
        return f"dose of {item.label} not said"
    if given.unit is None:
        return f"unit of the dose of {item.label} not said"
    units = case.facts.language.units
    source = units.named(given.unit)
    source = "mg/day" if source == "mg" else source
    target = units.named(asked.unit) or asked.unit
    factor = units.factor(source, target) if source else None
    if factor is None:
        return f"dose of {item.label} cannot be compared in {asked.unit}"
    if not asked.equivalent:
        return exact(given.dose * factor)
    equal = next((mg for own in item.own if isinstance(mg := _equivalent(own, case), (int, float))), None)
    if equal is None:
        return f"the prednisone equivalent of {item.label} is not known"
    return exact(given.dose * factor * _PREDNISONE / equal)


def _equivalent(name: str, case: Case) -> object:
    """The fact of the drug or of the drug that it is a form of."""
    kinship = case.facts.kinship
    return next((fact for above in (name, *sorted(kinship.ancestors(name))) if (fact := kinship.fact(above, "prednisone_equivalent"))), None)
