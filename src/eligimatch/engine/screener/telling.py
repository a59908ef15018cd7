"""What other rows tell of a condition: results that prove it, values that grade it, classes that stage it, a spread that another item shows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from eligimatch.engine.grades import graded, graded_conditions
from eligimatch.engine.kinship import ANY_CONDITION, CANCER, COMORBIDITY, METASTASIS, STUDY_DISEASE, Kinship
from eligimatch.engine.listing import Lister
from eligimatch.engine.presence import half_life, no_drug
from eligimatch.engine.qualifiers import tables_of
from eligimatch.engine.screener.arrays import NO_DAY, NO_ROWS, Ints, Rows, combined, distinct, sides
from eligimatch.engine.screener.block import Block, Grouped, Table
from eligimatch.engine.screener.classes import NOBODY
from eligimatch.engine.screener.footprint import Footprint
from eligimatch.engine.screener.planes import Flags
from eligimatch.engine.screener.registry import Numbering
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.sequences import by_day, coded, up_to_now
from eligimatch.engine.stages import family
from eligimatch.model.concept import Concept
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Had
from eligimatch.model.words import folded

_ANY = frozenset({ANY_CONDITION, COMORBIDITY, STUDY_DISEASE})


def told(rule: Had, looks: Footprint, block: Block, relevance: Relevance) -> Iterator[Grouped]:
    """Persons by the values that grade or stage what is asked, each kind of telling a grouping of its own."""
    yield _by_grade(rule.concept.name, block, relevance) if looks.graded else NOBODY
    yield _as_said(block, relevance, _scales(looks, block))


def _scales(looks: Footprint, block: Block) -> list[str]:
    """The scales of which an observation may tell a stage."""
    systems = [system for system in looks.systems if family(system)]
    scales = [concept for system in systems for concept in block.language.namer.measured(system, ("stage", "score")).concepts]
    return [*scales, *(score for scale in scales for score in tables_of(scale, block.language.kinship))]


def staged(block: Block, looks: Footprint, relevance: Relevance) -> Ints:
    """For each person, a number for the values that may tell a stage; 0 where there are none."""
    group, found = _as_said(block, relevance, _scales(looks, block)), np.zeros(block.size, np.int64)
    found[group.persons] = relevance.graded_keys.of_all(group.keys)[group.numbers] + 1
    return found


def _tells(concept: Concept, condition: str, kinship: Kinship) -> bool:
    if concept.linked:
        return concept.name in _ANY or kinship.related(concept.name, condition)
    return folded(concept.name) == folded(condition) or any(kinship.related(name, condition) for name in concept.within)


class Tellers(NamedTuple):
    """The rows of observations that tell of a condition, and a number for what each tells, the same in all blocks."""

    rows: Rows
    numbers: Ints
    distinct: Sequence[int]
    """The numbers, each once."""
    first: Rows
    """A row of each."""
    codes: Ints
    """For each row, the place of its number among them."""


def tellers(concept: Concept, block: Block, relevance: Relevance) -> Tellers:
    """The rows by which values prove what is asked, or tell of it as a status does."""
    kinship = block.language.kinship
    analytes = tuple(name for name, conditions in relevance.telling() if any(_tells(concept, condition, kinship) for condition in conditions))
    found: Tellers | None = block.latest.get(("tellers", analytes))
    if found is None:
        found = block.latest["tellers", analytes] = _tellers(block, relevance, analytes)
    return found


def _tellers(block: Block, relevance: Relevance, analytes: Sequence[str]) -> Tellers:
    """A result in words proves on each of its days; a number, or a status, by its last value alone."""
    table, kept = block.tables["observations"], [NO_ROWS]
    worded = block.given("observations", "value_text")
    for name in analytes:
        rows = up_to_now(block, table, table.rows_of(relevance.readings_named(name)))
        if rows.size and block.language.kinship.fact(name, "proves"):
            latest = _latest(block, table, rows)
            kept += [rows[worded[rows]], latest[~worded[latest]]]
        if rows.size and block.language.kinship.fact(name, "tells"):
            kept.append(_latest(block, table, rows[worded[rows]]))
    rows = np.unique(np.concatenate(kept))

    def said(row: int) -> Hashable:
        facts = block.facts_of_row(table, row)
        return tuple((item.own, item.now) for item in facts.listed), tuple((habit.condition, habit.standing) for habit in facts.habits)

    codes, values = coded(table, rows, said, relevance.tellings)
    numbers = relevance.told.of_all(values)[codes] if rows.size else NO_ROWS
    found, first, inverse = distinct(numbers)
    return Tellers(rows, numbers, found.tolist(), rows[first], inverse)


def _latest(block: Block, table: Table, rows: Rows) -> Rows:
    """The one value of each person, or the one of the last day; none where several could be it."""
    persons, last = table.person[rows], table.days["date"][1][rows]
    number, undated = np.bincount(persons, minlength=block.size), np.zeros(block.size, np.bool_)
    undated[persons[last == NO_DAY]] = True
    newest = np.full(block.size, NO_DAY)
    np.maximum.at(newest, persons, last)
    on_it = last == newest[persons]
    several = np.bincount(persons[on_it], minlength=block.size) > 1
    kept: Rows = rows[(number[persons] == 1) | (on_it & ~undated[persons] & ~several[persons])]
    return kept


def _as_said(block: Block, relevance: Relevance, analytes: list[str]) -> Grouped:
    """By the values of some analytes, each with its unit and limits."""
    table = block.tables["observations"]
    rows = table.rows_of(sorted({subject for name in analytes for subject in relevance.readings(name)}))
    rows = up_to_now(block, table, rows)
    kinds, codes = np.unique(table.kind[rows], return_inverse=True)
    return by_day(block, table, rows, codes, kinds.tolist())


def grades(block: Block, table: Table, rows: Rows, relevance: Relevance) -> Ints:
    """For each condition row, a number for the grades that the person's values give to it."""
    numbers, subjects = np.zeros(rows.size, np.int64), table.subject[rows]
    for condition, graded_subjects in relevance.graded().items():
        own = np.isin(subjects, graded_subjects)
        if own.any():
            group = _by_grade(condition, block, relevance)
            of_person = np.zeros(block.size, np.int64)
            of_person[group.persons] = relevance.graded_keys.of_all(group.keys)[group.numbers] + 1
            pairs = np.stack([numbers[own], of_person[table.person[rows[own]]]])
            found, inverse = np.unique(pairs, axis=1, return_inverse=True)
            numbers[own] = (relevance.graded_keys.of_all([("both", *pair) for pair in found.T.tolist()]) + 1)[inverse]
    return numbers


