"""Counts: how many distinct courses of treatment some listed items are, at least and at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eligimatch.engine.listing import Listed
from eligimatch.engine.periods import Period
from eligimatch.model.profile import Treatment
from eligimatch.model.quantity import Interval


class Course(NamedTuple):
    """What tells one item from another: its line of treatment, where it is given, and when it lay."""

    line: int | None
    period: Period


def counted(sure: Sequence[Listed], maybe: Sequence[Listed], *, bounded: bool) -> Interval:
    """The number of courses: items of one line are one, so are items begun together; unbounded where more may be unlisted."""
    certain, possible = [course(item) for item in sure], [course(item) for item in maybe]
    return Interval(low=least(certain), high=most([*certain, *possible]) if bounded else None)


def course(item: Listed) -> Course:
    """What tells an item from another."""
    return Course(item.item.line if isinstance(item.item, Treatment) else None, item.period)


def least(courses: Sequence[Course]) -> int:
    """Items without a line may belong to any line that overlaps them, or to each other."""
    lined = [course for course in courses if course.line is not None]
    apart: list[Course] = []
    for course in sorted((course for course in courses if course.line is None), key=lambda one: one.period.end_last):
        if not any(_overlap(course, other) for other in (*apart, *lined)):
            apart.append(course)
    return len({course.line for course in lined}) + len(apart)


def most(courses: Sequence[Course]) -> int:
    """Items of one line are one, so are items begun on the same day."""
    unlined = [course.period for course in courses if course.line is None]
    exact = {period.start_first for period in unlined if period.start_first == period.start_last}
    inexact = sum(period.start_first != period.start_last for period in unlined)
    return len({course.line for course in courses if course.line is not None}) + len(exact) + inexact


def _overlap(one: Course, other: Course) -> bool:
    """Whether two items may have run at one time."""
    return one.period.start_first <= other.period.end_last and other.period.start_first <= one.period.end_last
