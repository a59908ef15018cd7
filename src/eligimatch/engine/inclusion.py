"""Inclusion: whether all that lies in one interval, length of time or window surely lies in another."""

from __future__ import annotations

from math import ceil, floor

from eligimatch.model.quantity import Duration, Interval, Window

_MONTH = 30.436875
_IRREGULAR = 3
"""By so many days at most, some months are longer or shorter together than as many mean ones."""


def within(narrow: Interval, wide: Interval) -> bool:
    """Whether each number of one interval lies in the other."""
    return wide.decide(narrow) is True


def no_longer(one: Duration, other: Duration) -> bool:
    """Whether a length of time reaches no farther back than another, from whatever day."""
    if _months(one) is not None and _months(other) is not None:
        return (_months(one) or 0) <= (_months(other) or 0)
    return one == other or _days(one)[1] <= _days(other)[0]


def shorter(one: Duration, other: Duration) -> bool:
    """Whether it is shorter by a day at least, from whatever day."""
    if _months(one) is not None and _months(other) is not None:
        return (_months(one) or 0) < (_months(other) or 0)
    return _days(one)[1] < _days(other)[0]


def window_within(narrow: Window, wide: Window) -> bool:
    """Whether one window lies in the other, for every person and drug."""
    if narrow == wide:
        return True
    if narrow.event != wide.event or (brief(wide) and not brief(narrow)):
        return False
    return _begins_in(narrow, wide) and _ends_in(narrow, wide)


def same_end(one: Window, other: Window) -> bool:
    """Whether two windows end on the same day."""
    return one.event == other.event and one.end == other.end and one.after == other.after


def up_to_today(window: Window) -> bool:
    """Whether a window ends on the day of judgement."""
    return window.event == "as_of" and window.end is None and window.after is None


def brief(window: Window) -> bool:
    """Whether it is shorter than a day."""
    length = window.start or window.after
    return length is not None and length.unit == "hour" and length.count < 24 and window.end is None


def _begins_in(narrow: Window, wide: Window) -> bool:
    if narrow.start is None or wide.start is None or not no_longer(narrow.start, wide.start):
        return False
    closed = wide.start_open and not narrow.start_open
    if narrow.half_lives is None and wide.half_lives is None:
        return not closed or shorter(narrow.start, wide.start)
    return not closed and _half_lives_within(narrow, wide)


def _half_lives_within(narrow: Window, wide: Window) -> bool:
    """The longer of a day count and half-lives holds the day count, and that the shorter of the two."""
    if (narrow.half_lives, narrow.shorter) == (wide.half_lives, wide.shorter):
        return True
    return (narrow.half_lives is None and wide.shorter is False) or (wide.half_lives is None and narrow.shorter is True)


def _ends_in(narrow: Window, wide: Window) -> bool:
    if wide.after is not None:
        return narrow.after is None or no_longer(narrow.after, wide.after)
    if narrow.after is not None:
        return False
    return wide.end is None or (narrow.end is not None and no_longer(wide.end, narrow.end))


def _months(length: Duration) -> int | None:
    """Whole months, where it is made of them."""
    months = length.count * (12 if length.unit == "year" else 1)
    return int(months) if length.unit in ("month", "year") and months == int(months) else None


def _days(length: Duration) -> tuple[int, int]:
    """The fewest and the most days that it may come to."""
    if length.unit not in ("month", "year"):
        return int(length.days), int(length.days)
    mean = length.count * (12 if length.unit == "year" else 1) * _MONTH
    return floor(mean) - _IRREGULAR, ceil(mean) + _IRREGULAR
