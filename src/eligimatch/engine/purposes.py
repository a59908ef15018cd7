"""Purposes: what a treatment was given for, how it was meant, how it ended, and whether it is investigational."""

from __future__ import annotations

from collections.abc import Iterable

from eligimatch.engine.case import YES, Case, Said, unsaid
from eligimatch.engine.kinship import CANCER, METASTASIS, STUDY_DISEASE
from eligimatch.engine.listing import Listed
from eligimatch.engine.names import CONDITIONS
from eligimatch.model.concept import Concept
from eligimatch.model.profile import Treatment
from eligimatch.model.words import folded

_RESPONSES = {"pd": "progression", "progressive disease": "progression", "progression": "progression", "disease progression": "progression",
    "complete response": "cr", "complete remission": "cr", "partial response": "pr", "partial remission": "pr", "stable disease": "sd",
}  # fmt: skip
_BEST = frozenset({"cr", "pr", "sd"})
"""Best responses: how the treatment ended tells nothing of them."""
_INTOLERANCE = frozenset({"toxicity", "intolerance", "adverse event", "side effect", "adverse effect", "adverse reaction", "side effects"})
_CONTRARY_INTENTS = {
    "palliative": frozenset({"adjuvant", "neoadjuvant", "curative", "perioperative"}),
    "adjuvant": frozenset({"neoadjuvant", "palliative"}),
    "neoadjuvant": frozenset({"adjuvant", "palliative"}),
    "curative": frozenset({"palliative"}),
    "maintenance": frozenset({"neoadjuvant"}),
    "prophylaxis": frozenset({"palliative", "curative", "adjuvant", "neoadjuvant"}),
}
_FAR = frozenset({"metastatic", "recurrent", "relapsed", "unresectable", "advanced"})


def purpose(concept: Concept, item: Listed, case: Case) -> Said:
    """Whether the treatment was given for a condition, its kinds or its class."""
    said = item.item.purpose if isinstance(item.item, Treatment) else None
    if said is None:
        return unsaid(item, "purpose")
    named = case.facts.namer.link(said, CONDITIONS).concepts
    if concept.name == STUDY_DISEASE:
        asked: tuple[str, ...] = case.study
    else:
        asked = (concept.name,) if concept.linked else concept.within
        if folded(said) == folded(concept.name):
            return YES
    return _for(named, asked, item, case, exactly=concept.linked or concept.name == STUDY_DISEASE)


def _for(named: tuple[str, ...], asked: tuple[str, ...], item: Listed, case: Case, *, exactly: bool) -> Said:
    kinship = case.facts.kinship
    if not named or not asked:
        return unsaid(item, "purpose")
    if any(kinship.fact(one, "any") for one in asked):
        return YES  # "for metastatic disease": for one, whatever else is said of it
    if any(kinship.is_a(one, other) for one in named for other in asked):
        return YES if exactly else unsaid(item, "purpose")
    if any(kinship.is_a(other, one) for one in named for other in asked):
        return unsaid(item, "purpose")
    if any(kinship.is_a(one, METASTASIS) for one in (*named, *asked)) and all(kinship.is_a(one, CANCER) for one in (*named, *asked)):
        return unsaid(item, "purpose")
    return Said(False, f"{item.label} was for {', '.join(named)}")


def treats(condition: Listed, treatment: Listed, case: Case) -> Said:
    """Whether a listed treatment was given for a listed condition."""
    said = treatment.item.purpose if isinstance(treatment.item, Treatment) else None
    if said is None:
        return unsaid(treatment, "purpose")
    kinship = case.facts.kinship
    name = case.facts.namer.link(said, CONDITIONS)
    if name.words == condition.name.words or any(kinship.related(one, own) for one in name.concepts for own in condition.own):
        return YES
    return _for(name.concepts, condition.own, treatment, case, exactly=True)


def for_what_else(item: Listed, case: Case) -> bool:
    """Whether a drug against cancer may have been given for another disease: one of its other uses is listed, or no cancer is."""
    uses = case.facts.kinship.other_uses(item.own)
    return bool(uses) and (not _lists(CANCER, case) or any(_lists(disease, case) for disease in uses))


def _lists(disease: str, case: Case) -> bool:
    """Whether a disease is listed; what a value tells is none of the list."""
    return any(item.evidence.section == "conditions" for item in case.facts.of_kind(disease))


def intent(values: tuple[str, ...], item: Listed, case: Case) -> Said:
    """Whether the treatment was meant as one of the asked: said of it, or of what it was for."""
    if not isinstance(item.item, Treatment):
        return unsaid(item, "intent")
    said = " ".join(folded(item.item.intent)) if item.item.intent else next(iter(item.name.of("INTENT")), "")
    if not said and item.item.purpose:
        said = _setting(item.item.purpose, case)
    if not said:
        return unsaid(item, "intent")
    given = {case.facts.namer.wordings.meaning("INTENT", tuple(said.split())) or said}
    if given & set(values) or ("curative" in values and given & {"adjuvant", "neoadjuvant"}):
        return YES
    if all(_CONTRARY_INTENTS.get(value, frozenset()) & given for value in values):
        return Said(False, f"{item.label} was {said}")
    return unsaid(item, "intent")


def _setting(purpose_text: str, case: Case) -> str:
    """A treatment for metastatic disease is palliative; one for early disease is not."""
    courses = set(case.facts.namer.link(purpose_text, CONDITIONS).of("COURSE"))
    return "palliative" if courses & _FAR else "curative" if "early" in courses else ""


def outcome(values: Iterable[str], item: Listed) -> Said:
    """How the treatment ended: what was asked, another reason, or not said."""
    if not isinstance(item.item, Treatment):
        return unsaid(item, "outcome")
    asked = {_result(value) for value in values}
    said = {_result(text) for text in (item.item.best_response, item.item.ended_for) if text}
    if asked & said:
        return YES
    if item.item.ended_for and not asked <= _BEST:
        return Said(False, f"{item.label} ended for {item.item.ended_for}")
    if item.item.best_response and asked <= _BEST:
        return Said(False, f"best response to {item.label}: {item.item.best_response}")
    return unsaid(item, "outcome")


def _result(text: str) -> str:
    plain = " ".join(text.lower().split())
    if plain in _RESPONSES:
        return _RESPONSES[plain]
    if "progress" in plain:
        return "progression"
    return "intolerance" if plain in _INTOLERANCE or "toxic" in plain or "intoleran" in plain else plain


def investigational(asked: bool, item: Listed, case: Case) -> Said:
    """Said of the item, or else false for a drug that the vocabulary knows as marketed."""
    if not isinstance(item.item, Treatment):
        return Said(not asked, f"{item.label} is no investigational drug")
    said = item.item.investigational
    kinship = case.facts.kinship
    if said is None and item.own:
        drugs = [kinship.single_drug(own) for own in item.own]
        no_drug = all(kinship.vocabulary[own].kind != "treatment" for own in item.own)
        if no_drug or all(drug is not None and drug.facts.get("marketed", True) for drug in drugs):
            said = False
    if said is None:
        return Said(None, f"not said whether {item.label} is investigational", f"whether {item.label} is investigational")
    return Said(said is asked, f"{item.label} is {'' if said else 'not '}investigational")
