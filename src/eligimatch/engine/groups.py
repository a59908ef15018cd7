"""Groups: whether the arm, cohort or part of the trial that is meant for this person is one that a criterion names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eligimatch.engine.case import Case
from eligimatch.engine.outcome import Outcome, unknown
from eligimatch.model.finding import Evidence
from eligimatch.model.verdict import Truth, any_of
from eligimatch.model.words import fold, folded

_DIMENSIONS = {
    fold(word): dimension
    for dimension, words in (
        ("phase", "phase"), ("cohort", "cohort group"), ("arm", "arm"), ("part", "part study substudy portion"), ("stratum", "stratum strata"),
        ("stage", "stage"),
    )
    for word in words.split()
}  # fmt: skip
_LONGEST_NUMBER = 4
_LINK = re.compile(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|/", re.IGNORECASE)
_FILLER = frozenset("participant patient subject receiving receive in the of for only who and with to enrolled assigned are is be be being".split())
_ORDINALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "one": "1", "two": "2", "three": "3", "ib": "1b", "ia": "1a", "iia": "2a", "iib": "2b"}


def member(names: Iterable[str], case: Case) -> Outcome:
    """Whether the person belongs to one of the named groups."""
    wanted = tuple(names)
    groups = case.facts.profile.groups
    said = " or ".join(wanted)
    if not groups:
        return unknown(f"group not said: {said}", f"group: {said}")
    truth = any_of(_belongs(name, groups) for name in wanted)
    listed = ", ".join(f"{key}: {value}" for key, value in groups.items())
    evidence = tuple(Evidence(section="groups", index=index) for index in range(len(groups)))
    return Outcome(truth, listed, evidence, () if truth is not None else (f"group: {said}",))


def _parts(name: str) -> list[str]:
    """A list of groups apart: "phase 1, phase 2 and cohort B" is three; "drug A and drug B" is one."""
    parts = [part.strip() for part in _LINK.split(name) if part.strip()]
    first = next((word for word in folded(name) if word in _DIMENSIONS), "")
    if len(parts) < 2 or not any(_named(part) for part in parts):
        return [name]
    return [part if _named(part) or len(part) > _LONGEST_NUMBER else f"{first} {part}" for part in parts]


def _named(part: str) -> bool:
    return any(word in _DIMENSIONS for word in folded(part))


def _belongs(name: str, groups: dict[str, str]) -> Truth:
    parts = _parts(name)
    answers = [_one(part, groups) for part in parts]
    if len(parts) > 1:
        answers = [None if answer is False and not _named(part) else answer for part, answer in zip(parts, answers, strict=True)]
    return any_of(answers)


def _one(name: str, groups: dict[str, str]) -> Truth:
    answers = [_matches(name, key, value) for key, value in groups.items()]
    return True if True in answers else False if False in answers else None


def _matches(name: str, key: str, value: str) -> Truth:
    """True for the same words; false for another value of the same dimension; else unknown."""
    asked, said = _words(name), _words(value)
    dimension = next((_DIMENSIONS[word] for word in asked if word in _DIMENSIONS), "")
    ours = next((_DIMENSIONS[word] for word in (*folded(key), *said) if word in _DIMENSIONS), "")
    bare, core = _core(asked), _core(said)
    if not bare or not core:
        return None
    if dimension and ours and dimension != ours:
        return None
    if bare == core or _within(core, bare):
        return True
    if _within(bare, core):
        return None
    alike = _numbered(bare) is _numbered(core)
    return False if alike and (dimension == ours or (not dimension and ours in ("cohort", "arm", "part", ""))) else None


def _numbered(words: frozenset[str]) -> bool:
    """A group with a number or letter for a name: 1b, A; another name may be the same group's."""
    return all(len(word) <= _LONGEST_NUMBER - 1 for word in words)


def _words(text: str) -> tuple[str, ...]:
    joined: list[str] = []
    for word in folded(text):
        if joined and joined[-1].isdigit() and len(word) == 1 and word.isalpha():
            joined[-1] += word
        elif any(letter.isalnum() for letter in word):
            joined.append(_ORDINALS.get(word, word))
    return tuple(joined)


def _core(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if word not in _FILLER and word not in _DIMENSIONS)


def _within(narrow: frozenset[str], wide: frozenset[str]) -> bool:
    """Phase 1b lies within phase 1."""
    if len(narrow) == len(wide) == 1:
        one, other = next(iter(narrow)), next(iter(wide))
        return len(one) > len(other) and one.startswith(other) and other.isdigit() and one[len(other) :].isalpha()
    return False
