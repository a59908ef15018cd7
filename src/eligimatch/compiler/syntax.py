"""The syntax tree of one sentence: what criterion.lark finds, before any word has a meaning."""

from __future__ import annotations

from typing import NamedTuple

from eligimatch.compiler.tokens import Token
from eligimatch.model.span import Span


class Value(NamedTuple):
    """A number with its unit, or a multiple of a reference limit."""

    number: float
    unit: str | None
    limit: str | None
    start: int
    end: int
    text: str = ""
    """The number and unit as written."""


class Comparison(NamedTuple):
    """A number held against limits; `bare` where no comparator stands, `choices` where single values are listed."""

    low: Value | None
    high: Value | None
    low_open: bool
    high_open: bool
    choices: tuple[float, ...]
    bare: bool
    start: int
    end: int
    towards: str = ""
    """`better` or `worse`: the side of a scale that belongs to it, where the words name no direction."""


class Item(NamedTuple):
    """One thing asked: its pieces in the order of the words."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Where its words begin."""
        return min(piece.start for piece in self.pieces)

    @property
    def end(self) -> int:
        """Where its words end."""
        return max(piece.end for piece in self.pieces)


class Series(NamedTuple):
    """Items with the connectives between them (`and`, `or`, `and/or`, `nor`, `,`, `/`, `that`, `:`)."""

    items: tuple[Item, ...]
    links: tuple[str, ...]


def series_span(series: Series) -> Span:
    """Where a series' words stand."""
    return Span(series.items[0].start, series.items[-1].end)


class Tail(NamedTuple):
    """What narrows, widens or conditions a list: `including …`, `except …`, `unless …`."""

    word: Token
    series: Series


class Clause(NamedTuple):
    """A list with its tails."""

    series: Series | None
    tails: tuple[Tail, ...]


class Sentence(NamedTuple):
    """Clauses with the modal words between them; `clauses` is one longer than `modals`."""

    clauses: tuple[Clause | None, ...]
    modals: tuple[Token, ...]


class Paren(NamedTuple):
    """Words in parentheses."""

    sentence: Sentence | None
    start: int
    end: int


Piece = Token | Comparison | Paren


def clause_span(clause: Clause) -> Span:
    """Where a clause's words stand."""
    spans = ([series_span(clause.series)] if clause.series else []) + [series_span(tail.series) for tail in clause.tails]
    return Span(min(span.start for span in spans), max(span.end for span in spans))
