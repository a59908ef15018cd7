"""Durations: "duration of X ≥ 2 years", "X of at least 2 years' duration": how long X has lasted, said after it."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token

_NAMED = re.compile(r"duration", re.IGNORECASE)
_AT_END = re.compile(r"\W*(?:in )?duration", re.IGNORECASE)
_STARTS = frozenset({"COMPARE", "NUMBER", "BETWEEN"})
_NAMING = frozenset({"CONCEPT", "WORDS", "COURSE", "SEVERITY", "KNOWN", "QUALITY", "SIDE", "CURRENT", "STUDY"})
_COUNTED_FROM = frozenset({"SINCE", "AFTER", "DUE_TO"})
_LEADING = frozenset({"OF", "WITH", "FOR", "COMMA", "LASTING"})


def durations(tokens: list[Token]) -> list[Token]:
    """The length of time after what has lasted so long, led to by LASTING; a length before an event without the comma between."""
    tokens = _up_to(tokens)
    tokens = _bound_alike([token for at, token in enumerate(tokens) if not (token.type == "COMMA" and _before_event(tokens, at))])
    if not any(token.type in ("LASTING", "WORDS", "IN") and _NAMED.search(token.text) for token in tokens):
        return tokens
    return _of_symptoms(_led(_said_last(_after_name(tokens))))


def _up_to(tokens: list[Token]) -> list[Token]:
    """ "a live vaccine for | up to 30 days before enrollment": within these days; of what lasts so long it is not said so."""
    for at in range(len(tokens) - 5, 0, -1):
        row = [token.type for token in tokens[at : at + 5]]
        up_to = tokens[at + 1].text.lower().endswith("up to") and tokens[at + 3].value in TIME_UNITS
        if up_to and row == ["FOR", "COMPARE", "NUMBER", "UNIT", "BEFORE"]:
            become(tokens[at], "WITHIN", "within")
            tokens = [*tokens[: at + 1], *tokens[at + 2 :]]
    return tokens


def _bound_alike(tokens: list[Token]) -> list[Token]:
    """ "less than 4 weeks since X or | 2 weeks since Y": less than that, too."""
    out: list[Token] = []
    bound: tuple[Token, str] | None = None
    for at, token in enumerate(tokens):
        row = [one.type for one in tokens[at : at + 3]]
        word = row[2] if row[:2] == ["NUMBER", "UNIT"] and tokens[at + 1].value in TIME_UNITS and len(row) > 2 else ""
        before = out[-1].type if out else ""
        if word in _COUNTED_FROM and before == "COMPARE":
            bound = (out[-1], word)
        elif bound and word == bound[1] and before in ("OR", "AND", "COMMA") and bound[0].value in ("<", "<="):
            again = Token("COMPARE", bound[0].value, token.start, token.start)
            again.text = bound[0].text
            out.append(again)
        out.append(token)
    return out


def _before_event(tokens: list[Token], at: int) -> bool:
    """ "X within 4 weeks, or Y within 2 weeks | , before the first dose": whether a comma parts a length of time from what it is counted from."""
    length = at > 2 and tokens[at - 1].value in TIME_UNITS and tokens[at - 2].type == "NUMBER" and tokens[at - 3].type in ("WITHIN", "COMPARE")
    following = tokens[at + 1 : at + 3]
    event = len(following) == 2 and following[0].type in ("BEFORE", "OF") and (following[1].type == "EVENT" or following[1].kind == "treatment")
    return length and event and all(token.type not in ("NUMBER", "WITHIN") for token in tokens[at + 3 : at + 5])


def _of_symptoms(tokens: list[Token]) -> list[Token]:
    """ "depression with symptoms | lasting ≥ 1 year": the symptoms are the depression's."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        named = index + 1 < len(tokens) and tokens[index + 1].type == "LASTING" and token.names == ("symptom",)
        if named and len(out) > 1 and out[-1].type == "WITH" and out[-2].kind == "condition":
            out.pop()
        else:
            out.append(token)
    return out


def _led(tokens: list[Token]) -> list[Token]:
    """ "duration of | X | of at least 2 years": X, and then for how long."""
    for index, token in enumerate(tokens):
        if token.type != "LASTING" or not _NAMED.search(token.text):
            continue
        end = index + 1
        while end < len(tokens) and tokens[end].type in _NAMING:
            end += 1
        start = end + (end < len(tokens) and tokens[end].type == "OF")
        named = tokens[index + 1 : end]
        if named and named[-1].kind == "condition" and _length_ends(tokens, start):
            _of_study(named)
            rest = tokens[start:]
            return [*tokens[:index], *named, _lasting(start, tokens), *_led(rest)]
    return tokens


