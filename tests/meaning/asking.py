"""What the tests of meaning share: rules made by hand, asked of profiles that are small mappings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.evaluator import evaluate
from eligimatch.engine.facts import Facts, language_of
from eligimatch.engine.outcome import Outcome
from eligimatch.kept import language
from eligimatch.model.concept import Concept, Kind
from eligimatch.model.profile import Profile
from eligimatch.model.quantity import Duration, Interval, TimeUnit, Window
from eligimatch.model.rule import Had, Is, Measure, Qualifier, Rule

TODAY = date(2026, 3, 2)
LANGUAGE = language_of(language().vocabulary, language().units)
SECTIONS = {
    "condition": "conditions",
    "treatment": "treatments",
    "operation": "treatments",
    "procedure": "procedures",
    "substance": "allergies",
}


def outcome(rule: Rule, profile: dict[str, Any], *, study: Sequence[str] = (), text: str = "", demanded: bool = True) -> Outcome:
    """What a rule comes to for a profile judged on 2026-03-02."""
    facts = Facts(Profile.model_validate(profile), LANGUAGE, TODAY)
    return evaluate(rule, Case(facts, study_concepts(study, LANGUAGE), text, demanded))


def truth(rule: Rule, profile: dict[str, Any], **more: Any) -> bool | None:
    """The truth of a rule for a profile."""
    return outcome(rule, profile, **more).truth


def concept(name: str, kind: Kind | None = None) -> Concept:
    """The vocabulary's concept of that wording (of that kind, if given), or an open one in these words."""
    found = (name, *LANGUAGE.vocabulary.find(name)) if name in LANGUAGE.vocabulary else LANGUAGE.vocabulary.find(name)
    names = [each for each in found if kind in (None, LANGUAGE.vocabulary[each].kind)]
    if not names:
        return Concept(name=name, kind=kind or "condition", linked=False)
    return Concept(name=names[0], kind=LANGUAGE.vocabulary[names[0]].kind)


def had(name: str, *qualifiers: Qualifier, **fields: Any) -> Had:
    """An occurrence; present now unless `when` says otherwise."""
    asked = concept(name, fields.pop("kind", None))
    section: Any = fields.pop("section", SECTIONS.get(asked.kind, "conditions"))
    return Had(concept=asked, section=section, qualifiers=qualifiers, **fields)


def ever(name: str, *qualifiers: Qualifier, **fields: Any) -> Had:
    """An occurrence at any time up to today."""
    return had(name, *qualifiers, when="ever", **fields)


def within(count: float, unit: TimeUnit, name: str, *qualifiers: Qualifier, event: str = "as_of", **fields: Any) -> Had:
    """An occurrence within a length of time before an event."""
    return had(name, *qualifiers, when="window", window=before(count, unit, event), **fields)


def before(count: float, unit: TimeUnit, event: str = "as_of") -> Window:
    """The window of a length before an event."""
    return Window(event=event, start=Duration(count=count, unit=unit))


def number(name: str, interval: Interval, unit: str | None = None, **fields: Any) -> Measure:
    """A measure of an analyte or score."""
    return Measure(analyte=concept(name), interval=interval, unit=unit, **fields)


def result(name: str, *values: str, **fields: Any) -> Is:
    """A qualitative result of an analyte or marker."""
    return Is(fact=name, concept=concept(name), values=values, **fields)


def above(limit: float) -> Interval:
    """More than the limit."""
    return Interval(low=limit, low_open=True)


def at_least(limit: float) -> Interval:
    """The limit or more."""
    return Interval(low=limit)


def at_most(limit: float) -> Interval:
    """The limit or less."""
    return Interval(high=limit)


def below(limit: float) -> Interval:
    """Less than the limit."""
    return Interval(high=limit, high_open=True)
