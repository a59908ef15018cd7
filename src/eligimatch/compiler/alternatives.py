"""Alternatives: a second limit for some people, however it is said, as parentheses: "(≤ 5 × ULN if liver metastases)"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from eligimatch.compiler.limits import THOSE
from eligimatch.compiler.terminals import become, may_be
from eligimatch.compiler.tokens import TIME_UNITS, Token

_OPENS = frozenset({"UNLESS", "EXCEPT", "IF", "FOR", "IN", "WITH"})
_EXCEPTS = frozenset({"UNLESS", "EXCEPT"})
_PEOPLE = frozenset({"FOR", "IN", "WITH", "OF", "IF"})
_BETWEEN = frozenset({"COMMA", "THAT", "MUST", "ELIGIBLE", "WITH", "IN", "FOR", "OF", "IF", "THEN", "COLON", "AND", "OR", "ANDOR", "TO"})
_LINKS = frozenset({"COMMA", "SEMICOLON", "OR", "ANDOR", "AND", "COLON"})
_AFTER = frozenset({"COMMA", "SEMICOLON", "RPAR", "LPAR", "AND", "ELIGIBLE", "STOP"})
_JOINING = frozenset({"AND", "OR", "ANDOR", "SLASH", "COMMA", "EITHER"})
_NEVER = frozenset({"MUST", "MUST_NOT", "EXCLUDED", "ELIGIBLE", "UNLESS", "EXCEPT", "IF", "PROVIDED", "SEMICOLON", "STOP", "INCLUDING", "DEFINED"})
MOST = 6


def other_limits(tokens: list[Token]) -> list[Token]:
    """The tokens with "unless X, in which case ≤ 3" and "; for X ≤ 3" as "(≤ 3 if X)", and who is meant by "≤ 3 in those without X"."""
    tokens = _for_those_without(tokens)
    words = [token for token in tokens if token.type != "FILLER"]
    given = len(words)
    words = _without_allowed(_named_once(words))
    changed = len(words) < given
    for _ in range(MOST):
        rewritten = next(_rewritten(words), None)
        if rewritten is None:
            break
        words, changed = rewritten, True
    for index, token in enumerate(words):
        if token.type == "WHERE":
            other = token.text.lower().endswith("case") and index + 1 < len(words) and words[index + 1].kind in ("analyte", "score")
            become(token, "FILLER" if other else "WORDS", "")  # "unless X, in which case | direct bilirubin ≤ 2"
    return words if changed else tokens


def second_scores(tokens: list[Token]) -> list[Token]:
    """ "ECOG 0-1, or 2 if due to X" as "ECOG 0-1 (2 if due to X)": the condition is the last number's."""
    words = [token for token in tokens if token.type != "FILLER"]
    for at in range(2, len(words) - 3):
        score = _score_before(words[:at])
        named = score is not None and set(words[at + 1].names) & set(score.names)
        number = at + 1 + bool(named)
        start = number + 1 + (words[number + 1].type == "ONLY")
        if words[at].type not in ("OR", "ANDOR", "SEMICOLON") or score is None or words[number].type != "NUMBER" or start + 1 >= len(words):
            continue
        finish = _clause_end(words, start)
        people = words[start + 1 : finish]
        if words[start].type in ("IF", "PROVIDED") and people and not any(token.type in _NEVER for token in people):
            before = words[: at - (words[at - 1].type == "COMMA")]
            opened, closed = (
                Token(sign, text, place, place) for sign, text, place in (("LPAR", "(", words[number].start), ("RPAR", ")", people[-1].end))
            )
            return [*before, opened, words[number], words[start], *people, closed, *words[finish:]]
    return tokens


def _score_before(words: list[Token]) -> Token | None:
    """The score with whose values the words end: "ECOG 0-1", "ECOG ≤ 1"."""
    at = len(words)
    while at and words[at - 1].type in ("NUMBER", "COMMA", "OR", "THROUGH", "DASH", "OF", "COLON", "COMPARE"):
        at -= 1
    return words[at - 1] if 0 < at < len(words) and words[at - 1].kind == "score" else None


def _for_those_without(tokens: list[Token]) -> list[Token]:
    """ "≤ 3 | in patients not receiving X": who they are, not what is asked beside the number."""
    out: list[Token] = []
    for token in tokens:
        if token.type == "NOT" and _led(out[:-1] if out and out[-1].type == "THAT" else out):
            while out[-1].type in ("THAT", "FOR", "IN", "FILLER"):
                out.pop()
            become(token, "NOT", THOSE)
        out.append(token)
    return out


def _led(out: list[Token]) -> bool:
    """Whether the words end with "… ≤ 3 in patients"."""
    row = [token.type for token in out[-3:]]
    return len(row) == 3 and row[0] in _LIMITED and row[1] in ("FOR", "IN") and row[2] == "FILLER" and out[-1].text.lower().split()[-1] in _THOSE


