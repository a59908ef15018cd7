"""Verbs: what "received", "progressed on" and the like say of a treatment that is named beside them or later in a list."""

from __future__ import annotations

import re
from copy import copy
from itertools import pairwise

from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import OR, kind_of, settled
from eligimatch.compiler.setbacks import SETBACK
from eligimatch.compiler.terminals import MODALS, TAILS, become
from eligimatch.compiler.tokens import Token

TREATED = frozenset({"REQUIRING", "TREATMENT_WITH", "RECEIVED", "RECEIVING", "RECEIVED_OR_RECEIVING"})
_BEST = frozenset({"CR", "PR", "CR|PR"})
_ONCE_NEEDED = re.compile(r"\brequired\b", re.IGNORECASE)
VERBS = frozenset({"treatment", "progressed", "intolerant"})


def responses(word: Token) -> tuple[str, ...]:
    """ "complete remission after": the best response that the verb tells, none where it tells progression."""
    return tuple(str(word.value).split("|")) if word.value in _BEST else ()


def verb(word: Token) -> str:
    """What a verb says of its treatment: that it was of no use, not tolerated, or only given."""
    return "treatment" if word.value == SETBACK else "progressed" if word.type == "PROGRESSED" else "intolerant"


def received(phrase: Phrase) -> None:
    """ "a vaccine received within 28 days": the verb after a treatment adds only its time."""
    for word, part in list(phrase.parts):
        if word.type in TREATED and word.type != "REQUIRING" and _only_timed(part):
            phrase.window, phrase.exact = phrase.window or part.window, phrase.exact or part.exact
            phrase.time = phrase.time or part.time
            phrase.lasting = phrase.lasting or part.lasting
            phrase.parens = phrase.parens + part.parens
            phrase.parts = [other for other in phrase.parts if other[0] is not word]


def _only_timed(part: Phrase) -> bool:
    said = part.heads or part.parts or part.comparisons or part.adjectives or part.speech or part.results or part.circumstances or part.others
    return not (said or part.grade or part.count or part.line or part.negated or part.normal)


def needed(phrase: Phrase, words: str) -> bool:
    """ "need for surgery": that it is to come, not that there was one."""
    return phrase.act == "requiring" and not _ONCE_NEEDED.search(words)


def leading_verbs(phrases: list[Phrase], links: list[str]) -> list[tuple[Phrase, Phrase]]:
    """ "received oral or intravenous antibiotics": the verb is of the noun, the routes are its alternatives."""
    found = []
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        long = [token for token in phrase.adjectives if token.value == "chronic" or token.type == "QUALITY"]
        routes = len(phrase.adjectives) > len(long) and all(token.type == "ROUTE" or token in long for token in phrase.adjectives)
        if routes and verb_alone(phrase) is phrase and link != "that" and following.heads and not (following.act or following.time):
            found.append((following, copy(phrase)))
            phrase.act, phrase.time, phrase.use = "", "", False
    return found


def beside(phrases: list[Phrase], links: list[str], at: int, verb: Phrase) -> int:
    """ "melanoma with progression on or intolerance to A": either is said of who has it, in place. Tells where the verb then stands."""
    noun = phrases[at]
    if verb is noun:
        return at
    if verb is not noun.parts[-1][1] or kind_of(noun) != "condition" or noun.negated or any(link == "that" for link in links):
        noun.unread, noun.plain = True, False
        return at
    noun.parts, noun.end = noun.parts[:-1], verb.start
    phrases.insert(at + 1, verb)
    links.insert(at, "that")
    return at + 1


def of_each(phrases: list[Phrase], links: list[str], at: int) -> None:
    """ "progressed on or intolerant to A or B": the first verb, too, is of each of the treatments, in place."""
    end, meant = at + 2, settled(links)
    while end < len(phrases) and meant[end - 1] in OR and _given(phrases[end]):
        end += 1
    heads = [replace(phrase, act=phrases[at].act, time=phrases[at].time, outcome=phrases[at].outcome) for phrase in phrases[at + 2 : end]]
    phrases[at + 1 : at + 1] = heads
    links[at + 1 : at + 1] = ["or"] * len(heads)


