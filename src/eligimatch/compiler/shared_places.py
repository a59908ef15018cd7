"""Shared places: the place that the last member of a list names may be that of the members before it: "surgery or cryotherapy to the prostate"."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.judgements import noun_alone
from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

_PLACING = frozenset({"OF", "IN", "TO"})
_DONE = frozenset({"treatment", "procedure"})
_AT_END = re.compile(r"\b(of|to|in) (?:the )?([\w ]+)$", re.IGNORECASE)


def sharing_place(phrases: list[Phrase], nouns: Nouns) -> list[Phrase]:
    """The members with the last one's place, where they are treatments, or conditions that have a name there."""
    last = phrases[-1]
    place = next((one for one in last.parts if one[0].type in _PLACING and _place(one[1])), None) or _of_its_name(last, nouns)
    return [*(_there(phrase, last, place, nouns) for phrase in phrases[:-1]), last] if place else phrases


def _place(part: Phrase) -> bool:
    said = part.parts or part.comparisons or part.negated or part.act or part.others
    return kind_of(part) == "site" and len(part.heads) == 1 and not said


def _of_its_name(last: Phrase, nouns: Nouns) -> tuple[Token, Phrase] | None:
    """ "radiotherapy to the pelvis", where that is one name: the place at its end."""
    head = last.heads[-1] if len(last.heads) == 1 and last.heads[0].names else None
    found = _AT_END.search(nouns.text, head.start, head.end) if head else None
    names = nouns.linker.vocabulary.find(found[2]) if found else ()
    if not found or not names or nouns.linker.vocabulary[names[0]].kind != "site":
        return None
    site = Token("CONCEPT", "site", found.start(2), found.end(2), names)
    site.text = found[2]
    return Token("OF", "of", *found.span(1)), Phrase(*found.span(2), heads=[site])


def _there(phrase: Phrase, last: Phrase, place: tuple[Token, Phrase], nouns: Nouns) -> Phrase:
    vocabulary = nouns.linker.vocabulary
    done = kind_of(phrase) in _DONE and kind_of(last) in (*_DONE, "condition") and all(anywhere(head, vocabulary) for head in phrase.heads)
    afflicted = kind_of(phrase) == "condition" and kind_of(last) in ("condition", "")
    if not noun_alone(replace(phrase, window=None)) or phrase.parts or phrase.sites or not (done or afflicted):
        return phrase
    if not done and not anywhere(phrase.heads[-1], vocabulary):
        first, second = nouns.concept(phrase), nouns.concept(place[1])
        if first is None or second is None or nouns.linker.joined(first, second) is None:
            return phrase
    changed = copy(phrase)
    changed.parts = [place]
    return changed


def anywhere(head: Token, vocabulary: Vocabulary) -> bool:
    """Whether it befalls some place of the body, or is done there, which its name does not tell (`anywhere` in the vocabulary)."""
    return any(vocabulary[name].facts.get("anywhere") for name in head.names)
