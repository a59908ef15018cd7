"""What persons are, for many: age, sex, reproductive state, groups, results of markers, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from eligimatch.engine.case import Case
from eligimatch.engine.coded import either, results_for
from eligimatch.engine.kinship import STUDY_DISEASE
from eligimatch.engine.nodes import by_facts
from eligimatch.engine.outcome import Outcome
from eligimatch.engine.persons import IN_WORDS
from eligimatch.engine.phrasing import question
from eligimatch.engine.screener.arrays import Ints
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import Answers, both, folded, of_kinds
from eligimatch.engine.screener.days import bounds_of
from eligimatch.engine.screener.footprint import Footprint
from eligimatch.engine.screener.occurrences import Occurrence
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.sequences import by_day, coded, up_to_now
from eligimatch.engine.statements import CAUSE, answered, in_so_many_words, near
from eligimatch.model.columns import REPRODUCTIVE
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Had, Is, Measure, Statement
from eligimatch.model.verdict import Truth

_CONTRACEPTION = question("willing to use effective contraception").words


def truth_of(rule: Measure | Is | Statement, case: Case) -> Callable[[Block, int], Truth]:
    """What the evaluator says of a rule for one person of a block."""
    return lambda block, person: by_facts(rule, case._replace(facts=block.facts(person))).truth


class Aged:
    """An age."""

    def __init__(self, rule: Measure, case: Case) -> None:
        self.answers = Answers(truth_of(rule, case))
        self.years = rule.unit in (None, "a", "year") and all(end is None or end == int(end) for end in (rule.interval.low, rule.interval.high))

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        return self.answers.plane(block, [block.ages(in_years=self.years)])


class Personal:
    """Sex, reproductive state, volunteering, or the group of the trial."""

    def __init__(self, rule: Is, case: Case, relevance: Relevance) -> None:
        self.rule = rule
        self.case = case
        self.relevance = relevance
        self.answers = Answers(truth_of(rule, case), () if rule.fact == "group" else ("sex",) if rule.fact == "sex" else ("sex", *REPRODUCTIVE))
        self.listed = Occurrence(Had(concept=Concept(name=rule.fact, kind="group")), case, relevance)
        self.diseased = Occurrence(Had(concept=Concept(name=STUDY_DISEASE)), case, relevance)

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        fact = self.rule.fact
        groups = [] if fact == "sex" else [_spoken(block, self.relevance, [IN_WORDS.get(fact, fact)])]
        if fact in ("group", "volunteer"):
            table = block.tables["groups"]
            groups = [*groups, folded(table.person, *_numbered(table.kind), ordered=True)]
        if fact == "volunteer" and self.case.study:
            groups += self.diseased.groups(block)
        if fact in ("pregnant", "breastfeeding"):
            groups += self.listed.groups_of_kind(block, fact)
        return self.answers.plane(block, groups)


class Resulted:
    """A marker or a result in words."""

    def __init__(self, rule: Is, case: Case, relevance: Relevance) -> None:
        self.rule = rule
        self.case = case
        self.relevance = relevance
        self.rules = either(rule, case.facts.kinship)
        self.windowed = Footprint(windows=(rule.window,)) if rule.window else Footprint()
        self.answers = Answers(truth_of(rule, case))
        self._said: dict[str, dict[int, Hashable]] = {"observations": {}, "biomarkers": {}, "conditions": {}}

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        bounds = bounds_of(block, self.windowed) if self.rule.window else []
        groups, sources = [], []
        for name in ("observations", "biomarkers"):
            table = block.tables[name]
            rows = up_to_now(block, table, table.rows_of(self.relevance.results(name, self.rule)))
            sources.append(table.person[rows])
            groups.append(by_day(block, table, rows, *self._coded(block, table, rows), bounds))
        table = block.tables["conditions"]
        rows = table.rows_of(self.relevance.results("conditions", self.rule))
        groups.append(folded(table.person[rows], *self._coded(block, table, rows), ordered=False))
        staged = np.flatnonzero(np.isin(table.kind, self.relevance.staged(self.rule)))
        groups.append(folded(table.person[staged], *_numbered(table.kind[staged]), ordered=True))
        inexact = block.event(self.rule.window.event).inexact if self.rule.window else None
        return self.answers.plane(block, groups, both(block, sources, inexact))

    def _coded(self, block: Block, table: Table, rows: Ints) -> tuple[Ints, list[Hashable]]:
        return coded(table, rows, lambda row: self._told(block, table, row), self._said[table.name])

    def _told(self, block: Block, table: Table, row: int) -> Hashable:
        """What one row says to the rule and to each of those it speaks of."""
        case = self.case._replace(facts=block.facts_of_row(table, row))
        return tuple(tuple(one.truth for one in results_for(rule, case) if one.evidence.section == table.name) for rule in self.rules)


class Said:
    """A statement."""

    def __init__(self, rule: Statement, case: Case, relevance: Relevance) -> None:
        self.relevance = relevance
        self.topics = topics_of(rule)
        self.answers = Answers(truth_of(rule, case), ("sex", *contraception(self.topics)))

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        return self.answers.plane(block, [_spoken(block, self.relevance, self.topics)])


class Told:
    """A statement in the words of a leaf, or of a criterion as a `whole`: what it answers beside all other facts."""

    def __init__(self, words: str, case: Case, relevance: Relevance, *, whole: bool) -> None:
        self.case = case
        self.words = words
        self.whole = whole
        self.relevance = relevance
        self.answers = Answers(self._answer, contraception([words]))

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        return self.answers.plane(block, [_spoken(block, self.relevance, [self.words])])

    def _answer(self, block: Block, person: int) -> Truth:
        case = self.case._replace(facts=block.facts(person))
        if not case.facts.profile.statements:
            return None
        if self.whole:
            return in_so_many_words(Outcome(None), case).truth
        answer = answered(self.words, case, event=True)
        return answer.truth if any(place.section == "statements" for place in answer.evidence) else None


def topics_of(rule: Statement) -> list[str]:
    """A topic, and what is left of it without its cause."""
    cause = CAUSE.search(rule.topic)
    return [rule.topic, rule.topic[: cause.start()]] if cause else [rule.topic]


def contraception(topics: Sequence[str]) -> tuple[str, ...]:
    """The feature that speaks of contraception, where a topic does."""
    return ("contraception",) if any(near(_CONTRACEPTION, question(topic).words) for topic in topics) else ()


def _spoken(block: Block, relevance: Relevance, topics: Sequence[str]) -> Grouped:
    """Persons by the statements and denials that speak of some topics."""
    found = []
    for name in ("statements", "denials"):
        table = block.tables[name]
        rows = table.rows_of(sorted({subject for topic in topics for subject in relevance.spoken(name, topic)}))
        if rows.size:
            found.append((table.person[rows], table.kind[rows], name))
    return of_kinds(found)


def _numbered(kinds: Ints) -> tuple[Ints, list[int]]:
    distinct, codes = np.unique(kinds, return_inverse=True)
    return codes, distinct.tolist()
