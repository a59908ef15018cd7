"""Permissions: a sentence's reading in the sense of its section, and how sentences that ask and sentences that let pass go together."""

from __future__ import annotations

from eligimatch.compiler.further_demands import beside
from eligimatch.compiler.permitted import in_time_of, matters, none_since, permitted, related
from eligimatch.compiler.rules import all_denied, denies, hads, negated, of_then, unread
from eligimatch.compiler.sentence_read import Read, Side, both, everyone
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Not, Purpose, Requiring, Rule, Unparsed
from eligimatch.model.vocabulary import Vocabulary


def conditioned(condition: Rule, read: Read, side: Side) -> Read:
    """A sentence asked of some people only."""
    if read.permits:
        group = condition if everyone(read.rule) else both(condition, read.rule)
        return read._replace(rule=group)
    if side == "exclusion":
        return Read(both(condition, read.rule))
    return Read(AnyOf(rules=(negated(condition), read.rule), span=condition.span.cover(read.rule.span)))


def together(rule: Rule | None, read: Read, side: Side, vocabulary: Vocabulary) -> Rule:
    """One more sentence: more to ask, more that excludes, or persons let pass all the same."""
    if rule is None:
        return _alone(read, side) if read.permits else _only_named(read) if side == "exclusion" else read.rule
    if side == "exclusion" and read.exemplifies and _speaks_of(rule, read.rule):
        return rule
    span = rule.span.cover(read.passed.span)
    if not read.permits:
        other = beside(rule, read.rule, vocabulary) if side == "inclusion" else _of_excluded(rule, read.rule)
        return other or (AllOf if side == "inclusion" else AnyOf)(rules=(rule, read.rule), span=span)
    if side == "exclusion":
        if everyone(read.rule) and read.condition is not None and hads(read.condition):
            read = Read(read.condition, permits=True)  # "patients may enroll if they have X": those with X
        readings = tuple(map(_each, read.rule.readings if isinstance(read.rule, Ambiguous) else (read.rule,)))
        found = tuple(dict.fromkeys(permitted(rule, read._replace(rule=reading), vocabulary) for reading in readings))
        apart = found == (rule,) or _of_other_purpose(rule, read.rule)
        if apart and read.condition is not None and hads(read.rule) and not unread(read.condition):
            group = in_time_of(rule, read.rule, vocabulary) if isinstance(rule, Had) else read.rule
            found = (*found, AnyOf(rules=(rule, both(group, negated(read.condition))), span=span))  # who has it, but not as it must be
        return found[0] if len(found) == 1 else Ambiguous(readings=found, span=found[0].span)
    if isinstance(rule, Not) and (related(rule, read.rule, vocabulary) or _of_requiring(rule, read)):
        return Not(rule=permitted(rule.rule, read, vocabulary), span=span)
    if (read.optional and read.condition is None) or _of_any_kind(rule, read):
        return rule
    widened: Rule = AnyOf(rules=(rule, read.passed), span=span)
    if not related(rule, read.rule, vocabulary):
        treated = hads(read.rule) and all(had.concept.linked and had.section != "conditions" for had in hads(read.rule))
        widened = rule if treated else Ambiguous(readings=(rule, widened), span=span)
    elif isinstance(rule, AllOf) and read.condition is None and any(isinstance(leaf, Had) for leaf in matters(read.rule)):
        widened = Ambiguous(readings=(rule, widened), span=span)  # of all that is asked beside it they may not be free
    elif isinstance(rule, Had) and rule.count is not None:
        widened = Ambiguous(readings=(rule, widened), span=span)  # "at most one prior line; prior X is allowed": perhaps not counted
    return widened if read.condition is None else AllOf(rules=(widened, _of_those(read)), span=span)


def _of_excluded(rule: Rule, demand: Rule) -> Rule | None:
    """ "Brain metastases. Patients must be off steroids.": who has none may be on them; a demand on a group says of whom it is."""
    asked = demand.rule if isinstance(demand, Not) else None
    of_some = isinstance(asked, AnyOf) and isinstance(asked.rules[0], Not)
    if asked is None or of_some or all_denied(rule):
        return None
    span = rule.span.cover(demand.span)
    return Ambiguous(readings=(AnyOf(rules=(rule, demand), span=span), rule), span=span)


def _of_any_kind(rule: Rule, read: Read) -> bool:
    """ "Histologically confirmed X. All types of X are allowed": lets pass no other X than was asked."""
    same = isinstance(rule, Had) and isinstance(read.rule, Had) and rule.concept == read.rule.concept
    return same and read.condition is None and isinstance(read.rule, Had) and not (read.rule.qualifiers or read.rule.when != "now")


