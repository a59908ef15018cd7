"""Late exceptions: "X, Y excepted" and "any X but Y" as "X, except Y"; "any histology", which narrows nothing."""

from __future__ import annotations

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_ENDS = frozenset({"COMMA", "SEMICOLON", "STOP", "RPAR"})
_NAMES = frozenset({"CONCEPT", "WORDS", "OF", "OR", "AND", "SEVERITY", "COURSE", "FILLER"})
_WHOLE = frozenset({"any", "all", "every", "each"})


def late_exceptions(tokens: list[Token]) -> list[Token]:
    """The tokens with what excepts before what it takes out."""
    for at, token in enumerate(tokens):
        if token.type == "THAT" and token.text.lower() == "but" and _of_all(tokens[:at]) and _names(tokens[at + 1 :]):
            become(token, "EXCEPT", "except")
    tokens = [token for at, token in enumerate(tokens) if not (at > 1 and _of_any_histology(tokens, at))]
    at = next((at for at, token in enumerate(tokens) if token.type == "EXCEPT" and token.text.lower() == "excepted"), 0)
    last = at and (at + 1 == len(tokens) or tokens[at + 1].type in _ENDS)
    comma = max((index for index in range(at) if tokens[index].type == "COMMA"), default=0)
    if not last or not comma or any(token.type in ("LPAR", "RPAR") for token in tokens[comma:at]):
        return tokens
    return [*tokens[:comma], tokens[at], *tokens[comma + 1 : at], *tokens[at + 1 :]]


def _of_all(before: list[Token]) -> bool:
    """Whether the words before, from their comma on, are of any or all of a kind."""
    start = max((index for index, token in enumerate(before) if token.type == "COMMA"), default=-1)
    said = before[start + 1 :]
    return bool(said) and said[0].type == "FILLER" and said[0].text.lower().split()[0] in _WHOLE and all(token.type in _NAMES for token in said)


def _of_any_histology(tokens: list[Token], at: int) -> bool:
    """ "sarcoma, any histology", "sarcoma (all histologies)": whatever it looks like, which narrows nothing."""
    before, whole, named = tokens[at - 2 : at + 1]
    ends = at + 1 == len(tokens) or tokens[at + 1].type in (*_ENDS, "EXCEPT")
    said = whole.type == "FILLER" and whole.text.lower() in _WHOLE and "histopathology" in named.names and before.type in ("COMMA", "LPAR")
    return said and ends and any(token.kind == "condition" for token in tokens[: at - 2])


def _names(tokens: list[Token]) -> bool:
    """Whether only things are named, up to the end of their clause."""
    end = next((index for index, token in enumerate(tokens) if token.type in _ENDS), len(tokens))
    return all(token.type in _NAMES for token in tokens[:end]) and any(token.type in ("CONCEPT", "WORDS") for token in tokens[:end])


def included_too(tokens: list[Token]) -> list[Token]:
    """ "X (except A, B including C, or D)": what parentheses except goes on after what B includes, up to their end."""
    opened: list[bool] = []
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.type == "LPAR":
            opened.append(following.type == "EXCEPT")
        elif token.type == "RPAR":
            opened = opened[:-1]
        elif token.type == "INCLUDING" and opened[-1:] == [True] and following.kind in ("treatment", "operation", "condition"):
            become(token, "COMMA", ",")
    return tokens
