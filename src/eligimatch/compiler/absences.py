"""Absences: "ALP < 3 × ULN (in the absence of bone disease)": nobody is asked to have no bone disease, or whoever has it is asked no number."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_member
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Measure, Not, Rule, leaves

_ABSENT = re.compile(r"\b(?:in (?:the )?absence of|without|with no)\b[^,;.]*$", re.IGNORECASE)


def or_not_asked(rule: Rule, text: str) -> Rule:
    """A demand; a number beside a condition that must be absent in both its meanings."""
    rule = each_member(rule, lambda member: or_not_asked(member, text)) if isinstance(rule, (AllOf, AnyOf, Ambiguous)) else rule
    match rule:
        case AllOf(rules=(Measure() as number, Not(rule=Had(section="conditions", when="now") as disease))) if _of_an_organ(
            number, disease
        ) and _ABSENT.search(text[: disease.span.end]):
            return Ambiguous(readings=(rule, AnyOf(rules=(disease, number), span=rule.span)), span=rule.span)
        case AllOf(rules=(AnyOf() as limits, Not(rule=Had() as disease))) if _told_of(limits, disease):
            return limits  # "≤ 3 × ULN without metastases, ≤ 5 × ULN with metastases": who has them may meet the other
        case _:
            return rule


def _of_an_organ(number: Measure, disease: Had) -> bool:
    """A multiple of what is normal, which a disease of the organ raises: what other numbers are told with is asked beside them."""
    return number.analyte.linked and number.per != "unit" and disease.concept.linked


def _told_of(limits: AnyOf, disease: Had) -> bool:
    """Whether one of several limits is of those who have the disease."""
    whom = [leaf for one in limits.rules if isinstance(one, AllOf) for leaf in leaves(one) if isinstance(leaf, Had)]
    return any(leaf.concept == disease.concept for leaf in whom) and any(isinstance(leaf, Measure) for leaf in leaves(limits))
