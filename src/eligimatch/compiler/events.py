"""Events of the study: "the start of | study treatment" after "prior to" as one EVENT."""

from __future__ import annotations

import re

from eligimatch.compiler.terminals import become, may_be, value_as
from eligimatch.compiler.tokens import TIME_UNITS, Token

BEFORE_EVENT = frozenset({"BEFORE", "AFTER", "SINCE", "AT", "DURING", "OF", "IN", "TO", "BY"})
_BEFORE_NAME = BEFORE_EVENT | {"DUE_TO"}
_EVENTFUL = frozenset({"START", "AGENT", "DONE", "ASIDE"})
OF_THE_STUDY = ("enrolment", "first dose", "as_of", "consent")
"""Events that two words may name at once: "before screening or randomization"."""
_AHEAD = re.compile(
    r"\b(?:registration|randomi[sz]ation|enrol\w*|study|trial|protocol|treatment|therapy|dose|dosing|infusion|cycle|day|step|screening|apheresis"
    r"|leukapheresis|lymphodepletion|conditioning|administration|initiation|start|scan|imaging|visit|consent|ICF|C1D\S*|D1)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:diagnos\w+|last|prior|previous|relapse|progression|onset|surgery|completion|end|discharge|injury|symptom\w*)\b", re.IGNORECASE
)
_STARTING = ("starting", "beginning", "initiating", "commencing")
_LEADING = frozenset({"date", "dates", "projected", "expected", "intended"})
_BEFORE_START = frozenset({"FILLER", "PLANNED", "OF"})
_CODE = re.compile(r"[A-Za-z]{1,5}[ -]?\d{2,}\w*")
_OF_A_NAME = frozenset({"FILLER", "OF", "FOR", "TO", "IN", "BY", "WORDS", "NUMBER", "DASH", "UNIT"})
_GIVING = frozenset({"TREATMENT_WITH", "RECEIVING", "RECEIVED"})
_EARLIER = frozenset({"initial", "frontline", "index", "original", "primary"})
_GENERAL = frozenset(
    "treatment;study treatment;investigational drug;systemic therapy;anticancer therapy;chemotherapy;radiotherapy;immunotherapy;chemoradiotherapy"
    ";medication".split(";")
)
_GIVEN = frozenset({"treatment", "operation", "procedure"})
_ENDS = frozenset({"STOP", "SEMICOLON", "RPAR"})
_DONE = frozenset({"operation", "procedure"})
_TESTED = re.compile(r"(?:challenge|test|testing|scan|assessment|measurement|experiment|meal|sampling|collection)s?\Z", re.IGNORECASE)
"""What a study does first that is no treatment: "the first exercise challenge"."""


