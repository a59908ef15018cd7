"""Random rules over the slice of the vocabulary, and rules near a rule. A seed gives the same again."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from vocabulary_slice import (
    CONDITIONS,
    COURSES,
    EVENTS,
    LENGTHS,
    NUMBERS,
    OPEN,
    OPERATIONS,
    PERSON,
    PROCEDURES,
    RESULTS,
    ROUTES,
    STAGES,
    SUBSTANCES,
    TOPICS,
    TREATMENTS,
    relatives,
)

from eligimatch.model.concept import Concept, Kind
from eligimatch.model.quantity import Interval, Window
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    AtLeast,
    Coded,
    Had,
    Is,
    Judged,
    Lasting,
    Measure,
    Meeting,
    Not,
    Purpose,
    Qualifier,
    Ranged,
    Requiring,
    Rule,
    Staged,
    Statement,
    Unparsed,
)

One = TypeVar("One")


def maybe(random: Random, share: float) -> bool:
    """True in that share of times."""
    return random.random() < share


def some(random: Random, listed: Sequence[One], most: int) -> tuple[One, ...]:
    """One to `most` of them."""
    return tuple(random.sample(listed, min(len(listed), random.randint(1, most))))


# --- rules -------------------------------------------------------------------------------------------------------------------------------


def concept(name: str, kind: Kind) -> Concept:
    """A concept of the slice, open where no vocabulary knows it."""
    if name in OPEN:
        return Concept(name=name, kind=kind, linked=False, within=OPEN[name][1])
    return Concept(name=name, kind=kind)


def window(random: Random) -> Window:
    """Days up to an event, more than that long ago, or around it."""
    event, length = random.choice(EVENTS), random.choice(LENGTHS)
    if maybe(random, 0.1):
        return Window(event=event, end=length)
    if maybe(random, 0.1):
        return Window(event=event, start=length, after=random.choice(LENGTHS))
    if maybe(random, 0.1):
        return Window(event=event, start=random.choice(LENGTHS), end=random.choice(LENGTHS[:3]))
    half_lives = 5.0 if maybe(random, 0.1) else None
    shorter = random.choice((True, False, None)) if half_lives else False
    return Window(event=event, start=length, start_open=maybe(random, 0.3), half_lives=half_lives, shorter=shorter)


def interval(random: Random, limits: Sequence[float]) -> Interval:
    """Above, below, between, or exactly."""
    low, high = sorted((random.choice(limits), random.choice(limits)))
    match random.randrange(5):
        case 0 | 1:
            return Interval(low=low, low_open=maybe(random, 0.5))
        case 2 | 3:
            return Interval(high=high, high_open=maybe(random, 0.5))
        case _:
            return Interval(low=low, high=high)


def measure(random: Random) -> Measure:
    """A number of the slice: in its unit, in its own limits of normal, normal, or changing."""
    number = random.choice(NUMBERS)
    asked = Concept(name=number.name, kind=number.kind)
    timed = window(random) if maybe(random, 0.35) and number.name != "age" else None
    pick = random.choice(("latest", "latest", "latest", "any", "all"))
    if number.reference and maybe(random, 0.25):
        per = random.choice(("uln", "uln", "lln"))
        return Measure(analyte=asked, interval=interval(random, (1, 1.5, 2.5, 3, 5)), per=per, window=timed, pick=pick)
    if number.reference and maybe(random, 0.1):
        return Measure(analyte=asked, normal=True, window=timed, pick=pick)
    if timed and maybe(random, 0.15):
        change = random.choice(("absolute", "relative"))
        return Measure(analyte=asked, interval=interval(random, (-5, 0, 5)), unit=number.unit, window=timed, change=change)
    sides = random.choice(("either", "each", "whole")) if "acuity" in number.name else "whole"
    unit = random.choice(("year", "month", "day")) if number.name == "age" and maybe(random, 0.2) else number.unit
    fasting = "glucose" in number.name and maybe(random, 0.3)
    limits = interval(random, number.limits)
    return Measure(analyte=asked, interval=limits, unit=unit, window=timed, pick=pick, sides=sides, fasting=fasting)


def coded(random: Random) -> Is:
    """A fact of the person, a group, or a result."""
    if maybe(random, 0.4):
        fact = random.choice(("sex", "sex", *PERSON, "group"))
        values = {"sex": ("female", "male"), "group": ("Phase 1b", "Cohort A", "Arm 2")}.get(fact, ("true", "false"))
        return Is(fact=fact, values=(random.choice(values),))
    name = random.choice(tuple(RESULTS))
    kind, values = RESULTS[name]
    timed = window(random) if maybe(random, 0.3) else None
    return Is(fact=name, concept=Concept(name=name, kind=kind), values=some(random, values, 2), window=timed, pick=random.choice(("latest", "any")))


def had(random: Random, *, deep: bool = True) -> Had:
    """An occurrence; `deep` ones have qualifiers and exceptions that are occurrences themselves."""
    section = random.choice(("conditions", "conditions", "conditions", "treatments", "treatments", "operations", "procedures", "allergies"))
    return {"conditions": _condition, "treatments": _treatment, "operations": _operation, "procedures": _procedure, "allergies": _allergy}[section](
        random, deep
    )


def _when(random: Random, share: float) -> dict[str, Any]:
    when = "window" if maybe(random, share) else random.choice(("now", "now", "ever", "ever", "planned") if maybe(random, 0.2) else ("now", "ever"))
    return {"when": when, "window": window(random) if when == "window" else None}


def _condition(random: Random, deep: bool) -> Had:
    name = random.choice((*CONDITIONS, "mucinous lymphoma", "quorx malady"))
    asked: list[Qualifier] = [_of_condition(random, name, deep=deep) for _ in range(random.choice((0, 0, 0, 1, 1, 2)))]
    judged = any(isinstance(part, Judged) for part in asked)
    examples = (Had(concept=concept(random.choice(CONDITIONS[:-3]), "condition")),) if judged and maybe(random, 0.6) else ()
    exceptions = tuple(_exception(random, CONDITIONS, "condition") for _ in range(random.choice((0, 0, 0, 1, 2)))) if deep else ()
    return Had(
        concept=concept(name, "condition"), **_when(random, 0.3), qualifiers=tuple(asked), but_not=exceptions, examples=examples,
        suspected=maybe(random, 0.1), other=maybe(random, 0.1), study=maybe(random, 0.1),
    )  # fmt: skip


def _of_condition(random: Random, name: str, *, deep: bool) -> Qualifier:
    match random.randrange(12):
        case 0 | 1:
            return Coded(aspect="course", values=some(random, COURSES, 3))
        case 2:
            return Coded(aspect="evidence", values=some(random, ("histology", "cytology", "imaging"), 2))
        case 3:
            return Coded(aspect="severity", values=some(random, ("mild", "moderate", "severe"), 2))
        case 4:
            return Coded(aspect=random.choice(("side", "site")), values=(random.choice(("left", "right", "bilateral", "lung", "brain")),))
        case 5 | 6:
            return Ranged(aspect="grade", interval=interval(random, (1, 2, 3, 4)))
        case 7:
            return Staged(system=random.choice(("", "AJCC 8", "NYHA")), values=some(random, STAGES, 3))
        case 8:
            return Lasting(duration=random.choice(LENGTHS), bound=random.choice(("at least", "less than", "at most")), event=random.choice(EVENTS))
        case 9 if deep:
            given = had(random, deep=False)
            while given.section != "treatments":
                given = had(random, deep=False)
            return Requiring(treatment=given, negated=maybe(random, 0.4))
        case 10:
            return Judged(words=f"clinically significant {name}", known=maybe(random, 0.7))
        case _:
            return Meeting(criteria="WHO 2022")


def _exception(random: Random, names: Sequence[str], kind: Kind) -> Had:
    section = "conditions" if kind == "condition" else "treatments"
    name, asked = random.choice(names), list[Qualifier]()
    if kind == "condition" and maybe(random, 0.2):
        asked.append(Coded(aspect="course", values=some(random, COURSES, 2)))
    if kind == "condition" and maybe(random, 0.1):
        asked.append(Judged(words=f"clinically significant {name}"))
    timed = {"when": "window", "window": window(random)} if maybe(random, 0.15) else {}
    return Had(concept=concept(name, kind), section=section, qualifiers=tuple(asked), **timed)


def _treatment(random: Random, deep: bool) -> Had:
    asked = [_of_treatment(random) for _ in range(random.choice((0, 0, 0, 1, 1, 2)))]
    exceptions = tuple(_exception(random, TREATMENTS, "treatment") for _ in range(random.choice((0, 0, 0, 1)))) if deep else ()
    count = interval(random, (0, 1, 2, 3)) if deep and maybe(random, 0.15) else None
    name = concept(random.choice((*TREATMENTS, "moonbeam therapy", "QX-4711")), "treatment")
    return Had(concept=name, section="treatments", **_when(random, 0.5), qualifiers=tuple(asked), but_not=exceptions, count=count)


def _of_treatment(random: Random) -> Qualifier:
    match random.randrange(7):
        case 0:
            return Coded(aspect="intent", values=some(random, ("curative", "adjuvant", "palliative"), 2))
        case 1:
            return Coded(aspect="route", values=some(random, ROUTES, 2))
        case 2:
            return Coded(aspect="outcome", values=some(random, ("progression", "intolerance", "CR"), 2))
        case 3:
            return Coded(aspect="investigational", values=(random.choice(("true", "false")),))
        case 4:
            return Ranged(aspect="dose", interval=interval(random, (5, 10, 20)), unit="mg/day", equivalent=maybe(random, 0.5))
        case 5:
            return Ranged(aspect="line", interval=interval(random, (1, 2, 3)))
        case _:
            return Purpose(concept=concept(random.choice(("breast cancer", "cancer", "study disease", "pneumonia", "quorx malady")), "condition"))


def _operation(random: Random, _deep: bool) -> Had:
    return Had(concept=concept(random.choice(OPERATIONS), "operation"), section=random.choice(("treatments", "procedures")), **_when(random, 0.5))


def _procedure(random: Random, _deep: bool) -> Had:
    return Had(concept=concept(random.choice(PROCEDURES), "procedure"), section="procedures", **_when(random, 0.6))


def _allergy(random: Random, _deep: bool) -> Had:
    asked = (Coded(aspect="severity", values=("severe",)),) if maybe(random, 0.3) else ()
    return Had(concept=concept(random.choice(SUBSTANCES), "substance"), section="allergies", when="ever", qualifiers=asked)


def leaf(random: Random) -> Rule:
    """One leaf: mostly occurrences and numbers."""
    match random.randrange(20):
        case 0:
            return Statement(topic=random.choice(TOPICS), positive=maybe(random, 0.7))
        case 1:
            return Unparsed(text=random.choice(("as the stars foretell", "in the moon's last quarter")))
        case kind if kind < 5:
            return coded(random)
        case kind if kind < 11:
            return measure(random)
        case _:
            return had(random)


def rule(random: Random, depth: int = 2) -> Rule:
    """A leaf, or connectives over rules."""
    if depth == 0 or maybe(random, 0.4):
        return leaf(random)
    if maybe(random, 0.25):
        return Not(rule=rule(random, depth - 1))
    parts = tuple(rule(random, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 2, 3, 3))))
    match random.randrange(8):
        case 0:
            return AtLeast(count=random.randint(1, 3), rules=parts)
        case 1 if parts:
            return Ambiguous(readings=parts)
        case kind:
            return AllOf(rules=parts) if kind % 2 else AnyOf(rules=parts)


# --- a rule near a rule ------------------------------------------------------------------------------------------------------------------


def near(random: Random, given: Rule) -> Rule:
    """The rule with one thing changed: a limit, a name, a time, a quality, an exception, a member."""
    match given:
        case AllOf() | AnyOf() | AtLeast() | Ambiguous():
            return _near_connective(random, given)
        case Not():
            return given.rule if maybe(random, 0.1) else given.model_copy(update={"rule": near(random, given.rule)})
        case Measure():
            return _near_measure(random, given)
        case Had():
            return _near_had(random, given)
        case Is():
            values = RESULTS[given.fact][1] if given.concept else ("female", "male") if given.fact == "sex" else ("true", "false")
            return given.model_copy(update={"values": some(random, values, 2)})
        case _:
            return leaf(random)


def _near_connective(random: Random, given: AllOf | AnyOf | AtLeast | Ambiguous) -> Rule:
    field = "readings" if isinstance(given, Ambiguous) else "rules"
    parts = list(given.readings if isinstance(given, Ambiguous) else given.rules)
    change = random.randrange(6)
    if change == 0 and parts:
        parts.pop(random.randrange(len(parts)))
    elif change == 1 or not parts:
        parts.append(rule(random, 0))
    elif change == 2:
        return (AnyOf if isinstance(given, AllOf) else AllOf)(rules=tuple(parts))
    else:
        at = random.randrange(len(parts))
        parts[at] = near(random, parts[at])
    return given.model_copy(update={field: tuple(parts)})


def _near_measure(random: Random, given: Measure) -> Measure:
    limits = given.interval
    ends = {end: getattr(limits, end) for end in ("low", "high") if getattr(limits, end) is not None}
    match random.randrange(7):
        case 0 | 1 | 2 if ends:
            end = random.choice(tuple(ends))
            moved = {end: ends[end] * random.choice((0.8, 1, 1.25)), f"{end}_open": maybe(random, 0.5)}
            return given.model_copy(update={"interval": limits.model_copy(update=moved)})
        case 3 if ends:
            return given.model_copy(update={"interval": limits.model_copy(update={random.choice(("low", "high")): None})})
        case 4:
            return given.model_copy(update={"window": _near_window(random, given.window)})
        case 5:
            others = [name for name in relatives(given.analyte.name) if any(name == number.name for number in NUMBERS)]
            return given.model_copy(update={"analyte": given.analyte.model_copy(update={"name": random.choice((*others, given.analyte.name))})})
        case _:
            changed = random.choice(("pick", "fasting", "sides"))
            value = {
                "pick": random.choice(("latest", "any", "all")),
                "fasting": not given.fasting,
                "sides": random.choice(("whole", "either", "each")),
            }
            return given.model_copy(update={changed: value[changed]})


def _near_window(random: Random, given: Window | None) -> Window | None:
    if given is None or maybe(random, 0.2):
        return None if given else window(random)
    changed = {
        "start": random.choice(LENGTHS),
        "start_open": not given.start_open,
        "event": random.choice(EVENTS),
        "end": random.choice((*LENGTHS[:3], None)),
    }
    key = random.choice(("start", "start", "start_open", "event", "end"))
    return given.model_copy(update={key: changed[key]})


def _near_had(random: Random, given: Had) -> Had:
    match random.randrange(9):
        case 0 | 1 | 2:
            names = (*relatives(given.concept.name), given.concept.name)
            return given.model_copy(update={"concept": concept(random.choice(names), given.concept.kind)})
        case 3:
            return given.model_copy(update={"window": _near_window(random, given.window) or window(random), "when": "window"})
        case 4:
            return given.model_copy(update={"when": random.choice(("now", "ever")), "window": None})
        case 5:
            return given.model_copy(update={"qualifiers": _near_qualifiers(random, given)})
        case 6 if given.section in ("conditions", "treatments"):
            exception = _exception(random, relatives(given.concept.name) or CONDITIONS, given.concept.kind)
            return given.model_copy(update={"but_not": random.choice(((*given.but_not, exception), given.but_not[1:]))})
        case 7 if given.count:
            return given.model_copy(update={"count": interval(random, (0, 1, 2, 3))})
        case _:
            flag = random.choice(("suspected", "other", "study"))
            return given.model_copy(update={flag: not getattr(given, flag)})


def _near_qualifiers(random: Random, given: Had) -> tuple[Qualifier, ...]:
    if given.qualifiers and maybe(random, 0.4):
        return given.qualifiers[1:]
    if given.qualifiers and maybe(random, 0.7):
        first = given.qualifiers[0]
        if isinstance(first, (Coded, Staged)):
            values = {"course": COURSES, "severity": ("mild", "moderate", "severe")}.get(first.aspect, ()) if isinstance(first, Coded) else STAGES
            return (first.model_copy(update={"values": tuple(dict.fromkeys((*first.values, *some(random, values, 2))))}), *given.qualifiers[1:])
        if isinstance(first, Ranged):
            return (first.model_copy(update={"interval": interval(random, (1, 2, 3, 5, 10))}), *given.qualifiers[1:])
        if isinstance(first, Lasting):
            return (first.model_copy(update={"duration": random.choice(LENGTHS)}), *given.qualifiers[1:])
    more = _of_treatment(random) if given.section == "treatments" else _of_condition(random, given.concept.name, deep=False)
    return (*given.qualifiers, more)
