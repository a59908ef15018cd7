"""Numerals: choices of numbers, ranges and ages, comparators and nouns put in one order."""

from __future__ import annotations

import re

from eligimatch.compiler.number_words import untold_age
from eligimatch.compiler.terminals import become, may_be, value_as
from eligimatch.compiler.tokens import TIME_UNITS, Token

_NUMERIC = frozenset({"NUMBER", "CHOICE"})
_SIGNS = {">": ">", "<": "<", "≥": ">=", "≤": "<="}
_OLD = re.compile(r".*\b(?:older|younger|elder)\b", re.IGNORECASE)
_OF_PEOPLE = frozenset({"WITH", "RECEIVED", "RECEIVING", "PLANNED", "REQUIRING", "TREATMENT_WITH"})
_THROUGH = frozenset({"to", "through", "-", "–", "—", "~"})
_STEROID = frozenset({"prednisone", "prednisolone"})
_FLIPPED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "="}


def split_alternatives(tokens: list[Token]) -> list[Token]:
    """ "> 450 ms or > 470 ms", "younger than 18 or older than 75": the second comparator is of the number after it."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        word, _, sign = token.text.partition(" ")
        before_number = _number_follows(tokens, index + 1)
        if may_be(token, "OR_COMPARE") and (before_number or not may_be(token, "COMPARE_AFTER")):
            out.append(_link(token, word))
            token.start, token.text = token.end - len(sign), sign
            become(token, "COMPARE", value_as(token, "OR_COMPARE"))
        elif token.type == "OR_COMPARE":
            become(token, "COMPARE_AFTER", value_as(token, "COMPARE_AFTER"))
        elif token.type == "COMPARE_AFTER" and before_number and word.lower() in ("or", "and") and sign in _SIGNS:
            out.append(_link(token, word))
            token.start, token.text = token.end - len(sign), sign
            become(token, "COMPARE", _SIGNS[sign])
        out.append(token)
    return out


def _number_follows(tokens: list[Token], index: int) -> bool:
    """ "or over | 85", "or over | the age of 85"."""
    row = [token for token in tokens[index : index + 5] if token.type != "FILLER"]
    if row and row[0].kind == "analyte":
        row = row[1 + (len(row) > 1 and row[1].type == "OF") :]
    return bool(row) and row[0].type in ("NUMBER", "LIMIT")


def _link(token: Token, word: str) -> Token:
    link = Token("AND" if word.lower() == "but" else word.upper(), word.lower(), token.start, token.start + len(word))
    link.text = word
    return link


_TELLS_AGE = frozenset({"COMPARE", "NUMBER", "KNOWN"})


def ages(tokens: list[Token]) -> list[Token]:
    """ "younger than 12 months", "21 or older": an age, where the words name none; years speak for themselves, save before "with …"."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type not in _TELLS_AGE:
            out.append(token)
            continue
        number = index + (token.type == "COMPARE")
        end = number + 1 + (number + 1 < len(tokens) and tokens[number + 1].type == "UNIT")
        aged = token.type == "COMPARE" and _OLD.match(token.text) and number < len(tokens) and tokens[number].type == "NUMBER"
        if token.type == "NUMBER":
            after = tokens[end] if end < len(tokens) else None
            aged = after is not None and after.type == "COMPARE_AFTER" and _OLD.search(after.text) and not (out and out[-1].type == "COMPARE")
        later = next((other.type for other in tokens[end : end + 2] if other.type != "COMPARE_AFTER"), "")
        if token.type == "KNOWN" and out and (_people(out[-1]) or _ends_ages(out)) and token.text.lower().endswith((" with", " from")):
            become(token, "WITH", "with")  # "men aged 18 to 80 | diagnosed with …"
        if aged and not (tokens[end - 1].value == "year" and later not in _OF_PEOPLE) and untold_age(out):
            age = Token("CONCEPT", "analyte", token.start, token.start, ("age",))
            age.text = "age"
            out.append(age)
        out.append(token)
    return out


def _ends_ages(out: list[Token]) -> bool:
    """ "aged 18 - 80", without a unit."""
    ranged = [token.type for token in out[-3:]] == ["NUMBER", "THROUGH", "NUMBER"]
    return ranged and any("age" in token.names for token in out[-5:-3])


