"""Onsets: "diagnosed within N": that a condition began in that time, not only that it was there; "not in remission": that it is still."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.syntax import Piece
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import Ambiguous, Had, Lasting, Rule

_DIAGNOSED = re.compile(r"\b(?:newly|been) diagnosed\b|\bdiagnosed (?:with|as|of)\b|\bdiagnosed$", re.IGNORECASE)
_DIAGNOSIS = re.compile(r"\bdiagnos(?:ed|[ei]s)\b", re.IGNORECASE)
_HAD = re.compile(r"\bhad(?: an?| any)?$", re.IGNORECASE)
_TREATED = re.compile(r"\btreat", re.IGNORECASE)


def onset(pieces: Sequence[Piece]) -> str:
    """What a window after these words dates: that something was "diagnosed", its "diagnosis", or nothing of the kind."""
    said = " ".join(piece.text if isinstance(piece, Token) and piece.type in ("KNOWN", "NEW", "EVIDENCE") else "-" for piece in pieces)
    if _TREATED.search(said):
        return ""
    return "diagnosed" if _DIAGNOSED.search(said) else "diagnosis" if _DIAGNOSIS.search(said) else ""


def begun(asked: Had, phrase: Phrase, *, forbids: bool) -> Rule:
    """The condition as it was found in its window; where a diagnosis in that time is forbidden, perhaps the condition is."""
    window = asked.window
    if not phrase.onset or asked.section != "conditions" or window is None or window.start is None:
        return asked
    if window.end or window.after not in (None, window.start):
        return asked
    length = Lasting(duration=window.start, bound="less than" if window.start_open else "at most", event=window.event)
    found = asked.model_copy(update={"qualifiers": (*asked.qualifiers, length)})
    return Ambiguous(readings=(found, asked), span=asked.span) if forbids and phrase.onset == "diagnosis" else found


def still_there(token: Token, current: Phrase) -> list[tuple[str, bool]]:
    """ "a prior malignancy that is | not in remission": once there, and for a person to judge."""
    return [(token.text, True)] if token.text.lower().startswith("not in ") and (current.time == "ever" or not current.heads) else []


def active_once(token: Token, pieces: Sequence[Piece], end: int, current: Phrase) -> list[tuple[str, bool]]:
    """ "history of active | or recurrent X", "had an active X": more than that it was there once, and for a person to judge."""
    before = pieces[end - 2] if end > 1 else None
    if not isinstance(before, Token) or before.type != "HISTORY" or token.text.lower() != "active" or current.heads:
        return []
    return [(token.text, True)] if end == len(pieces) or _HAD.search(before.text) else []
