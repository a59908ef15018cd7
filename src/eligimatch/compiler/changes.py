"""What two states of the language may read differently, and which trials that can touch.

A trial is touched where a wording that changed could stand in it: where each of the wording's atoms is one of the trial's own or of the
names that its words have. That is more than what is read anew differently, and never less.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eligimatch.compiler.lexicon import Lexicon, Wordings, phrases_of
from eligimatch.compiler.normaliser import clean
from eligimatch.model.concept import Entry
from eligimatch.model.vocabulary import Vocabulary, variants
from eligimatch.model.words import atoms, fold


class Words(NamedTuple):
    """A state of the language, without syntax and units: these read everything anew."""

    vocabulary: Vocabulary
    wordings: Wordings


class Changes(NamedTuple):
    """The wordings that changed, each as the atoms that a text must have."""

    wordings: frozenset[frozenset[str]]
    everything: bool = False

    def touch(self, signature: frozenset[str]) -> bool:
        """Whether a trial with these atoms may be read differently."""
        return self.everything or any(wording <= signature for wording in self.wordings)


def changes(old: Words, new: Words) -> Changes:
    """What changed from one state to the other: wordings, and all wordings of concepts whose facts or parents are others."""
    if old.wordings.misspelt != new.wordings.misspelt:
        return Changes(frozenset(), everything=True)
    before, after = phrases_of(old.wordings), phrases_of(new.wordings)
    changed = {frozenset(phrase) for phrase in before.keys() | after.keys() if before.get(phrase) != after.get(phrase)}
    first, second = dict(old.vocabulary.entries.items()), dict(new.vocabulary.entries.items())
    names = {name for name in first.keys() | second.keys() if _read(first.get(name)) != _read(second.get(name))}
    for vocabulary, entries in ((old.vocabulary, first), (new.vocabulary, second)):
        for name in _with_descendants(names, vocabulary):
            if entry := entries.get(name):
                changed |= {frozenset(phrase) for wording in (entry.name, *entry.synonyms) for phrase in variants(wording)}
    return Changes(frozenset(changed))


def signature(text: str, compiled: str, lexicon: Lexicon) -> frozenset[str]:
    """The atoms of a trial's words, of the names that these have in the vocabulary, and of all that stands in its compiled JSON."""
    written = atoms(clean(text))
    names = {name for row in (written, atoms(compiled)) for name in lexicon.names(row)}
    return frozenset({atom for row in (written, atoms(compiled), *map(atoms, names)) for atom in (*row, *map(fold, row))})


def _read(entry: Entry | None) -> tuple[object, ...]:
    """What of an entry the compiler reads."""
    return (entry.kind, entry.parents, entry.synonyms, entry.facts) if entry else ()


def _with_descendants(names: Iterable[str], vocabulary: Vocabulary) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(vocabulary.children(name))
    return found
