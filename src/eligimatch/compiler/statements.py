"""Statements: words that only a person can answer as one token, from where they begin to where speech ends."""

from __future__ import annotations

import re
from copy import copy
from itertools import dropwhile, takewhile

from eligimatch.compiler.signs import with_theirs
from eligimatch.compiler.terminals import LINKS, MODALS, TAILS, become
from eligimatch.compiler.tokens import Token

_ENDS = frozenset({"INCLUDING", "UNLESS", "IF", "EXCEPT", "PROVIDED", "ELIGIBLE", "EXCLUDED", "DEFINED", "THEN"})
_OPENERS = (
    frozenset({"FILLER", "MUST", "MUST_NOT", "NOT", "THAT", "WITH", "EITHER", "KNOWN", "CURRENT", "OTHER", "PLANNED", "METHOD"})
    | {"HISTORY", "HISTORY_OR_CURRENT", "RECENT"}
    | LINKS
    | TAILS
)
_QUALITIES = frozenset({"CURRENT", "KNOWN", "SUSPECTED", "SEVERITY", "COURSE", "JUDGED", "OTHER", "FILLER", "WITH", "EVIDENCE", "NEW"})
_DESCRIBING = frozenset({"some", "sterile", "partner"})
"""Speech that tells of whom a sentence is, and leaves its demand alone."""
_WILL = frozenset({"can", "cannot"})
_CLAUSE = frozenset({"COMMA", "AND", "OR", "COLON", "THAT", "LPAR"}) | MODALS | TAILS
SAID = "said"
"""The value of words that may be speech, where no speech begins."""
_NUMBERS = frozenset({"COMPARE", "BETWEEN", "COMPARE_AFTER", "NUMBER"})
_PAST = frozenset({"HISTORY", "HISTORY_OR_CURRENT"})
_STATES = frozenset({"pregnant", "breastfeeding"})
_ASSESSED = re.compile(r"\b(?:determin|assess|evaluat|judg|measur|confirm|estimat|defin)\w* by\b", re.IGNORECASE)
_ASSESSOR = re.compile(
    r"(?:(?:the|an?|or|and|any|his|her|their|its|study|site|treating|enrolling|attending|principal|primary|local|sub|co|lead|responsible|overall|clinical|clinic|medical"
    r"|protocol|trial|project|radiation|surgical|consulting|designated|qualified|institutional|sponsor(?:'s)?|investigators?(?:['’]s)?)[ -]?)*"
    r"(?:investigators?|sub-?investigators?|physicians?|oncologists?|surgeons?|doctors?|clinicians?|researchers?|sponsors?|designees?|delegates?|monitors?|PIs?|chairs?"
    r"|hematologists?|teams?|staff|providers?|representatives?|nurses?|psychiatrists?|experts?|professionals?|coordinators?|directors?|officers?|cardiologists?)",
    re.IGNORECASE,
)
"""Who may judge, named after another who does: "in the opinion of the investigator or the sponsor"."""
_DEEMS = re.compile(r"\b(?:considered|deemed|judged|felt|believed|thought|considers?|deems?|judges?|feels?|believes?|thinks?)$", re.IGNORECASE)
_HYPOTHESIS = re.compile(r"\b(?:participat|enrol|enter|initiat|administ|treated|receiv|includ|tak\w+ part|involved|were|undergo)", re.IGNORECASE)
_TELLS = re.compile(r"(?:that|which) (?:has|have|had|is|are)\b", re.IGNORECASE)
"""Tells more of a thing than who assessed it: "toxicity that has not resolved to grade < 2"."""
_AFFECTS = re.compile(
    r"(?:(?:substantially|significantly|unduly|adversely|otherwise|potentially|seriously) )?"
    r"(?:increase|compromise|interfere|jeopardi[sz]e|prevent|preclude|affect|limit|impair|put|place|pose|make|confound|hinder|reduce|influence|alter"
    r"|render|require|contraindicate|endanger|impede|prohibit|obscure|hamper)s?\b",
    re.IGNORECASE,
)
_FITNESS = re.compile(
    r"(?:not |un|in)?(?:an? |considered )?(?:amenable|suitable|eligible|fit|appropriate|candidates?|accessible|available)\b", re.IGNORECASE
)
"""What may be said of a disease right after its name: "carcinoma not amenable to resection"."""


