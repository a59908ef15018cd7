"""Aspects for many: what a row says to one thing that a rule asks of it, its time or a quality that its own columns say, whatever else is asked.

All rules that ask the same share what the evaluator said of it; what a row says to a rule is what it says to all its aspects and to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eligimatch.engine.case import Case
from eligimatch.engine.kinship import STUDY_DISEASE
from eligimatch.engine.listing import Listed
from eligimatch.engine.presence import present
from eligimatch.engine.qualifiers import answer
from eligimatch.engine.screener.arrays import Ints, Rows, combined, grown, side, sides
from eligimatch.engine.screener.block import Block, Table
from eligimatch.engine.screener.days import bounds_of, half_life_bound
from eligimatch.engine.screener.footprint import Footprint, columns_of
from eligimatch.engine.screener.planes import Codes, Flags
from eligimatch.engine.screener.registry import Numbering, said
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.engine.screener.rows import APART, COULD_BE, ESCAPES, NAMED, OPEN, PAST, PROVED, REFUTED
from eligimatch.engine.screener.telling import half_lives
from eligimatch.model.profile import Treatment
from eligimatch.model.rule import Coded, Had, Judged, Meeting, Purpose, Qualifier, Ranged, Staged
from eligimatch.model.verdict import Truth

TABLES = ("conditions", "treatments", "procedures")
"""Those of which each row is one item."""
FALSE, OPEN_, TRUE = 0, 1, 2
"""Truths in an order by which all of several is the least."""
_CODES: Mapping[Truth, int] = {False: FALSE, None: OPEN_, True: TRUE}
_Look = Callable[[Listed], Hashable]


def _nameless(_: Listed) -> Hashable:
    """What counts of a name where nothing of it does."""
    return None


_BY_NAME: Mapping[str, _Look | None] = {
    "intent": lambda item: (item.item.intent if isinstance(item.item, Treatment) else None, item.name.of("INTENT")),
    "evidence": lambda item: item.name.of("EVIDENCE"),
    "side": lambda item: item.name.of("SIDE"),
    "outcome": _nameless,
    "line": _nameless,
    "dose": None,
    "route": None,
    "site": None,
    "investigational": None,
}
"""Qualities that a row says by itself, and what of its name counts for them; None: the name as a whole."""
_UNTIMED = frozenset({"severity", "grade"})
"""Further qualities that have nothing to do with a row's days."""


class Rest(NamedTuple):
    """What is asked of rows beside the aspects of a rule."""

    qualifiers: tuple[Qualifier, ...]
    timed: bool
    """Whether the time is asked with the rest: exceptions are put to an item at the time of the rule."""
    by_day: bool
    """Whether the days of rows count for it."""


def rest_of(rule: Had, exceptions: Sequence[Had]) -> Rest:
    """What of a rule with some exceptions is left when its aspects are asked apart."""
    qualifiers = tuple(qualifier for qualifier in rule.qualifiers if not _is_aspect(qualifier))
    timed = bool(exceptions)
    return Rest(qualifiers, timed, timed or not all(_timeless(qualifier) for qualifier in qualifiers))


def _timeless(qualifier: Qualifier) -> bool:
    return isinstance(qualifier, (Judged, Meeting, Staged)) or (isinstance(qualifier, (Coded, Ranged)) and qualifier.aspect in _UNTIMED)


def _is_aspect(qualifier: Qualifier) -> bool:
    return isinstance(qualifier, Purpose) or (isinstance(qualifier, (Coded, Ranged)) and qualifier.aspect in _BY_NAME)


