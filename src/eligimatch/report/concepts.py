"""Concepts of the vocabulary as lines: what a word means, and what lies beneath it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eligimatch.model.concept import Entry
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.nearest import nearest
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.report.paint import Line, Piece, line

_NEAR = 75
_MEMBERS = 12


def found(vocabulary: Vocabulary, text: str) -> Iterator[Line]:
    """Each concept that a wording may mean. Raises InputError where there is none."""
    for index, entry in enumerate(_entries(vocabulary, text)):
        if index:
            yield line(0)
        yield line(0, Piece(entry.name, "title"), Piece(f"  {entry.kind}", "quiet"))
        for title, said in _facts(vocabulary, entry):
            if said:
                yield line(2, Piece(f"{title}: ", "mark"), said)


def members(vocabulary: Vocabulary, text: str) -> Iterator[Line]:
    """Everything that is a kind of a concept, set in by its depth. Raises InputError where there is none."""
    for entry in _entries(vocabulary, text):
        yield line(0, Piece(entry.name, "title"), Piece(f"  {entry.kind}", "quiet"))
        yield from _beneath(vocabulary, entry.name, 1, {entry.name})


def _beneath(vocabulary: Vocabulary, name: str, depth: int, seen: set[str]) -> Iterator[Line]:
    for child in sorted(vocabulary.children(name)):
        again = child in seen
        yield line(2 * depth, child, Piece(" (above)" if again and vocabulary.children(child) else "", "quiet"))
        if not again:
            seen.add(child)
            yield from _beneath(vocabulary, child, depth + 1, seen)


def _entries(vocabulary: Vocabulary, text: str) -> list[Entry]:
    names = vocabulary.find(text) or ((text,) if text in vocabulary else ())
    if not names:
        near = nearest(text, vocabulary.entries, _NEAR, most=3)
        hint = f"near: {', '.join(f'`{name}`' for name in near)}" if near else "grammar/vocabulary/ holds the concepts; one entry adds another"
        raise InputError(Diagnostic(title=f"`{text}` is not in the vocabulary", hint=hint))
    return [vocabulary[name] for name in names]


def _facts(vocabulary: Vocabulary, entry: Entry) -> Iterator[tuple[str, str]]:
    yield "is a", ", ".join(entry.parents)
    yield "within", ", ".join(sorted(vocabulary.ancestors(entry.name) - {entry.name, *entry.parents}))
    yield "also written", ", ".join(entry.synonyms)
    yield "codes", "; ".join(f"{system} {', '.join(values)}" for system, values in entry.codes.items())
    for key, value in entry.facts.items():
        match key:
            case "bounds":
                yield "bounds", " to ".join(map(str, value))
            case "written_as":
                yield "misspelled units", _meant(value)
            case _:
                yield key.replace("_", " "), _said(value)
    yield "members", _some(sorted(vocabulary.children(entry.name)))
    yield "source", f"grammar/{entry.source}"
    yield "reference", entry.reference


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MEMBERS} more" if len(names) > _MEMBERS else ""
    return ", ".join(names[:_MEMBERS]) + more


def _meant(written: Mapping[str, str]) -> str:
    """Spellings by the unit that they mean."""
    spellings: dict[str, list[str]] = {}
    for spelling, unit in written.items():
        spellings.setdefault(unit, []).append(f"`{spelling}`" if spelling else "none")
    return "; ".join(f"{', '.join(listed)} for {unit}" for unit, listed in spellings.items())


def _said(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(_said, value))
        case dict():
            return "; ".join(f"{key} {_said(inner)}" for key, inner in value.items())
        case _:
            return str(value)
