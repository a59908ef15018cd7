"""An outline: a record's eligibility text split into sections and nested bullets, nothing lost."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Bullet(NamedTuple):
    """One bullet with its sub-bullets.

    `text` is the bullet's own words, unescaped and on one line; `group` the heading or part of the
    trial it stands under ("Cohort B"), empty where it holds for everyone.
    """

    number: str
    """Its number within its section, from 1: `3`, `3.2`."""
    text: str
    children: tuple[Bullet, ...] = ()
    group: str = ""
    line: int = 0
    """Line of the eligibility text where it begins, from 1."""


class Outline(NamedTuple):
    """Both sections' bullets, and what stands outside them (introductions, notes)."""

    inclusion: tuple[Bullet, ...] = ()
    exclusion: tuple[Bullet, ...] = ()
    missing: tuple[str, ...] = ()
    """Ids of bullets that the source's own numbering skips (`I1`)."""


Side = Literal["inclusion", "exclusion"]
