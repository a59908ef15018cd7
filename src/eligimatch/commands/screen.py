"""`eligimatch screen`: a cohort put before trials, into a folder of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eligimatch import console
from eligimatch.commands.options import Trials

if TYPE_CHECKING:
    from polars import DataFrame
    from rich.table import Table

    from eligimatch.screening.run import Run, Work

COMBINED = 50
"""Trials up to which it is counted which criteria fail together."""


def screen(
    source: Annotated[list[str], typer.Argument(metavar="SOURCE", path_type=str, help="Profiles, one folder of profiles or tables, or one list.")],
    trials: Trials = None,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="What the columns of a list mean, see `eligimatch map`.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The day of judgement of those whose source gives none; default: today.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes side by side; default: one for each core.")] = None,
    block: Annotated[int, typer.Option(metavar="N", min=1, help="Persons that are screened together: more are faster, and need more memory.")] = 1
    << 16,
    only_eligible: Annotated[
        bool, typer.Option("--only-eligible", help="Also list who is eligible for what: eligible.parquet, eligible.csv.")
    ] = False,
    also_undetermined: Annotated[bool, typer.Option("--also-undetermined", help="List those too for whom it is open.")] = False,
    statuses: Annotated[bool, typer.Option("--statuses", help="Also write the status of each criterion.")] = False,
    combinations: Annotated[bool | None, typer.Option(help=f"Count which criteria fail together; default: with up to {COMBINED} trials.")] = None,
    since: Annotated[
        Path | None,
        typer.Option(metavar="LAST_OUT", help="The folder of an earlier run with --statuses: what did not change is copied, and what moved is told."),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="local|spark[:MASTER]", help="Who screens: processes here, or the workers of a Spark cluster (docs/spark.md).")
    ] = "local",
    force: Annotated[bool, typer.Option("--force", help="Start anew in a folder that was made with something else.")] = False,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object, the verdicts of each trial.")] = "table",
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that takes the results. The same run again goes on where it was.")],
) -> None:
    """Put many persons before many trials.

    \b
    eligimatch synth 1000 --out cohort/
    eligimatch screen cohort/ --trials rules/ --out screened/
    eligimatch screen cohort/ --trials rules/ --out tonight/ --since screened/
    eligimatch screen list.csv --mapping mapping.yaml --out screened/ --only-eligible --also-undetermined
    """
    import json

    from eligimatch import api

    day = console.day(as_of) if as_of else None
    compiled = [api.read_trial(path) for path in console.prepared(trials, workers)]
    _refuse_twice([trial.id for trial in compiled])
    from eligimatch.screening.folder import Folder
    from eligimatch.screening.run import Run
    from eligimatch.screening.settings import Settings

    listed = (*(("eligible",) if only_eligible or also_undetermined else ()), *(("undetermined",) if also_undetermined else ()))
    combined = len(compiled) <= COMBINED if combinations is None else combinations
    folder = Folder(out)
    with _work(engine, source, mapping, block, workers) as work, folder.locked():
        today = day or folder.day(anew=force)
        settings = Settings(as_of=today, block=block, statuses=statuses or since is not None, combinations=combined, eligible=listed)
        run = Run(folder, compiled, work, settings, since)
        _follow(run, anew=force)
        if run.lost:
            console.message(run.lost)
            raise typer.Exit(console.UNUSABLE)
        summary = run.finish()
        rejected, moves = run.rejected(), run.moves()
    persons = sum(summary.row(0)[1:])
    if not persons:
        console.end_aside(rejected, out / "rejected.parquet", persons)
    if shown == "json":
        console.write(json.dumps({"trials": summary.to_dicts(), **({} if moves is None else {"moved": moves.to_dicts()})}))
    else:
        console.render(_table(summary))
        if moves is not None:
            console.render(_table(moves, "\nverdicts that moved") if moves.height else "\nno verdict moved")
    console.end_aside(rejected, out / "rejected.parquet", persons)


def _refuse_twice(names: list[str]) -> None:
    name = next((name for name, times in Counter(names).items() if times > 1), None)
    if name is not None:
        raise console.refusal(f"the trial {name} is given twice", "--trials", "its verdicts are one column: leave one of its files out")


@contextmanager
def _work(engine: str, source: list[str], mapping: Path | None, block: int, workers: int | None) -> Iterator[Work]:
    """The blocks of a source, and who screens them."""
    import os

    from eligimatch import api

    name, _, master = engine.partition(":")
    if name == "spark":
        if mapping or len(source) > 1:
            raise console.refusal("Spark is given one folder of tables", "--engine", "eligimatch tables SOURCE --out DIR writes any source as one")
        from eligimatch.screening.spark_session import session

        with session(master, workers) as spark:
            from eligimatch.screening.spark_work import SparkWork
            from eligimatch.sources.spark_tables import address

            yield SparkWork(spark, address(source[0]), block)
    elif engine == "local":
        from eligimatch.screening.local import LocalWork

        files = [Path(one) for one in source]
        cohort = api.open_cohort(files[0] if len(files) == 1 else files, mapping)
        yield LocalWork(cohort, [*files, *([mapping] if mapping else [])], block, workers or os.cpu_count() or 1)
    else:
        raise console.refusal(f"`{engine}` is no engine", "--engine", "local, spark, or spark:MASTER as in spark:spark://HOST:7077")


def _follow(run: Run, *, anew: bool) -> None:
    """Runs to the last block; a terminal sees how far it is, how fast, and how long it will take."""
    import sys
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from eligimatch.model.diagnostic import Diagnostic

    columns = TextColumn("persons"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        blocks = run.begin(anew=anew)
        done_before = (run.manifest.blocks - len(blocks)) * run.manifest.settings.block
        task = progress.add_task("persons", total=run.manifest.persons, completed=done_before, rate="")
        began, persons = monotonic(), 0
        try:
            for done in run.screen(blocks):
                persons += done.persons
                rate = persons / max(monotonic() - began, 1e-3)
                progress.update(task, advance=done.persons, rate=f"{rate:,.0f} persons/s, {rate * run.cells:,.0f} cells/s")
        except KeyboardInterrupt:
            console.message([Diagnostic(severity="note", title="interrupted: finished blocks are kept", hint="the same command again goes on")])
            raise


def _table(rows: DataFrame, title: str | None = None) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="")
    for name, kind in rows.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in rows.iter_rows():
        table.add_row(*(f"{value:,}" if isinstance(value, int) else value for value in row))
    return table
