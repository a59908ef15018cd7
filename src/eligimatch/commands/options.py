"""Arguments and options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Patients = Annotated[list[Path], typer.Argument(metavar="PATIENT", help="Profiles, YAML or JSON, or folders of them.")]
Trials = Annotated[
    list[Path] | None,
    typer.Option("--trials", metavar="DIR|FILE", help="Trial records; may be given again. Default: rules/ here, else those of the program."),
]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="The day of judgement; default: the profile's own, else today.")]
Workers = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes that compile side by side; default: one for each core.")]
