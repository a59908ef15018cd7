""" "At least one of the following: A, B and C": a list of which any member will do, as "A, B or C"."""

from __future__ import annotations

from eligimatch.compiler.terminals import MODALS, TAILS, become
from eligimatch.compiler.tokens import Token

_ENDS = MODALS | TAILS | {"STOP", "SEMICOLON"}
_LINKS = frozenset({"COMMA", "AND", "OR", "ANDOR"})


def any_of(tokens: list[Token]) -> list[Token]:
    """The tokens with the last link of each such list as an "or"; the words that announce it say nothing more."""
    for index, token in enumerate(tokens):
        if token.type == "ANY_OF":
            become(token, "FILLER", "")
            links = list(_links(tokens, index + 1))
            if links and not any(link.type in ("OR", "ANDOR") for link in links) and links[-1].type in ("AND", "COMMA"):
                become(links[-1], "OR", "or")
    return tokens


def _links(tokens: list[Token], start: int) -> list[Token]:
    """The links of the list that begins there, outside parentheses."""
    found: list[Token] = []
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if depth < 0 or (not depth and token.type in _ENDS):
            break
        if not depth and token.type in _LINKS and at > start:
            found.append(token)
    return found
