"""Shared words: what stands before or after a list and may be of more of it than its nearest member.

"An investigational drug or device", "a CNS tumor or metastases", "psychiatric conditions, or abnormalities that would interfere": the words that
narrow one may narrow the other. Both readings are built; what only a person can say of the whole is said of a field of medicine, too.
"""

from __future__ import annotations

import re

from eligimatch.compiler.examples import fact
from eligimatch.compiler.rules import connects, each_leaf, each_member
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Ambiguous, AnyOf, Had, Judged, Rule, Statement, leaves
from eligimatch.model.vocabulary import Vocabulary

_INVESTIGATED = re.compile(r"\b(?:investigational|experimental) (?:\w+ ){0,3}(?:or|and|and/or|/)\s*(?:medical )?$", re.IGNORECASE)
_OF_BRAIN = re.compile(
    r"\b(?:CNS|central nervous system|brain|intracranial)\b\)?,? (?:primary )?(?:tumou?rs?|malignanc(?:y|ies)|cancers?|lymphoma)"
    r" (?:or|and|and/or)\s*$",
    re.IGNORECASE,
)
_ALIKE = {
    "medical device": (_INVESTIGATED, Concept(name="investigational device", kind="treatment")),
    "metastasis": (_OF_BRAIN, Concept(name="CNS metastasis", kind="condition")),
    "metastatic disease": (_OF_BRAIN, Concept(name="CNS metastasis", kind="condition")),
}
"""What a name alone may be meant as, after such words."""
_JUDGING = re.compile(
    r"\b(?:in the (?:\w+ )?(?:opinion|judge?ment)"
    r"|(?:that|which) (?:\w+ ){0,3}?(?:may|might|could|would|will|makes?|renders?|interferes?|precludes?|places?|puts?))\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:(?:severe|serious|uncontrolled|unstable|chronic|acute|other|any|concurrent|intercurrent|significant) )+(?:or \w+ )*(?:medical )?"
    r"(?:conditions?|illness(?:es)?|diseases?|disorders?)\b",
    re.IGNORECASE,
)
_FIELDS = frozenset({"serious illness", "chronic illness", "unstable medical condition", "disease"})


def of_all(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text with what may be narrowed by words that it shares."""
    if any(isinstance(leaf, Had) and leaf.concept.name in _ALIKE for leaf in leaves(rule)):
        rule = each_leaf(rule, lambda leaf: _alike(leaf, text, vocabulary))
    return _judged_alike(rule, text, vocabulary) if _JUDGING.search(text) or _GENERAL.search(text) else rule


def _alike(leaf: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    if not isinstance(leaf, Had) or leaf.concept.name not in _ALIKE or leaf.qualifiers or leaf.examples:
        return leaf
    before, concept = _ALIKE[leaf.concept.name]
    if concept.name not in vocabulary or not before.search(text, 0, leaf.span.start):
        return leaf
    return Ambiguous(readings=(leaf, leaf.model_copy(update={"concept": concept})), span=leaf.span)


def _judged_alike(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """Fields of medicine beside what a person judges, or what is severe."""
    if connects(rule):
        rule = each_member(rule, lambda member: _judged_alike(member, text, vocabulary))
    if isinstance(rule, AnyOf) and any(_of_a_person(member, text) for member in rule.rules):
        return each_member(rule, lambda member: _judged(member, text, vocabulary))
    if isinstance(rule, Had) and rule.examples and not rule.concept.linked and _GENERAL.search(text, rule.span.start, rule.span.end):
        return rule.model_copy(update={"examples": tuple(_judged(example, text, vocabulary) for example in rule.examples)})
    return rule


def _of_a_person(member: Rule, text: str) -> bool:
    """Whether a member of a list is a condition of any kind, told by how bad it is or by what it would do."""
    words = text[member.span.start : member.span.end]
    if isinstance(member, Statement):
        return _JUDGING.match(words.lstrip()) is not None
    if not isinstance(member, Had) or member.section != "conditions":
        return False
    judged = any(isinstance(one, Judged) and _JUDGING.search(one.words) for one in member.qualifiers)
    general = member.concept.name in _FIELDS if member.concept.linked else _GENERAL.fullmatch(words.strip(" ,;.")) is not None
    return judged or (general and _GENERAL.search(words) is not None)


def _judged(member: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    if not isinstance(member, Had) or member.qualifiers or member.section != "conditions" or not fact(member, "broad", vocabulary):
        return member
    start = text.rfind("\n", 0, member.span.start) + 1
    end = text.find("\n", member.span.end)
    words = " ".join(text[start : end if end > 0 else len(text)].split()).strip(" ,;:.")
    return member.model_copy(update={"qualifiers": (Judged(words=words),)})
