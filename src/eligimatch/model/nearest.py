"""The known words nearest to one that nobody knows, for a message that asks which was meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], least: float, *, whole: bool = False, most: int = 1) -> list[str]:
    """The likest first: at least so like, of 100; `whole`: as a whole, else also by its parts."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a message needs it

    likeness = fuzz.ratio if whole else fuzz.WRatio
    found = process.extract(word, list(known), scorer=likeness, processor=str.casefold, score_cutoff=least, limit=most)
    return [near for near, *_ in found]
