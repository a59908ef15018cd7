"""Adjectives side by side: one with several values, or two of one noun."""

from __future__ import annotations

from copy import copy

from eligimatch.compiler.terminals import LINKS, become
from eligimatch.compiler.tokens import Token

_STATES = frozenset({"stable", "asymptomatic", "symptomatic", "resectable", "localized", "acute", "chronic"})
QUALITIES = frozenset({"COURSE", "SEVERITY", "NEW", "JUDGED"})
_REQUIRING = frozenset({"REQUIRING", "TREATMENT_WITH", "RECEIVED"})
JOINED = frozenset({"COURSE", "EVIDENCE", "SEVERITY", "INTENT", "ROUTE"})


def joined_adjectives(tokens: list[Token]) -> list[Token]:
    """ "systemic or local", "relapsed/refractory": one adjective with both values; "stable and asymptomatic": two of one noun."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type not in JOINED:
            out.append(token)
            index += 1
            continue
        before = [kept.type for kept in out[-3:] if kept.type not in ("COMMA", "OR", "AND", "ANDOR", "SLASH")]
        follows = bool(before) and before[-1] == token.type  # "locally advanced unresectable or metastatic": how far the first reaches is open
        run = [index] if follows else _run(tokens, index)
        if len(run) == 1:
            out.append(token)
            index += 1
            continue
        if _both(tokens, run):
            out += [tokens[at] for at in run]
        else:
            merged = Token(token.type, "|".join(str(tokens[at].value) for at in run), token.start, tokens[run[-1]].end)
            merged.text = token.text
            out.append(merged)
        index = run[-1] + 1
    return out


def commas_of_alternatives(tokens: list[Token]) -> list[Token]:
    """ "Newly diagnosed, relapsed, or refractory": a comma among adjectives that ends in a comma and `or` is an `or` itself."""
    for index, token in enumerate(tokens[1:-1], start=1):
        if token.type != "COMMA" or tokens[index - 1].type not in QUALITIES or tokens[index + 1].type not in QUALITIES:
            continue
        end = index + 1
        while end < len(tokens) and (tokens[end].type in QUALITIES or tokens[end].type == "COMMA"):
            end += 1
        listed = end + 1 < len(tokens) and tokens[end].type == "OR" and tokens[end + 1].type in QUALITIES
        again = any(str(one.value) in ("relapsed", "recurrent", "refractory") for one in tokens[index:end])
        if listed and (tokens[end - 1].type == "COMMA" or (tokens[index - 1].type == "NEW" and again)):
            become(token, "OR", "or")
    return _between_commas(_before_noun(tokens))


def _before_noun(tokens: list[Token]) -> list[Token]:
    """ "Locally advanced unresectable or metastatic, melanoma": the comma after alternatives that no noun stands before ends no member."""
    end = next((at for at, token in enumerate(tokens) if token.type not in (*QUALITIES, "OR", "WITH")), 0)
    said = end > 2 and tokens[end].type == "COMMA" and tokens[end - 1].type in QUALITIES and any(token.type == "OR" for token in tokens[:end])
    return [*tokens[:end], *tokens[end + 1 :]] if said and tokens[end + 1 : end + 2] and tokens[end + 1].kind == "condition" else tokens


def explained_stages(tokens: list[Token]) -> list[Token]:
    """ "stage IB (≥ 4 cm), II or IIIA": the comma after what a stage means joins alternatives."""
    for index, token in enumerate(tokens[:-1]):
        if token.type == "COMMA" and tokens[index + 1].type == "STAGE" and index and tokens[index - 1].type == "RPAR":
            opened = max((at for at in range(index) if tokens[at].type == "LPAR"), default=0)
            if opened and tokens[opened - 1].type == "STAGE":
                become(token, "OR", "or")
    return tokens


def _between_commas(tokens: list[Token]) -> list[Token]:
    """ "Asthma, moderate or severe, requiring steroids": what stands between the commas is said of the noun before them."""
    for index, token in enumerate(tokens):
        if token.type != "COMMA" or not index or tokens[index - 1].kind != "condition":
            continue
        end = index + 1
        while end < len(tokens) and tokens[end].type in (*QUALITIES, "OR"):
            end += 1
        required = end + 1 < len(tokens) and tokens[end].type == "COMMA" and tokens[end + 1].type in _REQUIRING
        if required and end > index + 1 and tokens[end - 1].type != "OR" and tokens[index + 1].type != "OR":
            return [*tokens[:index], *tokens[index + 1 : end], *_between_commas(tokens[end + 1 :])]
        alone = not any(one.type in ("COMMA", "OR", "AND", "ANDOR") for one in tokens[:index])
        if alone and end > index + 2 and (end == len(tokens) or tokens[end].type == "LPAR") and tokens[end - 1].type in QUALITIES:
            return [*tokens[:index], *tokens[index + 1 :]]  # "Inflammatory eye disease, recurrent or severe"
    return tokens


def _run(tokens: list[Token], index: int) -> list[int]:
    """Where adjectives of one kind stand one after the other, with connectives between them."""
    run = [index]
    while True:
        ahead = run[-1] + 1
        while ahead < len(tokens) and tokens[ahead].type in ("OR", "AND", "ANDOR", "SLASH", "COMMA"):
            ahead += 1
        again = ahead > run[-1] + 1 and ahead < len(tokens) and tokens[ahead].type == tokens[index].type
        two = ahead + 1 < len(tokens) and tokens[ahead + 1].type == tokens[index].type  # "recurrent, locally advanced unresectable, or …"
        if not again or two or "treated" in f"{tokens[run[-1]].value}{tokens[ahead].value}":
            return run
        run.append(ahead)


def _both(tokens: list[Token], run: list[int]) -> bool:
    """Whether the adjectives hold together: courses that do not exclude each other, joined by `and` or by commas alone."""
    links = {token.type for token in tokens[run[0] : run[-1]]} & {"OR", "ANDOR", "SLASH"}
    values = {value for at in run for value in str(tokens[at].value).split("|")}
    return tokens[run[0]].type == "COURSE" and not links and bool(values & _STATES)


def some_of_each(tokens: list[Token]) -> list[Token]:
    """ "certain | cardiac or pulmonary conditions": certain ones of each."""
    out: list[Token] = []
    some: Token | None = None
    for token in tokens:
        if token.type == "QUALITY" and token.value == "some":
            some = token
        elif token.type not in _LISTED:
            some = None
        elif some and token.type == "CONCEPT" and token.kind != "site" and _after_adjective(out):
            again = copy(some)
            again.start = again.end = token.start
            out.append(again)
        out.append(token)
    return out


def _after_adjective(out: list[Token]) -> bool:
    """Whether what stands before a link has no noun of its own."""
    before = next((token for token in reversed(out) if token.type not in LINKS), None)
    return out[-1].type in LINKS and before is not None and (before.type == "WORDS" or before.kind == "site")


_LISTED = LINKS | {"CONCEPT", "WORDS"}
