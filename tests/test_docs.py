"""The pages of docs/ say what the program does."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from conftest import TOP

from eligimatch.api import explain
from eligimatch.report.words import sentence

PAGE = TOP / "docs" / "language.md"
_BLOCK = re.compile(r"(?<=^```criteria\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"^(I|E)  (.+)\n   (.+)\n", re.MULTILINE)


class Example(NamedTuple):
    """A criterion of the page and what the page says it means."""

    side: str
    words: str
    says: str


def examples(page: str) -> list[Example]:
    return [Example(*found) for block in _BLOCK.findall(page) for found in _EXAMPLE.findall(block)]


def said(example: Example) -> str:
    return sentence(explain(example.words, "inclusion" if example.side == "I" else "exclusion").rule)


def rewritten(page: str) -> str:
    """The page with each example's meaning as it is now."""

    def block(match: re.Match[str]) -> str:
        return "".join(f"{example.side}  {example.words}\n   {said(example)}\n" for example in map(Example._make, _EXAMPLE.findall(match.group())))

    return _BLOCK.sub(block, page)


def test_every_line_of_a_block_is_an_example() -> None:
    for block in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        assert not _EXAMPLE.sub("", block)


def test_the_examples_of_the_language_say_what_they_mean(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--update"):
        page = rewritten(page)
        PAGE.write_text(page, encoding="utf-8")
    assert len(examples(page)) > 30
    for example in examples(page):
        assert said(example) == example.says, f"{example.words}: if that is meant, pytest --update"
