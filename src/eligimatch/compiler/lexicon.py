"""The lexicon: every known wording as a path of an Aho-Corasick automaton over words.

Each distinct folded atom is one character, so that a phrase is a short string and a match falls on whole words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from eligimatch.compiler.scales import Scale, written
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Phrase, Vocabulary, keys_of, shouted
from eligimatch.model.words import GLUE, atoms, fold

UNKNOWN = "\x01"
_POWER = re.compile(r"x(?=\d)")
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
MISSPELT = "?"
"""Before a unit's spelling that only some analytes make readable (`written_as`)."""


class Meaning(NamedTuple):
    """What a phrase may be: a terminal with its meaning, or CONCEPT with the names it may mean."""

    terminal: str
    value: str
    names: tuple[str, ...] = ()


class Wordings(NamedTuple):
    """What the automaton is made of: phrase `i` is `patterns[i]`, a character for each of its atoms."""

    atoms: tuple[str, ...]
    """Each has its character, the commonest first."""
    patterns: tuple[str, ...]
    meanings: tuple[tuple[Meaning, ...], ...]
    misspelt: tuple[str, ...] = ()
    """Unit spellings that only some analytes make readable."""
    scales: tuple[Scale, ...] = ()
    """Scales whose values are letters or Roman numerals."""


class Lexicon:
    """Finds the longest known phrases in a row of atoms."""

    def __init__(self, source: Vocabulary | Wordings, units: Units) -> None:
        wordings = source if isinstance(source, Wordings) else wordings_of(source)
        self._codes = _Codes(_characters(wordings.atoms))
        self.meanings = wordings.meanings
        self.scales = {name: scale for scale in wordings.scales for name in scale.names}
        self._automaton = AhoCorasick(wordings.patterns, matchkind=MatchKind.LeftmostLongest)
        spellings = {tuple(atoms(written)): MISSPELT + spelling for spelling in wordings.misspelt for written in _signed(spelling)}
        self.units = _trie(spellings | {_spelt(spelling): name for spelling, name in units.spellings.items()})
        self.folded_units = _trie(_folded(units))

    def codes(self, atoms: list[str]) -> str:
        """A character for each atom as written; unknown atoms share one."""
        return "".join(map(self._codes.__getitem__, atoms))

    def names(self, atoms: list[str]) -> Iterator[str]:
        """The concepts that a row of atoms names."""
        kept = [atom for atom in atoms if atom not in GLUE]
        for phrase, _, _ in self.matches(self.codes(kept)):
            for meaning in self.meanings[phrase]:
                yield from meaning.names

    def matches(self, codes: str) -> list[tuple[int, int, int]]:
        """(phrase, first atom, atom after the last) of each leftmost-longest match."""
        return self._automaton.find_matches_as_indexes(codes)


class _Codes(dict[str, str]):
    """The character of each atom met so far, as written."""

    def __init__(self, characters: dict[str, str]) -> None:
        super().__init__()
        self._characters = characters

    def __missing__(self, atom: str) -> str:
        capital = self._characters.get(atom) if shouted(atom) else None
        self[atom] = known = capital or self._characters.get(fold(atom), UNKNOWN)
        return known


def _characters(atoms: Iterable[str]) -> dict[str, str]:
    """Each atom's character; the first of them are written in the fewest bytes."""
    return dict(zip(atoms, map(chr, chain(range(0x80, 0xD800), range(0xE000, 0x110000))), strict=False))


def phrases_of(wordings: Wordings) -> dict[Phrase, tuple[Meaning, ...]]:
    """The meanings of each phrase."""
    atoms = {character: atom for atom, character in _characters(wordings.atoms).items()}
    return {tuple(map(atoms.__getitem__, pattern)): meanings for pattern, meanings in zip(wordings.patterns, wordings.meanings, strict=True)}


def wordings_of(vocabulary: Vocabulary) -> Wordings:
    """All wordings of a vocabulary, closed-class words among them (seconds: keep the result)."""
    phrases = _meanings(vocabulary)
    commonest = tuple(atom for atom, _ in Counter(chain.from_iterable(phrases)).most_common())
    characters = _characters(commonest)
    patterns = tuple("".join(map(characters.__getitem__, phrase)) for phrase in phrases)
    misspelt = {spelling for entry in vocabulary.entries.values() for spelling in entry.facts.get("written_as", ()) if spelling}
    scales = tuple(found for name, entry in vocabulary.entries.items() if (found := written(name, entry.kind, entry.facts)))
    return Wordings(commonest, patterns, tuple(tuple(meanings) for meanings in phrases.values()), tuple(sorted(misspelt)), scales)


def _meanings(vocabulary: Vocabulary) -> dict[Phrase, list[Meaning]]:
    phrases: dict[Phrase, list[Meaning]] = {}
    for phrase, names in vocabulary.phrases.items():
        phrases[phrase] = [Meaning("CONCEPT", vocabulary[names[0]].kind, names)]
    for terminal, meanings in vocabulary.words.items():
        for value, wordings in meanings.items():
            said = Meaning(terminal, value)
            for phrase in keys_of(wordings):
                listed = phrases.get(phrase)
                if listed is None:
                    phrases[phrase] = [said]
                elif all(meaning.terminal != terminal for meaning in listed):
                    listed.append(said)
    phrases.pop((), None)
    return phrases


def _signed(spelling: str) -> Iterator[str]:
    """A spelling with each sign of multiplication: "x 109/L", "× 109/L"."""
    yield spelling
    if spelling.startswith("x ") or _POWER.match(spelling):
        yield from (sign + spelling[1:] for sign in "×X*")


def _spelt(spelling: str) -> Phrase:
    """A unit's atoms, without the hyphens inside words that a text's atoms lack too."""
    return tuple(atoms(_HYPHEN.sub(" ", spelling)))


def _folded(units: Units) -> dict[Phrase, str]:
    """The spellings that mean one unit whatever their case."""
    meanings: dict[Phrase, set[str]] = {}
    for spelling, name in units.spellings.items():
        meanings.setdefault(tuple(fold(atom) for atom in _spelt(spelling)), set()).add(name)
    return {phrase: names.pop() for phrase, names in meanings.items() if len(names) == 1 and phrase != ("of",)}  # no "ºF"


def _trie(units: dict[Phrase, str]) -> dict[str, Any]:
    """Unit spellings by atom; the empty key holds the canonical unit."""
    root: dict[str, Any] = {}
    for phrase, unit in units.items():
        node = root
        for atom in phrase:
            node = node.setdefault(atom, {})
        node[""] = unit
    return root
