"""Asking: an open fact as a question in plain words, and the details to say with the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligimatch.model.question import OpenFact
from eligimatch.model.rule import Coded, Had, Is, Judged, Lasting, Measure, Meeting, Purpose, Qualifier, Ranged, Requiring, Rule, Staged, Statement

_PERSON = {
    "sex": "What is the patient's sex?", "pregnant": "Is the patient pregnant?", "breastfeeding": "Is the patient breastfeeding?",
    "childbearing_potential": "Is the patient of childbearing potential?",
    "contraception": "Does the patient use effective contraception, or agree to use it?", "postmenopausal": "Is the patient postmenopausal?",
    "volunteer": "Would the patient take part as a healthy volunteer?", "fertile": "Is the patient able to have children?",
    "group": "Which arm, cohort or part of the trial is meant for the patient?",
}  # fmt: skip
_CODED = {
    "course": "whether it is {values}", "evidence": "how it was confirmed", "severity": "how severe it is", "intent": "with what intent it was given",
    "route": "by which route it is given", "side": "which side", "site": "where", "outcome": "how it went", "reaction": "what the reaction was",
    "investigational": "whether it is investigational", "verification": "whether it is confirmed",
}  # fmt: skip
_RANGED = {"grade": "its grade (CTCAE)", "line": "in which line", "dose": "the dose"}
_TREATED = "how it was treated"
_COUNTED = frozenset(
    "abnormality abscess allergy aneurysm anomaly arrhythmia block component condition cyst defect deficiency disease disorder dysfunction event "
    "failure fistula fracture hemorrhage hernia infarction infection injury lesion malignancy mass metastasis neoplasm nodule obstruction polyp "
    "seizure shunt stenosis stroke syndrome thrombus transplant tumor ulcer wound".split()
)
"""Last words of names that take an article."""
_MISSING = (
    (r"not said whether (.+) was (.+)", r"whether \1 was \2"),
    (r"(?:the unit of )?(.+) is missing", r"the unit of \1"),
    (r"(ULN|LLN) of (.+) not given", r"the \1 of \2"),
    (r"(.+) cannot be converted to (.+)", r"\1 in \2"),
    (r"the date of (.+) does not say whether it counts", r"the exact date of \1"),
    (r"the reference range of (.+) is not given", r"the reference range of \1"),
    (r"(.+) is no number", r"\1 as a number"),
)
"""Why a listed value does not answer, as what would still have to be said."""
CONSENT = "informed consent"


def question(fact: OpenFact) -> str:
    """What to ask."""
    if not fact.asked:
        return f"{fact.fact[:1].upper()}{fact.fact[1:]}?"
    first = fact.asked[0]
    match first:
        case Measure():
            return "What is the patient's age, or birth date?" if first.analyte.name == "age" else f"What is the {fact.fact}?"
        case Is(concept=None):
            return _PERSON.get(first.fact, f"Is this so: {fact.fact}?")
        case Is():
            return f"What is the {fact.fact}?" if "status" in fact.fact or _measured(fact) else f"What is the result of {fact.fact}?"
        case Had():
            return _occurrence(fact, first)
        case Statement() if fact.fact == CONSENT:
            return "Has the patient given informed consent?"
        case Statement():
            return f"Does this hold: “{_ended(fact.fact)}”?"
        case _:
            return f"These words were not understood, does this hold: “{_ended(fact.fact)}”?"


def details(fact: OpenFact) -> tuple[str, ...]:
    """What to say with the answer, so that it settles what it can."""
    systems = dict.fromkeys(part.system for rule in fact.asked if isinstance(rule, Had) for part in rule.qualifiers if isinstance(part, Staged))
    named = [system for system in systems if system]
    stage = [f"its stage ({', '.join(named)})" if named else "its stage"] if systems else []
    return tuple(dict.fromkeys((*map(_to_say, fact.needed), *stage, *(said for rule in fact.asked for said in _details(rule) if said))))


def _ended(words: str) -> str:
    return words.rstrip(" ;.,:")


def _measured(fact: OpenFact) -> bool:
    return any(isinstance(rule, Measure) for rule in fact.asked)


# --- occurrences -----------------------------------------------------------------------------------------------------------------------


def _occurrence(fact: OpenFact, first: Had) -> str:
    """In the time that is asked: planned, now, at some time, or now and at some time."""
    times = {rule.when for rule in fact.asked if isinstance(rule, Had)}
    earlier = bool(times - {"now", "planned"})
    if times == {"planned"}:
        return f"Is {fact.fact.removeprefix('planned ')} planned?"
    if _only_words(first):
        return f"Is this true of the patient: “{_ended(_judged(first) or fact.fact)}”?"
    if first.section == "allergies":
        return f"Is the patient allergic to {fact.fact.removeprefix('allergy to ')}?"
    if first.section == "procedures" or first.concept.kind in ("procedure", "operation"):
        return f"Has the patient had {_any(fact.fact)}?"
    if first.section == "treatments":
        return f"Has the patient ever received {_any(fact.fact)}?" if earlier else f"Is the patient receiving {_any(fact.fact)}?"
    if earlier and "now" not in times:
        return f"Is there a history of {fact.fact}?"
    return f"Does the patient have {_article(fact.fact)}{', or a history of it' if earlier else ''}?"


def _only_words(rule: Had) -> bool:
    """Whether no vocabulary says that it is a disease or a finding."""
    return rule.section == "conditions" and not (rule.concept.linked or rule.concept.within)


def _judged(rule: Had) -> str:
    return next((part.words for part in rule.qualifiers if isinstance(part, Judged)), "")


def _any(name: str) -> str:
    """A class of treatments stands for each of its members."""
    return name if name[:1].isupper() or any(letter.isdigit() for letter in name) else f"any {name}"


def _article(name: str) -> str:
    head = name.split(" other than ", maxsplit=1)[0]
    if head != name:
        return f"any {name}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if name.rsplit(maxsplit=1)[-1] in _COUNTED else name


# --- details -----------------------------------------------------------------------------------------------------------------------------


def _to_say(missing: str) -> str:
    for pattern, replaced in _MISSING:
        if match := re.fullmatch(pattern, missing):
            return match.expand(replaced)
    return missing


def _details(rule: Rule) -> Iterator[str]:
    if isinstance(rule, Measure):
        if rule.per != "unit":
            yield f"its {'upper' if rule.per == 'uln' else 'lower'} limit of normal"
        if rule.normal:
            yield "its reference range"
    if not isinstance(rule, Had):
        return
    if rule.window is not None:
        yield "when"
    if rule.count is not None:
        yield "how many"
    for qualifier in rule.qualifiers:
        if not (isinstance(qualifier, Judged) and _only_words(rule)):
            yield _detail(qualifier)


def _detail(qualifier: Qualifier) -> str:
    match qualifier:
        case Coded():
            return _CODED[qualifier.aspect].format(values=" or ".join(qualifier.values))
        case Ranged():
            return _RANGED[qualifier.aspect]
        case Staged():
            return ""
        case Purpose():
            return "what it was for"
        case Requiring():
            return _TREATED
        case Lasting():
            return "since when"
        case Judged():
            return f"whether “{qualifier.words}” is true of it"
        case Meeting():
            return f"whether it meets {qualifier.criteria}"
