"""Loose parentheses: exceptions that stand in parentheses after one member of a list and are kinds of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eligimatch.compiler.permissions import together
from eligimatch.compiler.rules import hads
from eligimatch.compiler.syntax import Clause, Item, Paren, Series
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Had, Rule

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists


_TAILS = ("INCLUDING", "EXCEPT", "UNLESS", "IF", "PROVIDED")


def without_loose(lists: Lists, clause: Clause) -> tuple[Clause, tuple[Paren, ...]]:
    """The clause without such parentheses, and these."""
    series = [one for one in (clause.series, *(tail.series for tail in clause.tails if tail.word.type in _TAILS)) if one]
    items = [item for one in series for item in one.items]
    if len(items) < 2 or not any(isinstance(piece, Paren) and _spares(piece) for item in items for piece in item.pieces):
        return clause, ()
    named = {id(item): _names(item) for item in items}
    loose: list[Paren] = []
    for item in items:
        if all(isinstance(piece, Paren) for piece in item.pieces):
            continue  # nothing would be left of it
        others = {name for other in items if other is not item for name in named[id(other)]}
        loose += [piece for piece in item.pieces if isinstance(piece, Paren) and _spares(piece) and _of_others(lists, piece, named[id(item)], others)]
    if not loose:
        return clause, ()
    tails = tuple(tail._replace(series=_without(tail.series, loose)) for tail in clause.tails)
    return Clause(clause.series and _without(clause.series, loose), tails), tuple(loose)


def said_of_all(lists: Lists, rule: Rule, paren: Paren, *, excluding: bool) -> Rule:
    """The rule of the whole list with what the parentheses take out."""
    assert paren.sentence is not None
    if not paren.sentence.modals and paren.sentence.clauses[0]:
        return lists.tails.apply(rule, paren.sentence.clauses[0].tails[0], excluding=excluding)
    assert lists.parens.read_sentence is not None
    return together(rule, lists.parens.read_sentence(paren.sentence), "exclusion" if excluding else "inclusion", lists.nouns.linker.vocabulary)


def _spares(paren: Paren) -> bool:
    """ "(excluding X)", "(X is allowed)"."""
    if paren.sentence is None or not paren.sentence.clauses[0]:
        return False
    first, modals = paren.sentence.clauses[0], [modal.type for modal in paren.sentence.modals]
    if modals == ["ELIGIBLE"]:
        return first.series is not None
    return not modals and first.series is None and [tail.word.type for tail in first.tails] == ["EXCEPT"]


def _names(item: Item) -> set[str]:
    return {name for piece in item.pieces if isinstance(piece, Token) and piece.type == "CONCEPT" for name in piece.names}


def _of_others(lists: Lists, paren: Paren, own: set[str], others: set[str]) -> bool:
    """Whether what is spared is a kind of what other members name, and not only of its own, or wider than each of them."""
    spared = [had.concept for had in _spared(lists, paren)]
    spared = spared[:1] if paren.sentence and paren.sentence.modals else spared  # "(X without Y is allowed)"
    if not spared or not all(concept.linked for concept in spared):
        return False
    vocabulary = lists.nouns.linker.vocabulary

    def of(concept: Concept, names: set[str]) -> bool:
        above = {concept.name, *vocabulary.ancestors(concept.name)}
        return bool(names & above) or any(
            name in concept.name.split() or f"{name} disease" in above for name in names
        )  # "brain" or meningeal metastasis

    named = [name for name in own | others if (entry := vocabulary.get(name)) and entry.kind == "condition"]
    wider = bool(named) and all(concept.name in vocabulary.ancestors(name) - {name} for concept in spared for name in named)
    kinds = {concept.name for concept in spared if of(concept, own)}
    apart = [concept for concept in spared if concept.name not in kinds]
    permits = paren.sentence is not None and bool(paren.sentence.modals)
    of_others = (all if permits or not kinds else any)(
        of(concept, others) for concept in apart
    )  # an exception takes nothing from what it is no kind of
    return (wider and bool(others)) or (bool(apart) and (not kinds or len(spared) > 1) and of_others)


def _spared(lists: Lists, paren: Paren) -> tuple[Had, ...]:
    assert paren.sentence is not None
    first = paren.sentence.clauses[0]
    assert first is not None
    return hads(lists.listed(first.series or first.tails[0].series))


def _without(series: Series, loose: list[Paren]) -> Series:
    items = (Item(tuple(piece for piece in item.pieces if not any(piece is one for one in loose))) for item in series.items)
    return series._replace(items=tuple(items))
