"""Contexts: tokens that could be more than one terminal, settled by their neighbours."""

from __future__ import annotations

from eligimatch.compiler.events import BEFORE_EVENT
from eligimatch.compiler.terminals import become, may_be
from eligimatch.compiler.tokens import TIME_UNITS, Token

_BETWEEN_STEPS = frozenset({"NUMBER", "UNIT", "PLUS", "OR", "SLASH", "COMMA", "OF", "FILLER"})


def settle(tokens: list[Token]) -> list[Token]:
    """Every token as one terminal."""
    for index, token in enumerate(tokens):
        if token.also or token.type in _CONTEXT:
            _CONTEXT.get(token.type, _by_alternative)(tokens, index)
    return tokens


def narrowing(tokens: list[Token]) -> list[Token]:
    """Qualities before a condition or treatment, in a row or a list; elsewhere they are words like any other ("primary care physician")."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.value == "evidence" and token.type == "QUALITY" and _beside_evidence(tokens, index):
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
    return following.kind in _TREATED_BY if tokens[index].value in ("of treatment", "investigational") else following.kind == "condition"


def _beside_evidence(tokens: list[Token], index: int) -> bool:
    """ "histological, pathological or cytological": one proof of several."""
    before = next((token.type for token in reversed(tokens[:index]) if token.type not in _BETWEEN), "")
    after = next((token.type for token in tokens[index + 1 :] if token.type not in _BETWEEN), "")
    return "EVIDENCE" in (before, after)


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
    elif "EVIDENCE" in types:
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
    if _previous(tokens, index) in BEFORE_EVENT:
        return
    for meaning in token.also:
        become(token, meaning.terminal, meaning.value)
        return
    if token.value == "consent":
        become(token, "SAYS", "yes")


def _history(tokens: list[Token], index: int) -> None:
    """ "organ transplant recipient": who received it; elsewhere a recipient is a person."""
    if tokens[index].value != "recipient":
        _by_alternative(tokens, index)
    elif not (index and tokens[index - 1].kind in _TREATED_BY):
        become(tokens[index], "WORDS", "")


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


def _dash(tokens: list[Token], index: int) -> None:
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
    elif before == "CONCEPT" and token.start == tokens[index - 1].end and tokens[index - 1].names:
        become(token, "RESULT", "negative") if _ends_word(tokens, index) else become(token, "COMMA", ",")
    else:
        become(token, "COMMA", ",")


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


def _plus(tokens: list[Token], index: int) -> None:
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
        return become(tokens[index], "FILLER", "")
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
        _standard(tokens, index)


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


def _percent(tokens: list[Token], index: int) -> None:
    become(tokens[index], "WORDS", "")


def _people(tokens: list[Token], index: int) -> None:
    """ "children are excluded": those under age; elsewhere a child may be somebody's."""
    before = next((token for token in reversed(tokens[:index]) if token.type != "FILLER"), None)
    if before is not None and before.type == "WORDS" and before.text.lower() == "children":
        before.type, before.names, before.kind = "CONCEPT", ("minor",), "group"


def _standard(tokens: list[Token], index: int) -> None:
    """ "as defined by NYHA", "according to the A and B criteria": a scale or criteria by their name, not a definition."""
    token = tokens[index]
    end = next((at for at in range(index + 1, len(tokens)) if tokens[at].type not in _NAMING), len(tokens))
    named = [at for at in range(index + 1, end) if tokens[at].type != "FILLER"]
    if not token.text.lower().endswith((" by", " to", "per")) or not named or (end < len(tokens) and tokens[end].type not in _ENDS):
        return
    scale = len(named) == 1 and tokens[named[0]].kind == "stage"
    if scale or (tokens[named[0]].type == "WORDS" and tokens[named[-1]].text.lower() in _CRITERIA):
        become(token, "BY", "by")
        for at in named:
            if tokens[at].type == "AND":
                become(tokens[at], "WORDS", "")


def _previous(tokens: list[Token], index: int) -> str:
    """The type of the last token before that is not filler."""
    for before in range(index - 1, -1, -1):
        if tokens[before].type != "FILLER":
            return tokens[before].type
    return ""


def _is_duration(tokens: list[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].type == "UNIT" and tokens[index + 1].value in _LENGTHS


def _window_follows(tokens: list[Token], index: int) -> bool:
    return index + 2 < len(tokens) and tokens[index + 2].type in ("BEFORE", "OF", "SINCE", "AGO", "AFTER")


_LIMITS = frozenset({"NUMBER", "LIMIT", "NORMAL"})
_TREATED_BY = frozenset({"treatment", "operation", "procedure"})
_BETWEEN = frozenset({"FILLER", "COMMA", "SLASH", "AND", "OR", "ANDOR"})
_SHOWN = ("determined by", "demonstrated by", "evidenced by", "indicated by", "shown by", "documented by", "assessed by", "measured by")
_LENGTHS = TIME_UNITS | {"half-life"}
_BESIDE = frozenset(
    "QUALITY JUDGED SEVERITY COURSE STAGE EVIDENCE CURRENT HISTORY KNOWN SUSPECTED NEW OTHER SIDE RECENT INTENT ROUTE FILLER "
    "COMMA SLASH AND OR ANDOR".split()
)
"""What may stand between a quality and what it narrows."""
_NAMING = frozenset({"WORDS", "CONCEPT", "AND", "METHOD", "FILLER"})
_ENDS = frozenset({"STOP", "SEMICOLON", "COMMA", "RPAR", "LPAR", "WITHIN"})
_CRITERIA = frozenset({"criteria", "classification", "guidelines", "guideline", "definition", "consensus"})
_CONTEXT = {
    "PROVIDED": _provided,
    "EVENT": _event, "DASH": _dash, "PLUS": _plus, "TIMES": _times, "THROUGH": _through, "LAST": _last, "PERCENT": _percent, "SINCE": _off,
    "QUALITY": _quality, "HISTORY": _history,
    "COURSE": _course, "DURING": _during, "REGARDLESS": _independent, "COMPARE": _compared, "DEFINED": _standard, "BY": _by, "EXCLUDED": _people,
}  # fmt: skip