_LIMITED = frozenset({"NUMBER", "UNIT", "LIMIT", "COMPARE_AFTER", "RPAR"})
_THOSE = frozenset({"patients", "subjects", "participants", "those", "individuals", "people"})


def _named_once(words: list[Token]) -> list[Token]:
    """ "AST ≤ 3 × ULN (AST ≤ 5 × ULN for …)" without the name that is said again before a limit for some."""
    for opened in range(1, len(words) - 3):
        if words[opened].type != "LPAR":
            continue
        at = opened + 1
        known = _names(words[:opened])
        while at < len(words) and (words[at].type in _JOINING or (words[at].kind == "analyte" and set(words[at].names) & known)):
            at += 1
        end = _limit_end(words, at) if at > opened + 1 and at < len(words) else 0
        if end and end < len(words) and words[end].type in ("FOR", "IN", "IF", "WITH"):
            return _named_once([*words[: opened + 1], *words[at:]])
    return words


def _without_allowed(words: list[Token]) -> list[Token]:
    """ "(> 50 if X; platelet transfusions are permitted)" without what takes nothing from the limit."""
    for at in range(3, len(words) - 2):
        types = [token.type for token in words[at : at + 4]]
        allowed = types in (["COMMA", "CONCEPT", "ELIGIBLE", "RPAR"], ["SEMICOLON", "CONCEPT", "ELIGIBLE", "RPAR"])
        if allowed and words[at + 1].kind == "treatment" and any(token.type in ("COMPARE", "COMPARE_AFTER") for token in words[at - 8 : at]):
            return [*words[:at], *words[at + 3 :]]
    return words


def continues(before: list[Token], tokens: list[Token]) -> bool:
    """Whether a sentence is only a further limit of what the sentence before it limits."""
    words = [token for token in tokens if token.type != "FILLER"]
    earlier = [token for token in before if token.type != "FILLER"]
    limits = list(_limits(words))
    known = list(_limits(earlier))
    if len(limits) != 1 or not known or not _names(earlier[: known[-1][0]]):
        return False
    start, _ = limits[0]
    if start == 0:
        return True
    said = _gap_start(words, 0, start, _names(earlier[: known[-1][0]]))
    return words[0].type in ("FOR", "IN", "IF") and said is not None and 1 < said < start


def _rewritten(words: list[Token]) -> Iterator[list[Token]]:
    limits = list(_limits(words))
    for (start, end), (second, last) in pairwise(limits):
        if not _names(words[:start]):
            continue
        row = _conditioned(words, start, end, second, last) or _appended(words, end, second, last)
        if row is not None:
            yield row


def _conditioned(words: list[Token], start: int, end: int, second: int, last: int) -> list[Token] | None:
    """ "≤ 1.5, unless X, in which case ≤ 3", "≤ 1.5 (for X, ≤ 3)"."""
    at = end
    while at < second and words[at].type in _LINKS:
        at += 1
    inside = at < second and words[at].type == "LPAR"
    at += inside
    while inside and at < second and words[at].type in _LINKS:
        at += 1
    named = inside and (words[at].type == "KNOWN" or words[at].kind == "condition")  # "(known Gilbert syndrome: ≤ 3)"
    if at >= second or not (named or words[at].type in _OPENS) or (last < len(words) and words[last].type not in _AFTER):
        return None
    excepts = words[at].type in _EXCEPTS
    if not excepts and not inside and at == end:
        return None
    gap = _gap_start(words, at + 1, second, _names(words[:start]))
    if gap is None or (gap == second and not excepts and not (inside and words[at].type == "IF" and _conditions(words[at:gap]))):
        return None
    people = words[at + (not named) : gap]
    if words[at].type == "WITH" and not inside and not any(token.kind in ("condition", "group") for token in people):
        return None  # "≥ 40%, with reversibility of ≥ 12%"
    people = _there(people)
    while people and people[0].type in _PEOPLE:
        people = people[1:]
    if not people or any(token.type in _NEVER or token.type in ("LPAR", "RPAR") for token in people):
        return None
    rest = words[last:]
    if rest and rest[0].type == "ELIGIBLE":
        rest = rest[1:]
    if inside:
        if not rest or rest[0].type != "RPAR":
            return None
        rest = rest[1:]
    return [*words[:end], *_parenthesis(words[second:last], people), *rest]


def _there(people: list[Token]) -> list[Token]:
    """ "if liver metastases | exist"."""
    return people[:-1] if people and people[-1].text.lower() in ("exist", "exists") else people


def _conditions(words: list[Token]) -> bool:
    """Whether only conditions are named: "(if liver metastases are present ≤ 5 × ULN)"."""
    kinds = {token.kind for token in words if token.type == "CONCEPT"}
    return kinds == {"condition"}