def _by_grade(condition: str, block: Block, relevance: Relevance) -> Grouped:
    """By the grades that values give to a condition."""
    if condition in block.by_grade:
        return block.by_grade[condition]
    kinship, table = block.language.kinship, block.tables["observations"]
    analytes = [analyte for analyte in relevance.analytes() if condition in graded_conditions(analyte, kinship)]
    rows = up_to_now(block, table, table.rows_of(sorted({subject for analyte in analytes for subject in relevance.readings(analyte)})))

    def said(row: int) -> Hashable:
        facts = block.facts_of_row(table, row)
        return tuple(found and found.interval for one in facts.readings for found in (graded(condition, one, facts),))

    while True:
        last = _last_of_each(block, table, rows)
        codes, values = coded(table, last, said, relevance.grades.setdefault(condition, {}))
        silent = np.array([value is None or not any(cast("tuple[object, ...]", value)) for value in values], np.bool_)[codes]
        if not silent.any():
            break
        rows = np.setdiff1d(rows, last[silent])  # what gives no grade leaves it to an earlier value
    block.by_grade[condition] = by_day(block, table, last, codes, values)
    return block.by_grade[condition]


def _last_of_each(block: Block, table: Table, rows: Rows) -> Rows:
    """Where all values have a day, those of the last day alone count."""
    persons, (first, last) = table.person[rows], (day[rows] for day in table.days["date"])
    vague, newest = np.zeros(block.size, np.bool_), np.full(block.size, NO_DAY)
    vague[persons[(first == NO_DAY) | (first != last)]] = True
    np.maximum.at(newest, persons, last)
    kept: Rows = rows[vague[persons] | (last == newest[persons])]
    return kept


# --- drugs -----------------------------------------------------------------------------------------------------------------------------------


