"""Laboratory panels and vital signs: values of a person that wander from visit to visit, moved by what the person has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from eligimatch.sources.synthetic.block import Block, Flags, Floats, Indexes, Scope
from eligimatch.sources.synthetic.course import Analyte, Choice, Number, Panel
from eligimatch.sources.synthetic.draws import drawn, pick, placed, rounded, spread_out
from eligimatch.sources.synthetic.lives import back, chances

Values = Mapping[str, Floats]


def measure(panel: Panel, block: Block) -> None:
    """Lets a panel be measured in those who have it."""
    everyone = np.arange(block.size)
    who = everyone[block.random.random(block.size) < chances(panel.who, everyone, block)]
    counts = np.array([*panel.visits])[pick(Choice({str(n): share for n, share in panel.visits.items()}), block, len(who))]
    visits = _days(panel, who, counts, block)
    values: dict[str, Floats] = {}
    for analyte in panel.analytes:
        values[analyte.name] = _values(analyte, who, counts, values, block)
        _report(analyte, visits, values[analyte.name], block)


def _days(panel: Panel, who: Indexes, counts: Indexes, block: Block) -> Scope:
    """The visits, each person's from first to last."""
    rows = np.repeat(np.arange(len(who)), counts)
    first = np.cumsum(counts) - counts
    after = counts[rows] - 1 - (np.arange(len(rows)) - first[rows])
    """Visits still to come."""
    apart = block.random.uniform(*panel.apart, len(who))[rows] * block.random.uniform(0.85, 1.15, len(rows))
    day = back(panel.last, who, block, 1.0)[rows] - (after * apart).astype(np.int32)
    day = np.maximum(day, block.born[who][rows]).astype(np.int32)
    return Scope(who[rows], day, day)


def _values(analyte: Analyte, who: Indexes, counts: Indexes, others: Values, block: Block) -> Floats:
    rows = np.repeat(np.arange(len(who)), counts)
    if analyte.of:
        formula, decimals = FORMULAS[analyte.of]
        return np.round(formula(others, block.age[who][rows], block.has("women", who)[rows]), decimals)
    draw: Number = analyte.value
    centre, spread = placed(draw, block, who)
    centre = _moved(analyte, centre, who, block)
    own = np.sqrt(1 - analyte.within**2) * block.random.standard_normal(len(who))
    off = spread * (own[rows] + analyte.within * block.random.standard_normal(len(rows)))
    return rounded(spread_out(draw, centre[rows], off), draw)


def _moved(analyte: Analyte, centre: Floats, who: Indexes, block: Block) -> Floats:
    move = np.multiply if analyte.value.log else np.add
    effects = analyte.effects if analyte.women is None else {"women": analyte.women, **analyte.effects}
    for trait, effect in effects.items():
        flags = block.has(trait, who)
        centre = np.where(flags, move(centre, effect), centre)
    return centre


def _report(analyte: Analyte, visits: Scope, values: Floats, block: Block) -> None:
    kept: Flags = (block.random.random(len(values)) < analyte.present) & ~np.isnan(values)
    visits, values = visits.only(kept), values[kept]
    count = len(values)
    columns = {"name": block.texts(analyte.name, count), "unit": block.texts(analyte.unit, count), "date": visits.start}
    for name in ("uln", "lln", "fasting"):
        draw = getattr(analyte, name)
        if draw is not None:
            columns[name] = drawn(draw, block, visits.who).numbers
    if analyte.below is not None:
        less = values < analyte.below
        columns["value_text"] = np.where(less, block.pool.code(f"<{analyte.below:g}"), 0).astype(np.int32)
        values = np.where(less, np.nan, values)
    block.add("observations", visits.who, {**columns, "value": values})


# --- values that follow from others ----------------------------------------------------------------------------------------------------


def _ckd_epi(values: Values, age: Floats, women: Flags) -> Floats:
    """CKD-EPI 2021 (Inker et al., N Engl J Med 2021), of creatinine in mg/dL; adults only."""
    ratio = values["creatinine"] / np.where(women, 0.7, 0.9)
    low = np.minimum(ratio, 1) ** np.where(women, -0.241, -0.302)
    rate = 142 * low * np.maximum(ratio, 1) ** -1.2 * 0.9938**age * np.where(women, 1.012, 1.0)
    return np.where(age >= 18, rate, np.nan)


def _body_mass_index(values: Values, *_: Floats | Flags) -> Floats:
    """Weight in kg by the square of height in cm."""
    return values["body weight"] / (values["height"] / 100) ** 2


def _friedewald(values: Values, *_: Floats | Flags) -> Floats:
    """LDL cholesterol in mmol/L; none where triglycerides are 4.5 or more."""
    rest = values["total cholesterol"] - values["HDL cholesterol"] - values["triglycerides"] / 2.2
    return np.where(values["triglycerides"] < 4.5, np.maximum(rest, 0.3), np.nan)


FORMULAS: Mapping[str, tuple[Callable[..., Floats], int]] = {
    "CKD-EPI 2021": (_ckd_epi, 0),
    "body mass index": (_body_mass_index, 1),
    "Friedewald": (_friedewald, 1),
}
"""Formulas and the decimals of what they give."""
