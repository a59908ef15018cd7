"""Contexts: tokens that could be more than one terminal, settled by their neighbours."""

from __future__ import annotations

import re

from eligimatch.compiler.events import BEFORE_EVENT, planned_surgery, when
from eligimatch.compiler.proofs import ails, beside_evidence, done
from eligimatch.compiler.signs import dash, grade, plus, specifically
from eligimatch.compiler.standards import by_name, using
from eligimatch.compiler.study_diseases import named_before
from eligimatch.compiler.terminals import become, may_be
from eligimatch.compiler.tokens import TIME_UNITS, Token


def settle(tokens: list[Token]) -> list[Token]:
    """Every token as one terminal."""
    for index, token in enumerate(tokens):
        if token.also or token.type in _CONTEXT:
            _CONTEXT.get(token.type, _by_alternative)(tokens, index)
        elif token.type == "WORDS" and index + 1 < len(tokens) and token.text.lower() == "non" and _does(tokens[index + 1]):
            become(token, "NOT", "no")  # "non-smoker"
    return tokens


def _does(token: Token) -> bool:
    """Whether someone is named by what they do: "smoker"."""
    return token.kind == "condition" and token.text.lower().removesuffix("s").endswith(("smoker", "drinker", "user"))


def narrowing(tokens: list[Token]) -> list[Token]:
    """Qualities before a condition or treatment, in a row or a list; elsewhere they are words like any other ("primary care physician")."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.value == "evidence" and token.type == "QUALITY" and beside_evidence(tokens, index):
            become(token, "EVIDENCE", "histology")
        elif token.type == "QUALITY" and not _narrows(tokens, index):
            become(token, "WORDS", "")
        if token.type == "WORDS" and out and out[-1].type == "WORDS" and token.start == out[-1].end + 1:
            out[-1] = _one_word(out[-1], token)
        else:
            out.append(token)
    return out


def _narrows(tokens: list[Token], index: int) -> bool:
    if _previous(tokens, index) in ("OF", "IN", "TO"):
        return False
    following = next((token for token in tokens[index + 1 :] if token.type not in _BESIDE and token.kind != "site"), None)
    if following is None:
        return False
    treats = following.kind in _TREATED_BY
    return treats if tokens[index].value in _OF_TREATMENT else following.kind == "condition" or (treats and tokens[index].value in _OF_EITHER)


def _one_word(first: Token, second: Token) -> Token:
    joined = Token("WORDS", "", first.start, second.end)
    joined.text = f"{first.text} {second.text}"
    return joined


def _by_alternative(tokens: list[Token], index: int) -> None:
    """Prefers the reading that its neighbours allow; the first listed otherwise."""
    token = tokens[index]
    types = {meaning.terminal: meaning for meaning in token.also}
    before = _previous(tokens, index)
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if "EVENT" in types and before in BEFORE_EVENT:
        become(token, "EVENT", types["EVENT"].value)
    elif token.type == "CONCEPT" and "QUALITY" in types and index + 1 < len(tokens) and tokens[index + 1].kind in _TREATED_BY:
        become(token, "QUALITY", types["QUALITY"].value)  # "standard of care chemotherapy"
    elif {token.type, *types} >= {"REQUIRING", "FOR"}:  # "indicated for surgery" of a person, "drugs indicated for X" of a treatment
        to_have = before in ("", "THAT") and after == "CONCEPT" and tokens[index + 1].kind in ("operation", "procedure")
        become(token, *(("REQUIRING", "") if to_have else ("FOR", "for")))
    elif "EVIDENCE" in types and not (done(tokens, index) or ails(tokens, index)):
        become(token, "EVIDENCE", types["EVIDENCE"].value)
    elif "LAST" in types and after in ("NUMBER", "UNIT") and not _counts(tokens, index + 1):
        become(token, "LAST", types["LAST"].value)
    elif "THROUGH" in types and before in ("NUMBER", "UNIT", "LIMIT") and after == "NUMBER":
        become(token, "THROUGH", "to")
    elif "WITHIN" in types and token.type == "IN" and after in ("NUMBER", "UNIT"):
        become(token, "WITHIN", "within")
    elif "IN" in types and token.type == "WITHIN" and after not in ("NUMBER", "UNIT"):
        become(token, "IN", "in")
    elif "SINCE" in types and before == "UNIT":
        become(token, "SINCE", "since")
    elif "WITHIN" in types and after in ("NUMBER", "UNIT") and _is_duration(tokens, index + 1) and _window_follows(tokens, index + 1):
        become(token, "WITHIN", "within")


def _at(tokens: list[Token], index: int) -> None:
    """ "corticosteroids at > 10 mg/day": a dose, no time."""
    row = [token.type for token in tokens[index + 1 : index + 4]]
    if row == ["COMPARE", "NUMBER", "UNIT"] and str(tokens[index + 3].value).startswith(("mg", "mcg", "g/")):
        become(tokens[index], "FILLER", "")


def _counts(tokens: list[Token], index: int) -> bool:
    """ "previous | two cesarean sections": a number of things, no length of time."""
    return index + 1 < len(tokens) and tokens[index].type == "NUMBER" and tokens[index + 1].kind in ("condition", *_TREATED_BY)


def _course(tokens: list[Token], index: int) -> None:
    """ "not amenable to surgery" is a course of the disease, "not amenable to surgery, radiation or ablation" what a person can say."""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if tokens[index].text.lower().startswith("not amenable") and after not in ("", "STOP", "SEMICOLON", "RPAR", "THAT", "IF", "EXCEPT", "CONCEPT"):
        become(tokens[index], "SAYS", "no")


def _event(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    if token.text.lower() == "the surgery" and (named := [one for one in tokens[:index] if one.kind == "operation" and one.names]):
        become(token, "CONCEPT", "operation")  # "who had major surgery …, 3 weeks after | the surgery"
        token.names, token.kind = named[-1].names, "operation"
        return None
    if _previous(tokens, index) in BEFORE_EVENT:
        return None
    if token.text.lower() in ("planned surgery", "scheduled surgery"):
        return planned_surgery(tokens, index)
    for meaning in token.also:
        become(token, meaning.terminal, meaning.value)
        return None
    if token.value == "consent":
        become(token, "SAYS", "yes")
    return None


def _history(tokens: list[Token], index: int) -> None:
    """ "organ transplant recipient": who received it; elsewhere a recipient is a person."""
    if index > 1 and tokens[index].text.lower().startswith("personal") and tokens[index - 2].text.lower() == "family":
        return _of_family(tokens, index)
    if tokens[index].value != "recipient":
        _by_alternative(tokens, index)
    elif not (index and tokens[index - 1].kind in _TREATED_BY):
        become(tokens[index], "WORDS", "")
    return None


def _of_family(tokens: list[Token], index: int) -> None:
    """ "family or | personal history of X", as "personal or family history of X"."""
    family, own = tokens[index - 2], tokens[index]
    if tokens[index - 1].type not in ("OR", "AND", "ANDOR", "SLASH"):
        return
    own.type, own.value, own.kind, own.names, own.start = "CONCEPT", "condition", "condition", ("family history",), family.start
    own.text, family.text = "family history", "personal"
    of = Token("OF", "of", own.end, own.end)
    of.text = "of"
    tokens.insert(index + 1, of)


def _quality(tokens: list[Token], index: int) -> None:
    """What does not narrow has its other meaning: "appropriate" by itself, "scheduled for surgery"."""
    token = tokens[index]
    if token.also and not _narrows(tokens, index):
        become(token, token.also[0].terminal, token.also[0].value)
        if token.type in _CONTEXT:
            _CONTEXT[token.type](tokens, index)


def _off(tokens: list[Token], index: int) -> None:
    """ "off steroids for 2 weeks" denies them; "3 months off steroids" counts from their end."""
    token = tokens[index]
    if token.text.lower() == "off" and _previous(tokens, index) not in ("UNIT", "NUMBER"):
        become(token, "NOT", "no")


def _provided(tokens: list[Token], index: int) -> None:
    """ "providing informed consent" gives it; "providing X is stable" is a condition."""
    following = next((token for token in tokens[index + 1 :] if token.type != "FILLER"), None)
    if tokens[index].text.lower() == "providing" and following is not None and may_be(following, "SAYS"):
        become(tokens[index], "SAYS", "yes")


def _during(tokens: list[Token], index: int) -> None:
    """ "during the 6 months before enrollment" is within them."""
    following = next((at for at in range(index + 1, len(tokens)) if tokens[at].type != "FILLER"), index)
    if _is_duration(tokens, following):
        become(tokens[index], "WITHIN", "within")


def _times(tokens: list[Token], index: int) -> None:
    before = tokens[index - 1].type if index else ""
    if before not in ("NUMBER", "LIMIT"):
        become(tokens[index], "WORDS", "")


def _compared(tokens: list[Token], index: int) -> None:
    """ "better than 20/40"; of no number, words like any other. "At least the past 12 months" are the past 12 months."""
    following = next((token for token in tokens[index + 1 :] if token.type != "FILLER"), None)
    if tokens[index].text.lower() == "under" and not (following and (following.type in _LIMITS or following.kind in ("analyte", "score"))):
        return _under(tokens, index, following)
    if following is not None and following.type in ("LAST", "SEVERITY") and tokens[index].value == ">=":
        if following.value == "moderate":
            following.value = "moderate or severe"
        elif following.value == "mild":
            become(following, "FILLER", "")
        lasting = following.type == "LAST" and _previous(tokens, index) == "FOR"
        return become(following if lasting else tokens[index], "FILLER", "")  # "for at least | the past 12 months"
    if str(tokens[index].value).endswith(("better", "worse")) and (index + 1 == len(tokens) or tokens[index + 1].type != "NUMBER"):
        become(tokens[index], "WORDS", "")
    return None


def _under(tokens: list[Token], index: int, following: Token | None) -> None:
    """ "disease under treatment" is treated; "arthroplasty under spinal anesthesia" is done with it; elsewhere it tells a place."""
    before = next((token for token in reversed(tokens[:index]) if token.type != "FILLER"), None)
    given = following is not None and following.kind in _TREATED_BY
    if given and before is not None and before.kind == "condition":
        become(tokens[index], "RECEIVING", "now")
    else:
        become(tokens[index], "WITH" if given else "IN", "with" if given else "in")


def _in(tokens: list[Token], index: int) -> None:
    """ "in 6 months before screening" is within them; "planned in the next 6 months" says when it is planned."""
    if tokens[index].also:
        _by_alternative(tokens, index)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or following.type not in _MAY_TIME:
        return
    rest = [token for token in tokens[index + 1 : index + 6] if token.type != "FILLER"]
    kinds = [token.type for token in rest[:3]]
    if kinds[:2] == ["NUMBER", "HISTORY"] and len(rest) > 2 and rest[2].text.lower() in _TIMES_TOLD:
        become(tokens[index], "WITHIN", "within")  # "in 2 prior weeks"
        become(rest[2], "UNIT", _TIMES_TOLD[rest[2].text.lower()])
        tokens.remove(rest[1])
    if kinds[:2] == ["NUMBER", "UNIT"] and len(rest) > 2 and rest[1].value in TIME_UNITS and may_be(rest[2], "BEFORE"):
        become(tokens[index], "WITHIN", "within")
    if rest and rest[0].text.lower() in _NEXT and _is_length(rest[1:]) and any(token.type == "PLANNED" for token in tokens[:index]):
        last = tokens.index(rest[2] if rest[1].type == "NUMBER" else rest[1])
        become(tokens[index], "RECENT", "recent")
        tokens[index].text, tokens[index].end = "planned for then", tokens[last].end
        del tokens[index + 1 : last + 1]


def _is_length(tokens: list[Token]) -> bool:
    """ "6 months", "year"."""
    unit = next((token for token in tokens[:2] if token.type != "NUMBER"), None)
    return unit is not None and unit.type == "UNIT" and unit.value in TIME_UNITS


def _through(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before in ("NUMBER", "UNIT", "LIMIT") and after in ("NUMBER", "LIMIT"):
        return
    if token.text in ("to", "To", "TO"):
        become(token, "TO", "to")
    elif token.also:
        become(token, token.also[0].terminal, token.also[0].value)
    else:
        become(token, "COMMA", ",")


def _last(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if after not in ("NUMBER", "UNIT"):
        history = next((m for m in token.also if m.terminal in ("HISTORY", "BEFORE", "FILLER")), None)
        become(token, history.terminal, history.value) if history else become(token, "WORDS", "")


def _intent(tokens: list[Token], index: int) -> None:
    """ "preoperative hemoglobin": the one before surgery, which is the one that is known."""
    following = next((token for token in tokens[index + 1 :] if token.type != "FILLER"), None)
    if (
        following is not None
        and following.kind in ("analyte", "score")
        and tokens[index].text.lower() in ("preoperative", "pre operative", "pre-operative")
    ):
        become(tokens[index], "FILLER", "")


def _on(tokens: list[Token], index: int) -> None:
    """ "on day 1": at that event; "adequate function as determined by platelets ≥ 100": what the function is."""
    words = tokens[index].text.lower()
    test = index + 2 < len(tokens) and tokens[index + 2].type in ("CONCEPT", "WORDS", "METHOD")  # "on screening ECG"
    if words == "on" and index + 1 < len(tokens) and tokens[index + 1].type == "EVENT" and not test:
        become(tokens[index], "AT", "at")
    elif words.endswith(_SHOWN) and any(token.type == "JUDGED" for token in tokens[:index]) and _limit_follows(tokens, index + 1):
        become(tokens[index], "DEFINED", "defined")


def _by(tokens: list[Token], index: int) -> None:
    """What "by" and "on" lead to: an event, a definition, a standard by its name."""
    _on(tokens, index)
    if tokens[index].type == "BY":
        by_name(tokens, index)


def _independent(tokens: list[Token], index: int) -> None:
    """ "≥ 75,000 independent of transfusion": without it."""
    following = next((token for token in tokens[index + 1 :] if token.type != "FILLER"), None)
    given = following is not None and following.kind == "treatment" and any(token.type == "COMPARE" for token in tokens[:index])
    if given and tokens[index].text.lower().startswith("independent"):
        become(tokens[index], "NOT", "no")


def _limit_follows(tokens: list[Token], index: int) -> bool:
    """ "| the following: hemoglobin ≥ 9"."""
    row = [token for token in tokens[index : index + 6] if token.type not in ("FILLER", "COLON")]
    return len(row) > 1 and row[0].kind in ("analyte", "score") and row[1].type in ("COMPARE", "OF", "NORMAL", "LIMIT")


def _named_before(tokens: list[Token], index: int) -> None:
    """ "COVID-19, or those who had the disease in the last month": the one condition named before it."""
    _by_alternative(tokens, index)
    named_before(tokens, index)


def _last_given(tokens: list[Token], index: int) -> None:
    """ "refractory to the last line of therapy": which one was the last is for a person to judge."""
    _by_alternative(tokens, index)
    if index + 1 < len(tokens) and tokens[index].type == "PROGRESSED":
        at = next((at for at in range(index + 1, len(tokens)) if not _LAST_ONE.fullmatch(tokens[at].text)), index + 1)
        said = [token for token in tokens[index + 1 : at] if token.text.lower().endswith(("last", "recent", "latest"))]
        if said and any(token.type == "LINE" or token.kind == "treatment" for token in tokens[at : at + 3]):
            become(said[0], "RECENT", "recent")


_LAST_ONE = re.compile(r"(?:(?:the|their|his or her|a|an)\s*)?(?:last|most recent|latest|prior|immediately prior)?", re.IGNORECASE)


def _daily(tokens: list[Token], index: int) -> None:
    """ "daily headache", "daily smoker": no dose."""
    _by_alternative(tokens, index)
    if tokens[index].type == "DOSE" and index + 1 < len(tokens) and tokens[index + 1].kind == "condition" and not _previous(tokens, index):
        become(tokens[index], "WORDS", "")


def _equivalent(tokens: list[Token], index: int) -> None:
    """ "warfarin or equivalent vitamin K antagonists": or these; of steroids, their dose told in another."""
    _by_alternative(tokens, index)
    token, given = tokens[index], [one.text for one in tokens if one.kind == "treatment"]
    other = any(one.kind == "treatment" and not _STEROID.search(one.text) for one in tokens[index + 1 : index + 2])
    if token.type == "EQUIVALENT" and other and token.text.lower().startswith("or "):
        become(token, "OR", "or")
    elif token.type == "EQUIVALENT" and given and not any(map(_STEROID.search, given)):
        become(token, "WORDS", "")  # "morphine 60 mg or equivalent": of what else is not told


_STEROID = re.compile(r"steroid|predni|cortiso|methasone|cortico", re.IGNORECASE)


def _beside(tokens: list[Token], index: int) -> None:
    """ "a second malignancy in addition to X": other than X."""
    if tokens[index].text.lower() == "in addition to" and any(token.type == "OTHER" for token in tokens[:index]):
        become(tokens[index], "EXCEPT", "except")


def _percent(tokens: list[Token], index: int) -> None:
    become(tokens[index], "WORDS", "")


def _people(tokens: list[Token], index: int) -> None:
    """ "children are excluded": those under age; elsewhere a child may be somebody's."""
    for token in reversed(tokens[:index]):
        if token.type in ("WORDS", "CONCEPT") and token.text.lower() in ("children", "adolescents", "infants"):
            token.type, token.names, token.kind = "CONCEPT", ("minor",), "group"
        elif token.type not in ("FILLER", "AND", "OR", "COMMA"):
            return


