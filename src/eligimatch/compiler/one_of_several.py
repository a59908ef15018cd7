"""One of several: inclusions of which no one meets all, each a cancer of its own, and lists under a bullet that breaks off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from eligimatch.compiler.cues import cued
from eligimatch.compiler.leads import EXAMPLES
from eligimatch.compiler.rules import each_leaf, hads
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Measure, Not, Rule, leaves
from eligimatch.model.trial import Criterion
from eligimatch.model.vocabulary import Vocabulary

_KINDS = ("cancer", "bone marrow failure")
_OTHER = "other"
"""What is none of those that were named: "other solid tumors"."""
_ALLOWED_IF = cued(r"\b(?:allowed|permitted|eligible|acceptable)(?: only)? if\W*$", " if")


def each_perhaps(listed: list[list[Criterion]], vocabulary: Vocabulary) -> Iterator[Criterion]:
    """The criteria of sibling bullets; of cancers that no one has together, each may be only one of those that are meant."""
    named = [_diseases(criteria[0].rule, vocabulary) if criteria else frozenset() for criteria in listed]
    for criteria, own in zip(listed, named, strict=True):
        others = [other for other in named if other and other is not own and _apart(own, other, vocabulary)]
        yield from map(_perhaps, criteria) if own and others else criteria


def broken_off(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    """The criteria; treatments after "prior treatment allowed if", conditions after "examples include:" are no demands."""
    meant: Callable[[Rule], bool] = _nothing
    for criterion in criteria:
        meant = meant if meant(criterion.rule) else _nothing
        yield _perhaps(criterion) if meant(criterion.rule) else criterion
        meant = _treatments if _ALLOWED_IF.search(criterion.text) else _things if EXAMPLES.search(criterion.text) else meant


def cancers(rules: Iterable[Rule], vocabulary: Vocabulary) -> list[str]:
    """The primary tumors of rules that each ask for one, alone or with markers or of people of an age."""
    named = [_diseases(each_leaf(rule, _whichever), vocabulary) for rule in rules]
    return [name for own in named if len(own) == 1 for name in own if vocabulary.is_a(name, "cancer")]


def _whichever(leaf: Rule) -> Rule:
    """A disease, the study's or another."""
    return leaf.model_copy(update={"other": False}) if isinstance(leaf, Had) else leaf


def primaries(rules: Sequence[Rule], vocabulary: Vocabulary) -> bool:
    """Whether each is a tumor of its own kind, which no one has all of."""
    names = cancers(rules, vocabulary)
    apart = len(set(names)) == len(names) and not any(vocabulary.is_a(one, other) for one in names for other in names if one != other)
    return len(names) == len(rules) and apart


def _nothing(_: Rule) -> bool:
    return False


def _treatments(rule: Rule) -> bool:
    return bool(hads(rule)) and all(had.section == "treatments" for had in hads(rule))


def _things(rule: Rule) -> bool:
    return all(isinstance(leaf, (Had, Measure)) for leaf in leaves(rule))


def _perhaps(criterion: Criterion) -> Criterion:
    nothing = AllOf(rules=(), span=criterion.rule.span)
    return criterion.model_copy(update={"rule": Ambiguous(readings=(criterion.rule, nothing), span=criterion.rule.span)})


def _diseases(rule: Rule, vocabulary: Vocabulary) -> frozenset[str]:
    """The diseases that a rule demands, where it demands one of them; none where it asks anything else in the first place."""
    match rule:
        case Had():
            known = rule.section == "conditions" and rule.concept.linked and not rule.study
            name = rule.concept.name
            return frozenset({_OTHER if rule.other else name}) if known and _primary(name, vocabulary) else frozenset()
        case AnyOf(rules=(Not(rule=Is(fact="group")), asked)):
            return _diseases(asked, vocabulary)
        case AnyOf(rules=members) | Ambiguous(readings=members):
            found = [_diseases(member, vocabulary) for member in members]
            return frozenset().union(*found) if all(found) else frozenset()
        case AllOf(rules=members):
            rest = [member for member in members if not isinstance(member, (Is, Measure))]
            return _diseases(rest[0], vocabulary) if rest else frozenset()
        case _:
            return frozenset()


def _primary(name: str, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.is_a(name, kind) for kind in _KINDS) and not vocabulary.is_a(name, "metastasis")


def _apart(some: frozenset[str], others: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Whether no disease of the one is one of the other, a kind of it, or a disease of the same organ or line of cells."""
    return _OTHER in some | others or not any(_akin(one, other, vocabulary) for one in some for other in others)


def _akin(one: str, other: str, vocabulary: Vocabulary) -> bool:
    shared = vocabulary.ancestors(one) & vocabulary.ancestors(other)
    return vocabulary.overlap(one, other) or any(_primary(name, vocabulary) and not vocabulary[name].facts.get("several") for name in shared)
