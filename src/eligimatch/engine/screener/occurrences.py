"""Occurrences for many: a condition, treatment, procedure or allergy by the rows that speak of it.

Rows that are alike say the same to a rule: the evaluator is asked once (`_code`), and a person is known by the set of what their rows say. Where rows
speak of each other (counts, second diseases, what a disease was treated with), a person is known by the rows themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from eligimatch.engine.candidates import could_be, found, sections_of, sections_to_complete
from eligimatch.engine.case import Case
from eligimatch.engine.inquiry import Asked, Inquiry
from eligimatch.engine.nodes import evaluate
from eligimatch.engine.occurrences import had, speaks_of_study, timed
from eligimatch.engine.screener.block import Block, Ints, Rows, Table, said
from eligimatch.engine.screener.classes import NOBODY, Answers, Grouped, folded
from eligimatch.engine.screener.days import bounds_of, combined, events_of, half_life_bound, sides
from eligimatch.engine.screener.footprint import Footprint, footprint
from eligimatch.engine.screener.planes import Flags, Plane
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.telling import half_lives, told, sites
from eligimatch.model.rule import Had
from eligimatch.model.verdict import Truth

PROVED, OPEN, COULD_BE, REFUTED, PAST, SEVERAL = 1, 2, 4, 8, 16, 32
"""What a row says: that it is so; perhaps; it may not even be what is asked; no; no, and it is over. `SEVERAL`: more than one row is what is asked."""
_NAMED = PROVED | OPEN | REFUTED | PAST


class Spoken(NamedTuple):
    """Rows that speak of a rule, sorted by person, as classes of what they say."""

    table: Table
    rows: Rows
    persons: Ints
    classes: Ints
    values: Sequence[Hashable]
    """What each class says."""


class Occurrence:
    """One rule about a condition, treatment, procedure or allergy, for blocks of persons."""

    def __init__(self, rule: Had, case: Case, relevance: Relevance) -> None:
        """`case` gives the study and the words around the rule; its facts are those of nobody."""
        self.rule = rule
        self.case = case
        self.relevance = relevance
        kinship = case.facts.kinship
        self.looks = footprint(rule, kinship)
        self.speaks = speaks_of_study(rule, case)
        self.apart = not (rule.count is not None or self.looks.requiring or (rule.section == "conditions" and (rule.other or rule.study)))
        """Whether each row speaks for itself."""
        self.tables = [table for table in ("conditions", "treatments", "procedures", "allergies") if table in (*sections_of(rule, case), *_also(rule))]
        asked = (rule, *self.looks.requiring)
        features = tuple(dict.fromkeys(f"complete {section}" for one in asked for section in sections_to_complete(one, case)))
        self.answers = Answers(self._answer, features)
        self._codes: dict[Hashable, int] = {}

    def plane(self, block: Block) -> Plane:
        """The truth of the rule for each person."""
        alone = self._alone(block)
        speaking = self._speaking(block)
        apart = self.apart and not speaking.persons.size
        quiet = None
        if self.apart and speaking.persons.size:
            quiet = np.ones(block.size, np.bool_)
            quiet[speaking.persons] = False
        listed = [one for table in self.tables if (one := self._listed(block, block.tables[table])) is not None]
        groups = [
            self._by_set(block, listed, quiet) if self.apart else NOBODY,
            NOBODY if apart else self._by_rows(block, listed, quiet),
            self._denied(block),
            speaking,
            *told(self.rule, self.looks, block, self.relevance),
            self._still_open(block),
        ]
        return self.answers.plane(block, groups, alone)

    # --- the evaluator ---------------------------------------------------------------------------------------------------------------------

    def _answer(self, block: Block, person: int) -> Truth:
        return evaluate(self.rule, self.case._replace(facts=block.facts(person))).truth

    def _code(self, block: Block, table: Table, row: int) -> int:
        """What the evaluator makes of one row."""
        person = int(table.person[row])
        case = self.case._replace(facts=block.facts(person))
        rule = timed(self.rule, case)
        inquiry, index = Inquiry(rule, case, None, had), row - int(table.start[person])
        candidates = found(rule, case)
        named = [candidate.item for candidate in candidates]
        code = 0
        for candidate in (*candidates, *could_be(rule, case, named)):
            if candidate.item.evidence.section == table.name and candidate.item.evidence.index == index:
                one = self._code_of(inquiry.ask(candidate))
                code |= one | (SEVERAL if code & _NAMED and one & _NAMED else 0)
        return code

    def _code_of(self, asked: Asked) -> int:
        if asked.truth:
            return PROVED
        if asked.truth is None:
            return OPEN if asked.match else COULD_BE
        if not self.speaks or not asked.match:
            return 0
        return PAST if asked.item.now is False else REFUTED

    # --- rows --------------------------------------------------------------------------------------------------------------------------------

    def _listed(self, block: Block, table: Table) -> Spoken | None:
        """The rows of a table that speak of the rule, by all that it looks at."""
        subjects = self.relevance.items(table.name, self.rule.concept, self.rule.section)
        if table.name == "conditions" and not self.apart and (self.rule.other or self.rule.study):
            subjects = sorted({*subjects, *self.relevance.cancers()})
        return self._classed(block, table, table.rows_of(subjects))

    def _classed(self, block: Block, table: Table, rows: Rows) -> Spoken | None:
        if not rows.size:
            return None
        persons = table.person[rows]
        columns = self.looks.of_table(table.name, said(table.name))
        parts = [block.registry.part(table.name, columns)[table.kind[rows]]]
        bounds = [bound[persons] for bound in bounds_of(block, self.looks)]
        if table.name == "treatments":
            hours = half_lives(block, table, rows, self.relevance) if any(window.half_lives for window in self.looks.windows) else None
            bounds += [half_life_bound(block, window, persons, hours) for window in self.looks.windows if window.half_lives and hours is not None]
        parts += sides(table, rows, bounds)
        if self.looks.lengths or self.rule.count is not None:
            parts += [day[rows] - block.as_of[persons] for days in table.days.values() for day in days]
        if self.looks.spread and table.name == "conditions":
            parts.append(sites(block, self.relevance)[persons].astype(np.int64))
        classes, values = combined(parts)
        return Spoken(table, rows, persons, classes, values)

    def _by_set(self, block: Block, listed: Sequence[Spoken], quiet: Flags | None) -> Grouped:
        """Persons by the set of what their rows say."""
        masks = np.zeros(block.size, np.uint8)
        several = np.zeros(block.size, np.int64) if self.speaks else None
        for one in listed:
            counted = np.ones(one.rows.size, np.bool_) if quiet is None else quiet[one.persons]
            codes = self._codes_of(block, one, counted)
            for bit in (PROVED, OPEN, COULD_BE, REFUTED, PAST, SEVERAL):
                masks[one.persons[(codes & bit) > 0]] |= bit
            if several is not None:
                np.add.at(several, one.persons[(codes & _NAMED) > 0], 1)
        if several is not None:
            masks[several > 1] |= SEVERAL
        persons = np.flatnonzero(masks)
        return Grouped(persons, masks[persons].astype(np.int64), range(64))

    def _codes_of(self, block: Block, one: Spoken, counted: Flags) -> Ints:
        """The code of each row; 0 for those that are not counted."""
        codes = np.zeros(len(one.values), np.int64)
        places = np.flatnonzero(counted)
        wanted, first = np.unique(one.classes[places], return_index=True)
        for number, at in zip(wanted.tolist(), first.tolist(), strict=True):
            key = (one.table.name, one.values[number])
            code = self._codes.get(key)
            if code is None:
                code = self._codes[key] = self._code(block, one.table, int(one.rows[places[at]]))
            codes[number] = code
        return np.where(counted, codes[one.classes], 0)

    def _by_rows(self, block: Block, listed: Sequence[Spoken], quiet: Flags | None) -> Grouped:
        """Persons by their rows themselves."""
        rows = [*listed, *(self._required(block) if listed else ())]
        if not rows:
            return NOBODY
        persons, codes, values = _together(rows)
        there = np.zeros(block.size, np.bool_)
        for one in listed:
            there[one.persons] = True
        if quiet is not None:
            there &= ~quiet
        kept = there[persons]
        persons, codes = persons[kept], codes[kept]
        order = np.argsort(persons, kind="stable")
        return folded(persons[order], codes[order], values, ordered=True)

    def by_rows(self, block: Block, subjects: Sequence[int]) -> Grouped:
        """Persons by all that some conditions say."""
        table = block.tables["conditions"]
        one = self._classed(block, table, table.rows_of(subjects))
        return folded(one.persons, one.classes, one.values, ordered=True) if one else NOBODY

    def groups_of_kind(self, block: Block, name: str) -> list[Grouped]:
        """Persons by the listed items that are a concept, by its denials, and by the results that tell of it."""
        denials, conditions = block.tables["denials"], block.tables["conditions"]
        rows = denials.rows_of(self.relevance.of_group("denials", name))
        refuted = conditions.rows_of(self.relevance.of_group("refuted", name))
        refuted = refuted[block.refuted[refuted]]
        denied = of_kinds([(denials.person[rows], denials.kind[rows], "denied"), (conditions.person[refuted], conditions.subject[refuted], "refuted")])
        return [self.by_rows(block, self.relevance.of_kind("conditions", name)), denied, *told(self.rule, self.looks, block, self.relevance)]

    def _required(self, block: Block) -> Iterator[Spoken]:
        """The rows of what a condition must have been treated with."""
        for treatment in self.looks.requiring:
            other = Occurrence(treatment, self.case, self.relevance)
            for name in other.tables:
                one = other._listed(block, block.tables[name])  # noqa: SLF001 - of its own kind
                if one is not None:
                    yield one

    # --- what else decides -------------------------------------------------------------------------------------------------------------------

    def _denied(self, block: Block) -> Grouped:
        """Persons by what they deny of it, and what was refuted."""
        found_rows = []
        denials = block.tables["denials"]
        asked = (self.rule, *self.looks.requiring)
        rows = denials.rows_of(sorted({subject for one in asked for subject in self.relevance.denials(one)}))
        if rows.size:
            found_rows.append((denials.person[rows], denials.kind[rows], "denied"))
        conditions = block.tables["conditions"]
        rows = conditions.rows_of(sorted({subject for one in asked for subject in self.relevance.denials(one, "refuted")}))
        if rows.size:
            rows = rows[block.refuted[rows]]
            found_rows.append((conditions.person[rows], conditions.subject[rows], "refuted"))
        return of_kinds(found_rows)

    def _speaking(self, block: Block) -> Grouped:
        """Persons by the statements and denials that speak of what is to be judged."""
        if not self.looks.judged:
            return NOBODY
        found_rows = []
        for name in ("statements", "denials"):
            table = block.tables[name]
            subjects = sorted({subject for words in self.looks.judged for subject in self.relevance.spoken(name, words)})
            rows = table.rows_of(subjects)
            if rows.size:
                found_rows.append((table.person[rows], table.kind[rows], name))
        return of_kinds(found_rows)

    def _still_open(self, block: Block) -> Grouped:
        """Persons for whom a window ends only after the day of judgement."""
        window = self.rule.window
        if window is None or self.rule.when != "window" or "procedures" not in self.tables:
            return NOBODY
        later = bounds_of(block, Footprint(windows=(window,)))[-1] > block.as_of
        persons = np.flatnonzero(later)
        return Grouped(persons, np.zeros(persons.size, np.int64), ("still open",))

    def _alone(self, block: Block) -> Flags | None:
        """Persons for whom an event is not one day: each is asked."""
        inexact = [planned for event in events_of(self.looks) if (planned := block.event(event).inexact).any()]
        return np.logical_or.reduce(inexact) if inexact else None


def _also(rule: Had) -> tuple[str, ...]:
    """An allergy is a condition too."""
    return ("allergies",) if rule.section == "conditions" else ()


def _together(rows: Sequence[Spoken]) -> tuple[Ints, Ints, list[Hashable]]:
    """Rows of several tables with their classes numbered through."""
    codes, values = [], []
    for one in rows:
        codes.append(one.classes + len(values))
        values += [(one.table.name, value) for value in one.values]
    return np.concatenate([one.persons for one in rows]), np.concatenate(codes), values


def of_kinds(found_rows: Sequence[tuple[Ints, Ints, str]]) -> Grouped:
    """Rows of several tables as sets of their kinds."""
    if not found_rows:
        return NOBODY
    persons = np.concatenate([row_persons for row_persons, _, _ in found_rows])
    codes, values = [], []
    for _, kinds, source in found_rows:
        distinct, inverse = np.unique(kinds, return_inverse=True)
        codes.append(inverse + len(values))
        values += [(source, kind) for kind in distinct.tolist()]
    order = np.argsort(persons, kind="stable")
    return folded(persons[order], np.concatenate(codes)[order], values, ordered=False)
