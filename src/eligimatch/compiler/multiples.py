"""Multiples: how many times a reference limit, however that is said, as a number, a sign of multiplication and the limit."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_SIDES = frozenset({"high", "low", "raised", "reduced", "toxic", "menopausal", "postmenopausal", "post-menopausal", "premenopausal", "castrate"})
_OF_SOME = frozenset({"WITH", "FOR", "IN", "IF", "PROVIDED", "RPAR", "COMMA", "SEMICOLON", "STOP", "DUE_TO", "AND", "OR"})


def multiples(tokens: list[Token]) -> list[Token]:
    """ "1.5-fold the ULN" as "1.5 × ULN", "within 1.5 × ULN" as "≤ 1.5 × ULN", "≤ 3 × ULN (≤ 5 × if …)" with its limit again."""
    out: list[Token] = []
    limit: Token | None = None
    tokens = _limit_of_both(tokens)
    for index, token in enumerate(tokens):
        following = next((later for later in tokens[index + 1 : index + 3] if later.type != "FILLER"), None)
        if token.type == "UNIT" and token.value == "fold" and following is not None and following.type == "LIMIT":
            become(token, "TIMES", "times")
        if token.type == "TIMES" and _compared(tokens, index):
            _of_normal(tokens, index + 1)
        if token.type == "WITHIN" and _multiple(tokens, index + 1):
            become(token, "COMPARE", "<=")
        out.append(token)
        if token.type == "LIMIT":
            limit = token
        again = limit is not None and token.type == "TIMES" and (_compared(tokens, index) or [one.type for one in out[-3:-1]] == ["LPAR", "NUMBER"])
        if again and limit is not None and (following is None or following.type in _OF_SOME):
            out.append(Token("LIMIT", limit.value, token.end, token.end))
    return out


def _limit_of_both(tokens: list[Token]) -> list[Token]:
    """ "≤ 2.5 (≤ 5 if liver metastases) × ULN": the limit after the parentheses is of both numbers."""
    for at in range(2, len(tokens)):
        if tokens[at - 1].type != "RPAR" or (tokens[at].type != "LIMIT" and not _times(tokens[at])):
            continue
        end = at + (2 if tokens[at].type != "LIMIT" else 1)
        start = max((index for index in range(at) if tokens[index].type == "LPAR"), default=0)
        inner = next((index for index in range(start + 1, at) if tokens[index].type == "NUMBER"), 0)
        bare = inner and tokens[inner + 1].type not in ("UNIT", "TIMES", "LIMIT", "THROUGH") and tokens[start - 1].type == "NUMBER"
        if not bare or tokens[end - 1].type != "LIMIT":
            continue
        again = [copy(token) for token in tokens[at:end]]
        for token in (*tokens[at:end], *again):
            if token.type != "LIMIT":
                become(token, "TIMES", "times")
        return [*tokens[:start], *tokens[at:end], *tokens[start : inner + 1], *again, *tokens[inner + 1 : at], *tokens[end:]]
    return tokens


def _times(token: Token) -> bool:
    return token.type == "TIMES" or (token.type == "WORDS" and token.text.lower() in ("times", "×", "x"))


def _of_normal(tokens: list[Token], index: int) -> None:
    """ "> 1.5 × institutional normal": the upper limit of what is normal."""
    while index < len(tokens) and (tokens[index].type == "FILLER" or tokens[index].text.lower() in ("institutional", "laboratory", "institution's")):
        become(tokens[index], "FILLER", "")
        index += 1
    if index < len(tokens) and tokens[index].type == "NORMAL" and tokens[index].value == "normal":
        become(tokens[index], "LIMIT", "uln")


def numbers_defined(tokens: list[Token]) -> list[Token]:
    """ "adequate platelets, defined as ≥ 100,000/mcL" as "platelets ≥ 100,000/mcL"."""
    at = next((index for index, token in enumerate(tokens) if token.type == "DEFINED"), 0)
    before = [index for index in range(at) if tokens[index].type not in ("FILLER", "COMMA")]
    after = next((token for token in tokens[at + 1 :] if token.type != "FILLER"), None)
    plain = before and all(tokens[index].type in ("CONCEPT", "JUDGED", "KNOWN", "OF", "WITH", "MUST") for index in before)
    if not at or not plain or tokens[before[-1]].kind not in ("analyte", "score") or after is None or after.type != "COMPARE":
        return tokens
    return [token for token in tokens[: before[-1] + 1] if token.type != "JUDGED"] + tokens[at + 1 :]


def _with_functions(words: list[Token]) -> list[Token]:
    """ "adequate renal function | with creatinine ≤ 1.5 mg/dL": the numbers say what is adequate."""
    for index in range(1, len(words) - 3):
        judged, function, word, named = words[index - 1 : index + 3]
        adequate = judged.type in ("JUDGED", "NORMAL") and function.text.lower().endswith(("function", "functions", "reserve"))
        limited = named.kind in ("analyte", "score") and any(token.type in ("COMPARE", "NUMBER") for token in words[index + 3 :])
        if adequate and limited and word.type == "WITH" and word.text.lower() == "with":
            become(word, "COLON", ":")
    return words


def numbers_described(tokens: list[Token]) -> list[Token]:
    """ "menopausal levels of FSH (> 30 IU/L)", "FSH in the postmenopausal range (> 40)": the number says what the words do."""
    words = _with_functions([token for token in tokens if token.type != "FILLER"])
    for index, token in enumerate(words):
        if token.kind != "analyte":
            continue
        start = index - (index > 0 and _describes(words[index - 1]))
        end = index + 1
        if [one.type for one in words[end : end + 3]] == ["IN", "CONCEPT", "WORDS"] and _describes(words[end + 1]) and words[end + 2].text == "range":
            end += 3
        after = [one.type for one in words[end : end + 2]]
        if (start < index or end > index + 1) and (after[:1] == ["COMPARE"] or after == ["LPAR", "COMPARE"]):
            return [*words[:start], token, *words[end:]]
    return tokens


def _describes(token: Token) -> bool:
    """Whether a word only says on which side of the usual a number lies."""
    return token.type in ("WORDS", "CONCEPT") and token.text.lower() in _SIDES


def _multiple(tokens: list[Token], index: int) -> bool:
    """Whether a multiple of a limit begins here."""
    row = [token.type for token in tokens[index : index + 4] if token.type != "FILLER"]
    return row[:3] == ["NUMBER", "TIMES", "LIMIT"]


def _compared(tokens: list[Token], index: int) -> bool:
    """Whether "≤ 5" stands before a sign of multiplication."""
    return index > 1 and tokens[index - 1].type == "NUMBER" and tokens[index - 2].type == "COMPARE"
