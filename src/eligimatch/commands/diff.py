"""The command `diff`: what an amendment changes, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eligimatch import console

if TYPE_CHECKING:
    from eligimatch.model.trial import CompiledTrial


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The trial's record before, or a folder of records.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The record after, or a folder; records of folders are paired by their trial's id.")],
    patients: Annotated[list[Path] | None, typer.Option(metavar="PATH", help="A profile, or a folder of them; may be given again.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The day of judgement; default: each profile's own, else today.")] = None,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object a trial, each on a line of its own.")] = "table",
) -> None:
    """Show what an amendment changes: criteria added, removed, reworded, loosened, tightened, changed, and whose verdicts flip.

    \b
    eligimatch diff NCT05255926-2024.yaml rules/NCT05255926.yaml
    eligimatch diff registry-then/ registry-now/ --patients patients/ --format json
    """
    from eligimatch import api
    from eligimatch.report.amendments import amendment_lines

    day = console.day(as_of) if as_of else None
    batch = console.Batch()
    profiles = list(batch.each(console.profiles(patients or ()), api.load_profile))
    for index, (before, after) in enumerate(_versions(old, new, batch)):
        amended = api.amendment(before, after, profiles, day)
        if shown == "json":
            console.write(amended.model_dump_json())
        else:
            console.show(amendment_lines(amended), apart=index > 0)
    batch.close()


def _versions(old: Path, new: Path, batch: console.Batch) -> Iterator[tuple[CompiledTrial, CompiledTrial]]:
    """Two records of one trial, or the trials of two folders by their ids; one that only one folder has is compared with nothing."""
    from eligimatch import api
    from eligimatch.model.diagnostic import InputError
    from eligimatch.model.trial import CompiledTrial

    if not old.is_dir() and not new.is_dir():
        before, after = api.read_trial(old), api.read_trial(new)
        if before.id != after.id:
            raise console.refusal(f"two trials: {before.id} and {after.id}", str(new), "an amendment is of one trial: give both records the same id")
        yield before, after
        return
    unread: set[str] = set()

    def read(path: Path) -> CompiledTrial:
        try:
            return api.read_trial(path)
        except InputError:
            unread.add(path.stem)
            raise

    sides = [{trial.id: trial for trial in batch.each(console.records([side]), read)} for side in (old, new)]
    for name in dict.fromkeys((*sides[1], *sides[0])):
        if name not in unread or all(name in side for side in sides):
            nothing = CompiledTrial(id=name)
            yield sides[0].get(name, nothing), sides[1].get(name, nothing)
