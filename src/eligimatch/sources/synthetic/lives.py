"""Walks the tree of entries for a block: to whom each happens, when, and the rows that it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from eligimatch.model.columns import TABLES
from eligimatch.sources.synthetic.block import OPEN, YEAR, Block, Days, Flags, Floats, Indexes, Scope, curve
from eligimatch.sources.synthetic.course import By, Choice, Draw, Entry, Span, draw_of
from eligimatch.sources.synthetic.draws import ELSE, Drawn, cases, drawn, pick

_BEGINS = {
    "conditions": "onset", "observations": "date", "biomarkers": "date", "treatments": "start", "procedures": "date", "allergies": "date",
    "planned": "date",
}  # fmt: skip
_ENDS = {"conditions": "abatement", "treatments": "end"}
_JOINT = "&"
_ENDED = ("ended_for", "best_response")


def everybody(block: Block) -> Scope:
    """All persons, on the day of judgement."""
    now = np.full(block.size, block.as_of, np.int32)
    return Scope(np.arange(block.size), now, now)


def happen(entry: Entry, scope: Scope, block: Block) -> None:
    """Lets an entry happen to some persons, by its share."""
    _enter(entry, scope.only(block.random.random(len(scope.who)) < chances(entry, scope.who, block)), block)


def chances(entry: Entry, who: Indexes, block: Block) -> Floats:
    """Each person's probability of an entry."""
    share = np.minimum(curve(entry.share, block.age[who]), 1.0)
    odds = share * _factors(entry, who, block)
    whole = 1 - share + odds
    return np.divide(odds, whole, out=np.zeros(len(who)), where=whole > 0) * _allowed(entry, who, block)


def _factors(entry: Entry, who: Indexes, block: Block) -> Floats:
    factor = np.where(block.traits["women"][who], entry.women, entry.men)
    for trait, ratio in entry.odds.items():
        factor = np.where(block.has(trait, who), factor * ratio, factor)
    return factor


def _allowed(entry: Entry, who: Indexes, block: Block) -> Flags:
    allowed = np.ones(len(who), np.bool_)
    for trait in entry.given:
        allowed &= block.has(trait, who)
    for trait in entry.without:
        allowed &= ~block.has(trait, who)
    if entry.ages:
        allowed &= (block.age[who] >= entry.ages[0]) & (block.age[who] < entry.ages[1])
    return allowed


def _enter(entry: Entry, scope: Scope, block: Block) -> None:
    if not len(scope.who):
        return
    for split in entry.split:
        _mark(draw_of(split), scope.who, block)
    scope = _timed(entry, scope, block)
    for trait in entry.is_:
        block.mark(trait, scope.who)
    if entry.names:
        _leave(entry, scope, block)
    if entry.person:
        block.add("persons", scope.who, dict(_columns("persons", entry.person, scope, block)))
    if entry.one_of:
        for child, some in _chosen(entry, scope, block):
            _enter(child, some, block)
    for child in entry.then:
        happen(child, scope, block)


def _chosen(entry: Entry, scope: Scope, block: Block) -> Iterator[tuple[Entry, Scope]]:
    """Each of the alternatives with those to whom it falls."""
    ways = entry.one_of
    age = block.age[scope.who]
    each = [curve(way.share, age) * _factors(way, scope.who, block) * _allowed(way, scope.who, block) for way in ways]
    edges = np.cumsum(np.array(each), axis=0)
    at = (edges <= block.random.random(len(scope.who)) * edges[-1]).sum(axis=0)
    for index, way in enumerate(ways):
        yield way, scope.only(at == index)


def _mark(draw: Draw, who: Indexes, block: Block) -> Drawn:
    """A draw whose text values become traits."""
    if isinstance(draw, By):
        values = Drawn(len(who))
        for flags, case in cases(draw, block, who):
            values.put(flags, _mark(case, who[flags], block))
        return values
    if isinstance(draw, Choice):
        picked = pick(draw, block, len(who))
        values = Drawn(len(who))
        for index, value in enumerate(draw.weights):
            if value is not None and (some := picked == index).any():
                block.mark(str(value), who[some])
                values.codes[some] = block.pool.code(str(value))
        return values
    if isinstance(draw, str):
        block.mark(draw, who)
    return drawn(draw, block, who)


# --- when ------------------------------------------------------------------------------------------------------------------------------


def _timed(entry: Entry, scope: Scope, block: Block) -> Scope:
    scope = _ended(entry, _begun(entry, scope, block), block)
    if entry.lately is not None:
        scope = scope.only(scope.end >= block.as_of - entry.lately)
    return scope


