"""Traces: what denies, limits, dates or excepts in a criterion's words is found again in its rule, or was used up in a way that is named here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from criteria import Case, cases, drawn

from eligimatch import kept
from eligimatch.compiler.contexts import narrowing, settle
from eligimatch.compiler.lexer import lex
from eligimatch.compiler.tokens import Token

CASES = [case for case in cases() if case.form == "typed" and "group = " not in case.rule]
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SPAN = re.compile(r'"span":\{[^}]*\}|"span":\[[^\]]*\]')
ROMAN = {"I": 1.0, "II": 2.0, "III": 3.0, "IV": 4.0}
FACTORS = (1.0, 1e3, 1e-3, 1e-9, 12.0, 1 / 12, 365.25 / 84, 5 / 0.75)
"""By what a number differs from the one in the rule: thousands, months and years, weeks and months, milligrams of dexamethasone and of prednisone."""

DENIED = r"(?m)^ *not$|but not|negated|= (?:negative|wild-type|false|lost|deficient)|other$|other,|window <|>=|^ *(?:all_of|any_of)\Z"
"""A denial: as one, as an exception, a result, no time since, the other side of a limit, a rule that asks nothing."""
LIMITED = r"[<>]|\d to \d|window|lasting|count|at_least|staged|\d\Z|meeting criteria"
DATED = r"window|lasting"
EXCEPTED = r"(?m)but not|^ *not$|negated|any_of|all_of|other"

USED_UP = {
    "no more is asked of those who are told so": r"(?i)\b(?:is|are) (?:defined as|of child|considered)|\bpermitted as long as not\b",
    "one is meant by naming it": r"(?i)\b(?:at least one|one or more)\b",
    "said again in parentheses: in other units, as a grade, as its values": r"\([^()]*\d[^()]*\)",
    "the reference limit in units": r"(?i)\bthe ULN for\b",
    "a multiple of that limit is no time": r"(?i)\bwithin [\d.]+ ?(?:x|×)",
    "the range of a scale": r"(?i)\bscale\b",
    "steps of a scale with commas between": r": \d(?:,\d)+$",
    "the most that a scale has": r"(?i)\d ?(?:/|out of) ?30\b",
    "which of two scales is used": r"(?i)\buse karnofsky\b",
    "a range of steps by its ends": r"(?i)\b(?:0, 1,?|1,) or 2\b",
    "how long it must go on, which begins with the study": r"(?i)\b(?:until|maintained)\b",
    "the year of a standard": r"\b(?:19|20)\d\d\b",
    "a limit of those without it, met by those with it": r"(?i)^in the absence of\b|^patients with no\b.*:|\bin patients (?:not|without)\b",
    "another limit of those with it": r"(?i)\bwithout (.+), or .*\bwith \1$",
    "what an exception does not take out": r"(?i)\bexception does not include\b",
    "a reason": r"(?i)\bbecause\b",
    "who a word of people means": r"(?i)\bis a sexually mature\b",
    "how a number is found": r"(?i)\b(?:will|should) be (?:calculated|corrected)\b",
    "a further criterion of the record": r"\n\n",
    "a tolerance, added to its length of time": r"\+/-",
    "what was not over so long before lies within that time": r"(?i)\bnot completed \d",
    "at most so many of a list: not one more of them": r"(?i)\bat most \d of\b",
    "numbers that count a list": r"\b1\) .*\b2\) ",
}
"""The ways in which such words leave no trace of their own."""


@cache
def tokens(text: str) -> tuple[Token, ...]:
    """The words as terminals, before any pass takes them apart."""
    return tuple(token for token in narrowing(settle(lex(text, kept.compiler().lexicon))) if token.type != "FILLER")


@cache
def told(case: Case) -> tuple[str, frozenset[float]]:
    """The rule as drawn, and every number that it holds."""
    rule = case.criterion.rule
    words = "\n".join(drawn(rule))
    numbers = {float(number) for number in NUMBER.findall(words + SPAN.sub("", rule.model_dump_json()))}
    return words, frozenset(numbers | {ROMAN[step] for step in re.findall(r"\b(?:IV|I{1,3})\b", words)})


def used_up(text: str) -> bool:
    return any(re.search(way, text) for way in USED_UP.values())


def lost(wanted: Callable[[Token, Token | None], bool], trace: str) -> Iterator[str]:
    """The criteria with such a word whose rule has no such trace."""
    for case in CASES:
        words = tokens(case.text)
        said = any(wanted(word, after) for word, after in zip(words, (*words[1:], None), strict=True))
        if said and not re.search(trace, told(case)[0]) and not used_up(case.text):
            yield case.text


def kept_in(number: float, numbers: frozenset[float]) -> bool:
    return any(abs(abs(number) * factor - other) < 1e-3 * max(1.0, other) for factor in FACTORS for other in numbers)


def value(token: Token) -> float | None:
    """A number in digits; the steps of a scale (II, B8) are no numbers of their own."""
    return float(token.value) if token.type == "NUMBER" and token.text[:1].isdigit() and isinstance(token.value, float) else None


@pytest.mark.parametrize(
    ("wanted", "trace"),
    [
        pytest.param(lambda word, _: word.type in ("NOT", "NEITHER"), DENIED, id="what is denied"),
        pytest.param(lambda word, _: word.type in ("COMPARE", "COMPARE_AFTER"), LIMITED, id="what is limited"),
        pytest.param(lambda word, after: word.type in ("WITHIN", "LAST") and after is not None and after.type == "NUMBER", DATED, id="what is dated"),
        pytest.param(lambda word, _: word.type in ("EXCEPT", "UNLESS"), EXCEPTED, id="what is excepted"),
    ],
)
def test_words_leave_their_trace(wanted: Callable[[Token, Token | None], bool], trace: str) -> None:
    assert list(lost(wanted, trace)) == []


def test_every_number_is_kept() -> None:
    missing = [
        (case.text, token.text)
        for case in CASES
        for token in tokens(case.text)
        if (number := value(token)) is not None and not kept_in(number, told(case)[1]) and not used_up(case.text)
    ]
    assert missing == []


def test_each_way_of_using_up_is_used() -> None:
    assert [way for way, pattern in USED_UP.items() if not any(re.search(pattern, case.text) for case in CASES)] == []