def _after_name(tokens: list[Token]) -> list[Token]:
    """ "symptom duration less than 14 days", "asthma, duration ≥ 1 year"."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        named = (token.type == "WORDS" and _NAMED.fullmatch(token.text)) or (token.type == "LASTING" and _NAMED.match(token.text))
        before = next((one for one in reversed(out) if one.type not in ("COMMA", "WITH")), None)
        if named and before is not None and before.kind == "condition" and _length_ends(tokens, index + 1 + _of(tokens, index + 1)):
            while out[-1] is not before:
                out.pop()
            _of_study([before])
            become(token, "LASTING", "lasting")
        elif token.type == "OF" and out and out[-1].type == "LASTING":
            continue
        out.append(token)
    return out


def _of(tokens: list[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].type == "OF"


def _said_last(tokens: list[Token]) -> list[Token]:
    """ "pain of at least 3 months' | duration", "… in duration"."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "WORDS" and _AT_END.fullmatch(token.text) and (start := _start(out)) is not None:
            before = start - 1 if start and out[start - 1].type in ("OF", "WITH", "FOR") else start
            if before and out[before - 1].kind == "condition":
                out[before:start] = [_lasting(start, out)]
                if out[-1].type == "IN":
                    out.pop()
                continue
        out.append(token)
    return out


def _start(out: list[Token]) -> int | None:
    """Where the length of time begins that ends the row: "at least 3 months", "3 to 6 months (in)"."""
    at = len(out) - 1
    at -= at > 0 and out[at].type == "IN"
    if at < 1 or out[at].type != "UNIT" or out[at].value not in TIME_UNITS or out[at - 1].type != "NUMBER":
        return None
    at -= 1
    if at > 1 and out[at - 1].type in ("THROUGH", "TO") and out[at - 2].type == "NUMBER":
        at -= 2
    return at - 1 if at and out[at - 1].type == "COMPARE" else at


def _length_ends(tokens: list[Token], index: int) -> bool:
    """Whether a length of time begins there."""
    if index >= len(tokens) or tokens[index].type not in _STARTS:
        return False
    unit = next((token for token in tokens[index : index + 6] if token.type == "UNIT"), None)
    return unit is not None and unit.value in TIME_UNITS


def _of_study(named: list[Token]) -> None:
    """ "disease duration": of the study's disease."""
    if len(named) == 1 and named[0].text.lower() in ("disease", "illness", "condition"):
        named[0].type, named[0].value, named[0].names, named[0].kind = "STUDY", "study", (), ""


def _lasting(at: int, tokens: list[Token]) -> Token:
    token = Token("LASTING", "lasting", tokens[at].start, tokens[at].start)
    token.text = "lasting"
    return token


def said_once(tokens: list[Token]) -> list[Token]:
    """ "12 months (365 days)": the same length of time in another unit, said once."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        row = tokens[index : index + 4] if tokens[index].type == "LPAR" else []
        again = [token.type for token in row] == ["LPAR", "NUMBER", "UNIT", "RPAR"] and len(out) > 1 and out[-2].type == "NUMBER"
        if again and _same_length(out[-2], out[-1], row[1], row[2]):
            index += 4
        else:
            out.append(tokens[index])
            index += 1
    return out


def _same_length(number: Token, unit: Token, other: Token, other_unit: Token) -> bool:
    """Whether two lengths of time in different units are one, months and years as long as they are counted."""
    days = [_DAYS.get(str(token.value), 0.0) for token in (unit, other_unit)]
    if not all(days) or days[0] == days[1] or unit.type != "UNIT":
        return False
    first, second = number.number * days[0], other.number * days[1]
    return abs(first - second) <= _TOLERANCE * max(first, second)


_DAYS = {"hour": 1 / 24, "h": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.25}
_TOLERANCE = 0.08
"""Months of 28 days, years of 360."""


def no_remission(tokens: list[Token]) -> list[Token]:
    """ "a malignancy that has not been in remission for at least 5 years": how long it has been, a person judges."""
    for at in range(len(tokens) - 3):
        word = tokens[at]
        if word.type not in ("CURRENT", "NOT"):
            continue
        remission = next((index for index in range(at + 1, min(at + 3, len(tokens))) if not _REMISSIONS.isdisjoint(tokens[index].names)), 0)
        last = at if word.type == "CURRENT" and word.text.lower().startswith("not in") else remission if word.type == "NOT" else 0
        end = next((index for index in range(last + 1, len(tokens)) if tokens[index].type not in _LONG), len(tokens))
        if not last or tokens[last + 1 : last + 2] == [] or tokens[last + 1].type != "FOR" or end < last + 4:
            continue
        judged = Token("JUDGED", "", word.start, tokens[end - 1].end)
        judged.text = word.text
        before = tokens[: at - 1] if at and tokens[at - 1].type == "THAT" else tokens[:at]
        return [*before, judged, *tokens[end:]]
    return tokens


_REMISSIONS = frozenset({"remission", "complete response", "complete remission", "disease-free"})
_LONG = frozenset({"FOR", "COMPARE", "NUMBER", "UNIT", "COMPARE_AFTER"})
