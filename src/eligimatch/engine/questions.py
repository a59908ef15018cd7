"""Questions: one person's unknown criteria of many trials into the facts to ask for, those that decide the most first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import day_of, finding
from eligimatch.engine.facts import Facts, language_of
from eligimatch.engine.outcome import Outcome, distinct
from eligimatch.engine.residue import Leaf, residue
from eligimatch.engine.wanted import Names, asks_yes, where
from eligimatch.model.finding import Evidence, Finding
from eligimatch.model.formula import Formula, Literal, blocking, every, facts, may_settle, opposite, settles
from eligimatch.model.profile import Profile
from eligimatch.model.question import OpenCriterion, OpenFact, Place, Questions, Settled
from eligimatch.model.rule import NOWHERE, Ambiguous, Had, Rule, Statement, Unparsed
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.units import Units
from eligimatch.model.verdict import Status
from eligimatch.model.vocabulary import Vocabulary


class _Open(NamedTuple):
    """An unknown criterion: `matched` is what is left of "the person meets it"."""

    place: Place
    text: str
    clarified: str | None
    matched: Formula


class _Leaf(NamedTuple):
    """A leaf that waits for a fact, with the details that listed items leave out."""

    rule: Leaf
    missing: tuple[str, ...]
    case: Case


def questions(
    profile: Profile, trials: Iterable[CompiledTrial], vocabulary: Vocabulary, units: Units, as_of: date | None = None, *, ruled_out: bool = False
) -> Questions:
    """What to ask of a person for the trials that are undetermined, and with `ruled_out` for the others too."""
    day = day_of(profile, as_of)
    gathered = _Gathered(Facts(profile, language_of(vocabulary, units), day))
    shut = tuple(trial.id for trial in trials if gathered.add(trial, ruled_out=ruled_out))
    return Questions.model_construct(
        patient=profile.id,
        as_of=day,
        open_trials=distinct(one.place.trial for one in gathered.criteria),
        ruled_out=shut,
        facts=gathered.facts(),
        criteria=tuple(
            OpenCriterion.model_construct(
                trial=one.place.trial, criterion=one.place.criterion, text=one.text, clarified=one.clarified, blocking=blocking(one.matched)
            )
            for one in gathered.criteria
        ),
    )


class _Gathered:
    """The open criteria of all trials, and the leaves that wait for each fact."""

    def __init__(self, known: Facts) -> None:
        self.known = known
        self.names = Names()
        self.criteria: list[_Open] = []
        self.leaves: dict[str, list[_Leaf]] = {}
        self.failed: set[str] = set()
        """The trials that are decided already."""

    def add(self, trial: CompiledTrial, *, ruled_out: bool) -> bool:
        """Takes a trial's unknown criteria in; whether it is left out because a criterion failed."""
        study = study_concepts(trial.conditions, self.known.language)
        found = [(criterion, finding(criterion, self.known, study)) for criterion in trial.criteria]
        if any(one.status == Status.FAILED for _, one in found):
            self.failed.add(trial.id)
            if not ruled_out:
                return True
        for criterion, one in found:
            if one.status == Status.UNKNOWN:
                place = Place.model_construct(trial=trial.id, criterion=criterion.id)
                self.criteria.append(_Open(place, criterion.text, criterion.clarified, self._matched(criterion, one, study, place)))
        return False

    def _matched(self, criterion: Criterion, found: Finding, study: tuple[str, ...], place: Place) -> Formula:
        excludes = criterion.kind == "exclusion"
        case = Case(self.known, study, criterion.clarified or criterion.text, demanded=not excludes)
        rest = residue(
            criterion.rule,
            case,
            lambda rule, outcome, here: self._literal(rule, outcome, here, place),
            lambda rule: f"which reading is meant: {_words(rule, case)} ({place.trial} {place.criterion})",
        )
        if isinstance(rest, bool):  # a statement of the whole criterion says otherwise than its parts
            fact = "; ".join(found.missing)
            self.leaves.setdefault(fact, []).append(_Leaf(Unparsed(text=fact), (), case))
            rest = Literal(fact, fact)
        return opposite(rest) if excludes else rest

    def _literal(self, rule: Leaf, outcome: Outcome, case: Case, place: Place) -> Formula:
        if outcome.truth is not None:
            return outcome.truth
        fact = self.names.of(rule, case, place.trial)
        self.leaves.setdefault(fact, []).append(_Leaf(rule, self._details(outcome), case))
        if isinstance(rule, Statement):
            return Literal(fact, fact, asks_yes(rule))
        return Literal(fact, (rule.model_copy(update={"span": NOWHERE}), case.study if isinstance(rule, Had) else ()))

    def _details(self, outcome: Outcome) -> tuple[str, ...]:
        """What is missing of things that are listed."""
        labels = {_label(place, self.known.profile) for place in outcome.evidence} - {""}
        return tuple(detail for detail in outcome.missing if any(label in detail for label in labels))

    # --- what each fact settles ------------------------------------------------------------------------------------------------------

    def facts(self) -> tuple[OpenFact, ...]:
        """The facts, those that decide the most first."""
        waiting: dict[str, list[_Open]] = {}
        for one in self.criteria:
            for fact in facts(one.matched):
                waiting.setdefault(fact, []).append(one)
        trials = {trial: every(one.matched for one in self.criteria if one.place.trial == trial) for trial in self._trials()}
        return tuple(sorted((self._fact(fact, open_, trials) for fact, open_ in waiting.items()), key=_rank))

    def _trials(self) -> tuple[str, ...]:
        return distinct(one.place.trial for one in self.criteria)

    def _fact(self, fact: str, waiting: list[_Open], trials: dict[str, Formula]) -> OpenFact:
        leaves = self.leaves.get(fact, [])
        theirs = {trial: trials[trial] for trial in distinct(one.place.trial for one in waiting) if trial not in self.failed}
        return OpenFact.model_construct(
            fact=fact,
            where=distinct(place for leaf in leaves for place in where(leaf.rule, leaf.case)) or ("protocol",),
            spoken=bool(leaves) and all(isinstance(leaf.rule, Statement) for leaf in leaves),
            alone=Settled.model_construct(
                criteria=tuple(one.place for one in waiting if settles(one.matched, (fact,))),
                trials=tuple(trial for trial, rest in theirs.items() if settles(rest, (fact,))),
            ),
            at_most=Settled.model_construct(
                criteria=tuple(one.place for one in waiting if may_settle(one.matched, (fact,))),
                trials=tuple(trial for trial, rest in theirs.items() if may_settle(rest, (fact,))),
            ),
            waiting=tuple(one.place for one in waiting),
            asked=tuple(_distinct_rules(leaf.rule for leaf in leaves)),
            needed=distinct(detail for leaf in leaves for detail in leaf.missing),
        )


def _label(place: Evidence, profile: Profile) -> str:
    """What the profile calls a listed thing; empty for what is no list."""
    section = getattr(profile, place.section)
    item = section[place.index] if isinstance(section, tuple) and place.index is not None else None
    return getattr(item, "name", "") or getattr(item, "substance", "")


def _rank(fact: OpenFact) -> tuple[int, ...]:
    alone, most = fact.alone, fact.at_most
    return (-len(alone.trials), -len(alone.criteria), -len(most.trials), -len(most.criteria))


def _distinct_rules(rules: Iterable[Rule]) -> Iterator[Rule]:
    yield from distinct(rule.model_copy(update={"span": NOWHERE}) for rule in rules)


def _words(rule: Ambiguous, case: Case) -> str:
    return case.words(rule.span) or " ".join(case.text.split())
