"""Repeated: a member of a list that is told by the same number as the next one, or by the thing that the one before reacts to."""

from __future__ import annotations

import re

from eligimatch.compiler.judgements import noun_alone
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR, kind_of
from eligimatch.model.vocabulary import Vocabulary

_NUMBER = re.compile(r"\d")
_REACTIONS = frozenset({"allergy", "allergies", "hypersensitivity", "anaphylaxis"})
_SAID_TO = re.compile(r"\breactions? to ", re.IGNORECASE)
_REACTING = frozenset({"allergy", "intolerant"})


def repeated(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary, text: str) -> None:
    """ "overweight or obese (BMI 25-40)": one number tells both; "aspirin intolerance or allergy": an allergy to aspirin."""
    if any(_SAID_TO.search(head.text) for phrase in phrases[1:] for head in phrase.heads):
        for phrase in phrases:
            phrase.unread = phrase.unread or _reaction(phrase)  # "allergy, anaphylaxis or other serious reaction to a vaccine": to that
    for index in range(len(phrases) - 1, 0, -1):
        before, phrase = phrases[index - 1], phrases[index]
        if _one_number(before, phrase, vocabulary, text):
            phrase.start, phrase.unread = before.start, len(phrase.heads) > 1  # "overweight or obese adults (BMI ≥ 27)"
            del phrases[index - 1], links[index - 1]
        elif _reaction(phrase) and not phrase.time and links[index - 1] in OR and before.heads and not phrase.parens:
            _of_that(before, phrase)


def _one_number(before: Phrase, phrase: Phrase, vocabulary: Vocabulary, text: str) -> bool:
    """Whether both are conditions that one number shows, and the second alone is told with a number."""
    if len(before.heads) != 1 or not noun_alone(before) or not (phrase.comparisons or phrase.parens or phrase.parts):
        return False
    names = [one.heads[0].names[:1] if one.heads else () for one in (before, phrase)]
    measures = [vocabulary[own[0]].facts.get("measured") if own else None for own in names]
    said = before.parens or before.parts or before.adjectives or before.act or before.time or before.negated or phrase.negated
    told = (phrase.comparisons and len(phrase.heads) == 1) or any(_NUMBER.search(text, paren.start, paren.end) for paren in phrase.parens)
    numbered = told or any(part.comparisons for _, part in phrase.parts)
    return bool(measures[0]) and measures[0] == measures[1] and not said and bool(numbered)


def _reaction(phrase: Phrase) -> bool:
    said = phrase.parts or phrase.act or phrase.adjectives or phrase.negated
    return noun_alone(phrase) and len(phrase.heads) == 1 and phrase.heads[0].text.lower() in _REACTIONS and not said


def _of_that(before: Phrase, phrase: Phrase) -> None:
    """Makes a bare "allergy" one to what was named before; of what no name tells, it is not read."""
    if before.act in _REACTING and kind_of(before) in ("treatment", "substance"):
        phrase.act, phrase.heads = "allergy", list(before.heads)
    elif before.heads[-1].text.lower().endswith((" intolerance", " hypersensitivity", " allergy")):
        phrase.unread = True
    elif len(before.heads) == 2 and before.heads[1].text.lower() in (*_REACTIONS, "intolerance"):
        phrase.act, phrase.heads = "allergy", before.heads[:1]
