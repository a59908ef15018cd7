"""Items: the members of a series as phrases, each with what its neighbours say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.phrases import read
from eligimatch.compiler.syntax import Comparison, Item, Paren, Series
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.verbs import received

if TYPE_CHECKING:
    from eligimatch.compiler.neighbours import Neighbours
    from eligimatch.compiler.parens import Parens

_STRUCTURE = frozenset({"NOT", "NEITHER", "WITHIN", "LAST", "SINCE", "AGO", "LASTING", "GRADE", "LINE", "STAGE", "CHANGE"})
_SIGNS = frozenset("<>≤≥=")


class Items:
    """Reads the items of one text's series; what was only looked at is not read again."""

    def __init__(self, neighbours: Neighbours, parens: Parens) -> None:
        self.text = neighbours.text
        self.neighbours = neighbours
        self.parens = parens
        self._looked_at: dict[int, tuple[Series, list[Phrase], list[str]]] = {}

    def phrases(self, series: Series) -> tuple[list[Phrase], list[str]]:
        """The phrases of a series and the connectives between them, for who asks to change."""
        if (looked_at := self._looked_at.pop(id(series), None)) is not None:
            return looked_at[1:]
        phrases, links = self.neighbours.settle([self._read(item) for item in series.items], list(series.links))
        for one in (one for one in phrases if one.parens and one.comparisons and any(word.type == "NOT" and part.others for word, part in one.parts)):
            self.parens.absorbed.into(one)  # "≥ 9 g/dL without A or B (within 7 days) (within 14 days of the first dose)"
        return phrases, links

    def look(self, series: Series) -> list[Phrase]:
        """The same phrases, not to be changed: they are kept for who asks for them next."""
        if (looked_at := self._looked_at.get(id(series))) is None:
            looked_at = self._looked_at[id(series)] = (series, *self.phrases(series))
        return looked_at[1]

    def _read(self, item: Item) -> Phrase:
        plain = _plain(item, self.text)
        try:
            phrase = read(item)
            received(phrase)
            self.parens.absorbed.into(phrase)
            for _, mark in phrase.marks:
                self.parens.absorbed.into(mark)
        except Unreadable:
            phrase = Phrase(item.start, item.end, unread=True)
            phrase.negated = plain and _opens_negated(item)
        phrase.plain = plain
        return phrase


def _plain(item: Item, text: str) -> bool:
    """Only words: nothing that counts, denies, times or excepts after the first word."""
    for index, piece in enumerate(item.pieces):
        if isinstance(piece, Comparison) or (isinstance(piece, Token) and piece.type in _STRUCTURE and not (index == 0 and piece.type == "NOT")):
            return False
        if isinstance(piece, Paren) and not _SIGNS.isdisjoint(text[piece.start : piece.end]):
            return False
    return True


def _opens_negated(item: Item) -> bool:
    first = item.pieces[0]
    return isinstance(first, Token) and first.type == "NOT"
