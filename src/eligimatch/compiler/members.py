"""What the members of a list have in common, which tells how they are joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import inf

from eligimatch.compiler.adjectives import ANY_TREATMENT
from eligimatch.compiler.marked import LACKING
from eligimatch.compiler.rules import each_leaf
from eligimatch.compiler.studies import ANY_CANCER
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Measure, Not, Purpose, Requiring, Rule, Statement, Unparsed, children
from eligimatch.model.vocabulary import Vocabulary


def apart_in_age(rules: list[Rule]) -> bool:
    """Whether each asks only for an age, and no age is asked for by two."""
    ranges = [_ages(rule) for rule in rules]
    known = sorted((low, high) for low, high in ranges if low is not None and high is not None)
    return len(known) == len(rules) > 1 and all(high <= low for (_, high), (low, _) in pairwise(known))


def apart_in_sex(rules: list[Rule]) -> bool:
    """Whether each asks something of people of one sex, no two of the same: "girls under 14 and boys under 16"."""
    sexes = [rule.rules[0] for rule in rules if isinstance(rule, AllOf) and len(rule.rules) > 1]
    values = [sex.values for sex in sexes if isinstance(sex, Is) and sex.fact == "sex"]
    return len(values) == len(rules) == len(set(values)) > 1


def either_age(rules: list[Rule]) -> Rule | None:
    """ "adults and minors with cancer": either age, and what is asked of both; None where no ages stand there of which no one has two."""
    ages = [rule.rules[0] if isinstance(rule, AllOf) and rule.rules else rule for rule in rules]
    *first, last = rules
    if not apart_in_age(ages):
        return None
    span = rules[0].span.cover(last.span)
    shared = last.rules[1:] if isinstance(last, AllOf) else ()
    if any(isinstance(rule, AllOf) for rule in first) or not shared or any(isinstance(one, Measure) for one in shared):
        return AnyOf(rules=tuple(rules), span=span)
    return AllOf(rules=(AnyOf(rules=tuple(ages), span=span), *shared), span=span)


def apart_in_number(rules: list[Rule]) -> bool:
    """ "Normal function: ≥ 90. Moderate impairment: 30 to 59.": limits of one number of which no one meets two."""
    meant = [rule.readings[0] if isinstance(rule, Ambiguous) else rule for rule in rules]  # "ECOG 2": 2, or at most 2
    limits = [leaf for rule in meant for leaf in (rule.rules if isinstance(rule, AllOf) else (rule,)) if isinstance(leaf, Measure)]
    if len(limits) < max(len(rules), 2) or len({(leaf.analyte, leaf.per, leaf.unit) for leaf in limits}) != 1:
        return False
    return all(one is other or _disjoint(one.interval, other.interval) for one in limits for other in limits)


def _disjoint(one: Interval, other: Interval) -> bool:
    ends = ((one.high, other.low), (other.high, one.low))
    return any(high is not None and low is not None and high < low for high, low in ends)


def _ages(rule: Rule) -> tuple[float | None, float | None]:
    """The youngest and the oldest age that a rule about age alone admits."""
    members = rule.rules if isinstance(rule, AllOf) and rule.rules else (rule,)
    leaves = [one for one in members if not (isinstance(one, AllOf) and not one.rules)]  # of anyone: "male or female"
    intervals = [leaf.interval for leaf in leaves if isinstance(leaf, Measure) and leaf.analyte.name == "age"]
    if len(intervals) < len(leaves):
        return None, None
    lows = [one.low for one in intervals if one.low is not None]
    highs = [one.high for one in intervals if one.high is not None]
    return max(lows, default=0), min(highs, default=inf)


def reason(rule: Rule) -> bool:
    """Whether a member of a list names what may keep someone out: one thing, or a choice of such."""
    if isinstance(rule, (AnyOf, Ambiguous)):
        return all(isinstance(one, Measure) for one in children(rule)) or all(map(reason, children(rule)))  # "SBP > 140 or < 100"
    if isinstance(rule, AllOf):
        named = any(isinstance(one, Had) for one in rule.rules)  # "HER2-positive cancer", "women with cancer"
        return named and all(isinstance(one, (Had, Is, Not, Measure)) for one in rule.rules)
    return isinstance(rule, (Had, Statement, Unparsed)) or (isinstance(rule, Is) and rule.concept is not None)


_ANEW = re.compile(r"(?:\band|,) (?:all |any |in )?(?:patients|subjects|participants|volunteers|individuals|persons|people|those)\b", re.IGNORECASE)
"""A list's next member begins with people, as its first one did."""


