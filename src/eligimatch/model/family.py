"""Families: what a criterion is about, for tables of how well each kind of criterion was read."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from eligimatch.model.rule import Had, Is, Measure, Rule, Statement, Unparsed, leaves
from eligimatch.model.trial import CompiledTrial, Form, Section

FAMILIES = (
    *("age and sex", "measurements", "scores", "biomarkers", "conditions", "treatments", "procedures", "allergies", "statements", "groups"),
    "nothing of a person",
)
"""In the order of a table; the last: "male or female", a definition, what may be."""
_PERSON = frozenset({"sex", "pregnant", "breastfeeding", "childbearing_potential", "contraception", "postmenopausal", "volunteer"})


class Read(NamedTuple):
    """One criterion as a table counts it."""

    section: Section
    form: Form
    families: tuple[str, ...]


def reads(trial: CompiledTrial) -> Counter[Read]:
    """How many of a trial's criteria were read in which way."""
    return Counter(Read(criterion.kind, criterion.form, families(criterion.rule)) for criterion in trial.criteria)


def families(rule: Rule) -> tuple[str, ...]:
    """What a rule asks about; none where none of its words was understood."""
    found = {_family(leaf) for leaf in leaves(rule)}
    return tuple(family for family in FAMILIES if family in found)


def _family(leaf: Rule) -> str:
    match leaf:
        case Measure():
            return "age and sex" if leaf.analyte.name == "age" else "scores" if leaf.analyte.kind == "score" else "measurements"
        case Is():
            if leaf.concept is None:
                return "groups" if leaf.fact == "group" else "age and sex"
            return "biomarkers" if leaf.concept.kind == "marker" else "measurements"
        case Had():
            return leaf.section
        case Statement():
            return "statements"
        case Unparsed():
            return ""
        case _:
            return FAMILIES[-1]
