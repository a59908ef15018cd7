"""Modes: how the items beneath a lead-in count: all of them, any, so many, none."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from eligimatch.compiler.members import apart_in_number
from eligimatch.model.outline import Bullet, Side
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Is, Not, Rule

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, **{str(number): number for number in range(1, 10)}}
_QUALITIES = (
    r"(?:(?:major|minor|clinical|risk|prognostic|cardiovascular|metabolic|respiratory|cardiac|high-risk|high risk|additional|five|four|three|other"
    r"|further|more|laboratory|physical|objective|subjective|adverse|unfavou?rable|intermediate|intermediate[- ]risk|established|documented|known"
    r"|relevant|systemic|vascular|co-?morbid|significant)\s+)*"
)
_SIGNS = (
    r"(?:(?:risk )?factors?|features?|symptoms?|signs?(?:\W+(?:(?:and/or|and|or)\s+)?(?:laboratory\s+)?(?:symptoms?|findings?))?"
    r"|findings?|manifestations?)\b"
    r"(?:\s+(?:of|for|suggestive of|indicative of)\s+(?!(?:the|an?|study|either|each|which|whom)\b)[\w' -]{3,60}(?=\W*$))?"
)
_THINGS = rf"{_QUALITIES}(?:{_SIGNS}|(?:criteri(?:a|on)|conditions?|characteristics?|co-?morbidit(?:y|ies)|abnormalit(?:y|ies)|deficits?)\b)"
"""What is counted, and of what it is a sign: "two signs of infection"."""
_ONE_OF = rf"(?:(?:out\s+)?of\s+(?:the\s+|these\s+)?(?:\w+ )?|the\s+|these\s+)?(?:following|these|below)\b(?:\s+{_THINGS}(?=\W*$))?"
_OF_THEM = rf"(?:{_ONE_OF}|(?:of\s+(?:the\s+)?)?{_THINGS})"
_SIZE = r"(one|two|three|four|five|six|seven|eight|nine|[1-9])(?:\s*\((?:[1-9]|one|two|three|four)\))?"
_COUNT = re.compile(
    rf"(?:at least|a minimum of|minimum of|≥|>=)\s*{_SIZE}\s+(?:or more\s+)?{_OF_THEM}"
    rf"|(?:\bany\s+)?\b{_SIZE}\s+(?:or\s+more\s+)?{_ONE_OF}|\b{_SIZE}\s+or\s+more\s+{_THINGS}",
    re.IGNORECASE,
)
_MOST = re.compile(rf"\b(?:(?:no|not) more than|at most|up to|a maximum of|maximum of|≤|<=)\s*{_SIZE}\s+{_OF_THEM}", re.IGNORECASE)
_FEWER = re.compile(rf"(?:\b(?:fewer|less) than|<)\s*{_SIZE}\s+{_OF_THEM}", re.IGNORECASE)
_ANY = re.compile(rf"\b(?:any(?: one)?|either|one(?: o[rf] more)?|1|at least one)(?:\s*\((?:1|s)\))?\s+{_ONE_OF}", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|both|each)\s+(?:of\s+)?(?:the\s+)?(?:following|these|below)\b", re.IGNORECASE)
_NONE = re.compile(r"\bnone\s+of\s+(?:the\s+)?(?:following|these)\b", re.IGNORECASE)
TIED = re.compile(r"[\s,;.]*\b(and/or|or|and)\s*[.,;:]*\s*$", re.IGNORECASE)
COUNTING = (_MOST, _FEWER, _COUNT, _NONE, _ANY, _ALL)
"""What of a lead-in says how its items count."""


class Mode(NamedTuple):
    """How the sub-bullets count: all, any, at least or fewer than `least`, or none of them."""

    name: Literal["all", "any", "count", "fewer", "none"]
    least: int = 1


def combined(rules: list[Rule], mode: Mode) -> Rule:
    """The rules of the items together."""
    if len(rules) == 1 and mode.name != "none":
        return rules[0]
    span = rules[0].span.cover(rules[-1].span)
    match mode.name:
        case "all":
            return (AnyOf if apart_in_number(rules) else AllOf)(rules=tuple(rules), span=span)
        case "any":
            chosen = [_chosen(rule) for rule in rules]
            return AnyOf(rules=tuple(rules) if None in chosen else tuple(one for one in chosen if one is not None), span=span)
        case "count":
            return AtLeast(count=mode.least, rules=tuple(rules), span=span)
        case "fewer":
            return Not(rule=AtLeast(count=mode.least, rules=tuple(rules), span=span), span=span)
        case _:
            return Not(rule=AnyOf(rules=tuple(rules), span=span), span=span)


def _chosen(rule: Rule) -> Rule | None:
    """ "0-2 for those of 75 and over, or 0-3 for the others": a limit of some people, as one of several that may be met."""
    match rule:
        case AnyOf(rules=(Not(rule=whom), asked)):
            return AllOf(rules=(whom, asked), span=rule.span)
        case _:
            return None


def mode_of(bullet: Bullet, side: Side) -> Mode:
    """How the items beneath a bullet count."""
    text = bullet.text
    if match := _MOST.search(text):
        return Mode("fewer", _number(match) + 1)
    if match := _FEWER.search(text):
        return Mode("fewer", _number(match))
    if match := _COUNT.search(text):
        count = _number(match)
        return Mode("any") if count == 1 else Mode("count", count)
    if _NONE.search(text):
        return Mode("none" if side == "inclusion" else "any")
    if _ANY.search(text) or bullet.any_of:
        return Mode("any")
    if _ALL.search(text):
        return Mode("all")
    return _tied(bullet) or default_mode(side)


def countable(bullet: Bullet, side: Side) -> bool:
    """Whether its items can count so: not fewer than are asked for, nor "with none of" among the exclusions, which excludes who lacks them."""
    mode, none = mode_of(bullet, side), _NONE.search(bullet.text)
    return mode.least <= len(bullet.children) and not (none and side == "exclusion" and any(map(str.isalpha, bullet.text[: none.start()])))


def _number(match: re.Match[str]) -> int:
    return _NUMBERS.get(next(filter(None, match.groups())).lower(), 1)


def perhaps_any(listed: Rule, bullet: Bullet) -> Rule:
    """ "Patients with X are eligible: | if treated | if they have untreated X": on all of these conditions, or on any."""
    each = len(bullet.children) > 1 and all(_EACH_IF.match(child.text) for child in bullet.children)
    if not each or not _LETS_PASS.search(bullet.text) or not isinstance(listed, AllOf):
        return listed
    return Ambiguous(readings=(listed, AnyOf(rules=listed.rules, span=listed.span)), span=listed.span)


_EACH_IF = re.compile(r"\W*if\b", re.IGNORECASE)
_LETS_PASS = re.compile(r"\b(?:eligible|allowed|permitted|acceptable|enrolled|included)\W*$", re.IGNORECASE)


def counted(bullet: Bullet) -> bool:
    """Whether the lead-in or its items say how they count."""
    return any(pattern.search(bullet.text) for pattern in (_MOST, _FEWER, _COUNT, _ANY, _ALL)) or _tied(bullet) is not None


def default_mode(side: Side) -> Mode:
    """How items count where nothing is said of it."""
    return Mode("all") if side == "inclusion" else Mode("any")


def _tied(bullet: Bullet) -> Mode | None:
    """What the `and` or `or` at the ends of the sub-bullets say."""
    ties = [match.group(1).lower() for child in bullet.children[:-1] if (match := TIED.search(child.text))]
    if any("or" in tie for tie in ties):
        return Mode("any")
    return Mode("all") if ties else None


def of_its_group(rule: Rule, group: str, mode: Mode) -> Rule:
    """An item asked of the people of its own label: of others nothing, where all items are asked."""
    if not group:
        return rule
    member = Is(fact="group", values=(group,), span=rule.span)
    freed = AnyOf(rules=(Not(rule=member, span=rule.span), rule), span=rule.span)
    return freed if mode.name == "all" else AllOf(rules=(member, rule), span=rule.span)
