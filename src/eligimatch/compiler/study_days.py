"""Study days: the times of a number's taking that are told in days of the study, as a length of time before its event."""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from eligimatch.compiler.events import event_at
from eligimatch.compiler.terminals import become, may_be
from eligimatch.compiler.tokens import TIME_UNITS, Token

_DAY = frozenset({"day", "days", "study day", "study days"})
_LEADS = frozenset({"WITHIN", "BETWEEN", "DUE_TO", "DURING", "LAST", "AT", "IN"})
_TO = frozenset({"TO", "THROUGH", "AND", "DASH"})
_UP_TO = frozenset({"up to", "until", "through", "to", "up to and including", "till"})
_LATER = frozenset({"first dose", "enrolment"})
_KEPT = frozenset({"maintained", "sustained", "unchanged", "stable"})


class Stretch(NamedTuple):
    """Days of the study from one before it to a later one, and where the words for them end."""

    first: float
    last: float
    end: int


def study_days(tokens: list[Token]) -> list[Token]:
    """ "between day -28 and day -1" as "1 to 28 days before first dose", "± 3 days from consent" as "within 3 days of consent"."""
    numbers = [at for at, token in enumerate(tokens) if token.kind in ("analyte", "score")]
    if not numbers:
        return tokens
    _any_value(tokens, numbers)
    out = tokens[: numbers[0]]
    index = numbers[0]
    while index < len(tokens):
        made = _days(tokens, index) or _around(tokens, index) or _from_to(tokens, index) or _lasting(tokens, index)
        if made is None:
            out.append(tokens[index])
            index += 1
        else:
            row, index = made
            out += row
    return out


def _any_value(tokens: list[Token], numbers: list[int]) -> None:
    """ "any ANC < 500 in the past 4 weeks": at any time of them."""
    for at in numbers:
        if at and tokens[at - 1].text.lower() == "any" and tokens[at - 1].type == "FILLER":
            rest = list(takewhile(lambda token: token.type not in ("STOP", "SEMICOLON"), tokens[at + 1 :]))
            compared = any(token.type == "COMPARE" for token in rest[:3])
            if compared and any(may_be(token, "LAST") or token.type == "WITHIN" for token in rest):
                become(tokens[at - 1], "HISTORY", "ever")


def _days(tokens: list[Token], index: int) -> tuple[list[Token], int] | None:
    """A stretch of days before the first dose."""
    at = index + (tokens[index].type in _LEADS)
    stretch = _stretch(tokens, at)
    if stretch is None:
        return None
    start, end = tokens[index].start, tokens[stretch.end - 1].end
    rest = _of_first_dose(tokens, stretch.end)
    number = _made("NUMBER", stretch.first, start, end)
    before = [_made("UNIT", "day", start, end), _made("BEFORE", "before", start, end), _made("EVENT", "first dose", start, end)]
    if stretch.last > 0:
        return [_made("NUMBER", stretch.last, start, end), _made("THROUGH", "to", start, end, "to"), number, *before], rest
    return [_made("WITHIN", "within", start, end), number, *before], rest


def _stretch(tokens: list[Token], index: int) -> Stretch | None:
    """ "day -28 to day -1", "days -28 to 0"."""
    at = _skip(tokens, index)
    if at >= len(tokens) or tokens[at].text.lower() not in _DAY or (first := _negative(tokens, at + 1)) is None:
        return None
    to = _skip(tokens, first.end)
    if to >= len(tokens) or tokens[to].type not in _TO:
        return None
    at = _skip(tokens, to + 1)
    at += at < len(tokens) and tokens[at].text.lower() in _DAY
    if (last := _negative(tokens, at)) is not None:
        return Stretch(first.first, last.first, last.end) if last.first < first.first else None
    begins = at < len(tokens) and (tokens[at].text.lower() in ("day 0", "day 1") or (tokens[at].type == "NUMBER" and tokens[at].value in (0.0, 1.0)))
    return Stretch(first.first, 0, at + 1) if begins else None


def _negative(tokens: list[Token], index: int) -> Stretch | None:
    """ "-28"."""
    row = tokens[index : index + 2]
    if [token.type for token in row] != ["DASH", "NUMBER"] or row[0].end != row[1].start:
        return None
    return Stretch(row[1].number, 0, index + 2)


