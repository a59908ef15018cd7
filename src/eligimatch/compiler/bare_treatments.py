"""Bare treatments: "chemotherapy", "hip surgery", "resection", where no word says when it is given or done, or of what it is."""

from __future__ import annotations

import re

from eligimatch.compiler.onsets import of_one_day
from eligimatch.compiler.parts import STUDY_DISEASE
from eligimatch.compiler.rules import each_demanded, each_leaf, hads
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Judged, Lasting, Not, Purpose, Rule, Statement, leaves
from eligimatch.model.vocabulary import Vocabulary

_FEW = 2
_RESECTION = "surgical resection"
_SYSTEMIC = "systemic therapy"
_AGAINST_CANCER = "systemic anticancer therapy"
_TIMED = re.compile(
    r"\b(?:current\w*|ongoing|continu\w+|con[- ]?current\w*|concomitant\w*|simultaneous\w*|receiv\w+|tak(?:e|es|ing)|on|undergo\w*|us(?:e|es|ed|ing)"
    r"|requir\w+|need\w*|necessit\w+|indicat\w+|during|plan\w*|scheduled|candidates?|eligible|suitable|intend\w*|ineligib\w+|active\w*|still|stop\w*"
    r"|discontinu\w+|allergy|allergic|\w*sensitiv\w*|intoleran\w+|contraindicat\w+|refus\w+|unable|toxicit\w+|response|chronic|regular\w*|therapeutic|admin\w+)\b",
    re.IGNORECASE,
)
"""Words that tell when, or that more than the treatment is spoken of."""


_AHEAD = re.compile(
    r"\b(?:surgery|operation|procedure|resection)\b[^.;,]*"
    r"\b(?:being performed|(?:estimated|expected|anticipated|planned) (?:duration|time|length))\b",
    re.IGNORECASE,
)


