"""Studies: what a criterion means in a study of its own diseases."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_leaf
from eligimatch.compiler.sentence_read import everyone
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Not, Rule
from eligimatch.model.vocabulary import Vocabulary

ANY_CANCER = frozenset({"cancer", "neoplasm", "solid tumor", "malignant neoplasm"})


def beside(rule: Rule, study: frozenset[str], vocabulary: Vocabulary) -> Rule:
    """ "Patients with treated X are eligible" where X is no disease of the study: not demanded, and asked of those who have X.

    `study` are the concepts of the study's own diseases; where none is known, or X is akin to one, X may be what is studied.
    """
    if not isinstance(rule, Ambiguous) or len(rule.readings) != 2 or not everyone(rule.readings[1]) or not study:
        return rule
    group = rule.readings[0]
    named = group.rules[0] if isinstance(group, AllOf) and group.rules else group
    if not isinstance(named, Had) or named.section != "conditions" or not named.concept.linked or named.study:
        return rule
    kinds = vocabulary.ancestors(named.concept.name)
    if not named.other and any(name in kinds or named.concept.name in vocabulary.ancestors(name) for name in study):
        return rule
    bare = named.model_copy(update={"when": "ever", "window": None, "qualifiers": (), "examples": (), "but_not": ()})
    asked = AnyOf(rules=(Not(rule=bare, span=named.span), group), span=rule.span)
    return rule.model_copy(update={"readings": (asked, rule.readings[1])})


def apart_from(rule: Rule, study: frozenset[str], vocabulary: Vocabulary) -> Rule:
    """ "Active malignancy" among the exclusions of a study of cancer: one other than the study's, which everyone has."""
    if not any(vocabulary.is_a(name, "cancer") for name in study):
        return rule
    match rule:
        case Had() if rule.concept.name in ANY_CANCER and rule.when == "now" and not (rule.qualifiers or rule.study or rule.other):
            return rule.model_copy(update={"other": True})
        case AllOf(rules=members) if any(isinstance(member, Is) and member.concept for member in members):
            return rule  # "whose tumor harbors an X mutation"
        case AnyOf(rules=members) | AllOf(rules=members):
            return rule.model_copy(update={"rules": tuple(apart_from(member, study, vocabulary) for member in members)})
        case Ambiguous(readings=readings):
            return rule.model_copy(update={"readings": tuple(apart_from(reading, study, vocabulary) for reading in readings)})
        case _:
            return rule


def against_cancer(rule: Rule, study: frozenset[str], vocabulary: Vocabulary) -> Rule:
    """ "Systemic therapy within 4 weeks" in a study of cancer: that of cancer, and not every tablet."""
    if not any(vocabulary.is_a(name, "neoplasm") for name in study):
        return rule

    def meant(leaf: Rule) -> Rule:
        systemic = isinstance(leaf, Had) and leaf.concept.name == "systemic therapy" and not leaf.qualifiers
        return leaf.model_copy(update={"concept": SYSTEMIC}) if systemic else leaf

    return each_leaf(rule, meant)


def or_involved(rule: Rule, text: str, study: frozenset[str], vocabulary: Vocabulary) -> Rule:
    """ "CNS disease" in a study of cancer: any of it, or that the cancer has reached it."""
    if INVOLVED.name not in vocabulary or not any(vocabulary.is_a(name, "neoplasm") for name in study):
        return rule

    def either(leaf: Rule) -> Rule:
        named = isinstance(leaf, Had) and leaf.concept.name == "central nervous system disease" and not leaf.examples
        if not isinstance(leaf, Had) or not named or not _DISEASE.search(text, leaf.span.start, leaf.span.end):
            return leaf
        return Ambiguous(readings=(leaf, leaf.model_copy(update={"concept": INVOLVED})), span=leaf.span)

    return each_leaf(rule, either)


_DISEASE = re.compile(r"\b(?:disease|patholog(?:y|ies))\b", re.IGNORECASE)
INVOLVED = Concept(name="CNS involvement", kind="condition", linked=True)
SYSTEMIC = Concept(name="systemic anticancer therapy", kind="treatment", linked=True)
