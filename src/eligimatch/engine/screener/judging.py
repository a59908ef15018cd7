"""Judgements for many: what statements and denials come to for the words that a rule leaves to someone's judgement."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eligimatch.engine.case import Case
from eligimatch.engine.phrasing import stem
from eligimatch.engine.screener.block import Grouped
from eligimatch.engine.screener.footprint import beneath
from eligimatch.engine.statements import answered, judgements
from eligimatch.model.rule import Had
from eligimatch.model.verdict import Truth
from eligimatch.model.words import folded


def answers_of(rule: Had, case: Case) -> tuple[Truth, ...]:
    """The answer to each judgement of a rule and of those beneath it, in each way in which the evaluator may ask for it.

    That is of now or of any time, with or without the words of the concept, which may go without saying.
    """
    return tuple(_answers(rule, case))


def _answers(rule: Had, case: Case) -> Iterator[Truth]:
    for one in (rule, *beneath(rule)):
        known = frozenset(stem(word) for word in folded(one.concept.name))
        for words in judgements(one, case.facts.kinship):
            for optional in (frozenset[str](), known):
                for now in (True, False):
                    yield answered(words, case, optional=optional, event=True, now=now).truth


def someone_of_each(group: Grouped) -> list[int]:
    """For each key of a grouping, a person who has it; -1 where no one has."""
    someone = np.full(len(group.keys), -1, np.int64)
    someone[group.numbers[::-1]] = group.persons[::-1]
    return someone.tolist()
