"""Draws values for columns: constants, choices, distributions, and other draws by trait."""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from eligimatch.sources.synthetic.block import Block, Flags, Floats, Indexes, curve, weights
from eligimatch.sources.synthetic.course import By, Choice, Draw, Number, Scalar

Picked = NDArray[np.int32]
ELSE = "else"


class Drawn:
    """A column of values: numbers, and texts as codes where the value is no number."""

    def __init__(self, count: int) -> None:
        self.numbers = np.full(count, np.nan)
        self.codes = np.zeros(count, np.int32)

    def put(self, at: Flags | Indexes | slice, other: Drawn) -> None:
        """Another column's values at some places."""
        self.numbers[at] = other.numbers
        self.codes[at] = other.codes


def drawn(draw: Draw, block: Block, who: Indexes) -> Drawn:
    """One value for each of some persons."""
    values = Drawn(len(who))
    match draw:
        case By():
            for flags, case in cases(draw, block, who):
                values.put(flags, drawn(case, block, who[flags]))
        case Choice():
            table = _table([*draw.weights], block)
            picked = pick(draw, block, len(who))
            values.numbers, values.codes = table.numbers[picked], table.codes[picked]
        case Number():
            values.numbers = rounded(located(draw, block, who), draw)
        case str() | bool() | int() | float() | None:
            values.put(slice(None), _constant(draw, block, len(who)))
        case _:
            assert_never(draw)
    return values


def cases(draw: By, block: Block, who: Indexes) -> list[tuple[Flags, Any]]:
    """Each case of a draw with a mask of those whom it is for: the first that fits."""
    left = np.ones(len(who), np.bool_)
    found = []
    for trait, case in draw.cases.items():
        flags = left if trait == ELSE else left & block.has(trait, who)
        left = left & ~flags
        found.append((flags, case))
    return found


def pick(draw: Choice, block: Block, count: int) -> Picked:
    """The index of the value chosen, so many times."""
    edges = np.cumsum(weights(draw.weights.values()))
    edges[-1] = 1.0
    return np.searchsorted(edges, block.random.random(count), side="right").astype(np.int32)


def located(draw: Number, block: Block, who: Indexes) -> Floats:
    """Values of a distribution, as exact as they come."""
    if draw.uniform:
        return block.random.uniform(*draw.uniform, len(who))
    centre, spread = placed(draw, block, who)
    return spread_out(draw, centre, spread * block.random.standard_normal(len(who)))


def placed(draw: Number, block: Block, who: Indexes) -> tuple[Floats, float]:
    """The middle of a distribution for each person, and its spread."""
    middle, spread = draw.normal or draw.log or (0.0, 0.0)
    return curve(middle, block.age[who]), spread


def spread_out(draw: Number, centre: Floats, off: Floats) -> Floats:
    """Values that lie off the middle of a distribution."""
    return centre * np.exp(off) if draw.log else centre + off


def rounded(values: Floats, draw: Number) -> Floats:
    """Values as they are written down."""
    within = np.clip(values, *draw.bounds) if draw.bounds else values
    whole: Floats = np.round(within, draw.decimals) + 0.0
    return whole


def _table(values: list[Scalar], block: Block) -> Drawn:
    table = Drawn(len(values))
    for index, value in enumerate(values):
        table.put(slice(index, index + 1), _constant(value, block, 1))
    return table


def _constant(value: Scalar, block: Block, count: int) -> Drawn:
    constant = Drawn(count)
    if isinstance(value, str):
        constant.codes[:] = block.pool.code(value)
    elif value is not None:
        constant.numbers[:] = float(value)
    return constant
