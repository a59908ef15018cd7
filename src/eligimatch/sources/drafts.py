"""A file written wholly or not at all: a draft beside it that takes its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """A file beside `path` to be written; it takes the place of `path`, with its permissions, unless an error is raised."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        made.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        made.replace(path)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
