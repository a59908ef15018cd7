"""A Diagnostic as the lines that a person reads: the one place where messages are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eligimatch.model.diagnostic import Diagnostic
from eligimatch.report.paint import Line, Piece, line
from eligimatch.report.underline import pointed


def drawn(diagnostics: Iterable[Diagnostic]) -> Iterator[Line]:
    """Each diagnostic: what, where, the words with what is wrong underlined, what became of them, what to do."""
    for diagnostic in diagnostics:
        yield line(0, Piece(f"{diagnostic.severity}:", diagnostic.severity), f" {diagnostic.title}")
        yield from _place(diagnostic)
        yield from _words(diagnostic)
        if diagnostic.kept:
            yield line(2, diagnostic.kept)
        if diagnostic.hint:
            yield line(2, f"hint: {diagnostic.hint}")


def _place(diagnostic: Diagnostic) -> Iterator[Line]:
    numbers = (n for n in (diagnostic.line, diagnostic.column) if n is not None)
    place = ":".join([diagnostic.source, *map(str, numbers)]) if diagnostic.source else ""
    if place:
        yield line(2, Piece(place, "mark"))


def _words(diagnostic: Diagnostic) -> Iterator[Line]:
    if not diagnostic.text:
        return
    if diagnostic.span is None:
        yield line(2, Piece("| ", "quiet"), diagnostic.text)
        return
    text, mark = pointed(diagnostic.text, diagnostic.span)
    yield line(2, Piece("| ", "quiet"), text, whole=True)
    label = f" {diagnostic.label}" if diagnostic.label else ""
    yield line(2, Piece("| ", "quiet"), Piece(mark, diagnostic.severity), label, whole=True)
