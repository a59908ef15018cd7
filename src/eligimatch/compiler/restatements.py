"""Restatements: what a quality or a number means, said once more beside it: "if stable, i.e. without progression"."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_GIVEN = frozenset({"treatment", "operation", "procedure"})
_AS_SHOWN = ("as indicated", "indicated", "as evidenced", "evidenced", "as shown", "shown", "as demonstrated", "demonstrated", "as documented")


def restated(tokens: list[Token]) -> list[Token]:
    """ "if stable, i.e. without progression": what the quality means is asked beside it; "as shown by ALT > 3 × ULN" defines."""
    for index, token in enumerate(tokens[1:-1], start=1):
        measured = token.type == "BY" and tokens[index + 1].kind in ("analyte", "score") and token.text.lower().startswith(_AS_SHOWN)
        if measured and any(after.type in ("COMPARE", "COMPARE_AFTER") for after in tokens[index + 2 :]):
            become(token, "DEFINED", "defined")
        before = tokens[index - 2 if tokens[index - 1].type == "COMMA" and index > 1 else index - 1]
        quality = before.type in ("COURSE", "JUDGED") and tokens[index + 1].type == "NOT"
        if token.type == "INCLUDING" and quality and token.text.lower() in ("i.e", "i.e.", "ie", "that is") and _conditions(tokens[:index]):
            become(token, "COMMA", ",")
        if token.type == "LPAR" and before.type == "COURSE" and tokens[index + 1].type == "NOT" and _conditions(tokens[:index]):
            _opened_up(tokens, index)
    return tokens


def _opened_up(tokens: list[Token], at: int) -> None:
    """ "if stable (without progression) and …": the parentheses that begin here as commas, where they hold no others."""
    end = next((index for index in range(at + 1, len(tokens)) if tokens[index].type in ("LPAR", "RPAR")), at)
    if tokens[end].type == "RPAR":
        become(tokens[at], "COMMA", ",")
        become(tokens[end], "COMMA", ",")


def _conditions(tokens: list[Token]) -> bool:
    return any(token.type in ("IF", "PROVIDED", "UNLESS") for token in tokens)


def when_after(tokens: list[Token]) -> list[Token]:
    """ "bariatric surgery, previous or planned" as "previous or planned bariatric surgery"."""
    at = next((index for index, token in enumerate(tokens) if token.type == "COMMA"), 0)
    when = tokens[at + 1 : at + 4]
    told = [token.type for token in when[1:]] == ["OR", "PLANNED"] and when[0].type in ("HISTORY", "CURRENT")
    alone = told and [token.kind in _GIVEN for token in tokens[:at] if token.type != "FILLER"] == [True]
    timed = all(token.type in ("DURING", "IN") for token in tokens[at + 4 : at + 5])
    return [*when, *tokens[:at], *tokens[at + 4 :]] if alone and timed else tokens


def it_named(tokens: list[Token]) -> list[Token]:
    """ "if X was given, it must have been more than 100 days before": X must have been."""
    for index in range(2, len(tokens) - 1):
        token, following = tokens[index], tokens[index + 1]
        pronoun = token.type == "FILLER" and token.text.lower() in ("it", "this", "these", "they")
        if not pronoun or following.type != "MUST" or tokens[index - 1].type != "COMMA" or tokens[0].type != "IF":
            continue
        named = [one for one in tokens[:index] if one.kind in ("treatment", "operation")]
        if len(named) == 1:
            again = copy(named[0])
            again.start, again.end = token.start, token.end
            return [*tokens[:index], again, *tokens[index + 1 :]]
    return tokens


def on_either(tokens: list[Token]) -> list[Token]:
    """ "a procedure on either breast": where it was done."""
    for index in range(1, len(tokens) - 1):
        on, site = tokens[index - 1], tokens[index + 1]
        if tokens[index].type == "EITHER" and on.type == "BY" and on.text.lower() == "on" and site.kind == "site":
            become(on, "IN", "in")
    return tokens
