"""Defaults: the section in which something is asked, and its time, where the words say neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eligimatch.compiler.concepts import SECTIONS
from eligimatch.compiler.onsets import on_it
from eligimatch.compiler.phrase import Phrase, duration
from eligimatch.model.concept import Concept

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

_TAKEN = frozenset({"use", "intake", "consumption", "ingestion", "drinking"})


def section_of(phrase: Phrase, head: Concept) -> Any:
    """The section of a profile that answers."""
    if phrase.equivalent:
        return "treatments"
    if phrase.act == "allergy":
        return "allergies"
    if phrase.act in ("treatment", "progressed", "intolerant"):
        return "procedures" if head.kind == "procedure" else "treatments"
    if head.kind == "substance" and (phrase.window or "drug" in head.name or phrase.heads[-1].text.lower() in _TAKEN):
        return "treatments"  # "grapefruit within 7 days", "alcoholic beverage use": taken
    return SECTIONS.get(head.kind, "conditions")


def default_time(phrase: Phrase, section: str, nouns: Nouns) -> str:
    """Whether it is asked of now or of any time."""
    if any(words.lower().startswith("recent") for words, _ in phrase.circumstances):
        return "ever"  # what is recent may be over; how recent is for a person to judge
    if phrase.use or any(token.value == "chronic" for token in phrase.adjectives):
        return "now"
    if section == "treatments" and phrase.count and on_it(phrase, nouns):
        return "now"
    before = section == "treatments" and any(token.value == "neoadjuvant" for token in phrase.adjectives)  # it may be over
    before = before or any(head.text.lower().startswith(("previous ", "prior ")) for head in phrase.heads[:1])
    before = before or (section == "treatments" and any(map(duration, phrase.comparisons)))  # "infliximab 8 weeks": judged, it may be over
    if section == "allergies" or phrase.act == "treatment" or phrase.count or before:
        return "ever"
    return "ever" if section == "procedures" else "now"
