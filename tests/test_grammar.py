"""The syntax: LALR without a conflict, and each of its rules and terminals is spoken somewhere in tests/corpus/language/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from criteria import cases
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from eligimatch.compiler.lexer import Token as Read
from eligimatch.compiler.lexer import lex
from eligimatch.compiler.tagger import tag
from eligimatch.kept import compiler, language

GRAMMAR = Path(__file__).parent.parent / "grammar" / "criterion.lark"
SOURCE = GRAMMAR.read_text(encoding="utf-8")
MADE = {"CONCEPT", "WORDS", "STAGE", "STATEMENT", "JUDGEMENT", "LPAR", "RPAR", "NUMBER", "UNIT", "CHOICE", "COMMA", "SLASH", "COLON"}
"""What the lexer and the tagger make of the vocabulary, of numbers and of signs."""


class Spoken(NamedTuple):
    """The productions and the terminals of some sentences."""

    productions: frozenset[str]
    terminals: frozenset[str]


class Types(Lexer):
    """Passes on the types of tokens."""

    def __init__(self, conf: object) -> None: ...

    def lex(self, tokens: list[Read]) -> Iterator[Token]:  # type: ignore[override]
        return (Token(token.type, token.text) for token in tokens)


@cache
def grammar() -> Lark:
    return Lark(SOURCE, parser="lalr", lexer=Types, strict=True, maybe_placeholders=False, keep_all_tokens=True)


def declared() -> set[str]:
    return {name for line in re.findall(r"^%declare (.+)$", SOURCE, re.MULTILINE) for name in line.split()}


def productions(tree: Tree[Token]) -> Iterator[str]:
    """`rule -> children` of each node; a repeated kind of child is written once."""
    for node in tree.iter_subtrees():
        kinds = dict.fromkeys(str(child.type if isinstance(child, Token) else child.data) for child in node.children)
        yield f"{node.data} -> {' '.join(kinds)}"


@cache
def spoken() -> Spoken:
    """What the criteria of the corpus use."""
    found: set[str] = set()
    terminals: set[str] = set()
    for case in cases():
        if case.form in ("unparsed", "partial") or "\n" in case.text:
            continue
        for sentence in tag(lex(case.text, compiler().lexicon)):
            terminals.update(token.type for token in sentence.tokens)
            if sentence.tokens:
                found.update(productions(grammar().parse(sentence.tokens)))
    return Spoken(frozenset(found), frozenset(terminals))


def test_the_grammar_is_lalr_without_a_conflict() -> None:
    assert grammar().options.strict


def test_every_rule_is_spoken() -> None:
    rules = {str(rule.origin.name) for rule in grammar().rules if not str(rule.origin.name).startswith("_")} - {"piece"}
    assert rules - {production.partition(" ")[0] for production in spoken().productions} == set()


ALTERNATIVES = """
sentence -> clause
sentence -> clause modal
sentence -> modal clause
clause -> series
clause -> series tail
clause -> tail
paren -> LPAR sentence RPAR
paren -> LPAR RPAR
comparison -> COMPARE value
comparison -> COMPARE limit
comparison -> value COMPARE_AFTER
comparison -> BETWEEN value between_end
comparison -> value THROUGH
comparison -> value
comparison -> CHOICE
between_end -> AND
between_end -> THROUGH
value -> NUMBER
value -> NUMBER UNIT
value -> NUMBER TIMES LIMIT
value -> NUMBER LIMIT
limit -> LIMIT
""".split("\n")[1:-1]


@pytest.mark.parametrize("production", ALTERNATIVES)
def test_every_alternative_is_spoken(production: str) -> None:
    assert production in spoken().productions


@pytest.mark.parametrize("terminal", sorted(declared()))
def test_every_terminal_has_wordings_or_is_made_and_is_spoken(terminal: str) -> None:
    wordings = [wording for listed in language().vocabulary.words.get(terminal, {}).values() for wording in listed.split(";") if wording.strip()]
    assert wordings or terminal in MADE
    assert terminal in spoken().terminals


def test_every_terminal_of_the_rules_is_declared() -> None:
    rules = re.sub(r"//.*|^%declare.*$", "", SOURCE, flags=re.MULTILINE)
    assert set(re.findall(r"\b[A-Z][A-Z_]+\b", rules)) == declared()


def test_each_rule_bears_an_example_that_it_reads() -> None:
    examples = re.findall(r"^// Example: (.+)\n+(?:// .+\n)*(\w+)", SOURCE, re.MULTILINE)
    assert len(examples) >= 5
    for text, rule in examples:
        trees = [grammar().parse(sentence.tokens) for sentence in tag(lex(text, compiler().lexicon))]
        assert rule in {str(node.data) for tree in trees for node in tree.iter_subtrees()}


@pytest.mark.parametrize("text", ["≥ ≥ 3", "between 3"])
def test_what_is_no_sentence_is_not_read(text: str) -> None:
    (sentence,) = tag(lex(text, compiler().lexicon))
    with pytest.raises(UnexpectedInput):
        grammar().parse(sentence.tokens)
