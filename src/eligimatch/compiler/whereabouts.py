"""Whereabouts: the sentence and the line in which some words of a criterion stand."""

from __future__ import annotations

import re

from eligimatch.model.span import Span

_START = re.compile(r"(?:[.;](?=\s)|\n)\s*")
_END = re.compile(r"[.;](?=\s|$)|\n|$")


def sentence_of(text: str, span: Span) -> tuple[int, int]:
    """Where the sentence begins and ends."""
    start = max((found.end() for found in _START.finditer(text, 0, span.start + 1) if found.end() <= span.start), default=0)
    end = _END.search(text, span.end)
    return start, end.start() if end else len(text)


def line_of(text: str, span: Span) -> str:
    """The words of the line."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return " ".join(text[start : end if end > 0 else len(text)].split()).strip(" ,;:.")
