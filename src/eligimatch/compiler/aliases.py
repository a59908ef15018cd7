"""What a parenthesis says again of the phrase before it."""

from __future__ import annotations

import re

from eligimatch.compiler.persons import is_arm
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Is, Measure, Rule

_STEROID = re.compile(r"steroid|predni|cort|methasone", re.IGNORECASE)
"""Of what a dose is told as one of prednisone."""


def method_only(phrase: Phrase, head: Token | None = None) -> bool:
    """ "(by biopsy)": how a thing was found, and no more; of a number (`head`) the bare name of a test tells that: "LVEF ≥ 50 % (or MUGA)"."""
    if head is not None and head.kind in ("analyte", "score") and names_only(phrase) and kind_of(phrase) == "procedure":
        return True
    said = phrase.comparisons or phrase.parts or phrase.results or phrase.act or phrase.speech or phrase.adjectives
    return phrase.method and not (said or phrase.grade or phrase.count or phrase.negated or phrase.lasting)


def says_stage(phrase: Phrase) -> bool:
    """Whether a stage is said."""
    return any(token.type == "STAGE" for token in phrase.adjectives)


def spread_letter(phrase: Phrase) -> str:
    """The value of M where nothing else is staged."""
    stages = [stage for token in phrase.adjectives if token.type == "STAGE" for stage in token.stages]
    return "|".join(stages[0].values) if len(stages) == 1 and stages[0].system == "M" else ""


def alias(phrase: Phrase, other: Phrase) -> bool:
    """One unknown name in capitals after a known noun: what else it is called ("(Rezum)", "(AMG 181)"), or what does as much as a dose."""
    if _or_equivalent(phrase, other):
        return True
    if is_arm(other) or (phrase.comparisons and phrase.comparisons[0].end <= other.start):
        return False
    if len(other.heads) != 1 or other.heads[0].names or other.parts or other.comparisons or other.adjectives or other.results or other.act:
        return False
    words = other.heads[0].text.split()
    return bool(phrase.heads and phrase.heads[-1].names) and len(words) <= 2 and all(word[:1].isupper() for word in words)


def numbers(rule: Rule) -> bool:
    """Whether a rule is all measurements and test results: in parentheses they define the condition before them."""
    if isinstance(rule, (AnyOf, AllOf)):
        return all(numbers(member) for member in rule.rules)
    return isinstance(rule, (Measure, Is))


def of_markers(rule: Rule) -> bool:
    """Whether a rule asks of a marker: a disease with it is still that disease."""
    if isinstance(rule, (AnyOf, AllOf)):
        return any(of_markers(member) for member in rule.rules)
    concept = rule.analyte if isinstance(rule, Measure) else rule.concept if isinstance(rule, Is) else None
    return concept is not None and concept.kind == "marker"


def is_limits(rule: Rule) -> bool:
    """Whether each member of a list holds a number against a limit, for everyone or for some."""
    members = rule.rules if isinstance(rule, (AnyOf, AllOf)) else rule.readings if isinstance(rule, Ambiguous) else ()
    return isinstance(rule, Measure) or (bool(members) and (all(map(is_limits, members)) or (len(members) == 2 and any(map(is_limits, members)))))


def shouted(phrase: Phrase) -> bool:
    """An abbreviation alone: "anticancer monoclonal antibody (mAb)"."""
    return len(phrase.heads) == 1 and len(phrase.heads[0].text) <= 6 and any(letter.isupper() for letter in phrase.heads[0].text[1:])


def abbreviation(phrase: Phrase) -> bool:
    """Unknown capitals alone: a name that the text gives to what stands before it."""
    return len(phrase.heads) == 1 and not phrase.heads[0].names and phrase.heads[0].text.isupper() and len(phrase.heads[0].text) <= 8


def _or_equivalent(phrase: Phrase, other: Phrase) -> bool:
    """ "prednisone > 10 mg (or equivalent) daily": the dose of any that does as much, in place."""
    alone = other.equivalent and not (other.heads or other.comparisons or other.parts or other.adjectives or other.negated or other.act or other.time)
    dosed = alone and bool(phrase.comparisons and phrase.heads) and _STEROID.search(phrase.heads[-1].text) is not None
    phrase.equivalent = phrase.equivalent or dosed
    return dosed
