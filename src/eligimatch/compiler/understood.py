"""Understood: the noun that goes without saying in a member of a list: "conditions requiring X, or requiring Y"."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR
from eligimatch.compiler.tokens import Token


def heads(phrases: list[Phrase], links: list[str]) -> None:
    """ "conditions requiring X, or requiring Y": the noun before goes without saying; "newly diagnosed, who …" is the study's disease."""
    for index, phrase in enumerate(phrases):
        before = phrases[index - 1] if index else None
        if phrase.act == "requiring" and not phrase.negated and before and before.heads and before.heads[0].kind == "condition" and before.parts:
            _require(phrase, before, before.parts[-1][0])
        elif phrase.act == "requiring" and (noun := _noun_of_clause(phrases, links, index)):
            _require(phrase, noun, Token("REQUIRING", "required" if phrase.time else "requiring", phrase.start, phrase.start))
            phrase.other, phrase.study, phrase.known = noun.other, noun.study, noun.known
        if phrase.bare and links[index : index + 1] == ["that"] and not (before and links[index - 1] == "that" and before.heads):
            phrase.study = True


def _require(phrase: Phrase, noun: Phrase, requiring: Token) -> None:
    """Makes a phrase that tells only what is required one of the noun that requires it."""
    part = Phrase(phrase.start, phrase.end, heads=phrase.heads, adjectives=phrase.adjectives, comparisons=phrase.comparisons)
    part.window, part.time = phrase.window, phrase.time
    phrase.heads, phrase.parts, phrase.adjectives = noun.heads, [(requiring, part), *phrase.parts], []
    phrase.act, phrase.comparisons, phrase.window, phrase.time = "", [], None, noun.time


def _noun_of_clause(phrases: list[Phrase], links: list[str], index: int) -> Phrase | None:
    """ "a malignancy that is progressing or has required treatment": the condition of which the relative clause speaks."""
    at = index - 1
    while at > 0 and phrases[at].bare and links[at - 1] in OR:
        at -= 1
    spoken = at > 0 and phrases[at].bare and links[at - 1] == "that" and links[index - 1] in OR
    noun = phrases[at - 1] if spoken else None
    return noun if noun and noun.heads and noun.heads[0].kind == "condition" and not noun.unread else None


def required(phrases: list[Phrase], links: list[str]) -> None:
    """ "A malignancy, requiring treatment": said of the malignancy."""
    for index in range(len(phrases) - 1, 0, -1):
        before, phrase = phrases[index - 1], phrases[index]
        of_before = phrase.act == "requiring" and phrase.heads and phrase.negated <= before.negated and links[index - 1] == "comma"
        if of_before and before.heads and before.heads[0].kind == "condition":
            part = Phrase(phrase.start, phrase.end, heads=phrase.heads, adjectives=phrase.adjectives, comparisons=phrase.comparisons)
            part.window, part.time = phrase.window, phrase.time
            before.parts = [*before.parts, (Token("REQUIRING", "requiring", phrase.start, phrase.start), part), *phrase.parts]
            before.end = phrase.end
            del phrases[index], links[index - 1]


def required_for(phrases: list[Phrase], links: list[str]) -> list[Phrase]:
    """ "hypercalcemia or requiring bisphosphonates": what is required is perhaps for the condition that is named before it."""
    first, *rest = phrases
    said = first.parts or first.unread or first.adjectives
    named = len(rest) == 1 and links == ["or"] and bool(first.heads) and first.heads[-1].kind == "condition" and not said
    last = rest[0] if named else first
    if not named or last.act != "requiring" or last.parts or last.negated or not last.heads or last.heads[-1].kind not in ("treatment", "operation"):
        return phrases
    of_it = copy(last)
    of_it.parts = [(Token("FOR", "for", last.end, last.end), Phrase(first.heads[0].start, first.heads[-1].end, heads=first.heads))]
    return [first, of_it]
