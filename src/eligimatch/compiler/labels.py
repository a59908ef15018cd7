"""Labels: what stands before a colon and only says where a limit belongs: an organ, a step of the study, the sex."""

from __future__ import annotations

import re

from eligimatch.compiler.signs import PEOPLE
from eligimatch.compiler.terminals import LINKS, MODALS, become
from eligimatch.compiler.tokens import Token

_LABEL = re.compile(
    r"(?:adequate |normal |acceptable |sufficient )?(?:hepatic|liver|renal|kidney|ha?ematologic(?:al)?|ha?ematopoietic|ha?ematology|bone marrow"
    r"|marrow|blood|cardiac|cardiovascular"
    r"|pulmonary|respiratory|lung|coagulation|clotting|endocrine|metabolic|biochemi\w+|chemistry|laboratory|organ|thyroid|pancreatic|blood routine"
    r"|blood biochemistry|routine blood|urine|urinalysis|biological)"
    r"(?: (?:function|system|status|tests?|examination|values?|parameters?|panel|chemistry|routine|count|counts|criteria|requirements?|reserve))*",
    re.IGNORECASE,
)
_IN_PARENTHESES = re.compile(r" \((?= ?[a-z]+ \)$)[^()]*\)$", re.IGNORECASE)
"""The organ whose values they are: "laboratory values (renal): …"."""
_REPRODUCTION = re.compile(
    r"(?:pregnancy|contraception|lactation|breast[ -]?feeding|birth control|fertility|reproductive|childbearing)"
    r"(?:(?: ?/ ?| and | or | & )(?:pregnancy|contraception|lactation|breast[ -]?feeding|birth control|fertility))*"
    r"(?: (?:status|potential|requirements?|criteria|health|testing))?",
    re.IGNORECASE,
)
_REPRODUCTIVE = frozenset({"pregnant", "breastfeeding", "using contraception", "woman of childbearing potential"})
_SEX = re.compile(r"(?:biological |birth )?(?:sex|gender)(?: at birth)?(?:/(?:sex|gender))?", re.IGNORECASE)
_CRITERIA = re.compile(r"(?:related |specific )?(?:criteria|criterion|requirements?|status|considerations?)", re.IGNORECASE)
_TITLE = 4
"""Words, names and links that a title has at most."""
_TITLING = LINKS | {"CONCEPT", "WORDS", "SLASH", "CURRENT", "HISTORY"}
_APART = frozenset({"COMMA", "COLON", "DASH"})
_GIVEN = frozenset({"treatment", "operation", "procedure"})
_HAD = re.compile(r"\b(?:received|had|taken|undergone)$", re.IGNORECASE)
_BEFORE_NAME = frozenset({"FILLER", "HISTORY", "RECEIVED", "OTHER", "ROUTE", "INTENT", "COURSE", "SCOPE"})
_DASHES = ("-", "–", "—")
_STEP = re.compile(
    r"(?:(?:pre|re)[ -]?)?(?:registration|randomi[sz]ation|enrol?lment)|steps? ?\d(?: (?:registration|randomi[sz]ation|eligibility|criteria))*"
    r"|study treatment|screening|baseline|required|mandatory",
    re.IGNORECASE,
)

_PHASE = re.compile(
    r"(?:re-?)?(?:consolidation|induction|maintenance|intensification|continuation)(?: (?:phase|treatment|therapy|part|period))?", re.IGNORECASE
)


def unlabelled(tokens: list[Token]) -> list[Token]:
    """A limit without the organ or the step of the study that it stands under: "Hepatic: …", "Step 2: …", "Sex: …"."""
    tokens = _without_next(_of_range(tokens))
    if len(tokens) > 1 and tokens[1].type == "COMMA" and tokens[1].text in _DASHES and _STEP.fullmatch(tokens[0].text):
        return tokens[2:]  # "Step 2 - …"
    if len(tokens) > 3 and tokens[0].text.lower() == "performance status" and tokens[1].type in ("COLON", "COMMA"):
        scored = tokens[2].kind == "score"  # "Performance status: Karnofsky 60-100%", "Performance status - WHO 0-2"
        return tokens[2:] if scored else [tokens[0], *tokens[3:]] if tokens[2].text == "WHO" else tokens
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON"), 0)
    label = _IN_PARENTHESES.sub("", " ".join(token.text for token in tokens[:at]))
    if at and (_STEP.fullmatch(label) or (_SEX.fullmatch(label) and tokens[at + 1 :])):
        return tokens[at + 1 :]
    if at and _REPRODUCTION.fullmatch(label) and any(_of_reproduction(token) for token in tokens[at + 1 :]):
        return tokens[at + 1 :]
    if at == 1 and tokens[0].value == "untreated" and tokens[2:] and tokens[2].type == "NOT":
        return tokens[2:]  # "Treatment-naive: no prior chemotherapy": what it means here
    if at and tokens[at + 2 :] and tokens[at + 1].type == "NOT" and _names_denied(tokens[:at], tokens[at + 2 :]):
        return tokens[at + 1 :]
    if at and tokens[at + 1 : at + 2] and tokens[at + 1].type in ("MUST", "MUST_NOT") and _only_treatments(tokens[:at]):
        named = next((token for token in tokens[at + 2 :] if token.type not in _BEFORE_NAME), None)
        itself = _HAD.search(tokens[at + 1].text) and named and named.kind in _GIVEN  # "Radiation: must not have received small port radiation"
        return tokens[at + 1 :] if itself else tokens[:at] + tokens[at + 1 :]  # "Chemotherapy: must not have been given within 3 weeks"
    if at and tokens[at + 1 :] and (_phase(tokens[:at]) or _PHASE.fullmatch(label)):
        become(tokens[at], "THEN", ":")
        return [Token("IF", "if", tokens[0].start, tokens[0].start), *tokens]  # "Maintenance treatment: hemoglobin ≥ 7"
    limited = at and any(token.type in ("COMPARE", "NORMAL", "LIMIT") for token in tokens[at:])
    if limited and (_LABEL.fullmatch(label) or _names_test(tokens[:at])):
        return tokens[at + 1 :]
    return tokens


