"""Told after a name: "brain metastases: symptomatic, unstable, or requiring steroids" names one disease and asks in which states."""

from __future__ import annotations

from copy import copy
from itertools import groupby

from eligimatch.compiler.terminals import LINKS
from eligimatch.compiler.tokens import Token

_BEFORE_NOUN = frozenset({"COURSE", "SEVERITY", "JUDGED", "NEW", "CURRENT", "INTENT"})
_AFTER_NOUN = frozenset({"REQUIRING", "WITH", "GRADE", "STAGE", "RECEIVED", "TREATMENT_WITH", "DUE_TO"})
_HELD_APART = frozenset({"COMMA", "OR", "AND", "ANDOR"})
_NOUNS = frozenset({"CONCEPT", "WORDS", "STUDY", "SAYS", "SCORE"})


def told_after_name(tokens: list[Token]) -> list[Token]:
    """The tokens with the disease before the colon said in each member that tells of it, where the first one does; before a comma, if all do."""
    if len(tokens) < 3 or tokens[0].kind != "condition" or not (_tells(tokens[2:]) if tokens[1].type == "COLON" else _all_tell(tokens[1:])):
        return tokens
    noun, out = tokens[0], list[Token]()
    at = 2
    while at < len(tokens):
        end = next((index for index in range(at, len(tokens)) if tokens[index].type in _HELD_APART), len(tokens))
        out += _with_noun(tokens[at:end], noun)
        while end < len(tokens) and tokens[end].type in LINKS:
            out.append(tokens[end])
            end += 1
        at = end
    return out


def _tells(tokens: list[Token]) -> bool:
    """Whether the first member is of qualities alone."""
    first = next((index for index, token in enumerate(tokens) if token.type not in _BEFORE_NOUN), len(tokens))
    return bool(first) and (first == len(tokens) or tokens[first].type not in _NOUNS)


def _all_tell(tokens: list[Token]) -> bool:
    """Whether ", symptomatic or requiring steroids" is of qualities alone, one of which will do."""
    if tokens[0].type != "COMMA" or not any(token.type == "OR" for token in tokens) or not _tells(tokens[1:]):
        return False
    members = [list(group) for held, group in groupby(tokens[1:], lambda token: token.type in LINKS) if not held]
    return len(members) > 1 and members[-1][0].type == "REQUIRING" and all(map(_of_qualities, members))


def _of_qualities(member: list[Token]) -> bool:
    return member[0].type == "REQUIRING" or all(token.type in _BEFORE_NOUN for token in member)


def _with_noun(member: list[Token], noun: Token) -> list[Token]:
    """The qualities with their noun; what has a noun of its own as it is."""
    first = next((index for index, token in enumerate(member) if token.type not in _BEFORE_NOUN), len(member))
    if not member or (first < len(member) and (member[first].type in _NOUNS or (not first and member[first].type not in _AFTER_NOUN))):
        return member
    again = copy(noun)
    again.start = again.end = member[first - 1].end if first else member[0].start
    return [*member[:first], again, *member[first:]]
