"""Names for many: where a rule asks no more of a row than what it is and when it was, all that its name comes to.

Rows of different names then say the same to the rule, and the evaluator need not be asked of each name at each time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from eligimatch.engine.candidates import is_item
from eligimatch.engine.case import Case
from eligimatch.engine.inquiry import AGAINST_CANCER, names_judgement
from eligimatch.engine.kinship import ANY_TREATMENT, COMORBIDITY, STUDY_DISEASE
from eligimatch.engine.listing import Listed
from eligimatch.engine.screener.arrays import Ints
from eligimatch.engine.screener.block import Numbering
from eligimatch.engine.screener.footprint import Footprint, of_spread
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.model.rule import Had, Judged

_TABLES = ("conditions", "treatments", "procedures")
_OF_ITS_OWN = frozenset({ANY_TREATMENT, STUDY_DISEASE, COMORBIDITY, *AGAINST_CANCER})
"""Concepts that a row is or is not by more than its name."""


def by_name_alone(rule: Had, looks: Footprint, case: Case) -> bool:
    """Whether a rule asks of a row only what it is, and when: no quality but what someone judges of it."""
    concept, kinship = rule.concept, case.facts.kinship
    if rule.other or rule.study or concept.name in _OF_ITS_OWN or of_spread(concept):
        return False
    if any(not isinstance(qualifier, Judged) for qualifier in rule.qualifiers) or any(window.half_lives for window in looks.windows):
        return False
    return not (concept.linked and kinship.definition(concept.name))


class Naming:
    """What the names of rows come to for one rule."""

    def __init__(self, rule: Had, case: Case, relevance: Relevance) -> None:
        self._rule = rule
        self._case = case
        self._relevance = relevance
        self._judged = [qualifier for qualifier in rule.qualifiers if isinstance(qualifier, Judged)]
        self._numbering = Numbering()
        self._known: dict[str, tuple[int, Ints]] = {}

    def numbers(self, table: str, items: Sequence[int], possible: Sequence[int]) -> Ints | None:
        """For each subject of a table, a number that is equal where the rule makes the same of it. None for a table of which more counts.

        `items` are what is asked, those `possible` may be.
        """
        if table not in _TABLES:
            return None
        version, numbers = self._known.get(table, (-1, np.zeros(0, np.int64)))
        if version != self._relevance.version:
            listed, manners = self._relevance.listed(table), self._relevance.manners(table)
            told = np.concatenate([numbers, np.full(len(listed) - numbers.size, -1, np.int64)])
            for subjects, is_it in ((items, True), (possible, False)):
                for subject in subjects:
                    if told[subject] < 0:
                        told[subject] = self._numbering.of(self._comes_to(listed[subject], (table, is_it, manners[subject]), subject))
            numbers = told
            self._known[table] = (self._relevance.version, numbers)
        return numbers

    def _comes_to(self, item: Listed, manner: Hashable, subject: int) -> Hashable:
        exceptions = [one for one in self._rule.but_not if not (one.section != self._rule.section and item.evidence.section == "conditions")]
        if any(is_item(one.concept, item, self._case) is not False for one in exceptions):
            return manner, subject
        return manner, tuple(names_judgement(judged, item) for judged in self._judged)
