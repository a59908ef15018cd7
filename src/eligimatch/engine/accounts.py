"""Accounts: the outcome of an occurrence in words, with the places it rests on and what would decide it."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.engine.denials import Denial
from eligimatch.engine.inquiry import Asked, Inquiry
from eligimatch.engine.outcome import Outcome, distinct, sentence
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Coded, Had, Judged

_NAMED = ("course", "severity", "route", "intent")
SHOWN = 3


def proved(rule: Had, found: Sequence[Asked]) -> Outcome:
    """Listed items prove it."""
    items = found[:SHOWN]
    notes = distinct(note for one in items for note in one.assumptions)
    return Outcome(True, sentence(_proof(one, rule) for one in items), _places(items), assumptions=notes)


def _proof(one: Asked, rule: Had) -> str:
    label, concept = one.item.label, rule.concept
    named = "" if concept.name in (label.lower(), *one.item.own) or not concept.linked else f" ({concept.name})"
    details = [said.reason.replace(label, label + named, 1) for said in one.said if said.truth and said.reason]
    return sentence(details) if details else f"{label}{named} is listed"


def settled(one: Asked) -> Outcome:
    """The study's own disease, listed alone, is not as asked."""
    return Outcome(False, one.reason, one.evidence, assumptions=one.assumptions)


def contradicted(one: Asked, denial: Denial) -> Outcome:
    """Listed and denied: both are named, neither is picked."""
    both = f"{one.item.label} is listed, yet {denial.said}"
    return Outcome(None, both, (one.item.evidence, denial.evidence), (f"which is right: {both}",))


def denied_by(denial: Denial) -> Outcome:
    """It is denied."""
    return Outcome(False, denial.said, (denial.evidence,))


def unlisted(inquiry: Inquiry, asked: Sequence[Asked], sections: Sequence[str], complete: tuple[Evidence, ...]) -> Outcome:
    """Complete sections do not list it."""
    other = inquiry.rule.other
    missed = [one for one in asked if one.truth is False][:SHOWN]
    rest = f"{' and '.join(sections)} complete, no {'other ' if missed and not other else ''}{asked_for(inquiry)}"
    notes = distinct(note for one in missed for note in one.assumptions)
    return Outcome(False, sentence([*(one.reason for one in missed), rest]), (*_places(missed), *complete), assumptions=notes)


def waiting(inquiry: Inquiry, open_: Sequence[Asked], asked: Sequence[Asked]) -> Outcome:
    """Items that could prove it do not say enough, or nothing is said at all."""
    rule, wanted = inquiry.rule, asked_for(inquiry)
    if not open_:
        missed = [one for one in asked if one.truth is False][:SHOWN]
        reason = sentence([*(one.reason for one in missed), f"nothing said of {'other ' if missed and not rule.other else ''}{wanted}"])
        return Outcome(None, reason, _places(missed), (wanted,))
    said = [said for one in open_ for said in one.said if said.truth is None]
    evidence = _places(open_[:SHOWN])
    missing = distinct(one.missing for one in said if one.missing) or (wanted,)
    return Outcome(
        None, sentence(one.reason or one.missing for one in said), evidence, missing, distinct(one.assumption for one in said if one.assumption)
    )


def _places(found: Sequence[Asked]) -> tuple[Evidence, ...]:
    return distinct(place for one in found for place in one.evidence)


def asked_for(inquiry: Inquiry) -> str:
    """The concept with its qualities, to be asked about; of what no vocabulary knows all the words that only a person can judge."""
    rule = inquiry.rule
    judged = next((part.words for part in rule.qualifiers if isinstance(part, Judged)), "")
    if judged and not (rule.concept.linked or rule.concept.within):
        return judged
    coded = [" or ".join(part.values) for part in rule.qualifiers if isinstance(part, Coded) and part.aspect in _NAMED]
    named = inquiry.case.named(rule)
    name = f"allergy to {named}" if rule.section == "allergies" else named
    return " ".join(filter(None, (_time(rule), "other" if rule.other else "", *coded, name)))


def _time(rule: Had) -> str:
    if rule.when == "planned":
        return "planned"
    if rule.when != "ever" or rule.section == "allergies":
        return ""
    return "history of" if rule.section == "conditions" else "prior"
