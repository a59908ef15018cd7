"""Speech: modals split from what is said, reasons and relative clauses put aside."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from operator import attrgetter

from eligimatch.compiler.events import otherwise
from eligimatch.compiler.statements import lasts
from eligimatch.compiler.terminals import LINKS, MODALS, TAILS, become, may_be, value_as
from eligimatch.compiler.tokens import TIME_UNITS, Token

_ACTS = frozenset(
    {"NOT", "RECEIVED", "RECEIVING", "PROGRESSED", "PLANNED", "REQUIRING", "TREATMENT_WITH", "INTOLERANT", "KNOWN", "RECEIVED_OR_RECEIVING"}
)
_PREPOSITIONS = frozenset({"OF", "FOR", "TO", "IN", "WITH", "DUE_TO", "TREATMENT_WITH", "RECEIVED"})


def split_modals(tokens: list[Token]) -> list[Token]:
    """ "must agree" is the modal and the speech after it."""
    out: list[Token] = []
    for token in tokens:
        first, _, rest = token.text.partition(" ") if token.type == "SAYS" else ("", "", "")
        if rest and first.lower() in ("must", "should", "will"):
            modal = Token("MUST", "must", token.start, token.start + len(first))
            modal.text = first
            token.start, token.text = token.end - len(rest), rest
            out.append(modal)
        out.append(token)
        if token.type in ("MUST", "MUST_NOT") and token.text.lower().endswith((" had", " received")):
            out.append(Token("HISTORY", "ever", token.end, token.end))  # "must not have received": at any time
    return out


def without_reason(tokens: list[Token], *, first: bool) -> list[Token]:
    """A sentence that opens with a reason asks only what follows its comma, if that demands something.

    An aside asks nothing where it follows the criterion; a bullet that begins with one may hold the criterion itself.
    """
    types = set(map(_TYPE, tokens))
    if not first and "ASIDE" in types:
        if _needs_nothing(tokens) or _computed(tokens):
            return []
        if types.isdisjoint(("MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE", "COMPARE", "SAYS")):
            return []
        for index in range(len(tokens)):
            if tokens[index].type == "ASIDE":
                otherwise(tokens, index)
    if first and "ASIDE" in types and any(token.type == "ASIDE" and token.value == "needless" for token in tokens):
        tokens = _without_needless(tokens)
    tokens = _without_reason_of_list(tokens) if "REGARDLESS" in types else tokens
    opens = next((token for token in tokens if token.type not in ("FILLER", "COLON")), None)
    if opens is None or not may_be(opens, "EXPLAINS"):
        return tokens
    if (value := value_as(opens, "EXPLAINS")) == "instructs" or (value == "defines" and not first):
        return []
    if value == "defines":
        return tokens
    if value == "means":
        return tokens if any(token.type in ("MUST", "MUST_NOT", "EXCLUDED") for token in tokens) else []
    modal = next((i for i, token in enumerate(tokens) if token.type in ("MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE")), 0)
    depths = accumulate((token.type == "LPAR") - (token.type == "RPAR") for token in tokens[:modal])
    written = [(i, depth) for i, depth in enumerate(depths) if tokens[i].type == "COMMA"]
    commas = [i for i, depth in written if not depth] or [i for i, _ in written]
    if first and not modal and tokens[0] is opens and opens.text.lower() == "because":
        commas = [i for i, token in enumerate(tokens) if token.type == "COMMA"][:1]  # "because it is so, patients with X"
    if first and not modal and not commas and (tokens[0] is not opens or opens.text.lower() in _CAUSES):
        return tokens  # "patients due to …", "due to trauma": no reason of a demand
    return tokens[commas[-1] + 1 :] if commas else []


_CAUSES = frozenset({"due to", "because of"})


def _without_needless(tokens: list[Token]) -> list[Token]:
    """ "X is not required": asks nothing of anyone; what a "but" sets against it is asked."""
    at = next(index for index, token in enumerate(tokens) if token.type == "ASIDE" and token.value == "needless")
    if tokens[at].text.lower().endswith("recommended") and [token.type for token in tokens[at + 1 : at + 2]] == ["FOR"]:
        return tokens  # "surgery is recommended for the patient's tumor": someone's advice, that must be there
    but = [index for index, token in enumerate(tokens) if token.type == "THAT" and token.text.lower() == "but"]
    start = max((index for index in but if index < at), default=-1)
    end = min((index for index in but if index > at), default=len(tokens))
    said = {token.type for token in (*tokens[start + 1 : at], *tokens[at + 1 : end])}
    if said & (_DEMANDS | {"COMMA", "THAT", "WITH", "LPAR", "COLON", "SAYS", "ASIDE", "WHERE"}):
        return tokens
    return [*tokens[: max(start, 0)], *tokens[end + 1 :]]


def _computed(tokens: list[Token]) -> bool:
    """ "Clearance will be calculated by X's formula, unless a patient weighs > 120 kg, …": how a number is found, for some otherwise."""
    means = next((index for index, token in enumerate(tokens) if token.type == "ASIDE"), 0)
    turns = next((index for index, token in enumerate(tokens) if token.type in ("UNLESS", "IF")), len(tokens))
    before = {token.type for token in tokens[:turns]}
    computed = tokens[means].text.lower().split()[2:3] in (["calculated"], ["estimated"], ["corrected"])
    return computed and means < turns and before.isdisjoint(_ASKS) and {"MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE"}.isdisjoint(map(_TYPE, tokens))


_ASKS = frozenset({"COMPARE", "COMPARE_AFTER", "NUMBER", "BETWEEN", "SAYS"})
_TYPE = attrgetter("type")


def _needs_nothing(tokens: list[Token]) -> bool:
    """ "If X, a test is not required": tells when something need not be done."""
    said = [token for token in tokens if token.type not in ("FILLER", "STOP")]
    return said[0].type == "IF" and said[-1].type == "ASIDE" and said[-1].text.lower().endswith(("not required", "not necessary", "not mandatory"))


_STUDY = re.compile(
    r"(?:(?:this|the|our|current|present|clinical|research|investigational) )*"
    r"(?:(?:sub)?stud(?:y|ies)|trials?|protocol|research|enroll?ment|inclusion|participation|recruitment|entry|eligibility"
    r"|participat\w+|enroll?(?:ed|ing)?|be (?:enrolled|included|considered)|enter"
    r"|(?:study|trial|protocol) (?:participation|entry|enroll?ment|inclusion|registration|eligibility|therapy|treatment))"
    r"(?: (?:in|into|on|to) (?:this|the|our)(?: \w+)? (?:study|trial|protocol))?",
    re.IGNORECASE,
)
_TO_STUDY = frozenset({"for", "from", "in", "on", "to", "into", "of", "onto"})
_REASONS = frozenset({"as", "since", "because", "because of", "due to", "given", "given the", "in order to", "so that", "owing to", "on account of"})
_GO_ON = frozenset({"UNLESS", "EXCEPT", "PROVIDED"})


def _without_reason_of_list(tokens: list[Token]) -> list[Token]:
    """ "any of these because the drug may harm: A, B": the list, without why it is one."""
    why = next((i for i, token in enumerate(tokens) if token.type == "REGARDLESS" and token.text.lower().startswith("because")), len(tokens))
    colon = next((i for i in range(why, len(tokens)) if tokens[i].type == "COLON"), 0)
    return tokens[:why] + tokens[colon:] if colon else tokens


def without_why(tokens: list[Token]) -> list[Token]:
    """ "… are excluded from this study because of X": of the words after it, neither where nor why asks anything."""
    tokens = _without_aim(tokens)
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        out.append(tokens[index])
        index += 1
        if out[-1].type not in ("EXCLUDED", "ELIGIBLE"):
            continue
        verb = " " in out[-1].text  # "drugs prohibited in the study" bans nothing by itself
        while (end := _to_study(tokens, index)) > index and (verb or " " not in tokens[index].text):
            index = end
        first = next((at for at in range(index, len(tokens)) if tokens[at].text != ","), index)
        reason = first < len(tokens) and (tokens[first].text.lower() in _REASONS or tokens[first].type == "REGARDLESS")
        if reason:
            index = next((at for at in range(first, len(tokens)) if tokens[at].type in _GO_ON), len(tokens))
    return out


def _without_aim(tokens: list[Token]) -> list[Token]:
    """ "must have received X to be eligible": the demand without what it is for."""
    end = len(tokens)
    while end and tokens[end - 1].type in ("ELIGIBLE", "TO", "FILLER", "COMMA", "FOR"):
        end -= 1
    aim = [token for token in tokens[end:] if token.type != "FILLER"]
    aimed = [token.type for token in aim][-2:] == ["TO", "ELIGIBLE"] and aim[-1].text.lower() == "eligible"
    return tokens[:end] if aimed and any(token.type == "MUST" for token in tokens[:end]) else tokens


def _to_study(tokens: list[Token], index: int) -> int:
    """Where "for this study", "to participate in the trial" ends, if it begins here."""
    opening, _, article = tokens[index].text.lower().partition(" ") if index + 1 < len(tokens) else ("", "", "")
    if opening not in _TO_STUDY or article not in ("", "the", "this"):
        return index
    end, words = index, article
    for at in range(index + 1, min(index + 6, len(tokens))):
        words = f"{words} {tokens[at].text}".strip()
        if _STUDY.fullmatch(words):
            end = at + 1
    return max(index, end)


def not_included(tokens: list[Token]) -> list[Token]:
    """ "This exception does not include X" excludes X; "this does not include X", "(does not include X)" take X out."""
    for index in range(len(tokens) - 2):
        if [token.type for token in tokens[index : index + 3]] == ["LPAR", "NOT", "INCLUDING"]:
            become(tokens[index + 2], "EXCEPT", "except")
            tokens = [*tokens[: index + 1], *tokens[index + 2 :]]
            break
    at = next((index for index, token in enumerate(tokens) if token.type == "INCLUDING"), 0)
    if at < 2 or tokens[at - 1].type != "NOT" or not tokens[at - 1].text.lower().startswith(("does", "do")) or at + 1 == len(tokens):
        return tokens
    before = [token for token in tokens[: at - 1] if token.type != "FILLER"]
    if any(token.type in MODALS for token in tokens[:at]) or any(token.type != "EXCEPT" for token in before):
        return tokens
    rest = tokens[at + 1 :]
    if not before:
        return [Token("EXCEPT", "except", tokens[at].start, tokens[at].end), *rest]
    banned = next((index for index, token in enumerate(rest) if token.type == "EXCLUDED"), len(rest))
    return [*rest[:banned], Token("EXCLUDED", "excluded", rest[banned - 1].end, rest[banned - 1].end), *rest[banned + 1 :]]


_DEMANDS = frozenset({"MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE", "COMPARE", "NUMBER", "UNLESS", "IF", "EXCEPT", "PROVIDED"})


def without_asides(tokens: list[Token]) -> list[Token]:
    """ "(testing is not required)": parentheses that only tell what need not be done."""
    out: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        out.append(token)
        if token.type == "LPAR":
            opened.append(len(out) - 1)
        elif token.type == "RPAR" and opened:
            first = opened.pop()
            inside = {one.type for one in out[first:]}
            if "ASIDE" in inside and not inside & _DEMANDS:
                del out[first:]
    return out


_RULES = re.compile(r"\b(?:guidelines?|regulations?|laws?|legislation)$", re.IGNORECASE)


def standards_between(tokens: list[Token]) -> list[Token]:
    """ "stage III, as defined by AJCC 8th edition, breast cancer": a named standard between commas asks nothing by itself.

    "≥ 18 years (or per national guidelines)": other rules may say another number.
    """
    out: list[Token] = []
    index = 0
    for link, word, named in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if link.type == "OR" and word.type == "BY" and named.type == "WORDS" and _RULES.search(named.text):
            become(word, "WORDS", "")
    while index < len(tokens):
        row = [token.type for token in tokens[index : index + 4]]
        between = row[1:] in (["DEFINED", "METHOD", "COMMA"], ["BY", "METHOD", "COMMA"]) and row[0] == "COMMA"
        index += 3 if between and index + 4 < len(tokens) and tokens[index + 4].type not in LINKS else 0
        out.append(tokens[index])
        index += 1
    return out


_GIVEN = frozenset({"treatment", "operation", "procedure"})
_WITHOUT = re.compile(r"\bwith or without|\bor (?:with|in comb|comb|tog|plus|in conj)", re.IGNORECASE)
_OPENS_CLAUSE = frozenset({"NOT", "NEITHER", "RECEIVED", "RECEIVING", "WITHIN", "COMPARE"})


def regardless(tokens: list[Token]) -> list[Token]:
    """ "with or without X", "regardless of X", contraception "until …": asks nothing, up to the end of its clause."""
    out: list[Token] = []
    skipping = given = False
    for index, token in enumerate(tokens):
        if lasts(token) and any("using contraception" in before.names for before in out):
            become(token, "REGARDLESS", "regardless")
        if skipping and (token.type in TAILS or token.type in MODALS or token.type in ("COMMA", "RPAR") or token.text in ("OR", "AND")):
            skipping = False
        if skipping and token.type == "AND" and index + 1 < len(tokens) and tokens[index + 1].type in _OPENS_CLAUSE:
            skipping = False  # "with or without treatment and no change of it"
        if skipping and token.type == "AND" and index + 1 < len(tokens) and tokens[index + 1].kind in ("analyte", "score"):
            skipping = False  # "neutrophils ≥ 1000 with or without growth factors | and platelets ≥ 50,000"
        if skipping and (token.type == "NOT" or token.text.lower().startswith("not ")) and tokens[index - 1].type != "REGARDLESS":
            skipping = False  # "cancer irrespective of its stage | not amenable to surgery"
        if skipping and given and (token.type in ("WITHIN", "LAST", "FOR") or _so_long(tokens, index)):
            skipping = False  # "surgery with or without drainage | within 3 months", "| for gout"
            out = out[:-1] if token.type == "FOR" and out[-1].type == "COMMA" else out
        if token.type == "REGARDLESS":
            before = next((one.kind for one in reversed(out) if one.type != "COMMA"), "")
            skipping, given = True, before in _GIVEN and _WITHOUT.search(token.text) is not None
        if not skipping:
            out.append(token)
    return out


def _so_long(tokens: list[Token], index: int) -> bool:
    """Whether "for at least 3 months" begins here."""
    said = [token for token in tokens[index + 1 : index + 4] if token.type != "COMPARE"]
    return tokens[index].type == "FOR" and [token.type for token in said[:2]] == ["NUMBER", "UNIT"] and said[1].value in TIME_UNITS


_NOUNS = frozenset({"CONCEPT", "WORDS", "COURSE", "SEVERITY", "JUDGED"})


def _having_now(tokens: list[Token]) -> None:
    """ "who have had a stroke, or | who have | asthma": they have it now, in place."""
    for at in range(1, len(tokens) - 1):
        token, joined = tokens[at], tokens[at - 1].type in ("OR", "ANDOR") and any(one.type == "HISTORY" for one in tokens[:at])
        if token.type == "WITH" and joined and tokens[at + 1].type in _NOUNS and token.text.lower() in _HAVING:
            become(token, "CURRENT", "now")


_HAVING = frozenset({"have", "has", "who have", "who has", "that have", "have a", "has a", "who have a"})


_RELATIVE = frozenset({"WITH", "MUST", "MUST_NOT", "BY", "THAT", "ELIGIBLE"})


def relatives(tokens: list[Token]) -> list[Token]:
    """ "who have not received": the verb after it says all; "should be excluded" is one modal."""
    _having_now(tokens)
    _who_must(tokens)
    out: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type not in _RELATIVE and token.text.lower() != "receive":
            out.append(token)
            continue
        following = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if token.type == "WITH" and following in _ACTS and token.text.lower() not in ("with", "having"):
            if not out:
                continue
            become(token, "THAT", "that")
        if token.type == "MUST" and following in ("EXCLUDED", "ELIGIBLE"):
            continue
        if token.type == "MUST_NOT" and out and out[-1].type == "THAT" and token.text.lower().startswith(_UNABLE):
            become(token, "NOT", "no")  # "bleeding that cannot be controlled"
        if token.text.lower() == "receive" and out and out[-1].text.lower().startswith("did not"):
            become(token, "RECEIVED", "ever")
        if token.type == "BY" and following == "EVIDENCE" and out and out[-1].type == "LPAR" and token.text.lower().endswith(" by"):
            continue  # "melanoma (confirmed by biopsy)"
        if token.type == "MUST" and following == "RECEIVING" and token.text.lower().endswith("required to"):
            continue  # "is required to take X": takes it
        if (
            token.type == "THAT"
            and token.text.lower() == "that"
            and out
            and out[-1].type in _PREPOSITIONS | {"NOT"}
            and following in ("CONCEPT", "WORDS")
        ):
            continue  # "treatment of that malignancy"
        if token.type == "ELIGIBLE" and " " not in token.text and following not in ("", "RPAR", "IF", "PROVIDED", "STOP", "UNLESS", "EXCEPT"):
            become(token, "WORDS", "")
        if token.type == "BY" and token.text.lower() == "on" and _treatment_follows(tokens, index + 1):
            become(token, "RECEIVING", "now")
        out.append(token)
    return out


def _who_must(tokens: list[Token]) -> None:
    """ "patients who must take X": the modal tells who they are."""
    for before, token in pairwise(tokens):
        if before.type == "THAT" and token.type in ("MUST", "MUST_NOT") and token.start <= before.end + 1:
            become(token, token.type, "who")


def accompanied(tokens: list[Token]) -> list[Token]:
    """ "cirrhosis, with ascites": a comma before the one "with" of a sentence parts nothing."""
    tokens = _given_with(tokens)
    at = [index for index, token in enumerate(tokens) if token.type == "WITH" and token.text.lower() == "with"]
    alone = len(at) == 1 or (len(at) == 2 and at[0] == 0)
    last = at[-1] if at and alone else 0
    if last < 2 or tokens[last - 1].type != "COMMA" or tokens[last - 2].kind != "condition":
        return tokens
    if last + 1 == len(tokens) or tokens[last + 1].type in TAILS or tokens[last + 1].type in ("NOT", "NEITHER", "COMPARE", "NUMBER", "COMMA"):
        return tokens
    return tokens[: last - 1] + tokens[last:]


def shown_in_condition(tokens: list[Token]) -> list[Token]:
    """ "unless an echocardiogram before enrollment shows X": unless X; how long ago it may have been is not read."""
    types = [token.type for token in tokens]
    shows = types.index("SHOWS") if "SHOWS" in types else 0
    opens = max((at for at in range(shows) if types[at] in ("UNLESS", "IF", "PROVIDED")), default=-1)
    if opens < 0 or "ELIGIBLE" in types or not {"MUST", "THEN"}.isdisjoint(types[opens:shows]):
        return tokens
    test = tokens[opens + 1 : shows]
    if not any(token.kind == "procedure" for token in test) or any(token.type not in _TESTING and token.kind != "procedure" for token in test):
        become(tokens[shows], "WORDS", "")
        return tokens
    return [*tokens[: opens + 1], *tokens[shows + 1 :]]


_TESTING = frozenset({"EVENT", "BEFORE", "AT", "FILLER", "DONE"})


def tumor_features(tokens: list[Token]) -> list[Token]:
    """ "Tumors have squamous histology": the tumor is the one that is studied, and goes without saying."""
    tumor = len(tokens) > 2 and tokens[0].names == ("neoplasm",) and tokens[1].type == "WITH"
    return tokens[2:] if tumor and any(_FEATURE.search(token.text) for token in tokens[2:]) else tokens


_FEATURE = re.compile(r"\b(?:histolog\w+|features?|components?|differentiation)$", re.IGNORECASE)


def _given_with(tokens: list[Token]) -> list[Token]:
    """ "systemic treatment, within 14 days before the first dose, with X or Y": within that time, X or Y."""
    at = int(bool(tokens) and tokens[0].type in ("HISTORY", "RECEIVED"))
    given = next((index for index in range(at, len(tokens)) if tokens[index].type == "WITH"), 0)
    between = [token.type for token in tokens[at + 1 : given]]
    timed = "WITHIN" in between and "EVENT" in between and _IN_TIME.issuperset(between)
    if not timed or _ANY_GIVEN.isdisjoint(tokens[at].names) or [token.kind for token in tokens[given + 1 : given + 2]] != ["treatment"]:
        return tokens
    time = [token for token in tokens[at + 1 : given] if token.type != "COMMA"]
    return [*time, Token("COLON", ":", tokens[given].start, tokens[given].end), *tokens[given + 1 :]]


_ANY_GIVEN = frozenset({"treatment", "systemic therapy"})
_IN_TIME = frozenset({"COMMA", "WITHIN", "NUMBER", "UNIT", "BEFORE", "OF", "EVENT"})
_UNABLE = ("cannot", "can not", "could not", "can't")
_SAID_OF_IT = frozenset({"QUALITY", "CURRENT", "ROUTE", "INTENT", "JUDGED", "COURSE", "LINE", "SEVERITY", "OR", "ANDOR", "SLASH"})


def _treatment_follows(tokens: list[Token], index: int) -> bool:
    """ "on (effective, oral or topical, first-line) treatment", "on dialysis"."""
    while index < len(tokens) and tokens[index].type in _SAID_OF_IT:
        index += 1
    return index < len(tokens) and tokens[index].type == "CONCEPT" and tokens[index].kind in ("treatment", "operation")
