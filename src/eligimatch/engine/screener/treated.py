"""What conditions were treated with, for many: each item by the set of treatments that were, or may have been, given for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Protocol, cast

import numpy as np

from eligimatch.engine.case import Case
from eligimatch.engine.inquiry import Inquiry
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.listing import Listed
from eligimatch.engine.purposes import treats
from eligimatch.engine.screener.apart import Relatives
from eligimatch.engine.screener.arrays import NO_ROWS, Ints, Rows, combined, distinct
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import folded, regrouped
from eligimatch.engine.screener.footprint import footprint
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import Numbering
from eligimatch.engine.screener.rows import APART, ESCAPES, PERHAPS, TABLES, Rowed
from eligimatch.model.rule import Had, Requiring

_ALL = (*TABLES, "observations")


class Required(Protocol):
    """The rule of a treatment."""

    def listed(self, block: Block, speaking: Grouped) -> Iterator[Rowed]:
        """The rows that it looks at."""
        ...

    def codes_of(self, block: Block, one: Rowed) -> Ints:
        """What the evaluator makes of them."""
        ...

    def speaking(self, block: Block) -> Grouped:
        """Persons by what they say of it."""
        ...

    def denied(self, block: Block) -> Grouped:
        """Persons by what they deny of it."""
        ...


class Places:
    """Rows of several tables, one after the other."""

    def __init__(self, parts: Sequence[tuple[Table, Rows]]) -> None:
        self._tables = [table for table, _ in parts]
        self._table = np.repeat(np.arange(len(parts)), [rows.size for _, rows in parts])
        self._row = np.concatenate([rows for _, rows in parts]) if parts else NO_ROWS

    def __getitem__(self, at: int) -> tuple[Table, int]:
        return self._tables[int(self._table[at])], int(self._row[at])


def _named(one: Rowed, place: Rows) -> Ints:
    """A number for what each row names; a value tells it by all that it says."""
    table, rows = one.table, one.rows[place]
    names = table.kind[rows] if table.name == "observations" else table.subject[rows]
    return names * len(_ALL) + _ALL.index(table.name)


def without_treatment(rule: Had, kinship: Kinship) -> Had:
    """What a rule asks of an item by itself: not what it was treated with, nor whether it escapes by that."""
    own = tuple(qualifier for qualifier in rule.qualifiers if not isinstance(qualifier, Requiring))
    return rule.model_copy(update={"qualifiers": own, "but_not": tuple(one for one in rule.but_not if not _asks_treatment(one, kinship))})


def escapes(inquiry: Inquiry, item: Listed) -> tuple[Hashable, ...]:
    """What each exception that asks for a treatment says of an item by itself, and beneath it each exception of that."""
    kinship = inquiry.case.facts.kinship
    return tuple(_escapes(inquiry, one, item) for one in inquiry.rule.but_not if _asks_treatment(one, kinship))


def _escapes(inquiry: Inquiry, exception: Had, item: Listed) -> Hashable:
    put = inquiry.concerning(exception, item)
    if put is None:
        return False
    own, candidate = put
    truth = own._replace(rule=without_treatment(own.rule, own.case.facts.kinship)).ask(candidate).truth
    return truth is not False and (truth, *escapes(own, item))


def _asks_treatment(rule: Had, kinship: Kinship) -> bool:
    return bool(footprint(rule, kinship).requiring)


def _folded(persons: Ints, parts: Sequence[Ints]) -> Grouped:
    """Items of some persons, as one group a person: of the set of what the numbers of its items are."""
    order = np.argsort(persons, kind="stable")
    classes, values = combined([part[order] for part in parts])
    return folded(persons[order], classes, values, ordered=False)


def _by_pairs(items: frozenset[tuple[int, ...]], unrelated: Callable[[int, int], bool]) -> Hashable:
    """Some items, each a number by which it is `unrelated` to others and what is told of it, by what is told of all and of each unrelated two."""
    pairs = [(one, other) for one, other in combinations(items, 2) if one[0] and other[0] and unrelated(one[0], other[0])]
    return frozenset(item[1:] for item in items), frozenset(frozenset((one[1:], other[1:])) for one, other in pairs)


class Treated:
    """The treatments that a rule requires of a condition."""

    def __init__(self, rule: Had, required: Sequence[Required], case: Case, relatives: Relatives | None) -> None:
        self.required = required
        self.case = case
        self._by_itself = any(isinstance(qualifier, Requiring) for qualifier in rule.qualifiers)
        self._relatives = relatives
        """Where it is another disease than the study's that is asked."""
        self._sets = Numbering()
        self._purposes: dict[tuple[int, ...], int] = {}

    def groups(self, block: Block, listed: Sequence[Rowed], codes: Sequence[Ints]) -> Iterator[Grouped]:
        """Persons by what they have, and what each of it may have been treated with."""
        for other in self.required:
            yield other.denied(block)
        if not self.required:
            return
        exempt = np.zeros(block.size, np.bool_)
        for one, told_codes in zip(listed, codes, strict=True):
            exempt[one.persons[told_codes >= ESCAPES]] = True
        items = [(one, told_codes, self._places(told_codes, exempt[one.persons])) for one, told_codes in zip(listed, codes, strict=True)]
        persons = np.concatenate([one.persons[place] for one, _, place in items]) if items else NO_ROWS
        if not persons.size:
            return
        parts = [np.concatenate([told_codes[place] for _, told_codes, place in items])]
        rows = Places([(one.table, one.rows[place]) for one, _, place in items])
        subjects = np.concatenate([_named(one, place) for one, _, place in items])
        parts += [self._by_treatment(block, other, persons, subjects, rows) for other in self.required]
        if self._relatives is None:
            yield _folded(persons, parts)
            return
        apart = parts[0] & APART > 0  # of several that may be the study disease, it matters which are unrelated
        several = apart & (np.bincount(persons[apart], minlength=block.size) > 1)[persons]
        numbers = np.concatenate([self._relatives.numbers(block, one.table, one.rows[place]) for one, _, place in items])
        group = _folded(persons, [np.where(several, numbers, 0), *parts])
        keys = cast("Sequence[frozenset[tuple[int, ...]]]", group.keys)
        yield regrouped(group, [_by_pairs(key, partial(self._relatives.unrelated, block)) for key in keys], nothing=None)

    def _places(self, codes: Ints, exempt: Flags) -> Ints:
        """The rows of which the treatment counts: all that may be what is asked, or those of persons of whom an exception may `exempt` a row.

        With a row that may be exempted, those beside it count that are not. With them those that may be the study disease, as two of these speak
        of each other.
        """
        beside = exempt if self._relatives is None else exempt | (codes & APART > 0)
        return np.flatnonzero((codes & PERHAPS > 0) & (self._by_itself | beside))

    def _by_treatment(self, block: Block, other: Required, persons: Ints, subjects: Ints, rows: Places) -> Ints:
        """For each item of some persons, the number of the set of what it may have been treated with."""
        given = list(other.listed(block, other.speaking(block)))
        told_codes = [other.codes_of(block, one) for one in given]
        kept = [np.flatnonzero(code & PERHAPS) for code in told_codes]
        if not any(place.size for place in kept):
            return np.zeros(persons.size, np.int64)
        whose = np.concatenate([one.persons[place] for one, place in zip(given, kept, strict=True)])
        code = np.concatenate([codes[place] for codes, place in zip(told_codes, kept, strict=True)])
        sources = Places([(one.table, one.rows[place]) for one, place in zip(given, kept, strict=True)])
        purposes = np.concatenate(
            [block.registry.purposes(one.table.name)[one.table.kind[one.rows[place]]] for one, place in zip(given, kept, strict=True)]
        )
        order = np.argsort(whose, kind="stable")
        start, end = np.searchsorted(whose[order], persons), np.searchsorted(whose[order], persons, side="right")
        item = np.repeat(np.arange(persons.size), end - start)
        if not item.size:
            return np.zeros(persons.size, np.int64)
        place = order[np.arange(item.size) - np.repeat(np.cumsum(end - start) - (end - start), end - start) + np.repeat(start, end - start)]
        width = int(purposes.max()) + 1
        found, first, inverse = distinct(subjects[item] * width + purposes[place])
        asked = zip((divmod(pair, width) for pair in found.tolist()), first.tolist(), strict=True)
        truths = np.array([self._treats(block, pair, rows[item[at]], sources[place[at]]) for pair, at in asked], np.int64)[inverse]
        related = truths > 0
        classes, values = combined([code[place][related], truths[related]])
        group = folded(item[related], classes, values, ordered=False)
        numbers = np.zeros(persons.size, np.int64)
        numbers[group.persons] = self._sets.of_all(group.keys)[group.numbers] + 1
        return numbers

    def _treats(self, block: Block, pair: tuple[int, ...], item: tuple[Table, int], treatment: tuple[Table, int]) -> int:
        """Whether a treatment was given for an item: 0 no, 1 perhaps, 2 yes."""
        known = self._purposes.get(pair)
        if known is None:
            listed = [next(iter(block.facts_of_row(*place).listed)) for place in (item, treatment)]
            truth = treats(listed[0], listed[1], self.case._replace(facts=block.facts_of_row(*item))).truth
            known = self._purposes[pair] = 2 if truth else 1 if truth is None else 0
        return known
