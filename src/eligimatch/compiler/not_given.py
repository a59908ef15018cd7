"""Not given: what a demand tells of a treatment without asking that anyone is on it.

"Systemic therapy will be halted while …", "anticoagulation is indicated", "candidates for radiotherapy and X": the treatment is to come, or
something is said of it, so that who is not given it now may meet the demand all the same.
"""

from __future__ import annotations

import re

from eligimatch.compiler.rules import each_demanded
from eligimatch.compiler.whereabouts import sentence_of
from eligimatch.model.rule import Ambiguous, AnyOf, Had, Judged, Not, Rule, Statement, Unparsed, leaves

_GIVEN = ("treatments", "procedures")
_ON = r"(?:receiv\w+|tak(?:e|es|ing)|on|treated|us(?:e|es|ing)|requir\w+|need\w*|continu\w+|currently|ongoing)"
_FINITE = r"(?:is|are|was|were|will|would|may|can|could|should|shall|to be|has been|have been)"
_TOLD = re.compile(
    r"(?:(?:however|therefore|moreover|furthermore|in addition|otherwise|also), )?"
    rf"(?:(?!\b(?:that|which|who|whose|if|{_ON})\b)[^.;\n,:])*?\b{_FINITE}\b"
    rf"(?! (?:not )?(?:{_ON}|undergo\w*|allowed|permitted|acceptable|eligible|excluded))",
    re.IGNORECASE,
)
"""A sentence of which the treatment is the subject, up to its verb."""
_TO_COME = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|schedul\w+|intend\w*|candidates?|eligible for|suitable for|fit for|initiat\w+|agree\w*|willing\w*|accept\w*"
    r"|(?:will|must|should|to) (?:be able to |be )?(?:receive|start|begin|undergo)|will be|going to|referred for|considered for|criteria (?:for|must)"
    r"|life expectancy)\b",
    re.IGNORECASE,
)
_NOW = re.compile(rf"\b{_ON}\b", re.IGNORECASE)
_FIT = r"(?:criteria|candidates?|eligible|suitable|fit|indications?|considered|referred|scheduled) (?:for|to (?:receive|undergo))"
_FIT_FOR = re.compile(rf"\b{_FIT}\s+(?:(?:treatment|therapy) with\s+)?$", re.IGNORECASE)
_FIT_FOR_IT = re.compile(rf"\W*(?:\w+ ){{0,2}}{_FIT} (?:treatment|therapy) with\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|provided|unless|when|while)\b", re.IGNORECASE)
_PLANNED = re.compile(r"\W*(?:scheduled|planned|planning)\b", re.IGNORECASE)
_OR_DONE = re.compile(
    r"\bor (?:(?:has|have) )?(?:recently |previously |already )?(?:performed|completed|done|received|underwent|undergone|had)\b", re.IGNORECASE
)
_WASHED_OUT = re.compile(
    r":\s*(?:must be |at least |minimum of |>/=|>=|≥|>)?\s*\d+ ?(?:days?|weeks?|months?)"
    r"(?:(?: must have elapsed)? (?:after|since|from)\b|\s*(?:[.;(]|or \d+ half|\n|$))",
    re.IGNORECASE,
)
"""How long a list of washouts says that a treatment must be over."""


_NONE = re.compile(r"\W*no\b", re.IGNORECASE)
_TREATMENT = re.compile(r"(?:prior |any )?(?:treatment|therapy|use|receipt|administration) (?:with|of)\b", re.IGNORECASE)
"""How a sentence goes on that names one more thing which nobody may have had."""


def not_given(rule: Rule, text: str) -> Rule:
    """A demand, with the treatments of which it says something else than that they are given."""
    if _NONE.match(text):
        rule = each_demanded(rule, lambda leaf: _none_either(leaf, text))
    if not any(map(_now, leaves(rule))):
        return rule
    planned = min((leaf.span.start for leaf in leaves(rule) if isinstance(leaf, Had) and leaf.when == "planned"), default=len(text))
    return each_demanded(rule, lambda leaf: _meant(leaf, text, planned))


def _none_either(leaf: Rule, text: str) -> Rule:
    """ "No X within 4 weeks. Treatment with Y within 2 weeks.": perhaps none of Y either."""
    if (
        not isinstance(leaf, Had)
        or leaf.section != "treatments"
        or leaf.when != "window"
        or not _TREATMENT.match(text, sentence_of(text, leaf.span)[0])
    ):
        return leaf
    return Ambiguous(readings=(leaf, Not(rule=leaf, span=leaf.span)), span=leaf.span)


def _now(leaf: Rule) -> bool:
    return isinstance(leaf, Had) and leaf.section in _GIVEN and (leaf.when in ("now", "ever") or _scheduled(leaf))


def _scheduled(leaf: Had) -> bool:
    return any(isinstance(one, Judged) and _PLANNED.match(one.words) for one in leaf.qualifiers)


def _meant(leaf: Rule, text: str, planned_from: int) -> Rule:
    if not isinstance(leaf, Had) or not _now(leaf):
        return leaf
    start, end = sentence_of(text, leaf.span)
    if leaf.when == "ever" and not _scheduled(leaf):
        return _to_be_given(leaf) if _FIT_FOR.search(text[start : leaf.span.start]) or _FIT_FOR_IT.match(text, leaf.span.start) else leaf
    if _WASHED_OUT.search(text, leaf.span.start, end + 1):
        return Unparsed(text=text[leaf.span.start : leaf.span.end], span=leaf.span)
    if not _scheduled(leaf) and _told(leaf, text, start, end):
        return Statement(topic=" ".join(text[start:end].split()).strip(" ,;:."), span=leaf.span)
    coming = [found.end() for found in _TO_COME.finditer(text, start, leaf.span.end)]
    on = _NOW.match(text, leaf.span.start) or (coming and _NOW.search(text, coming[-1], leaf.span.start))
    planned = leaf.model_copy(update={"when": "planned", "window": None})
    if _scheduled(leaf):
        return AnyOf(rules=(_done(leaf), planned), span=leaf.span) if leaf.window and _OR_DONE.search(text, start, end) else planned
    return AnyOf(rules=(leaf, planned), span=leaf.span) if (coming and not on) or planned_from < leaf.span.start else leaf


def _done(leaf: Had) -> Had:
    """What was done instead: it need not be scheduled, too."""
    kept = tuple(one for one in leaf.qualifiers if not (isinstance(one, Judged) and _PLANNED.match(one.words)))
    return leaf.model_copy(update={"qualifiers": kept})


def _to_be_given(leaf: Had) -> Rule:
    planned = leaf.model_copy(update={"when": "planned", "window": None})
    return AnyOf(rules=(leaf.model_copy(update={"when": "now"}), planned), span=leaf.span)


def _told(leaf: Had, text: str, start: int, end: int) -> bool:
    """Whether a sentence has a verb of its own, and no condition that the person is on it."""
    verb = _TOLD.match(text, start, end)
    if verb is None or _NOW.match(text, leaf.span.start) or _NOW.search(text, start, leaf.span.start):
        return False
    return not _CONDITION.search(text, min(verb.end(), leaf.span.start), leaf.span.start)
