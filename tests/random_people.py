"""Random people as profiles hold them, judged on 2026-03-02; dates and values lie on and beside the limits that rules ask about."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from random_rules import maybe, some
from vocabulary_slice import (
    AGO,
    CONDITIONS,
    COURSES,
    DENIED,
    EVENTS,
    GIVEN,
    NUMBERS,
    OPERATIONS,
    PERSON,
    PROCEDURES,
    PURPOSES,
    RESULTS,
    ROUTES,
    SAID,
    STAGES,
    SUBSTANCES,
    TODAY,
    TOPICS,
    Number,
    relatives,
)

from eligimatch.model.rule import Had, Is, Judged, Measure, Requiring, Rule, Statement, leaves

Profile = dict[str, Any]
Item = dict[str, Any]


class Concern(NamedTuple):
    """What rules ask about, so that people have something to say to it."""

    names: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    facts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    limits: tuple[float, ...] = ()


def concern(*rules: Rule) -> Concern:
    """The names, analytes, results and topics of rules, with those near them."""
    parts = [part for given in rules for part in leaves(given)]
    asked = [part for part in parts if isinstance(part, Had)]
    asked += [quality.treatment for part in asked for quality in part.qualifiers if isinstance(quality, Requiring)]
    names = [name for part in asked for name in (part.concept.name, part.concept.name, *relatives(part.concept.name))]
    measured = {part.analyte.name for part in parts if isinstance(part, Measure)}
    topics = [part.topic for part in parts if isinstance(part, Statement)]
    judged = [quality.words for part in asked for quality in part.qualifiers if isinstance(quality, Judged)]
    results = [name for part in parts if isinstance(part, Is) and part.concept for name in (part.fact, *relatives(part.fact)) if name in RESULTS]
    ends = [end for part in parts if isinstance(part, Measure) for end in (part.interval.low, part.interval.high) if end is not None]
    numbers = tuple(number for number in NUMBERS if not measured.isdisjoint((number.name, *relatives(number.name))))
    return Concern(tuple(names), numbers, tuple(results), (*topics, *judged), tuple(ends))


def person(random: Random, about: Concern | None = None) -> Profile:
    """A person, mostly with what is asked about: little or much known, in part dates, provisional, refuted, planned, or at odds with itself."""
    about = about or Concern()
    many = random.choice((1, 2, 3, 5))
    made: Profile = {"id": "P-0001"}
    sections: tuple[tuple[str, Callable[[Random, Concern], Any]], ...] = (
        ("conditions", _listed_condition), ("treatments", _listed_treatment), ("observations", _observation), ("biomarkers", _biomarker),
        ("procedures", _listed_procedure), ("allergies", _listed_allergy), ("absent", _denied), ("never", _denied),
    )  # fmt: skip
    shares = (0.75, 0.7, 0.75, 0.4, 0.35, 0.3, 0.25, 0.3)
    for (section, make), share in zip(sections, shares, strict=True):
        if maybe(random, share):
            made[section] = [make(random, about) for _ in range(random.randint(1, many))]
    made |= _who(random)
    made["complete"] = [section for section in ("conditions", "treatments", "procedures", "allergies") if maybe(random, 0.4)]
    if about.words or maybe(random, 0.3):
        made["statements"] = {random.choice((*about.words, *about.words, *TOPICS)): random.choice(("yes", "no")) for _ in range(random.randint(0, 3))}
    return made


def _who(random: Random) -> Profile:
    told: Profile = {}
    if maybe(random, 0.7):
        told["sex"] = random.choice(("female", "male"))
    if maybe(random, 0.5):
        told["birth_date"] = random.choice(("2008-03-02", "2008-03-03", "1961-03-02", "1961-03", "1951", "1950-12-31", "1990-06-15"))
    if maybe(random, 0.4):
        told["age"] = random.choice((17, 18, 64, 65, 75, 76, 35))
    if maybe(random, 0.5):
        told["reproductive"] = {fact: maybe(random, 0.5) for fact in PERSON[:-1] if maybe(random, 0.4)}
    if maybe(random, 0.5):
        told["planned"] = {event: day(random, -random.choice((-2, 0, 1, 3, 14))) for event in some(random, EVENTS[2:], 2)}
    if maybe(random, 0.3):
        told["groups"] = {random.choice(("phase", "cohort", "arm")): random.choice(("1b", "2", "A", "Phase 1b"))}
    return told


def day(random: Random, ago: int | None = None) -> str:
    """A day so long ago, sometimes only its month or year."""
    on = TODAY - timedelta(days=random.choice(AGO) if ago is None else ago)
    return random.choice((*[on.isoformat()] * 8, on.isoformat()[:7], on.isoformat()[:4]))


def _span(random: Random, first: str, last: str) -> Item:
    """A start and an end in order, as far as they are said."""
    late, early = sorted((random.choice(AGO), random.choice(AGO)))
    span: Item = {}
    if maybe(random, 0.75):
        span[first] = day(random, early)
    if maybe(random, 0.45):
        start, end = span.get(first, ""), day(random, late)
        span[last] = end if _ends_after(start, end) else (TODAY - timedelta(days=late)).isoformat()
    return span


def _ends_after(start: str, end: str) -> bool:
    """Whether two dates, in part or whole, stand in order on every day that they may mean."""
    year, month, *_ = (*(int(part) for part in end.split("-")), 12)
    last = end if len(end) == len("2026-03-02") else f"{year:04}-{month:02}-{monthrange(year, month)[1]:02}"
    return start <= last


def _named(random: Random, about: Concern, other: Sequence[str]) -> str:
    return random.choice(about.names) if about.names and maybe(random, 0.7) else random.choice(other)


def _staged(random: Random, name: str) -> str:
    """Now and then a name that tells its stage."""
    if not maybe(random, 0.15):
        return name
    stage = random.choice(STAGES)
    shapes = ("stage {} {}", "{1}, stage {0}", "{1}, NYHA {0}", "T2N1M0 {1}", "recurrent stage {} {}")
    return random.choice(shapes).format(stage, name)


def _some_of(random: Random, shares: dict[str, tuple[float, Callable[[], Any]]]) -> Item:
    return {key: make() for key, (share, make) in shares.items() if maybe(random, share)}


def _listed_condition(random: Random, about: Concern) -> Item:
    return {
        "name": _staged(random, _named(random, about, SAID)),
        **_span(random, "onset", "abatement"),
        **_some_of(random, {
            "status": (0.3, lambda: random.choice(("active", "recurrence", "relapse", "inactive", "remission", "resolved"))),
            "verification": (0.15, lambda: random.choice(("provisional", "refuted", "confirmed"))),
            "severity": (0.2, lambda: random.choice(("mild", "moderate", "severe"))),
            "grade": (0.2, lambda: random.randint(1, 4)),
            "evidence": (0.25, lambda: list(some(random, ("histology", "cytology", "imaging"), 2))),
            "course": (0.3, lambda: list(some(random, COURSES, 2))),
            "stage": (0.25, lambda: [{"system": random.choice(("AJCC 8", "NYHA", "VALG")), "value": random.choice((*STAGES, "T2N1M0", "limited"))}]),
            "side": (0.1, lambda: random.choice(("left", "right", "bilateral"))),
            "site": (0.1, lambda: random.choice(("lung", "brain", "liver"))),
        }),
    }  # fmt: skip


def _listed_treatment(random: Random, about: Concern) -> Item:
    return {
        "name": _named(random, about, GIVEN),
        **_span(random, "start", "end"),
        **_some_of(random, {
            "status": (0.4, lambda: random.choice(("ongoing", "completed", "planned"))),
            "line": (0.2, lambda: random.randint(1, 3)),
            "intent": (0.2, lambda: random.choice(("curative", "adjuvant", "palliative"))),
            "for": (0.35, lambda: random.choice((*PURPOSES, *(name for name in about.names if name in CONDITIONS)))),
            "best_response": (0.15, lambda: random.choice(("CR", "PR", "PD"))),
            "ended_for": (0.2, lambda: random.choice(("progression", "toxicity", "completion"))),
            "investigational": (0.15, lambda: random.choice(("yes", "no"))),
            "route": (0.2, lambda: random.choice(ROUTES)),
        }),
        **({"dose": random.choice((4, 5, 10, 20, 40)), "unit": random.choice(("mg/day", "mg"))} if maybe(random, 0.25) else {}),
    }  # fmt: skip


def _listed_procedure(random: Random, about: Concern) -> Item:
    return {"name": _named(random, about, (*PROCEDURES, *OPERATIONS)), **({"date": day(random)} if maybe(random, 0.75) else {})}


def _listed_allergy(random: Random, about: Concern) -> Item:
    told = _some_of(random, {
        "severity": (0.3, lambda: random.choice(("mild", "severe"))),
        "reaction": (0.3, lambda: random.choice(("anaphylaxis", "rash"))),
        "date": (0.4, lambda: day(random)),
    })  # fmt: skip
    return {"substance": _named(random, about, SUBSTANCES), **told}


def _observation(random: Random, about: Concern) -> Item:
    if maybe(random, 0.1):
        name = random.choice(("HBsAg", "smoking status"))
        return {"name": name, "value": random.choice(RESULTS[name][1]), "date": day(random)}
    number = random.choice(about.numbers) if about.numbers and maybe(random, 0.8) else random.choice(NUMBERS)
    while not number.said:
        number = random.choice(NUMBERS)
    unit, factor = random.choice(number.units)
    ends = (*number.limits, *(about.limits if number in about.numbers else ()))
    value: float | str = float(f"{random.choice(ends) * factor * random.choice((1, 1, 0.8, 0.99, 1.01, 1.25, 2)):.6g}")
    if maybe(random, 0.1):
        value = f"{random.choice(('<', '>', '≤', '>='))}{value:.12g}"
    told: Item = {"name": random.choice(number.said), "value": value, "unit": unit, "date": day(random) if maybe(random, 0.85) else None}
    if number.reference:
        low, high = number.reference
        told |= _some_of(random, {"uln": (0.6, lambda: round(high * factor, 6)), "lln": (0.6, lambda: round(low * factor, 6))})
    if "glucose" in number.name and maybe(random, 0.6):
        told["fasting"] = random.choice(("yes", "no"))
    if maybe(random, 0.03):
        told["site"] = random.choice(("finger", "arm"))
    if "acuity" in number.name:
        told |= _some_of(random, {"side": (0.8, lambda: random.choice(("left", "right", "bilateral")))})
    return {key: said for key, said in told.items() if said is not None}


def _biomarker(random: Random, about: Concern) -> Item:
    name = random.choice(about.facts) if about.facts and maybe(random, 0.7) else random.choice(tuple(RESULTS))
    told: Item = {"name": name, **({"date": day(random)} if maybe(random, 0.7) else {})}
    if name == "EGFR L858R":
        return {**told, "name": "EGFR", "variant": "L858R", "result": random.choice(("mutated", "negative"))}
    results = ("mutated", "wild-type", "positive", "negative", "amplified", "low", "high")
    return told | ({"result": random.choice(results)} if maybe(random, 0.9) else {})


def _denied(random: Random, about: Concern) -> str:
    return _named(random, about, DENIED)
