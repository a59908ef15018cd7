"""Times and labels that phrases of one list share."""

from __future__ import annotations

import re

from eligimatch.compiler.marked import MARKERS
from eligimatch.compiler.phrase import Phrase, duration, half_lives
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Tail

GIVEN = frozenset({"treatment", "operation", "procedure"})
_WHENEVER = re.compile(r"\b(?:ever|at any (?:time|point)(?: (?:in|during) (?:the past|(?:his|her|their) lifetime))?)\W*$", re.IGNORECASE)


def whenever(phrase: Phrase, text: str) -> bool:
    """ "mania ever", "transplant at any time": a time of its own, which no window of the list binds."""
    return phrase.time == "ever" and phrase.window is None and _WHENEVER.search(text, phrase.start, phrase.end) is not None


def in_one_time(members: list[Phrase]) -> None:
    """ "without transfusions or growth factors within 7 days": the time at the end is of each."""
    last = members[-1]
    for member in members[:-1]:
        if not (member.window or member.lasting):
            member.window, member.lasting, member.lasting_event = last.window, last.lasting, last.lasting_event


def of_that_time(tail: Tail, text: str) -> bool:
    """ "X when they were hospitalized": X at a time that is over, whether or not they are so now."""
    said = text[tail.word.end : tail.series.items[0].start].lower().split()
    return tail.word.type == "IF" and tail.word.text.lower() == "when" and not {"was", "were"}.isdisjoint(said)


def labels(phrases: list[Phrase], links: list[str]) -> None:
    """ "Interferons: at least 21 days since the last dose of interferon": treatments before a colon that are named again are a heading."""
    at = links.index("colon") if "colon" in links else -1
    if at < 0 or not all(names_only(phrase) and not phrase.window and kind_of(phrase) in GIVEN for phrase in phrases[: at + 1]):
        return
    after = phrases[at + 1 :]
    heads = [head for phrase in after for said in (phrase, *(part for _, part in phrase.parts)) for head in said.heads]
    spoken = {name for head in heads for name in head.names}
    if all(spoken & set(phrase.heads[-1].names) for phrase in phrases[: at + 1]):
        del phrases[: at + 1], links[: at + 1]


def led(phrases: list[Phrase]) -> None:
    """ "within 4 weeks of surgery" asks for surgery, save after what is no treatment: "progression on or within 6 months of chemotherapy"."""
    for index, phrase in enumerate(phrases):
        if phrase.led and any(not before.heads or before.heads[-1].kind not in GIVEN for before in phrases[:index]):
            phrase.unread = True


def leading_time(phrases: list[Phrase], links: list[str], text: str) -> None:
    """ "Within 6 months before enrollment: A, B or C": the time before the list is of each member."""
    first = phrases[0]
    if links[:1] == ["colon"] and first.window and first.heads and not first.led:  # "any of these diseases within 6 months: A, B"
        for phrase in (one for one in phrases[1:] if not whenever(one, text)):
            phrase.window = phrase.window or first.window
    if len(phrases) < 3 or not (first.window and first.bare and links[0] in ("colon", "comma")) or first.adjectives or first.suspected:
        return
    if first.time and links[0] != "colon":
        return
    first.time = ""
    for phrase in (one for one in phrases[1:] if not whenever(one, text)):
        phrase.window = phrase.window or first.window


def objects_later(phrases: list[Phrase], links: list[str], text: str) -> None:
    """ "no evidence of | and not treated for X": of X, which the next one names; elsewhere what there is none of is not said."""
    for index, link in enumerate(links):
        phrase, following = phrases[index], phrases[index + 1]
        cut = phrase.negated and phrase.bare and text[phrase.start : phrase.end].lower().endswith(" of") and link in ("and", "or")
        named = [part for word, part in following.parts if word.type in ("FOR", "OF") and part.heads]
        if cut and following.negated and following.act == "treatment" and len(named) == 1:
            phrase.heads = list(named[0].heads)
        elif cut:
            phrase.unread = True


