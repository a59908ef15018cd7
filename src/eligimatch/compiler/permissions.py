"""Permissions: a sentence's reading in the sense of its section, and how sentences that ask and sentences that let pass go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from eligimatch.compiler.further_demands import beside
from eligimatch.compiler.rules import all_denied, denies, hads, negated, of_then, sparing, unread, within
from eligimatch.compiler.syntax import Tail
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Judged, Measure, Not, Purpose, Requiring, Rule, Statement, Unparsed, children
from eligimatch.model.vocabulary import Vocabulary

Side = Literal["inclusion", "exclusion"]


class Read(NamedTuple):
    """A sentence read: the rule it asks in the sense of its section, or the persons whom it lets pass, perhaps on a condition."""

    rule: Rule
    permits: bool = False
    condition: Rule | None = None
    optional: bool = False
    """What one may have, or not: by itself it asks nothing."""
    others: bool = False
    """Those let pass are others than what was named before: "other PD-1 inhibitors are allowed"."""
    tails: tuple[Tail, ...] = ()
    """Said of the sentence before: "Exceptions include …"."""
    exemplifies: bool = False
    """Tells only what some word means: "Autoimmune diseases include A and B"."""

    @property
    def passed(self) -> Rule:
        """Those let pass, the condition met."""
        return self.rule if self.condition is None else both(self.rule, self.condition)


def both(first: Rule, second: Rule) -> Rule:
    """Two rules side by side; one that asks nothing adds nothing."""
    if everyone(first) or everyone(second):
        return second if everyone(first) else first
    return AllOf(rules=(first, second), span=first.span.cover(second.span))


def everyone(rule: Rule) -> bool:
    """Whether a rule asks nothing."""
    return isinstance(rule, AllOf) and not rule.rules


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
        found = tuple(dict.fromkeys(_permitted(rule, read._replace(rule=reading), vocabulary) for reading in readings))
        apart = found == (rule,) or _of_other_purpose(rule, read.rule)
        if apart and read.condition is not None and hads(read.rule) and not unread(read.condition):
            group = _in_time_of(rule, read.rule, vocabulary) if isinstance(rule, Had) else read.rule
            found = (*found, AnyOf(rules=(rule, both(group, negated(read.condition))), span=span))  # who has it, but not as it must be
        return found[0] if len(found) == 1 else Ambiguous(readings=found, span=found[0].span)
    if isinstance(rule, Not) and (_related(rule, read.rule, vocabulary) or _of_requiring(rule, read)):
        return Not(rule=_permitted(rule.rule, read, vocabulary), span=span)
    if (read.optional and read.condition is None) or _of_any_kind(rule, read):
        return rule
    widened: Rule = AnyOf(rules=(rule, read.passed), span=span)
    if not _related(rule, read.rule, vocabulary):
        treated = hads(read.rule) and all(had.concept.linked and had.section != "conditions" for had in hads(read.rule))
        widened = rule if treated else Ambiguous(readings=(rule, widened), span=span)
    elif isinstance(rule, AllOf) and read.condition is None and any(isinstance(leaf, Had) for leaf in _leaves(read.rule)):
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
    return isinstance(told, Had) and any(had.concept == told.concept for had in _leaves(rule) if isinstance(had, Had))


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


def _related(rule: Rule, group: Rule, vocabulary: Vocabulary) -> bool:
    """Whether those let pass are told by what the rule asks, or by a kind of it."""
    asked = {leaf.concept.name if isinstance(leaf, Had) else leaf.analyte.name for leaf in _leaves(rule)}
    named = [leaf.concept.name if isinstance(leaf, Had) else leaf.analyte.name for leaf in _leaves(group)]
    return any(name in asked or asked & set(vocabulary.ancestors(name)) for name in named)


def _leaves(rule: Rule) -> Iterator[Had | Measure]:
    if isinstance(rule, (Had, Measure)):
        yield rule
    for child in children(rule):
        yield from _leaves(child)


def _permitted(rule: Rule, read: Read, vocabulary: Vocabulary) -> Rule:
    """An exclusion with persons let pass: an exception where what is permitted is a kind of what excludes, nothing where it is another matter."""
    lifted = AllOf(rules=(rule, negated(read.passed)), span=rule.span)
    unclear = Ambiguous(readings=(rule, lifted), span=rule.span)
    match rule:
        case Unparsed():
            return rule
        case AnyOf(rules=members) if members:
            return rule.model_copy(update={"rules": tuple(_permitted(member, read, vocabulary) for member in members)})
        case AllOf(rules=members) if any(_related(member, read.rule, vocabulary) for member in members):
            return rule.model_copy(
                update={
                    "rules": tuple(_permitted(member, read, vocabulary) if _related(member, read.rule, vocabulary) else member for member in members)
                }
            )
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(_permitted(member, read, vocabulary) for member in rule.readings)})
        case Had():
            read = read._replace(rule=_named(read.rule, rule, vocabulary))
            if _earlier(rule, read, vocabulary):
                return rule
            timed = read._replace(rule=_in_time_of(rule, read.rule, vocabulary))
            conditions = _anchored(timed.condition, rule.window.event if rule.window else "as_of")
            lifts = [AllOf(rules=(rule, negated(timed._replace(condition=one).passed)), span=rule.span) for one in conditions]
            unclear = Ambiguous(readings=(rule, *lifts), span=rule.span)
            excepted = _excepted(rule, timed if rule.count else read, timed, vocabulary)
            return excepted or _spared(rule, read) or (rule if _elsewhere(rule, read, vocabulary) else unclear)
        case _:
            return unclear


def _in_time_of(rule: Had, group: Rule, vocabulary: Vocabulary) -> Rule:
    """ "history of X; Y is allowed": who had Y, where the words tell no time of their own."""
    match group:
        case Had() if group.when == "now" != rule.when and not _apart(rule, group, vocabulary) and group.section == rule.section:
            return group.model_copy(update={"when": rule.when, "window": rule.window})
        case AllOf() | AnyOf() | Ambiguous() if children(group):
            name = "readings" if isinstance(group, Ambiguous) else "rules"
            return group.model_copy(update={name: tuple(_in_time_of(rule, one, vocabulary) for one in children(group))})
        case _:
            return group


def _anchored(condition: Rule | None, event: str) -> tuple[Rule | None, ...]:
    """ "X within 4 weeks before the first dose; Y is allowed if not within 2 weeks": perhaps before that same event."""
    named = hads(condition) if condition is not None else ()
    loose = [had.window for had in named if had.window is not None and had.window.event == "as_of"]
    if condition is None or event == "as_of" or len(loose) != 1 or len(named) != 1:
        return (condition,)
    return (condition, within(condition, loose[0].model_copy(update={"event": event})))


def _named(group: Rule, rule: Had, vocabulary: Vocabulary) -> Rule:
    """ "hepatitis B; patients with controlled disease are eligible": the disease is the one named before; "(topical allowed)": so the treatment."""
    if isinstance(group, AnyOf):
        return group.model_copy(update={"rules": tuple(_named(member, rule, vocabulary) for member in group.rules)})
    if not isinstance(group, Had):
        return group
    if rule.section == "treatments" and rule.concept.linked and _by_route_alone(group):
        return Had(concept=_by_any_route(rule.concept, vocabulary), section="treatments", qualifiers=group.qualifiers, span=group.span)
    of_it = group.concept.name == "disease" and rule.section == "conditions" and group.qualifiers
    own = tuple(one for one in group.examples if any(had.section == group.section and _of_it(had, group, vocabulary) for had in hads(one)))
    return group.model_copy(update={"concept": rule.concept if of_it else group.concept, "examples": own})


def _by_route_alone(group: Had) -> bool:
    """Whether nothing is named but a route, which is no disease's."""
    return group.study and bool(group.qualifiers) and all(isinstance(one, Coded) and one.aspect == "route" for one in group.qualifiers)


