"""A line to its list marker and its words: stars, dashes, numbers, letters, roman numerals, one inside another."""

from __future__ import annotations

import re
from typing import NamedTuple

ROMAN = {numeral: number for number, numeral in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(), start=1)}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_MARKER = re.compile(
    r"(?P<sign>\*+(?=\s|$)|o(?=\s+[\w≥≤<>])|-+>(?=\s)|[-–—]+(?=[^\d-]|$)|°(?=[\s\w≥≤<>])"
    r"|[•·▪●◦○‣⁃∙■□➢►✓✔♦◆§¡\uf0b7\uf0a7]+)"
    r"|(?P<dotted>\d{1,2}(?:\.\d{1,2})+[.)]?)(?=\s+[A-Z][a-z])(?!\s+(?:Gy|Times|Million|Mg|Fold)\b)"
    r"|(?P<coded>\d{1,2}(?:\.[a-z]\.\d{1,2}|[a-zA-Z])(?:[.):]|(?=\s+[A-Z])))(?=\s)"
    r"|(?:(?:In|Ex)clusion [Cc]riteri(?:a|on) (?=\d{1,2}\. ))?\(?(?P<number>\d{1,3})(?:[.):]+|\s?-(?=\s[A-Z]))(?=\s|[A-Z≥≤<>]|$)"
    r"|\(?(?P<letter>[A-Za-z])(?:[.)]{1,2}|-(?=\s[A-Z]))(?=\s|$)"
    r"|\(?(?P<roman>[ivx]{2,5}|[IVX]{2,5})[.)]+(?=\s|$)"
    rf"|(?P<circled>[{_CIRCLED}])"
)


class Mark(NamedTuple):
    """A list marker: its style (`*`, `1.`, `a)`, `i.`), its place in a numbered list (0 in others), its words' start."""

    style: str
    number: int
    end: int


UNMARKED = Mark("", 0, 0)


def mark(line: str, last: dict[str, int]) -> Mark:
    """The marker at the start of a line without indentation; `last` holds each style's number so far and is kept up.

    A letter counts only in sequence ("E. coli" is no fifth item). A marker may stand within another ("* 1. ").
    """
    outer = _one(line, 0, last)
    if not outer.style or outer.number or line[outer.end : outer.end + 1] != " ":
        return outer
    inner = _one(line, len(line) - len(line[outer.end :].lstrip()), last)
    return inner if inner.style not in ("", "1.1", "o") else outer


def _one(line: str, start: int, last: dict[str, int]) -> Mark:
    found = _MARKER.match(line, start)
    meant = _meaning(found, last) if found else None
    return UNMARKED if found is None or meant is None else meant._replace(end=found.end())


def _meaning(found: re.Match[str], last: dict[str, int]) -> Mark | None:
    token, kind = found[0], found.lastgroup
    match kind:
        case "sign":
            return Mark(token[:2] if token[0] != "*" else token, 0, 0)
        case "dotted":
            return Mark("1.1", int(token.rstrip(".)").rsplit(".", 1)[1]), 0)
        case "coded":
            return Mark("1a", 0, 0)
        case "number":
            style = _style(token, "1")
            last[style] = int(found["number"])
            return Mark(style, last[style], 0)
        case "circled":
            return Mark("①", _CIRCLED.index(token) + 1, 0)
        case _:
            return _lettered(token, found[kind or 0], last)


def _lettered(token: str, letters: str, last: dict[str, int]) -> Mark | None:
    """A letter or a roman numeral, whichever continues its list; None where it continues none."""
    upper = letters.isupper()
    for alphabet, number in (("A" if upper else "a", _place(letters)), ("I" if upper else "i", ROMAN.get(letters.lower(), 0))):
        style = _style(token, alphabet)
        if number and (number == last.get(style, 0) + 1 or number == 1):
            last[style] = number
            return Mark(style, number, 0)
    return None


def _place(letters: str) -> int:
    return ord(letters.lower()) - 96 if len(letters) == 1 else 0


def _style(token: str, alphabet: str) -> str:
    """`a)`, `(a)` and `a.` are styles of their own: one record nests them."""
    return f"({alphabet})" if token[0] == "(" else alphabet + (")" if ")" in token else ".")
