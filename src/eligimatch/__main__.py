"""The command `eligimatch`, and `python -m eligimatch`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Runs the command line on the program's own arguments."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the program: nobody listens
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    try:
        code = _run()
    except KeyboardInterrupt:  # while the command line was being loaded
        code = 130
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # everything is written: taking the interpreter down piece by piece would take a tenth of the run


def _run() -> int:
    gc.set_threshold(1_000_000)  # a short run allocates once: collecting costs a tenth of it and frees nothing
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no stranger's plugin validates a profile, and none is looked for
    from eligimatch.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
