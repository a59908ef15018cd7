"""What was said: a profile's statements and denials as questions with their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.denials import Denials
from eligimatch.engine.phrasing import question
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Profile
from eligimatch.model.verdict import Truth


class Spoken(NamedTuple):
    """One statement: its words, what it says of ability and will, and the answer to its positive."""

    evidence: Evidence
    label: str
    words: tuple[str, ...]
    modals: frozenset[str]
    answer: bool


class Answer(NamedTuple):
    """The answer to a question, and what gave it."""

    truth: Truth
    spoken: tuple[Spoken, ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where in the profile it stands."""
        return tuple(one.evidence for one in self.spoken)

    @property
    def reason(self) -> str:
        """The statements in words."""
        return "; ".join(dict.fromkeys(one.label for one in self.spoken))


def _contraception(profile: Profile) -> Iterator[Spoken]:
    """Who uses contraception, or has agreed to, is willing to use one that is effective; who does not and has not agreed, uses none."""
    uses = profile.reproductive.contraception
    if uses is not None:
        asked = question("willing to use effective contraception" if uses else "willing to use contraception")
        evidence = Evidence(section="reproductive", index=list(type(profile.reproductive).model_fields).index("contraception"))
        yield Spoken(evidence, f"contraception: {'yes' if uses else 'no'}", asked.words, asked.modals, uses)


def spoken(profile: Profile, denials: Denials) -> Iterator[Spoken]:
    """The statements of a profile; what is `absent` or `never` was denied in words, too."""
    for index, (text, answer) in enumerate(profile.statements.items()):
        asked = question(text)
        label = f"{text}: {'yes' if answer else 'no'}"
        yield Spoken(Evidence(section="statements", index=index), label, asked.words, asked.modals, answer is not asked.reversed_)
    yield from _contraception(profile)
    for denial in denials.all:
        if denial.evidence.section in ("absent", "never"):
            asked = question(denial.label)
            yield Spoken(denial.evidence, denial.said, asked.words, asked.modals, answer=asked.reversed_)
