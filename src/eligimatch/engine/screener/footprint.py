"""Footprints: which columns, windows and other facts a rule about occurrences looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.kinship import ANY_TREATMENT, METASTASIS, METASTATIC_DISEASE, Kinship
from eligimatch.engine.screener.derived import DERIVED
from eligimatch.engine.statements import judgements
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Window
from eligimatch.model.rule import Coded, Had, Judged, Lasting, Purpose, Qualifier, Ranged, Requiring, Staged

_BASE = {"conditions": ("status", "verification"), "treatments": ("status",), "procedures": (), "allergies": ()}
_GRADE = ("severity", "grade")
_OF_ASPECT = {
    "course": ("course", "spread"), "evidence": ("evidence",), "severity": _GRADE, "grade": _GRADE, "intent": ("for",), "site": (),
    "route": ("route", "dosed", "unit"), "side": ("side",), "outcome": ("best_response", "ended_for"), "reaction": (),
    "investigational": ("investigational",), "verification": (), "line": ("line",), "dose": ("dose", "unit"),
}  # fmt: skip
_LENGTHS = frozenset({"chronic", "acute"})


class Footprint(NamedTuple):
    """What a rule looks at, beside the subjects of the rows."""

    columns: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    lastings: tuple[Lasting, ...] = ()
    judged: tuple[str, ...] = ()
    """Words that a statement may answer."""
    requiring: tuple[Had, ...] = ()
    graded: bool = False
    """Asks a degree, which a laboratory value may tell."""
    systems: tuple[str, ...] = ()
    """Staging systems, whose class an observation may tell."""
    spread: bool = False
    """Asks how far a cancer has spread, which another listed item may tell."""
    against_cancer: bool = False
    """Asks drugs against cancer, of which another listed disease may be the purpose."""
    lengths: bool = False
    """Asks how long a treatment lasted."""

    def of_table(self, table: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of a table that it looks at, `known` being those that say anything."""
        derived = (name for name, one in DERIVED.items() if name in self.columns and one.column in known)
        return (*(name for name in known if name in self.columns or name in _BASE[table]), *derived)


def footprint(rule: Had, kinship: Kinship) -> Footprint:
    """Everything that a rule asks of an item, its exceptions included."""
    rules = [rule, *beneath(rule)]
    qualifiers = [qualifier for one in rules for qualifier in one.qualifiers]
    columns = {name for qualifier in qualifiers for name in columns_of(qualifier)}
    columns |= {name for one in rules for name in _of_concept(one.concept, kinship)}
    columns |= {"line"} if rule.count is not None else set()
    coded = [qualifier for qualifier in qualifiers if isinstance(qualifier, Coded)]
    courses = [value for qualifier in coded if qualifier.aspect == "course" for value in qualifier.values]
    requiring = [qualifier.treatment for qualifier in qualifiers if isinstance(qualifier, Requiring)]
    return Footprint(
        columns=frozenset(columns),
        windows=tuple(dict.fromkeys(one.window for one in rules if one.window is not None)),
        lastings=tuple(qualifier for qualifier in qualifiers if isinstance(qualifier, Lasting)),
        judged=tuple(dict.fromkeys(words for one in rules for words in judgements(one, kinship))),
        requiring=tuple(requiring),
        graded=bool(columns & set(_GRADE)),
        systems=tuple(dict.fromkeys(qualifier.system for qualifier in qualifiers if isinstance(qualifier, Staged))),
        spread=bool(courses) or any(of_spread(one.concept) for one in rules),
        against_cancer=any(against_cancer(one, kinship) for one in rules),
        lengths=not _LENGTHS.isdisjoint(courses),
    )


def against_cancer(rule: Had, kinship: Kinship) -> bool:
    """Whether what a drug was given for decides if it is what is asked."""
    return rule.concept.name == ANY_TREATMENT or kinship.against_cancer(rule.concept.name)


def of_spread(concept: Concept) -> bool:
    """Whether the course or stage of any disease may make it what is asked."""
    return not {METASTASIS, METASTATIC_DISEASE}.isdisjoint((concept.name, *concept.within))


def beneath(rule: Had) -> Iterator[Had]:
    """The rules within a rule: its exceptions, and what a condition must have been treated with."""
    for one in (*rule.but_not, *(qualifier.treatment for qualifier in rule.qualifiers if isinstance(qualifier, Requiring))):
        yield one
        yield from beneath(one)


def columns_of(qualifier: Qualifier) -> tuple[str, ...]:
    """The columns that a quality looks at."""
    match qualifier:
        case Coded() | Ranged():
            return _OF_ASPECT[qualifier.aspect]
        case Staged():
            return ("stage",)
        case Purpose():
            return ("for",)
        case Lasting():
            return ("course",)
        case Requiring() | Judged() | _:
            return ()


def _of_concept(concept: Concept, kinship: Kinship) -> tuple[str, ...]:
    if concept.name == ANY_TREATMENT:
        return ("for", "line")
    if of_spread(concept):
        return ("course", "spread")
    told = (*(("for",) if kinship.against_cancer(concept.name) else ()), *(_OF_ASPECT["route"] if kinship.meant_systemic(concept.name) else ()))
    return (*told, "route", "dosed", "unit", "investigational") if concept.linked and kinship.definition(concept.name) else told
