"""Courses of treatment for many: how many some rows are, at least and at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from eligimatch.engine.counts import course
from eligimatch.engine.listing import Lister
from eligimatch.engine.periods import ALWAYS, FOREVER
from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows, combined, distinct
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import SUBJECTS, said
from eligimatch.engine.screener.rows import OPEN, PERHAPS, PROVED, Rowed
from eligimatch.model.profile import Treatment

_NO_LINE = np.int64(-1)
_ALWAYS, _FOREVER = ALWAYS.toordinal(), FOREVER.toordinal()


class Going(NamedTuple):
    """How a row's days are meant."""

    over: bool
    """Whether it ended by the day of judgement, where its end is not said."""
    at_once: bool
    """Whether it takes one day."""


class Courses(NamedTuple):
    """Courses, one a row, as `counts.Course`: days as ordinals."""

    line: Ints
    first: Ints
    last: Ints
    """The first and the last day on which it may have begun."""
    end: Ints
    """The last day on which it may have ended."""

    def of(self, which: Rows | Flags) -> Courses:
        """Some of them."""
        return Courses(*(column[which] for column in self))


def by_courses(block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], too_few: int, known: dict[tuple[str, int], Going]) -> Grouped:
    """Persons by how many courses their rows are: surely, counting those that are perhaps, and those that may not even be what is asked.

    `too_few` rows decide nothing but by the list's being complete. `known` keeps what classes of rows mean.
    """
    kept = [np.flatnonzero(told & PERHAPS) for told in codes]
    if not any(place.size for place in kept):
        return NOBODY
    whose = np.concatenate([one.persons[place] for one, place in zip(listed, kept, strict=True)])
    told = np.concatenate([code[place] for code, place in zip(codes, kept, strict=True)])
    number = np.bincount(whose, minlength=block.size)
    many = number[whose] > too_few
    sources = [(one.table, one.rows[place]) for one, place in zip(listed, kept, strict=True)]
    parts = np.split(many, np.cumsum([rows.size for _, rows in sources])[:-1])
    courses = [_courses(block, table, rows[which], known) for (table, rows), which in zip(sources, parts, strict=True)]
    together = Courses(*(np.concatenate(columns) for columns in zip(*courses, strict=True)))
    whose, told, persons = whose[many], told[many], np.flatnonzero(number)

    def counted(count: Callable[[Ints, Courses, int], Ints], bits: int) -> Ints:
        which = told & bits > 0
        return count(whose[which], together.of(which), block.size)[persons]

    counts = [counted(least, PROVED), counted(most, PROVED | OPEN), counted(most, PERHAPS)]
    numbers, keys = combined([(number[persons] > too_few).astype(np.int64), *counts])
    return Grouped(persons, numbers, keys)


def most(whose: Ints, courses: Courses, persons: int) -> Ints:
    """`counts.most` for each person."""
    lined, exact = courses.line != _NO_LINE, courses.first == courses.last
    begun = ~lined & exact
    found = _different(whose[lined], courses.line[lined], persons) + _different(whose[begun], courses.first[begun], persons)
    return found + np.bincount(whose[~lined & ~exact], minlength=persons)


def least(whose: Ints, courses: Courses, persons: int) -> Ints:
    """`counts.least` for each person: of those without a line, in the order of their ends, who overlaps none of those taken before is taken."""
    lined = courses.line != _NO_LINE
    found = _different(whose[lined], courses.line[lined], persons)
    free = np.flatnonzero(~lined)
    free = free[np.lexsort((courses.end[free], whose[free]))]
    place = np.arange(free.size) - np.searchsorted(whose[free], whose[free])
    taken = np.flatnonzero(lined)
    for turn in range(int(place.max(initial=-1)) + 1):
        now = free[place == turn]
        new = now[~_overlapping(whose, courses, now, taken, persons)]
        found[whose[new]] += 1
        taken = np.concatenate([taken, new])
    return found


def _overlapping(whose: Ints, courses: Courses, ones: Rows, others: Rows, persons: int) -> Flags:
    """Which of some courses, one a person, may have run at one time with another of the same person."""
    place = np.full(persons, -1, np.int64)
    place[whose[ones]] = np.arange(ones.size)
    others = others[place[whose[others]] >= 0]
    beside = ones[place[whose[others]]]
    together = (courses.first[beside] <= courses.end[others]) & (courses.first[others] <= courses.end[beside])
    overlapping = np.zeros(ones.size, np.bool_)
    overlapping[place[whose[others[together]]]] = True
    return overlapping


def _different(whose: Ints, values: Ints, persons: int) -> Ints:
    """How many different values each person has."""
    if not values.size:
        return np.zeros(persons, np.int64)
    low = int(values.min())
    pairs = distinct(whose * (int(values.max()) - low + 1) + values - low)[0]
    return np.bincount(pairs // (int(values.max()) - low + 1), minlength=persons)


def _courses(block: Block, table: Table, rows: Rows, known: dict[tuple[str, int], Going]) -> Courses:
    if table.name not in ("treatments", "procedures"):
        found = [course(block.facts_of_row(table, row).listed[0]) for row in rows.tolist()]
        days = [(one.period.start_first, one.period.start_last, one.period.end_last) for one in found]
        first, last, end = np.array([[day.toordinal() for day in three] for three in days], np.int64).reshape(-1, 3).T
        return Courses(np.full(rows.size, _NO_LINE), first, last, end)
    courses: Courses | None = block.latest.get(("courses", table.name))
    if courses is None:
        courses = block.latest["courses", table.name] = _of_table(block, table, known)
    return courses.of(rows)


def _of_table(block: Block, table: Table, known: dict[tuple[str, int], Going]) -> Courses:
    """Each row's course, made once a block for all rules."""
    treated, as_of = table.name == "treatments", block.as_of[table.person]
    classes, first, inverse = distinct(block.classes_of(table.name, (*SUBJECTS[table.name], *(("status",) if treated else ())))[0])
    for number, row in zip(classes.tolist(), first.tolist(), strict=True):
        if (table.name, number) not in known:
            known[table.name, number] = _going(block, table, row)
    going = [known[table.name, number] for number in classes.tolist()]
    over, at_once = (np.array(column, np.bool_)[inverse] for column in zip(*going, strict=True))
    start = table.days["start" if treated else "date"]
    ended = table.days["end"][1] if treated else np.full(table.kind.size, NO_DAY)
    end = np.where(ended == NO_DAY, np.where(over, as_of, _FOREVER), ended)
    unsaid = start[0] == NO_DAY
    begun = np.where(unsaid, _ALWAYS, start[0]), np.where(unsaid, np.where(at_once, as_of, np.minimum(as_of, end)), start[1])
    return Courses(_lines(block, table) if treated else np.full(unsaid.size, _NO_LINE), *begun, np.where(at_once, begun[1], end))


def _lines(block: Block, table: Table) -> Ints:
    place = said(table.name).index("line")
    lines = [_NO_LINE if values[place] is None else values[place] for values in block.registry.kinds[table.name].values]
    return np.array(lines, np.int64)[table.kind]


def _going(block: Block, table: Table, row: int) -> Going:
    facts = block.facts_of_row(table, row)
    lister, (listed, *_) = Lister(facts.kinship, facts.namer, facts.as_of), facts.listed
    if not isinstance(listed.item, Treatment):
        return Going(over=True, at_once=True)
    return Going(lister.ongoing(listed.item) is False, lister.takes_a_day(listed.item, listed.name, listed.kinds))