def merge_speech(tokens: list[Token]) -> list[Token]:
    """One STATEMENT or JUDGEMENT token for words that only a person can answer, up to the end of their clause."""
    merged: list[Token] = []
    tokens = _with_reason(_apart(_for_whom(with_theirs(tokens))))
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "JUDGES" and (end := _assessed(tokens, index)):
            if tokens[end - 1].type == "COMMA" and merged and merged[-1].type == "COMMA":
                merged.pop()
            index = end
        elif token.type == "JUDGES" or (token.type == "SAYS" and _opens(tokens, index, merged)):
            if token.type == "JUDGES":
                _without_relative(merged)
            end = _end(tokens, index, merged)
            _merge(tokens, index, end, merged)
            index = end
        elif token.type == "SAYS" and merged and merged[-1].kind == "condition" and _FITNESS.match(token.text):
            merged.append(Token("THAT", "that", token.start, token.start))
        elif token.type == "SAYS":
            become(token, *next(((m.terminal, m.value) for m in token.also if m.terminal != "SAYS"), ("WORDS", SAID)))
        else:
            merged.append(token)
            index += 1
    return _of_what_precedes(merged)


def _of_what_precedes(tokens: list[Token]) -> list[Token]:
    """ "any disease, | which, in the investigator's opinion, would …": the clause is of what stands before the comma."""
    clauses = {index for index, token in enumerate(tokens) if token.type == "JUDGEMENT" and token.text.lower().startswith(("which", "that "))}
    return [token for index, token in enumerate(tokens) if not (token.type == "COMMA" and index + 1 in clauses)] if clauses else tokens


def _with_reason(tokens: list[Token]) -> list[Token]:
    """ "who because of age or illness cannot consent": why someone cannot is part of what is said of them."""
    first = next((index for index, token in enumerate(tokens) if token.type not in ("FILLER", "THAT", "COMMA", "WITH")), len(tokens))
    if first == len(tokens) or tokens[first].type != "DUE_TO":
        return tokens
    said = next((index for index, token in enumerate(tokens) if token.type == "SAYS" and token.value in _WILL), 0)
    between = {token.type for token in tokens[first:said]}
    if not said or not between.isdisjoint(_NUMBERS | MODALS | TAILS | {"STOP", "SEMICOLON"}):
        return tokens
    tokens[said].start = tokens[first].start
    return [*tokens[:first], *tokens[said:]]


def _for_whom(tokens: list[Token]) -> list[Token]:
    """ "cancer for whom adjuvant chemotherapy is indicated": what is said of a treatment begins with its name."""
    out = list(tokens)
    for at in range(len(tokens) - 1, 1, -1):
        first = at
        while first and tokens[at].type == "SAYS" and tokens[first - 1].type in _NAMING:
            first -= 1
        given = any(token.kind in ("treatment", "operation") for token in tokens[first:at])
        if given and first and tokens[first - 1].type == "THAT" and tokens[first - 1].text.lower().endswith(" whom"):
            said = copy(tokens[at])
            said.start = tokens[first].start
            out[first : at + 1] = [said]
    return out


_NAMING = frozenset({"INTENT", "CONCEPT", "WORDS", "FILLER", "OR", "SLASH"})


def _apart(tokens: list[Token]) -> list[Token]:
    """ "and willing to …", "or could not …" joins what is said to what stands before it."""
    out: list[Token] = []
    for token in tokens:
        word = token.text.lower().partition(" ")[0]
        joins = (token.type == "SAYS" and word == "and") or (token.type in ("SAYS", "JUDGES") and word == "or" and out and out[-1].type == "COMMA")
        if joins and out and out[-1].type != "SAYS":
            out.append(Token(word.upper(), word, token.start, token.start + len(word)))
            said = copy(token)
            said.start, said.text = token.start + len(word) + 1, token.text[len(word) + 1 :]
            out.append(said)
        else:
            out.append(token)
    return out


def _without_relative(merged: list[Token]) -> None:
    """ "reasons which, in the opinion of …": the judgement is of what stands before the relative."""
    at = len(merged)
    while at and (merged[at - 1].type == "COMMA" or merged[at - 1].type in ("FILLER", "THAT")):
        at -= 1
    if any(token.type == "THAT" and token.text.lower() in ("that", "which", "who") for token in merged[at:]) and at:
        del merged[at:]


