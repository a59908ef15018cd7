"""Assays: the tests that show a marker, and what is lost of several: "MSI-H by PCR or NGS", "loss of MLH1, MSH2 or PMS2"."""

from __future__ import annotations

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_LISTED = frozenset({"COMMA", "OR", "ANDOR", "AND", "SLASH"})
_EXPRESSES = ("express", "expresses")
_PROTEIN = ("expression", "protein", "protein expression", "staining", "nuclear expression", "nuclear staining")


_MARROW, _NEAR = "bone marrow blast percentage", 7
_GOES_ON = frozenset({"WORDS", "CONCEPT", "OF", "RESULT"})
_LEVELS = frozenset({"high", "low"})
_KINDS = frozenset({"activating", "oncogenic", "pathogenic", "deleterious", "actionable", "targetable", "sensitizing", "driver", "known"})
_LOSS = frozenset({"loss", "null", "losses"})


def one_assay(tokens: list[Token]) -> list[Token]:
    """ "MSI-H by PCR or NGS": the first test alone, the others show the same."""
    out: list[Token] = []
    shown = False
    for index, token in enumerate(tokens):
        if token.type == "EVENT" and out and _on(out, token) and index + 1 < len(tokens) and tokens[index + 1].kind == "procedure":
            become(out[-1], "BY", "by")
            continue  # "on baseline CT, MRI or bone scan", "at the screening ECG"
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


def _on(before: list[Token], event: Token) -> bool:
    """Whether a test follows by which a number was found: "≤ 470 ms on the | screening ECG"."""
    at_screening = event.value == "as_of" and before[-1].type in ("IN", "AT", "DURING") and any(token.type == "COMPARE" for token in before)
    return at_screening or before[-1].type == "BY"


def of_clotting(tokens: list[Token]) -> list[Token]:
    """ "APTT < 1.5 × ULN, FBG > 1.5 g/L": fibrinogen among tests of clotting, no fasting glucose."""
    beside = any(not _CLOTTING.isdisjoint(token.names) for token in tokens)
    for index, token in enumerate(tokens):
        if beside and token.text.upper() == "FBG" and all(one.value != "mmol/L" for one in tokens[index + 1 : index + 5]):
            token.names = ("fibrinogen level",)
    return tokens


_CLOTTING = frozenset(
    {"fibrinogen level", "INR", "prothrombin time", "prothrombin activity", "activated partial thromboplastin time", "thrombin time", "D-dimer"}
)


def in_blood(tokens: list[Token]) -> list[Token]:
    """ "blasts ≤ 20% in peripheral blood" as "peripheral blood blasts ≤ 20%"."""
    for index, token in enumerate(tokens):
        if token.names[:1] != (_MARROW,) or "marrow" in token.text.lower():
            continue
        for at in range(index + 1, min(len(tokens) - 1, index + _NEAR)):
            if tokens[at].type in ("IN", "WITHIN") and tokens[at + 1].text.lower() in ("peripheral blood", "blood", "the blood", "circulation"):
                token.names = ("peripheral blood blast percentage",)
                return [*tokens[:at], *tokens[at + 2 :]]
            if tokens[at].type in ("CONCEPT", "AND", "OR", "COMMA"):
                break
    return tokens


