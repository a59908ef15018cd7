"""A block of persons as columns: ages, traits, and the rows gathered for each table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eligimatch.sources.synthetic.course import Course, Curve, Scalar

Days = NDArray[np.int32]
"""Days since 1970-01-01."""
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Indexes = NDArray[np.intp]
NO_DAY = np.int32(-(2**31))
"""No day is said."""
OPEN = np.int32(2**31 - 1)
"""It goes on."""
YEAR = 365.25


class Scope(NamedTuple):
    """Some persons of a block, and the days on which the thing at hand began and ended for each."""

    who: Indexes
    start: Days
    end: Days

    def only(self, kept: Flags | Indexes) -> Scope:
        """Those that a mask or index keeps."""
        return Scope(self.who[kept], self.start[kept], self.end[kept])


class Pool:
    """Texts by number; 0 is none."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self._codes: dict[str | None, int] = {None: 0}

    def code(self, text: str | None) -> int:
        """The number of a text."""
        code = self._codes.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code


class Fragment(NamedTuple):
    """Rows of a table: whose, and columns as codes, floats or days; a column that is missing is empty."""

    who: Indexes
    columns: Mapping[str, NDArray[Any]]


class Block:
    """Persons of one block, drawn from a seed of its own."""

    def __init__(self, course: Course, size: int, as_of: int, seed: tuple[int, int]) -> None:
        self.random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
        self.size = size
        self.as_of = np.int32(as_of)
        self.pool = Pool()
        self.fragments: dict[str, list[Fragment]] = {}
        self.age = self._ages(course.ages)
        self.born = (as_of - np.floor(self.age * YEAR)).astype(np.int32)
        female = self.random.random(size) < curve(course.women, self.age)
        self.traits: dict[str, Flags] = {"women": female, "men": ~female}

    def _ages(self, shares: Mapping[float, float]) -> Floats:
        first = np.array([*shares], dtype=np.float64)
        last = np.array([*first[1:], first[-1] + 8.0])
        spans = self.random.choice(len(first), self.size, p=weights(shares.values()))
        drawn: Floats = first[spans] + self.random.random(self.size) * (last - first)[spans]
        return drawn

    def has(self, trait: str, who: Indexes) -> Flags:
        """Who of some has a trait."""
        flags = self.traits.get(trait)
        return np.zeros(len(who), np.bool_) if flags is None else flags[who]

    def mark(self, trait: str, who: Indexes) -> None:
        """Gives a trait to some."""
        self.traits.setdefault(trait, np.zeros(self.size, np.bool_))[who] = True

    def add(self, table: str, who: Indexes, columns: Mapping[str, NDArray[Any]]) -> None:
        """Rows for a table."""
        if len(who):
            self.fragments.setdefault(table, []).append(Fragment(who, columns))

    def in_proportion(self, span: tuple[float, float], count: int) -> Floats:
        """Numbers of a span whose logarithms lie evenly."""
        return np.exp(self.random.uniform(np.log(span[0]), np.log(span[1]), count))

    def texts(self, text: Scalar, count: int) -> Codes:
        """A text so many times."""
        return np.full(count, self.pool.code(None if text is None else str(text)), np.int32)


def curve(of: Curve, age: Floats) -> Floats:
    """A curve's values at some ages."""
    if isinstance(of, Mapping):
        return np.interp(age, [*of], [*of.values()])
    return np.full(len(age), float(of))


def weights(given: Iterable[float]) -> Floats:
    """Weights that sum to 1."""
    array = np.array([*given], dtype=np.float64)
    normal: Floats = array / array.sum()
    return normal
