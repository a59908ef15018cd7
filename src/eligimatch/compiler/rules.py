"""Rules: what the readers ask of rules and make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import is_
from typing import TYPE_CHECKING, Any

from eligimatch.model.quantity import Window
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Judged, Lasting, Measure, Not, Qualifier, Requiring, Rule, Unparsed, children
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.phrase import Phrase

_CONNECTIVES: dict[type, str] = {AllOf: "rules", AnyOf: "rules", AtLeast: "rules", Not: "rule", Ambiguous: "readings"}
"""The field that holds what a connective connects."""


def hads(rule: Rule) -> tuple[Had, ...]:
    """The Hads of which a rule is a list, none where it is anything else."""
    if isinstance(rule, Had):
        return (rule,)
    if isinstance(rule, (AnyOf, AllOf)) and rule.rules:
        found = [hads(member) for member in rule.rules]
        return tuple(had for group in found for had in group) if all(found) else ()
    if isinstance(rule, Ambiguous):
        return hads(rule.readings[0])
    return hads(rule.rule) if isinstance(rule, Not) else ()


def negated(rule: Rule) -> Rule:
    """The rule's denial, two denials undone."""
    return rule.rule if isinstance(rule, Not) else Not(rule=rule, span=rule.span)


def kept(text: str) -> Unparsed:
    """A whole text that was not understood."""
    return Unparsed(text=text, span=Span(0, len(text)))


def without(rule: Rule, phrase: Phrase) -> Rule:
    """None of it; of "no cardiomyopathy with an ejection fraction ≥ 45%" the number is denied with the disease, or asked beside its absence.

    "No X for at least 4 weeks with no Y" denies both.
    """
    denied = Not(rule=rule, span=rule.span)
    first, *others = rule.rules if isinstance(rule, AllOf) and rule.rules else (rule,)
    if not isinstance(rule, AllOf) or not isinstance(first, Had):
        return denied
    nor = any(word.type == "NOT" and word.text.lower().startswith("no") for word, _ in phrase.parts)
    if nor and first.window and all(isinstance(one, Not) for one in others):
        return AllOf(rules=(Not(rule=first, span=first.span), *others), span=rule.span)
    measured = any(word.type == "WITH" and part.comparisons for word, part in phrase.parts)
    numbers = tuple(one for one in rule.rules if isinstance(one, Measure) and one.analyte.linked) if measured else ()
    rest = tuple(one for one in rule.rules if one not in numbers)
    absent = Not(rule=rest[0] if len(rest) == 1 else rule.model_copy(update={"rules": rest}), span=rule.span)
    return Ambiguous(readings=(denied, AllOf(rules=(absent, *numbers), span=rule.span)), span=rule.span) if numbers else denied


def in_stage(rule: Rule, definition: Rule, span: Span) -> Rule:
    """The definition; of "uncontrolled heart failure defined as NYHA class III", the disease in that class."""
    if not isinstance(rule, Had) or not isinstance(definition, Had) or definition.concept.name != "disease" or not definition.qualifiers:
        return definition
    own = tuple(quality for quality in rule.qualifiers if not isinstance(quality, Judged))
    return rule.model_copy(update={"qualifiers": (*own, *definition.qualifiers), "span": span})


def within(rule: Rule, window: Window) -> Rule:
    """The same list of Hads, each in the window."""
    if isinstance(rule, Had):
        return rule.model_copy(update={"when": "window", "window": window})
    if isinstance(rule, (AnyOf, AllOf)):
        return rule.model_copy(update={"rules": tuple(within(member, window) for member in rule.rules)})
    if isinstance(rule, Ambiguous):
        return rule.model_copy(update={"readings": tuple(within(reading, window) for reading in rule.readings)})
    return Not(rule=within(rule.rule, window), span=rule.span) if isinstance(rule, Not) else rule


def measured_in(rule: Rule, window: Window) -> Rule:
    """The rule with each of its values taken in the window, save those that name a time of their own."""
    return _each_measure(rule, lambda measure: measure if measure.window else measure.model_copy(update={"window": window}))


