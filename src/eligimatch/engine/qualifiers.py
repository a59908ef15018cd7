"""Qualifiers: what one listed item says to each quality that a criterion asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from eligimatch.engine.case import YES, Case, Said
from eligimatch.engine.courses import course
from eligimatch.engine.doses import dose
from eligimatch.engine.grades import grade_of
from eligimatch.engine.kinship import CANCER, METASTASIS, STUDY_DISEASE
from eligimatch.engine.listing import Listed
from eligimatch.engine.names import CONDITIONS
from eligimatch.engine.routes import route
from eligimatch.engine.stages import among, comparable, family, parts
from eligimatch.engine.times import event_day, shifted
from eligimatch.model.concept import Concept
from eligimatch.model.profile import Allergy, Condition, Stage, Treatment
from eligimatch.model.quantity import Interval, point
from eligimatch.model.rule import Coded, Lasting, Meeting, Purpose, Ranged, Staged
from eligimatch.model.words import folded

_SEVERITIES = {"mild": (1, 1), "moderate": (2, 2), "severe": (3, 5)}
_RESPONSES = {"pd": "progression", "progressive disease": "progression", "progression": "progression", "disease progression": "progression"}
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

ItemQualifier = Coded | Ranged | Staged | Purpose | Lasting | Meeting


def answer(qualifier: ItemQualifier, item: Listed, case: Case) -> Said:
    """What the item says to the qualifier."""
    match qualifier:
        case Coded():
            return _coded(qualifier, item, case)
        case Ranged():
            return _ranged(qualifier, item, case)
        case Staged():
            return _staged(qualifier, item, case)
        case Purpose():
            return purpose(qualifier.concept, item, case)
        case Lasting():
            return _lasting(qualifier, item, case)
        case Meeting():
            return Said(True, assumption=f"{item.label} meets {qualifier.criteria}")
        case _:
            assert_never(qualifier)


def _coded(asked: Coded, item: Listed, case: Case) -> Said:
    match asked.aspect:
        case "course":
            return course(asked.values, item, case)
        case "evidence":
            return _evidence(asked.values, item)
        case "severity":
            return _severity(asked.values, item, case)
        case "intent":
            return _intent(asked.values, item, case)
        case "route":
            return route(asked.values, item, case)
        case "side":
            return _side(asked.values, item)
        case "site":
            return _site(asked.values, item, case)
        case "outcome":
            return _outcome(asked.values, item)
        case "reaction":
            return _reaction(asked.values, item, case)
        case "investigational":
            return investigational("true" in asked.values, item, case)
        case _:
            assert_never(asked.aspect)


def _open(item: Listed, what: str) -> Said:
    return Said(None, f"{what} of {item.label} not said", f"{what} of {item.label}")


def _evidence(values: Iterable[str], item: Listed) -> Said:
    said = (*(item.item.evidence if isinstance(item.item, Condition) else ()), *item.name.of("EVIDENCE"))
    if set(said) & set(values):
        return YES
    return Said(False, f"evidence of {item.label}: {', '.join(said)}") if said else _open(item, "evidence")


# --- severity and grade ----------------------------------------------------------------------------------------------------------------


def _severity(values: Iterable[str], item: Listed, case: Case) -> Said:
    ranges = [_SEVERITIES[value] for value in values if value in _SEVERITIES]
    if not ranges:
        return _open(item, "severity")
    asked = Interval(low=min(low for low, _ in ranges), high=max(high for _, high in ranges))
    said = _grade(item, case)
    if said is None:
        return _open(item, "severity")
    truth = asked.decide(said)
    return Said(truth, f"{item.label} is of {_degree(item, said)}", f"severity of {item.label}" if truth is None else "")


def _grade(item: Listed, case: Case) -> Interval | None:
    """The CTCAE grade as an interval: from the grade, the severity, the reaction or a laboratory value."""
    given = item.item
    if isinstance(given, (Condition, Allergy)):
        if given.grade is not None:
            return point(given.grade)
        if given.severity is not None:
            low, high = _SEVERITIES[given.severity]
            return Interval(low=low, high=high)
    if isinstance(given, Allergy) and given.reaction and "anaphyla" in given.reaction.lower():
        return Interval(low=3, high=5)
    for word in item.name.of("SEVERITY"):
        if word in _SEVERITIES:
            return Interval(low=_SEVERITIES[word][0], high=_SEVERITIES[word][1])
    by_value = next((grade for own in item.own if (grade := grade_of(own, case.facts))), None)
    return by_value.interval if by_value else None


def _degree(item: Listed, said: Interval) -> str:
    given = item.item
    if isinstance(given, (Condition, Allergy)) and given.grade is None and given.severity is not None:
        return f"{given.severity} degree"
    return f"grade {said.low:g}" if said.low == said.high and said.low is not None else f"grade {said.low or 0:g} to {said.high or 5:g}"


def _ranged(asked: Ranged, item: Listed, case: Case) -> Said:
    if asked.aspect == "dose":
        return dose(asked, item, case)
    said: Interval | None
    if asked.aspect == "grade":
        said = _grade(item, case)
    else:
        said = point(item.item.line) if isinstance(item.item, Treatment) and item.item.line is not None else None
    if said is None:
        return _open(item, asked.aspect)
    return Said(asked.interval.decide(said), f"{item.label} is of {asked.aspect} {said.low or 0:g}", f"{asked.aspect} of {item.label}")


# --- stage -----------------------------------------------------------------------------------------------------------------------------


def _staged(asked: Staged, item: Listed, case: Case) -> Said:
    if asked.system in ("T", "N", "M"):
        values = [v for stage in _stages(item) for v in parts(stage.value).get(asked.system, ())]
    else:
        values = [stage.value for stage in _stages(item) if not parts(stage.value) and comparable(stage.system, asked.system)]
        values += _scored(asked.system, case)
    if not values:
        return _open(item, f"{asked.system or 'stage'} {'stage' if asked.system in ('T', 'N', 'M') else ''}".strip())
    answers = {among(value, asked.values) for value in values}
    truth = answers.pop() if len(answers) == 1 else None
    label = asked.system if asked.system in ("T", "N", "M") else "stage "
    return Said(truth, f"{item.label} is {label}{' and '.join(values)}", f"exact stage of {item.label}" if truth is None else "")


def _stages(item: Listed) -> tuple[Stage, ...]:
    return item.item.stage if isinstance(item.item, Condition) else ()


def _scored(system: str, case: Case) -> list[str]:
    """A class that is listed as an observation: NYHA."""
    if not family(system):
        return []
    concepts = case.facts.namer.measured(system, ("stage", "score")).concepts
    found = [reading for concept in concepts for reading in case.facts.readings_of(concept) if reading.evidence.section == "observations"]
    latest = max(found, key=lambda reading: reading.date.last if reading.date else case.facts.as_of, default=None)
    return [] if latest is None else [f"{latest.value:g}" if isinstance(latest.value, float) else latest.value]


# --- treatments ------------------------------------------------------------------------------------------------------------------------


def purpose(concept: Concept, item: Listed, case: Case) -> Said:
    """Whether the treatment was given for a condition, its kinds or its class."""
    said = item.item.purpose if isinstance(item.item, Treatment) else None
    if said is None:
        return _open(item, "purpose")
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
        return _open(item, "purpose")
    if any(kinship.is_a(one, other) for one in named for other in asked):
        return YES if exactly else _open(item, "purpose")
    if any(kinship.is_a(other, one) for one in named for other in asked):
        return _open(item, "purpose")
    if any(kinship.is_a(one, METASTASIS) for one in (*named, *asked)) and all(kinship.is_a(one, CANCER) for one in (*named, *asked)):
        return _open(item, "purpose")
    return Said(False, f"{item.label} was for {', '.join(named)}")


def treats(condition: Listed, treatment: Listed, case: Case) -> Said:
    """Whether a listed treatment was given for a listed condition."""
    said = treatment.item.purpose if isinstance(treatment.item, Treatment) else None
    if said is None:
        return _open(treatment, "purpose")
    kinship = case.facts.kinship
    name = case.facts.namer.link(said, CONDITIONS)
    if name.words == condition.name.words or any(kinship.related(one, own) for one in name.concepts for own in condition.own):
        return YES
    return _for(name.concepts, condition.own, treatment, case, exactly=True)


def _intent(values: tuple[str, ...], item: Listed, case: Case) -> Said:
    if not isinstance(item.item, Treatment):
        return _open(item, "intent")
    said = " ".join(folded(item.item.intent)) if item.item.intent else next(iter(item.name.of("INTENT")), "")
    if not said and item.item.purpose:
        said = _setting(item.item.purpose, case)
    if not said:
        return _open(item, "intent")
    given = {case.facts.namer.wordings.meaning("INTENT", tuple(said.split())) or said}
    if given & set(values) or ("curative" in values and given & {"adjuvant", "neoadjuvant"}):
        return YES
    if all(_CONTRARY_INTENTS.get(value, frozenset()) & given for value in values):
        return Said(False, f"{item.label} was {said}")
    return _open(item, "intent")


def _setting(purpose_text: str, case: Case) -> str:
    """A treatment for metastatic disease is palliative; one for early disease is not."""
    courses = set(case.facts.namer.link(purpose_text, CONDITIONS).of("COURSE"))
    return "palliative" if courses & _FAR else "curative" if "early" in courses else ""


def _outcome(values: Iterable[str], item: Listed) -> Said:
    """How the treatment ended: what was asked, another reason, or not said."""
    if not isinstance(item.item, Treatment):
        return _open(item, "outcome")
    asked = {_result(value) for value in values}
    said = {_result(text) for text in (item.item.best_response, item.item.ended_for) if text}
    if asked & said:
        return YES
    if item.item.ended_for:
        return Said(False, f"{item.label} ended for {item.item.ended_for}")
    if item.item.best_response and asked <= {"cr", "pr", "sd"}:
        return Said(False, f"best response to {item.label}: {item.item.best_response}")
    return _open(item, "outcome")


def _result(text: str) -> str:
    plain = " ".join(text.lower().split())
    if plain in _RESPONSES or "progress" in plain:
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


# --- places, times, reactions ------------------------------------------------------------------------------------------------------------


def _side(values: Iterable[str], item: Listed) -> Said:
    asked = set(values)
    said = item.item.side or next(iter(item.name.of("SIDE")), None)
    if asked <= {"either"}:
        return YES
    if said is None:
        return _open(item, "side")
    both = said == "bilateral"
    wanted = {"bilateral"} if asked & {"each", "bilateral"} else asked
    return Said(said in wanted or (both and "bilateral" not in wanted), f"{item.label} is {said}")


def _site(values: Iterable[str], item: Listed, case: Case) -> Said:
    """Sites in the same words, or one within the other as the vocabulary has them."""
    namer, kinship = case.facts.namer, case.facts.kinship
    said = item.item.site
    places = {*(namer.exact(said, ("site",)).concepts if said else ()), *item.name.sites}
    answers: list[bool | None] = []
    for value in values:
        asked = namer.exact(value, ("site",)).concepts
        if said and set(folded(value)) <= set(folded(said)):
            return YES
        if any(kinship.is_a(place, other) for place in places for other in asked):
            return YES
        apart = places and asked and not any(kinship.is_a(other, place) for place in places for other in asked)
        answers.append(False if apart else None)
    if answers and all(one is False for one in answers):
        return Said(False, f"{item.label}: {said or ', '.join(places)}")
    return _open(item, "site")


def _lasting(asked: Lasting, item: Listed, case: Case) -> Said:
    """From its start up to the event, at least as long; "stable for" is only refuted by a younger item."""
    days, assumption = event_day(asked.event, case.facts)
    since = shifted(days.first, asked.duration, back=True)
    truth = item.period.began_by(since)
    if truth and "stable" in item.courses:
        truth = None
    if truth is None:
        return Said(None, f"not known since when {item.label}", f"start of {item.label}", assumption)
    return Said(truth, f"{item.label} {item.period}", assumption=assumption)


def _reaction(values: Iterable[str], item: Listed, case: Case) -> Said:
    said = item.item.reaction if isinstance(item.item, Allergy) else None
    if said is None:
        return _open(item, "reaction")
    namer, kinship = case.facts.namer, case.facts.kinship
    known = namer.link(said, ("condition",)).concepts
    for value in values:
        asked = namer.exact(value, ("condition",)).concepts
        if set(folded(value)) <= set(folded(said)) or any(kinship.is_a(one, other) for one in known for other in asked):
            return YES
    return Said(False, f"{item.label}: {said}")
