"""People apart: "men; postmenopausal women" lists people of whom no one is both: any of them may enter."""

from __future__ import annotations

import re
from itertools import product
from math import inf
from typing import NamedTuple

from eligimatch.compiler.rules import hads, unread
from eligimatch.compiler.second_limits import for_others
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Is, Measure, Not, Rule, Unparsed, children
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

_PEOPLE = re.compile(r"\W*(?:adults|adolescents|children|infants|minors|boys|girls|men|women|males?|females?)\b", re.IGNORECASE)
_SEXES = frozenset({"female", "male"})
_STATES = frozenset({"true", "false"})
_OF_WOMEN = frozenset({"pregnant", "breastfeeding", "childbearing_potential"})


class _Who(NamedTuple):
    """Of which people a rule can be true."""

    sexes: frozenset[str] = _SEXES
    postmenopausal: frozenset[str] = _STATES
    youngest: float = 0
    oldest: float = inf

    def also(self, other: _Who) -> _Who:
        """Those of whom both rules can be true."""
        return _Who(
            self.sexes & other.sexes, self.postmenopausal & other.postmenopausal,
            max(self.youngest, other.youngest), min(self.oldest, other.oldest),
        )  # fmt: skip

    @property
    def anyone(self) -> bool:
        """Whether there are such people."""
        return bool(self.sexes and self.postmenopausal) and self.youngest <= self.oldest


def beside(rule: Rule, demand: Rule, vocabulary: Vocabulary) -> Rule | None:
    """Both sentences as one rule; None where the demand is asked of everyone."""
    span = rule.span.cover(demand.span)
    return for_others(rule, demand, vocabulary) or _any_people(rule, demand, span) or _of_the_same(rule, demand, span)


def _of_the_same(rule: Rule, demand: Rule, span: Span) -> Rule | None:
    """ "Patients with X are eligible if stable. Patients must be off steroids.": all patients, or those with X."""
    told = rule.readings[-1] if isinstance(rule, Ambiguous) else rule
    if not _of_some(told) or _of_some(demand) or not hads(demand) or unread(demand):
        return None
    of_all = AllOf(rules=(rule, demand), span=span)
    return Ambiguous(readings=(of_all, AnyOf(rules=(children(told)[0], of_all), span=span)), span=span)


def _of_some(rule: Rule) -> bool:
    """Whether who is not of a group need meet nothing."""
    return isinstance(rule, AnyOf) and isinstance(rule.rules[0], Not) and bool(hads(rule.rules[0]))


def _any_people(rule: Rule, other: Rule, span: Span) -> Rule | None:
    """ "men; postmenopausal women": people of whom no one is both, either of whom may enter; None where someone may be both."""
    if isinstance(other, Unparsed) and _PEOPLE.match(other.text) and _Who() not in _who(rule):
        both = AllOf(rules=(rule, other), span=span)
        return Ambiguous(readings=(AnyOf(rules=(rule, other), span=span), both), span=span)  # "adults; children who …", which was not understood
    apart = [(one, another, _apart(one, another)) for one, another in product(_readings(rule), _readings(other))]
    if not any(so for *_, so in apart):
        return None
    found = [reading for one, another, so in apart for reading in (_either(one, another, span) if so else [AllOf(rules=(one, another), span=span)])]
    rules = tuple(dict.fromkeys(found))
    return rules[0] if len(rules) == 1 else Ambiguous(readings=rules, span=span)


def _either(rule: Rule, other: Rule, span: Span) -> list[Rule]:
    """Either of two; of "ECOG 0-1; men; postmenopausal women", perhaps the last and the other, and what was asked before of both."""
    either = AnyOf(rules=(rule, other), span=span)
    *first, last = rule.rules if isinstance(rule, AllOf) and rule.rules else (rule,)
    if not first or not _apart(last, other) or any(_apart(one, other) for one in first):
        return [either]
    return [either, AllOf(rules=(*first, AnyOf(rules=(last, other), span=span)), span=span)]


def _readings(rule: Rule) -> tuple[Rule, ...]:
    return rule.readings if isinstance(rule, Ambiguous) else (rule,)


def _apart(rule: Rule, other: Rule) -> bool:
    return not any(one.also(another).anyone for one, another in product(_who(rule), _who(other)))


def _who(rule: Rule) -> list[_Who]:
    """Of which people a rule can be true, each kind of them once."""
    return list(dict.fromkeys(_each_who(rule)))


def _each_who(rule: Rule) -> list[_Who]:
    match rule:
        case Is(fact="sex"):
            return [_Who(sexes=frozenset(rule.values))]
        case Is(fact="postmenopausal"):
            return [_Who(sexes=frozenset({"female"}), postmenopausal=frozenset(rule.values))]
        case Is() if rule.fact in _OF_WOMEN and rule.values == ("true",):
            return [_Who(sexes=frozenset({"female"}))]
        case Measure() if rule.analyte.name == "age":
            low, high = rule.interval.low, rule.interval.high
            return [_Who(youngest=0 if low is None else low, oldest=inf if high is None else high)]
        case AllOf():
            found = [_Who()]
            for member in rule.rules:
                found = list(dict.fromkeys(one.also(another) for one, another in product(found, _who(member))))
            return found
        case AnyOf() if rule.rules:
            return [one for member in rule.rules for one in _who(member)]
        case Ambiguous():
            return [one for reading in rule.readings for one in _who(reading)]
        case _:
            return [_Who()]
