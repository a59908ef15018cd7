"""What the words of a noun tell of it: who judged it, whether it is there or missing, how old its people are."""

from __future__ import annotations

import re

from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.syntax import Comparison
from eligimatch.compiler.tokens import TIME_UNITS, Token
from eligimatch.model.concept import Concept
from eligimatch.model.words import folded

ASSESSED = re.compile(
    r"^\W*(?:(?:in|by|at|per|as|based on|according to|upon|determined|assessed|judged)\b.{0,60})?"
    r"\b(?:(?:sub-?)?investigators?|physicians?|clinicians?|oncologists?|researchers?|PI|sponsor|monitor|designee|delegate|surgeon|doctor|provider|team)(?:['’]s?)?"
    r"(?:\s+(?:opinion|judge?ment|discretion|assessment|evaluation|estimation))?\W*$",
    re.IGNORECASE,
)
YOUNG = frozenset(folded("child adolescent infant neonate newborn toddler teenager youth young elderly older and or"))
"""People whom only the age after them tells apart."""
_PEOPLE = frozenset(folded("adult person patient subject participant individual"))
_TOLD = re.compile(r"\W*(?:may|will|would|could|can|might) (?:be|not|have)", re.IGNORECASE)
THERE = frozenset({"mutated", "amplified", "fusion", "deleted"})
OLD = re.compile(r"\b(?:old|of age)\b", re.IGNORECASE)
ABSENT = frozenset({"wild-type", "negative", "low", "lost", "proficient", "normal", "deleted", "unmutated", "equivocal", "indeterminate"})


def aged(phrase: Phrase) -> bool:
    """ "adolescents | aged 12 to 17 years": the last word tells that the number is an age."""
    return len(phrase.heads) > 1 and "age" in phrase.heads[-1].names


def told_by_age(words: tuple[str, ...]) -> bool:
    """ "children", "older adults": words that say of people only that they are young or old."""
    named = words[:-1] if words[-1:] and words[-1] in _PEOPLE else words
    return bool(named) and YOUNG.issuperset(named)


def of_years(phrase: Phrase, text: str) -> bool:
    """ "infants < 6 months", "adolescents 12-17 years": people whom only their age tells apart."""
    words = folded(text[phrase.heads[0].start : phrase.heads[-1].end])
    units = [unit for unit in _units(phrase.comparisons) if unit]
    said = phrase.time or phrase.act or phrase.otherwise
    return told_by_age(words) and not said and bool(units) and TIME_UNITS.issuperset(units)


def of_age(comparisons: list[Comparison], text: str) -> bool:
    """Years, or other lengths of time that the words say are of age."""
    units = [unit for unit in _units(comparisons) if unit]
    words = text[comparisons[0].start : comparisons[-1].end]
    return bool(units) and (all(unit == "year" for unit in units) or bool(OLD.search(words) and all(unit in TIME_UNITS for unit in units)))


def _units(comparisons: list[Comparison]) -> list[str | None]:
    return [value.unit for c in comparisons for value in (c.low, c.high) if value is not None]


def only_judged(phrase: Phrase, head: Concept) -> bool:
    """ "any reason that would interfere": a judgement of what names nothing that a profile holds."""
    said = phrase.act or phrase.comparisons or phrase.grade or phrase.results or phrase.parts
    told = any(_TOLD.fullmatch(token.text) for token in phrase.speech)  # "the requirement may be waived"
    return bool(phrase.speech) and not (head.linked or head.within or said or told)


def only_a_method(word: Token, part: Phrase) -> None:
    """How a number was found changes nothing of it; Unreadable where the part says more."""
    if part.comparisons or part.results or part.act or part.window:
        raise Unreadable(word.start, part.end, "a method")
