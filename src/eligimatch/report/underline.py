"""Words of a text marked by lines beneath them, each with its number or label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from eligimatch.model.finding import Trace
from eligimatch.model.span import Span

WIDTH = 100
"""Columns of a text before it goes on in the next row."""


class Segment(NamedTuple):
    """Words that the same leaves answer."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    """Index of each span that holds them, and how many lines below the words its line is drawn; the highest line last."""
    ends: tuple[int, ...] = ()
    """The spans that end with them."""


def answers(traces: Iterable[Trace]) -> dict[Span, list[Trace]]:
    """What leaves say of the same words, each answer once, in the order of the rule."""
    found: dict[Span, list[Trace]] = {}
    for trace in dict.fromkeys(traces):
        found.setdefault(trace.span, []).append(trace)
    return found


def segments(text: str, spans: Sequence[Span]) -> list[Segment]:
    """The text in pieces that together are all of it, cut wherever a span begins or ends."""
    levels = _levels(spans)
    cuts = sorted({0, len(text), *(min(place, len(text)) for span in spans for place in span)})
    return [
        Segment(
            text[start:end],
            tuple(sorted(((n, levels[n]) for n, span in enumerate(spans) if span.start <= start and end <= span.end), key=lambda mark: -mark[1])),
            tuple(n for n, span in enumerate(spans) if span.start < span.end == end),
        )
        for start, end in pairwise(cuts)
    ]


def _levels(spans: Sequence[Span]) -> list[int]:
    """How far below the words each span's line lies, so that none covers another: short spans first."""
    drawn: list[list[Span]] = []
    levels = [0] * len(spans)
    for n in sorted(range(len(spans)), key=lambda n: spans[n].end - spans[n].start):
        free = (at for at, row in enumerate(drawn) if all(spans[n].end <= other.start or other.end <= spans[n].start for other in row))
        levels[n] = next(free, len(drawn))
        drawn[levels[n] : levels[n] + 1] = [[*(drawn[levels[n]] if levels[n] < len(drawn) else ()), spans[n]]]
    return levels


def numbered(text: str, spans: Sequence[Span], width: int = WIDTH) -> list[str]:
    """Rows of the text, under each the marks of the spans in it: `~~~~1`, the number that of the span from 1."""
    rows: list[str] = []
    for start, end in _rows(text, width):
        rows.append(text[start:end].rstrip())
        rows.extend(_marks([(index, Span(max(s.start, start) - start, min(s.end, end) - start), s.end <= end) for index, s in enumerate(spans, 1)]))
    return rows


def pointed(text: str, span: Span, width: int = WIDTH) -> tuple[str, str]:
    """The row of the text that holds the span's end, and the line `~~~~^` beneath it; what is left out is `…`."""
    if len(text) <= width:
        return text, _line(span)
    start = max(0, min(span.start - width // 3, len(text) - width))
    excerpt = text[start : start + width]
    shown = ("…" if start else "") + excerpt + ("…" if start + width < len(text) else "")
    shift = start - (1 if start else 0)
    return shown, _line(Span(span.start - shift, min(span.end - shift, len(shown))))


def _line(span: Span) -> str:
    return " " * span.start + "~" * max(0, span.end - span.start - 1) + "^"


def _rows(text: str, width: int) -> list[tuple[int, int]]:
    """Where each row of a wrapped text begins and ends; spans keep their columns."""
    rows: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > width:
        space = text.rfind(" ", start + width // 2, start + width)
        end = space + 1 if space > 0 else start + width
        rows.append((start, end))
        start = end
    return [*rows, (start, len(text))]


def _marks(spans: Sequence[tuple[int, Span, bool]]) -> list[str]:
    """As few lines as hold all marks side by side."""
    lines: list[str] = []
    for index, span, ends in spans:
        if span.end <= span.start:
            continue
        label = str(index) if ends else "~"
        mark = "~" * max(0, span.end - span.start - len(label)) + label
        at = next((n for n, drawn in enumerate(lines) if len(drawn) < span.start or not drawn), len(lines))
        lines[at : at + 1] = [(lines[at] if at < len(lines) else "").ljust(span.start) + mark]
    return lines