def lasts(token: Token) -> bool:
    """Whether it is an "until", which after what is promised tells how long."""
    return token.type == "UNLESS" and token.text.lower() == "until"


def _merge(tokens: list[Token], index: int, end: int, merged: list[Token]) -> None:
    """Adds the tokens from `index` to `end` as one; a group of people that they describe stands before it."""
    token = tokens[index]
    first = (_described(merged) if token.value == "thing" else None) or _whose_or(merged, token) or token
    speech = Token("STATEMENT" if token.type == "SAYS" else "JUDGEMENT", token.value, first.start, tokens[end - 1].end)
    speech.text = token.text
    following = next((later for later in tokens[index + 1 :] if later.type != "FILLER"), None)
    if following and token.value == "some" and following.kind == "group":
        merged.append(following)
    merged.append(speech)


def _whose_or(merged: list[Token], said: Token) -> Token | None:
    """Takes back whom speech is of besides others: "patient or | legal representative able to …"; None where it is of the others alone."""
    link = next((at for at in range(len(merged) - 1, -1, -1) if not _WHOSE.fullmatch(merged[at].text)), 0)
    people = [token for token in merged[:link] if token.type not in _OPENING] if link > 0 and merged[link].type in _BESIDE else []
    if len(people) != 1 or not (_PATIENT.fullmatch(people[0].text) and _OTHERS.match(said.text)):
        return None
    del merged[merged.index(people[0]) :]
    return people[0]


_OPENING = frozenset({"COMMA", "EITHER", "THAT"})
_BESIDE = frozenset({"OR", "AND", "ANDOR", "SLASH", "LPAR"})
_WHOSE = re.compile(
    r"(?:or )?(?:the|an?|their|his|her|his/her|his or her|(?:the )?(?:patient|participant|subject|child|individual)(?:['’]?s['’]?|'))",
    re.IGNORECASE,
)
_PATIENT = re.compile(
    r"(?:(?:the|a|an|each|all|any|both|every) )?(?:patient|participant|subject|individual|volunteer|person|people|child|adult)(?:s|ren)?",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:(?:the|a|an|his|her|their|his/her|a|one|both) )*(?:legal|authori[sz]ed|parent|guardian|surrogate|care ?giver|care ?taker|carer|next of kin"
    r"|proxy|health ?care proxy|family|relative|representative|partner|spouse|LAR|power of attorney)",
    re.IGNORECASE,
)


def _assessed(tokens: list[Token], index: int) -> int:
    """The end of words that only tell who assessed the criterion ("as determined by the investigator"); 0 where they judge more."""
    if _TELLS.match(tokens[index].text):
        return 0
    following = tokens[index + 1 + _others_assessing(tokens, index + 1) :]
    if tokens[index].text.lower().endswith("protocol"):  # a number stands by itself, anything else is what the protocol makes of it
        return index + 1 if index and tokens[index - 1].type in ("NUMBER", "UNIT", "LIMIT") else 0
    after = next((token.type for token in following if token.type not in ("FILLER", "COMMA", "OF")), "")
    ends = not following or following[0].type in LINKS | TAILS | {"RPAR", "LPAR", "COMPARE", "NUMBER"} or _timed(tokens[:index], following[0])
    if not (ends and _ASSESSED.search(tokens[index].text)) and after not in ("COMPARE", "BETWEEN"):
        return 0
    return len(tokens) - len(following) + bool(following and following[0].type == "COMMA")


def _timed(before: list[Token], following: Token) -> bool:
    """ "ECOG 0-1 as assessed by the investigator | within 7 days": a time of the number that was assessed."""
    return following.type in ("WITHIN", "AT", "LAST") and any(token.kind in ("analyte", "score") for token in before)


def _others_assessing(tokens: list[Token], index: int) -> int:
    """How many tokens name further people who judge: "or the medical monitor"."""
    at, found = index, 0
    while at < len(tokens) and tokens[at].type in ("OR", "AND", "ANDOR", "SLASH", "FILLER"):
        at += 1
        while at < len(tokens) and tokens[at].type == "FILLER":
            at += 1
        words = ""
        for last in range(at, min(at + 4, len(tokens))):
            words = f"{words} {tokens[last].text}".strip()
            if _ASSESSOR.fullmatch(words):
                found, at = last + 1 - index, last + 1
    return found


# --- where it begins ---------------------------------------------------------------------------------------------------