def _previous(tokens: list[Token], index: int) -> str:
    """The type of the last token before that is not filler."""
    return next((token.type for token in reversed(tokens[:index]) if token.type != "FILLER"), "")


def _is_duration(tokens: list[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].type == "UNIT" and tokens[index + 1].value in _LENGTHS


def _window_follows(tokens: list[Token], index: int) -> bool:
    return index + 2 < len(tokens) and tokens[index + 2].type in ("BEFORE", "OF", "SINCE", "AGO", "AFTER")


_MAY_TIME = frozenset({"NUMBER", "WORDS", "FILLER", "UNIT", "LAST"})
_TIMES_TOLD = {"days": "day", "weeks": "week", "months": "month", "years": "year"}
_NEXT = frozenset({"next", "following", "coming", "upcoming"})
_LIMITS = frozenset({"NUMBER", "LIMIT", "NORMAL"})
_TREATED_BY = frozenset({"treatment", "operation", "procedure"})
_OF_TREATMENT = frozenset({"of treatment", "investigational"})
_OF_EITHER = frozenset({"extent", "cause", "course"})
"""Qualities that may be of a condition or of a treatment: "extensive resection", "primary surgery"."""
_SHOWN = ("determined by", "demonstrated by", "evidenced by", "indicated by", "shown by", "documented by", "assessed by", "measured by")
_LENGTHS = TIME_UNITS | {"half-life"}
_BESIDE = frozenset(
    "QUALITY JUDGED SEVERITY COURSE STAGE EVIDENCE CURRENT HISTORY KNOWN SUSPECTED NEW OTHER SIDE RECENT INTENT ROUTE FILLER "
    "COMMA SLASH AND OR ANDOR".split()
)
"""What may stand between a quality and what it narrows."""
_CONTEXT = {
    "AND": _beside,
    "PROVIDED": _provided, "AT": _at, "STUDY": _named_before, "PROGRESSED": _last_given, "DOSE": _daily, "EQUIVALENT": _equivalent,
    "EVENT": _event, "DASH": dash, "PLUS": plus, "TIMES": _times, "THROUGH": _through, "LAST": _last, "PERCENT": _percent, "SINCE": _off,
    "QUALITY": _quality, "HISTORY": _history, "IN": _in, "WITHIN": _in, "INTENT": _intent, "GRADE": grade,
    "COURSE": _course, "DURING": _during, "REGARDLESS": _independent, "COMPARE": _compared, "DEFINED": by_name, "BY": _by, "EXCLUDED": _people,
    "TREATMENT_WITH": using, "IF": when, "INCLUDING": specifically,
}  # fmt: skip
