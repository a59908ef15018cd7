"""The phrase reader: the pieces of one item sorted by what they say of it (head, time, quality, number, exception)."""

from __future__ import annotations

from eligimatch.compiler.lexer import Token
from eligimatch.compiler.marked import mark_disease
from eligimatch.compiler.phrase import Phrase, Unreadable, duration, half_lives
from eligimatch.compiler.syntax import Comparison, Item, Paren, Piece
from eligimatch.model.quantity import Duration, Window

_WINDOWED = frozenset({"WITHIN", "LAST", "BEFORE", "AFTER", "SINCE", "AGO", "DURING", "AT", "LASTING"})
_FLAGS = {
    "KNOWN": "known", "SUSPECTED": "suspected",
    "OTHER": "other", "STUDY": "study", "FASTING": "fasting", "EQUIVALENT": "equivalent", "ONLY": "only", "METHOD": "method",
    "BY": "method", "LINE": "line",
}  # fmt: skip
_SILENT = frozenset({"EITHER", "DOSE", "IN", "OF", "FOR", "WITH"})
_STARTING = ("receiving", "starting", "beginning", "initiating", "commencing")
_RELATIONS = frozenset({"BEFORE", "AFTER", "SINCE", "DURING", "AT"})
_PREPOSITIONS = frozenset({"WITH", "DUE_TO", "FOR", "OF", "IN", "TO", "BY"})
_ACTS = {
    "RECEIVED": ("treatment", "ever"), "TREATMENT_WITH": ("treatment", ""), "RECEIVING": ("treatment", "now"),
    "RECEIVED_OR_RECEIVING": ("treatment", "ever"), "PLANNED": ("treatment", "planned"), "REQUIRING": ("requiring", ""),
    "PROGRESSED": ("progressed", "ever"), "INTOLERANT": ("intolerant", "ever"), "ALLERGY": ("allergy", ""),
}  # fmt: skip
_CLAUSES = frozenset({"NOT", "NEITHER", "REQUIRING", "RECEIVED", "RECEIVING", "TREATMENT_WITH", "PROGRESSED", "RECEIVED_OR_RECEIVING"})
_TIMES = {"HISTORY": "ever", "CURRENT": "now", "HISTORY_OR_CURRENT": "ever"}
ADJECTIVES = frozenset({"SEVERITY", "COURSE", "EVIDENCE", "INTENT", "ROUTE", "JUDGED", "QUALITY", "STAGE"})


def read(item: Item) -> Phrase:
    """The phrase of an item; raises Unreadable."""
    return _Reader(item.pieces).read()


def _expressed(word: Token) -> Token:
    """What "expressing" says of the marker after it."""
    result = Token("RESULT", "positive", word.start, word.end)
    result.text = word.text
    return result


