"""Outlooks: one person's criteria on later and earlier days, judged by the evaluator itself with the day of judgement moved.

Planned events stay where they are; statuses, claims and statements are taken to stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import day_of, finding
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.turns import dates_of, turns
from eligimatch.model.finding import Finding
from eligimatch.model.outlook import DAY, Calendar, Outlook, Spell, TrialOutlook
from eligimatch.model.profile import Days, Profile
from eligimatch.model.quantity import Duration
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary


def calendar(
    profile: Profile, trials: Iterable[CompiledTrial], vocabulary: Vocabulary, units: Units, first: date | None = None, last: date | None = None
) -> Calendar:
    """How trials stand for a person from `first` (default: the day of judgement) up to `last` (default: for good)."""
    start = day_of(profile, first)
    person = Person(profile, language_of(vocabulary, units), start)
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
        self.dates = frozenset(dates_of(self._on(day + DAY)))
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
        case = Case(self.person.facts(first), self.study)
        days = sorted(day for day in turns(self.criterion.rule, case, self.person.dates) if first < day and (last is None or day <= last))
        changes = [first]
        for earlier, later in pairwise([first, *days]):
            changes += self._changes(earlier, later)
        ends = [*(day - DAY for day in changes[1:]), last]
        spells = (self._spell(day, end) for day, end in zip(changes, ends, strict=True))
        return Outlook.model_construct(criterion=self.criterion.id, text=self.criterion.text, spells=tuple(spells))

    def _spell(self, first: date, last: date | None) -> Spell:
        found = self.on(first)
        return Spell.model_construct(first=first, last=last, status=found.status, reason=found.reason)

    def _changes(self, earlier: date, later: date) -> list[date]:
        """The days between two, the later one included, on which it stands otherwise than the day before: none, or the one found by halving."""
        before = self.on(earlier).status
        if self.on(later).status == before:
            return []
        low, high = earlier, later
        while high - low > DAY:
            middle = low + timedelta(days=(high - low).days // 2)
            low, high = (middle, high) if self.on(middle).status == before else (low, middle)
        return [high, *self._changes(high, later)]
