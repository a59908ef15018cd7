"""Misplaced: exclusions whose words, taken as they stand, would exclude those whom the trial wants.

Consent, "no more than three lines", "X must be stopped 2 weeks before", "inability to take drugs such as X": they are read by their intent, or in
both ways where words do not tell it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eligimatch.compiler.onsets import of_one_day
from eligimatch.compiler.rules import connects, each_leaf, each_member, kept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Not, Rule, Statement, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

_CONSENT = re.compile(
    r"\W*(?:(?:voluntar\w+|written|signed|informed|provided|provision|of|given|the|a|patient|subject|participant|parents?|guardians?|or|to|give|provide)\W+)*consent\b"
    r"(?!\W+(?:\w+\W+){0,4}(?:not|withdrawn|refus\w+|lacking|missing|unavailable)\b)",
    re.IGNORECASE,
)
_AT_MOST = re.compile(r"\W*(?:no|not) more than\b", re.IGNORECASE)
_SUCH_AS = re.compile(r"\W*(?:such as|including|e\.?g\.?|for example|like)\b", re.IGNORECASE)
_AND_MEN = re.compile(r"\W*(?:\([^()]*\)\W*)?(?:and|or|and/or)\s+(?:\w+ ){0,2}?(?:men|males?)\b", re.IGNORECASE)
_NOT_WILLING = re.compile(r"\b(?:unwilling|unable|refus\w+|not (?:willing|using|agree\w*|practicing|able)|do(?:es)? not|without)\b", re.IGNORECASE)
_STOPPED = re.compile(
    r"\b(?:must|should|shall|has to|have to|needs? to)\s+(?:have\s+)?(?:been\s+|be\s+)?"
    r"(?:discontinued|stopped|completed|finished|ended|washed out)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(r"\W*(?:(?:any|known|prior|previous|documented) )*history of\b", re.IGNORECASE)
_RECEIVING = re.compile(r"receiving\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b[^,;:.()]*$", re.IGNORECASE)


def by_intent(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of an exclusion as it is meant."""
    rule = _consent_or_none(rule)
    if isinstance(rule, Not) and isinstance(rule.rule, Had) and rule.rule.when == "ever" and _HISTORY.match(text):
        return kept(text)  # "History of X … For all others, discussion is required"
    if _STOPPED.search(text):
        rule = _each(rule, lambda one: _never_given(one, text))
    rule = each_leaf(rule, lambda leaf: _receiving(_at_most(leaf, text), text, vocabulary))
    return _each(rule, lambda one: _list(one, text))


def _consent_or_none(rule: Rule) -> Rule:
    """ "Written informed consent", by itself or in a list: whoever gives it is not excluded, but who does not."""
    if isinstance(rule, Statement) and rule.positive and _CONSENT.match(rule.topic):
        return Ambiguous(readings=(rule, Not(rule=rule, span=rule.span)), span=rule.span)
    return each_member(rule, _consent_or_none) if isinstance(rule, (AnyOf, Ambiguous)) else rule


def _each(rule: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """The rule with each rule in it changed, the innermost first."""
    return change(each_member(rule, lambda member: _each(member, change)) if connects(rule) else rule)


def _at_most(leaf: Rule, text: str) -> Rule:
    """ "No more than 3 lines": whoever had more is excluded, or, as the words stand, whoever had no more."""
    if not isinstance(leaf, Had) or leaf.count is None or leaf.count.low or leaf.count.high is None or not _AT_MOST.match(text, leaf.span.start):
        return leaf
    more = leaf.model_copy(update={"count": Interval(low=leaf.count.high, low_open=not leaf.count.high_open)})
    return Ambiguous(readings=(leaf, more), span=leaf.span)


def _receiving(leaf: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """ "Receiving surgery": that is to come, or that was done."""
    if not isinstance(leaf, Had) or leaf.when != "now" or not of_one_day(leaf.concept, vocabulary) or not _received(leaf, text):
        return leaf
    return Ambiguous(readings=tuple(leaf.model_copy(update={"when": when}) for when in ("planned", "ever")), span=leaf.span)


def _received(leaf: Had, text: str) -> bool:
    return bool(_RECEIVING.match(text, leaf.span.start)) or text[: leaf.span.start].rstrip().lower().endswith("receiving")


def _never_given(rule: Rule, text: str) -> Rule:
    """ "X must be stopped 2 weeks before": who never had X need not stop it."""
    if not isinstance(rule, Not) or isinstance(rule.rule, Had) or not _STOPPED.search(text, rule.span.start, rule.span.end):
        return rule
    if (late := _late(rule.rule)) is not None:
        return late
    had = any(isinstance(leaf, Had) and leaf.when in ("ever", "window") for leaf in leaves(rule.rule))
    unclear = had and not isinstance(rule.rule, AnyOf)
    return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span) if unclear else rule


def _late(rule: Rule) -> Rule | None:
    """What must not be, of "had it, and not so late"; any of several, as each must be stopped."""
    match rule:
        case AllOf(rules=(Had(when="ever") as had, Not(rule=Had() as late))) if had.concept == late.concept:
            return late
        case Not(rule=Had(when="window") as late):
            return late
        case AllOf() | Ambiguous():
            members = [_late(member) for member in (rule.rules if isinstance(rule, AllOf) else rule.readings)]
            known = tuple(dict.fromkeys(member for member in members if member is not None))
            if len(known) < len(set(members)) or not known:
                return None
            if len(known) == 1:
                return known[0]
            return AnyOf(rules=known, span=rule.span) if isinstance(rule, AllOf) else Ambiguous(readings=known, span=rule.span)
        case _:
            return None


def _list(rule: Rule, text: str) -> Rule:
    """A list of which one word denies or demands more than its first member."""
    if not isinstance(rule, AnyOf) or not rule.rules[1:]:
        return rule
    first, second, *_ = rule.rules
    between = text[first.span.end : second.span.start]
    if isinstance(first, Statement) and not first.positive and _SUCH_AS.match(between) and all(map(_given, rule.rules[1:])):
        return _said(first, rule, text)
    if isinstance(first, Unparsed) and isinstance(second, Statement) and _WITHOUT.search(first.text):
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
    if isinstance(first, Is) and first.fact == "childbearing_potential" and _AND_MEN.match(text, first.span.end):
        return _of_both(rule, first, second, text)
    return rule


def _given(rule: Rule) -> bool:
    """Whether a rule is about what people are given: why they cannot, as claustrophobia, stands beside."""
    found = list(leaves(rule))
    return bool(found) and all(isinstance(leaf, Had) and leaf.section != "conditions" for leaf in found)


def _said(first: Statement, rule: AnyOf, text: str) -> Statement:
    """ "Inability to take drugs, such as X": of X, too."""
    span = Span(first.span.start, max(member.span.end for member in rule.rules))
    return first.model_copy(update={"topic": " ".join(text[span.start : span.end].split()).strip(" ,;:."), "span": span})


def _of_both(rule: AnyOf, women: Is, men: Rule, text: str) -> Rule:
    """ "Women of childbearing potential and men unwilling to use contraception": unwilling women, or all of them."""
    asked = men.rules[-1] if isinstance(men, AllOf) and men.rules else None
    if not _NOT_WILLING.search(text, men.span.start, men.span.end):
        return rule
    if asked is None:
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
    unwilling = AllOf(rules=(women, asked), span=women.span.cover(asked.span))
    return Ambiguous(readings=(rule, rule.model_copy(update={"rules": (unwilling, *rule.rules[1:])})), span=rule.span)
