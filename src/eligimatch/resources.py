"""Where the project's own files are: `grammar/` and `rules/` of the source tree, or the copies inside an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def grammar() -> Path:
    """The folder of the language: criterion.lark, words.yaml, vocabulary/."""
    return _folder("grammar")


def rules() -> Path:
    """The folder of trial records that comes with the program."""
    return _folder("rules")


def code() -> tuple[str, ...]:
    """The program's modules that decide what a criterion compiles to."""
    return _modules("model", "sources", "compiler")


def engine() -> tuple[str, ...]:
    """The program's modules that decide what a compiled criterion comes to for a person."""
    return _modules("engine", "engine/screener")


def _folder(name: str) -> Path:
    """The source tree's folder wherever the module runs from one, so that an editable install reads no stale copy."""
    in_checkout = _PACKAGE.parent.name == "src" and (_CHECKOUT / "pyproject.toml").is_file()
    return (_CHECKOUT if in_checkout else _PACKAGE) / name


def _modules(*folders: str) -> tuple[str, ...]:
    rooms = (_PACKAGE / room for room in folders)
    return tuple(f"{room}/{name}" for room in rooms for name in sorted(os.listdir(room)) if name.endswith(".py"))  # noqa: PTH208 - names are enough
