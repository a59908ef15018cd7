"""A trial as the registry tells it, and the same compiled: criteria with their rules."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from pydantic import Field

from eligimatch.model.base import Frozen, Made, Sparse
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.rule import Rule
from eligimatch.model.span import Span

Section = Literal["inclusion", "exclusion", "registry"]


class Source(Sparse):
    """Where a record came from, and when."""

    registry: str = ""
    retrieved: date | None = None
    url: str = ""
    note: str = ""


def words_hash(words: str) -> str:
    """What tells whether words are the same as they were: 16 hex digits, whatever the lines they are broken into."""
    return sha256(" ".join(words.split()).encode()).hexdigest()[:16]


class Clarification(Sparse):
    """A person's signed rewording of one criterion; `original` is the hash of the words it stands for (`words_hash`)."""

    criterion: str
    says: str
    by: str
    on: date
    original: str | None = None

    def stands_for(self, words: str) -> bool:
        """Whether these are the words that the person reworded; without a hash, whatever stands there."""
        return self.original is None or self.original == words_hash(words)


class Trial(Sparse):
    """One trial record: the registry's words untouched, and its structured fields."""

    id: str
    title: str = ""
    conditions: tuple[str, ...] = ()
    sex: Literal["all", "female", "male"] | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: bool | None = None
    source: Source | None = None
    eligibility: str = ""
    clarifications: tuple[Clarification, ...] = ()


class Form(StrEnum):
    """How well a criterion was read, best first."""

    TYPED = "typed"
    STATEMENT = "statement"
    OPEN = "open"
    PARTIAL = "partial"
    UNPARSED = "unparsed"


class Residue(Frozen):
    """Words of a criterion that were not understood, and what was expected there."""

    text: str
    span: Span
    expected: str = ""


class Criterion(Made):
    """One criterion compiled: the registry's words beside the rule they became."""

    id: str
    kind: Section
    text: str
    rule: Rule
    form: Form
    residue: tuple[Residue, ...] = ()
    clarified: str | None = None
    """The rewording that was compiled in place of the text."""


class CompiledTrial(Sparse):
    """A trial with its criteria in order: the registry's fields, inclusion, exclusion."""

    id: str
    title: str = ""
    conditions: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = Field(default=())
