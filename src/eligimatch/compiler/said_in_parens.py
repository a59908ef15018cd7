"""Said in parentheses: sentences there, and whether they say clearly of whom they speak."""

from __future__ import annotations

from eligimatch.compiler.permissions import Read
from eligimatch.compiler.rules import hads
from eligimatch.compiler.syntax import Clause, Paren
from eligimatch.compiler.syntax import Sentence as SyntaxSentence
from eligimatch.model.rule import Ambiguous, AnyOf, Had, Measure, Rule, leaves


def excepted(sentence: SyntaxSentence) -> SyntaxSentence:
    """ "(exception: patients with X are eligible)": patients with X are."""
    first = sentence.clauses[0]
    if first is None or first.series is not None or len(first.tails) != 1 or first.tails[0].word.type != "EXCEPT":
        return sentence
    return sentence._replace(clauses=(Clause(first.tails[0].series, ()), *sentence.clauses[1:]))


def clear(rule: Measure, read: Read, paren: Paren) -> bool:
    """Whether a sentence in parentheses after a number says clearly what else is asked, and of whom.

    Not "(transfusions to obtain this are not permitted)", where no time is said, nor another limit that some must meet.
    """
    asked = list(leaves(read.passed))
    if any(isinstance(leaf, Had) and (not leaf.concept.linked or (leaf.section == "treatments" and leaf.when == "now")) for leaf in asked):
        return False
    if read.permits or paren.sentence is None:
        return True
    again = any(isinstance(leaf, Measure) and leaf.analyte == rule.analyte for leaf in leaves(read.rule) if not _told(leaf))
    return not again and all(modal.value != "and" for modal in paren.sentence.modals)


def _told(leaf: Rule) -> bool:
    """Whether a leaf only tells of whom is spoken: those of one value."""
    return isinstance(leaf, Measure) and leaf.interval.low is not None and leaf.interval.low == leaf.interval.high


def namely(rule: Rule, inner: Rule) -> Rule:
    """ "leukemia (ALL or CLL)": these kinds of it, or any."""
    asked = hads(rule)
    if not isinstance(rule, Had) or any(had.concept == asked[0].concept for had in hads(inner)):
        return rule
    own = {"when": rule.when, "window": rule.window, "other": rule.other, "count": rule.count}
    only = [had.model_copy(update={**own, "qualifiers": rule.qualifiers + had.qualifiers}) for had in hads(inner)]
    return Ambiguous(readings=(rule, only[0] if len(only) == 1 else AnyOf(rules=tuple(only), span=rule.span)), span=rule.span)
