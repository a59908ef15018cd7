"""Proofs: whether "biopsy" and the like are what proves a disease, or what was done; what a test showed."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import TAILS, may_be
from eligimatch.compiler.tokens import Token

_JOINS = frozenset({"OR", "AND", "ANDOR", "COMMA", "SLASH"})
_BETWEEN = _JOINS | {"FILLER"}
_OPENS_MEMBER = _JOINS | {"", "NOT", "HISTORY", "SEMICOLON", "STOP", "COLON", "SEVERITY", "EXCEPT", "INCLUDING"}
_SAYS_WHEN = frozenset({"WITHIN", "LAST", "BEFORE", "COMPARE", "SINCE", "AGO"})
_PROVES = ("BY", "DEFINED", "EVIDENCE")


def done(tokens: list[Token], index: int) -> bool:
    """Whether a procedure was done: "surgery or | biopsy | within 2 weeks", "prior | biopsy", "| biopsy | or infection"."""
    if tokens[index].kind != "procedure":
        return False
    before = next((token.type for token in reversed(tokens[:index]) if token.type != "FILLER"), "")
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before in _OPENS_MEMBER and after in _SAYS_WHEN:
        return True
    return (before in _JOINS or before == "HISTORY" or (before in _OPENS_MEMBER and after in _JOINS)) and not _proves(tokens, index)


def ails(tokens: list[Token], index: int) -> bool:
    """Whether "pathology" is an illness: "any other | pathology |", "| pathology | of the knee", "pathologies"."""
    word = tokens[index].text.lower()
    if word != "pathology":
        return word == "pathologies"
    before = tokens[index - 1] if index else None
    after = [token for token in tokens[index + 1 :] if token.type != "FILLER"][:2]
    if not _AFTER_ILLNESS.issuperset(token.type for token in after[:1]):
        return False
    placed = [token.type for token in after[:1]] in (["OF"], ["IN"]) and after[1:] != [] and after[1].kind == "site"
    named = before is not None and (before.type in _OF_ILLNESS or before.text.lower() in _SOME_ILLNESS)
    return named or (placed and (before is None or before.type in ("CURRENT", "HISTORY", "SEMICOLON", "STOP", "FILLER")))


_OF_ILLNESS = frozenset({"OTHER", "COURSE", "SEVERITY", "CURRENT", "NEW"})
_SOME_ILLNESS = frozenset("any;all;no;a;an;another;associated;underlying;concomitant;coexisting;known;organic;medical".split(";"))
_AFTER_ILLNESS = TAILS | _JOINS | {"STOP", "SEMICOLON", "LPAR", "RPAR", "THAT", "JUDGES", "OF", "IN", "WITH", "REQUIRING", "MUST"}


def _proves(tokens: list[Token], index: int) -> bool:
    """Whether its sentence speaks of proof before it, or a list of proofs goes on after it."""
    since = max((at for at in range(index) if tokens[at].type in ("STOP", "SEMICOLON")), default=-1)
    following = [token for token in tokens[index + 1 : index + 4] if token.type not in _BETWEEN]
    return any(may_be(token, type_) for token in (*tokens[since + 1 : index], *following[:1]) for type_ in _PROVES)


def beside_evidence(tokens: list[Token], index: int) -> bool:
    """ "histological, pathological or cytological": one proof of several."""
    before = next((token.type for token in reversed(tokens[:index]) if token.type not in _BETWEEN), "")
    after = next((token.type for token in tokens[index + 1 :] if token.type not in _BETWEEN), "")
    return "EVIDENCE" in (before, after)


def shown(tokens: list[Token]) -> list[Token]:
    """What a test showed, and how a disease was diagnosed, as words that a person answers."""
    return _diagnosed_by(_shows_that(tokens))


def _shows_that(tokens: list[Token]) -> list[Token]:
    """ "Imaging confirmed that the tumor does not invade X": what a test showed in a sentence of its own, for a person to say."""
    at = next((index for index, token in enumerate(tokens) if token.type == "THAT" and token.text.lower().startswith("that")), 0)
    before = [token for token in tokens[:at] if token.type not in ("FILLER", "INTENT", "ROUTE")]
    tested = bool(before) and (before[0].type == "EVIDENCE" or before[0].kind == "procedure")
    if not tested or at + 2 > len(tokens) or not _SHOWING.search(before[-1].text) or len(before) > _TEST_AND_VERB:
        return tokens
    end = next((index for index in range(at, len(tokens)) if tokens[index].type in TAILS | {"STOP", "SEMICOLON"}), len(tokens))
    said = Token("STATEMENT", "can", tokens[0].start, tokens[end - 1].end)
    said.text = tokens[0].text
    return [said, *tokens[end:]]


_SHOWING = re.compile(r"(?:confirm|show|demonstrate|indicate|suggest|reveal|prove)(?:s|n|ed|d)?$", re.IGNORECASE)
_TEST_AND_VERB = 2


def _diagnosed_by(tokens: list[Token]) -> list[Token]:
    """ "Diagnosis of endometriosis: laparoscopy or MRI": how it was diagnosed, for a person to say, and no test that is asked for itself."""
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON"), len(tokens))
    before, after = tokens[:at], [token for token in tokens[at + 1 :] if token.type not in _BETWEEN | {"WITH", "SIDE", "ROUTE"}]
    diagnosed = any(token.type in ("KNOWN", "EVIDENCE") for token in before) and any(token.kind == "condition" for token in before)
    if not diagnosed or not after or not all(token.type in ("EVIDENCE", "METHOD") or token.kind in ("procedure", "operation") for token in after):
        return tokens
    judged = Token("JUDGEMENT", "", tokens[at].start, tokens[-1].end)
    judged.text = tokens[at].text
    return [*before, judged]