def _begun(entry: Entry, scope: Scope, block: Block) -> Scope:
    if entry.ago is not None:
        return Scope(scope.who, _ago(entry.ago, scope.who, block), np.full(len(scope.who), OPEN, np.int32))
    if entry.ahead:
        start = scope.start * 0 + block.as_of + _days(entry.ahead, len(scope.who), block)
        return Scope(scope.who, start, np.full(len(scope.who), OPEN, np.int32))
    if entry.following:
        scope = scope.only(scope.end != OPEN)
        return _past(Scope(scope.who, scope.end + _days(entry.following, len(scope.who), block), scope.end), block)
    if entry.after:
        return _past(Scope(scope.who, scope.start + _days(entry.after, len(scope.who), block), scope.end), block)
    return scope


def _past(scope: Scope, block: Block) -> Scope:
    scope = scope.only(scope.start <= block.as_of)
    return scope._replace(end=np.full(len(scope.who), OPEN, np.int32))


def _ended(entry: Entry, scope: Scope, block: Block) -> Scope:
    if entry.lasts is None:
        return scope
    days = block.in_proportion(entry.lasts, len(scope.who)).astype(np.int32)
    end = scope.start + days
    return scope._replace(end=np.where(end > block.as_of, OPEN, end))


def _days(span: Span, count: int, block: Block) -> Days:
    return block.random.integers(int(span[0]), int(span[1]) + 1, count, dtype=np.int32)


def _ago(draw: Draw, who: Indexes, block: Block) -> Days:
    """A day so many years back, within nine tenths of the life."""
    if isinstance(draw, By):
        days = np.zeros(len(who), np.int32)
        for flags, case in cases(draw, block, who):
            days[flags] = _ago(case, who[flags], block)
        return days
    return back(draw, who, block, YEAR)  # type: ignore[arg-type]


def back(span: Span, who: Indexes, block: Block, unit: float) -> Days:
    """A day so many units of days back, within nine tenths of the life."""
    ago = block.in_proportion(span, len(who)) * unit
    days: Days = (block.as_of - np.minimum(ago, block.age[who] * YEAR * 0.9)).astype(np.int32)
    return days


# --- rows ------------------------------------------------------------------------------------------------------------------------------


def _leave(entry: Entry, scope: Scope, block: Block) -> None:
    columns = dict(_columns(entry.table, entry.row, scope, block))
    if begins := _BEGINS.get(entry.table):
        columns.setdefault(begins, scope.start)
    if entry.lasts and (ends := _ENDS.get(entry.table)):
        columns |= _ending(entry.table, ends, scope, columns, block)
    naming = TABLES[entry.table][0].name
    for name in entry.names:
        block.add(entry.table, scope.who, {**columns, naming: _mark(name, scope.who, block).codes})


def _ending(table: str, ends: str, scope: Scope, columns: Mapping[str, NDArray[np.generic]], block: Block) -> dict[str, NDArray[np.generic]]:
    """The end and what it means; what goes on has no outcome yet."""
    on = scope.end == OPEN
    now, then = ("ongoing", "completed") if table == "treatments" else ("active", "resolved")
    said: dict[str, NDArray[np.generic]] = {ends: scope.end, "status": np.where(on, block.pool.code(now), block.pool.code(then)).astype(np.int32)}
    return said | {name: np.where(on, np.int32(0), columns[name]) for name in _ENDED if name in columns}


def _columns(table: str, row: Mapping[str, Draw], scope: Scope, block: Block) -> Iterator[tuple[str, NDArray[np.generic]]]:
    kinds = {column.name: column.kind for column in TABLES[table]}
    for key, draw in row.items():
        if _JOINT in key:
            yield from _together(key, draw, scope, block)
            continue
        values = drawn(draw, block, scope.who)
        if key + "_text" in kinds and values.codes.any():
            yield "value_text", values.codes
        if kinds.get(key) in ("text", "texts"):
            yield key, values.codes
        elif not np.isnan(values.numbers).all():
            yield key, values.numbers


def _together(key: str, draw: Draw, scope: Scope, block: Block) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """The columns of `a & b`, whose texts are drawn as pairs."""
    codes = drawn(draw, block, scope.who).codes
    parts = [[part.strip() for part in (text or _JOINT).split(_JOINT)] for text in block.pool.texts]
    for index, column in enumerate(key.split(_JOINT)):
        table = [block.pool.code(row[index] or None) if len(row) > index else 0 for row in parts]
        yield column.strip(), np.array(table, np.int32)[codes]


__all__ = ["ELSE", "back", "chances", "everybody", "happen"]
