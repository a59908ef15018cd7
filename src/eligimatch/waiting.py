"""Waiting: what takes seconds says so to whoever set out to show it: the command line, to a terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar

Show = Callable[[str], AbstractContextManager[object]]

SHOWN: ContextVar[Show] = ContextVar("SHOWN", default=nullcontext)
"""Shows some words for as long as what they speak of takes."""


def shown(words: str) -> AbstractContextManager[object]:
    """The words, shown while the context lasts."""
    return SHOWN.get()(words)
