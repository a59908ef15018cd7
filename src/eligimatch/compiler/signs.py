"""Signs: dashes, pluses and Roman numerals by what stands around them: a range, a minus, a result, a step of a test, a grade."""

from __future__ import annotations

import re
from itertools import takewhile

from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token

_BETWEEN_STEPS = frozenset({"NUMBER", "UNIT", "PLUS", "OR", "SLASH", "COMMA", "OF", "FILLER"})


def dash(tokens: list[Token], index: int) -> None:
    """A dash that joins no word: "18 - 65", "< -2.5", "HBsAg (-)"."""
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before == "LPAR" and after == "RPAR":
        _sign(tokens, index, "negative")
    elif _minus(tokens, index):
        become(token, "FILLER", "")
        tokens[index + 1].value, tokens[index + 1].start = -float(str(tokens[index + 1].value)), token.start
    elif before in ("NUMBER", "UNIT") and after == "NUMBER":
        become(token, "THROUGH", "to")
    elif before == "CONCEPT" and _suspended(tokens, index):
        become(token, "FILLER", "")
    elif before == "CONCEPT" and token.start == tokens[index - 1].end and tokens[index - 1].names:
        goes_on = after == "WORDS" and tokens[index - 1].kind == "condition" and tokens[index + 1].start - token.end == 1  # "… syndrome- coronavirus"
        become(token, "RESULT", "negative") if _ends_word(tokens, index) and not goes_on else become(token, "COMMA", ",")
    else:
        become(token, "COMMA", ",")


def _suspended(tokens: list[Token], index: int) -> bool:
    """ "EGFR- or ALK-mutated": whether the dash stands for the result after the next marker."""
    link, marker, result = (tokens[index + 1 : index + 4] + [None] * 3)[:3]
    joined = link is not None and link.type in ("OR", "ANDOR") and tokens[index - 1].end == tokens[index].start
    return joined and marker is not None and marker.type == "CONCEPT" and result is not None and result.start == marker.end + (result.type != "DASH")


def inclusive(tokens: list[Token]) -> list[Token]:
    """ "over 18 years of age, inclusive": the number itself belongs to it."""
    for index, token in enumerate(tokens):
        if token.type != "FILLER" or not token.text.lower().startswith("inclusive"):
            continue
        at = index - 1
        while at >= 0 and tokens[at].type in ("NUMBER", "UNIT", "COMMA", "FILLER", "LPAR", "AND", "COMPARE"):
            if tokens[at].type == "COMPARE" and tokens[at].value in ("<", ">"):
                tokens[at].value = f"{tokens[at].value}="
            at -= 1
    return tokens


