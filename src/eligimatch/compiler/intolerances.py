"""Intolerances: "aspirin intolerance" as "intolerance to aspirin"."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

_GIVEN = frozenset({"treatment", "substance"})


def intolerances(tokens: list[Token]) -> list[Token]:
    """The tokens with the word for an intolerance before what it is to."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "WORDS" and token.text.strip().lower() in ("intolerance", "intolerances") and out and out[-1].kind in _GIVEN:
            led = Token("INTOLERANT", "intolerance", out[-1].start, out[-1].start)
            led.text = ""
            out.insert(-1, led)
        else:
            out.append(token)
    return out
