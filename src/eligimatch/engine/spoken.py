"""What was said: a profile's statements and denials as questions with their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.denials import Denials
from eligimatch.engine.phrasing import question
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Profile


class Spoken(NamedTuple):
    """One statement: its words, what it says of ability and will, and the answer to its positive."""

    evidence: Evidence
    label: str
    words: tuple[str, ...]
    modals: frozenset[str]
    answer: bool


def spoken(profile: Profile, denials: Denials) -> Iterator[Spoken]:
    """The statements of a profile; what is `absent` or `never` was denied in words, too."""
    for index, (text, answer) in enumerate(profile.statements.items()):
        asked = question(text)
        label = f"{text}: {'yes' if answer else 'no'}"
        yield Spoken(Evidence(section="statements", index=index), label, asked.words, asked.modals, answer is not asked.reversed_)
    for denial in denials.all:
        if denial.evidence.section in ("absent", "never"):
            asked = question(denial.label)
            yield Spoken(denial.evidence, denial.said, asked.words, asked.modals, answer=asked.reversed_)
