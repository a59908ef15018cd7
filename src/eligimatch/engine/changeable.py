"""Changeable: whether a leaf that stands in the way can be turned by what is treated, stopped, done or repeated; time is asked elsewhere."""

from __future__ import annotations

from typing import assert_never

from eligimatch.engine.case import Case
from eligimatch.engine.kinship import CANCER
from eligimatch.engine.residue import Leaf
from eligimatch.model.rule import Had, Is, Measure, Statement, Unparsed

FIXED_MEASURES = frozenset({"age", "life expectancy", "body height"})
"""Numbers that no treatment moves to a limit."""
CHANGING_FACTS = frozenset({"pregnant", "breastfeeding", "contraception"})
"""What a person's coded facts may come to be; the others stay."""
FIXED_KINDS = frozenset({"marker", "stage"})
"""Kinds of the vocabulary whose results stay."""


def changeable(rule: Leaf, truth: bool, case: Case) -> bool:
    """Whether a leaf that came to a truth may come to the other."""
    match rule:
        case Measure():
            return rule.analyte.name not in FIXED_MEASURES and case.facts.kinship.kind(rule.analyte) not in FIXED_KINDS
        case Is():
            return rule.fact in CHANGING_FACTS if rule.concept is None else case.facts.kinship.kind(rule.concept) not in FIXED_KINDS
        case Had():
            return _occurrence(rule, truth, case)
        case Statement():
            return True
        case Unparsed():
            return False
        case _:
            assert_never(rule)


def _occurrence(rule: Had, truth: bool, case: Case) -> bool:
    """What is given or done can be stopped, or done yet; a condition that is there may pass; what once was stays."""
    if rule.section in ("treatments", "procedures"):
        return not truth or rule.when in ("now", "planned")
    return truth and rule.section == "conditions" and rule.when == "now" and _passes(rule, case)


def _passes(rule: Had, case: Case) -> bool:
    """Whether a condition may resolve: a lifelong one does not, nor does the histology of a cancer."""
    kinship = case.facts.kinship
    return not (rule.concept.linked and (kinship.marked(rule.concept.name, "lifelong") or kinship.is_a(rule.concept.name, CANCER)))