def reasons(rules: Sequence[Rule], text: str) -> bool:
    """Whether each member may keep someone out: an age does beside other people, "patients < 50 years, and patients with …"."""
    apart = [_ANEW.search(text[one.span.end : other.span.end]) is not None for one, other in pairwise(rules)]
    return all(reason(rule) or anew for rule, anew in zip(rules, [*apart, False], strict=True))


def of_disease(rule: Rule) -> bool:
    """Whether a rule asks a condition."""
    return isinstance(rule, Had) and rule.section == "conditions"


def state_denied(rule: Rule) -> bool:
    """ "non-pregnant": what is not so of a person, where "premenopausal" names some people."""
    return isinstance(rule, Is) and rule.fact in ("pregnant", "breastfeeding") and rule.values == ("false",)


def lacks(rule: Rule) -> bool:
    """ "KRAS/BRAF wild-type": neither is altered."""
    return isinstance(rule, Is) and bool(rule.values) and LACKING.issuperset(rule.values)


def one_limit(rules: Sequence[Rule]) -> bool:
    """ "ALT or AST ≤ 2.5 × ULN": one upper limit for two analytes may mean either, or both."""
    limits = {tuple((measure.interval, measure.per) for measure in _measures(rule)) for rule in rules}
    spans = {rule.span for rule in rules}
    analytes = [{measure.analyte.name for measure in _measures(rule)} for rule in rules]
    if len(limits) != 1 or len(spans) != 1 or any(len(names) != 1 for names in analytes) or len({*map(frozenset, analytes)}) == 1:
        return False
    return next(iter(limits))[0][0].low is None


def _measures(rule: Rule) -> list[Measure]:
    if isinstance(rule, (AllOf, AnyOf)):
        return [measure for member in rule.rules for measure in _measures(member)]
    return [rule] if isinstance(rule, Measure) else []


def told_by_purpose(had: Had) -> bool:
    """ "treatment for X": with whatever was named."""
    return had.concept == ANY_TREATMENT and bool(had.qualifiers) and all(isinstance(quality, Purpose) for quality in had.qualifiers)


def any_treatment(had: Had) -> bool:
    """ "undergoing treatment": whatever is given."""
    return had.concept == ANY_TREATMENT and not had.qualifiers and not had.count


def of_each_given(asked: Rule, given: tuple[Had, ...]) -> Rule:
    """ "radiotherapy or surgery if completed 4 weeks ago": what is said of a treatment without more words is said of those that are named."""

    def each(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or not any_treatment(leaf):
            return leaf
        timed = {"when": leaf.when, "window": leaf.window, "span": leaf.span}
        return AnyOf(rules=tuple(one.model_copy(update=timed) for one in given), span=leaf.span)

    named = len(given) > 1 and all(one.section == "treatments" for one in given)
    return each_leaf(asked, each) if named else asked


def bounded(rule: Rule) -> bool:
    """ "No more than 2 lines": a number of courses that may not be passed."""
    return isinstance(rule, Had) and rule.count is not None and rule.count.high is not None


def of_everyone(had: Had) -> bool:
    """The tumor that is studied, with nothing said of it."""
    return had.concept.name in ANY_CANCER and had.when == "now" and not (had.qualifiers or had.but_not or had.other)


def demanded(asked: tuple[Had, ...], listed: Rule) -> bool:
    """Whether a treatment after examples of a disease is a further demand: "cancer, including sarcoma, and received …"."""
    members = listed.rules if isinstance(listed, AnyOf) else (listed,)
    treated = any(isinstance(member, Had) and member.section == "treatments" for member in members)
    requiring = any(isinstance(qualifier, Requiring) for had in asked for qualifier in had.qualifiers)
    return treated and not requiring and all(had.section == "conditions" for had in asked)


def vague(member: Rule, vocabulary: Vocabulary) -> bool:
    """ "for example, a medical condition or medication": names nothing that would be an example."""
    entry = vocabulary.get(member.concept.name) if isinstance(member, Had) and member.concept.linked else None
    return entry is not None and (bool(entry.facts.get("any")) or entry.name == "medication")


def method_unread(members: list[Rule]) -> bool:
    """ "stage T3 according to endoscopy or MRI", where the first words were not understood: the tests after them were not asked for."""
    first = next((at for at, member in enumerate(members) if isinstance(member, Unparsed) and _METHOD.search(member.text)), len(members))
    rest = members[first + 1 :]
    return bool(rest) and all(isinstance(member, Had) and member.section == "procedures" for member in rest)


_METHOD = re.compile(r"\b(?:according to|as (?:shown|seen|assessed|determined|confirmed) (?:by|on|in))\b", re.IGNORECASE)
