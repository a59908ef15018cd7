"""Concepts: what a phrase means, linked to the vocabulary or open (only words)."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from eligimatch.model.base import Made

Kind = Literal["condition", "treatment", "operation", "procedure", "substance", "site", "analyte", "score", "stage", "marker", "group"]


class Entry(NamedTuple):
    """One line of the vocabulary: see grammar/vocabulary/README.md for each fact."""

    name: str
    kind: Kind
    parents: tuple[str, ...]
    synonyms: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    facts: dict[str, Any]
    """The remaining keys: lifelong, event, half_life, unit, molar_mass, …"""
    reference: str
    source: str
    """The vocabulary file that holds it."""


class Concept(Made):
    """A concept asked or listed.

    `name` is the vocabulary's name where `linked`, else the words as written, folded; `within` names
    the known concepts of which an open one must be a kind ("mucinous lymphoma" within lymphoma).
    """

    name: str
    kind: Kind = "condition"
    linked: bool = True
    within: tuple[str, ...] = ()
