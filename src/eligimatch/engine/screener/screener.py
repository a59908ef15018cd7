"""The screener: trials against blocks of persons, as planes of verdicts and statuses; any one cell is told by the evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from eligimatch.engine.evaluator import check
from eligimatch.engine.facts import Language, language_of
from eligimatch.engine.screener import planes
from eligimatch.engine.screener.block import Block
from eligimatch.engine.screener.plan import Node, Plan, Planned
from eligimatch.engine.screener.planes import Bits, Plane
from eligimatch.engine.screener.registry import Registry
from eligimatch.model.finding import TrialReport
from eligimatch.model.trial import CompiledTrial
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary


class Screened(NamedTuple):
    """A trial for all persons of a block: true is matched or eligible, false failed or ineligible."""

    trial: str
    verdict: Plane
    criteria: Mapping[str, Plane]
    """Each criterion by its id, in order."""


class Screener:
    """Trials, ready to be put before any number of persons."""

    def __init__(self, trials: Sequence[CompiledTrial], vocabulary: Vocabulary, units: Units, today: date | None = None) -> None:
        """`today` is the day of judgement of those whose tables give none."""
        self.trials = tuple(trials)
        self.language: Language = language_of(vocabulary, units)
        self.registry = Registry()
        self.today = today or datetime.now(tz=UTC).astimezone().date()
        self._plan: Plan | None = None
        self._said = -1

    def block(self, ids: Sequence[str], frames: Mapping[str, pl.DataFrame]) -> Block:
        """Some persons' tables (model/columns), each sorted by `person`, the number of a person in `ids`."""
        return Block(ids, frames, self.registry, self.language, self.today)

    def screen(self, block: Block) -> Iterator[Screened]:
        """Each trial in order."""
        plan = self._planned()
        found = Graph(plan, block)
        for trial in plan.trials:
            yield found.trial(trial)

    def explain(self, block: Block, person: int, trial: int) -> TrialReport:
        """The full finding of one person and trial, as the evaluator gives it."""
        as_of = date.fromordinal(int(block.as_of[person]))
        return check(block.profile(person), [self.trials[trial]], self.language.vocabulary, self.language.units, as_of).trials[0]

    def _planned(self) -> Plan:
        """The plan; made anew where someone has said or denied what no one had before, for then other words count."""
        said = len(self.registry.subjects["statements"].values) + len(self.registry.subjects["denials"].values)
        if self._plan is None or said != self._said:
            self._plan = Plan(self.trials, self.language, self.registry, self._plan)
            self._said = said
        return self._plan


class Graph:
    """The planes of a plan's nodes for one block, each worked out when it is first asked for and let go after its last use."""

    def __init__(self, plan: Plan, block: Block) -> None:
        self.plan = plan
        self.block = block
        self._planes: dict[int, Plane] = {}
        self._uses = [plan.uses[number] for number in range(len(plan.nodes))]
        nobody = np.zeros(planes.words(block.size), np.uint64)
        self._unknown = Plane(nobody, nobody)
        everyone = planes.packed(np.ones(block.size, np.bool_))
        self._true = Plane(everyone, nobody)
        self._everyone: Bits = everyone

    def trial(self, trial: Planned) -> Screened:
        """The statuses and verdicts of one trial."""
        criteria = {}
        for criterion, node in trial.criteria:
            plane = self._used(node)
            criteria[criterion.id] = planes.negate(plane) if criterion.kind == "exclusion" else plane
        verdict = planes.all_of(list(criteria.values())) if criteria else self._true
        return Screened(trial.id, verdict, criteria)

    def _used(self, number: int) -> Plane:
        plane = self._plane(number)
        self._uses[number] -= 1
        if not self._uses[number]:
            self._planes.pop(number, None)
        return plane

    def _plane(self, number: int) -> Plane:
        plane = self._planes.get(number)
        if plane is None:
            node = self.plan.nodes[number]
            plane = self.plan.leaves[number].plane(self.block) if node.law == "leaf" else self._joined(node)
            self._planes[number] = plane
        return plane

    def _joined(self, node: Node) -> Plane:
        parts = [self._used(part) for part in node.parts]
        match node.law:
            case "all_of":
                return planes.all_of(parts) if parts else self._true
            case "any_of":
                return planes.any_of(parts) if parts else planes.negate(self._true)
            case "at_least":
                return self._within(planes.at_least(node.least, parts)) if parts else self._true if node.least <= 0 else planes.negate(self._true)
            case "agreed":
                return planes.agreed(parts)
            case "not":
                return planes.negate(parts[0])
            case "completed":
                return planes.completed(*parts)
            case "exampled":
                return planes.exampled(parts[0], parts[1:])
            case "chosen":
                return planes.chosen(parts[0].true, parts[1], parts[2])
            case _:
                return self._unknown

    def _within(self, plane: Plane) -> Plane:
        """Without the bits after the last person."""
        return Plane(plane.true & self._everyone, plane.false & self._everyone)
