"""Comparators: signs and words that stand apart from their number, or hold none, as what else they mean."""

from __future__ import annotations

from eligimatch.compiler.stages import on_side
from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import TIME_UNITS, Token
from eligimatch.compiler.under_treatment import GIVEN
from eligimatch.model.rule import Staged

_SAME = {">": (">", ">="), ">=": (">", ">="), "<": ("<", "<="), "<=": ("<", "<=")}
_OR_EQUAL = {(">", "="): ">=", ("=", ">"): ">=", ("<", "="): "<=", ("=", "<"): "<="}
_WHOLE = (10.0, 100.0)
"""Of how many points a score is told."""
_POINTS = frozenset({"above", "below"})
_ENDS = frozenset({"RPAR", "COMMA", "METHOD", "COLON", ""})
"""What stands after a word that only points to where else something is said."""
_SIGNS = {">": ">", "<": "<", "≥": ">=", "≤": "<="}
_NUMERIC = frozenset({"NUMBER", "UNIT", "CHOICE", "STAGE", "LIMIT", "RPAR", "EQUIVALENT", "DOSE", "GRADE", "SEVERITY", "COMPARE_AFTER"})
"""After what "or more" is of a number or a grade."""
_COUNTED = frozenset({"GRADE", "NUMBER", "STAGE"})
_MEASURED = frozenset({"UNIT", "LIMIT"})
_OTHERS = frozenset({"CONCEPT", "WORDS", "COMPARE", "NUMBER"})
_LITTLE = frozenset({"minimal", "minimum"})
_LISTING = frozenset({"OR", "ANDOR", "SLASH", "COMMA"})
_NAMED = frozenset({"CONCEPT", "WORDS", "EVIDENCE", "CURRENT", "ROUTE"})


_TIMED = frozenset({"", "WITHIN", "LAST", "BEFORE", "DURING", "IN", "COMMA", "RPAR"})
"""What may stand after how often something was found."""


def comparators(tokens: list[Token]) -> list[Token]:
    """The tokens with each sign once, before its number; a comparator that holds none is another word."""
    for read in (
        _without_occasions,
        _in_spite,
        _pressures,
        _on_doses,
        _lengths_first,
        _units_first,
        _without_whole,
        _signs,
        _of_both,
        _graded,
        _staged,
        _apart,
    ):
        tokens = read(tokens)
    for index, token in enumerate(tokens):
        if token.type == "COMPARE":
            if _little(tokens, index):
                become(token, "JUDGED", "")
            elif _of_no_number(tokens, index):
                become(token, "WORDS", "")
    return [token for index, token in enumerate(tokens) if not _points(tokens, index)]


def _without_occasions(tokens: list[Token]) -> list[Token]:
    """ "viral load < 50, measured at least twice": how often something was found is no number of it."""
    for index, token in enumerate(tokens):
        often = token.type == "NUMBER" and token.text.lower() in ("once", "twice") and _type(tokens, index + 1) in _TIMED
        if often and _type(tokens, index - 1) == "COMPARE":
            become(token, "WORDS", "")
            become(tokens[index - 1], "WORDS", "")
    return tokens


