"""Limits: the interval of a measure in words."""

from __future__ import annotations

from eligimatch.model.rule import Measure

_PLURAL = {unit: f"{unit}s" for unit in ("minute", "hour", "day", "week", "month", "year")}


def limit_of(rule: Measure) -> str:
    """The interval in words: "> 11 mmol/L"; empty where there is none."""
    if rule.normal:
        return "normal"
    if rule.written:
        return rule.written
    unit = {"uln": " x ULN", "lln": " x LLN"}.get(rule.per, f" {_PLURAL.get(rule.unit, rule.unit)}" if rule.unit else "")
    low, high = rule.interval.low, rule.interval.high
    if low is not None and low == high:
        return f"{low:.12g}{unit}"
    ends = []
    if low is not None:
        ends.append(f"{'>' if rule.interval.low_open else '≥'} {low:.12g}")
    if high is not None:
        ends.append(f"{'<' if rule.interval.high_open else '≤'} {high:.12g}")
    return " and ".join(ends) + unit if ends else ""
