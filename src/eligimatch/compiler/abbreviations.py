"""Abbreviations: what the words of a record say that its short forms stand for.

"Urothelial carcinoma (UC)" makes every UC of that record, and of no other, an urothelial carcinoma.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from eligimatch.compiler.lexer import lex
from eligimatch.compiler.lexicon import Lexicon
from eligimatch.compiler.tokens import Token
from eligimatch.model.vocabulary import Vocabulary

Definitions = Mapping[str, tuple[str, ...]]
"""The long forms of each short form, as the record writes them."""

_SHORT = r"[A-Za-z]{0,3}[A-Z][A-Za-z0-9/-]{0,8}"
_AFTER_LONG = re.compile(rf"[(\[]\s*[\"“”']?({_SHORT})[\"“”']?\s*[)\]]")
_LONG = re.compile(r"[(\[]\s*([A-Za-z][a-z]+[ -][A-Za-z /-]*[a-z])\s*[)\]]")
_BEFORE_LONG = re.compile(rf"(?<![\w/-])({_SHORT})$")
_LONGEST_SHORT = 12
_WORD = re.compile(r"[^\W_]+")
_SPOKEN = re.compile(r"\b[A-Z]?[a-z]{3,}")
_CLAUSE_ENDS = ".,;:()[]\n•<>≥≤="
"""What no long form reaches across."""
_SMALL = frozenset("of the and or in for to with by a an on cell cells s".split())
"""Words that need no letter of their own."""
_NAMED = frozenset({"marker", "score", "stage"})
"""Kinds whose short forms are names, and seldom spelled out."""
_LONGEST = 10
_REACH = 600
"""Characters before a short form in which its long one stands."""
_STEM = 4
"""Letters by which two forms of one word are known: "ovary", "ovarian"."""
_UNREADABLE = frozenset({"WORDS", "NOT", "NUMBER", "COMPARE"})
_MEANINGFUL = frozenset({"CONCEPT", "COURSE", "EVENT", "SAYS", "ROUTE", "INTENT"})


def definitions(texts: Iterable[str], lexicon: Lexicon, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The short forms that the texts of a record define and that would be read as something else, or not at all."""
    found: dict[str, dict[object, str]] = {}
    for text in texts:
        for short, long in defined(text):
            found.setdefault(short, {}).setdefault(_meaning(lex(long, lexicon)), long)
    return {short: longs for short, said in found.items() if _differ(short, longs := tuple(said.values()), lexicon, vocabulary)}


def defined(text: str) -> Iterator[tuple[str, str]]:
    """Each short form with its long one: "long form (LF)", "LF (long form)"."""
    for match in _AFTER_LONG.finditer(text):
        if long := _long(match[1], text[max(match.start() - _REACH, 0) : match.start()]):
            yield singular(match[1]), long
    for match in _LONG.finditer(text):
        before = _BEFORE_LONG.search(text[: match.start()].rstrip()[-_LONGEST_SHORT - 1 :])
        if before and _long(before[1], match[1]) == match[1]:
            yield singular(before[1]), match[1]


def singular(short: str) -> str:
    """ "TKIs": the form of one."""
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


# --- long forms --------------------------------------------------------------------------------------------------------------------------


def _long(short: str, before: str) -> str:
    """The words at the end of a text that a short form abbreviates, best by their initials; empty where none do."""
    if sum(letter.isupper() for letter in short) < 2:
        return ""
    clause = before[max(map(before.rfind, _CLAUSE_ENDS)) + 1 :]
    words = list(_WORD.finditer(clause))
    if not words or clause[words[-1].end() :].strip():
        return ""
    letters = "".join(_WORD.findall(singular(short))).lower()
    said = [word[0].lower() for word in words]
    starts = [at for at in range(max(len(words) - _LONGEST, 0), len(words)) if said[at] not in _SMALL]
    found = [(inner, -at) for at in starts if (inner := _inner_letters(letters, said[at:])) is not None]
    long = clause[words[-min(found)[1]].start() : words[-1].end()] if found else ""
    return long if _SPOKEN.search(long) else ""


def _inner_letters(letters: str, words: Sequence[str]) -> int | None:
    """How many letters of a short form stand inside words that give it their first one, too; None where the words do not spell it."""
    if not words:
        return None if letters else 0
    word, *rest = words
    found = [_inner_letters(letters, rest)] if word in _SMALL else []
    taken, at = 0, 0
    while taken < len(letters) and (taken or word[0] == letters[0]) and (at := word.find(letters[taken], at) + 1):
        inner = _inner_letters(letters[taken + 1 :], rest)
        found.append(None if inner is None else inner + taken)
        taken += 1
    return min((inner for inner in found if inner is not None), default=None)


# --- what they say ---------------------------------------------------------------------------------------------------------------------------


def _differ(short: str, longs: tuple[str, ...], lexicon: Lexicon, vocabulary: Vocabulary) -> bool:
    """Whether the definitions of a short form say more than is known of it."""
    known = lex(short, lexicon)
    read = [lex(long, lexicon) for long in longs]
    if any(token.type == "WORDS" for token in known):
        return all(_understood(tokens) for tokens in read)
    if len(known) > 1 or known[0].type != "CONCEPT" or not short.isalpha():
        return False
    return any(_another(known[0], long, tokens, vocabulary) for long, tokens in zip(longs, read, strict=True))


def _understood(tokens: Sequence[Token]) -> bool:
    types = {token.type for token in tokens}
    return not types & _UNREADABLE and bool(types & _MEANINGFUL)


def _another(known: Token, long: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether a long form names another thing than the short one is known for, not the same in other words."""
    if any(token.type == "NOT" or set(known.names) & set(token.names) for token in tokens):
        return False
    if len(tokens) == 1 and tokens[0].type == "CONCEPT":
        return True
    said = {word.lower()[:_STEM] for word in _WORD.findall(long) if word.lower() not in _SMALL}
    if len(said) == 1 or known.kind in _NAMED:
        return False
    names = (wording for name in known.names for wording in (name, *vocabulary[name].synonyms))
    stems = {word.lower()[:_STEM] for wording in names for word in _WORD.findall(wording)}
    return 2 * len(said & stems) < len(said)


def _meaning(tokens: Sequence[Token]) -> tuple[object, ...]:
    return tuple((token.type, token.names or (token.text.lower() if token.type == "WORDS" else str(token.value))) for token in tokens)
