"""Serologies: "negative HIV, hepatitis B and C serology": a result before infections whose test is named after them."""

from __future__ import annotations

import re
from itertools import pairwise

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

_LISTED = frozenset({"CONCEPT", "WORDS", "COMMA", "AND", "OR", "ANDOR", "SLASH", "FILLER"})
_TEST = re.compile(
    r"\W*\b(?:(?:viral )?serolog(?:y|ies)|(?:serolog(?:ic|ical) |blood |antibody |screening )?(?:tests?|testing|screens?|screening))$", re.IGNORECASE
)


def serologies(tokens: list[Token]) -> list[Token]:
    """The list without the word for its test."""
    out: list[Token] = []
    infections = False
    for index, token in enumerate(tokens):
        if token.type == "RESULT":
            following = next((one for one in tokens[index + 1 :] if one.type != "FILLER"), None)
            infections = following is not None and following.kind == "condition"
        elif token.type not in _LISTED:
            infections = False
        test = _TEST.search(token.text) if infections and token.type == "WORDS" else None
        if test is None:
            out.append(token)
        elif test.start():
            out.append(_before(token, test.start()))
    return out


def tested(phrases: list[Phrase], vocabulary: Vocabulary) -> None:
    """The result that stands before the first infection is of each."""
    for before, phrase in pairwise(phrases):
        leads = bool(before.results and before.heads) and before.results[0].start < before.heads[0].start
        plain = names_only(phrase) and not (before.parts or before.window or before.comparisons)
        if leads and plain and all(_infection(one, vocabulary) for one in (before, phrase)):
            phrase.results = before.results


def _infection(phrase: Phrase, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.is_a(name, "infection") for name in phrase.heads[-1].names)


def _before(token: Token, end: int) -> Token:
    named = Token("WORDS", "", token.start, token.start + end)
    named.text = token.text[:end]
    return named
