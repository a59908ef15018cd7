"""What the words of a noun tell of it: who judged it, whether it is there or missing, how old its people are."""

from __future__ import annotations

import re

from eligimatch.compiler.phrase import Phrase, Unreadable, duration
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.words import folded

ASSESSED = re.compile(
    r"^\W*(?:(?:in|by|at|per|as|based on|according to|upon|determined|assessed|judged)\b.{0,60})?"
    r"\b(?:(?:sub-?)?investigators?|physicians?|clinicians?|oncologists?|researchers?|PI|sponsor|monitor|designee|delegate|surgeon|doctor|provider|team)(?:['’]s?)?"
    r"(?:\s+(?:opinion|judge?ment|discretion|assessment|evaluation|estimation))?\W*$",
    re.IGNORECASE,
)
YOUNG = frozenset(folded("child adolescent infant neonate newborn toddler teenager youth young and or"))
"""People whom only the age after them tells apart."""
_TOLD = re.compile(r"\W*(?:may|will|would|could|can|might) (?:be|not|have)", re.IGNORECASE)
THERE = frozenset({"mutated", "amplified", "fusion", "deleted"})
OLD = re.compile(r"\b(?:old|of age)\b", re.IGNORECASE)
ABSENT = frozenset({"wild-type", "negative", "low", "lost", "proficient", "normal", "deleted", "unmutated", "equivocal", "indeterminate"})


def only_judged(phrase: Phrase, head: Concept) -> bool:
    """ "any reason that would interfere": a judgement of what names nothing that a profile holds."""
    said = phrase.act or phrase.comparisons or phrase.grade or phrase.results or phrase.parts
    told = any(_TOLD.fullmatch(token.text) for token in phrase.speech)  # "the requirement may be waived"
    return bool(phrase.speech) and not (head.linked or head.within or said or told)


def only_a_method(word: Token, part: Phrase) -> None:
    """How a number was found changes nothing of it; Unreadable where the part says more."""
    if part.comparisons or part.results or part.act or part.window:
        raise Unreadable(word.start, part.end, "a method")


def keeps_up(part: Phrase, *, habit: bool) -> bool:
    """ "≥ 10 cigarettes per day | for at least 1 year": a length of time; years are an age, save of a habit."""
    lengths = [length for comparison in part.comparisons if (length := duration(comparison))]
    return bool(lengths) and (habit or all(length.unit != "year" for length in lengths))


def in_other_eye(phrase: Phrase) -> bool:
    """ "≥ 19 letters in the fellow eye": which of a person's eyes that is, no profile tells."""
    return any(words.lower().endswith(("fellow eye", "non study eye", "non-study eye")) for words, _ in phrase.circumstances)
