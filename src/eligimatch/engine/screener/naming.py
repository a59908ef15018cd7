"""Names for many: what the name of a row comes to for a rule, where that can be told: what it is, and the few qualities that a name may say.

Rows of different names then say the same to the rule, and the evaluator need not be asked of each name at each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

from eligimatch.engine.candidates import SOLID, genus_of, is_item, may_be
from eligimatch.engine.case import Case
from eligimatch.engine.courses import by_name, staged_otherwise
from eligimatch.engine.inquiry import names_judgement
from eligimatch.engine.kinship import ANTICANCER, ANY_TREATMENT, CANCER, COMORBIDITY, METASTASIS, STUDY_DISEASE, Definition
from eligimatch.engine.listing import Listed
from eligimatch.engine.purposes import investigational
from eligimatch.engine.routes import usual_route
from eligimatch.engine.screener.arrays import Ints
from eligimatch.engine.screener.footprint import Footprint, footprint, of_spread
from eligimatch.engine.screener.registry import Numbering
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.model.profile import Treatment
from eligimatch.model.rule import Coded, Had, Judged, Lasting, Purpose, Qualifier, Ranged, Requiring

_TABLES = ("conditions", "treatments", "procedures")
_BY_COLUMNS = frozenset({"outcome", "line"})
"""Qualities that a row's columns say, whatever its name."""
_Look = Callable[[Listed], Hashable]
_BY_NAME: Mapping[str, _Look] = {
    "intent": lambda item: (item.item.intent if isinstance(item.item, Treatment) else None, item.name.of("INTENT")),
    "evidence": lambda item: item.name.of("EVIDENCE"),
    "side": lambda item: item.name.of("SIDE"),
}
"""What a name says of a quality beside the columns."""


def looks_at_names(rule: Had, looks: Footprint, case: Case, *, study: bool = True) -> tuple[_Look, ...] | None:
    """What else than a concept a rule looks at in the names of rows; None where it cannot be told apart from the rest of the name.

    `study` is false where what a name is of the study disease is told apart elsewhere.
    """
    concept, kinship = rule.concept, case.facts.kinship
    if study and (rule.other or rule.study or concept.name in (STUDY_DISEASE, COMORBIDITY)):
        return None
    if any(window.half_lives for window in looks.windows):
        return None
    found = [_look(qualifier, case) for qualifier in rule.qualifiers]
    if concept.name == ANY_TREATMENT:
        found.append(lambda item: (ANTICANCER in item.kinds, bool(item.own)))
    if kinship.meant_systemic(concept.name):
        found.append(lambda item: _route(item, case))
    if of_spread(concept):
        found.append((lambda item: (bool(item.own), concept.name in item.kinds, _spreads(item, case))) if concept.linked else None)
    definition = kinship.definition(concept.name) if concept.linked else None
    if definition is not None:
        found.append(lambda item: (concept.name in item.kinds, may_be(item, concept, case), _defines(item, definition, case)))
    return None if None in found else tuple(look for look in found if look is not None)


def _spreads(item: Listed, case: Case) -> Hashable:
    """What a name says of how a condition runs and how far it has spread, and whether its stages may say it."""
    return item.courses, by_name(item, case), *(kind in item.kinds for kind in (CANCER, METASTASIS, SOLID)), staged_otherwise(item, case)


def _route(item: Listed, case: Case) -> Hashable:
    return next(iter(item.name.of("ROUTE")), None), usual_route(item, case)


def _defines(item: Listed, definition: Definition, case: Case) -> Hashable:
    """What a name says of being of a class that is another by its route, or under investigation."""
    return genus_of(item, definition, case), _route(item, case), investigational(True, item, case).truth


def _look(qualifier: Qualifier, case: Case) -> _Look | None:
    match qualifier:
        case Judged():
            return lambda item: names_judgement(qualifier, item)
        case Lasting():
            return lambda item: "stable" in item.courses
        case Coded(aspect="course"):
            return lambda item: _spreads(item, case)
        case Coded(aspect="route"):
            return lambda item: _route(item, case)
        case Coded() if qualifier.aspect in _BY_NAME:
            return _BY_NAME[qualifier.aspect]
        case Purpose():
            return lambda _: ()
        case Coded() | Ranged() if qualifier.aspect in _BY_COLUMNS:
            return lambda _: ()
        case _:
            return None


class Naming:
    """What the names of rows come to for one rule."""

    def __init__(self, rule: Had, case: Case, relevance: Relevance, looks: tuple[_Look, ...]) -> None:
        self._looks = looks
        self._rule = rule
        self._exceptions = [Naming(one, case, relevance, own) if (own := _of_exception(one, case)) is not None else None for one in rule.but_not]
        """None for an exception that looks at more of a name."""
        self._case = case
        self._relevance = relevance
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
            numbers = np.concatenate([numbers, np.full(len(listed) - numbers.size, -1, np.int64)])
            is_it, may_be = frozenset(items), frozenset(possible)
            for subject in is_it | may_be:
                if numbers[subject] < 0:
                    comes_to = self.comes_to(listed[subject])
                    told = (table, subject in is_it, subject in may_be, manners[subject], subject if comes_to is None else comes_to)
                    numbers[subject] = self._numbering.of(told)
            self._known[table] = (self._relevance.version, numbers)
        return numbers

    def comes_to(self, item: Listed) -> Hashable | None:
        """What the rule and its exceptions make of a name; None where an exception looks at more of it."""
        escapes = list[Hashable]()
        for exception, naming in zip(self._rule.but_not, self._exceptions, strict=True):
            if exception.section != self._rule.section and item.evidence.section == "conditions":
                continue
            match = is_item(exception.concept, item, self._case)
            told = False if match is False and not self._by_columns(exception) else naming and naming.comes_to(item)
            if told is None:
                return None
            escapes.append((match, told))
        return tuple(look(item) for look in self._looks), tuple(escapes)

    def _by_columns(self, exception: Had) -> bool:
        """Whether more than the name of a row may make it what an exception names."""
        concept = exception.concept
        return of_spread(concept) or (concept.linked and self._case.facts.kinship.definition(concept.name) is not None)


def _of_exception(rule: Had, case: Case) -> tuple[_Look, ...] | None:
    """What an exception looks at in a name; the treatment that it asks for is no matter of names."""
    own = rule.model_copy(update={"qualifiers": tuple(qualifier for qualifier in rule.qualifiers if not isinstance(qualifier, Requiring))})
    return looks_at_names(own, footprint(rule, case.facts.kinship), case)
