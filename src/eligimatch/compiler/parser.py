"""The parser: a sentence's tokens into its syntax tree, by grammar/criterion.lark (LALR, strict)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import Lexer

from eligimatch.compiler.syntax import Clause, Comparison, Item, Paren, Sentence, Series, Tail, Value
from eligimatch.compiler.table import Table
from eligimatch.compiler.tokens import Token


class NotUnderstood(Exception):
    """The grammar expected something else at a token (None: at the end)."""

    def __init__(self, token: Token | None, expected: list[str]) -> None:
        super().__init__("not understood")
        self.token = token
        self.expected = expected


class Parser:
    """A compiled grammar."""

    def __init__(self, grammar: Path, cache: Path | None = None) -> None:
        lark = Lark(
            grammar.read_text(encoding="utf-8"),
            parser="lalr",
            lexer=GivenTokens,
            strict=True,
            maybe_placeholders=False,
            cache=str(cache) if cache else False,
        )
        self._table = Table(lark, _MADE)

    def parse(self, tokens: list[Token]) -> Sentence:
        """The syntax tree of one sentence."""
        found = self._table.parse(tokens)
        if isinstance(found, Sentence):
            return found
        raise NotUnderstood(tokens[found.place] if found.place < len(tokens) else None, found.expected)


class GivenTokens(Lexer):
    """Passes on tokens that are already made."""

    def __init__(self, conf: object) -> None: ...

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:
        """The tokens, which Lark takes for its text."""
        return iter(lexer_state)


def _comparator(low: Value | None, high: Value | None, sign: str, start: int, end: int) -> Comparison:
    return Comparison(low, high, sign == ">", sign == "<", (), False, start, end)


def _compare(sign: str, value: Value, start: int, end: int) -> Comparison:
    if sign.endswith(("better", "worse")):
        return Comparison(value, None, not sign.startswith("="), False, (), False, start, end, sign.removeprefix("="))
    if sign == "=":
        return Comparison(value, value, False, False, (), False, start, end)
    if sign in (">", ">="):
        return _comparator(value, None, sign, start, end)
    return _comparator(None, value, sign, start, end)


def _sentence(*parts: Clause | Token) -> Sentence:
    clauses: list[Clause | None] = []
    modals: list[Token] = []
    for part in parts:
        if isinstance(part, Token):
            if len(clauses) == len(modals):
                clauses.append(None)
            modals.append(part)
        else:
            clauses.append(part)
    if len(clauses) == len(modals):
        clauses.append(None)
    return Sentence(tuple(clauses), tuple(modals))


def _clause(*parts: Series | Tail) -> Clause:
    first = parts[0]
    return Clause(first if isinstance(first, Series) else None, tuple(part for part in parts if isinstance(part, Tail)))


def _tail(word: Token, series: Series) -> Tail:
    return Tail(word, series)


def _series(*parts: Item | str) -> Series:
    return Series(tuple(part for part in parts if isinstance(part, Item)), tuple(part for part in parts if isinstance(part, str)))


def _link(*tokens: Token) -> str:
    types = [token.type for token in tokens]
    if "THAT" in types and ("OR" in types or "ANDOR" in types):
        return "or"  # "A, or who have B": another member
    for strong in ("THAT", "ANDOR", "NOR", "OR", "AND", "COLON", "SLASH"):
        if strong in types:
            return strong.lower()
    return "comma"


def _item(*pieces: Any) -> Item:
    return Item(pieces)


def _paren(left: Token, *rest: Any) -> Paren:
    return Paren(rest[0] if len(rest) > 1 else None, left.start, rest[-1].end)


def _comparison(*parts: Any) -> Comparison:
    first, last = parts[0], parts[-1]
    if isinstance(first, Comparison):
        return first
    start, end = first.start, last.end
    if isinstance(first, Token):
        if first.type == "CHOICE":
            return Comparison(None, None, False, False, first.value, True, start, end)  # type: ignore[arg-type]
        if first.type == "COMPARE":
            return _compare(str(first.value), last, start, end)
        return Comparison(*_ordered(parts[1], last), False, False, (), False, start, end)
    if len(parts) == 1:
        return Comparison(first, first, False, False, (), True, start, end)
    if last.__class__ is Token and last.value in ("better", "worse"):
        return Comparison(first, None, False, False, (), False, start, end, str(last.value))
    if last.__class__ is Token:
        return _compare(str(last.value), first, start, end)
    below = parts[1].value == "to <"  # "4 - < 8"
    low, high = (first, last) if below else _ordered(first, last)
    return Comparison(low, high, False, below, (), True, start, end)


def _ordered(first: Value, last: Value) -> tuple[Value, Value]:
    """ "78 to 25 letters": the smaller end first; of two units, "6 months to 5 years", the first is the smaller."""
    falls = first.number > last.number and first.unit in (None, last.unit) and first.limit == last.limit
    return (last, first._replace(unit=last.unit)) if falls else (first, last)


def _value(number: Token, *rest: Token) -> Value:
    unit = next((str(token.value) for token in rest if token.type == "UNIT"), None)
    limit = next((str(token.value) for token in rest if token.type == "LIMIT"), None)
    text = " ".join(token.text for token in (number, *rest) if token.type in ("NUMBER", "UNIT"))
    return Value(number.number, unit, limit, number.start, rest[-1].end if rest else number.end, text)


def _limit(limit: Token, *rest: Token) -> Value:
    factor = rest[-1].number if rest else 1.0
    return Value(factor, None, str(limit.value), limit.start, rest[-1].end if rest else limit.end)


_MADE: dict[str, Callable[..., object]] = {
    "sentence": _sentence,
    "clause": _clause,
    "tail": _tail,
    "series": _series,
    "link": _link,
    "item": _item,
    "paren": _paren,
    "comparison": _comparison,
    "value": _value,
    "limit": _limit,
}
"""What each rule of the grammar makes of its parts; the others have one part and pass it on."""