def _given(phrase: Phrase) -> bool:
    """A treatment of which no verb says anything."""
    return kind_of(phrase) == "treatment" and not (phrase.act or phrase.time or phrase.negated or phrase.comparisons or phrase.unread)


def once_or_planned(phrases: list[Phrase], links: list[str]) -> None:
    """ "have had, or are planned for, A or B": what of the further ones is asked is not read."""
    for index, (phrase, following) in enumerate(pairwise(phrases)):
        said = phrase.bare and phrase.time == "ever" and not phrase.adjectives and links[index] in ("or", "andor", "slash")
        if said and following.time == "planned" and following.heads and len(phrases) > index + 2 and "that" not in links[index:]:
            for one in phrases[index + 1 :]:
                one.unread, one.plain = True, False


def same_treatment(phrases: list[Phrase], links: list[str]) -> None:
    """ "currently receiving treatment, or received treatment with X": treatment with X in either case."""
    for phrase, following, link in zip(phrases, phrases[1:], links, strict=False):
        any_given = [head.names for head in phrase.heads] == [("treatment",)] and phrase.act == following.act == "treatment" and phrase.time == "now"
        said = phrase.parts or phrase.adjectives or phrase.negated or phrase.comparisons or phrase.window
        if any_given and not said and link in ("or", "andor", "slash") and following.heads and following.heads[0].names != ("treatment",):
            phrase.heads, phrase.adjectives, phrase.other = list(following.heads), list(following.adjectives), following.other


def verb_alone(phrase: Phrase) -> Phrase | None:
    """A verb whose treatment is named later: the phrase, or its last part."""
    if phrase.parts and phrase.parts[-1][0].type in ("PROGRESSED", "INTOLERANT"):
        word, part = phrase.parts[-1]
        part.act, part.time, part.start = verb(word), "ever", word.start
        part.outcome = responses(word)
        return verb_alone(part)
    said = phrase.heads or phrase.parts or phrase.comparisons or phrase.speech or phrase.unread or phrase.count or phrase.line
    late = phrase.window and not phrase.early
    return phrase if phrase.act in VERBS and not said and not late else None


def must_include(tokens: list[Token]) -> list[Token]:
    """ "2 prior lines of therapy, that must have included X" as "2 prior lines of therapy, including X".

    "Treated must be stable" tells of a disease that another sentence names.
    """
    if [token.type for token in tokens[:2]] == ["COURSE", "MUST"] and tokens[0].value in ("treated", "untreated"):
        become(tokens[0], "WORDS", "")
    for at in range(len(tokens) - 2, 0, -1):
        modal, included, before = tokens[at], tokens[at + 1], {token.type for token in tokens[:at]}
        counted = included.type == "INCLUDING" and not before.isdisjoint({"COMPARE", "COMPARE_AFTER"})
        asked = modal.type == "MUST" and (counted or included.text.lower() == "included")
        if asked and not before.isdisjoint({"LINE", "HISTORY"}) and before <= _LINES:
            become(included, "INCLUDING", "including")
            included.text = "including"
            tokens = tokens[:at] + tokens[at + 1 :]
    return tokens


def required_too(tokens: list[Token]) -> list[Token]:
    """ "infection requiring hospitalization or treatment with X" as "infection requiring hospitalization or X"."""
    for index in range(len(tokens) - 3):
        requiring, admitted, link, given = tokens[index : index + 4]
        if [requiring.type, link.type, given.type] == ["REQUIRING", "OR", "TREATMENT_WITH"] and admitted.names[:1] == ("hospitalization",):
            become(given, "FILLER", "")
        if [requiring.type, admitted.type, link.type] == ["REQUIRING", "CURRENT", "SLASH"] and given.type in ("QUALITY", "COURSE", "CURRENT"):
            become(admitted, "FILLER", "")  # "requiring ongoing/continuous X"
            become(link, "FILLER", "")
    return tokens


