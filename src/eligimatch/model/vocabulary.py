"""The vocabulary as one value: concepts, what is a kind of what, and the wordings that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
import re

from eligimatch.model.concept import Entry
from eligimatch.model.words import fold, folded

Phrase = tuple[str, ...]
"""A wording as folded atoms."""

COMMON_WORDS = frozenset(
    "a about aid aids all am an and any are arm art as asap at bad be bed best bid big bit both but by cad call can car care case cast cat chip "
    "coil come cost crest cut dad date day dip do dose ear eat eats end ever eye face fact fast fat fed few fish fit five flair for four free "
    "full gas get go good gum had hal ham hand hard has hat he head heart help her here high him his hit home hot how i ice if ill in is it "
    "its just keep land large last laser late lead leap left less let life like line list live long lot low mac mad make male man map mar mass "
    "match me men met mice mild mind mine miss more most much must my near net new next nice no none nor not now of off old on one only open or "
    "other our out over own pain pal part pass past pat path peak per pet pin plan poor post pre prep pro put ran rate read rest ride right "
    "rise risk role run safe same save sea see self sent set she short side six skin small so some son star stay step stop such sum take tap "
    "task team ten test than that the them then they this three tic tie time tip to too top toe two type under up us use very vs was way we wean week well "
    "were what when who why will with word work year yes you".split()
)


class Vocabulary:
    """Concepts by name, their ancestors, and the phrases that name them. Never changes after it is made."""

    def __init__(self, entries: Iterable[Entry], words: Mapping[str, Mapping[str, str]]) -> None:
        self.entries = {entry.name: entry for entry in entries}
        self.words = words
        """Closed-class words: terminal -> meaning -> wordings (grammar/words.yaml)."""
        self.phrases = _index(self.entries.values())
        self._ancestors: dict[str, frozenset[str]] = {}
        self._children: dict[str, list[str]] | None = None
        self._codes: dict[tuple[str, str], list[str]] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __getitem__(self, name: str) -> Entry:
        return self.entries[name]

    def get(self, name: str) -> Entry | None:
        """The concept of that name, if there is one."""
        return self.entries.get(name)

    def ancestors(self, name: str) -> frozenset[str]:
        """Every concept of which `name` is a kind, itself among them."""
        known = self._ancestors.get(name)
        if known is None:
            entry = self.entries.get(name)
            parents = entry.parents if entry else ()
            known = frozenset({name}).union(*(self.ancestors(parent) for parent in parents))
            self._ancestors[name] = known
        return known

    def is_a(self, name: str, other: str) -> bool:
        """Whether every case of `name` is one of `other`."""
        return other in self.ancestors(name)

    def children(self, name: str) -> tuple[str, ...]:
        """The concepts that name it as a parent."""
        if self._children is None:
            self._children = {}
            for entry in self.entries.values():
                for parent in entry.parents:
                    self._children.setdefault(parent, []).append(entry.name)
        return tuple(self._children.get(name, ()))

    def find(self, text: str) -> tuple[str, ...]:
        """The names of the concepts that a wording may mean, none where it is not known."""
        return self.phrases.get(folded_phrase(text), ())

    def by_code(self, system: str, value: str) -> tuple[str, ...]:
        """The concepts that hold a code, or the longest code above it."""
        if self._codes is None:
            self._codes = {}
            for entry in self.entries.values():
                for system_, values in entry.codes.items():
                    for code in values:
                        self._codes.setdefault((system_, code), []).append(entry.name)
        for length in range(len(value), 2, -1):
            if names := self._codes.get((system, value[:length].rstrip("."))):
                return tuple(names)
        return ()


def folded_phrase(text: str) -> Phrase:
    """The wording's key: folded atoms, abbreviations that spell a common word kept in capitals."""
    if text.isupper() and text.lower() in COMMON_WORDS:
        return (text,)
    return folded(text)


def variants(text: str) -> Iterator[Phrase]:
    """The wording's keys: as written, and with its hyphens closed (`PD-L1` is `PDL1`)."""
    yield folded_phrase(text)
    if "-" in text:
        yield folded_phrase(re.sub(r"(?<=[^\W_])-(?=[^\W_])", "", text))


def expanded(wordings: str) -> Iterator[str]:
    """Each wording of a `;` list, with `{a|b}` multiplied out."""
    for wording in wordings.split(";"):
        parts = [part.split("|") for part in re.split(r"[{}]", wording)]
        for choice in product(*parts):
            yield " ".join("".join(choice).split())


def _index(entries: Iterable[Entry]) -> dict[Phrase, tuple[str, ...]]:
    index: dict[Phrase, list[str]] = {}
    for entry in entries:
        for wording in (entry.name, *entry.synonyms):
            for phrase in variants(wording):
                names = index.setdefault(phrase, [])
                if entry.name not in names:
                    names.append(entry.name)
    return {phrase: tuple(names) for phrase, names in index.items() if phrase}


__all__ = ["COMMON_WORDS", "Phrase", "Vocabulary", "expanded", "fold", "folded_phrase", "variants"]