def _minus(tokens: list[Token], index: int) -> bool:
    """ "T-score < | -2.5", "between -2.5 and -1": a number below zero; of "myopia greater than -6 diopters" the sign is not meant."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    before = next((token for token in reversed(tokens[:index]) if token.type != "FILLER"), None)
    if after is None or after.type != "NUMBER" or after.start != tokens[index].end or before is None or before.end == tokens[index].start:
        return before is not None and before.type == "COMPARE" and not before.text[:1].isalpha() and after is not None and after.type == "NUMBER"
    if before.type == "COMPARE":
        return not (before.text[:1].isalpha() and index + 2 < len(tokens) and tokens[index + 2].value == "diopter")
    ranged = any(token.type == "BETWEEN" or (token.type == "NUMBER" and float(str(token.value)) < 0) for token in tokens[max(index - 4, 0) : index])
    return before.type == "BETWEEN" or (before.type in ("AND", "TO", "THROUGH") and ranged)


def plus(tokens: list[Token], index: int) -> None:
    """A plus: "65+", "2+", "ER+", "X + Y"."""
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    if before == "NUMBER" and index > 1 and tokens[index - 2].type == "COMPARE" and token.start == tokens[index - 1].end:
        become(token, "UNIT", "+")  # "≥ 2+" of a dipstick
    elif before == "NUMBER" and _graded(tokens, index):
        become(token, "UNIT", "+")  # "urine protein 2+", "IHC 1+ or 2+"
    elif before == "STAGE":
        become(token, "WORDS", "+")  # "stage III+": which stages are worse is not read
    elif before == "LPAR" and index + 1 < len(tokens) and tokens[index + 1].type == "RPAR":
        _sign(tokens, index, "positive")
    elif before in ("NUMBER", "UNIT"):
        become(token, "COMPARE_AFTER", ">=")
    elif before == "CONCEPT" and token.start == tokens[index - 1].end:
        become(token, "RESULT", "positive")
    else:
        become(token, "AND", "and")


def _graded(tokens: list[Token], index: int) -> bool:
    """Whether a plus is of the step of a test that is read by eye, 1+ to 4+, whose name stands beside it: "IHC 2+ or 3+", "2+ proteinuria"."""
    number = tokens[index - 1]
    if number.value not in (1, 2, 3, 4) or tokens[index].start != number.end:
        return False
    if index + 1 < len(tokens) and tokens[index + 1].type == "UNIT":
        return False
    named = next((token for token in reversed(tokens[: index - 1]) if token.type not in _BETWEEN_STEPS), None)
    beside = [token for token in (named, tokens[index + 1] if index + 1 < len(tokens) else None) if token is not None]
    return any(token.kind == "analyte" or "proteinuria" in token.names for token in beside)


def _sign(tokens: list[Token], index: int, value: str) -> None:
    """ "HBsAg (+)": the result, without the parentheses."""
    become(tokens[index], "RESULT", value)
    for beside in (tokens[index - 1], tokens[index + 1]):
        become(beside, "FILLER", "")


def _ends_word(tokens: list[Token], index: int) -> bool:
    return index + 1 == len(tokens) or tokens[index + 1].start > tokens[index].end or tokens[index + 1].type != "WORDS"


def grade(tokens: list[Token], index: int) -> None:
    """ "grade III or IV", "grade > II": Roman numerals are numbers after it."""
    for at, token in enumerate(tokens[index + 1 : index + 6], start=index + 1):
        if ends := _ROMAN_RANGE.fullmatch(token.text):
            row = [Token("NUMBER", _ROMAN[ends[1]], token.start, token.start + len(ends[1])), Token("THROUGH", "to", token.start, token.end)]
            tokens[at : at + 1] = [*row, Token("NUMBER", _ROMAN[ends[2]], token.end - len(ends[2]), token.end)]
            return
        if token.text in _ROMAN:
            become(token, "NUMBER", _ROMAN[token.text])
            token.names, token.kind = (), ""
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if following and following.text in _ROMAN and following.start == token.end + 1:  # "II-IV": the second may be another word, too
                tokens.insert(at + 1, Token("THROUGH", "to", token.end, following.start))
        elif token.type not in _BETWEEN_GRADES:
            return


_ROMAN = {"I": 1.0, "II": 2.0, "III": 3.0, "IV": 4.0, "V": 5.0}
_ROMAN_RANGE = re.compile(r"(I{1,3}|IV)[-–/ ](I{1,3}|IV|V)")
_BETWEEN_GRADES = frozenset({"COMPARE", "OR", "AND", "ANDOR", "SLASH", "COMMA", "DASH", "THROUGH", "TO", "FILLER", "OF", "NUMBER", "COMPARE_AFTER"})


def without_any_grade(tokens: list[Token]) -> list[Token]:
    """ "neuropathy of any grade" without it; "any grade 4 toxicity" is of grade 4."""
    numbered = ("NUMBER", "COMPARE", "CHOICE", "BETWEEN")
    after = {index - 1 for index, token in enumerate(tokens) if token.type in numbered}
    return [token for index, token in enumerate(tokens) if token.type != "GRADE" or token.value != "any" or index in after]


def specifically(tokens: list[Token], index: int) -> None:
    """ "treatment specifically for gout": no example."""
    if tokens[index].text.lower() == "specifically" and index + 1 < len(tokens) and tokens[index + 1].type == "FOR":
        become(tokens[index], "FILLER", "")


def with_following(tokens: list[Token]) -> list[Token]:
    """ "patients with the following medical conditions: A or B": with A or B."""
    for at in range(len(tokens) - 2):
        word, noun, colon = tokens[at : at + 3]
        if word.type == "DEFINED" and word.text.lower().startswith("with") and noun.names[:1] == ("disease",) and colon.type == "COLON":
            return [*tokens[:at], Token("WITH", "with", word.start, word.end), *tokens[at + 3 :]]
    return tokens


PEOPLE = frozenset({"Patients", "Subjects", "Participants", "Individuals"})
_BEGINS = PEOPLE | {"With", "Without"}
_ENDS_LIMIT = frozenset({"RPAR", "NUMBER", "UNIT", "LIMIT"})


def unpunctuated(tokens: list[Token], index: int) -> bool:
    """ "… ≥ 9 g/dL (90 g/L) | Patients may be transfused": a sentence begins without a stop; "except: patients with X are eligible if" is one too."""
    token = tokens[index]
    if token.type != "EXCEPT" and token.kind != "group" and token.text not in _BEGINS:
        return False
    before, after = tokens[index - 1], [later.type for later in tokens[index + 1 : index + 2]]
    if token.type == "EXCEPT":
        rest = [later.type for later in takewhile(lambda later: later.type != "STOP", tokens[index + 1 :])]
        return after == ["COLON"] and "ELIGIBLE" in rest and bool({"IF", "PROVIDED"}.intersection(rest))
    if token.text in ("With", "Without") and before.type in _ENDS_LIMIT and tokens[0].text in ("With", "Without"):
        return "COLON" in {later.type for later in tokens[index + 1 : index + 6]}  # "Without X: ALT ≤ 3 With X: ALT ≤ 5"
    if token.kind == before.kind == "group" and token.text[1:2].islower() and token.text[:1].isupper():
        return True  # "Pregnancy or lactation Women not using contraception": a lost end of a line
    return token.text in PEOPLE and before.type in _ENDS_LIMIT and after in (["ELIGIBLE"], ["MUST"], ["MUST_NOT"])


_OTHERS = frozenset("patients subjects participants individuals persons people those".split())
_WHO = re.compile(r"(?:who|that)\b", re.IGNORECASE)


def other_people(tokens: list[Token]) -> list[Token]:
    """ "patients with A and individuals who have had B": the second ones may be others than the first, of whom nothing more is told."""
    rows = zip(tokens, tokens[1:], tokens[2:], strict=False)
    told = {id(who) for link, people, who in rows if link.type == "AND" and _others(people) and who.type in ("THAT", "WITH") and _WHO.match(who.text)}
    return [token for token in tokens if id(token) not in told] if told else tokens


def _others(token: Token) -> bool:
    return token.type in ("FILLER", "QUALITY") and token.text.lower().rpartition(" ")[2] in _OTHERS


def run_on(tokens: list[Token], index: int) -> bool:
    """Whether a full stop without a space after it ends a sentence: "last dose.Female subjects"."""
    before, stop, after = tokens[index - 1 : index + 2] if index else [tokens[0]] * 3
    return before.end == stop.start and _RUN_ON.search(f"{before.text}.{after.text}") is not None


_RUN_ON = re.compile(r"[a-z]{3}\.[A-Z][a-z]")


def with_theirs(tokens: list[Token]) -> list[Token]:
    """ "patients and their caregivers must …": what is asked of both is for the patient to say, not for the others alone."""
    end = next((at for at, token in enumerate(tokens) if at and (token.type in _ASKS and not _THEIRS.search(token.text))), 0)
    joined = tokens[1].type in ("AND", "OR", "ANDOR") or (tokens[1].type == "SAYS" and _JOINED.match(tokens[1].text)) if end > 1 else False
    if not joined or not _FIRST.fullmatch(tokens[0].text) or not _THEIRS.search(tokens[end - 1].text) or end > _LONGEST:
        return tokens
    both = Token("SAYS", "yes", tokens[0].start, tokens[end - 1].end)
    both.text = " ".join(token.text for token in tokens[:end])
    return [both, *tokens[end:]]


_ASKS = frozenset({"MUST", "SAYS"})
_JOINED = re.compile(r"(?:and|or)\b", re.IGNORECASE)
_FIRST = re.compile(r"(?:the |all |eligible )*(?:patients?|subjects?|participants?)", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(?:caregivers?|carers?|partners?|spouses?|guardians?|representatives?|parents?|famil(?:y|ies)|relatives|donors?|surrogates?|physicians?|doctors?"
    r"|clinicians?|surgeons?|oncologists?|investigators?|dyads?)$",
    re.IGNORECASE,
)
_LONGEST = 7
"""Tokens of "the patient or the patient's legally authorized representative", at most."""
