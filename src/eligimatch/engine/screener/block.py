"""Blocks: some persons' tables as arrays of small numbers, and any one of them as the evaluator's facts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from eligimatch.engine.ages import completed_years
from eligimatch.engine.facts import Facts, Language
from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows, combined, side, sides
from eligimatch.engine.screener.planes import Codes, Flags, Plane, packed
from eligimatch.engine.screener.registry import SUBJECTS, Numbering, Registry, said
from eligimatch.engine.times import AS_OF, same_event
from eligimatch.model.columns import LAST, PERSON, REPRODUCTIVE, TABLES, profile_of_rows
from eligimatch.model.profile import Profile
from eligimatch.model.words import folded

_EPOCH = date(1970, 1, 1).toordinal()
_UNVALUED = tuple(table for table in SUBJECTS if table not in ("observations", "biomarkers"))


_DAYS = {table: tuple(column.name for column in TABLES[table] if column.kind == "day") for table in SUBJECTS}


_FEW = 8
"""Rows about more subjects are found by looking at all of them."""
_SPARSE = 4
"""Rows are few where a table has more than so many times as many."""


class Table:
    """One table of a block."""

    def __init__(self, name: str, frame: pl.DataFrame, registry: Registry, persons: int) -> None:
        self.name = name
        self.frame = frame
        self.person: Ints = frame[PERSON].to_numpy().astype(np.int64) if frame.height else np.zeros(0, np.int64)
        self.start: Ints = np.searchsorted(self.person, np.arange(persons + 1))
        self.kind = _kinds(name, frame, registry)
        self.subject = registry.subject_of_kind(name)[self.kind] if self.kind.size else self.kind
        self.days = {day: _days(frame, day) for day in _DAYS[name]}
        self._registry = registry

    @cached_property
    def _by_subject(self) -> tuple[Rows, Ints]:
        order = np.argsort(self.subject, kind="stable")
        return order, np.searchsorted(self.subject[order], np.arange(len(self._registry.subjects[self.name].values) + 1))

    def rows_of(self, subjects: Sequence[int]) -> Rows:
        """The rows about some subjects, in the order of the table."""
        if not self.kind.size or not len(subjects):
            return np.zeros(0, np.intp)
        if len(subjects) > _FEW:
            asked = np.zeros(len(self._registry.subjects[self.name].values), np.bool_)
            asked[list(subjects)] = True
            return np.flatnonzero(asked[self.subject])
        order, starts = self._by_subject
        found = [order[starts[subject] : starts[subject + 1]] for subject in subjects if subject + 1 < len(starts)]
        if len(found) == 1:
            return found[0]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.intp)

    def rows_of_person(self, person: int) -> slice:
        """Where a person's rows stand."""
        return slice(int(self.start[person]), int(self.start[person + 1]))


def _kinds(table: str, frame: pl.DataFrame, registry: Registry) -> Ints:
    """Each row's kind."""
    if not frame.height:
        return np.zeros(0, np.int64)
    told = [name for name in said(table) if name in frame.columns and frame[name].null_count() < frame.height]
    rows = pl.col("rows")
    alike = frame.lazy().select(told).select(pl.struct(told).alias("said"), pl.int_range(pl.len()).alias("rows")).group_by("said").agg(rows)
    groups = alike.select(rows, rows.list.first().alias("first")).sort("first").collect()
    kinds = np.empty(frame.height, np.int64)
    numbered = groups.with_row_index("number").select("number", "rows").explode("rows")
    kinds[numbered["rows"].to_numpy()] = numbered["number"].to_numpy()
    distinct = frame[groups["first"]].select(pl.lit(None).alias(name) if name not in told else pl.col(name) for name in said(table)).rows()
    return registry.kinds[table].of_all(distinct)[kinds]


def _days(frame: pl.DataFrame, name: str) -> tuple[Ints, Ints]:
    """The first and the last day of a column, as proleptic ordinals."""
    first = _ordinals(frame, name)
    return first, np.where(first == NO_DAY, NO_DAY, _ordinals(frame, name + LAST)) if name + LAST in frame.columns else first


