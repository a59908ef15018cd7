"""An outline: a record's eligibility text split into sections and nested bullets, nothing lost."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Bullet(NamedTuple):
    """One bullet with its sub-bullets.

    `text` is the bullet's own words, unescaped and on one line; `group` the part of the trial or the people it
    holds for ("Cohort B"), empty where it holds for everyone. A note that joined the bullet before it leaves its marker there.
    """

    number: str
    """Its number within its section, from 1: `3`, `3.2`."""
    text: str
    children: tuple[Bullet, ...] = ()
    group: str = ""
    line: int = 0
    """Line of the eligibility text where it begins, from 1."""
    marker: str = ""
    """What stands before it in the record: `*`, `2.`, `a)`."""
    context: str = ""
    """The topical heading it stands under, whose words may complete it ("Age", "Prior therapy")."""
    loose: bool = False
    """Introduces bullets of its own level: how many of `children` are meant, at least one, the record does not say."""

    any_of: bool = False
    """The record ties `children` together with "or"; then `text` may be empty."""


AsideKind = Literal["heading", "introduction", "disclaimer", "empty", "outside", "tie"]


class Aside(NamedTuple):
    """Words of the record that ask nothing by themselves."""

    text: str
    kind: AsideKind
    """`empty`: "none"; `outside`: criteria for leaving the trial; `tie`: an "or" or "and" that stands alone."""
    line: int = 0


class Outline(NamedTuple):
    """Both sections' bullets, and what stands outside them (headings, introductions, notes on the record)."""

    inclusion: tuple[Bullet, ...] = ()
    exclusion: tuple[Bullet, ...] = ()
    missing: tuple[str, ...] = ()
    """Ids of bullets that the source's own numbering skips (`I1`)."""
    asides: tuple[Aside, ...] = ()


Side = Literal["inclusion", "exclusion"]
