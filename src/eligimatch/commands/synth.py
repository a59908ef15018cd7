"""The command `synth`: a synthetic cohort on file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from eligimatch import console


def synth(
    persons: Annotated[int, typer.Argument(metavar="N", min=1, max=9_999_999, help="How many persons.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that takes one Parquet file a table.")],
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="The same seed gives the same persons.")] = 0,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The day of judgement; default: 2026-03-02, so that files stay the same.")] = None,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object, the rows of each table.")] = "table",
) -> None:
    """Write a synthetic cohort: persons of no one, for trying out and measuring.

    \b
    eligimatch synth 1000 --out cohort/
    eligimatch synth 1000000 --seed 7 --out cohort/ --as-of 2026-03-02
    """
    import json

    console.needs("polars", "tables of persons", "cohort")
    from eligimatch.sources.synthetic.cohort import AS_OF, write_cohort

    day = console.day(as_of) if as_of else AS_OF

    def tracked(blocks: Iterable[int]) -> Iterable[int]:
        given = list(blocks)
        return console.tracked(given, len(given), "blocks of persons")

    try:
        rows = write_cohort(persons, seed, out, day, tracked)
    except (FileExistsError, NotADirectoryError):
        raise console.refusal("no folder to write to", str(out), "--out names a folder of yours") from None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise console.refusal(f"the folder cannot be written: {why}", str(out), "is there room, and may you write there?") from None
    if shown == "json":
        console.write(json.dumps(rows))
    else:
        for table, count in rows.items():
            console.write(f"{count:>12,}  {out / table}.parquet")
