"""Said of the first: "lymphoma, primary refractory or relapsed after X": what a list tells of its disease, or its further members."""

from __future__ import annotations

import re

from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Rule, leaves

_DISEASE = re.compile(
    r"(?:omas?|itis|os[ie]s|a?emias?|path(?:y|ies)|diseases?|disorders?|syndromes?|cancers?|tumou?rs?|malignanc(?:y|ies)|neoplasms?|infections?"
    r"|deficienc(?:y|ies)|failure|injur(?:y|ies)|defects?)$"
)
"""How the name of a disease ends that no vocabulary knows."""


def perhaps_of_first(rule: Rule, text: str) -> Rule:
    """Any of a list among the inclusions, or its disease with any of what it says of it; the list where each is a thing by itself."""
    first, *others = rule.rules if isinstance(rule, AnyOf) and rule.rules else (rule,)
    if not others or not isinstance(first, Had) or first.section != "conditions" or not first.concept.linked or not all(map(_tells, others)):
        return rule
    if not text[first.span.end : others[0].span.start].lstrip().startswith(","):
        return rule
    told = others[0] if len(others) == 1 else AnyOf(rules=tuple(others), span=others[0].span.cover(others[-1].span))
    return Ambiguous(readings=(rule, AllOf(rules=(first, told), span=rule.span)), span=rule.span)


def _tells(rule: Rule) -> bool:
    """Whether it holds words that the vocabulary does not know, and names no disease."""
    named = [leaf.concept for leaf in leaves(rule) if isinstance(leaf, Had) and (leaf.section == "conditions" or not leaf.concept.linked)]
    return bool(named) and not any(concept.linked or concept.within or _DISEASE.search(concept.name) for concept in named)
