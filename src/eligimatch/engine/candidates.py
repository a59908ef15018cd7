"""Candidates: the listed items that are what a criterion asks for, or could be it as far as the vocabulary tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from eligimatch.engine.case import Case
from eligimatch.engine.courses import spread
from eligimatch.engine.facts import Facts
from eligimatch.engine.kinship import (
    ANY_CONDITION,
    ANY_TREATMENT,
    CANCER,
    COMORBIDITY,
    DEVICE,
    HYPERSENSITIVITY,
    METASTASIS,
    METASTATIC_DISEASE,
    NONMALIGNANT,
    STUDY_DISEASE,
    Definition,
)
from eligimatch.engine.listing import Listed
from eligimatch.engine.purposes import investigational
from eligimatch.engine.routes import given_by, route_of
from eligimatch.model.concept import Concept
from eligimatch.model.profile import Allergy, Condition, Treatment
from eligimatch.model.rule import Had
from eligimatch.model.verdict import Truth, all_of, negate
from eligimatch.model.words import folded

_GIVEN = ("treatments", "procedures")
SOLID = "solid tumor"
_CODE_NAME = re.compile(r"[A-Za-z]{1,6}[\s-]?\d{2,}[\w-]*")
_FILLER = frozenset({"the", "a", "an", "any", "of", "in", "to", "'s"})


class Candidate(NamedTuple):
    """A listed item, and whether it is what is asked."""

    item: Listed
    match: Truth


def sections_of(rule: Had, case: Case) -> tuple[str, ...]:
    """The sections where what is asked is looked for."""
    if rule.section == "allergies":
        return ("allergies",)
    if case.facts.kinship.is_allergy(rule.concept.name):
        return ("conditions", "allergies")
    kind = case.facts.kinship.kind(rule.concept)
    if kind in ("treatment", "operation", "procedure") or rule.section in _GIVEN:
        return _GIVEN if kind != "operation" else (*_GIVEN, "conditions")
    return ("conditions",)


def sections_to_complete(rule: Had, case: Case) -> tuple[str, ...]:
    """The sections that must be complete before what is not listed never was.

    None where no list tells: of what is eaten, drunk or touched, of a habit, and of words of which no vocabulary says what they name.
    """
    if rule.section == "allergies" or case.facts.kinship.is_allergy(rule.concept.name):
        return ("allergies",)
    kind = case.facts.kinship.kind(rule.concept)
    if kind == "substance" or not _to_be_listed(rule.concept, case):
        return ()
    if kind == "operation":
        return _GIVEN
    if kind == "procedure":
        return ("procedures",)
    return ("treatments",) if kind == "treatment" or rule.section in _GIVEN else ("conditions",)


def _to_be_listed(concept: Concept, case: Case) -> bool:
    """Whether it is known as a thing that a list would hold."""
    named = (concept.name,) if concept.linked else concept.within
    if any(case.facts.kinship.fact(name, "unlisted") for name in named):
        return False
    return bool(named) or _CODE_NAME.fullmatch(concept.name) is not None


def found(rule: Had, case: Case) -> list[Candidate]:
    """The items that are what is asked, and those whose route or course leaves it open."""
    concept, sections = rule.concept, sections_of(rule, case)
    if not concept.linked:
        return case.facts.look(_in_words, concept, sections)
    if concept.name == ANY_TREATMENT and not concept.within:
        return [Candidate(item, True) for item in case.facts.of_section(*_GIVEN) if _treats(item)]
    if concept.name == STUDY_DISEASE:
        return [Candidate(item, case.of_study(item)) for item in case.facts.of_section("conditions")]
    if concept.name == COMORBIDITY:
        return [Candidate(item, negate(case.of_study(item))) for item in case.facts.of_section("conditions")]
    if concept.name == ANY_CONDITION:
        return [Candidate(item, True) for item in case.facts.of_section("conditions") if not _of_health(item, case)]
    if rule.section == "allergies" and concept.name == HYPERSENSITIVITY:
        return [Candidate(item, True) for item in case.facts.of_section("allergies") if item.evidence.section == "allergies"]
    return case.facts.look(_named, concept.name, sections)


def could_be(rule: Had, case: Case, known_items: Iterable[Listed]) -> Iterator[Candidate]:
    """The items of complete sections, other than those found, that might be what is asked although they do not say so."""
    concept = rule.concept
    if concept.name == STUDY_DISEASE:
        return
    known = {id(item) for item in known_items}
    for item in case.facts.look(_possible, concept, sections_of(rule, case), rule.section == "allergies"):
        if id(item) not in known:
            yield Candidate(item, None)


def is_item(concept: Concept, item: Listed, case: Case) -> Truth:
    """Whether one item is a concept, for exceptions: unknown where it names a wider kind."""
    if not concept.linked:
        return True if _same_words(item, concept) else None if not concept.within or set(concept.within) & item.kinds else False
    named = concept.name in item.kinds
    if definition := case.facts.kinship.definition(concept.name):
        return _narrowed(item, definition, case, named=named)
    return True if named else None if may_be(item, concept, case) or _complicates(item, concept, case) else False


def _complicates(item: Listed, concept: Concept, case: Case) -> bool:
    """Whether an item comes of a disease of which the concept is one kind: retinopathy may be that of type 2 diabetes."""
    kinship = case.facts.kinship
    causes = (one for kind in item.kinds if kinship.fact(kind, "complication") for one in kinship.vocabulary[kind].parents)
    return any(kinship.is_a(concept.name, cause) for cause in causes)


# --- by concept ------------------------------------------------------------------------------------------------------------------------


def _named(facts: Facts, name: str, sections: tuple[str, ...]) -> list[Candidate]:
    """The items that are a concept, as they say or by what defines it."""
    case, definition = Case(facts), facts.kinship.definition(name)
    named = [Candidate(item, True) for item in facts.of_kind(name) if _stands_in(item, sections)]
    return _defined(named, definition, sections, case) if definition else named


def _possible(facts: Facts, concept: Concept, sections: tuple[str, ...], of_allergies: bool) -> list[Listed]:
    """The items that might be a concept although they do not say so, those that say so among them."""
    case = Case(facts)
    listed = facts.of_section(*sections)
    return [item for item in listed if may_be(item, concept, case) or (of_allergies and _perhaps(item, concept, case))]


def _stands_in(item: Listed, sections: tuple[str, ...]) -> bool:
    if "conditions" in sections and item.evidence.section in ("observations", "allergies"):
        return isinstance(item.item, Condition)  # what a result or a reaction tells
    return item.evidence.section in sections and not (item.evidence.section == "allergies" and isinstance(item.item, Condition))


def _of_health(item: Listed, case: Case) -> bool:
    """Whether a result tells what is no disease: an ECOG of 1 that someone walks."""
    return item.evidence.section == "observations" and any(case.facts.kinship.marked(own, "health") for own in item.own)


def _treats(item: Listed) -> bool:
    """Whether an item of treatments or procedures is one that treats: imaging is none."""
    return item.evidence.section == "treatments"


def _defined(named: list[Candidate], definition: Definition, sections: tuple[str, ...], case: Case) -> list[Candidate]:
    """The items of a class that is another one by a route, or under investigation."""
    answers: dict[int, Candidate] = {id(candidate.item): candidate for candidate in named}
    for item in case.facts.of_section(*sections):
        truth = _narrowed(item, definition, case, named=id(item) in answers)
        if id(item) in answers or truth is not False:
            answers[id(item)] = Candidate(item, truth)
    return list(answers.values())


def _narrowed(item: Listed, definition: Definition, case: Case, *, named: bool) -> Truth:
    """Whether an item, perhaps by its name already, is of the class that a definition makes of another."""
    if named:
        return not (definition.route and item.item.route and _fits(item, definition, case) is False)
    genus = genus_of(item, definition, case)
    return False if genus is False else all_of((genus, _fits(item, definition, case)))


def genus_of(item: Listed, definition: Definition, case: Case) -> Truth:
    """Whether an item is of the class that a definition narrows."""
    if definition.genus is not None:
        return True if definition.genus in item.kinds else None if not item.own else False
    kinds = [case.facts.kinship.vocabulary[own].kind for own in item.own]
    return True if definition.investigational or any(kind == "treatment" for kind in kinds) else None if not item.own else False


def _fits(item: Listed, definition: Definition, case: Case) -> Truth:
    if definition.investigational:
        return investigational(True, item, case).truth if isinstance(item.item, Treatment) else False
    said = route_of(item, case)
    return None if said is None else given_by(said, definition.route)


def may_be(item: Listed, concept: Concept, case: Case) -> bool:
    """Whether an item that does not say that it is a concept might be it."""
    if not item.own:
        return not _given_otherwise(item, concept, case)
    if isinstance(item.item, Allergy) and case.facts.kinship.is_allergy(concept.name):
        return bool(case.facts.kinship.vocabulary.children(concept.name))  # what no kind of it is named by, may be one
    if item.evidence.section == "observations" or (item.evidence.section == "allergies" and isinstance(item.item, Condition)):
        return False  # a value or a reaction tells what it tells, and nothing narrower
    if concept.linked and case.facts.kinship.fact(concept.name, "judged"):
        return concept.name != NONMALIGNANT or CANCER not in item.kinds
    if concept.name in (METASTATIC_DISEASE, METASTASIS):
        return SOLID in item.kinds and METASTASIS not in item.kinds and spread(item, case) is None
    if not concept.linked:
        return _could_be_open(item, concept, case)
    if concept.name == ANY_TREATMENT:
        return False
    kinship = case.facts.kinship
    if not item.name.whole:
        return any(kinship.meet(own, concept.name) for own in item.own) or _perhaps(item, concept, case)
    if _is_leaf_device(item, case):
        return False
    return any(kinship.may_be(own, concept.name) for own in item.own) or _perhaps(item, concept, case)


def _given_otherwise(item: Listed, concept: Concept, case: Case) -> bool:
    """A drug that no vocabulary knows, given on the skin, is no systemic one."""
    definition = case.facts.kinship.definition(concept.name) if concept.linked else None
    return definition is not None and bool(definition.route and item.item.route) and _fits(item, definition, case) is False


def _perhaps(item: Listed, concept: Concept, case: Case) -> bool:
    """Hydrocortisone may be a replacement, a drug what another is made of, an antibody of an origin: its name does not tell."""
    kinship = case.facts.kinship
    return kinship.definition(concept.name) is None and any(kinship.perhaps(own, concept.name) for own in item.own)


def _is_leaf_device(item: Listed, case: Case) -> bool:
    """A device named in full is no narrower device that was left unsaid."""
    return DEVICE in item.kinds and not any(case.facts.kinship.vocabulary.children(own) for own in item.own)


def _could_be_open(item: Listed, concept: Concept, case: Case) -> bool:
    """An item of the family of an open concept, or above it; a drug with a code name is no other drug."""
    if concept.within:
        if any(_told_by_no_name(name, concept, case) for name in concept.within):
            return True
        above = set().union(*(case.facts.kinship.ancestors(name) for name in concept.within))
        return bool(set(concept.within) & item.kinds) or any(own in above for own in item.own)
    if concept.kind in ("treatment", "substance") and _CODE_NAME.fullmatch(concept.name):
        return any(case.facts.kinship.single_drug(own) is None for own in item.own)
    return True


def _told_by_no_name(kind: str, concept: Concept, case: Case) -> bool:
    """ "Highly prevalent chronic illness", "glucose-lowering treatment": which are, names do not tell; "anti-DKK1 therapy" is a name of its own."""
    fact = case.facts.kinship.fact
    if concept.kind == "treatment":
        return bool(fact(kind, "any") or fact(kind, "judged")) and not any(map(str.isdigit, concept.name))
    return bool(fact(kind, "judged")) and kind.endswith("illness")


# --- in words --------------------------------------------------------------------------------------------------------------------------


def _in_words(facts: Facts, concept: Concept, sections: tuple[str, ...]) -> list[Candidate]:
    return [Candidate(item, True) for item in facts.of_section(*sections) if _same_words(item, concept)]


@lru_cache(maxsize=16384)
def _asked_words(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of an open concept, in order and sorted."""
    words = content(folded(name))
    return words, tuple(sorted(words))


@lru_cache(maxsize=16384)
def content(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without articles and prepositions."""
    return tuple(word for word in words if word not in _FILLER)


def _same_words(item: Listed, concept: Concept) -> bool:
    """The same words, or an item that ends in them: "diffuse subependymal disease" is subependymal disease."""
    asked, in_any_order = _asked_words(concept.name)
    said = content(item.name.words)
    if not asked or len(said) < len(asked) or item.name.of("NOT"):
        return False
    return (len(said) == len(asked) and tuple(sorted(said)) == in_any_order) or (len(asked) > 1 and said[-len(asked) :] == asked)
