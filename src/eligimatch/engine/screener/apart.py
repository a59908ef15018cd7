"""Whether what a person has is the study's own disease, for many: where one item decides it of another, persons are told apart by their items."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple, cast

import numpy as np

from eligimatch.engine.kinship import METASTASIS
from eligimatch.engine.occurrences import unrelated
from eligimatch.engine.screener.arrays import NO_ROWS, Ints, Rows
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY, folded
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import Numbering
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.rows import APART, Rowed

Classed = Callable[[Block, Table, Rows], Rowed]
"""Rows by all that a rule looks at."""


class Place(NamedTuple):
    """A row, for all that are alike in everything but their days."""

    table: Table
    row: int

    @property
    def kind(self) -> tuple[str, int]:
        """What they have in common."""
        return self.table.name, int(self.table.kind[self.row])


class StudyDisease:
    """What a rule about the study's own disease, or about another than it (`other`), asks of a person's other items."""

    def __init__(self, relevance: Relevance, *, named: bool, other: bool) -> None:
        """`named` says whether the trial's disease is known."""
        self.relevance = relevance
        self.named = named
        self.other = other
        self._unrelated: dict[tuple[Hashable, Hashable], bool] = {}

    def setting(self, block: Block) -> Ints:
        """What of a person's cancers decides whether another item is the study's disease: a number for each person."""
        return self.crowded(block).astype(np.int64) if self.named else self._cancerous(block).astype(np.int64)

    def entangled(self, block: Block, table: Table, row: int) -> bool:
        """Whether other items decide it of a row."""
        person = int(table.person[row])
        if not self.named:
            return bool(self._cancerous(block)[person])
        return table.name == "conditions" and bool(self.crowded(block)[person]) and table.subject[row] in self.relevance.cancers()

    def groups(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], beside: Sequence[Grouped], classed: Classed) -> list[Grouped]:
        """Persons by those of their items of which one decides it of another. `beside` are groupings by items that are in no list."""
        groups = [self._by_cancers(block, classed)] if self.named else [_flagged(self._cancerous(block), "has a cancer")]
        return [*groups, self._apart(block, listed, codes, beside)] if self.other else groups

    def crowded(self, block: Block) -> Flags:
        """Who has several cancers, of which one may be a metastasis of the other, or their rival."""
        if "crowded" not in block.latest:
            table = block.tables["conditions"]
            block.latest["crowded"] = np.bincount(table.person[table.rows_of(self.relevance.cancers())], minlength=block.size) > 1
        found: Flags = block.latest["crowded"]
        return found

    def _cancerous(self, block: Block) -> Flags:
        """Who has a cancer that is no metastasis: what else they have is not the study's disease, where its name is not known."""
        if "cancerous" not in block.latest:
            table, found = block.tables["conditions"], np.zeros(block.size, np.bool_)
            rows = table.rows_of(self.relevance.primaries())
            found[table.person[rows[~block.refuted[rows]]]] = True
            block.latest["cancerous"] = found
        cancerous: Flags = block.latest["cancerous"]
        return cancerous

    def _by_cancers(self, block: Block, classed: Classed) -> Grouped:
        """Persons of several cancers by these."""
        table, among = block.tables["conditions"], self.crowded(block)
        if not self.other:
            far = np.zeros(block.size, np.bool_)
            far[table.person[table.rows_of(self.relevance.of_kind("conditions", METASTASIS))]] = True
            among = among & far
        rows = table.rows_of(self.relevance.cancers())
        rows = rows[among[table.person[rows]]]
        if not rows.size:
            return NOBODY
        one = classed(block, table, rows)
        return folded(one.persons, one.classes, one.said, ordered=True)

    def _apart(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints], beside: Sequence[Grouped]) -> Grouped:
        """Persons by the items that are what is asked, if only they are not the study's disease: whether two are unrelated, of which one is not.

        Who has further items, or several cancers, is told apart by the items themselves.
        """
        kept = [np.flatnonzero(told & APART) for told in codes]
        whose = np.concatenate([one.persons[place] for one, place in zip(listed, kept, strict=True)]) if kept else NO_ROWS
        if not whose.size:
            return NOBODY
        kinds, values = list[Ints](), list[Place]()
        for one, place in zip(listed, kept, strict=True):
            _, first, numbers = np.unique(one.table.kind[one.rows[place]], return_index=True, return_inverse=True)
            kinds.append(numbers + len(values))
            values += [Place(one.table, int(row)) for row in one.rows[place][first]]
        order = np.argsort(whose, kind="stable")
        group = folded(whose[order], np.concatenate(kinds)[order], values, ordered=False)
        further = self.crowded(block).copy()
        for other in beside:
            further[other.persons] = True
        numbering, keys = Numbering(), cast("Sequence[frozenset[Place]]", group.keys)
        alone = np.array([numbering.of(self._two_unrelated(block, items)) for items in keys], np.int64)
        told = np.array([numbering.of(frozenset(place.kind for place in items)) for items in keys], np.int64)
        return Grouped(group.persons, np.where(further[group.persons], told[group.numbers], alone[group.numbers]), numbering.values)

    def _two_unrelated(self, block: Block, items: Iterable[Place]) -> bool:
        return any(self._are_unrelated(block, one, other) for one, other in combinations(items, 2))

    def _are_unrelated(self, block: Block, one: Place, other: Place) -> bool:
        pair = (one.kind, other.kind)
        known = self._unrelated.get(pair)
        if known is None:
            facts = (block.facts_of_row(place.table, place.row) for place in (one, other))
            known = self._unrelated[pair] = unrelated(*(one.listed[0] for one in facts))
        return known


def _flagged(flags: Flags, what: str) -> Grouped:
    persons = np.flatnonzero(flags)
    return Grouped(persons, np.zeros(persons.size, np.int64), (what,))
