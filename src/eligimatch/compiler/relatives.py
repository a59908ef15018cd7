"""Relatives: what follows "that" or "who" after a noun, where it gives alternatives: "that is progressing or has required treatment"."""

from __future__ import annotations

import re
from copy import copy
from itertools import pairwise

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import OR, kind_of, settled
from eligimatch.compiler.rules import each_leaf, hads
from eligimatch.compiler.shared_times import GIVEN
from eligimatch.compiler.syntax import Clause, Item, Series
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Had, Judged, Not, Requiring, Rule
from eligimatch.model.words import folded

_VERBS = {"requiring": "REQUIRING", "treatment": "RECEIVED", "progressed": "PROGRESSED"}
_REACTIONS = (("allergic disease",), ("hypersensitivity",))
_TREATED_WITH = re.compile(r"\b(?:that|which) (?:\w+ ){0,3}treated (?:with|by)\b", re.IGNORECASE)
_ASSOCIATED = re.compile(r"\b(?:associated with|linked to|risk (?:of|for)|caus\w+|induc\w+)", re.IGNORECASE)


def predicates(phrases: list[Phrase], links: list[str]) -> None:
    """Lets a condition take over what is said of it: a grade, or alternatives, in place; people what only they can tell."""
    _people_who(phrases, links)
    for at in range(len(links) - 1, -1, -1):
        if links[at] == "that" and kind_of(phrases[at]) == "condition" and _grade_alone(phrases[at + 1]) and not phrases[at].grade:
            phrases[at].grade, phrases[at].end = phrases[at + 1].grade, phrases[at + 1].end
            del phrases[at + 1], links[at]
    for at in range(len(links) - 1, -1, -1):
        noun, said = phrases[at], phrases[at + 1]
        named = said.negated and said.act == "requiring" and bool(said.heads) and said.heads[-1].names != ("treatment",)
        if links[at] == "that" and kind_of(noun) == "condition" and not noun.negated and named and not said.parens:
            noun.parts = [*noun.parts, (Token("NOT", "no", said.start, said.start), replace(said, negated=False))]  # "that does not require X"
            noun.end = said.end
            del phrases[at + 1], links[at]
    for at, link in enumerate(links):
        if link == "that" and phrases[at].heads and kind_of(phrases[at]) == "condition":
            if links[at + 1 : at + 2] in (["and"], ["that"]) and _quality(phrases[at + 1]) and phrases[at + 2].act == "requiring":
                phrases[at].adjectives = [*phrases[at].adjectives, *phrases[at + 1].adjectives]  # "that is progressing and has required treatment"
                del phrases[at + 1], links[at + 1]
                return
            end = _run_end(phrases, links, at + 1)
            further = end < len(phrases) and settled(links)[end - 1] in OR and kind_of(phrases[end]) == "treatment"
            if end > at + 2 and not further:
                noun, run = phrases[at], phrases[at + 1 : end]
                noun.alternatives = [*noun.alternatives, *(_alternative(phrase) for phrase in run)]
                noun.parens, noun.end = [*noun.parens, *(paren for phrase in run if not phrase.bare for paren in phrase.parens)], run[-1].end
                del phrases[at + 1 : end], links[at : end - 1]
                return


def _people_who(phrases: list[Phrase], links: list[str]) -> None:
    """ "a negative test in women who are sexually active": what only they can tell is said of those people, in place."""
    asked = next((at for at, phrase in enumerate(phrases) if _of_people(phrase)), len(phrases))
    for at in range(len(links) - 1, asked - 1, -1):
        said = phrases[at + 1]
        plain = not (said.heads or said.adjectives or said.parts or said.comparisons or said.window or said.parens or said.act)
        whom = phrases[at].parts[-1][1] if _of_people(phrases[at]) else phrases[at]
        if links[at] == "that" and plain and [token.type for token in said.speech] == ["STATEMENT"] and kind_of(whom) == "group" and not whom.speech:
            whom.speech, whom.end, phrases[at].end = said.speech, said.end, said.end
            del phrases[at + 1], links[at]


def _of_people(phrase: Phrase) -> bool:
    """Whether something is asked of some people: "a test in women"."""
    word, part = phrase.parts[-1] if phrase.parts else (None, phrase)
    return word is not None and word.type in ("FOR", "IN") and kind_of(part) == "group"


_ANYTHING = frozenset("drug medication medicine agent substance product compound therapy treatment food supplement concomitant other any".split())
"""Words for whatever is taken: what they are is told after them."""


