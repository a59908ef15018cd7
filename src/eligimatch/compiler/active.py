"""Active: an infection that is asked as an active one is no latent tuberculosis."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Had, Rule
from eligimatch.model.vocabulary import Vocabulary

_ACTIVE = re.compile(r"\bactive\b[^.;:()]{0,60}$", re.IGNORECASE)
_LATENT = re.compile(r"\b(?:latent|inactive|dormant|carriers?)\b", re.IGNORECASE)
_SLEEPING = "latent tuberculosis"
"""The one whose name says that it is latent: of a class of such, any infection could be one."""


def without_latent(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """ "Active infection" without latent tuberculosis, where nothing latent is named."""
    if "active" not in text.lower() or _LATENT.search(text):
        return rule

    def said(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.when != "now" or not leaf.concept.linked or not vocabulary.is_a(leaf.concept.name, "infection"):
            return leaf
        if not vocabulary.is_a(_SLEEPING, leaf.concept.name) or not _ACTIVE.search(text[: leaf.span.end]):
            return leaf
        return leaf.model_copy(update={"but_not": (*leaf.but_not, Had(concept=Concept(name=_SLEEPING, kind="condition"), span=leaf.span))})

    return each_leaf(rule, said)
