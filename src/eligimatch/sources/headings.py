"""What the heading of a column says: the column of a table that it fills, of what, in which unit; from grammar/headings.yaml and the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from eligimatch.model.columns import REPRODUCTIVE
from eligimatch.model.concept import Entry
from eligimatch.model.nearest import nearest
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded
from eligimatch.sources.vocabulary import load

Words = tuple[str, ...]
_COMPOUND = re.compile(r"(?i)\b([^\W\d_]{3,}?)s?(datum|beginn|ende)\b")
"""German writes a thing and its day as one word: Labordatum, Therapiebeginn."""


class Heading(NamedTuple):
    """A heading taken apart."""

    name: str
    """All of it but the unit."""
    unit: str | None
    """In parentheses or brackets at its end, where it is a unit."""
    part: str | None = None
    """start, end, date or former: what the words beside the name say."""
    rest: str = ""
    """The words beside those of the part."""


class Headings:
    """Knows what columns of lists are called."""

    def __init__(self, path: Path, vocabulary: Vocabulary, units: Units) -> None:
        self._said: Mapping[str, Any] = load(path)
        self._vocabulary = vocabulary
        self._units = units

    def cells(self, kind: str) -> dict[str, str]:
        """Words of cells (`sex`, `answer`, `result`), folded in case, and what they mean."""
        return {word.casefold(): meaning for meaning, words in self._said["cells"][kind].items() for word in words}

    def read(self, text: str) -> Heading:
        """A heading taken apart."""
        name, unit = self._unit(text)
        words = _COMPOUND.sub(r"\1 \2", re.sub(r"[_.:]+", " ", name)).split()
        for phrase, part in self._parts:
            size = len(phrase)
            if folded_words(" ".join(words[:size])) == phrase:
                return Heading(name, unit, part, " ".join(words[size:]))
            if folded_words(" ".join(words[-size:])) == phrase:
                return Heading(name, unit, part, " ".join(words[:-size]))
        return Heading(name, unit)

    def column(self, words: str) -> str | None:
        """The column that is called so."""
        return self._columns.get(folded_words(words))

    def statement(self, words: str) -> str | None:
        """The statement that is asked so."""
        return self._named("statements").get(folded_words(words))

    def event(self, words: str) -> str | None:
        """The event that is called so."""
        return self._named("planned").get(folded_words(words))

    def of_samples(self, words: str) -> bool:
        """Whether the words stand for all tests together."""
        return folded_words(words) in {folded_words(word) for word in self._said["samples"]}

    def concepts(self, words: str) -> list[Entry]:
        """What the vocabulary, or a list's own words for its names, call so."""
        name = self._named("names").get(folded_words(words))
        names = [name] if name else self._vocabulary.find(words) or self._vocabulary.find(re.sub(r"[_.]+", " ", words))
        return [entry for name in names if (entry := self._vocabulary.get(name)) is not None]

    def nearest(self, text: str) -> str | None:
        """The heading that is written most like it."""
        known = [word for kind in ("columns", "statements", "planned", "names") for words in self._said[kind].values() for word in words]
        return next(iter(nearest(text, known, 75, whole=True)), None)

    def _unit(self, text: str) -> tuple[str, str | None]:
        match = re.fullmatch(r"(.*\S)\s*(?:\((.+)\)|\[(.+)\])", text)
        unit = match and (match[2] or match[3]).strip()
        if match and unit and (named := self._unit_named(unit)):
            return match[1], named
        words = text.rsplit(maxsplit=1)
        if len(words) == 2 and re.search(r"[/%]", words[1]) and (named := self._unit_named(words[1])):
            return words[0].rstrip(",;:"), named
        return text, None

    def _unit_named(self, text: str) -> str | None:
        of_laboratories = {spelling.casefold(): unit for unit, spellings in self._said["units"].items() for spelling in spellings}
        return of_laboratories.get(text.casefold().replace("μ", "µ")) or self._units.named(text)

    def _named(self, kind: str) -> dict[Words, str]:
        return {folded_words(word): name for name, words in self._said[kind].items() for word in words}

    @cached_property
    def _columns(self) -> dict[Words, str]:
        return self._named("columns")

    @cached_property
    def _parts(self) -> list[tuple[Words, str]]:
        """Phrases and the parts that they stand for, the longest first."""
        return sorted(self._named("parts").items(), key=lambda found: -len(found[0]))


def fact_column(entry: Entry) -> str | None:
    """The column of `persons` that a group asks, where it is one of yes and no."""
    fact = entry.facts.get("fact")
    return fact if fact in REPRODUCTIVE and entry.facts.get("value") == "true" else None


def folded_words(text: str) -> Words:
    """The words of a heading, folded, without signs."""
    return tuple(word for word in folded(re.sub(r"[^\w+]|_", " ", text)))
