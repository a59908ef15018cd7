"""Fitness: "cisplatin-ineligible", "surgery is indicated": what someone is judged fit for or in need of, no ban and no permission."""

from __future__ import annotations

import re
from itertools import takewhile

from eligimatch.compiler.rules import each_member
from eligimatch.compiler.terminals import LINKS, MODALS, TAILS, become
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, AnyOf, Rule, Statement

_TREATED = frozenset({"treatment", "operation"})
_ADJECTIVES = frozenset({"FILLER", "INTENT", "ROUTE", "COURSE", "JUDGED", "KNOWN", "SEVERITY", "OTHER", "CURRENT"})
_NAMED_BEFORE = frozenset({"FILLER", "FOR", "STUDY", "INTENT", "ROUTE", "OR", "AND", "ANDOR", "SLASH", "OF"})
_FIT = frozenset({"eligible", "ineligible", "eligible patients", "eligible participants", "eligible subjects"})
_BEFORE_FIT = LINKS | {"FILLER", "SAYS", "STOP", "SEMICOLON", "LPAR"}
_INDICATED = re.compile(r"(?:(?:is|are|was|were) )?indicated", re.IGNORECASE)


def unfit(tokens: list[Token]) -> list[Token]:
    """ "are not eligible for transplant": no ban, but what a person judges of the patient."""
    tokens = _fit(tokens)
    for index, token in enumerate(tokens[:-2]):
        if token.type != "EXCLUDED" or not _FITNESS.search(token.text) or tokens[index + 1].text.lower() not in _FIT_FOR:
            continue
        following = next((later for later in tokens[index + 2 :] if later.type not in _ADJECTIVES), token)
        if following.type == "CONCEPT" and following.kind in _TREATED and following.text.lower() not in ("treatment", "therapy"):
            become(token, "SAYS", "no")
    return tokens


_FIT_FOR = frozenset({"for", "to", "to receive", "to undergo"})
_FITNESS = re.compile(r"ineligible|not eligible", re.IGNORECASE)


def _fit(tokens: list[Token]) -> list[Token]:
    """ "cisplatin-ineligible", "transplant-eligible myeloma": no ban and no permission, but what a person judges of the patient."""
    for at in range(len(tokens) - 1, 0, -1):
        given, fit = tokens[at - 1 : at + 1]
        before = tokens[at - 2].type if at > 1 else "THAT"
        after = tokens[at + 1].type if at + 1 < len(tokens) else "THAT"
        if fit.text.lower() not in _FIT or given.kind not in _TREATED or before not in _BEFORE_FIT or given.names[0] == "treatment":
            continue
        said = Token("STATEMENT", "can", given.start, fit.end)
        said.text = given.text
        apart = [Token("AND", "and", fit.end, fit.end)] if after in ("CONCEPT", "NEW", "COURSE", "KNOWN") else []
        if after in LINKS | {"THAT", "STOP", "SEMICOLON", "RPAR", "FILLER"} or apart:
            tokens = [*tokens[: at - 1], said, *apart, *tokens[at + 1 :]]
    return tokens


def of_organs(rule: Rule, text: str) -> Rule:
    """ "adequate bone marrow, renal, and hepatic function": one thing that a person judges, not "renal" by itself; the same said again, once."""
    rule = each_member(rule, lambda member: of_organs(member, text))
    if not isinstance(rule, (AllOf, AnyOf)):
        return rule
    at = next((index for index, one in enumerate(rule.rules) if isinstance(one, Statement) and _ADEQUATE.search(one.topic)), len(rule.rules))
    said = list(takewhile(lambda one: isinstance(one, Statement), rule.rules[at:]))
    last = max((index for index, one in enumerate(said) if isinstance(one, Statement) and _FUNCTION.search(one.topic)), default=0)
    same = len(said) > 1 and len({one.topic for one in said if isinstance(one, Statement)}) == 1
    first = said[0] if same or last else rule
    if not isinstance(first, Statement) or (not same and _FUNCTION.search(first.topic)):
        return rule
    span = first.span if same else first.span.cover(said[last].span)
    words = " ".join(text[span.start : span.end].split()).strip(" ,;:.")
    if not same and not words.startswith(first.topic):
        return rule
    whole = first if same else Statement(topic=words, span=span)
    members = (*rule.rules[:at], whole, *rule.rules[at + (len(said) if same else last + 1) :])
    return members[0] if len(members) == 1 else rule.model_copy(update={"rules": members})


_ADEQUATE = re.compile(r"\b(?:adequate|acceptable|sufficient|normal|satisfactory|preserved)\b", re.IGNORECASE)
_FUNCTION = re.compile(r"\b(?:functions?|reserves?)$", re.IGNORECASE)


def indicated(tokens: list[Token]) -> list[Token]:
    """ "Radiotherapy or chemotherapy for the tumor is indicated": what a person judges, whether it was begun or not."""
    at = next((index for index, token in enumerate(tokens) if token.type in ("WORDS", "SAYS") and _INDICATED.fullmatch(token.text)), 0)
    named = [token for token in tokens[:at] if token.type not in _NAMED_BEFORE]
    treated = bool(named) and named[0].kind in _TREATED and all(token.kind in _TREATED | {"condition"} for token in named)
    if not treated or tokens[at - 1].type == "COMMA":
        return tokens
    end = next((index for index in range(at, len(tokens)) if tokens[index].type in LINKS | TAILS | MODALS | {"LPAR", "SEMICOLON"}), len(tokens))
    said = Token("STATEMENT", "can", tokens[0].start, tokens[end - 1].end)
    said.text = tokens[0].text
    return [said, *tokens[end:]]


def is_planned(tokens: list[Token]) -> list[Token]:
    """ "Surgery or chemotherapy is planned" as "planned surgery or chemotherapy"."""
    for at in range(1, len(tokens)):
        following = tokens[at + 1].type if at + 1 < len(tokens) else "STOP"
        if tokens[at].type != "PLANNED" or not _IS_PLANNED.fullmatch(tokens[at].text) or following not in _AFTER_PLAN:
            continue
        first = at
        while first and (tokens[first - 1].type in _NAMED_BEFORE or tokens[first - 1].kind in _TREATED):
            first -= 1
        while tokens[first].type in LINKS:
            first += 1
        opened = first == 0 or tokens[first - 1].type in LINKS | {"STOP", "SEMICOLON"}
        if opened and any(token.kind in _TREATED for token in tokens[first:at]):
            tokens = [*tokens[:first], tokens[at], *tokens[first:at], *tokens[at + 1 :]]
    return tokens


_IS_PLANNED = re.compile(r"(?:(?:is|are|will be) )?(?:planned|scheduled)", re.IGNORECASE)
_AFTER_PLAN = LINKS | TAILS | {"STOP", "SEMICOLON", "WITHIN", "RECENT", "DURING", "RPAR", "JUDGES"}