def on_studied_side(rule: Rule) -> Rule:
    """The rule with each of its values taken on the side that is studied: "glaucoma in the study eye, defined as IOP > 25 mmHg"."""
    return _each_measure(rule, lambda measure: measure.model_copy(update={"sides": "study"}) if measure.sides == "whole" else measure)


def _each_measure(rule: Rule, changed: Callable[[Measure], Measure]) -> Rule:
    """The rule with each of its numbers changed, save ages."""
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            return rule.model_copy(update={"rules": tuple(_each_measure(member, changed) for member in rule.rules)})
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(_each_measure(reading, changed) for reading in rule.readings)})
        case Not():
            return rule.model_copy(update={"rule": _each_measure(rule.rule, changed)})
        case Measure() if rule.analyte.name != "age":
            return changed(rule)
        case _:
            return rule


def all_denied(rule: Rule) -> bool:
    """Whether each member of a list is a denial."""
    if isinstance(rule, Ambiguous):
        return all(map(all_denied, rule.readings))
    return all(map(all_denied, rule.rules)) if isinstance(rule, (AnyOf, AllOf)) else isinstance(rule, Not)


def denies(rule: Rule) -> bool:
    """Whether anything is denied in it."""
    return isinstance(rule, Not) or any(map(denies, children(rule)))


def unread(rule: Rule) -> bool:
    """Whether words of a rule were not understood."""
    if isinstance(rule, (AnyOf, AllOf)):
        return any(unread(member) for member in rule.rules)
    if isinstance(rule, Not):
        return unread(rule.rule)
    if isinstance(rule, Ambiguous):
        return any(unread(member) for member in rule.readings)
    return isinstance(rule, Unparsed)


def exactly(rule: Rule) -> Rule:
    """The rule of people told by one value of a scale: "an ECOG status of 2 is allowed" speaks of those who have 2."""
    if not isinstance(rule, Ambiguous) or not all(isinstance(reading, Measure) for reading in rule.readings):
        return rule
    first = rule.readings[0]
    if not isinstance(first, Measure) or first.analyte.kind != "score":
        return rule
    return first if first.interval.low is not None and first.interval.low == first.interval.high else rule


def changed(rule: Rule, changes: dict[str, Any]) -> Rule:
    """The rule with these fields of each of its leaves changed."""
    if not changes:
        return rule
    if isinstance(rule, (AnyOf, AllOf)):
        return rule.model_copy(update={"rules": tuple(changed(r, changes) for r in rule.rules)})
    if isinstance(rule, Ambiguous):
        return rule.model_copy(update={"readings": tuple(changed(r, changes) for r in rule.readings)})
    if isinstance(rule, Not):
        return rule.model_copy(update={"rule": changed(rule.rule, changes)})
    return rule.model_copy(update=changes)


