"""Profiles, one file a person, as blocks; and profiles as raw tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from eligimatch.model.columns import PERSON, TABLES, rows_of_profile
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Profile
from eligimatch.model.units import Units
from eligimatch.sources.blocks import REJECTED, Block, block_of
from eligimatch.sources.cells import ROW
from eligimatch.sources.profiles import load_profile

_ID = re.compile(rb"""(?m)(?:^id|"id"|'id')\s*:\s*["']?([^"'\s,#}]+)""")
_BEGINNING = 4096
"""Bytes of a file among which its `id` is looked for."""
_SUFFIXES = (".yaml", ".yml", ".json")
_FILE: dict[str, Any] = {"number": pl.Float64, "integer": pl.Int64, "answer": pl.Boolean}
"""What a column of a kind is on file, where it is no text."""


class Files(NamedTuple):
    """Some of the files of a folder; `first` is the place of the first, from 0."""

    number: int
    first: int
    paths: tuple[Path, ...]


def profile_files(folder: Path) -> list[Path]:
    """The profiles of a folder, in the order of their names. Raises InputError where there are none."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and not path.name.startswith("."))
    if not paths:
        raise InputError(Diagnostic(title="neither profiles nor tables here", source=str(folder), hint="*.yaml, *.json, or persons.parquet"))
    return paths


class ProfileFiles:
    """Profiles, one file each. A profile without `id` is known by its file's name."""

    def __init__(self, paths: Sequence[Path], units: Units | None = None) -> None:
        self._units = units
        self._paths = paths
        self._twice = _of_one_id(paths)
        self.persons = len(paths)

    def extents(self, size: int) -> list[Files]:
        """The files of each block."""
        return [Files(number, first, tuple(self._paths[first : first + size])) for number, first in enumerate(range(0, len(self._paths), size))]

    def extent_of(self, who: str) -> Files | None:
        """The file of one person."""
        seeming = sorted(enumerate(self._paths), key=lambda placed: _seeming_id(placed[1]) != who)
        for place, path in seeming:
            with suppress(InputError):
                if (load_profile(path).id or path.stem) == who:
                    return Files(0, place, (path,))
        return None

    def block(self, extent: Files) -> Block:
        """The block of some files; a file that is no profile is set aside."""
        people: list[tuple[int, Profile]] = []
        refused: list[tuple[str, int, str, str]] = []
        for row, path in enumerate(extent.paths, extent.first + 1):
            if path in self._twice:
                refused.append(("profiles", row, path.name, "another file has the same `id`"))
                continue
            try:
                profile = load_profile(path, self._units)
                people.append((row, profile if profile.id else profile.model_copy(update={"id": path.stem})))
            except InputError as error:
                refused.append(("profiles", row, path.name, said(error.diagnostic)))
        raw, more = raw_tables(people)
        return block_of(extent.number, raw, [pl.DataFrame(refused, schema=REJECTED, orient="row"), more])


def _of_one_id(paths: Sequence[Path]) -> frozenset[Path]:
    """The files whose `id` another one has; only those that seem to are read whole."""
    seeming: dict[str, list[Path]] = {}
    for path in paths:
        seeming.setdefault(_seeming_id(path), []).append(path)
    same: dict[str, list[Path]] = {}
    for path in (path for some in seeming.values() if len(some) > 1 for path in some):
        with suppress(InputError):
            same.setdefault(load_profile(path).id or path.stem, []).append(path)
    return frozenset(path for some in same.values() if len(some) > 1 for path in some)


def _seeming_id(path: Path) -> str:
    """What stands beside the first `id` of a file, else its name."""
    with suppress(OSError), path.open("rb") as stream:
        match = _ID.search(stream.read(_BEGINNING))
        if match:
            return match[1].decode(errors="replace")
    return path.stem


def said(diagnostic: Diagnostic) -> str:
    """A diagnostic as a reason."""
    place = f"line {diagnostic.line}: " if diagnostic.line else ""
    return place + "; ".join(words for words in (diagnostic.title, diagnostic.hint) if words)


def raw_tables(people: Iterable[tuple[int, Profile]]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Numbered profiles as raw tables, and those that cannot be as a table of what is set aside."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    refused: list[tuple[str, int, str, str]] = []
    for number, profile in people:
        try:
            made = rows_of_profile(profile)
        except ValueError as error:
            refused.append(("profiles", number, profile.id, str(error)))
            continue
        for table, items in made.items():
            rows[table] += [{PERSON: profile.id, ROW: number, **item} for item in items]
    return {table: pl.DataFrame(rows[table], schema=_schema(table)) for table in TABLES}, pl.DataFrame(refused, schema=REJECTED, orient="row")


def _schema(table: str) -> dict[str, Any]:
    columns = {column.name: _FILE.get(column.kind, pl.String) for column in TABLES[table]}
    return {PERSON: pl.String, ROW: pl.UInt64, **columns}
