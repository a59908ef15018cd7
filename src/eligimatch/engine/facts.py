"""Facts: one person's profile linked to the vocabulary once, so that a rule's leaf is a few look-ups."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, cast

from eligimatch.engine.denials import Denials
from eligimatch.engine.habits import habits
from eligimatch.engine.kinship import CANCER, METASTASIS, METASTATIC_DISEASE, Kinship
from eligimatch.engine.listing import Listed, Lister
from eligimatch.engine.names import MARKERS, Name, Namer
from eligimatch.engine.periods import spanning
from eligimatch.engine.phrasing import content, stems
from eligimatch.engine.readings import Converter, Reading, readings
from eligimatch.engine.spoken import Answer, Spoken, spoken
from eligimatch.engine.stages import spread_of
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Biomarker, Condition, Days, Profile
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Phrase, Vocabulary
from eligimatch.model.words import folded

Found = TypeVar("Found")
Key = TypeVarTuple("Key")


class Language(NamedTuple):
    """What all persons share: vocabulary, units, and the links found so far."""

    vocabulary: Vocabulary
    units: Units
    namer: Namer
    kinship: Kinship


def language_of(vocabulary: Vocabulary, units: Units) -> Language:
    """The language to link profiles with."""
    namer = Namer(vocabulary)
    return Language(vocabulary, units, namer, Kinship(vocabulary, namer))


def told_by(analyte: str, kinship: Kinship) -> set[str]:
    """The conditions of which the results of an analyte tell: there, once there, or never."""
    proves, tells = kinship.fact(analyte, "proves"), kinship.fact(analyte, "tells")
    proved = {str(condition) for condition in proves.values()} if isinstance(proves, dict) else set()
    return proved | ({str(condition) for condition in tells} if isinstance(tells, dict) else set())


class Marked(NamedTuple):
    """A biomarker's result."""

    evidence: Evidence
    item: Biomarker
    name: Name
    kinds: frozenset[str]


