"""Windows: words of time, lengths and events as the window of a phrase."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.compiler.phrase import Phrase, Unreadable, duration, half_lives, lasted
from eligimatch.compiler.syntax import Comparison, Piece
from eligimatch.compiler.terminals import become
from eligimatch.compiler.tokens import Token
from eligimatch.model.quantity import Duration, Window

_STARTING = ("receiving", "starting", "beginning", "initiating", "commencing")

_MOMENTS = frozenset("date;diagnosis;date of diagnosis;initial diagnosis;original diagnosis;completion;discontinuation;birth;discharge".split(";"))
"""Days of a person's history that no profile holds as such."""
_BARELY = frozenset({"prior", "before", "previous", "beforehand", "previously"})
"""At the end of a length of time it is before now."""
NO_EVENT = "an event of the study"
NO_TIME = "a length of time or an event"
UNDATED = frozenset({NO_EVENT, NO_TIME})
"""What was expected where words of time tell a time that is not known."""


_RECURS = ("recurrence", "relapse", "progress")


def _recurs(phrase: Phrase) -> bool:
    """Whether a course stands for what happened: "recurrence within 6 months of X", not "recurrent X"."""
    return any(token.type == "COURSE" and (token.text.lower().startswith(_RECURS) or token.text.lower() == "recurred") for token in phrase.adjectives)


_THEN = (("measurable disease",), ("evaluable disease",))
"""What a trial asks to be so at an event that is still to come: "measurable disease prior to lymphodepletion"."""


def _happened(token: Token, root: Phrase) -> bool:
    """What is over by an event: what was done, and a condition of which nothing is said that holds at that time."""
    plain = token.kind == "condition" and not (root.adjectives or root.circumstances) and token.names[:1] not in _THEN
    return token.kind in ("treatment", "operation") or plain


def _before(event: str, comparison: Comparison, length: Duration) -> Window:
    """ "2 to 4 weeks before the event", "less than 4 weeks before", "at least 4 weeks before"."""
    if comparison.low and comparison.high and comparison.low is not comparison.high:
        low = comparison.low if comparison.low.unit else comparison.low._replace(unit=comparison.high.unit)
        return Window(event=event, start=length, end=duration(comparison._replace(high=low, low=None)))
    if comparison.bare or comparison.high:
        return Window(event=event, start=length, start_open=comparison.high_open, **half_lives(comparison))
    return Window(event=event, end=length, **half_lives(comparison))


def _after(event: str, comparison: Comparison, word: Token) -> Window:
    """ "no more than 4 weeks after the event"; a stretch that begins after it no window tells."""
    length = duration(comparison)
    if length is None or comparison.high is None or comparison.high_open or comparison.low is not None:
        raise Unreadable(comparison.start, word.end, NO_EVENT)
    return Window(event=event, start=Duration(count=0, unit="day"), after=length)


def _operated(piece: Piece | None) -> None:
    """ "4 weeks after | surgery": an operation, where it is not the time of something else."""
    if isinstance(piece, Token) and piece.type == "EVENT" and piece.value == "surgery" and piece.text.lower() == "surgery":
        become(piece, "CONCEPT", "operation")
        piece.names, piece.kind = ("surgery",), "operation"


def names_moment(pieces: Sequence[Piece]) -> bool:
    """ "within 7 days of stem cell collection": whether every word of a time is known, though no profile dates what it is counted from."""
    lengths = [piece for piece in pieces if isinstance(piece, Comparison)]
    words = [piece for piece in pieces if isinstance(piece, Token)]
    known = all(token.type != "WORDS" or token.text.lower() in _MOMENTS for token in words if not token.names)
    named = any(token.names or token.type in ("EVENT", "WORDS") for token in words)
    return known and named and len(lengths) == 1 and len(lengths) + len(words) == len(pieces)