def otherwise(rule: Rule, other: Rule, *, of_several: bool) -> Rule:
    """ "A; or B": either. "A; B; or C": any of them, or A and one of the others."""
    span = rule.span.cover(other.span)
    if not of_several or not isinstance(rule, AllOf):
        return AnyOf(rules=(*(rule.rules if of_several and isinstance(rule, AnyOf) else (rule,)), other), span=span)
    *first, last = rule.rules
    nearest = AnyOf(rules=(last, other), span=last.span.cover(other.span))
    return Ambiguous(readings=(AnyOf(rules=(*rule.rules, other), span=span), AllOf(rules=(*first, nearest), span=span)), span=span)


def _of_other_purpose(rule: Rule, group: Rule) -> bool:
    """ "chemotherapy for X; chemotherapy for Y is allowed if …": the same treatment, for another disease."""
    purposes = [{(had.concept, one.concept) for had in hads(each) for one in had.qualifiers if isinstance(one, Purpose)} for each in (rule, group)]
    first, second = purposes
    return any(given == other and disease != another for given, disease in first for other, another in second)


def _alone(read: Read, side: Side) -> Rule:
    """ "Patients with X are eligible" may demand X or only let it pass; among the exclusions it may end one that was not recognised."""
    if isinstance(read.rule, Unparsed):
        return read.rule
    if side == "exclusion":
        others = read.passed if read.condition is None else both(read.rule, negated(read.condition))  # who has it, but not as it must be
        return Ambiguous(readings=(others, AnyOf(rules=(), span=read.rule.span)), span=read.rule.span)
    if read.condition is not None:
        return _of_those(read)
    if read.optional:
        return AllOf(rules=(), span=read.rule.span)
    asked: Rule = read.rule
    if isinstance(asked, Had) and asked.other:  # "patients with another malignancy that does not interfere": no one must have one
        asked = _of_those(Read(asked.model_copy(update={"qualifiers": (), "suspected": False}), permits=True, condition=asked))
    return Ambiguous(readings=(asked, AllOf(rules=(), span=read.rule.span)), span=read.rule.span)


def _speaks_of(rule: Rule, told: Rule) -> bool:
    """Whether what a sentence tells is of a thing that was asked before."""
    return isinstance(told, Had) and any(had.concept == told.concept for had in matters(rule) if isinstance(had, Had))


def _only_named(read: Read) -> Rule:
    """ "Previous medications include X": any at all, or those that are named."""
    rule = read.rule
    if not read.exemplifies or not isinstance(rule, Had) or not rule.examples:
        return rule
    return Ambiguous(readings=(rule, AnyOf(rules=rule.examples, span=rule.span)), span=rule.span)


def _of_those(read: Read) -> Rule:
    """A permission by itself: its condition is asked of those who are in the group."""
    assert read.condition is not None
    if everyone(read.rule):
        return read.condition
    return AnyOf(rules=(negated(read.rule), of_then(read.rule, read.condition)), span=read.passed.span)


def _of_requiring(rule: Not, read: Read) -> bool:
    """ "no X requiring systemic treatment; Y is not considered such a treatment": whether what is required may be Y."""
    given = hads(read.rule)
    treats = bool(given) and all(had.section == "treatments" and had.concept.linked for had in given)
    return treats and any(isinstance(quality, Requiring) for had in hads(rule) for quality in had.qualifiers)


def _each(rule: Rule) -> Rule:
    """ "inhaled steroids and replacement doses are permitted": treatments that are let pass are so each by itself."""
    if not isinstance(rule, AllOf) or everyone(rule) or len(hads(rule)) < len(rule.rules) or none_since(rule):
        return rule
    named, *rest = rule.rules
    if any(map(denies, rest)):
        return rule  # "malignancies without recurrence after treatment"
    given = [had for one in rest for had in hads(one) if had.section == "treatments"]
    if all(had.section == "treatments" for had in hads(rule)):
        return AnyOf(rules=tuple(map(_each, rule.rules)), span=rule.span)
    if len(given) < len(rest) or any(had.section != "conditions" for had in hads(named)):
        return rule
    required = tuple(Requiring(treatment=had) for had in given)  # "carcinoma in situ that has undergone surgery"
    treated = [had.model_copy(update={"qualifiers": had.qualifiers + required}) for had in hads(named)]
    return treated[0] if len(treated) == 1 else AnyOf(rules=tuple(treated), span=rule.span)
