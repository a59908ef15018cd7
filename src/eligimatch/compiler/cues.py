"""Cues: an expression that is dear to look for, tried only on texts in which one of its words stands: most hold none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Cued(NamedTuple):
    """An expression, and words in small letters of which each of its finds holds one."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]

    def search(self, text: str) -> re.Match[str] | None:
        """The first find."""
        return self.pattern.search(text) if self.may_stand_in(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All finds, in order."""
        return self.pattern.finditer(text) if self.may_stand_in(text) else iter(())

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A find that is the whole text."""
        return self.pattern.fullmatch(text)

    def may_stand_in(self, text: str) -> bool:
        """Whether one of the words stands in the text."""
        return any(map(_small(text).__contains__, self.words))


@lru_cache(maxsize=16)
def _small(text: str) -> str:
    """A text in small letters: several expressions are looked for in one."""
    return text.lower()


def cued(pattern: str, words: str, flags: re.RegexFlag = re.IGNORECASE) -> Cued:
    """An expression with its words, `|` between them."""
    return Cued(re.compile(pattern, flags), tuple(words.split("|")))
