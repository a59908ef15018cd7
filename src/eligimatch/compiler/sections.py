"""A line to the section that it begins: "Key inclusion criteria", "EXCLUSION CRITERIA FOR COHORT B", "Excluded:"."""

from __future__ import annotations

import re
from typing import NamedTuple

from eligimatch.compiler.groups import EVERYONE, group, trimmed
from eligimatch.model.outline import Side


class Section(NamedTuple):
    """A list of criteria begins, perhaps only for a group."""

    side: Side | None
    """None where the heading names both or neither: the side stays as it was."""
    group: str = ""
    context: str = ""
    outside: bool = False
    """Its criteria are for leaving the trial."""
    rest: str = ""
    """Words after the heading on its line."""


_EX = r"(?:exclusion(?:ary)?s?|excusion|exlusion|exclussion|exculsion|exlcusion)"
_IN = r"(?:inclusion(?:ary)?s?|inculsion|inlcusion|incusion|inclussion)"
_LIST = r"(?:criteri(?:a|on|as)|critieria|criterium|conditions?|requirements?|factors?|checklist|parameters?|standards?)"
_TITLE = re.compile(
    r"^\W*(?P<before>(?:[^\s:.]+[ ]+){0,9}?)(?P<for>(?:criteria|reasons?|conditions|requirements) (?:for|of) )?(?P<joined>(?!non-)[\w.]+-)?"
    rf"(?P<name>non[- ]?inclusion|in(?:clusion)?[- ]? ?(?:and|or|/|&) ?exclusion|(?:{_IN}|{_EX})(?= +eligibility)|{_IN}|{_EX}|excluded"
    rf"|included|ineligibility"
    r"|eligibility|selection|entry|withdrawal|elimination|discontinuation|removal|suspension|termination|drop[- ]?outs?|exit)"
    rf"(?P<also> ?(?:/|and|or|&) ?(?:exclusion|inclusion))?(?: eligibility)?(?P<list>[ -]+(?:\([\w ]*\) )?{_LIST})?"
    r"(?P<after>(?:[ ]*[-–—(,/=]|[ ]+(?:for|of|in|at|to|are|is|includes?|specific|common|all|part|phase|cohort|arms?|as|applicable|related"
    r"|only|salvage|based|"
    r"screening|step|group|prior|before|post|after|during|strata|study|criteria|exist|defined|will|must)\b|$).*)$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_BEFORE = re.compile(
    r"\b(?:meet(?:s|ing)?|met|not|no|fail\w*|fulfil\w*|satisf\w*|per|see|above|unless|with|without|does|do|has|have|who|which|whether|if"
    r"|ability|able|be|is|are|"
    r"violat\w*|listed|defined|specified|according|possible|confirm\w*|based|considered|for|allowed|any|from|history|status|was|were|their"
    r"|than|port|drug)\b",
    re.IGNORECASE,
)
_ASKS_AFTER = re.compile(
    r"\b(?:may|can|could|should|has|have|had|was|were|allow\w*|permitted|determin\w*|met|within|repeat|other causes)\b", re.IGNORECASE
)
_FILLER = frozenset(
    "key main major general specific select selected abbreviated common core critical primary secondary additional other important brief summary "
    "list of the subject "
    "patient participant study trial protocol all detailed basic and or i ii are as follows follow following includes include but not "
    "limited to only any will "
    "be is for this in must apply further partial full both these each meet patients subjects participants criteria defined below listed "
    "requirements "
    "characteristics eligibility inclusion exclusion above addition".split()
)
_TAIL = re.compile(r"(?:^|\b)(?:are|is|includes?|will|must|exist|defined|as follows?|following|below)\b", re.IGNORECASE)
TOPICAL = re.compile(
    r"\b(?:ocular|ophthalm\w*|eyes?|cardi\w*|medical|laborator\w*|related|factors?|conditions|concomitant|medications?|therapy|therapies"
    r"|systemic|local|oral|imaging|safety|baseline|"
    r"disease-specific|clinical|infection\w*|diagnos\w*|procedure|procedural)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\W*(?:the )?following (?:is|are)(?: \w+){0,3} (?:list )?of(?: the)?\W*", re.IGNORECASE)