def _people(token: Token) -> bool:
    """Whether a token ends the words for people: "men", "aged 18 to 80 years"."""
    aged = token.value == "year" if token.type == "UNIT" else token.type == "COMPARE_AFTER" and _OLD.search(token.text)
    return token.kind == "group" or bool(aged)


def ranges(tokens: list[Token]) -> list[Token]:
    """ "6 months to < 18 years", "from 18 to 65": the same as ">= 6 months and < 18 years", "18 to 65"."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if (
            token.type in ("THROUGH", "TO", "COMMA")
            and token.text.lower() in _THROUGH
            and following == "COMPARE"
            and str(tokens[index + 1].value)[0] == "<"
        ):
            at = len(out) - 1 - (bool(out) and out[-1].type == "UNIT")
            alone = at >= 0 and out[at].type == "NUMBER" and (not at or out[at - 1].type != "COMPARE")
            if at > 0 and out[at].type == "NUMBER" and out[at - 1].value in (">", ">="):
                become(token, "AND", "and")  # "≥ 50 kg to ≤ 110 kg"
            elif alone and at == len(out) - 1 and tokens[index + 1].value == "<":
                become(token, "THROUGH", "to <")
                del tokens[index + 1]
            elif alone:
                least = Token("COMPARE", ">=", out[at].start, out[at].start)
                least.text = "≥"
                out.insert(at, least)
                become(token, "AND", "and")
        if (
            token.type == "DUE_TO"
            and token.text.lower() == "from"
            and following == "NUMBER"
            and any(t.type in ("THROUGH", "TO") for t in tokens[index + 2 : index + 4])
        ):
            continue
        out.append(token)
    return out


def units_after_last(tokens: list[Token]) -> list[Token]:
    """ "in the past year" is one year; "≤ 1 mg/mg (≤ 113 mg/mmol) | creatinine" is of what it is counted by."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.text.lower() == "creatinine" and _counted_by(out) and not (tokens[index + 1 :] and tokens[index + 1].type in _NUMERIC | {"COMPARE"}):
            continue
        if token.type == "UNIT" and (not out or out[-1].type not in _NUMERIC):
            if out and out[-1].type in ("LAST", "WITHIN", "COMPARE", "LASTING") and str(token.value) in TIME_UNITS:
                out.append(Token("NUMBER", 1.0, token.start, token.start))
            else:
                become(token, "WORDS", "")
        out.append(token)
    return out


def _counted_by(out: list[Token]) -> bool:
    """Whether a number of a ratio ends here."""
    last = out[-2:] if out and out[-1].type == "RPAR" else out[-1:]
    return bool(last) and last[0].type == "UNIT" and str(last[0].value) in _RATIOS


_RATIOS = frozenset({"mg/mg", "mg/g", "g/g", "g/mol", "mg/mmol"})


