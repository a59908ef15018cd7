"""One of which: "two lines, one of which included X" as "two lines, and X at any time"; what else is said of some of them, a person judges."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import TAILS
from eligimatch.compiler.tokens import Token

_ONE = r"(?:(?:at least|a minimum of) )?(?:one|1|a single one)(?: or more)?"
_SOME = rf"(?:{_ONE}|(?:at least )?(?:two|2)|both|each|either|all|some|most|none|(?:the )?(?:last|latest|first|most recent))"
_VERB = r"(?: (?:was|were|is|are|has|have|had|requires?d?|being))?"
_OF_WHICH = re.compile(rf"(?:with )?(?P<some>{_SOME}) of (?:which|whom|them){_VERB}|of which (?P<those>{_SOME}){_VERB}", re.IGNORECASE)
_WHOM = re.compile(r"which|whom|them", re.IGNORECASE)
_ANY = re.compile(_ONE, re.IGNORECASE)
_GAVE = frozenset({"included", "includes", "contained", "contains", "comprised", "containing", "involved", "be", "been", "being", "with"})
_VERBS = frozenset({"FILLER", "MUST", "WITH", "HISTORY", "RECEIVED", "INCLUDING", "TO"})
_ENDS = TAILS | {"COMMA", "SEMICOLON", "STOP", "RPAR", "LPAR"}
_GIVEN = frozenset({"treatment", "operation"})
_NAMED = frozenset({"CONCEPT", "WORDS", "LINE"})
MOST = 5


def one_of_which(tokens: list[Token]) -> list[Token]:
    """The tokens with what is said of some of those named before it."""
    if not any(_WHOM.search(token.text) for token in tokens):
        return tokens
    for at in range(1, len(tokens)):
        found = _said(tokens, at)
        before = tokens[:at]
        while before and before[-1].type in ("COMMA", "AND", "FILLER"):
            before = before[:-1]
        if found and before and before[-1].type in _NAMED:
            end, some = found
            return _read(before, tokens[at:end], tokens[end:], some)
    return tokens


def _said(tokens: list[Token], at: int) -> tuple[int, str] | None:
    """Where "one of which" ends that begins there, and of how many it is."""
    for size in range(min(MOST, len(tokens) - at), 0, -1):
        if match := _OF_WHICH.fullmatch(" ".join(token.text for token in tokens[at : at + size])):
            return at + size, match["some"] or match["those"]
    return None


def _read(before: list[Token], said: list[Token], after: list[Token], some: str) -> list[Token]:
    first = next((at for at, token in enumerate(after) if not (token.type in _VERBS or token.text.lower() in _GAVE)), len(after))
    start, end = said[0].start, said[-1].end
    if first < len(after) and after[first].kind in _GIVEN and any(token.type == "LINE" or token.kind == "treatment" for token in before):
        which = [] if _ANY.fullmatch(some) else [_judged(start, end)]
        return [*before, Token("THAT", "that", start, start), Token("HISTORY", "ever", end, end), *which, *after[first:]]
    stop = next((at for at, token in enumerate(after) if token.type in _ENDS), len(after))
    return [*before, _judged(start, after[stop - 1].end if stop else end), *after[stop:]]


def _judged(start: int, end: int) -> Token:
    return Token("JUDGED", "", start, end)
