"""Proofs: whether "biopsy" and the like are what proves a disease, or what was done."""

from __future__ import annotations

from eligimatch.compiler.terminals import may_be
from eligimatch.compiler.tokens import Token

_JOINS = frozenset({"OR", "AND", "ANDOR", "COMMA", "SLASH"})
_BETWEEN = _JOINS | {"FILLER"}
_OPENS_MEMBER = _JOINS | {"", "NOT", "HISTORY", "SEMICOLON", "STOP", "COLON", "SEVERITY", "EXCEPT", "INCLUDING"}
_SAYS_WHEN = frozenset({"WITHIN", "LAST", "BEFORE", "COMPARE", "SINCE", "AGO"})
_PROVES = ("BY", "DEFINED", "EVIDENCE")


def done(tokens: list[Token], index: int) -> bool:
    """Whether a procedure was done: "surgery or | biopsy | within 2 weeks", "prior | biopsy", "| biopsy | or infection"."""
    if tokens[index].kind != "procedure":
        return False
    before = next((token.type for token in reversed(tokens[:index]) if token.type != "FILLER"), "")
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before in _OPENS_MEMBER and after in _SAYS_WHEN:
        return True
    return (before in _JOINS or before == "HISTORY" or (before in _OPENS_MEMBER and after in _JOINS)) and not _proves(tokens, index)


def _proves(tokens: list[Token], index: int) -> bool:
    """Whether its sentence speaks of proof before it, or a list of proofs goes on after it."""
    since = max((at for at in range(index) if tokens[at].type in ("STOP", "SEMICOLON")), default=-1)
    following = [token for token in tokens[index + 1 : index + 4] if token.type not in _BETWEEN]
    return any(may_be(token, type_) for token in (*tokens[since + 1 : index], *following[:1]) for type_ in _PROVES)


def beside_evidence(tokens: list[Token], index: int) -> bool:
    """ "histological, pathological or cytological": one proof of several."""
    before = next((token.type for token in reversed(tokens[:index]) if token.type not in _BETWEEN), "")
    after = next((token.type for token in tokens[index + 1 :] if token.type not in _BETWEEN), "")
    return "EVIDENCE" in (before, after)
