"""A case: one person's facts before one criterion of one trial, and what single answers are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eligimatch.engine.facts import Facts, Language
from eligimatch.engine.kinship import CANCER, METASTASIS
from eligimatch.engine.listing import Listed
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Had
from eligimatch.model.span import Span
from eligimatch.model.verdict import Truth
from eligimatch.model.words import as_written


class Case(NamedTuple):
    """What a leaf is evaluated against."""

    facts: Facts
    study: tuple[str, ...] = ()
    """The concepts of the trial's own conditions."""
    text: str = ""
    """The criterion's words, into which spans point."""
    demanded: bool = True
    """Whether the criterion asks for what the leaf says, rather than forbids it."""

    def words(self, span: Span) -> str:
        """The words that a leaf answers."""
        return " ".join(self.text[span.start : span.end].split())

    def named(self, rule: Had) -> str:
        """The concept that a rule asks for: one that no vocabulary knows in the criterion's own spelling."""
        return rule.concept.name if rule.concept.linked else as_written(rule.concept.name, self.text)

    def of_study(self, item: Listed) -> Truth:
        """Whether an item is the trial's own disease, a metastasis of it included.

        Where the trial does not name its disease, someone's cancer may be it, what else that person has is not.
        """
        kinship = self.facts.kinship
        if not item.own:
            return None
        if not self.study:
            return False if CANCER not in item.kinds and primaries(self.facts) else None
        if any(kinship.related(own, disease) for own in item.own for disease in self.study):
            return True
        metastasis = any(kinship.is_a(own, METASTASIS) for own in item.own)  # a cancer that has spread is none
        if metastasis and any(kinship.is_a(disease, CANCER) for disease in self.study):
            return True if len(primaries(self.facts)) == 1 else None
        return False


class Said(NamedTuple):
    """What an item says to one qualifier."""

    truth: Truth
    reason: str = ""
    missing: str = ""
    assumption: str = ""
    evidence: tuple[Evidence, ...] = ()
    """Places beside the item that it rests on."""


YES = Said(True)


def unsaid(item: Listed, what: str) -> Said:
    """The item does not say; that is what is missing."""
    return Said(None, f"{what} of {item.label} not said", f"{what} of {item.label}")


def study_concepts(conditions: Iterable[str], language: Language) -> tuple[str, ...]:
    """The concepts that a trial's own list of conditions names."""
    found = (language.namer.link(text, ("condition",)).concepts for text in conditions)
    return tuple(dict.fromkeys(concept for concepts in found for concept in concepts))


def primaries(facts: Facts) -> list[Listed]:
    """The listed cancers, metastases apart."""
    return [item for item in facts.of_kind(CANCER) if not any(facts.kinship.is_a(own, METASTASIS) for own in item.own)]