def _phase(label: list[Token]) -> bool:
    """ "Study maintenance treatment": what is given after something else, to some."""
    rest = [token for token in label if token.type not in ("EVENT", "INTENT", "FILLER")]
    return any(token.type == "INTENT" for token in label) and all("treatment" in token.names for token in rest)


def _names_test(label: list[Token]) -> bool:
    """ "12-lead electrocardiogram: QTcF < 450 ms": how the number is come by."""
    named = [token for token in label if token.type == "CONCEPT"]
    return len(named) == 1 and named[0].kind == "procedure" and named[0] is label[-1] and all(t in named or t.type in _IDLE_OF_TEST for t in label)


_IDLE_OF_TEST = frozenset({"FILLER", "WORDS", "NUMBER"})


def without_titles(tokens: list[Token]) -> list[Token]:
    """ "Investigational drugs: Patients who receive … are not eligible": a sentence that says all by itself, without its title.

    Also, a kind of what is asked that is not let in is a sentence of its own.
    """
    out: list[Token] = []
    begun = 0
    for index, token in enumerate(tokens):
        people = index + 1 < len(tokens) and tokens[index + 1].type == "FILLER" and tokens[index + 1].text in PEOPLE
        if token.type == "COLON" and people and 0 < len(out) - begun <= _TITLE and all(one.type in _TITLING for one in out[begun:]):
            modal = next((later.type for later in tokens[index:] if later.type in MODALS or later.type == "STOP"), "")
            if modal == "EXCLUDED":
                del out[begun:]
                continue
        out.append(token)
        begun = len(out) if token.type in ("STOP", "SEMICOLON") else begun
    return _kinds_apart(out)


def _kinds_apart(tokens: list[Token]) -> list[Token]:
    """ "Advanced melanoma - uveal melanoma is excluded": as after a semicolon."""
    begun = 0
    for index, token in enumerate(tokens):
        if token.type in ("STOP", "SEMICOLON"):
            begun = index + 1
        elif token.type == "EXCLUDED":
            at = next((at for at in range(index - 1, begun, -1) if tokens[at].type in _APART), begun)
            if _of_kind(tokens[begun:at], tokens[at + 1 : index]):
                become(tokens[at], "SEMICOLON", ";")
    return tokens


def _of_kind(asked: list[Token], kind: list[Token]) -> bool:
    """Whether a name ends with the one before it, of which more is told than a title tells, or that was seen under the microscope."""
    names = [[token for token in part if token.type == "CONCEPT"] for part in (asked, kind)]
    if not all(names) or all(token.type in _TITLING for token in asked) or any(token.type in LINKS for token in kind[:1]):
        return False
    biopsied = any(token.type == "EVIDENCE" for token in asked)
    return biopsied or names[1][0].text.lower().endswith(f" {names[0][-1].text.lower()}")


def _of_reproduction(token: Token) -> bool:
    """Whether a word says again what the label says: "Pregnancy: pregnant or nursing women"."""
    return token.kind == "group" and not _REPRODUCTIVE.isdisjoint(token.names)


def _without_next(tokens: list[Token]) -> list[Token]:
    """ "Albumin ≥ 3 g/dL Renal": without the label of what stands under the next heading."""
    if len(tokens) < 3 or tokens[-2].type not in ("UNIT", "LIMIT") or not tokens[-1].text[:1].isupper():
        return tokens
    return tokens[:-1] if tokens[-1].type in ("CONCEPT", "WORDS") and _LABEL.fullmatch(tokens[-1].text) else tokens


def _of_range(tokens: list[Token]) -> list[Token]:
    """ "Bilirubin: within normal limits": a range is told of the number before the colon."""
    around = zip(tokens, tokens[1:], tokens[2:], strict=False)
    idle = {id(colon) for name, colon, value in around if colon.type in ("COLON", "DASH") and name.kind == "analyte" and value.type == "NORMAL"}
    return [token for token in tokens if id(token) not in idle] if idle else tokens


def _names_denied(label: list[Token], denied: list[Token]) -> bool:
    """ "Infection: no active infection", "Infectious disease criteria: no …": what there is none of, or only where it stands."""
    named = [token for token in label if token.type == "CONCEPT"]
    again = {name for token in denied for name in token.names}
    rest = all(token in named or token.type == "FILLER" or _CRITERIA.fullmatch(token.text) for token in label)
    return len(named) == 1 and rest and (label[-1] is not named[0] or bool(again.intersection(named[0].names)))


def _only_treatments(tokens: list[Token]) -> bool:
    return all(token.type in LINKS or token.kind in _GIVEN for token in tokens)
