"""Permitted: an exclusion without those whom a sentence after it lets pass."""

from __future__ import annotations

from collections.abc import Iterator

from eligimatch.compiler.rules import hads, negated, sparing, within
from eligimatch.compiler.sentence_read import Read
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Judged, Measure, Not, Rule, Statement, Unparsed, children
from eligimatch.model.vocabulary import Vocabulary


def related(rule: Rule, group: Rule, vocabulary: Vocabulary) -> bool:
    """Whether those let pass are told by what the rule asks, or by a kind of it."""
    asked, named = ({leaf.concept.name if isinstance(leaf, Had) else leaf.analyte.name for leaf in matters(one)} for one in (rule, group))
    return any(asked & vocabulary.ancestors(name) for name in named)


def matters(rule: Rule) -> Iterator[Had | Measure]:
    """What a rule asks for, without what its exceptions and examples name."""
    if isinstance(rule, (Had, Measure)):
        yield rule
    for child in children(rule):
        yield from matters(child)


def permitted(rule: Rule, read: Read, vocabulary: Vocabulary) -> Rule:
    """An exclusion with persons let pass: an exception where what is permitted is a kind of what excludes, nothing where it is another matter."""
    lifted = AllOf(rules=(rule, negated(read.passed)), span=rule.span)
    unclear = Ambiguous(readings=(rule, lifted), span=rule.span)
    match rule:
        case Unparsed():
            return rule
        case AnyOf(rules=members) if members:
            return rule.model_copy(update={"rules": tuple(permitted(member, read, vocabulary) for member in members)})
        case AllOf(rules=members) if any(related(member, read.rule, vocabulary) for member in members):
            return rule.model_copy(
                update={
                    "rules": tuple(permitted(member, read, vocabulary) if related(member, read.rule, vocabulary) else member for member in members)
                }
            )
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(permitted(member, read, vocabulary) for member in rule.readings)})
        case Had():
            read = read._replace(rule=_named(read.rule, rule, vocabulary))
            if _earlier(rule, read, vocabulary):
                return rule
            timed = read._replace(rule=in_time_of(rule, read.rule, vocabulary))
            conditions = _anchored(timed.condition, rule.window.event if rule.window else "as_of")
            lifts = [AllOf(rules=(rule, negated(timed._replace(condition=one).passed)), span=rule.span) for one in conditions]
            unclear = Ambiguous(readings=(rule, *lifts), span=rule.span)
            excepted = _excepted(rule, timed if rule.count else read, timed, vocabulary)
            return excepted or _spared(rule, read) or (rule if _elsewhere(rule, read, vocabulary) else unclear)
        case _:
            return unclear


def in_time_of(rule: Had, group: Rule, vocabulary: Vocabulary) -> Rule:
    """ "history of X; Y is allowed": who had Y, where the words tell no time of their own."""
    match group:
        case Had() if group.when == "now" != rule.when and not _apart(rule, group, vocabulary) and group.section == rule.section:
            return group.model_copy(update={"when": rule.when, "window": rule.window})
        case AllOf() | AnyOf() | Ambiguous() if children(group):
            name = "readings" if isinstance(group, Ambiguous) else "rules"
            return group.model_copy(update={name: tuple(in_time_of(rule, one, vocabulary) for one in children(group))})
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
    if not given or len(given) < len(named) or read.condition is not None or none_since(read.rule):
        return None
    qualifiers = tuple(sparing(qualifier, given) for qualifier in rule.qualifiers)
    spared = rule.model_copy(update={"qualifiers": qualifiers})
    if qualifiers == rule.qualifiers:
        spared = rule.model_copy(update={"but_not": rule.but_not + given})
        if rule.section != "treatments" or any(had.concept == rule.concept for had in given):
            return None
    return spared if _alternatives(read.rule) else Ambiguous(readings=(rule, spared), span=rule.span)


def none_since(rule: Rule) -> bool:
    """ "X at least 4 weeks ago": X, and no X since."""
    if isinstance(rule, Ambiguous):
        return any(map(none_since, rule.readings))
    members = rule.rules if isinstance(rule, AllOf) else ()
    given = [member.concept for member in members if isinstance(member, Had)]
    return any(isinstance(member, Not) and isinstance(member.rule, Had) and member.rule.concept in given for member in members)


def _kinds(had: Had) -> tuple[Had, ...]:
    """What is named, and its examples."""
    return (had.model_copy(update={"examples": ()}), *(one for example in had.examples for one in hads(example) if one.section == had.section))


def _no_narrower(had: Had, rule: Had) -> bool:
    """ "X within 4 weeks; prior X is allowed": what is allowed is X before that."""
    return had.concept == rule.concept and had.when != "window" and set(had.qualifiers) <= set(rule.qualifiers)


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
