"""Respective limits: "creatinine or clearance ≤ 1.5 × ULN or ≥ 60 mL/min" with each limit beside the analyte that it is of."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

_LINKS = frozenset({"OR", "ANDOR"})
_BETWEEN = _LINKS | {"METHOD", "CONCEPT", "COMMA", "FASTING"}


def respective(tokens: list[Token]) -> list[Token]:
    """The tokens with a limit in ULN moved to the first analyte, where a lower limit in a unit is of the others."""
    for at in range(1, len(tokens) - 7):
        row = [token.type for token in tokens[at : at + 8]]
        if row != ["COMPARE", "NUMBER", "TIMES", "LIMIT", "OR", "COMPARE", "NUMBER", "UNIT"] or not _apart(tokens[at], tokens[at + 5]):
            continue
        first = at
        while first and tokens[first - 1].type in _BETWEEN and (tokens[first - 1].type != "CONCEPT" or tokens[first - 1].kind == "analyte"):
            first -= 1
        named = [index for index in range(first, at) if tokens[index].type == "CONCEPT"]
        if len(named) > 1 and any(token.type in _LINKS for token in tokens[named[0] : named[1]]) and not (set(_names(tokens, named)) & {"COMMA"}):
            own = named[0] + 1
            return [*tokens[:own], *tokens[at : at + 4], *tokens[own:at], *tokens[at + 5 :]]
    return tokens


def _apart(first: Token, second: Token) -> bool:
    """Whether the first is an upper limit and the second a lower one."""
    return str(first.value)[0] == "<" and str(second.value)[0] == ">"


def _names(tokens: list[Token], named: list[int]) -> list[str]:
    return [token.type for token in tokens[named[0] : named[-1]]]
