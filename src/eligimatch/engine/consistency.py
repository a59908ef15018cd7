"""Consistency: a compiled trial into remarks on criteria that contradict each other, or of which one asks what another asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from textwrap import shorten
from typing import NamedTuple

from eligimatch.engine.facts import Language
from eligimatch.engine.implication import Implication
from eligimatch.engine.normal import ends, normal
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.remark import Check, Remark
from eligimatch.model.rule import AllOf, AnyOf, Had, Is, Measure, Not, Rule, Statement, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion

SHOWN = 90
"""Characters of another criterion that a remark repeats."""

_UNREAD = "unread"


class Demand(NamedTuple):
    """One thing that a criterion asks of everyone, and its contrary, as normal rules."""

    criterion: Criterion
    span: Span
    rule: Rule
    contrary: Rule
    subjects: frozenset[str]


def remarks(trial: CompiledTrial, language: Language) -> Iterator[Remark]:
    """Contradictions first, then what is asked twice."""
    implication = Implication(language.kinship)
    demands = [demand for criterion in trial.criteria for demand in _demands(criterion, language)]
    yield from _contradictions(trial, demands, implication)
    yield from _redundancies(trial, language, implication)


# --- contradictions ----------------------------------------------------------------------------------------------------------------------


def _contradictions(trial: CompiledTrial, demands: Sequence[Demand], implication: Implication) -> Iterator[Remark]:
    """Two demands of which each leaves no room for the other, once for each pair of criteria."""
    told: set[tuple[str, str]] = set()
    for one, other in combinations(demands, 2):
        pair = one.criterion.id, other.criterion.id
        if pair not in told and not one.subjects.isdisjoint(other.subjects) and implication.entails(one.rule, other.contrary, True):
            told.add(pair)
            yield Remark(check=Check.CONTRADICTION, trial=trial.id, criteria=tuple(dict.fromkeys(pair)), diagnostic=_contradiction(trial, one, other))


def _contradiction(trial: CompiledTrial, one: Demand, other: Demand) -> Diagnostic:
    first, second = one.criterion, other.criterion
    itself = first.id == second.id
    return Diagnostic(
        title=f"as it is read, no one can meet {first.id}" if itself else f"as they are read, no one can meet both {first.id} and {second.id}",
        severity="warning",
        source=f"{trial.id} {second.id}",
        text=_line(second),
        span=_marked(second, other.span),
        label=f"against {'its own' if itself else first.id}: {_words(first, one.span)}",
        hint="ask which of the two is meant; where the words mean something else than was read, add a clarification",
    )


# --- what is asked twice -----------------------------------------------------------------------------------------------------------------


def _redundancies(trial: CompiledTrial, language: Language, implication: Implication) -> Iterator[Remark]:
    """Criteria that whoever meets another one meets; of two that ask the same, the later."""
    bullets = [criterion for criterion in trial.criteria if criterion.kind != "registry"]
    asked = [(criterion, normal(criterion.rule, language.kinship, denied=criterion.kind == "exclusion")) for criterion in bullets]
    whole = [(criterion, rule, subjects) for criterion, rule in asked if (subjects := _subjects(rule))]
    told: set[str] = set()
    for (one, narrow, ours), (other, wide, theirs) in permutations(whole, 2):
        if told.isdisjoint((one.id, other.id)) and not ours.isdisjoint(theirs) and implication.entails(narrow, wide, True):
            told.add(other.id)
            same = implication.entails(wide, narrow, True)
            yield Remark(check=Check.REDUNDANT, trial=trial.id, criteria=(one.id, other.id), diagnostic=_redundancy(trial, one, other, same=same))


def _redundancy(trial: CompiledTrial, one: Criterion, other: Criterion, *, same: bool) -> Diagnostic:
    return Diagnostic(
        title=f"{other.id} asks the same as {one.id}" if same else f"whoever meets {one.id} meets {other.id}",
        severity="note",
        source=f"{trial.id} {other.id}",
        text=_line(other),
        span=_marked(other, other.rule.span),
        label=f"{one.id}: {_words(one, one.rule.span)}",
    )


# --- demands -----------------------------------------------------------------------------------------------------------------------------


def _demands(criterion: Criterion, language: Language) -> Iterator[Demand]:
    for rule, denied in _parts(criterion.rule, denied=criterion.kind == "exclusion"):
        whole = normal(rule, language.kinship, denied=denied)
        for part in ends(whole, language.kinship):
            subjects = _subjects(part) - {_UNREAD}
            if subjects:
                yield Demand(criterion, rule.span, part, normal(Not(rule=part), language.kinship), subjects)


def _parts(rule: Rule, *, denied: bool) -> Iterator[tuple[Rule, bool]]:
    """What must hold together, each with whether it is denied."""
    if isinstance(rule, Not):
        yield from _parts(rule.rule, denied=not denied)
    elif isinstance(rule, AnyOf if denied else AllOf):
        for part in rule.rules:
            yield from _parts(part, denied=denied)
    else:
        yield rule, denied


def _subjects(rule: Rule) -> frozenset[str]:
    """What the leaves speak of; none where nothing can be met or failed."""
    return frozenset(subject for leaf in leaves(rule) if (subject := _subject(leaf)))


def _subject(leaf: Rule) -> str:
    """What a leaf speaks of: rules without a common subject imply nothing of each other."""
    match leaf:
        case Measure():
            return f"measure {leaf.analyte.name}"
        case Is():
            return f"is {leaf.fact}"
        case Had():
            return leaf.section
        case Statement():
            return "statement"
        case Unparsed():
            return _UNREAD
        case _:
            return ""


def _text(criterion: Criterion) -> str:
    return criterion.clarified or criterion.text


def _line(criterion: Criterion) -> str:
    """The criterion's words on one line, each where it stood."""
    return _text(criterion).replace("\n", " ")


def _marked(criterion: Criterion, span: Span) -> Span:
    """The words of a rule; all, where its place is not known."""
    return span if span.end > span.start else Span(0, len(_text(criterion)))


def _words(criterion: Criterion, span: Span) -> str:
    """Some of a criterion's words, in short."""
    start, end = _marked(criterion, span)
    return shorten(_text(criterion)[start:end], SHOWN, placeholder=" …")
