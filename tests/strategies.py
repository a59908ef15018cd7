"""Strategies of Hypothesis: random rules, people whom they concern, and what trials name as their conditions.

They draw by `random_rules` and `random_people`, which a loop calls with a `random.Random` of its own.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from random_people import Profile, concern, person
from random_rules import leaf, near, rule
from vocabulary_slice import STUDIES

from eligimatch.model.rule import Rule

randoms: st.SearchStrategy[Random] = st.integers(0, 2**32 - 1).map(Random)
"""A seed at a time: an example is known by it, and drawn as fast as in a loop."""
leaf_rules: st.SearchStrategy[Rule] = randoms.map(leaf)
rules: st.SearchStrategy[Rule] = randoms.map(rule)
people: st.SearchStrategy[Profile] = randoms.map(person)
studies: st.SearchStrategy[tuple[str, ...]] = st.sampled_from(STUDIES)


def people_about(*given: Rule) -> st.SearchStrategy[Profile]:
    """People whom the rules concern."""
    about = concern(*given)
    return randoms.map(lambda random: person(random, about))


def rules_near(given: Rule) -> st.SearchStrategy[Rule]:
    """Rules that differ from a rule in one thing."""
    return randoms.map(lambda random: near(random, given))
