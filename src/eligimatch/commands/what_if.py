"""`eligimatch what-if`: the verdicts that change if some things were otherwise."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from eligimatch import console
from eligimatch.commands.options import AsOf, Patients, Trials, Workers


def what_if(
    patients: Patients,
    settings: Annotated[list[str], typer.Option("--set", metavar="WHAT", help="What to suppose; may be given again, and is taken in order.")],
    trials: Trials = None,
    as_of: AsOf = None,
    shown: Annotated[Literal["table", "json"], typer.Option("--format", help="json: one object a patient, each on a line of its own.")] = "table",
    workers: Workers = None,
) -> None:
    """Show only the verdicts that would change.

    \b
    eligimatch what-if patients/near-limits.yaml --set "blood glucose=10.2 mmol/L"
    eligimatch what-if patient.yaml --set "EGFR=mutated" --set "pregnant=no" --set "informed consent=yes"
    eligimatch what-if patient.yaml --set "+treatments=prednisone, dose: 5, unit: mg/day, status: ongoing" --set "-conditions=vitiligo"
    eligimatch what-if patient.yaml --set "conditions.complete=yes" --set "+never=HIV infection" --set "planned.first dose=2026-04-01"
    """
    from eligimatch import api
    from eligimatch.report.what_if import what_if_lines

    day = console.day(as_of) if as_of else None
    batch = console.Batch()
    profiles = list(batch.each(console.profiles(patients), api.load_profile))
    compiled = [api.read_trial(path) for path in console.prepared(trials, workers)]
    for index, found in enumerate([api.what_if(profile, compiled, settings, day) for profile in profiles]):
        if shown == "json":
            console.write(found.model_dump_json())
        else:
            console.show(what_if_lines(found), apart=index > 0)
    batch.close()
