"""Qualifiers: what one listed item says to each quality that a criterion asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil, floor
from typing import assert_never

from eligimatch.engine.case import YES, Case, Said, unsaid
from eligimatch.engine.courses import course
from eligimatch.engine.doses import dose
from eligimatch.engine.grades import grade_of
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.listing import Listed
from eligimatch.engine.purposes import intent, investigational, outcome, purpose
from eligimatch.engine.readings import Reading
from eligimatch.engine.routes import route
from eligimatch.engine.stages import among, comparable, edition, family, parts
from eligimatch.engine.times import event_day, shifted
from eligimatch.model.profile import Allergy, Condition, Stage, Treatment
from eligimatch.model.quantity import Interval, point
from eligimatch.model.rule import Coded, Lasting, Meeting, Purpose, Ranged, Staged
from eligimatch.model.verdict import Truth
from eligimatch.model.words import folded

_SEVERITIES = {"mild": (1, 1), "moderate": (2, 2), "severe": (3, 5)}

_BY_WEIGHT = "obesity"
"""CTCAE v5.0 grades it 3 from a body mass index of 30 on, which nobody calls severe."""
_ORGANS = frozenset(
    "brain,eye,thyroid gland,lung,heart,breast,esophagus,stomach,colon,rectum,liver,pancreas,spleen,kidney,urinary bladder,prostate,uterus,ovary"
    .split(",")
)  # fmt: skip
"""None of them is a part of another."""

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
            return intent(asked.values, item, case)
        case "route":
            return route(asked.values, item, case)
        case "side":
            return _side(asked.values, item)
        case "site":
            return _site(asked.values, item, case)
        case "outcome":
            return outcome(asked.values, item)
        case "reaction":
            return _reaction(asked.values, item, case)
        case "verification":
            return YES if item.provisional else Said(False, f"{item.label} is confirmed")
        case "investigational":
            return investigational("true" in asked.values, item, case)
        case _:
            assert_never(asked.aspect)


def _evidence(values: Iterable[str], item: Listed) -> Said:
    said = (*(item.item.evidence if isinstance(item.item, Condition) else ()), *item.name.of("EVIDENCE"))
    if set(said) & set(values):
        return YES
    return Said(False, f"evidence of {item.label}: {', '.join(said)}") if said else unsaid(item, "evidence")


# --- severity and grade ----------------------------------------------------------------------------------------------------------------


def _severity(values: Iterable[str], item: Listed, case: Case) -> Said:
    ranges = [_SEVERITIES[value] for value in values if value in _SEVERITIES]
    if not ranges:
        return unsaid(item, "severity")
    asked = Interval(low=min(low for low, _ in ranges), high=max(high for _, high in ranges))
    said = _grade(item, case)
    by_weight = isinstance(item.item, Condition) and item.item.grade is None and item.item.severity is None and _BY_WEIGHT in item.own
    if said is None or by_weight:
        return unsaid(item, "severity")
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
        return unsaid(item, asked.aspect)
    return Said(asked.interval.decide(said), f"{item.label} is of {asked.aspect} {said.low or 0:g}", f"{asked.aspect} of {item.label}")


# --- stage -----------------------------------------------------------------------------------------------------------------------------


def _staged(asked: Staged, item: Listed, case: Case) -> Said:
    if asked.system in ("T", "N", "M"):
        values = [v for stage in _stages(item) for v in parts(stage.value).get(asked.system, ())]
    else:
        values = [stage.value for stage in _stages(item) if not parts(stage.value) and _one_system(stage.system, asked.system, case)]
        values += [value for value, _ in scored(asked.system, case)]
    if not values:
        return unsaid(item, f"{asked.system or 'stage'} {'stage' if asked.system in ('T', 'N', 'M') else ''}".strip())
    answers = {among(value, asked.values) for value in values}
    truth = answers.pop() if len(answers) == 1 else None
    label = asked.system if asked.system in ("T", "N", "M") else "stage "
    return Said(truth, f"{item.label} is {label}{' and '.join(values)}", f"exact stage of {item.label}" if truth is None else "")


def _stages(item: Listed) -> tuple[Stage, ...]:
    return item.item.stage if isinstance(item.item, Condition) else ()


def _one_system(listed: str, asked: str, case: Case) -> bool:
    """Whether two names are of one staging system: by their words, or as the vocabulary knows them."""
    if comparable(listed, asked):
        return True
    ours, theirs = (case.facts.namer.measured(name, ("stage", "score")).concepts for name in (listed, asked))
    return bool(set(ours) & set(theirs)) and not (family(asked) == "" or edition(asked))


def scored(system: str, case: Case) -> list[tuple[str, Reading]]:
    """A class that is listed as an observation, or that its score tells: NYHA III, the A5 of a Child-Pugh score of 5."""
    if not family(system):
        return []
    facts, concepts = case.facts, case.facts.namer.measured(system, ("stage", "score")).concepts
    found = [(_as_written(reading), reading) for concept in concepts for reading in facts.readings_of(concept)]
    tables = {score: (concept, table) for concept in concepts for score, table in tables_of(concept, facts.kinship).items()}
    found += [(value, reading) for score, where in tables.items() for reading in facts.readings_of(score) if (value := _told(reading, *where, case))]
    observed = [one for one in found if one[1].evidence.section == "observations"]
    latest = max(observed, key=lambda one: one[1].date.last if one[1].date else facts.as_of, default=None)
    return [] if latest is None else [latest]


def tables_of(concept: str, kinship: Kinship) -> dict[str, dict[str, list[float]]]:
    """The scores whose numbers tell a class, each with the numbers of each value."""
    equals = kinship.fact(concept, "equals")
    return equals if isinstance(equals, dict) else {}


def _as_written(reading: Reading) -> str:
    return f"{reading.value:g}" if isinstance(reading.value, float) else reading.value


def _told(reading: Reading, concept: str, table: dict[str, list[float]], case: Case) -> str:
    """The value that the number of a score tells; none where it lies in no interval."""
    if not isinstance(reading.value, float):
        return ""
    value = next((value for value, (low, high) in table.items() if low <= reading.value <= high), "")
    exact = f"{value}{reading.value:g}"
    known = case.facts.kinship.fact(concept, "values")
    return exact if value and isinstance(known, list) and exact in known else value


# --- places, times, reactions ------------------------------------------------------------------------------------------------------------


def _side(values: Iterable[str], item: Listed) -> Said:
    asked = set(values)
    said: str | None = item.item.side or next(iter(item.name.of("SIDE")), None)
    if asked <= {"either"}:
        return YES
    if said is None:
        return unsaid(item, "side")
    both = said == "bilateral"
    wanted = {"bilateral"} if asked & {"each", "bilateral"} else asked
    return Said(said in wanted or (both and "bilateral" not in wanted), f"{item.label} is {said}")


def _site(values: Iterable[str], item: Listed, case: Case) -> Said:
    """Sites in the same words, or one within the other as the vocabulary has them; only whole organs shut each other out."""
    namer, kinship = case.facts.namer, case.facts.kinship
    said = item.item.site
    places = {*(namer.exact(said, ("site",)).concepts if said else ()), *item.name.sites}
    organs = {organ for place in places for organ in _ORGANS & kinship.ancestors(place)}
    apart = bool(places)
    for value in values:
        asked = namer.exact(value, ("site",)).concepts
        if (said and set(folded(value)) <= set(folded(said))) or any(kinship.is_a(place, other) for place in places for other in asked):
            return YES
        others = {organ for place in asked for organ in _ORGANS & kinship.ancestors(place)}
        apart = apart and bool(organs and others) and organs.isdisjoint(others)
    return Said(False, f"{item.label}: {said or ', '.join(places)}") if apart else unsaid(item, "site")


def _lasting(asked: Lasting, item: Listed, case: Case) -> Said:
    """From its start up to the event, as long as is asked; that it was stable so long is only refuted by a younger item."""
    days, assumption = event_day(asked.event, case.facts)
    truth = _began(item, days.first, asked)
    if truth and "stable" in item.courses:
        truth = None
    if truth is not None and asked.bound != "at least":
        truth = not truth
    if truth is None:
        return Said(None, f"not known since when {item.label}", f"start of {item.label}", assumption)
    return Said(truth, f"{item.label} {item.period}", assumption=assumption)


def _began(item: Listed, day: date, asked: Lasting) -> Truth:
    """Whether it began that long before a day; hours are known only as far as whole days tell them."""
    if asked.duration.unit != "hour":
        since = shifted(day, asked.duration, back=True)
        return item.period.began_by(since - timedelta(days=1) if asked.bound == "at most" else since)
    days = asked.duration.count / 24
    if item.period.began_by(day - timedelta(days=ceil(days) + 1)):
        return True
    return False if item.period.began_by(day - timedelta(days=floor(days))) is False else None


def _reaction(values: Iterable[str], item: Listed, case: Case) -> Said:
    said = item.item.reaction if isinstance(item.item, Allergy) else None
    if said is None:
        return unsaid(item, "reaction")
    namer, kinship = case.facts.namer, case.facts.kinship
    known = namer.link(said, ("condition",)).concepts
    for value in values:
        asked = namer.exact(value, ("condition",)).concepts
        if set(folded(value)) <= set(folded(said)) or any(kinship.is_a(one, other) for one in known for other in asked):
            return YES
    return Said(False, f"{item.label}: {said}")
