"""Inline lists: "at least two of the following: A; B; C" in one line, as the bullets that others make of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from eligimatch.compiler.cues import cued
from eligimatch.compiler.introductions import Compile, Side, asks_nothing, introduced
from eligimatch.compiler.rules import kept, shifted, unread
from eligimatch.compiler.sentences import sentences
from eligimatch.model.outline import Bullet
from eligimatch.model.rule import AllOf, AnyOf, Rule
from eligimatch.model.span import Span

_SIZES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SIZE = r"(?:one|two|three|four|five|six|[1-9])"
_MOST = r"(?P<most>(?:no|not) more than |at most |up to |a maximum of |(?:fewer|less) than )"
_MANY = (
    rf"(?:at least |a minimum of |minimum of |any |{_MOST}|(?P<more>more than ))?"
    rf"(?P<size>{_SIZE})(?: \((?:\d|{_SIZE})\))?(?: or more)?"
)
_LEAD = cued(
    r"(?:^|(?<=[;.] ))(?P<head>(?:[^:;.]|\.(?! )|(?<=i\.e)\. )*?)\b"
    rf"(?:{_MANY}|(?P<any>any|either)(?: one)?(?: or more)?|(?P<all>all|both|each)|(?P<none>none))(?: out)? of\b"
    r"(?P<tail>[^:;.()]{0,60}):|^(?P<either>either:)",
    " of|either:",
)
_BARE = cued(rf"^(?P<head>\W*){_MANY} of (?=[^:;.()]+,[^:;.()]+ (?:and|or) )", " of")
"""A list of words that follows its number: "two or more of A, B and C"."""
_BESIDE = re.compile(r"\b(?:with|and|plus|has|have|having)\s*$", re.IGNORECASE)
"""Ends what is asked beside a list."""
_ASKED_TOO = re.compile(
    r"(?P<asked>.*\w)(?:\W*\b(?:and|plus|with)|,\s*(?:who|having|meeting))(?:\s+(?:with|have|has|having|meets?|meeting|must))*\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""A head that asks something and then counts a list: "asthma and at least two of"."""
