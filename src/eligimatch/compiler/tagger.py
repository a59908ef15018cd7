"""The tagger: settles from their neighbours the tokens that could be more than one terminal, and cuts the row into sentences."""

from __future__ import annotations

from typing import NamedTuple

from eligimatch.compiler.lexer import TIME_UNITS, Token

_BEFORE_EVENT = frozenset({"BEFORE", "AFTER", "SINCE", "AT", "DURING", "OF", "IN", "TO", "BY"})
_LINKS = frozenset({"COMMA", "SLASH", "AND", "OR", "ANDOR", "NOR", "THAT", "COLON"})
_TAILS = frozenset({"INCLUDING", "EXCEPT", "UNLESS", "IF", "PROVIDED", "DEFINED"})
_MODALS = frozenset({"MUST", "MUST_NOT", "ELIGIBLE", "EXCLUDED", "THEN", "SHOWS"})
_ACTS = frozenset({"NOT", "RECEIVED", "RECEIVING", "PROGRESSED", "PLANNED", "REQUIRING", "TREATMENT_WITH", "INTOLERANT", "KNOWN", "RECEIVED_OR_RECEIVING"})
_JOINED = frozenset({"COURSE", "EVIDENCE", "SEVERITY", "INTENT", "ROUTE"})
_STATEMENT_ENDS = frozenset({"INCLUDING", "UNLESS", "IF", "EXCEPT", "PROVIDED", "ELIGIBLE", "EXCLUDED", "DEFINED", "THEN"})
_OPENERS = frozenset({"FILLER", "MUST", "MUST_NOT", "NOT", "THAT", "WITH", "EITHER", "KNOWN", "CURRENT", "OTHER", "PLANNED"}) | _LINKS | _TAILS
_GIVING = frozenset({"TREATMENT_WITH", "RECEIVING", "RECEIVED"})
_NUMERIC = frozenset({"NUMBER", "CHOICE"})
_FLIPPED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "="}


class Sentence(NamedTuple):
    """The tokens of one sentence and what ended it: `.`, `;`, or the end; no tokens where it asks nothing."""

    tokens: list[Token]
    ended_by: str


def tag(tokens: list[Token]) -> list[Sentence]:
    """The sentences of one criterion, ready for the grammar."""
    tokens = _events(tokens)
    _settle(tokens)
    return [Sentence(_finish(sentence), ended_by) for sentence, ended_by in _sentences(tokens) if any(t.type != "FILLER" for t in sentence)]


# --- events of the study ------------------------------------------------------------------------------------------------


def _events(tokens: list[Token]) -> list[Token]:
    """"prior to | the start of | study treatment" as one EVENT; such words elsewhere are what else they may be."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "HISTORY" and _may_be(token, "BEFORE") and out and out[-1].type == "UNIT":
            _become(token, "BEFORE", "before")
        end, event = _event_at(tokens, index) if _leads_to_event(out) else (index, "")
        if event:
            while end + 1 < len(tokens) and tokens[end].type in ("SLASH", "OR", "ANDOR"):
                later, other = _event_at(tokens, end + 1)
                if not other:
                    break
                end = later
            merged = Token("EVENT", event, token.start, tokens[end - 1].end)
            merged.text = token.text
            out.append(merged)
            index = end
            continue
        if token.type in ("START", "AGENT", "DONE"):
            _otherwise(tokens, index)
        out.append(token)
        index += 1
    return out


def _leads_to_event(out: list[Token]) -> bool:
    for token in reversed(out):
        if token.type != "FILLER":
            return token.type in _BEFORE_EVENT
    return False


def _event_at(tokens: list[Token], index: int) -> tuple[int, str]:
    """The end of the event that begins here and its name; no name where none does."""
    at, started, given = index, False, False
    while at < len(tokens):
        token = tokens[at]
        if (_may_be(token, "START") or (token.type in _GIVING and at + 1 < len(tokens) and _gives(tokens, at + 1))) and not given:
            started = True
        elif _may_be(token, "AGENT"):
            given = True
        elif _may_be(token, "EVENT") and not started and not given:
            return at + 1, _value(token, "EVENT")
        elif token.type == "FILLER" or (started and not given and token.type in ("OF", "WITH", "TREATMENT_WITH", "IN", "FOR", "TO")):
            pass
        elif started and not given and token.type in ("WORDS", "CONCEPT") and tokens[at - 1].type != "AND":
            return _code_end(tokens, at), "first dose"
        elif token.type == "TREATMENT_WITH" and at == index and _code_end(tokens, at + 1) > at + 2:
            return _code_end(tokens, at + 1), "first dose"
        else:
            break
        at += 1
    while at > index and tokens[at - 1].type in ("FILLER", "OF", "WITH", "TREATMENT_WITH", "IN", "FOR", "TO"):
        at -= 1
    if at == index:
        return index, ""
    if given and not started and tokens[at - 1].text.lower() in ("study", "trial", "protocol"):
        return at, "enrolment"
    return at, "first dose" if (started or given) else ""


def _code_end(tokens: list[Token], at: int) -> int:
    """Where a drug's name ends, the number of its code with it (`RMC-5552`)."""
    if at >= len(tokens) or tokens[at].type not in ("WORDS", "CONCEPT"):
        return at
    number = at + 1 < len(tokens) and tokens[at + 1].type == "NUMBER" and tokens[at + 1].start - tokens[at].end <= 1
    return at + 2 if number else at + 1


