"""Implication between rules: whether everyone for whom one is true, or false, has the same answer to another.

Sound and incomplete, in the three-valued sense of the evaluator: what is claimed holds for every profile whose facts do not contradict each other and
that does not answer in the very words of one criterion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eligimatch.engine.facts import Language
from eligimatch.engine.inclusion import same_end, up_to_today, window_within, within
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.normal import ends, normal, several, whole_years
from eligimatch.engine.subsumption import denies, proves
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, children

Entails = Callable[[Rule, Rule, bool], bool]


def implies(narrow: Rule, wide: Rule, language: Language) -> bool:
    """Whether the second rule is true wherever the first is."""
    return entails(narrow, wide, True, language)


def entails(one: Rule, other: Rule, truth: bool, language: Language) -> bool:
    """Whether the second rule has that truth wherever the first has it."""
    return Implication(language.kinship).entails(normal(one, language.kinship), normal(other, language.kinship), truth)


def equal(one: Rule, other: Rule, language: Language) -> bool:
    """Whether two rules give everyone the same answer, unknown included."""
    ours, theirs = normal(one, language.kinship), normal(other, language.kinship)
    if ours == theirs:
        return True
    entails_ = Implication(language.kinship).entails
    return all(entails_(*pair, truth) for pair in ((ours, theirs), (theirs, ours)) for truth in (True, False))


class Implication:
    """Comparisons of normal rules, each made once."""

    def __init__(self, kinship: Kinship) -> None:
        self.kinship = kinship
        self._known: dict[tuple[int, int, bool], bool] = {}
        self._alive: list[Rule] = []
        """What is compared stays: it is known by its identity."""

    def entails(self, one: Rule, other: Rule, truth: bool) -> bool:
        """Whether the second has that truth wherever the first has it."""
        key = (id(one), id(other), truth)
        known = self._known.get(key)
        if known is None:
            self._alive += (one, other)
            known = self._known[key] = one == other or self._entails(one, other, truth)
        return known

    def _entails(self, one: Rule, other: Rule, truth: bool) -> bool:
        """What has the truth where one member has it is taken member by member; so is what must have it in every member."""
        if isinstance(one, AnyOf if truth else AllOf):
            return all(self.entails(part, other, truth) for part in one.rules)
        if _in_every(other, truth):
            return all(self.entails(one, part, truth) for part in children(other))
        if isinstance(one, Not) and isinstance(other, Not) and self.entails(one.rule, other.rule, not truth):
            return True
        if isinstance(one, AtLeast) and isinstance(other, AtLeast) and self._counted(one, other, truth):
            return True
        if _in_every(one, truth) and any(self.entails(part, other, truth) for part in children(one)):
            return True
        if isinstance(other, AnyOf if truth else AllOf) and any(self.entails(one, part, truth) for part in other.rules):
            return True
        return self._among(one, other, truth) or self._leaf(one, other, truth) or self._by_ends(one, other, truth)

    def _among(self, one: Rule, other: Rule, truth: bool) -> bool:
        """Enough members of a count have the truth wherever it has it; or enough are brought along."""
        if isinstance(one, AtLeast):
            spare = len(one.rules) - one.count + 1 if truth else one.count
            if sum(self.entails(part, other, truth) for part in one.rules) >= spare:
                return True
        if isinstance(other, AtLeast):
            needed = other.count if truth else len(other.rules) - other.count + 1
            return sum(self.entails(one, part, truth) for part in other.rules) >= needed
        return False

    def _counted(self, one: AtLeast, other: AtLeast, truth: bool) -> bool:
        """As many at least, of members that each bring one of the other's along; as few at most, in the same way."""
        if truth:
            return other.count <= one.count and _paired(one.rules, other.rules, lambda ours, theirs: self.entails(ours, theirs, True))
        return one.count <= other.count and _paired(other.rules, one.rules, lambda ours, theirs: self.entails(theirs, ours, False))

    def _leaf(self, one: Rule, other: Rule, truth: bool) -> bool:
        match one, other:
            case Measure(), Measure():
                return _measured(one, other, truth, self.kinship)
            case Is(), Is():
                return _coded(one, other, truth, self.kinship)
            case Had(), Had():
                return (proves if truth else denies)(one, other, self.kinship)
            case _:
                return False

    def _by_ends(self, one: Rule, other: Rule, truth: bool) -> bool:
        """A number between two limits is above the one and below the other."""
        between = ends(other, self.kinship)
        if len(between) < 2 or isinstance(one, Measure):
            return False
        return (all if truth else any)(self.entails(one, end, truth) for end in between)


