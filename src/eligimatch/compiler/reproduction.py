"""Reproduction: what a sentence says of contraception, of children to come and of the time it must last is for a person to say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.rules import each_leaf
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import Ambiguous, Had, Not, Rule, Statement, Unparsed
from eligimatch.model.span import Span

_PROMISED = re.compile(
    r"contracep|birth control|\bcondom|abstinen|\babstain|intercourse|\bsperm\b|\bsemen\b|(?:donat|freez)\w+ (?:eggs|ova|oocytes)|vasectom"
    r"|father(?:ing)? (?:a )?child|\bconceiv|(?:becom\w+|avoid\w*|prevent\w*|plan\w*|intend\w*|caus\w+) (?:\w+ ){0,2}pregnan|breast-?feed",
    re.IGNORECASE,
)
"""What is promised of reproduction."""
_LASTS = re.compile(
    r"\b(?:days?|weeks?|months?|years?|half-li(?:fe|ves)|duration|period)\b.*\b(?:dose|study|trial|treatment|therapy|drug|administration)\b",
    re.IGNORECASE,
)
_TESTED = re.compile(r"\b(?:test|tests|testing|h?cg|serum|urine|positive|negative)\b", re.IGNORECASE)
_DEMANDED = re.compile(r"\b(?:must|should|shall|agree\w*|requir\w+|willing|have to|are to|is to)\b", re.IGNORECASE)
_FACTS = frozenset({"analyte", "score", "marker", "stage", "condition", "procedure"})
_TO_COME = frozenset({"child", "infant", "fetus", "newborn"})


def promised(rule: Rule, tokens: Sequence[Token], text: str, *, excluding: bool) -> Rule:
    """The rule of a sentence about contraception with what of it was not read as what a person says."""
    span = Span(min(token.start for token in tokens), max(token.end for token in tokens))
    if not _PROMISED.search(text[span.start : span.end]):
        return rule

    def said(leaf: Rule) -> Rule:
        """The leaf as a statement, where its words promise something and state no fact."""
        words = text[leaf.span.start : leaf.span.end]
        if not _unread(leaf) or not (_PROMISED.search(words) or _LASTS.search(words)) or _TESTED.search(words):
            return leaf
        named = [token for token in tokens if token.kind in _FACTS and token.names and leaf.span.start <= token.start < leaf.span.end]
        if any(_TO_COME.isdisjoint(token.names) for token in named):
            return leaf
        told = Statement(topic=" ".join(words.split()).strip(" ,;:."), span=leaf.span)
        demanded = excluding and _DEMANDED.search(words)
        return Ambiguous(readings=(told, Not(rule=told, span=leaf.span)), span=leaf.span) if demanded else told  # who keeps it, or who does not

    return each_leaf(rule, said)


def _unread(leaf: Rule) -> bool:
    return isinstance(leaf, Unparsed) or (isinstance(leaf, Had) and not leaf.concept.linked)