class Facts:
    """What is known of one person on the day of judgement."""

    def __init__(self, profile: Profile, language: Language, as_of: date) -> None:
        self.profile = profile
        self.language = language
        self.kinship = language.kinship
        self.namer = language.namer
        self.as_of = as_of
        self.converter = Converter(language.units, language.kinship)
        self.complete = {section: Evidence(section="complete", index=index) for index, section in enumerate(profile.complete)}
        self.readings = tuple(readings(profile, language.namer, language.kinship, as_of))
        self.habits = tuple(habits(self.readings, language.kinship))
        self.denials = Denials(profile, language.namer, language.kinship, self.habits)
        self.listed = self._listed()
        self.spoken = tuple(spoken(profile, self.denials))
        self.answers: dict[Hashable, Answer] = {}
        """The answers to topics asked before."""
        self.events: dict[str, Days | None] = {}
        """The planned days of events asked before."""
        self._looked: dict[tuple[Callable[..., Any], tuple[Any, ...]], Any] = {}
        self._spoken_by_word: dict[str, list[Spoken]] = {}
        for one in self.spoken:
            for word in content(one.words):
                self._spoken_by_word.setdefault(word, []).append(one)
        self.marked = (*(self._marked(index, item) for index, item in enumerate(profile.biomarkers)), *self._named_marks())
        self._by_concept = _gathered(self.listed)
        self._by_analyte: dict[str, list[Reading]] = {}
        for reading in self.readings:
            for kind in reading.kinds:
                self._by_analyte.setdefault(kind, []).append(reading)

    def look(self, what: Callable[[Facts, *Key], Found], *key: *Key) -> Found:
        """What a function of the facts and a key finds of this person, worked out once."""
        asked = (what, key)
        try:
            return cast("Found", self._looked[asked])
        except KeyError:
            found = self._looked[asked] = what(self, *key)
            return found

    def hears(self, text: str) -> bool:
        """Whether a statement or denial shares a word with a text: none else can answer it."""
        return not self._spoken_by_word.keys().isdisjoint(stems(text))

    def spoken_with(self, words: Iterable[str]) -> list[Spoken]:
        """The statements and denials that share a word with a topic, in order."""
        found = {id(one) for word in words for one in self._spoken_by_word.get(word, ())}
        return [one for one in self.spoken if id(one) in found] if found else []

    # --- listed items ------------------------------------------------------------------------------------------------------------------

    def of_section(self, *sections: str) -> list[Listed]:
        """The items of some sections, in order."""
        return self.look(_of_section, sections)

    def of_kind(self, concept: str) -> list[Listed]:
        """The items that are the concept or a kind of it."""
        return self._by_concept.get(concept, [])

    def _listed(self) -> tuple[Listed, ...]:
        lister = Lister(self.kinship, self.namer, self.as_of)
        items = [item for item in lister.items(self.profile) if not _refuted(item)]
        return (*_with_spread(items), *self._proved(lister), *self._habitual(lister), *self._reacted(lister))

    def _reacted(self, lister: Lister) -> Iterable[Listed]:
        """What an allergy is as a condition, of amoxicillin "penicillin allergy", and what it once came to: an anaphylaxis, on its day."""
        for index, item in enumerate(self.profile.allergies):
            evidence, how = Evidence(section="allergies", index=index), {"severity": item.severity, "grade": item.grade}
            for own in self._allergies_to(item.substance, lister.allergy(item, evidence)):
                yield lister.condition(Condition(name=own, **how), evidence)
            for own in self.namer.exact(item.reaction, ("condition",)).concepts if item.reaction else ():
                if self.kinship.marked(own, "event"):
                    yield lister.condition(Condition(name=own, onset=item.date, status="resolved", **how), evidence)

    def _allergies_to(self, substance: str, item: Listed) -> Iterable[str]:
        """The conditions that an allergy to a substance is: to it, to what it is a kind of, to a drug."""
        drug = ("drug",) if any(self.kinship.vocabulary[own].kind == "treatment" for own in item.own) else ()
        names = (substance, *sorted(item.kinds), *drug)
        return dict.fromkeys(own for name in names for own in self.namer.exact(f"{name} allergy", ("condition",)).concepts)

    def _habitual(self, lister: Lister) -> Iterable[Listed]:
        """What a status tells is or was there."""
        for habit in self.habits:
            if habit.standing != "never":
                item = Condition(name=habit.condition, status=habit.standing)
                yield lister.condition(item, habit.reading.evidence)._replace(label=habit.said)

    def _proved(self, lister: Lister) -> Iterable[Listed]:
        """What a result proves: a positive HBsAg is hepatitis B, the latest ECOG of 1 an ambulatory person."""
        for reading in self.readings:
            for own in reading.own:
                proves = self.kinship.fact(own, "proves")
                word = isinstance(proves, dict) and self._result(reading, own)
                if isinstance(proves, dict) and word and word in proves:
                    item = Condition(name=str(proves[word]))
                    listed = lister.condition(item, reading.evidence)
                    period = spanning(reading.date, None, ongoing=None, as_of=self.as_of)
                    value = reading.value if isinstance(reading.value, str) else f"{reading.value:g}"
                    yield listed._replace(label=f"{reading.label} {value}", period=period)

    def _result(self, reading: Reading, analyte: str) -> str | None:
        """A result in its own word; of a score, the number of its latest value."""
        if isinstance(reading.value, str):
            return self.namer.wordings.meaning("RESULT", folded(reading.value))
        dates = [other.date and other.date.last for other in self.readings if analyte in other.own]
        later = [day for day in dates if day is None or reading.date is None or day >= reading.date.last]
        return f"{reading.value:g}" if len(later) == 1 else None

    def _marked(self, index: int, item: Biomarker) -> Marked:
        name = self.namer.measured(f"{item.name} {item.variant}", MARKERS) if item.variant else self.namer.measured(item.name, MARKERS, item.code)
        kinds = frozenset().union(*(self.kinship.ancestors(concept) for concept in name.concepts))
        return Marked(Evidence(section="biomarkers", index=index), item, name, kinds)

    def _named_marks(self) -> Iterable[Marked]:
        """The results that the name of a condition tells: "HER2-positive breast cancer"."""
        for item in self.of_section("conditions"):
            for own in sorted(item.kinds):
                means = self.kinship.fact(own, "means")
                results = means.get("results", {}) if isinstance(means, dict) else {}
                for name, result in results.items():
                    marker = Biomarker(name=name, result=result)
                    yield Marked(item.evidence, marker, self.namer.measured(name, MARKERS), self.kinship.ancestors(name))

    # --- readings ----------------------------------------------------------------------------------------------------------------------

    def readings_of(self, analyte: str) -> list[Reading]:
        """The values of an analyte and of its kinds."""
        return self._by_analyte.get(analyte, [])

    def readings_in_words(self, words: Phrase) -> list[Reading]:
        """The values of what no vocabulary knows, in the same words."""
        return self.look(_readings_in_words, words)


def _of_section(facts: Facts, sections: tuple[str, ...]) -> list[Listed]:
    return [item for item in facts.listed if item.evidence.section in sections or item.evidence.section == "observations"]


def _readings_in_words(facts: Facts, words: Phrase) -> list[Reading]:
    return [reading for reading in facts.readings if reading.words == words]


def _gathered(items: Iterable[Listed]) -> dict[str, list[Listed]]:
    found: dict[str, list[Listed]] = {}
    for item in items:
        for kind in item.kinds:
            found.setdefault(kind, []).append(item)
    return found


def _refuted(item: Listed) -> bool:
    return isinstance(item.item, Condition) and item.item.verification == "refuted"


def _with_spread(items: list[Listed]) -> list[Listed]:
    """Metastases make the only cancer a metastatic one; a metastatic course or M1 is metastatic disease."""
    cancers = [item for item in items if CANCER in item.kinds and METASTASIS not in item.kinds]
    sites = len(cancers) == 1 and any(METASTASIS in item.kinds and item.now and not item.provisional for item in items)
    return [_spread(item, sites=sites) if item in cancers else item for item in items]


def _spread(item: Listed, *, sites: bool) -> Listed:
    assert isinstance(item.item, Condition)
    far = any(value.startswith("1") for value in spread_of(item.item.stage).distant)
    if far or "metastatic" in item.courses:
        item = item._replace(kinds=item.kinds | {METASTATIC_DISEASE, METASTASIS}, courses=item.courses | {"metastatic"})
    return item._replace(courses=item.courses | {"metastatic"}) if sites else item
