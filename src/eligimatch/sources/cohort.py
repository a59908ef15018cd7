"""A cohort, whatever it is kept in, as blocks of persons: a folder of profiles, a folder of tables, or a list with one row a person.

Raises InputError for a source that cannot be used as a whole; a row or profile that cannot be read is set aside in its block's `rejected`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from eligimatch.model.columns import TABLES
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Profile
from eligimatch.model.units import Units
from eligimatch.sources.blocks import Block
from eligimatch.sources.list_files import LISTS
from eligimatch.sources.lists import ListFile
from eligimatch.sources.long_tables import SUFFIXES, LongTables
from eligimatch.sources.profile_files import ProfileFiles, profile_files

SIZE = 1 << 16
"""Persons of a block, where nothing else is said."""


class Source(Protocol):
    """What a cohort is kept in."""

    @property
    def persons(self) -> int:
        """How many there are, those set aside included."""

    def extents(self, size: int) -> list[Any]:
        """What `block` takes, for each block of `size` persons."""

    def extent_of(self, who: str) -> Any:
        """An extent of one person alone, None where nobody is called so."""

    def block(self, extent: Any) -> Block:
        """The persons of an extent."""


class Cohort:
    """Persons in a fixed order, by blocks. A block depends on its extent alone, so that blocks may be read in any order and any process."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def persons(self) -> int:
        """How many persons there are, those that will be set aside included."""
        return self._source.persons

    def extents(self, size: int = SIZE) -> list[Any]:
        """One for each block of `size` persons, in order; small, and may be sent to another process."""
        return self._source.extents(size)

    def block(self, extent: Any) -> Block:
        """The block of an extent."""
        return self._source.block(extent)

    def blocks(self, size: int = SIZE) -> Iterator[Block]:
        """All blocks in order, one at a time."""
        return map(self.block, self.extents(size))

    def profile(self, who: str) -> Profile | None:
        """The profile of the person with an identifier, read alone; None where there is none, or none that is not set aside."""
        extent = self._source.extent_of(who)
        block = None if extent is None else self.block(extent)
        return block.profile(0) if block and len(block) else None


def open_cohort(source: Path | Sequence[Path], mapping: Path | None = None, units: Units | None = None) -> Cohort:
    """The cohort of a folder of profiles (YAML, JSON) or of tables (Parquet, CSV), of several profiles, or of a list (CSV, Excel) with its mapping.

    With `units`, other units are refused in profiles.
    """
    if not isinstance(source, Path):
        return Cohort(ProfileFiles(source, units))
    if not source.exists():
        raise InputError(Diagnostic(title="no such file or folder", source=str(source)))
    if source.is_dir():
        return Cohort(LongTables(source) if _has_tables(source) else ProfileFiles(profile_files(source), units))
    if source.suffix.lower() not in LISTS:
        return Cohort(ProfileFiles([source], units))
    if mapping is None:
        hint = f"eligimatch map {source} --out mapping.yaml"
        raise InputError(Diagnostic(title="a list is read with a mapping, which says what its columns mean", source=str(source), hint=hint))
    return Cohort(ListFile(source, mapping))


def _has_tables(folder: Path) -> bool:
    return any((folder / name).exists() for table in TABLES for name in (table, *(table + suffix for suffix in SUFFIXES)))
