"""Denials: what a profile says is not there (`absent`), never was (`never`), or was thought of and refuted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.habits import Habit
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.names import ANYTHING, Name, Namer
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Profile
from eligimatch.model.vocabulary import Phrase
from eligimatch.model.words import folded

_NARROWING = ("COURSE", "NEW", "SEVERITY", "ROUTE", "INTENT", "EVIDENCE", "JUDGED", "SIDE")
"""Leading words that make a denial one of a part only: "no severe asthma" leaves mild asthma open."""
_FILLER = frozenset({"any", "a", "an", "the", "of", "known"})


class Denial(NamedTuple):
    """One denied thing."""

    evidence: Evidence
    label: str
    lasting: bool
    """Not at any time, rather than not now."""
    concepts: tuple[str, ...]
    words: Phrase
    narrowing: frozenset[str] = frozenset()
    """The words that narrow it: ("severe",)."""
    other: bool = False
    allergy: bool = False
    active: bool = False
    """Said of active disease: it leaves chronic and latent kinds open."""

    @property
    def said(self) -> str:
        """The denial in words."""
        if self.evidence.section == "observations":
            return self.label
        return f"{self.evidence.section}: {self.label}" if self.evidence.section in ("never", "absent") else f"{self.label} was refuted"


class Denials:
    """A profile's denials, found by concept or by words."""

    def __init__(self, profile: Profile, namer: Namer, kinship: Kinship, habits: tuple[Habit, ...] = ()) -> None:
        self.kinship = kinship
        self.all = (*_denials(profile, namer), *_by_habit(habits))
        self._places: dict[str, list[int]] = {}
        for place, denial in enumerate(self.all):
            for concept in denial.concepts:
                self._places.setdefault(concept, []).append(place)

    def of(self, concept: str) -> Iterator[Denial]:
        """Denials of a linked concept or of one above it, in the profile's order."""
        for place in sorted({place for above in self.kinship.ancestors(concept) for place in self._places.get(above, ())}):
            yield self.all[place]

    def of_words(self, words: Phrase) -> Iterator[Denial]:
        """Denials in the same words, or in the last of them: "subependymal disease" denies the diffuse kind."""
        for denial in self.all:
            bare = tuple(word for word in denial.words if word not in _FILLER)
            if bare and words[-len(bare) :] == bare:
                yield denial


def _denials(profile: Profile, namer: Namer) -> Iterator[Denial]:
    for section, lasting in (("absent", False), ("never", True)):
        for index, text in enumerate(getattr(profile, section)):
            yield from _denied(text, namer, Evidence(section=section, index=index), lasting=lasting)
    for index, condition in enumerate(profile.conditions):
        if condition.verification == "refuted":
            evidence = Evidence(section="conditions", index=index)
            name = namer.exact(condition.name, ("condition",))
            concepts = dict.fromkeys((*name.concepts, *(namer.coded(condition.code) if condition.code else ())))
            yield Denial(evidence, condition.name, lasting=True, concepts=tuple(concepts), words=name.words)


def _by_habit(habits: tuple[Habit, ...]) -> Iterator[Denial]:
    """What is over, is not there now; what never was, at no time."""
    for habit in habits:
        if habit.standing != "active":
            lasting, words = habit.standing == "never", folded(habit.condition)
            yield Denial(habit.reading.evidence, habit.said, lasting=lasting, concepts=(habit.condition,), words=words)


def _denied(text: str, namer: Namer, evidence: Evidence, *, lasting: bool) -> Iterator[Denial]:
    """A denied thing; an allergy is denied both as a condition and as a reaction to its substance."""
    if substance := _substance(text, namer):
        yield Denial(evidence, text, lasting=True, concepts=substance.concepts, words=substance.words, allergy=True)
    name = namer.exact(text, ANYTHING)
    narrowing = frozenset(meaning for terminal, meaning in name.qualities if terminal in _NARROWING)
    yield Denial(evidence, text, lasting, name.concepts, name.words, narrowing, other=bool(name.of("OTHER")), active=bool(name.of("CURRENT")))


def _substance(text: str, namer: Namer) -> Name | None:
    """What "allergy to penicillin" and "penicillin allergy" speak of."""
    words = folded(text)
    if (found := namer.wordings.leading("ALLERGY", words)) and found[1] < len(words):
        return namer.exact(" ".join(words[found[1] :]), ("substance", "treatment"))
    if len(words) > 1 and words[-1] in ("allergy", "hypersensitivity"):
        return namer.exact(" ".join(words[:-1]), ("substance", "treatment"))
    return None
