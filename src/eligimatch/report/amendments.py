"""An Amendment as lines: what became of the criteria, the words side by side, and whose verdicts flip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from eligimatch.model.amendment import Amendment, Became, Change, Flip, Turn, Wording
from eligimatch.report.paint import Line, Piece, line

ORDER = (Became.TIGHTENED, Became.LOOSENED, Became.CHANGED, Became.ADDED, Became.REMOVED, Became.REWORDED)
_STYLES = {
    Became.TIGHTENED: "failed", Became.ADDED: "failed", Became.LOOSENED: "matched", Became.REMOVED: "matched", Became.CHANGED: "unknown",
    Became.REWORDED: "quiet",
}  # fmt: skip


def amendment_lines(amendment: Amendment) -> Iterator[Line]:
    """The whole amendment of one trial."""
    counts = Counter(change.became for change in amendment.changes)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in (*ORDER, Became.UNCHANGED) if counts[kind])
    yield line(0, Piece(amendment.trial, "title"), f": {told or 'no criteria'}")
    if amendment.title:
        yield line(2, Piece(amendment.title, "quiet"))
    for kind in ORDER:
        changes = [change for change in amendment.changes if change.became is kind]
        if changes:
            yield line(2, Piece(kind, _STYLES[kind]))
            for change in changes:
                yield from _change(change)
    if amendment.flips:
        yield line(2, Piece("people", "title"))
        for flip in amendment.flips:
            yield from _flip(flip)


def _change(change: Change) -> Iterator[Line]:
    if change.old and change.new:
        yield _worded(change.old, "was ")
        yield _worded(change.new, "now ")
    elif told := change.new or change.old:
        yield _worded(told, "")


def _worded(wording: Wording, mark: str) -> Line:
    head = f"{mark}{wording.id}"
    return line(4, Piece(mark, "quiet"), Piece(wording.id, "id"), f" {' '.join(wording.text.split())}", hang=len(head) + 1)


def _flip(flip: Flip) -> Iterator[Line]:
    verdicts: list[Piece | str] = [Piece(flip.before, flip.before)]
    if flip.before is flip.after:
        verdicts.insert(0, "stays ")
    else:
        verdicts += [" → ", Piece(flip.after, flip.after)]
    yield line(4, Piece(flip.patient or "(no id)", "id"), ": ", *verdicts)
    for turn in flip.criteria:
        yield line(6, *_turned(turn))


def _turned(turn: Turn) -> Iterator[Piece | str]:
    name = turn.new if turn.old in (None, turn.new) else turn.old if turn.new is None else f"{turn.old}, now {turn.new}"
    yield Piece(name or "", "id")
    yield " "
    yield Piece(turn.before, turn.before) if turn.before else "added"
    yield " → "
    yield Piece(turn.after, turn.after) if turn.after else "removed"
    yield f": {turn.reason}"
