"""`eligimatch map`: a list to a proposed mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eligimatch import console


def map_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list, one row a person: CSV or Excel.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the mapping, if not to the screen; never over another.")] = None,
) -> None:
    """Propose what the columns of a list mean, for you to correct; no cell of the list is shown in it.

    \b
    eligimatch map docs/patients-list.csv
    eligimatch map list.xlsx --out mapping.yaml
    """
    from eligimatch import api

    text = api.propose_mapping(file)
    if out is None:
        console.write(text.rstrip("\n"))
        return
    if out.exists():
        raise console.refusal("the file is there already", str(out), "name a new one: a mapping holds what a person corrected")
    console.write_file(out, text)
    console.write(str(out))
