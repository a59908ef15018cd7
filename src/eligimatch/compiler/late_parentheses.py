"""Late parentheses: what stands between a length of time and its event, or within a verb of allergy, comes after both."""

from __future__ import annotations

from eligimatch.compiler.tokens import TIME_UNITS, Token

_RELATIONS = frozenset({"BEFORE", "AFTER", "SINCE", "OF", "DUE_TO"})
_AFTER_RELATION = frozenset({"EVENT", "CONCEPT", "WORDS", "HISTORY", "ROUTE", "INTENT", "SEVERITY", "OTHER"})


def late_parentheses(tokens: list[Token]) -> list[Token]:
    """ "within 4 weeks (28 days) before enrollment": what stands between a length of time and its event comes after both."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        if tokens[index].type == "LPAR" and out and out[-1].type == "COMMA" and index + 1 < len(tokens) and tokens[index + 1].type == "WITHIN":
            out.pop()  # "…, respectively (within 14 days)"
        if tokens[index].type == "LPAR" and out and out[-1].kind == "treatment" and (rest := _time_after(tokens, _paren_end(tokens, index))):
            end = _paren_end(tokens, index)
            out += [*tokens[end:rest], *tokens[index:end]]
            index = rest
            continue
        end = _paren_end(tokens, index) if tokens[index].type == "LPAR" and out and out[-1].type == "UNIT" else index
        if end > index and end < len(tokens) and tokens[end].type in _RELATIONS and str(out[-1].value).split("|")[0] in TIME_UNITS:
            rest = end + 1
            while rest < len(tokens) and tokens[rest].type in _AFTER_RELATION:
                rest += 1
            out += [*tokens[end:rest], *tokens[index:end]]
            index = rest
        elif _reaction_to(tokens, index, out):
            end = _paren_end(tokens, index)
            out[-1].type, out[-1].value, out[-1].names, out[-1].kind, out[-1].end = "ALLERGY", "", (), "", tokens[end].end
            out += tokens[index:end]
            index = end + 1
        else:
            out.append(tokens[index])
            index += 1
    return out


def _time_after(tokens: list[Token], at: int) -> int:
    """Where a length of time ends that begins here and closes its clause: "without growth factors (…) | for at least 14 days"; else 0."""
    if at >= len(tokens) or tokens[at].type not in ("FOR", "WITHIN", "LAST", "LASTING"):
        return 0
    at += 1
    at += at < len(tokens) and tokens[at].type == "COMPARE"
    if at + 1 >= len(tokens) or tokens[at].type != "NUMBER" or tokens[at + 1].type != "UNIT" or tokens[at + 1].value not in TIME_UNITS:
        return 0
    at += 2
    if at + 1 < len(tokens) and tokens[at].type == "BEFORE" and tokens[at + 1].type == "EVENT":
        at += 2
    return at if at == len(tokens) or tokens[at].type in ("COMMA", "AND", "RPAR", "OR") else 0


def _reaction_to(tokens: list[Token], index: int, before: list[Token]) -> bool:
    """ "hypersensitivity (grade ≥ 3) to X": parentheses within a verb of allergy."""
    if tokens[index].type != "LPAR" or not before or "hypersensitivity" not in before[-1].names:
        return False
    end = _paren_end(tokens, index)
    return index < end < len(tokens) and tokens[end].type == "TO"


def _paren_end(tokens: list[Token], index: int) -> int:
    depth = 0
    for at in range(index, len(tokens)):
        depth += (tokens[at].type == "LPAR") - (tokens[at].type == "RPAR")
        if not depth:
            return at + 1
    return index