def events(tokens: list[Token]) -> list[Token]:
    """ "prior to | the start of | study treatment" as one EVENT; such words elsewhere are what else they may be."""
    out: list[Token] = []
    said: list[Token] = []
    """What is no filler of them."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type in ("HISTORY", "LAST") and may_be(token, "BEFORE") and out and out[-1].type == "UNIT":
            become(token, "BEFORE", "before")
        end, event = index, ""
        if said and said[-1].type in ("BEFORE", "AFTER") and _either(tokens, index):
            token = _as_words(tokens, index)
            index += 2
        if said and said[-1].type in _BEFORE_NAME:
            end, event = event_at(tokens, index) if _leads_to_event(said) else (index, "")
            if _times_a_number(said):
                end, event = _named(tokens, index, end, event)
        if event == "first dose" and _number_before(said) and _of_a_drug(tokens, index, end):
            index = end - 1  # "PSA > 2 before the start of | hormone therapy": which may have begun long ago
            token, event = tokens[index], ""
        if event:
            if _up_to(said):
                become(said[-1], "BEFORE", "before")
            token, index = _whole(tokens, index, end, event)
        else:
            if index and tokens[index].value == "ended" and _passive_end(tokens, index):
                token.type, token.value = "DONE", "done"
            if token.type in _EVENTFUL or (token.also and may_be(token, "DONE")):
                _alone(tokens, index, out)
            index += 1
        out.append(token)
        if token.type != "FILLER":
            said.append(token)
    return out


def _whole(tokens: list[Token], index: int, end: int, event: str) -> tuple[Token, int]:
    """The event with others that are named beside it, and where they end."""
    while end + 1 < len(tokens) and tokens[end].type in ("SLASH", "OR", "ANDOR"):
        later, other = event_at(tokens, end + 1)
        apart = other != event and other not in OF_THE_STUDY
        if not other or (apart and tokens[end].type != "SLASH" and not _closed(tokens, later)):
            break
        end, event = later, f"{event} or {other}" if apart else event  # "before enrollment/leukapheresis": whichever it is
    end = _without_repetition(tokens, _other_drug(tokens, end), event)
    merged = Token("EVENT", event, tokens[index].start, tokens[end - 1].end)
    merged.text = tokens[index].text
    return merged, end


def _closed(tokens: list[Token], end: int) -> bool:
    return end == len(tokens) or tokens[end].type in ("RPAR", "STOP", "SEMICOLON")


def _without_repetition(tokens: list[Token], end: int, event: str) -> int:
    """The end of an event with its other name in parentheses: "first dose (C1D1)"."""
    if end + 1 >= len(tokens) or tokens[end].type != "LPAR":
        return end
    later, other = event_at(tokens, end + 1)
    return later + 1 if other == event and later < len(tokens) and tokens[later].type == "RPAR" else end


def _other_drug(tokens: list[Token], end: int) -> int:
    """Where the event ends that names two drugs: "of receiving durvalumab | or tremelimumab", "the first dose of ABC-123 | and durvalumab"."""
    last, rest = tokens[end - 1], tokens[end : end + 3]
    drug = (last.type == "CONCEPT" and last.kind == "treatment") or last.type in ("WORDS", "NUMBER")
    named = drug and len(rest) > 1 and rest[0].type in ("OR", "SLASH", "ANDOR", "AND")
    closed = len(rest) < 3 or rest[2].type in ("STOP", "RPAR", "SEMICOLON")
    return end + 2 if named and closed and rest[1].type == "CONCEPT" and rest[1].kind == "treatment" else end


def _alone(tokens: list[Token], index: int, out: list[Token]) -> None:
    """Words of an event where none begins."""
    token = tokens[index]
    if token.type in ("START", "AGENT", "DONE"):
        otherwise(tokens, index)
    elif may_be(token, "DONE") and _heads_list(tokens, index):
        become(token, "FILLER", "")  # "completed within 14 days: hemoglobin …"
    elif token.type == "ASIDE" and out and out[-1].type in ("LPAR", "COMMA") and _before_time(tokens, index):
        become(token, "FILLER", "")  # "(should be obtained within 14 days)"


def _leads_to_event(said: list[Token]) -> bool:
    last, before = said[-1].type, said[-2].type if len(said) > 1 else ""
    if last in BEFORE_EVENT:
        return last != "OF" or before != "ALLERGY"
    return last == "DUE_TO" and before == "UNIT"


def _up_to(said: list[Token]) -> bool:
    """Whether the words so far are a length of time up to something: "< 6 months to | enrollment", "< 1 year from time of | consent"."""
    kinds = [token.type for token in said[-4:]]
    led = len(kinds) == 4 and (kinds[3] == "TO" or (kinds[3] == "SINCE" and said[-1].text.lower().startswith("from")))
    return led and kinds[1:3] == ["NUMBER", "UNIT"] and kinds[0] in ("COMPARE", "WITHIN") and said[-2].value in TIME_UNITS


def _times_a_number(said: list[Token]) -> bool:
    """Whether the words so far hold something against a limit and end in a length of time before something."""
    if len(said) < 2 or said[-1].type not in ("BEFORE", "OF") or said[-2].type != "UNIT" or said[-2].value not in TIME_UNITS:
        return False
    numbers = [index for index, token in enumerate(said[:-3]) if token.type == "CONCEPT" and token.kind in ("analyte", "score")]
    return bool(numbers) and any(token.type in ("COMPARE", "NUMBER") for token in said[numbers[0] : -3])


def _either(tokens: list[Token], index: int) -> bool:
    """ "before | anesthesia/sedation": two things that are done, either of them."""
    kinds = [token.kind for token in tokens[index : index + 3]]
    after = tokens[index + 3].type if index + 3 < len(tokens) else "STOP"
    return len(kinds) == 3 and tokens[index + 1].type == "SLASH" and {kinds[0], kinds[2]} <= _GIVEN and after in _ENDS


def _as_words(tokens: list[Token], index: int) -> Token:
    """The two as words of which no profile tells when they were; the last of the three tokens holds them."""
    first, last = tokens[index], tokens[index + 2]
    last.text = f"{first.text}/{last.text}"
    last.start, last.names, last.kind = first.start, (), ""
    become(last, "WORDS", "")
    return last


def _number_before(said: list[Token]) -> bool:
    """Whether a limit of no length of time ends before a "before"."""
    number = len(said) > 2 and said[-1].type == "BEFORE" and said[-2].type in ("UNIT", "NUMBER") and said[-2].value not in (*TIME_UNITS, "half-life")
    return number and any(token.type == "COMPARE" for token in said[-5:-2])


def _of_a_drug(tokens: list[Token], index: int, end: int) -> bool:
    """Whether what starts is a treatment by its own name, of which the study may or may not consist."""
    last = tokens[end - 1]
    return end - 1 > index and last.type == "CONCEPT" and last.kind == "treatment" and _GENERAL.isdisjoint(last.names)


def _named(tokens: list[Token], index: int, end: int, event: str) -> tuple[int, str]:
    """What a value's time is counted from, up to the end of its clause: "crossover registration", "screening for protocol therapy"."""
    stop = end
    while stop < len(tokens) and _goes_on(tokens, stop):
        stop += 1
    closed = stop == len(tokens) or tokens[stop].type in ("RPAR", "COMMA", "SEMICOLON", "STOP")
    words = " ".join(token.text for token in tokens[index:stop])
    if stop == end or not closed or not _AHEAD.search(words) or _BEHIND.search(words):
        return end, event
    return stop, event or " ".join(words.lower().split())


