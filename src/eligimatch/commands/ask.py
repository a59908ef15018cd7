"""`eligimatch ask`: the facts that would decide the most for a person, as questions in plain words."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from eligimatch import console
from eligimatch.commands.options import AsOf, Patients, Trials, Workers


def ask(
    patients: Patients,
    trials: Trials = None,
    as_of: AsOf = None,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object a patient, each on a line of its own.")] = "table",
    all_: Annotated[bool, typer.Option("--all", help="Ask for trials too that a failed criterion rules out already.")] = False,
    most: Annotated[int, typer.Option(metavar="N", min=0, help="Entries shown of each list; 0: all. JSON has all.")] = 20,
    workers: Workers = None,
) -> None:
    """Say what to ask or look up next, what settles most first.

    \b
    eligimatch ask patients/near-limits.yaml
    eligimatch ask patient.yaml --trials rules/NCT05255926.yaml --all
    eligimatch ask patient.yaml --format json | jq '.facts[0].question'
    """
    import json

    from eligimatch import api
    from eligimatch.report.questions import as_json, question_lines

    day = console.day(as_of) if as_of else None
    batch = console.Batch()
    profiles = list(batch.each(console.profiles(patients), api.load_profile))
    compiled = [api.read_trial(path) for path in console.prepared(trials, workers)]
    for index, profile in enumerate(profiles):
        asked = api.ask(profile, compiled, day, ruled_out=all_)
        if shown == "json":
            console.write(json.dumps(as_json(asked), ensure_ascii=False))
        else:
            console.show(question_lines(asked, most), apart=index > 0)
    batch.close()
