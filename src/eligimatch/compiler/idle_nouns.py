"""Idle nouns: words after a name that add nothing to it: "corticosteroid use", "cancer diagnosis", "biopsy procedure"."""

from __future__ import annotations

from itertools import pairwise

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_GIVEN = (
    "use;usage;administration;exposure;intake;consumption;support;preparation;preparations;formulation;formulations;product;products;agent;agents"
    ";drug;drugs;treatment;treatments;therapy;therapies;medication;medications"
)
_IDLE = {
    "treatment": frozenset(_GIVEN.split(";")),
    "operation": frozenset({"procedure", "procedures", "operation", "operations", "technique", "techniques"}),
    "condition": frozenset({"diagnosis", "diagnoses", "type", "types", "subtype", "subtypes"}),
}
"""By the kind of what they follow."""
_GOES_ON = frozenset({"WORDS", "CONCEPT", "START", "AGENT", "EVENT"})


def idle_nouns(tokens: list[Token]) -> list[Token]:
    """The same tokens, such words without a meaning of their own where no further noun follows them."""
    for before, token, following in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        last = following is None or following.type not in _GOES_ON
        if last and token.type == "WORDS" and before.names and token.text.lower() in _IDLE.get(before.kind, ()):
            become(token, *(("KNOWN", "known") if token.text.lower().startswith("diagnos") else ("FILLER", "")))
    return tokens


def any_cause(tokens: list[Token]) -> list[Token]:
    """ "anemia due to any cause other than X": beside X, what it is due to is for a person to judge."""
    for token, following in pairwise(tokens):
        if token.type == "FILLER" and following.type == "EXCEPT" and token.text.lower().endswith(_CAUSES):
            become(token, "JUDGED", "")
    return tokens


_CAUSES = ("any cause", "any etiology", "any origin")
