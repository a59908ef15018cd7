"""Judged persons as one self-contained page: HTML and CSS, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from eligimatch.model.finding import Finding, TrialReport
from eligimatch.model.verdict import Status, Truth, Verdict
from eligimatch.report.facts import VERDICTS, Judged, deciding, of_status, questions
from eligimatch.report.terminal import NOTICE, ORDER
from eligimatch.report.underline import Segment, answers, segments

ACROSS = 6
"""Trials side by side in the table of all patients; more make a second table."""
DEEPEST = 4
"""Lines one below the other beneath the same words."""
_IN_MEMORY = 1 << 24
_PIECE = 1 << 16
_SIGNS = {
    Verdict.ELIGIBLE: "✓", Verdict.INELIGIBLE: "✗", Verdict.UNDETERMINED: "?", Status.MATCHED: "✓", Status.FAILED: "✗", Status.UNKNOWN: "?",
}  # fmt: skip
_TRUTHS: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


class Answer(NamedTuple):
    """What one leaf of a rule came to."""

    truth: str
    reason: str


class Words(NamedTuple):
    """A criterion's words in pieces, and what is said of each numbered part of them."""

    segments: list[Segment]
    answers: list[list[Answer]]
    kinds: list[str]
    """How each part is underlined: by its truth, or `mixed` where its leaves differ."""
    told: bool
    """Whether the answers say more than the criterion's own reason."""


class Row(NamedTuple):
    """One person in the table of all."""

    number: int
    name: str
    trials: tuple[TrialReport, ...]
    """In the order given, without what only the person's own part shows."""


def page(persons: Iterable[Judged], only: Collection[Status] = ORDER, program: str = "eligimatch") -> Iterator[str]:
    """The page, piece by piece; `only` are the statuses that it shows at first, `program` is what made it.

    Each person's part is written aside as soon as it is made, because the table that leads to it comes first: memory holds one person and the table.
    """
    rows: list[Row] = []
    days: set[str] = set()
    trials: list[str] = []
    with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as parts:
        for number, judged in enumerate(persons, 1):
            trials = trials or [trial.trial for trial in judged.report.trials]
            days.add(judged.report.as_of.isoformat())
            rows.append(Row(number, judged.name, tuple(map(_short, judged.report.trials))))
            parts.write(template("person.html.jinja").render(judged=judged, number=number, places=_places(judged)))
        parts.seek(0)
        pieces = (Markup(piece) for piece in iter(lambda: parts.read(_PIECE), ""))  # noqa: S704 - the templates escaped it
        said = {"rows": rows, "days": sorted(days), "trials": trials, "tables": _tables(trials), "only": only, "program": program}
        yield from template("page.html.jinja").generate(said, parts=pieces)
        yield "\n"


def words(finding: Finding) -> Words:
    """How the words of a criterion that were judged are shown."""
    found = answers(finding.trace)
    said = [[Answer(_TRUTHS[trace.truth], trace.reason) for trace in traces] for traces in found.values()]
    kinds = [answer[0].truth if len({each.truth for each in answer}) == 1 else "mixed" for answer in said]
    told = len(said) > 1 or [answer.reason for each in said for answer in each] != [finding.reason] * len(said)
    return Words(segments(finding.judged, list(found)), said, kinds, told)


def _short(trial: TrialReport) -> TrialReport:
    return trial.model_copy(update={"criteria": (), "ask": (), "title": ""})


def _places(judged: Judged) -> list[tuple[int, TrialReport]]:
    """The person's trials by verdict, each with its place in the order given."""
    places = {id(trial): at for at, trial in enumerate(judged.report.trials)}
    return [(places[id(trial)], trial) for trial in judged.trials()]


def _tables(trials: list[str]) -> list[list[tuple[int, str]]]:
    """The trials with their places, as many as stand side by side."""
    placed = list(enumerate(trials))
    return [placed[start : start + ACROSS] for start in range(0, len(placed), ACROSS)]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    said: dict[str, Any] = {"notice": NOTICE, "statuses": ORDER, "verdicts": VERDICTS, "signs": _SIGNS, "deepest": DEEPEST}
    environment.globals.update(said, words=words, deciding=deciding, of_status=of_status, questions=questions)
    return environment


def template(name: str) -> Template:
    """One of the templates, which escapes whatever it is given."""
    return _environment().get_template(name)
