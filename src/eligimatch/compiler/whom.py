"""Whom: "women only: …", "Cohort A: …" as what is asked of them."""

from __future__ import annotations

from eligimatch.compiler.arms import ARM
from eligimatch.compiler.tokens import Token

_PEOPLE = frozenset(
    "female;male;woman of childbearing potential;woman not of childbearing potential;man of reproductive potential;person of reproductive potential"
    ";premenopausal;postmenopausal;minor;adult".split(";")
)
"""Groups of which a limit or a demand may be: "women: …"."""


_JOINING = frozenset({"ONLY", "COLON", "COMMA", "AND", "OR", "SLASH", "LPAR", "RPAR"})


def of_people(tokens: list[Token]) -> list[Token]:
    """ "women only: …" is asked of women; ", for women only" is said of what stands before it."""
    if not any(map(_group, tokens)):
        return tokens
    if all(_arm(token) or token.type in _JOINING for token in tokens):
        return []  # "Part 1", by itself: a heading
    colons = [index for index, token in enumerate(tokens) if token.type == "COLON"]
    at = max((index for index in colons if all(_arm(token) or token.type in _JOINING for token in tokens[:index])), default=(colons or [0])[0])
    if (
        at
        and at + 1 < len(tokens)
        and all(token.type in ("ONLY", "COLON") or (_group(token) and _PEOPLE.issuperset(token.names[:1])) for token in tokens[:at])
    ):
        named = (token for token in tokens[:at] if token.type not in ("ONLY", "COLON"))
        return [Token("IF", "if", tokens[0].start, tokens[0].start), *named, *tokens[at:]]
    return [token for index, token in enumerate(tokens) if not (_only_of_people(tokens, index) or _before_people(tokens, index))]


def headed(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """ "Part 1. Solid tumors": a sentence that only names an arm heads the one after it."""
    out: list[tuple[list[Token], str]] = []
    for tokens, ended_by in sentences:
        if out and all(_arm(token) or token.type in _JOINING or token.type == "FILLER" for token in out[-1][0]):
            arms = out.pop()[0]
            out.append(([*arms, Token("COLON", ":", arms[-1].end, arms[-1].end), *tokens], ended_by))
        else:
            out.append((tokens, ended_by))
    return out


def _group(token: Token) -> bool:
    """Whether a token names people, or an arm or part of the trial."""
    return token.kind == "group" or _arm(token)


def _arm(token: Token) -> bool:
    return token.type == "WORDS" and ARM.fullmatch(token.text) is not None


def _only_of_people(tokens: list[Token], index: int) -> bool:
    follows = index + 1 == len(tokens) or tokens[index + 1].type in ("RPAR", "COMMA", "COLON")
    return tokens[index].type == "ONLY" and index > 0 and _group(tokens[index - 1]) and follows


def _before_people(tokens: list[Token], index: int) -> bool:
    """A comma before "for women of childbearing potential" at the end of what is asked of them."""
    last = tokens[index + 3 :]
    group = tokens[index].type == "COMMA" and [token.type for token in tokens[index + 1 : index + 3]] == ["FOR", "CONCEPT"]
    return group and index > 0 and tokens[index + 2].kind == "group" and (not last or [token.type for token in last] == ["ONLY"])


def of_an_age(tokens: list[Token]) -> list[Token]:
    """ "Age ≥ 16 years: Karnofsky ≥ 50": asked of those who are so old."""
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON"), 0)
    aged = any(token.type in ("COMPARE", "BETWEEN", "THROUGH") for token in tokens[:at]) and all(map(_tells_age, tokens[:at]))
    asked = any(token.kind in ("analyte", "score") for token in tokens[at + 1 : at + 3])
    return [Token("IF", "if", tokens[0].start, tokens[0].start), *tokens] if aged and asked else tokens


def _tells_age(token: Token) -> bool:
    if token.type in ("UNIT", "CONCEPT"):
        return token.names[:1] == ("age",) or token.text.lower().startswith(("year", "month", "yr"))
    return token.type in ("COMPARE", "BETWEEN", "THROUGH", "NUMBER", "AND", "WITH", "OF")