def _in_every(rule: Rule, truth: bool) -> bool:
    """Whether a connective has the truth just where all its members have it."""
    return isinstance(rule, AllOf if truth else AnyOf) or (isinstance(rule, Ambiguous) and bool(rule.readings))


def _paired(ours: Sequence[Rule], theirs: Sequence[Rule], brings: Callable[[Rule, Rule], bool]) -> bool:
    """Whether each of ours has one of theirs of its own that it brings along (Kuhn's augmenting paths)."""
    taken: dict[int, int] = {}

    def placed(at: int, tried: set[int]) -> bool:
        for place, other in enumerate(theirs):
            if place not in tried and brings(ours[at], other):
                tried.add(place)
                if place not in taken or placed(taken[place], tried):
                    taken[place] = at
                    return True
        return False

    return all(placed(at, set()) for at in range(len(ours)))


# --- numbers -----------------------------------------------------------------------------------------------------------------------------


def _measured(one: Measure, other: Measure, truth: bool, kinship: Kinship) -> bool:
    """The same number, in an interval within the other (outside it: around the other), of values that count for both."""
    if any(getattr(one, key) != getattr(other, key) for key in ("unit", "per", "normal", "sides", "change", "fasting")):
        return False
    if (one.analyte.name, one.analyte.linked) != (other.analyte.name, other.analyte.linked):
        return False
    if one.analyte.name == "age" and whole_years(one) is not whole_years(other):
        return False
    if several(one, kinship) and (one.interval.high is None) is not (other.interval.high is None):
        return False
    narrow, wide = (one.interval, other.interval) if truth else (other.interval, one.interval)
    return (one.normal or within(narrow, wide)) and (one.analyte.name == "age" or _counting(one, other, truth))


def _counting(one: Measure, other: Measure, truth: bool) -> bool:
    """Whether the values that gave the one its truth give it to the other: one among any, one that spoils all, all, or the latest."""
    alone = "any" if truth else "all"
    every = "all" if truth else "any"
    if one.change:
        return one.window == other.window
    if other.pick == alone:
        return _holds(one, other)
    if one.pick == "latest" and other.pick == "latest":
        return one.window == other.window or (_holds(one, other) and _ends_alike(one, other))
    if one.window != other.window:
        return False
    return one.pick == other.pick or (one.pick == every and other.pick == "latest" and not one.fasting)


def _holds(one: Measure, other: Measure) -> bool:
    """Whether each value in the window of the one lies in that of the other."""
    if other.window is None:
        return True
    return one.window is not None and window_within(one.window, other.window)


def _ends_alike(one: Measure, other: Measure) -> bool:
    if one.window is None or other.window is None:
        return one.window is not None and up_to_today(one.window)
    return same_end(one.window, other.window)


# --- coded facts -------------------------------------------------------------------------------------------------------------------------


def _coded(one: Is, other: Is, truth: bool, kinship: Kinship) -> bool:
    """The same fact, of values among the other's."""
    if (one.fact, one.window, one.pick) != (other.fact, other.window, other.pick) or _named(one) != _named(other):
        return False
    if one.concept is not None and kinship.fact(one.concept.name, "either"):
        return set(one.values) == set(other.values)
    narrow, wide = (one, other) if truth else (other, one)
    return set(narrow.values) <= set(wide.values) and bool(narrow.values)


def _named(rule: Is) -> tuple[str, bool] | None:
    return (rule.concept.name, rule.concept.linked) if rule.concept else None