def _ordinals(frame: pl.DataFrame, name: str) -> Ints:
    if name not in frame.columns or frame[name].null_count() == frame.height:
        return np.full(frame.height, NO_DAY)
    days = frame[name].cast(pl.Date).to_physical().cast(pl.Int64) + _EPOCH
    return days.fill_null(int(NO_DAY)).to_numpy()


class Grouped(NamedTuple):
    """Some persons, in order, each with the number of a group; `keys` say what the members of each group have in common."""

    persons: Ints
    numbers: Ints
    keys: Sequence[Hashable]


class Planned(NamedTuple):
    """Each person's day of an event, and for whom it is not one day."""

    day: Ints
    inexact: NDArray[np.bool_]


class Block:
    """Some persons' tables, ready to be screened."""

    def __init__(self, ids: Sequence[str], frames: Mapping[str, pl.DataFrame], registry: Registry, language: Language, today: date) -> None:
        self.ids = ids
        self.size = len(ids)
        self.registry = registry
        self.language = language
        self._frames = frames
        self.persons = _aligned(frames["persons"], self.size)
        empty = pl.DataFrame(schema={PERSON: pl.UInt32})
        self.tables = {name: Table(name, frames.get(name, empty), registry, self.size) for name in SUBJECTS}
        as_of = _ordinals(self.persons, "as_of")
        self.as_of = np.where(as_of == NO_DAY, today.toordinal(), as_of)
        self._facts: dict[tuple[int, bool], Facts] = {}
        self._row_facts: dict[tuple[str, int], Facts] = {}
        self._events: dict[str, Planned] = {}
        self._bounds: dict[Hashable, Ints] = {}
        self._event_days: dict[str, tuple[list[date], Ints]] = {}
        self._contexts: dict[tuple[str, ...], tuple[Ints, list[Any]]] = {}
        self.sites: Flags | None = None
        """Whose only cancer has listed metastases, once it was asked (`telling`)."""
        self.by_grade: dict[str, Grouped] = {}
        """Persons by the grades that their values give to conditions, once they were asked (`telling`)."""
        self.latest: dict[Hashable, Any] = {}
        """The latest values of analytes, once they were asked (`measures`)."""
        self._classes: dict[tuple[str, tuple[str, ...], Hashable], Ints] = {}
        self._ages: dict[bool, Grouped] = {}
        self._codes: dict[tuple[tuple[str, ...], tuple[int, ...]], Codes] = {}
        self._planes: dict[tuple[tuple[str, ...], tuple[int, ...]], Plane] = {}

    @cached_property
    def refuted(self) -> Flags:
        """The condition rows that were thought of and refuted."""
        table, place = self.tables["conditions"], said("conditions").index("verification")
        kinds = [values[place] == "refuted" for values in self.registry.kinds["conditions"].values]
        return np.array(kinds, np.bool_)[table.kind] if table.kind.size else np.zeros(0, np.bool_)

    # --- one person ------------------------------------------------------------------------------------------------------------------------

    def profile(self, person: int, tables: Sequence[str] = tuple(SUBJECTS)) -> Profile:
        """The profile of one person, or what some tables say of them."""
        rows: dict[str, list[dict[str, Any]]] = {"persons": self.persons[person : person + 1].rows(named=True)}
        for name in tables:
            table = self.tables[name]
            place = table.rows_of_person(person)
            if place.stop > place.start:
                rows[name] = table.frame[place].rows(named=True)
        return Profile.model_validate(profile_of_rows(self.ids[person], rows))

    def facts(self, person: int, *, valued: bool = True) -> Facts:
        """What the evaluator knows of one person; without their values, where no value counts."""
        known = self._facts.get((person, valued))
        if known is None:
            profile = self.profile(person, tuple(SUBJECTS) if valued else _UNVALUED)
            known = self._facts[person, valued] = Facts(profile, self.language, self._day(person))
        return known

    def facts_of_row(self, table: Table, row: int) -> Facts:
        """What the evaluator knows by one row alone, which is then the first of its section."""
        known = self._row_facts.get((table.name, row))
        if known is None:
            person = int(table.person[row])
            rows = {table.name: table.frame[row : row + 1].rows(named=True)}
            planned = self.tables["planned"]
            if (place := planned.rows_of_person(person)).stop > place.start:
                rows["planned"] = planned.frame[place].rows(named=True)
            profile = Profile.model_validate(profile_of_rows("", rows))
            known = self._row_facts[table.name, row] = Facts(profile, self.language, self._day(person))
        return known

    def _day(self, person: int) -> date:
        return date.fromordinal(int(self.as_of[person]))

    # --- days ------------------------------------------------------------------------------------------------------------------------------

    def event(self, name: str) -> Planned:
        """The day of an event for each person; the day of judgement where it is not planned."""
        found = self._events.get(name)
        if found is None:
            found = self._events[name] = self._planned(name) if name != AS_OF else Planned(self.as_of, np.zeros(self.size, np.bool_))
        return found

    def _planned(self, name: str) -> Planned:
        """By its own name before those that mean the same."""
        table, namer = self.tables["planned"], self.language.namer
        names = [str(values[0]) for values in self.registry.subjects["planned"].values]
        own = np.array([folded(other) == folded(name) for other in names], np.bool_)
        same = np.array([same_event(other, name, namer) for other in names], np.bool_)
        first, last = np.full(self.size, np.iinfo(np.int64).max), np.full(self.size, NO_DAY)
        by_itself = np.zeros(self.size, np.bool_)
        if table.kind.size:
            by_itself[table.person[own[table.subject]]] = True
            rows = np.flatnonzero(np.where(by_itself[table.person], own[table.subject], same[table.subject]))
            np.minimum.at(first, table.person[rows], table.days["date"][0][rows])
            np.maximum.at(last, table.person[rows], table.days["date"][1][rows])
        return Planned(np.where(last == NO_DAY, self.as_of, first), (last != NO_DAY) & (first != last))

    def bound(self, key: Hashable, event: str, made: Callable[[date], date]) -> Ints:
        """A day that is computed from an event's, for each person; `key` says how."""
        found = self._bounds.get((key, event))
        if found is None:
            days, inverse = self._days_of(event)
            found = self._bounds[key, event] = np.array([made(day).toordinal() for day in days], np.int64)[inverse]
        return found

    def _days_of(self, event: str) -> tuple[list[date], Ints]:
        """The days of an event, and of each person the place of theirs."""
        found = self._event_days.get(event)
        if found is None:
            days, inverse = np.unique(self.event(event).day, return_inverse=True)
            found = self._event_days[event] = [date.fromordinal(int(day)) for day in days], inverse
        return found

    def ages(self, *, in_years: bool) -> Grouped:
        """Persons by what is known of their age: by completed years, where these are all that is asked."""
        if in_years not in self._ages:
            first, last = _days(self.persons, "birth_date")
            born = [_years(day, self.as_of) for day in (first, last)] if in_years else [first - self.as_of, last - self.as_of]
            if not in_years:
                born = [*born, self.as_of]
            told = self.persons["age"].cast(pl.Int64).fill_null(-1).to_numpy() if "age" in self.persons.columns else np.full(self.size, -1)
            keys = np.stack([*(np.where(first == NO_DAY, NO_DAY, one) for one in born), told])
            distinct, inverse = np.unique(keys, axis=1, return_inverse=True)
            self._ages[in_years] = Grouped(np.arange(self.size), inverse, [tuple(column) for column in distinct.T.tolist()])
        return self._ages[in_years]

    # --- rows ------------------------------------------------------------------------------------------------------------------------------

    def classes_of(
        self, table: str, columns: tuple[str, ...], bounds: Sequence[Ints] = (), windows: Hashable = (), rows: Rows | None = None
    ) -> tuple[Ints, list[Any]]:
        """The class of each row (of some `rows`: of these), and what the classes say.

        A class is what some columns say, and the side of the day of judgement, or of the `bounds` of `windows`, on which the days lie, where these
        count at all (`windows` is not None); numbered alike in all blocks. Those of all rows are kept, and made where no few rows are asked for, or
        windows do not count.
        """
        key = (table, columns, windows)
        numbering = self.registry.classes.setdefault(key, Numbering())
        found = self._classes.get(key)
        few = rows is not None and windows and rows.size * _SPARSE < self.tables[table].kind.size
        if found is None:
            made = self._classed(table, columns, bounds, numbering, windows, rows if few else None)
            if few:
                return made, numbering.values
            found = self._classes[key] = made
        return found if rows is None else found[rows], numbering.values

    def _classed(
        self, table: str, columns: tuple[str, ...], bounds: Sequence[Ints], numbering: Numbering, windows: Hashable, rows: Rows | None
    ) -> Ints:
        """The classes of some rows of a table, or of all."""
        of = self.tables[table]
        which = np.arange(of.kind.size) if rows is None else rows
        persons = of.person[which]
        as_of = self.as_of[persons]
        days = [bound[persons] for bound in bounds] if windows else [as_of]
        parts = [self.registry.part_alone(table, columns)[of.kind[which]] if which.size else which]
        by_day = [] if windows is None else sides(of.days, which, days)
        local, said_of = combined([*parts, *by_day, *([side(as_of, days)] if windows else [])])
        return numbering.of_all(said_of)[local] if local.size else local

    def given(self, table: str, column: str) -> Flags:
        """The rows that say anything in a column."""
        rows, place = self.tables[table], said(table).index(column)
        return np.array([values[place] is not None for values in self.registry.kinds[table].values], np.bool_)[rows.kind]

    # --- what persons are ------------------------------------------------------------------------------------------------------------------

    def context(self, names: tuple[str, ...]) -> tuple[Ints, list[Any]]:
        """Each person's number as far as some features tell it, and what each number says."""
        found = self._contexts.get(names)
        if found is None:
            numbers = np.zeros(self.size, np.int64)
            for name in names:
                feature = self._feature(name)
                numbers = numbers * (int(feature.max(initial=0)) + 1) + feature
            _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
            features = [self._feature(name) for name in names]
            found = self._contexts[names] = (inverse, [tuple(int(feature[at]) for feature in features) for at in first])
        return found

    def codes_of(self, names: tuple[str, ...], codes: tuple[int, ...]) -> Codes:
        """Each person's code where some features alone decide: a code for each of their values. Not to be written into."""
        found = self._codes.get((names, codes))
        if found is None:
            found = self._codes[names, codes] = np.array(codes, np.int8)[self.context(names)[0]]
        return found

    def plane_of(self, names: tuple[str, ...], codes: tuple[int, ...]) -> Plane:
        """Who is true (1) and who is false (2) where some features alone decide."""
        found = self._planes.get((names, codes))
        if found is None:
            of_each = self.codes_of(names, codes)
            found = self._planes[names, codes] = Plane(packed(of_each == 1), packed(of_each == 2))
        return found

    def _feature(self, name: str) -> Ints:
        section = name.removeprefix("complete ")
        if section != name:
            listed = self.persons["complete"] if "complete" in self.persons.columns else pl.Series([""] * self.size)
            parted = pl.lit("; ") + listed.fill_null("") + pl.lit("; ")
            return pl.select(parted.str.contains(f"; {section}; ", literal=True)).to_series().to_numpy().astype(np.int64)
        column = self.persons[name] if name in self.persons.columns else pl.Series(name, [None] * self.size)
        if name in REPRODUCTIVE:
            return column.cast(pl.Int64).fill_null(-1).to_numpy() + 1
        numbering = self.registry.column("persons", name)
        return numbering.of_all(column.to_list())


def _years(born: Ints, as_of: Ints) -> Ints:
    """Completed years, by pairs of days."""
    pairs, inverse = np.unique(np.stack([born, as_of]), axis=1, return_inverse=True)
    years = [0 if day == NO_DAY else completed_years(date.fromordinal(day), date.fromordinal(now)) for day, now in pairs.T.tolist()]
    return np.array(years, np.int64)[inverse]


def _aligned(persons: pl.DataFrame, size: int) -> pl.DataFrame:
    """One row a person, in their order."""
    if persons.height == size:
        return persons
    return pl.DataFrame({PERSON: np.arange(size, dtype=np.uint32)}).join(persons, on=PERSON, how="left", maintain_order="left")
