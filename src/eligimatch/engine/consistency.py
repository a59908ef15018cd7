"""Consistency: a compiled trial into remarks on criteria that contradict each other, or of which one asks what another asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from typing import NamedTuple

from eligimatch.engine.facts import Language
from eligimatch.engine.implication import Implication
from eligimatch.engine.normal import ends, normal
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.remark import Check, Remark
from eligimatch.model.rule import AllOf, AnyOf, Had, Is, Measure, Not, Rule, Statement, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion


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
        title=f"no one can meet {first.id}" if itself else f"no one can meet both {first.id} and {second.id}",
        severity="warning",
        source=f"{trial.id} {second.id}",
        text=_words(second),
        span=other.span,
        label="leaves no room for the rest of it" if itself else f"against {first.id}: {_words(first, one.span)}",
        hint="see which of them the protocol means, and add a clarification",
    )


# --- what is asked twice -----------------------------------------------------------------------------------------------------------------


def _redundancies(trial: CompiledTrial, language: Language, implication: Implication) -> Iterator[Remark]:
    """Criteria that whoever meets another one meets; of two that ask the same, the later."""
    asked = [
        (criterion, normal(criterion.rule, language.kinship, denied=criterion.kind == "exclusion"))
        for criterion in trial.criteria
        if criterion.kind != "registry"
    ]
    told: set[str] = set()
    for (one, narrow), (other, wide) in permutations(((criterion, rule) for criterion, rule in asked if _asks(rule)), 2):
        if other.id in told or one.id in told or _subjects(narrow).isdisjoint(_subjects(wide)) or not implication.entails(narrow, wide, True):
            continue
        told.add(other.id)
        same = implication.entails(wide, narrow, True)
        yield Remark(check=Check.REDUNDANT, trial=trial.id, criteria=(one.id, other.id), diagnostic=_redundancy(trial, one, other, same=same))


def _redundancy(trial: CompiledTrial, one: Criterion, other: Criterion, *, same: bool) -> Diagnostic:
    return Diagnostic(
        title=f"{other.id} asks the same as {one.id}" if same else f"whoever meets {one.id} meets {other.id}",
        severity="note",
        source=f"{trial.id} {other.id}",
        text=_words(other),
        span=other.rule.span,
        label=f"{'as' if same else 'follows from'} {one.id}: {_words(one)}",
    )


def _asks(rule: Rule) -> bool:
    """Whether a rule can be met and failed."""
    return any(not isinstance(leaf, (AllOf, AnyOf)) for leaf in leaves(rule))


# --- demands -----------------------------------------------------------------------------------------------------------------------------


def _demands(criterion: Criterion, language: Language) -> Iterator[Demand]:
    for rule, denied in _parts(criterion.rule, denied=criterion.kind == "exclusion"):
        whole = normal(rule, language.kinship, denied=denied)
        for part in ends(whole, language.kinship):
            contrary = normal(Not(rule=part), language.kinship)
            yield Demand(criterion, rule.span, part, contrary, _subjects(part))


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
    return frozenset(_subject(leaf) for leaf in leaves(rule))


def _subject(leaf: Rule) -> str:
    """What a leaf speaks of: rules without a common subject imply nothing of each other."""
    match leaf:
        case Measure():
            return f"measure {leaf.analyte.name}"
        case Is():
            return f"is {leaf.fact}"
        case Had():
            return leaf.section
        case Statement() | Unparsed():
            return leaf.node
        case _:
            return ""


def _words(criterion: Criterion, span: Span | None = None) -> str:
    """The criterion's words, or some of them, on one line."""
    text = criterion.clarified or criterion.text
    return " ".join((text[span.start : span.end] if span else text).split()) if span else text.replace("\n", " ")
