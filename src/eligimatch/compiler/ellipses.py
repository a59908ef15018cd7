"""Ellipses: members of a list that are named only with a word of their neighbour: "cardiac, hepatic or pulmonary disease"."""

from __future__ import annotations

import re
from copy import copy

from eligimatch.compiler.adjectives import prevents
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.vocabulary import Vocabulary

_ARTICLE = re.compile(r"\ban?\s+$", re.IGNORECASE)
_OF_EACH = frozenset({"uncontrolled", "unstable"})
"""Qualities that are no part of a name where another noun shares its word: "uncontrolled medical or psychological conditions"."""
_OF_CONDITIONS = frozenset({"FOR", "WITH", "DUE_TO"})


def share_words(phrases: list[Phrase], vocabulary: Vocabulary, text: str) -> None:
    """ "cardiac, hepatic or pulmonary disease", "hepatitis B or C": the word that they share is said once, and not before "a syndrome"."""
    shared: list[str] = []
    for phrase in reversed(phrases):
        if (_unnamed(phrase) or _quality_alone(phrase) or _target(phrase)) and shared:
            _borrow(phrase, shared, vocabulary, last=True)
        elif phrase.heads and not _disease_of(phrase, shared, vocabulary):
            shared = phrase.heads[-1].text.split()
    for phrase in phrases:
        if (_unnamed(phrase) or _target(phrase)) and shared and not (phrase.heads and _ARTICLE.search(text, 0, phrase.heads[0].start)):
            _borrow(phrase, shared, vocabulary, last=False)
        elif phrase.heads:
            shared = _said_last(phrase).heads[-1].text.split()


def _said_last(phrase: Phrase) -> Phrase:
    """ "hormone therapy with an FSH analog or antagonist": the part that names a treatment, else the phrase."""
    part = phrase.parts[-1][1] if phrase.parts else phrase
    return part if part.heads and part.heads[-1].kind == "treatment" else phrase


