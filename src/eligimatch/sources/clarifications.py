"""A clarification into a trial's file: only its `clarifications` change, every other byte and comment stays."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from io import StringIO
from pathlib import Path
from typing import Any

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import Clarification, Trial
from eligimatch.sources.documents import read_text
from eligimatch.sources.drafts import draft
from eligimatch.sources.trials import load_trial

_KEY = "clarifications"


def write_clarification(path: Path, clarification: Clarification) -> None:
    """Puts a clarification into a trial's YAML file, in place of one of the same criterion. Raises InputError."""
    trial = load_trial(path)
    kept = [one for one in trial.clarifications if one.criterion != clarification.criterion]
    _edit(path, trial, clarification.criterion, clarification, kept)


def remove_clarification(path: Path, criterion: str) -> None:
    """Takes the clarification of a criterion out of a trial's YAML file. Raises InputError."""
    trial = load_trial(path)
    _edit(path, trial, criterion, None, [one for one in trial.clarifications if one.criterion != criterion])


def _edit(path: Path, trial: Trial, criterion: str, said: Clarification | None, others: list[Clarification]) -> None:
    """Writes the file anew unless anything but this clarification would change."""
    path = path.resolve()
    if path.suffix.lower() not in (".yaml", ".yml"):
        hint = "`eligimatch import FILE --into rules/` makes one of a registry's record"
        raise InputError(Diagnostic(title="clarifications are written into YAML files", source=str(path), hint=hint))
    if not os.access(path, os.W_OK):
        raise InputError(Diagnostic(title="the file cannot be written: permission denied", source=str(path)))
    text = read_text(path)
    meant = {one.criterion: one for one in others} | ({said.criterion: said} if said else {})
    try:
        with draft(path) as made:
            marked = path.read_bytes().startswith(BOM_UTF8)
            made.write_text(_edited(path, text, criterion, said), encoding="utf-8-sig" if marked else "utf-8", newline="")
            now = load_trial(made)
            if {one.criterion: one for one in now.clarifications} != meant or _apart(now) != _apart(trial) or read_text(path) != text:
                raise InputError(_by_hand(path))
    except OSError as error:
        raise InputError(Diagnostic(title=f"the file cannot be written: {(error.strerror or 'no room?').lower()}", source=str(path))) from None


def _apart(trial: Trial) -> Trial:
    return trial.model_copy(update={"clarifications": ()})


def _edited(path: Path, text: str, criterion: str, said: Clarification | None) -> str:
    """The text with the one clarification changed."""
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415 - only who clarifies waits for it

    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    try:
        start, end = _place(lines)
        block = _block("".join(lines[start:end]), criterion, said)
    except MarkedYAMLError:
        raise InputError(_by_hand(path)) from None
    before = lines[:start]
    if before and not before[-1].endswith("\n"):
        before[-1] += "\n"
    return "".join([*before, block, *lines[end:]]).replace("\n", ending)


def _place(lines: list[str]) -> tuple[int, int]:
    """The lines of the key and its value, without the comments that follow; where it is not there, the end of the file."""
    marks = _yaml().load("".join(lines))
    if _KEY not in marks:
        return len(lines), len(lines)
    start = marks.lc.key(_KEY)[0]
    end = min((marks.lc.key(key)[0] for key in marks if marks.lc.key(key)[0] > start), default=len(lines))
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1
    return start, end


def _block(text: str, criterion: str, said: Clarification | None) -> str:
    """The key and its list as YAML, changed; empty where nothing is left in it."""
    marks = _yaml().load(text) or {}
    listed: Any = marks.get(_KEY) or []
    at = next((index for index, one in enumerate(listed) if str(one.get("criterion")) == criterion), None)
    column = listed.lc.item(0)[1] if hasattr(listed, "lc") and listed else 4
    if said is None and at is not None:
        del listed[at]
    elif said is not None and at is not None:
        listed[at].update(_values(said))
    elif said is not None:
        listed.append(_values(said))
    if not listed:
        return ""
    written = StringIO()
    _yaml(column).dump({_KEY: listed} if not marks else marks | {_KEY: listed}, written)
    return written.getvalue()


def _values(said: Clarification) -> dict[str, Any]:
    from ruamel.yaml.scalarstring import LiteralScalarString  # noqa: PLC0415

    values: dict[str, Any] = said.model_dump()
    return values | ({"says": LiteralScalarString(said.says)} if "\n" in said.says else {})


def _yaml(column: int = 4) -> Any:
    """A reader and writer that keeps comments, quotes and order; lists begin in a column."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=column, offset=max(0, column - 2))
    return yaml


def _by_hand(path: Path) -> Diagnostic:
    hint = "write it by hand beneath `clarifications:` (docs/clarifications.md shows how)"
    return Diagnostic(title="the file cannot be changed without touching more than its clarifications", source=str(path), hint=hint)
