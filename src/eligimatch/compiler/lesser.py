"""The lesser: of two limits of one number, the lower or the higher: "≥ 50 % or ≥ the lower limit of normal, whichever is lower"."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token

_OF_LIMIT = frozenset({"NUMBER", "UNIT", "TIMES", "LIMIT", "FILLER"})
_AROUND = frozenset({"COMMA", "LPAR", "FILLER"})
_TIMES = TIME_UNITS | {"half-life"}


def lesser_or_greater(tokens: list[Token]) -> list[Token]:
    """Two limits of which the lower or the higher counts, as two limits joined by "and" or "or". Words for times stay; others are not understood."""
    for at, token in enumerate(tokens):
        if token.type != "WHICHEVER":
            continue
        end = at
        while end and tokens[end - 1].type in _AROUND:
            end -= 1
        pair = _pair(tokens, end)
        if pair is None and any(map(_of_time, tokens[:at])):
            continue
        joined = _joined(tokens, pair, token.value == "shorter") if pair else None
        if pair is None or joined is None:
            become(token, "WORDS", token.text)
            continue
        after = at + 1 + (any(one.type == "LPAR" for one in tokens[end:at]) and at + 1 < len(tokens) and tokens[at + 1].type == "RPAR")
        return lesser_or_greater([*tokens[: pair.link], *joined, *tokens[pair.second : end], *tokens[after:]])
    return tokens


class _Pair(NamedTuple):
    """Where two limits and what stands between them begin."""

    first: int
    link: int
    second: int


def _joined(tokens: list[Token], pair: _Pair, lesser: bool) -> list[Token] | None:
    """What stands between the limits: of the lesser of two upper limits both hold, of the lesser of two lower limits one is enough."""
    sign = [] if tokens[pair.second].type == "COMPARE" else [copy(tokens[pair.first])]
    link = copy(tokens[pair.link])
    both = (str(tokens[pair.first].value)[0] == "<") == lesser
    become(link, "AND" if both else "OR", link.value)
    noun = next((token for token in reversed(tokens[: pair.first]) if token.kind in ("analyte", "score")), None)
    if both and noun is None:
        return None
    return [link, *([copy(noun)] if both and noun else []), *sign]


def _pair(tokens: list[Token], end: int) -> _Pair | None:
    """The two limits that end here; None where there are no two numbers of the same side."""
    second = _begin(tokens, end)
    second -= 0 < second < end and tokens[second - 1].type == "COMPARE"
    link = second - 1
    while link > 0 and tokens[link].type == "FILLER":
        link -= 1
    if second == end or link < 2 or tokens[link].type != "OR":
        return None
    before = link - (tokens[link - 1].type == "COMMA")
    first = _begin(tokens, before) - 1
    if first < 0 or first == before - 1 or tokens[first].type != "COMPARE" or any(map(_of_time, tokens[first:end])):
        return None
    sides = {str(token.value)[0] for token in (tokens[first], tokens[second]) if token.type == "COMPARE"}
    return _Pair(first, link, second) if sides in ({"<"}, {">"}) else None


def _begin(tokens: list[Token], end: int) -> int:
    """Where the number, unit and limit begin that end here; `end` where there is none."""
    start = end
    while start and tokens[start - 1].type in _OF_LIMIT:
        start -= 1
    return start if any(token.type in ("NUMBER", "LIMIT") for token in tokens[start:end]) else end


def _of_time(token: Token) -> bool:
    return (token.type == "UNIT" and str(token.value).split("|")[0] in _TIMES) or token.type in ("EVENT", "WITHIN", "LAST")
