"""A rule as a plain English sentence, in the wordings that the grammar reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

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
    children,
)
from eligimatch.report.amounts import count, duration, interval, window

_EVIDENCE = {"histology": "histologically confirmed", "cytology": "cytologically confirmed", "imaging": "radiologically confirmed",
             "clinical": "clinically confirmed", "laboratory": "laboratory confirmed"}  # fmt: skip
_SIDES = {"whole": "", "either": "in either eye", "each": "in each eye", "study": "in the study eye"}
_PEOPLE = {
    ("pregnant", "true"): "pregnant",
    ("pregnant", "false"): "not pregnant",
    ("breastfeeding", "true"): "breastfeeding",
    ("breastfeeding", "false"): "not breastfeeding",
    ("childbearing_potential", "true"): "woman of childbearing potential",
    ("childbearing_potential", "false"): "woman not of childbearing potential",
    ("contraception", "true"): "using contraception",
    ("contraception", "false"): "not using contraception",
    ("postmenopausal", "true"): "postmenopausal",
    ("postmenopausal", "false"): "premenopausal",
    ("volunteer", "true"): "healthy volunteer",
    ("volunteer", "false"): "not a healthy volunteer",
}
_NEGATIVE = re.compile(r"^.{0,30}?\b(?:un(?:able|willing)|in(?:ability|capable)|not|cannot|no|lack|refus|fail|declin)", re.IGNORECASE)
_OUTCOMES: dict[tuple[str, ...], str] = {
    ("PD", "progression"): "progressed on", ("toxicity", "intolerance"): "intolerant to", ("CR",): "complete response to",
    ("PR",): "partial response to", ("CR", "PR"): "complete or partial response to",
}  # fmt: skip
_ALTERED: dict[tuple[str, ...], str] = {("mutated", "positive"): " mutation", ("altered",): " alteration"}


def sentence(rule: Rule) -> str:
    """What a rule asks, in one line."""
    match rule:
        case AllOf():
            return _joined(rule.rules, "and") or "all patients are eligible"
        case AnyOf():
            return _joined(rule.rules, "or") or "no patients are eligible"
        case Not():
            return _not(rule.rule)
        case AtLeast():
            return f"at least {rule.count} of: {'; '.join(sentence(member) for member in rule.rules)}"
        case Ambiguous():
            return "either reading: " + "; ".join(f"({index}) {sentence(reading)}" for index, reading in enumerate(rule.readings, 1))
        case Measure():
            return _measure(rule)
        case Is():
            return _is(rule)
        case Had():
            return _had(rule)
        case Statement():
            return rule.topic if rule.positive or _NEGATIVE.search(rule.topic) else f"not: {rule.topic}"
        case Unparsed():
            return rule.text
        case _:
            assert_never(rule)


# --- connectives -----------------------------------------------------------------------------------------------------


def _joined(rules: Iterable[Rule], word: str) -> str:
    members = [_member(rule) for rule in rules]
    return _listed(members, word)


def _member(rule: Rule) -> str:
    """A list inside a list stands in parentheses, as does what has exceptions or examples: with what follows they would go on."""
    listed = len(children(rule)) > 1 or (isinstance(rule, Had) and bool(rule.but_not or rule.examples))
    none_of = isinstance(rule, Not) and isinstance(rule.rule, AnyOf) and _of_none(rule.rule)
    return f"({sentence(rule)})" if listed or none_of else sentence(rule)


def _listed(words: list[str], word: str) -> str:
    if len(words) < 3:
        return f" {word} ".join(words)
    return f"{', '.join(words[:-1])} {word} {words[-1]}"


def _of_none(rule: AnyOf) -> bool:
    """Whether "no A or B" says that there is none of them."""
    return all(isinstance(member, (Had, Not)) is isinstance(member, Had) for member in rule.rules)


def _not(rule: Rule) -> str:
    if isinstance(rule, AnyOf) and _of_none(rule):
        return f"no {_listed([sentence(member) for member in rule.rules], 'or')}"
    if isinstance(rule, Had):
        return f"no {sentence(rule)}"
    return f"not ({sentence(rule)})" if len(children(rule)) > 1 else f"not {sentence(rule)}"


# --- numbers and coded facts -----------------------------------------------------------------------------------------


def _measure(rule: Measure) -> str:
    name = rule.analyte.name
    if rule.fasting and "fasting" not in name:
        name = f"fasting {name}"
    said = _change(rule) if rule.change else _limits(rule)
    words = [f"change in {name}" if rule.change else name, said, _SIDES[rule.sides]]
    words.append({"latest": "", "any": "at any time", "all": "each time"}[rule.pick])
    words.append(window(rule.window) if rule.window else "")
    return " ".join(word for word in words if word)


def _limits(rule: Measure) -> str:
    if rule.normal:
        return "within normal limits"
    if rule.written:
        return rule.written.replace("≥", ">=").replace("≤", "<=")
    unit = {"unit": rule.unit or "", "uln": "x ULN", "lln": "x LLN"}[rule.per]
    return interval(rule.interval, unit)


def _change(rule: Measure) -> str:
    return interval(rule.interval, "%" if rule.change == "relative" else rule.unit or "")


def _is(rule: Is) -> str:
    if rule.concept is not None:
        said = _result(rule.concept.name, rule.values)
    elif rule.fact == "group":
        said = f"in {_listed(list(rule.values), 'or')}"
    else:
        said = _listed([_PEOPLE.get((rule.fact, value), value) for value in rule.values], "or")
    words = [said, "at any time" if rule.pick == "any" else "", window(rule.window) if rule.window else ""]
    return " ".join(word for word in words if word)


def _result(name: str, values: tuple[str, ...]) -> str:
    if values in _ALTERED:
        return name.removesuffix(_ALTERED[values]) + _ALTERED[values]
    return f"{name} {_listed(list(values), 'or')}"


# --- occurrences -----------------------------------------------------------------------------------------------------


def _had(rule: Had) -> str:
    before = [said for qualifier in rule.qualifiers if (said := _adjective(qualifier))]
    after = [said for qualifier in rule.qualifiers if (said := _clause(qualifier))]
    lines = f"{count(rule.count)} {'prior ' if rule.when == 'ever' else ''}lines of" if rule.count else ""
    words = [
        "" if rule.count else _time(rule), "suspected" if rule.suspected else "", lines, "other" if rule.other else "", *before, _name(rule), *after,
        window(rule.window) if rule.window else "", _examples(rule), _exceptions(rule),
    ]  # fmt: skip
    return " ".join(word for word in words if word)


def _name(rule: Had) -> str:
    name = rule.concept.name
    return f"allergy to {name}" if rule.section == "allergies" else name


def _time(rule: Had) -> str:
    match rule.when:
        case "now":
            return "current" if rule.section in ("treatments", "procedures") else ""
        case "ever" if any(isinstance(q, Coded) and q.values in _OUTCOMES for q in rule.qualifiers):
            return ""
        case "ever":
            return "prior" if rule.section in ("treatments", "procedures") else "" if rule.section == "allergies" else "history of"
        case "planned":
            return "planned"
        case "window":
            return ""


def _examples(rule: Had) -> str:
    return f"such as {_listed([_member(member) for member in rule.examples], 'or')}" if rule.examples else ""


def _exceptions(rule: Had) -> str:
    return f"except {_listed([sentence(member) for member in rule.but_not], 'or')}" if rule.but_not else ""


def _adjective(qualifier: Qualifier) -> str:
    """The qualifiers that stand before the noun."""
    match qualifier:
        case Coded(aspect="outcome"):
            return _OUTCOMES.get(qualifier.values, "")
        case Coded(aspect="evidence"):
            return _listed([_EVIDENCE.get(value, value) for value in qualifier.values], "or")
        case Coded(aspect="investigational"):
            return "investigational" if "true" in qualifier.values else "marketed"
        case Coded(aspect="course" | "severity" | "intent" | "route"):
            return _listed(list(qualifier.values), "or")
        case Requiring(negated=True):
            return "untreated" if _any_treatment(qualifier.treatment) else ""
        case _:
            return ""


def _clause(qualifier: Qualifier) -> str:
    """The qualifiers that stand after the noun."""
    match qualifier:
        case Coded():
            return _coded(qualifier)
        case Ranged():
            return _ranged(qualifier)
        case Staged():
            return " ".join(word for word in (qualifier.system, "stage", _listed(list(qualifier.values), "or")) if word)
        case Purpose():
            return f"for {qualifier.concept.name}"
        case Requiring():
            if qualifier.negated and _any_treatment(qualifier.treatment):
                return ""
            return f"requiring {'no ' if qualifier.negated else ''}{sentence(qualifier.treatment).removeprefix('current ')}"
        case Lasting():
            said = f"for {qualifier.bound} {duration(qualifier.duration)}"
            return said if qualifier.event == "as_of" else f"{said} before {qualifier.event}"
        case Judged():
            return f"(judged: {qualifier.words})"
        case Meeting():
            return f"per {qualifier.criteria}"
        case _:
            assert_never(qualifier)


def _any_treatment(rule: Had) -> bool:
    """Whether nothing is said of a treatment, so that to be without it is to be untreated."""
    narrowed = rule.qualifiers or rule.but_not or rule.window or rule.examples or rule.other
    return rule.concept.name in ("treatment", "anticancer therapy") and not narrowed


def _coded(qualifier: Coded) -> str:
    values = _listed(list(qualifier.values), "or")
    match qualifier.aspect:
        case "site":
            return f"of the {values}"
        case "side":
            return f"on the {values} side"
        case "reaction":
            return f"with {values}"
        case "outcome" if qualifier.values not in _OUTCOMES:
            return f"with {values} as outcome"
        case _:
            return ""


def _ranged(qualifier: Ranged) -> str:
    if qualifier.aspect == "dose":
        drug = " prednisone equivalent" if qualifier.equivalent else ""
        return f"{interval(qualifier.interval, qualifier.unit)}{drug}"
    return f"{qualifier.aspect} {interval(qualifier.interval)}"
