"""Last times: how far a time at the end of a criterion or of its words reaches.

In parentheses it holds for each limit of the number that it is said of; "for the last 3 months" may be all of them.
"""

from __future__ import annotations

import re

from eligimatch.compiler.examples import fact
from eligimatch.compiler.onsets import of_one_day
from eligimatch.compiler.rules import each_demanded, each_leaf
from eligimatch.model.rule import Ambiguous, Had, Judged, Lasting, Measure, Rule, children, leaves
from eligimatch.model.vocabulary import Vocabulary

_AT_END = re.compile(r"\([^()]*(?:within|≤|<=|=<|<|prior to|before)[^()]*(?:hours?|days?|weeks?|months?)\b[^()]*\)\W*\Z", re.IGNORECASE)


def timed_alike(rule: Rule, text: str) -> Rule:
    """ "bilirubin ≤ 1.5; those with X must have bilirubin ≤ 3 (obtained within 4 weeks)": either value in that time."""
    if not _AT_END.search(text):
        return rule
    timed = {leaf.analyte.name: leaf.window for leaf in leaves(rule) if isinstance(leaf, Measure) and leaf.window}
    if len(set(timed.values())) != 1 or _ambiguous(rule):
        return rule

    def with_time(leaf: Rule) -> Rule:
        plain = isinstance(leaf, Measure) and leaf.window is None and leaf.analyte.name in timed
        return leaf.model_copy(update={"window": timed[leaf.analyte.name]}) if plain and isinstance(leaf, Measure) else leaf

    return each_leaf(rule, with_time)


_IN_TIME = re.compile(
    r"\b(?:within(?! the (?:next|following|coming))|in the (?:last|past)|prior to|before)\b[^.;]*\b(?:days?|weeks?|months?|years?|half-?li\w+)\b",
    re.IGNORECASE,
)


def in_judged_time(rule: Rule) -> Rule:
    """ "use of drugs that interfere with X within 4 weeks": the time stands among words to be judged, so that what is over may be meant."""

    def once(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.when != "now" or leaf.section != "treatments":
            return leaf
        judged = any(isinstance(one, Judged) and _IN_TIME.search(one.words) for one in leaf.qualifiers)
        return leaf.model_copy(update={"when": "ever"}) if judged else leaf

    return each_leaf(rule, once)


_FOR_LAST = re.compile(r"\bfor (?:the )?(?:last|past|previous|preceding)\b", re.IGNORECASE)


def all_that_time(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """A demand; "on metformin for the last 3 months" asks for metformin all that time, or at some time of it."""

    def either(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.window is None or leaf.window.start is None or not _FOR_LAST.search(text, *leaf.span):
            return leaf
        if fact(leaf, "event", vocabulary) or of_one_day(leaf.concept, vocabulary):
            return leaf
        length = Lasting(duration=leaf.window.start, event=leaf.window.event)
        throughout = leaf.model_copy(update={"when": "now", "window": None, "qualifiers": (*leaf.qualifiers, length)})
        return Ambiguous(readings=(throughout, leaf), span=leaf.span)

    return each_demanded(rule, either)


def _ambiguous(rule: Rule) -> bool:
    return isinstance(rule, Ambiguous) or any(map(_ambiguous, children(rule)))