def _quality(phrase: Phrase) -> bool:
    """Adjectives and nothing else."""
    said = phrase.negated or phrase.window or phrase.time or phrase.suspected or phrase.other or phrase.circumstances or phrase.lasting
    return phrase.bare and bool(phrase.adjectives) and not said


def appositions(phrases: list[Phrase], links: list[str]) -> None:
    """ "drugs that are strong inhibitors of X": the inhibitors, with what was said of the drugs, in place."""
    _completed(phrases, links)
    at = links.index("that") if "that" in links else -1
    if at < 0 or not _given(phrases[at + 1]):
        return
    first = at
    while first and links[first - 1] in OR and _anything(phrases[first - 1]):
        first -= 1
    if not _anything(phrases[at]) or (first and not _anything(phrases[first])):
        return
    told, said = phrases[at + 1], phrases[first]
    told.act, told.time, told.use, told.other, told.start = said.act, said.time, said.use, told.other or said.other, said.start
    told.adjectives, told.negated = [*said.adjectives, *told.adjectives], said.negated
    del phrases[first : at + 1], links[first : at + 1]


def said_twice(phrases: list[Phrase], links: list[str]) -> None:
    """ "iodine sensitivity or allergy": the same reaction in another word, in place."""
    for at in range(len(phrases) - 1, 0, -1):
        before, phrase = phrases[at - 1], phrases[at]
        reacts = len(before.heads) > 1 and before.heads[-1].names[:1] in _REACTIONS  # "penicillin hypersensitivity or allergy"
        to = reacts or before.act == "allergy" or any(name.endswith(" allergy") for token in before.heads for name in token.names)
        said = (
            phrase.act
            or phrase.parts
            or phrase.adjectives
            or phrase.comparisons
            or phrase.window
            or phrase.negated
            or phrase.speech
            or phrase.time
            or phrase.other
        )
        bare = len(phrase.heads) == 1 and phrase.heads[0].names[:1] in _REACTIONS and not said
        if to and bare and before.heads and links[at - 1] in OR:
            before.end, before.parens = phrase.end, before.parens + phrase.parens
            del phrases[at], links[at - 1]


def _completed(phrases: list[Phrase], links: list[str]) -> None:
    """ "treatment that was | completed with no recurrence": given at some time; whether it is over, a person tells."""
    for at in range(len(links) - 1, -1, -1):
        given, told = phrases[at], phrases[at + 1]
        said = told.heads or told.adjectives or told.comparisons or told.speech or told.unread or told.results or told.negated or told.count
        if links[at] != "that" or kind_of(given) not in GIVEN or told.act != "treatment" or told.time != "ever" or said or given.time:
            continue
        given.time, given.window, given.lasting = "ever", given.window or told.window, given.lasting or told.lasting
        given.parts, given.parens, given.end = given.parts + told.parts, given.parens + told.parens, told.end
        given.circumstances = [*given.circumstances, ("completed", True)]
        del phrases[at + 1], links[at]


def _given(phrase: Phrase) -> bool:
    """A treatment named by itself."""
    said = phrase.act or phrase.time or phrase.negated or phrase.comparisons or phrase.speech or phrase.unread
    return kind_of(phrase) == "treatment" and not said


def _anything(phrase: Phrase) -> bool:
    """Only words for whatever is taken."""
    said = phrase.comparisons or phrase.speech or phrase.unread or phrase.parts or phrase.window or phrase.parens or phrase.results
    return bool(phrase.heads) and not said and all(word in _ANYTHING for head in phrase.heads for word in folded(head.text))


def _grade_alone(phrase: Phrase) -> bool:
    """ "neuropathy that is | grade 2 or higher"."""
    said = copy(phrase)
    said.grade, said.method = None, False
    return phrase.grade is not None and said.bare and not (said.adjectives or said.circumstances or said.negated or said.window or said.time)


def _run_end(phrases: list[Phrase], links: list[str], first: int) -> int:
    """Where the predicates end that `or` joins from the first on."""
    meant = settled(links)
    end = first
    while end < len(phrases) and _says(phrases[end]) and (end == first or meant[end - 1] in OR):
        end += 1
    return end


def _says(phrase: Phrase) -> bool:
    """A quality, or a verb with its object: what can be said of a condition."""
    if phrase.bare:
        return bool(phrase.adjectives or phrase.circumstances) and not phrase.negated
    return phrase.act in _VERBS and bool(phrase.heads) and not (phrase.speech or phrase.unread or phrase.comparisons)


