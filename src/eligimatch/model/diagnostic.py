"""What the program has to say about its input: one value, drawn in one place (report/terminal)."""

from __future__ import annotations

from typing import Literal

from eligimatch.model.base import Frozen
from eligimatch.model.span import Span


class Diagnostic(Frozen):
    """A finding about input: lower case, the user's words in backticks, never a patient's data."""

    title: str
    severity: Literal["error", "warning", "note"] = "error"
    source: str = ""
    """File, or trial and criterion, that it speaks of."""
    line: int | None = None
    column: int | None = None
    text: str = ""
    """The line or criterion shown, where it may be shown."""
    span: Span | None = None
    label: str = ""
    kept: str = ""
    """What became of the words all the same."""
    hint: str = ""


class InputError(Exception):
    """Unusable input; carries its diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.title)
        self.diagnostic = diagnostic


def place(error: Exception) -> str:
    """The kind of an error and where it arose, without its words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__', '?').rpartition('.')[2]}.py:{trace.tb_lineno}" if trace else "unknown place"
    return f"{type(error).__name__} at {where}"
