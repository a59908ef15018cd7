"""What rules look at in a column, where that is less than the column says: that a dose is given, how far a stage says that a cancer has spread."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from eligimatch.engine.stages import Spread, spread_of
from eligimatch.model.columns import profile_of_rows
from eligimatch.model.profile import Profile


class Derived(NamedTuple):
    """A column that follows from another."""

    column: str
    told: Callable[[Any], Hashable]
    """What it says, by what the other says; that is None where nothing is said."""


@lru_cache(maxsize=65536)
def _spread(stages: str | None) -> Spread:
    profile = Profile.model_validate(profile_of_rows("", {"conditions": [{"name": "disease", "stage": stages}]}))
    return spread_of(profile.conditions[0].stage)


DERIVED: Mapping[str, Derived] = {"dosed": Derived("dose", lambda dose: dose is not None), "spread": Derived("stage", _spread)}
