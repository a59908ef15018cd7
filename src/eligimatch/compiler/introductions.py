"""Introductions: a bullet over sub-bullets ("Adequate organ function, defined as:", "Any of the following:") as one criterion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from eligimatch.model.outline import Bullet
from eligimatch.model.rule import AllOf, AnyOf, AtLeast, Had, Judged, Not, Rule, Statement, Unparsed
from eligimatch.model.span import Span

Side = Literal["inclusion", "exclusion"]
Compile = Callable[[str, Side], Rule]

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
_DEFINING = re.compile(
    r"\b(?:defined|definition|as evidenced by|as demonstrated by|criteria|meaning|i\.?e\.?|as shown by)\b\W*(?:as|by)?\W*$", re.IGNORECASE
)
_COUNT = re.compile(
    r"(?:at least|a minimum of|minimum of|≥|>=)\s*(one|two|three|four|five|\d)(?:\s*\(\d\))?\s+(?:or more\s+)?"
    r"(?:of\s+)?(?:the\s+)?(?:following|these)?"
    r"|(one|two|three|four|five|\d)\s+or\s+more\s+of\s+(?:the\s+)?(?:following|these)",
    re.IGNORECASE,
)
_ANY = re.compile(r"\b(?:any(?: one)?|either|one(?: or more)?|1|at least one)\s+(?:of\s+)?(?:the\s+)?(?:following|these|below)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|both|each)\s+(?:of\s+)?(?:the\s+)?(?:following|these|below)\b", re.IGNORECASE)
_NONE = re.compile(r"\bnone\s+of\s+(?:the\s+)?(?:following|these)\b", re.IGNORECASE)
_FILLER = re.compile(
    r"\b(?:(?:as\s+)?(?:the\s+)?follow(?:ing|s)|(?:the\s+)?(?:conditions?|criteria|criterion|requirements?|parameters|characteristics|values|events|categories)"
    r"(?:\s+(?:below|listed))?(?:\s+(?:apply|applies|are met|is met|must be met))?|below|(?:as\s+)?listed|apply|applies)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:the\s+)?(?:patients?|subjects?|participants?|individuals?|persons?|those|women|they|he|she)\b)?\W*"
    r"(?:(?:who|that|with|must|should|will|shall|may|have|has|had|having|be|is|are|meet(?:s|ing)?|fulfil(?:l|ls|ling)?|satisf(?:y|ies|ying)|also|"
    r"presence of|present with|of|in|a|an|the|at|to|for|by|evidence of|including|defined (?:as|by)|as defined by|i\.?e\.?)\b\W*)*$",
    re.IGNORECASE,
)
_TIED = re.compile(r"[\s,;.]*\b(and/or|or|and)\s*[.,;:]*\s*$", re.IGNORECASE)


class Mode(NamedTuple):
    """How the sub-bullets count: all, any, at least `count`, or none of them."""

    name: Literal["all", "any", "count", "none"]
    least: int = 1


class Part(NamedTuple):
    """A sub-bullet's words and where they begin in the whole criterion's text."""

    text: str
    start: int
    bullet: Bullet


def whole_text(bullet: Bullet) -> str:
    """The words of a bullet and all beneath it, a line each."""
    return "\n".join([bullet.text, *(whole_text(child) for child in bullet.children)]).strip()


def introduced(bullet: Bullet, side: Side, compile_text: Compile) -> Rule:
    """The rule of a bullet that introduces its sub-bullets. Spans are places in `whole_text`."""
    mode = _mode(bullet, side)
    prefix = _prefix(bullet.text)
    parts = _parts(bullet)
    if _LEAD.match(prefix):
        rules = [_member(part, "", side, compile_text) for part in parts]
        return _combined(rules, mode)
    return _headed(prefix, parts, mode, side, compile_text)


def adds_nothing(bullet: Bullet, side: Side) -> bool:
    """A lead-in without which each of its items would ask the same."""
    return _mode(bullet, side) == (Mode("all") if side == "inclusion" else Mode("any")) and _LEAD.match(_prefix(bullet.text)) is not None


def _headed(prefix: str, parts: list[Part], mode: Mode, side: Side, compile_text: Compile) -> Rule:
    """A lead-in that asks something itself: its words go before each sub-bullet, or its list is a definition or examples."""
    head = compile_text(re.sub(r"[\s,;:(]*(?:defined (?:as|by)|as defined by|including|such as|as)?[\s,;:(]*$", "", prefix), side)
    members = _combined([_member(part, "", side, compile_text) for part in parts], mode)
    if re.search(r"\b(?:including|such as|e\.?g\.?|like|include)\W*$", prefix, re.IGNORECASE) and not isinstance(head, Unparsed):
        return _exemplified(head, members)
    if _defines(prefix) or _only_judged(head):
        return members
    composed = [_member(part, prefix, side, compile_text) for part in parts]
    return _combined(composed, mode)


def _exemplified(head: Rule, members: Rule) -> Rule:
    listed = members.rules if isinstance(members, AnyOf) else (members,)
    if isinstance(head, Had):
        return head.model_copy(update={"examples": head.examples + tuple(listed), "span": head.span.cover(members.span)})
    return AnyOf(rules=(head, *listed), span=head.span.cover(members.span))


def _defines(prefix: str) -> bool:
    return _DEFINING.search(prefix) is not None


def _only_judged(rule: Rule) -> bool:
    """ "Adequate organ function": what follows says what it is."""
    if isinstance(rule, Had):
        return any(isinstance(q, Judged) for q in rule.qualifiers)
    return isinstance(rule, Statement)


def _member(part: Part, prefix: str, side: Side, compile_text: Compile) -> Rule:
    if part.bullet.children:
        rule = introduced(part.bullet, side, compile_text)
        return shifted(rule, lambda at: at + part.start)
    text = _TIED.sub("", part.text)
    if not prefix:
        return shifted(compile_text(text, side), lambda at: at + part.start)
    joined = f"{prefix} {text}"
    return shifted(compile_text(joined, side), lambda at: at if at <= len(prefix) else at - len(prefix) - 1 + part.start)


def _combined(rules: list[Rule], mode: Mode) -> Rule:
    if len(rules) == 1 and mode.name != "none":
        return rules[0]
    span = rules[0].span.cover(rules[-1].span)
    match mode.name:
        case "all":
            return AllOf(rules=tuple(rules), span=span)
        case "any":
            return AnyOf(rules=tuple(rules), span=span)
        case "count":
            return AtLeast(count=mode.least, rules=tuple(rules), span=span)
        case _:
            return Not(rule=AnyOf(rules=tuple(rules), span=span), span=span)


def _mode(bullet: Bullet, side: Side) -> Mode:
    text = bullet.text
    if match := _COUNT.search(text):
        count = _NUMBERS.get((match.group(1) or match.group(2)).lower(), 1)
        return Mode("any") if count == 1 else Mode("count", count)
    if _NONE.search(text):
        return Mode("none")
    if _ANY.search(text) or bullet.any_of:
        return Mode("any")
    if _ALL.search(text):
        return Mode("all")
    return _tied(bullet) or (Mode("all") if side == "inclusion" else Mode("any"))


def _tied(bullet: Bullet) -> Mode | None:
    """What the `and` or `or` at the ends of the sub-bullets say."""
    ties = [match.group(1).lower() for child in bullet.children[:-1] if (match := _TIED.search(child.text))]
    if any("or" in tie for tie in ties):
        return Mode("any")
    return Mode("all") if ties else None


def _prefix(text: str) -> str:
    """The lead-in without its counting words and colon."""
    text = re.sub(r"[\s:;,.–-]+$", "", text)
    for pattern in (_COUNT, _NONE, _ANY, _ALL):
        text = pattern.sub(" ", text)
    text = _FILLER.sub(" ", text)
    return " ".join(text.split()).rstrip(" :;,.(")


def _parts(bullet: Bullet) -> list[Part]:
    parts = []
    start = len(bullet.text) + 1 if bullet.text else 0
    for child in bullet.children:
        parts.append(Part(child.text, start, child))
        start += len(whole_text(child)) + 1
    return parts


def shifted(rule: Rule, place: Callable[[int], int]) -> Rule:
    """The same rule with its spans moved to where its words stand in a longer text."""
    span = Span(place(rule.span.start), place(rule.span.end))
    changes: dict[str, object] = {"span": span}
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            changes["rules"] = _each(rule.rules, place)
        case Not():
            changes["rule"] = shifted(rule.rule, place)
        case Had():
            changes["but_not"] = _each(rule.but_not, place)
            changes["examples"] = _each(rule.examples, place)
        case _:
            if readings := getattr(rule, "readings", None):
                changes["readings"] = _each(readings, place)
    return rule.model_copy(update=changes)


def _each(rules: Iterable[Rule], place: Callable[[int], int]) -> tuple[Rule, ...]:
    return tuple(shifted(rule, place) for rule in rules)