_LINES = frozenset("LINE CONCEPT COMPARE COMPARE_AFTER NUMBER OR_COMPARE FILLER RECEIVED HISTORY COMMA THAT OF FOR MUST ROUTE OTHER WORDS".split())
_JOINS = frozenset({"COMMA", "OR", "ANDOR", "FILLER", "SAYS", "INTOLERANT", "PROGRESSED", "RECEIVED", "MUST", "EXCLUDED"})
_HAVE = ("have", "has", "had")
_OBJECT = frozenset({"CONCEPT", "WORDS", "HISTORY", "INTENT", "LINE", "SLASH", "FILLER"})


def shared_object(tokens: list[Token]) -> list[Token]:
    """ "received, refused, or ineligible for X" as "received X, or refused, or ineligible for X": what only a person can say has its own object."""
    tokens = either_way(tokens)
    out = list(tokens)
    for at in range(len(tokens) - 3, -1, -1):
        if tokens[at].type not in ("RECEIVED", "PROGRESSED", "INTOLERANT") or tokens[at + 1].type not in ("COMMA", "OR", "ANDOR"):
            continue
        start = next((i for i in range(at + 1, len(tokens)) if tokens[i].type not in _JOINS and tokens[i].text.lower() not in _HAVE), len(tokens))
        between = {token.type for token in tokens[at + 1 : start]}
        end = next((index for index in range(start, len(tokens)) if tokens[index].type not in _OBJECT), len(tokens))
        named = [token for token in tokens[start:end] if token.type not in ("HISTORY", "FILLER")]
        for token in (one for one in tokens[at + 1 : start] if one.type == "EXCLUDED" and one.text.lower().endswith("ineligible")):
            become(token, "SAYS", "no")
        if "SAYS" in between and not between.isdisjoint({"OR", "ANDOR"}) and any(token.kind in ("treatment", "operation") for token in named):
            link = copy(tokens[at + 1])
            become(link, "OR", "or")
            out[at + 1 : at + 2] = [*map(copy, named), link]
    return out


def either_way(tokens: list[Token]) -> list[Token]:
    """ "naive to, or have received, X": whether X was given or not."""
    for at, token in enumerate(tokens[:-2]):
        verb = at + 2 + (tokens[at + 1].type == "COMMA" and tokens[at + 2].type in ("OR", "ANDOR"))
        joined = tokens[verb - 1].type in ("OR", "ANDOR") and tokens[verb : verb + 1] != [] and tokens[verb].type == "RECEIVED"
        if token.type == "NOT" and joined and _NAIVE.search(token.text):
            become(token, "REGARDLESS", "regardless")
            token.end = tokens[verb].end
            return [*tokens[: at + 1], *tokens[verb + 1 + (tokens[verb + 1 : verb + 2] != [] and tokens[verb + 1].type == "COMMA") :]]
    return tokens


_NAIVE = re.compile(r"\bna[iï]ve to\b", re.IGNORECASE)


def done_or_to_do(tokens: list[Token]) -> list[Token]:
    """ "have completed or | will complete X": planned, too."""
    for before, link, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.type == "RECEIVED" and link.type in ("OR", "ANDOR") and token.type == "SAYS" and token.text.lower() in _WILL:
            become(token, "PLANNED", "planned")
    return tokens


_WILL = frozenset("will complete;will be completing;plan to complete;plans to complete;are planning to complete;is planning to complete".split(";"))


def for_what(tokens: list[Token]) -> list[Token]:
    """ "chemotherapy, within 4 weeks, for breast cancer": what the treatment was for, and no further member of its list."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        following = [one for one in tokens[at + 1 : at + 5] if one.type not in _IDLE]
        told = token.type == "COMMA" and len(following) > 1 and following[0].type == "FOR" and following[1].kind == "condition"
        if told and not any(one.type in _OF_SOME for one in tokens):
            named = [index for index, one in enumerate(out) if one.kind]
            if named and out[named[-1]].kind in ("treatment", "operation"):
                timed = out[named[-1] + 1 : named[-1] + 3]
                if [one.type for one in timed] in (["COMMA", "WITHIN"], ["COMMA", "LAST"]):
                    del out[named[-1] + 1]
                continue
        out.append(token)
    return out


_IDLE = frozenset({"FILLER", "OTHER", "TREATMENT_WITH", "OF"})
_OF_SOME = MODALS | TAILS | {"COMPARE", "COMPARE_AFTER"}
