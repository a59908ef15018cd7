"""Relevance: which subjects of a cohort's tables a rule looks at, as the evaluator finds its items; more than are needed, never fewer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from eligimatch.engine.candidates import Candidate, could_be, found, genus_of
from eligimatch.engine.case import Case, primaries
from eligimatch.engine.coded import either, results_for
from eligimatch.engine.facts import Facts, Language, told_by
from eligimatch.engine.grades import graded_conditions
from eligimatch.engine.kinship import CANCER, METASTASIS, Definition
from eligimatch.engine.listing import Listed, Lister, Manner
from eligimatch.engine.measures import readings_for
from eligimatch.engine.phrasing import content, question
from eligimatch.engine.refutals import denials_of
from eligimatch.engine.screener.footprint import of_spread
from eligimatch.engine.screener.registry import Numbering, Registry, said
from eligimatch.engine.statements import near
from eligimatch.model.columns import profile_of_rows
from eligimatch.model.concept import Concept
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Had, Is, Measure
from eligimatch.model.words import folded

_A_DAY = date(2000, 1, 1)
_REFUTED = "refuted"
Look = Callable[[Case], Iterable[int | None]]


class Relevance:
    """Looks up subjects for rules; each table's subjects are put before the evaluator together, as one person's."""

    def __init__(self, registry: Registry, language: Language) -> None:
        self.registry = registry
        self.language = language
        self.grades: dict[str, dict[int, Hashable]] = {}
        self.tellings: dict[int, Hashable] = {}
        self.told = Numbering()
        self.half_lives: dict[int, float] = {}
        self.intervals: dict[Hashable, dict[int, tuple[float, float, bool, bool]]] = {}
        self.spreads: dict[Hashable, int] = {}
        """What the evaluator said of kinds, subjects and classes of rows so far (`telling`)."""
        self.graded_keys = Numbering()
        """The values that grade or stage conditions, one after the other (`telling`)."""
        self.names = Numbering()
        self.crowds = Numbering()
        """The concepts that conditions name, and those of all cancers of a person (`apart`)."""
        self._aspects: dict[Hashable, Any] = {}
        self._lister = Lister(language.kinship, language.namer, _A_DAY)
        self._graded: tuple[int, dict[str, list[int]]] = (-1, {})
        self._telling: tuple[int, list[tuple[str, set[str]]]] = (-1, [])
        self._staged: dict[Concept, tuple[int, list[int]]] = {}
        self._scales: dict[tuple[str, Concept], bool] = {}
        self._listed: dict[str, list[Listed]] = {}
        self._manners: dict[str, list[Manner]] = {}
        self._batches: dict[str, list[tuple[int, Case]]] = {}
        self._seen: dict[str, int] = {}
        self._known: dict[Hashable, tuple[int, list[int]]] = {}

    @property
    def version(self) -> int:
        """Grows with the subjects that were seen."""
        return sum(len(numbering.values) for numbering in self.registry.subjects.values()) + len(self.registry.kinds["conditions"].values)

    def items(self, table: str, concept: Concept, section: str) -> list[int]:
        """The subjects that are what is asked."""
        rule = Had(concept=concept, section=section)
        if table == "conditions" and concept.linked and of_spread(concept):
            return self.all(table)  # the course of any makes it one
        definition = self.language.kinship.definition(concept.name) if concept.linked and section in ("treatments", "procedures") else None
        if definition is not None:  # what else a row says of route or trial decides
            return self._subjects(table, ("defined", concept), lambda case: _of_class(definition, concept, table, case))
        return self._subjects(table, ("items", concept, section), lambda case: _of_table(found(rule, case), table))

    def possible(self, table: str, concept: Concept, section: str) -> list[int]:
        """The subjects that could be what is asked, though they do not say so."""
        rule = Had(concept=concept, section=section)
        if table == "conditions" and of_spread(concept):
            return self.all(table)

        def look(case: Case) -> Iterable[int | None]:
            return _of_table(could_be(rule, case, [candidate.item for candidate in found(rule, case)]), table)

        return self._subjects(table, ("possible", concept, section), look)

    def of_kind(self, table: str, name: str) -> list[int]:
        """The subjects that are a concept or a kind of it."""
        return self._subjects(table, ("kind", name), lambda case: [i.evidence.index for i in case.facts.of_kind(name) if i.evidence.section == table])

    def cancers(self) -> list[int]:
        """The condition subjects that are a cancer or a metastasis."""
        return sorted({*self.of_kind("conditions", CANCER), *self.of_kind("conditions", METASTASIS)})

    def primaries(self) -> list[int]:
        """The condition subjects that are a cancer and no metastasis."""
        return self._subjects("conditions", "primaries", lambda case: [item.evidence.index for item in primaries(case.facts)])

    def listed(self, table: str) -> list[Listed]:
        """Each subject as the evaluator lists it."""
        known = self._listed.setdefault(table, [])
        for start, case in self._before_the_evaluator(table):
            if start == len(known):
                known += [item for item in case.facts.listed if item.evidence.section == table]
        return known

    def manners(self, table: str) -> list[Manner]:
        """How the name of each subject says that it goes on."""
        known = self._manners.setdefault(table, [])
        known += [self.manner(item) for item in self.listed(table)[len(known) :]]
        return known

    def manner(self, item: Listed) -> Manner:
        """How the name of an item says that it goes on."""
        return self._lister.manner(item.name, item.kinds)

    def aspect(self, key: Hashable, made: Callable[[], Any]) -> Any:
        """What all rules ask that ask the same of a row (`aspects`)."""
        if key not in self._aspects:
            self._aspects[key] = made()
        return self._aspects[key]

    def graded(self) -> dict[str, list[int]]:
        """For each condition whose degree a laboratory value may tell, the condition subjects that are it."""
        if self._graded[0] != self.version:
            asked = {condition for name in self.analytes() for condition in graded_conditions(name, self.language.kinship)}
            self._graded = (self.version, {condition: self._own(condition) for condition in sorted(asked)})
        return self._graded[1]

    def graded_subjects(self) -> list[int]:
        """The condition subjects whose degree a laboratory value may tell."""
        return sorted({subject for subjects in self.graded().values() for subject in subjects})

    def _own(self, condition: str) -> list[int]:
        return self._subjects(
            "conditions", ("own", condition), lambda case: [i.evidence.index for i in case.facts.of_kind(condition) if condition in i.own]
        )

    def all(self, table: str) -> list[int]:
        """Every subject."""
        return list(range(len(self.registry.subjects[table].values)))

    def denials(self, rule: Had, table: str = "denials") -> list[int]:
        """The denied subjects, or the `refuted` ones of conditions, that name what a rule asks, or something wider."""
        key = ("denials", rule.concept, rule.section, rule.qualifiers)
        return self._subjects(table, key, lambda case: [denial.evidence.index for denial in denials_of(rule, case)])

    def narrowing(self, rule: Had) -> bool:
        """Whether some of them hold for a part only, which the words around the rule decide."""
        relevant = frozenset(self.denials(rule))
        return any(
            (denial.evidence.index or 0) + start in relevant and (denial.narrowing or denial.active)
            for start, case in self._before_the_evaluator("denials")
            for denial in case.facts.denials.all
        )

    def of_group(self, table: str, name: str) -> list[int]:
        """The denied subjects that deny a concept."""
        return self._subjects(table, ("group", name), lambda case: [denial.evidence.index for denial in case.facts.denials.of(name)])

    def spoken(self, table: str, topic: str) -> list[int]:
        """The statements or denials that share enough words with a topic to answer any of it."""
        asked = question(topic)

        def look(case: Case) -> Iterable[int | None]:
            for one in case.facts.spoken_with(content(asked.words)):
                if near(one.words, asked.words):
                    yield one.evidence.index

        return self._subjects(table, ("spoken", asked), look)

    def readings(self, analyte: str) -> list[int]:
        """The observation subjects that are values of an analyte or of its kinds."""
        return self._subjects("observations", ("analyte", analyte), lambda case: [r.evidence.index for r in case.facts.readings_of(analyte)])

    def readings_named(self, analyte: str) -> list[int]:
        """The observation subjects that are values of an analyte itself."""
        return self._subjects(
            "observations", ("named", analyte), lambda case: [r.evidence.index for r in case.facts.readings_of(analyte) if analyte in r.own]
        )

    def key(self, rule: Measure) -> Hashable:
        """Equal for measures that look at the same values."""
        return (rule.analyte, rule.fasting)

    def measured(self, table: str, rule: Measure) -> list[int]:
        """The subjects of observations or biomarkers that are values of what a rule measures."""
        return self._subjects(
            table, ("measured", self.key(rule)), lambda case: [r.evidence.index for r in readings_for(rule, case) if r.evidence.section == table]
        )

    def staged(self, rule: Measure | Is) -> list[int]:
        """The kinds of conditions whose stages are values of a scale."""
        concept = rule.analyte if isinstance(rule, Measure) else rule.concept
        if concept is None or not self.registry.kinds["conditions"].values:
            return []
        place = said("conditions").index("stage")
        known, kinds = self._staged.get(concept, (0, []))
        values = self.registry.kinds["conditions"].values
        kinds = [*kinds, *(kind for kind in range(known, len(values)) if values[kind][place] and self._of_scale(values[kind][place], concept))]
        self._staged[concept] = (len(values), kinds)
        return kinds

    def _of_scale(self, stages: str, concept: Concept) -> bool:
        if (stages, concept) not in self._scales:
            profile = Profile.model_validate(profile_of_rows("", {"conditions": [{"name": "disease", "stage": stages}]}))
            case = Case(Facts(profile, self.language, _A_DAY))
            found = case.facts.readings_of(concept.name) if concept.linked else case.facts.readings_in_words(folded(concept.name))
            self._scales[stages, concept] = bool(found)
        return self._scales[stages, concept]

    def results(self, table: str, rule: Is) -> list[int]:
        """The subjects that are results of what a rule asks, or of one of those it speaks of."""
        rules = either(rule, self.language.kinship)

        def look(case: Case) -> Iterable[int | None]:
            return [result.evidence.index for one in rules for result in results_for(one, case) if result.evidence.section == table]

        return self._subjects(table, ("results", rule.concept, rule.values), look)

    def analytes(self) -> set[str]:
        """What the observations measure."""
        return {own for _, case in self._before_the_evaluator("observations") for reading in case.facts.readings for own in reading.own}

    def telling(self) -> list[tuple[str, set[str]]]:
        """The analytes whose results tell of conditions, and of which."""
        if self._telling[0] != self.version:
            kinship = self.language.kinship
            told = ((name, told_by(name, kinship)) for name in sorted(self.analytes()))
            self._telling = (self.version, [(name, conditions) for name, conditions in told if conditions])
        return self._telling[1]

    # --- subjects as one person's ----------------------------------------------------------------------------------------------------------

    def _subjects(self, table: str, key: Hashable, look: Look) -> list[int]:
        seen, subjects = self._known.get((table, key), (0, []))
        batches = self._before_the_evaluator(table)
        for start, case in batches[seen:]:
            subjects = [*subjects, *sorted({start + place for place in look(case) if place is not None})]
        self._known[table, key] = (len(batches), subjects)
        return subjects

    def _before_the_evaluator(self, table: str) -> list[tuple[int, Case]]:
        batches = self._batches.setdefault(table, [])
        source = "conditions" if table == _REFUTED else table
        end = len(self.registry.subjects[source].values)
        start = self._seen.get(table, 0)
        if start < end:
            rows = [self.registry.subject_row(source, subject) for subject in range(start, end)]
            batches.append((start, Case(Facts(_profile(table, rows), self.language, _A_DAY))))
            self._seen[table] = end
        return batches


def _of_class(definition: Definition, concept: Concept, table: str, case: Case) -> Iterator[int | None]:
    for item in case.facts.listed:
        if item.evidence.section == table and (concept.name in item.kinds or genus_of(item, definition, case) is not False):
            yield item.evidence.index


def _of_table(candidates: Iterable[Candidate], table: str) -> Iterable[int | None]:
    return (candidate.item.evidence.index for candidate in candidates if candidate.item.evidence.section == table)


def _profile(table: str, rows: Sequence[Mapping[str, Any]]) -> Profile:
    """Some subjects as if they were one person's."""
    match table:
        case "denials":
            return Profile(never=tuple(row["name"] for row in rows))
        case "statements":
            return Profile(statements={row["statement"]: True for row in rows})
        case "observations" | "biomarkers":
            rows = [{**row, "value": 1.0} for row in rows]
        case "refuted":
            rows = [{**row, "verification": "refuted"} for row in rows]
    section = "conditions" if table == _REFUTED else table
    return Profile.model_validate(profile_of_rows("", {section: rows}))
