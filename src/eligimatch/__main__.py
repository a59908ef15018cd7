"""The command `eligimatch`, and `python -m eligimatch`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Runs the command line on the program's own arguments."""
    gc.disable()  # a short run that allocates once: collecting costs a tenth of it and frees nothing
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no stranger's plugin validates a profile, and none is looked for
    from eligimatch.cli import main as run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
