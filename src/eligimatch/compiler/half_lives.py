"""Half-lives: lengths of time in half-lives of a drug, and whichever of two lengths is longer."""

from __future__ import annotations

import re

from eligimatch.compiler.tokens import TIME_UNITS, Token

_NAMES = frozenset({"CONCEPT", "WORDS", "EVENT", "HISTORY", "OTHER", "STUDY", "COURSE"})
_ENDS_NAME = frozenset({"COMMA", "LPAR", "RPAR", "WHICHEVER", "BEFORE", "OR"})
_DRUG = re.compile(r"^(?!.*(?:first|start|dose|day)).*\b(?:agent|drug|product|medication|treatment|therapy|medicine|compound)s?$", re.IGNORECASE)
_BETWEEN_LENGTHS = frozenset({"COMMA", "OR", "ANDOR", "LPAR", "COMPARE", "WITHIN", "DASH", "BEFORE", "EVENT"})


def half_lives(tokens: list[Token]) -> list[Token]:
    """ "28 days or 5 half-lives, whichever is longer": one length of time, said in its unit as `day|5|longer`."""
    if not any(token.value == "half-life" or token.type in ("WHICHEVER", "RPAR") for token in tokens):
        return tokens
    which = next((str(token.value) for token in tokens if token.type == "WHICHEVER"), "")
    told = any(token.value == "half-life" for token in tokens)
    out: list[Token] = []
    ended = False
    for index, token in enumerate(tokens):
        if token.type == "WHICHEVER":
            while out and out[-1].type in ("COMMA", "LPAR"):
                out.pop()
            ended = True
            continue
        if (ended and token.type == "COMMA") or (told and _of_the_drug(tokens, index)):
            continue
        ended = False
        if token.type == "RPAR" and sum((t.type == "LPAR") - (t.type == "RPAR") for t in out) <= 0:
            continue
        out.append(token)
        if told and (merged := _lengths(out, which)) is not None:
            out = merged
    return _alone(out)


def _of_the_drug(tokens: list[Token], index: int) -> bool:
    """Words after "5 half-lives" that say of which drug: "of the agent", "of the prior therapy"."""
    first = index
    while first and tokens[first].type in _NAMES:
        first -= 1
    if not first or tokens[first].type != "OF" or tokens[first - 1].type != "UNIT" or tokens[first - 1].value != "half-life":
        return False
    last = index + 1
    while last < len(tokens) and tokens[last].type in _NAMES:
        last += 1
    return last > first + 1 and _DRUG.search(tokens[last - 1].text) is not None and (last == len(tokens) or tokens[last].type in _ENDS_NAME)


def _lengths(out: list[Token], which: str) -> list[Token] | None:
    """The row with its last two lengths of time as one, where one of them is in half-lives."""
    if len(out) < 4 or out[-1].type != "UNIT" or out[-2].type != "NUMBER":
        return None
    at = len(out) - 3
    while at > 0 and out[at].type in _BETWEEN_LENGTHS:
        at -= 1
    if at == len(out) - 3 or out[at].type != "UNIT" or out[at - 1].type != "NUMBER" or not any(t.type in ("OR", "ANDOR", "LPAR") for t in out[at:]):
        return None
    first, second = (out[at - 1], out[at]), (out[-2], out[-1])
    if (first[1].value == "half-life") == (second[1].value == "half-life") or "|" in f"{first[1].value}{second[1].value}":
        return None
    days, halves = (second, first) if first[1].value == "half-life" else (first, second)
    if days[1].value not in TIME_UNITS:
        return None
    number = Token("NUMBER", days[0].value, first[0].start, first[0].end)
    unit = Token("UNIT", f"{days[1].value}|{halves[0].number:g}|{which}", first[1].start, second[1].end)
    anchor = [token for token in out[at + 1 : -2] if token.type in ("BEFORE", "EVENT")]
    return [*out[: at - 1], number, unit, *anchor]


def _alone(tokens: list[Token]) -> list[Token]:
    """ "within 5 half-lives": no days, or the half-lives where they are longer."""
    for index, token in enumerate(tokens):
        if token.type != "UNIT" or token.value != "half-life" or index < 2 or tokens[index - 1].type != "NUMBER":
            continue
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if tokens[index - 2].type in ("WITHIN", "LAST", "COMPARE") or after in ("BEFORE", "SINCE"):
            token.value = f"day|{tokens[index - 1].number:g}|longer"
            tokens[index - 1].value = 0.0
    return tokens
