"""An item whose words run on through a list of their own ("as follows: a) … b) …") to items, one for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from eligimatch.compiler.lines import Item
from eligimatch.compiler.markers import ROMAN, Mark

INDENT = 3
"""Columns by which the items of an inline list stand deeper than what introduces them."""

FEWEST = 3
"""Items that count up, of which a number that begins each is its place in their list."""
_BARE = re.compile(r"\d{1,2} [A-Z]")
_FIRST = re.compile(
    r"(?:[:,;.]|\b(?:following|follows|criteria|have|either|below|of|are|defined as))\s*(?P<token>\(?(?:1|a|i|A|I)[.)])(?=\s?[^\s\d.,;)])"
)
_INTRODUCES = re.compile(r"(?::|\b(?:following|follows|criteria|either|below|of|are|defined as))\W*$")
_COUNTED = re.compile(
    r"(?i)\b(?:grades?|stages?|types?|class|phases?|scores?|cohorts?|parts?|groups?|than|to|(?<![,;] )(?:or|and)|least|levels?|vitamin|step"
    r"|arm|category|factor|table|item|section)$|[≥≤<>=/-]$"
)
_NUMERALS = {number: numeral for numeral, number in ROMAN.items()}


def spread(items: Sequence[Item]) -> Iterator[Item]:
    """The items, with those that run together in one item's words standing for themselves."""
    for place, item in enumerate(items):
        following = items[place + 1].mark if place + 1 < len(items) else None
        if item.mark.number and not _goes_on(item.mark, following):
            yield from _siblings(item)
        else:
            yield from _children(item)


def without_numbers(items: Sequence[Item]) -> list[Item]:
    """ "- 1 Adults", "- 2 Asthma", "- 3 …": numbers without a stop within signs, where they count a list of at least three."""
    out = list(items)
    place = 0
    while place < len(out):
        style, end = out[place].mark.style, place
        while end < len(out) and out[end].mark.style == style and out[end].text.startswith(f"{end - place + 1} "):
            end += 1
        ends = end == len(out) or out[end].mark.style != style
        if style and not out[place].mark.number and ends and end - place >= FEWEST and all(_BARE.match(item.text) for item in out[place:end]):
            out[place:end] = map(_without_number, out[place:end])
        place = max(end, place + 1)
    return out


def _without_number(item: Item) -> Item:
    number, words = item.text.split(" ", 1)
    return item._replace(text=words, marker=f"{item.marker} {number}")


def _goes_on(mark: Mark, following: Mark | None) -> bool:
    return following is not None and following.style == mark.style and following.number == mark.number + 1


def _siblings(item: Item) -> Iterator[Item]:
    """`2. First words 3. Others 4. Yet others` where the record's next item is not the third."""
    cuts = list(_sequence(item.text, item.mark.style, item.mark.number + 1, 0))
    if not cuts or cuts[0].start() < 3:
        yield from _children(item)
        return
    yield from _children(item._replace(text=item.text[: cuts[0].start()].rstrip()))
    yield from _cut(item, cuts, item.mark.style, item.mark.number + 1, item.depth)


def _children(item: Item) -> Iterator[Item]:
    """`as follows: a) first b) second`: at least two, where words before them introduce a list."""
    first = (
        _FIRST.search(item.text) if ":" in item.text or ("1" in item.text or "a)" in item.text or "i)" in item.text or "a." in item.text) else None
    )
    if first and _INTRODUCES.search(item.text[: first.start("token")].rstrip()):
        token = first["token"]
        style = f"({token[1]})" if token[0] == "(" else token
        cuts = list(_sequence(item.text, style, 1, first.start("token") - 1))
        if len(cuts) > 1:
            yield item._replace(text=item.text[: cuts[0].start()].rstrip())
            yield from _cut(item, cuts, style, 1, item.depth + INDENT)
            return
    yield item


def _cut(item: Item, cuts: list[re.Match[str]], style: str, number: int, depth: int) -> Iterator[Item]:
    ends = [cut.start() for cut in cuts[1:]] + [len(item.text)]
    for cut, end in zip(cuts, ends, strict=True):
        words = item.text[cut.end() : end].strip()
        yield from _children(Item(words, cut[0].strip(), Mark(style, number, 0), depth, item.line))
        number += 1


def _sequence(text: str, style: str, number: int, start: int) -> Iterator[re.Match[str]]:
    """The markers of a style that count upwards from `number`, each the first after the one before."""
    while pattern := _marker(style, number):
        found = next(
            (cut for cut in pattern.finditer(text, start) if not _COUNTED.search(text[max(0, cut.start() - 20) : cut.start()].rstrip())), None
        )
        if found is None:
            return
        yield found
        start, number = found.end(), number + 1


@cache
def _marker(style: str, number: int) -> re.Pattern[str] | None:
    """The pattern of one marker within a sentence; a number with a full stop needs a capital after it."""
    token = _token(style.strip("().")[:1], number)
    if token is None or style in ("1.1", "1a", "①"):
        return None
    before = r"(?:(?<=[\s:;,.)])|(?<=\w;)|(?<=\w,))"
    if style.startswith("("):
        return re.compile(rf"{before}\({token}\)(?=\s?\S)")
    if style.endswith(")"):
        return re.compile(rf"{before}{token}\)(?=\s?\S)")
    return re.compile(
        rf"{before}{token}\.(?=\s+[A-Z≥≤<>(]|[A-Z]|\s+[a-z]{{2}})" if not token.isdigit() else rf"{before}{token}\.(?=\s+[A-Z≥≤<>]|[A-Z][a-z])"
    )


def _token(alphabet: str, number: int) -> str | None:
    match alphabet:
        case "1":
            return str(number)
        case "a" | "A":
            return chr(ord(alphabet) + number - 1) if number <= 26 else None
        case "i":
            return _NUMERALS.get(number)
        case "I":
            return _NUMERALS[number].upper() if number in _NUMERALS else None
        case _:
            return None