class Aspect:
    """One thing that is asked of a row."""

    def __init__(self, ask: Callable[[Listed, Case], Truth], case: Case, relevance: Relevance, looks: Footprint, look: _Look | None) -> None:
        """`looks` are the columns and windows that count beside what `look` sees in the name, or beside the name as a whole."""
        self._ask = ask
        self._case = case
        self._relevance = relevance
        self._looks = looks
        self._look = look
        self._names: dict[str, Ints] = {}
        self._numbering = Numbering()
        self._classes = Numbering()
        self._known: dict[str, Ints] = {}

    def truths(self, block: Block, table: Table, rows: Rows) -> Codes:
        """The truth for each row: someone's row of each class that is new is put before the evaluator."""
        who, classes, many = self._who(block, table)[rows], *self._classed(block, table, rows)
        known = self._known[table.name] = grown(self._known.get(table.name), int(who.max(initial=0)) + 1, many)
        found = known[who, classes]
        missing = np.flatnonzero(found < 0)
        if missing.size:
            _, places = np.unique(who[missing] * many + classes[missing], return_index=True)
            for at in missing[places].tolist():
                known[who[at], classes[at]] = self._of_row(block, table, int(rows[at]))
            found = known[who, classes]
        return found.astype(np.int8)

    def _of_row(self, block: Block, table: Table, row: int) -> int:
        facts = block.facts_of_row(table, row)
        item = next((one for one in facts.listed if one.evidence.section == table.name), None)  # a refuted one is none
        return TRUE if item is None else _CODES[self._ask(item, self._case._replace(facts=facts))]

    def _who(self, block: Block, table: Table) -> Ints:
        """For each row, a number for what counts of its name."""
        key = ("who", table.name, self)
        found: Ints | None = block.latest.get(key)
        if found is None:
            known = self._names.get(table.name, np.zeros(0, np.int64))
            if self._look is None:
                found = table.subject
            else:
                new = [self._look(item) for item in self._relevance.listed(table.name)[known.size :]]
                known = self._names[table.name] = np.concatenate([known, self._numbering.of_all(new)])
                found = known[table.subject] if table.subject.size else table.subject
            block.latest[key] = found
        return found

    def _classed(self, block: Block, table: Table, rows: Rows) -> tuple[Ints, int]:
        """Rows by their columns and days: a number, the same in all blocks, and how many numbers there are."""
        windows, columns = self._looks.windows, self._looks.of_table(table.name, said(table.name))
        if not windows:
            classes, values = block.classes_of(table.name, columns, rows=rows)
            return classes, len(values)
        bounds = bounds_of(block, self._looks)
        classes, values = block.classes_of(table.name, columns, bounds, (windows, ()), rows)
        lasting = [window for window in windows if window.half_lives and table.name == "treatments"]
        if not lasting or not rows.size:
            return classes, len(values)
        persons = table.person[rows]
        hours = half_lives(block, table, rows, self._relevance)
        days = [*(bound[persons] for bound in bounds), *(half_life_bound(block, window, persons, hours) for window in lasting)]
        local, told = combined([classes, *sides(table.days, rows, days), side(block.as_of[persons], days)])
        numbers = self._classes.of_all(told)[local]
        return numbers, len(self._classes.values)


class Aspects:
    """What a rule asks of a row by itself, apart from the rest."""

    def __init__(self, rule: Had, rest: Rest, case: Case, relevance: Relevance, *, speaks: bool) -> None:
        """`speaks` says whether one listed item of the study disease tells all of it."""
        self._asked = [_quality(qualifier, case, relevance) for qualifier in rule.qualifiers if _is_aspect(qualifier)]
        if not rest.timed:
            self._asked.append(_time(rule, case, relevance))
        self._speaks = speaks
        self._now = None if rest.timed or not speaks else _time(rule.model_copy(update={"when": "now", "window": None}), case, relevance)

    def joined(self, block: Block, table: Table, rows: Rows, codes: Ints) -> Ints:
        """The codes of some rows by the rest, with what they say to the aspects."""
        if not rows.size:
            return codes
        low, truth = codes % ESCAPES, np.full(rows.size, TRUE, np.int8)
        may = np.flatnonzero(low & (PROVED | OPEN | COULD_BE))
        for aspect in self._asked:
            truth[may] = np.minimum(truth[may], aspect.truths(block, table, rows[may]))
        told = low & ~APART
        past = told & PAST > 0
        if self._now is not None:
            named = np.flatnonzero(told & NAMED)
            past[named] = self._now.truths(block, table, rows[named]) == FALSE
        return codes - low + self._with(told, truth, past)

    def _with(self, told: Ints, truth: Codes, past: Flags) -> Ints:
        """As `Occurrence` makes codes: of what is so, of what may be, of what may not even be what is asked, and of what is not."""
        over = np.where(past, PAST, 0)
        found = np.where(told & PROVED > 0, np.where(truth == TRUE, PROVED, OPEN) | over, OPEN | over)
        refuted = np.where(past, PAST, REFUTED) if self._speaks else np.zeros_like(told)
        found = np.where((truth == FALSE) | (told & (PROVED | OPEN) == 0), refuted, found)
        could_be = np.where(truth == FALSE, 0, COULD_BE)
        made: Ints = np.where(told & COULD_BE > 0, could_be, np.where(told & NAMED > 0, found, 0))
        return made


def _time(rule: Had, case: Case, relevance: Relevance) -> Aspect:
    """Whether a row lies in the time of a rule."""
    window = rule.window if rule.when == "window" else None
    asked = Had(concept=rule.concept, section=rule.section, when=rule.when, window=window)
    looks, by_name = Footprint(windows=(window,) if window else ()), bool(window and window.half_lives)

    def made() -> Aspect:
        return Aspect(lambda item, one: present(item, asked, one).truth, case, relevance, looks, None if by_name else relevance.manner)

    aspect: Aspect = relevance.aspect(("time", rule.when, window), made)
    return aspect


def _quality(qualifier: Qualifier, case: Case, relevance: Relevance) -> Aspect:
    """Whether a row has a quality."""
    assert isinstance(qualifier, (Coded, Ranged, Purpose))
    asked: Coded | Ranged | Purpose = qualifier
    study = case.study if isinstance(asked, Purpose) and asked.concept.name == STUDY_DISEASE else ()
    look = _nameless if isinstance(asked, Purpose) else _BY_NAME[asked.aspect]
    looks = Footprint(columns=frozenset(columns_of(asked)))

    def made() -> Aspect:
        return Aspect(lambda item, one: answer(asked, item, one).truth, case._replace(study=study), relevance, looks, look)

    aspect: Aspect = relevance.aspect((asked, study), made)
    return aspect
