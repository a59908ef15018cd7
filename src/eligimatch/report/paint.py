"""Lines with styles onto a stream: coloured and wrapped on a terminal, plain and unwrapped in a pipe or file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {
    "matched": "green", "failed": "bold red", "unknown": "yellow", "eligible": "bold green", "ineligible": "bold red", "undetermined": "bold yellow",
    "error": "bold red", "warning": "bold yellow", "note": "bold cyan", "title": "bold", "quiet": "dim", "mark": "cyan", "id": "bold",
}  # fmt: skip


class Piece(NamedTuple):
    """Some words in one style, a key of STYLES."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """One line of a report, set in by `indent` columns."""

    pieces: tuple[Piece, ...]
    indent: int = 0
    whole: bool = False
    """Its columns have a meaning: never wrapped."""
    hang: int = 0
    """Columns that stand out to the left of what is wrapped."""


def line(indent: int, *pieces: Piece | str, whole: bool = False, hang: int = 0) -> Line:
    """A line of pieces; words alone are unstyled."""
    return Line(tuple(Piece(piece) if isinstance(piece, str) else piece for piece in pieces), indent, whole, hang)


def plain(lines: Iterable[Line]) -> str:
    """The lines as text without any style."""
    return "".join((" " * row.indent + "".join(piece.text for piece in row.pieces)).rstrip() + "\n" for row in lines)


def show(lines: Iterable[Line], stream: TextIO) -> None:
    """Writes the lines, in colour only where a person reads them."""
    if not coloured(stream):
        stream.write(plain(lines))
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe needs none of it

    draw(lines, Console(file=stream, highlight=False))


def draw(lines: Iterable[Line], console: Console) -> None:
    """Draws the lines on a console of rich."""
    from rich.text import Text  # noqa: PLC0415

    for row in lines:
        text = Text.assemble(*((piece.text, STYLES.get(piece.style, "")) for piece in row.pieces))
        if row.whole or not text:
            console.print(Text(" " * row.indent) + text, crop=False, soft_wrap=True)
            continue
        head, rest = text[: row.hang], text[row.hang :]
        for index, part in enumerate(rest.wrap(console, max(20, console.width - row.indent - row.hang))):
            console.print(Text(" " * row.indent) + (Text(" " * row.hang) if index else head) + part, soft_wrap=True)


def coloured(stream: TextIO) -> bool:
    """Whether the stream is a terminal that shows colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
