"""A paragraph to its sentences, remarks kept with the sentence they are about."""

from __future__ import annotations

import re

from eligimatch.compiler.wording import remarks

_END = re.compile(r"(?<=[.;])\s+(?=[A-Z])")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|Dr|Prof|No|approx|St|spp|al|cf|resp|incl|max|min|(?<!epatitis )[A-Z])\.)$")


def sentences(text: str) -> list[str]:
    """The sentences; together, joined by blanks, they are the text."""
    found: list[str] = []
    for part in _END.split(text):
        if found and (_ABBREVIATED.search(found[-1]) or remarks(part)):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found