def or_planned(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """An inclusion that is only the name of an operation or test, "hip surgery": it is to be done, or was done.

    So is an operation of which is told how long it is expected to last, or that it is being performed.
    """

    def either(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.when not in ("now", "ever") or not of_one_day(leaf.concept, vocabulary):
            return leaf
        return Ambiguous(readings=tuple(leaf.model_copy(update={"when": when}) for when in ("planned", "ever")), span=leaf.span)

    if _AHEAD.search(text):
        return each_demanded(rule, either)
    bare = isinstance(rule, Had) and rule.when == "now" and not _TIMED.search(text)
    return either(rule) if bare else rule


def or_before(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """An exclusion; a cancer treatment that it names bare, now or at any time."""

    def bare(leaf: Rule) -> bool:
        if not isinstance(leaf, Had) or leaf.section != "treatments" or leaf.when != "now":
            return False
        return leaf.concept.linked and vocabulary.is_a(leaf.concept.name, "anticancer therapy")

    def either(leaf: Rule) -> Rule:
        return Ambiguous(readings=(leaf, leaf.model_copy(update={"when": "ever"})), span=leaf.span) if bare(leaf) else leaf

    return each_leaf(rule, either) if any(map(bare, leaves(rule))) and not _TIMED.search(text) else rule


def or_to_come(rule: Rule, text: str) -> Rule:
    """ "For nivolumab: no autoimmune disease": of those who are on it, or are to be given it."""
    match rule:
        case AllOf():
            return rule.model_copy(update={"rules": tuple(or_to_come(member, text) for member in rule.rules)})
        case AnyOf(rules=(Not(rule=Had(section="treatments", when="now") as given) as others, *rest)):
            label = text[given.span.end :].lstrip()[:1] == ":"
            if label and given.concept.linked and not _TIMED.search(text, given.span.start, given.span.end):
                either = AnyOf(rules=(given, given.model_copy(update={"when": "planned"})), span=given.span)
                return rule.model_copy(update={"rules": (others.model_copy(update={"rule": either}), *rest)})
            return rule
        case _:
            return rule


def must_hold(asked: Had, members: tuple[Rule, ...]) -> bool:
    """Whether a patient may need to have had what is named: "2 prior lines, including a proteasome inhibitor"."""
    counted = asked.count is not None
    named = [one for member in members for one in (hads(member)[:1] if counted else (member,))]
    given = len(named) >= len(members) and all(isinstance(one, Had) and one.section == "treatments" and one.concept.linked for one in named)
    few = len(members) <= _FEW if asked.count is None else bool(asked.count.low)
    return given and few and asked.section == "treatments" and asked.when == "ever"


def or_for_disease(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """ "Systemic therapy" bare is any by its words; where cancer is studied it is what is given for that, and no anticoagulant."""

    def either(leaf: Rule) -> Rule:
        bare = isinstance(leaf, Had) and leaf.concept.name == _SYSTEMIC and leaf.section == "treatments" and not leaf.qualifiers
        if not isinstance(leaf, Had) or not bare or _AGAINST_CANCER not in vocabulary:
            return leaf
        meant = leaf.model_copy(update={"concept": Concept(name=_AGAINST_CANCER, kind="treatment"), "examples": ()})
        return Ambiguous(readings=(leaf, meant), span=leaf.span)

    return each_leaf(rule, either)


def or_of_it(rule: Rule) -> Rule:
    """ "Prior resection" bare is of anything by its words, or of what is studied."""

    def either(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.concept.name != _RESECTION or leaf.qualifiers or leaf.window or leaf.examples:
            return leaf
        meant = leaf.model_copy(update={"qualifiers": (Purpose(concept=STUDY_DISEASE),)})
        return Ambiguous(readings=(leaf, meant), span=leaf.span)

    return each_leaf(rule, either)


def or_going_on(rule: Rule, text: str) -> Rule:
    """ "discontinued X within 3 months": X was given in that time; whether one who still takes it is meant too, the words leave open."""
    match rule:
        case AllOf() | AnyOf() if _ENDED.search(text):
            return rule.model_copy(update={"rules": tuple(or_going_on(member, text) for member in rule.rules)})
        case Had(section="treatments", when="window") if _ENDED.search(text, max(rule.span.start, text.rfind("\n", 0, rule.span.end)), rule.span.end):
            going_on = rule.model_copy(update={"when": "now", "window": None})
            over = AllOf(rules=(rule, Not(rule=going_on, span=rule.span)), span=rule.span)
            return Ambiguous(readings=(over, rule), span=rule.span)
        case _:
            return rule


_ENDED = re.compile(
    r"(?<!not be )(?<!cannot be )(?<!must be )(?<!should be )(?<!must have been )(?<!should have been )(?<!has to be )(?<!have to be )"
    r"\b(?:discontinu(?:ed|ation of)|stopped|stopping of|ceased|cessation of)\b",
    re.IGNORECASE,
)
"""That it was; not that it must be."""


def in_the_next(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """ "hip surgery within the next 6 months": it is still to be done."""

    def ahead(leaf: Rule) -> Rule:
        to_come = isinstance(leaf, Had) and leaf.when == "now" and any(isinstance(one, Judged) and _NEXT.search(one.words) for one in leaf.qualifiers)
        return leaf.model_copy(update={"when": "planned"}) if to_come and isinstance(leaf, Had) and of_one_day(leaf.concept, vocabulary) else leaf

    return each_leaf(rule, ahead)


_NEXT = re.compile(r"\b(?:with)?in (?:the )?next\b|\b(?:during|over) the next\b", re.IGNORECASE)


def not_lasting(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """ "on a stable dose for 5 days before the MRI": a test takes no such time; what does is for a person to say."""

    def said(leaf: Rule) -> Rule:
        lasting = isinstance(leaf, Had) and leaf.section == "procedures" and any(isinstance(one, Lasting) for one in leaf.qualifiers)
        judged = next((one.words for one in leaf.qualifiers if isinstance(one, Judged)), "") if isinstance(leaf, Had) and lasting else ""
        return Statement(topic=judged, span=leaf.span) if judged and isinstance(leaf, Had) and of_one_day(leaf.concept, vocabulary) else leaf

    return each_leaf(rule, said)
