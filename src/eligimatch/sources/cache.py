"""The user's cache folder: derived data by content, in SQLite. Without the folder everything still works, only slower."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path

LARGEST = 500 * 1024 * 1024
"""Bytes of values at which they are thrown away and gathered anew."""
KEPT_FILES = 4
"""Databases of one kind that stay: one for each state of the grammar used last."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file shows in its time of change."""


class Cache:
    """Values by key, kept from run to run; every failure of the disk is a value not found."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = _own(folder) if folder else None
        self._values = self._open()

    def path(self, name: str) -> Path | None:
        """Where a file of that name may lie; None where there is no cache."""
        return self.folder / name if self.folder else None

    def get(self, key: bytes) -> bytes | None:
        """The value kept under a key."""
        if self._values:
            with suppress(sqlite3.Error):
                row = self._values.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
                return bytes(row[0]) if row else None
        return None

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keeps values by their keys, all of them or none."""
        if self._values:
            with suppress(sqlite3.Error), self._values:
                self._values.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values.items())

    def gather(self) -> None:
        """Moves what was kept last into the database's own file, which each later start would else do for itself."""
        if self._values:
            with suppress(sqlite3.Error):
                self._values.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def content_of(self, paths: Iterable[str]) -> bytes:
        """The hash of files' contents; files whose size and times are as before are not read again."""
        listed = [(path, os.stat(path)) for path in paths]  # noqa: PTH116 - hundreds at every start, and paths as text are cheaper
        seen = digest(*(f"{name} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}".encode() for name, s in listed))
        known = self.get(seen)
        if known is None:
            known = digest(*(part for name, _ in listed for part in (Path(name).name.encode(), Path(name).read_bytes())))
            if _settled(s for _, s in listed):
                self.put({seen: known})
        return known

    def prune(self, pattern: str) -> None:
        """Removes the oldest of the files that a pattern names."""
        if self.folder:
            with suppress(OSError):
                for old in sorted(self.folder.glob(pattern), key=lambda path: path.stat().st_mtime)[:-KEPT_FILES]:
                    old.unlink()

    def _open(self) -> sqlite3.Connection | None:
        path = self.path("kept.sqlite")
        if path is None:
            return None
        try:
            if sum(part.stat().st_size for part in _parts(path)) > LARGEST:
                _remove(path)
            return _values(path)
        except (OSError, sqlite3.DatabaseError):
            with suppress(OSError, sqlite3.Error):
                _remove(path)
                return _values(path)
        return None


def digest(*parts: bytes) -> bytes:
    """One hash of several parts, each with its length."""
    total = blake2b(digest_size=20)
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.digest()


def replaced(path: Path, script: str, tables: dict[str, Iterable[tuple[object, ...]]]) -> None:
    """Writes a database whole: readers see the old one or the new one, never half of it."""
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with closing(sqlite3.connect(draft)) as base, base:
            base.executescript(script)
            for table, rows in tables.items():
                _insert(base, table, rows)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _insert(base: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    listed = list(rows)
    if listed:
        places = ", ".join("?" * len(listed[0]))
        base.executemany(f"INSERT INTO {table} VALUES ({places})", listed)  # noqa: S608 - the table's name is our own


def _values(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=5)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    base.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB)")  # with rowid: look-ups compare keys alone
    return base


def _parts(path: Path) -> list[Path]:
    """A database's file and those that SQLite keeps beside it."""
    return [part for ending in ("", "-wal", "-shm") if (part := path.with_name(path.name + ending)).is_file()]


def _remove(path: Path) -> None:
    for part in _parts(path):
        part.unlink()


def _own(folder: Path) -> Path | None:
    """The folder, made if need be; None where others could write into it, or nobody can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    foreign = hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return None if foreign or not os.access(folder, os.W_OK) else folder


def _settled(stats: Iterable[os.stat_result]) -> bool:
    """Whether no file changed so lately that its next change might leave its times as they are."""
    from time import time_ns  # noqa: PLC0415

    return time_ns() - max((s.st_ctime_ns for s in stats), default=0) > _SETTLED
