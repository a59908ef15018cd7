"""Trials' attrition as one self-contained page with charts: HTML, CSS and SVG, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from eligimatch.model.attrition import TrialAttrition
from eligimatch.report.attrition import NOTICE, SHOWN, bounds, number
from eligimatch.report.charts import exclusions, funnel, together
from eligimatch.report.html import template


def page(trials: Sequence[TrialAttrition], program: str = "eligimatch") -> Iterator[str]:
    """The page, piece by piece: memory holds the charts of one trial."""
    said = {"trials": trials, "program": program, "notice": NOTICE, "shown": SHOWN, "bounds": bounds, "number": number}
    charts = {"funnel": funnel, "exclusions": exclusions, "together": together}
    drawn = {name: lambda trial, draw=draw: Markup(draw(trial)) for name, draw in charts.items()}  # noqa: S704 - the library escapes words
    yield from template("attrition.html.jinja").generate(said, **drawn)
    yield "\n"
