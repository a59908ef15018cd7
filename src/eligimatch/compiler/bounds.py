"""Bounds: the two ends of a range, however each is compared, as two plain limits."""

from __future__ import annotations

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_TO = frozenset({"THROUGH", "TO", "AND", "COMMA"})
_TO_WORDS = frozenset({"to", "through", "-", "–", "—", "~", "and"})
_LEAST_SYSTOLIC, _MOST_SYSTOLIC, _LEAST_DIASTOLIC = 70, 260, 40
"""Limits of blood pressure that criteria name, in mm Hg."""
_BETWEEN_GROUPS = frozenset({"AND", "OR", "ANDOR", "COMMA", "SLASH"})
_LOWER = frozenset({">", ">="})
_TWO_SIDES = [["COMPARE", "NUMBER", *link, "COMPARE", "NUMBER", "UNIT"] for link in (["OR"], ["AND"], ["COMMA", "OR"])]
_SEXES = ("male", "female")
_UPPER = frozenset({"<", "<="})


def bounds(tokens: list[Token]) -> list[Token]:
    """ "≥ 18 to 75", "between ≥ 18 and ≤ 65", "0 to ≤ 55" as "≥ 18 and ≤ 75"; "≥ 18 years or older" as "≥ 18 years"."""
    if not any(token.type in ("COMPARE", "COMPARE_AFTER") for token in tokens):
        return tokens
    tokens = _again(_apart(_pairs(_pressures(_once(_of_each(_counts(_in_two_units(tokens))))))))
    tokens = [token for index, token in enumerate(tokens) if not _said_again(tokens, index)]
    out: list[Token] = []
    for index, token in enumerate(tokens):
        before = _limit_before(out)
        if token.type == "COMPARE_AFTER" and before is not None and out[before].type == "COMPARE" and out[before].value == token.value:
            continue
        if before is not None and _to(tokens, index) and _ends(out, before, token, tokens[index + 1]):
            least = out[before].type != "COMPARE"
            if least:
                out.insert(before, _sign(">=", "≥", out[before].start))
            become(token, "AND", "and")
            out.append(token)
            if tokens[index + 1].type == "NUMBER":
                out.append(_sign("<=", "≤", tokens[index + 1].start))
            continue
        out.append(token)
    return _without_between(out)


def _in_two_units(tokens: list[Token]) -> list[Token]:
    """ "testosterone (< 50 ng/dL or < 1.7 nmol/L)" without the parentheses."""
    limit = ["COMPARE", "NUMBER", "UNIT"]
    for at in range(len(tokens) - 9):
        row = tokens[at : at + 10]
        if row[0].kind == "analyte" and [token.type for token in row[1:]] == ["LPAR", *limit, "OR", *limit, "RPAR"] and row[2].value == row[6].value:
            return [*tokens[: at + 1], *row[2:9], *tokens[at + 10 :]]
    return tokens


def _counts(tokens: list[Token]) -> list[Token]:
    """ "at least one but no more than two | prior lines" as "between one and two"."""
    out = list(tokens)
    for at in range(len(out) - 5, -1, -1):
        if out[at].type != "COMPARE":
            continue
        link = at + 2 + (out[at + 2].type == "COMMA")
        row = [token.type for token in (*out[at : at + 2], *out[link : link + 3])]
        comma = [token.type for token in out[link + 3 : link + 5]] in (["COMMA", "HISTORY"], ["COMMA", "LINE"])  # ", but no more than 2, prior lines"
        after = out[link + 3 + comma] if link + 3 + comma < len(out) else None
        counted = after is not None and (after.type in ("HISTORY", "LINE") or after.kind in ("treatment", "operation"))
        bounded = row in (["COMPARE", "NUMBER", word, "COMPARE", "NUMBER"] for word in ("AND", "THAT"))
        if counted and bounded and (out[at].value, out[link + 1].value) == (">=", "<="):
            become(out[at], "BETWEEN", "between")
            become(out[link], "AND", "and")
            del out[link + 3 : link + 3 + comma]
            out[at + 2 : link + 2] = [out[link]]
    return out


