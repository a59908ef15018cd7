"""Counted lists: "at least two of the following: A, B, or C" in one sentence, of which so many must hold."""

from __future__ import annotations

import re
from collections.abc import Callable

from eligimatch.compiler.cues import cued
from eligimatch.compiler.rules import shifted
from eligimatch.model.rule import AllOf, AtLeast, Rule, Unparsed
from eligimatch.model.span import Span

_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, **{str(number): number for number in range(2, 6)}}
COUNTED = cued(
    r"\b(?:at least |a minimum of |minimum of |≥ ?|>= ?)?(?P<count>two|three|four|five|[2-5])(?: or more)? (?:out )?of (?:the |these )?"
    r"(?:following|below)\b(?P<things>[^:;.()]{0,60}):\s+(?=\S)",
    "following|below",
)
_LEAD = re.compile(
    r"(?:\W|\b(?:patients?|subjects?|participants?|individuals?|who|must|should|have|has|had|having|with|meet|meets|meeting|fulfill?|fulfills|satisfy"
    r"|satisfies|exhibit|show|present|presence|of|be|is|are|the|a|an|any|at|screening|baseline|history|evidence)\b)*",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?P<said>.+?)\s*(?:,|\b(?:and|plus|with|having|has|have|meeting|meets)\b)(?:\W|\b(?:and|plus|with|having|has|have|at least)\b)*", re.DOTALL
)
_NEXT = re.compile(r"[.](?=\s+[A-Z])|\n")
_APART = re.compile(r"\s*(?:;|,)\s*(?:(?:and/or|and|or)\s+)?|\s+(?:and/or|and|or)\s+(?=[^,;]*$)")
_WITHIN = re.compile(r"\([^()]*\)")


def counted_list(text: str, read: Callable[[str], Rule]) -> Rule | None:
    """The rule of a sentence that counts its list; unread where more is said than that; None for any other text."""
    found = COUNTED.search(text)
    if found is None:
        return None
    span = Span(0, len(text))
    begun = text[: found.start()]
    rest = text[found.end() :].rstrip().rstrip(".")
    members = _members(rest)
    count = _NUMBERS[found["count"].lower()]
    joined = None if _LEAD.fullmatch(begun) else _JOINED.fullmatch(begun)
    if _NEXT.search(rest) or len(members) < count or (joined is None and not _LEAD.fullmatch(begun)):
        return Unparsed(text=text, span=span)
    rules = tuple(_moved(read(rest[start:end]), found.end() + start) for start, end in members)
    of_them = AtLeast(count=count, rules=rules, span=Span(found.start(), len(text)))
    return AllOf(rules=(read(joined["said"]), of_them), span=span) if joined else of_them


def _moved(rule: Rule, by: int) -> Rule:
    return shifted(rule, lambda at: at + by)


def _members(rest: str) -> list[tuple[int, int]]:
    """Where each member of a list begins and ends: set apart by semicolons, where there are any."""
    flat = _WITHIN.sub(lambda inner: " " * len(inner[0]), rest)
    breaks = [one.span() for one in _APART.finditer(flat) if ";" not in flat or ";" in one[0]]
    starts, ends = [0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(rest)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if rest[start:end].strip()]
