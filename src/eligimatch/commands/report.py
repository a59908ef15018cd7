"""`eligimatch report`: what a screening counted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from eligimatch import __version__, console


def report(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of a finished screening.")],
    trial: Annotated[list[str] | None, typer.Option("--trial", metavar="NCT", help="Only this trial; may be given again. Default: all.")] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", metavar="NCT:ID", help="Also say what leaving out this criterion comes to, together with others that are given."),
    ] = None,
    shown: Annotated[
        Literal["table", "json", "html", "xlsx"],
        typer.Option(
            "--format",
            help="json: one object a trial, each on a line of its own; html: one page with charts; xlsx: counts, and a worklist.",
        ),
    ] = "table",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to a file, wholly or not at all; only its owner may read it.")] = None,
) -> None:
    """Say whom each criterion excluded, and what would be without it.

    \b
    eligimatch report screened/ --trial NCT05255926
    eligimatch report screened/ --format html --out attrition.html
    eligimatch report screened/ --trial NCT05255926 --drop NCT05255926:I2 --drop NCT05255926:E1
    """
    console.needs("polars", "tables of persons", "cohort")
    from eligimatch.screening.totals import Totals

    if shown == "xlsx":
        console.refuse_terminal("a workbook", out)
    totals = Totals(folder)
    trials = totals.trials(trial or (), drop or ())
    program = f"eligimatch {__version__}"
    with console.saved(out):
        match shown:
            case "table":
                from eligimatch.report.attrition import drawn

                console.render(drawn(trials))
            case "json":
                for one in trials:
                    console.write(one.model_dump_json())
            case "html":
                console.needs("matplotlib", "charts", "report")
                from eligimatch.report.attrition_page import page

                console.write_pieces(page(trials, program))
            case "xlsx":
                from eligimatch.report.attrition_sheets import workbook

                console.write_bytes(workbook(trials, totals.listed([one.trial for one in trials]), totals.manifest.settings.as_of, program))
