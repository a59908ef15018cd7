"""Standards: criteria and scales said by their name, and the words that lead to them."""

from __future__ import annotations

from itertools import takewhile

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token


def without_examinations(tokens: list[Token]) -> list[Token]:
    """ "healthy, as determined by medical history, physical examination and ECG": how it is found, where a history is among what shows it."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        run = list(takewhile(_examines, tokens[index + 1 :])) if tokens[index].type == "BY" and out else []
        end = index + 1 + len(run)
        ends = end == len(tokens) or tokens[end].type in ("STOP", "SEMICOLON", "RPAR")
        if ends and any(token.type == "METHOD" for token in run) and any(token.kind == "procedure" for token in run):
            while out and out[-1].type == "COMMA":
                out.pop()
            index = end
        else:
            out.append(tokens[index])
            index += 1
    return out


def _examines(token: Token) -> bool:
    named = token.kind == "procedure" or (token.type == "WORDS" and token.text.lower() in _EXAMINATIONS)
    return named or token.type in ("METHOD", "COMMA", "AND", "OR", "ANDOR", "FILLER", "SLASH")


def using(tokens: list[Token], index: int) -> None:
    """ "asthma using the X criteria": by them."""
    row = takewhile(lambda token: token.type in ("WORDS", "FILLER", "METHOD", "NUMBER"), tokens[index + 1 :])
    if tokens[index].text.lower() == "using" and any(token.text.lower() in _CRITERIA for token in row):
        become(tokens[index], "BY", "by")


def by_name(tokens: list[Token], index: int) -> None:
    """ "as defined by NYHA", "according to the A and B criteria", "RECIST-defined": a scale or criteria by their name, not a definition."""
    token = tokens[index]
    if index and tokens[index - 1].type == "METHOD" and token.start == tokens[index - 1].end + 1 and token.text.lower() == "defined":
        become(token, "FILLER", "")
    end = next((at for at in range(index + 1, len(tokens)) if not (tokens[at].type in _NAMING or _year(tokens[at]))), len(tokens))
    named = [at for at in range(index + 1, end) if tokens[at].type != "FILLER"]
    if not token.text.lower().endswith((" by", " to", "per")) or not named or (end < len(tokens) and tokens[end].type not in _ENDS):
        return
    scale = len(named) == 1 and tokens[named[0]].kind == "stage"
    of_year = any(tokens[at].type == "NUMBER" for at in named)
    if scale or ((tokens[named[0]].type == "WORDS" or of_year) and tokens[named[-1]].text.lower() in _CRITERIA):
        become(token, "BY", "by")
        for at in named:
            if tokens[at].type in ("AND", "NUMBER") or of_year:
                become(tokens[at], "WORDS", "")
                tokens[at].names, tokens[at].kind = (), ""


def _year(token: Token) -> bool:
    """The year of a publication."""
    return token.type == "NUMBER" and token.text.isdecimal() and len(token.text) == 4 and token.text[:2] in ("19", "20")


_EXAMINATIONS = frozenset({"testing", "tests", "test", "results", "examination", "examinations", "evaluation", "assessment", "assessments", "exam"})
_NAMING = frozenset({"WORDS", "CONCEPT", "AND", "METHOD", "FILLER"})
_ENDS = frozenset({"STOP", "SEMICOLON", "COMMA", "RPAR", "LPAR", "WITHIN"})
_CRITERIA = frozenset({"criteria", "classification", "guidelines", "guideline", "definition", "consensus"})


_FORMULAS = (("frideric", "QTcF"), ("bazett", "QTcB"))
_QTC, _ENDS = "QTc", frozenset({"AND", "OR", "STOP", "SEMICOLON"})


def corrected_by(tokens: list[Token]) -> list[Token]:
    """ "QTc interval using the Fridericia formula": the number by that formula, whichever side of its limit it is named on."""
    if not any(token.names == (_QTC,) for token in tokens):
        return tokens
    whole = " ".join(token.text.lower() for token in tokens)
    named = [(words, name) for words, name in _FORMULAS if words in whole]
    for at, token in enumerate(tokens):
        others = (end for end in range(at + 1, len(tokens)) if tokens[end].type in _ENDS or tokens[end].kind in ("analyte", "condition"))
        said = " ".join(one.text.lower() for one in tokens[at : next(others, len(tokens))])
        if token.names == (_QTC,) and len(named) == 1 and named[0][0] in said:
            token.names = (named[0][1],)
    return tokens
