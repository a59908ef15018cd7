"""Habits: what the latest value of a status tells of a condition ("smoking status: former"): there now, once, or never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eligimatch.engine.kinship import Kinship
from eligimatch.engine.readings import Reading


class Habit(NamedTuple):
    """A condition, and whether it is there now (`active`), was there (`resolved`) or never was (`never`)."""

    condition: str
    standing: str
    reading: Reading

    @property
    def said(self) -> str:
        """The status in words."""
        return f"{self.reading.label}: {self.reading.value}"


def habits(readings: Iterable[Reading], kinship: Kinship) -> Iterator[Habit]:
    """What each status that the vocabulary knows (`tells`) says, by its latest value."""
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        for own in reading.own:
            if isinstance(reading.value, str) and kinship.fact(own, "tells"):
                found.setdefault(own, []).append(reading)
    for analyte, values in found.items():
        latest = _latest(values)
        tells = kinship.fact(analyte, "tells")
        if latest is None or not isinstance(tells, dict):
            continue
        for condition, standings in tells.items():
            if standing := standings.get(str(latest.value).strip().lower()):
                yield Habit(str(condition), str(standing), latest)


def _latest(values: list[Reading]) -> Reading | None:
    """The one value, or the one of the last day; none where several could be it."""
    if len(values) == 1:
        return values[0]
    if any(one.date is None for one in values):
        return None
    last = max(one.date.last for one in values if one.date)
    on_it = [one for one in values if one.date and one.date.last == last]
    return on_it[0] if len(on_it) == 1 else None
