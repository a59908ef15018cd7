"""Explicit wording as text: parts in square brackets, semicolons between them, and words in double quotes that stand as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

DEEPEST = 40
"""Brackets in brackets beyond which nothing is explicit any more."""
_SIGNS = frozenset('[];"')


class Part(NamedTuple):
    """Some words and where they begin in the text that holds them."""

    text: str
    start: int = 0

    def within(self, start: int, end: int) -> Part:
        """A stretch of it without the space around it."""
        cut = self.text[start:end]
        return Part(cut.strip(), self.start + start + len(cut) - len(cut.lstrip()))


def parts(whole: Part) -> list[Part]:
    """What semicolons set apart, outside brackets and quotes; none of nothing. Raises ValueError where these do not match."""
    ends = [place for place, depth, sign in _signs(whole.text) if sign == ";" and not depth]
    starts = [0, *(end + 1 for end in ends)]
    found = [whole.within(start, end) for start, end in zip(starts, [*ends, len(whole.text)], strict=True)]
    return found if len(found) > 1 or found[0].text else []


def enclosed(whole: Part) -> tuple[str, Part] | None:
    """`head [inner]` as its head and what its last brackets hold; None for other words."""
    if not whole.text.endswith("]"):
        return None
    signs = list(_signs(whole.text))
    if signs[-1] != (len(whole.text) - 1, 0, "]"):
        return None
    opening = max(place for place, depth, sign in signs if sign == "[" and depth == 1)
    return whole.text[:opening].strip(), whole.within(opening + 1, len(whole.text) - 1)


def labelled(whole: Part) -> tuple[str, Part]:
    """`label: value`. Raises ValueError without a label."""
    label, colon, _ = whole.text.partition(":")
    if not colon or not _SIGNS.isdisjoint(label):
        raise ValueError(whole.text)
    return label.strip(), whole.within(len(label) + 1, len(whole.text))


def bracketed(head: str, members: Iterable[str]) -> str:
    """`head [a; b]`."""
    return f"{head} [{'; '.join(members)}]".lstrip()


def kept(words: str) -> str:
    """Words that stand as they are: in quotes where they hold a sign of this notation, or nothing."""
    bare = words and words == words.strip() and words != "none" and bare_words(words) and ":" not in words
    return words if bare else '"' + words.replace('"', '""') + '"'


def unkept(words: str) -> str:
    """The same words without the quotes."""
    return words[1:-1].replace('""', '"') if len(words) > 1 and words[0] == words[-1] == '"' else words


def bare_words(words: str) -> bool:
    """Whether words may stand between the signs without quotes."""
    return _SIGNS.isdisjoint(words)


def _signs(text: str) -> Iterable[tuple[int, int, str]]:
    """Each bracket and semicolon outside quotes, with the depth of brackets there: the bracket's own of a `[`, what is left after a `]`."""
    depth, inside = 0, False
    found = []
    for place, sign in enumerate(text):
        if sign == '"':
            inside = not inside
        if inside or sign not in "[];":
            continue
        depth += {"[": 1, "]": -1, ";": 0}[sign]
        if not 0 <= depth <= DEEPEST:
            raise ValueError(text)
        found.append((place, depth, sign))
    if depth or inside:
        raise ValueError(text)
    return found