def _gives(tokens: list[Token], index: int) -> bool:
    following = next((token for token in tokens[index:] if token.type not in ("FILLER", "OF")), None)
    return following is not None and _may_be(following, "AGENT")


def _may_be(token: Token, terminal: str) -> bool:
    return token.type == terminal or any(meaning.terminal == terminal for meaning in token.also)


def _value(token: Token, terminal: str) -> str:
    return str(token.value) if token.type == terminal else next(m.value for m in token.also if m.terminal == terminal)


def _otherwise(tokens: list[Token], index: int) -> None:
    """What START, AGENT and DONE words are where no event and no time follows them."""
    token = tokens[index]
    if token.type == "DONE" and index + 1 < len(tokens):
        following = next((t.type for t in tokens[index + 1 :] if t.type != "FILLER"), "")
        if following in ("WITHIN", "LAST", "BEFORE", "AT", "BY", "COMPARE", "AGO", "NUMBER", "DURING"):
            _become(token, "FILLER", "")
            return
    for meaning in token.also:
        if meaning.terminal not in ("START", "AGENT", "DONE", "ASIDE"):
            _become(token, meaning.terminal, meaning.value)
            return
    _become(token, "WORDS", "")


# --- one token at a time ---------------------------------------------------------------------------------------------


def _settle(tokens: list[Token]) -> None:
    for index, token in enumerate(tokens):
        if token.also or token.type in _CONTEXT:
            _CONTEXT.get(token.type, _by_alternative)(tokens, index)


def _by_alternative(tokens: list[Token], index: int) -> None:
    """Prefers the reading that its neighbours allow; the first listed otherwise."""
    token = tokens[index]
    types = {meaning.terminal: meaning for meaning in token.also}
    before = _previous(tokens, index)
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if "EVENT" in types and before in _BEFORE_EVENT:
        _become(token, "EVENT", types["EVENT"].value)
    elif "EVIDENCE" in types:
        _become(token, "EVIDENCE", types["EVIDENCE"].value)
    elif "LAST" in types and after in ("NUMBER", "UNIT"):
        _become(token, "LAST", types["LAST"].value)
    elif "THROUGH" in types and before in ("NUMBER", "UNIT", "LIMIT") and after == "NUMBER":
        _become(token, "THROUGH", "to")
    elif "WITHIN" in types and token.type == "IN" and after in ("NUMBER", "UNIT"):
        _become(token, "WITHIN", "within")
    elif "IN" in types and token.type == "WITHIN" and after not in ("NUMBER", "UNIT"):
        _become(token, "IN", "in")
    elif "WITHIN" in types and after in ("NUMBER", "UNIT") and _is_duration(tokens, index + 1) and _window_follows(tokens, index + 1):
        _become(token, "WITHIN", "within")


