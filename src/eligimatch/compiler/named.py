"""Named: words of which the vocabulary knows every name: no name is open, and a person can judge them."""

from __future__ import annotations

import re
from collections.abc import Callable

from eligimatch.compiler.rules import connects, each_leaf, each_member
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Had, Judged, Not, Qualifier, Requiring, Rule, Statement, Unparsed, leaves
from eligimatch.model.words import folded

_JUDGED_OF = ("condition", "treatment", "operation", "procedure")
Knows = Callable[[str], bool]
"""Whether every name among some words is known."""
_DENIES = re.compile(r"(?:\s*\b(?:no|not|non|without|never|absence of|lack of|free of|free from|any|have|has|had|evidence of)\b)+\s*", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|non|none|nor|without|never|absence|lack|free|un(?!der|til|less|it|ion)\w+|cannot)\b", re.IGNORECASE)
_THEN = re.compile(
    r"\b(?:history|prior|previous\w*|past|ever|had|received|within|last|ago|before|since|after|during|underwent|undergone)\b", re.IGNORECASE
)
"""Words of time, without which what was once there is not told by the words."""
_TELLS = re.compile(
    r"\b(?:refer(?:red|ral)|schedul\w+|plan(?:s|ned|ning)?|discuss\w*|evaluat\w+|consider\w*|deemed|approv\w+|eligible|ineligible|met|meets?|perform\w*|"
    r"obtain\w*|complet\w+|available|availability|document\w*|requir\w+|need(?:s|ed)?|specif\w+|defin\w+|determin\w+|assess\w*|measur(?:ed|able|ing)|"
    r"review\w*|confirm\w*|us(?:ed|es|ing)|tak(?:e|es|en|ing)|giv(?:e|en|ing)|receiv\w+|underg\w+|provid\w+|select\w*|assign\w*|enroll\w*|regist\w+|"
    r"recommend\w*|indicat\w+|inten\w+|agree\w*|un?able|willing\w*|consult\w*|chang(?:e|es|ed|ing)|candidac?(?:y|tes?|cies)|participat\w+|attend\w*|"
    r"submit\w*|collect\w*|tested|screened|treated|initiat\w+|start\w*|discontinu\w+|continu\w+|cannot|can|may|must|should|will|would|is|are|was|were|"
    r"be|been|being|has|have|did|does|do|who|whom|which|that|whether|according|opinion|discretion|per)\b",
    re.IGNORECASE,
)
"""What people do or say: no name that a list of diseases holds."""
_LETS = re.compile(r"\b(?:in)?eligible\W*$|\b(?:allow|permit|exclud|accept)\w*\W*$", re.IGNORECASE)
"""Who may enter, which no one has."""
_LIMITS = re.compile(r"[≤≥<>]\s*=?\s*\d")
_FEWEST = 2


def named(rule: Rule, text: str, knows: Knows) -> Rule:
    """The rule of a text with such words as known; what they name that is no disease and no treatment, a person says."""
    known = each_leaf(rule, lambda leaf: _had(leaf, text, knows) if isinstance(leaf, Had) else leaf)
    said = _said(known, text, knows, denied=False)
    return each_member(said, lambda member: _unread_numbers(member, text)) if isinstance(said, AllOf) else _unread_numbers(said, text)


def _unread_numbers(rule: Rule, text: str) -> Rule:
    """ "patients without metastases: ≤ 3 x ULN" read as a name: a limit is part of no name, and tells of what is beside it."""
    if isinstance(rule, Had):
        return each_leaf(rule, lambda leaf: _unread(leaf, text) if _limits(leaf) else leaf)
    return _unread(rule, text) if any(map(_limits, leaves(rule))) else rule


def _limits(leaf: Rule) -> bool:
    return isinstance(leaf, Had) and not leaf.concept.linked and _LIMITS.search(leaf.concept.name) is not None


def _unread(rule: Rule, text: str) -> Unparsed:
    return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)


def _said(rule: Rule, text: str, knows: Knows, *, denied: bool) -> Rule:
    """ "referred for surgical consultation": no list of diseases tells of it."""
    if isinstance(rule, Had):
        return _statement(rule, text, knows, denied=denied) or rule
    return each_member(rule, lambda member: _said(member, text, knows, denied=denied or isinstance(rule, Not))) if connects(rule) else rule


def _statement(had: Had, text: str, knows: Knows, *, denied: bool) -> Statement | None:
    """What a person says, where the words name nothing but what is known, and hold what the rule asks: its time, what is denied."""
    if had.concept.linked or had.section == "allergies" or had.examples or had.but_not or had.other:
        return None
    words = " ".join(text[had.span.start : had.span.end].split()).strip(" ,;:.()[]")
    opened = _DENIES.match(words)
    words = words[opened.end() :] if opened and (denied or _DENIED.search(opened[0])) else words
    own = set(folded(had.concept.name))
    told = all(not denied and own.issuperset(folded(found[0])) for found in _DENIED.finditer(words)) and (
        had.when in ("now", "planned") or _THEN.search(words) is not None
    )
    if not (told and _TELLS.search(words)) or len(folded(words)) < _FEWEST or not knows(had.concept.name) or not knows(words):
        return None
    return Statement(topic=words, span=had.span)


def _had(had: Had, text: str, knows: Knows) -> Had:
    if had.qualifiers or had.but_not or had.examples:
        changes: dict[str, object] = {
            "qualifiers": tuple(_qualifier(one, text, knows) for one in had.qualifiers),
            "but_not": tuple(_had(one, text, knows) for one in had.but_not),
            "examples": tuple(named(one, text, knows) for one in had.examples),
        }
        had = had.model_copy(update=changes)
    return _judged(had, text, knows)


def _judged(had: Had, text: str, knows: Knows) -> Had:
    """ "radiotherapy in the head and neck region": radiotherapy, in words that a person can judge."""
    asked = had.concept
    if len(asked.within) != 1 or asked.kind not in _JUDGED_OF or had.section == "allergies" or not knows(asked.name):
        return had
    words = " ".join(text[had.span.start : had.span.end].split()).strip(" ,;:.")
    rest = tuple(one for one in had.qualifiers if not isinstance(one, Judged))
    qualifiers = had.qualifiers if len(rest) < len(had.qualifiers) else (*rest, Judged(words=words))
    return had.model_copy(update={"concept": Concept(name=asked.within[0], kind=asked.kind), "qualifiers": qualifiers})


def _qualifier(one: Qualifier, text: str, knows: Knows) -> Qualifier:
    match one:
        case Judged() if not one.known and knows(one.words):
            return one.model_copy(update={"known": True})
        case Requiring():
            return one.model_copy(update={"treatment": _had(one.treatment, text, knows)})
        case _:
            return one
