"""The phrase reader: the pieces of one item sorted by what they say of it (head, time, quality, number, exception)."""

from __future__ import annotations

import re
from operator import attrgetter

from eligimatch.compiler.assays import expression
from eligimatch.compiler.marked import mark_disease
from eligimatch.compiler.onsets import active_once, onset, still_there
from eligimatch.compiler.phrase import Phrase, Unreadable, duration, lasted
from eligimatch.compiler.setbacks import SETBACK
from eligimatch.compiler.syntax import Comparison, Item, Paren
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.verbs import responses
from eligimatch.compiler.windows import NO_TIME, UNDATED, WindowReader, names_moment

_START, _END = attrgetter("start"), attrgetter("end")
_WINDOWED = frozenset({"WITHIN", "LAST", "BEFORE", "AFTER", "SINCE", "AGO", "DURING", "AT", "LASTING"})
_FLAGS = {
    "KNOWN": "known", "SUSPECTED": "suspected",
    "OTHER": "other", "STUDY": "study", "FASTING": "fasting", "EQUIVALENT": "equivalent", "ONLY": "only", "METHOD": "method",
    "BY": "method", "LINE": "line",
}  # fmt: skip
_SILENT = frozenset({"EITHER", "IN", "OF", "FOR", "WITH"})
_RELATIONS = frozenset({"BEFORE", "AFTER", "SINCE", "DURING", "AT"})
_PREPOSITIONS = frozenset({"WITH", "DUE_TO", "FOR", "OF", "IN", "TO", "BY"})
_ACTS = {
    "RECEIVED": ("treatment", "ever"), "TREATMENT_WITH": ("treatment", ""), "RECEIVING": ("treatment", "now"),
    "RECEIVED_OR_RECEIVING": ("treatment", "ever"), "PLANNED": ("treatment", "planned"), "REQUIRING": ("requiring", ""),
    "PROGRESSED": ("progressed", "ever"), "INTOLERANT": ("intolerant", "ever"), "ALLERGY": ("allergy", ""),
}  # fmt: skip
_CLAUSES = frozenset({"NOT", "NEITHER", "REQUIRING", "RECEIVED", "RECEIVING", "TREATMENT_WITH", "PROGRESSED", "RECEIVED_OR_RECEIVING"})
_OPENING = _PREPOSITIONS | _CLAUSES | frozenset(_ACTS)
"""What may begin a part of its own."""
_TIMES = {"HISTORY": "ever", "CURRENT": "now", "HISTORY_OR_CURRENT": "ever"}
_HAPPENING = frozenset({"condition", "treatment", "operation", "procedure"})
_BESIDE = ("concurrent", "concomitant", "coexist", "simultaneous", "comorbid")
ADJECTIVES = frozenset({"SEVERITY", "COURSE", "EVIDENCE", "INTENT", "ROUTE", "JUDGED", "QUALITY", "STAGE"})
_EVER = re.compile(r"never|na[iï]ve|untreated|treated with$", re.IGNORECASE)
_HAD = re.compile(r"\bhad$", re.IGNORECASE)
_TIMED = re.compile(r"recent(?:ly)?|.*\b(?:discontinu\w+|stopped|ceased|cessation)\b.*", re.IGNORECASE)
"""What a window says better."""


def read(item: Item) -> Phrase:
    """The phrase of an item; raises Unreadable."""
    return _Reader(item.pieces).read()


def _of_whom(root: Phrase, current: Phrase) -> bool:
    """ "QTc for males | ≥ 450 ms": whether a part only tells of whom the number of the root is."""
    word, part = root.parts[-1] if root.parts else (None, None)
    whom = word is not None and part is current and word.type in ("FOR", "IN") and bool(current.heads) and current.heads[-1].kind == "group"
    return whom and bool(root.heads) and root.heads[-1].kind in ("analyte", "score")


def _graded(root: Phrase, current: Phrase) -> Phrase:
    """ "toxicity from prior therapy | of grade ≥ 2": the grade is the toxicity's."""
    caused = bool(root.parts) and root.parts[-1][1] is current and root.parts[-1][0].type == "DUE_TO"
    treats = caused and bool(current.heads) and current.heads[-1].kind in ("treatment", "operation", "procedure", "substance", "")
    return root if treats and root.heads and root.heads[-1].kind == "condition" and not root.grade else current


