"""Questions as lines to read: what to look up, most useful first, then one conversation with the patient, and what others must say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eligimatch.model.question import OpenFact, Place, Questions, Where
from eligimatch.report.asking import details, question
from eligimatch.report.paint import Line, Piece, line, listed

_FOUND: dict[Where, str] = {
    "patient": "the patient", "investigator": "the investigator", "chart": "the chart", "laboratory": "the laboratory", "pathology": "pathology",
    "imaging": "imaging", "protocol": "the protocol",
}  # fmt: skip
_SHOWN = 6
"""Trials and details named in one line."""
GROUPS = {
    "look up": "Look up, what settles most first",
    "patient": "One conversation with the patient",
    "investigator": "For the investigator",
    "protocol": "For whoever knows the protocol, where the answers above leave it open",
}


def group(fact: OpenFact) -> str:
    """Where a fact stands on the list: one of GROUPS."""
    return first if (first := fact.where[0]) in GROUPS else "look up"


def question_lines(asked: Questions, most: int = 0) -> Iterator[Line]:
    """What to ask of one person, at most so many entries of each list (0: all)."""
    yield line(0, Piece(f"Patient {asked.patient or '(no id)'} on {asked.as_of}", "title"))
    yield from _trials(asked)
    number = 0
    for key, title in GROUPS.items():
        found = [fact for fact in asked.facts if group(fact) == key]
        if found:
            yield line(0)
            yield line(0, Piece(title, "title"))
        rows = _together(found)
        for together in rows[: most or None]:
            number += 1
            yield from (_fact(together[0], number) if len(together) == 1 else _several(together, number))
        if most and len(rows) > most:
            yield line(2, Piece(f"and {len(rows) - most} more, --most 0 shows all", "quiet"))


def _trials(asked: Questions) -> Iterator[Line]:
    if asked.open_trials:
        yield line(2, f"{counted(len(asked.open_trials), 'trial')} with unknown criteria: {_some(asked.open_trials)}")
    else:
        yield line(2, f"Nothing to ask: {'no trial is left open' if asked.ruled_out else 'no criterion is unknown'}.")
    if asked.ruled_out:
        yield line(2, Piece(f"Left out, because a criterion failed: {_some(asked.ruled_out)}. --all asks for them too.", "quiet"))
    if asked.facts:
        yield line(0)
        yield line(2, Piece("first number: criteria that the answer settles (2-5: two whatever it is, at most five)", "quiet"))
        yield line(2, Piece("second number: trials that it decides", "quiet"))


def _some(words: Sequence[str]) -> str:
    """`a, b and c`; of many the first."""
    return listed(words) if len(words) <= _SHOWN else listed([*words[:_SHOWN], f"{len(words) - _SHOWN} more"])


def _together(found: Iterable[OpenFact]) -> list[list[OpenFact]]:
    """Facts that settle the same criteria, and only together, stand together where the first of them stands."""
    rows: dict[object, list[OpenFact]] = {}
    for fact in found:
        rows.setdefault(fact.fact if fact.alone.criteria else fact.waiting, []).append(fact)
    return list(rows.values())


def _fact(fact: OpenFact, number: int) -> Iterator[Line]:
    alone, most = fact.alone, fact.at_most
    head = _head(f"{_to(alone.criteria, most.criteria):5}{_to(alone.trials, most.trials):5}", number)
    yield line(2, Piece(head, "id"), question(fact), Piece(_also(fact), "quiet"), hang=len(head))
    rest = tuple(place for place in fact.waiting if place not in alone.criteria)
    said = [_where([fact]), places(alone.criteria), f"with other answers {places(rest)}" if rest else ""]
    yield line(2 + len(head), Piece("; ".join(filter(None, said)), "quiet"))


def _several(facts: list[OpenFact], number: int) -> Iterator[Line]:
    head = _head(f"{len(facts[0].waiting):<10}", number)
    yield line(2, Piece(head, "id"), "together:", hang=len(head))
    for fact in facts:
        yield line(2 + len(head), "- ", question(fact), Piece(_also(fact), "quiet"), hang=2)
    yield line(2 + len(head), Piece("; ".join(filter(None, (_where(facts), places(facts[0].waiting)))), "quiet"))


def _head(counts: str, number: int) -> str:
    return f"{counts}{number:>3}. "


def _to(alone: Sequence[object], most: Sequence[object]) -> str:
    return str(len(most)) if len(alone) == len(most) else f"{len(alone)}-{len(most)}"


def _where(facts: Sequence[OpenFact]) -> str:
    """Where to look; the other lists say it in their title."""
    return " or ".join(dict.fromkeys(_FOUND[place] for fact in facts for place in fact.where)) if group(facts[0]) == "look up" else ""


def places(found: Iterable[Place]) -> str:
    """Criteria by trial: `K8454 I2 E2, NCT07316309 I1`."""
    by_trial: dict[str, list[str]] = {}
    for place in found:
        by_trial.setdefault(place.trial, []).append(place.criterion)
    return ", ".join(f"{trial} {' '.join(ids)}" for trial, ids in by_trial.items())


def counted(count: int, noun: str) -> str:
    """`1 trial`, `3 trials`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _also(fact: OpenFact) -> str:
    parts = details(fact)
    return f" (say also {_some(parts)})" if parts else ""


def as_json(asked: Questions) -> dict[str, Any]:
    """The same for programs, each fact with its question, details and group."""
    dumped = asked.model_dump(mode="json")
    for fact, row in zip(asked.facts, dumped["facts"], strict=True):
        row.update(question=question(fact), say_also=list(details(fact)), group=group(fact))
    return dumped
