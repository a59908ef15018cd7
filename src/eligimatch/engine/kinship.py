"""What the vocabulary says of a concept's family, asked once: ancestors, lasting and passing, what defines a class."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from eligimatch.engine.names import Namer
from eligimatch.model.concept import Concept, Entry
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded

ANY_TREATMENT = "treatment"
STUDY_DISEASE = "study disease"
INVESTIGATIONAL = "investigational drug"
METASTASIS = "metastasis"
METASTATIC_DISEASE = "metastatic disease"
CANCER = "cancer"
ANTICANCER = "anticancer therapy"
DEVICE = "medical device"
VACCINE = "vaccine"
HYPERSENSITIVITY = "hypersensitivity"
ANY_CONDITION = "disease"
COMORBIDITY = "comorbidity"
NONMALIGNANT = "nonmalignant disease"
_REMEMBERED = 1 << 17
"""Pairs of concepts of which is remembered whether one may be the other."""
_ANY_DRUG = frozenset({"therapy", "treatment", "medication", "drug", "agent"})


class Definition(NamedTuple):
    """A class that is another one given by a route, or under investigation: "systemic antibiotic"."""

    genus: str | None
    """None: any drug."""
    route: str = ""
    investigational: bool = False


class Kinship:
    """A vocabulary with the answers it gave so far."""

    def __init__(self, vocabulary: Vocabulary, namer: Namer) -> None:
        self.vocabulary = vocabulary
        self.namer = namer
        self._facts: dict[tuple[str, str], bool] = {}
        self._definitions: dict[str, Definition | None] = {}
        self._descendants: dict[str, frozenset[str]] = {}
        self._known_may_be = lru_cache(_REMEMBERED)(self._may_be)
        self._known_perhaps = lru_cache(_REMEMBERED)(self._perhaps)
        self._known_cases = lru_cache(_REMEMBERED)(self._cases)

    def ancestors(self, name: str) -> frozenset[str]:
        """The concept and all of which it is a kind."""
        return self.vocabulary.ancestors(name)

    def kind(self, concept: Concept) -> str:
        """The kind of a linked concept as the vocabulary has it."""
        entry = self.vocabulary.get(concept.name) if concept.linked else None
        return entry.kind if entry else concept.kind

    def is_a(self, name: str, other: str) -> bool:
        """Whether every case of one is a case of the other."""
        return other in self.vocabulary.ancestors(name)

    def related(self, name: str, other: str) -> bool:
        """Whether one is a kind of the other."""
        return self.is_a(name, other) or self.is_a(other, name)

    def is_allergy(self, name: str) -> bool:
        """Whether a condition is the allergy to something, as "penicillin allergy": it is listed by what it is to."""
        return name.endswith(" allergy") and self.is_a(name, HYPERSENSITIVITY)

    def descendants(self, name: str) -> frozenset[str]:
        """The concept and all that are kinds of it."""
        known = self._descendants.get(name)
        if known is None:
            known = frozenset({name}).union(*(self.descendants(child) for child in self.vocabulary.children(name)))
            self._descendants[name] = known
        return known

    def meet(self, name: str, other: str) -> bool:
        """Whether something may be both: one is a kind of the other, or a third is a kind of both."""
        return self.related(name, other) or not self.descendants(name).isdisjoint(self.descendants(other))

    def may_be(self, name: str, other: str) -> bool:
        """Whether a thing named in full may be another: that is a kind of it, or one of its own kinds is the other too.

        A stroke may be a hemorrhagic stroke, so a hemorrhage; a hypertension is not taken for the heart disease that it leads to, a cancer
        not for its metastasis, nor a drug for a combination: the narrower kind bears the name of the wider.
        """
        return self._known_may_be(name, other)

    def _may_be(self, name: str, other: str) -> bool:
        if name in self.vocabulary.ancestors(other):
            return True
        entry = self.vocabulary.get(name)
        if entry is not None and entry.kind == "treatment" and self.single_drug(name) is None:
            return self.meet(name, other)  # "monoclonal antibody" may be a checkpoint inhibitor
        if entry is None or entry.kind != "condition" or self.is_a(other, METASTASIS):
            return False
        words = folded(name)
        return any(self.is_a(child, other) and folded(child)[-len(words) :] == words for child in self.vocabulary.children(name))

    def perhaps(self, name: str, other: str) -> bool:
        """Whether the vocabulary says that a thing may be another, case by case (`may`), or that what decides is not in its name (`depends`)."""
        return self._known_perhaps(name, other)

    def _perhaps(self, name: str, other: str) -> bool:
        return any(self.is_a(one, other) for one in self._known_cases(name)) or self._beside(name, other) or self._beside(other, name)

    def _cases(self, name: str) -> tuple[str, ...]:
        """What a thing, or one above it, is said to be case by case."""
        said = [self.fact(above, "may") for above in self.ancestors(name)]
        return tuple(str(one) for listed in said if isinstance(listed, list) for one in listed)

    def _beside(self, name: str, other: str) -> bool:
        """Whether `other` is a member of the first class of which the concept is one only by something that its name does not tell."""
        entry = self.vocabulary.get(other)
        while entry is not None and entry.facts.get("depends") and entry.parents:
            if self.is_a(name, entry.parents[0]):
                return not (entry.facts["depends"] == "site" == self.fact(name, "depends"))  # radiotherapy of the brain is none of the pelvis
            entry = self.vocabulary.get(entry.parents[0])
        return False

    def fact(self, name: str, key: str) -> object:
        """One fact of a concept's own entry."""
        entry = self.vocabulary.get(name)
        return entry.facts.get(key) if entry else None

    def marked(self, name: str, key: str) -> bool:
        """Whether the concept or one above it bears a mark: `lifelong`, `event`."""
        known = self._facts.get((name, key))
        if known is None:
            self._facts[name, key] = known = self.vocabulary.marked(name, key)
        return known

    def against_cancer(self, name: str) -> bool:
        """Whether a class holds what is given against cancer, and a drug only as far as it is: "chemotherapy"."""
        return self.fact(name, "against") == CANCER

    def meant_systemic(self, name: str) -> bool:
        """Whether a class of drugs is asked for what they do to the whole body: what is given locally may or may not be meant."""
        return bool(self.fact(name, "systemic"))

    def other_uses(self, names: Iterable[str]) -> frozenset[str]:
        """The diseases other than cancer for which a drug against cancer is given too."""
        said = [self.fact(name, "also_for") for name in names]
        return frozenset(str(disease) for listed in said if isinstance(listed, list) for disease in listed)

    def single_drug(self, name: str) -> Entry | None:
        """The entry of a drug that is no class of drugs."""
        entry = self.vocabulary.get(name)
        if entry is None or entry.kind != "treatment":
            return None
        return entry if "ATC" in entry.codes or "half_life" in entry.facts or not self.vocabulary.children(name) else None

    def definition(self, name: str) -> Definition | None:
        """How a class is made of another: its name or a synonym says route and genus."""
        if name not in self._definitions:
            entry = self.vocabulary.get(name)
            self._definitions[name] = self._defined(entry) if entry and entry.kind == "treatment" else None
        return self._definitions[name]

    def _defined(self, entry: Entry) -> Definition | None:
        words = folded(entry.name)
        if len(words) < 2:
            return None
        genus, whole = self._genus(entry, words)
        if not whole:
            return None
        if words[0] == "investigational":
            return Definition(genus, investigational=True)
        route = self.namer.wordings.meaning("ROUTE", words[:1]) or str(entry.facts.get("route", ""))
        return Definition(genus, route) if route and route in (words[0], entry.facts.get("route")) and words[0].startswith(route[:4]) else None

    def _genus(self, entry: Entry, words: tuple[str, ...]) -> tuple[str | None, bool]:
        """The concept that the words after the first name, and whether they name one (None: any drug)."""
        if len(words) == 2 and words[1] in _ANY_DRUG:
            return next((parent for parent in entry.parents if parent not in (ANY_TREATMENT, "medication")), None), True
        found = [other for other in self.vocabulary.phrases.get(words[1:], ()) if self.vocabulary[other].kind == "treatment" and other != entry.name]
        return (found[0], True) if found else (None, False)
