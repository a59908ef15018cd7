"""A trial from its file in rules/ (or a mapping, a registry's JSON, a saved page), and a trial to such a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import Trial
from eligimatch.sources.documents import Document, read_document
from eligimatch.sources.drafts import draft
from eligimatch.sources.mistakes import first_mistake
from eligimatch.sources.registry import flat_trial, read_record

LONGEST = 20_000
"""Characters of one line: what ClinicalTrials.gov takes as a whole eligibility text."""
_FILE_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


def load_trial(source: Path | str | Mapping[str, Any]) -> Trial:
    """The trial of a file or mapping (a trial file's keys, or an API v2 study).

    Raises InputError, whose diagnostic names the file, the line and the offending key.
    """
    if isinstance(source, Mapping):
        return _valid(Document(source, {}))
    path = Path(source)
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return _bounded(read_record(path)[0], Document(None, {}, str(path)))
    document = read_document(path)
    if not isinstance(document.data, Mapping):
        raise InputError(Diagnostic(title="not a trial record", source=str(path), line=1, hint="a record is a mapping: `id: …`, `eligibility: |` …"))
    return _valid(document)


def _valid(document: Document) -> Trial:
    if "protocolSection" in document.data or "studies" in document.data:
        return _bounded(read_record(document.data)[0], document)
    try:
        trial = flat_trial(document.data)
    except ValidationError as error:
        raise InputError(first_mistake(error, document, Trial)) from None
    if not trial.eligibility.strip():
        line = document.line(("eligibility",))
        raise InputError(
            Diagnostic(
                title="the record has no eligibility text", source=document.source or trial.id, line=line, hint="write it under `eligibility: |`"
            )
        )
    return _bounded(trial, document)


def _bounded(trial: Trial, document: Document) -> Trial:
    """The trial, unless one of its lines is longer than any criterion."""
    for index, words in enumerate(trial.eligibility.split("\n"), 1):
        if len(words) >= LONGEST:
            line = document.line(("eligibility",))
            raise InputError(
                Diagnostic(
                    title=f"a line of {len(words)} characters in the eligibility text",
                    source=document.source or trial.id,
                    line=line and line + index,
                    hint="a criterion is a sentence: break the text into bullets, one a line",
                )
            )
    return trial


# --- to a file -----------------------------------------------------------------------------------------------------------------


def write_trial(trial: Trial, folder: Path) -> Path:
    """Writes `<id>.yaml`, wholly or not at all; clarifications of a file that is there stay. Raises InputError."""
    if not _FILE_NAME.fullmatch(trial.id):
        raise InputError(Diagnostic(title="an id that cannot name a file", source=trial.id, hint="letters, digits, dots and dashes"))
    path = folder / f"{trial.id}.yaml"
    if path.exists() and not trial.clarifications:
        trial = trial.model_copy(update={"clarifications": load_trial(path).clarifications})
    folder.mkdir(parents=True, exist_ok=True)
    with draft(path) as made:
        made.write_text(as_yaml(trial), encoding="utf-8", newline="\n")
    return path


def as_yaml(trial: Trial) -> str:
    """The trial as a trial file has it: eligibility as a literal block, lists of words on one line."""
    values: dict[str, Any] = trial.model_dump()
    values["conditions"] = _Line(values["conditions"]) if trial.conditions else None
    values["source"] = _Fields(values["source"]) if trial.source else None
    values["eligibility"] = _Block(trial.eligibility.rstrip("\n") + "\n")
    values = {key: value for key, value in values.items() if value is not None}
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=150)


class _Block(str):
    __slots__ = ()


class _Line(list[str]):
    __slots__ = ()


class _Fields(dict[str, Any]):
    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes each of the shapes above in its own style."""


_Dumper.add_representer(_Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"))
_Dumper.add_representer(_Line, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True))
_Dumper.add_representer(_Fields, lambda dumper, values: dumper.represent_mapping("tag:yaml.org,2002:map", values, flow_style=True))
