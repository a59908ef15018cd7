"""Closed-class words of the language (grammar/words.yaml) as the profile's names use them: a row of words into meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eligimatch.model.vocabulary import Phrase, expanded
from eligimatch.model.words import folded


class Wordings:
    """Looks up the wordings of terminals; each terminal is written out when it is first asked for."""

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self._words = words
        self._tables: dict[str, dict[Phrase, str]] = {}
        self._longest: dict[str, int] = {}

    def meaning(self, terminal: str, phrase: Sequence[str]) -> str | None:
        """What the whole phrase means as that terminal."""
        return self._table(terminal).get(tuple(phrase))

    def leading(self, terminal: str, phrase: Sequence[str]) -> tuple[str, int] | None:
        """The meaning of the longest wording that the phrase begins with, and its length."""
        table = self._table(terminal)
        for length in range(min(len(phrase), self._longest[terminal]), 0, -1):
            if (meaning := table.get(tuple(phrase[:length]))) is not None:
                return meaning, length
        return None

    def _table(self, terminal: str) -> dict[Phrase, str]:
        table = self._tables.get(terminal)
        if table is None:
            table = {folded(wording): str(meaning) for meaning, wordings in self._words.get(terminal, {}).items() for wording in expanded(wordings)}
            table.pop((), None)
            self._tables[terminal] = table
            self._longest[terminal] = max((len(phrase) for phrase in table), default=0)
        return table
