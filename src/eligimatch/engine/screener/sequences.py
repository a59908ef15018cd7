"""Sequences: rows with a day, in the order of their days, as classes of what they say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from eligimatch.engine.screener.arrays import NO_DAY, Ints, Rows, combined, distinct, sides
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY, folded

Said = Callable[[int], Hashable]
"""What a row says, given its number in the table."""


def up_to_now(block: Block, table: Table, rows: Rows) -> Rows:
    """The rows that are not of a later day than that of judgement."""
    first = table.days["date"][0][rows]
    kept: Rows = rows[(first == NO_DAY) | (first <= block.as_of[table.person[rows]])]
    return kept


def by_day(block: Block, table: Table, rows: Rows, codes: Ints, values: Sequence[Hashable], bounds: Sequence[Ints] = ()) -> Grouped:
    """Persons by what their rows say one after the other. `bounds` are days of persons on whose sides the rows lie."""
    if not rows.size:
        return NOBODY
    persons = table.person[rows]
    first, last = (day[rows] for day in table.days["date"])
    order = np.lexsort((rows, last, persons))
    rows, persons, codes, first, last = rows[order], persons[order], codes[order], first[order], last[order]
    next_of_person = np.concatenate([[False], persons[1:] == persons[:-1]])
    together = next_of_person & np.concatenate([[False], last[1:] == last[:-1]])
    vague = np.zeros(block.size, np.bool_)
    vague[persons[(first != last) & (first != NO_DAY)]] = True
    relative = np.where(vague[persons], first - block.as_of[persons], 0), np.where(vague[persons], last - block.as_of[persons], 0)
    told = sides(table.days, rows, [bound[persons] for bound in bounds]) if bounds else [(first == NO_DAY).astype(np.int64)]
    parts = [codes, together.astype(np.int64), *relative, *told]
    classes, said = combined(parts)
    return folded(persons, classes, [(values[code], *rest) for code, *rest in said], ordered=True)


def coded(table: Table, rows: Rows, said: Said, known: dict[int, Hashable]) -> tuple[Ints, list[Hashable]]:
    """What rows say, asked once of each kind: a number for each row, and what the numbers stand for."""
    kinds, first, inverse = distinct(table.kind[rows])
    for kind, at in zip(kinds.tolist(), first.tolist(), strict=True):
        if kind not in known:
            known[kind] = said(int(rows[at]))
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(known[kind], len(numbers)) for kind in kinds.tolist()], np.int64)
    return codes[inverse], list(numbers)
