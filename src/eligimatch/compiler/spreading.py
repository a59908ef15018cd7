"""Spreading: how far what is said of one member of a list reaches over the others: a quality at either end, a proof, a part."""

from __future__ import annotations

import re
from copy import copy
from itertools import pairwise

from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import borrows, kind_of
from eligimatch.compiler.tokens import Token

_OF_BOTH = frozenset({"WITH", "DUE_TO", "REQUIRING", "NOT", "FOR", "PROGRESSED", "INTOLERANT"})
"""What leads from the last noun of a list to what may be said of each."""
_SPREADING = ("SEVERITY", "COURSE", "NEW", "INTENT", "ROUTE", "STAGE")


def spread_qualities(phrases: list[Phrase]) -> list[list[Phrase]]:
    """ "severe asthma or COPD", "nausea or vomiting grade ≥ 2": a quality at either end is of that member or of all; proof is of all."""
    if len(phrases) < 2 or any(phrase.heads and phrase.heads is before.heads for before, phrase in pairwise(phrases)):
        return [phrases]  # one noun of which each member says something else
    first, last = phrases[0], phrases[-1]
    if any(token.type == "EVIDENCE" for token in first.adjectives):
        phrases = [first, *(_with_adjectives(phrase, first, ("EVIDENCE",)) for phrase in phrases[1:])]
        last = phrases[-1]
    each = len(phrases) > 2 and not all(_untold(phrase, first) for phrase in phrases[1:])  # "uncontrolled X, severe Y or Z": each has its own
    told = next((at for at, phrase in enumerate(phrases) if at and not _untold(phrase, first)), len(phrases))
    leading = [_with_adjectives(phrase, first, (*_SPREADING, *["JUDGED"] * (at < told))) if at else first for at, phrase in enumerate(phrases)]
    trailing = [*(with_qualities(phrase, last, several=len(phrases) > 2) for phrase in phrases[:-1]), last]
    paired = _paired(phrases) if each else phrases
    named = [first, *(_so_named(phrase, first) for phrase in phrases[1:])]
    return [phrases, *(other for other in (leading, trailing, paired, named) if any(a is not b for a, b in zip(other, phrases, strict=True)))]


def _so_named(phrase: Phrase, first: Phrase) -> Phrase:
    """ "platinum-resistant ovarian, tubal or peritoneal cancer": what the first disease's own name says of it, a person says of the others."""
    found = next((match for head in first.heads for name in (head.text, *head.names) if (match := _IN_NAME.match(name))), None)
    if found is None or not _same_kind(phrase, first) or kind_of(phrase) != "condition" or not _untold(phrase, first):
        return phrase
    judged = Token("JUDGED", "", phrase.start, phrase.start)
    judged.text = found[0]
    said = " ".join((found[0], *(head.text for head in phrase.heads)))
    return replace(phrase, adjectives=[judged], judged_words=said)


_IN_NAME = re.compile(r"(?:platinum|cisplatin)[- ](?:resistant|refractory|sensitive)", re.IGNORECASE)


def _paired(phrases: list[Phrase]) -> list[Phrase]:
    """ "asthma, severe renal or hepatic impairment, stroke": what is said of one noun is said of those named with its word."""
    out = [phrases[0]]
    for phrase in phrases[1:]:
        shares = borrows(out[-1]) > 0 and kind_of(phrase) == "condition"
        out.append(_with_adjectives(phrase, out[-1], (*_SPREADING, "JUDGED")) if shares else phrase)
    return out


def _with_adjectives(phrase: Phrase, first: Phrase, types: tuple[str, ...]) -> Phrase:
    if (
        not (first.adjectives or first.grade)
        or phrase.time not in ("", first.time)
        or (phrase.window and first.window and phrase.window != first.window)
    ):
        return phrase  # "severe asthma, history of pneumonia", "adjuvant X within 12 months, Y within 7 days"
    own = {token.type for token in phrase.adjectives}
    types = tuple(type_ for type_ in types if type_ != "STAGE" or first.system is None)  # a value of NYHA is of hearts, not of the list
    before = [token for token in first.adjectives if token.start < first.heads[0].start] if first.heads else first.adjectives
    found = [token for token in before if (token.type in types or token.value == "investigational") and token.type not in own]
    graded = first.grade if first.grade and first.heads and first.grade.start < first.heads[0].start and not phrase.grade else None
    if not (found or graded) or not phrase.heads or phrase.comparisons or phrase.speech or phrase.unread or not _same_kind(phrase, first):
        return phrase
    changed = copy(phrase)
    changed.adjectives, changed.grade = [*found, *phrase.adjectives], phrase.grade or graded
    if any(token.type == "JUDGED" for token in found):
        changed.judged_words = " ".join(token.text for token in sorted((*found, *phrase.adjectives, *phrase.heads), key=lambda token: token.start))
    return changed


def with_qualities(phrase: Phrase, last: Phrase, *, several: bool = True) -> Phrase:
    """What follows the last noun (grade, stage, "with …", "due to …") said of an earlier one too."""
    parts = [part for part in last.parts if part[0].type in _OF_BOTH and not (part[1].others and (several or part[0].type != "FOR"))]
    after = [t for t in last.adjectives if t.type in ("JUDGED", "COURSE", "NEW", "EVIDENCE") and last.heads and t.start >= last.heads[-1].end]
    sides = last.sides if last.sides in ("each", "bilateral") and not phrase.sides else ""
    settings = [] if phrase.window or any(token.type == "INTENT" for token in phrase.adjectives) else _settings(last)
    more = parts or last.grade or last.lasting or sides or settings or after
    if not more or _told(phrase) or phrase.grade or phrase.lasting or phrase.comparisons:
        return phrase
    if not phrase.heads or phrase.unread or phrase.speech or phrase.results or not _same_kind(phrase, last):
        return phrase
    changed = replace(phrase, end=last.end if any(word.type == "DUE_TO" for word, _ in parts) else phrase.end)
    changed.parts, changed.grade, changed.lasting = [*phrase.parts, *parts], last.grade, last.lasting
    changed.parens = phrase.parens + (last.parens if any(part.comparisons for _, part in parts) else [])
    changed.sides, changed.adjectives = phrase.sides or sides, [*phrase.adjectives, *settings, *after]
    if any(token.type == "JUDGED" for token in after):
        changed.judged_words = " ".join(token.text for token in (*phrase.adjectives, *phrase.heads, *after))
    return changed


def _untold(phrase: Phrase, first: Phrase) -> bool:
    """Whether it is a noun with no word of its own that narrows it."""
    said = phrase.adjectives or phrase.circumstances or phrase.parts or phrase.window or phrase.speech or phrase.comparisons
    return not said and phrase.time in ("", first.time)


def _settings(last: Phrase) -> list[Token]:
    """ "chemotherapy or endocrine therapy | in the metastatic setting"."""
    return [token for token in last.adjectives if token.type == "INTENT" and last.heads and token.start > last.heads[-1].end]


def _told(phrase: Phrase) -> bool:
    """Whether parts of its own say more of it than where it is."""
    return any(word.type not in ("OF", "IN") for word, _ in phrase.parts)


def _same_kind(phrase: Phrase, other: Phrase) -> bool:
    return bool(other.heads) and kind_of(phrase) == kind_of(other)


def _timed_apart(phrase: Phrase, first: Phrase) -> bool:
    """ "adjuvant X within 12 months, Y within 7 days": each has its own time."""
    return None not in (phrase.window, first.window) and phrase.window != first.window
