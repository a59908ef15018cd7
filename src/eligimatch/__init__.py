"""Reads eligibility criteria of clinical trials and judges patient profiles by them: matched, failed or unknown, and why.

    import eligimatch

    trial = eligimatch.compile_trial(eligimatch.load_trial("rules/NCT05255926.yaml"))
    report = eligimatch.check(eligimatch.load_profile("patients/near-limits.yaml"), [trial])

Importing the package is cheap; each call loads what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eligimatch.api import check, compile_trial, explain, load_profile, load_trial

__version__ = "0.1.0"
__all__ = ["__version__", "check", "compile_trial", "explain", "load_profile", "load_trial"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from eligimatch import api  # noqa: PLC0415 - the reason of this function

    return getattr(api, name)
