"""Whether what a person has is the study's own disease, for many: what a row says without regard to that, and what the person's cancers say of it.

A condition is the study disease by its name, and by the names of the cancers beside it alone. It is asked once of each name among each set of
cancers, and the codes of rows are completed by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple, cast

import numpy as np

from eligimatch.engine.candidates import Candidate
from eligimatch.engine.case import Case
from eligimatch.engine.inquiry import belongs
from eligimatch.engine.kinship import COMORBIDITY, STUDY_DISEASE, Kinship
from eligimatch.engine.occurrences import unrelated
from eligimatch.engine.screener.arrays import NO_ROWS, Ints, Rows, distinct
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY, folded
from eligimatch.engine.screener.footprint import beneath
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import SUBJECTS, Numbering
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.rows import APART, COULD_BE, ESCAPES, OPEN, PAST, PERHAPS, PROVED, REFUTED, Rowed
from eligimatch.model.rule import Had
from eligimatch.model.verdict import Truth, all_of, negate

_TRUTHS: tuple[Truth, ...] = (True, None, False)
_CONDITIONS = "conditions"


class Relatives:
    """Which items are unrelated diseases, by numbers for what decides it of a row: its name, course and stage."""

    def __init__(self, kinship: Kinship) -> None:
        self._kinship = kinship
        self._places: dict[int, tuple[Table, int]] = {}
        self._unrelated: dict[tuple[int, int], bool] = {}

    def numbers(self, block: Block, table: Table, rows: Rows) -> Ints:
        """The numbers of some rows of a block, the same in all blocks; none is 0."""
        kinds = (
            block.registry.part(table.name, ("course", "spread"))[table.kind[rows]] if table.name == _CONDITIONS and rows.size else table.kind[rows]
        )
        numbers = kinds * len(SUBJECTS) + list(SUBJECTS).index(table.name) + 1
        found, first, _ = distinct(numbers)
        self._places |= {number: (table, int(row)) for number, row in zip(found.tolist(), rows[first].tolist(), strict=True)}
        return numbers

    def unrelated(self, block: Block, one: int, other: int) -> bool:
        """Whether two items of a block are known to be two diseases."""
        known = self._unrelated.get((one, other))
        if known is None:
            items = [block.facts_of_row(*self._places[number]).listed[0] for number in (one, other)]
            known = self._unrelated[one, other] = unrelated(items[0], items[1], self._kinship)
        return known


def study_disease(rule: Had, case: Case, relevance: Relevance, *, speaks: bool) -> StudyDisease | None:
    """What a rule asks of the study's own disease; None where neither it nor an exception asks of it."""
    return StudyDisease(rule, case, relevance, speaks=speaks) if any(_asks(one) for one in (rule, *beneath(rule))) else None


def _asks(rule: Had) -> bool:
    return rule.section == _CONDITIONS and (rule.other or rule.study or rule.concept.name in (STUDY_DISEASE, COMORBIDITY))


