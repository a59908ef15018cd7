"""Active: what is asked as an active infection is none of its kinds that lie dormant (`dormant` in the vocabulary)."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Ambiguous, Had, Rule, leaves
from eligimatch.model.vocabulary import Vocabulary

_ACTIVE = re.compile(r"\bactive\b((?:(?!\bactive\b)[^.;:()]){0,60})$", re.IGNORECASE)
_LATENT = re.compile(r"\b(?:latent|inactive|dormant|carriers?)\b", re.IGNORECASE)
_OR_OTHERWISE = re.compile(r"\b(?:chronic|persistent|any|history|prior|previous|past)\b", re.IGNORECASE)
"""After "active": of what follows it need not be said."""


def without_dormant(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """ "Active infection" without latent tuberculosis, where nothing latent is named; "active cancer or infection" perhaps with it."""
    if "active" not in text.lower() or _LATENT.search(text):
        return rule
    others = [leaf.span.end for leaf in leaves(rule) if isinstance(leaf, Had) and not _dormant(leaf, vocabulary)]

    def awake(leaf: Rule) -> Rule:
        said = _ACTIVE.search(text[: leaf.span.end]) if isinstance(leaf, Had) and leaf.when == "now" else None
        if said is None or not isinstance(leaf, Had):
            return leaf
        names = [name for name in _dormant(leaf, vocabulary) if vocabulary.is_a(name, leaf.concept.name)]
        spared = tuple(Had(concept=Concept(name=name, kind="condition"), span=leaf.span) for name in names)
        active = leaf.model_copy(update={"but_not": (*leaf.but_not, *spared)})
        doubtful = _OR_OTHERWISE.search(said[1]) or any(said.start(1) <= end <= leaf.span.start for end in others)
        return Ambiguous(readings=(active, leaf), span=leaf.span) if doubtful and spared else active

    return each_leaf(rule, awake)


def _dormant(leaf: Had, vocabulary: Vocabulary) -> list[str]:
    """What lies dormant of the classes that the concept is of."""
    entries = filter(None, map(vocabulary.get, sorted(vocabulary.ancestors(leaf.concept.name)))) if leaf.concept.linked else ()
    return [name for entry in entries for name in entry.facts.get("dormant", ())]