def choices(tokens: list[Token]) -> list[Token]:
    """ "0, 1, or 2" as one CHOICE."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end = _choice_end(tokens, index) if tokens[index].type == "NUMBER" else index
        if end > index + 1 or (end > index and len(_listed_numbers(tokens[index])) > 1 and _of_scale(tokens, index)):
            values = tuple(value for t in tokens[index:end] if t.type == "NUMBER" for value in _listed_numbers(t))
            out.append(Token("CHOICE", values, tokens[index].start, tokens[end - 1].end))
        else:
            end = index + 1
            out.append(tokens[index])
        index = end
    return out


def _listed_numbers(token: Token) -> tuple[float, ...]:
    """ "0,1" in a list of choices, or of a scale, is two numbers."""
    steps = [int(step) for step in token.text.split(",") if step.isdecimal()]
    listed = len(steps) == token.text.count(",") + 1 and steps == [*range(steps[0], steps[0] + len(steps))]
    return tuple(map(float, steps)) if listed and len(steps) > 1 else (token.number,)


def _choice_end(tokens: list[Token], index: int) -> int:
    if index and tokens[index - 1].type in ("COMPARE", "BETWEEN"):
        return index
    end = index + 1
    while True:
        ahead = end
        while ahead < len(tokens) and tokens[ahead].type in ("COMMA", "OR", "ANDOR", "AND", "SLASH"):
            ahead += 1
        if ahead == end or ahead >= len(tokens) or tokens[ahead].type != "NUMBER":
            break
        if {t.type for t in tokens[end:ahead]} & {"AND"} and tokens[index].number and not _of_scale(tokens, index):
            break
        if {t.type for t in tokens[end:ahead]} & {"AND", "SLASH"} and tokens[ahead].number - tokens[end - 1].number != 1:
            break
        end = ahead + 1
    after = tokens[end].type if end < len(tokens) else ""
    return index if after in ("UNIT", "TIMES", "LIMIT", "THROUGH", "COMPARE_AFTER") else end


def _of_scale(tokens: list[Token], index: int) -> bool:
    """Whether a number is of a score or a grade: of "3 and 4" a person has one."""
    before = [token for token in tokens[max(index - 3, 0) : index] if token.type not in ("OF", "COLON")]
    return bool(before) and (before[-1].kind == "score" or before[-1].type == "GRADE")


def without_idle_equals(tokens: list[Token]) -> list[Token]:
    """ "= 0-2" without its sign."""
    return [token for index, token in enumerate(tokens) if token.type != "COMPARE" or token.value != "=" or not _idle(tokens, index)]


def _idle(tokens: list[Token], index: int) -> bool:
    following = [token.type for token in tokens[index + 1 : index + 3]]
    return following[:1] == ["CHOICE"] or following == ["NUMBER", "THROUGH"]


def flip(tokens: list[Token]) -> list[Token]:
    """ "18 ≤ Age" says that age is at least 18."""
    for index, token in enumerate(tokens[:-1]):
        if (
            token.type == "COMPARE"
            and not token.text[0].isalpha()
            and index
            and tokens[index - 1].type in ("NUMBER", "UNIT")
            and tokens[index + 1].type in ("CONCEPT", "WORDS")
        ):
            become(token, "COMPARE_AFTER", _FLIPPED[str(token.value)])
    return tokens


def reorder(tokens: list[Token]) -> list[Token]:
    """ "between the ages of 18 and 75", "≥ grade 3": the noun before the comparator."""
    for index, token in enumerate(tokens[3:], start=3):
        dosed = [before.type for before in tokens[index - 3 : index]] == ["COMPARE", "NUMBER", "UNIT"] and not _STEROID.isdisjoint(token.names)
        if dosed and _steroids(tokens[: index - 3]):
            become(token, "EQUIVALENT", "prednisone")  # "corticosteroids (> 10 mg/day prednisone)"
    for index, token in enumerate(tokens[:-2]):
        if token.type not in ("COMPARE", "BETWEEN"):
            continue
        noun, after = tokens[index + 1], tokens[index + 2]
        if noun.type == "CONCEPT" and after.type == "NUMBER" and not _STEROID.isdisjoint(noun.names) and _steroids(tokens[:index]):
            become(noun, "EQUIVALENT", "prednisone")
        if noun.type in ("GRADE", "EQUIVALENT") and after.type == "NUMBER":
            tokens[index], tokens[index + 1] = noun, token
        elif noun.type == "CONCEPT" and (
            after.type in _NUMERIC or (after.type == "OF" and index + 3 < len(tokens) and tokens[index + 3].type in _NUMERIC)
        ):
            tokens[index], tokens[index + 1] = noun, token
            if after.type == "OF":
                tokens[index + 1], tokens[index + 2] = after, token
    return tokens


def _steroids(tokens: list[Token]) -> bool:
    """Whether steroids are named, so that a dose of prednisone after them is a measure of theirs."""
    return any("steroid" in name for token in tokens for name in token.names)


def equivalents(tokens: list[Token]) -> list[Token]:
    """ "prednisone > 10 mg daily, or equivalent, for 14 days": the commas part nothing."""
    types = ["", *(token.type for token in tokens), ""]
    idle = [
        types[index] == "COMMA" and (types[index + 1] == "EQUIVALENT" or (types[index - 1] == "EQUIVALENT" and types[index + 1] in _LENGTH_OF))
        for index in range(1, len(types) - 1)
    ]
    return [token for token, left_out in zip(tokens, idle, strict=True) if not left_out]


_LENGTH_OF = frozenset({"FOR", "WITHIN", "LASTING"})
