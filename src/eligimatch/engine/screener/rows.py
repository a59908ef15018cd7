"""Rows as a rule sees them: classes of what they say, and what the evaluator makes of each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from eligimatch.engine.screener.arrays import Ints, Rows
from eligimatch.engine.screener.block import Table
from eligimatch.engine.screener.planes import Flags

PROVED, OPEN, COULD_BE, REFUTED, PAST, SEVERAL, APART = 1, 2, 4, 8, 16, 32, 64
"""What a row says: that it is so; perhaps; it may not even be what is asked; no; no, and it is over; more than one row is what is asked; it is so
if only it is not the study disease."""
TABLES = ("conditions", "treatments", "procedures", "allergies")
ESCAPES = 256
"""Times so much, a code says what the exceptions that ask for a treatment say of a row."""
PERHAPS = PROVED | OPEN | COULD_BE
NAMED = PROVED | OPEN | REFUTED | PAST


class Rowed(NamedTuple):
    """Rows that a rule looks at, sorted by person, as classes of what they say."""

    table: Table
    rows: Rows
    persons: Ints
    classes: Ints
    said: Sequence[Hashable]
    """What each class says."""
    lasting: bool = False
    """Whether the classes are numbered alike in all blocks."""
    who: Ints | None = None
    """For each row, what its name comes to, where the classes leave that out."""
    heard: Flags | None = None
    """Who has said what answers a judgement."""
