"""What a screening depends on, as the manifest of its folder: the same manifest gives the same files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from eligimatch import __version__, kept, resources
from eligimatch.model.base import Frozen
from eligimatch.model.trial import CompiledTrial
from eligimatch.sources.cache import digest

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


class Manifest(Frozen):
    """What a folder was made with. Hashes are hexadecimal."""

    format: int = FORMAT
    version: str = __version__
    program: str
    """The hash of what the program's language and its engine are."""
    source: str
    """The hash of where each block lies, and of the files' sizes and times."""
    persons: int
    blocks: int
    settings: Settings
    trials: dict[str, dict[str, str]]
    """Of each trial and criterion, the hash of its words and rule."""

    def differs(self, other: Manifest) -> str:
        """In what another run differs, in words; empty where it does not."""
        for name in Settings.model_fields:
            if getattr(self.settings, name) != getattr(other.settings, name):
                return f"the setting `{name}`"
        words = {"format": "the program", "program": "the program", "trials": "the trials", "source": "the source"}
        return next((said for name, said in words.items() if getattr(self, name) != getattr(other, name)), "")


def manifest_of(trials: Sequence[CompiledTrial], source: str, persons: int, blocks: int, settings: Settings) -> Manifest:
    """The manifest of a run over `blocks` blocks of a source that `source` stands for."""
    return Manifest(
        program=program(), source=source, persons=persons, blocks=blocks, settings=settings, trials={trial.id: _hashes(trial) for trial in trials}
    )


def program() -> str:
    """The hash of the language and of the modules that judge by it."""
    return digest(kept.language().key, kept.store().content_of(resources.engine())).hex()


def source_hash(source: Sequence[Path], extents: Sequence[Any]) -> str:
    """The hash of a source's files and folders by names, sizes and times, and of where its blocks begin and end."""
    files = sorted(file for path in source for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    stats = [(file.name, file.stat()) for file in files]
    said = [f"{name} {stat.st_size} {stat.st_mtime_ns}".encode() for name, stat in stats]
    return digest(*said, repr(extents).encode()).hex()


def _hashes(trial: CompiledTrial) -> dict[str, str]:
    study = "\n".join(trial.conditions)
    said = {one.id: (study, one.kind, one.clarified or one.text, one.rule.model_dump_json()) for one in trial.criteria}
    return {criterion: digest(*(text.encode() for text in texts)).hex() for criterion, texts in said.items()}
