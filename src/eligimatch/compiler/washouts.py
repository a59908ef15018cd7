"""Washouts: "a 2-week washout is required for X" as what it forbids: X less than 2 weeks before."""

from __future__ import annotations

import re
from typing import NamedTuple

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token

_OF = frozenset({"FOR", "AFTER", "SINCE", "DUE_TO", "OF", "TO", "BEFORE"})
"""What leads from a washout to what is washed out; "before" is of the study's event."""
_DEMANDS = frozenset({"MUST", "REQUIRING"})
_OTHERS = frozenset({"EXCEPT", "UNLESS", "IF", "PROVIDED", "EXCLUDED", "MUST_NOT", "NOT", "JUDGES", "ASIDE", "INCLUDING"})


def washouts(tokens: list[Token]) -> list[Token]:
    """The sentence with what its washout forbids or allows in its place; unchanged where it does not say of what."""
    at = next((index for index, token in enumerate(tokens) if token.type == "WASHOUT"), -1)
    if at < 0:
        return tokens
    length, rest = _length(tokens, at)
    said = _said(rest, tokens[at]) if length and not any(token.type in _OTHERS for token in rest) else None
    for token in tokens:
        if token.type == "WASHOUT":
            become(token, "WORDS", "")
    return tokens if said is None else _rewritten(said, length)


_COMPLETED = re.compile(r"\b(?:complet|finish|stopp|discontinu|ended|terminat|conclud|held|withheld|ceas|interrupt)\w*$|\bbe(?:en)?$", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:stopp|discontinu|held\b|withheld\b|ceas|interrupt|washed out\b)\w*$", re.IGNORECASE)
"""What nobody must have had; who has it must end it."""
_GIVEN = frozenset({"HISTORY", "COMMA", "OR", "AND", "ANDOR", "SLASH", "INTENT", "ROUTE", "FILLER", "EITHER", "OTHER"})
"""What stands in a list of treatments beside these."""


def elapsed_since(tokens: list[Token]) -> list[Token]:
    """ "Biologics or vaccines: ≥ 21 days after the last dose": none of them less than 21 days ago."""
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON"), 0)
    row = tokens[at + 1 : at + 4]
    long = [token.type for token in row] == ["COMPARE", "NUMBER", "UNIT"] and str(row[0].value).startswith(">") and str(row[2].value) in TIME_UNITS
    named = [token for token in tokens[:at] if token.type not in _GIVEN]
    if not long or not named or any(token.kind not in ("treatment", "operation") for token in named):
        return tokens
    after = [token for token in tokens[at + 4 :] if token.type not in ("AFTER", "SINCE", "DOSE", "LAST", "DONE", "FILLER")]
    if any(token.text.lower() not in _GIVING for token in after):
        return tokens
    return _rewritten(_Said([token for token in tokens[:at] if token.type != "HISTORY"], [], None), row[1:])


_GIVING = frozenset({"infusion", "dose", "treatment", "administration", "therapy", "last dose", "transplant", "procedure"})


def completions(tokens: list[Token]) -> list[Token]:
    """ "chemotherapy or surgery must be completed at least 3 weeks before the first dose": neither less than 3 weeks before."""
    at = next((index for index, token in enumerate(tokens) if token.type == "MUST" and _COMPLETED.search(token.text)), 0)
    verb = next((index for index, token in enumerate(tokens) if index > at and not _of_verb(token)), at + 1)
    stopped = any(_STOPPED.search(token.text) for token in tokens[at:verb])
    least = tokens[verb : verb + 1] != [] and tokens[verb].type == "COMPARE" and str(tokens[verb].value).startswith(">")
    first = verb + least
    length, event = tokens[first : first + 2], [token for token in tokens[first + 2 :] if token.type != "FILLER"]
    event = event[:-2] if [token.type for token in event[-2:]] == ["TO", "ELIGIBLE"] else event
    timed = [token.type for token in length] == ["NUMBER", "UNIT"] and str(length[1].value) in TIME_UNITS
    named = [token for token in tokens[:at] if token.type not in (*_GIVEN, "KNOWN")]
    alone = len(named) == 1 and least and not stopped  # perhaps one that everybody must have had
    ends = [token.type if token.kind != "operation" else "EVENT" for token in event] in (["BEFORE", "EVENT"], ["AGO"])
    if not at or not timed or not ends or alone or any(token.kind not in ("treatment", "operation") for token in named):
        return tokens
    treatments = [token for token in tokens[:at] if token.type not in ("HISTORY", "KNOWN")]
    for token in treatments:
        if token.type == "AND":
            become(token, "OR", "or")
    return _rewritten(_Said(treatments, event, None), length)


def _of_verb(token: Token) -> bool:
    """ "must be | held for | 48 hours"."""
    return token.type in ("FILLER", "FOR") or _STOPPED.search(token.text) is not None


class _Said(NamedTuple):
    """What a sentence with a washout says."""

    treatment: list[Token]
    event: list[Token]
    """Before which it lies; empty where none is named."""
    allows: Token | None
    """The word that lets pass, where it only allows."""


