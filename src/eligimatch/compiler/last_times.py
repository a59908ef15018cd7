"""Last times: the time in parentheses at the end of a criterion holds for each limit of the number that it is said of."""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Ambiguous, Had, Judged, Measure, Rule, children, leaves

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


_IN_TIME = re.compile(r"\b(?:within|in the (?:last|past)|prior to|before)\b[^.;]*\b(?:days?|weeks?|months?|years?|half-?li\w+)\b", re.IGNORECASE)


def in_judged_time(rule: Rule) -> Rule:
    """ "use of drugs that interfere with X within 4 weeks": the time stands among words to be judged, so that what is over may be meant."""

    def once(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.when != "now" or leaf.section != "treatments":
            return leaf
        judged = any(isinstance(one, Judged) and _IN_TIME.search(one.words) for one in leaf.qualifiers)
        return leaf.model_copy(update={"when": "ever"}) if judged else leaf

    return each_leaf(rule, once)


def _ambiguous(rule: Rule) -> bool:
    return isinstance(rule, Ambiguous) or any(map(_ambiguous, children(rule)))
