"""Assays: the tests that show a marker, and what is lost of several: "MSI-H by PCR or NGS", "loss of MLH1, MSH2 or PMS2"."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

_LISTED = frozenset({"COMMA", "OR", "ANDOR", "AND", "SLASH"})
_PROTEIN = ("expression", "protein", "protein expression", "staining", "nuclear expression", "nuclear staining")


def one_assay(tokens: list[Token]) -> list[Token]:
    """ "MSI-H by PCR or NGS": the first test alone, the others show the same."""
    out: list[Token] = []
    shown = False
    for token in tokens:
        if token.type in ("METHOD", "BY") and out:
            shown = out[-1].kind == "marker" or out[-1].type == "RESULT"
        elif token.kind == "procedure" and shown:
            if len(out) > 1 and out[-1].type in _LISTED and (out[-2].kind == "procedure" or out[-2].type == "METHOD"):
                del out[-1]
                continue
        elif token.type not in _LISTED:
            shown = False
        out.append(token)
    return out


def losses(tokens: list[Token]) -> list[Token]:
    """ "loss of MLH1, MSH2 or PMS2 expression" as "MLH1 lost, MSH2 lost or PMS2 lost"."""
    if not any(_loss(token) for token in tokens):
        return tokens
    out: list[Token] = []
    lost = False
    for index, token in enumerate(tokens):
        if _loss(token) and index + 1 < len(tokens) and tokens[index + 1].kind == "marker":
            lost = True
        elif lost and (token.type == "RESULT" or token.text.lower() in _PROTEIN):
            continue
        elif token.kind == "marker" and lost:
            result = Token("RESULT", "lost", token.end, token.end)
            out += [token, result]
        else:
            lost = lost and token.type in _LISTED
            out.append(token)
    return out


def _loss(token: Token) -> bool:
    return token.type == "CHANGE" and token.text.lower().removeprefix("a ") == "loss of"
