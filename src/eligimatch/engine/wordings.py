"""Closed-class words of the language (grammar/words.yaml) as the profile's names use them: a row of words into meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eligimatch.model.vocabulary import Phrase


class Wordings:
    """Looks up the wordings of terminals."""

    def __init__(self, tables: Mapping[tuple[str, str], Mapping[Phrase, str]]) -> None:
        self._tables = tables

    def meaning(self, terminal: str, phrase: Sequence[str]) -> str | None:
        """What the whole phrase means as that terminal."""
        return self._beginning(terminal, phrase).get(tuple(phrase))

    def leading(self, terminal: str, phrase: Sequence[str]) -> tuple[str, int] | None:
        """The meaning of the longest wording that the phrase begins with, and its length."""
        table = self._beginning(terminal, phrase)
        for length in range(min(len(phrase), max(map(len, table), default=0)), 0, -1):
            if (meaning := table.get(tuple(phrase[:length]))) is not None:
                return meaning, length
        return None

    def _beginning(self, terminal: str, phrase: Sequence[str]) -> Mapping[Phrase, str]:
        """The wordings of a terminal that begin with the phrase's first word."""
        return self._tables.get((terminal, phrase[0]), {}) if phrase else {}
