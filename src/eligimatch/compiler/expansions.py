"""Expansions: a text with the long forms that its record defines in the place of short ones, and its rule back in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from eligimatch.compiler.abbreviations import Definitions, defined
from eligimatch.compiler.lexer import lex
from eligimatch.compiler.lexicon import Lexicon
from eligimatch.compiler.rules import each_leaf, shifted
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import Rule, Unparsed

_FIXED = frozenset({"STAGE", "UNIT", "NUMBER", "LIMIT"})
"""Tokens whose letters are no abbreviation: "stage IB", "IU"."""
_MOST = 4
"""Readings of a text beyond which it is read as it stands."""


class Piece(NamedTuple):
    """A long form: where it stands in the new text, and the end of its short form in the old one."""

    start: int
    end: int
    old_end: int


class Expansion(NamedTuple):
    """A text with long forms in the place of short ones."""

    text: str
    pieces: tuple[Piece, ...]

    def place(self, at: int) -> int:
        """Where a place of the new text lies in the old one."""
        moved = 0
        for piece in self.pieces:
            if at >= piece.end:
                moved = piece.end - piece.old_end
            elif at > piece.start:
                return piece.old_end
        return at - moved

    def restored(self, rule: Rule, text: str) -> Rule:
        """A rule of the new text, its places and the words that were not understood those of the old one."""

        def own(leaf: Rule) -> Rule:
            return leaf.model_copy(update={"text": text[leaf.span.start : leaf.span.end]}) if isinstance(leaf, Unparsed) else leaf

        return each_leaf(shifted(rule, self.place), own)


def expansions(text: str, definitions: Definitions, lexicon: Lexicon) -> list[Expansion]:
    """The text by each meaning that the record gives to its short forms; none where it has none of them."""
    own = {short: (long,) for short, long in defined(text)} if "(" in text or "[" in text else {}
    said = {short: own.get(short, longs) for short, longs in definitions.items() if short in text}
    found = [(match.start(), match.end(), short) for short in said for match in _standing(short, text)]
    tokens = lex(text, lexicon) if found else []
    found = sorted(place for place in found if _replaced(place[0], place[1], tokens))
    shorts = dict.fromkeys(short for _, _, short in found)
    choices = list(product(*(said[short] for short in shorts))) if shorts else []
    if len(choices) > _MOST:
        return []
    return [_expanded(text, found, dict(zip(shorts, choice, strict=True))) for choice in choices]


def _standing(short: str, text: str) -> Iterator[re.Match[str]]:
    """Where a short form stands by itself, not as a definition."""
    return re.finditer(rf"(?<![\w/-])(?<![(\[])(?<![(\[][\"“]){re.escape(short)}s?(?![\w/-])(?!\s*[(\[])", text)


def _replaced(start: int, end: int, tokens: Sequence[Token]) -> bool:
    """Whether a short form is a word of its own, no part of a longer wording that is known."""
    for token in tokens:
        if token.start < end and start < token.end:
            return token.type == "WORDS" or (token.type not in _FIXED and start <= token.start and token.end <= end)
    return True


def _expanded(text: str, found: Sequence[tuple[int, int, str]], longs: dict[str, str]) -> Expansion:
    parts, pieces, at, size = [], [], 0, 0
    for start, end, short in found:
        parts += [text[at:start], longs[short]]
        size += start - at
        pieces.append(Piece(size, size + len(longs[short]), end))
        size, at = pieces[-1].end, end
    return Expansion("".join([*parts, text[at:]]), tuple(pieces))
