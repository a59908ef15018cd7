"""Classes: persons who are alike in all that a leaf looks at; the evaluator answers for one of them, and its answer is that of all."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from eligimatch.engine.screener.arrays import Ints, distinct
from eligimatch.engine.screener.block import Block, Grouped
from eligimatch.engine.screener.planes import Codes, Flags, Plane, packed
from eligimatch.model.verdict import Truth

UNKNOWN, TRUE, FALSE = 0, 1, 2
_CODES = {None: UNKNOWN, True: TRUE, False: FALSE}
Answer = Callable[[Block, int], Truth]
"""What the evaluator says of one person of a block."""


NOBODY = Grouped(np.zeros(0, np.int64), np.zeros(0, np.int64), ())


def folded(persons: Ints, codes: Ints, values: Sequence[Hashable], *, ordered: bool) -> Grouped:
    """Rows, sorted by person, as one group a person: of the sequence of their codes, or of the set of them. `values` say what a code stands for."""
    if not persons.size:
        return NOBODY
    if not ordered:
        pairs = distinct(persons * len(values) + codes)[0]
        persons, codes = pairs // len(values), pairs % len(values)
    starts = np.flatnonzero(np.concatenate([[True], persons[1:] != persons[:-1]]))
    lengths = np.diff(np.concatenate([starts, [persons.size]]))
    numbers, rows = np.zeros(starts.size, np.int64), [tuple[Hashable, ...]()]
    for place in range(int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        pairs = numbers[longer] * len(values) + codes[starts[longer] + place]
        found, _, inverse = distinct(pairs)
        numbers[longer] = len(rows) + inverse
        rows += [(*rows[pair // len(values)], values[pair % len(values)]) for pair in found.tolist()]
    keys: Sequence[Hashable] = rows if ordered else [frozenset(row) for row in rows]
    return Grouped(persons[starts], numbers, keys)


def of_kinds(sources: Sequence[tuple[Ints, Ints, str]]) -> Grouped:
    """Rows of several tables as sets of their kinds."""
    sources = [source for source in sources if source[0].size]
    if not sources:
        return NOBODY
    persons, codes, values = np.concatenate([whose for whose, _, _ in sources]), [], list[Hashable]()
    for _, kinds, name in sources:
        found, _, inverse = distinct(kinds)
        codes.append(inverse + len(values))
        values += [(name, kind) for kind in found.tolist()]
    order = np.argsort(persons, kind="stable")
    return folded(persons[order], np.concatenate(codes)[order], values, ordered=False)


def joined(groups: Sequence[Grouped]) -> Grouped:
    """Several groupings as one, with a key of each: None for who is in none of its groups. Who is in no grouping at all is left out."""
    there = [place for place, group in enumerate(groups) if group.persons.size]
    if not there:
        return NOBODY
    if len(there) == 1:
        group, before, after = groups[there[0]], (None,) * there[0], (None,) * (len(groups) - there[0] - 1)
        return group._replace(keys=[(*before, key, *after) for key in group.keys])
    persons = distinct(np.concatenate([group.persons for group in groups]))[0]
    place = np.zeros(int(persons[-1]) + 1, np.int64)
    place[persons] = np.arange(persons.size)
    numbers, keys = np.zeros(persons.size, np.int64), [tuple[Hashable, ...]()]
    for group in groups:
        own = np.full(persons.size, len(group.keys), np.int64)
        own[place[group.persons]] = group.numbers
        told = [*group.keys, None]
        found, _, numbers = distinct(numbers * len(told) + own)
        keys = [(*keys[pair // len(told)], told[pair % len(told)]) for pair in found.tolist()]
    return Grouped(persons, numbers, keys)


def regrouped(group: Grouped, keys: Sequence[Hashable], nothing: Hashable) -> Grouped:
    """A grouping by other keys, some of which may be the same; whose is `nothing` is left out."""
    numbers: dict[Hashable, int] = {nothing: 0}
    of_key = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    if len(numbers) == 1:
        return NOBODY
    told = of_key[group.numbers]
    kept = told > 0
    return Grouped(group.persons[kept], told[kept], list(numbers))


def both(block: Block, sources: Sequence[Ints], alone: Flags | None = None) -> Flags | None:
    """Persons who have rows in more than one table, whose days would have to be compared; those already `alone` with them."""
    found, before = np.zeros(block.size, np.bool_) if alone is None else alone.copy(), np.zeros(block.size, np.bool_)
    for persons in sources:
        there = np.zeros(block.size, np.bool_)
        there[persons] = True
        found |= before & there
        before |= there
    return found if found.any() else None


class Answers:
    """What the evaluator said of each class so far."""

    def __init__(self, answer: Answer, features: tuple[str, ...] = ()) -> None:
        self._answer = answer
        self._features = features
        self._known: dict[Hashable, int] = {}

    def plane(self, block: Block, groups: Sequence[Grouped], alone: Flags | None = None, settled: Flags | None = None) -> Plane:
        """The truth for all persons: by their groups and features; those `alone` are each asked, those `settled` elsewhere left unknown."""
        context, said = block.context(self._features)
        group = joined(groups)
        if alone is not None:
            kept = ~alone[group.persons]
            group = Grouped(group.persons[kept], group.numbers[kept], group.keys)
        if not group.persons.size and alone is None and settled is None and all((None, told) in self._known for told in said):
            return block.plane_of(self._features, tuple(self._known[None, told] for told in said))
        rest = tuple(self._known.get((None, told), -1) for told in said)
        if -1 in rest:
            affected = np.zeros(block.size, np.bool_)
            affected[group.persons] = True
            for others in (settled, alone):
                if others is not None:
                    affected |= others
            rest = self._of_the_rest(block, context, said, rest, affected)
        codes = block.codes_of(self._features, rest).copy()
        if settled is not None:
            codes[settled] = UNKNOWN
        if group.persons.size:
            codes[group.persons] = self._of_groups(block, group, context, said)
        if alone is not None:
            for person in np.flatnonzero(alone).tolist():
                codes[person] = _CODES[self._answer(block, person)]
        return Plane(packed(codes == TRUE), packed(codes == FALSE))

    def _of_the_rest(self, block: Block, context: Ints, said: Sequence[Hashable], known: Sequence[int], affected: Flags) -> tuple[int, ...]:
        """A code for each value of the features of those who are not `affected`: someone of each is asked whose code is not `known`."""
        codes = list(known)
        for number in [number for number, code in enumerate(known) if code < 0]:
            someone = np.flatnonzero((context == number) & ~affected)
            codes[number] = self._asked((None, said[number]), block, int(someone[0])) if someone.size else UNKNOWN
        return tuple(codes)

    def _of_groups(self, block: Block, group: Grouped, context: Ints, said: Sequence[Hashable]) -> Codes:
        pairs = group.numbers * len(said) + context[group.persons]
        found, first, inverse = distinct(pairs)
        codes = np.empty(found.size, np.int8)
        for place, (pair, at) in enumerate(zip(found.tolist(), first.tolist(), strict=True)):
            key = (group.keys[pair // len(said)], said[pair % len(said)])
            known = self._known.get(key)
            codes[place] = self._asked(key, block, int(group.persons[at])) if known is None else known
        return codes[inverse]

    def _asked(self, key: Hashable, block: Block, person: int) -> int:
        code = self._known[key] = _CODES[self._answer(block, person)]
        return code