def _goes_on(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.type == "CONCEPT":
        return token.kind in ("treatment", "procedure", "operation", "substance")
    if token.type == "AND":
        return at + 1 < len(tokens) and any(may_be(tokens[at + 1], terminal) for terminal in ("START", "EVENT", "AGENT"))
    return token.type in _OF_A_NAME or any(may_be(token, terminal) for terminal in ("START", "AGENT", "EVENT"))


def event_at(tokens: list[Token], index: int) -> tuple[int, str]:
    """The end of the event that begins here and its name; no name where none does."""
    first = _led_to(tokens, index)
    end, event = _event_at(tokens, first) if first > index else (index, "")
    return (end, event) if event else _event_at(tokens, index)


def _led_to(tokens: list[Token], index: int) -> int:
    """Where what leads to an event ends: "the date of | the first dose", "planned | cycle 1 day 1"."""
    at = index
    while at < len(tokens) and (tokens[at].type in _BEFORE_START or tokens[at].text.lower() in _LEADING):
        at += 1
    return at if at > index and tokens[index].type != "OF" else index


def _event_at(tokens: list[Token], index: int) -> tuple[int, str]:
    at, started, given = index, False, False
    while at < len(tokens):
        token = tokens[at]
        if (may_be(token, "START") or (token.type in _GIVING and at + 1 < len(tokens) and _gives(tokens, at + 1))) and not given:
            started = True
        elif may_be(token, "AGENT"):
            given = True
        elif may_be(token, "EVENT") and not started and not given:
            return at + 1, value_as(token, "EVENT")
        elif token.type == "FILLER" or (started and not given and (_of_the_start(token) or _of_the_study(tokens, at))):
            pass
        elif started and not given and token.type in ("WORDS", "CONCEPT") and tokens[at - 1].type != "AND":
            return _started_with(tokens, at, index) if token.text.lower() not in _EARLIER else (index, "")  # "the start of | initial therapy"
        elif token.type == "TREATMENT_WITH" and at == index and (_coded(tokens, at + 1) or _started(tokens, at)):
            return _code_end(tokens, at + 1), "first dose"
        else:
            break
        at += 1
    if started and not given and at < len(tokens) and tokens[at].type in ("HISTORY", "DONE", "LINE") and _of_the_start(tokens[at - 1]):
        return index, ""  # "the start of | the last therapy"
    while at > index and (tokens[at - 1].type == "FILLER" or _of_the_start(tokens[at - 1])):
        at -= 1
    if at == index:
        return index, ""
    if given and not started and tokens[at - 1].text.lower() in ("study", "trial", "protocol"):
        return at, "enrolment"
    return at, "first dose" if (started or given) else ""


def _of_the_study(tokens: list[Token], at: int) -> bool:
    """ "the start of | initial | study treatment"."""
    return tokens[at].text.lower() in _EARLIER and any(may_be(after, "AGENT") for after in tokens[at + 1 : at + 2])


def _of_the_start(token: Token) -> bool:
    """Whether a word may stand between a start and what starts: "first treatment | on | study"."""
    return token.type in ("OF", "WITH", "TREATMENT_WITH", "IN", "FOR", "TO") or (token.type == "BY" and token.text.lower() == "on")


def _started_with(tokens: list[Token], at: int, index: int) -> tuple[int, str]:
    """ "the start of | CT3001"; "the first | leukapheresis" is an event of its own, or none."""
    if tokens[at].kind == "condition" or (tokens[at].type == "WORDS" and _TESTED.search(tokens[at].text)):
        return index, ""  # "the onset of | pneumonia" is no start of treatment
    if tokens[at].kind not in _DONE:
        return _code_end(tokens, at), "first dose"
    return (at + 1, value_as(tokens[at], "EVENT")) if may_be(tokens[at], "EVENT") else (index, "")


def _code_end(tokens: list[Token], at: int) -> int:
    """Where a drug's name ends, the number of its code with it (`RMC-5552`)."""
    if at >= len(tokens) or tokens[at].type not in ("WORDS", "CONCEPT"):
        return at
    number = at + 1 < len(tokens) and tokens[at + 1].type == "NUMBER" and tokens[at + 1].start - tokens[at].end <= 1
    return at + 2 if number else at + 1


def _coded(tokens: list[Token], at: int) -> bool:
    """Whether a drug is named by a code, as those under study are (`RMC-5552`, `AMG 510`)."""
    end = _code_end(tokens, at)
    return end == at + 2 or (end > at and tokens[at].type == "WORDS" and _CODE.fullmatch(tokens[at].text) is not None)


def _started(tokens: list[Token], at: int) -> bool:
    """ "before starting | treatment with pembrolizumab": the drug of the study, whatever its name."""
    begins = at > 0 and tokens[at - 1].type == "BEFORE" and tokens[at - 1].text.lower().endswith(_STARTING)
    return begins and at + 1 < len(tokens) and tokens[at + 1].kind == "treatment"


def _gives(tokens: list[Token], index: int) -> bool:
    following = next((token for token in tokens[index:] if token.type not in ("FILLER", "OF")), None)
    return following is not None and may_be(following, "AGENT")


def otherwise(tokens: list[Token], index: int) -> None:
    """What START, AGENT and DONE words are where no event and no time follows them."""
    token = tokens[index]
    if token.type == "DONE" and _before_time(tokens, index):
        become(token, *(("MUST", "must") if _demanded(tokens, index) else ("FILLER", "")))
        return
    if token.type == "DONE" and token.text.lower().startswith(("must", "should")) and any(before.type == "RESULT" for before in tokens[:index]):
        become(token, "MUST", "must")  # "a negative test | must be obtained | in women"
        return
    for meaning in token.also:
        if meaning.terminal not in ("START", "AGENT", "DONE", "ASIDE"):
            become(token, meaning.terminal, meaning.value)
            return
    become(token, "WORDS", "")


def _passive_end(tokens: list[Token], index: int) -> bool:
    """ "must be | discontinued | at least 2 weeks before": the verb of what stands before it."""
    before = tokens[index - 1]
    return before.type in ("MUST", "FILLER") and before.text.lower().endswith(("be", "been", "was", "were"))


def _demanded(tokens: list[Token], index: int) -> bool:
    """ "radiotherapy must have been completed at least 2 weeks before": asked of those who had it."""
    before = next((token for token in reversed(tokens[:index]) if token.type != "FILLER"), None)
    least = any(token.type == "COMPARE" and token.value in (">=", ">") for token in tokens[index + 1 : index + 3])
    return least and tokens[index].text.lower().startswith("must") and before is not None and before.kind in ("treatment", "operation")


def _heads_list(tokens: list[Token], index: int) -> bool:
    """Whether a word at the head of a sentence only leads to the time of what stands after a colon."""
    if any(token.type not in ("FILLER", "MUST", "COLON") for token in tokens[:index]) or not _before_time(tokens, index):
        return False
    return any(token.type in ("COLON", "SEMICOLON") for token in tokens[index : index + 12])


def _before_time(tokens: list[Token], index: int) -> bool:
    following = [token.type for token in tokens[index + 1 : index + 5] if token.type != "FILLER"]
    if following[:2] == ["IN", "NUMBER"]:
        return True
    return following[:1] != [] and following[0] in ("WITHIN", "LAST", "BEFORE", "AT", "BY", "COMPARE", "AGO", "NUMBER", "DURING")


def planned_surgery(tokens: list[Token], index: int) -> None:
    """ "planned | surgery", where it is no day to count from."""
    token = tokens[index]
    surgery = Token("CONCEPT", "operation", token.end - len("surgery"), token.end, ("surgery",))
    surgery.text = "surgery"
    token.end, token.text = surgery.start - 1, token.text.partition(" ")[0]
    become(token, "PLANNED", "planned")
    tokens.insert(index + 1, surgery)


def when(tokens: list[Token], index: int) -> None:
    """ "when signing consent": at that event; "excluded if A or if B": if A or B."""
    opened = next((at for at, token in enumerate(tokens[:index]) if token.type == "IF"), index)
    said = {token.type for token in tokens[opened:index]} & {"STOP", "SEMICOLON"} or any(token.type == "MUST" for token in tokens[index:])
    if opened < index and tokens[index - 1].type == "OR" and tokens[index].text.lower() == "if" and not said:
        become(tokens[index], "FILLER", "")
        return
    if tokens[index].text.lower() == "when" and index + 1 < len(tokens) and tokens[index + 1].type == "EVENT":
        become(tokens[index], "AT", "at")