class WindowReader:
    """Reads the pieces of one item from `at` on, as far as they speak of time."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        self.at = 0

    def _type(self, index: int) -> str:
        piece = self.pieces[index] if index < len(self.pieces) else None
        return piece.type if isinstance(piece, Token) else ""

    def _place_of_method(self, root: Phrase, current: Phrase) -> bool:
        """ "as shown by MRI | of the brain": what was looked at, not where the disease is."""
        named = bool(root.parts) and root.parts[-1][1] is current and root.parts[-1][0].type == "BY" and bool(current.heads)
        place = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        placed = self._type(self.at) in ("OF", "IN") and getattr(place, "kind", "") == "site"
        current.looked_at = named and current.heads[-1].kind == "procedure" and placed
        return current.looked_at

    def _window(self, root: Phrase) -> bool:
        """Reads a window of time that begins here; false where none does."""
        piece = self.pieces[self.at]
        if isinstance(piece, Comparison):
            return self._length_then(root, piece, self.at + 1)
        assert isinstance(piece, Token)
        following = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        match piece.type:
            case "WITHIN" | "LAST":
                return isinstance(following, Comparison) and self._within(root, piece, following)
            case "LASTING":
                length = lasted(following) if isinstance(following, Comparison) else None
                if length is None:
                    return False
                root.lasting = length
                self.at += 2
                return True
            case "AT" | "BEFORE" | "DURING" | "AFTER":
                return self._bare_event(root, piece, following)
            case _:
                return False

    def _within(self, root: Phrase, word: Token, comparison: Comparison) -> bool:
        length = duration(comparison)
        if length is None and root.heads and not (comparison.low and comparison.low.unit) and comparison.low is not comparison.high:
            root.comparisons.append(comparison)
            self.at += 2
            return True
        if length is None:
            return False
        if root.window:
            raise Unreadable(word.start, comparison.end, "one window")
        self.at += 2
        if word.type == "WITHIN" and self._opens_head(root):
            self.at += 1
            root.window, root.led = Window(start=length, **half_lives(comparison)), True
            return True
        relation, event = self._anchor()
        root.within = word.type == "WITHIN" and not relation
        if relation in ("", "BEFORE") or (word.type == "LAST" and relation != "AFTER"):
            root.window = Window(event=event, start=length, **half_lives(comparison))
        elif relation == "AFTER":
            root.window = Window(event=event, start=Duration(count=0, unit="day"), after=length)
        elif event == "as_of" or half_lives(comparison):
            root.window = Window(event=event, start=length, **half_lives(comparison))
        else:
            root.window = Window(event=event, start=length, after=length, **half_lives(comparison))
        return True

    def _opens_head(self, root: Phrase) -> bool:
        """ "within 4 weeks of major surgery": what the time is of follows it."""
        named = root.heads or root.act or root.results or root.speech or _recurs(root)
        return not named and self._type(self.at) in ("OF", "AFTER", "DUE_TO") and self._treats(self.at + 1)

    def _treats(self, index: int) -> bool:
        """Whether a treatment is named there, a word of quality or history before it."""
        while self._type(index) in ("HISTORY", "SEVERITY", "INTENT", "ROUTE", "OTHER"):
            index += 1
        piece = self.pieces[index] if index < len(self.pieces) else None
        return isinstance(piece, Token) and piece.type == "CONCEPT" and piece.kind in ("treatment", "operation", "procedure")

    def _length_then(self, root: Phrase, comparison: Comparison, after: int) -> bool:
        """ "≥ 4 weeks prior to enrollment", "6 months ago"."""
        length = None if root.heads and root.heads[-1].names[:1] == ("life expectancy",) else duration(comparison)
        following = self.pieces[after] if after < len(self.pieces) else None
        if length is None or not isinstance(following, Token) or following.type not in ("BEFORE", "AGO", "SINCE", "AFTER", "DUE_TO", "OF"):
            return False
        if following.type in ("SINCE", "AFTER") and not (root.heads or root.act):
            _operated(self.pieces[after + 1] if after + 1 < len(self.pieces) else None)
        past = following.type == "SINCE" or (following.type == "AFTER" and self._type(after + 1) != "EVENT")
        past = past or (following.type == "DUE_TO" and not root.heads and self._treats(after + 1))
        if not past and following.type in ("DUE_TO", "OF") and (comparison.bare or self._type(after + 1) != "EVENT"):
            return False
        if past:
            if root.heads or root.act or _recurs(root):
                return False  # "recurrence 6 months after X"
            root.since, self.at = comparison, after + 1
            return True
        if root.window:
            raise Unreadable(comparison.start, following.end, "one window")
        self.at = after
        _, event = self._anchor()
        root.exact = comparison.bare and following.type == "BEFORE"
        root.window = _after(event, comparison, following) if following.type == "AFTER" else _before(event, comparison, length)
        return True

    def _anchor(self) -> tuple[str, str]:
        """The relation and event after a length of time: ("BEFORE", "first dose")."""
        if self.at >= len(self.pieces):
            return "", "as_of"
        piece = self.pieces[self.at]
        if not isinstance(piece, Token) or piece.type not in ("BEFORE", "AFTER", "OF", "SINCE", "AT", "AGO", "DUE_TO"):
            return "", "as_of"
        if piece.type == "AGO" or (piece.type == "BEFORE" and self.at + 1 == len(self.pieces) and piece.text.lower() in _BARELY):
            self.at += 1
            return "BEFORE", "as_of"
        event = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if piece.type == "BEFORE" and isinstance(event, Token) and event.type == "CONCEPT" and event.kind in ("treatment", "operation", "procedure"):
            self.at += 2
            return "BEFORE", "first dose" if event.kind == "treatment" and piece.text.lower().endswith(_STARTING) else event.names[0]
        if not isinstance(event, Token) or event.type != "EVENT":
            raise Unreadable(piece.start, (event or piece).end, NO_EVENT)
        self.at += 2
        self._rest_of_event()
        return ("BEFORE" if piece.type == "BEFORE" else "AFTER" if piece.type in ("AFTER", "SINCE") else "OF"), str(event.value)

    def _rest_of_event(self) -> None:
        """ "… of CT3001", "… with pembrolizumab" after an event name the study's own treatment."""
        if self._type(self.at) not in ("OF", "WITH"):
            return
        name = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if isinstance(name, Token) and (name.type in ("WORDS", "EVENT", "STUDY") or name.kind in ("treatment", "substance")):
            self.at += 2

    def _bare_event(self, root: Phrase, word: Token, event: Piece | None) -> bool:
        """ "at screening", "prior to enrollment": the day of judgement, or any time before it; "during the study": what is to come."""
        if not isinstance(event, Token) or event.type != "EVENT":
            return False
        if word.type in ("DURING", "AFTER"):
            root.future = root.time != "now" or root.act != "treatment"
        elif root.since:
            root.since_event = str(event.value)
        elif word.type == "AT" and event.value not in ("as_of", "enrolment", "consent", "first dose"):
            return False
        elif word.type == "BEFORE" and (root.act == "treatment" or any(_happened(token, root) for token in root.heads)):
            root.time, root.use, root.since_event = root.time or "ever", False, str(event.value)
        self.at += 2
        self._rest_of_event()
        return True
