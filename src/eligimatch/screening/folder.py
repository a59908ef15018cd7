"""The folder of a screening: one run at a time, part files that are whole or not there, and what is left to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import polars as pl
from pydantic import ValidationError

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.screening.settings import Manifest

MANIFEST = "manifest.json"
SUMMARY = "summary.parquet"
KEPT = ("attrition", "combinations", "statuses", "verdicts")
"""Tables that stay in part files, one a block; a block is done when its verdicts are there, which are written last."""
JOINED = ("persons", "rejected", "eligible", "moved")
"""Tables whose part files become one file at the end."""
_LOCK = ".lock"
_DRAFT = ".draft"


class Folder:
    """Where a screening is written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # --- one run at a time -------------------------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for this process, whose end in whatever way sets it free. Raises InputError where another holds it."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            raise InputError(Diagnostic(title="no folder to write to", source=str(self.path), hint="--out names a folder of yours")) from None
        try:
            _hold(handle, self.path)
            yield
        finally:
            os.close(handle)

    # --- what is there -----------------------------------------------------------------------------------------------------------------------

    def manifest(self) -> Manifest | None:
        """What the folder was made with; none where it is new. Raises InputError where it cannot be read."""
        try:
            return Manifest.model_validate_json((self.path / MANIFEST).read_bytes())
        except FileNotFoundError:
            return None
        except (ValidationError, OSError):
            raise InputError(
                Diagnostic(title="the manifest cannot be read", source=str(self.path / MANIFEST), hint="--force starts the folder anew")
            ) from None

    def day(self, *, anew: bool) -> date:
        """The day of judgement where none is given: that of the run that is gone on with, else today."""
        before = None if anew else self.manifest()
        return before.settings.as_of if before else datetime.now(tz=UTC).astimezone().date()

    def foreign(self) -> bool:
        """Whether something stands here that no screening wrote."""
        ours = {MANIFEST, SUMMARY, _LOCK, *KEPT, *JOINED, *(f"{name}.parquet" for name in JOINED), "eligible.csv"}
        return self.manifest() is None and any(file.name not in ours and not file.name.endswith(_DRAFT) for file in self.path.iterdir())

    def begin(self, manifest: Manifest, *, anew: bool) -> list[int]:
        """Writes the manifest, or goes on with a folder of the same; gives the numbers of the blocks to do. Raises InputError."""
        before = self.manifest()
        if before and not anew and (other := before.differs(manifest)):
            hint = "name another folder, or --force starts this one anew"
            raise InputError(Diagnostic(title=f"{other} changed since this folder was made", source=str(self.path), hint=hint))
        if self.foreign():
            raise InputError(Diagnostic(title="other files stand here", source=str(self.path), hint="name a new folder"))
        if anew or not before or self._damaged(manifest.blocks):
            self.clear()
            self.write(MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
        self.sweep()
        return self._left(manifest.blocks)

    def sweep(self) -> None:
        """Removes what a process left that was ended in the middle of a file."""
        for draft in self.path.rglob(f".*{_DRAFT}"):
            draft.unlink(missing_ok=True)

    def _left(self, blocks: int) -> list[int]:
        return [number for number in range(blocks) if not self.part("verdicts", number).exists()]

    def _damaged(self, blocks: int) -> bool:
        """Whether blocks are missing that were there when the parts were joined."""
        return bool(self._left(blocks)) and any((self.path / f"{table}.parquet").exists() for table in JOINED)

    def clear(self) -> None:
        """Removes what an earlier screening wrote, its manifest first."""
        for name in (MANIFEST, SUMMARY, "eligible.csv", *(f"{name}.parquet" for name in JOINED)):
            (self.path / name).unlink(missing_ok=True)
        for name in (*KEPT, *JOINED):
            shutil.rmtree(self.path / name, ignore_errors=True)

    def part(self, table: str, number: int) -> Path:
        """A block's file of a table."""
        return self.path / table / f"part-{number:05}.parquet"

    def parts(self, table: str) -> list[Path]:
        """All blocks' files of a table, in order."""
        return sorted((self.path / table).glob("part-*.parquet"))

    def finished(self) -> bool:
        """Whether the run came to its end."""
        return (self.path / SUMMARY).exists()

    # --- writing -----------------------------------------------------------------------------------------------------------------------------

    def write(self, name: str, content: bytes) -> None:
        """Writes a file, wholly or not at all, and onto the disk."""
        with drafted(self.path / name) as draft:
            draft.write_bytes(content)

    def write_part(self, table: str, number: int, frame: pl.DataFrame) -> None:
        """Writes a block's file of a table."""
        write_frame(self.part(table, number), frame)

    def write_content(self, table: str, number: int, content: bytes) -> None:
        """Writes a block's file of a table, which was made elsewhere."""
        self.write(str(self.part(table, number).relative_to(self.path)), content)

    def join(self, table: str, schema: Mapping[str, Any]) -> pl.LazyFrame:
        """Makes one file of a table's parts, in order; gives it."""
        path = self.path / f"{table}.parquet"
        if self.parts(table) or not path.exists():
            parts = pl.scan_parquet(self.parts(table), glob=False) if self.parts(table) else pl.LazyFrame(schema=schema)
            with drafted(path) as draft:
                parts.sink_parquet(draft, maintain_order=True)
        return pl.scan_parquet(path, glob=False)

    def drop_parts(self) -> None:
        """Removes the parts of what was joined."""
        for table in JOINED:
            shutil.rmtree(self.path / table, ignore_errors=True)


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A file to write, its owner's alone, which takes its name when it is whole and on the disk, and goes away otherwise."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}{_DRAFT}")
    try:
        yield draft
        draft.chmod(0o600)
        _settle(draft, os.O_RDWR)
        draft.replace(path)
        if os.name == "posix":
            _settle(path.parent, os.O_RDONLY)
    finally:
        with suppress(OSError):
            draft.unlink()


def write_frame(path: Path, frame: pl.DataFrame) -> None:
    """Writes a table, see `put_frame`."""
    with drafted(path) as draft:
        put_frame(draft, frame)


def put_frame(target: Path | IO[bytes], frame: pl.DataFrame) -> None:
    """A table as Parquet, compact and always as the same bytes."""
    frame.write_parquet(target, compression="zstd", compression_level=1, statistics=False)


def _settle(path: Path, mode: int) -> None:
    handle = os.open(path, mode)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hold(handle: int, folder: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        hint = "wait until it is done, or name another folder"
        raise InputError(Diagnostic(title="another run is writing here", source=str(folder), hint=hint)) from None
