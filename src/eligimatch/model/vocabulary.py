"""The vocabulary as one value: concepts, what is a kind of what, and the wordings that name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple, TypeVar

from eligimatch.model.concept import Entry
from eligimatch.model.words import GLUE, atoms, fold, folded

Key = TypeVar("Key")
Phrase = tuple[str, ...]
"""A wording as folded atoms."""

COMMON_WORDS = frozenset(
    "a about aid aids all am an and any are arm art as asap at bad be bed best bid big bit both but by cad call can car care case cast cat chip "
    "coil come cost crest cup cut dad date day dip do dose ear eat eats end ever eye face fact fast fat fed few fish fit five flair for four free "
    "full gas get go good gum had hal ham hand hard has hat he head heart help her here high him his hit home hot how i ice if ill in is it its "
    "just keep land large last laser late lead leap left less let life like line list live long lot low mac mad make male man map mar mass "
    "match me men met mice mild mind mine miss mm more most much must my near net new next nice no none nor not now of off old on one only open or "
    "other our out over own pain pal part pass past pat path peak per pet pin plan poor post pre prep pro put ran rate read rest ride right "
    "rise risk role run safe same save sea see self sent set she short side six skin small so some son star stay step stop such sum take tap "
    "task team ten test than that the them then they this three tic tie time tip to too top toe two type under up us use very vs was way we "
    "wean week well act aim aspect kit pole pox hr were what when who why will with word work year yes you "
    "mg capra capras gos gose hra hras mms mmse mrs mrse nos".split()
)


class Tables(NamedTuple):
    """What a vocabulary looks up: made from its entries, or read from a store."""

    entries: Mapping[str, Entry]
    phrases: Mapping[Phrase, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    codes: Mapping[tuple[str, str], tuple[str, ...]]
    wordings: Mapping[tuple[str, str], Mapping[Phrase, str]]
    """Closed-class words, written out: terminal and first word -> wording -> meaning."""


class Vocabulary:
    """Concepts by name, their ancestors, and the phrases that name them. Never changes after it is made."""

    def __init__(self, entries: Iterable[Entry] | Tables, words: Mapping[str, Mapping[str, str]]) -> None:
        self.tables = entries if isinstance(entries, Tables) else tables_of(entries, words)
        self.entries = self.tables.entries
        self.words = words
        """Closed-class words as they are written: terminal -> meaning -> wordings (grammar/words.yaml)."""
        self.phrases = self.tables.phrases
        self.wordings = self.tables.wordings
        self._ancestors: dict[str, frozenset[str]] = {}
        self._descendants: dict[str, frozenset[str]] = {}

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

    def marked(self, name: str, key: str) -> bool:
        """Whether the concept or one above it bears a mark: `lifelong`, `lasting`."""
        return any(entry.facts.get(key) for entry in filter(None, map(self.entries.get, self.ancestors(name))))

    def children(self, name: str) -> tuple[str, ...]:
        """The concepts that name it as a parent."""
        return self.tables.children.get(name, ())

    def overlap(self, name: str, other: str) -> bool:
        """Whether a kind of the one is a kind of the other: hypothyroidism and autoimmune disease."""
        return self.is_a(name, other) or self.is_a(other, name) or not self._below(name).isdisjoint(self._below(other))

    def _below(self, name: str) -> frozenset[str]:
        """Every concept that is a kind of `name`, itself among them."""
        known = self._descendants.get(name)
        if known is None:
            found, waiting = {name}, [name]
            while waiting:
                new = [child for child in self.children(waiting.pop()) if child not in found]
                found.update(new)
                waiting += new
            self._descendants[name] = known = frozenset(found)
        return known

    def find(self, text: str) -> tuple[str, ...]:
        """The names of the concepts that a wording may mean, none where it is not known."""
        return self.phrases.get(folded_phrase(text), ())

    def by_code(self, system: str, value: str) -> tuple[str, ...]:
        """The concepts that hold a code, or the longest code above it."""
        for length in range(len(value), 2, -1):
            if names := self.tables.codes.get((system, value[:length].rstrip("."))):
                return names
        return ()


@lru_cache(maxsize=1 << 14)
def folded_phrase(text: str) -> Phrase:
    """The wording's key: folded atoms, abbreviations that spell a common word kept in capitals."""
    return tuple([_keyed(atom) for atom in atoms(text) if atom not in GLUE])


