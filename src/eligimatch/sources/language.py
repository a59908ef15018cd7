"""The vocabulary and units of a grammar folder, read from YAML once and then looked up in the user's cache."""

from __future__ import annotations

import marshal
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from eligimatch.model.concept import Entry
from eligimatch.model.units import Unit, Units
from eligimatch.model.vocabulary import Tables, Vocabulary
from eligimatch.sources.cache import Cache, digest, replaced
from eligimatch.waiting import shown

_TABLES = ("entries", "phrases", "children", "codes", "wordings")
_SCRIPT = "".join(f"CREATE TABLE {table} (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;" for table in (*_TABLES, "whole"))
_FORMAT = f"{sys.version_info[:2]} {marshal.version}".encode()
_JOINT = "\x1f"
READ_SINGLY = 1000
"""Values of a table that are read one by one: as many take as long as the whole table."""
Key = TypeVar("Key", str, tuple[str, ...], tuple[str, str])
Value = TypeVar("Value")


class Language(NamedTuple):
    """What words mean. `key` is the hash of everything that decides what a criterion compiles to, `base` of all of it but the words."""

    vocabulary: Vocabulary
    units: Units
    key: bytes
    base: bytes


def read_language(grammar: Path, code: Iterable[str], cache: Cache) -> Language:
    """The language of a grammar folder as the modules of `code` read it."""
    files = _files(grammar)
    words = [file for file in files if _has_words(file)]
    base = digest(_FORMAT, cache.content_of([*(file for file in files if not _has_words(file)), *code]))
    key = digest(base, cache.content_of(words))
    path = cache.path(_name(key))
    stored = path and _stored(path, key)
    if stored:
        return stored
    with shown("reading the vocabulary"):
        language = _fresh(grammar, key, base)
        if path:
            with suppress(OSError, sqlite3.Error):
                replaced(path, _SCRIPT, _rows(language))
                cache.prune("language-*.sqlite")
    return language


def kept_language(key: bytes, cache: Cache) -> Language | None:
    """The language of an earlier run, while it is kept."""
    path = cache.path(_name(key))
    return _stored(path, key) if path else None


class Stored(Mapping[Key, Value], Generic[Key, Value]):
    """A table of the cache as a mapping: each value is read when it is asked for, and kept; after many, all are read at once."""

    def __init__(self, base: sqlite3.Connection, table: str, make: Callable[[Any], Value], key: Callable[[str], Key]) -> None:
        self._base = base
        self._table = table
        self._make = make
        self._key: Callable[[str], Key] = key
        self._known: dict[Key, Value | None] = {}
        self._whole: dict[str, bytes] = {}

    def __getitem__(self, key: Key) -> Value:
        value: Value | None = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def get(self, key: Key, default: Any = None, /) -> Any:
        """The value of a key, or the default."""
        value = self._known[key] if key in self._known else self._read(key)
        return default if value is None else value

    def __iter__(self) -> Iterator[Key]:
        for row in self._rows("key"):
            yield self._key(row[0])

    def __len__(self) -> int:
        return int(next(self._rows("count(*)"))[0])

    def _read(self, key: Key) -> Value | None:
        kept = self._kept(_text(key))
        self._known[key] = value = None if kept is None else self._make(marshal.loads(kept))  # noqa: S302 - the user's own folder: sources/cache
        return value

    def _kept(self, key: str) -> bytes | None:
        if not self._whole and len(self._known) > READ_SINGLY:
            self._whole = dict(self._rows("key, value"))
        if self._whole:
            return self._whole.get(key)
        query = f"SELECT value FROM {self._table} WHERE key = ?"  # noqa: S608 - the table's name is our own
        row = self._base.execute(query, (key,)).fetchone()
        return row[0] if row else None

    def _rows(self, columns: str) -> Iterator[tuple[Any, ...]]:
        return iter(self._base.execute(f"SELECT {columns} FROM {self._table}").fetchall())  # noqa: S608


def _text(key: str | tuple[str, ...]) -> str:
    return key if isinstance(key, str) else _JOINT.join(key)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(_JOINT))


def _pair(text: str) -> tuple[str, str]:
    first, second = _split(text)
    return first, second


def _files(grammar: Path) -> list[str]:
    return sorted(f"{folder}/{name}" for folder, _, names in os.walk(grammar) for name in names if name.endswith((".yaml", ".lark")))


def _name(key: bytes) -> str:
    return f"language-{key.hex()}.sqlite"


def _has_words(file: str) -> bool:
    """Whether a file of the grammar holds nothing but words: all but the syntax and the units."""
    return Path(file).name not in ("criterion.lark", "units.yaml")


def _fresh(grammar: Path, key: bytes, base: bytes) -> Language:
    from eligimatch.sources.units import read_units  # noqa: PLC0415 - YAML and pint, once for each state of the grammar
    from eligimatch.sources.vocabulary import read_vocabulary  # noqa: PLC0415

    return Language(read_vocabulary(grammar), read_units(grammar), key, base)


def _rows(language: Language) -> dict[str, Iterable[tuple[object, ...]]]:
    """The tables of the cache; keys and values are plain data."""
    vocabulary, units = language.vocabulary, language.units
    whole = {
        "words": vocabulary.words,
        "units": ({name: tuple(unit) for name, unit in units.units.items()}, units.spellings, units.indexes),
        "complete": language.key,
        "base": language.base,
    }
    tables: dict[str, Mapping[Any, Any]] = {
        **vocabulary.tables._asdict(),
        "entries": {name: tuple(entry) for name, entry in vocabulary.entries.items()},
        "whole": whole,
    }
    return {table: [(_text(key), marshal.dumps(value)) for key, value in rows.items()] for table, rows in tables.items()}


def _stored(path: Path, key: bytes) -> Language | None:
    """The language kept in a database of the cache; None where it is not there or not whole."""
    if not path.is_file():
        return None
    try:
        base = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        whole: Stored[str, Any] = Stored(base, "whole", lambda value: value, str)
        if whole.get("complete") != key:
            return None
        tables = Tables(
            entries=Stored(base, "entries", Entry._make, str),
            phrases=Stored(base, "phrases", tuple, _split),
            children=Stored(base, "children", tuple, str),
            codes=Stored(base, "codes", tuple, _pair),
            wordings=Stored(base, "wordings", lambda value: value, _pair),
        )
        units, spellings, indexes = whole["units"]
        without_words = whole["base"]
    except (sqlite3.DatabaseError, ValueError, TypeError, EOFError, KeyError):
        return None
    named = {name: Unit._make(unit) for name, unit in units.items()}
    return Language(Vocabulary(tables, whole["words"]), Units(named, spellings, indexes), key, without_words)
