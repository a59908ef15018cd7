"""The tagger: a row of tokens made ready for the grammar: settled by context, cut into sentences, tidied."""

from __future__ import annotations

from typing import NamedTuple

from eligimatch.compiler.adjective_runs import some_of_each
from eligimatch.compiler.any_of import any_of
from eligimatch.compiler.comparators import between
from eligimatch.compiler.contexts import narrowing, settle
from eligimatch.compiler.contraindications import contraindications
from eligimatch.compiler.cycles import cycles
from eligimatch.compiler.elapsed import elapsed, led_by_time
from eligimatch.compiler.events import events
from eligimatch.compiler.idle_nouns import any_cause, idle_nouns, or_its_signs
from eligimatch.compiler.labels import without_titles
from eligimatch.compiler.late_exceptions import late_exceptions
from eligimatch.compiler.numerals import split_alternatives
from eligimatch.compiler.one_of_which import one_of_which
from eligimatch.compiler.people import since_menopause
from eligimatch.compiler.reactions import reactions
from eligimatch.compiler.respective import limit_told
from eligimatch.compiler.sentence_times import (
    demands_of_some,
    lists,
    said_again,
    still_explains,
    with_label,
    with_last_time,
    with_times,
    with_verb,
)
from eligimatch.compiler.setbacks import setbacks
from eligimatch.compiler.signs import inclusive, run_on, unpunctuated, with_following
from eligimatch.compiler.slashes import full_scores, unknown_units
from eligimatch.compiler.standards import corrected_by, without_examinations
from eligimatch.compiler.study_days import study_days
from eligimatch.compiler.terminals import become
from eligimatch.compiler.tidied import Pass, finish, passed
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.verbs import required_too
from eligimatch.compiler.washouts import all_completed
from eligimatch.compiler.whom import headed

_NOTES = ("note", "please note", "nb", "however")
"""Words that begin a sentence of their own, whatever stands before them."""


class Sentence(NamedTuple):
    """The tokens of one sentence and what ended it: `.`, `;`, or the end; no tokens where it asks nothing; whether it opens with "or"."""

    tokens: list[Token]
    ended_by: str
    otherwise: bool = False


def tag(tokens: list[Token]) -> list[Sentence]:
    """The sentences of one criterion, ready for the grammar."""
    tokens = said_again(narrowing(some_of_each(settle(passed(contraindications(reactions(tokens)), _WHOLE)))))
    out: list[Sentence] = []
    for sentence, ended_by in headed([one for one in _sentences(tokens) if any(token.type != "FILLER" for token in one[0])]):
        opens = sentence[0].type if sentence and out else ""
        goes_on = bool(out) and out[-1].ended_by == ";" and opens in ("OR", "AND", "ANDOR")  # "… if she is postmenopausal; or has had …"
        told = bool(out) and ((goes_on and not out[-1].tokens) or still_explains(out[-1].tokens, out[-1].ended_by, sentence))
        out.append(Sentence([] if told else finish(sentence, first=not out), ended_by, opens == "OR"))
    return out


def _sentences(tokens: list[Token]) -> list[tuple[list[Token], str]]:
    """Cuts at full stops and semicolons outside parentheses; a stop inside them becomes a comma."""
    sentences: list[tuple[list[Token], str]] = []
    current: list[Token] = []
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == "LPAR":
            depth += 1
        elif token.type == "RPAR":
            depth -= 1
            if depth < 0:
                depth = 0
                continue
        elif not depth and (_notes(token, current) or (token.type == "AND" and demands_of_some(current, tokens[index + 1 :]))):
            sentences.append((current, "."))
            current = []
            continue
        elif not depth and current and unpunctuated(tokens, index):
            sentences.append((current, "."))
            current = []
            if token.type == "EXCEPT":
                continue
        elif token.type in ("STOP", "SEMICOLON"):
            if token.type == "STOP" and not _stops(tokens, index):
                continue
            if depth or (token.type == "SEMICOLON" and lists(current) and [t.type for t in tokens[index + 2 : index + 3]] != ["COLON"]):
                become(token, "COMMA", ",")
            else:
                sentences.append((current, "." if token.type == "STOP" else ";"))
                current = []
                continue
        current.append(token)
    for _ in range(depth):
        current = _without_open_paren(current)
    sentences.append((current, ""))
    return with_label(with_verb(with_last_time(with_times(sentences)))) if len(sentences) > 1 else sentences


def _notes(token: Token, before: list[Token]) -> bool:
    """Whether a note begins, after what asks something."""
    return token.type == "FILLER" and token.text.lower().startswith(_NOTES) and any(one.type != "FILLER" for one in before)


def _stops(tokens: list[Token], index: int) -> bool:
    """Whether a full stop ends a sentence: what follows begins in no lower case, after a space or as "last dose.Female subjects" does."""
    if index + 1 == len(tokens) or tokens[index].value == "\n":
        return True
    following = tokens[index + 1]
    return (following.start > tokens[index].end or run_on(tokens, index)) and not following.text[:1].islower()


def _without_open_paren(tokens: list[Token]) -> list[Token]:
    """The tokens without the last opening; "(within 7 days (within 3 weeks of …)" with the times apart."""
    first, last = ([-1, -1] + [index for index, token in enumerate(tokens) if token.type == "LPAR"])[-2:]
    if last < 0:
        return tokens
    if first >= 0 and tokens[-1].type == "RPAR" and tokens[first + 1].type == tokens[last + 1].type == "WITHIN":
        return [*tokens[:last], Token("RPAR", ")", tokens[last].start, tokens[last].start), *tokens[last:]]
    return tokens[:last] + tokens[last + 1 :]


_WHOLE: tuple[Pass, ...] = (
    (frozenset({"METHOD", "BY", "LPAR", "WORDS"}), corrected_by),
    (frozenset({"METHOD"}), without_examinations),
    (frozenset({"UNIT"}), since_menopause),
    (frozenset({"WORDS"}), idle_nouns),
    (frozenset({"EXCEPT"}), any_cause),
    (frozenset({"EXCEPT", "THAT", "CONCEPT"}), late_exceptions),
    (frozenset({"KNOWN"}), or_its_signs),
    (frozenset({"REQUIRING"}), required_too),
    (frozenset({"COMPARE"}), inclusive),
    (frozenset({"SLASH"}), unknown_units),
    (frozenset({"SLASH"}), full_scores),
    (frozenset({"COLON"}), with_following),
    (frozenset({"EXCLUDED"}), without_titles),
    (frozenset({"THAT", "WORDS", "REQUIRING"}), one_of_which),
    (frozenset({"ANY_OF"}), any_of),
    (frozenset({"NUMBER"}), study_days),
    (frozenset({"BETWEEN", "SINCE", "DUE_TO"}), elapsed),
    (frozenset({"LAST", "WITHIN", "HISTORY", "RECENT"}), led_by_time),
    (frozenset({"NUMBER"}), cycles),
    (frozenset({"BETWEEN"}), between),
    (frozenset({"LIMIT"}), limit_told),
    (frozenset({"WITHIN", "COMPARE", "PROGRESSED"}), setbacks),
    (frozenset({"DONE"}), all_completed),
    (frozenset({"EVENT", "START", "AGENT", "DONE", "ASIDE", "NUMBER", "UNIT"}), events),
    (frozenset({"OR_COMPARE", "COMPARE_AFTER"}), split_alternatives),
)
