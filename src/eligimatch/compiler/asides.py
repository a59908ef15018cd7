"""Asides: words in parentheses that only narrow or explain what stands before them, and that a person can judge beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.plain_words import PLAIN
from eligimatch.compiler.syntax import Clause, Comparison, Item, Paren, Piece, Sentence
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Is, Measure, Rule, Statement, leaves
from eligimatch.model.span import Span
from eligimatch.model.words import folded

_WIDENS = re.compile(
    r"^\W*(?:or|and|also|plus|as well as|but)\b|\b(?:unless|except|exceptions?|if|when|where|excluding|other than|without|not|no|allowed|allowable|"
    r"permitted|acceptable|eligible|exempt|may|can|should|will|must|regardless|irrespective|including|(?:for|in|with) (?:\w+ )?(?:patients|subjects|"
    r"participants|those|males?|females?|men|women|children)|e\.?g|i\.?e|such as|alternatively|equivalent)\b",
    re.IGNORECASE,
)
"""What lets more pass than stands before it, or other people."""
_OF_ANOTHER = re.compile(
    r"correct|adjust|fast(?:ed|ing)|ioni[sz]ed|\b(?:free|direct|indirect|axis|diameter|QTc\w*|resting|corrected)\b", re.IGNORECASE
)
"""What makes another number of it."""
_OTHERS = frozenset({"analyte", "score", "marker", "condition", "treatment", "operation", "stage", "group"})
"""Kinds of what is asked by itself: "AST (SGOT or ALT)"."""
_FERTILE = frozenset({"childbearing_potential", "postmenopausal"})
_FERTILITY = re.compile(
    r"mens[et]|menstr|menopaus|menarch|amenorr|hysterectom|oophorectom|ovar|steril|tubal|fertil|childbearing|pregnan", re.IGNORECASE
)
_HORMONE = re.compile(r"sensitiv|gonadotrop|hCG|mIU|IU/", re.IGNORECASE)
"""What only explains who can bear a child, and how a test finds that she does."""
_PATTERNS, _LEAST_PATTERN = re.compile(r"([1-5]) ?\+ ?([1-5])(?: ?= ?\d+)?"), 3
"""The two patterns of a Gleason score: 3 + 4 is another cancer than 4 + 3."""
_HOW = frozenset({"BY", "METHOD", "EITHER", "OF", "IN", "AT"})
_STAINING = re.compile(r"stain|cells?\b|nuclei|intensity|score|copies|copy|ratio|IHC|immunohisto|FISH|NGS|PCR|assay|allele|frequency", re.IGNORECASE)
"""How a marker is shown."""


def beside(rule: Rule, paren: Paren, nouns: Nouns) -> Rule | None:
    """The rule and what its parentheses say of it: "CLDN18.2 positive (≥ 75% of tumor cells)", "LVEF ≥ 50% (via echocardiogram)"."""
    words = " ".join(nouns.text[paren.start + 1 : paren.end - 1].split()).strip(" ,;:.")
    if isinstance(rule, Is) and (
        (rule.fact in _FERTILE and _FERTILITY.search(words)) or (rule.fact.endswith("pregnancy test") and _HORMONE.search(words))
    ):
        return rule
    if isinstance(rule, Measure) and rule.analyte.name == "Gleason score" and (found := _PATTERNS.fullmatch(words)):
        told = Statement(topic=f"Gleason {words}", span=Span(paren.start, paren.end))
        return rule if int(found[1]) == int(found[2]) == _LEAST_PATTERN else AllOf(rules=(rule, told), span=rule.span.cover(told.span))
    of_marker = isinstance(rule, Is) and rule.concept is not None and rule.concept.kind == "marker"
    measured = any(isinstance(leaf, Measure) for leaf in leaves(rule))
    if not words or _WIDENS.search(words) or not (of_marker or measured) or not isinstance(rule, (Measure, Is, AllOf, AnyOf, Ambiguous)):
        return None
    pieces = list(_pieces(paren.sentence)) if paren.sentence else []
    numbers = any(isinstance(piece, Comparison) and not _hours(piece) for piece in pieces)
    if of_marker and not numbers and any(getattr(piece, "kind", "") in _OTHERS for piece in pieces):
        return rule if len(pieces) == 1 and _akin(rule, pieces[0], nouns) else None
    if not of_marker and any(getattr(piece, "kind", "") in _OTHERS and not _kind(rule, piece, nouns) for piece in pieces):
        return None
    if isinstance(rule, Measure) and pieces and all(_tells_how(piece) or _kind(rule, piece, nouns) for piece in pieces):
        return rule  # "(24-hour urine collection or Cockcroft-Gault)"
    if (
        (numbers and not (of_marker and _STAINING.search(words)))
        or (measured and _OF_ANOTHER.search(words))
        or not all(_named(piece, nouns) for piece in pieces)
    ):
        return None
    return AllOf(rules=(rule, Statement(topic=words, span=Span(paren.start, paren.end))), span=rule.span.cover(Span(paren.start, paren.end)))


def _tells_how(piece: Piece) -> bool:
    """Whether a piece tells how a number is found."""
    return _hours(piece) if isinstance(piece, Comparison) else getattr(piece, "kind", "") == "procedure" or getattr(piece, "type", "") in _HOW


def _kind(rule: Rule, piece: Piece, nouns: Nouns) -> bool:
    """Whether a piece names the number of the rule, or a kind of it."""
    names = piece.names if isinstance(piece, Token) and piece.kind == "analyte" else ()
    return isinstance(rule, Measure) and any(nouns.linker.vocabulary.is_a(name, rule.analyte.name) for name in names)


def _akin(rule: Rule, piece: Piece, nouns: Nouns) -> bool:
    """ "ERBB2 (HER2) amplification": another name of the marker."""
    own = rule.concept.name if isinstance(rule, Is) and rule.concept and rule.concept.linked else ""
    names = piece.names if isinstance(piece, Token) and piece.kind == "marker" else ()
    ancestors = {own, *nouns.linker.vocabulary.ancestors(own)} if own else set()
    return any({name, *nouns.linker.vocabulary.ancestors(name)} & ancestors for name in names)


def _hours(comparison: Comparison) -> bool:
    """ "24-hour urine"."""
    return all(value.unit == "hour" for value in (comparison.low, comparison.high) if value)


def _named(piece: Piece, nouns: Nouns) -> bool:
    """Whether a piece is no name, or one that is known."""
    if not isinstance(piece, Token) or piece.names or piece.type not in ("WORDS", "CONCEPT"):
        return True
    return nouns.linker.general([piece]) or PLAIN.issuperset(folded(piece.text))


def _pieces(sentence: Sentence) -> Iterator[Piece]:
    """Every piece of a sentence, those in further parentheses too."""
    clauses: list[Clause] = [clause for clause in sentence.clauses if clause]
    items: list[Item] = [item for clause in clauses for one in (clause.series, *(tail.series for tail in clause.tails)) if one for item in one.items]
    for piece in (piece for item in items for piece in item.pieces):
        if isinstance(piece, Paren):
            yield from _pieces(piece.sentence) if piece.sentence else ()
        else:
            yield piece
