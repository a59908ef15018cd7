"""Respective limits: "creatinine or clearance ≤ 1.5 × ULN or ≥ 60 mL/min" with each limit beside the analyte that it is of."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

_LINKS = frozenset({"OR", "ANDOR"})
_BETWEEN = _LINKS | {"METHOD", "CONCEPT", "COMMA", "FASTING"}


def respective(tokens: list[Token]) -> list[Token]:
    """The tokens with a limit in ULN moved to the first analyte, where a lower limit in a unit is of the others."""
    for at in range(1, len(tokens) - 6):
        end = at + (4 if tokens[at + 2].type == "TIMES" else 3)
        row = [token.type for token in tokens[at : end + 4] if token.type != "TIMES"]
        if row != ["COMPARE", "NUMBER", "LIMIT", "OR", "COMPARE", "NUMBER", "UNIT"] or not _apart(tokens[at], tokens[end + 1]):
            continue
        first = at
        while first and tokens[first - 1].type in _BETWEEN and (tokens[first - 1].type != "CONCEPT" or tokens[first - 1].kind == "analyte"):
            first -= 1
        named = [index for index in range(first, at) if tokens[index].type == "CONCEPT"]
        if len(named) > 1 and any(token.type in _LINKS for token in tokens[named[0] : named[1]]) and not (set(_names(tokens, named)) & {"COMMA"}):
            own = named[0] + 1
            return [*tokens[:own], *tokens[at:end], *tokens[own:at], *tokens[end + 1 :]]
    return tokens


def of_each_sex(tokens: list[Token]) -> list[Token]:
    """ "≥ 1.5 and ≥ 1.4 mg/dL in men and women": each sex beside the limit that is its own."""
    at = next((index for index in range(4, len(tokens) - 1) if _both_sexes(tokens[index : index + 2])), 0)
    units = [token for token in tokens[max(at - 1, 0) : at] if token.type == "UNIT"]
    second = at - len(units) - 1
    if second < 3:
        return tokens
    number, start = tokens[second], second - (tokens[second - 1].type == "COMPARE")
    end = start - 1
    first = end - 2 if tokens[end - 1].type == "UNIT" else end - 1
    row = [tokens[index].type for index in (first - 1, first, end, second)] if first > 0 else []
    if row not in (["COMPARE", "NUMBER", "AND", "NUMBER"], ["COMPARE", "NUMBER", "OR", "NUMBER"]):
        return tokens
    sign, group = tokens[start] if start < second else tokens[first - 1], tokens[at + 1]
    sexes = ("male", "female") if group.text.lower().startswith(("m", "b")) else ("female", "male")
    own, other = (_of_sex(sex, tokens[at], group) for sex in sexes)
    return [*tokens[:first], tokens[first], *(tokens[first + 1 : end] or units), *own, tokens[end], sign, number, *units, *other, *tokens[at + 2 :]]


def _both_sexes(row: list[Token]) -> bool:
    return row[0].type in ("IN", "FOR") and row[1].names == ("either sex",) and " and " in row[1].text.lower()


def _of_sex(sex: str, word: Token, group: Token) -> list[Token]:
    token = Token("CONCEPT", "group", group.start, group.end, (sex,))
    token.text = sex
    return [Token(word.type, word.value, word.start, word.end), token]


def _apart(first: Token, second: Token) -> bool:
    """Whether the first is an upper limit and the second a lower one."""
    return str(first.value)[0] == "<" and str(second.value)[0] == ">"


def _names(tokens: list[Token], named: list[int]) -> list[str]:
    return [token.type for token in tokens[named[0] : named[-1]]]


def limit_told(tokens: list[Token]) -> list[Token]:
    """ "SGPT ≤ 3 × ULN. For this study the ULN for SGPT is 45 U/L" as "SGPT ≤ 135 U/L", where no other analyte is named."""
    for at in range(len(tokens) - 4):
        of = at + (4 if [token.type for token in tokens[at + 1 : at + 4]] == ["LPAR", "LIMIT", "RPAR"] else 1)
        told = tokens[at].type == "LIMIT" and tokens[at].value == "uln" and [token.type for token in tokens[of : of + 1]] == ["FOR"]
        if not told or [token.kind for token in tokens[of + 1 : of + 2]] != ["analyte"]:
            continue
        number = next((index for index in range(of + 2, min(of + 14, len(tokens))) if tokens[index].type not in _TELLING), 0)
        if [token.type for token in tokens[number : number + 2]] != ["NUMBER", "UNIT"] or not number:
            continue
        names = {name for token in tokens if token.kind in ("analyte", "score") for name in token.names}
        start = max((index for index in range(at) if tokens[index].type in ("STOP", "SEMICOLON", "LPAR", "NUMBER", "LIMIT", "UNIT")), default=-1)
        if names == set(tokens[of + 1].names) and start >= 0:
            return _in_units([*tokens[: start + 1], *tokens[number + 2 :]], tokens[number], tokens[number + 1])
    return tokens


_TELLING = frozenset({"FILLER", "MUST", "WORDS", "LPAR", "RPAR", "CONCEPT", "COMPARE", "TO", "OF"})


def _in_units(tokens: list[Token], number: Token, unit: Token) -> list[Token]:
    """The tokens with each multiple of the limit in its unit."""
    out: list[Token] = []
    for token in tokens:
        if token.type != "LIMIT" or token.value != "uln" or not out:
            out.append(token)
            continue
        times = out[-2] if out[-1].type == "TIMES" and len(out) > 1 else out[-1]
        if times.type != "NUMBER":
            return tokens
        if out[-1].type == "TIMES":
            out.pop()
        times.value = float(str(times.value)) * float(str(number.value))
        out.append(Token("UNIT", unit.value, token.start, token.end))
        out[-1].text = token.text
    return out