class _Reader(WindowReader):
    def read(self) -> Phrase:
        root = Phrase(min(map(_START, self.pieces)), max(map(_END, self.pieces)), opens=self._type(0))
        current = root
        while self.at < len(self.pieces):
            before = self.at
            try:
                current = self._step(root, current)
            except Unreadable as unread:
                self.at = before
                if unread.expected not in UNDATED or not self._undated(self._holder(root, current)):
                    raise
            current.end = max(current.end, self.pieces[self.at - 1].end)
        _take_scale(root)
        if root.window and root.time == "planned":
            root.circumstances, root.window = [*root.circumstances, ("planned for then", True)], None
        if root.window:
            root.circumstances = [(words, known) for words, known in root.circumstances if not _TIMED.fullmatch(words)]
        root.onset = root.onset or ("" if root.window else onset(self.pieces))  # "diagnosis of gout, | within 5 years"
        return root

    def _step(self, root: Phrase, current: Phrase) -> Phrase:
        """Reads one piece or a few that go together; gives the part to which the next belongs."""
        piece = self.pieces[self.at]
        if isinstance(piece, Token) and piece.type not in _OPENING:
            return self._plain_word(piece, root, current)
        if self._preposition_of_number(root, current):
            return current
        if isinstance(piece, Comparison):
            if not self._timed_before(self._holder(root, current)) and not self._counted(_graded(root, current)):
                (root if _of_whom(root, current) and not root.comparisons else current).comparisons.append(piece)
                self.at += 1
        elif isinstance(piece, Paren):
            current.parens.append(piece)
            self.at += 1
        elif self._method_alone(piece, current):
            root.shown = True
            self.at += 2
        elif self._idle_with(root, current):
            self.at += 1
        elif self._place_of_method(root, current):
            self.at += 2
        elif self._opens_part(piece, root, current):
            return self._part(piece, root, current)
        else:
            return self._word(piece, current, root)
        return current

    def _plain_word(self, piece: Token, root: Phrase, current: Phrase) -> Phrase:
        """A word that cannot open a part."""
        if piece.type == "SIDE" and current is not root and root.parts[-1][0].type == "BY":
            self._word(piece, root, root)  # "by chart | in each eye"
            return current
        return self._word(piece, current, root)

    def _part(self, piece: Token, root: Phrase, current: Phrase) -> Phrase:
        """A part that begins with the piece."""
        _drop_idle_with(piece, root, current)
        if piece.type == "WITH" and _of_kin(root) and (current is root or current.bare or _of_kin(current)):
            piece = Token("OF", "of", piece.start, piece.end)
            root.parts = [one for one in root.parts if one[1] is not current]
        part = Phrase(piece.start if piece.value == SETBACK else piece.end, piece.end)
        if self._type(self.at - 1) == "ONLY" and piece.type in _ACTS:
            root.only, part.only = False, True  # "hypothyroidism only requiring hormones"
        root.parts.append((piece, part))
        if piece.type == "WITH" and _HAD.search(piece.text):
            part.time = "ever"  # "women who had X"
        if piece.type in ("NOT", "NEITHER") and _EVER.search(piece.text):
            part.time = "ever"  # "CRC previously untreated with X"
        if piece.type == "WITH" and "express" in piece.text.lower() and self._names_marker(self.at + 1):
            part.results.append(expression(piece))
        part.circumstances += [(piece.text, True)] if piece.value == SETBACK else []
        self.at += 1
        return part

    def _undated(self, holder: Phrase) -> bool:
        """ "chemotherapy within 2 weeks of leukapheresis": once, at a time that only a person can tell; the words to the end say when."""
        said = holder.results or holder.comparisons or holder.speech or holder.window or holder.parens
        if not holder.heads or holder.heads[-1].kind not in _HAPPENING or said:
            return False
        holder.circumstances.append(("", names_moment(self.pieces[self.at :])))
        holder.time, holder.undated = ("planned" if holder.time == "planned" else "ever"), True
        holder.end, self.at = self.pieces[-1].end, len(self.pieces)
        return True

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
        holder = self._holder(root, current)
        if self._type(self.at) == "FOR" and length and holder.comparisons:
            return False
        if self._type(self.at) == "FOR" and length:
            if root.parts and root.parts[-1][1] is current and root.parts[-1][0].type == "WITH" and current.heads:
                holder = current
            self._lasts(holder, following)
            self.at += 2
            if self._type(self.at) in ("BEFORE", "AT") and self._type(self.at + 1) == "EVENT":
                _, holder.lasting_event = self._anchor()
            return True
        share = self._type(self.at) in ("IN", "BY") and any(value.unit == "%" for value in (following.low, following.high) if value)
        if self._type(self.at) in ("OF", "TO") or (share and current.heads and current.heads[-1].kind in ("marker", "analyte")):
            self.at += 1
            return True
        return False

    def _lasts(self, holder: Phrase, comparison: Comparison) -> None:
        """ "for at least 4 weeks", "for less than 4 weeks"; how short a treatment was is no length that a profile tells exactly."""
        length = lasted(comparison)
        if length is None or (length.bound != "at least" and not (holder.heads and holder.heads[-1].kind in _HAPPENING)):
            raise Unreadable(comparison.start, comparison.end, "how long it has lasted")
        holder.lasting = length

    def _holder(self, root: Phrase, current: Phrase) -> Phrase:
        """What a window belongs to: a clause of its own ("without transfusion within 7 days"), a result after other parts, else the head."""
        if not root.parts:
            return root
        word, last = root.parts[-1]
        of_people = bool(root.heads) and root.heads[-1].kind == "group"  # "women who have a positive test within 72 hours", "with a stroke within …"
        tested = last is current and word.type == "WITH" and (last.results or last.comparisons or (of_people and last.heads))
        past = last is current and word.type == "WITH" and last.time == "ever"  # "with a history of X within 3 years"
        return current if word.type in _CLAUSES or past or (tested and (of_people or len(root.parts) > 1)) else root

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
            return piece.type == "DUE_TO" or bool(said) or (piece.type == "WITH" and root.grade is not None)  # "grade 2 | with pain"
        denied = current is not root and root.parts[-1][0].type in ("NOT", "NEITHER")
        given = piece.type == "RECEIVED" and bool(current.heads) and current.heads[-1].kind in ("treatment", "operation")
        if piece.type in _ACTS and denied and (_empty(current) or given):
            return False  # "with no chemotherapy | administered in the metastatic setting"
        if piece.type in _ACTS:
            return bool(root.heads or root.parts) or bool(root.act and (root.act != "treatment" or _ACTS[piece.type][0] != "treatment"))
        return piece.type in ("NOT", "NEITHER") and bool(root.heads or root.comparisons)

    def _method_alone(self, piece: Token, current: Phrase) -> bool:
        """ "measurable by RECIST 1.1": a named standard after what it judges."""
        said = current.adjectives or current.results or (current.heads and current.heads[-1].names)
        ends = self._type(self.at + 2) not in ("WORDS", "CONCEPT", "SLASH")
        return bool(piece.type == "BY" and self._type(self.at + 1) == "METHOD" and said and ends)

    def _stage_follows(self, index: int) -> bool:
        """ "carcinoma of stage II", "heart failure with NYHA class III": a stage of the head itself."""
        piece = self.pieces[index] if index < len(self.pieces) else None
        last = index + 1 >= len(self.pieces) or self._type(index + 1) in ("STAGE", "RPAR", "", "BY")
        return isinstance(piece, Token) and (piece.type == "STAGE" or (piece.kind == "stage" and self._type(index + 1) == "STAGE")) and last

    def _names_marker(self, index: int) -> bool:
        """ "amplification of MYCN", "a mutation in EGFR": the result's own marker follows."""
        piece = self.pieces[index] if index < len(self.pieces) else None
        return isinstance(piece, Token) and piece.kind in ("marker", "analyte")

    def _word(self, token: Token, current: Phrase, root: Phrase) -> Phrase:
        """Takes a word in; gives the phrase to which the next words belong."""
        kind = token.type
        if kind in _WINDOWED:
            return self._timed(token, root, current)
        self.at += 1
        if kind == "CONCEPT" and token.kind == "stage":
            current.system = token
        elif kind in ("CONCEPT", "WORDS", "EVENT"):
            if token.kind == "condition":
                mark_disease(current, token.start)
            of_condition = bool(current.heads) and current.heads[-1].kind == "condition" and token.start <= current.heads[-1].end + 1
            if kind != "EVENT" or token.value != "as_of" or of_condition:  # "breast cancer screening" is no breast cancer
                current.heads.append(token)
        elif kind in ADJECTIVES or kind == "NEW" or (kind == "LINE" and token.value != "line"):
            current.adjectives.append(token)
            current.line = current.line or kind == "LINE"
        elif kind in _TIMES:
            current.time = current.time if current.time in ("ever", "planned") else _TIMES[kind]
            current.circumstances += still_there(token, current) or active_once(token, self.pieces, self.at, current)
            current.concurrent = current.concurrent or token.text.lower().startswith(_BESIDE)
        elif kind in _ACTS:
            act, time = _ACTS[kind]
            current.act = "treatment" if token.value == SETBACK else act
            elective = token.text.lower() == "elective"  # "history of taking", "plans for administration of", "underwent elective surgery"
            said = current.time == "planned" or (current.time == "ever" and (time == "now" or elective))
            current.time = current.time if said else time or current.time
            current.use = kind == "TREATMENT_WITH" and token.value == "now"
            current.treats = token.value == "treats"
            current.outcome = responses(token)
            current.circumstances += [(token.text, True)] if token.value in ("ended", "started", SETBACK) else []
            current.reaction = current.reaction or (str(token.value) if kind == "ALLERGY" else "")
        elif kind in ("NOT", "NEITHER"):
            _deny(token, current)
            current.denied = token.end
        elif kind in ("STATEMENT", "JUDGEMENT"):
            current.speech.append(token)
        elif kind == "RESULT":
            current.results.append(token)
        elif not self._flag(token, current):
            raise Unreadable(token.start, token.end)
        return current

    def _timed_before(self, holder: Phrase) -> bool:
        """Reads a window, and notes whether it stands before what it is of."""
        before = self.at
        found = self._window(holder)
        holder.onset = holder.onset or (onset(self.pieces[:before]) if found and holder.window else "")
        holder.early = holder.early or (found and holder.window is not None and not holder.heads)
        return found

    def _timed(self, token: Token, root: Phrase, current: Phrase) -> Phrase:
        """A word of time begins a window, or a part that tells what the time is of."""
        following = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if token.type == "AT" and isinstance(following, Comparison) and _weeks_along(following):
            self.at += 1
            return current
        if self._timed_before(self._holder(root, current)):
            return current
        if not (token.type in _RELATIONS and root.heads and self.at + 1 < len(self.pieces)):
            raise Unreadable(token.start, token.end, NO_TIME)
        self.at += 1
        opened = Phrase(token.end, token.end)
        root.parts.append((token, opened))
        return opened

    def _flag(self, token: Token, current: Phrase) -> bool:
        if token.type == "ONLY" and token.value == "alone":
            current.circumstances.append((token.text, True))
            return bool(current.heads) and current.heads[-1].kind in _HAPPENING
        if token.type in _FLAGS:
            named = token.type == "METHOD" and (current.adjectives or any(head.kind != "procedure" for head in current.heads))
            setattr(current, _FLAGS[token.type], not named)
            if token.type == "LINE" and token.text.lower().startswith(("prior", "previous")):
                current.time = current.time or "ever"
            return True
        match token.type:
            case "SIDE" if token.value == "study":
                current.circumstances.append((token.text, True))
            case "SIDE":
                current.sides = str(token.value)
            case "NORMAL" | "CHANGE":
                setattr(current, token.type.lower(), str(token.value))
            case "GRADE":
                return isinstance(self.pieces[self.at] if self.at < len(self.pieces) else None, Comparison)
            case "WITH":
                current.time = current.time or ("ever" if _HAD.search(token.text) else "")  # "patients who had X"
            case "RECENT":
                current.circumstances.append((token.text, True))
            case "DOSE":
                current.together |= token.value == "together"
            case type_:
                return type_ in _SILENT
        return True


