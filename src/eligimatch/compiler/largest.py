"""Largest: sentences after a rule that has grown beyond what is read; they are kept as words that were not understood.

Where it is not told of whom a sentence speaks, both readings are built, so that a rule may double with each sentence.
"""

from __future__ import annotations

from itertools import islice

from eligimatch.compiler.permissions import together
from eligimatch.compiler.sentence_read import Read, Side
from eligimatch.model.rule import AllOf, AnyOf, Rule, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

LARGEST = 4096
"""Leaves; the largest criterion of 4,000 registry records has 3,417."""


def joined(rule: Rule | None, read: Read, said: Unparsed, side: Side, vocabulary: Vocabulary) -> Rule:
    """A rule and the next sentence, whose words are `said`; beyond the largest rule, as words that may ask more or let pass."""
    if rule is None or not any(True for _ in islice(leaves(rule), LARGEST, None)):
        return together(rule, read, side, vocabulary)
    asks_more = read.permits is (side == "exclusion")  # who is let pass is not excluded
    return (AllOf if asks_more else AnyOf)(rules=(rule, said), span=rule.span.cover(said.span))


def words_of(text: str, span: Span) -> Unparsed:
    """Some words as they stand."""
    return Unparsed(text=text[span.start : span.end], span=span)
