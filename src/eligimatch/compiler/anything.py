"""Names of anything, "condition", "medication": among other things they mean less than they say.

"Asthma or other medical conditions", "heart failure, or any disorder that …": not whoever is ill in any way is meant, but in some way that the
sentence tells or leaves to a person. So it is of a whole field of medicine that shares the noun ("medical or psychiatric condition"), of what one
is allergic to ("allergic reaction to the treatment"), and of a heading ("Other medical conditions").
"""

from __future__ import annotations

import re

from eligimatch.compiler.examples import fact
from eligimatch.compiler.rules import connects, each_member
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Judged, Not, Qualifier, Ranged, Requiring, Rule, children
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded

_HEADING = frozenset(
    folded(
        "other another prior previous past additional associated clinical medical general underlying concomitant concurrent coexisting and or"
        " subject patient participant with"
        " condition disease disorder illness diagnosis history therapy treatment medication drug regimen"
    )
)
"""Words of which a heading is made that names nothing."""
_SYMPTOM = "symptom"
_SENTENCE_END = re.compile(r"[.;](?=\s)|\n|$")
_REACTIONS = frozenset({"hypersensitivity", "allergic disease", "drug allergy", "food allergy", "allergic reaction", "hypersensitivity reaction"})
_TO_A_THING = re.compile(
    r"\b(?:allerg\w*|\w*sensitiv\w*|(?:in)?toleran\w*|contra-?indicat\w*|reactions?|anaphyla\w*),? (?:to|against|of|with) |, (?:to|against) any ",
    re.IGNORECASE,
)
"""What tells of which thing some reactions are."""


_DETERMINED = re.compile(r"\W*(?:as (?:determined|judged|assessed|deemed) by|in the (?:opinion|judge?ment) of)\b", re.IGNORECASE)


def judged_among_others(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text, with what names anything left to a person where it is no rule by itself."""

    def judged(leaf: Had) -> Had:
        return leaf.model_copy(update={"qualifiers": (*leaf.qualifiers, Judged(words=_sentence(leaf, text)))})

    def among(one: Rule, *, beside: bool) -> Rule:
        if isinstance(one, Had):
            if _of_a_thing(one, text) or _by_someone(one, text, vocabulary):
                return judged(one).model_copy(update={"examples": tuple(among(example, beside=True) for example in one.examples)})
            told = beside or one.section == "allergies" or any(map(_is_judged, one.but_not))
            return judged(one) if told and _unbounded(one, vocabulary) else one
        if not connects(one):
            return one
        members = children(one)
        several = len(members) > 1
        of_study = isinstance(one, AnyOf) and any(isinstance(member, Had) and _studied(member) for member in members)
        fields = isinstance(one, AnyOf) and any(
            isinstance(member, Had) and member.concept.name != _SYMPTOM and _unbounded(member, vocabulary) for member in members
        )

        def inner(member: Rule) -> Rule:
            if fields and isinstance(member, Had) and not member.qualifiers and fact(member, "broad", vocabulary):
                return judged(member)
            if of_study and isinstance(member, Had) and member.section == "allergies" and fact(member, "broad", vocabulary):
                return judged(member)
            if isinstance(one, AllOf) and several:
                return among(member, beside=isinstance(member, Not))  # "disease that is refractory to X": X narrows it
            return among(member, beside=beside or (isinstance(one, AnyOf) and several))

        return each_member(one, inner)

    heading = isinstance(rule, (Had, Ambiguous)) and _HEADING.issuperset(folded(text))
    return among(rule, beside=heading)


def _unbounded(leaf: Had, vocabulary: Vocabulary) -> bool:
    """Whether it is true of whoever has anything listed."""
    if leaf.count or leaf.study or not _anything(leaf, vocabulary):
        return False
    return all(
        (isinstance(one, Coded) and one.aspect == "severity") or (isinstance(one, Requiring) and _anything(one.treatment, vocabulary))
        for one in leaf.qualifiers
    )


def _studied(leaf: Had) -> bool:
    """ "allergies to medications or components investigated in the study": of those only."""
    return leaf.section == "allergies" and (leaf.concept.name == "study treatment" or not leaf.concept.linked)


def _of_a_thing(leaf: Had, text: str) -> bool:
    """ "allergies, hypersensitivity or intolerance to X", "hypersensitivity, including allergy, to X": whether the thing is named after others."""
    if leaf.concept.name not in _REACTIONS or leaf.section != "conditions" or not all(map(_how_bad, leaf.qualifiers)):
        return False
    end = _SENTENCE_END.search(text, leaf.span.end)
    return bool(_TO_A_THING.search(text, leaf.span.start, end.start() if end else len(text)))


def _how_bad(qualifier: Qualifier) -> bool:
    return isinstance(qualifier, (Coded, Ranged)) and qualifier.aspect in ("severity", "grade")


def _anything(leaf: Had, vocabulary: Vocabulary) -> bool:
    return bool(fact(leaf, "any", vocabulary) or leaf.concept.name == _SYMPTOM or (leaf.section == "treatments" and fact(leaf, "broad", vocabulary)))


def _by_someone(leaf: Had, text: str, vocabulary: Vocabulary) -> bool:
    """ "Severe comorbidities as determined by the investigator": which they are, someone says."""
    anything = leaf.section == "conditions" and (leaf.concept.name == "comorbidity" or fact(leaf, "any", vocabulary))
    return bool(anything and not _is_judged(leaf) and _DETERMINED.match(text, leaf.span.end))


def _is_judged(leaf: Had) -> bool:
    return any(isinstance(one, Judged) for one in leaf.qualifiers)


def _sentence(leaf: Had, text: str) -> str:
    """The words of the line in which it stands, up to the next full stop."""
    start = text.rfind("\n", 0, leaf.span.start) + 1
    end = _SENTENCE_END.search(text, leaf.span.end)
    return " ".join(text[start : end.start() if end else len(text)].split()).strip(" ,;:.")
