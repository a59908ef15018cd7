"""Substitutes: "GFR can also be used in place of creatinine clearance": the same limit of either."""

from __future__ import annotations

from eligimatch.compiler.cues import cued
from eligimatch.compiler.rules import each_leaf
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AnyOf, Measure, Rule, Statement, leaves

_USED = cued(r"\b(?:e?GFR|glomerular filtration rate)\b[^.;]{0,12}? (?:can|may)(?: also)? be used (?:in place of|instead of)[^.;()]*", " be used in")
_CLEARANCE, _FILTRATION = "creatinine clearance", "glomerular filtration rate"


def with_substitute(rule: Rule, text: str) -> Rule:
    """The least clearance of that much filtration or more, too; a greatest creatinine alone tells no filtration."""
    said = _USED.search(text)
    measured = [leaf for leaf in leaves(rule) if isinstance(leaf, Measure)] if said else []
    if said is None or not any(leaf.analyte.name in (_CLEARANCE, "serum creatinine") for leaf in measured):
        return rule
    if not any(_clearance(leaf) for leaf in measured):
        spoken = Statement(topic=" ".join(said[0].split()), span=rule.span)
        return each_leaf(rule, lambda leaf: AnyOf(rules=(leaf, spoken), span=leaf.span) if _creatinine(leaf) else leaf)
    filtration = {"analyte": Concept(name=_FILTRATION, kind="analyte")}
    return each_leaf(rule, lambda leaf: AnyOf(rules=(leaf, leaf.model_copy(update=filtration)), span=leaf.span) if _clearance(leaf) else leaf)


def _clearance(leaf: Rule) -> bool:
    return isinstance(leaf, Measure) and leaf.analyte.name == _CLEARANCE and leaf.interval.low is not None and leaf.interval.high is None


def _creatinine(leaf: Rule) -> bool:
    return isinstance(leaf, Measure) and leaf.analyte.name == "serum creatinine" and leaf.interval.low is None
