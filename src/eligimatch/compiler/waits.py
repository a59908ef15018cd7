"""Waits: "within 21 days (42 days if prior nitrosourea)": the longer time in parentheses is for the treatment that is named with it."""

from __future__ import annotations

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_LEADS = frozenset({"HISTORY", "RECEIVED", "TREATMENT_WITH", "RECEIVING", "FILLER"})


def waits(tokens: list[Token]) -> list[Token]:
    """The tokens with "for" in place of "if", "if prior" and "if treated with"."""
    if "IF" not in [token.type for token in tokens]:
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        out.append(token)
        index += 1
        if token.type == "IF" and [one.type for one in out[-4:-1]] == ["LPAR", "NUMBER", "UNIT"]:
            first = next((at for at in range(index, len(tokens)) if tokens[at].type not in _LEADS), index - 1)
            if _only_treatments(tokens, first):
                become(token, "FOR", "for")
                index = first
    return out


def _only_treatments(tokens: list[Token], index: int) -> bool:
    """Whether the parentheses hold treatments and nothing else from there on."""
    end = next((at for at in range(index, len(tokens)) if tokens[at].type == "RPAR"), index)
    named = [token for token in tokens[index:end] if token.type not in ("OR", "COMMA", "SLASH", "ANDOR", "FILLER")]
    return bool(named) and all(token.kind in ("treatment", "operation") for token in named)
