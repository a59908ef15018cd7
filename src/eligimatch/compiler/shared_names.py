"""Shared names: a word of one name of a list that is said of the next ones too: "investigational drug or device", "bleeding or clotting disorder"."""

from __future__ import annotations

from copy import copy
from itertools import pairwise, starmap

from eligimatch.compiler.judgements import noun_alone
from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import OR, kind_of, share_noun
from eligimatch.compiler.shared_places import anywhere
from eligimatch.compiler.spreading import with_qualities
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

_MISUSE = "substance use disorder"
_AGAINST_CANCER = "anticancer therapy"
_VAGUE = frozenset({"symptom", "medication"})


def begun(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> list[Phrase]:
    """ "investigational drug or device": what the first name begins with, said of the names after it where that names a kind of them.

    A noun of no disease and no drug after "or" may be of the first one's kind, too: "psychotic disorder or symptoms".
    """
    first = phrases[0].heads[0] if len(phrases[0].heads) == 1 else None
    if first is None:
        return _at_place_of(phrases[0].heads, phrases, vocabulary)
    borrowed = phrases[0].borrowed
    words = (borrowed if borrowed.count(" ") > 1 else first.text).split()  # "systemic fungal or viral infection"
    last = phrases[-1].heads[-1].text if phrases[-1].heads else ""
    if len(words) == 1 and borrowed and first.names and kind_of(phrases[-1]) == "treatment" and " " not in last:
        words.append("")  # "renal | or hepatic failure or transplant": of the kidney
    anew = next(
        (at for at, phrase in enumerate(phrases) if at and phrase.time == "now" != phrases[0].time), len(phrases)
    )  # "…, active ulcer or fracture"
    nearest = [_of_spread(phrase, before) or words for before, phrase in pairwise(phrases[:anew])]
    listed = bool(links) and set(links) <= OR | {"comma"}
    told = [_begun(phrase, said, vocabulary, listed=listed) for phrase, said in zip(phrases[1:anew], nearest, strict=True)]
    out = [phrases[0], *told, *phrases[anew:]]
    if listed and first.names and not _general(first, vocabulary):
        out[1:] = [_of_what(phrase) if _bare(phrase, vocabulary) else phrase for phrase in out[1:]]
    return out


def _at_place_of(heads: list[Token], phrases: list[Phrase], vocabulary: Vocabulary) -> list[Phrase]:
    """ "thymic surgery or biopsy", "elbow surgery or fracture": what is done at the place that the first member tells, or befalls it."""
    if [head.kind == "site" for head in heads] != [True, False] or not anywhere(heads[1], vocabulary):
        return phrases
    return [phrases[0], *(_at(heads[0], phrase, vocabulary) for phrase in phrases[1:])]


def _at(place: Token, phrase: Phrase, vocabulary: Vocabulary) -> Phrase:
    told = phrase.parts or phrase.sites or phrase.other or phrase.adjectives
    if told or len(phrase.heads) != 1 or not anywhere(phrase.heads[0], vocabulary) or not noun_alone(replace(phrase, window=None)):
        return phrase
    changed = copy(phrase)
    changed.sites = [place.names[0]]
    return changed


def _of_spread(phrase: Phrase, before: Phrase) -> list[str]:
    """ "brain tumor, epidural tumor or metastasis": the words of the member right before a metastasis, which is of the same place."""
    spread = len(phrase.heads) == len(before.heads) == 1 and phrase.heads[0].names[:1] == ("metastasis",)
    return before.heads[0].text.split() if spread else []


def _begun(phrase: Phrase, words: list[str], vocabulary: Vocabulary, *, listed: bool) -> Phrase:
    own = phrase.heads[0] if len(phrase.heads) == 1 and phrase.heads[0].names and not phrase.adjectives else None
    if own is None:
        return phrase
    names = vocabulary.find(f"{words[0]} {phrase.borrowed or own.text}") if len(words) > 1 else ()
    if any(name != own.names[0] and vocabulary.is_a(name, own.names[0]) for name in names):
        head = copy(own)
        head.names = names
        return replace(phrase, heads=[head])
    leading = [" ".join(words[:count]) for count in range(len(words) - 1, 0, -1)]  # "lower extremity" before "lower"
    place = next((name for lead in leading for name in vocabulary.find(lead) if vocabulary[name].kind == "site"), "")
    if (
        place
        and (listed or own.kind == "condition")
        and anywhere(own, vocabulary)
        and noun_alone(phrase)
        and not (phrase.parts or phrase.sites or phrase.other)
    ):
        return replace(phrase, sites=[place])
    return phrase


def _of_what(phrase: Phrase) -> Phrase:
    changed = copy(phrase)
    changed.unread, changed.plain = True, False
    return changed


def _bare(phrase: Phrase, vocabulary: Vocabulary) -> bool:
    """Whether it is a vague noun of which nothing is told."""
    said = phrase.adjectives or phrase.parts or phrase.sites or phrase.other or phrase.act == "requiring"
    return noun_alone(phrase) and len(phrase.heads) == 1 and not said and _vague(phrase.heads[0], vocabulary)


def _vague(head: Token, vocabulary: Vocabulary) -> bool:
    """Whether it names no disease and no drug."""
    return not _VAGUE.isdisjoint(head.names) or any(vocabulary[name].facts.get("any") for name in head.names)


def _general(head: Token, vocabulary: Vocabulary) -> bool:
    """ "intercurrent illness or condition": vague itself, or for a person to judge."""
    return _vague(head, vocabulary) or any(vocabulary[name].facts.get("judged") for name in head.names)


def sharing(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> list[Phrase]:
    """ "bleeding or clotting disorder": the members with the next one's last word, where that makes another condition of them."""
    out = list(phrases)
    for index in range(len(phrases) - 2, -1, -1):
        phrase, following = phrases[index], out[index + 1]
        if links[index] in OR | {"and"} and noun_alone(phrase) and noun_alone(following) and not (phrase.parts or phrase.parens):
            out[index] = _misused(_sharing(phrase, following, vocabulary), following, vocabulary)
    return _against_cancer(out, vocabulary)


def _misused(phrase: Phrase, following: Phrase, vocabulary: Vocabulary) -> Phrase:
    """ "non-prescription drug or alcohol dependence": a dependence on the drug, of which no name is known."""
    misuse = any(vocabulary.is_a(name, _MISUSE) for name in following.heads[-1].names)
    return _of_what(phrase) if misuse and kind_of(phrase) in ("treatment", "substance") else phrase


def _against_cancer(phrases: list[Phrase], vocabulary: Vocabulary) -> list[Phrase]:
    """ "cytotoxic, biologic or other systemic anticancer therapy": a biologic against cancer."""
    last = phrases[-1].heads[-1] if phrases[-1].heads else None
    if last is None or not any(vocabulary.is_a(name, _AGAINST_CANCER) for name in last.names) or " " not in last.text:
        return phrases
    return [*(_as_anticancer(phrase, vocabulary) for phrase in phrases[:-1]), phrases[-1]]


def _as_anticancer(phrase: Phrase, vocabulary: Vocabulary) -> Phrase:
    head = phrase.heads[0] if len(phrase.heads) == 1 else None
    names = vocabulary.find(f"{head.text} {_AGAINST_CANCER}") if head and head.kind == "treatment" and " " not in head.text else ()
    if head is None or not any(vocabulary.is_a(name, own) for name in names for own in head.names):
        return phrase
    head = copy(head)
    head.names = names
    return replace(phrase, heads=[head])


def _sharing(phrase: Phrase, following: Phrase, vocabulary: Vocabulary) -> Phrase:
    words = following.heads[-1].text.split()
    if len(phrase.heads) != 1 or not phrase.heads[0].names or len(words) < 2 or phrase.heads[0].kind != "condition":
        return phrase
    names = vocabulary.find(f"{phrase.heads[0].text} {words[-1]}")
    if not names or set(names) & set(phrase.heads[0].names) or vocabulary[names[0]].kind != "condition":
        return phrase
    changed, head = copy(phrase), copy(phrase.heads[0])
    head.names = names
    changed.heads = [head]
    return changed


def _plain_like(phrase: Phrase, first: Phrase) -> bool:
    """Whether it is a noun of the same kind of which nothing is told."""
    said = phrase.adjectives or phrase.alternatives or phrase.negated or phrase.other or phrase.parts
    return noun_alone(phrase) and not said and kind_of(phrase) == kind_of(first) and phrase.time in ("", first.time)


def told_alike(phrases: list[Phrase]) -> list[Phrase]:
    """ "hepatitis B or C with a detectable viral load, asthma, stroke": what is said after a noun is said of the one that shares its word."""
    out, first = list(phrases), phrases[0]
    if first.alternatives and kind_of(first) == "condition" and all(_plain_like(phrase, first) for phrase in phrases[1:]):
        return [first, *(replace(phrase, alternatives=first.alternatives, start=first.start) for phrase in phrases[1:])]  # "severe or acute A or B"
    if all(starmap(share_noun, pairwise(phrases))):
        return out  # said of one list: of all, or of the last
    for index in range(len(phrases) - 2, -1, -1):
        if share_noun(phrases[index], out[index + 1]) and kind_of(phrases[index]) == "condition":
            out[index] = with_qualities(phrases[index], out[index + 1])
    return out
