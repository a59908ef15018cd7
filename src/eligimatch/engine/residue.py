"""Residue: a rule for one person with its decided leaves replaced by their truth, as a formula over the facts that are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from eligimatch.engine.case import Case
from eligimatch.engine.nodes import evaluate
from eligimatch.engine.outcome import Outcome
from eligimatch.model.formula import Formula, counted, every, opposite, read
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, Statement, Unparsed

Leaf = Measure | Is | Had | Statement | Unparsed
Replaced = Callable[[Leaf, Outcome, Case], Formula]
"""What stands for a leaf that came to an outcome."""
Named = Callable[[Ambiguous], str]
"""The fact that tells which reading of words is meant."""


def residue(rule: Rule, case: Case, replaced: Replaced, named: Named) -> Formula:
    """What is left of a rule: `replaced` gives each leaf's place, its truth or a literal."""

    def rest(rule: Rule, case: Case) -> Formula:
        match rule:
            case AllOf():
                return every(rest(part, case) for part in rule.rules)
            case AnyOf():
                return counted(1, (rest(part, case) for part in rule.rules))
            case AtLeast():
                return counted(rule.count, (rest(part, case) for part in rule.rules))
            case Not():
                return opposite(rest(rule.rule, case._replace(demanded=not case.demanded)))
            case Ambiguous():
                return read(named(rule), (rest(reading, case) for reading in rule.readings))
            case Measure() | Is() | Had() | Statement() | Unparsed():
                return replaced(rule, evaluate(rule, case), case)
            case _:
                assert_never(rule)

    return rest(rule, case)
