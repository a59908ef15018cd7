"""Examples: what is said of a whole is said of what stands for it.

"Any disease that would interfere, such as …" is no rule that whoever has an example is ill in that way: a field of medicine (`broad` in the
vocabulary) is judged like what it is an example of, and so is a disease that treatment keeps in check (`controllable`) where what is judged is that
it is not. "Any condition, including A or B, that would interfere": the judgement after the examples is of the whole. "Therapy (e.g. chemotherapy) for
breast cancer": chemotherapy for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.rules import connects, each_leaf, each_member
from eligimatch.model.rule import AnyOf, Had, Judged, Purpose, Rule, Statement, children
from eligimatch.model.vocabulary import Vocabulary

_OUT_OF_CONTROL = re.compile(
    r"\b(?:un-?controll\w+|(?:poorly|inadequately|insufficiently|not (?:well|adequately)) controlled|unstable|decompensated)\b", re.IGNORECASE
)
_EXEMPLIFYING = re.compile(r"\b(?:includ(?:es?|ing)|such as|e\.?g)\b", re.IGNORECASE)
_JUDGING = re.compile(r"\b(?:that|which)\b.*\b(?:would|could|may|might|can|opinion|judge?ment)\b", re.IGNORECASE | re.DOTALL)


def like_the_whole(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text with the examples of what is judged."""
    if connects(rule):
        rule = each_member(rule, lambda member: like_the_whole(member, text, vocabulary))
    if isinstance(rule, AnyOf) and len(rule.rules) > 1:
        head, *others = rule.rules
        judged = _judged(_last(head), vocabulary)
        if judged is not None and _EXEMPLIFYING.search(text, head.span.start, others[0].span.start):  # its bullets, or in a sentence's own list
            return rule.model_copy(update={"rules": (head, *_alike(others, judged, vocabulary))})
    if not isinstance(rule, Had) or not rule.examples:
        return rule
    rule = _judged_after_all(rule, text, vocabulary)
    judged, purposes = _judged(rule, vocabulary), tuple(part for part in rule.qualifiers if isinstance(part, Purpose))
    examples = _for_the_same(rule.examples, purposes) if purposes else rule.examples
    return rule.model_copy(update={"examples": examples if judged is None else _alike(examples, judged, vocabulary)})


def _last(rule: Rule) -> Rule:
    """The last leaf that is no exception."""
    while connects(rule) and (parts := children(rule)):
        rule = parts[-1]
    return rule


def _judged_after_all(rule: Had, text: str, vocabulary: Vocabulary) -> Had:
    """ "Any condition, including A or B, that would interfere": without the judgement any condition would be one."""
    *others, last = rule.examples
    told = _judged(last, vocabulary)
    judging = told is not None and _JUDGING.search(told.words)
    if rule.qualifiers or not (judging or isinstance(last, Statement)) or not _fact(rule, "any", vocabulary):
        return rule
    judged = Judged(words=" ".join(text[rule.span.start : rule.span.end].split()))
    return rule.model_copy(update={"qualifiers": (judged,), "examples": (*others,) if judging and isinstance(last, Statement) else rule.examples})


def _for_the_same(examples: Sequence[Rule], purposes: tuple[Purpose, ...]) -> tuple[Rule, ...]:
    def purposed(example: Rule) -> Rule:
        if not isinstance(example, Had) or example.section != "treatments" or any(isinstance(part, Purpose) for part in example.qualifiers):
            return example
        return example.model_copy(update={"qualifiers": (*example.qualifiers, *purposes)})

    return tuple(each_leaf(example, purposed) for example in examples)


def _judged(rule: Rule, vocabulary: Vocabulary) -> Judged | None:
    """What a person judges: of a condition in its words or by its name, or of anything."""
    if isinstance(rule, Statement):
        return Judged(words=rule.topic)
    if not isinstance(rule, Had) or rule.section != "conditions":
        return None
    by_name = _fact(rule, "judged", vocabulary)
    return next((part for part in rule.qualifiers if isinstance(part, Judged)), Judged(words=rule.concept.name) if by_name else None)


def _alike(examples: Sequence[Rule], judged: Judged, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    def like(example: Rule) -> Rule:
        if not isinstance(example, Had) or example.qualifiers or example.but_not or example.window:
            return example
        kept_in_check = _fact(example, "controllable", vocabulary) and _OUT_OF_CONTROL.search(judged.words)
        wide = _fact(example, "broad", vocabulary) or _fact(example, "any", vocabulary)
        return example.model_copy(update={"qualifiers": (judged,)}) if kept_in_check or wide else example

    return tuple(each_leaf(example, like) for example in examples)


def _fact(rule: Had, key: str, vocabulary: Vocabulary) -> object:
    entry = vocabulary.get(rule.concept.name) if rule.concept.linked else None
    return entry and entry.facts.get(key)