def _event(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    if _previous(tokens, index) in _BEFORE_EVENT:
        return
    for meaning in token.also:
        _become(token, meaning.terminal, meaning.value)
        return
    if token.value == "consent":
        _become(token, "SAYS", "yes")


def _dash(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before in ("NUMBER", "UNIT") and after == "NUMBER":
        _become(token, "THROUGH", "to")
    elif before == "CONCEPT" and token.start == tokens[index - 1].end and tokens[index - 1].names:
        _become(token, "RESULT", "negative") if _ends_word(tokens, index) else _become(token, "COMMA", ",")
    else:
        _become(token, "COMMA", ",")


def _plus(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    if before == "NUMBER" or before == "UNIT":
        _become(token, "COMPARE_AFTER", ">=")
    elif before == "CONCEPT" and token.start == tokens[index - 1].end:
        _become(token, "RESULT", "positive")
    else:
        _become(token, "AND", "and")


def _ends_word(tokens: list[Token], index: int) -> bool:
    return index + 1 == len(tokens) or tokens[index + 1].start > tokens[index].end or tokens[index + 1].type != "WORDS"


def _times(tokens: list[Token], index: int) -> None:
    before = tokens[index - 1].type if index else ""
    if before not in ("NUMBER", "LIMIT"):
        _become(tokens[index], "WORDS", "")


def _through(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    before = tokens[index - 1].type if index else ""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if before in ("NUMBER", "UNIT", "LIMIT") and after in ("NUMBER", "LIMIT"):
        return
    if token.text in ("to", "To", "TO"):
        _become(token, "TO", "to")
    elif token.also:
        _become(token, token.also[0].terminal, token.also[0].value)
    else:
        _become(token, "COMMA", ",")


def _last(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    if after not in ("NUMBER", "UNIT"):
        history = next((m for m in token.also if m.terminal in ("HISTORY", "BEFORE")), None)
        _become(token, history.terminal, history.value) if history else _become(token, "WORDS", "")


def _percent(tokens: list[Token], index: int) -> None:
    _become(tokens[index], "WORDS", "")


_CONTEXT = {
    "EVENT": _event, "DASH": _dash, "PLUS": _plus, "TIMES": _times, "THROUGH": _through, "LAST": _last, "PERCENT": _percent,
}  # fmt: skip


def _become(token: Token, type_: str, value: object) -> None:
    token.type = type_
    token.value = value


def _previous(tokens: list[Token], index: int) -> str:
    """The type of the last token before that is not filler."""
    for before in range(index - 1, -1, -1):
        if tokens[before].type != "FILLER":
            return tokens[before].type
    return ""


def _is_duration(tokens: list[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].type == "UNIT" and str(tokens[index + 1].value) in (*TIME_UNITS, "half-life")


def _window_follows(tokens: list[Token], index: int) -> bool:
    return index + 2 < len(tokens) and tokens[index + 2].type in ("BEFORE", "OF", "SINCE", "AGO", "AFTER")




# --- sentences -----------------------------------------------------------------------------------------------------------


def _sentences(tokens: list[Token]) -> list[tuple[list[Token], str]]:
    """Cuts at full stops and semicolons outside parentheses; a stop inside them becomes a comma."""
    sentences: list[tuple[list[Token], str]] = []
    current: list[Token] = []
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == "LPAR":
            depth += 1
        elif token.type == "RPAR":
            depth -= 1
            if depth < 0:
                depth = 0
                continue
        elif token.type in ("STOP", "SEMICOLON"):
            if token.type == "STOP" and not _stops(tokens, index):
                continue
            if depth:
                _become(token, "COMMA", ",")
            else:
                sentences.append((current, "." if token.type == "STOP" else ";"))
                current = []
                continue
        current.append(token)
    for _ in range(depth):
        current = _without_open_paren(current)
    sentences.append((current, ""))
    return _with_times(sentences)


def _with_times(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """"Performed within 10 days of registration; platelets ≥ …": a time by itself belongs to what follows the semicolon."""
    out: list[tuple[list[Token], str]] = []
    for tokens, ended_by in sentences:
        if out and out[-1][1] == ";" and _only_time(out[-1][0]) and tokens:
            before = out.pop()[0]
            tokens = [*before, Token("COMMA", ",", before[-1].end, before[-1].end), *tokens]
        out.append((tokens, ended_by))
    return out


def _only_time(tokens: list[Token]) -> bool:
    return any(token.type in ("WITHIN", "LAST") for token in tokens) and all(
        token.type in ("WITHIN", "LAST", "NUMBER", "UNIT", "BEFORE", "OF", "AFTER", "EVENT", "FILLER", "DOSE", "AT", "COMPARE") for token in tokens
    )


def _stops(tokens: list[Token], index: int) -> bool:
    """Whether a full stop ends a sentence: space follows, and what follows does not begin in lower case."""
    if index + 1 == len(tokens) or tokens[index].value == "\n":
        return True
    following = tokens[index + 1]
    return following.start > tokens[index].end and not following.text[:1].islower()


def _without_open_paren(tokens: list[Token]) -> list[Token]:
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "LPAR":
            return tokens[:index] + tokens[index + 1 :]
    return tokens


# --- one sentence --------------------------------------------------------------------------------------------------------


def _finish(tokens: list[Token]) -> list[Token]:
    tokens = _split_modals(tokens)
    tokens = _without_reason(tokens)
    tokens = _merge_speech(tokens)
    tokens = [token for token in tokens if token.type != "FILLER"]
    tokens = [t for i, t in enumerate(tokens) if not (t.type == "DOSE" and i and tokens[i - 1].type in ("COMPARE", "BETWEEN"))]
    tokens = _regardless(tokens)
    tokens = _relatives(tokens)
    tokens = _joined_adjectives(tokens)
    tokens = _half_lives(tokens)
    tokens = _units_after_last(tokens)
    tokens = _choices(tokens)
    tokens = [t for i, t in enumerate(tokens) if not _idle_equals(tokens, i)]
    _flip(tokens)
    _reorder(tokens)
    _conditional(tokens)
    return _tidy(tokens)


def _split_modals(tokens: list[Token]) -> list[Token]:
    """"must agree" is the modal and the speech after it."""
    out: list[Token] = []
    for token in tokens:
        first, _, rest = token.text.partition(" ")
        if token.type == "SAYS" and rest and first.lower() in ("must", "should", "will"):
            modal = Token("MUST", "must", token.start, token.start + len(first))
            modal.text = first
            token.start, token.text = token.end - len(rest), rest
            out.append(modal)
        out.append(token)
    return out


def _without_reason(tokens: list[Token]) -> list[Token]:
    """A sentence that opens with a reason asks only what follows its comma, if that demands something."""
    if any(token.type == "ASIDE" for token in tokens):
        if all(token.type not in ("MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE", "COMPARE", "SAYS") for token in tokens):
            return []
        for index in range(len(tokens)):
            if tokens[index].type == "ASIDE":
                _otherwise(tokens, index)
    first = next((token for token in tokens if token.type != "FILLER"), None)
    if first is None or not _may_be(first, "EXPLAINS"):
        return tokens
    if _value(first, "EXPLAINS") == "instructs":
        return []
    modal = next((i for i, token in enumerate(tokens) if token.type in ("MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE")), 0)
    commas = [i for i, token in enumerate(tokens[:modal]) if token.type == "COMMA"]
    return tokens[commas[-1] + 1 :] if commas else []


def _merge_speech(tokens: list[Token]) -> list[Token]:
    """One STATEMENT or JUDGEMENT token for words that only a person can answer, up to the end of their clause."""
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        opens = token.type == "SAYS" and all(t.type in _OPENERS for t in _clause_before(merged))
        if opens or token.type == "JUDGES":
            end = _speech_end(tokens, index, in_list=any(t.type == "INCLUDING" for t in merged))
            speech = Token("STATEMENT" if opens else "JUDGEMENT", token.value, token.start, tokens[end - 1].end)
            speech.text = token.text
            merged.append(speech)
            index = end
            continue
        if token.type == "SAYS":
            _become(token, *next(((m.terminal, m.value) for m in token.also if m.terminal != "SAYS"), ("WORDS", "")))
            continue
        merged.append(token)
        index += 1
    return merged


def _clause_before(tokens: list[Token]) -> list[Token]:
    """The tokens since the last modal or connective."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type in _MODALS or tokens[index].type in _TAILS or tokens[index].type in ("COMMA", "AND", "OR", "COLON", "THAT", "LPAR"):
            return tokens[index + 1 :]
    return tokens


def _speech_end(tokens: list[Token], index: int, *, in_list: bool) -> int:
    depth = 0
    ends = _STATEMENT_ENDS | {"COMMA"} if in_list else _STATEMENT_ENDS
    for end in range(index + 1, len(tokens)):
        type_ = tokens[end].type
        if type_ == "LPAR":
            depth += 1
        elif type_ == "RPAR":
            depth -= 1
            if depth < 0:
                return end
        elif not depth and type_ in ends:
            return end
    return len(tokens)


def _regardless(tokens: list[Token]) -> list[Token]:
    """"with or without X", "regardless of X": asks nothing, up to the end of its clause."""
    out: list[Token] = []
    skipping = False
    for token in tokens:
        if skipping and (token.type in _TAILS or token.type in _MODALS or token.type in ("COMMA", "RPAR")):
            skipping = False
        if token.type == "REGARDLESS":
            skipping = True
        if not skipping:
            out.append(token)
    return out


def _relatives(tokens: list[Token]) -> list[Token]:
    """"who have not received": the verb after it says all; "should be excluded" is one modal."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if token.type == "WITH" and following in _ACTS and token.text.lower() not in ("with", "having"):
            if not out:
                continue
            _become(token, "THAT", "that")
        if token.type == "MUST" and following in ("EXCLUDED", "ELIGIBLE"):
            continue
        if token.type == "ELIGIBLE" and " " not in token.text and following not in ("", "RPAR", "IF", "PROVIDED", "STOP", "UNLESS", "EXCEPT"):
            _become(token, "WORDS", "")
        if token.type == "BY" and following == "CONCEPT" and token.text.lower() == "on" and tokens[index + 1].kind == "treatment":
            _become(token, "RECEIVING", "now")
        out.append(token)
    return out


def _joined_adjectives(tokens: list[Token]) -> list[Token]:
    """"systemic or local", "relapsed/refractory": one adjective with both values."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type in _JOINED:
            ahead = index + 1
            while ahead < len(tokens) and tokens[ahead].type in ("OR", "AND", "ANDOR", "SLASH", "COMMA"):
                ahead += 1
            if ahead > index + 1 and ahead < len(tokens) and tokens[ahead].type == token.type and "treated" not in f"{token.value}{tokens[ahead].value}":
                merged = Token(token.type, f"{token.value}|{tokens[ahead].value}", token.start, tokens[ahead].end)
                merged.text = token.text
                tokens[ahead] = merged
                index = ahead
                continue
        out.append(token)
        index += 1
    return out


def _half_lives(tokens: list[Token]) -> list[Token]:
    """"28 days or 5 half-lives, whichever is longer": one length of time, said in its unit as `day|5|longer`."""
    which = next((str(token.value) for token in tokens if token.type == "WHICHEVER"), "")
    out: list[Token] = []
    ended = False
    for token in tokens:
        if token.type == "WHICHEVER":
            while out and out[-1].type in ("COMMA", "LPAR"):
                out.pop()
            ended = True
            continue
        if ended and token.type == "COMMA":
            continue
        ended = False
        if token.type == "RPAR" and sum((t.type == "LPAR") - (t.type == "RPAR") for t in out) <= 0:
            continue
        out.append(token)
        merged = _lengths(out, which)
        if merged is not None:
            out = merged
    return out


def _lengths(out: list[Token], which: str) -> list[Token] | None:
    """The row with its last two lengths of time as one, where one of them is in half-lives."""
    if not which or len(out) < 4 or out[-1].type != "UNIT" or out[-2].type != "NUMBER":
        return None
    at = len(out) - 3
    while at > 0 and out[at].type in ("COMMA", "OR", "ANDOR", "LPAR", "COMPARE", "WITHIN", "DASH"):
        at -= 1
    if at == len(out) - 3 or out[at].type != "UNIT" or out[at - 1].type != "NUMBER":
        return None
    first, second = (out[at - 1], out[at]), (out[-2], out[-1])
    if (first[1].value == "half-life") == (second[1].value == "half-life") or "|" in f"{first[1].value}{second[1].value}":
        return None
    days, halves = (second, first) if first[1].value == "half-life" else (first, second)
    if days[1].value not in TIME_UNITS:
        return None
    number = Token("NUMBER", days[0].value, first[0].start, first[0].end)
    unit = Token("UNIT", f"{days[1].value}|{float(halves[0].value):g}|{which}", first[1].start, second[1].end)  # type: ignore[arg-type]
    return [*out[: at - 1], number, unit]


def _units_after_last(tokens: list[Token]) -> list[Token]:
    """"in the past year" is one year."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "UNIT" and (not out or out[-1].type not in _NUMERIC):
            if out and out[-1].type in ("LAST", "WITHIN", "COMPARE", "LASTING") and str(token.value) in TIME_UNITS:
                out.append(Token("NUMBER", 1.0, token.start, token.start))
            else:
                _become(token, "WORDS", "")
        out.append(token)
    return out


def _choices(tokens: list[Token]) -> list[Token]:
    """"0, 1, or 2" as one CHOICE."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end = _choice_end(tokens, index)
        if end > index + 1:
            values = tuple(value for t in tokens[index:end] if t.type == "NUMBER" for value in _listed_numbers(t))
            out.append(Token("CHOICE", values, tokens[index].start, tokens[end - 1].end))
        else:
            end = index + 1
            out.append(tokens[index])
        index = end
    return out


def _listed_numbers(token: Token) -> tuple[float, ...]:
    """"0,1" in a list of choices is two numbers."""
    first, comma, last = token.text.partition(",")
    if comma and first.isdigit() and last.isdigit() and int(last) == int(first) + 1:
        return float(first), float(last)
    return (float(token.value),)  # type: ignore[arg-type]


def _choice_end(tokens: list[Token], index: int) -> int:
    if tokens[index].type != "NUMBER" or (index and tokens[index - 1].type in ("COMPARE", "BETWEEN")):
        return index
    end = index + 1
    while True:
        ahead = end
        while ahead < len(tokens) and tokens[ahead].type in ("COMMA", "OR", "ANDOR", "AND", "SLASH"):
            ahead += 1
        if ahead == end or ahead >= len(tokens) or tokens[ahead].type != "NUMBER":
            break
        if {t.type for t in tokens[end:ahead]} & {"AND"} and float(tokens[index].value):  # type: ignore[arg-type]
            break
        if {t.type for t in tokens[end:ahead]} & {"AND", "SLASH"} and float(tokens[ahead].value) - float(tokens[end - 1].value) != 1:  # type: ignore[arg-type]
            break
        end = ahead + 1
    after = tokens[end].type if end < len(tokens) else ""
    return index if after in ("UNIT", "TIMES", "LIMIT", "THROUGH", "COMPARE_AFTER") else end


def _idle_equals(tokens: list[Token], index: int) -> bool:
    """The sign in "= 0-2"."""
    if tokens[index].type != "COMPARE" or tokens[index].value != "=" or index + 1 >= len(tokens):
        return False
    if tokens[index + 1].type == "CHOICE":
        return True
    return index + 2 < len(tokens) and tokens[index + 1].type == "NUMBER" and tokens[index + 2].type == "THROUGH"


def _flip(tokens: list[Token]) -> None:
    """"18 ≤ Age" says that age is at least 18."""
    for index, token in enumerate(tokens[:-1]):
        if (
            token.type == "COMPARE"
            and not token.text[0].isalpha()
            and index
            and tokens[index - 1].type in ("NUMBER", "UNIT")
            and tokens[index + 1].type in ("CONCEPT", "WORDS")
        ):
            _become(token, "COMPARE_AFTER", _FLIPPED[str(token.value)])


def _reorder(tokens: list[Token]) -> None:
    """"between the ages of 18 and 75", "≥ grade 3": the noun before the comparator."""
    for index, token in enumerate(tokens[:-2]):
        if token.type not in ("COMPARE", "BETWEEN"):
            continue
        noun, after = tokens[index + 1], tokens[index + 2]
        if noun.type == "GRADE" and after.type == "NUMBER":
            tokens[index], tokens[index + 1] = noun, token
        elif noun.type == "CONCEPT" and (after.type in _NUMERIC or (after.type == "OF" and index + 3 < len(tokens) and tokens[index + 3].type in _NUMERIC)):
            tokens[index], tokens[index + 1] = noun, token
            if after.type == "OF":
                tokens[index + 1], tokens[index + 2] = after, token


def _conditional(tokens: list[Token]) -> None:
    """At the head of a sentence, "for women, …" and "if …, …" condition what follows the comma or colon."""
    while tokens and tokens[0].type in _LINKS:
        del tokens[0]
    if not tokens or tokens[0].type not in ("IF", "FOR", "IN") or any(token.type == "THEN" for token in tokens):
        return
    depth = 0
    for token in tokens:
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if token.type in ("COMMA", "COLON") and not depth:
            _become(tokens[0], "IF", "if")
            _become(token, "THEN", "then")
            return


def _tidy(tokens: list[Token]) -> list[Token]:
    """Drops connectives that join nothing: at the ends, before tails and modals, after openings."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "EXPLAINS":
            _become(token, "WORDS", "")
        if token.type in _LINKS and (not out or out[-1].type in _TAILS or out[-1].type in _MODALS or out[-1].type == "LPAR"):
            continue
        if token.type in _TAILS or token.type in _MODALS or token.type == "RPAR":
            while out and out[-1].type in _LINKS:
                out.pop()
            if token.type in _TAILS and out and out[-1].type in _TAILS:
                out.pop()
        out.append(token)
    while out and (out[-1].type in _LINKS or out[-1].type in _TAILS):
        out.pop()
    return out
