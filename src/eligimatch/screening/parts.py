"""A screened block as tables: verdicts, statuses, counts and who is eligible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from eligimatch.engine.screener.attrition import Combination, Counts, combinations, counts
from eligimatch.engine.screener.planes import Plane, unpacked
from eligimatch.engine.screener.screener import Screened
from eligimatch.model.columns import PERSON
from eligimatch.model.verdict import Status, Verdict
from eligimatch.screening.settings import Settings

Codes = NDArray[np.uint8]
"""0 true, 1 false, 2 unknown, one person an element."""
VERDICT = pl.Enum(Verdict)
STATUS = pl.Enum(Status)
ELIGIBLE: dict[str, Any] = {PERSON: pl.String, "trial": pl.String, "verdict": VERDICT}
COUNTS: dict[str, Any] = {name: pl.String if name in ("trial", "criterion") else pl.Int64 for name in Counts._fields}
COMBINATIONS: dict[str, Any] = {"trial": pl.String, "criteria": pl.List(pl.String), "persons": pl.Int64}


class Parts:
    """The tables of one block, gathered trial by trial."""

    def __init__(self, person: pl.Series, settings: Settings) -> None:
        self.person = person.cast(pl.String).alias(PERSON)
        self._settings = settings
        self._verdicts: list[pl.Series] = [self.person]
        self._statuses: list[pl.Series] = [self.person]
        self._counts: list[Counts] = []
        self._combinations: list[Combination] = []

    def add(self, screened: Iterable[Screened]) -> None:
        """Trials, in order."""
        for one in screened:
            self._verdicts.append(_series(one.trial, one.verdict, len(self.person), VERDICT))
            self._counts += counts(one, len(self.person))
            if self._settings.statuses:
                self._statuses += [_series(f"{one.trial}:{name}", plane, len(self.person), STATUS) for name, plane in one.criteria.items()]
            if self._settings.combinations:
                self._combinations += combinations(one, len(self.person))

    @property
    def verdicts(self) -> dict[str, pl.Series]:
        """Each trial's verdicts so far."""
        return {column.name: column for column in self._verdicts[1:]}

    def tables(self) -> dict[str, pl.DataFrame]:
        """Each table by its name, the verdicts last."""
        made = {"attrition": pl.DataFrame(self._counts, schema=COUNTS, orient="row")}
        if self._settings.combinations:
            made["combinations"] = pl.DataFrame(self._combinations, schema=COMBINATIONS, orient="row")
        if self._settings.statuses:
            made["statuses"] = pl.DataFrame(self._statuses)
        if self._settings.eligible:
            made["eligible"] = self._listed(self._settings.eligible)
        return {**made, "verdicts": pl.DataFrame(self._verdicts)}

    def _listed(self, verdicts: Sequence[str]) -> pl.DataFrame:
        """Who has one of some verdicts for a trial: by person, then in the order of trials."""
        found = []
        for column in self._verdicts[1:]:
            rows = pl.DataFrame({PERSON: self.person, "trial": column.name, "verdict": column}).with_row_index("at")
            found.append(rows.filter(pl.col("verdict").cast(pl.String).is_in(verdicts)))
        if not found:
            return pl.DataFrame(schema=ELIGIBLE)
        return pl.concat(found).sort("at", maintain_order=True).drop("at")


def codes(plane: Plane, persons: int) -> Codes:
    """A plane as codes."""
    return 2 - 2 * unpacked(plane.true, persons).view(np.uint8) - unpacked(plane.false, persons).view(np.uint8)


def _series(name: str, plane: Plane, persons: int, kind: pl.Enum) -> pl.Series:
    return pl.Series(name, codes(plane, persons)).cat.to(kind)
