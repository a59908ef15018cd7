"""The evaluator: one person's profile and compiled trials into a report of findings.

Reports are built with `model_construct`: their parts are checked already, and the schemas that would check them again take longer to build than
the evaluation does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.nodes import evaluate
from eligimatch.engine.outcome import distinct
from eligimatch.engine.statements import in_so_many_words
from eligimatch.model.finding import Ask, Finding, Report, TrialReport
from eligimatch.model.profile import Profile
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.units import Units
from eligimatch.model.verdict import Status, status_of, verdict_of
from eligimatch.model.vocabulary import Vocabulary


def check(profile: Profile, trials: Iterable[CompiledTrial], vocabulary: Vocabulary, units: Units, as_of: date | None = None) -> Report:
    """One person against trials, judged on `as_of` (default: the profile's own, else today)."""
    day = day_of(profile, as_of)
    language = language_of(vocabulary, units)
    facts = Facts(profile, language, day)
    reports = tuple(_trial(trial, facts, language) for trial in trials)
    return Report.model_construct(patient=profile.id, as_of=day, trials=reports)


def day_of(profile: Profile, as_of: date | None = None) -> date:
    """The day of judgement: as given, else the profile's own, else today."""
    return as_of or profile.as_of or datetime.now(tz=UTC).astimezone().date()


def _trial(trial: CompiledTrial, facts: Facts, language: Language) -> TrialReport:
    study = study_concepts(trial.conditions, language)
    findings = tuple(finding(criterion, facts, study) for criterion in trial.criteria)
    statuses = [found.status for found in findings]
    return TrialReport.model_construct(
        trial=trial.id,
        title=trial.title,
        verdict=verdict_of(statuses),
        counts={status: statuses.count(status) for status in Status},
        criteria=findings,
        ask=_asks(findings),
    )


def finding(criterion: Criterion, facts: Facts, study: tuple[str, ...] = ()) -> Finding:
    """How one criterion stands for a person; `study` are the concepts of the trial's own conditions."""
    excludes = criterion.kind == "exclusion"
    text = criterion.clarified or criterion.text
    case = Case(facts, study, text, demanded=not excludes)
    outcome = evaluate(criterion.rule, case)
    if facts.profile.statements and criterion.kind != "registry":
        outcome = in_so_many_words(outcome, case)
    return Finding.model_construct(
        id=criterion.id,
        kind=criterion.kind,
        text=criterion.text,
        status=status_of(outcome.truth, excludes=excludes),
        rule=criterion.rule,
        reason=outcome.reason or "asks nothing",
        evidence=distinct(outcome.evidence),
        missing=outcome.missing if outcome.truth is None else (),
        assumptions=outcome.assumptions,
        clarified=criterion.clarified,
        trace=outcome.trace,
    )


def _asks(findings: Iterable[Finding]) -> tuple[Ask, ...]:
    """The missing facts, each with the criteria that wait for it."""
    waiting: dict[str, list[str]] = {}
    for found in findings:
        for fact in found.missing:
            waiting.setdefault(fact, []).append(found.id)
    return tuple(Ask.model_construct(fact=fact, criteria=tuple(ids)) for fact, ids in waiting.items())


__all__ = ["check", "day_of", "evaluate", "finding"]