def _opens(tokens: list[Token], index: int, merged: list[Token]) -> bool:
    """Whether words of speech stand where a clause begins; will and ability may also follow the person, a thing its qualities."""
    value = tokens[index].value
    if value == "thing" and (_told(tokens[index : _end(tokens, index, merged)]) or _in_diagnosis(merged)):
        return False
    before = [token for token in _clause_before(merged) if token.type != "FILLER"]
    if all(token.type in _OPENERS for token in before) or before[-1].type == "WITH":
        return True
    if value == "thing":
        return all(token.type in _OPENERS | _QUALITIES | {"WORDS"} for token in before)
    person = all(token.type in _OPENERS or token.type == "WORDS" or token.kind in ("group", "condition") for token in before)
    return person and value not in ("yes", "no") and all(token.type != "WITH" for token in before[1:])


def _told(tokens: list[Token]) -> bool:
    """Whether a result is told of a thing ("tumor tissue positive for PD-L1"), not only what it is for."""
    told = takewhile(lambda token: token.type not in ("FOR", "TO"), tokens)
    return any(token.type in ("RESULT", "COMPARE", "BETWEEN", "SHOWS") or token.kind == "marker" or _confirms(token) for token in told)


def _in_diagnosis(merged: list[Token]) -> bool:
    """Whether it stands in parentheses between a diagnosis and its disease ("histological diagnosis (fresh tissue sample) of …")."""
    opened = next((index for index in range(len(merged) - 1, -1, -1) if merged[index].type in ("LPAR", "RPAR")), -1)
    if opened < 0 or merged[opened].type == "RPAR":
        return False
    return any(token.type == "EVIDENCE" for token in merged[:opened]) and all(token.kind != "condition" for token in merged[:opened])


def _confirms(token: Token) -> bool:
    """Whether it tells how a disease was shown; a "biopsy" alone is the thing itself."""
    return token.type == "EVIDENCE" and token.text.lower() not in ("biopsy", "biopsies")


def _described(merged: list[Token]) -> Token | None:
    """Takes the words before a thing back from what was read: "adequate archived tumor tissue"."""
    taken = None
    while merged and merged[-1].type in (_QUALITIES | {"WORDS"}) - {"WITH", "OTHER", "CURRENT"}:
        taken = merged.pop()
    return taken


