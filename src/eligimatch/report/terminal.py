"""A Report as lines to read, aloud if need be: each trial's verdict, then what failed, is unknown, and matched, with reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eligimatch.model.finding import Finding, Report, TrialReport
from eligimatch.model.verdict import Status, Truth
from eligimatch.report.paint import Line, Piece, line
from eligimatch.report.underline import numbered

ORDER = (Status.FAILED, Status.UNKNOWN, Status.MATCHED)
NOTICE = "Decision support only: a clinician decides. Whatever is not said in the profile is unknown."
_TRUTHS: dict[Truth, tuple[str, str]] = {True: ("true", "mark"), False: ("false", "mark"), None: ("unknown", "unknown")}


def report_lines(report: Report, only: Collection[Status] = ORDER, *, explain: int = 0) -> Iterator[Line]:
    """The whole report of one person; `explain` is the width in which criteria are shown with their leaves underlined, 0 for none."""
    yield line(0, Piece(f"Patient {report.patient or '(no id)'} on {report.as_of}", "title"))
    for trial in report.trials:
        yield line(0)
        yield from _trial(trial, only, explain=explain)
    yield line(0)
    yield line(0, Piece(NOTICE, "quiet"))


def trial_head(trial: TrialReport) -> Iterator[Line]:
    """A trial's verdict, how many criteria stand how, and its title."""
    counts = ", ".join(f"{trial.counts.get(status, 0)} {status}" for status in ORDER)
    yield line(0, Piece(trial.trial, "title"), ": ", Piece(trial.verdict, trial.verdict), f" ({counts})")
    if trial.title:
        yield line(2, Piece(trial.title, "quiet"))


def _trial(trial: TrialReport, only: Collection[Status], *, explain: int) -> Iterator[Line]:
    yield from trial_head(trial)
    for status in ORDER:
        findings = [finding for finding in trial.criteria if finding.status == status]
        if findings and status in only:
            yield line(2, Piece(status, status))
            for finding in findings:
                yield from _finding(finding, explain=explain)
    if trial.ask and Status.UNKNOWN in only:
        yield line(2, Piece("to ask", "title"))
        for ask in trial.ask:
            yield line(4, ask.fact, Piece(f" ({', '.join(ask.criteria)})", "quiet"))


def _finding(finding: Finding, *, explain: int) -> Iterator[Line]:
    if explain and finding.trace:
        yield from _named(finding, "" if finding.clarified is None else finding.text)
        yield from _underlined(finding, explain)
    else:
        yield from worded(finding)
        yield line(6, Piece(finding.reason, finding.status))
    if explain and finding.evidence:
        places = (f"{place.section}[{place.index}]" if place.index is not None else place.section for place in finding.evidence)
        yield line(6, Piece(f"from {', '.join(places)}", "quiet"))
    for assumption in finding.assumptions:
        yield line(6, Piece(f"assumed: {assumption}", "quiet"))


def worded(finding: Finding) -> Iterator[Line]:
    """The criterion's id and words, and a person's rewording of them."""
    yield from _named(finding, finding.text)
    if finding.clarified is not None:
        yield line(6, finding.clarified)


def _named(finding: Finding, words: str) -> Iterator[Line]:
    """The criterion's id and words, and whether a person's rewording of them follows."""
    yield line(4, Piece(finding.id, "id"), f" {words}" if words else "", hang=len(finding.id) + 1)
    if finding.clarified is not None:
        yield line(6, Piece("clarified, read as:", "note"))


def _underlined(finding: Finding, width: int) -> Iterator[Line]:
    """The words that were judged, under each leaf's words its number, and below what each leaf came to."""
    traces = list(dict.fromkeys(finding.trace))
    for row in numbered(finding.judged, [trace.span for trace in traces], width):
        yield line(6, row, whole=True)
    for index, trace in enumerate(traces, 1):
        truth, style = _TRUTHS[trace.truth]
        yield line(8, f"{index} ", Piece(truth, style), f": {trace.reason}" if trace.reason else "")
