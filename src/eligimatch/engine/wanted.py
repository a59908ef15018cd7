"""Wanted: the name of the fact that a leaf waits for, the same for leaves of all trials that one answer settles, and where it is found."""

from __future__ import annotations

import re
from typing import assert_never

from eligimatch.engine.case import Case
from eligimatch.engine.kinship import ANY_TREATMENT, COMORBIDITY, STUDY_DISEASE
from eligimatch.engine.phrasing import about_consent, content, links, question
from eligimatch.engine.times import extent
from eligimatch.model.concept import Concept
from eligimatch.model.question import Where
from eligimatch.model.rule import Had, Is, Measure, Statement, Unparsed

Leaf = Measure | Is | Had | Statement | Unparsed
CONSENT = "informed consent"
_RELATIVE = frozenset({STUDY_DISEASE, COMORBIDITY, ANY_TREATMENT})
"""What these are depends on the trial's own disease."""

# --- where facts are found ---------------------------------------------------------------------------------------------------------------

OF_PERSON: dict[str, tuple[Where, ...]] = {
    "sex": ("chart",), "pregnant": ("laboratory", "patient"), "breastfeeding": ("patient",), "childbearing_potential": ("patient", "chart"),
    "contraception": ("patient",), "postmenopausal": ("patient", "chart"), "volunteer": ("patient",), "fertile": ("patient", "chart"),
    "group": ("protocol",),
}  # fmt: skip
OF_SECTION: dict[str, tuple[Where, ...]] = {
    "conditions": ("chart", "patient"), "treatments": ("chart", "patient"), "procedures": ("chart",), "allergies": ("chart", "patient"),
}  # fmt: skip
OF_FILE: dict[str, tuple[Where, ...]] = {
    "body": ("chart",), "vital-sign": ("chart",), "cardiac-function": ("imaging", "chart"), "imaging-size": ("imaging",),
    "lung-function": ("chart",), "neuro-physiology": ("chart",), "eye": ("chart",), "csf-bone-marrow": ("pathology",), "imaging": ("imaging",),
    "diagnostic": ("chart",), "tumor-feature": ("imaging", "pathology"), "metastasis": ("imaging", "chart"),
}  # fmt: skip
"""By the file of the vocabulary that holds the concept."""
OF_KIND: dict[str, tuple[Where, ...]] = {"analyte": ("laboratory",), "score": ("chart",), "marker": ("pathology",), "stage": ("chart",)}
_JUDGES = re.compile(
    r"\b(?:investigators?|researchers?|physicians?|doctors?|clinicians?|sponsor|opinion|judge?d|judge?ment|in(?:appropriate)|(?:un)?suitab\w+|clinical\w*"
    r"|significan\w+|interfere\w*|jeopardi\w+|life expectancy|survival)\b",
    re.IGNORECASE,
)
"""Words of a statement that not the patient answers, but who treats."""


def where(rule: Leaf, case: Case) -> tuple[Where, ...]:
    """Where the fact is usually found, the likeliest place first."""
    match rule:
        case Statement():
            return ("investigator",) if _JUDGES.search(rule.topic) else ("patient",)
        case Unparsed():
            return ("protocol",)
        case Is():
            return OF_PERSON.get(rule.fact, ("chart",)) if rule.concept is None else _of_concept(rule.concept, case) or ("laboratory",)
        case Measure():
            return ("chart",) if rule.analyte.name == "age" else _of_concept(rule.analyte, case) or ("chart",)
        case Had():
            return _of_concept(rule.concept, case) or OF_SECTION[rule.section]
        case _:
            assert_never(rule)


def _of_concept(concept: Concept, case: Case) -> tuple[Where, ...]:
    entry = case.facts.kinship.vocabulary.get(concept.name) if concept.linked else None
    if entry is None:
        return ()
    file = entry.source.rpartition("/")[2].removesuffix(".yaml")
    return OF_FILE.get(file) or OF_KIND.get(entry.kind, ())


# --- what a fact is called -----------------------------------------------------------------------------------------------------------------


class Names:
    """Names facts; statements in other words for one thing are one fact, by the words of the first."""

    def __init__(self) -> None:
        self._topics: dict[object, str] = {}
        self._open: dict[str, str] = {}
        """Concepts that no vocabulary knows, as they were first written."""

    def of(self, rule: Leaf, case: Case, trial: str) -> str:
        """The fact that settles a leaf."""
        match rule:
            case Measure():
                return _measured(rule, case)
            case Is():
                return rule.fact.replace("_", " ") if rule.concept is None else f"{rule.concept.name}{_in_days(rule, case)}"
            case Had():
                named = rule.concept.name if rule.concept.linked else self._open.setdefault(rule.concept.name, case.named(rule))
                return _had(rule, named, case, trial)
            case Statement():
                return self._stated(rule)
            case Unparsed():
                return rule.text
            case _:
                assert_never(rule)

    def _stated(self, rule: Statement) -> str:
        asked = question(rule.topic)
        if about_consent(asked.words):
            return CONSENT
        key = (content(asked.words), links(asked.words), asked.words.count("not"), asked.modals) if asked else rule.topic
        return self._topics.setdefault(key, rule.topic)


def asks_yes(rule: Statement) -> bool:
    """Whether "yes" to a statement's question makes it true: "unable to" asks the opposite of "able to"."""
    return rule.positive and not question(rule.topic).reversed_


def _measured(rule: Measure, case: Case) -> str:
    fasting = "fasting " if rule.fasting and "fasting" not in rule.analyte.name else ""
    sides = "" if rule.sides == "whole" else " of both sides"
    which = {"latest": "", "any": "all values of ", "all": "all values of "}[rule.pick]
    return f"{which}{'change of ' if rule.change else ''}{fasting}{rule.analyte.name}{sides}{_in_days(rule, case)}"


def _in_days(rule: Measure | Is, case: Case) -> str:
    return f", {extent(rule.window, case.facts)}" if rule.window else ""


def _had(rule: Had, named: str, case: Case, trial: str) -> str:
    name = f"allergy to {named}" if rule.section == "allergies" else named
    planned = "planned " if rule.when == "planned" else ""
    disease = " or ".join(case.study) or f"the disease under study in {trial}"
    if rule.concept.name == ANY_TREATMENT:
        return f"{planned}treatment of {disease}"
    if rule.concept.name == STUDY_DISEASE and not rule.other:
        return disease
    if rule.other or rule.concept.name in _RELATIVE:
        return f"{planned}{name} other than {disease}" if rule.section == "conditions" else f"other {planned}{name}"
    return f"{planned}{name}"