def _clause_before(tokens: list[Token]) -> list[Token]:
    """The tokens since the last modal or connective."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type in _CLAUSE or _relative(tokens[index]):
            return tokens[index + 1 :]
    return tokens


def _relative(token: Token) -> bool:
    return token.type == "WITH" and token.text.lower().startswith(("who", "that", "which"))


# --- where it ends -----------------------------------------------------------------------------------------------------


def _end(tokens: list[Token], index: int, merged: list[Token]) -> int:
    """Where the speech that begins at `index` ends."""
    demanded = any(token.type in MODALS for token in merged)
    describing = tokens[index].value in _DESCRIBING
    ends = _ENDS | ({"COMMA"} if any(token.type == "INCLUDING" for token in merged) else frozenset())
    if tokens[index].value == "partner":
        describing, ends = False, ends | (LINKS - {"THAT"}) | MODALS  # "partners who are pregnant": it is said of them
    elif describing:
        ends |= LINKS | MODALS
    elif tokens[index].value in _WILL and not demanded and any(token.type != "FILLER" for token in merged):
        ends |= {"MUST", "MUST_NOT"}
    depth = 0
    for end in range(index + 1, len(tokens)):
        token = tokens[end]
        if token.type == "LPAR" and not depth and tokens[index].type == "JUDGES" and _names_examples(tokens, end):
            return end
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if token.type == "EXCLUDED" and end == index + 1 and _DEEMS.search(tokens[index].text):
            continue
        if token.type == "IF" and tokens[index].type == "JUDGES" and _hypothesis(tokens, end):
            continue
        if not depth and token.type == "COMMA" and tokens[index].type == "JUDGES" and _judges_on(tokens, end):
            continue
        if not depth and tokens[index].value == "partner" and token.type in ("OR", "SLASH", "ANDOR") and _states_only(tokens, end):
            continue
        if depth < 0 or (not depth and token.type in ends and not lasts(token)) or (describing and not depth and _relative(token)):
            return end
        if not depth and token.type in LINKS and _speech_is_over(tokens, index, end, demanded=demanded):
            return end
    return len(tokens)


def _states_only(tokens: list[Token], link: int) -> bool:
    """ "partner who is pregnant or | breastfeeding": a further state of the partner, where no one else is named with it."""
    said = [token for token in takewhile(lambda token: token.type not in LINKS, tokens[link + 1 :]) if token.type != "FILLER"]
    return len(said) == 1 and not _STATES.isdisjoint(said[0].names) and not said[0].text.lower().endswith(("men", "mothers", "females"))


def _judges_on(tokens: list[Token], index: int) -> bool:
    """ "that would limit compliance, increase risk, or compromise safety": a further verb of the judgement."""
    following = next((token for token in tokens[index + 1 :] if token.type not in LINKS | {"FILLER"}), None)
    return following is not None and _AFFECTS.match(following.text) is not None


def _names_examples(tokens: list[Token], index: int) -> bool:
    """ "that would interfere with visits (e.g. dementia)": the examples of what is judged, at its end."""
    close = next((at for at in range(index, len(tokens)) if tokens[at].type == "RPAR"), 0)
    said = [token for token in tokens[index + 1 : close] if token.type != "FILLER"]
    named = bool(said) and said[0].type == "INCLUDING" and any(token.kind in ("condition", "treatment", "operation") for token in said)
    return named and (close + 1 == len(tokens) or tokens[close + 1].type in LINKS | TAILS)


def _hypothesis(tokens: list[Token], index: int) -> bool:
    """ "would be at risk if they were to participate": part of the judgement."""
    clause = list(takewhile(lambda token: token.type not in ("COMMA", "STOP", "RPAR"), tokens[index + 1 :]))
    facts = any(token.type in _NUMBERS or token.kind in ("condition", "analyte", "score", "marker") for token in clause)
    return not facts and _HYPOTHESIS.search(" ".join(token.text for token in clause)) is not None


def _of_state(tokens: list[Token], link: int) -> bool:
    """ "planning to become pregnant, or currently breastfeeding", "…, and women that are nursing": a state of a person by itself."""
    following = dropwhile(lambda token: token.type in LINKS, tokens[link:])
    asked = [
        token
        for token in takewhile(lambda token: token.type == "THAT" or token.type not in LINKS, following)
        if token.type not in _QUALITIES | {"THAT"}
    ]
    state = asked[-1]
    return all(token.kind == "group" for token in asked) and bool(_STATES.intersection(state.names)) and not state.text.lower().endswith("feed")


def _speech_is_over(tokens: list[Token], opened: int, link: int, *, demanded: bool) -> bool:
    """Whether what follows a link is no more speech: a further demand, a number, a history, or after an inability a disease."""
    segment = takewhile(lambda token: token.type not in LINKS, dropwhile(lambda token: token.type in LINKS, tokens[link:]))
    asked = [token for token in segment if token.type not in _QUALITIES]
    if not asked:
        return False
    first = asked[0]
    if _instead(tokens, opened, link):
        return True
    if first.kind == "group" and _of_state(tokens, link):
        return True
    if first.type in ("MUST", "MUST_NOT"):
        return demanded
    if any(token.type in _NUMBERS for token in asked):
        return first.kind in ("analyte", "score") or (first.type == "COMPARE" and any(token.value == "year" for token in asked))
    if first.type in _PAST or [token.type for token in asked[:2]] == ["NOT", "HISTORY"]:
        known = next((token for token in asked if token.type not in _PAST and token.type != "NOT" and token.kind != "site"), first)
        return known.kind in ("condition", "treatment", "operation")
    unable = tokens[opened].type == "SAYS" and tokens[opened].value == "cannot"
    return unable and first.kind == "condition" and all(token.kind != "condition" for token in tokens[opened:link])


def _instead(tokens: list[Token], opened: int, link: int) -> bool:
    """ "lack of a caregiver, or | presence of dementia", "no caregiver or | refusal to …": not what is denied before it."""
    before = next((token for token in reversed(tokens[:opened]) if token.type != "FILLER"), None)
    following = next(dropwhile(lambda token: token.type in LINKS or token.type == "FILLER", tokens[link:]), None)
    if before is None or following is None or before.type != "NOT":
        return False
    present = following.type == "CURRENT" and "presence" in following.text.lower()
    return present or (following.type == "SAYS" and following.value in ("no", "cannot"))
