"""What a modal asks: the list before "must be", "must not" and "must be confirmed by" joined with the words after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING

from eligimatch.compiler.phrase import Phrase, duration
from eligimatch.compiler.rules import any_of, each_leaf, hads, negated, of_then, unread
from eligimatch.compiler.studies import ANY_CANCER
from eligimatch.compiler.syntax import Clause, Comparison, Item, Sentence, Series
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Measure, Not, Purpose, Requiring, Rule, Statement, leaves
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

_TIMES = frozenset({"WITHIN", "LAST", "BEFORE", "DURING", "AT", "AFTER"})
_REQUIRED = ("required", "mandatory", "obtained", "documented", "performed", "done")


def _number_after_modal(subject: Clause, predicate: Clause | None) -> Clause | None:
    """ "Hemoglobin must be ≥ 9 g/dL", "HBV DNA must be undetectable" as one list; None where the predicate is no number or result."""
    if predicate is None or predicate.series is None or subject.series is None or subject.tails:
        return None
    first, *rest = predicate.series.items
    opens = first.pieces[0]
    *before, noun = subject.series.items
    of_test = any(getattr(piece, "kind", "") in ("analyte", "marker") for piece in (noun.pieces[0], noun.pieces[-1]))
    told = any(getattr(piece, "type", "") == "RESULT" for piece in noun.pieces)
    tested = getattr(opens, "type", "") == "RESULT" and of_test and not (told or before)
    graded = getattr(opens, "type", "") == "GRADE" and not rest and at_most(first.pieces[-1])
    if not (isinstance(opens, Comparison) or getattr(opens, "type", "") == "NORMAL" or tested or graded):
        return None
    joined = Item((*noun.pieces, *first.pieces))
    return Clause(Series((*before, joined, *rest), (*subject.series.links, *predicate.series.links)), predicate.tails)


def at_most(limit: object) -> bool:
    """Whether a limit is an upper one only: "≤ grade 2", "grade 0-1"."""
    return isinstance(limit, Comparison) and limit.high is not None and (limit.low is None or not limit.low.number)


def after_modal(subject: Clause, predicate: Clause | None, modal: str) -> Clause | None:
    """ "X must be ≥ 5", "X must not have been received within 28 days": what follows the modal is of the list before it."""
    if (merged := _number_after_modal(subject, predicate)) is not None:
        return merged
    if modal != "MUST_NOT" or predicate is None or predicate.series is None or predicate.tails:
        return None
    first, *others = predicate.series.items
    pieces = tuple(dropwhile(lambda piece: getattr(piece, "type", "") in ("HISTORY", "RECEIVED"), first.pieces))
    return time_after_modal(subject, Series((Item(pieces), *others), predicate.series.links)) if pieces else None


def time_after_modal(subject: Clause, rest: Series) -> Clause | None:
    """ "X is not allowed within 28 days": the time is of the list before; None where the words after the modal say more."""
    first = rest.items[0].pieces[0]
    if subject.series is None or subject.tails or len(rest.items) > 1 or not (isinstance(first, Comparison) or getattr(first, "type", "") in _TIMES):
        return None
    *before, last = subject.series.items
    return Clause(Series((*before, Item((*last.pieces, *rest.items[0].pieces))), subject.series.links), ())


def required_for(sentence: Sentence) -> Sentence | None:
    """ "X is required for women" as "women must X", "X is required within 2 weeks" as that X; None where no one and no time is named after it."""
    subject, predicate = sentence.clauses[:2]
    if len(sentence.modals) != 1 or not sentence.modals[0].text.lower().endswith(_REQUIRED) or subject is None or subject.series is None:
        return None
    if predicate is not None and predicate.series is None and {tail.word.type for tail in predicate.tails} <= {"UNLESS", "EXCEPT"}:
        return Sentence((Clause(subject.series, (*subject.tails, *predicate.tails)), None), sentence.modals)  # "X is required unless Y"
    if predicate is not None and predicate.series is not None and not predicate.tails and (timed := time_after_modal(subject, predicate.series)):
        return Sentence((timed, None), sentence.modals)
    first = predicate.series.items[0].pieces if predicate is not None and predicate.series is not None else ()
    if predicate is None or predicate.series is None or len(first) < 2 or getattr(first[0], "type", "") not in ("FOR", "IN"):
        return None
    rest = first[2:] if getattr(first[1], "type", "") == "WITH" and len(first) > 2 else first[1:]
    people = Series((Item(rest), *predicate.series.items[1:]), predicate.series.links)
    return Sentence((Clause(people, predicate.tails), subject), sentence.modals)


def shown_after_modal(subject: Clause | None, predicate: Clause | None) -> Clause | None:
    """ "Recurrence must be confirmed by biopsy" as "recurrence confirmed by biopsy"; None where the predicate is of no such kind.

    "Measurable disease must be present outside the liver": measurable disease outside the liver.
    """
    if predicate is None or predicate.series is None or subject is None or subject.series is None or subject.tails:
        return None
    first, *rest = predicate.series.items
    told = of_presence(predicate) or getattr(first.pieces[0], "type", "") == "KNOWN"
    people = getattr(subject.series.items[0].pieces[0], "type", "") == "WITH" or getattr(subject.series.items[0].pieces[0], "kind", "") == "group"
    by = getattr(first.pieces[0], "type", "") == "BY" and str(getattr(first.pieces[0], "text", "")).lower().endswith("by")
    if not by and (not told or people):
        return None
    *before, noun = subject.series.items
    joined = Item((*noun.pieces, *(first.pieces if by else first.pieces[1:])))
    return Clause(Series((*before, joined, *rest), (*subject.series.links, *predicate.series.links)), predicate.tails)


def demanded_or_of(group: Rule | None, asked: Rule, predicate: Clause | None) -> Rule:
    """What must be shown is demanded, or asked of those who have it; what must be present is demanded."""
    if group is None or of_presence(predicate):
        return asked
    return Ambiguous(readings=(asked, AnyOf(rules=(negated(group), asked), span=asked.span)), span=asked.span)


def of_presence(predicate: Clause | None) -> bool:
    """Whether what must be is no more than there: "a mutation must be | present"."""
    first = predicate.series.items[0].pieces[0] if predicate is not None and predicate.series is not None else None
    return getattr(first, "type", "") == "CURRENT" and str(getattr(first, "text", "")).lower() == "present"


def of_group(group: Rule, demand: Rule) -> Rule:
    """What is demanded of a group only; "contraception is required until 3 months after" demands what it names first."""
    span = group.span.cover(demand.span)
    demand = of_then(group, demand)
    if (treated := _treated_for_it(group, demand)) is not None:
        return Not(rule=treated.model_copy(update={"span": span}), span=span)
    if any(isinstance(leaf, Is) and leaf.fact == "contraception" for leaf in leaves(group)):
        return AllOf(rules=(group, demand), span=span)
    return AnyOf(rules=(negated(group), demand), span=span)


def denied_of(clause: Clause, text: str) -> Clause | None:
    """The people of whom a sentence denies something: "female participants | are not pregnant, and …"; None where it denies nothing of people."""
    pieces = clause.series.items[0].pieces if clause.series is not None else ()
    if len(pieces) < 2 or getattr(pieces[0], "kind", "") != "group" or getattr(pieces[1], "type", "") not in ("NOT", "NEITHER"):
        return None
    said = {"is", "are"}.intersection(text[pieces[0].end : pieces[1].end].lower().split())
    return Clause(Series((Item(pieces[:1]),), ()), ()) if said else None


def asked_of(group: Rule, rule: Rule) -> Rule:
    """What is said of a group, as a demand of its members only."""
    return of_group(group, _beside(group, rule))


def _beside(group: Rule, rule: Rule) -> Rule:
    """The rule of a group's members without the group."""
    if not isinstance(rule, AllOf):
        return rule
    rules = tuple(_beside(group, one) for one in rule.rules if not isinstance(one, Is) or one.model_copy(update={"span": group.span}) != group)
    return rules[0] if len(rules) == 1 else AllOf(rules=rules, span=rule.span)