def times_alone(phrases: list[Phrase], links: list[str]) -> None:
    """ "planned or recent surgery": the time that stands alone is of what the next one names."""
    for index in range(len(phrases) - 2, -1, -1):
        phrase, following = phrases[index], phrases[index + 1]
        said = (
            phrase.heads or phrase.parts or phrase.parens or phrase.comparisons or phrase.speech or phrase.window or phrase.negated or phrase.unread
        )
        planned = following.act == "treatment" and following.time == "planned"  # "history of, or plans to undergo, X"
        alone = (phrase.act == "treatment" and phrase.time == "planned") or (not phrase.act and (bool(phrase.circumstances) or planned))
        aside = links[index] == "comma" and index > 0 and links[index - 1] == "or" and phrase.time == "planned"  # "history of, or plans for, X"
        if said or not alone or not (aside or links[index] in ("or", "slash")) or not following.heads or following.heads[-1].kind not in GIVEN:
            continue
        phrase.heads, phrase.parts = list(following.heads), list(following.parts)
        phrase.adjectives = [*phrase.adjectives, *following.adjectives]
        phrase.window = None if phrase.time == "planned" else following.window


def share_windows(phrases: list[Phrase]) -> None:
    """ "surgery ≤ 28 days, or radiotherapy ≤ 14 days before the first dose": each length of time is before the event named last."""
    window = phrases[-1].window
    if window is None:
        return
    if phrases[-1].late and phrases[-1].comparisons:
        for phrase in phrases[:-1]:
            phrase.window = phrase.window or (window if phrase.comparisons else None)
    if window.start is None or window.after is not None:
        return
    for phrase in phrases[:-1]:
        comparison = phrase.comparisons[0] if len(phrase.comparisons) == 1 else None
        length = duration(comparison) if comparison and comparison.high and not comparison.bare else None
        if comparison and length and phrase.window is None and phrase.heads and phrase.heads[-1].kind in GIVEN:
            own = {"half_lives": None, "shorter": False, **half_lives(comparison)}
            phrase.window = window.model_copy(update={"start": length, "start_open": comparison.high_open, **own})
            phrase.comparisons = []


def alike(before: Phrase, phrase: Phrase) -> bool:
    """Two things of one kind: "no A and B" forbids each."""
    judged = any(token.type == "JUDGED" for token in phrase.adjectives)
    if before.heads and phrase.heads and before.heads[-1].kind in MARKERS and phrase.heads[-1].kind in MARKERS:
        return True
    return (bool(before.heads and phrase.heads) and not judged and before.heads[-1].kind in (phrase.heads[-1].kind, "")) or (
        bool(phrase.heads) and not judged and phrase.heads[-1].kind == ""
    )


def given(before: Phrase, phrase: Phrase, link: str) -> bool:
    """A treatment, or unknown words beside one: "4 weeks since vitamin C, minerals or fish oil"."""
    unknown = bool(phrase.heads) and kind_of(phrase) in ("", "substance") and link in ("comma", "or", "slash", "andor")
    return kind_of(phrase) in GIVEN or (unknown and (kind_of(before) in GIVEN or before.act == "treatment"))


def waited_for(before: Phrase, phrase: Phrase, link: str, text: str) -> bool:
    """Whether so long must have passed since it, too: "at least 4 weeks since prior surgery, prior radiotherapy, or prior therapy with X"."""
    again = link != "that" and _PRIOR.match(text, phrase.start) is not None and phrase.act in ("", "treatment")
    again = again and (link != "and" or _PRIOR.search(text, before.start, before.end) is not None)
    untimed = (not phrase.time or phrase.since_event != "as_of") and not phrase.act
    return (untimed or again) and given(before, phrase, link)


_PRIOR = re.compile(r"\b(?:(?:any|all|the)\s+)?(?:prior|previous|last)\b", re.IGNORECASE)


def passed(before: list[Phrase], phrase: Phrase) -> None:
    """ "at least 4 weeks since surgery or radiotherapy before enrollment": so long since each, before that event."""
    opens = before[-1]
    phrase.act = phrase.act if kind_of(phrase) in GIVEN else "treatment"
    phrase.since, phrase.parts, phrase.time = opens.since, phrase.parts or opens.parts, ""
    if phrase.since_event == "as_of":
        phrase.since_event = opens.since_event
    for other in before:
        if other.since is opens.since and other.since_event == "as_of":
            other.since_event = phrase.since_event
