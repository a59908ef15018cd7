"""Other views of `eligimatch check`: near the limits (`--near`), and day by day (`--from`, `--until`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from eligimatch import console

if TYPE_CHECKING:
    from eligimatch.model.profile import Profile
    from eligimatch.model.trial import CompiledTrial

_WEEKS = timedelta(weeks=8) - timedelta(days=1)


class View(Protocol):
    """Shows one person's trials."""

    def __call__(self, profile: Profile, trials: Sequence[CompiledTrial], day: date | None, shown: str, *, apart: bool) -> None:
        """Writes the view as a table or JSON; `apart` sets an empty line before it."""


def chosen(shown: str, *, near: bool, first: str | None, last: str | None) -> View | None:
    """The view that the options ask for; None for the plain report. Raises InputError where options do not go together."""
    if (near or first or last) and shown not in ("table", "json"):
        raise console.refusal("this view has no such format", "--format", "table or json; a page shows the plain report")
    if first is None and last is None:
        return _near if near else None
    if near:
        raise console.refusal("two views at once", "--near", "either --near, or --from and --until")
    start, end = console.day(first, "--from") if first else None, console.day(last, "--until") if last else None
    if start and end and end < start:
        raise console.refusal("the calendar ends before it begins", "--until", "a day that is not before --from")
    return _calendar(start, end)


def _near(profile: Profile, trials: Sequence[CompiledTrial], day: date | None, shown: str, *, apart: bool) -> None:
    from eligimatch import api
    from eligimatch.report.near import as_json, near_lines

    report, near = api.check(profile, trials, day), api.near(profile, trials, day)
    if shown == "json":
        console.write(json.dumps(as_json(report, near), ensure_ascii=False))
    else:
        console.show(near_lines(report, near), apart=apart)


def _calendar(first: date | None, last: date | None) -> View:
    def view(profile: Profile, trials: Sequence[CompiledTrial], day: date | None, shown: str, *, apart: bool) -> None:
        from eligimatch import api
        from eligimatch.report.strip import as_json, calendar_lines

        start = first or day or profile.as_of or date.today()  # noqa: DTZ011 - the day as the user's calendar has it
        end = last or start + _WEEKS
        if end < start:
            raise console.refusal("the calendar ends before it begins", "--until", f"it begins on {start}, the day of judgement")
        calendar = api.calendar(profile, trials, start, end)
        if shown == "json":
            console.write(json.dumps(as_json(calendar), ensure_ascii=False))
        else:
            console.show(calendar_lines(calendar), apart=apart)

    return view
