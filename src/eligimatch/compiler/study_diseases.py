"""Study diseases: words of a disease that mean the one which is studied."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.adjectives import in_situ
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.rules import each_leaf
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.terminals import LINKS, become
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Coded, Had, Lasting, Rule, Statement
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns


_STABLE = re.compile(
    r"(?:(?:be|is|are|been|remain(?:s|ed)?) )?(?:clinically|neurologically|medically|ha?emodynamically)(?:(?: and|,) \w+)* stable\b", re.IGNORECASE
)
_OF_DRUGS = re.compile(
    r"(?:not )?(?:(?:must|be|been|on|at|an?|the|their|stable|unchanged|constant|fixed) )+"
    r"(?:dos(?:es?|ages?|ing)|regimens?)\b(?! of\b)[^,;]*",
    re.IGNORECASE,
)
"""Which drugs, other words tell."""


def of_the_study(phrase: Phrase, *, forbids: bool) -> bool:
    """ "relapsed disease", "stage III disease": that which is studied, where the words do not speak of any or another.

    Where it is demanded, "severe disease" too.
    """
    if phrase.other or phrase.concurrent or phrase.act or phrase.sites or len(phrase.heads) != 1 or not _any_disease(phrase):
        return False
    courses = {value for token in phrase.adjectives if token.type in ("COURSE", "NEW") for value in str(token.value).split("|")}
    types = {"COURSE", "NEW", "EVIDENCE", "STAGE"} | (set() if forbids else {"SEVERITY"})
    plain = all(token.type in types for token in phrase.adjectives) and not any(
        word.type in ("OF", "IN", "FOR", "DUE_TO") for word, _ in phrase.parts
    )
    said = any(token.type in ("STAGE", "SEVERITY") for token in phrase.adjectives) or bool(
        not phrase.adjectives and phrase.lasting
    )  # "a disease duration of 2 years"
    return plain and (courses <= _OF_TUMORS if courses else said)


def _any_disease(phrase: Phrase) -> bool:
    """ "recurrent disease", "recurrent or metastatic disease"."""
    words = phrase.heads[0].text.lower()
    return words == "disease" or (phrase.heads[0].names == ("disease",) and words in ("metastatic disease", "advanced disease", "residual disease"))


_OF_TUMORS = frozenset(
    "relapsed,refractory,relapsed or refractory,recurrent,progressive,metastatic,locally advanced,unresectable,resectable,advanced,localized,"
    "newly diagnosed,untreated,persistent,early".split(",")
)


def progressed(tokens: list[Token]) -> list[Token]:
    """ "disease that has progressed after X": the one that is studied."""
    for index, token in enumerate(tokens[:-1]):
        relative, verb = [*(after for after in tokens[index + 1 :] if after.type != "FILLER"), token, token][:2]
        told = relative.text.lower().startswith(("that", "which")) and verb.type == "PROGRESSED"
        if told and token.kind == "condition" and token.text.lower() == "disease" and token.names[0] == "disease":
            become(token, "STUDY", "study")
            token.kind, token.names = "", ()
    return tokens


def spread_told(tokens: list[Token]) -> list[Token]:
    """ "locally advanced or | metastatic disease": two courses of one disease, not a disease and the spread of any."""
    out: list[Token] = []
    for token in tokens:
        at = len(out) - 1
        while at > 0 and out[at].type in LINKS:
            at -= 1
        words = token.text.lower().split()
        if words == ["metastatic", "disease"] and token.type == "CONCEPT" and 0 <= at < len(out) - 1 and out[at].type in _COURSES:
            middle = token.start + len(words[0])
            course, disease = copy(token), copy(token)
            course.end, course.text, course.kind, course.names = middle, token.text[: len(words[0])], "", ()
            become(course, "COURSE", "metastatic")
            disease.start, disease.text, disease.names = token.end - len(words[1]), token.text[-len(words[1]) :], ("disease",)
            out += [course, disease]
        else:
            out.append(token)
    return out


_COURSES = frozenset({"COURSE", "NEW", "STAGE"})


def of_the_person(rule: Rule, text: str) -> Rule:
    """ "clinically stable", "on a stable dose": of the person, whatever the disease; for somebody to say."""

    def said(leaf: Rule) -> Rule:
        if not isinstance(leaf, Had) or leaf.concept.name != "study disease" or not leaf.qualifiers:
            return leaf
        words = " ".join(text[leaf.span.start : leaf.span.end].split()).strip(" ,;:.")
        if _OF_DRUGS.fullmatch(words):
            return Statement(topic=re.sub(r"^not ", "", words, flags=re.IGNORECASE), span=leaf.span)
        stable = all(isinstance(one, Lasting) or (isinstance(one, Coded) and one.values == ("stable",)) for one in leaf.qualifiers)
        return Statement(topic=words, span=leaf.span) if stable and _STABLE.match(words) else leaf

    return each_leaf(rule, said)


def named_before(tokens: list[Token], index: int) -> None:
    """ "the disease", after one that was named: that one; "history of, or | current malignancy", "other active or | current malignancies": any."""
    token, words = tokens[index], tokens[index].text.lower()
    named = [other for other in tokens[:index] if other.kind == "condition" and other.names and not other.names[0].endswith("function")]
    if words == "the disease" and named and len({other.names[0] for other in named}) == 1:
        _become_condition(token, named[0].names)
    elif words.startswith("current ") and index > 1 and tokens[index - 1].type in LINKS and tokens[index - 2].type in _OF_ANY:
        _become_condition(token, ("cancer",))


def _become_condition(token: Token, names: tuple[str, ...]) -> None:
    become(token, "CONCEPT", "")
    token.names, token.kind = names, "condition"


_OF_ANY = frozenset({"OTHER", "HISTORY", "COMMA"})
"""What may stand before, with a connective: the malignancy is not the one that is studied."""


_NO_STEROID = re.compile(r"non-?\s?(?:cortico)?steroid", re.IGNORECASE)
_STEROID = Had(concept=Concept(name="corticosteroid", kind="treatment"), section="treatments")


def spared(phrase: Phrase, head: Concept, nouns: Nouns) -> tuple[Had, ...]:
    """What the words of a condition or class of drugs, or around it, take out of it."""
    steroids = head.name.endswith("immunosuppressant") and phrase.heads[-1:] != [] and _NO_STEROID.match(phrase.heads[-1].text)
    return (*_unrelated(phrase, head, nouns), *in_situ(phrase, head), *([_STEROID] if steroids else []))


def _unrelated(phrase: Phrase, head: Concept, nouns: Nouns) -> tuple[Had, ...]:
    """ "any serious illness unrelated to cancer": a cancer is none; whether another is unrelated, the words leave to be judged."""
    if head.kind != "condition" or not any(nouns.linker.fact(head, fact) for fact in ("any", "judged")):
        return ()
    parts = [part for word, part in phrase.parts if (word.type, word.value) == ("DUE_TO", "not") and names_only(part)]
    causes = [(nouns.concept(part), Span(part.start, part.end)) for part in parts]
    named = [(cause, span) for cause, span in causes if cause and cause.linked and cause.kind == "condition" and not nouns.linker.fact(cause, "any")]
    return tuple(Had(concept=cause, span=span) for cause, span in named)