def _in_spite(tokens: list[Token]) -> list[Token]:
    """ "systolic > 150 mmHg or diastolic > 90 mmHg | despite treatment": said of the last number, or of each."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "JUDGEMENT" and (token.value == GIVEN or token.text.lower().startswith(("despite ", "in spite "))):
            measured = [one.type for one in out if one.type != "COMMA"][-1:] in (["NUMBER"], ["UNIT"]) and any(one.type in _LISTING for one in out)
            while measured and out[-1].type == "COMMA":
                out.pop()
            out += [Token("THAT", "that", token.start, token.start)] if measured else []
        out.append(token)
    return out


def _pressures(tokens: list[Token]) -> list[Token]:
    """ "blood pressure > 150 mmHg systolic or > 90 mmHg diastolic": which of both is said after the number."""
    named = [at for at, token in enumerate(tokens) if token.names == ("blood pressure",)]
    told = {at for at in named if _row(tokens, at + 1, 3) == ["COMPARE", "NUMBER", "UNIT"] and _one_pressure(tokens, at + 4)}
    return [token for at, token in enumerate(tokens) if at not in told] if told else tokens


def _on_doses(tokens: list[Token]) -> list[Token]:
    """ "not on steroids or | on | ≤ 10 mg of prednisone": the dose that someone takes."""
    for at, token in enumerate(tokens):
        dosed = _row(tokens, at + 1, 3) == ["COMPARE", "NUMBER", "UNIT"] and str(tokens[at + 3].value).startswith("mg")
        if token.type == "BY" and token.text.lower() == "on" and dosed:
            become(token, "RECEIVING", "now")
    return tokens


def _one_pressure(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].names[:1] in (("systolic blood pressure",), ("diastolic blood pressure",))


def _type(tokens: list[Token], index: int) -> str:
    return tokens[index].type if 0 <= index < len(tokens) else ""


def _row(tokens: list[Token], index: int, count: int) -> list[str]:
    return [token.type for token in tokens[index : index + count]]


def _points(tokens: list[Token], index: int) -> bool:
    """ "those above", "(see above)": where it is said, not how much."""
    return tokens[index].type == "COMPARE" and tokens[index].text.lower() in _POINTS and _type(tokens, index + 1) in _ENDS


def _little(tokens: list[Token], index: int) -> bool:
    """ "minimal symptoms", "no or minimal symptoms"."""
    named = _type(tokens, index + 1) in _NAMED or _type(tokens, index + 1) in ("OR", "SLASH")
    return tokens[index].text.lower() in _LITTLE and named and not _held(tokens, index + 1)


def _of_no_number(tokens: list[Token], index: int) -> bool:
    """ "under anesthesia", "over the next visits": a word of place, or one that tells how much of a thing without a number."""
    if not tokens[index].text[:1].isalpha() or _type(tokens, index + 1) not in ("WORDS", "CONCEPT"):
        return False
    return not {"NUMBER", "CHOICE", "LIMIT", "COMPARE", "NORMAL"} & set(_row(tokens, index + 1, 4)) and not _held(tokens, index + 1)


def _held(tokens: list[Token], index: int) -> bool:
    """ "minimum | life expectancy of 3 months": a noun whose number follows."""
    return tokens[index].kind in ("analyte", "score") or bool({"NUMBER", "CHOICE"} & set(_row(tokens, index + 1, 2)))


def _lengths_first(tokens: list[Token]) -> list[Token]:
    """ "A minimum of 4 months of chemotherapy" as chemotherapy for at least 4 months, at any time."""
    at = next((index for index, token in enumerate(tokens) if token.type not in ("MUST", "RECEIVED")), 0)
    row = _row(tokens, at, 4)
    if row != ["COMPARE", "NUMBER", "UNIT", "OF"] or tokens[at].value not in (">", ">=") or tokens[at + 2].value not in TIME_UNITS:
        return tokens
    end = at + 4
    while _type(tokens, end) in ("HISTORY", "INTENT", "ROUTE", "QUALITY", "CURRENT"):
        end += 1
    if _type(tokens, end) != "CONCEPT" or tokens[end].kind != "treatment":
        return tokens
    ever = [] if tokens[:at] else [_said("HISTORY", "ever", tokens[at].start)]
    lasting = [_said("FOR", "for", tokens[end].end), *tokens[at : at + 3]]
    return [*tokens[:at], *ever, *tokens[at + 4 : end + 1], *lasting, *tokens[end + 1 :]]


def _units_first(tokens: list[Token]) -> list[Token]:
    """ "5 or more years" as "5 years or more"."""
    for index in range(1, len(tokens) - 1):
        if _row(tokens, index - 1, 3) == ["NUMBER", "COMPARE_AFTER", "UNIT"]:
            tokens[index], tokens[index + 1] = tokens[index + 1], tokens[index]
    return tokens


def _without_whole(tokens: list[Token]) -> list[Token]:
    """ "≥ 4 out of 10", "≥ 4/10" without the ten."""
    out: list[Token] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        out.append(token)
        if token.type == "NUMBER" and "COMPARE" in (_type(tokens, index - 1), _type(tokens, index - 2)):
            skip = _whole(tokens, index + 1)
    return out


def _whole(tokens: list[Token], index: int) -> int:
    """How many tokens tell of how many points the number before them is."""
    out_of = [token.text.lower() for token in tokens[index : index + 2]] == ["out", "of"]
    width = 2 if out_of else 1
    if not (out_of or _type(tokens, index) == "SLASH") or _type(tokens, index + width) != "NUMBER":
        return 0
    whole, number = float(str(tokens[index + width].value)), float(str(tokens[index - 1].value))
    told = whole in (_WHOLE if out_of else _WHOLE[:1]) and number <= whole
    return width + 1 if told and _type(tokens, index + width + 1) not in ("UNIT", "TIMES", "LIMIT", "SLASH") else 0


def _signs(tokens: list[Token]) -> list[Token]:
    """ "a minimum of ≥ 3", "less than [<] 4", "= or > 6" with one sign."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type != "COMPARE":
            out.append(token)
            index += 1
            continue
        row = _row(tokens, index, 4)
        if row[:2] == ["COMPARE", "COMPARE"] and token.text[:1].isalpha() and tokens[index + 1].value in _SAME.get(str(token.value), ()):
            index += 1
            continue
        if row[:3] == ["COMPARE", "OR", "COMPARE"] and (sign := _OR_EQUAL.get((str(token.value), str(tokens[index + 2].value)))):
            token.end = tokens[index + 2].end
            become(token, "COMPARE", sign)
            index += 2
            row = ["COMPARE", *_row(tokens, index + 1, 3)]
        out.append(token)
        index += 4 if row == ["COMPARE", "LPAR", "COMPARE", "RPAR"] else 1
    return out


