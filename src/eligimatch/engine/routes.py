"""Routes: how a drug was given, from its item, its dose and the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

from eligimatch.engine.case import YES, Case, Said
from eligimatch.engine.listing import Listed
from eligimatch.model.profile import Treatment
from eligimatch.model.verdict import Truth, any_of
from eligimatch.model.words import folded

_SYSTEMIC = frozenset({"oral", "intravenous", "subcutaneous", "intramuscular", "parenteral", "systemic", "sublingual", "transdermal"})
_PARENTERAL = frozenset({"intravenous", "subcutaneous", "intramuscular", "parenteral"})
_SPELLED = {
    "iv": "intravenous", "po": "oral", "by mouth": "oral", "sc": "subcutaneous", "im": "intramuscular", "inhaled": "inhaled", "inhalation": "inhaled",
    "nasal": "intranasal", "topical": "topical", "cutaneous": "topical", "eye drop": "ophthalmic", "ocular": "ophthalmic",
}  # fmt: skip


def route(values: Iterable[str], item: Listed, case: Case) -> Said:
    """Whether the drug was given by one of the asked routes."""
    said = route_of(item, case)
    if said is None:
        return Said(None, f"route of {item.label} not said", f"route of {item.label}")
    truth = any_of(given_by(said, value) for value in values)
    if truth is None:
        return Said(None, f"exact route of {item.label} not said", f"route of {item.label}")
    return YES if truth else Said(False, f"{item.label} is {said}")


def given_by(said: str, asked: str) -> Truth:
    """Whether what was given by a route was given by another that is asked: oral is systemic, systemic may be oral."""
    return True if within(said, asked) else None if said in ("systemic", "parenteral") and within(asked, said) else False


def within(said: str, asked: str) -> bool:
    """Whether a route is one of a wider kind: oral is systemic."""
    if said == asked:
        return True
    if asked == "local":
        return said not in _SYSTEMIC
    return said in _SYSTEMIC if asked == "systemic" else said in _PARENTERAL if asked == "parenteral" else False


def route_of(item: Listed, case: Case) -> str | None:
    """The route of an item; a dose in mg/day without a route is systemic."""
    said = item.item.route or next(iter(item.name.of("ROUTE")), None)
    if said:
        words = " ".join(folded(said))
        return _SPELLED.get(words) or case.facts.namer.wordings.meaning("ROUTE", tuple(words.split())) or words
    if known := usual_route(item, case):
        return known
    by_mass = isinstance(item.item, Treatment) and item.item.dose is not None and item.item.unit in ("mg/day", "mg", "g/day", "mg/d", "mg daily")
    return "systemic" if by_mass else None


def usual_route(item: Listed, case: Case) -> str | None:
    """The route by which what an item names is always given."""
    return next((known for own in item.own if isinstance(known := case.facts.kinship.fact(own, "route"), str)), None)
