"""Relatives: what follows "that" or "who" after a noun, where it gives alternatives: "that is progressing or has required treatment"."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.lexer import Token
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR, kind_of, settled

_VERBS = {"requiring": "REQUIRING", "treatment": "RECEIVED", "progressed": "PROGRESSED"}


def predicates(phrases: list[Phrase], links: list[str]) -> None:
    """Lets a condition take over what is said of it: a grade, or alternatives, in place."""
    for at in range(len(links) - 1, -1, -1):
        if links[at] == "that" and kind_of(phrases[at]) == "condition" and _grade_alone(phrases[at + 1]) and not phrases[at].grade:
            phrases[at].grade, phrases[at].end = phrases[at + 1].grade, phrases[at + 1].end
            del phrases[at + 1], links[at]
    for at, link in enumerate(links):
        if link == "that" and phrases[at].heads and kind_of(phrases[at]) == "condition":
            end = _run_end(phrases, links, at + 1)
            if end > at + 2:
                noun, run = phrases[at], phrases[at + 1 : end]
                noun.alternatives = [*noun.alternatives, *(_alternative(phrase) for phrase in run)]
                noun.parens, noun.end = [*noun.parens, *(paren for phrase in run if not phrase.bare for paren in phrase.parens)], run[-1].end
                del phrases[at + 1 : end], links[at : end - 1]
                return


def _grade_alone(phrase: Phrase) -> bool:
    """ "neuropathy that is | grade 2 or higher"."""
    said = copy(phrase)
    said.grade, said.method = None, False
    return phrase.grade is not None and said.bare and not (said.adjectives or said.circumstances or said.negated or said.window or said.time)


def _run_end(phrases: list[Phrase], links: list[str], first: int) -> int:
    """Where the predicates end that `or` joins from the first on."""
    meant = settled(links)
    end = first
    while end < len(phrases) and _says(phrases[end]) and (end == first or meant[end - 1] in OR):
        end += 1
    return end


def _says(phrase: Phrase) -> bool:
    """A quality, or a verb with its object: what can be said of a condition."""
    if phrase.bare:
        return bool(phrase.adjectives or phrase.circumstances) and not phrase.negated
    return phrase.act in _VERBS and bool(phrase.heads) and not (phrase.speech or phrase.unread or phrase.comparisons)


def _alternative(phrase: Phrase) -> Phrase:
    if phrase.bare:
        return phrase
    kind = "NOT" if phrase.negated else _VERBS[phrase.act]
    return Phrase(phrase.start, phrase.end, parts=[(Token(kind, kind.lower(), phrase.start, phrase.start), phrase)])
