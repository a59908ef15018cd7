"""The evaluator and the screener side by side: what each says of every criterion of every trial for every person, and where they differ.

Random trials ask what `random_rules` makes, some of it in words of their own; random cohorts are people whom these rules concern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from random_people import concern, person
from random_rules import maybe, rule
from vocabulary_slice import STUDIES, TODAY, TOPICS

from eligimatch import kept
from eligimatch.engine.case import study_concepts
from eligimatch.engine.evaluator import finding
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.screener import planes
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.screener import Screened, Screener
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Rule
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.model.verdict import Status, Verdict, verdict_of
from eligimatch.report.words import sentence
from eligimatch.sources.blocks import Block as Tables
from eligimatch.sources.blocks import block_of
from eligimatch.sources.profile_files import raw_tables

VERDICT = {Verdict.ELIGIBLE: Status.MATCHED, Verdict.INELIGIBLE: Status.FAILED, Verdict.UNDETERMINED: Status.UNKNOWN}


class Disagreement(NamedTuple):
    """One cell that the two engines answer otherwise."""

    trial: CompiledTrial
    criterion: Criterion | None
    """None: the trial's verdict."""
    profile: Profile
    evaluated: str
    screened: str

    def __str__(self) -> str:
        """The rule and the person, whole."""
        what = self.criterion.model_dump_json(exclude_defaults=True) if self.criterion else "its verdict"
        about = f"{self.trial.id} ({', '.join(self.trial.conditions) or 'no condition'}), {what}"
        return f"evaluator {self.evaluated}, screener {self.screened}\n  {about}\n  {self.profile.model_dump_json(exclude_defaults=True)}"


@cache
def language() -> Language:
    """The vocabulary and units, as the evaluator takes them."""
    return language_of(kept.language().vocabulary, kept.language().units)


def screener(trials: Sequence[CompiledTrial]) -> Screener:
    """A screener of trials, which judges on the random people's day where nothing else is said."""
    return Screener(trials, kept.language().vocabulary, kept.language().units, TODAY)


def tables(profiles: Iterable[Profile]) -> Tables:
    """Profiles as a block of tables; none is set aside."""
    raw, refused = raw_tables(enumerate(profiles, 1))
    block = block_of(0, raw, [refused])
    assert block.rejected.is_empty(), block.rejected
    return block


def disagreements(made: Screener, given: Tables, profiles: Sequence[Profile] | None = None) -> Iterator[Disagreement]:
    """Every cell and verdict of a block in which the engines differ; `profiles`: its people, where they are not to be read from it."""
    block = made.block(given.person.to_list(), given.tables)
    people = [
        Facts(profiles[row] if profiles else block.profile(row), language(), date.fromordinal(int(block.as_of[row]))) for row in range(block.size)
    ]
    for trial, screened in zip(made.trials, made.screen(block), strict=True):
        yield from _of_trial(trial, screened, people)


def _of_trial(trial: CompiledTrial, screened: Screened, people: Sequence[Facts]) -> Iterator[Disagreement]:
    study = study_concepts(trial.conditions, language())
    said = [_said(screened.criteria[criterion.id], len(people)) for criterion in trial.criteria]
    verdicts = _said(screened.verdict, len(people))
    for row, facts in enumerate(people):
        statuses = [finding(criterion, facts, study).status for criterion in trial.criteria]
        for criterion, status, column in zip(trial.criteria, statuses, said, strict=True):
            if column[row] != status:
                yield Disagreement(trial, criterion, facts.profile, status, column[row])
        if verdicts[row] != VERDICT[verdict_of(statuses)]:
            yield Disagreement(trial, None, facts.profile, verdict_of(statuses), verdicts[row])


def _said(plane: Plane, persons: int) -> list[str]:
    """What a plane says of each person; `both` where it says two things."""
    pairs = zip(planes.unpacked(plane.true, persons).tolist(), planes.unpacked(plane.false, persons).tolist(), strict=True)
    names = {(True, False): Status.MATCHED, (False, True): Status.FAILED, (False, False): Status.UNKNOWN, (True, True): "both"}
    return [names[pair] for pair in pairs]


# --- random trials and people ----------------------------------------------------------------------------------------------------------------


def random_trial(random: Random, number: int, criteria: int) -> CompiledTrial:
    """A trial of random rules."""
    made = tuple(_criterion(random, f"C{place}") for place in range(1, criteria + 1))
    return CompiledTrial(id=f"RANDOM-{number}", conditions=random.choice(STUDIES), criteria=made)


def _criterion(random: Random, name: str) -> Criterion:
    """A random rule, in its own words or beside others."""
    asked = rule(random)
    text = sentence(asked) if maybe(random, 0.5) else random.choice(("", *TOPICS))
    if maybe(random, 0.3):
        asked = asked.model_copy(update={"span": Span(0, len(text))})
    return Criterion(id=name, kind=random.choice(("inclusion", "exclusion")), text=text, rule=asked, form=Form.TYPED)


def random_people(random: Random, rules: Iterable[Rule], each: int) -> list[Profile]:
    """People whom the rules concern, `each` of them for every rule; some are judged on other days."""
    made = (Profile.model_validate(person(random, concern(asked))) for asked in rules for _ in range(each))
    return [profile.model_copy(update={"id": f"P-{number:04}", **_judged(random)}) for number, profile in enumerate(made, 1)]


def _judged(random: Random) -> dict[str, object]:
    ago = random.choice((0, 0, 0, 1, 7, 31, 366))
    return {"as_of": TODAY - timedelta(days=ago)} if ago else {}


def random_round(random: Random, trials: int, criteria: int, each: int) -> Iterator[Disagreement]:
    """Random trials before the people of all their rules: every cell is compared."""
    given = [random_trial(random, number, criteria) for number in range(1, trials + 1)]
    people = random_people(random, [criterion.rule for trial in given for criterion in trial.criteria], each)
    return disagreements(screener(given), tables(people), people)
