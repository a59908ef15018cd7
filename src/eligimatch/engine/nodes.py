"""Nodes: a rule for one person, every node by Kleene's logic, with reasons, evidence and what is missing."""

from __future__ import annotations

from typing import assert_never

from eligimatch.engine.case import Case
from eligimatch.engine.coded import coded
from eligimatch.engine.facts import Facts
from eligimatch.engine.measures import measure
from eligimatch.engine.occurrences import had
from eligimatch.engine.outcome import AT_ODDS, Outcome, denied, joined, opposed
from eligimatch.engine.statements import answered, stated
from eligimatch.model.finding import Trace
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, Statement, Unparsed
from eligimatch.model.verdict import agreed, all_of, any_of, at_least


def evaluate(rule: Rule, case: Case) -> Outcome:
    """The truth of a rule for a case."""
    match rule:
        case AllOf():
            return joined([evaluate(part, case) for part in rule.rules], all_of)
        case AnyOf():
            return joined([evaluate(part, case) for part in rule.rules], any_of)
        case AtLeast():
            return joined([evaluate(part, case) for part in rule.rules], lambda truths: at_least(rule.count, truths))
        case Not():
            return denied(evaluate(rule.rule, case._replace(demanded=not case.demanded)))
        case Ambiguous():
            return _ambiguous(rule, case)
        case Measure() | Is() | Had() | Statement() | Unparsed():
            return _leaf(rule, case)
        case _:
            assert_never(rule)


def _ambiguous(rule: Ambiguous, case: Case) -> Outcome:
    """Decided where all readings agree."""
    readings = [evaluate(reading, case) for reading in rule.readings]
    outcome = joined(readings, agreed)
    if outcome.truth is not None or all(reading.truth is None for reading in readings):
        return outcome
    at_odds = (fact for fact in outcome.missing if fact.startswith(AT_ODDS))
    return outcome._replace(reason=f"the words can be read in more than one way: {outcome.reason}", missing=("which reading is meant", *at_odds))


def _leaf(rule: Measure | Is | Had | Statement | Unparsed, case: Case) -> Outcome:
    """A leaf of a criterion, which several readings of its words may share."""
    return case.facts.look(_told, rule, case.study, case.text, case.demanded)


def _told(facts: Facts, rule: Measure | Is | Had | Statement | Unparsed, study: tuple[str, ...], text: str, demanded: bool) -> Outcome:
    case = Case(facts, study, text, demanded)
    outcome = by_facts(rule, case)
    if isinstance(rule, (Measure, Had)) or (isinstance(rule, Is) and rule.concept is not None):
        outcome = _by_statement(rule, outcome, case)
    return outcome._replace(trace=(Trace(rule.span, outcome.truth, outcome.reason),))


def by_facts(rule: Measure | Is | Had | Statement | Unparsed, case: Case) -> Outcome:
    """A leaf by what is known, before a statement in its own words is heard."""
    match rule:
        case Measure():
            return measure(rule, case)
        case Is():
            return coded(rule, case)
        case Had():
            return _had(rule, case)
        case Statement():
            return stated(rule, case)
        case Unparsed():
            return Outcome(None, f"not understood: {rule.text}", missing=(rule.text,))
        case _:
            assert_never(rule)


def _had(rule: Had, case: Case) -> Outcome:
    """An example named under a judged concept is true where it is there; all are false where the concept itself is."""
    outcome = had(rule, case)
    if not rule.examples or outcome.truth:
        return outcome
    examples = [evaluate(example, case) for example in rule.examples]
    proved = [example for example in examples if example.truth]
    if outcome.truth is False:
        if not proved:
            return outcome
        return opposed(proved[0], outcome)
    return proved[0] if proved else joined([outcome, *examples], any_of)


def _by_statement(rule: Measure | Had | Is, outcome: Outcome, case: Case) -> Outcome:
    """What no fact decides, a statement in the criterion's own words may; where facts say otherwise, both are named."""
    words = case.words(rule.span)
    if not words or not case.facts.profile.statements:
        return outcome
    answer = answered(words, case, event=True)
    if answer.truth is None or not any(place.section == "statements" for place in answer.evidence):
        return outcome
    told = Outcome(answer.truth, answer.reason, answer.evidence)
    return told if outcome.truth is None else outcome if outcome.truth is answer.truth else opposed(outcome, told)