def each_leaf(rule: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """The rule with another for each of its leaves; itself where none is another."""
    return each_member(rule, lambda member: each_leaf(member, change)) if connects(rule) else change(rule)


def connects(rule: Rule) -> bool:
    """Whether a rule is made of rules: no leaf."""
    return rule.__class__ in _CONNECTIVES


def each_member(rule: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """The connective with another for each rule directly beneath it; itself where none is another."""
    before = children(rule)
    after = tuple(map(change, before))
    if all(map(is_, before, after)):
        return rule
    return rule.model_copy(update={_CONNECTIVES[rule.__class__]: after[0] if isinstance(rule, Not) else after})


def each_demanded(rule: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """The rule with another for each part that it asks to be so: of a list or a reading each, of what is denied or counted none."""
    return each_member(rule, lambda member: each_demanded(member, change)) if isinstance(rule, (AllOf, AnyOf, Ambiguous)) else change(rule)


def each_reading(rule: Rule, change: Callable[..., Rule], *by: object) -> Rule:
    """The rule changed; of a number or an occurrence that is read in two ways, each reading."""
    if isinstance(rule, Ambiguous) and all(isinstance(reading, (Measure, Had)) for reading in rule.readings):
        return rule.model_copy(update={"readings": tuple(change(reading, *by) for reading in rule.readings)})
    return change(rule, *by)


def free_of(leaf: Rule) -> Rule:
    """ "must not have received X for at least 7 days": no X in those days."""
    lengths = [one for one in leaf.qualifiers if isinstance(one, Lasting)] if isinstance(leaf, Had) else []
    if not isinstance(leaf, Had) or leaf.section == "conditions" or leaf.window or [one.bound for one in lengths] != ["at least"]:
        return leaf
    window = Window(event=lengths[0].event, start=lengths[0].duration, start_open=True)
    rest = tuple(one for one in leaf.qualifiers if one not in lengths)
    return leaf.model_copy(update={"when": "window", "window": window, "qualifiers": rest})


def sparing(qualifier: Qualifier, given: tuple[Had, ...]) -> Qualifier:
    """What is required, save what is given beside it: "requiring systemic treatment; replacement therapy is allowed"."""
    if not isinstance(qualifier, Requiring) or qualifier.negated:
        return qualifier
    treatment = qualifier.treatment
    return qualifier.model_copy(update={"treatment": treatment.model_copy(update={"but_not": treatment.but_not + given})})


def or_never(rule: Rule) -> Rule:
    """ "X must have been completed 4 weeks before": whether who never had X meets it, readers differ."""
    had, lately = rule.rules if isinstance(rule, AllOf) and len(rule.rules) == 2 else (None, None)
    if not (isinstance(had, Had) and isinstance(lately, Not) and isinstance(lately.rule, Had)) or had.concept != lately.rule.concept:
        return rule
    return Ambiguous(readings=(rule, lately), span=rule.span)


def of_then(group: Rule, demand: Rule) -> Rule:
    """ "Patients with a history of X must have been treated and cured": the X that they had."""
    if not isinstance(group, Had) or group.when != "ever":
        return demand
    if isinstance(demand, (AllOf, AnyOf)):
        return demand.model_copy(update={"rules": tuple(of_then(group, rule) for rule in demand.rules)})
    told = isinstance(demand, Had) and demand.concept == group.concept and any(isinstance(part, (Judged, Requiring)) for part in demand.qualifiers)
    return demand.model_copy(update={"when": "ever"}) if told and isinstance(demand, Had) and demand.when == "now" else demand


def any_of(rules: tuple[Rule, ...], span: Span) -> Rule:
    """Any of some rules; of one, that one."""
    return rules[0] if len(rules) == 1 else AnyOf(rules=rules, span=span)


def any_given(rule: Rule) -> Rule:
    """ "for nitrosoureas and mitomycin, 6 weeks must have passed": for whoever had one of them."""
    given = isinstance(rule, AllOf) and len(rule.rules) > 1 and all(isinstance(one, Had) and one.section == "treatments" for one in rule.rules)
    return AnyOf(rules=rule.rules, span=rule.span) if given and isinstance(rule, AllOf) else rule


def shifted(rule: Rule, place: Callable[[int], int]) -> Rule:
    """The same rule with its spans moved to where its words stand in a longer text."""
    span = Span(place(rule.span.start), place(rule.span.end))
    changes: dict[str, object] = {"span": span}
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            changes["rules"] = _each(rule.rules, place)
        case Not():
            changes["rule"] = shifted(rule.rule, place)
        case Had():
            changes["but_not"] = _each(rule.but_not, place)
            changes["examples"] = _each(rule.examples, place)
        case _:
            if readings := getattr(rule, "readings", None):
                changes["readings"] = _each(readings, place)
    return rule.model_copy(update=changes)


def _each(rules: Iterable[Rule], place: Callable[[int], int]) -> tuple[Rule, ...]:
    return tuple(shifted(rule, place) for rule in rules)


def so_many(leaf: Rule) -> bool:
    """Whether more is told of courses of treatment than which they are."""
    more = isinstance(leaf, Had) and (not leaf.concept.linked or (leaf.section == "treatments" and (leaf.count or leaf.qualifiers)))
    return isinstance(leaf, Unparsed) or bool(more) or (isinstance(leaf, Measure) and not leaf.analyte.linked)


def of_same_number(condition: Rule, rule: Measure) -> bool:
    """Whether what looks like a condition holds another limit of the number itself."""
    own = isinstance(condition, Measure) and condition.analyte == rule.analyte
    return own or any(of_same_number(member, rule) for member in children(condition))
