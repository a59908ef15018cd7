"""Setbacks: a disease that came back within a time of a treatment, as that treatment and what a person must tell of it."""

from __future__ import annotations

import re

from eligimatch.compiler.events import OF_THE_STUDY, event_at
from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token

SETBACK = "setback"
"""The value of a verb that says when after a treatment the disease came back."""
_CAME_BACK = re.compile(
    r"(?:(?:radiographic|documented|clinical|disease|tumou?r) )*(?:progress(?:ion|ed)\b|progressive disease|relapsed?\b|recurr(?:ence|ed)\b)",
    re.IGNORECASE,
)
_JOINING = frozenset({"OR", "AND", "ANDOR", "SLASH", "DURING"})
_LENGTH = frozenset({"WITHIN", "COMPARE"})
_RELATIONS = frozenset({"OF", "AFTER", "SINCE", "DUE_TO"})
_ENDS = frozenset({"FILLER", "OF", "DONE", "DOSE", "START", "LAST", "TREATMENT_WITH", "RECEIVED", "RECEIVING", "AFTER"})
_END = frozenset("completion;completing;discontinuation;discontinuing;end;the end;stopping;cessation;last administration;receipt".split(";"))
_QUALITIES = frozenset({"INTENT", "LINE", "HISTORY", "ROUTE", "OTHER", "EVIDENCE", "COURSE", "FILLER", "SEVERITY", "NUMBER", "COMPARE"})


def setbacks(tokens: list[Token]) -> list[Token]:
    """ "progressed on or | within 6 months of completing | X": X, after which the disease came back so soon."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        _joined(tokens, index)
        end = _end(tokens, index) if _follows(tokens, index + 1) and _CAME_BACK.match(tokens[index].text) else index
        if end > index:
            out.append(_verb(tokens, index, end, out))
        else:
            out.append(tokens[index])
        index = max(end, index + 1)
    return out


def _joined(tokens: list[Token], index: int) -> None:
    """ "relapsed or | progressed after X": a verb of the treatment, too."""
    verb = tokens[index]
    row = [token.type for token in tokens[index + 1 : index + 3]]
    if verb.type == "COURSE" and _CAME_BACK.match(verb.text) and row in (["OR", "PROGRESSED"], ["ANDOR", "PROGRESSED"], ["SLASH", "PROGRESSED"]):
        become(verb, "PROGRESSED", "progression" if verb.text.lower().startswith("progress") else SETBACK)


def came_back(circumstances: list[tuple[str, bool]]) -> bool:
    """Whether a setback is among what is said of a treatment."""
    return any(_CAME_BACK.match(words) for words, _ in circumstances)


def _end(tokens: list[Token], index: int) -> int:
    """Where the words end that tell when it came back, and the treatment's begin; `index` where they tell something else."""
    at = index + 1
    while _follows(tokens, at) and tokens[at].type not in _LENGTH:
        at += 1
    first = at
    while at < len(tokens) and tokens[at].type in _LENGTH:
        at += 1
    row = [token.type for token in tokens[at : at + 3]]
    if at == first or len(row) < 3 or row[:2] != ["NUMBER", "UNIT"] or str(tokens[at + 1].value) not in TIME_UNITS or row[2] not in _RELATIONS:
        return index
    at += 3
    if event_at(tokens, at)[1] in OF_THE_STUDY:
        return index
    while at < len(tokens) and (tokens[at].type in _ENDS or tokens[at].text.lower() in _END):
        at += 1
    return at if _treats(tokens, at) else index


def _follows(tokens: list[Token], at: int) -> bool:
    """Whether the word for a time, or what leads to it, stands there."""
    return at < len(tokens) and (tokens[at].type in _JOINING or tokens[at].type in _LENGTH or tokens[at].text.lower() == "on")


def _treats(tokens: list[Token], at: int) -> bool:
    """Whether a treatment is named there, its qualities before it, or no more than its line."""
    line = False
    while at < len(tokens) and tokens[at].type in _QUALITIES:
        line = line or tokens[at].type == "LINE"
        at += 1
    return line or (at < len(tokens) and tokens[at].kind in ("treatment", "operation"))


def _verb(tokens: list[Token], index: int, end: int, out: list[Token]) -> Token:
    """One verb of all those words; "disease" before them is part of it."""
    first = out.pop() if out and out[-1].text.lower() == "disease" and tokens[index].type == "COURSE" else tokens[index]
    verb = Token("PROGRESSED", SETBACK, first.start, tokens[end - 1].end)
    verb.text = tokens[index].text
    return verb
