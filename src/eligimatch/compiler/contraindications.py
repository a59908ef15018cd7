"""Contraindications: "contraindication to A or B" as the one condition that a person judges, with what it is to."""

from __future__ import annotations

from eligimatch.compiler.intolerances import intolerances
from eligimatch.compiler.terminals import LINKS
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.waits import waits

CONTRAINDICATION = "contraindication"
OF_ITS_NOUN = "of its noun"
"""The value of a judgement that no other member of a list shares."""
_LEADS = frozenset({"TO", "FOR", "WITH", "OF", "BY"})
_GIVEN = frozenset({"treatment", "operation", "procedure", "substance"})
_THING = frozenset({"AGENT", "STUDY", "INGREDIENT", "TREATMENT_WITH", "RECEIVING", "PLANNED"})
_BEFORE_GIVEN = frozenset({"FILLER", "OTHER", "TO", "FOR", "WITH", "ROUTE", "INTENT", "SLASH"})
_SILENT = frozenset(
    "FILLER OF TO FOR IN BY OTHER WORDS ROUTE INTENT JUDGED QUALITY METHOD ONLY SIDE NUMBER EVENT START LINE DOSE DASH RECEIVED EQUIVALENT".split()
)


def contraindications(tokens: list[Token]) -> list[Token]:
    """The tokens with what each contraindication is to as a judgement of it; intolerances and waits of treatments first."""
    tokens = waits(intolerances(tokens))
    if all(CONTRAINDICATION not in name for token in tokens if token.kind == "condition" for name in token.names):
        return tokens
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        out.append(token)
        index += 1
        if token.kind != "condition" or not any(name.startswith(CONTRAINDICATION) for name in token.names):
            continue
        led = index < len(tokens) and (tokens[index].type in _LEADS or tokens[index].text.lower().endswith("use of"))
        if token.names[0] == CONTRAINDICATION and not led and len(out) > 1 and out[-2].kind in _GIVEN:
            out[-2:] = _of_what_precedes(out[-2], token)
        elif token.names[0] == CONTRAINDICATION and led:
            end = _to_what(tokens, index)
            out.append(_judgement(tokens[index:end]))
            index = end
        elif token.names[0] != CONTRAINDICATION:
            index = _others(tokens, index, out)
    return out


def _of_what_precedes(given: Token, token: Token) -> list[Token]:
    """ "gadolinium is contraindicated", "acupuncture contraindication": one to what stands before it."""
    named = Token("CONCEPT", "condition", given.start, token.end, (CONTRAINDICATION,))
    named.text = CONTRAINDICATION
    judged = Token("JUDGEMENT", OF_ITS_NOUN, token.end, token.end)
    judged.text = ""
    return [named, judged]


def _others(tokens: list[Token], index: int, out: list[Token]) -> int:
    """ "contraindication to MRI or to contrast": the further things, each with a contraindication of its own."""
    while (first := _after_links(tokens, index)) > index and _given(tokens, first):
        end = _segment(tokens, first)
        named = Token("CONCEPT", "condition", tokens[first].start, tokens[first].start, (CONTRAINDICATION,))
        named.text = CONTRAINDICATION
        out += [*tokens[index:first], named, _judgement(tokens[first:end])]
        index = end
    return index


def _to_what(tokens: list[Token], index: int) -> int:
    """Where the list of what is contraindicated ends."""
    end = _segment(tokens, index + 1)
    while (first := _after_links(tokens, end)) > end and _given(tokens, first):
        end = _segment(tokens, first)
    return max(end, index + 1)


def _segment(tokens: list[Token], index: int) -> int:
    while index < len(tokens) and _belongs(tokens[index]):
        index += 1
    return index


def _belongs(token: Token) -> bool:
    having = token.type == "WITH" and token.text.lower() == "having"  # "to having an MRI"
    return having or token.type in _SILENT | _THING or token.kind in _GIVEN | {"analyte", "site"}


def _after_links(tokens: list[Token], index: int) -> int:
    while index < len(tokens) and tokens[index].type in LINKS and tokens[index].type not in ("COLON", "THAT"):
        index += 1
    return index


def _given(tokens: list[Token], index: int) -> bool:
    """Whether a thing that is given or done begins here, of which nothing else is told."""
    first = next((token for token in tokens[index:] if token.type not in _BEFORE_GIVEN), None)
    if first is None or not (first.kind in _GIVEN or first.type in ("AGENT", "INGREDIENT", "STUDY", "WORDS")):
        return False
    end = _segment(tokens, index)
    return end == len(tokens) or tokens[end].type in LINKS | {"STOP", "SEMICOLON", "LPAR", "RPAR", "INCLUDING", "EXCEPT", "UNLESS"}


def _judgement(tokens: list[Token]) -> Token:
    judged = Token("JUDGEMENT", OF_ITS_NOUN, tokens[0].start, tokens[-1].end)
    judged.text = tokens[0].text
    return judged