def _of_both(tokens: list[Token]) -> list[Token]:
    """ "≥ 9 g/dL or 5.6 mmol/L": the sign is that of the other number too, where that has another unit."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        out.append(token)
        if token.type in ("OR", "SLASH") and index > 2 and _another_limit(tokens[index - 3 : index], tokens[index + 1 : index + 4]):
            become(token, "OR", "or")
            out.append(_said("COMPARE", str(tokens[index - 3].value), tokens[index + 1].start))
    return out


def _another_limit(limit: list[Token], following: list[Token]) -> bool:
    """Whether what follows a limit is another number, with another unit, and of nothing else."""
    ends = len(following) < len(limit) or following[2].type not in _OTHERS
    if _row(limit, 0, 2) != ["COMPARE", "NUMBER"] or _row(following, 0, 1) != ["NUMBER"] or len(following) < len(limit) - 1 or not ends:
        return False
    units = (limit[2], following[1])
    times = {one.value in TIME_UNITS for one in units}
    return all(one.type in _MEASURED for one in units) and len(times) == 1 and units[0].value != units[1].value


def _graded(tokens: list[Token]) -> list[Token]:
    """ "> CTCAE 4.03 grade 2": the standard before the sign; "up to an equivalent of prednisone 10 mg": named once."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        before = out[-1] if out else None
        if before is not None and before.type == "COMPARE" and token.type == "METHOD" and _row(tokens, index + 1, 2) == ["GRADE", "NUMBER"]:
            out.insert(-1, token)
        elif not (before is not None and before.type == "EQUIVALENT" == token.type):
            out.append(token)
    return out


def _apart(tokens: list[Token]) -> list[Token]:
    """ "> grade 1 X or > grade 1 Y", "gastric or upper bowel surgery": a link, and what follows it."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type != "COMPARE_AFTER":
            out.append(token)
            continue
        word, _, rest = token.text.partition(" ")
        before = [one for one in out[-2:] if one.type != "COMMA"]
        numbered = any(one.type in _NUMERIC for one in before[-1:])
        named = _type(tokens, index + 1) in _NAMED or (rest in _SIGNS and _type(tokens, index + 1) in _COUNTED)
        if not numbered and not named:
            become(token, "WORDS", "")
        if numbered or not named or word.lower() not in ("or", "and"):
            if numbered and out[-1].type == "COMMA":
                out.pop()  # "18 years of age, or older"
            out.append(token)
            continue
        link = Token(word.upper(), word.lower(), token.start, token.start + len(word))
        link.text = word
        token.start, token.text = token.end - len(rest), rest
        become(token, *(("COMPARE", _SIGNS[rest]) if rest in _SIGNS else ("WORDS", "")))
        out += [link, token]
    return out


def _staged(tokens: list[Token]) -> list[Token]:
    """ "≥ T2", "T2 or higher" as all the stages on that side."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        if before is not None and before.kind == "stage" and token.type == "STAGE" and len(out) > 1 and out[-2].type == "COMPARE":
            out[-2:] = [before, out[-2]]  # "> NYHA class II"
            before = out[-1]
        compared = before is not None and before.type == "COMPARE" and token.type == "STAGE" and _ordered(token, out)
        if before is not None and compared and (beyond := _beyond(token, str(before.value))):
            out[-1] = token
            token.start, token.value = before.start, beyond
        elif before is not None and before.type == "STAGE" and token.type == "COMPARE_AFTER" and (beyond := _beyond(before, str(token.value))):
            before.end, before.value = token.end, beyond
        else:
            out.append(token)
    return out


