"""Nearnesses: what failed or barely holds for one person: margins, whether it may change, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.changeable import changeable
from eligimatch.engine.evaluator import day_of
from eligimatch.engine.facts import language_of
from eligimatch.engine.margins import margins, narrow
from eligimatch.engine.outcome import Outcome, distinct
from eligimatch.engine.outlooks import Moved, Person, trial_outlook
from eligimatch.engine.residue import Leaf, residue
from eligimatch.model.formula import Formula, Literal, facts, reaches
from eligimatch.model.nearness import CriterionNear, Margin, Nearness, TrialNear
from eligimatch.model.outlook import Outlook
from eligimatch.model.profile import Profile
from eligimatch.model.rule import NOWHERE, Measure
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.units import Units
from eligimatch.model.verdict import Status
from eligimatch.model.vocabulary import Vocabulary


def nearness(profile: Profile, trials: Iterable[CompiledTrial], vocabulary: Vocabulary, units: Units, as_of: date | None = None) -> Nearness:
    """One person near the limits of trials."""
    day = day_of(profile, as_of)
    person = Person(profile, language_of(vocabulary, units), day)
    return Nearness.model_construct(patient=profile.id, as_of=day, trials=tuple(_trial(trial, person) for trial in trials))


def _trial(trial: CompiledTrial, person: Person) -> TrialNear:
    study = study_concepts(trial.conditions, person.language)
    outlook = trial_outlook(trial, person, person.day)
    found = (_criterion(criterion, one, study, person) for criterion, one in zip(trial.criteria, outlook.criteria, strict=True))
    kept = tuple(one for one in found if one.status == Status.FAILED or one.margins or len(one.spells) > 1)
    return TrialNear.model_construct(trial=trial.id, criteria=kept, window=outlook.window if outlook.moving else None)


def _criterion(criterion: Criterion, outlook: Outlook, study: tuple[str, ...], person: Person) -> CriterionNear:
    status = outlook.spells[0].status
    excludes = criterion.kind == "exclusion"
    seen = _Seen([], {})
    rest = residue(
        criterion.rule,
        Case(person.facts(person.day), study, criterion.clarified or criterion.text, demanded=not excludes),
        seen.take,
        lambda rule: f"reading of {rule.span}",
    )
    return CriterionNear.model_construct(
        criterion=criterion.id,
        status=status,
        may_change=reaches(rest, not excludes, facts(rest)) if status == Status.FAILED else None,
        margins=seen.margins(status),
        spells=outlook.spells,
        postponed=Moved(criterion, study, person).postponements() if status == Status.FAILED else (),
    )


class _Seen(NamedTuple):
    """The decided leaves of a criterion, and names for those that may come out otherwise."""

    leaves: list[tuple[Leaf, Outcome, Case]]
    names: dict[Leaf, str]

    def take(self, rule: Leaf, outcome: Outcome, case: Case) -> Formula:
        """A leaf's truth, or that it is open to change."""
        self.leaves.append((rule, outcome, case))
        if outcome.truth is not None and not changeable(rule, outcome.truth, case):
            return outcome.truth
        name = self.names.setdefault(rule.model_copy(update={"span": NOWHERE}), str(len(self.names)))
        return Literal(name, name)

    def margins(self, status: Status) -> tuple[Margin, ...]:
        """Of a failed criterion those that stand in the way, of a matched one those that nearly would."""
        measures = [(rule, outcome, case) for rule, outcome, case in self.leaves if isinstance(rule, Measure) and outcome.truth is not None]
        wanted = [(rule, outcome, case) for rule, outcome, case in measures if (outcome.truth is case.demanded) is (status == Status.MATCHED)]
        found = (margin for rule, outcome, case in wanted for margin in margins(rule, outcome, case))
        if status == Status.FAILED:
            return distinct(found)
        return distinct(margin for margin in found if narrow(margin)) if status == Status.MATCHED else ()
