"""What the compiler makes, as bytes that a cache can keep: the lexicon's wordings, and compiled trials."""

from __future__ import annotations

import marshal
from contextlib import suppress

from eligimatch.compiler.lexicon import Meaning, Wordings
from eligimatch.compiler.scales import Scale


def wordings_bytes(wordings: Wordings) -> bytes:
    """The wordings as bytes; equal meanings are written once."""
    distinct = {meanings: index for index, meanings in enumerate(dict.fromkeys(wordings.meanings))}
    plain = [tuple(tuple(meaning) for meaning in meanings) for meanings in distinct]
    scales = [tuple(scale) for scale in wordings.scales]
    rows = [distinct[meanings] for meanings in wordings.meanings]
    return marshal.dumps((wordings.atoms, wordings.patterns, plain, rows, wordings.misspelt, scales))


def wordings_of_bytes(kept: bytes | None) -> Wordings | None:
    """The wordings written as bytes; None where these are not whole."""
    if kept is None:
        return None
    with suppress(ValueError, TypeError, EOFError, IndexError):
        atoms, patterns, plain, indexes, misspelt, scales = marshal.loads(kept)  # noqa: S302 - plain data from the user's own cache folder
        distinct = [tuple(Meaning._make(meaning) for meaning in row) for row in plain]
        meanings = tuple(distinct[index] for index in indexes)
        return Wordings(atoms, patterns, meanings, tuple(misspelt), tuple(Scale._make(scale) for scale in scales))
    return None