def _by_any_route(given: Concept, vocabulary: Vocabulary) -> Concept:
    """The class of which a "systemic" one is told by its route."""
    wider = vocabulary[given.name].parents if given.name.startswith("systemic ") else ()
    return Concept(name=wider[0], kind=given.kind) if wider else given


def _of_it(example: Had, group: Had, vocabulary: Vocabulary) -> bool:
    """ "carcinoma in situ (e.g. breast carcinoma) is allowed": what is no kind of a disease is let pass by no example of it."""
    disease = group.section == "conditions" and group.concept.linked and example.concept.linked
    return not disease or vocabulary.is_a(example.concept.name, group.concept.name)


def _earlier(rule: Had, read: Read, vocabulary: Vocabulary) -> bool:
    """ "cirrhosis; a history of cirrhosis is no exclusion": who has it now is excluded all the same."""
    groups = hads(read.rule)
    past = [had for had in groups if had.concept == rule.concept and had.when == "ever" and not set(had.qualifiers) - set(rule.qualifiers)]
    others = [had for had in groups if had not in past]
    return read.condition is None and rule.when == "now" and bool(past) and all(_apart(rule, had, vocabulary) for had in others)


def _elsewhere(rule: Had, read: Read, vocabulary: Vocabulary) -> bool:
    groups = hads(read.rule)
    return bool(groups) and all(_apart(rule, had, vocabulary) for had in groups)


