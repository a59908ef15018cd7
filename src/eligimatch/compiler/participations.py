"""Participations: "participated in a study of an investigational agent within 4 weeks": who did was given the agent in that time."""

from __future__ import annotations

import re
from typing import NamedTuple

from eligimatch.compiler.cues import cued
from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Had, Judged, Rule, leaves
from eligimatch.model.span import Span

_TAKES_PART = (
    r"(?:(?:is|are|has|have|had|was|were|be|been|being|currently|concurrently|actively|simultaneously|previously|recently|current|concurrent|prior|previous"
    r"|past|recent|simultaneous|active|ongoing)\s+){0,5}(?:participat(?:ing|ed|ion)|enrolled|enrollment)(?:\s+in)?"
)
_ANY = r"(?:(?:an?|any|another|other|the|one or more|additional|different)\s+)*"
_STUDY = (
    r"(?:(?:clinical|interventional|therapeutic|medical|research|concurrent|concomitant|separate)\s+)*(?:stud(?:y|ies)|trials?)\b(?:\(s\)|\(ies\))?"
)
_NEW = r"(?:investigational|experimental|unapproved)\b"
_THING = r"(?:new\s+)?(?:medicinal\s+|medical\s+)?(?:drugs?|agents?|products?|therap(?:y|ies)|treatments?|devices?|medications?)"
_THINGS = rf"{_THING}(?:\s*(?:or|and|and/or|/)\s*{_THING})?"
_LED = rf"(?P<who>{_TAKES_PART}(?:(?:\s*,)?\s+(?:or|and/or)\s+{_TAKES_PART})*)\s+{_ANY}"
_OF = cued(
    rf"{_LED}{_STUDY}\s+(?:of|with|involving|using|testing|evaluating|that\s+involves?|which\s+involves?)\s+(?={_ANY}{_NEW})"
    rf"|{_LED.replace('who', 'whom')}(?={_NEW}\s+{_THINGS}\s+(?P<study>stud(?:y|ies)|trials?)\b)",
    "participat|enroll",
)
_GIVEN = re.compile(
    r"(?:\s+and\s+(?:has\s+|have\s+)?receiv(?:ed|ing)\s+(?:the\s+)?(?:study|trial|investigational)\s+(?:therapy|treatment|drug|product|agent)s?)",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:has|have|had|was|were|prior|previous(?:ly)?|past|recent(?:ly)?|participated)\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?:current|concurrent|simultaneous)", re.IGNORECASE)


class Participation(NamedTuple):
    """A text without the words that someone takes part in a study of what it names, where these stood, and the time that they say."""

    text: str
    start: int
    when: str


def participation(text: str) -> Participation | None:
    """The text as one of the drug or device alone; None where it speaks of no such study."""
    short = _GIVEN.sub(lambda given: " " * len(given[0]), text)
    found = _OF.search(short)
    if found is None:
        return None
    who = found["who"] or found["whom"]
    spoken = short[: found.start()] + " " * len(found[0]) + short[found.end() :]
    if found["study"]:
        spoken = spoken[: found.start("study")] + " " * len(found["study"]) + spoken[found.end("study") :]
    when = "ever" if _PAST.search(who) else "now" if _NOW.search(who) else ""
    return None if _OF.search(spoken) else Participation(spoken, found.start(), when)


def taking_part(rule: Rule, found: Participation) -> Rule | None:
    """The rule of that text as one of taking part; None where it asks anything but what was given."""
    given = [leaf for leaf in leaves(rule) if isinstance(leaf, Had) and _tells(leaf, found.start)]
    if len(given) != len(list(leaves(rule))) or not given:
        return None
    first = min((leaf.span.start for leaf in given if leaf.span.start > found.start), default=0)

    def spoken(leaf: Rule) -> Rule:
        if leaf.span.start != first or not isinstance(leaf, Had):
            return leaf
        when = found.when if found.when and leaf.when in ("now", "ever") else leaf.when
        return leaf.model_copy(update={"when": when, "span": Span(found.start, leaf.span.end)})

    return each_leaf(rule, spoken)


def _tells(leaf: Had, start: int) -> bool:
    """Whether a leaf, where it stands after the words of taking part, asks for what is under investigation and no more."""
    plain = leaf.section in ("treatments", "procedures") and leaf.concept.linked and not any(isinstance(one, Judged) for one in leaf.qualifiers)
    return plain and (leaf.span.start < start or leaf.concept.name.startswith("investigational") or leaf.concept.name == "medical device")
