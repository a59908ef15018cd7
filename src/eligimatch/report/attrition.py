"""Trials' attrition as tables to read, for rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eligimatch.model.attrition import TrialAttrition

NOTICE = "Decision support only: a clinician decides. Surely: all is known and matched. At most: whatever is unknown speaks for the person."
SHOWN = 10
"""Combinations of a trial that are shown."""
_WORDS = 60


def drawn(trials: Sequence[TrialAttrition]) -> RenderableType:
    """Each trial: its bounds, its criteria in order, and what failed together."""
    parts: list[RenderableType] = []
    for trial in trials:
        heading = Text.assemble((trial.trial, "bold"), f"  {trial.title}")
        parts += [heading, bounds(trial), "", _criteria(trial), *_together(trial), *_without(trial), ""]
    return Group(*parts, Text(NOTICE, "dim"))


def bounds(trial: TrialAttrition) -> str:
    """The bounds of eligibles in words."""
    return (
        f"{number(trial.persons)} persons: {number(trial.ineligible)} ineligible; eligible are {number(trial.eligible)} surely, "
        f"{number(trial.possible)} at most ({number(trial.undetermined)} undetermined)"
    )


def clipped(text: str, most: int = _WORDS) -> str:
    """The words of a criterion on one line, as far as there is room."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def number(value: int) -> str:
    """A count as people read it."""
    return f"{value:,}"


def _criteria(trial: TrialAttrition) -> Table:
    table = _table("", "failed", "unknown", "first", "alone", "left at most", "surely", "without: surely", "at most")
    table.add_column("words")
    for one in trial.criteria:
        counts = (one.failed, one.unknown, one.failed_first, one.failed_alone, one.may_remain, one.surely_remain)
        without = (one.eligible_without, one.possible_without)
        table.add_row(Text(one.id, "bold"), *map(number, (*counts, *without)), Text(clipped(one.text), "dim"))
    return table


def _together(trial: TrialAttrition) -> Iterator[RenderableType]:
    if not trial.combinations:
        return
    table = Table("failed together, and no other", box=None, pad_edge=False)
    table.add_column("persons", justify="right")
    for one in trial.combinations[:SHOWN]:
        table.add_row(", ".join(one.criteria), number(one.persons))
    yield ""
    yield table
    rest = trial.combinations[SHOWN:]
    if rest:
        yield Text(f"and {number(len(rest))} more combinations, of {number(sum(one.persons for one in rest))} persons", "dim")


def _without(trial: TrialAttrition) -> Iterator[RenderableType]:
    if trial.without:
        left_out = ", ".join(trial.without.criteria)
        yield ""
        yield f"without {left_out}: eligible are {number(trial.without.eligible)} surely, {number(trial.without.possible)} at most"


def _table(first: str, *titles: str) -> Table:
    table = Table(first, box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="right")
    return table