def _treated_for_it(group: Rule, demand: Rule) -> Had | None:
    """ "If there is a history of cancer, patients must not be on treatment for the cancer": that other cancer, and what it is treated with."""
    given = demand.rule if isinstance(demand, Not) else None
    if not isinstance(group, Had) or not isinstance(given, Had) or group.concept.name not in ANY_CANCER or group.when != "ever":
        return None
    rest = tuple(one for one in given.qualifiers if not (isinstance(one, Purpose) and one.concept.name in ANY_CANCER))
    if len(rest) == len(given.qualifiers):
        return None
    treatment = given.model_copy(update={"qualifiers": rest, "examples": ()})
    return group.model_copy(update={"other": True, "qualifiers": (*group.qualifiers, Requiring(treatment=treatment))})


def limited(clause: Clause) -> bool:
    """Whether a clause holds something against a limit other than a length of time."""
    pieces = [piece for item in clause.series.items for piece in item.pieces] if clause.series else []
    return any(isinstance(piece, Comparison) and duration(piece) is None for piece in pieces)


def limited_first(clause: Clause) -> bool:
    """Whether a limit stands before something else: "bilirubin ≤ 2, patients with C are excluded if D" is more than a ban."""
    first = Clause(Series(clause.series.items[:1], ()), ()) if clause.series else clause
    return limited(first) and bool(clause.tails or (clause.series and clause.series.links[-1:] == ("comma",)))


def undenied(clause: Clause) -> Clause | None:
    """ "the CT does not | show X": the clause without the denial at its end, None where nothing else is in it; itself where it has none."""
    if clause.series is None or clause.tails or getattr(clause.series.items[-1].pieces[-1], "type", "") != "NOT":
        return clause
    *before, last = clause.series.items
    if len(last.pieces) > 1:
        return Clause(Series((*before, Item(last.pieces[:-1])), clause.series.links), ())
    return Clause(Series(tuple(before), clause.series.links[:-1]), ()) if before else None


