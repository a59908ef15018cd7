"""Spoken: sentences of which every part is speech or names nothing that a profile holds, as one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.statements import SAID
from eligimatch.compiler.terminals import LINKS
from eligimatch.compiler.tokens import Token

_SILENT = (
    frozenset(
        "LPAR RPAR THAT MUST MUST_NOT NOT NEITHER EITHER OTHER KNOWN CURRENT JUDGED METHOD ONLY WITH FOR OF IN TO BY DUE_TO INCLUDING QUALITY"
        " SEVERITY DURING".split()
    )
    | LINKS
)
"""What may stand in such a sentence beside speech and words."""
_SPEECH = frozenset({"STATEMENT", "JUDGEMENT"})


def only_said(tokens: Sequence[Token], linker: Linker) -> bool:
    """Whether only a person can say all of it: each member of its list is speech, or names no disease, no treatment and no number."""
    words = tokens[1:] if tokens and tokens[0].type == "IF" else tokens
    if not any(_says(token) for token in words):
        return False
    return all(_spoken(segment, linker) for segment in _segments(words))


def _says(token: Token) -> bool:
    return token.type in _SPEECH or (token.type == "WORDS" and token.value == SAID)


def _segments(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The members of the sentence's list."""
    segment: list[Token] = []
    for token in tokens:
        if token.type in LINKS and token.type != "THAT":
            yield segment
            segment = []
        else:
            segment.append(token)
    yield segment


def _spoken(segment: list[Token], linker: Linker) -> bool:
    said = any(_says(token) for token in segment)
    return all(token.type in _SPEECH or token.type in _SILENT or _names_nothing(token, linker, said=said) for token in segment)


def _names_nothing(token: Token, linker: Linker, *, said: bool) -> bool:
    """A word that names nothing by itself; beside speech, any word that the language does not know."""
    if token.type == "WORDS" or (token.type == "CONCEPT" and not token.names):
        return said or linker.general([token])
    return token.type in ("COURSE", "CONCEPT") and token.kind in ("condition", "treatment", "") and linker.general([token])
