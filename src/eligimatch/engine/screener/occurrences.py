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
from eligimatch.engine.nodes import by_facts
from eligimatch.engine.occurrences import had, perhaps_of_study, speaks_of_study, timed
from eligimatch.engine.refutals import refutals
from eligimatch.engine.screener.apart import study_disease
from eligimatch.engine.screener.arrays import Ints, Rows, combined, grown, merged, side, sides
from eligimatch.engine.screener.aspects import TABLES as EACH_AN_ITEM
from eligimatch.engine.screener.aspects import Aspects, Rest, rest_of
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY, Answers, folded, of_kinds, regrouped
from eligimatch.engine.screener.counting import Going, by_courses
from eligimatch.engine.screener.days import bounds_of, half_life_bound, inexact, lengths, turns
from eligimatch.engine.screener.footprint import Footprint, footprint
from eligimatch.engine.screener.judging import answers_of, someone_of_each
from eligimatch.engine.screener.naming import Naming, looks_at_names
from eligimatch.engine.screener.planes import Flags, Plane
from eligimatch.engine.screener.registry import SUBJECTS, Numbering, said
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.rows import APART, COULD_BE, ESCAPES, NAMED, OPEN, PAST, PROVED, REFUTED, SEVERAL, TABLES, Rowed
from eligimatch.engine.screener.telling import grades, half_lives, other_uses, sites, staged, tellers, told
from eligimatch.engine.screener.treated import Treated, escapes, without_treatment
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Had
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
        self.of_study = study_disease(rule, case, relevance, speaks=self.speaks)
        self.alone = without_treatment(self.rule.model_copy(update={"count": None}), case.facts.kinship)
        """What is asked of an item by itself."""
        self._rest = rest_of(self.alone, self.rule.but_not)
        self._aspects = Aspects(self.alone, self._rest, case, relevance, speaks=self.speaks)
        self._split = EACH_AN_ITEM if not (self.of_study and self.of_study.unnamed) else ()
        """The tables of whose rows aspects are asked apart."""
        self.required = [Occurrence(treatment, case, relevance, lambda _: YES) for treatment in self.looks.requiring]
        self.treated = Treated(rule, self.required, case, self.of_study.relatives if self.of_study and self.of_study.unnamed else None)
        self._escapes = Numbering()
        self._escapes.of(())
        self.tables = [table for table in TABLES if table in (*sections_of(rule, case), *_also(rule))]
        self.sections = sections_to_complete(rule, case)
        asked = dict.fromkeys((*self.sections, *(section for other in self.required for section in other.sections)))
        self.answers = Answers(self._answer, tuple(f"complete {section}" for section in asked))
        self._codes: dict[Hashable, int] = {}
        self._numbered: dict[str, Ints] = {}
        rest = self.alone.model_copy(update={"qualifiers": self._rest.qualifiers}) if self._split else self.alone
        self._looks_at_rest = self.looks
        if self._split:
            beside = footprint(rest.model_copy(update={"but_not": self.rule.but_not}), case.facts.kinship)
            self._looks_at_rest = beside if self._rest.timed else beside._replace(windows=())
        names = looks_at_names(rest, self._looks_at_rest, case, study=not (self.of_study and self.of_study.completes))
        self._naming = None if names is None else Naming(self.rule, case, relevance, names)
        self._heard = Numbering()
        self._going: dict[tuple[str, int], Going] = {}
        self._judgements: dict[Hashable, tuple[Truth, ...]] = {}
        """What the judgements come to, by what was said."""
        self._denials: dict[int, tuple[Hashable, ...]] = {}
        """What that which a value tells denies."""
        self._valued = False
        """Whether values tell of what is asked."""
        self._resolved: dict[str, tuple[int, Sequence[int]]] = {}

    def plane(self, block: Block) -> Plane:
        """The truth of the rule for each person."""
        return self.answers.plane(block, self.groups(block), inexact(block, self.looks))

    def groups(self, block: Block) -> list[Grouped]:
        """Persons by what decides the rule for them."""
        speaking = self.speaking(block)
        listed = [*self.listed(block, speaking), *self._told(block, speaking)]
        codes = [self.codes_of(block, one) for one in listed]
        groups = [self._by_set(block, listed, codes), self.denied(block), self._denied_by_values(block), speaking, self._still_open(block)]
        groups += told(self.rule, self.looks, block, self.relevance)
        if self.of_study:
            reacted = [one for one in listed if one.table.name == "allergies" and self.rule.other]
            groups.append(folded(reacted[0].persons, reacted[0].classes, reacted[0].said, ordered=True) if reacted else NOBODY)
            groups.append(self.of_study.apart(block, listed, codes, groups[-1:]) if self.of_study.unnamed else NOBODY)
        if self.rule.count is not None and not _one_decides(self.rule.count):
            groups.append(by_courses(block, listed, codes, _too_few(self.rule.count), self._going))
        return [*groups, *self.treated.groups(block, listed, codes)]

    # --- the evaluator ---------------------------------------------------------------------------------------------------------------------

    def _answer(self, block: Block, person: int) -> Truth:
        valued = bool(self.looks.graded or self.looks.systems or self._valued)
        return by_facts(self.rule, self.case._replace(facts=block.facts(person, valued=valued))).truth

    def _asked(self, facts: Facts, section: str, index: int) -> int:
        """What the evaluator makes of one item."""
        case, rule = self.case._replace(facts=facts), self.of_study.put(self.alone, section) if self.of_study else self.alone
        inquiry, code, told = Inquiry(rule, case, self.relation, had), 0, list[Hashable]()
        rest = self._rest if section in self._split else Rest(rule.qualifiers, timed=True, by_day=True)
        candidates = found(rule, case)
        for candidate in (*candidates, *could_be(rule, case, [one.item for one in candidates])):
            if candidate.item.evidence.section == section and candidate.item.evidence.index == index:
                put = self.of_study.candidate(candidate) if self.of_study else candidate
                one = self._code_of(inquiry.ask_about(put, rest.qualifiers, timed=rest.timed), timed=rest.timed)
                code |= one | (SEVERAL if code & NAMED and one & NAMED else 0)
                exempt = escapes(inquiry._replace(rule=self.rule), candidate.item)
                told += [exempt] if any(exempt) else []
        return code + ESCAPES * self._escapes.of(tuple(told))

    def _code_of(self, asked: Asked, *, timed: bool) -> int:
        past = PAST if self.speaks and timed and asked.item.now is False else 0
        if asked.truth:
            return PROVED | past
        if asked.truth is None:
            return OPEN | past | (APART if perhaps_of_study(asked) else 0) if asked.match else COULD_BE
        return past or REFUTED if self.speaks and asked.match else 0

    # --- rows --------------------------------------------------------------------------------------------------------------------------------

    def _subjects(self, what: str, look: Callable[[], Sequence[int]]) -> Sequence[int]:
        """Looked up once, as long as there are no others."""
        version, subjects = self._resolved.get(what, (-1, ()))
        if version != self.relevance.version:
            subjects = look()
            self._resolved[what] = (self.relevance.version, subjects)
        return subjects

    def listed(self, block: Block, speaking: Grouped) -> Iterator[Rowed]:
        """The rows that are what is asked, and, of whoever's list is complete, those that could be.

        Of those who are asked alone there are none.
        """
        complete, alone = self._complete(block), inexact(block, self.looks)
        for name in self.tables:
            table, concept, section = block.tables[name], self.rule.concept, self.rule.section
            items = self._subjects(name, partial(self.relevance.items, name, concept, section))
            rows = table.rows_of(items)
            possible = self._subjects(f"possible {name}", partial(self.relevance.possible, name, concept, section))
            if complete is not None and len(possible):
                others = table.rows_of(possible)
                others = others[complete[table.person[others]]]
                rows = merged(rows, others)
            if alone is not None:
                rows = rows[~alone[table.person[rows]]]
            if rows.size:
                names = self._naming.numbers(name, items, possible) if self._naming else None
                yield self._classed(block, table, rows, speaking, names, rest=name in self._split)

    def _complete(self, block: Block) -> Flags | None:
        """Whose lists are complete, where anyone's are and lists tell."""
        if not self.sections:
            return None
        numbers, said = block.context(tuple(f"complete {section}" for section in self.sections))
        wanted = [number for number, features in enumerate(said) if all(features)]
        return numbers == wanted[0] if wanted else None

    def _told(self, block: Block, speaking: Grouped) -> Iterator[Rowed]:
        """The values that tell of what is asked, each an item as the listed ones are."""
        tell = tellers(self.rule.concept, block, self.relevance)
        table, rows, numbers, alone = block.tables["observations"], tell.rows, tell.numbers, inexact(block, self.looks)
        if alone is not None:
            kept = ~alone[table.person[rows]]
            rows, numbers = rows[kept], numbers[kept]
        if not rows.size:
            return
        self._valued = True
        persons = table.person[rows]
        days = [bound[persons] for bound in bounds_of(block, self.looks)]
        parts = [numbers, *sides(table.days, rows, days), side(block.as_of[persons], days), *self._further(block, table, rows)]
        heard = self._numbers_of(block, speaking)
        classes, values = combined(parts if heard is None else [*parts, heard[persons]])
        yield Rowed(table, rows, persons, classes, values, heard=None if heard is None else heard > 0)

    def _numbers_of(self, block: Block, speaking: Grouped) -> Ints | None:
        """For each person, a number for what was said of the judgements; 0 for nothing. None where no one said anything."""
        if not speaking.persons.size:
            return None
        numbers = np.zeros(block.size, np.int64)
        numbers[speaking.persons] = self._heard.of_all(speaking.keys)[speaking.numbers] + 1
        return numbers

    def _classed(self, block: Block, table: Table, rows: Rows, speaking: Grouped = NOBODY, names: Ints | None = None, *, rest: bool = False) -> Rowed:
        """Rows by all that is looked at, or but by the `rest`. `names` say what the name of each subject comes to, where no more of it counts."""
        looks, by_day = (self._looks_at_rest, self._rest.by_day) if rest else (self.looks, True)
        persons, windows = table.person[rows], [window for window in looks.windows if window.half_lives and table.name == "treatments"]
        columns = looks.of_table(table.name, said(table.name))
        bounds, by_days = (bounds_of(block, looks), (looks.windows, looks.lastings)) if turns(looks) else ([], () if by_day else None)
        classes, values = block.classes_of(table.name, columns if names is not None else (*SUBJECTS[table.name], *columns), bounds, by_days, rows)
        who = None if names is None else names[table.subject[rows]]
        further, heard = list(self._further(block, table, rows)), self._numbers_of(block, speaking)
        if windows:
            days = [bound[persons] for bound in bounds]
            days += [half_life_bound(block, window, persons, half_lives(block, table, rows, self.relevance)) for window in windows]
            further += [*sides(table.days, rows, days), side(block.as_of[persons], days)]
        if heard is not None:
            further.append(heard[persons])
        if not further:
            return Rowed(table, rows, persons, classes, values, lasting=True, who=who)
        classes, values = combined([classes, *([] if who is None else [who]), *further])
        return Rowed(table, rows, persons, classes, values, heard=None if heard is None else heard > 0)

    def _further(self, block: Block, table: Table, rows: Rows) -> Iterator[Ints]:
        """What else is looked at than what a row says by itself."""
        persons = table.person[rows]
        if self.looks.lengths and table.name == "treatments":
            yield from lengths(block, table, rows)
        if self.looks.graded and table.name == "conditions":
            yield grades(block, table, rows, self.relevance)
        if self.looks.spread and table.name == "conditions":
            yield sites(block, self.relevance)[persons].astype(np.int64)
        if self.looks.systems and table.name == "conditions":
            yield staged(block, self.looks, self.relevance)[persons]
        if self.looks.against_cancer and table.name == "treatments":
            yield other_uses(block, self.relevance).perhaps[rows].astype(np.int64)
        if self.of_study and (setting := self.of_study.setting(block, table)) is not None:
            yield setting[persons]

    def codes_of(self, block: Block, one: Rowed) -> Ints:
        """The code of each row."""
        codes = self._codes_of_all(block, one) if one.lasting else self._codes_of_new(block, one)
        codes = self._aspects.joined(block, one.table, one.rows, codes) if one.table.name in self._split else codes
        return self.of_study.completed(block, one, codes) if self.of_study else codes

    def _codes_of_new(self, block: Block, one: Rowed) -> Ints:
        """The evaluator is asked of one row of each class that is new."""
        name, codes = one.table.name, np.array([self._codes.get((one.table.name, said_of), -1) for said_of in one.said], np.int64)
        if (codes < 0).any():
            classes, first = np.unique(one.classes, return_index=True)
            for number, at in zip(classes.tolist(), first.tolist(), strict=True):
                if codes[number] < 0:
                    codes[number] = self._codes[name, one.said[number]] = self._of_row(block, one, int(one.rows[at]))
        return codes[one.classes]

    def _codes_of_all(self, block: Block, one: Rowed) -> Ints:
        """The same by classes that are numbered alike in all blocks, and by what the names come to, if that is told apart."""
        name, who = one.table.name, np.zeros(one.rows.size, np.int64) if one.who is None else one.who
        codes = grown(self._numbered.get(name), int(who.max(initial=0)) + 1, len(one.said))
        self._numbered[name] = codes
        found: Ints = codes[who, one.classes]
        missing = np.flatnonzero(found < 0)
        if missing.size:
            _, places = np.unique(who[missing] * len(one.said) + one.classes[missing], return_index=True)
            for at in missing[places].tolist():
                codes[who[at], one.classes[at]] = self._of_row(block, one, int(one.rows[at]))
            found = codes[who, one.classes]
        return found

    def _of_row(self, block: Block, one: Rowed, row: int) -> int:
        """What the evaluator makes of a row: by itself, or where other rows of the person count, among these."""
        table, person = one.table, int(one.table.person[row])
        if self._entangled(block, one, row, person):
            facts = block.facts(person, valued=self.looks.graded or bool(self.looks.systems) or table.name == "observations")
            return self._asked(facts, table.name, row - int(table.start[person]))
        return self._asked(block.facts_of_row(table, row), table.name, 0)

    def _entangled(self, block: Block, one: Rowed, row: int, person: int) -> bool:
        """Whether what a row says may hang on other rows."""
        table = one.table
        if (one.heard is not None and one.heard[person]) or (self.looks.systems and staged(block, self.looks, self.relevance)[person]):
            return True
        if self.of_study and (setting := self.of_study.setting(block, table)) is not None and setting[person]:
            return True
        if self.looks.against_cancer and table.name == "treatments":
            uses = other_uses(block, self.relevance)
            if uses.there[row] and not uses.perhaps[row]:
                return True
        if table.name != "conditions":
            return False
        graded = self.looks.graded and table.subject[row] in self.relevance.graded_subjects()
        return graded or (self.looks.spread and bool(sites(block, self.relevance)[person]))

    # --- persons -----------------------------------------------------------------------------------------------------------------------------

    def _by_set(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints]) -> Grouped:
        """Persons by the set of what their rows say."""
        masks = np.zeros(block.size, np.uint8)
        for one, told_codes in zip(listed, codes, strict=True):
            starts = np.flatnonzero(np.concatenate([[True], one.persons[1:] != one.persons[:-1]]))
            masks[one.persons[starts]] |= np.bitwise_or.reduceat(told_codes, starts).astype(np.uint8)
        if self.speaks:
            named = [one.persons[(told_codes & NAMED) > 0] for one, told_codes in zip(listed, codes, strict=True)]
            masks[np.bincount(np.concatenate(named), minlength=block.size) > 1 if named else []] |= SEVERAL
        persons = np.flatnonzero(masks)
        return Grouped(persons, masks[persons].astype(np.int64), range(2 * APART))

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
        return [self.by_rows(block, self.relevance.of_kind("conditions", name)), denied, *self._by_values(block)]

    def _by_values(self, block: Block) -> Iterator[Grouped]:
        found, table = tellers(self.rule.concept, block, self.relevance), block.tables["observations"]
        yield folded(table.person[found.rows], found.codes, found.distinct, ordered=True)
        yield from told(self.rule, self.looks, block, self.relevance)

    # --- what else decides -------------------------------------------------------------------------------------------------------------------

    def denied(self, block: Block) -> Grouped:
        """Persons by what they deny of it, and what was refuted."""
        denials, conditions = block.tables["denials"], block.tables["conditions"]
        rows = denials.rows_of(self._subjects("denied", lambda: self.relevance.denials(self.rule)))
        refuted = conditions.rows_of(self._subjects("refuted", lambda: self.relevance.denials(self.rule, "refuted")))
        refuted = refuted[block.refuted[refuted]]
        return of_kinds([(denials.person[rows], denials.kind[rows], "denied"), (conditions.person[refuted], conditions.subject[refuted], "refuted")])

    def _denied_by_values(self, block: Block) -> Grouped:
        """Persons by what a status denies of it."""
        found = tellers(self.rule.concept, block, self.relevance)
        if not found.rows.size:
            return NOBODY
        table = block.tables["observations"]
        for number, row in zip(found.distinct, found.first.tolist(), strict=True):
            if number not in self._denials:
                told = refutals(self.rule, self.case._replace(facts=block.facts_of_row(table, row)))
                self._denials[number] = tuple((denial.lasting, denial.narrowing, denial.other) for denial in told)
        denials = [self._denials[number] for number in found.distinct]
        return folded(table.person[found.rows], found.codes, denials, ordered=False) if any(denials) else NOBODY

    def speaking(self, block: Block) -> Grouped:
        """Persons by the statements and denials that speak of what is to be judged."""
        if not self.looks.judged:
            return NOBODY
        rows = []
        for name in ("statements", "denials"):
            table = block.tables[name]
            heard = table.rows_of(self._subjects(f"heard {name}", partial(self._heard_of, name)))
            rows.append((table.person[heard], table.kind[heard], name))
        return self._answering(block, of_kinds(rows))

    def _answering(self, block: Block, said: Grouped) -> Grouped:
        """By what the judgements come to with what was said; who answers none of them is like who is silent."""
        for key, person in zip(said.keys, someone_of_each(said), strict=True):
            if person >= 0 and key not in self._judgements:
                self._judgements[key] = answers_of(self.rule, self.case._replace(facts=block.facts(person, valued=False)))
        silent = answers_of(self.rule, self.case)
        return regrouped(said, [self._judgements.get(key, silent) for key in said.keys], silent)

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


def _one_decides(count: Interval) -> bool:
    """Whether one course decides as much as many: at least one, or none."""
    low_ends = count.low is None or count.low < 1 or (count.low == 1 and not count.low_open)
    return low_ends and (count.high is None or count.high < 1 or (count.high == 1 and count.high_open))


def _also(rule: Had) -> tuple[str, ...]:
    """An allergy is a condition too."""
    return ("allergies",) if rule.section == "conditions" else ()