def _length(tokens: list[Token], at: int) -> tuple[list[Token], list[Token]]:
    """The number and unit of the washout, and the sentence without them and without filler."""
    for first in (at - 2, at + 1, at + 2, at + 3):
        pair = tokens[max(first, 0) : first + 2]
        if [token.type for token in pair] == ["NUMBER", "UNIT"] and str(pair[1].value) in TIME_UNITS:
            around = range(min(at, first - 1), max(at, first + 1) + 1)
            dropped = {index for index in around if index >= 0 and tokens[index].type in ("COMPARE", "OF", "WASHOUT", "NUMBER", "UNIT", "DURING")}
            return pair, [token for index, token in enumerate(tokens) if index not in dropped and token.type != "FILLER"]
    return [], []


def _said(rest: list[Token], washout: Token) -> _Said | None:
    allows = [token for token in rest if token.type == "ELIGIBLE"]
    rest = [token for token in rest if token.type not in _DEMANDS and token.type != "ELIGIBLE"]
    opened = next((index for index, token in enumerate(rest) if token.type == "LPAR"), len(rest))
    if any(token.type in ("NUMBER", "COMMA", "SEMICOLON") for token in rest[opened:]) and all(t.type != "BEFORE" for t in rest):
        told = Token("JUDGEMENT", "", rest[opened].start, rest[-1].end)  # "radiation (≤ 2 weeks of it) to one site"
        told.text = "(…)"
        rest = [*rest[:opened], told]
    if any(token.type in ("NUMBER", "COMMA", "SEMICOLON") for token in rest) or len(allows) > 1:
        return None
    event = next((index for index in range(len(rest) - 1) if rest[index].type == "BEFORE" and rest[index + 1].type == "EVENT"), len(rest))
    before = [token for token in rest[:event] if token.end <= washout.start]
    after = [token for token in rest[:event] if token.start >= washout.end]
    while before and before[-1].type in ("WITH", "COLON"):
        before.pop()
    if after and after[0].type in _OF and len(after) > 1 and not before:
        return _Said(after[1:], rest[event : event + 2], allows[0] if allows else None)
    if before and (not after or all(token.type == "SINCE" for token in after)):
        return _Said(before, rest[event : event + 2], allows[0] if allows else None)
    return None


def _rewritten(said: _Said, length: list[Token]) -> list[Token]:
    """ "X less than N before the event" forbidden, or "X at least N before the event" allowed."""
    first, last = length
    sign = _made("COMPARE", ">=" if said.allows else "<", first.start)
    event = said.event or [_made("AGO", "ago", last.end)]
    timed = [*said.treatment, sign, first, last, *event]
    return [*timed, said.allows] if said.allows else [_made("MUST_NOT", "must not", first.start), *timed]


def _made(type_: str, value: str, at: int) -> Token:
    """A word that the sentence says in others."""
    token = Token(type_, value, at, at)
    token.text = value
    return token


def unfinished(tokens: list[Token]) -> list[Token]:
    """ "radiotherapy that is not completed 2 weeks before enrolment": radiotherapy within 2 weeks before it."""
    for index, token in enumerate(tokens):
        if token.type != "RECEIVED" or not _COMPLETED.search(token.text) or not index or tokens[index - 1].type != "NOT":
            continue
        first = (
            index + 1 + (tokens[index + 1 : index + 2] != [] and tokens[index + 1].type == "COMPARE" and str(tokens[index + 1].value).startswith(">"))
        )
        length = tokens[first : first + 3]
        if [one.type for one in length] == ["NUMBER", "UNIT", "BEFORE"] and str(length[1].value) in TIME_UNITS:
            begun = index - 1 - (index > 1 and tokens[index - 2].type == "THAT")
            within = Token("WITHIN", "within", tokens[begun].start, token.end)
            within.text = "within"
            return unfinished([*tokens[:begun], within, *tokens[first:]])
    return tokens


def all_completed(tokens: list[Token]) -> list[Token]:
    """ "all prior therapy must be completed before enrolment": none that goes on until then, and none is demanded."""
    at = next((index for index, token in enumerate(tokens) if token.type == "DONE" and token.text.lower().startswith(("must", "should"))), 0)
    first = max((index + 1 for index in range(at) if tokens[index].type in ("STOP", "SEMICOLON")), default=0)
    last = next((index for index in range(at, len(tokens)) if tokens[index].type in ("STOP", "SEMICOLON")), len(tokens))
    rest = [token for token in tokens[at + 1 : last] if token.type != "FILLER"]
    named = [token for token in tokens[first:at] if token.type not in _GIVEN]
    told = len(rest) == len(("BEFORE", "EVENT")) and rest[0].type == "BEFORE" and rest[1].type in ("EVENT", "START")
    if not (at and told and named and _EVERY.match(tokens[first].text)) or any(token.kind not in ("treatment", "operation") for token in named):
        return tokens
    if any("treatment" in token.names for token in named):
        for token in (one for one in tokens[first:at] if one in named or one.type == "HISTORY"):  # which treatments, only a person can say
            become(token, "WORDS", "")
            token.names, token.kind = (), ""
        return tokens
    day = [Token("NUMBER", 1.0, rest[0].start, rest[0].start), _made("UNIT", "day", rest[0].start)]
    said = _Said([token for token in tokens[first:at] if token.type not in ("HISTORY", "FILLER")], rest, None)
    return [*tokens[:first], *_rewritten(said, day), *tokens[last:]]


_EVERY = re.compile(r"(?:all|any|every)\b", re.IGNORECASE)
