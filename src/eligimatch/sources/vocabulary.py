"""Reads grammar/ (words.yaml and vocabulary/) into one Vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from eligimatch.model.concept import Entry
from eligimatch.model.vocabulary import Vocabulary, expanded

_NAMED = {"parents", "synonyms", "codes", "reference", "kind"}


def read_vocabulary(grammar: Path) -> Vocabulary:
    """The vocabulary of a grammar folder."""
    shared = grammar / "vocabulary" / "wordings.yaml"
    patterns = load(shared)["wordings"] if shared.exists() else {}
    entries = [entry for path in sorted((grammar / "vocabulary").rglob("*.yaml")) for entry in _entries(path, grammar, patterns)]
    return Vocabulary(entries, load(grammar / "words.yaml"))


def load(path: Path) -> Any:
    """The YAML document of a file of our own."""
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, yaml.CSafeLoader)  # CSafeLoader is the safe one


def _multiplied(wordings: Iterable[str]) -> Iterator[str]:
    """Each wording, with `{a|b}` multiplied out."""
    for wording in wordings:
        yield from expanded(wording) if "{" in wording else (wording,)


def _synonyms(name: str, facts: Mapping[str, Any], patterns: Mapping[str, str]) -> Iterator[str]:
    """The wordings written, and those that a pattern makes of names: `targets: [CD20]` is "agent targeting CD20", `event: true` "episode of" it."""
    written = tuple(_multiplied(facts.get("synonyms", ())))
    yield from written
    for key, pattern in patterns.items():
        given = facts.get(key, ())
        for named in (name, *written) if given is True else given:
            yield from (wording.replace("_", named) for wording in expanded(pattern))


def _entries(path: Path, grammar: Path, patterns: Mapping[str, str]) -> list[Entry]:
    document = load(path)
    return [
        Entry(
            name=name,
            kind=facts.get("kind", document["kind"]),
            parents=tuple(facts.get("parents", ())),
            synonyms=tuple(dict.fromkeys(_synonyms(name, facts, patterns))),
            codes={system: tuple(values) for system, values in facts.get("codes", {}).items()},
            facts={key: value for key, value in facts.items() if key not in _NAMED and (key not in patterns or value is True)},
            reference=facts.get("reference", document.get("reference", "")),
            source=str(path.relative_to(grammar)),
        )
        for name, raw in document.get("concepts", {}).items()
        for facts in (raw or {},)
    ]
