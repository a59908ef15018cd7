"""A search for people who refute what is claimed of two rules: that whoever is matched by the one is matched by the other.

    python benchmarks/implication.py [--people N] [--seed S]

Draws rules and rules near them, asks which of the four implications are claimed (true and false, there and back), and judges by both rules random
people whom they concern. Whoever has the answer to the first and not to the second refutes the claim, unless what is listed of them is at odds with
itself. Prints how much was claimed and refuted, and ends with 1 where anything was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from random_people import concern, person
from random_rules import near, rule
from vocabulary_slice import STUDIES, TODAY

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.implication import entails, equal
from eligimatch.engine.nodes import evaluate
from eligimatch.engine.outcome import Outcome
from eligimatch.kept import language
from eligimatch.model.profile import Profile
from eligimatch.model.rule import Rule

EACH = 20
"""People judged by one pair of rules."""


def main() -> int:
    """Runs the search."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--people", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    random, told, started = Random(given.seed), Counter[str](), time.process_time()
    made = language_of(language().vocabulary, language().units)
    while told["people"] < given.people:
        _search(random, made, told)
    seconds = time.process_time() - started
    print(f"{told['pairs']:,} pairs of rules, {told['claims']:,} implications claimed, {told['equal']:,} of them between equal rules")
    print(f"{told['people']:,} people in {seconds:.0f} s, {told['telling']:,} times with the answer that was to be carried over:")
    print(f"{told['at odds']:,} times at odds with itself, {told['refuted']:,} times a claim was refuted")
    return 1 if told["refuted"] else 0


def _search(random: Random, made: Language, told: Counter[str]) -> None:
    first = rule(random, random.choice((0, 0, 0, 1, 2)))
    second = first
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        second = near(random, second)
    told["pairs"] += 1
    claims = [(*pair, truth) for pair in ((first, second), (second, first)) for truth in (True, False) if entails(*pair, truth, made)]
    if not claims:
        return
    told["claims"] += len(claims)
    told["equal"] += 4 * equal(first, second, made)
    about = concern(first, second)
    for _ in range(EACH):
        profile, study = person(random, about), random.choice(STUDIES)
        told["people"] += 1
        case = Case(Facts(Profile.model_validate(profile), made, TODAY), study_concepts(study, made), demanded=random.random() < 0.5)
        outcomes = {id(one): evaluate(one, case) for one in (first, second)}
        for one, other, truth in claims:
            _refute(one, other, truth, outcomes, told, profile, study)


def _refute(
    one: Rule, other: Rule, truth: bool, outcomes: dict[int, Outcome], told: Counter[str], profile: dict[str, object], study: tuple[str, ...]
) -> None:
    if outcomes[id(one)].truth is not truth:
        return
    told["telling"] += 1
    found = outcomes[id(other)]
    if found.truth is truth:
        return
    if found.at_odds:
        told["at odds"] += 1
        return
    told["refuted"] += 1
    if told["refuted"] <= 10:
        for line in (truth, _shown(one), _shown(other), found.truth, found.reason, study, json.dumps(profile)):
            print(line)
        print()


def _shown(rule: Rule) -> str:
    return rule.model_dump_json()


if __name__ == "__main__":
    raise SystemExit(main())
