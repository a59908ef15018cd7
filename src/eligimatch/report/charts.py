"""A trial's attrition as pictures: SVG that is the same for the same counts, in the colours of the page that holds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from eligimatch.model.attrition import CriterionAttrition, TrialAttrition

COMBINATIONS = 15
"""Combinations that are drawn."""
_INK, _QUIET, _LINE, _GOOD, _BAD, _OPEN, _SOFT = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606", "#070707"
_COLOURS = {
    _INK: "var(--ink)", _QUIET: "var(--quiet)", _LINE: "var(--line)", _GOOD: "var(--good)", _BAD: "var(--bad)", _OPEN: "var(--open)",
    _SOFT: "color-mix(in srgb, var(--bad) 45%, var(--paper))",
}  # fmt: skip
"""Stand-ins that the library draws with, and what a page makes of them."""
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none", "svg.id": None, "font.family": "sans-serif", "font.size": 10, "text.color": _INK, "axes.labelcolor": _INK,
    "axes.edgecolor": _LINE, "xtick.color": _QUIET, "ytick.color": _QUIET, "xtick.labelcolor": _INK, "ytick.labelcolor": _INK,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
}  # fmt: skip
_NUMBERS = StrMethodFormatter("{x:,.0f}")
_WIDTH = 9.6
_ROW = 0.27


def funnel(trial: TrialAttrition) -> str:
    """Who is left after each criterion in order: surely, and at most."""
    names = ["all", *(one.id for one in trial.criteria)]
    surely = [trial.persons, *(one.surely_remain for one in trial.criteria)]
    most = [trial.persons, *(one.may_remain for one in trial.criteria)]
    with _styled(f"funnel {trial.trial}"):
        figure, axes = _rows(names)
        axes.barh(names, most, color=_OPEN, alpha=0.45, height=0.72, label="at most: no criterion failed so far")
        axes.barh(names, surely, color=_GOOD, height=0.72, label="surely: every criterion is matched so far")
        for at, (low, high) in enumerate(zip(surely, most, strict=True)):
            axes.annotate(
                f"{low:,} – {high:,}" if low != high else f"{low:,}", (high, at), (4, 0), textcoords="offset points", va="center", fontsize=9
            )
        _finish(axes, "persons left", trial.persons)
        return _svg(figure, f"{trial.trial}: who is left after each criterion. " + _told(trial.criteria, "left at most", "may_remain"))


def exclusions(trial: TrialAttrition) -> str:
    """Whom each criterion excludes: alone, with others, and of whom it is not known."""
    names = [one.id for one in trial.criteria]
    alone = [one.failed_alone for one in trial.criteria]
    others = [one.failed - one.failed_alone for one in trial.criteria]
    failed = [one.failed for one in trial.criteria]
    with _styled(f"exclusions {trial.trial}"):
        figure, axes = _rows(names)
        axes.barh(names, alone, color=_BAD, height=0.72, label="failed, and no other did")
        axes.barh(names, others, left=alone, color=_SOFT, height=0.72, label="failed, and others too")
        axes.barh(names, [one.unknown for one in trial.criteria], left=failed, color=_OPEN, alpha=0.45, height=0.72, label="unknown")
        _finish(axes, "persons", trial.persons)
        return _svg(figure, f"{trial.trial}: whom each criterion excludes. " + _told(trial.criteria, "failed", "failed"))


def together(trial: TrialAttrition) -> str:
    """The commonest combinations of failed criteria: how many persons, above the dots of what failed; empty where nobody failed any."""
    shown = (trial.combinations or ())[:COMBINATIONS]
    if not shown:
        return ""
    names = [one.id for one in trial.criteria if any(one.id in combination.criteria for combination in shown)]
    with _styled(f"together {trial.trial}"):
        figure = Figure(figsize=(_WIDTH, 1.9 + _ROW * len(names)), layout="constrained")
        bars, dots = figure.subplots(2, 1, sharex=True, height_ratios=[1.6, max(0.5, _ROW * len(names))])
        bars.bar(range(len(shown)), [one.persons for one in shown], color=_BAD, width=0.62)
        for at, one in enumerate(shown):
            bars.annotate(f"{one.persons:,}", (at, one.persons), (0, 2), textcoords="offset points", ha="center", fontsize=9)
            rows = [names.index(criterion) for criterion in one.criteria]
            dots.plot([at] * len(names), range(len(names)), "o", color=_LINE, markersize=5)
            dots.plot([at] * len(rows), rows, "o-", color=_BAD, markersize=7, linewidth=1.6)
        bars.set_ylabel("persons")
        bars.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        bars.yaxis.set_major_formatter(_NUMBERS)
        bars.margins(y=0.15)
        dots.set_yticks(range(len(names)), names)
        dots.invert_yaxis()
        dots.margins(y=0.12)
        for axes in (bars, dots):
            axes.tick_params(bottom=False, labelbottom=False, left=axes is bars)
            axes.spines["bottom"].set_visible(axes is bars)
        dots.spines["left"].set_visible(False)
        said = "; ".join(f"{', '.join(one.criteria)}: {one.persons:,}" for one in shown)
        return _svg(figure, f"{trial.trial}: which criteria failed together. {said}")


def _styled(salt: str) -> AbstractContextManager[None]:
    """The library in the house's style; ids within the picture follow from `salt`, which tells the pictures of a page apart."""
    return mpl.rc_context(cast("Any", _STYLE | {"svg.hashsalt": salt}))


def _rows(names: Sequence[str]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, 0.95 + _ROW * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.invert_yaxis()
    axes.margins(y=0.01)
    return figure, axes


def _finish(axes: Axes, what: str, persons: int) -> None:
    axes.set_xlim(0, max(persons, 1) * 1.13)
    axes.set_xlabel(what)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(_NUMBERS)
    axes.tick_params(axis="y", left=False)
    axes.figure.legend(loc="outside upper left", ncols=3)


def _told(criteria: Sequence[CriterionAttrition], what: str, name: str) -> str:
    return f"{what}: " + ", ".join(f"{one.id} {getattr(one, name):,}" for one in criteria)


def _svg(figure: Figure, said: str) -> str:
    """The picture as an element for a page, with words for those who do not see it."""
    drawn = StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    return text.replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1).replace("'DejaVu Sans', ", "")
