"""What the lexer makes of a text: tokens, with where they stand."""

from __future__ import annotations

from typing import NamedTuple

from eligimatch.compiler.lexicon import Meaning
from eligimatch.model.rule import Staged

TIME_UNITS = frozenset({"h", "hour", "day", "week", "month", "year", "minute"})


class Token:
    """A terminal with what it means and where it stands."""

    __slots__ = ("also", "end", "kind", "names", "start", "text", "type", "value")

    def __init__(self, type_: str, value: object, start: int, end: int, names: tuple[str, ...] = (), also: tuple[Meaning, ...] = ()) -> None:
        self.type = type_
        self.value = value
        self.start = start
        self.end = end
        self.names = names
        self.also = also
        self.kind = str(value) if type_ == "CONCEPT" else ""
        self.text = ""

    @property
    def number(self) -> float:
        """Its value where that is a number."""
        return float(self.value)  # type: ignore[arg-type]

    @property
    def stages(self) -> tuple[Staged, ...]:
        """Its value where that is stages."""
        return self.value  # type: ignore[return-value]

    def __copy__(self) -> Token:
        copied = Token(self.type, self.value, self.start, self.end, self.names, self.also)
        copied.kind, copied.text = self.kind, self.text
        return copied

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"


class Atom(NamedTuple):
    """A number, word or sign as it stands in the text."""

    text: str
    start: int
    end: int
    glued: bool
    """No space before it."""
