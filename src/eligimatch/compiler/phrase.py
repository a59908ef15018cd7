"""A phrase: what one item of a list says, each of its words in the field of its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from eligimatch.compiler.syntax import Comparison, Paren, Value
from eligimatch.compiler.tokens import TIME_UNITS, Token
from eligimatch.model.quantity import Duration, TimeUnit, Window
from eligimatch.model.rule import Lasting

_TIME: dict[str, TimeUnit] = {"h": "hour", "hour": "hour", "day": "day", "week": "week", "month": "month", "year": "year"}


class Unreadable(Exception):
    """The words from `start` to `end` have no reading here."""

    def __init__(self, start: int, end: int, expected: str = "") -> None:
        super().__init__(expected)
        self.start = start
        self.end = end
        self.expected = expected


class Length(Duration):
    """How long something has lasted: at least so long, or less, or no longer; `most` is the other end of a range."""

    bound: Literal["at least", "less than", "at most"] = "at least"
    most: Duration | None = None

    def asked(self) -> list[Lasting]:
        """The lengths that are asked."""
        found = [Lasting(duration=Duration(count=self.count, unit=self.unit), bound=self.bound)]
        return [*found, Lasting(duration=self.most, bound="at most")] if self.most else found


@dataclass(init=False)
class Phrase:
    """One item read: every piece has gone to one of these fields."""

    start: int
    end: int
    opens: str = ""
    """What kind of word it begins with: the WITH of "with no known metastases"."""
    negated: bool = False
    borrowed: str = ""
    """Its noun is said of a neighbour: the first of "medical or social condition"."""
    denied: int = 0
    """Where the words begin that its negation denies."""
    time: str = ""
    lent: bool = False
    """Its time was said of a treatment before it: "prior chemotherapy or brain metastases"."""
    act: str = ""
    suspected: bool = False
    known: bool = False
    other: bool = False
    concurrent: bool = False
    """There beside something else: "concurrent malignancy"."""
    study: bool = False
    fasting: bool = False
    equivalent: bool = False
    together: bool = False
    """Its dose is that of all that was given."""
    only: bool = False
    adjectives: list[Token] = field(default_factory=list)
    heads: list[Token] = field(default_factory=list)
    results: list[Token] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    window: Window | None = None
    parts: list[tuple[Token, Phrase]] = field(default_factory=list)
    """Prepositional parts and verbs after the head, each with what follows it."""
    parens: list[Paren] = field(default_factory=list)
    speech: list[Token] = field(default_factory=list)
    sides: str = ""
    sites: list[str] = field(default_factory=list)
    """Where the head is, said before it: "oropharyngeal lesion"."""
    normal: str = ""
    change: str = ""
    lasting: Length | None = None
    lasting_event: str = "as_of"
    within: bool = False
    """Its window is "within N", and names no event."""
    early: bool = False
    """Its window stands before its head."""
    late: bool = False
    """Its window stands in parentheses after it: "(obtained within 14 days)"."""
    onset: str = ""
    """What its window dates: that it was "diagnosed", its "diagnosis", or (else) that it was there."""
    exact: bool = False
    """Its window is "N before", with no word of how near: "chemotherapy 4 weeks before enrollment"."""
    led: bool = False
    """Its window stands before it: "within 4 weeks of surgery"."""
    unread: bool = False
    plain: bool = False
    """Made of nothing but words."""
    count: Comparison | None = None
    grade: Comparison | None = None
    future: bool = False
    line: bool = False
    method: bool = False
    shown: bool = False
    """How it is shown was said last: "as determined by medical history"."""
    looked_at: bool = False
    """A test by which something is shown, and the place that it looked at was said last: "CT of the chest"."""
    use: bool = False
    """ "use of": present, where no time is said."""
    reaction: str = ""
    """The reaction that an allergy came to; an intolerance is asked beside it."""
    outcome: tuple[str, ...] = ()
    """The response that a treatment came to, where it is no progression."""
    treats: bool = False
    """ "treatment of": what follows is what was treated."""
    panel: list[Phrase] = field(default_factory=list)
    """The analytes that the head's name stands for, with their own limits where these are given."""
    otherwise: list[Phrase] = field(default_factory=list)
    """Further limits of the head: "≥ 13 g/dL for men, ≥ 12 g/dL for women"."""
    beside: bool = False
    """A further limit that holds beside the first, not instead of it: "≥ 20 and ≤ 68 letters in the study eye"."""
    pair: Comparison | None = None
    """The diastolic limit of a blood pressure."""
    selects: bool = False
    """Met only by the people it speaks of: an exclusion, an alternative."""
    judged_words: str = ""
    """The words of the whole list that a judgement at its end is about."""
    alternatives: list[Phrase] = field(default_factory=list)
    """Qualities of which one is asked: "newly diagnosed or relapsed"."""
    shared: list[Token] = field(default_factory=list)
    """What the first alternative says before its own quality."""
    suspicion: bool = False
    """Suspected and not yet confirmed, said beside what is confirmed."""
    base: tuple[str, ...] = ()
    """What this alternative is of, where the head's name begins with another: "acute or chronic hepatitis B"."""
    others: list[Phrase] = field(default_factory=list)
    """What is joined to this one: "for women of childbearing potential or girls after menarche"."""
    jointly: bool = False
    """Those others are joined by `and`: "with asthma and diabetes"."""
    marks: list[tuple[str, Phrase]] = field(default_factory=list)
    """Results of markers said of the head ("EGFR-mutated lung cancer"), each with its connective to the one before."""
    system: Token | None = None
    """The scale that a stage is of."""
    circumstances: list[tuple[str, bool]] = field(default_factory=list)
    undated: bool = False
    """Told to have been at a time that the language does not know ("within 2 weeks of leukapheresis")."""
    """Words that narrow the head, and whether the language knows them."""
    since: Comparison | None = None
    """The time that must have passed since the last of what the head names."""
    since_event: str = "as_of"
    """… and before what."""

    def __init__(self, start: int, end: int, **said: Any) -> None:
        """Most fields stay as the class has them: only lists are each phrase's own."""
        self.__dict__.update({name: [] for name in _LISTS}, start=start, end=end, **said)

    def __copy__(self) -> Phrase:
        return replace(self)

    @property
    def shares_limits(self) -> bool:
        """A plain noun with a limit: nouns before it may share the limit."""
        return bool(self.comparisons and self.heads) and not (self.system or self.act or self.time or self.results or self.speech)

    @property
    def restricted(self) -> bool:
        """What is allowed only so: "surgery within 4 weeks", "surgery but no chemotherapy"."""
        denied = self.negated or any(word.type in ("NOT", "NEITHER") for word, _ in self.parts)
        return bool(self.comparisons or self.count or self.only or self.window or self.unread) or denied

    @property
    def bare(self) -> bool:
        """Only adjectives and the like: it says something of a neighbour."""
        return not (
            self.heads
            or self.comparisons
            or self.speech
            or self.act
            or self.parts
            or self.results
            or self.normal
            or self.study
            or self.unread
            or self.system
            or self.method
            or self.count
            or self.grade
            or self.since
            or self.change
            or self.line
            or self.fasting
            or self.equivalent
            or self.only
            or self.future
        )


