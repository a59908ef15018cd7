"""Sentence times: a time, a limit or a verb that stands by itself beside a semicolon, as part of the sentences that it is of; where others begin."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.alternatives import continues
from eligimatch.compiler.terminals import MODALS, TAILS
from eligimatch.compiler.tokens import Token

_STRUCTURE = MODALS | TAILS | {"WITHIN", "LAST", "LPAR", "AND", "SAYS", "JUDGES", "COMPARE"}
"""What a member of a plain list does not hold."""

NAMING = frozenset({"CONCEPT", "WORDS", "COMMA", "AND", "OR", "ANDOR", "SLASH", "FILLER", "SEVERITY", "COURSE", "ROUTE"})
"""What a list of names holds."""
OF_MENOPAUSE = frozenset({"follicle-stimulating hormone", "luteinizing hormone", "serum estradiol", "estradiol"})
"""What shows the menopause."""
OF_CONTRACEPTION = frozenset(
    "intrauterine device,hormonal intrauterine device,tubal ligation,tubal occlusion,vasectomized partner,vasectomy,sexual abstinence,condom,"
    "diaphragm,oral contraceptive,hormonal contraceptive,spermicide,contraceptive implant,progestin-only contraceptive,barrier contraception,"
    "cervical cap,contraceptive patch,vaginal ring,bilateral oophorectomy,hysterectomy".split(",")
)
"""What is a way of contraception."""
_DEMANDS = frozenset({"MUST", "MUST_NOT", "SAYS"})
_TIMING = frozenset({"WITHIN", "LAST", "NUMBER", "UNIT", "BEFORE", "OF", "AFTER", "EVENT", "FILLER", "DOSE", "AT", "COMPARE", "COLON"})


def with_times(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """A time by itself belongs to what follows the semicolon, or to the limit before it; a limit by itself to what stands before it."""
    out: list[tuple[list[Token], str]] = []
    for tokens, ended_by in sentences:
        if out and tokens and out[-1][1] == ";" and _announces(out[-1][0]):
            before = out.pop()[0]
            out.append(([*before, Token("COLON", ":", before[-1].end, before[-1].end), *tokens], ended_by))
            continue
        led = out and tokens and ((out[-1][1] == ";" and _only_time(out[-1][0])) or (_only_time(tokens) and _untimed_limit(out[-1][0])))
        if led or (out and tokens and continues(out[-1][0], tokens)):
            before = out.pop()[0]
            out.append(([*before, Token("COMMA", ",", before[-1].end, before[-1].end), *tokens], ended_by))
        else:
            out.append((tokens, ended_by))
    return out


def with_verb(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """ "Received any of the following: A within 2 weeks; B": B was received, too."""
    out: list[tuple[list[Token], str]] = []
    verb: Token | None = None
    for sentence, ended_by in sentences:
        tokens, said = sentence, [token for token in sentence if token.type != "FILLER"]
        if verb is not None and said and said[0].kind in ("treatment", "operation", "procedure"):
            again = Token(verb.type, verb.value, said[0].start, said[0].start)
            again.text = verb.text
            tokens = [again, *sentence]
        elif [token.type for token in said[:2]] == ["RECEIVED", "COLON"]:
            verb = said[0]
        out.append((tokens, ended_by))
        verb = verb if ended_by == ";" else None
    return out


_LIMITED = frozenset({"COMPARE", "COMPARE_AFTER", "NUMBER", "UNIT", "TIMES", "LIMIT"})


def demands_of_some(before: list[Token], after: list[Token]) -> bool:
    """ "must be A, and | if B must be C": a demand on some people begins a sentence of its own."""
    types = [token.type for token in after if token.type not in ("COMMA", "FILLER")]
    end = next((at for at, type_ in enumerate(types) if type_ in ("STOP", "SEMICOLON")), len(types))
    said = {token.type for token in before}
    return types[:1] == ["IF"] and not _DEMANDS.isdisjoint(types[1:end]) and not _DEMANDS.isdisjoint(said) and "IF" not in said


def lists(tokens: list[Token]) -> bool:
    """Whether a list has begun, "any of the following: A; B" or "they include A; B", of which only names were said; or of what is let pass."""
    if tokens and tokens[0].type == "EXPLAINS" and (tokens[0].value == "means" or tokens[0].text.lower().endswith(("include", "includes"))):
        return True  # "Postmenopausal is defined as: A; B", "Acceptable contraception includes A; B"
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON" or _includes(token)), len(tokens))
    if 0 < at < len(tokens) - 1 and tokens[at - 1].type == "ANY_OF":
        return True  # "any of the following: age over 60; B"
    if 0 < at < len(tokens) - 1 and tokens[at - 1].type in ("ELIGIBLE", "EXPLAINS", "EXCEPT"):
        return True  # "all breast cancer subtypes are allowed: A; B", "with the exception of: A; B"
    included = at < len(tokens) and _includes(tokens[at])
    at += included and at + 1 < len(tokens) and tokens[at + 1].type == "COLON"
    said = NAMING | _LIMITED if included else NAMING
    return at < len(tokens) - 1 and all(token.type in said for token in tokens[at + 1 :])


def still_explains(before: list[Token], ended_by: str, sentence: list[Token]) -> bool:
    """Whether a sentence goes on to explain, and asks nothing: of the menopause, or "methods include A; B": of ways of contraception."""
    named = frozenset(name for token in sentence for name in token.names)
    if not before and not named.isdisjoint(OF_MENOPAUSE):
        return True
    return ended_by == ";" and not named.isdisjoint(OF_CONTRACEPTION) and (not before or any(token.type == "INCLUDING" for token in before))


def _includes(token: Token) -> bool:
    return token.type == "INCLUDING" and token.text.lower() in ("include", "includes")


def with_label(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """ "Women: postmenopausal; FSH > 20 IU/L": what shows the menopause is still asked of them."""
    out: list[tuple[list[Token], str]] = []
    label: list[Token] = []
    for tokens, ended_by in sentences:
        if len(tokens) > 1 and "female" in tokens[0].names and tokens[1].type == "COLON":
            label = tokens[:2]
        elif label and any(not OF_MENOPAUSE.isdisjoint(token.names) for token in tokens):
            out.append(([*map(copy, label), *tokens], ended_by))
            continue
        out.append((tokens, ended_by))
        label = label if ended_by == ";" else []
    return out


def _announces(tokens: list[Token]) -> bool:
    """ "any of the followings within 6 months; A, B": whether what follows the semicolon is the list."""
    return not any(token.type == "COLON" for token in tokens) and any(token.text.lower().endswith("followings") for token in tokens)


def _untimed_limit(tokens: list[Token]) -> bool:
    """Whether a sentence only holds a number against a limit, and tells no time."""
    types = {token.type for token in _without_names(tokens)}
    named = any(token.kind in ("analyte", "score") for token in tokens)
    return named and bool(types & {"COMPARE", "COMPARE_AFTER", "NUMBER"}) and types.isdisjoint({"WITHIN", "LAST", "BEFORE", "LPAR", "IF", "UNLESS"})


def _without_names(tokens: list[Token]) -> list[Token]:
    """Without the parentheses that only hold a name: "left ventricular ejection fraction (LVEF) ≥ 50 %"."""
    out: list[Token] = []
    for token in tokens:
        opened = max((at for at, one in enumerate(out) if one.type == "LPAR"), default=-1)
        if token.type == "RPAR" and opened >= 0 and all(one.type in ("CONCEPT", "FILLER") for one in out[opened + 1 :]):
            del out[opened:]
        else:
            out.append(token)
    return out


def with_last_time(sentences: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """ "A; B; or C within 6 months": one list, so that the time at its end may be of all."""
    for last in range(1, len(sentences)):
        first = last
        while first and sentences[first - 1][1] == ";" and not any(token.type in _STRUCTURE for token in sentences[first - 1][0]):
            first -= 1
        tokens = sentences[last][0]
        if first < last and tokens and tokens[0].type in ("OR", "ANDOR") and any(t.type in ("WITHIN", "LAST") for t in tokens):
            whole = list(sentences[first][0])
            for part, _ in sentences[first + 1 : last + 1]:
                whole += [Token("COMMA", ",", whole[-1].end if whole else 0, whole[-1].end if whole else 0), *part]
            return with_last_time([*sentences[:first], (whole, sentences[last][1]), *sentences[last + 1 :]])
    return sentences


def _only_time(tokens: list[Token]) -> bool:
    return any(token.type in ("WITHIN", "LAST") for token in tokens) and all(token.type in _TIMING for token in tokens)


def said_again(tokens: list[Token]) -> list[Token]:
    """ "Exceptions are patients with X. These patients are not excluded.": the second sentence says the first again."""
    types = [token.type for token in tokens]
    if "ELIGIBLE" not in types or not ("EXCEPT" in types or types.count("ELIGIBLE") > 1):
        return tokens
    out = list(tokens)
    for at in range(len(types) - 1, 0, -1):
        if types[at] != "ELIGIBLE":
            continue
        first = at
        while first and types[first - 1] == "FILLER":
            first -= 1
        last = types[at + 1] if at + 1 < len(types) else "STOP"
        again = first < at and first and types[first - 1] == "STOP" and last in ("STOP", "RPAR")
        if again and not {"EXCEPT", "ELIGIBLE"}.isdisjoint(types[:first]):
            del out[first - 1 : at + 1]
    return out
