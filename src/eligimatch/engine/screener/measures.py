"""Measures for many: numbers against an interval.

Where a person's latest value is one value of no particular place, it is compared beside all others; who has values of another sort is known by what
the values say one after the other.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eligimatch.engine.case import Case
from eligimatch.engine.measures import compare
from eligimatch.engine.nodes import by_facts
from eligimatch.engine.readings import Reading
from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import FALSE, NOBODY, TRUE, UNKNOWN, Answers, both, folded
from eligimatch.engine.screener.days import bounds_of
from eligimatch.engine.screener.footprint import Footprint
from eligimatch.engine.screener.planes import Flags, Plane, packed
from eligimatch.engine.screener.registry import said
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.sequences import by_day, coded, up_to_now
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Measure
from eligimatch.model.verdict import Truth

Floats = NDArray[np.float64]
_CODE = {None: UNKNOWN, True: TRUE, False: FALSE}


class Values(NamedTuple):
    """Numbers as intervals, one a kind of reading; NaN where there is none."""

    low: Floats
    high: Floats
    low_open: Flags
    high_open: Flags

    def decided(self, asked: Interval) -> NDArray[np.int8]:
        """`Interval.decide` for all."""
        low = -np.inf if asked.low is None else asked.low
        high = np.inf if asked.high is None else asked.high
        above = np.full(self.low.size, asked.low is None) | (self.low > low) | ((self.low == low) & (self.low_open | (not asked.low_open)))
        below = np.full(self.high.size, asked.high is None) | (self.high < high) | ((self.high == high) & (self.high_open | (not asked.high_open)))
        missed = np.zeros(self.low.size, np.bool_)
        if asked.low is not None:
            missed |= (self.high < low) | ((self.high == low) & (self.high_open | asked.low_open))
        if asked.high is not None:
            missed |= (self.low > high) | ((self.low == high) & (self.low_open | asked.high_open))
        known = ~np.isnan(self.low)
        return np.where(known & above & below, TRUE, np.where(known & missed, FALSE, UNKNOWN)).astype(np.int8)


class Latest(NamedTuple):
    """The latest values of an analyte: of those who have one that is alone on its day, and the rows of all others."""

    persons: Ints
    kinds: Ints
    """Each one's kind, as a place in `distinct`."""
    day: Ints
    distinct: Ints
    rows: Ints
    """One row of each kind."""
    others: Rows