def _of_each(tokens: list[Token]) -> list[Token]:
    """ "> 102 cm for men and 88 cm for women": the second group's number is compared as the first one's."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type == "NUMBER" and out and out[-1].type in _BETWEEN_GROUPS and (unit := _for_group(tokens, index)) is not None:
            sign = _compared_for_group(out, unit)
            if sign is not None:
                out.append(_sign(str(sign.value), sign.text, token.start))
        out.append(token)
    return out


def _for_group(tokens: list[Token], index: int) -> str | None:
    """The unit of a number said of a group of people, "88 cm | for women", "88 cm (women)"; None where no group follows."""
    unit = index + 1 < len(tokens) and tokens[index + 1].type == "UNIT"
    row = tokens[index + 1 + unit : index + 3 + unit]
    told = len(row) == 2 and row[0].type in ("FOR", "IN", "LPAR") and row[1].kind == "group"
    return (str(tokens[index + 1].value) if unit else "") if told else None


def _compared_for_group(out: list[Token], unit: str) -> Token | None:
    """How the number before was compared, where it is of a group too and in the same unit."""
    at = len(out) - 1
    while at >= 0 and out[at].type in _BETWEEN_GROUPS | {"RPAR"}:
        at -= 1
    while at >= 0 and out[at].kind == "group":
        at -= 1
    start = at - 2 - bool(unit)
    row = [token.type for token in out[start:at]] if start >= 0 and out[at].type in ("FOR", "IN", "LPAR") else []
    same = row == ["COMPARE", "NUMBER", *(["UNIT"] if unit else [])] and (not unit or str(out[at - 1].value) == unit)
    return out[start] if same else None


def _once(tokens: list[Token]) -> list[Token]:
    """ "3 × ULN (upper limit of normal)" with the limit named once."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        row = tokens[index : index + 3]
        again = [token.type for token in row] == ["LPAR", "LIMIT", "RPAR"] and bool(out) and out[-1].type == "LIMIT" and out[-1].value == row[1].value
        if not again:
            out.append(tokens[index])
        index += 3 if again else 1
    return out


def _apart(tokens: list[Token]) -> list[Token]:
    """ "below 30 or above 70 years" with the unit said twice; "platelets ≥ 100 × 10^9/L hemoglobin ≥ 9 g/dL" with a comma between."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1].type if index + 1 < len(tokens) else ""
        named = token.type == "CONCEPT" and token.kind in ("analyte", "score") and following == "COMPARE"
        if named and len(out) > 3 and _limited(out):
            out.append(Token("COMMA", ",", token.start, token.start))
        out.append(token)
        row = tokens[index - 1 : index + 6]
        if index and token.type == "NUMBER" and [one.type for one in row] in _TWO_SIDES and row[0].value != row[3 + (len(row) == 7)].value:
            unit = row[-1]
            out.append(Token("UNIT", unit.value, token.end, token.end))
    return out


def _again(tokens: list[Token]) -> list[Token]:
    """ "< 450 ms for men and 470 ms for women": the comparator of both."""
    signs = [token for token in tokens if token.type == "COMPARE"]
    if len(signs) != 1 or sum(token.kind == "group" for token in tokens) != len(_SEXES):
        return tokens
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type == "NUMBER" and token.start > signs[0].end and _after_people(out) and _before_people(tokens, index):
            out.append(_sign(str(signs[0].value), signs[0].text, token.start))
        out.append(token)
    return out


def _after_people(out: list[Token]) -> bool:
    """Whether a group and a link stand before."""
    before = [token for token in out[-4:] if token.type not in ("RPAR", "COMMA")]
    return bool(before) and before[-1].type in ("AND", "OR", "ANDOR", "SLASH") and before[-2:-1] != [] and before[-2].kind == "group"


def _before_people(tokens: list[Token], index: int) -> bool:
    """Whether a number is followed by whom it is for."""
    at = index + 1 + (tokens[index + 1].type == "UNIT" if index + 1 < len(tokens) else 0)
    return at + 1 < len(tokens) and tokens[at].type in ("FOR", "IN", "LPAR") and tokens[at + 1].kind == "group"


def _limited(out: list[Token]) -> bool:
    """Whether a number held against a limit ends here, its noun before it."""
    at = len(out) - 1 - (out[-1].type in ("UNIT", "LIMIT"))
    at -= out[at].type == "TIMES"
    row = [token.type for token in out[at - 2 : at + 1]]
    return out[-1].type in ("UNIT", "LIMIT") and row in (["CONCEPT", "COMPARE", "NUMBER"], ["RPAR", "COMPARE", "NUMBER"])


def _pressures(tokens: list[Token]) -> list[Token]:
    """ "hypertension (> 160/100 mmHg)": a pair of numbers that only a blood pressure has, where none is named."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        named = any("pressure" in name for before in out[-5:] for name in before.names)
        if token.type == "COMPARE" and not named and _is_pressure(tokens[index + 1 : index + 5], out):
            pressure = Token("CONCEPT", "analyte", token.start, token.start, ("blood pressure",))
            pressure.text = "blood pressure"
            out.append(pressure)
        out.append(token)
    return out


