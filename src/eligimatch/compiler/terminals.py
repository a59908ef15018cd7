"""Terminals: the groups of them that passes over tokens speak of, and how a token becomes another."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

LINKS = frozenset({"COMMA", "SLASH", "AND", "OR", "ANDOR", "NOR", "THAT", "COLON"})
TAILS = frozenset({"INCLUDING", "EXCEPT", "UNLESS", "IF", "PROVIDED", "DEFINED"})
MODALS = frozenset({"MUST", "MUST_NOT", "ELIGIBLE", "EXCLUDED", "THEN", "SHOWS"})


def become(token: Token, type_: str, value: object) -> None:
    """Makes the token another terminal."""
    token.type = type_
    token.value = value


def may_be(token: Token, terminal: str) -> bool:
    """Whether one of the token's readings is the terminal."""
    if token.type == terminal or not token.also:
        return token.type == terminal
    return any(meaning.terminal == terminal for meaning in token.also)


def value_as(token: Token, terminal: str) -> str:
    """The token's value in its reading as the terminal."""
    return str(token.value) if token.type == terminal else next(m.value for m in token.also if m.terminal == terminal)
