"""Definitions: what "defined as …" says instead of the thing that it defines, or beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

from eligimatch.compiler.rules import hads, in_stage, measured_in, unread
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    Coded,
    Had,
    Is,
    Judged,
    Measure,
    Not,
    Qualifier,
    Rule,
    Statement,
    Unparsed,
    children,
)  # fmt: skip
from eligimatch.model.vocabulary import Vocabulary

_ANY = frozenset({"disease", "comorbidity", "symptom"})
"""What every condition is one of."""
_WITHOUT = re.compile(r"\b(?:without|in the absence of) [^:]*$", re.IGNORECASE)
_BY_DEFINITION = frozenset({"measurable disease", "evaluable disease", "comorbidity", "disease"})
"""What is so only by what a trial says that it is."""


def listed_as(head: Rule, listed: Rule, *, excluding: bool) -> Rule:
    """ "Measurable disease, defined as:" over a list: what the list says; of a disease that keeps out, perhaps its signs alone."""
    both = AllOf(rules=(head, listed), span=head.span.cover(listed.span))
    if isinstance(head, Had) and head.concept.name in _BY_DEFINITION:
        return listed
    return Ambiguous(readings=(listed, both), span=both.span) if excluding and isinstance(head, Had) else both


def shown_by(rule: Measure, definition: Rule) -> Rule | None:
    """ "volume < 50 mL as defined by MRI", "2 to 5 metastases, as defined by RECIST with imaging within 45 days": the number, and when."""
    shown = hads(definition)
    if shown and all(had.concept.kind == "procedure" and not had.window for had in shown):
        return rule
    return measured_in(rule, shown[0].window) if only_shown(definition) and shown[0].window else None


def only_shown(definition: Rule) -> bool:
    """Whether a definition names nothing but how it is shown: what is then asked is not the study's own disease."""
    if not isinstance(definition, Had) or not definition.study or definition.concept.name != "study disease":
        return False
    evidence = [isinstance(quality, Coded) and quality.aspect == "evidence" for quality in definition.qualifiers]
    return bool(evidence) and all(evidence)


def unsupported(prefix: str, read_list: Callable[[], Rule], compile_text: Callable[[str], Rule]) -> Rule | None:
    """ "Adequate counts without transfusion within 2 weeks:" over numbers: these, and no such support; None where it says anything else."""
    found = _WITHOUT.search(prefix)
    told = compile_text(found[0]) if found else None
    if told is None or unread(told) or not hads(told) or not numeric(listed := read_list()):
        return None
    return AllOf(rules=(told, listed), span=told.span.cover(listed.span))


def replaced(rule: Rule, definition: Rule, vocabulary: Vocabulary) -> Rule:
    """What a definition says instead of the rule: of a list it may be about the last member only; one that asks more than numbers may add to it."""
    span = rule.span.cover(definition.span)
    members = rule.rules if isinstance(rule, (AnyOf, AllOf)) else ()
    if members and not all(_vague(member) for member in members):
        nearest = rule.model_copy(update={"rules": (*members[:-1], replaced(members[-1], definition, vocabulary)), "span": span})
        return Ambiguous(readings=(nearest, definition), span=span)
    if isinstance(rule, Had) and _vague(rule) and _of_others(rule, definition, vocabulary):
        own = tuple(quality for quality in rule.qualifiers if not isinstance(quality, Judged))
        both = AllOf(rules=(rule.model_copy(update={"qualifiers": own}), definition), span=span)
        return Ambiguous(readings=(definition, both), span=span)
    if isinstance(rule, Had) and isinstance(definition, Measure) and _lifelong(rule, vocabulary):
        own = tuple(quality for quality in rule.qualifiers if not isinstance(quality, Judged))
        return AllOf(rules=(rule.model_copy(update={"qualifiers": own}), definition), span=span)
    if _vague(rule) or numeric(definition) or not hads(rule):
        return in_stage(rule, definition, span)
    if isinstance(rule, Had) and isinstance(definition, Had) and rule.concept == definition.concept:
        kept = tuple(quality for quality in rule.qualifiers if _beside_a_definition(quality) and quality not in definition.qualifiers)
        definition = definition.model_copy(update={"qualifiers": (*definition.qualifiers, *kept)})
    return Ambiguous(readings=(definition, rule), span=span)


def _of_others(rule: Had, definition: Rule, vocabulary: Vocabulary) -> bool:
    """ "advanced liver disease, defined as ascites or encephalopathy": signs that are no kinds of the disease, and come of others too.

    So are treatments: "unstable brain metastasis, defined as need for steroids".
    """
    signs = hads(definition)
    if not signs or any(had.section not in (rule.section, "treatments") or not had.concept.linked or had.concept.name in _ANY for had in signs):
        return False
    entry = vocabulary.get(rule.concept.name) if rule.section == "conditions" and rule.concept.linked else None
    if entry is None or entry.name in _ANY or entry.facts.get("judged"):
        return False
    return not any(vocabulary.is_a(had.concept.name, rule.concept.name) for had in signs)


def _lifelong(rule: Had, vocabulary: Vocabulary) -> bool:
    """ "poorly controlled HIV infection, defined as CD4 < 200": asked of those who have the disease, which no number makes or ends."""
    return rule.concept.linked and any("lifelong" in vocabulary[name].facts for name in vocabulary.ancestors(rule.concept.name))


def _beside_a_definition(quality: Qualifier) -> bool:
    """ "new diagnosis of confirmed early-stage X, defined as …": what the definition leaves as it is."""
    return isinstance(quality, Coded) and (quality.aspect == "evidence" or quality.values == ("newly diagnosed",))


def _vague(rule: Rule) -> bool:
    """Whether only a person could judge the rule: its definition settles it."""
    if isinstance(rule, Had):
        return any(isinstance(qualifier, Judged) for qualifier in rule.qualifiers)
    if isinstance(rule, (AnyOf, AllOf)):
        return all(_vague(member) for member in rule.rules)
    return isinstance(rule, (Statement, Unparsed)) or (isinstance(rule, Not) and _vague(rule.rule))


def numeric(rule: Rule) -> bool:
    """Whether a rule asks only for numbers and results."""
    if isinstance(rule, (AnyOf, AllOf, Ambiguous)):
        return all(numeric(member) for member in children(rule))
    return isinstance(rule, (Measure, Is)) or (isinstance(rule, Not) and numeric(rule.rule))