def or_must(group: Rule, demand: Rule) -> Rule:
    """ "X within 4 weeks - such patients must have recovered": who had X then, and who had it at another time and has not recovered."""
    span = group.span.cover(demand.span)
    return any_of((group, AllOf(rules=(each_leaf(group, _once), negated(demand)), span=span)), span)


def alternatively(demands: list[Rule], modals: tuple[Token, ...], span: Span) -> Rule:
    """ "Must be sterile or must use contraception": each demand, or one of those that "or" joins; both joined, either may be meant."""
    either = [modal.value == "or" for modal in modals[1:]]
    each, one = AllOf(rules=tuple(demands), span=span), AnyOf(rules=tuple(demands), span=span)
    if not any(either):
        return each
    return one if all(either) else Ambiguous(readings=(each, one), span=span)


def _once(leaf: Rule) -> Rule:
    return leaf.model_copy(update={"when": "ever", "window": None}) if isinstance(leaf, Had) and leaf.window else leaf


def of_a_group(rule: AllOf, nouns: Nouns) -> bool:
    """ "Women of childbearing potential who use contraception", "Lymphoma: ECOG 0-1": whom the trial wants, or what it wants of some."""
    if len(rule.rules) != 2:
        return False
    group, asked = rule.rules
    if isinstance(group, Had) and isinstance(asked, Measure) and nouns.text[group.span.end :].lstrip().startswith(":"):
        vocabulary = nouns.linker.vocabulary
        return vocabulary.is_a(group.concept.name, "neoplasm") or any(vocabulary[name].kind == "site" for name in vocabulary.find(group.concept.name))
    if isinstance(group, AllOf) and all(isinstance(one, Is) and one.fact == "sex" for one in group.rules[:1]):
        group = group.rules[-1] if group.rules else group  # "female subjects with childbearing potential"
    if isinstance(group, (Ambiguous, AnyOf)):  # "men and women of reproductive age"
        return all(isinstance(one, Is) and one.fact in ("childbearing_potential", "sex") for one in leaves(group)) and isinstance(asked, Statement)
    if not isinstance(group, Is):
        return False
    relative = all(map(_of_women, leaves(asked))) and _RELATIVE.search(nouns.text, group.span.end, asked.span.start) is not None
    return group.fact == "childbearing_potential" or (group.fact == "sex" and (isinstance(asked, (Statement, Is)) or relative))


def _of_women(leaf: Rule) -> bool:
    """What only a woman can be: "female subjects who are not pregnant or breastfeeding"."""
    return isinstance(leaf, Is) and leaf.concept is None


def of_some(rule: AllOf, nouns: Nouns) -> Rule | None:
    """A demand on a group by the words of a list: asked of its members only, and where no verb tells of them, perhaps wanted; None of no group."""
    if not of_a_group(rule, nouns):
        return None
    group, asked = rule.rules
    freed = AnyOf(rules=(negated(group), asked), span=rule.span)
    told = isinstance(asked, Statement) and _PREDICATE.match(asked.topic) is not None
    return freed if told and not _RELATIVE.search(nouns.text, 0, asked.span.start) else Ambiguous(readings=(rule, freed), span=rule.span)


_PREDICATE = re.compile(r"(?:is|are|will|agrees?)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:who|that|which)(?:\s+(?:is|are))?\s+$", re.IGNORECASE)
_INFECTIONS = frozenset({"infection", "acute infection", "chronic infection", "viral infection", "past infection"})
_SOME_TIME = re.compile(r"\b(?:acute|chronic|past|previous|prior|current)\b", re.IGNORECASE)


def of_infection(before: Rule, shown: Rule, text: str) -> Rule | None:
    """ "a positive test for hepatitis B indicating acute infection": of that virus, and whether it is acute is for a person to judge."""
    if not hads(shown) or any(had.concept.name not in _INFECTIONS for had in hads(shown)) or unread(before):
        return None
    words = " ".join(text[shown.span.start : shown.span.end].split())
    infected = bool(hads(before)) and all(had.section == "conditions" for had in hads(before))
    if infected and len(set(_SOME_TIME.findall(words.lower()))) != 1:
        return before  # "indicating acute or chronic infection"
    said = Statement(topic=f"{' '.join(text[before.span.start : before.span.end].split())} indicating {words}", span=shown.span)
    return AllOf(rules=(before, said), span=before.span.cover(shown.span))


def arm_of(phrases: Sequence[Phrase], span: Span, text: str) -> Rule | None:
    """ "for participants receiving A and B": the arm of the trial that is meant for the person."""
    if phrases[0].act != "treatment" or phrases[0].time not in ("now", "planned"):
        return None
    start = next((token.start for token in phrases[0].heads), span.start)
    return Is(fact="group", values=(" ".join(text[start : span.end].split()),), span=span)
