"""Occurrences for many: a condition, treatment, procedure or allergy by the rows that speak of it.

Rows that are alike say the same to a rule: the evaluator is asked once (`_code`), and a person is known by the set of what their rows say. Where rows
speak of each other (counts, second diseases, what a disease was treated with), a person is known by the rows themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from math import ceil, floor

import numpy as np

from eligimatch.engine.candidates import could_be, found, sections_of, sections_to_complete
from eligimatch.engine.case import YES, Case
from eligimatch.engine.facts import Facts
from eligimatch.engine.inquiry import Asked, Inquiry, Relation
from eligimatch.engine.kinship import COMORBIDITY, METASTASIS, STUDY_DISEASE
from eligimatch.engine.nodes import by_facts
from eligimatch.engine.occurrences import had, speaks_of_study, timed
from eligimatch.engine.screener.arrays import NO_DAY, NO_ROWS, Ints, Rows, combined, ranks, side, sides
from eligimatch.engine.screener.block import Block, Grouped, Numbering, Table, said
from eligimatch.engine.screener.classes import NOBODY, Answers, folded
from eligimatch.engine.screener.days import bounds_of, events_of, half_life_bound
from eligimatch.engine.screener.footprint import Footprint, footprint
from eligimatch.engine.screener.planes import Flags, Plane
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.rows import COULD_BE, NAMED, OPEN, PAST, PERHAPS, PROVED, REFUTED, SEVERAL, TABLES, Rowed
from eligimatch.engine.screener.telling import grades, half_lives, sites, told
from eligimatch.engine.screener.treated import Treated
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Had, Requiring
from eligimatch.model.verdict import Truth


class Occurrence:
    """One rule about a condition, treatment, procedure or allergy, for blocks of persons."""

    def __init__(self, rule: Had, case: Case, relevance: Relevance, relation: Relation | None = None) -> None:
        """`case` gives the study and the words around the rule; its facts are those of nobody. `relation` is what is asked of each item beside."""
        self.case = case
        self.relevance = relevance
        self.relation = relation
        self.rule = timed(rule, case)
        self.looks = footprint(rule, case.facts.kinship)
        self.speaks = speaks_of_study(rule, case)
        self.of_study = rule.section == "conditions" and (rule.other or rule.study or rule.concept.name in (STUDY_DISEASE, COMORBIDITY))
        own = tuple(qualifier for qualifier in rule.qualifiers if not isinstance(qualifier, Requiring))
        self.alone = self.rule.model_copy(update={"qualifiers": own, "count": None})
        """What is asked of an item by itself."""
        self.required = [Occurrence(treatment, case, relevance, lambda _: YES) for treatment in self.looks.requiring]
        self.treated = Treated(self.required, case)
        self.tables = [table for table in TABLES if table in (*sections_of(rule, case), *_also(rule))]
        self.sections = sections_to_complete(rule, case)
        asked = dict.fromkeys((*self.sections, *(section for other in self.required for section in other.sections)))
        self.answers = Answers(self._answer, tuple(f"complete {section}" for section in asked))
        self._codes: dict[Hashable, int] = {}
        self._heard = Numbering()
        self._valued = False
        """Whether values tell of what is asked."""
        self._resolved: dict[str, tuple[int, Sequence[int]]] = {}

    def plane(self, block: Block) -> Plane:
        """The truth of the rule for each person."""
        inexact = [planned for event in events_of(self.looks) if (planned := block.event(event).inexact).any()]
        return self.answers.plane(block, self._groups(block), np.logical_or.reduce(inexact) if inexact else None)

    def _groups(self, block: Block) -> list[Grouped]:
        speaking = self.speaking(block)
        listed = list(self.listed(block, speaking))
        codes = [self.codes_of(block, one) for one in listed]
        groups = [self._by_set(block, listed, codes), self.denied(block), speaking, self._still_open(block)]
        telling = list(told(self.rule, self.looks, block, self.relevance))
        self._valued = self._valued or any(group.persons.size for group in telling)
        groups += telling
        if self.of_study:
            groups.append(self._of_study(block, listed, codes))
            reacted = [one for one in listed if one.table.name == "allergies" and self.rule.other]
            groups.append(folded(reacted[0].persons, reacted[0].classes, reacted[0].said, ordered=True) if reacted else NOBODY)
            cancerous = np.flatnonzero(self._cancerous(block)) if not self.case.study else NO_ROWS
            groups.append(Grouped(cancerous, np.zeros(cancerous.size, np.int64), ("has a cancer",)))
        if self.rule.count is not None:
            groups.append(self._in_order(block, listed, codes, self.rule.count))
        return [*groups, *self.treated.groups(block, listed, codes)]

    # --- the evaluator ---------------------------------------------------------------------------------------------------------------------

    def _answer(self, block: Block, person: int) -> Truth:
        valued = bool(self.looks.graded or self.looks.systems or self._valued)
        return by_facts(self.rule, self.case._replace(facts=block.facts(person, valued=valued))).truth

    def _asked(self, facts: Facts, section: str, index: int) -> int:
        """What the evaluator makes of one item."""
        case = self.case._replace(facts=facts)
        inquiry, code = Inquiry(self.alone, case, self.relation, had), 0
        candidates = found(self.alone, case)
        for candidate in (*candidates, *could_be(self.alone, case, [one.item for one in candidates])):
            if candidate.item.evidence.section == section and candidate.item.evidence.index == index:
                one = self._code_of(inquiry.ask(candidate))
                code |= one | (SEVERAL if code & NAMED and one & NAMED else 0)
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

    def _subjects(self, what: str, look: Callable[[], Sequence[int]]) -> Sequence[int]:
        """Looked up once, as long as there are no others."""
        version, subjects = self._resolved.get(what, (-1, ()))
        if version != self.relevance.version:
            subjects = look()
            self._resolved[what] = (self.relevance.version, subjects)
        return subjects

    def listed(self, block: Block, speaking: Grouped) -> Iterator[Rowed]:
        """The rows that are what is asked, and, of whoever's list is complete, those that could be."""
        complete = self._complete(block)
        for name in self.tables:
            table, concept, section = block.tables[name], self.rule.concept, self.rule.section
            rows = table.rows_of(self._subjects(name, partial(self.relevance.items, name, concept, section)))
            possible = self._subjects(f"possible {name}", partial(self.relevance.possible, name, concept, section))
            if complete is not None and len(possible):
                others = table.rows_of(possible)
                others = others[complete[table.person[others]]]
                rows = np.union1d(rows, others) if rows.size and others.size else others if others.size else rows
            if rows.size:
                yield self._classed(block, table, rows, speaking)

    def _complete(self, block: Block) -> Flags | None:
        """Whose lists are complete, where anyone's are."""
        numbers, said = block.context(tuple(f"complete {section}" for section in self.sections))
        wanted = [number for number, features in enumerate(said) if all(features)]
        return numbers == wanted[0] if wanted else None

    def _classed(self, block: Block, table: Table, rows: Rows, speaking: Grouped = NOBODY) -> Rowed:
        """Rows by all that is looked at."""
        persons = table.person[rows]
        columns = self.looks.of_table(table.name, said(table.name))
        spread = self.looks.spread and table.name == "conditions"
        graded = self.looks.graded and table.name == "conditions"
        by_days = len(events_of(self.looks)) > 1 or self.looks.windows or self.looks.lastings or self.looks.lengths
        if not by_days and not spread and not graded and not (self.of_study and not self.case.study) and not speaking.persons.size:
            classes, values, first = block.classes_of(table.name, columns)
            return Rowed(table, rows, persons, classes[rows], values, first)
        parts = [block.classes_of(table.name, columns)[0][rows]]
        if by_days:
            bounds = [bound[persons] for bound in bounds_of(block, self.looks)]
            windows = [window for window in self.looks.windows if window.half_lives] if table.name == "treatments" else []
            hours = half_lives(block, table, rows, self.relevance) if windows else np.zeros(0)
            bounds += [half_life_bound(block, window, persons, hours) for window in windows]
            parts += [*sides(table.days, rows, bounds), side(block.as_of[persons], bounds)]
        if self.looks.lengths and table.name == "treatments":
            parts += [day[rows] - block.as_of[persons] for days in table.days.values() for day in days]
        if graded:
            parts.append(grades(block, table, rows, self.relevance))
        if spread:
            parts.append(sites(block, self.relevance)[persons].astype(np.int64))
        if self.of_study and not self.case.study:
            parts.append(self._cancerous(block)[persons])
        if speaking.persons.size:
            numbers = np.zeros(block.size, np.int64)
            numbers[speaking.persons] = self._heard.of_all(speaking.keys)[speaking.numbers] + 1
            parts.append(numbers[persons])
        classes, values = combined(parts)
        return Rowed(table, rows, persons, classes, values)

    def codes_of(self, block: Block, one: Rowed) -> Ints:
        """The code of each row; the evaluator is asked of one row of each class that is new."""
        known = np.full(len(one.said), -1, np.int64)
        there = np.zeros(len(one.said), np.bool_)
        there[one.classes] = True
        name = one.table.name
        for number in np.flatnonzero(there).tolist():
            known[number] = self._codes.get((name, one.said[number]), -1)
        if (known[there] < 0).any():
            classes, first = np.unique(one.classes, return_index=True)
            for number, at in zip(classes.tolist(), first.tolist(), strict=True):
                if known[number] < 0:
                    row = int(one.rows[at] if one.first is None else one.first[number])
                    known[number] = self._codes[name, one.said[number]] = self._of_row(block, one.table, row)
        return known[one.classes]

    def _of_row(self, block: Block, table: Table, row: int) -> int:
        """What the evaluator makes of a row: by itself, or where other rows of the person count, among these."""
        person = int(table.person[row])
        if self._entangled(block, table, row, person):
            return self._asked(block.facts(person), table.name, row - int(table.start[person]))
        return self._asked(block.facts_of_row(table, row), table.name, 0)

    def _entangled(self, block: Block, table: Table, row: int, person: int) -> bool:
        """Whether what a row says may hang on other rows."""
        if self._speaks_up(block)[person] or self.looks.systems:
            return True
        if self.of_study and not self.case.study:
            return True
        if table.name != "conditions":
            return False
        if self.of_study and table.subject[row] in self._subjects("cancers", self.relevance.cancers):
            return True
        graded = self.looks.graded and table.subject[row] in self.relevance.graded_subjects()
        return graded or (self.looks.spread and bool(sites(block, self.relevance)[person]))

    def _speaks_up(self, block: Block) -> Flags:
        """Who has said what may answer a judgement."""
        heard = np.zeros(block.size, np.bool_)
        if self.looks.judged:
            heard[self.speaking(block).persons] = True
        return heard

    # --- persons -----------------------------------------------------------------------------------------------------------------------------

    def _by_set(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints]) -> Grouped:
        """Persons by the set of what their rows say."""
        masks = np.zeros(block.size, np.uint8)
        for one, told_codes in zip(listed, codes, strict=True):
            for bit in (PROVED, OPEN, COULD_BE, REFUTED, PAST, SEVERAL):
                masks[one.persons[(told_codes & bit) > 0]] |= bit
        if self.speaks:
            named = [one.persons[(told_codes & NAMED) > 0] for one, told_codes in zip(listed, codes, strict=True)]
            masks[np.bincount(np.concatenate(named), minlength=block.size) > 1 if named else []] |= SEVERAL
        persons = np.flatnonzero(masks)
        return Grouped(persons, masks[persons].astype(np.int64), range(64))

    def _in_order(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], count: Interval) -> Grouped:
        """Persons by their rows one by one, as far as these say that it is so, or may be, and by the courses to which they belong."""
        persons, numbers, values = [], [], list[Hashable]()
        for one, told_codes in zip(listed, codes, strict=True):
            kept = (told_codes & PERHAPS) > 0
            if kept.any():
                parts = [told_codes[kept], *self._courses(block, one, one.rows[kept])]
                classes, said_of = combined(parts)
                persons.append(one.persons[kept])
                numbers.append(classes + len(values))
                values += [(one.table.name, value) for value in said_of]
        if not persons:
            return NOBODY
        whose, classes = np.concatenate(persons), np.concatenate(numbers)
        few = np.bincount(whose, minlength=block.size)[whose] <= _too_few(count)
        with_few = np.unique(whose[few])
        whose, classes = np.concatenate([with_few, whose[~few]]), np.concatenate([np.full(with_few.size, len(values)), classes[~few]])
        order = np.argsort(whose, kind="stable")
        return folded(whose[order], classes[order], [*values, "too few"], ordered=True)

    def _courses(self, block: Block, one: Rowed, rows: Rows) -> Iterator[Ints]:
        """What tells one course of treatment from another: its line, or else the order of its days among the person's."""
        table, kinds = one.table, one.table.kind[rows]
        given = table.name == "treatments"
        lined = block.given(table.name, "line")[rows]
        yield np.where(lined, block.registry.part_alone(table.name, ("line",) if given else ())[kinds], -1)
        yield np.where(lined, -1, block.registry.part_alone(table.name, ("status",) if given else ())[kinds])
        yield np.where(np.isin(table.subject[rows], self.relevance.at_once(table.name)), table.subject[rows], -1)
        days = [np.where(lined, NO_DAY, day[rows]) for days in table.days.values() for day in days]
        yield from ranks(table.person[rows], days, block.as_of[table.person[rows]])

    def _of_study(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints]) -> Grouped:
        """Persons by those of their conditions that are, or may be, the study's own disease, where one of these speaks of another."""
        table = block.tables["conditions"]
        cancers = table.rows_of(self._subjects("cancers", self.relevance.cancers))
        if not self.case.study:
            return self._perhaps_apart(listed, codes) if self.rule.other else NOBODY
        far = np.zeros(block.size, np.bool_)
        far[table.person[table.rows_of(self._subjects("metastases", lambda: self.relevance.of_kind("conditions", METASTASIS)))]] = True
        rows = cancers[far[table.person[cancers]]]
        if self.rule.other:
            rows = np.union1d(rows, table.rows_of(self._subjects("of study", lambda: self.relevance.of_study(self.case.study))))
        if not rows.size:
            return NOBODY
        one = self._classed(block, table, rows)
        return folded(one.persons, one.classes, one.said, ordered=True)

    def _perhaps_apart(self, listed: Sequence[Rowed], codes: Sequence[Ints]) -> Grouped:
        """Persons by those of their items that may be another than the study's disease, of which nothing is known."""
        persons, numbers, values = [], [], list[Hashable]()
        for one, told_codes in zip(listed, codes, strict=True):
            kept = (told_codes & PERHAPS) > 0
            classes, said_of = combined([one.table.subject[one.rows[kept]], told_codes[kept]])
            persons.append(one.persons[kept])
            numbers.append(classes + len(values))
            values += [(one.table.name, value) for value in said_of]
        if not persons:
            return NOBODY
        whose = np.concatenate(persons)
        order = np.argsort(whose, kind="stable")
        return folded(whose[order], np.concatenate(numbers)[order], values, ordered=True)

    def _cancerous(self, block: Block) -> Ints:
        """Who has a cancer that is no metastasis: what else they have is not the study's disease, where its name is not known."""
        found = np.zeros(block.size, np.int64)
        table = block.tables["conditions"]
        rows = table.rows_of(self._subjects("primaries", self.relevance.primaries))
        found[table.person[rows[~block.refuted[rows]]]] = 1
        return found

    def by_rows(self, block: Block, subjects: Sequence[int]) -> Grouped:
        """Persons by all that some conditions say."""
        table = block.tables["conditions"]
        rows = table.rows_of(subjects)
        if not rows.size:
            return NOBODY
        one = self._classed(block, table, rows)
        return folded(one.persons, one.classes, one.said, ordered=True)

    def groups_of_kind(self, block: Block, name: str) -> list[Grouped]:
        """Persons by the listed items that are a concept, by its denials, and by the results that tell of it."""
        denials, conditions = block.tables["denials"], block.tables["conditions"]
        rows = denials.rows_of(self.relevance.of_group("denials", name))
        refuted = conditions.rows_of(self.relevance.of_group("refuted", name))
        refuted = refuted[block.refuted[refuted]]
        denied = of_kinds(
            [(denials.person[rows], denials.kind[rows], "denied"), (conditions.person[refuted], conditions.subject[refuted], "refuted")]
        )
        return [self.by_rows(block, self.relevance.of_kind("conditions", name)), denied, *told(self.rule, self.looks, block, self.relevance)]

    # --- what else decides -------------------------------------------------------------------------------------------------------------------

    def denied(self, block: Block) -> Grouped:
        """Persons by what they deny of it, and what was refuted."""
        denials, conditions = block.tables["denials"], block.tables["conditions"]
        rows = denials.rows_of(self._subjects("denied", lambda: self.relevance.denials(self.rule)))
        refuted = conditions.rows_of(self._subjects("refuted", lambda: self.relevance.denials(self.rule, "refuted")))
        refuted = refuted[block.refuted[refuted]]
        return of_kinds([(denials.person[rows], denials.kind[rows], "denied"), (conditions.person[refuted], conditions.subject[refuted], "refuted")])

    def speaking(self, block: Block) -> Grouped:
        """Persons by the statements and denials that speak of what is to be judged."""
        if not self.looks.judged:
            return NOBODY
        rows = []
        for name in ("statements", "denials"):
            table = block.tables[name]
            heard = table.rows_of(self._subjects(f"heard {name}", partial(self._heard_of, name)))
            rows.append((table.person[heard], table.kind[heard], name))
        return of_kinds(rows)

    def _heard_of(self, table: str) -> list[int]:
        return sorted({subject for words in self.looks.judged for subject in self.relevance.spoken(table, words)})

    def _still_open(self, block: Block) -> Grouped:
        """Persons for whom a window ends only after the day of judgement."""
        window = self.rule.window
        if window is None or self.rule.when != "window" or "procedures" not in self.tables:
            return NOBODY
        later = bounds_of(block, Footprint(windows=(window,)))[-1] > block.as_of
        persons = np.flatnonzero(later)
        return Grouped(persons, np.zeros(persons.size, np.int64), ("still open",))


def _too_few(count: Interval) -> int:
    """So many items can at most be the number of courses that decides nothing but by the list's being complete."""
    if count.low:
        return ceil(count.low) - 1 + int(count.low_open and count.low == int(count.low))
    return 0 if count.high is None else ceil(count.high) - 1 if count.high_open else floor(count.high)


def _also(rule: Had) -> tuple[str, ...]:
    """An allergy is a condition too."""
    return ("allergies",) if rule.section == "conditions" else ()


def of_kinds(sources: Sequence[tuple[Ints, Ints, str]]) -> Grouped:
    """Rows of several tables as sets of their kinds."""
    sources = [source for source in sources if source[0].size]
    if not sources:
        return NOBODY
    persons, codes, values = np.concatenate([whose for whose, _, _ in sources]), [], list[Hashable]()
    for _, kinds, name in sources:
        distinct, inverse = np.unique(kinds, return_inverse=True)
        codes.append(inverse + len(values))
        values += [(name, kind) for kind in distinct.tolist()]
    order = np.argsort(persons, kind="stable")
    return folded(persons[order], np.concatenate(codes)[order], values, ordered=False)
