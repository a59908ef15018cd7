"""Under treatment: "IOP > 25 mmHg on two drugs": of what is given while a number is taken, a drug is asked beside it, the rest a person tells."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

GIVEN = "given"
"""What a judgement of these is worth."""
_NUMBER = frozenset({"NUMBER", "UNIT", "LIMIT"})
_INSIDE = _NUMBER | frozenset(
    {"COMPARE", "WORDS", "QUALITY", "COURSE", "DOSE", "RECEIVING", "FILLER", "OF", "JUDGED", "OTHER", "TREATMENT_WITH", "ROUTE", "THROUGH", "WITH"}
)
_LINKS = frozenset({"AND", "OR", "ANDOR", "SLASH"})
_ON = re.compile(r"(?:on|under|while|whilst|despite|in spite|with|receiving|taking|using)\b", re.IGNORECASE)
_DRUGS = re.compile(r"\b(?:drugs?|medications?|agents?|medicines?|treatments?|therap(?:y|ies))\b", re.IGNORECASE)
_GENERAL = frozenset({"medication", "treatment", "prescription drug", "systemic therapy", "standard therapy", "supplemental oxygen"})


def under_treatment(tokens: list[Token]) -> list[Token]:
    """The tokens with what is given while a number is taken as one judgement; a drug alone as what goes with the number."""
    at = next((at for at in range(1, len(tokens)) if _begins(tokens, at)), 0)
    end = at + 1
    while at and end < len(tokens) and (_inside(tokens[end]) or (tokens[end].type in _LINKS and all(map(_treats, tokens[end + 1 : end + 2])))):
        end += 1
    said = tokens[at:end] if at else []
    if not any(_treats(token) or _DRUGS.search(token.text) for token in said) or not (end == len(tokens) or tokens[end].type in ("COMMA", "RPAR")):
        return tokens
    *lead, last = said
    named = last.kind == "treatment" and _GENERAL.isdisjoint(last.names) and all(token.type in ("RECEIVING", "BY") for token in lead)
    if named and lead and not lead[0].text.lower().startswith(("despite", "in spite")):
        return [*tokens[:at], _become_with(lead[0]), *tokens[end - 1 :]]
    if lead and lead[0].type == "WITH" and lead[0].text.lower() != "under" and _treats(said[1]):
        return tokens
    told = Token("JUDGEMENT", GIVEN, said[0].start, last.end)
    told.text = " ".join(token.text for token in said)
    return [*tokens[:at], told, *tokens[end:]]


def _begins(tokens: list[Token], at: int) -> bool:
    """Whether the words tell what is given, after a number other than an age."""
    token, before = tokens[at], tokens[:at]
    opens = token.type in ("RECEIVING", "BY", "WORDS", "WITH", "JUDGED") or (token.type == "COMPARE" and token.text.lower() == "under")
    analytes = [one for one in before if one.kind == "analyte"]
    return opens and _ON.match(token.text) is not None and before[-1].type in _NUMBER and bool(analytes) and "age" not in analytes[-1].names


def _inside(token: Token) -> bool:
    return token.type in _INSIDE or _treats(token)


def _treats(token: Token) -> bool:
    return token.kind == "treatment"


def _become_with(token: Token) -> Token:
    become(token, "WITH", "with")
    return token