class StudyDisease:
    """What a rule about the study's own disease, or about another than it, asks of a person's other items."""

    def __init__(self, rule: Had, case: Case, relevance: Relevance, *, speaks: bool) -> None:
        """`speaks` says whether one listed item of the study disease tells all of it."""
        self.relevance = relevance
        self.unnamed = rule.other and not case.study
        """Whether another disease is asked for than that of a trial that does not name its own: of two unrelated ones, one is."""
        self.completes = _asks(rule) and not any(_asks(one) for one in beneath(rule))
        """Whether rows are asked without regard to the study disease, and their codes completed."""
        self._case = case
        self._names_it = rule.concept.name in (STUDY_DISEASE, COMORBIDITY)
        self._rule = rule
        self._completed = np.array([[self._complete(code, truth, speaks=speaks) for code in range(ESCAPES)] for truth in _TRUTHS])
        self._truths: dict[tuple[int, int], int] = {}
        self.relatives = Relatives(case.facts.kinship)

    def put(self, rule: Had, section: str) -> Had:
        """A rule as it is put to the items of a section."""
        return rule.model_copy(update={"other": False, "study": False}) if self.completes and section == _CONDITIONS else rule

    def candidate(self, one: Candidate) -> Candidate:
        """An item as it is put to the rule: what it is of the study disease is told apart from all else."""
        return Candidate(one.item, True) if self.completes and self._names_it and one.item.evidence.section == _CONDITIONS else one

    def setting(self, block: Block, table: Table) -> Ints | None:
        """What of a person's cancers decides what a row of a table says: for each person, 0 is no cancer; None: nothing does."""
        if table.name == _CONDITIONS:
            return None if self.completes else crowds(block, self.relevance)
        return None if self._case.study else np.minimum(crowds(block, self.relevance), 1)

    def completed(self, block: Block, one: Rowed, codes: Ints) -> Ints:
        """The codes of conditions, which were asked without regard to the study disease, with regard to it."""
        if one.table.name != _CONDITIONS or not self.completes or not codes.size:
            return codes
        names, low = _names(block, self.relevance), codes % ESCAPES
        subjects, crowd = one.table.subject[one.rows], crowds(block, self.relevance)[one.persons]
        beside = np.where(names.cancerous[subjects], crowd, np.minimum(crowd, 1))
        found, first, inverse = distinct(np.where(low > 0, names.numbers[subjects] + names.many * beside + 1, 0))
        truths = np.zeros(found.size, np.int64)
        for place, (pair, at) in enumerate(zip(found.tolist(), first.tolist(), strict=True)):
            if pair:
                key = divmod(pair - 1, names.many)
                if key not in self._truths:
                    self._truths[key] = _TRUTHS.index(self._truth(block, int(one.persons[at]), int(one.rows[at])))
                truths[place] = self._truths[key]
        completed: Ints = self._completed[truths[inverse], low] + codes - low
        return completed

    def _truth(self, block: Block, person: int, row: int) -> Truth:
        """Whether a row is what the rule asks of it: the study disease, or another."""
        facts, index = block.facts(person, valued=False), row - int(block.tables[_CONDITIONS].start[person])
        item = next(one for one in facts.listed if one.evidence.section == _CONDITIONS and one.evidence.index == index)
        case = self._case._replace(facts=facts)
        if not self._names_it:
            return belongs(item, case, other=self._rule.other)
        match = negate(case.of_study(item)) if self._rule.concept.name == COMORBIDITY else case.of_study(item)
        return all_of((match, belongs(item, case, other=self._rule.other))) if self._rule.other or self._rule.study else match

    def _complete(self, code: int, truth: Truth, *, speaks: bool) -> int:
        """The code of a row that is, may be or is not what is asked of the study disease."""
        if truth:
            return code & ~PAST if code & PERHAPS else code
        if self._names_it:
            return COULD_BE if truth is None and code & PERHAPS else 0
        if not code & PERHAPS:
            return code
        if truth is None:
            return OPEN | APART if code & PROVED else code & ~PAST
        return (PAST if code & PAST else REFUTED) if speaks and not code & COULD_BE else 0

    def apart(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], beside: Sequence[Grouped]) -> Grouped:
        """Persons by the items that are what is asked, if only they are not the study disease: whether two are unrelated, of which one is not.

        Who has further items (`beside`), which are in no list, is told apart by the items themselves.
        """
        kept = [np.flatnonzero(told & APART) for told in codes]
        whose = np.concatenate([one.persons[place] for one, place in zip(listed, kept, strict=True)]) if kept else NO_ROWS
        if not whose.size:
            return NOBODY
        numbers = [self.relatives.numbers(block, one.table, one.rows[place]) for one, place in zip(listed, kept, strict=True)]
        order = np.argsort(whose, kind="stable")
        found, _, codes_of = distinct(np.concatenate(numbers)[order])
        group = folded(whose[order], codes_of, found.tolist(), ordered=False)
        further = np.zeros(block.size, np.bool_)
        for other in beside:
            further[other.persons] = True
        numbering, keys = Numbering(), cast("Sequence[frozenset[int]]", group.keys)
        alone = np.array([numbering.of(self._two_unrelated(block, items)) for items in keys], np.int64)
        told = np.array([numbering.of(items) for items in keys], np.int64)
        return Grouped(group.persons, np.where(further[group.persons], told[group.numbers], alone[group.numbers]), numbering.values)

    def _two_unrelated(self, block: Block, items: Iterable[int]) -> bool:
        return any(self.relatives.unrelated(block, one, other) for one, other in combinations(items, 2))


class Names(NamedTuple):
    """What the subjects of conditions name."""

    numbers: Ints
    """A number for the concepts."""
    many: int
    """How many numbers there are."""
    cancerous: Flags
    """Whether it is a cancer or a metastasis."""


def _names(block: Block, relevance: Relevance) -> Names:
    if "names" not in block.latest:
        numbers = relevance.names.of_all([item.own for item in relevance.listed(_CONDITIONS)])
        cancerous = np.zeros(numbers.size, np.bool_)
        cancerous[relevance.cancers()] = True
        block.latest["names"] = Names(numbers, len(relevance.names.values), cancerous)
    named: Names = block.latest["names"]
    return named


def crowds(block: Block, relevance: Relevance) -> Ints:
    """For each person, a number for the names of all cancers that are no metastases; 0 where there are none."""
    if "crowds" not in block.latest:
        table, names = block.tables[_CONDITIONS], _names(block, relevance)
        rows = table.rows_of(relevance.primaries())
        rows = rows[~block.refuted[rows]]
        named, persons = names.numbers[table.subject[rows]], table.person[rows]
        order = np.lexsort((named, persons))
        group = folded(persons[order], named[order], range(names.many), ordered=True)
        found = np.zeros(block.size, np.int64)
        found[group.persons] = relevance.crowds.of_all(group.keys)[group.numbers] + 1
        block.latest["crowds"] = found
    crowded: Ints = block.latest["crowds"]
    return crowded
