"""Outlooks: one person's criteria on later and earlier days, judged by the evaluator itself with the day of judgement moved.

Planned events stay where they are; statuses, claims and statements are taken to stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import day_of, finding
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.turns import dates_of, names_events, turns
from eligimatch.model.finding import Finding
from eligimatch.model.nearness import Postponement
from eligimatch.model.outlook import DAY, Calendar, Outlook, Spell, TrialOutlook
from eligimatch.model.profile import Days, Profile
from eligimatch.model.quantity import Duration
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.units import Units
from eligimatch.model.verdict import Status
from eligimatch.model.vocabulary import Vocabulary


def calendar(
    profile: Profile, trials: Iterable[CompiledTrial], vocabulary: Vocabulary, units: Units, first: date | None = None, last: date | None = None
) -> Calendar:
    """How trials stand for a person from `first` (default: the day of judgement) up to `last` (default: for good)."""
    start = day_of(profile, first)
    person = Person(profile, language_of(vocabulary, units), profile.as_of or start)
    return Calendar.model_construct(
        patient=profile.id, first=start, last=last, trials=tuple(trial_outlook(trial, person, start, last) for trial in trials)
    )


def trial_outlook(trial: CompiledTrial, person: Person, first: date, last: date | None = None) -> TrialOutlook:
    """How one trial stands from a day on."""
    study = study_concepts(trial.conditions, person.language)
    criteria = (Moved(criterion, study, person).outlook(first, last) for criterion in trial.criteria)
    return TrialOutlook.model_construct(trial=trial.id, title=trial.title, criteria=tuple(criteria))


class Person:
    """One person on any day; what is linked once for a day is kept."""

    def __init__(self, profile: Profile, language: Language, day: date) -> None:
        self.profile = profile
        self.language = language
        self.day = day
        moved = self._on(day + DAY)
        self.dates = frozenset(dates_of(moved))
        self.born = moved.birth_date or ()
        self._known: dict[date, Facts] = {}

    def facts(self, day: date) -> Facts:
        """What is known on a day."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = Facts(self._on(day), self.language, day)
        return known

    def _on(self, day: date) -> Profile:
        """The profile for a day; an age in years was reached in the year that ended on the day for which it was said."""
        years, told = self.profile.age, self.profile.as_of or self.day
        if day == self.day or years is None or self.profile.birth_date is not None:
            return self.profile
        born = Days(Duration(count=years + 1, unit="year").before(told) + DAY, Duration(count=years, unit="year").before(told))
        return self.profile.model_copy(update={"age": None, "birth_date": born})

    def postponed(self, event: str, day: date) -> Person:
        """The same person with a planned event on another day."""
        planned = self.profile.planned | {event: Days(day, day)}
        return Person(self.profile.model_copy(update={"planned": planned}), self.language, self.day)


class Moved(NamedTuple):
    """A criterion for one person on any day."""

    criterion: Criterion
    study: tuple[str, ...]
    person: Person

    def on(self, day: date) -> Finding:
        """How it stands on a day."""
        return finding(self.criterion, self.person.facts(day), self.study)

    def outlook(self, first: date, last: date | None) -> Outlook:
        """How it stands from a day on: judged on every day on which it may change, and on the days around each change."""
        days = [day for day in self._turns() if first < day and (last is None or day <= last)]
        starts = changes(lambda day: self.on(day).status, [first, *days])
        ends = [*(day - DAY for day in starts[1:]), last]
        spells = (self._spell(day, end) for day, end in zip(starts, ends, strict=True))
        return Outlook.model_construct(criterion=self.criterion.id, text=self.criterion.text, spells=tuple(spells))

    def _turns(self) -> list[date]:
        case = Case(self.person.facts(self.person.day), self.study)
        return sorted(turns(self.criterion.rule, case, self.person.dates, self.person.born))

    def _spell(self, first: date, last: date | None) -> Spell:
        found = self.on(first)
        return Spell.model_construct(first=first, last=last, status=found.status, reason=found.reason)

    def postponements(self) -> tuple[Postponement, ...]:
        """For each planned event that the rule names a window around: the first later day of it with which the criterion is matched."""
        if not names_events(self.criterion.rule):
            return ()
        found = ((event, self._with(event, days)) for event, days in self.person.profile.planned.items() if days.exact)
        return tuple(Postponement(event=event, first=first) for event, first in found if first)

    def _with(self, event: str, planned: Days) -> date | None:
        def status(day: date) -> Status:
            person = self.person.postponed(event, day)
            return finding(self.criterion, person.facts(person.day), self.study).status

        later = [day for day in self._turns() if day > planned.last]
        return next((day for day in changes(status, [planned.last, *later]) if status(day) == Status.MATCHED), None)


def changes(status: Callable[[date], Status], days: Sequence[date]) -> list[date]:
    """The first of the days, and every later day on which a status is another than the day before, found between neighbours by halving."""
    found = [days[0]]
    for earlier, later in pairwise(days):
        found += _between(status, earlier, later)
    return found


def _between(status: Callable[[date], Status], earlier: date, later: date) -> list[date]:
    before = status(earlier)
    if status(later) == before:
        return []
    low, high = earlier, later
    while high - low > DAY:
        middle = low + timedelta(days=(high - low).days // 2)
        low, high = (middle, high) if status(middle) == before else (low, middle)
    return [high, *_between(status, high, later)]
