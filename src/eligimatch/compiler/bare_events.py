"""Bare events: "stroke", "diagnosis of seizures", where no word says whether it is going on or is over."""

from __future__ import annotations

import re

from eligimatch.compiler.examples import fact
from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Ambiguous, Had, Judged, Requiring, Rule
from eligimatch.model.vocabulary import Vocabulary

_GOING_ON = re.compile(
    r"\b(?:current\w*|active\w*|acute\w*|hyperacute|on-?going|present\w*|presence|existing|evidence|signs?|new\w*|fresh|recent\w*|uncontroll\w+"
    r"|during|at (?:the )?(?:time|screening|baseline|enrol+ment|study entry|presentation|admission)"
    r"|continu\w+|persist\w+|unresolved|within|hours?)\b",
    re.IGNORECASE,
)
"""Words with which it is one that goes on, or that tell when it was."""
_OF_FORMER = re.compile(
    r"^(?!.*\b(?:not|un\w+|resolv\w+|recover\w+|residual|remain\w*)\b).*\b(?:toxicit|reaction|event|colitis|pneumonitis|hepatitis|myocarditis)\w*\b.*"
    r"\b(?:to|by|with|from|after|following|on) (?:any |a )?(?:prior|previous) (?:\w+ )?(?:immuno|checkpoint|anti-?(?:PD|CTLA)|PD-|CTLA|ICI)",
    re.IGNORECASE | re.DOTALL,
)
"""What an immunotherapy of former times did, and may be over."""
_LASTING = "bleeding"
"""What may go on for days: bare, it is one that does."""


def or_over(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text with each event that it names bare read in both ways."""

    def either(leaf: Rule) -> Rule:
        if isinstance(leaf, Had) and (then := _when_treated(leaf, vocabulary)):
            return Ambiguous(readings=(leaf, then), span=leaf.span)
        bare = isinstance(leaf, Had) and leaf.section == "conditions" and leaf.when == "now" and not leaf.examples and not leaf.suspected
        if not isinstance(leaf, Had) or not bare or _GOING_ON.search(_line(leaf, text)):
            return leaf
        if not _happens(leaf, vocabulary) and not _OF_FORMER.search(text[leaf.span.start : leaf.span.end]):
            return leaf
        return Ambiguous(readings=(leaf, leaf.model_copy(update={"when": "ever"})), span=leaf.span)

    return each_leaf(rule, either)


def _when_treated(leaf: Had, vocabulary: Vocabulary) -> Had | None:
    """ "a thromboembolic event requiring anticoagulation within 6 months": the event in that time, too; None of what lasts."""
    treated = [one.treatment for one in leaf.qualifiers if isinstance(one, Requiring) and not one.negated and one.treatment.when == "window"]
    if leaf.when != "ever" or leaf.section != "conditions" or not treated or not fact(leaf, "event", vocabulary):
        return None
    return leaf.model_copy(update={"when": "window", "window": treated[0].window})


def _happens(leaf: Had, vocabulary: Vocabulary) -> bool:
    lasts = vocabulary.is_a(leaf.concept.name, _LASTING) and not vocabulary.is_a(leaf.concept.name, "stroke")
    return bool(fact(leaf, "event", vocabulary)) and not lasts and all(isinstance(one, Judged) for one in leaf.qualifiers)


def _line(leaf: Had, text: str) -> str:
    start = max(text.rfind(sign, 0, leaf.span.start) for sign in ("\n", ";", "/", "(")) + 1
    ends = [end for sign in ("\n", ";", "/", ")") if (end := text.find(sign, leaf.span.end)) >= 0]
    return text[start : min(ends, default=len(text))]