def _ordered(stage: Token, before: list[Token]) -> bool:
    """Whether the order of the values is known: of a TNM part, a stage, a class whose system stands before the sign."""
    system = len(before) > 1 and before[-2].kind == "stage"
    return not stage.text.lower().startswith("class") or system


def _beyond(stage: Token, sign: str) -> tuple[Staged, ...] | None:
    """The stages on one side of the stage; None where it is no single one."""
    staged = stage.value
    if not isinstance(staged, tuple) or len(staged) != 1:
        return None
    values = on_side(staged[0], {"worse": ">=", "better": "<="}.get(sign, sign))
    return (staged[0].model_copy(update={"values": values}),) if values else None


def between(tokens: list[Token]) -> list[Token]:
    """ "at least 28 days between X and enrollment": no X less than 28 days before enrollment."""
    at = next((index for index, token in enumerate(tokens) if token.type == "BETWEEN" and token.text.lower() == "between"), 0)
    length = next((index for index in range(at - 1, 0, -1) if tokens[index].type == "UNIT"), 0)
    first = next((index for index in range(length, -1, -1) if tokens[index].type in ("STOP", "SEMICOLON")), -1) + 1
    end = next((index for index in range(at, len(tokens)) if tokens[index].type in _CLOSING), len(tokens))
    joint = next((index for index in range(end - 1, at, -1) if tokens[index].type == "AND"), 0)
    timed = length and tokens[length].value in TIME_UNITS and tokens[length - 1].type == "NUMBER"
    around = {token.type for token in (*tokens[first : max(length - 1, first)], *tokens[length + 1 : at])}
    if not (timed and joint and around <= _PASSING):
        return tokens
    named = [token for token in tokens[at + 1 : joint] if token.type != "FILLER"]
    while named and (named[0].text.lower() in _ENDING or named[0].type == "OF"):
        del named[0]
    if not named or named[0].type in ("NUMBER", "COMPARE", "EVENT"):
        return tokens
    if first and tokens[first - 1].type == "STOP":
        tokens[first - 1].value = "\n"  # whatever now begins the sentence after it
    signs = [str(token.value) for token in tokens[first : length - 1] if token.type == "COMPARE"]
    return [*tokens[:first], *_since(named, signs[-1] if signs else ">=", tokens[length - 1 : length + 1], tokens[joint]), *tokens[joint + 1 :]]


def _since(named: list[Token], sign: str, length: list[Token], joint: Token) -> list[Token]:
    """The treatment so long before what follows, or forbidden within that time."""
    least = sign[0] == ">"
    short = _said("COMPARE", {">=": "<", ">": "<="}.get(sign, sign), length[0].start)
    timed = [*named, short, *length, _said("BEFORE", "before", joint.start)]
    return [_said("MUST_NOT", "must not", named[0].start), *timed] if least else timed


def _said(type_: str, value: str, at: int) -> Token:
    """A word that the sentence says in others."""
    token = Token(type_, value, at, at)
    token.text = value
    return token


_CLOSING = frozenset({"STOP", "SEMICOLON", "RPAR", "LPAR", "COMMA", "UNLESS", "IF", "EXCEPT"})
_PASSING = frozenset({"FILLER", "COMPARE", "MUST", "WORDS", "DASH", "HISTORY", "SINCE", "AGO", "WASHOUT", "OF"})
"""What may stand around the length of time."""
_ENDING = frozenset(
    "completion;end;termination;cessation;discontinuation;stopping;completing;conclusion;date;day;last;last dose;last administration"
    ";last treatment;prior;previous;any;any prior;the".split(";")
)
"""Words that only say from which end of a treatment time is counted."""


def without_dose(tokens: list[Token]) -> list[Token]:
    """ "at least a dose of 5 mg" without the word."""
    return [t for i, t in enumerate(tokens) if not (t.type == "DOSE" and i and tokens[i - 1].type in ("COMPARE", "BETWEEN"))]
