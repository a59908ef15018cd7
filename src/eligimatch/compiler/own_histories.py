"""Own histories: "history or family history of X" is the person's own history of it, or that of the family."""

from __future__ import annotations

from eligimatch.compiler.cues import cued
from eligimatch.compiler.expansions import Expansion, Piece

_BOTH = cued(
    r"(?<!personal )\b(?:any )?(?:known )?(?:prior |previous |past |medical )?history,? (?:or|and/or|and|of or|of and/or) (?:a )?family history\b"
    r"|\bfamily history,? (?:or|and/or|and) (?:a |any )?(?:personal |prior |previous |past )?history\b",
    "family history",
)
_PLAIN = "personal history or family history"


def own_history(text: str) -> Expansion | None:
    """The text with both histories in the words that tell them apart; None where it does not speak of both."""
    found = _BOTH.search(text)
    if found is None:
        return None
    start, end = found.span()
    return Expansion(text[:start] + _PLAIN + text[end:], (Piece(start, start + len(_PLAIN), end),))