def _weeks_along(comparison: Comparison) -> bool:
    """ "pregnant at | 37 to 41 weeks of gestation"."""
    return any(value.unit == "gestational week" for value in (comparison.low, comparison.high) if value)


def graded_only(part: Phrase) -> bool:
    """ "(grade 3 or 4)", "of grade ≥ 2": a grade and nothing else."""
    said = part.heads or part.parts or part.adjectives or part.comparisons or part.results or part.speech or part.negated or part.window
    return part.grade is not None and not (said or part.act or part.time or part.parens or part.unread)


def _empty(part: Phrase) -> bool:
    """ "not | requiring": nothing stands between."""
    return not (part.heads or part.act or part.adjectives or part.comparisons or part.speech or part.results)


def _of_kin(phrase: Phrase) -> bool:
    """ "a first-degree relative | with lupus": what follows is the relative's."""
    return bool(phrase.heads) and "family history" in phrase.heads[-1].names


def _take_scale(root: Phrase) -> None:
    """ "heart failure of NYHA class III": the value of the scale is the head's."""
    for word, part in list(root.parts):
        if word.type == "OF" and graded_only(part) and not root.grade:
            root.grade = part.grade
            root.parts.remove((word, part))
        if word.type in ("OF", "WITH", "IN", "BY") and part.system and not (part.heads or part.negated or root.system or part.time):
            root.system, root.adjectives = part.system, root.adjectives + part.adjectives
            root.comparisons, root.grade = root.comparisons + part.comparisons, root.grade or part.grade
            root.parts.remove((word, part))


def _deny(token: Token, current: Phrase) -> None:
    """ "not X"; "never" says the time too."""
    current.negated = not current.negated
    if _EVER.search(token.text):
        current.time = current.time or "ever"


def _drop_idle_with(piece: Token, root: Phrase, current: Phrase) -> None:
    """ "with no evidence of": the denial alone opens the part."""
    if piece.type in ("NOT", "NEITHER") and root.parts and current.start == current.end and root.parts[-1][0].type == "WITH":
        root.parts.pop()