def _excepted(rule: Had, read: Read, timed: Read, vocabulary: Vocabulary) -> Rule | None:
    """The rule with what is permitted as its exceptions; None where that is not clear."""
    of_it = [had for had in hads(read.rule) if not _apart(rule, had, vocabulary)]
    if _of_toxicity(rule, read):
        return rule.model_copy(update={"but_not": (*rule.but_not, *hads(read.rule))})
    if isinstance(read.condition, Had) and read.condition.concept == rule.concept and len(of_it) == 1:
        return rule.model_copy(update={"but_not": (*rule.but_not, read.condition)})
    if of_it and read.condition is None and rule.when == "window" and all(_no_narrower(had, rule) for had in of_it):
        return rule
    if (qualified := _qualified(rule, of_it, read, vocabulary)) is not None:
        return qualified
    named = bool(of_it) and all(had.concept.name in vocabulary.ancestors(rule.concept.name) for had in of_it)
    if named and read.others:
        return rule
    if named and read.condition is None and _alternatives(read.rule) and all(set(had.qualifiers) - set(rule.qualifiers) for had in of_it):
        return rule.model_copy(update={"but_not": rule.but_not + tuple(of_it)})
    if named:
        return AllOf(rules=(rule, negated(timed.passed)), span=rule.span)
    beneath = bool(of_it) and all(vocabulary.overlap(had.concept.name, rule.concept.name) for had in of_it)
    if not beneath or read.condition is not None or not _alternatives(read.rule):
        return None
    return rule.model_copy(update={"but_not": rule.but_not + tuple(of_it)})


def _of_toxicity(rule: Had, read: Read) -> bool:
    """ "toxicity of grade 2 or higher; alopecia is allowed": any condition may be such."""
    named = hads(read.rule) if read.condition is None and _alternatives(read.rule) else ()
    return bool(named) and rule.concept.name.endswith("adverse event") and all(had.section == "conditions" for had in named)


def _qualified(rule: Had, of_it: list[Had], read: Read, vocabulary: Vocabulary) -> Rule | None:
    """ "Patients with Y are eligible if stable", "… after discussion with the sponsor": a Y that is so, or is judged so, is the exception."""
    narrower = bool(of_it) and all(had.concept != rule.concept and rule.concept.name in vocabulary.ancestors(had.concept.name) for had in of_it)
    if not narrower or not _alternatives(read.rule):
        return None
    match read.condition:
        case Statement(topic=topic):
            exceptions = tuple(had.model_copy(update={"qualifiers": (*had.qualifiers, Judged(words=topic))}) for had in of_it)
        case Had() as asked if asked.when == "now" and len(of_it) == 1 and asked.concept == of_it[0].concept and not asked.but_not:
            exceptions = (of_it[0].model_copy(update={"qualifiers": (*of_it[0].qualifiers, *asked.qualifiers)}),)
        case _:
            return None
    return rule.model_copy(update={"but_not": rule.but_not + exceptions})


