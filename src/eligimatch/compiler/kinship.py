"""Kinship: how far "family history of" and "hypersensitivity or contraindication to" reach over the names that follow; who else has something."""

from __future__ import annotations

import re
from copy import copy

from eligimatch.compiler.judgements import noun_alone
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR, kind_of
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

_TAKEN = frozenset({"treatment", "substance"})
_LISTS = OR | {"comma"}
_REACTION = frozenset({"hypersensitivity", "hypersensitivity reaction", "allergic disease", "allergic reaction"})

_PERSON = re.compile(
    r"(?:in|of|by|among) (?:the |a |an |any |either )?(?:study )?(?:subject|patient|participant|volunteer|person|individual)s?\W*", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\W*(?:(?:in|of|by|among|a|an|any|the|their|his|her|or|other|first-degree|close|household|family|immediate|intimate|sexual|live-in)\W+)*"
    r"(?:contact|member|caregiver|partner|spouse|relative|cohabitant|housemate|sibling|household|family)s?\W*",
    re.IGNORECASE,
)


def _or_others(phrases: list[Phrase], links: list[str], text: str) -> None:
    """ "tuberculosis in the patient or household contacts": the person's, or that of others, which only the person can tell."""
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        word, part = phrase.parts[-1] if phrase.parts else (None, phrase)
        said = following.parts or following.comparisons or following.window or following.act or following.parens
        if word is None or part.heads or said or link not in OR or not phrase.heads or not _PERSON.match(text, word.start, following.start):
            continue
        if _OTHERS.fullmatch(text, following.start, following.end):
            others = re.sub(r"\W*(?:(?:in|of|by|among|the|a|an)\W+)*", "", text[following.start : following.end], count=1)
            following.judged_words = f"{' '.join(head.text for head in phrase.heads)} in {others}"
            following.speech = [Token("STATEMENT", "can", phrase.start, following.end)]
            following.heads, following.adjectives, following.start = [], [], phrase.start
            phrase.parts, phrase.end = phrase.parts[:-1], word.start


def of_family(phrases: list[Phrase], vocabulary: Vocabulary) -> list[Phrase]:
    """ "family history of X, Y or Z": plain names after the first are of the family too; the same list where there is none."""
    out, family = list(phrases), None
    for index, phrase in enumerate(phrases):
        if phrase.heads and any(vocabulary.is_a(name, "family history") for name in phrase.heads[0].names):
            family = phrase
        elif family is None or not noun_alone(phrase) or phrase.time not in ("", family.time) or phrase.negated or kind_of(phrase) != "condition":
            family = None
        else:
            out[index] = _of_family(phrase, family)
    return out


def _of_family(phrase: Phrase, family: Phrase) -> Phrase:
    changed, head = copy(phrase), copy(family.heads[0])
    head.names = ("family history",)
    changed.heads, changed.adjectives = [head], []
    changed.parts = [(Token("OF", "of", phrase.start, phrase.start), copy(phrase))]
    changed.judged_words = "family history of " + " ".join(token.text for token in (*phrase.adjectives, *phrase.heads))
    return changed


def _share_allergy(phrases: list[Phrase], links: list[str]) -> None:
    """ "aspirin or NSAID allergy", at the beginning of a list."""
    of_people = bool(phrases[0].parts) and kind_of(phrases[0]) == "group" and phrases[0].parts[-1][0].type == "WITH"
    named = [phrases[0].parts[-1][1] if of_people else phrases[0], *phrases[1:]]
    end = next((at for at, one in enumerate(named) if not _named_alone(one)), len(named))
    heads = named[end].heads if 0 < end < len(named) else []
    of_each = len(heads) == 2 and heads[0].kind in _TAKEN and bool(_REACTION.intersection(heads[1].names)) and named[end].act in ("", "allergy")
    if of_each and (_LISTS | {"and"}).issuperset(links[:end]):
        for phrase in named[:end]:
            phrase.act = "allergy"
        for phrase in named[1 : end + 1]:
            phrase.negated = phrase.negated or named[0].negated


def _named_alone(phrase: Phrase) -> bool:
    """Whether it names a drug or substance and says nothing of it."""
    said = phrase.parts or phrase.act or phrase.comparisons or phrase.parens or phrase.window or phrase.speech
    told = all(token.type == "SEVERITY" for token in phrase.adjectives) and phrase.time != "now"  # "history of severe aspirin …"
    return len(phrase.heads) == 1 and phrase.heads[0].kind in _TAKEN and told and not said


def share_cause(phrases: list[Phrase], links: list[str], text: str) -> None:
    """ "hypersensitivity or contraindication to X": the hypersensitivity is to X too; "aspirin or NSAID allergy": an allergy to each."""
    _or_others(phrases, links, text)
    _share_allergy(phrases, links)
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        plain = len(phrase.heads) == 1 and not (phrase.parts or phrase.act or phrase.comparisons or phrase.parens)
        contraindicated = bool(following.heads) and following.heads[0].names[:1] == ("contraindication",) and " to " in following.heads[0].text
        if link in OR and plain and contraindicated and _REACTION.intersection(phrase.heads[0].names):
            phrase.unread = True  # "hypersensitivity or contraindication to study drugs": to these
        if link in OR and plain and _REACTION.intersection(phrase.heads[0].names) and following.parts and following.parts[0][0].type in ("TO", "FOR"):
            phrase.act, phrase.heads = "allergy", list(following.parts[0][1].heads) or phrase.heads
