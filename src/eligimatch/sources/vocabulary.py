"""Reads grammar/ (words.yaml and vocabulary/) into one Vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from eligimatch.model.concept import Entry
from eligimatch.model.vocabulary import Vocabulary

_NAMED = {"parents", "synonyms", "codes", "reference", "kind"}


def read_vocabulary(grammar: Path) -> Vocabulary:
    """The vocabulary of a grammar folder."""
    entries = [entry for path in sorted((grammar / "vocabulary").rglob("*.yaml")) for entry in _entries(path, grammar)]
    return Vocabulary(entries, load(grammar / "words.yaml"))


def load(path: Path) -> Any:
    """The YAML document of a file of our own."""
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, yaml.CSafeLoader)  # CSafeLoader is the safe one


def _entries(path: Path, grammar: Path) -> list[Entry]:
    document = load(path)
    return [
        Entry(
            name=name,
            kind=facts.get("kind", document["kind"]),
            parents=tuple(facts.get("parents", ())),
            synonyms=tuple(facts.get("synonyms", ())),
            codes={system: tuple(values) for system, values in facts.get("codes", {}).items()},
            facts={key: value for key, value in facts.items() if key not in _NAMED},
            reference=facts.get("reference", document.get("reference", "")),
            source=str(path.relative_to(grammar)),
        )
        for name, raw in document.get("concepts", {}).items()
        for facts in (raw or {},)
    ]