class Measured:
    """One measure, for blocks of persons."""

    def __init__(self, rule: Measure, case: Case, relevance: Relevance) -> None:
        self.rule = rule
        self.case = case
        self.relevance = relevance
        self.plain = not (rule.change or rule.fasting or rule.sides != "whole" or rule.pick != "latest" or self._fasting(rule.analyte, case))
        self.windowed = Footprint(windows=(rule.window,)) if rule.window else Footprint()
        length = rule.window and (rule.window.start or rule.window.after)
        self.short = bool(length and length.unit == "hour" and length.count < 24)
        self.answers = Answers(self._answer)
        self._said: dict[int, Hashable] = {}
        self._codes: dict[int, int] = {}

    @staticmethod
    def _fasting(analyte: Concept, case: Case) -> bool:
        return analyte.linked and bool(case.facts.kinship.fact(analyte.name, "fasting"))

    def plane(self, block: Block) -> Plane:
        """The truth of the rule for each person."""
        table = block.tables["observations"]
        rows = table.rows_of(self.relevance.measured("observations", self.rule))
        marked = block.tables["biomarkers"]
        marked_rows = marked.rows_of(self.relevance.measured("biomarkers", self.rule))
        staged = self._staged(block)
        if not rows.size and not marked_rows.size and not staged.persons.size:
            return self.answers.plane(block, [NOBODY])
        bounds = bounds_of(block, self.windowed) if self.rule.window else []
        alone = block.event(self.rule.window.event).inexact if self.rule.window else None
        alone = both(block, [table.person[rows], marked.person[marked_rows]], alone)
        plain, latest = None, None
        if self.plain and not self.short and not marked_rows.size and not staged.persons.size:
            latest = latest_of(block, table, rows, self.relevance.key(self.rule))
            plain, rows = self._plain(block, table, latest, bounds)
        rows = up_to_now(block, table, rows)
        codes, values = coded(table, rows, lambda row: self._told(block, table, row), self._said)
        marked_rows = up_to_now(block, marked, marked_rows)
        kinds, marked_codes = np.unique(marked.kind[marked_rows], return_inverse=True)
        groups = [by_day(block, table, rows, codes, values, bounds), by_day(block, marked, marked_rows, marked_codes, kinds.tolist(), bounds), staged]
        if plain is None or latest is None:
            return self.answers.plane(block, groups, alone)
        settled = np.zeros(block.size, np.bool_)
        settled[latest.persons] = True
        others = self.answers.plane(block, groups, alone, settled)
        together = packed(~alone) if alone is not None else packed(np.ones(block.size, np.bool_))
        return Plane(others.true | (plain.true & together), others.false | (plain.false & together))

    def _answer(self, block: Block, person: int) -> Truth:
        return by_facts(self.rule, self.case._replace(facts=block.facts(person))).truth

    # --- the latest value alone ----------------------------------------------------------------------------------------------------------------

    def _plain(self, block: Block, table: Table, latest: Latest, bounds: list[Ints]) -> tuple[Plane, Rows]:
        """The truth by the latest value where that is all there is to know, and the rows of everyone else."""
        codes = self._of_kinds(block, table, latest)[latest.kinds]
        others = latest.others
        if self.rule.window:
            first, last = bounds[-2][latest.persons], bounds[-1][latest.persons]
            codes = np.where((latest.day >= first) & (latest.day <= last), codes, UNKNOWN)
            early = last < block.as_of[latest.persons]  # an earlier value may be the one that counts
            if early.any():
                codes = np.where(early, UNKNOWN, codes)
                back = np.zeros(block.size, np.bool_)
                back[latest.persons[early]] = True
                rows = table.rows_of(self.relevance.measured("observations", self.rule))
                others = np.union1d(others, rows[back[table.person[rows]]])
        told = np.zeros(block.size, np.int8)
        told[latest.persons] = codes
        return Plane(packed(told == TRUE), packed(told == FALSE)), others

    def _of_kinds(self, block: Block, table: Table, latest: Latest) -> NDArray[np.int8]:
        """What each kind of value says."""
        if self.rule.per == "unit" and not self.rule.normal:
            return self._values(block, table, latest).decided(self.rule.interval)
        codes = np.empty(latest.distinct.size, np.int8)
        for place, (kind, row) in enumerate(zip(latest.distinct.tolist(), latest.rows.tolist(), strict=True)):
            code = self._codes.get(kind)
            if code is None:
                reading, case = self._reading(block, table, row)
                code = self._codes[kind] = _CODE[compare(self.rule, reading, case).truth]
            codes[place] = code
        return codes

    def _values(self, block: Block, table: Table, latest: Latest) -> Values:
        """Each kind of value in the rule's unit."""
        known = self.relevance.intervals.setdefault((self.rule.analyte.name, self.rule.unit), {})
        rows = []
        for kind, row in zip(latest.distinct.tolist(), latest.rows.tolist(), strict=True):
            if kind not in known:
                reading, case = self._reading(block, table, row)
                known[kind] = _ends(case.facts.converter.interval(reading, self.rule.unit, self.rule.analyte.name))
            rows.append(known[kind])
        low, high, low_open, high_open = np.array(rows, np.float64).reshape(-1, 4).T
        return Values(low, high, low_open > 0, high_open > 0)

    # --- values one after the other ----------------------------------------------------------------------------------------------------------------

    def _told(self, block: Block, table: Table, row: int) -> Hashable:
        """What one value says, and what else of it counts."""
        reading, case = self._reading(block, table, row)
        truth: Hashable = int(table.kind[row]) if self.rule.change else compare(self.rule, reading, case).truth
        return (truth, reading.fasting, reading.place, reading.own)

    def _reading(self, block: Block, table: Table, row: int) -> tuple[Reading, Case]:
        case = self.case._replace(facts=block.facts_of_row(table, row))
        return next(reading for reading in case.facts.readings if reading.evidence.section == table.name), case

    def _staged(self, block: Block) -> Grouped:
        """Persons by the stages of their conditions that are values of the same scale."""
        kinds = self.relevance.staged(self.rule)
        if not kinds:
            return NOBODY
        table = block.tables["conditions"]
        rows = np.flatnonzero(np.isin(table.kind, kinds))
        distinct, codes = np.unique(table.kind[rows], return_inverse=True)
        persons = table.person[rows]
        return folded(persons, codes, distinct.tolist(), ordered=True)


class Valued:
    """Who has a value of an analyte at all."""

    def __init__(self, rule: Measure, relevance: Relevance) -> None:
        self.rule = rule
        self.relevance = relevance

    def plane(self, block: Block) -> Plane:
        """True for those who have."""
        there = np.zeros(block.size, np.bool_)
        for name in ("observations", "biomarkers"):
            table = block.tables[name]
            there[table.person[up_to_now(block, table, table.rows_of(self.relevance.measured(name, self.rule)))]] = True
        return Plane(packed(there), packed(~there))


def _ends(value: Interval | str) -> tuple[float, float, bool, bool]:
    if isinstance(value, str):
        return (np.nan, np.nan, False, False)
    low, high = -np.inf if value.low is None else value.low, np.inf if value.high is None else value.high
    return (low, high, value.low_open, value.high_open)


def latest_of(block: Block, table: Table, rows: Rows, key: Hashable) -> Latest:
    """The latest values among some rows, once for all rules that look at the same."""
    found = block.latest.get(key)
    if found is None:
        found = block.latest[key] = _latest(block, table, up_to_now(block, table, rows))
    return found


def _latest(block: Block, table: Table, rows: Rows) -> Latest:
    persons = table.person[rows]
    first, last = (day[rows] for day in table.days["date"])
    newest = np.full(block.size, NO_DAY)
    np.maximum.at(newest, persons, first)
    kept = (first == NO_DAY) | (last >= newest[persons])
    counts = np.bincount(persons[kept], minlength=block.size)
    odd = np.zeros(block.size, np.bool_)
    odd[persons[(first != last) | _placed(block, table)[table.kind[rows]]]] = True
    odd |= counts != 1
    single = kept & ~odd[persons]
    single_rows = rows[single]
    distinct, one, kinds = np.unique(table.kind[single_rows], return_index=True, return_inverse=True)
    return Latest(persons[single], kinds, first[single], distinct, single_rows[one], rows[odd[persons]])


def _placed(block: Block, table: Table) -> Flags:
    """Which kinds of observations are of a site or side."""
    known, site, side = block.registry.placed, said(table.name).index("site"), said(table.name).index("side")
    for values in block.registry.kinds[table.name].values[len(known) :]:
        known.append(values[site] is not None or values[side] is not None)
    return np.array(known, np.bool_)
