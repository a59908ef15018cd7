"""The cycles in which a treatment is given: "at least 4 cycles of chemotherapy" is chemotherapy, how much for a person to judge."""

from __future__ import annotations

from eligimatch.compiler.tokens import Token

_NARROWS = frozenset({"HISTORY", "INTENT", "ROUTE", "QUALITY", "FILLER", "COURSE", "JUDGED", "STUDY", "CURRENT"})
_ENOUGH = frozenset({">=", ">"})
_RANGE = frozenset({"THROUGH", "TO", "DASH", "OR"})
_APART = frozenset({"AND", "OR", "ANDOR", "COMMA", "COLON", "HAS"})
_NAMES = ("cycle", "cycles")


def cycles(tokens: list[Token]) -> list[Token]:
    """A number of cycles, or of courses of one line of treatment, as words for a person to judge; never as its lines."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        after = _given(tokens, at) if tokens[at].type == "NUMBER" else 0
        if not after:
            out.append(tokens[at])
            at += 1
            continue
        begin = len(out)
        while begin > 1 and out[begin - 1].type in _RANGE and out[begin - 2].type == "NUMBER":
            begin -= 2
        compared = begin > 0 and out[begin - 1].type == "COMPARE"
        if compared and out[begin - 1].value not in _ENOUGH:
            out.append(tokens[at])
            at += 1
            continue
        begin -= compared
        start = out[begin].start if begin < len(out) else tokens[at].start
        del out[begin:]
        if not out or out[-1].type in _APART or any(token.type == "HISTORY" for token in tokens[at:after]):
            out.append(_token("HISTORY", "ever", start, start, "prior"))
        out.append(_token("JUDGED", "", start, tokens[after - 1].end, " ".join(token.text for token in tokens[at:after])))
        at = after
    return out


def _token(type_: str, value: str, start: int, end: int, text: str) -> Token:
    token = Token(type_, value, start, end)
    token.text = text
    return token


def _given(tokens: list[Token], at: int) -> int:
    """Where the number of cycles ends and what is given in them begins; 0 where it counts no cycles."""
    at += 1
    while at < len(tokens) and tokens[at].type in ("HISTORY", "FILLER"):
        at += 1
    if at + 2 < len(tokens) and tokens[at].text.lower() in _NAMES and tokens[at + 1].type == "OF":
        return at + 2 if _treats(tokens, at + 2) else 0
    courses = at + 1 < len(tokens) and tokens[at].type == "LINE" and tokens[at].text.lower().startswith("course")
    return at + 1 if courses and tokens[at + 1].type == "LINE" and _treats(tokens, at + 1) else 0


def _treats(tokens: list[Token], at: int) -> bool:
    """Whether a treatment follows that the next words do not define: "chemotherapy", not "chemotherapy consisting of A and B"."""
    while at < len(tokens) and (tokens[at].type in _NARROWS or tokens[at].type == "LINE"):
        at += 1
    return at < len(tokens) and tokens[at].kind == "treatment" and [token.type for token in tokens[at + 1 : at + 2]] != ["DEFINED"]
