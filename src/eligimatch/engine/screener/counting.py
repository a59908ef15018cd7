"""Courses of treatment for many: how many some rows are, at least and at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from eligimatch.engine.counts import Course, course, least, most
from eligimatch.engine.listing import Lister
from eligimatch.engine.periods import moment, spanning
from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import SUBJECTS, Numbering
from eligimatch.engine.screener.rows import COULD_BE, OPEN, PERHAPS, PROVED, Rowed
from eligimatch.model.profile import Days, Treatment
from eligimatch.model.verdict import Truth


class Going(NamedTuple):
    """How a row's days are meant: `ongoing` is that of a treatment, which may be over `at_once`."""

    ongoing: Truth
    at_once: bool


class Counted(NamedTuple):
    """How many courses the rows of a person are, by whether they are what is asked."""

    sure: int
    open: int
    """Counting those that are perhaps."""
    possible: int
    """Counting those that may not even be what is asked."""


def by_courses(block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], too_few: int, known: dict[tuple[str, int], Going]) -> Grouped:
    """Persons by the numbers of their courses; `too_few` rows decide nothing but by the list's being complete. `known` keeps what classes mean."""
    kept = [np.flatnonzero(told & PERHAPS) for told in codes]
    if not any(place.size for place in kept):
        return NOBODY
    whose = np.concatenate([one.persons[place] for one, place in zip(listed, kept, strict=True)])
    told = np.concatenate([code[place] for code, place in zip(codes, kept, strict=True)])
    sources = [(one.table, one.rows[place]) for one, place in zip(listed, kept, strict=True)]
    number = np.bincount(whose, minlength=block.size)
    many = number[whose] > too_few
    courses = list(_courses(block, sources, np.split(many, np.cumsum([rows.size for _, rows in sources])[:-1]), known))
    persons, numbering = np.flatnonzero(number), Numbering()
    numbers = np.full(persons.size, numbering.of("too few"), np.int64)
    order = np.argsort(whose[many], kind="stable")
    starts = np.searchsorted(whose[many][order], np.arange(block.size + 1))
    places, codes_of = order.tolist(), told[many].tolist()
    for place, person in enumerate(persons.tolist()):
        own = places[starts[person] : starts[person + 1]]
        if own:
            numbers[place] = numbering.of(_counted([courses[at] for at in own], [codes_of[at] for at in own]))
    return Grouped(persons, numbers, numbering.values)


def _counted(courses: Sequence[Course], codes: Sequence[int]) -> Counted:
    def those(bits: int) -> Sequence[Course]:
        return courses if all(code & bits for code in codes) else [course for course, code in zip(courses, codes, strict=True) if code & bits]

    asked, possible = those(PROVED | OPEN), those(PROVED | OPEN | COULD_BE)
    open_ = most(asked)
    return Counted(least(those(PROVED)), open_, open_ if len(asked) == len(possible) else most(possible))


def _courses(block: Block, sources: Sequence[tuple[Table, Rows]], kept: Sequence[Flags], known: dict[tuple[str, int], Going]) -> Iterator[Course]:
    for (table, rows), which in zip(sources, kept, strict=True):
        if table.name in ("treatments", "procedures"):
            yield from _of_rows(block, table, rows[which], known)
        else:
            yield from (course(block.facts_of_row(table, row).listed[0]) for row in rows[which].tolist())


def _of_rows(block: Block, table: Table, rows: Rows, known: dict[tuple[str, int], Going]) -> Iterator[Course]:
    """Each row's course, made once a block for all rules."""
    courses: dict[int, Course] = block.latest.setdefault(("courses", table.name), {})
    new = np.array([row for row in rows.tolist() if row not in courses], np.intp)
    courses.update(zip(new.tolist(), _given(block, table, new, known), strict=True))
    return map(courses.__getitem__, rows.tolist())


def _given(block: Block, table: Table, rows: Rows, known: dict[tuple[str, int], Going]) -> Iterator[Course]:
    treated = table.name == "treatments"
    classes = block.classes_of(table.name, (*SUBJECTS[table.name], *(("status",) if treated else ())))[0][rows].tolist()
    as_of = [date.fromordinal(day) for day in block.as_of[table.person[rows]].tolist()]
    starts, ends = (_days(table, "start", rows), _days(table, "end", rows)) if treated else (_days(table, "date", rows), [None] * rows.size)
    lines = block.values(table, "line", rows) if treated else [None] * rows.size
    for row, number, start, end, now, line in zip(rows.tolist(), classes, starts, ends, as_of, lines, strict=True):
        going = known.get((table.name, number))
        if going is None:
            going = known[table.name, number] = _going(block, table, row)
        yield Course(line, moment(start, now) if going.at_once else spanning(start, end, ongoing=going.ongoing, as_of=now))


def _days(table: Table, name: str, rows: Rows) -> list[Days | None]:
    first, last = (day[rows].tolist() for day in table.days[name])
    return [None if one == NO_DAY else Days(date.fromordinal(one), date.fromordinal(other)) for one, other in zip(first, last, strict=True)]


def _going(block: Block, table: Table, row: int) -> Going:
    facts = block.facts_of_row(table, row)
    lister, (listed, *_) = Lister(facts.kinship, facts.namer, facts.as_of), facts.listed
    if not isinstance(listed.item, Treatment):
        return Going(None, at_once=True)
    return Going(lister.ongoing(listed.item), lister.takes_a_day(listed.item, listed.name, listed.kinds))
