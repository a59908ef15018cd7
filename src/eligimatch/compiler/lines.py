"""A normalised record to its items in reading order: hard-wrapped lines joined, run-together lists taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from eligimatch.compiler.groups import KNOWN_TOPICS, group
from eligimatch.compiler.markers import Mark, mark
from eligimatch.compiler.sections import TOPICAL

WRAPPED_AT_MOST = 110
"""Longest line, in characters, of a record that was wrapped by hand or by an export."""
WRAPPED_AT_LEAST = 60
SLACK = 12
"""A line counts as full where the next word would come this near to the longest line."""


class Item(NamedTuple):
    """One item of the record: its words on one line, its marker and where it stands."""

    text: str
    marker: str
    mark: Mark
    depth: int
    line: int


class _Block(NamedTuple):
    text: str
    depth: int
    line: int


def items(text: str) -> Iterator[Item]:
    """The items in order; their markers and words together are the text's, blanks aside."""
    last: dict[str, int] = {}
    for block in _blocks(text):
        for part in _taken_apart(block.text):
            found = mark(part, last)
            words, marker = part[found.end :], part[: found.end]
            if "  " in words or words[:1] == " ":
                words = " ".join(words.split())
            yield Item(words, marker.rstrip(), found, block.depth, block.line)


# --- hard-wrapped lines ------------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[_Block]:
    """Lines that are not blank, with the lines that continue them."""
    lines = text.split("\n")
    width = max(map(len, lines))
    wrapped = width if WRAPPED_AT_LEAST <= width <= WRAPPED_AT_MOST else 0
    held: list[str] = []
    first, previous = _Block("", 0, 0), ""
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped:
            depth = len(line) - len(line.lstrip())
            if previous and _continues(first, previous, stripped, depth, wrapped):
                held.append(stripped)
            else:
                if held:
                    yield first._replace(text=" ".join(held))
                first, held = _Block(stripped, depth, number), [stripped]
        previous = line.rstrip() if stripped else ""
    if held:
        yield first._replace(text=" ".join(held))


_STARTS_LIST = re.compile(r"[*•·▪●◦○‣⁃]|[-–—o°]+\s|\(?(?:\d{1,2}|[A-Za-z]|[ivxIVX]{2,4})[.)]")
_SIGNED = re.compile(r"[*•·▪●◦○‣⁃]\s")
_ENDS = re.compile(r"[.:;?!]\W{0,2}$")
_WORDS_AT = re.compile(r"(?:[*•·▪●◦○‣⁃–—-]+|\(?(?:\d{1,2}|[A-Za-z]|[ivxIVX]{2,4})[.)])\s+")


def _continues(first: _Block, previous: str, line: str, depth: int, width: int) -> bool:
    """Whether a line without a blank line before it goes on with the item before."""
    if _TITLE_LINE.fullmatch(line):
        return False
    if width and len(previous) + 1 + len(line.split(" ", 1)[0]) > width - SLACK and depth >= _text_column(first):
        return not _STARTS_LIST.match(line) or (depth == _text_column(first) and not _SIGNED.match(line))
    if _STARTS_LIST.match(line):
        return False
    return line[0].islower() and not _ENDS.search(previous)


def _text_column(block: _Block) -> int:
    found = _WORDS_AT.match(block.text)
    return block.depth + (found.end() if found else 0)


# --- items run together on one line ---------------------------------------------------------------------------------------

_TITLE = r"(?:Key |Main |Major |General )?(?:Exclusion|Inclusion|EXCLUSION|INCLUSION) (?:[Cc]riteria|CRITERIA)\b"
_TITLE_LINE = re.compile(rf"{_TITLE} ?(?:\([^()]*\))? ?:")
_BREAKS = re.compile(
    rf"(?:(?<=[.;:,)\]])|(?<=[A-Za-z0-9%])) +(?={_TITLE}[ ]?(?:\([^()]*\))?[ ]?[:.])"
    r"|(?<=[.;]) +(?=(?:Exclusion|EXCLUSION|Inclusion|INCLUSION):)|(?<=[.;:)])[ ]+(?=[*•] )|(?<=\S)[ ]+(?=[•▪●◦] ?\w)"
    r"|(?:(?<=clusion criteria)|(?<=clusion Criteria)|(?<=CLUSION CRITERIA))[ ]?:[. ]+(?=\S)"
)
_TITLE_BEFORE = re.compile(
    r"\b(?:the|following|of|these|all|any|our|additional|other|specific|eye|main|key|select\w*|study|level|and|or|-|for|per|abbreviated|\d+|part|phase|cohort|arm|step"
    r"|group|participants?|patients?|subjects?|caregiver|therapy)$"
)
_NAMED_BEFORE = re.compile(r"\b[A-Z][\w-]*$")
"""A word that may be the heading's own, "Ocular Exclusion Criteria", or the last of the item before it."""
RUN_TOGETHER = 200
"""A paragraph of more characters than this is no heading: one within it begins a new item."""
_LISTED = re.compile(r"[*•-]|\d{1,2}[.)]")
_LEGACY_TITLES = "DISEASE CHARACTERISTICS|PATIENT CHARACTERISTICS|PRIOR CONCURRENT THERAPY"
_LEGACY_TITLE = re.compile(rf"(?:{_LEGACY_TITLES}):")
_LEGACY_BREAK = re.compile(rf"(?<=[A-Z]:) +(?=\S)| +(?=(?:{_LEGACY_TITLES}|{'|'.join(KNOWN_TOPICS)}):[ .])|(?<=[.:]) +(?=\* )")
_DASHED = re.compile(r"(?:\bcriteria|CRITERIA|clusion|CLUSION):? ?- ", re.IGNORECASE)
_DASH_BREAK = re.compile(r" +(?=- ?(?:[A-Z0-9≥≤<>]|[a-z]))")


def _taken_apart(text: str) -> list[str]:
    """The items of one line: a heading in its middle begins a new one, as do the stars and dashes of a flattened list."""
    if _LEGACY_TITLE.match(text):
        return _LEGACY_BREAK.split(text)
    if "clusion" in text or "CLUSION" in text or "• " in text or " *" in text or "●" in text or "▪" in text:
        return _broken(text)
    return [text]


def _broken(text: str) -> list[str]:
    cuts = [found.end() for found in _BREAKS.finditer(text) if _breaks(text, found)]
    if _DASHED.search(text[:4000]):
        cuts += [found.end() for found in _DASH_BREAK.finditer(text)]
    if not cuts:
        return [text]
    edges = [0, *sorted(set(cuts)), len(text)]
    return [part for start, end in pairwise(edges) if (part := text[start:end].strip())]


def _breaks(text: str, found: re.Match[str]) -> bool:
    """Whether a heading or sign within a line begins an item: not where the words before it are the heading's own."""
    before = text[max(0, found.start() - 60) : found.start()]
    if text[found.end()] in "*•▪●◦○" or not before[-1:].isalnum():
        return True
    listed = _LISTED.match(text)
    if listed and (named := _NAMED_BEFORE.search(before)) and not named[0].isupper():
        own = text[listed.end() : found.start()].strip()
        return " " in own and group(own) is None and not TOPICAL.search(own) and not _TITLE_BEFORE.search(before[: named.start()].rstrip())
    return (len(text) > RUN_TOGETHER or listed is not None) and not (_TITLE_BEFORE.search(before) or _NAMED_BEFORE.search(before))
