"""Conditions that a page ran together on one line, taken apart where the vocabulary knows all of them."""

from __future__ import annotations

from eligimatch.model.vocabulary import Vocabulary

MOST_WORDS = 40


def taken_apart(line: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """`Lymphoma Multiple Myeloma Leukemia` as its three; the line itself where it is one condition or not all known.

    The fewest phrases that are conditions and cover every word.
    """
    words = line.split()
    if len(words) < 2 or len(words) > MOST_WORDS or _known(words, vocabulary):
        return (line,)
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(words) + 1):
        ways = [
            (*before, " ".join(words[start:end])) for start, before in enumerate(best) if before is not None and _known(words[start:end], vocabulary)
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or (line,)


def _known(words: list[str], vocabulary: Vocabulary) -> bool:
    return any(vocabulary[name].kind == "condition" for name in vocabulary.find(" ".join(words)))