@lru_cache(maxsize=1 << 16)
def _keyed(atom: str) -> str:
    return atom if shouted(atom) else fold(atom)


def shouted(atom: str) -> bool:
    """Whether an atom is an abbreviation whose letters, small or without a plural s, spell a common word."""
    return len(atom) > 1 and atom.isupper() and (atom.lower() in COMMON_WORDS or fold(atom) in COMMON_WORDS)


_HYPHEN = re.compile(r"(?<=[^\W_])-(?=[^\W_])")


def variants(text: str) -> Iterator[Phrase]:
    """The wording's keys: as written, with its hyphens closed (`PD-L1` is `PDL1`), and a long one in small letters."""
    said = [atom for atom in atoms(text) if atom not in GLUE]
    phrase = tuple(map(_keyed, said))
    yield phrase
    if "-" in text:
        yield folded_phrase(_HYPHEN.sub("", text))
    small = tuple(map(fold, said))
    if len(phrase) > 1 and phrase != small and not COMMON_WORDS.issuperset(small):
        yield small


_WHOLE_PIECES = re.compile(r"[^\d{}-]*(?:(?:^|(?<=\s)){[^\d{}-]*}(?=\s|$)[^\d{}-]*)*")
"""A wording whose alternatives begin and end between words, without hyphens and numbers that could join words."""


def keys_of(wordings: str) -> Iterator[Phrase]:
    """The keys of each wording of a `;` list, with `{a|b}` multiplied out."""
    for wording in wordings.split(";"):
        if any(map(shouted, atoms(wording))):
            yield from (phrase for one in expanded(wording) for phrase in variants(one))
        else:
            yield from _multiplied(wording, variants)


def folded_keys_of(wordings: str) -> Iterator[Phrase]:
    """The same, all in small letters."""
    return (phrase for wording in wordings.split(";") for phrase in _multiplied(wording, lambda one: (folded(one),)))


def _multiplied(wording: str, keys: Callable[[str], Iterable[Phrase]]) -> Iterator[Phrase]:
    """The keys of a wording: its pieces are folded once each, not once in every combination."""
    if _WHOLE_PIECES.fullmatch(wording):
        parts = [[folded(part) for part in piece.split("|")] for piece in re.split(r"[{}]", wording)]
        return (tuple(chain.from_iterable(choice)) for choice in product(*parts))
    return (phrase for one in expanded(wording) for phrase in keys(one))


def expanded(wordings: str) -> Iterator[str]:
    """Each wording of a `;` list, with `{a|b}` multiplied out."""
    for wording in wordings.split(";"):
        parts = [part.split("|") for part in re.split(r"[{}]", wording)]
        for choice in product(*parts):
            yield " ".join("".join(choice).split())


def tables_of(entries: Iterable[Entry], words: Mapping[str, Mapping[str, str]]) -> Tables:
    """The tables of a vocabulary read from its files."""
    named = {entry.name: entry for entry in entries}
    children = _gathered((parent, entry.name) for entry in named.values() for parent in entry.parents)
    codes = _gathered(((system, code), entry.name) for entry in named.values() for system, codes in entry.codes.items() for code in codes)
    return Tables(named, _index(named.values()), children, codes, _written_out(words))


def _written_out(words: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], dict[Phrase, str]]:
    table: dict[tuple[str, str], dict[Phrase, str]] = {}
    for terminal, meanings in words.items():
        for meaning, wordings in meanings.items():
            for phrase in filter(None, folded_keys_of(wordings)):
                table.setdefault((terminal, phrase[0]), {})[phrase] = str(meaning)
    return table


def _gathered(pairs: Iterable[tuple[Key, str]]) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


def _index(entries: Iterable[Entry]) -> dict[Phrase, tuple[str, ...]]:
    index: dict[Phrase, list[str]] = {}
    for entry in entries:
        for wording in (entry.name, *entry.synonyms):
            for phrase in variants(wording):
                names = index.setdefault(phrase, [])
                if entry.name not in names:
                    names.append(entry.name)
    return {phrase: tuple(names) for phrase, names in index.items() if phrase}


__all__ = [
    "COMMON_WORDS",
    "Phrase",
    "Tables",
    "Vocabulary",
    "expanded",
    "fold",
    "folded_keys_of",
    "folded_phrase",
    "keys_of",
    "shouted",
    "tables_of",
    "variants",
]
