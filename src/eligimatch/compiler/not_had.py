"""Not had: what a demand tells of a condition without asking that anyone has it.

"No more than one seizure", "toxicities have recovered", "an understanding of possible adverse reactions", "negative for hepatitis B and C",
"menopause is defined as: amenorrhea …": who has none of it may meet the demand.
"""

from __future__ import annotations

import re

from eligimatch.compiler.examples import fact
from eligimatch.compiler.rules import each_demanded
from eligimatch.compiler.whereabouts import sentence_of
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Judged, Measure, Not, Rule, Statement, Unparsed, leaves
from eligimatch.model.vocabulary import Vocabulary

_AT_MOST = re.compile(r"\b(?:(?:no|not) more than|at most|fewer than|less than)\b", re.IGNORECASE)
_OVER = re.compile(r"\b(?:recover(?:ed|y|ing)?|resolved|resolution|returned to baseline)\b", re.IGNORECASE)
_KNOWN = re.compile(r"\b(?:understand\w*|aware(?:ness)? of|inform(?:ed|ation) (?:of|about|on)|explain\w*)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\bnegative (?:\w+ ){0,3}?for\b", re.IGNORECASE)
_OTHERWISE = re.compile(r"[.;:\n]|\b(?:positive|if|unless|except|eligible|but|who)\b", re.IGNORECASE)
_OF_WOMEN = re.compile(
    r"\b(?:post-?menopaus\w+|child-?bearing(?: potential)?|FOCBP|WOCBP)\b[^.\n:]{0,60}"
    r"\b(?:(?:is|are|will be) (?:further )?defined (?:as|by)|(?:is|are) those who)\b",
    re.IGNORECASE,
)


def not_had(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """A demand, with the conditions that nobody need have."""
    defined = _OF_WOMEN.search(text)
    since = defined.end() if defined else len(text)
    return each_demanded(rule, lambda leaf: _meant(leaf, text, since, vocabulary))


def if_infected(rule: Rule, study: frozenset[str], vocabulary: Vocabulary) -> Rule:
    """ "HIV infection with a viral load < 400" where something else is studied: of those who have it, or demanded of all."""
    first = next(iter(leaves(rule)), None)
    numbers = any(isinstance(leaf, (Measure, Is)) for leaf in leaves(rule))
    if not isinstance(rule, AllOf) or not isinstance(first, Had) or not numbers or not study:
        return rule
    lasting = vocabulary.is_a(first.concept.name, "infection") and vocabulary.overlap(first.concept.name, "chronic infection")
    if not lasting or any(vocabulary.is_a(name, "infection") for name in study):
        return rule
    others = Not(rule=first.model_copy(update={"qualifiers": (), "when": "now", "window": None}), span=first.span)
    return Ambiguous(readings=(rule, AnyOf(rules=(others, rule), span=rule.span)), span=rule.span)


def _meant(leaf: Rule, text: str, since: int, vocabulary: Vocabulary) -> Rule:
    if not isinstance(leaf, Had):
        return leaf
    if leaf.span.start > since and (fact(leaf, "sex", vocabulary) == "female" or vocabulary.is_a(leaf.concept.name, "sterilization")):
        return Unparsed(text=text[leaf.span.start : leaf.span.end], span=leaf.span)
    if leaf.section != "conditions":
        return leaf
    words = " ".join(one.words for one in leaf.qualifiers if isinstance(one, Judged))
    toxic = leaf.concept.linked and vocabulary.is_a(leaf.concept.name, "adverse event")
    if (fact(leaf, "event", vocabulary) and _AT_MOST.search(words)) or (toxic and _OVER.search(words)):
        bare = leaf.model_copy(update={"qualifiers": tuple(one for one in leaf.qualifiers if not isinstance(one, Judged)), "but_not": ()})
        return AnyOf(rules=(Not(rule=bare, span=leaf.span), leaf), span=leaf.span)
    before = text[sentence_of(text, leaf.span)[0] : leaf.span.start]
    if _KNOWN.search(before):
        return Statement(topic=" ".join((before + text[leaf.span.start : leaf.span.end]).split()).strip(" ,;:."), span=leaf.span)
    negative = _NEGATIVE.search(before)
    infection = leaf.concept.linked and vocabulary.is_a(leaf.concept.name, "infection")
    denied = infection and negative and not _OTHERWISE.search(before, negative.end())
    return Not(rule=leaf, span=leaf.span) if denied else leaf
