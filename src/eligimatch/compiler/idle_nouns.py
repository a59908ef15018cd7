"""Idle nouns: words after a name that add nothing to it: "corticosteroid use", "cancer diagnosis"; a noun that goes without saying."""

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
        if before.type == "WORDS" and before.text.lower() == "extra" and token.names and token.start == before.end + 1:
            become(token, "WORDS", "")  # "extra-osseous lesion": none of the bone
            token.kind, token.names = "", ()
    return tokens


def or_its_signs(tokens: list[Token]) -> list[Token]:
    """ "previous infection or signs consistent with hepatitis B": one of what the signs are of, not any infection."""
    for index in range(len(tokens) - 3):
        before, infection, joined, known = tokens[index : index + 4]
        signs = known.type == "KNOWN" and known.text.lower().endswith("consistent with")
        once = before.type == "HISTORY" and infection.names[:1] == ("infection",)  # an active one may be any
        if signs and once and joined.type in ("OR", "ANDOR", "SLASH"):
            become(infection, "FILLER", "")
            become(joined, "FILLER", "")
    return tokens


def any_cause(tokens: list[Token]) -> list[Token]:
    """ "anemia due to any cause other than X": beside X, what it is due to is for a person to judge."""
    for token, following in pairwise(tokens):
        if token.type == "FILLER" and following.type == "EXCEPT" and token.text.lower().endswith(_CAUSES):
            become(token, "JUDGED", "")
    return tokens


_CAUSES = ("any cause", "any etiology", "any origin")


def understood_disease(tokens: list[Token]) -> list[Token]:
    """ "relapsed or refractory | after two prior therapies": of the disease, which goes without saying."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        before = out[-1] if out else None
        told = token.type == "AFTER" and [one.type for one in tokens[index + 1 : index + 2]] in (["COMPARE"], ["NUMBER"])
        out.append(token)
        alone = [one.type for one in out[-3:-2]] in ([], ["COMMA"], ["AND"], ["WITH"], ["THAT"])
        if told and before is not None and before.type == "COURSE" and alone and any(course in str(before.value) for course in _SET_BACK):
            disease = Token("CONCEPT", "condition", token.start, token.start, ("disease",))
            disease.text = "disease"
            out.insert(-1, disease)
    return out


_SET_BACK = ("relapsed", "refractory", "recurrent", "progressive")


def apart_from_denial(tokens: list[Token]) -> list[Token]:
    """ "unless stable for 4 weeks | without steroids": the disease is stable, not the steroids."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        row = [one.type for one in out]
        at = len(row) - 1 - next((size for size in (4, 3) if row[-size:] in (["FOR", "COMPARE", "NUMBER", "UNIT"], ["FOR", "NUMBER", "UNIT"])), 0)
        alone = at >= 0 and row[at] == "COURSE" and (not at or row[at - 1] in _BEFORE_QUALITY)
        if token.type == "NOT" and alone and token.text.lower() in _FREE_OF and following is not None and following.kind == "treatment":
            out.append(Token("AND", "and", token.start, token.start))
        out.append(token)
    return out


_BEFORE_QUALITY = frozenset({"AND", "OR", "COMMA", "THAT", "UNLESS", "IF", "PROVIDED", "MUST"})
_FREE_OF = ("without", "off", "off of", "not on", "not requiring", "not receiving", "not taking", "without requiring")