def expressed(tokens: list[Token]) -> list[Token]:
    """ "tumors that express CD20", "the tumor must express CD20" as tumors expressing it."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type == "WORDS" and token.text.lower() in _EXPRESSES and any(one.kind == "marker" for one in tokens[index + 1 : index + 2]):
            while len(out) > 1 and out[-1].type in ("THAT", "MUST"):
                out.pop()
            become(token, "WITH", "with")
            token.text = "expressing"
        out.append(token)
    return out


def losses(tokens: list[Token]) -> list[Token]:
    """ "loss of MLH1, MSH2 or PMS2 expression" as "MLH1 lost, MSH2 lost or PMS2 lost"."""
    tokens = [_lost(token) if _after_marker(tokens, index) else token for index, token in enumerate(tokens)]
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


def further_results(tokens: list[Token]) -> list[Token]:
    """ "EGFR mutation or amplification" as "EGFR mutation or EGFR amplification", "DLL3-high" as a result, "oncogenic KRAS mutation" as any."""
    tokens = _alias_after(tokens)
    out: list[Token] = []
    marker: Token | None = None
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if marker and token.type == "WORDS" and token.text.lower() in _LOSS and out[-1].type in _LISTED and _ends(following):
            token = _lost(token)  # noqa: PLW2901 - "TP53 mutation or | loss"
        if token.type == "WITH" and token.text.lower() == "expressing" and out and out[-1].kind == "marker" and _ends(following):
            become(token, "RESULT", "positive")  # "CD30-expressing lymphoma"
        if marker and token.type == "RESULT" and out[-1].type in _LISTED and (following is None or following.kind != "marker"):
            if following is None or following.type not in ("OF", "IN", "FOR", "TO"):
                again = Token("CONCEPT", "marker", token.start, token.start, marker.names)
                again.text, again.kind = marker.text, marker.kind
                out.append(again)
        elif token.type == "RESULT" and out and _is_marker(out[-1]) and not (len(out) > 1 and out[-2].type in _LISTED):
            marker = out[-1]
        elif token.type not in _LISTED or not _goes_on(following):
            marker = None
        if token.type == "WORDS" and token.text.lower() in _LEVELS and out and out[-1].kind == "marker" and _ends(following):
            become(token, "RESULT", token.text.lower())
        if not (token.type in ("WORDS", "QUALITY") and token.text.lower() in _KINDS and following is not None and _mutated(tokens[index + 1 :])):
            out.append(token)
    return out


def _alias_after(tokens: list[Token]) -> list[Token]:
    """ "ERBB2 (HER2) | mutation" as "ERBB2 mutation (HER2)"."""
    for at in range(len(tokens) - 4):
        name, opened, other, closed, result = tokens[at : at + 5]
        row = (name.kind, opened.type, other.kind, closed.type, result.type)
        if row == ("marker", "LPAR", "marker", "RPAR", "RESULT"):
            return [*tokens[: at + 1], result, opened, other, closed, *_alias_after(tokens[at + 5 :])]
    return tokens


def _goes_on(following: Token | None) -> bool:
    """Whether a further result may follow a link."""
    return following is not None and (following.type in (*_LISTED, "RESULT") or following.text.lower() in _LOSS)


def _is_marker(token: Token) -> bool:
    """Whether a name is of a marker, "EGFR" before a result too."""
    return token.kind == "marker" or ("EGFR" in token.names and token.text.startswith("E"))


def _ends(following: Token | None) -> bool:
    """Whether a level is all that is said of the marker before it: "DLL3-high", "MSLN-high tumors"."""
    return following is None or following.type in (*_LISTED, "LPAR", "RPAR", "BY", "METHOD", "STOP") or following.kind == "condition"


def _mutated(tokens: list[Token]) -> bool:
    """Whether markers follow of which a mutation is asked."""
    at = 0
    while at < len(tokens) and (tokens[at].kind == "marker" or tokens[at].type in _LISTED):
        at += 1
    return 0 < at < len(tokens) and tokens[at].type == "RESULT" and tokens[at].value in ("mutated", "altered")


def _after_marker(tokens: list[Token], index: int) -> bool:
    """Whether a word for loss ends what is said of a marker: "RB1 | loss", not "the EGFR loss of function mutation"."""
    token = tokens[index]
    marked = index > 0 and tokens[index - 1].kind == "marker" and token.type == "WORDS" and token.text.lower() in _LOSS
    return marked and (index + 1 == len(tokens) or tokens[index + 1].kind == "condition" or tokens[index + 1].type not in _GOES_ON)


def _lost(token: Token) -> Token:
    result = Token("RESULT", "lost", token.start, token.end)
    result.text = token.text
    return result


def _loss(token: Token) -> bool:
    return token.type == "CHANGE" and token.text.lower().removeprefix("a ") == "loss of"


def expression(word: Token) -> Token:
    """What "expressing" says of the marker after it."""
    result = Token("RESULT", "positive", word.start, word.end)
    result.text = word.text
    return result
