"""Judgements: how much of a list a judgement at its end is of."""

from __future__ import annotations

from eligimatch.compiler.contraindications import OF_ITS_NOUN
from eligimatch.compiler.noun_words import of_studied_side
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.phrase import Phrase, replace


class Judgements:
    """Lets the judgement of the last member reach the members before it."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.text = nouns.text

    def settle(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "illness or social situation that would limit compliance": the judgement at the end is of the whole list.

        Over a comma it reaches what names no disease by itself, or a whole field of medicine, and all that follows such a word.
        """
        last = phrases[-1]
        self._studied_side(phrases, links)
        if not last.heads or not any(token.type == "JUDGEMENT" and token.value != OF_ITS_NOUN for token in last.speech):
            return
        first = len(phrases) - 1
        joins = ("slash", "or", "andor", "and") if "comma" not in links else ("slash",)
        while first and links[first - 1] in joins and (noun_alone(phrases[first - 1]) or (first == 1 and _counted(phrases[0]))):
            first -= 1
        alone = len(phrases) - 1
        while alone and links[alone - 1] != "that" and noun_alone(phrases[alone - 1]):
            alone -= 1
        first = next((index for index in range(alone, first) if self._wide(phrases[index])), first)
        reached = phrases[first:]
        if all(self.nouns.linker.general(phrase.heads) for phrase in reached) and not all(phrase.heads[0].names for phrase in reached):
            last.start, last.denied, last.heads = phrases[first].start, phrases[first].denied, []
            last.negated = phrases[first].negated
            del phrases[first:-1], links[first : len(links)]
            return
        words = " ".join(self.text[phrases[first].start : last.end].split())
        for phrase in phrases[first:]:
            phrase.judged_words = words if len(reached) > 1 else ""
            phrase.speech = last.speech

    def _studied_side(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "cataract or glaucoma in the study eye": the side that is studied, said last, is of each."""
        for part in (part for phrase in phrases for _, part in phrase.parts if part.others and of_studied_side(part.others[-1])):
            part.circumstances = part.circumstances or list(part.others[-1].circumstances)
        end = phrases[-1].end
        for index in range(len(phrases) - 2, -1, -1):
            phrase, following = phrases[index], phrases[index + 1]
            alone = noun_alone(phrase) and not (phrase.circumstances or phrase.sides or phrase.parens)
            if not (alone and links[index] != "that" and of_studied_side(following) and not following.comparisons):
                end = phrase.end
                continue
            phrase.circumstances = list(following.circumstances)
            phrase.judged_words = " ".join(self.text[phrase.start : end].split())

    def _wide(self, phrase: Phrase) -> bool:
        return self.nouns.linker.general(phrase.heads) or (len(phrase.heads) == 1 and self.nouns.linker.broad(phrase.heads[0]))

    def others(self, phrases: list[Phrase], links: list[str]) -> list[Phrase] | None:
        """ "diabetes, asthma, or a disorder that would interfere": the list with the judgement said of each; none where it is of one only."""
        last = phrases[-1]
        if len(phrases) < 2 or not last.heads or not any(token.type == "JUDGEMENT" and token.value != OF_ITS_NOUN for token in last.speech):
            return None
        shared = any(phrase.borrowed for phrase in phrases)
        if not shared and (last.other or self.nouns.linker.general(last.heads)):
            return None
        first = len(phrases) - 1
        while first and links[first - 1] != "that" and noun_alone(phrases[first - 1]):
            first -= 1
        if first == len(phrases) - 1:
            return None
        words = " ".join(self.text[phrases[first].start : last.end].split())
        return phrases[:first] + [replace(phrase, speech=last.speech, judged_words=words) for phrase in phrases[first:-1]] + [last]


def _counted(phrase: Phrase) -> bool:
    """ "≥ 1 osseous or visceral lesion that …": a noun of which only the number is told."""
    return bool(phrase.borrowed) and noun_alone(replace(phrase, comparisons=[]))


def noun_alone(phrase: Phrase) -> bool:
    """Whether it is a noun of which nothing is told that ends its list."""
    return bool(phrase.heads) and not (phrase.comparisons or phrase.speech or phrase.unread or phrase.results or phrase.normal or phrase.window)