"""Before a title: "The following is an abbreviated list of"."""
_WORD = re.compile(r"[^\W_]+")
_LEAVING = ("withdraw", "elimin", "discont", "remov", "suspen", "termin", "drop", "exit")
LONGEST = 160
MOST_WORDS = 18
MOST_WORDS_BEFORE = 6


def section(text: str, *, bullet: bool) -> Section | None:
    """The section that a line begins, None for a line that is no title.

    A bullet must be all title and say "criteria"; a line of its own may be a bare "Exclusion".
    """
    if not _may_be(text):
        return None
    title, _, rest = text.partition(":")
    found = _TITLE.match(title.strip(" .-–—=*#[]")) if len(title) <= LONGEST else None
    if not found or title.count(" ") >= MOST_WORDS or not _is_title(found, bullet=bullet, colon=":" in text):
        return None
    named = [_left_of(f"{found['before']}{found['joined'] or ''}"), _left_of(_TAIL.split(found["after"])[0])]
    rest = rest.strip(" .:-–—=*#") if len(rest) < LONGEST and group(rest) is not None else rest.strip()
    if rest and (also := group(rest)) is not None:
        named, rest = [*named, also], ""
    name = found["name"].lower()
    groups = "; ".join(words for words in named if words and not TOPICAL.search(words))
    if rest and groups and group(groups) is None:
        return None  # "PET exclusion criteria: any of these makes a patient ineligible": a sentence of its own
    topics = "; ".join(words for words in named if words and TOPICAL.search(words))
    return Section(_side(name, found["also"]), groups, topics, name.startswith(_LEAVING), rest.lstrip(" .:"))


def _may_be(text: str) -> bool:
    start = text[:LONGEST].lower()
    return (
        "usion" in start
        or "sion crit" in start
        or "ligib" in start
        or "cluded" in start
        or "tion crit" in start
        or "entry crit" in start
        or "al crit" in start
        or "tion stand" in start
        or "drop" in start
        or "exit crit" in start
    )


def _is_title(found: re.Match[str], *, bullet: bool, colon: bool) -> bool:
    before, after, name = found["before"], found["after"], found["name"].lower()
    if (_ASKS_BEFORE.search(before) and not _ANNOUNCES.fullmatch(before)) or _ASKS_AFTER.search(after) or ". " in after:
        return False
    if not colon and not _only_filler(_TAIL.split(after, maxsplit=1)[1:]):
        return False
    if found["list"] or found["for"]:
        return _is_list(found, bullet=bullet, colon=colon)
    if bullet or name.startswith(("selection", "entry", *_LEAVING)):
        return False
    if name in ("excluded", "included", "eligibility"):
        return not before.strip() and not after.strip() and (colon or name == "eligibility")
    return before.count(" ") + len(after.split()) <= 4


def _is_list(found: re.Match[str], *, bullet: bool, colon: bool) -> bool:
    name, before, whole = found["name"].lower(), found["before"], found[0]
    if name in ("excluded", "included") or (name in ("entry", "selection") and before.count(" ") > 3):
        return False
    looks = colon or whole.isupper() or (found["list"] or "").strip()[:1].isupper()
    return not bullet or (looks and (before.count(" ") <= MOST_WORDS_BEFORE or before.isupper()))


def _only_filler(parts: list[str]) -> bool:
    return all(not set(_WORD.findall(part.lower())) - _FILLER for part in parts)


def _side(name: str, also: str | None) -> Side | None:
    if also or name.startswith(_LEAVING) or ("exclusion" in name and name.startswith("in")):
        return None
    return "exclusion" if name.startswith(("ex", "non", "inelig")) else "inclusion"


def _left_of(words: str) -> str:
    """What is left of a title without its filler words: "(Cohort 2, Step 1)" → "Cohort 2, Step 1"."""
    words = words.strip(" \t:.-–—=,")
    if not words or EVERYONE.match(words) or _ANNOUNCES.fullmatch(words) or _only_filler([words]):
        return ""
    return trimmed(words)
