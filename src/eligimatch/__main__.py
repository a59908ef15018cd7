"""The command `eligimatch`, and `python -m eligimatch`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Runs the command line on the program's own arguments."""
    gc.set_threshold(1_000_000)  # a short run allocates once: collecting costs a tenth of it and frees nothing
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no stranger's plugin validates a profile, and none is looked for
    from eligimatch.cli import main as run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # everything is written: taking the interpreter down piece by piece would take a tenth of the run


if __name__ == "__main__":
    main()