def _is_pressure(row: list[Token], before: list[Token]) -> bool:
    """Whether a pair follows that is systolic over diastolic: by its unit, or after a word for high pressure."""
    if [token.type for token in row[:3]] != ["NUMBER", "SLASH", "NUMBER"] or row[0].end != row[1].start or row[1].end != row[2].start:
        return False
    systolic, diastolic = float(str(row[0].value)), float(str(row[2].value))
    spoken = any(name.endswith(("hypertension", "hypotension")) for token in before for name in token.names)
    told = spoken or any(token.value == "mm Hg" for token in row[3:])
    return told and _LEAST_SYSTOLIC <= systolic <= _MOST_SYSTOLIC and _LEAST_DIASTOLIC <= diastolic < systolic


def _pairs(tokens: list[Token]) -> list[Token]:
    """ "160/100 mmHg or higher" as "≥ 160/100 mmHg"."""
    out: list[Token] = []
    for token in tokens:
        at = len(out) - 1 - (bool(out) and out[-1].type == "UNIT")
        row = [one.type for one in out[max(at - 3, 0) : at + 1]]
        if token.type == "COMPARE_AFTER" and row[-3:] == ["NUMBER", "SLASH", "NUMBER"] and row[:1] in (["CONCEPT"], ["OF"]):
            out.insert(at - 2, _sign(str(token.value), token.text, out[at - 2].start))
        else:
            out.append(token)
    return out


def _said_again(tokens: list[Token], index: int) -> bool:
    """The first comparator of "a minimum life expectancy of ≥ 3 months"."""
    if tokens[index].type != "COMPARE" or not str(tokens[index].text).lower().endswith(("minimum", "minimal", "maximum")):
        return False
    row = [token.type for token in tokens[index + 1 : index + 5]]
    return row[:2] == ["CONCEPT", "COMPARE"] or row[:3] == ["CONCEPT", "OF", "COMPARE"]


def _limit_before(out: list[Token]) -> int | None:
    """Where the limit begins that ends here: "≥ 18 years" at its sign, "18" at its number."""
    at = len(out) - 1
    at -= at >= 0 and out[at].type == "UNIT"
    if at < 0 or out[at].type != "NUMBER":
        return None
    return at - 1 if at and out[at - 1].type == "COMPARE" and out[at - 1].value in _LOWER else at


def _to(tokens: list[Token], index: int) -> bool:
    """Whether the other end of a range follows."""
    token = tokens[index]
    if token.type not in _TO or token.text.lower() not in _TO_WORDS or index + 1 >= len(tokens):
        return False
    following = tokens[index + 1]
    return following.type == "NUMBER" or (following.type == "COMPARE" and str(following.value) in _UPPER)


def _ends(out: list[Token], before: int, link: Token, following: Token) -> bool:
    """Whether two numbers are the ends of a range of which one, or both, are compared."""
    between = any(token.type == "BETWEEN" for token in out[max(before - 3, 0) : before])
    if out[before].type == "COMPARE":
        return between or (link.type != "AND" and following.type == "NUMBER") or link.type in ("THROUGH", "TO")
    return between and following.type == "COMPARE"


def _sign(value: str, text: str, at: int) -> Token:
    sign = Token("COMPARE", value, at, at)
    sign.text = text
    return sign


def _without_between(tokens: list[Token]) -> list[Token]:
    """The tokens without "between" before two compared ends."""
    return [token for index, token in enumerate(tokens) if not (token.type == "BETWEEN" and _compared(tokens, index))]


def _compared(tokens: list[Token], index: int) -> bool:
    at = index + 1
    while at < len(tokens) and tokens[at].type in ("CONCEPT", "OF"):
        at += 1
    return at < len(tokens) and tokens[at].type == "COMPARE"
