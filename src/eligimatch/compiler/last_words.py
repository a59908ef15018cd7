"""Last words: what the last word of a name tells of the concept before it ("NSAID allergy", "psoriasis lesions", "gout therapy")."""

from __future__ import annotations

from eligimatch.compiler.phrase import Phrase, lasted
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

_TAKEN = ("substance", "treatment")
_REACTIONS = frozenset({"allergic disease", "hypersensitivity", "anaphylaxis"})
_SHOWN_BY = frozenset({"lesion", "symptom"})
_GIVEN = frozenset({"treatment", "medication"})
_LENGTH = frozenset({"duration", "durations", "in duration"})


def last_word(phrase: Phrase, vocabulary: Vocabulary) -> None:
    """Gives the last head word the field of its meaning, where no name is made of it and the concept before it."""
    if len(phrase.heads) != 2 or not phrase.heads[0].names:
        return
    first, last = phrase.heads
    if last.text.lower() in _LENGTH:
        _lasting(phrase, vocabulary)
    elif "monotherapy" in last.names and first.kind == "treatment":
        phrase.heads, phrase.circumstances = [first], [*phrase.circumstances, (last.text, True)]
    elif not last.names or vocabulary.find(f"{first.text} {last.text}"):
        return
    elif _REACTIONS.intersection(last.names) and _taken(first, vocabulary) and phrase.act in ("", "allergy"):
        phrase.heads, phrase.act = [first], "allergy"
        phrase.reaction = "anaphylaxis" if "anaphylaxis" in last.names else ""
    elif treated(phrase.heads) and not (phrase.act or phrase.comparisons or vocabulary.is_a(first.names[0], "contraindication")):
        phrase.heads, phrase.act, phrase.treats, phrase.use = [first], "treatment", True, True
    elif _SHOWN_BY.intersection(last.names) and first.kind == "condition" and not (phrase.comparisons or phrase.sites or phrase.act):
        phrase.heads = [first]
        phrase.circumstances = [*phrase.circumstances, (last.text, True)]


def treated(heads: list[Token]) -> bool:
    """ "GVHD | therapy": a disease, and that it is treated."""
    return len(heads) == 2 and heads[0].kind == "condition" and bool(_GIVEN.intersection(heads[1].names)) and heads[1].start <= heads[0].end + 1


def _taken(token: Token, vocabulary: Vocabulary) -> bool:
    return any(vocabulary[name].kind in _TAKEN for name in token.names)


def _lasting(phrase: Phrase, vocabulary: Vocabulary) -> None:
    """ "back pain of at least 3 months duration": for so long, up to now; of "disease", the study's own."""
    first, comparisons = phrase.heads[0], phrase.comparisons
    length = lasted(comparisons[0]) if len(comparisons) == 1 else None
    if length is None or first.kind != "condition" or phrase.lasting or phrase.window or phrase.time == "ever":
        return
    if vocabulary[first.names[0]].facts.get("event"):
        return
    phrase.lasting, phrase.comparisons = length, []
    if vocabulary[first.names[0]].facts.get("any"):
        phrase.heads, phrase.study = [], True
    else:
        phrase.heads = [first]