_LISTS = tuple(one.name for one in fields(Phrase) if one.default_factory is list)


def replace(phrase: Phrase, **said: Any) -> Phrase:
    """The phrase with other fields, and the rest of its own."""
    other = Phrase.__new__(Phrase)
    other.__dict__.update(phrase.__dict__, **said)
    return other


def duration(comparison: Comparison) -> Duration | None:
    """The one length of time that a comparison names."""
    return _length(comparison.high or comparison.low)


def _length(value: Value | None, unit: str = "") -> Duration | None:
    unit = (value.unit or unit).split("|")[0] if value else ""
    if value is None or value.limit or unit not in TIME_UNITS or unit not in _TIME:
        return None
    return Duration(count=value.number, unit=_TIME[unit])


def lasted(comparison: Comparison) -> Length | None:
    """How long something lasted: "at least 3 months", "less than a year", "3 to 6 months"."""
    low, high = comparison.low, comparison.high
    if low is None or low is high or high is None:
        length = duration(comparison)
        upper: Literal["less than", "at most"] = "less than" if comparison.high_open else "at most"
        return Length(count=length.count, unit=length.unit, bound=upper if low is None else "at least") if length else None
    first, last = _length(low, high.unit or ""), _length(high)
    return Length(count=first.count, unit=first.unit, most=last) if first and last else None


def half_lives(comparison: Comparison) -> dict[str, Any]:
    """The half-lives that a length of time is compared with: what a Window says of them."""
    value = comparison.high or comparison.low
    parts = (value.unit or "").split("|") if value else []
    return {"half_lives": float(parts[1]), "shorter": {"shorter": True, "longer": False}.get(parts[2])} if len(parts) == 3 else {}


def absent(phrase: Phrase) -> None:
    """ "no X for at least 4 weeks before Y": no X in those weeks; what "off X for less than a week" asks is not read."""
    if phrase.lasting and phrase.time == "planned":
        phrase.unread = True  # "no plans for X for 12 weeks": weeks that are to come
    elif phrase.lasting and phrase.lasting.bound != "at least" and not phrase.window and phrase.heads:
        phrase.unread = True
    elif phrase.lasting and not phrase.lasting.most and not phrase.window and phrase.heads:
        free = Duration(count=phrase.lasting.count, unit=phrase.lasting.unit)
        phrase.window = Window(event=phrase.lasting_event, start=free, start_open=True)
        phrase.lasting = None


def any_state(inner: list[Phrase]) -> bool:
    """ "(active, previously treated or both)": several states of which any will do."""
    return len(inner) > 1 and any(str(token.value) in ("treated", "untreated") for one in inner for token in one.adjectives)


def counts(phrase: Phrase) -> bool:
    """ "at least 2 prior lines": more than that there was any."""
    limits = [value for value in (phrase.count.low, phrase.count.high) if value] if phrase.count else []
    return any(limit.number > 1 for limit in limits)


def scales(phrase: Phrase) -> set[str]:
    """The staging systems of a phrase's stages; one without a name is a numbered one."""
    return {stage.system for token in phrase.adjectives if token.type == "STAGE" for stage in token.stages}