def half_lives(block: Block, table: Table, rows: Rows, relevance: Relevance) -> NDArray[np.float64]:
    """For each row, the half-life of its drug in hours; 0 where none is known, or none is meant."""
    subjects, first, inverse = np.unique(table.subject[rows], return_index=True, return_inverse=True)
    for subject, at in zip(subjects.tolist(), first.tolist(), strict=True):
        if subject not in relevance.half_lives:
            relevance.half_lives[subject] = _half_life(block, table, int(rows[at]))
    return np.array([relevance.half_lives[subject] for subject in subjects.tolist()], np.float64)[inverse]


def _half_life(block: Block, table: Table, row: int) -> float:
    facts = block.facts_of_row(table, row)
    item = next(iter(facts.listed), None)
    return 0.0 if item is None or no_drug(item, facts.kinship) else half_life(item, facts.kinship) or 0.0


class OtherUses(NamedTuple):
    """Of each treatment, what its drug is given for beside cancer."""

    there: Flags
    """Whether there is any such disease."""
    perhaps: Flags
    """Whether it may have been given for one, as `purposes.for_what_else` tells it."""


def other_uses(block: Block, relevance: Relevance) -> OtherUses:
    """What treatments may have been given for other than cancer: a disease that is listed, or, where no cancer is, any."""
    found: OtherUses | None = block.latest.get("other uses")
    if found is None:
        found = block.latest["other uses"] = _other_uses(block, relevance)
    return found


def _other_uses(block: Block, relevance: Relevance) -> OtherUses:
    table, numbering = block.tables["treatments"], Numbering()
    numbers = numbering.of_all([block.language.kinship.other_uses(item.own) for item in relevance.listed("treatments")])
    of_row = numbers[table.subject] if table.subject.size else table.subject
    there, perhaps = np.zeros((2, of_row.size), np.bool_)
    for number, uses in enumerate(numbering.values):
        if uses:
            own = of_row == number
            listed = [_listed(block, relevance, disease) for disease in sorted(uses)]
            there[own] = True
            perhaps[own] = np.logical_or.reduce([~_listed(block, relevance, CANCER), *listed])[table.person[own]]
    return OtherUses(there, perhaps)


def _listed(block: Block, relevance: Relevance, disease: str) -> Flags:
    """Of whom a disease is listed, and not refuted."""
    table, found = block.tables["conditions"], np.zeros(block.size, np.bool_)
    rows = table.rows_of(relevance.of_kind("conditions", disease))
    if rows.size:
        found[table.person[rows[~block.refuted[rows]]]] = True
    return found


# --- spread ----------------------------------------------------------------------------------------------------------------------------------


def sites(block: Block, relevance: Relevance) -> Flags:
    """Persons whose only cancer has listed metastases."""
    if block.sites is None:
        table = block.tables["conditions"]
        rows = table.rows_of(relevance.cancers())
        persons = table.person[rows]
        codes = _spreads(block, table, rows, relevance)
        cancers = np.bincount(persons[codes == 1], minlength=block.size)
        far = np.bincount(persons[codes == 2], minlength=block.size)
        block.sites = (cancers == 1) & (far > 0)
    return block.sites


def _spreads(block: Block, table: Table, rows: Rows, relevance: Relevance) -> Ints:
    """1 for a cancer, 2 for a metastasis that is there, else 0: one row of each class is asked."""
    if not rows.size:
        return np.zeros(0, np.int64)
    persons = table.person[rows]
    part = block.registry.part("conditions", ("status", "verification"))[table.kind[rows]]
    classes, values = combined([part, *sides(table.days, rows, [block.as_of[persons]])])
    _, first = np.unique(classes, return_index=True)
    for value, at in zip(values, first.tolist(), strict=True):
        if value not in relevance.spreads:
            relevance.spreads[value] = _spread(block, table, int(rows[at]))
    codes: Ints = np.array([relevance.spreads[value] for value in values], np.int64)
    return codes[classes]


def _spread(block: Block, table: Table, row: int) -> int:
    facts, kinship = block.facts_of_row(table, row), block.language.kinship
    given = facts.profile.conditions[0]
    item = Lister(kinship, block.language.namer, facts.as_of).condition(given, Evidence(section="conditions", index=0))
    if given.verification == "refuted":
        return 0
    if CANCER in item.kinds and METASTASIS not in item.kinds:
        return 1
    return 2 if METASTASIS in item.kinds and item.now and not item.provisional else 0
