"""Amendments: two versions of a compiled trial into what became of each criterion, and of the people whom that concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eligimatch.engine.facts import Language
from eligimatch.engine.implication import entails, equal
from eligimatch.engine.pairing import Pair, asked, pairs
from eligimatch.model.amendment import Amendment, Became, Change, Flip, Turn, Wording
from eligimatch.model.finding import Finding, Report, TrialReport
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.model.verdict import Status


def amendment(old: CompiledTrial, new: CompiledTrial, people: Iterable[Report], language: Language) -> Amendment:
    """What the new version changes; `people` are reports of persons by the old and the new version, in this order."""
    paired = pairs(old.criteria, new.criteria, language)
    changes = tuple(_changes(old, new, paired, language))
    return Amendment(trial=new.id, title=new.title, changes=changes, flips=tuple(_flips(changes, people)))


def became(old: Criterion, new: Criterion, language: Language) -> Became:
    """What became of a criterion, as far as the rules tell: by intervals, kinds of concepts, windows and connectives."""
    if (old.kind, old.text, old.clarified) == (new.kind, new.text, new.clarified) and old.rule == new.rule:
        return Became.UNCHANGED
    before, after = asked(old), asked(new)
    if equal(before, after, language):
        return Became.REWORDED
    looser, tighter = entails(before, after, True, language), entails(after, before, True, language)
    if looser is tighter:
        return Became.CHANGED
    return Became.LOOSENED if looser else Became.TIGHTENED


def _changes(old: CompiledTrial, new: CompiledTrial, paired: Sequence[Pair], language: Language) -> Iterator[Change]:
    before = {id(after): before for before, after in paired}
    kept = {id(one) for one, _ in paired}
    for criterion in new.criteria:
        if id(criterion) in before:
            yield Change(became=became(before[id(criterion)], criterion, language), old=_wording(before[id(criterion)]), new=_wording(criterion))
        else:
            yield Change(became=Became.ADDED, new=_wording(criterion))
    for criterion in old.criteria:
        if id(criterion) not in kept:
            yield Change(became=Became.REMOVED, old=_wording(criterion))


def _wording(criterion: Criterion) -> Wording:
    return Wording(id=criterion.id, kind=criterion.kind, text=criterion.clarified or criterion.text)


# --- people ------------------------------------------------------------------------------------------------------------------------------


def _flips(changes: Sequence[Change], people: Iterable[Report]) -> Iterator[Flip]:
    """The persons for whom some criterion stands otherwise than before."""
    for report in people:
        old, new = report.trials
        turns = tuple(_turns(changes, old, new))
        if turns:
            yield Flip(patient=report.patient, before=old.verdict, after=new.verdict, criteria=turns)


def _turns(changes: Sequence[Change], old: TrialReport, new: TrialReport) -> Iterator[Turn]:
    """A criterion that one version does not have stands in no one's way there."""
    stood, stands = ({finding.id: finding for finding in report.criteria} for report in (old, new))
    for change in changes:
        before = stood[change.old.id] if change.old else None
        after = stands[change.new.id] if change.new else None
        if (before.status if before else Status.MATCHED) is not (after.status if after else Status.MATCHED):
            yield _turn(before, after)


def _turn(before: Finding | None, after: Finding | None) -> Turn:
    telling = after or before
    return Turn(
        old=before and before.id,
        new=after and after.id,
        before=before and before.status,
        after=after and after.status,
        reason=telling.reason if telling else "",
    )
