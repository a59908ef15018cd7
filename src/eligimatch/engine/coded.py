"""Coded facts: sex and reproductive state, groups, qualitative results and biomarkers against the asked values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from eligimatch.engine.case import Case
from eligimatch.engine.facts import Facts
from eligimatch.engine.groups import member
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.outcome import Outcome, distinct, opposed, sentence, unknown
from eligimatch.engine.persons import person
from eligimatch.engine.results import compared, of_marker, of_word, told
from eligimatch.engine.times import Extent, extent
from eligimatch.model.concept import Concept
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Days
from eligimatch.model.rule import Is
from eligimatch.model.verdict import Truth, agreed, all_of, any_of
from eligimatch.model.words import folded


class Result(NamedTuple):
    """One result, as an answer to the rule."""

    evidence: Evidence
    label: str
    date: Days | None
    truth: Truth


def coded(rule: Is, case: Case) -> Outcome:
    """The rule for this person."""
    if rule.fact == "group":
        return member(rule.values, case)
    if rule.concept is None:
        return person(rule, case)
    rules = either(rule, case.facts.kinship)
    return _of_concept(rule, case) if len(rules) == 1 else _of_either(rules, case)


def either(rule: Is, kinship: Kinship) -> list[Is]:
    """A rule and those for each marker that its own speaks of: "hormone receptor positive"."""
    names = kinship.fact(rule.concept.name, "either") if rule.concept else None
    parts = names if isinstance(names, list) else []
    return [rule, *(rule.model_copy(update={"fact": name, "concept": Concept(name=name, kind="marker")}) for name in parts)]


def _of_either(rules: Sequence[Is], case: Case) -> Outcome:
    """Itself, or one of those it speaks of; negative: all of them."""
    rule = rules[0]
    own, *parts = (_of_concept(one, case) for one in rules)
    truth = (all_of if set(rule.values) == {"negative"} else any_of)(part.truth for part in parts)
    if truth is None:
        return own
    speaking = [part for part in parts if part.truth is truth]
    evidence = distinct(place for part in speaking for place in part.evidence)
    found = Outcome(truth, sentence(part.reason for part in speaking), evidence, assumptions=own.assumptions)
    return found if own.truth is None or own.truth is truth else opposed(found, own)


def _of_concept(rule: Is, case: Case) -> Outcome:
    """By the results that speak of the concept."""
    assert rule.concept is not None
    results = results_for(rule, case)
    days = extent(rule.window, case.facts) if rule.window else None
    counted = [result for result in results if days is None or _lies_in(result.date, days) is not False]
    notes = (days.assumption,) if days and days.assumption else ()
    if not counted:
        when = f" in {days}" if days else ""
        return unknown(f"no result of {rule.concept.name}{when}", f"{rule.concept.name}{when}")._replace(assumptions=notes)
    unsure = [result for result in counted if days is not None and _lies_in(result.date, days) is None]
    return _decided(rule, counted, unsure)._replace(assumptions=notes)


def _lies_in(day: Days | None, days: Extent) -> Truth:
    first, last = day or (date.min, date.max)
    inside = [stretch.first <= first and last <= stretch.last for stretch in days.stretches]
    if all(inside):
        return True
    return None if any(first <= stretch.last and last >= stretch.first for stretch in days.stretches) else False


def _decided(rule: Is, counted: Sequence[Result], unsure: Sequence[Result]) -> Outcome:
    assert rule.concept is not None
    if rule.pick == "any":
        speaking = list(counted)
        truth = any_of(result.truth for result in speaking)
    else:
        newest = max((result.date.first for result in counted if result.date), default=date.min)
        speaking = [result for result in counted if result.date is None or result.date.last >= newest]
        truth = agreed(result.truth for result in speaking)
    truth = None if unsure and truth is not None else truth
    reason = sentence(result.label for result in speaking)
    missing = (f"{rule.concept.name}: {' or '.join(rule.values)}",) if truth is None else ()
    return Outcome(truth, reason, distinct(result.evidence for result in speaking), missing)


# --- results ---------------------------------------------------------------------------------------------------------------------------


def results_for(rule: Is, case: Case) -> list[Result]:
    """The results that speak of the concept: its own, those of its kinds, and of what it is a kind of."""
    assert rule.concept is not None
    return case.facts.look(_results, rule.fact, rule.concept, rule.values)


def _results(facts: Facts, fact: str, concept: Concept, values: tuple[str, ...]) -> list[Result]:
    case, rule = Case(facts), Is(fact=fact, concept=concept, values=values)
    return [*_of_readings(rule, case), *_of_markers(rule, case)]


def _of_markers(rule: Is, case: Case) -> Iterator[Result]:
    assert rule.concept is not None
    for marked in case.facts.marked:
        truth = of_marker(rule, marked, case)
        if truth is not None or rule.concept.name in marked.kinds or marked.name.words == folded(rule.concept.name):
            said = " ".join(filter(None, (marked.item.name, marked.item.variant, marked.item.result)))
            label = said + (f" on {marked.item.date}" if marked.item.date else "")
            if marked.item.date is None or marked.item.date.first <= case.facts.as_of:
                yield Result(marked.evidence, label, marked.item.date, truth)


def _of_readings(rule: Is, case: Case) -> Iterator[Result]:
    assert rule.concept is not None
    name = rule.concept.name
    found = case.facts.readings_of(name) if rule.concept.linked else case.facts.readings_in_words(folded(name))
    for reading in found:
        if reading.evidence.section != "biomarkers":
            word = of_word(reading, case)
            truth = compared(rule.values, {word}) if word and told(word, case.facts.kinship.fact(name, "results")) else None
            yield Result(reading.evidence, str(reading), reading.date, truth)
