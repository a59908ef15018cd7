"""Draws docs/report.svg, README's picture: what `eligimatch check` shows on a terminal. Run it as `python docs/picture.py`."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

import eligimatch
from eligimatch.report.paint import draw
from eligimatch.report.terminal import report_lines

TOP = Path(__file__).resolve().parent.parent
PICTURE = TOP / "docs" / "report.svg"
PATIENT = TOP / "patients" / "near-limits.yaml"
TRIAL = TOP / "rules" / "NCT05255926.yaml"


def drawn() -> str:
    """The picture of one patient's report on one trial."""
    trial = eligimatch.compile_trial(eligimatch.load_trial(TRIAL))
    report = eligimatch.check(eligimatch.load_profile(PATIENT), [trial])
    console = Console(record=True, width=110, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False)
    draw(report_lines(report), console)
    return console.export_svg(title=f"eligimatch check {PATIENT.relative_to(TOP)} --trials {TRIAL.relative_to(TOP)}")


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
