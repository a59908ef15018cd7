"""Second limits: a sentence that gives some people a wider limit, joined to the limit that everyone else has."""

from __future__ import annotations

from eligimatch.compiler.limits import within
from eligimatch.compiler.rules import negated
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Measure, Not, Rule, children
from eligimatch.model.vocabulary import Vocabulary


def for_others(rule: Rule, demand: Rule, vocabulary: Vocabulary) -> Rule | None:
    """ "ALT ≤ 2.5 × ULN. Patients with liver metastases must have ALT ≤ 5 × ULN": a demand that the first would make idle stands instead of it."""
    group, other = _parted(demand)
    numbers = _numbers(other) if other is not None else ()
    if group is None or other is None or not numbers:
        return None
    joined = _widened(rule, group, other, vocabulary)
    if joined is None and isinstance(rule, Measure) and isinstance(group, Had) and all(_akin(rule, number) for number in numbers):
        span = rule.span.cover(other.span)  # "total bilirubin ≤ 1.5 × ULN. In those with X, direct bilirubin ≤ ULN": instead, or as well
        instead = AnyOf(rules=(rule, AllOf(rules=(group, other), span=span)), span=span)
        return Ambiguous(readings=(instead, AllOf(rules=(rule, demand), span=span)), span=span)
    if joined is None or isinstance(other, AnyOf) or isinstance(group, Measure) or all(_told(number, rule, vocabulary) for number in numbers):
        return joined
    return Ambiguous(readings=(joined, AllOf(rules=(joined, demand), span=joined.span)), span=joined.span)


def _akin(rule: Measure, number: Measure) -> bool:
    """Two of one analyte's kinds: total and direct bilirubin."""
    one, other = rule.analyte.name, number.analyte.name
    return one != other and one.split()[-1] == other.split()[-1] and (one.split()[0], other.split()[0]) == ("total", "direct")


def _parted(demand: Rule) -> tuple[Rule | None, Rule | None]:
    """Of whom a demand is asked, and what."""
    match demand:
        case AnyOf(rules=(Not(rule=group), other)):
            return group, other
        case AnyOf(rules=(Measure() as spared, other)):
            return negated(spared), other
        case AllOf(rules=(Measure() as number, Had(section="conditions") as group)):  # "ALT ≤ 5 × ULN with liver metastases"
            return group, number
        case _:
            return None, None


def _widened(rule: Rule, group: Rule, other: Rule, vocabulary: Vocabulary) -> Rule | None:
    """The rule, or for those of the group what is asked of them instead."""
    if _idle(rule, group, other, vocabulary):
        return AnyOf(rules=(rule, AllOf(rules=(other, group), span=rule.span.cover(other.span))), span=rule.span.cover(other.span))
    if isinstance(rule, Ambiguous):
        readings = [_widened(reading, group, other, vocabulary) for reading in rule.readings]
        found = tuple(reading for reading in readings if reading is not None)
        return rule.model_copy(update={"readings": found}) if len(found) == len(readings) else None
    if not isinstance(rule, AllOf) or not rule.rules:
        return None
    idle = tuple(member for member in rule.rules if _idle(member, group, other, vocabulary))
    rest = tuple(member for member in rule.rules if member not in idle)
    if idle:
        own = idle[0] if len(idle) == 1 else AllOf(rules=idle, span=rule.span)
        return rule.model_copy(update={"rules": (*rest, _widened(own, group, other, vocabulary))})
    found = tuple(_widened(member, group, other, vocabulary) or member for member in rest)
    return rule.model_copy(update={"rules": found}) if found != rest else None


def _idle(rule: Rule, group: Rule, other: Rule, vocabulary: Vocabulary) -> bool:
    """Whether who meets the rule need not be asked for the other: it is wider, or of those only who do not meet the rule."""
    if not isinstance(rule, Measure):
        lists = isinstance(rule, (AllOf, AnyOf, Ambiguous)) and bool(_numbers(rule))
        return lists and all(_idle(one, group, other, vocabulary) for one in children(rule))
    if isinstance(group, Measure) and group.analyte == rule.analyte and group.per == rule.per:
        return rule.interval.decide(group.interval) is False
    return any(_wider(rule, number, vocabulary) for number in _numbers(other))


def _wider(rule: Measure, number: Measure, vocabulary: Vocabulary) -> bool:
    """Whether a number has a wider limit than the rule on the same analyte, or on several of which it is one."""
    if rule.interval == number.interval or not _among(rule, number, vocabulary):
        return False
    return within(rule.model_copy(update={"analyte": number.analyte}), number)


def _among(rule: Measure, number: Measure, vocabulary: Vocabulary) -> bool:
    entry = vocabulary.get(number.analyte.name)
    members = entry.facts.get("members") if entry else None
    return rule.analyte == number.analyte or (isinstance(members, list) and rule.analyte.name in members)


def _told(number: Measure, rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a number of the demand is one that the rule limits."""
    if isinstance(rule, Measure):
        return _among(rule, number, vocabulary)
    return any(_told(number, member, vocabulary) for member in children(rule))


def _numbers(rule: Rule) -> tuple[Measure, ...]:
    """The numbers of which a rule is made, none where it asks anything else."""
    if isinstance(rule, Measure):
        return (rule,)
    if not isinstance(rule, (AllOf, AnyOf, Ambiguous)):
        return ()
    found = [_numbers(member) for member in children(rule)]
    return tuple(number for group in found for number in group) if all(found) else ()
