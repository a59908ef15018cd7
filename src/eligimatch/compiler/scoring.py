"""Scoring: "at least 23 on the MADRS" with the scale before the limit, as "MADRS ≥ 23"; the range of a scale said with it is left out."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_LIMIT = frozenset({"COMPARE", "NUMBER", "COMPARE_AFTER", "THROUGH", "BETWEEN", "CHOICE", "OR", "AND", "TO", "COMMA"})
_NAMING = frozenset({"FILLER", "WORDS", "CONCEPT"})
_ON = ("on", "on the", "in", "in the", "for", "on a", "using", "by", "as measured by", "according to", "as assessed by")
_SCALE = re.compile(
    r"(?:.*\W)?(?:scale|index|inventory|questionnaire|score|survey|checklist|instrument|interview|screener|rating|module|schedule|examination|test|assessment|measure)s?",
    re.IGNORECASE,
)
_TEST = re.compile(r"\W*(?:scale|scores?|rating|numeric|point|NRS|VAS).*", re.IGNORECASE)


def on_scale(tokens: list[Token]) -> list[Token]:
    """The name of a scale that follows its limit, before it."""
    if not any(token.kind == "score" or token.type == "METHOD" or (token.type == "WORDS" and _SCALE.fullmatch(token.text)) for token in tokens):
        return tokens
    out = _without_range(tokens)
    for index, token in enumerate(out):
        if token.type == "LPAR" and (end := _scale_in(out, index)) and (start := _limit_start(out, index)) and out[start - 1].kind == "condition":
            scale = [one for one in out[index:end] if one.kind == "score"]
            return [*_without_noun(out[:start], scale[-1]), *scale, *out[start:index], *on_scale(out[end:])]
        if token.type not in ("IN", "BY", "FOR") or token.text.lower() not in _ON or (name := _scale_at(out, index + 1)) is None:
            continue
        start = _limit_start(out, index)
        before = out[start - 1] if start else None
        if start is None or not (before is None or _opens(before) or (before.kind == "condition" and out[name - 1].kind == "score")):
            continue
        scale = out[index + 1 : name]
        return [*_without_noun(out[:start], scale[-1]), *scale, *out[start:index], *on_scale(out[name:])]
    return out


def _scale_in(tokens: list[Token], index: int) -> int:
    """Where parentheses end that hold the name of one scale, "(0-10 scale, NRS)"; else 0."""
    end = next((at for at in range(index + 1, min(index + 7, len(tokens))) if tokens[at].type == "RPAR"), 0)
    inner = tokens[index + 1 : end]
    plain = all(one.kind == "score" or one.type in ("COMMA", "METHOD") or _TEST.fullmatch(one.text) for one in inner)
    return end + 1 if end and plain and sum(one.kind == "score" for one in inner) == 1 else 0


def _without_noun(before: list[Token], scale: Token) -> list[Token]:
    """ "pain ≥ 4 on a scale of pain" is that scale's; "depression ≥ 10 on the PHQ-9" is a depression with that."""
    if not before or before[-1].kind != "condition":
        return before
    if any(before[-1].names[0] in name.split() for name in scale.names):
        return before[:-1]
    joined = Token("WITH", "with", before[-1].end, before[-1].end)
    joined.text = "with"
    return [*before, joined]


def _scale_at(tokens: list[Token], index: int) -> int | None:
    """Where the scale's name ends that begins there."""
    end = index
    while end < len(tokens) and tokens[end].type in _NAMING:
        end += 1
        if tokens[end - 1].kind == "score":
            break
    if end > index and end < len(tokens) and tokens[end].type == "METHOD" and _SCALE.fullmatch(tokens[end].text):
        become(tokens[end], "WORDS", "")
        end += 1
    named = tokens[index:end]
    if not named or not (named[-1].kind == "score" or (named[-1].type == "WORDS" and _SCALE.fullmatch(named[-1].text))):
        return None
    return end if end == len(tokens) or tokens[end].type not in ("CONCEPT", "WORDS", "OF", "NUMBER") else None


def _limit_start(tokens: list[Token], end: int) -> int | None:
    """Where the limit begins that ends there: numbers without a unit, and how they are compared."""
    at = end
    while at and tokens[at - 1].type in _LIMIT:
        at -= 1
    while at < end and tokens[at].type in ("OR", "AND", "TO", "COMMA", "THROUGH", "COMPARE_AFTER"):
        at += 1
    return at if any(token.type in ("NUMBER", "CHOICE") for token in tokens[at:end]) else None


def _opens(token: Token) -> bool:
    """Whether what stands before a limit leaves it without a noun."""
    return token.type in ("COMMA", "LPAR", "WITH", "INCLUDING", "DEFINED", "BY", "AND", "OR", "MUST", "COLON", "IF", "HISTORY", "CURRENT")


def _without_range(tokens: list[Token]) -> list[Token]:
    """ "pain ≥ 4 on a 0-10 | numeric rating scale", "4 out of 10", "(0-10 scale)": from where to where the scale goes is known."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        row = [token.type for token in tokens[index : index + 3]]
        scale = tokens[index + 3] if index + 3 < len(tokens) else None
        ranged = row == ["NUMBER", "THROUGH", "NUMBER"] and tokens[index].value in (0, 1) and tokens[index + 2].value in (4, 5, 10, 100)
        named = scale is not None and (scale.kind == "score" or (scale.type in ("WORDS", "METHOD") and _TEST.fullmatch(scale.text)))
        if ranged and named and out and out[-1].type in ("BY", "IN", "LPAR", "COMMA"):
            index += 3
            continue
        out.append(tokens[index])
        index += 1
    return out


__all__ = ["on_scale"]
