"""What a screening depends on, as the manifest of its folder: the same manifest gives the same files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from eligimatch import __version__, kept, resources
from eligimatch.model.base import Frozen
from eligimatch.model.columns import TABLES
from eligimatch.model.trial import CompiledTrial, Section
from eligimatch.sources.cache import digest
from eligimatch.sources.delta_tables import LOG

FORMAT = 1
"""Of the folder; a folder of another format is not gone on with."""


class Settings(Frozen):
    """What a person chose for a run."""

    as_of: date
    """The day of judgement of those whose tables give none."""
    block: int
    """Persons that are screened together, and stand in one part file."""
    statuses: bool = False
    """Whether the status of each criterion is written."""
    combinations: bool = True
    """Whether it is counted which criteria fail together."""
    eligible: tuple[str, ...] = ()
    """The verdicts that are listed person by person."""


_OPTIONS = {"as_of": "--as-of", "block": "--block", "statuses": "--statuses", "combinations": "--combinations", "eligible": "--only-eligible"}
"""The option that each setting is given by."""


class Words(Frozen):
    """A criterion as it was screened; `hash` is that of all that decides what it comes to."""

    kind: Section
    text: str
    hash: str


class Described(Frozen):
    """A trial as it was screened: its criteria by their ids, in order."""

    title: str
    criteria: dict[str, Words]


class Manifest(Frozen):
    """What a folder was made with. Hashes are hexadecimal."""

    format: int = FORMAT
    version: str = __version__
    program: str
    """The hash of what the program's language and its engine are, and of the library that hashes cells."""
    source: str
    """The hash of where each block lies, and of the files' sizes and times."""
    since: str = ""
    """The hash of the manifest and contents of the screening that this one follows."""
    persons: int
    blocks: int
    settings: Settings
    trials: dict[str, Described]
    """Each trial by its id, in order."""

    def differs(self, other: Manifest) -> str:
        """In what another run differs, in words; empty where it does not."""
        for name, option in _OPTIONS.items():
            if getattr(self.settings, name) != getattr(other.settings, name):
                return f"`{option}`"
        words = {"format": "the program", "program": "the program", "trials": "the trials", "source": "the source", "since": "the earlier screening"}
        return next((said for name, said in words.items() if getattr(self, name) != getattr(other, name)), "")


def manifest_of(trials: Sequence[CompiledTrial], source: str, persons: int, blocks: int, settings: Settings) -> Manifest:
    """The manifest of a run over `blocks` blocks of a source that `source` stands for."""
    return Manifest(
        program=program(), source=source, persons=persons, blocks=blocks, settings=settings, trials={trial.id: _described(trial) for trial in trials}
    )


def program() -> str:
    """The hash of the language and of the modules that judge by it."""
    return digest(kept.language().key, kept.store().content_of(resources.engine()), pl.__version__.encode()).hex()


def source_hash(source: Sequence[Path], extents: Sequence[Any]) -> str:
    """The hash of a source's files by names, sizes and times, and of where its blocks begin and end.

    Of a folder's folders, only those of tables count.
    """
    files = sorted(file for path in source for file in ([path] if path.is_file() else _inside(path)))
    stats = [(file.name, file.stat()) for file in files]
    said = [f"{name} {stat.st_size} {stat.st_mtime_ns}".encode() for name, stat in stats]
    return digest(*said, repr(extents).encode()).hex()


def _inside(folder: Path) -> Iterator[Path]:
    for place in (folder, *(inside for table in TABLES for inside in (folder / table, folder / f"{table}.parquet"))):
        yield from (file for pattern in ("*", f"{LOG}/*") for file in place.glob(pattern) if file.is_file())


def _described(trial: CompiledTrial) -> Described:
    study = "\n".join(trial.conditions)
    criteria = {}
    for one in trial.criteria:
        text = one.clarified or one.text
        parts = (study, one.kind, text, one.rule.model_dump_json())
        criteria[one.id] = Words(kind=one.kind, text=text, hash=digest(*(part.encode() for part in parts)).hex())
    return Described(title=trial.title, criteria=criteria)