def _alternative(phrase: Phrase) -> Phrase:
    if phrase.bare:
        return phrase
    kind = "NOT" if phrase.negated else _VERBS[phrase.act]
    return Phrase(phrase.start, phrase.end, parts=[(Token(kind, kind.lower(), phrase.start, phrase.start), phrase)])


def treated_with(left: Rule, right: Rule, text: str) -> Rule | None:
    """ "pneumonia or bronchitis within 12 weeks that was treated with antibiotics": for which they were given."""
    between = text[left.span.end : right.span.end]
    diseases = hads(left)
    if not _TREATED_WITH.search(between) or not isinstance(right, Had) or right.section != "treatments" or isinstance(left, (AllOf, Not)):
        return None
    if not diseases or any(had.section != "conditions" for had in diseases):
        return None
    return each_leaf(left, lambda leaf: _treated(leaf, right))


def _treated(leaf: Rule, treatment: Had) -> Rule:
    return leaf.model_copy(update={"qualifiers": (*leaf.qualifiers, Requiring(treatment=treatment))}) if isinstance(leaf, Had) else leaf


def treated_lesions(left: Rule, right: Rule, text: str, linker: Linker) -> Had | None:
    """ "measurable lesions that have been irradiated": which lesions were treated, no profile tells."""
    if not isinstance(left, Had):
        return None
    lesions = "lesion" in left.concept.name or bool(linker.fact(left.concept, "criteria"))
    given = bool(hads(right)) and all(had.section != "conditions" for had in hads(right))
    if not (lesions and given) or " who " in text[left.span.start : right.span.start + 1].lower():
        return None
    span = left.span.cover(right.span)
    rest = (quality for quality in left.qualifiers if not isinstance(quality, Judged))
    return left.model_copy(update={"qualifiers": (*rest, Judged(words=" ".join(text[span.start : span.end].split()))), "span": span})


def caused_by(left: Rule, right: Rule, words: str) -> bool:
    """ "drugs that are associated with bradycardia": whether what the drugs do is told, not what the person has."""
    given = hads(left) and all(had.section == "treatments" or not had.concept.linked for had in hads(left))
    caused = hads(right) and all(had.section == "conditions" for had in hads(right))
    return bool(given and caused) and _ASSOCIATED.search(words) is not None


def with_relative(clause: Clause, text: str) -> Clause:
    """ "X, excluding Y, that have undergone Z", "X, including Y, for Z", "… to the Z": what follows the second comma is said of X."""
    first = clause.tails[0] if clause.series and clause.tails and clause.tails[0].word.type in ("EXCEPT", "INCLUDING") else None
    if first is None or clause.series is None:
        return clause
    items, links = first.series.items, first.series.links
    between = [text[one.end : other.start] for one, other in pairwise(items)]
    at = next((at for at, words in enumerate(between, start=1) if "," in words and _tells(items[at], links[at - 1], words, text)), 0)
    if not at or (links[at - 1] != "that" and at < len(items) - 1):
        return clause
    opens = getattr(items[at].pieces[0], "type", "")
    placed = opens in _PLACING
    if placed or opens in ("FOR", "REQUIRING"):
        *before, noun = clause.series.items
        whole = Series((*before, Item((*noun.pieces, *items[at].pieces))), clause.series.links)
    else:
        said = Item(items[at].pieces[1:]) if opens == "WITH" else items[at]
        whole = Series((*clause.series.items, said, *items[at + 1 :]), (*clause.series.links, "that", *links[at:]))
    named = tuple(Item((*one.pieces, *items[at].pieces)) for one in items[:at]) if placed else items[:at]
    return Clause(whole, (first._replace(series=Series(named, links[: at - 1])), *clause.tails[1:]))


def _tells(item: Item, link: str, between: str, text: str) -> bool:
    """Whether an item after a comma is a relative clause of all before it (not "…, which"), or tells what for or where."""
    opens = getattr(item.pieces[0], "type", "")
    relative = text[item.start :].lower().startswith(("that ", "which ", "who "))
    said = opens in _PLACING | {"FOR"} or (opens in ("REQUIRING", "WITH") and relative and len(item.pieces) > 1)
    return said or (link == "that" and "which" not in between.lower())


_PLACING = frozenset({"TO", "OF", "SIDE"})