class _Reader:
    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        self.at = 0
        self.opened: tuple[Token, Phrase] | None = None

    def read(self) -> Phrase:
        root = Phrase(min(piece.start for piece in self.pieces), max(piece.end for piece in self.pieces))
        current = root
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            if self._preposition_of_number(root, current):
                continue
            if isinstance(piece, Comparison):
                if not self._window(self._holder(root, current)) and not self._counted(current):
                    current.comparisons.append(piece)
                    self.at += 1
            elif isinstance(piece, Paren):
                current.parens.append(piece)
                self.at += 1
            elif self._method_alone(piece, current):
                self.at += 2
            elif self._idle_with(root, current):
                self.at += 1
            elif self._opens_part(piece, root, current):
                _drop_idle_with(piece, root, current)
                current = Phrase(piece.end, piece.end)
                root.parts.append((piece, current))
                if piece.type == "WITH" and "express" in piece.text.lower() and self._names_marker(self.at + 1):
                    current.results.append(_expressed(piece))
                self.at += 1
            else:
                self.opened = None
                self._word(piece, current, root)
                if self.opened:
                    current = self.opened[1]
            current.end = max(current.end, self.pieces[self.at - 1].end)
        _take_scale(root)
        if root.window:
            root.circumstances = [(words, known) for words, known in root.circumstances if words.lower() not in ("recent", "recently")]
        return root

    def _idle_with(self, root: Phrase, current: Phrase) -> bool:
        """ "for patients | with X", "≥ 9 g/dL | with no transfusions"."""
        if self._type(self.at) != "WITH":
            return False
        after_people = current is not root and root.parts[-1][0].type in ("FOR", "IN") and current.bare
        return after_people or (bool(root.comparisons) and self._type(self.at + 1) in ("NOT", "NEITHER"))

    def _preposition_of_number(self, root: Phrase, current: Phrase) -> bool:
        """ "a status of 0-1" is the status's number; "for at least 4 weeks" says how long."""
        following = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if self._type(self.at) not in ("OF", "FOR", "BY", "IN", "TO") or not isinstance(following, Comparison):
            return False
        length = duration(following)
        if self._type(self.at) == "FOR" and length and root.comparisons:
            return False
        if self._type(self.at) == "FOR" and length:
            holder = self._holder(root, current)
            holder.lasting = length
            self.at += 2
            if self._type(self.at) in ("BEFORE", "AT") and self._type(self.at + 1) == "EVENT":
                _, holder.lasting_event = self._anchor()
            return True
        share = self._type(self.at) in ("IN", "BY") and any(value.unit == "%" for value in (following.low, following.high) if value)
        if self._type(self.at) in ("OF", "TO") or (share and current.heads and current.heads[-1].kind in ("marker", "analyte")):
            self.at += 1
            return True
        return False

    def _holder(self, root: Phrase, current: Phrase) -> Phrase:
        """What a window belongs to: a part that is a clause of its own ("without transfusion within 7 days"), else the head."""
        return current if root.parts and root.parts[-1][0].type in _CLAUSES else root

    def _counted(self, current: Phrase) -> bool:
        """ "at least two prior lines of …", "grade ≥ 3": a number that counts or grades what follows."""
        comparison = self.pieces[self.at]
        assert isinstance(comparison, Comparison)
        values = [value for value in (comparison.low, comparison.high) if value is not None]
        if any(value.unit or value.limit for value in values):
            return False
        before = self.pieces[self.at - 1] if self.at else None
        if isinstance(before, Token) and before.type == "GRADE":
            current.grade = comparison
            self.at += 1
            return True
        after = self.at + 1
        while after < len(self.pieces) and self._type(after) in ("HISTORY", "OTHER", "INTENT", "ROUTE"):
            after += 1
        courses = self._type(self.at + 1) == "CONCEPT" and getattr(self.pieces[self.at + 1], "kind", "") in ("treatment", "operation")
        prior = after > self.at + 1 and self._type(self.at + 1) == "HISTORY" and self._type(after) in ("CONCEPT", "WORDS")
        if self._type(after) == "LINE" or (courses and not current.heads) or prior:
            current.count = comparison
            self.at += 1
            return True
        return False

    def _type(self, index: int) -> str:
        piece = self.pieces[index] if index < len(self.pieces) else None
        return piece.type if isinstance(piece, Token) else ""

    def _opens_part(self, piece: Token, root: Phrase, current: Phrase) -> bool:
        """A preposition, or a verb or negation after the head, begins a part of its own."""
        if piece.type in ("OF", "IN") and current.results and not current.heads and self._names_marker(self.at + 1):
            return False
        if piece.type in ("OF", "IN", "WITH") and self._stage_follows(self.at + 1):
            return False
        if piece.type == "OF" and not root.heads and self._type(self.at - 1) in _ACTS:
            return False  # "allergy to any of the drugs"
        if piece.type in _PREPOSITIONS:
            said = root.heads or root.act or root.comparisons or root.results or root.adjectives or root.study or root.speech
            return piece.type == "DUE_TO" or bool(said)
        if piece.type in _ACTS and current is not root and root.parts[-1][0].type in ("NOT", "NEITHER") and _empty(current):
            return False
        if piece.type in _ACTS:
            return bool(root.heads or root.parts) or bool(root.act and (root.act != "treatment" or _ACTS[piece.type][0] != "treatment"))
        return piece.type in ("NOT", "NEITHER") and bool(root.heads)

    def _method_alone(self, piece: Token, current: Phrase) -> bool:
        """ "measurable by RECIST 1.1": a named standard after what it judges."""
        said = current.adjectives or current.results or (current.heads and current.heads[-1].names)
        ends = self._type(self.at + 2) not in ("WORDS", "CONCEPT", "SLASH")
        return bool(piece.type == "BY" and self._type(self.at + 1) == "METHOD" and said and ends)

    def _stage_follows(self, index: int) -> bool:
        """ "carcinoma of stage II", "heart failure with NYHA class III": a stage of the head itself."""
        piece = self.pieces[index] if index < len(self.pieces) else None
        last = index + 1 >= len(self.pieces) or self._type(index + 1) in ("STAGE", "RPAR", "")
        return isinstance(piece, Token) and (piece.type == "STAGE" or (piece.kind == "stage" and self._type(index + 1) == "STAGE")) and last

    def _names_marker(self, index: int) -> bool:
        """ "amplification of MYCN", "a mutation in EGFR": the result's own marker follows."""
        piece = self.pieces[index] if index < len(self.pieces) else None
        return isinstance(piece, Token) and piece.kind in ("marker", "analyte")

    def _word(self, token: Token, current: Phrase, root: Phrase) -> None:
        kind = token.type
        if kind in _WINDOWED:
            self._timed(token, root, current)
            return
        self.at += 1
        if kind == "CONCEPT" and token.kind == "stage":
            current.system = token
        elif kind in ("CONCEPT", "WORDS", "EVENT"):
            if token.kind == "condition":
                mark_disease(current, token.start)
            of_condition = bool(current.heads) and current.heads[-1].kind == "condition" and token.start <= current.heads[-1].end + 1
            if kind != "EVENT" or token.value != "as_of" or of_condition:  # "breast cancer screening" is no breast cancer
                current.heads.append(token)
        elif kind in ADJECTIVES or kind == "NEW":
            current.adjectives.append(token)
        elif kind in _TIMES:
            current.time = "ever" if current.time == "ever" else _TIMES[kind]
        elif kind in _ACTS:
            act, time = _ACTS[kind]
            current.act = act
            current.time = time or current.time
            current.use = kind == "TREATMENT_WITH" and token.value == "now"
            current.treats = token.value == "treats"
            current.reaction = current.reaction or ("anaphylaxis" if token.value == "anaphylaxis" else "")
        elif kind in ("NOT", "NEITHER"):
            _deny(token, current)
            current.denied = token.end
        elif kind in ("STATEMENT", "JUDGEMENT"):
            current.speech.append(token)
        elif kind == "RESULT":
            current.results.append(token)
        elif not self._flag(token, current):
            raise Unreadable(token.start, token.end)

    def _timed(self, token: Token, root: Phrase, current: Phrase) -> None:
        """A word of time begins a window, or a part that tells what the time is of."""
        if self._window(self._holder(root, current)):
            return
        if not (token.type in _RELATIONS and root.heads and self.at + 1 < len(self.pieces)):
            raise Unreadable(token.start, token.end, "a length of time or an event")
        self.at += 1
        self.opened = (token, Phrase(token.end, token.end))
        root.parts.append(self.opened)

    def _flag(self, token: Token, current: Phrase) -> bool:
        if token.type in _FLAGS:
            named = token.type == "METHOD" and (current.adjectives or any(head.kind != "procedure" for head in current.heads))
            setattr(current, _FLAGS[token.type], not named)
            return True
        match token.type:
            case "SIDE" if token.value == "study":
                current.circumstances.append((token.text, True))
            case "SIDE":
                current.sides = str(token.value)
            case "NORMAL":
                current.normal = str(token.value)
            case "CHANGE":
                current.change = str(token.value)
            case "GRADE":
                return isinstance(self.pieces[self.at] if self.at < len(self.pieces) else None, Comparison)
            case "RECENT":
                current.circumstances.append((token.text, True))
            case type_:
                return type_ in _SILENT
        return True

    # --- windows ---------------------------------------------------------------------------------------------------------

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
                length = duration(following) if isinstance(following, Comparison) else None
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
        if word.type == "LAST" or relation in ("", "BEFORE"):
            root.window = Window(event=event, start=length, **half_lives(comparison))
        elif relation == "AFTER":
            root.window = Window(event=event, start=Duration(count=0, unit="day"), after=length)
        elif event == "as_of":
            root.window = Window(event=event, start=length, **half_lives(comparison))
        else:
            root.window = Window(event=event, start=length, after=length, **half_lives(comparison))
        return True

    def _opens_head(self, root: Phrase) -> bool:
        """ "within 4 weeks of major surgery": what the time is of follows it."""
        named = root.heads or root.act or root.results or root.speech
        return not named and self._type(self.at) in ("OF", "AFTER", "DUE_TO") and self._treats(self.at + 1)

    def _treats(self, index: int) -> bool:
        """Whether a treatment is named there, a word of quality or history before it."""
        while self._type(index) in ("HISTORY", "SEVERITY", "INTENT", "ROUTE", "OTHER"):
            index += 1
        piece = self.pieces[index] if index < len(self.pieces) else None
        return isinstance(piece, Token) and piece.type == "CONCEPT" and piece.kind in ("treatment", "operation", "procedure")

    def _length_then(self, root: Phrase, comparison: Comparison, after: int) -> bool:
        """ "≥ 4 weeks prior to enrollment", "6 months ago"."""
        length = duration(comparison)
        following = self.pieces[after] if after < len(self.pieces) else None
        if length is None or not isinstance(following, Token) or following.type not in ("BEFORE", "AGO", "SINCE", "AFTER", "DUE_TO", "OF"):
            return False
        past = following.type == "SINCE" or (following.type == "AFTER" and self._type(after + 1) != "EVENT")
        past = past or (following.type == "DUE_TO" and not root.heads and self._treats(after + 1))
        if not past and following.type in ("DUE_TO", "OF") and (comparison.bare or self._type(after + 1) != "EVENT"):
            return False
        if past:
            if root.heads or root.act:
                return False
            root.since, self.at = comparison, after + 1
            return True
        if root.window:
            raise Unreadable(comparison.start, following.end, "one window")
        self.at = after
        event = "as_of"
        if following.type == "AGO":
            self.at += 1
        else:
            _, event = self._anchor()
        if comparison.low and comparison.high and comparison.low is not comparison.high:
            low = comparison.low if comparison.low.unit else comparison.low._replace(unit=comparison.high.unit)
            root.window = Window(event=event, start=length, end=duration(comparison._replace(high=low, low=None)))
        elif comparison.bare or comparison.high:
            root.window = Window(event=event, start=length, start_open=comparison.high_open, **half_lives(comparison))
        else:
            root.window = Window(event=event, end=length, **half_lives(comparison))
        return True

    def _anchor(self) -> tuple[str, str]:
        """The relation and event after a length of time: ("BEFORE", "first dose")."""
        if self.at >= len(self.pieces):
            return "", "as_of"
        piece = self.pieces[self.at]
        if not isinstance(piece, Token) or piece.type not in ("BEFORE", "AFTER", "OF", "SINCE", "AT", "AGO", "DUE_TO"):
            return "", "as_of"
        if piece.type == "AGO":
            self.at += 1
            return "BEFORE", "as_of"
        event = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if piece.type == "BEFORE" and isinstance(event, Token) and event.type == "CONCEPT" and event.kind in ("treatment", "operation", "procedure"):
            self.at += 2
            return "BEFORE", "first dose" if event.kind == "treatment" and piece.text.lower().endswith(_STARTING) else event.names[0]
        if not isinstance(event, Token) or event.type != "EVENT":
            raise Unreadable(piece.start, (event or piece).end, "an event of the study")
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
        elif word.type == "AT" and event.value not in ("as_of", "enrolment", "consent", "first dose"):
            return False
        elif word.type == "BEFORE" and (root.act == "treatment" or any(token.kind in ("treatment", "operation") for token in root.heads)):
            root.time, root.use = root.time or "ever", False
        self.at += 2
        self._rest_of_event()
        return True


def _empty(part: Phrase) -> bool:
    """ "not | requiring": nothing stands between."""
    return not (part.heads or part.act or part.adjectives or part.comparisons or part.speech or part.results)


def _take_scale(root: Phrase) -> None:
    """ "heart failure of NYHA class III": the value of the scale is the head's."""
    for word, part in list(root.parts):
        if word.type in ("OF", "WITH", "IN", "BY") and part.system and not (part.heads or part.negated or root.system or part.time):
            root.system, root.adjectives = part.system, root.adjectives + part.adjectives
            root.comparisons, root.grade = root.comparisons + part.comparisons, root.grade or part.grade
            root.parts.remove((word, part))


def _deny(token: Token, current: Phrase) -> None:
    """ "not X"; "never" says the time too."""
    current.negated = not current.negated
    if "never" in token.text.lower():
        current.time = current.time or "ever"


def _drop_idle_with(piece: Token, root: Phrase, current: Phrase) -> None:
    """ "with no evidence of": the denial alone opens the part."""
    if piece.type in ("NOT", "NEITHER") and root.parts and current.start == current.end and root.parts[-1][0].type == "WITH":
        root.parts.pop()
