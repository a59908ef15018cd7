""" "At least one of the following: A, B and C": a list of which any member will do, as "A, B or C"."""

from __future__ import annotations

from eligimatch.compiler.terminals import MODALS, TAILS, become
from eligimatch.compiler.tokens import Token

_ENDS = MODALS | TAILS | {"STOP", "SEMICOLON"}
_UNLIKE_NAMES = MODALS | TAILS | {"NOT"}
_LINKS = frozenset({"COMMA", "AND", "OR", "ANDOR"})


def any_of(tokens: list[Token]) -> list[Token]:
    """The tokens with the last link of each such list as an "or"; the words that announce it say nothing more."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.type != "ANY_OF":
            continue
        become(token, "FILLER", "")
        if token.text.lower().endswith("following"):
            tokens = _without_kind(tokens, index)
        if semicolons := _semicolons(tokens, index):
            tokens = _alternatives(tokens, index, semicolons)
            if any(tokens[at].type == "SEMICOLON" for at in semicolons[:1]):
                continue  # each is a sentence, with links of its own
        links = list(_links(tokens, index))
        if links and not any(link.type in ("OR", "ANDOR") for link in links) and links[-1].type in ("AND", "COMMA"):
            become(links[-1], "OR", "or")
    return tokens


def _without_kind(tokens: list[Token], start: int) -> list[Token]:
    """ "any of the following heart or lung diseases - A, B": A or B, not their kind."""
    end = next((at for at in range(start, len(tokens)) if tokens[at].type not in _NAMING), len(tokens))
    named = any(tokens[at].kind == "condition" for at in range(start, end))
    if not named or end + 1 >= len(tokens) or tokens[end].type not in ("COLON", "DASH"):
        return tokens
    become(tokens[end], "COLON", ":")
    return tokens[:start] + tokens[end:]


_NAMING = frozenset({"CONCEPT", "OR", "AND", "ANDOR", "FILLER", "WORDS"})


def _semicolons(tokens: list[Token], start: int) -> list[int]:
    """Where the members of a list after a colon are set apart, up to the end of its sentence."""
    colon = next((at for at in range(start, min(start + 3, len(tokens))) if tokens[at].type == "COLON"), 0)
    end = next((at for at in range(start, len(tokens)) if tokens[at].type == "STOP"), len(tokens))
    return [at for at in range(colon, end - 1) if tokens[at].type == "SEMICOLON"] if colon else []


def _alternatives(tokens: list[Token], start: int, semicolons: list[int]) -> list[Token]:
    """ "one of the following: A; B; C": as with commas; where a member says more than names and numbers, each a sentence after "or"."""
    plain = not any(token.type in _UNLIKE_NAMES for token in tokens[start : semicolons[-1]])
    out: list[Token] = []
    for index, token in enumerate(tokens):
        out.append(token)
        if index not in semicolons:
            continue
        if plain:
            become(token, "COMMA", ",")
        elif tokens[index + 1].type != "OR":
            out.append(Token("OR", "or", token.end, token.end))
    return out


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
