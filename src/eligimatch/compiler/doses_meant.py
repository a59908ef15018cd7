"""Doses meant: "if taking metformin, the dose must be stable": of the drug that was named."""

from __future__ import annotations

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Had, Rule, leaves
from eligimatch.model.words import folded

_DOSE = frozenset(folded("dose dosage dosing regimen"))
_OF_DOSE = _DOSE | frozenset(folded("the their its this that daily total current"))


def of_the_drug(rule: Rule) -> Rule:
    """The rule with each dose that is named alone as one of the drug named before it."""

    def meant(leaf: Rule) -> Rule:
        words = leaf.concept.name.split() if isinstance(leaf, Had) and not leaf.concept.linked else ()
        if not isinstance(leaf, Had) or _DOSE.isdisjoint(words) or not _OF_DOSE.issuperset(words):
            return leaf
        drugs = [one for one in leaves(rule) if isinstance(one, Had) and one.section == "treatments" and one.concept.linked]
        before = [one for one in drugs if one.span.start < leaf.span.start]
        return leaf.model_copy(update={"concept": before[-1].concept, "section": "treatments"}) if before else leaf

    return each_leaf(rule, meant)
