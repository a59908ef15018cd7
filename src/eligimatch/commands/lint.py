"""The command `lint`: what to ask the authors of trials' criteria."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from eligimatch import console


def lint(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Trial records, or folders of them; default: as for check.")] = None,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object a remark, each on a line of its own.")] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="End with exit code 2 where there is anything to remark.")] = False,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes that compile side by side; default: one for each core.")] = None,
) -> None:
    """Look for what cannot be meant: contradictions, slips of units, criteria asked twice, words against the registry's fields.

    \b
    eligimatch lint rules/
    eligimatch lint rules/NCT05255926.yaml --strict
    eligimatch lint downloads/ --format json | jq -r 'select(.check == "contradiction") | .diagnostic.title'
    """
    from eligimatch import api
    from eligimatch.report.diagnostics import drawn

    batch, counts = console.Batch(), Counter[str]()
    for trial in batch.each(console.prepared(paths, workers), api.read_trial):
        remarks = api.lint(trial)
        if shown == "json":
            for remark in remarks:
                console.write(remark.model_dump_json())
        elif remarks:
            console.show(drawn(remark.diagnostic for remark in remarks), apart=bool(counts))
        counts.update(remark.check.value for remark in remarks)
    if shown == "table":
        console.write(("\n" if counts else "") + _told(batch.done, counts))
    batch.close()
    if strict and counts:
        raise typer.Exit(console.UNUSABLE)


def _told(trials: int, counts: Counter[str]) -> str:
    """How many remarks of each kind."""
    head = "1 trial" if trials == 1 else f"{trials} trials"
    kinds = ", ".join(f"{number} {check}" for check, number in counts.items())
    total = counts.total()
    return f"{head}: {total} remark{'' if total == 1 else 's'} ({kinds})" if counts else f"{head}: nothing to remark"