def _of_first_dose(tokens: list[Token], index: int) -> int:
    """Where the words end that say of what the days are: "of first dose", "prior to treatment start"."""
    at = _skip(tokens, index)
    if at + 1 >= len(tokens) or tokens[at].type not in ("OF", "BEFORE", "TO"):
        return index
    end, event = event_at(tokens, _skip(tokens, at + 1))
    return end if event == "first dose" else index


def _around(tokens: list[Token], index: int) -> tuple[list[Token], int] | None:
    """ "± 3 days from the date of consent"; after a length of time, what it may be longer by."""
    inside = tokens[index].type == "LPAR"
    at = _plus_minus(tokens, index + inside)
    row = tokens[at : at + 2]
    if at == index + inside or [token.type for token in row] != ["NUMBER", "UNIT"] or row[1].value not in TIME_UNITS:
        return None
    before = tokens[index - 1]
    if inside:
        longer = before.type == "UNIT" and before.value == row[1].value and at + 2 < len(tokens) and tokens[at + 2].type == "RPAR"
        if not longer or tokens[index - 3].type not in ("WITHIN", "LAST"):
            return None
        tokens[index - 2].value = tokens[index - 2].number + row[0].number
        return [], at + 3
    link = _skip(tokens, at + 2)
    if before.type == "UNIT" and before.value in TIME_UNITS:
        return None
    if link >= len(tokens) or tokens[link].type not in ("DUE_TO", "OF"):
        return None
    start, end = tokens[index].start, tokens[link].end
    return [_made("WITHIN", "within", start, end), *row, _made("OF", "of", tokens[link].start, end)], link + 1


def _plus_minus(tokens: list[Token], index: int) -> int:
    """Where "±" or "+/-" ends."""
    if index < len(tokens) and tokens[index].text == "±":
        return index + 1
    signs = [token.type for token in tokens[index : index + 3]]
    return index + 3 if signs == ["PLUS", "SLASH", "DASH"] else index


def _from_to(tokens: list[Token], index: int) -> tuple[list[Token], int] | None:
    """ "from 14 days before registration up to the first dose": counted from the later event, so that the latest value is among them."""
    if tokens[index].type == "DUE_TO" and [token.type for token in tokens[index + 1 : index + 4]] == ["NUMBER", "UNIT", "BEFORE"]:
        return ([], index + 1) if _from_to(tokens, index + 3) else None
    if tokens[index].type != "BEFORE" or tokens[index - 1].type != "UNIT" or tokens[index - 1].value not in TIME_UNITS:
        return None
    link, event = event_at(tokens, _skip(tokens, index + 1))
    if not event or link >= len(tokens) or not _up_to(tokens[link]):
        return None
    start = _skip(tokens, link + 1)
    end, later = event_at(tokens, start)
    return ([tokens[index], *tokens[start:end]], end) if later in _LATER else None


def _lasting(tokens: list[Token], index: int) -> tuple[list[Token], int] | None:
    """ "ECOG 0-1 through screening to the first dose", "…, maintained until the first dose": what is asked now."""
    at = index + (tokens[index].type in ("COMMA", "AND"))
    end = at + (at < len(tokens) and tokens[at].text.lower() in _KEPT)
    event = ""
    while end < len(tokens) and _up_to(tokens[end]):
        end, event = event_at(tokens, _skip(tokens, end + 1))
        if not event:
            return None
    before = tokens[index - 1]
    told = before.type in ("NUMBER", "LIMIT") or (before.type == "UNIT" and before.value not in TIME_UNITS) or may_be(before, "EVENT")
    return ([], end) if event in _LATER and _closed(tokens, end) and (told or may_be(before, "START")) else None


def _up_to(token: Token) -> bool:
    return token.text.lower().removesuffix(" the") in _UP_TO


def _closed(tokens: list[Token], end: int) -> bool:
    return end == len(tokens) or tokens[end].type in ("RPAR", "COMMA", "STOP", "SEMICOLON")


def _skip(tokens: list[Token], at: int) -> int:
    """Past filler."""
    while at < len(tokens) and tokens[at].type == "FILLER":
        at += 1
    return at


def _made(type_: str, value: object, start: int, end: int, text: str = "") -> Token:
    token = Token(type_, value, start, end)
    token.text = text or str(value)
    return token