def lent_to_parts(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> None:
    """ "chemotherapy for breast or lung cancer": what the last part of one phrase shares with the next phrase."""
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        word, part = phrase.parts[-1] if phrase.parts else (None, None)
        if word is None or part is None or word.type not in _OF_CONDITIONS or link not in ("or", "andor", "slash", "and"):
            continue
        said = part.adjectives or part.parts or part.act or part.negated or following.act or following.negated or following.comparisons
        if not said and _unnamed(part) and following.heads and following.heads[-1].kind == "condition":
            _borrow(part, following.heads[-1].text.split(), vocabulary, last=True)


def involved(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> None:
    """ "CNS involvement by lymphoma or leukemia": the second disease shares what the first is named with, or is not read."""
    for index, (phrase, following, link) in enumerate(zip(phrases, phrases[1:], links, strict=False)):
        words = phrase.heads[-1].text.split() if phrase.heads and phrase.heads[-1].names else []
        at = next((place for place, word in enumerate(words) if place and word in ("by", "from")), 0)
        if not at or link == "that" or len(following.heads) != 1 or not following.heads[0].names or following.adjectives or following.act:
            continue
        own = following.heads[0]
        placed = any(vocabulary.is_a(own.names[0], name) for name in ("metastasis", "CNS involvement", "CNS tumor"))  # "… or leptomeningeal disease"
        if own.kind == "condition" and vocabulary.is_a(own.names[0], "neoplasm") and not placed:
            names = () if index else vocabulary.find(f"{' '.join(words[: at + 1])} {own.text}")  # of one place only
            if names:
                following.heads = [_named(own, names, vocabulary)]
            else:
                following.unread, following.plain = True, False


def personal(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> None:
    """ "personal or family history of asthma": asthma at any time, or in the family."""
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        own = phrase.heads[0].text.lower() if len(phrase.heads) == 1 else ""
        if own != "personal" or link == "that" or not following.heads or not following.heads[0].names:
            continue
        head, words = following.heads[0], following.heads[0].text.partition(" of ")[2]
        if vocabulary.is_a(head.names[0], "family history"):
            part = next((part for word, part in following.parts if word.type == "OF"), None)
            named = [_named(head, vocabulary.find(words), vocabulary)] if words else part.heads if part else []
            phrase.heads, phrase.time = (named, "ever") if named and named[0].names else (phrase.heads, phrase.time)


def prevented(phrases: list[Phrase], links: list[str]) -> None:
    """ "malaria prophylaxis or treatment": both are for malaria."""
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        prevented_ = prevents(phrase) and [head.kind for head in phrase.heads] == ["condition"]
        bare = [head.names for head in following.heads] == [("treatment",)] and not (following.parts or following.act or following.negated)
        if prevented_ and bare and link in ("or", "andor", "slash", "and"):
            at = following.start
            following.parts = [(Token("FOR", "for", at, at), Phrase(at, at, heads=list(phrase.heads)))]


def vaccinated(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> None:
    """ "influenza, hepatitis or other vaccines": vaccines against what is named before."""
    last = next((at for at, phrase in enumerate(phrases) if phrase.heads and _VACCINE.search(phrase.heads[-1].text)), 0)
    listed = phrases[:last]
    if not listed or not _OR_VACCINES.issuperset(links[:last]) or not (phrases[last].other or len(phrases[last].heads[-1].text.split()) > 1):
        return
    named = [vocabulary.find(f"{one.heads[0].text} vaccine") if len(one.heads) == 1 and one.heads[0].kind == "condition" else () for one in listed]
    for one, names in zip(listed, named, strict=True) if any(named) else ():
        one.heads = [_named(one.heads[0], names, vocabulary)] if names else one.heads
        one.unread = one.unread or not names


_VACCINE = re.compile(r"\bvaccin(?:es?|ations?)$", re.IGNORECASE)
_OR_VACCINES = frozenset({"or", "comma", "andor", "and"})


def misused(phrases: list[Phrase], vocabulary: Vocabulary) -> None:
    """ "abuse of alcohol, drugs or sedatives": what each is abused as, or nothing that is read."""
    misuse = ""
    for phrase in phrases:
        own = phrase.heads[0] if len(phrase.heads) == 1 else None
        opens = _MISUSE.match(own.text) if own else None
        part = phrase.parts[0][0].type == "OF" if phrase.parts else False
        if opens and (part or opens[2]):
            misuse = opens[1]
        elif own is None or own.kind not in ("treatment", "substance", "") or phrase.act or phrase.parts or phrase.comparisons or phrase.window:
            misuse = ""
        elif misuse:
            names = vocabulary.find(f"{misuse} of {own.text}") or vocabulary.find(f"{own.text} {misuse}")
            phrase.heads, phrase.plain = [_named(own, names, vocabulary)], phrase.plain and bool(names)
            phrase.unread = phrase.unread or not names


_MISUSE = re.compile(r"((?:ab|mis|over)use|dependence|addiction)( of| on| to)?\b", re.IGNORECASE)


def _named(token: Token, names: tuple[str, ...], vocabulary: Vocabulary) -> Token:
    """A token at the same place with other names."""
    head = copy(token)
    head.names, head.kind = names, vocabulary[names[0]].kind if names else ""
    return head


def _borrow(phrase: Phrase, words: list[str], vocabulary: Vocabulary, *, last: bool) -> None:
    """A single word is shared with adjectives only: "bacterial, viral or other infection"; with a quality, all but the first.

    The longest share that has a name counts: "T-cell or B-cell prolymphocytic leukemia".
    """
    own = phrase.heads[0] if phrase.heads else phrase.adjectives[-1]
    if last and own.text.lower() == "latent" and len(words) > 1 and not vocabulary.find(f"latent {' '.join(words)}"):
        phrase.unread = True  # "latent or active granulomatous infection": not any latent infection
        return
    whole = last and len(words) == 1 and own.kind != "site"
    for size in reversed(range(1 if phrase.heads else max(1, len(words) - 1), len(words) + whole)):
        wording = f"{own.text} {' '.join(words[-size:])}" if last else f"{' '.join(words[:-size])} {own.text}"
        adjective = phrase.adjectives[-1] if phrase.adjectives and last else None
        if (
            adjective
            and adjective.text.lower() not in _OF_EACH
            and adjective.end <= own.start
            and (names := vocabulary.find(f"{adjective.text} {wording}"))
        ):
            _name(phrase, own, names, vocabulary)
            phrase.adjectives, phrase.borrowed = phrase.adjectives[:-1], f"{adjective.text} {wording}"
            return
        names = vocabulary.find(wording)
        if names and own.kind == "marker" and vocabulary[names[0]].kind != "treatment":
            if not (last and names[0].endswith(" fusion")):  # "ALK or ROS1 rearrangement"
                continue
            _name(phrase, own, names, vocabulary)
            return
        if names and (size < len(words) or vocabulary[names[0]].kind == "condition"):
            _name(phrase, own, names, vocabulary)
            phrase.borrowed = wording
            return
    if not last and own.kind == "site" and (names := _of_place(own, words, vocabulary)):
        _name(phrase, own, names, vocabulary)


def _of_place(own: Token, words: list[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """ "carcinoma in situ of the cervix or breast": the noun before the neighbour's place, at this one."""
    at = words.index("of") if "of" in words else 0
    names = vocabulary.find(f"{own.text} {' '.join(words[:at])}") if at else ()
    return names if names and vocabulary[names[0]].kind == "condition" else ()


def _disease_of(phrase: Phrase, words: list[str], vocabulary: Vocabulary) -> bool:
    """ "Opioid or alcohol dependence": a substance or drug named only as what a disease is of."""
    own = phrase.heads[0]
    said = phrase.act or phrase.parts or phrase.comparisons or phrase.unread or phrase.adjectives or phrase.window
    if len(phrase.heads) != 1 or own.kind not in ("substance", "treatment") or said:
        return False
    for size in range(1, len(words)):
        names = vocabulary.find(f"{own.text} {' '.join(words[-size:])}")
        if names and vocabulary[names[0]].kind == "condition":
            _name(phrase, own, names, vocabulary)
            return True
    return False


def kinds_named(phrases: list[Phrase], concept: Concept, vocabulary: Vocabulary) -> tuple[str, ...]:
    """ "infection (bacterial or fungal)", "viral hepatitis (B or C)": the kinds that these words make of the noun, all or none."""
    found = [_kind_named(phrase, concept, vocabulary) for phrase in phrases]
    return tuple(found) if all(found) else ()


def _kind_named(phrase: Phrase, concept: Concept, vocabulary: Vocabulary) -> str:
    own = phrase.heads or phrase.adjectives
    plain = len(phrase.heads) + len(phrase.adjectives) == 1 and own[0].type in ("WORDS", "QUALITY", "CONCEPT")
    said = phrase.negated or phrase.time or phrase.act or phrase.parts or phrase.comparisons or phrase.parens or phrase.window or phrase.results
    if not plain or said:
        return ""
    words = concept.name.split()
    for start in range(len(words)):
        rest = " ".join(words[start:])
        for wording in (f"{own[0].text} {rest}", f"{rest} {own[0].text}"):
            for name in vocabulary.find(wording):
                if name != concept.name and vocabulary.is_a(name, concept.name):
                    return name
    return ""


def _name(phrase: Phrase, own: Token, names: tuple[str, ...], vocabulary: Vocabulary) -> None:
    if not phrase.heads:
        phrase.adjectives = phrase.adjectives[:-1]
    phrase.heads = [_named(own, names, vocabulary)]


def _unnamed(phrase: Phrase) -> bool:
    """A single head that means nothing by itself, or only a place."""
    if len(phrase.heads) == 2 and not phrase.heads[0].names and len(phrase.heads[0].text) <= 2 and phrase.heads[1].names:
        first, last = phrase.heads
        joined = copy(first)
        joined.text, joined.end = f"{first.text} {last.text}", last.end
        phrase.heads = [joined]
    if len(phrase.heads) == 2 and not phrase.heads[0].names and phrase.heads[1].kind == "site":
        first, last = phrase.heads  # "epithelial ovarian"
        joined = Token("WORDS", "", first.start, last.end)
        joined.text = f"{first.text} {last.text}"
        phrase.heads = [joined]
    if len(phrase.heads) != 1 or phrase.unread or phrase.speech:
        return False
    return not phrase.heads[0].names or phrase.heads[0].kind == "site"


def _target(phrase: Phrase) -> bool:
    """A marker by itself, perhaps what a drug acts on: "agents targeting PD-1, PD-L1 or CTLA-4"."""
    said = phrase.results or phrase.comparisons or phrase.normal or phrase.speech or phrase.unread or phrase.parts
    return len(phrase.heads) == 1 and phrase.heads[0].kind == "marker" and not said


def _quality_alone(phrase: Phrase) -> bool:
    """Only qualities, the last of them perhaps the beginning of a name: "ischemic or hemorrhagic stroke"."""
    return phrase.bare and bool(phrase.adjectives) and phrase.adjectives[-1].type == "QUALITY" and not phrase.parens
