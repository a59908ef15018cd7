"""The parser: a sentence's tokens into its syntax tree, by grammar/criterion.lark (LALR, strict)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lark import Lark, Transformer, UnexpectedInput, v_args
from lark.lexer import Lexer

from eligimatch.compiler.lexer import Token
from eligimatch.compiler.syntax import Clause, Comparison, Item, Paren, Sentence, Series, Tail, Value


class NotUnderstood(Exception):
    """The grammar expected something else at a token (None: at the end)."""

    def __init__(self, token: Token | None, expected: list[str]) -> None:
        super().__init__("not understood")
        self.token = token
        self.expected = expected


class Parser:
    """A compiled grammar."""

    def __init__(self, grammar: Path, cache: Path | None = None) -> None:
        self._lark = Lark(
            grammar.read_text(encoding="utf-8"),
            parser="lalr",
            lexer=_Tokens,
            strict=True,
            maybe_placeholders=False,
            cache=str(cache) if cache else False,
            transformer=_Build(),
        )

    def parse(self, tokens: list[Token]) -> Sentence:
        """The syntax tree of one sentence."""
        try:
            return self._lark.parse(tokens)  # type: ignore[return-value]
        except UnexpectedInput as error:
            token = getattr(error, "token", None)
            expected = sorted(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
            raise NotUnderstood(token if isinstance(token, Token) else None, expected) from None


class _Tokens(Lexer):
    """Passes on tokens that are already made."""

    def __init__(self, conf: object) -> None: ...

    def lex(self, tokens: Any) -> Iterator[Token]:  # type: ignore[override]
        return iter(tokens)


def _comparator(low: Value | None, high: Value | None, sign: str, start: int, end: int) -> Comparison:
    return Comparison(low, high, sign == ">", sign == "<", (), False, start, end)


def _compare(sign: str, value: Value, start: int, end: int) -> Comparison:
    if sign == "=":
        return Comparison(value, value, False, False, (), False, start, end)
    if sign in (">", ">="):
        return _comparator(value, None, sign, start, end)
    return _comparator(None, value, sign, start, end)


@v_args(inline=True)
class _Build(Transformer[Any, Any]):
    """Each production's value."""

    def start(self, sentence: Sentence) -> Sentence:
        return sentence

    def sentence(self, *parts: Clause | Token) -> Sentence:
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

    def modal(self, token: Token) -> Token:
        return token

    def clause(self, *parts: Series | Tail) -> Clause:
        if isinstance(parts[0], Series):
            return Clause(parts[0], parts[1:])  # type: ignore[arg-type]
        return Clause(None, parts)  # type: ignore[arg-type]

    def tail(self, word: Token, series: Series) -> Tail:
        return Tail(word, series)

    def tail_word(self, token: Token) -> Token:
        return token

    def series(self, *parts: Item | str) -> Series:
        return Series(parts[::2], parts[1::2])  # type: ignore[arg-type]

    def link(self, *tokens: Token) -> str:
        types = [token.type for token in tokens]
        if "THAT" in types and ("OR" in types or "ANDOR" in types):
            return "or"  # "A, or who have B": another member
        for strong in ("THAT", "ANDOR", "NOR", "OR", "AND", "COLON", "SLASH"):
            if strong in types:
                return strong.lower()
        return "comma"

    def item(self, *pieces: Any) -> Item:
        return Item(pieces)

    def word(self, token: Token) -> Token:
        return token

    def paren(self, left: Token, *rest: Any) -> Paren:
        return Paren(rest[0] if len(rest) > 1 else None, left.start, rest[-1].end)

    def comparison(self, *parts: Any) -> Comparison:
        first, last = parts[0], parts[-1]
        if isinstance(first, Comparison):
            return first
        start, end = first.start, last.end
        if isinstance(first, Token):
            if first.type == "CHOICE":
                return Comparison(None, None, False, False, first.value, True, start, end)  # type: ignore[arg-type]
            if first.type == "COMPARE":
                return _compare(str(first.value), last, start, end)
            return Comparison(parts[1], last, False, False, (), False, start, end)
        if len(parts) == 1:
            return Comparison(first, first, False, False, (), True, start, end)
        if last.__class__ is Token and last.value in ("better", "worse"):
            return Comparison(first, None, False, False, (), False, start, end, str(last.value))
        if last.__class__ is Token:
            return _compare(str(last.value), first, start, end)
        return Comparison(first, last, False, False, (), True, start, end)

    def between_end(self, token: Token) -> Token:
        return token

    def value(self, number: Token, *rest: Token) -> Value:
        unit = next((str(token.value) for token in rest if token.type == "UNIT"), None)
        limit = next((str(token.value) for token in rest if token.type == "LIMIT"), None)
        text = " ".join(token.text for token in (number, *rest) if token.type in ("NUMBER", "UNIT"))
        return Value(float(number.value), unit, limit, number.start, rest[-1].end if rest else number.end, text)  # type: ignore[arg-type]

    def limit(self, limit: Token, *rest: Token) -> Value:
        factor = float(rest[-1].value) if rest else 1.0  # type: ignore[arg-type]
        return Value(factor, None, str(limit.value), limit.start, rest[-1].end if rest else limit.end)