_OF_EACH = re.compile(
    r"\W*(?:(?:patients?|subjects?|participants?|who|have|has|had|been|any|prior|previous|current|known|ongoing|concurrent|concomitant)\W+)*"
    r"(?:treat|therap|receiv|use\b|using\b|histor|diagnos|allerg|progress)\w*[^,;]*$",
    re.IGNORECASE,
)
"""Begins what is said of each member of a list: "Treatment with"."""
_TIME = re.compile(r"\b(?:within|prior to|before|days?|weeks?|months?|years?|half-li\w+)\b", re.IGNORECASE)
_WHICH = re.compile(rf"^\s*(?:(?:the|these|those|following|below|{_SIZE})\b\s*)*", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|(?<=[\s;,]))\(?(?:[1-9]|[a-h]|i{1,3}|iv|v)(?:\.\)|[).])\s+")
_WINDOW = re.compile(r"\bwithin (?:the )?(?:last |past |previous )?[\w-]+ (?:hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)
_LINK = re.compile(r"\W*(?:and/or|and|or)\b\s*", re.IGNORECASE)
_LAST_LINK = re.compile(r"\s(?:and/or|and|or)\s", re.IGNORECASE)
_NOTE = re.compile(r"\b(?:allowed|permitted|eligible|acceptable|exceptions?|excluded|note|unless|if|defined|includes?)\b", re.IGNORECASE)


class _Item(NamedTuple):
    """A member of a list, and where it begins in the text."""

    text: str
    start: int


def inline_list(text: str, side: Side, compile_text: Compile) -> Rule | None:
    """The rule of a text that lists what it counts in its own line; None where it does not, or a list of words says the same."""
    lead = _LEAD.search(text) or _BARE.search(text)
    if lead is None:
        return None
    said = {"all": None, "tail": None, "most": None, "none": None, **lead.groupdict()}
    head = said["head"] or ""
    asks = not asks_nothing(head)
    beside = asks and _beside(head, text[lead.end() :])
    size = (_SIZES.get(said["size"].lower(), 0) or int(said["size"])) + bool(said["more"]) if said["size"] else 0
    counts = size > 1 or bool(said["most"] or said["none"])
    listed, rest = _first_sentence(text, lead.end())
    items = list(_items(text, lead.end(), listed, by_commas=counts or beside))
    if len(items) < max(size, 2) or not (counts or _told_so(items, side, every=bool(said["all"]), asks=asks)):
        return None
    before = text[: lead.start()].strip()
    if _NOTE.search(before):
        return None
    if counts and ((before and _NOTE.search(head)) or head.count("(") > head.count(")")):
        return kept(text)
    asked, own = _ASKED_TOO.fullmatch(head) if counts else None, side
    if asked and not (asks_nothing(asked["asked"]) or _OF_EACH.match(head)):
        head, own = "", "inclusion"
    how = "none" if said["none"] else f"{said['most'] or 'at least '}{size}" if counts else "all" if said["all"] else "any"
    lead_in = f"{head}{how} of the following {_WHICH.sub('', said['tail'] or '')}".strip()
    begins = Bullet("", f"{lead_in}:", tuple(Bullet("", item.text) for item in items))
    rule = shifted(introduced(begins, own, compile_text), _placed(begins, items))
    if asked and not head:
        too = shifted(compile_text(asked["asked"], side), lead.start("head").__add__)
        rule = AllOf(rules=(too, rule), span=too.span.cover(rule.span))
    if (rest or before) and not unread(rule) and not _NOTE.search(rest):
        others = [shifted(compile_text(words, side), text.index(words).__add__) for words in (before, rest) if words]
        rules = (*others[: bool(before)], rule, *others[bool(before) :])
        return (AllOf if side == "inclusion" else AnyOf)(rules=rules, span=Span(0, len(text)))
    return kept(text) if rest or before or ((counts or asks) and unread(rule)) else rule


def _beside(head: str, listed: str) -> bool:
    """Whether a thing is asked beside any one of a list in which no times are told: "diabetes with one of the following"."""
    return _BESIDE.search(head) is not None and not _OF_EACH.match(head) and not _TIME.search(listed)


def _told_so(items: list[_Item], side: Side, *, every: bool, asks: bool) -> bool:
    """Whether the words count otherwise than a list of sentences does: all of them admit, any excludes.

    A time at the end of a list may be of all of it, as other lists are read.
    """
    *first, last = items
    if _WINDOW.search(last.text) and not any(_WINDOW.search(item.text) for item in first):
        return False
    return asks or every == (side == "exclusion")


def _first_sentence(text: str, start: int) -> tuple[int, str]:
    """Where the list ends, and the sentences after it."""
    at = max(text.rfind(";") + 1, start)
    first, *rest = sentences(text[at:]) or [text[at:]]
    return (text.index(first, at) + len(first), " ".join(rest)) if rest else (len(text), "")


def _items(text: str, start: int, end: int, *, by_commas: bool) -> Iterator[_Item]:
    """The members between semicolons, numbers or letters, or where they are counted between commas."""
    cuts = list(_separators(text, start, end, ";"))
    marks = [match.span() for match in _NUMBERED.finditer(text, start, end)]
    if not cuts and len(marks) > 1:
        cuts = [(first, last) for first, last in marks if text[start:first].strip()]
        start = marks[0][1] if not text[start : marks[0][0]].strip() else start
    elif not cuts and by_commas:
        cuts = [*_separators(text, start, end, ",")]
        last = cuts[-1][1] if cuts else start
        cuts += [match.span() for match in [*_LAST_LINK.finditer(text, last, end)][:1] if text[last : match.start()].strip()]
    for first, last in zip([start, *(cut for _, cut in cuts)], [*(cut for cut, _ in cuts), end], strict=True):
        link = _LINK.match(text, first, last)
        opened = link.end() if link else first
        opened += len(text[opened:last]) - len(text[opened:last].lstrip(" "))
        if words := text[opened:last].strip(" ;,."):
            yield _Item(words, opened)


def _separators(text: str, start: int, end: int, sign: str) -> Iterator[tuple[int, int]]:
    """The places of a sign outside parentheses; no comma within a number."""
    depth = 0
    for at in range(start, end):
        depth += (text[at] in "([") - (text[at] in ")]")
        if text[at] == sign and not depth and not (sign == "," and text[at + 1 : at + 2].isdigit()):
            yield at, at + 1


def _placed(bullet: Bullet, items: list[_Item]) -> Callable[[int], int]:
    """From places in a bullet's lines to those in the text."""
    starts = [*accumulate((len(item.text) + 1 for item in items), initial=len(bullet.text) + 1)][:-1]

    def place(at: int) -> int:
        index = bisect_right(starts, at) - 1
        return min(at, items[0].start) if index < 0 else items[index].start + min(at - starts[index], len(items[index].text))

    return place
