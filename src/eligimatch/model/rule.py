"""Rules: what a criterion asks, as a closed union. Rule names are those of grammar/criterion.lark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from eligimatch.model.base import Made
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.span import Span

NOWHERE = Span(0, 0)


class Node(Made):
    """What all rules share: the place of their words in the criterion's text."""

    span: Span = NOWHERE


# --- connectives -----------------------------------------------------------------------------------------------------


class AllOf(Node):
    """All hold (of none: true, as in a permission without a condition)."""

    node: Literal["all_of"] = "all_of"
    rules: tuple[Rule, ...]


class AnyOf(Node):
    """At least one holds."""

    node: Literal["any_of"] = "any_of"
    rules: tuple[Rule, ...]


class Not(Node):
    """It does not hold."""

    node: Literal["not"] = "not"
    rule: Rule


class AtLeast(Node):
    """At least `count` of them hold."""

    node: Literal["at_least"] = "at_least"
    count: int
    rules: tuple[Rule, ...]


class Ambiguous(Node):
    """Careful readers take the words in more than one way: decided only where all readings agree."""

    node: Literal["ambiguous"] = "ambiguous"
    readings: tuple[Rule, ...]


# --- leaves ----------------------------------------------------------------------------------------------------------


class Measure(Node):
    """A number lies in an interval: a lab value, vital sign, age, score, life expectancy, size.

    `unit` is the canonical unit of the analyte, to which `interval` was converted at compile time;
    `per` says that the interval counts multiples of the observation's own reference limit. `normal`
    asks for a value inside the reference range. `change` compares the values inside the window:
    the interval then bounds the change, in the unit or (`relative`) in percent of the first value.
    `sides` asks it of either side, of each, or of the one that is studied.
    """

    node: Literal["measure"] = "measure"
    analyte: Concept
    interval: Interval = Interval()
    unit: str | None = None
    per: Literal["unit", "uln", "lln"] = "unit"
    normal: bool = False
    window: Window | None = None
    pick: Literal["latest", "any", "all"] = "latest"
    fasting: bool = False
    sides: Literal["whole", "either", "each", "study"] = "whole"
    change: Literal["", "absolute", "relative"] = ""
    written: str = ""
    """The limits as the criterion writes them, where they were converted: `> 11.0 mmol/L`."""


class Is(Node):
    """A coded fact has one of the values.

    `fact` is a field of the person (`sex`, `pregnant`, `breastfeeding`, `childbearing_potential`,
    `contraception`, `postmenopausal`, `volunteer`), or `group`, or the concept of a qualitative
    observation (HBsAg, smoking status) or biomarker (EGFR).
    """

    node: Literal["is"] = "is"
    fact: str
    concept: Concept | None = None
    values: tuple[str, ...]
    window: Window | None = None
    pick: Literal["latest", "any"] = "latest"


class Had(Node):
    """A condition, treatment, operation, procedure or allergy: present, at any time, in a window, or planned.

    All `qualifiers` must be met by one listed item; `but_not` are the exceptions; with `count` the
    number of distinct courses (by line where given) lies in the interval.
    """

    node: Literal["had"] = "had"
    concept: Concept
    section: Literal["conditions", "treatments", "procedures", "allergies"] = "conditions"
    when: Literal["now", "ever", "window", "planned"] = "now"
    window: Window | None = None
    suspected: bool = False
    qualifiers: tuple[Qualifier, ...] = ()
    but_not: tuple[Had, ...] = ()
    examples: tuple[Rule, ...] = ()
    """Named under a concept that only a person can judge: true where one is, false where the concept itself is."""
    count: Interval | None = None
    other: bool = False
    """Other than the study's own disease."""
    study: bool = False
    """The study's own disease: one listed item alone of that disease settles a qualifier."""


class Statement(Node):
    """What only a person can say or judge. `topic` is the folded question in words, `positive` the answer asked."""

    node: Literal["statement"] = "statement"
    topic: str
    positive: bool = True


class Unparsed(Node):
    """Words that were not understood: always unknown, always shown."""

    node: Literal["unparsed"] = "unparsed"
    text: str


# --- qualifiers of Had: each is asked of one listed item -----------------------------------------------------------------


class Coded(Made):
    """The item's `aspect` is one of the values.

    Aspects: course, evidence, severity, intent, route, side, site, outcome (best_response or ended_for), reaction,
    investigational, status, adjunct words of the name.
    """

    ask: Literal["coded"] = "coded"
    aspect: Literal["course", "evidence", "severity", "intent", "route", "side", "site", "outcome", "reaction", "investigational", "verification"]
    values: tuple[str, ...]


class Ranged(Made):
    """The item's number lies in the interval: CTCAE grade, line, dose (mg/day of prednisone where `equivalent`)."""

    ask: Literal["ranged"] = "ranged"
    aspect: Literal["grade", "line", "dose"]
    interval: Interval
    unit: str = ""
    equivalent: bool = False


class Staged(Made):
    """The item's stage in the system is one of the values."""

    ask: Literal["staged"] = "staged"
    system: str
    values: tuple[str, ...]


class Purpose(Made):
    """The treatment was given for the concept (`study`: for the study's own disease)."""

    ask: Literal["purpose"] = "purpose"
    concept: Concept


class Requiring(Made):
    """The condition is or was treated as the rule says: a treatment listed `for` it."""

    ask: Literal["requiring"] = "requiring"
    treatment: Had
    negated: bool = False
    """The condition is untreated: no such treatment was given for it."""


class Lasting(Made):
    """The item has lasted, or been stable, at least this long at the event, or less long than this, or no longer."""

    ask: Literal["lasting"] = "lasting"
    duration: Duration
    bound: Literal["at least", "less than", "at most"] = "at least"
    event: str = "as_of"


class Judged(Made):
    """Words that only a person can judge ("clinically significant", "that would interfere with …")."""

    ask: Literal["judged"] = "judged"
    words: str
    known: bool = True
    """False where the words, read only as far as that they narrow the item, hold a name that the vocabulary does not know."""


class Meeting(Made):
    """The condition meets named criteria (IWCLL, WHO 2022): assumed of a confirmed one, and said so."""

    ask: Literal["meeting"] = "meeting"
    criteria: str


Qualifier = Annotated[Coded | Ranged | Staged | Purpose | Requiring | Lasting | Judged | Meeting, Field(discriminator="ask")]
Rule = Annotated[AllOf | AnyOf | Not | AtLeast | Ambiguous | Measure | Is | Had | Statement | Unparsed, Field(discriminator="node")]


_LEAVES = frozenset({Measure, Is, Had, Statement, Unparsed})


def children(rule: Rule) -> tuple[Rule, ...]:
    """The rules directly beneath a rule."""
    if rule.__class__ in _LEAVES:
        return ()
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            return rule.rules
        case Not():
            return (rule.rule,)
        case Ambiguous():
            return rule.readings
        case _:
            return ()


def leaves(rule: Rule) -> Iterator[Rule]:
    """The leaves of a rule, its exceptions included."""
    return iter(_gathered(rule, []))


def _gathered(rule: Rule, found: list[Rule]) -> list[Rule]:
    if listed := children(rule):
        for child in listed:
            _gathered(child, found)
        return found
    found.append(rule)
    if rule.__class__ is Had and (rule.but_not or rule.examples):
        for beneath in (*rule.but_not, *rule.examples):
            _gathered(beneath, found)
    return found
