"""Elapsed: the time between a treatment and an event of the study as "N since the treatment, before the event"."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from eligimatch.compiler.events import event_at
from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token

_GIVEN = frozenset({"treatment", "operation", "procedure"})
_NAMES = frozenset({"interval", "time", "period", "gap", "duration", "washout"})
_LAST = frozenset("last;the last;end;the end;completion;the completion;discontinuation;last dose of;dose;dose of;most recent;previous".split(";"))
"""What says that the time is counted from the end of a treatment."""
_STOPS = frozenset({"STOP", "SEMICOLON", "NUMBER", "COMPARE", "COMMA", "LPAR", "RPAR", "NOT", "MUST_NOT", "ELIGIBLE", "EXCLUDED", "EXCEPT", "UNLESS"})
_IDLE = frozenset({"FILLER", "MUST", "OF", "DONE"})
_ENDS = frozenset({"STOP", "SEMICOLON", "COMMA", "RPAR"})


class _Span(NamedTuple):
    """A treatment, the event after it (none: the day of judgement), and where the words for both end."""

    treatment: list[Token]
    event: list[Token]
    end: int


def elapsed(tokens: list[Token]) -> list[Token]:
    """ "at least 28 days between X and enrollment", "interval from X to enrollment at least 14 days"."""
    tokens = _off_it(_without_now(tokens))
    at = next((index for index, token in enumerate(tokens) if _opens(token)), len(tokens))
    span = _span(tokens, at + 1, between=at < len(tokens) and tokens[at].type == "BETWEEN")
    if span is None:
        return tokens
    start, length = _length_before(tokens, at)
    end = span.end
    if not length or not span.event:
        start, (end, length) = _named_before(tokens, at), _length_after(tokens, span.end)
    if start < 0 or not length:
        return tokens
    before = [_made("BEFORE", "before", span.event[0]), *span.event] if span.event else []
    return [*tokens[:start], *length, _made("SINCE", "since", tokens[at]), *span.treatment, *before, *tokens[end:]]


def _off_it(tokens: list[Token]) -> list[Token]:
    """ "stable for 4 weeks off steroids": so long stable, and so long without them."""
    for at in range(4, len(tokens) - 1):
        before = tokens[max(at - 5, 0) : at]
        lasting = [token.type for token in before[-3:]] in (["FOR", "NUMBER", "UNIT"], ["COMPARE", "NUMBER", "UNIT"])
        stable = lasting and any(token.value == "stable" for token in before)
        if tokens[at].type == "SINCE" and stable and tokens[at].text.lower().startswith("off") and tokens[at + 1].kind == "treatment":
            become(tokens[at], "NOT", "no")
            length = [copy(token) for token in before if token.type in ("FOR", "COMPARE", "NUMBER", "UNIT")]
            return [*tokens[:at], Token("AND", "and", tokens[at].start, tokens[at].start), *tokens[at : at + 2], *length, *tokens[at + 2 :]]
    return tokens


_TAKEN = frozenset({"use", "exposure", "intake", "receipt", "history of use"})


def led_by_time(tokens: list[Token]) -> list[Token]:
    """ "history within the past 2 years of A or B", "use within the past month of A": within that time, A or B."""
    tokens = _opened(tokens)
    row = [token.type for token in tokens]
    leads = row[:1] == ["HISTORY"] or (row and tokens[0].text.lower() in _TAKEN)
    of = next((at for at in range(4, len(row)) if row[at] == "OF" and row[at + 1 : at + 2] != ["EVENT"]), 0)
    timed = row[1:2] in (["WITHIN"], ["LAST"]) and row[2:4] == ["NUMBER", "UNIT"] and _TIMED.issuperset(row[4:of])
    if not leads or not timed or of in (0, len(tokens) - 1):
        return tokens
    rest = tokens[of + 2 :] if tokens[of + 1].type == "COLON" else tokens[of + 1 :]
    return [*tokens[1:of], Token("COLON", ":", tokens[of].start, tokens[of].end), *rest]


_TIMED = frozenset({"BEFORE", "OF", "EVENT", "FILLER"})


def _recently(tokens: list[Token], row: list[str]) -> list[Token]:
    """ "history of recent (≤ 1 year) A or B": within that time, A or B."""
    at = int(row[:1] == ["HISTORY"])
    time = row[at + 2 : at + 5]
    within = time == ["WITHIN", "NUMBER", "UNIT"] or (time == ["COMPARE", "NUMBER", "UNIT"] and tokens[at + 2].value == "<=")
    if row[at : at + 2] != ["RECENT", "LPAR"] or not within or row[at + 5 : at + 6] != ["RPAR"] or len(row) < at + 7:
        return tokens
    colon = Token("COLON", ":", tokens[at + 5].start, tokens[at + 5].end)
    return [_made("WITHIN", "within", tokens[at + 2]), *tokens[at + 3 : at + 5], colon, *tokens[at + 6 :]]


def _opened(tokens: list[Token]) -> list[Token]:
    """ "history (within 5 years) of A or B", "current or history (2 years before screening) of A": the time without its parentheses or commas."""
    tokens = tokens[1:] if [token.type for token in tokens[:3]] == ["RECENT", "HISTORY", "LPAR"] else tokens  # the time tells how recent
    tokens = _between_commas(tokens)
    row = ["LAST" if token.text.lower() == "past" else token.type for token in tokens]
    at = 2 if row[:3] == ["CURRENT", "OR", "HISTORY"] else 0
    end = row.index("RPAR") if "RPAR" in row else 0
    inside = row[at + 2 : end]
    timed = inside[1:3] == ["NUMBER", "UNIT"] and inside[0] in ("WITHIN", "LAST", "IN")
    timed = timed or inside[:3] == ["NUMBER", "UNIT", "BEFORE"]
    if "RECENT" in row[:2]:
        return _recently(tokens, row)
    if row[at : at + 2] != ["HISTORY", "LPAR"] or row[end + 1 : end + 2] != ["OF"] or not timed:
        return tokens
    first = next(index for index in range(at, end) if row[index] == "NUMBER")
    return [tokens[at], _made("WITHIN", "within", tokens[at + 2]), *tokens[first:end], *tokens[end + 1 :]]


def _between_commas(tokens: list[Token]) -> list[Token]:
    """ "history, within 6 months before screening, of A or B"."""
    row = [token.type for token in tokens]
    if row[:2] != ["HISTORY", "COMMA"] or row[2:3] not in (["WITHIN"], ["LAST"]) or row[3:5] != ["NUMBER", "UNIT"]:
        return tokens
    end = row.index("COMMA", 2) if "COMMA" in row[2:] else 0
    return [tokens[0], *tokens[2:end], *tokens[end + 1 :]] if row[end + 1 : end + 2] == ["OF"] else tokens


def _without_now(tokens: list[Token]) -> list[Token]:
    """ "more than 4 weeks since prior | and no concurrent | X": none since then is none now."""
    for at in range(len(tokens) - 4):
        row = [token.type for token in tokens[at : at + 5]]
        if row == ["SINCE", "HISTORY", "AND", "NOT", "CURRENT"]:
            return [*tokens[: at + 2], *tokens[at + 5 :]]
    return tokens


def _opens(token: Token) -> bool:
    return token.type in ("BETWEEN", "SINCE") or (token.type == "DUE_TO" and token.text.lower() == "from")


def _span(tokens: list[Token], index: int, *, between: bool) -> _Span | None:
    """ "the last dose of X and enrollment", "surgery to registration"."""
    at = index
    while at < len(tokens) and (tokens[at].type in ("FILLER", "OF", "HISTORY") or tokens[at].text.lower() in _LAST):
        at += 1
    for link in range(at + 1, len(tokens)):
        named = any(token.kind in _GIVEN for token in tokens[at:link])
        if tokens[link].type in ("COMPARE", "MUST") and named and not between:
            return _Span(tokens[at:link], [], link)  # "time since last X ≥ 4 weeks"
        if tokens[link].type in _STOPS or (tokens[link].type == "BEFORE" and not between):
            return None
        if tokens[link].type != ("AND" if between else "TO"):
            continue
        end, event = event_at(tokens, link + 1)
        if named and event in ("first dose", "enrolment", "consent", "as_of"):
            return _Span(tokens[at:link], tokens[link + 1 : end], end)
    return None


def _length_before(tokens: list[Token], at: int) -> tuple[int, list[Token]]:
    """Where "[an interval of] at least 28 days [must have passed]" begins, and the length in it."""
    end = at
    while end and (tokens[end - 1].type in _IDLE or tokens[end - 1].text.lower() in {*_NAMES, "passed", "elapsed"}):
        end -= 1
    row = tokens[max(end - 3, 0) : end]
    if [token.type for token in row] != ["COMPARE", "NUMBER", "UNIT"] or str(row[-1].value) not in TIME_UNITS:
        return -1, []
    start = end - 3
    while start and (tokens[start - 1].type in _IDLE or tokens[start - 1].text.lower() in _NAMES):
        start -= 1
    return start, row


def _named_before(tokens: list[Token], at: int) -> int:
    """Where "the interval" begins before "from X to the event"; -1 where the sentence does not begin with it."""
    start = at
    while start and (tokens[start - 1].type in ("FILLER", "OF") or tokens[start - 1].text.lower() in _NAMES):
        start -= 1
    opens = not start or tokens[start - 1].type in ("STOP", "SEMICOLON")
    return start if opens and any(token.text.lower() in _NAMES for token in tokens[start:at]) else -1


def _length_after(tokens: list[Token], at: int) -> tuple[int, list[Token]]:
    """Where "must be at least 4 weeks" ends, and the length in it."""
    while at < len(tokens) and tokens[at].type in _IDLE:
        at += 1
    row = tokens[at : at + 3]
    if [token.type for token in row] != ["COMPARE", "NUMBER", "UNIT"] or str(row[-1].value) not in TIME_UNITS:
        return at, []
    return (at + 3, row) if at + 3 == len(tokens) or tokens[at + 3].type in _ENDS else (at, [])


def _made(type_: str, value: str, beside: Token) -> Token:
    token = Token(type_, value, beside.start, beside.start)
    token.text = value
    return token
