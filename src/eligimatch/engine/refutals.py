"""Refutals: the denials of a profile that answer a rule as it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from eligimatch.engine.case import Case
from eligimatch.engine.denials import Denial
from eligimatch.engine.facts import Facts
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Coded, Had, Judged
from eligimatch.model.words import folded

_ANY_ALLERGY = ("hypersensitivity", "drug allergy", "allergic disease", "drug hypersensitivity")


def refutals(rule: Had, case: Case) -> list[Denial]:
    """The denials that make the rule false."""
    own = [denial for denial in _named(rule, case) if _speaks(denial, rule) and _in_time(denial, rule, case) and _covers(denial, rule, case)]
    return own or _of_all_parts(rule, case)


def _of_all_parts(rule: Had, case: Case) -> list[Denial]:
    """One denial of all the kinds that make up what is asked, where each is denied."""
    told = [[denial for denial in refutals(part, case) if denial.evidence.section != "observations"] for part in _parts(rule, case)]
    if not told or not all(told):
        return []
    first, *rest = [denials[0] for denials in told]
    label = " and ".join(dict.fromkeys((first.label, *(denial.label for denial in rest))))
    return [first._replace(label=label, lasting=all(denials[0].lasting for denials in told))]


def denials_of(rule: Had, case: Case) -> Iterator[Denial]:
    """The denials that name what is asked, something wider, or one of the kinds that it is made of."""
    yield from _named(rule, case)
    for part in _parts(rule, case):
        yield from denials_of(part, case)


def _parts(rule: Had, case: Case) -> list[Had]:
    """The rule for each of the kinds that make up what is asked: "drug or alcohol abuse"."""
    names = case.facts.kinship.fact(rule.concept.name, "either") if rule.concept.linked else None
    concepts = [Concept(name=name, kind=rule.concept.kind) for name in names] if isinstance(names, list) else []
    return [rule.model_copy(update={"concept": concept}) for concept in concepts]


def _named(rule: Had, case: Case) -> list[Denial]:
    """The denials that name what is asked, or something wider."""
    sites = tuple(site for part in rule.qualifiers if isinstance(part, Coded) and part.aspect == "site" for site in part.values)
    return case.facts.look(_naming, rule.concept, sites, rule.section == "allergies")


def _naming(facts: Facts, concept: Concept, sites: tuple[str, ...], of_allergies: bool) -> list[Denial]:
    denials = facts.denials
    if concept.linked:
        found = [*denials.of(concept.name), *(denial for site in sites for denial in denials.of_words(folded(f"{site} {concept.name}")))]
    else:
        found = [*denials.of_words(folded(concept.name)), *(denial for name in concept.within for denial in denials.of(name))]
    return [*found, *(denial for name in _ANY_ALLERGY for denial in denials.of(name))] if of_allergies else found


def _speaks(denial: Denial, rule: Had) -> bool:
    """An allergy denied is no drug denied; no hypersensitivity at all is none to a substance."""
    if denial.other and not rule.other:
        return False
    return denial.allergy is (rule.section == "allergies") or (rule.section == "allergies" and not set(_ANY_ALLERGY).isdisjoint(denial.concepts))


def _in_time(denial: Denial, rule: Had, case: Case) -> bool:
    """`never` answers every time, `absent` only what is asked as present; for a lifelong concept the two are one."""
    if denial.lasting or rule.when == "now":
        return True
    return rule.when in ("ever", "window") and rule.concept.linked and case.facts.kinship.marked(rule.concept.name, "lifelong")


def _covers(denial: Denial, rule: Had, case: Case) -> bool:
    """A denial of severe disease answers for severe disease only."""
    if denial.active and not _asks_active(denial, rule, case):
        return False
    if not denial.narrowing:
        return True
    words = set(folded(case.words(rule.span)))
    for qualifier in rule.qualifiers:
        if isinstance(qualifier, Judged):
            words.update(folded(qualifier.words))
        elif isinstance(qualifier, Coded):
            said = set(qualifier.values)
            if said & denial.narrowing and not said <= denial.narrowing:
                return False
            words |= said
    return all(word in words or set(word.split()) <= words for word in denial.narrowing)


def _asks_active(denial: Denial, rule: Had, case: Case) -> bool:
    """No active infection is no infection now, and no "active hepatitis"; whether there is a wart or a latent one it leaves open."""
    if rule.when != "now":
        return False
    words = folded(case.words(rule.span))
    said = any(case.facts.namer.wordings.leading("CURRENT", words[at:]) for at in range(len(words)))
    return said or (rule.concept.name in denial.concepts if rule.concept.linked else folded(rule.concept.name) == denial.words)
