"""Allowances: a permission whose conditions stand after its verb, as one whose conditions stand where the builder looks for them."""

from __future__ import annotations

import re

from eligimatch.compiler.phrase import duration
from eligimatch.compiler.syntax import Clause, Comparison, Item, Paren, Piece, Sentence, Series, Tail, series_span
from eligimatch.compiler.tokens import Token

_SPEECH = frozenset({"JUDGEMENT", "STATEMENT", "ONLY", "METHOD"})
_NARROWING = frozenset({"FOR", "DURING", "INTENT"})
_TIMES = frozenset({"WITHIN", "LAST", "BEFORE", "AGO", "SINCE", "AFTER", "EVENT", "OF", "AT"})
_OF_PEOPLE = frozenset({"FOR", "IN", "ONLY"})
_LISTS = re.compile(r"\bexceptions?\b|\bexempt\b", re.IGNORECASE)


def allowed(sentence: Sentence, text: str) -> Sentence:
    """ "X is allowed (e.g., Y)", "X is allowed for patients with Y", "X may be used after discussion with Y" in the builder's order of words."""
    sentence = _timed(sentence)
    subject, predicate = sentence.clauses[:2]
    if predicate is None or predicate.series is None or len(sentence.modals) != 1:
        return sentence
    if subject is None:
        return _named_after(predicate, sentence, text)
    if all(tail.word.type == "DEFINED" for tail in subject.tails) and _colon(sentence, predicate.series, text):
        return sentence._replace(clauses=(predicate, None))
    if subject.series is None or subject.tails:
        return sentence
    first = predicate.series.items[0].pieces[0]
    if isinstance(first, Paren):
        return allowed(_with_paren(subject.series, predicate, first, sentence), text)
    if _type(first) == "FOR" and "not considered" in sentence.modals[0].text.lower():
        return sentence._replace(clauses=(subject, None))  # "is no form of systemic treatment for X"
    if _type(first) in _NARROWING and not predicate.tails and not _of_people(predicate.series):
        return sentence._replace(clauses=(Clause(_narrowed(subject.series, predicate.series), ()), None))
    if conditions := _conditions(predicate.series):
        tail = Tail(Token("IF", "if", conditions.items[0].start, conditions.items[0].start), conditions)
        return sentence._replace(clauses=(subject, Clause(None, (tail, *predicate.tails))))
    return sentence


def _timed(sentence: Sentence) -> Sentence:
    """ "X is allowed if ≥ 6 months before" as "X is allowed ≥ 6 months before", "if not within 6 months" as "no X is allowed within 6 months"."""
    subject, predicate = sentence.clauses[:2]
    tails = predicate.tails if predicate is not None and predicate.series is None and len(sentence.modals) == 1 else ()
    if len(tails) != 1 or tails[0].word.type not in ("IF", "PROVIDED") or subject is None or subject.series is None or subject.tails:
        return sentence
    pieces = tails[0].series.items[0].pieces if len(tails[0].series.items) == 1 else ()
    denied = bool(pieces) and _type(pieces[0]) == "NOT"
    time = pieces[1:] if denied else pieces
    if not _only_time(time):
        return sentence
    first, *others = subject.series.items
    named = Series((Item((pieces[0], *first.pieces)), *others), subject.series.links) if denied else subject.series
    return sentence._replace(clauses=(Clause(named, ()), Clause(Series((Item(time),), ()), ())))


def _only_time(pieces: tuple[Piece, ...]) -> bool:
    """ "≥ 6 months before registration", "within 4 weeks": a length of time, and from where it is counted."""
    lengths = [duration(piece) for piece in pieces if isinstance(piece, Comparison)]
    rest = [piece for piece in pieces if not isinstance(piece, Comparison)]
    return len(lengths) == 1 and lengths[0] is not None and bool(rest) and all(_type(piece) in _TIMES for piece in rest)


def _named_after(predicate: Clause, sentence: Sentence, text: str) -> Sentence:
    """ "The following are allowed: A, B", "Exceptions to this are A and B": who or what is let pass stands last."""
    assert predicate.series is not None
    if not (_colon(sentence, predicate.series, text) or _LISTS.search(sentence.modals[0].text)):
        return sentence
    return sentence._replace(clauses=(predicate, None))


def _colon(sentence: Sentence, series: Series, text: str) -> bool:
    return text[sentence.modals[0].end : series_span(series).start].strip() == ":"


def _of_people(series: Series) -> bool:
    return len(series.items[0].pieces) > 1 and _type(series.items[0].pieces[1]) == "WITH"


def _narrowed(series: Series, rest: Series) -> Series:
    """ "X is allowed for Y" as "X for Y": only such an X is let pass."""
    *before, last = series.items
    first, *others = rest.items
    return Series((*before, Item((*last.pieces, *first.pieces)), *others), (*series.links, *rest.links))


def _with_paren(series: Series, predicate: Clause, paren: Paren, sentence: Sentence) -> Sentence:
    """The sentence with the parenthesis beside what is let pass."""
    assert predicate.series is not None
    *before, last = series.items
    joined = Series((*before, Item((*last.pieces, paren))), series.links)
    rest = _without_first(predicate.series)
    after = Clause(rest, predicate.tails) if rest or predicate.tails else None
    return sentence._replace(clauses=(Clause(joined, ()), after))


def _without_first(series: Series) -> Series | None:
    """A series without its first piece."""
    first, *others = series.items
    if len(first.pieces) > 1:
        return Series((Item(first.pieces[1:]), *others), series.links)
    return Series(tuple(others), series.links[1:]) if others else None


def _conditions(series: Series) -> Series | None:
    """What "with Y", "for patients with Y", "in those with Y" ask of whom they let pass, or what a person has to judge."""
    if all(_type(piece) in _SPEECH for item in series.items for piece in item.pieces) and _said(series):
        return series
    pieces = series.items[0].pieces
    kinds = [_type(piece) for piece in pieces[:2]]
    dropped = 2 if len(kinds) > 1 and kinds[0] in _OF_PEOPLE and kinds[1] == "WITH" else 1 if kinds[0] == "WITH" else 0
    if not dropped or len(pieces) == dropped:
        return None
    return Series((Item(pieces[dropped:]), *series.items[1:]), series.links)


def _said(series: Series) -> bool:
    return any(_type(piece) in ("JUDGEMENT", "STATEMENT") for item in series.items for piece in item.pieces)


def _type(piece: Piece) -> str:
    return piece.type if isinstance(piece, Token) else ""
