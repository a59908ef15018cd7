"""Planes: the truths of many persons as two rows of bits, true and false, and Kleene's connectives on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Codes = NDArray[np.int8]
"""64 persons a word, the first in its lowest bit."""
Flags = NDArray[np.bool_]
"""One person an element."""
_WORD = 64


class Plane(NamedTuple):
    """For whom something is true, and for whom it is false; for the rest it is unknown."""

    true: Bits
    false: Bits


def words(persons: int) -> int:
    """How many words hold a bit for each person."""
    return -(-persons // _WORD)


def packed(flags: Flags) -> Bits:
    """Flags as bits; the last word is filled with zeros."""
    length = words(flags.size) * 8
    packed_bytes = np.packbits(flags, bitorder="little")
    if packed_bytes.size < length:
        packed_bytes = np.concatenate([packed_bytes, np.zeros(length - packed_bytes.size, np.uint8)])
    return packed_bytes.view(np.uint64)


def unpacked(bits: Bits, persons: int) -> Flags:
    """Bits as flags."""
    return np.unpackbits(bits.view(np.uint8), count=persons, bitorder="little").view(np.bool_)


def counted(bits: Bits) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(bits).sum())


def all_of(parts: Sequence[Plane]) -> Plane:
    """Kleene's and."""
    return Plane(np.bitwise_and.reduce([part.true for part in parts]), np.bitwise_or.reduce([part.false for part in parts]))


def any_of(parts: Sequence[Plane]) -> Plane:
    """Kleene's or."""
    return Plane(np.bitwise_or.reduce([part.true for part in parts]), np.bitwise_and.reduce([part.false for part in parts]))


def agreed(parts: Sequence[Plane]) -> Plane:
    """True where all are true, false where all are false."""
    return Plane(np.bitwise_and.reduce([part.true for part in parts]), np.bitwise_and.reduce([part.false for part in parts]))


def negate(part: Plane) -> Plane:
    """Kleene's not."""
    return Plane(part.false, part.true)


def at_least(count: int, parts: Sequence[Plane]) -> Plane:
    """True where so many are true, false where so many cannot be any more."""
    return Plane(_at_least(count, [part.true for part in parts]), _at_least(len(parts) - count + 1, [part.false for part in parts]))


def _at_least(count: int, rows: Sequence[Bits]) -> Bits:
    """Where at least `count` of the rows have their bit: `reached[k]` has those of at least k + 1 rows so far, as long as more could come of it."""
    if count <= 0 or count > len(rows):
        return np.zeros_like(rows[0]) if count > 0 else ~np.zeros_like(rows[0])
    reached, both = [rows[0].copy()], np.empty_like(rows[0])
    for left, row in zip(range(len(rows) - 2, -1, -1), rows[1:], strict=True):
        first_of_use = max(count - left - 1, 0)
        more = [reached[-1] & row] if len(reached) < count else []
        for at in range(len(reached) - 1, first_of_use - 1, -1):
            reached[at] |= np.bitwise_and(reached[at - 1], row, out=both) if at else row
        reached += more
    return reached[count - 1]


def completed(facts: Plane, said: Plane) -> Plane:
    """What one source leaves open, another answers; where they say otherwise, neither is taken."""
    return Plane((facts.true | said.true) & ~(facts.false | said.false), (facts.false | said.false) & ~(facts.true | said.true))


def chosen(where: Bits, one: Plane, other: Plane) -> Plane:
    """One plane where a bit is set, the other elsewhere."""
    return Plane((where & one.true) | (~where & other.true), (where & one.false) | (~where & other.false))


def exampled(judged: Plane, examples: Sequence[Plane]) -> Plane:
    """What is to be judged, with its examples: true where one is, else as it is itself; not known where an example is and it is said not to be."""
    one = np.bitwise_or.reduce([example.true for example in examples])
    return Plane(judged.true | (one & ~judged.false), judged.false & ~one)