def _appended(words: list[Token], end: int, second: int, last: int) -> list[Token] | None:
    """ "≤ 2.5 or ≤ 5 if X"."""
    if end == second or any(token.type not in _LINKS for token in words[end:second]) or all(t.type == "AND" for t in words[end:second]):
        return None
    at = last + (last < len(words) and words[last].type == "ELIGIBLE")
    if at >= len(words) or words[at].type not in ("IF", "PROVIDED", "DUE_TO"):
        return None
    finish = _clause_end(words, at)
    people = words[at if words[at].type == "DUE_TO" else at + 1 : finish]
    people = _there(people)
    while people and people[0].type in ("FOR", "IN", "WITH"):
        people = people[1:]
    if not people or any(token.type in _NEVER for token in people):
        return None
    return [*words[:end], *_parenthesis(words[second:last], people), *words[finish:]]


def _parenthesis(limit: list[Token], people: list[Token]) -> list[Token]:
    start, end = limit[0].start, max(limit[-1].end, people[-1].end)
    condition = [] if people[0].type == "DUE_TO" else [Token("IF", "if", people[0].start, people[0].start)]
    return [Token("LPAR", "(", start, start), *limit, *condition, *people, Token("RPAR", ")", end, end)]


def _clause_end(words: list[Token], at: int) -> int:
    """Where a condition ends: at a comma or `and` after which another number is asked, or where its parentheses do."""
    depth = 0
    numbers = [start for start, _ in _limits(words)]
    for index in range(at, len(words)):
        kind = words[index].type
        depth += (kind == "LPAR") - (kind == "RPAR")
        if depth < 0 or (not depth and kind in ("SEMICOLON", "STOP")) or (depth == 1 and kind == "LPAR" and _times(words, index)):
            return index
        if not depth and kind in ("COMMA", "AND") and any(start > index for start in numbers):
            return index
    return len(words)


def _times(words: list[Token], index: int) -> bool:
    """Whether the parentheses that open here say when: they are of the limit, not of its condition."""
    following = next((token.type for token in words[index + 1 :] if token.type not in ("FILLER", "MUST")), "")
    return following in ("WITHIN", "AT", "BEFORE", "COMPARE", "LAST", "DURING")


def _gap_start(words: list[Token], start: int, second: int, known: set[str]) -> int | None:
    """Where what leads to the second limit begins ("in which case total bilirubin"); None where it is of another analyte."""
    at = second
    while at > start:
        before = words[at - 1]
        if before.type == "CONCEPT" and before.kind in ("analyte", "score"):
            if not set(before.names) & known:
                return None if at == second else at
            while at > start + 1 and words[at - 2].type in ("AND", "OR", "SLASH", "ANDOR"):
                at -= 1
        elif before.type not in _BETWEEN and before.type != "JUDGES" and not may_be(before, "WHERE"):
            break
        at -= 1
    return at


def _names(words: list[Token]) -> set[str]:
    return {name for token in words if token.type == "CONCEPT" and token.kind in ("analyte", "score") for name in token.names}


def _limits(words: list[Token]) -> Iterator[tuple[int, int]]:
    """Where limits begin and end: "≤ 2.5 × ULN", "3 mg/dL or less"."""
    index = 0
    while index < len(words):
        end = _limit_end(words, index)
        if end:
            yield index, end
        index = end or index + 1


def _limit_end(words: list[Token], index: int) -> int:
    at = index
    if words[at].type == "BETWEEN":
        return _range_end(words, at + 1)
    compared = words[at].type == "COMPARE"
    at += compared
    if compared and at < len(words) and words[at].type == "LIMIT":
        return at + 1
    if at >= len(words) or words[at].type != "NUMBER":
        return 0
    at += 1
    times = at < len(words) and words[at].type == "TIMES"
    if at + times < len(words) and words[at + times].type == "LIMIT":
        return at + times + 1
    if at < len(words) and words[at].type == "UNIT":
        if words[at].value in TIME_UNITS or words[at].value == "half-life":
            return 0
        at += 1
    if not compared and at < len(words) and words[at].type == "COMPARE_AFTER":
        return 0 if at + 1 < len(words) and words[at + 1].type == "UNIT" else at + 1
    return at if compared else 0


def _range_end(words: list[Token], at: int) -> int:
    """ "between | 2 and 3", "in the range of | 2 to 3"; 0 where no range of a number stands there."""
    types = [token.type for token in words[at : at + 5]]
    first = 1 + (types[1:2] == ["UNIT"])
    if types[:1] != ["NUMBER"] or types[first : first + 1] not in (["AND"], ["THROUGH"]) or types[first + 1 : first + 2] != ["NUMBER"]:
        return 0
    end = at + first + 2
    unit = words[end] if end < len(words) and words[end].type == "UNIT" else None
    return 0 if unit and unit.value in TIME_UNITS else end + bool(unit)
