"""Taken: a substance in a criterion that speaks of no allergy is what someone takes, eats, drinks or touches."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Had, Rule
from eligimatch.model.vocabulary import Vocabulary

_REACTS = re.compile(
    r"allerg|sensiti|anaphyla|reaction|intoleran|contra-?indicat|tolerat|atop|excipient|ingredient|component|formulation", re.IGNORECASE
)


def taken(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text in which no word says that anyone is allergic: "grapefruit or grapefruit products"."""
    return rule if _REACTS.search(text) else each_leaf(rule, lambda leaf: _taken(leaf, vocabulary))


def _taken(leaf: Rule, vocabulary: Vocabulary) -> Rule:
    entry = vocabulary.get(leaf.concept.name) if isinstance(leaf, Had) and leaf.section == "allergies" else None
    if not isinstance(leaf, Had) or entry is None or entry.kind != "substance":
        return leaf
    return leaf.model_copy(update={"section": "treatments", "when": "now" if leaf.when == "ever" else leaf.when})
