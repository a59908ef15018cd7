"""Descriptions: people told by what they are, and the members of a list that share them: "overweight or obese women aged 18 to 45"."""

from __future__ import annotations

import re

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.tokens import Token

PEOPLE = frozenset({"female", "male", "either sex", "adult", "postmenopausal", "premenopausal"})
"""Words for people that others may describe: "overweight women"; not "can become pregnant"."""
_GENDER = re.compile(r"\b(?:trans|cis|non|not|former|identif|gender|biolog|assign)", re.IGNORECASE)
"""Words that do not describe people but take back, or tell otherwise, what they are: "transgender women"."""
_DESCRIBING = frozenset({"", "condition", "group"})


def describes(said: list[Token]) -> bool:
    """Whether words before a word for people tell what these are, besides."""
    return all(token.kind in ("", "condition") and not _GENDER.search(token.text) for token in said)


def share_people(phrases: list[Phrase], links: list[str]) -> None:
    """Gives the people at the end of a list, with their age, to the members before them that only describe them."""
    _denied_together(phrases, links)
    _share_description(phrases, links)
    last = phrases[-1]
    people = _people(last)
    if not people or last.negated or any("and" in link for link in links):
        return
    first = len(phrases) - 1
    while first and _describes(phrases[first - 1]):
        first -= 1
    aged = last.heads[-1:] if "age" in last.heads[-1].names else []
    for phrase in phrases[first:-1]:
        if phrase.heads[-1].kind == "group":
            continue  # people by themselves, of whom the age may be said or not
        phrase.heads, phrase.comparisons = [*phrase.heads, *people, *aged], list(last.comparisons)
        phrase.parts, phrase.window = list(last.parts), last.window


def _denied_together(phrases: list[Phrase], links: list[str]) -> None:
    """ "non-pregnant, non-lactating women": what is denied of the same people is one member."""
    for index in range(len(phrases) - 1, 0, -1):
        before, phrase = phrases[index - 1], phrases[index]
        alike = all(one.heads and one.heads[0].kind == "group" and one.heads[0].text.lower().startswith("non") for one in (before, phrase))
        if alike and links[index - 1] == "comma" and len(before.heads) == 1 < len(phrase.heads) and _describes(before):
            phrase.heads, phrase.start = [*before.heads, *phrase.heads], before.start
            del phrases[index - 1], links[index - 1]


def _share_description(phrases: list[Phrase], links: list[str]) -> None:
    """ "healthy men or postmenopausal women": what the first are said to be, the people after them are too."""
    first = phrases[0]
    said = first.heads[:-1]
    if not said or not _people(first) or first.comparisons or not describes(said) or any("and" in link for link in links):
        return
    for phrase in phrases[1:]:
        if phrase.heads and phrase.heads[0].kind == "group" and not (phrase.negated or phrase.act or phrase.speech):
            phrase.heads = [*said, *phrase.heads]


def _people(phrase: Phrase) -> list[Token]:
    """The word for people that a phrase ends in, where words before it tell what they are."""
    aged = bool(phrase.comparisons and phrase.heads) and "age" in phrase.heads[-1].names
    heads = phrase.heads[:-1] if aged else phrase.heads
    plain = len(heads) > 1 - aged and all(token.kind in _DESCRIBING for token in heads[:-1])
    return heads[-1:] if plain and (heads[-1].kind == "group" if aged else not PEOPLE.isdisjoint(heads[-1].names)) else []


def _describes(phrase: Phrase) -> bool:
    """A plain name, of a condition or of people, and nothing else said."""
    said = phrase.comparisons or phrase.parts or phrase.parens or phrase.act or phrase.time or phrase.results or phrase.speech or phrase.window
    return bool(phrase.heads) and not said and not phrase.negated and all(token.kind in _DESCRIBING for token in phrase.heads)
