"""A judged person's own facts in words: what a finding's evidence points to, which trials come first, what decides them, and what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from eligimatch.model.finding import Evidence, Finding, Report, TrialReport
from eligimatch.model.profile import Code, Item, Profile, Reproductive, Stage
from eligimatch.model.verdict import Status, Verdict
from eligimatch.report.amounts import number

VERDICTS = (Verdict.ELIGIBLE, Verdict.UNDETERMINED, Verdict.INELIGIBLE)
_NAMES = ("name", "substance")


class Judged(NamedTuple):
    """One person: the profile, and what became of it."""

    profile: Profile
    report: Report

    @property
    def name(self) -> str:
        """What the person is called in a report."""
        return self.report.patient or "(no id)"

    def trials(self) -> list[TrialReport]:
        """The trials by verdict: eligible, undetermined, ineligible; otherwise as they were given."""
        return sorted(self.report.trials, key=lambda trial: VERDICTS.index(trial.verdict))

    def facts(self, finding: Finding) -> list[str]:
        """The facts that a finding rests on."""
        return [fact(self.profile, place) for place in finding.evidence]


class Question(NamedTuple):
    """A fact to ask for, and the criteria of each trial that wait for it."""

    fact: str
    waiting: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def criteria(self) -> int:
        """How many criteria wait for it."""
        return sum(len(ids) for _, ids in self.waiting)


def questions(trials: Iterable[TrialReport]) -> list[Question]:
    """What to ask a person for all trials that are still undetermined: first what most criteria wait for."""
    waiting: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for trial in trials:
        for ask in trial.ask if trial.verdict == Verdict.UNDETERMINED else ():
            waiting.setdefault(ask.fact, []).append((trial.trial, ask.criteria))
    asked = [Question(fact, tuple(trials)) for fact, trials in waiting.items()]
    return sorted(asked, key=lambda question: -question.criteria)


def of_status(trial: TrialReport, status: Status) -> list[Finding]:
    """The findings of one status, in the record's order."""
    return [finding for finding in trial.criteria if finding.status == status]


def deciding(trial: TrialReport) -> str:
    """Why a trial stands as it does, in a line: the first failed criterion, or what is to be asked."""
    failed = of_status(trial, Status.FAILED)
    if failed:
        return f"{failed[0].id}: {failed[0].reason}" + _more(len(failed) - 1)
    return f"to ask: {to_ask(trial)}" if trial.ask else ""


def to_ask(trial: TrialReport, first: int = 3) -> str:
    """The first facts that a trial waits for, and how many more there are."""
    return "; ".join(ask.fact for ask in trial.ask[:first]) + _more(len(trial.ask) - first)


def fact(profile: Profile, place: Evidence) -> str:
    """What stands at a place of a profile: `observations: ECOG 1, date 2026-02-27`, `sex: female`."""
    return f"{place.section.replace('_', ' ')}: {_said(getattr(profile, place.section), place.index)}"


def _said(section: Any, index: int | None) -> str:
    match section:
        case tuple() if index is not None:
            return _words(section[index])
        case Mapping() if index is not None:
            name, value = list(section.items())[index]
            return f"{name}: {_words(value)}"
        case Reproductive() if index is not None:
            name = list(Reproductive.model_fields)[index]
            return f"{name.replace('_', ' ')}: {_words(getattr(section, name))}"
        case _:
            return _words(section)


def _words(value: Any) -> str:
    """A value as a person writes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return number(value)
        case Item():
            return _item(value)
        case Code() | Stage():
            return f"{value.system} {value.value}"
        case tuple() if not hasattr(value, "_fields"):
            return ", ".join(map(_words, value))
        case _:
            return str(value)


def _item(item: Item) -> str:
    """A listed thing: its name with its value and unit, then whatever else is said of it."""
    fields = type(item).model_fields
    said = {name: getattr(item, name) for name, field in fields.items() if getattr(item, name) != field.default}
    measured = [_words(said.pop(name)) for name in (*_NAMES, "value", "dose", "unit") if name in said]
    others = [f"{(fields[name].alias or name).replace('_', ' ')} {_words(value)}" for name, value in said.items()]
    return ", ".join([" ".join(measured), *others])


def _more(count: int) -> str:
    return f"; and {count} more" if count > 0 else ""