def _spared(rule: Had, read: Read) -> Rule | None:
    """ "requiring systemic treatment; replacement therapy is allowed", "immunosuppressants; inhaled steroids are allowed": all others."""
    given = tuple(one for had in hads(read.rule) for one in _kinds(had) if one.section == "treatments" and one.concept.linked)
    named = [one for had in hads(read.rule) for one in _kinds(had) if one.section == "treatments"]
    if not given or len(given) < len(named) or read.condition is not None or _none_since(read.rule):
        return None
    qualifiers = tuple(sparing(qualifier, given) for qualifier in rule.qualifiers)
    spared = rule.model_copy(update={"qualifiers": qualifiers})
    if qualifiers == rule.qualifiers:
        spared = rule.model_copy(update={"but_not": rule.but_not + given})
        if rule.section != "treatments" or any(had.concept == rule.concept for had in given):
            return None
    return spared if _alternatives(read.rule) else Ambiguous(readings=(rule, spared), span=rule.span)


def _of_requiring(rule: Not, read: Read) -> bool:
    """ "no X requiring systemic treatment; Y is not considered such a treatment": whether what is required may be Y."""
    given = hads(read.rule)
    treats = bool(given) and all(had.section == "treatments" and had.concept.linked for had in given)
    return treats and any(isinstance(quality, Requiring) for had in hads(rule) for quality in had.qualifiers)


def _none_since(rule: Rule) -> bool:
    """ "X at least 4 weeks ago": X, and no X since."""
    if isinstance(rule, Ambiguous):
        return any(map(_none_since, rule.readings))
    members = rule.rules if isinstance(rule, AllOf) else ()
    given = [member.concept for member in members if isinstance(member, Had)]
    return any(isinstance(member, Not) and isinstance(member.rule, Had) and member.rule.concept in given for member in members)


def _kinds(had: Had) -> tuple[Had, ...]:
    """What is named, and its examples."""
    return (had.model_copy(update={"examples": ()}), *(one for example in had.examples for one in hads(example) if one.section == had.section))


def _no_narrower(had: Had, rule: Had) -> bool:
    """ "X within 4 weeks; prior X is allowed": what is allowed is X before that."""
    return had.concept == rule.concept and had.when != "window" and set(had.qualifiers) <= set(rule.qualifiers)


def _each(rule: Rule) -> Rule:
    """ "inhaled steroids and replacement doses are permitted": treatments that are let pass are so each by itself."""
    if not isinstance(rule, AllOf) or everyone(rule) or len(hads(rule)) < len(rule.rules) or _none_since(rule):
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


def _alternatives(rule: Rule) -> bool:
    """Whether each of the Hads by itself is let pass."""
    if isinstance(rule, Ambiguous):
        return all(_alternatives(reading) for reading in rule.readings)
    return isinstance(rule, Had) or (isinstance(rule, AnyOf) and all(_alternatives(member) for member in rule.rules))


def _apart(rule: Had, had: Had, vocabulary: Vocabulary) -> bool:
    """Two things of one section of which neither is a kind of the other."""
    if not (rule.concept.linked and had.concept.linked) or rule.section != had.section:
        return False
    one, other = rule.concept.name, had.concept.name
    if vocabulary.overlap(one, other):
        return False
    return not (_may_be(one, other, vocabulary) or _may_be(other, one, vocabulary))


def _may_be(kind: str, name: str, vocabulary: Vocabulary) -> bool:
    """ "systemic corticosteroid" and hydrocortisone: whether a member of its family is of that kind depends on what is said of it."""
    entry = vocabulary.get(kind)
    return entry is not None and bool(entry.facts.get("depends")) and bool(entry.parents) and entry.parents[0] in vocabulary.ancestors(name)
