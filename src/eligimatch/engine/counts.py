"""Counts: how many distinct courses of treatment some listed items are, at least and at most."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.engine.listing import Listed
from eligimatch.model.profile import Treatment
from eligimatch.model.quantity import Interval


def counted(sure: Sequence[Listed], maybe: Sequence[Listed], *, bounded: bool) -> Interval:
    """The number of courses: items of one line are one, so are items begun together; unbounded where more may be unlisted."""
    least = _least(sure)
    most = _most([*sure, *maybe])
    return Interval(low=least, high=most if bounded else None)


def _line(item: Listed) -> int | None:
    return item.item.line if isinstance(item.item, Treatment) else None


def _least(items: Sequence[Listed]) -> int:
    """Items without a line may belong to any line that overlaps them, or to each other."""
    lines = {line for item in items if (line := _line(item)) is not None}
    unlined = [item for item in items if _line(item) is None]
    apart: list[Listed] = []
    for item in sorted(unlined, key=lambda one: one.period.end_last):
        if not any(_overlap(item, other) for other in (*apart, *(lined for lined in items if _line(lined) is not None))):
            apart.append(item)
    return len(lines) + len(apart)


def _most(items: Sequence[Listed]) -> int:
    return len({line for item in items if (line := _line(item)) is not None}) + len(
        {
            (item.period.start_first, item.period.start_last) if item.period.start_first == item.period.start_last else id(item)
            for item in items
            if _line(item) is None
        }
    )


def _overlap(one: Listed, other: Listed) -> bool:
    """Whether two items may have run at one time."""
    return one.period.start_first <= other.period.end_last and other.period.start_first <= one.period.end_last
