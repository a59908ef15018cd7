"""Persons: a group that a phrase names (a sex, a reproductive state, an age group) into what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligimatch.compiler.arms import ARM
from eligimatch.compiler.descriptions import PEOPLE, describes
from eligimatch.compiler.people import fertile, women_not
from eligimatch.compiler.phrase import Phrase, Unreadable, replace
from eligimatch.compiler.syntax import Comparison
from eligimatch.compiler.tokens import TIME_UNITS
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, AnyOf, Is, Measure, Rule, Statement
from eligimatch.model.span import Span
from eligimatch.model.words import folded

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

_YOUNG = frozenset(folded("child adolescent infant neonate newborn toddler teenager youth young elderly older and or"))
"""People whom only the age after them tells apart."""
_PEOPLE = frozenset(folded("adult person patient subject participant individual"))
_OLD = re.compile(r"\b(?:old|of age)\b", re.IGNORECASE)
_HISTORY = re.compile(r"\bhistory\b", re.IGNORECASE)
_GROWN, _OLDEST = 10, 110
"""Ages between which a range without a unit is of years."""
AGE = Concept(name="age", kind="analyte")
ACT_OF = {
    "RECEIVED": ("treatment", "ever"), "RECEIVING": ("treatment", "now"), "TREATMENT_WITH": ("treatment", ""),
    "PLANNED": ("treatment", "planned"), "REQUIRING": ("requiring", ""),
}  # fmt: skip


_OF_SAMPLE = re.compile(
    r"\b(?:samples?|tissues?|specimens?|biops(?:y|ies)|blocks?|slides?|scans?|images?|imaging|material)\b[^.;:]*"
    r"\b(?:that|which|is|are|not|no|be|than|within|available)\W*(?:not|no)?\W*\Z",
    re.IGNORECASE,
)
"""Names before a length of time what so old may be."""


def aged(phrase: Phrase) -> bool:
    """ "adolescents | aged 12 to 17 years": the last word tells that the number is an age."""
    return len(phrase.heads) > 1 and "age" in phrase.heads[-1].names


def told_by_age(words: tuple[str, ...]) -> bool:
    """ "children", "older adults", "young adults or adolescents": words that say of people only that they are young or old."""
    named = words[:-1] if words[-1:] and words[-1] in _PEOPLE else words
    return (bool(named) and _YOUNG.issuperset(named)) or ("young" in words and _YOUNG.issuperset(set(words) - {"adult"}))


def of_years(phrase: Phrase, text: str) -> bool:
    """ "infants < 6 months", "adolescents 12-17 years": people whom only their age tells apart."""
    said = phrase.time or phrase.act or phrase.otherwise
    units = _units(phrase.comparisons)
    return not said and bool(units) and units <= TIME_UNITS and told_by_age(folded(text[phrase.heads[0].start : phrase.heads[-1].end]))


def of_age(comparisons: list[Comparison], text: str) -> bool:
    """Years, or other lengths of time that the words say are of age."""
    return _units(comparisons) == {"year"} or says_age(comparisons, text)


def says_age(comparisons: list[Comparison], text: str) -> bool:
    """ "18 years of age": lengths of time that the words say are of age."""
    units = _units(comparisons)
    return bool(units) and units <= TIME_UNITS and _OLD.search(text[comparisons[0].start : comparisons[-1].end]) is not None


def _units(comparisons: list[Comparison]) -> set[str]:
    return {value.unit for c in comparisons for value in (c.low, c.high) if value is not None and value.unit}


def age_range(comparisons: Sequence[Comparison]) -> bool:
    """ "women 18 to 50": two ends that are years of people, where no unit is said."""
    if len(comparisons) != 1 or comparisons[0].choices:
        return False
    ends = comparisons[0].low, comparisons[0].high
    ages = [end.number for end in ends if end is not None and not (end.unit or end.limit)]
    return len(ages) == len(ends) and _GROWN <= ages[0] < ages[1] <= _OLDEST


def _both(people: Rule, asked: Rule, span: Span) -> Rule:
    """What is asked of a group of people; of anyone, that alone."""
    grown = isinstance(people, Measure) and isinstance(asked, Measure) and people.analyte == asked.analyte == AGE
    if (isinstance(people, AllOf) and not people.rules) or (grown and isinstance(asked, Measure) and asked.interval.low is not None):
        return asked  # "adults > 16 years": whom the trial counts as such
    return people if isinstance(asked, AllOf) and not asked.rules else AllOf(rules=(people, asked), span=span)


def is_arm(phrase: Phrase) -> bool:
    """Whether a phrase names arms or cohorts of the trial and nothing else."""
    return len(phrase.heads) == 1 and not phrase.negated and ARM.fullmatch(phrase.heads[0].text) is not None


class Persons:
    """Reads groups of people."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def arm(self, phrase: Phrase, span: Span) -> Rule | None:
        """ "arm A", "cohorts 2 and 3": who is meant for it, or for one of them."""
        if not is_arm(phrase) or phrase.parts or phrase.parens or phrase.adjectives or phrase.comparisons or phrase.window or phrase.time:
            return None
        kind, *members = re.findall(r"[A-Za-z]{3,}|II|[A-Z]?\d{1,2}[A-Za-z]?|[A-Z]", phrase.heads[0].text.replace(" and ", " ").replace(" or ", " "))
        return Is(fact="group", values=tuple(f"{kind.removesuffix('s')} {member}" for member in members), span=span)

    def aged(self, phrase: Phrase, span: Span) -> Rule:
        """ "men and women aged 18 to 75 years", "shift workers aged 18 to 65": whoever it is, and their age."""
        age = self.limits(AGE, phrase, span)
        named = phrase.heads[: -1 if aged(phrase) else None]
        if told_by_age(folded(self.nouns.text[named[0].start : named[-1].end])):
            self.nouns.only(phrase, "results", "speech", "count", "grade", "lasting", "adjectives", "window")
            said = [(word, part) for word, part in phrase.parts if word.type != "OF" or [head.names for head in part.heads] != [("age",)]]
            return self.with_parts(replace(phrase, parts=said), age, span)
        who = replace(phrase, heads=phrase.heads[:-1], comparisons=[], otherwise=[])
        return _both(self._of_whom(who, span), age, span)

    def limits(self, told: Concept, phrase: Phrase, span: Span) -> Rule:
        """The limits of a person's or a tumor's number: "< 45 or > 75"."""
        if any(one.heads or one.parts or one.normal or not one.comparisons for one in phrase.otherwise):
            raise Unreadable(phrase.start, phrase.end, "whom a limit is of")
        rules = tuple(self.nouns.measurer.measure(told, one.comparisons, span) for one in (phrase, *phrase.otherwise))
        together = any(one.beside for one in phrase.otherwise)
        return rules[0] if len(rules) == 1 else (AllOf if together else AnyOf)(rules=rules, span=span)

    def told_by(self, comparisons: list[Comparison]) -> Concept | None:
        """What limits without a noun are of: an age, or what their unit names."""
        if _OF_SAMPLE.search(self.nouns.text, 0, comparisons[0].start):
            raise Unreadable(comparisons[0].start, comparisons[-1].end, "whose age it is")  # "a tissue sample that is not older than 3 years"
        return AGE if of_age(comparisons, self.nouns.text) else self.nouns.measurer.named(comparisons)

    def with_number(self, phrase: Phrase, head: Concept, span: Span) -> Rule | None:
        """ "women ≥ 50 years", "women 18 to 50", "children 6 to 11 years old": the group and its age; None where no people are named."""
        if (head.linked and head.kind != "group") or not phrase.heads:
            return None
        told = self.told_by(phrase.comparisons)
        words = "" if head.linked or told is None else self.nouns.text[phrase.heads[0].start : phrase.heads[-1].end]
        young = bool(words) and told_by_age(folded(words)) and not (phrase.time or phrase.act or phrase.otherwise)
        if not young and not (head.kind == "group" and (told or age_range(phrase.comparisons))):
            return None
        if self._since_menopause(phrase):
            raise Unreadable(phrase.start, phrase.end, "an age")
        number = self.limits(told or AGE, phrase, span)
        return self.with_parts(phrase, number, span) if young else _both(self.group(phrase, head, span), number, span)

    def _since_menopause(self, phrase: Phrase) -> bool:
        """ "at least 1 year postmenopausal" tells no age."""
        first, last = phrase.comparisons[0], phrase.heads[-1]
        return "postmenopausal" in last.names and last.start >= first.end and not _OLD.search(self.nouns.text[first.start : last.start])

    def measured(self, phrase: Phrase, head: Concept, span: Span) -> Rule | None:
        """ "asthma, at least 6 years of age", "smoker of ≥ 10 pack-years": the condition, and the person's number; None where it is no such."""
        told = AGE if says_age(phrase.comparisons, self.nouns.text) else self.nouns.measurer.named(phrase.comparisons)
        if told is None or head.kind == "group" or phrase.act == "treatment":
            return None
        if self.nouns.linker.fact(head, "amount") == told.name and _HISTORY.search(self.nouns.text, phrase.start, phrase.end):
            return None  # "a smoking history of < 10 pack-years": the number alone, which who never smoked has too
        try:
            number = self.nouns.measurer.measure(told, phrase.comparisons, span)
        except Unreadable:
            return None
        return _both(self.nouns.rule(replace(phrase, comparisons=[], negated=False)), number, span)

    def _of_whom(self, who: Phrase, span: Span) -> Rule:
        """The people of whom a phrase speaks: a group, or whoever has a condition."""
        people = self.nouns.concept(who)
        if people is None or people.kind not in ("group", "condition"):
            raise Unreadable(who.start, who.end, "a group of people")
        if people.kind == "group":
            return self.group(who, people, span)
        self.nouns.only(who, "negated", "act", "results", "speech", "normal", "grade", "count", "window")
        return self.nouns.rule(who)

    def group(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """The group, with what the phrase says of it; "planned pregnancy" is told."""
        if phrase.time == "planned":
            return Statement(topic=self.nouns.words(phrase), span=span)
        if phrase.lasting and head.linked:
            state = self.group(replace(phrase, lasting=None), head, span)
            if isinstance(state, Is) and (state.fact, state.values) == ("postmenopausal", ("true",)):  # since when, only she can tell
                return AllOf(rules=(state, Statement(topic=self.nouns.words(phrase), span=span)), span=span)
        self.nouns.only(phrase, "results", "speech", "count", "grade", "lasting", "adjectives", "window")
        if not head.linked and len(phrase.heads) > 1 and all(token.kind == "group" for token in phrase.heads):
            named = [self._members(self.nouns.linker.known(token.names, ("group",)), span) for token in phrase.heads]  # "premenopausal women"
            return self.with_parts(phrase, AllOf(rules=tuple(named), span=span), span)
        if not head.linked:
            return self._described(phrase, span)
        rule = self._members(head, span)
        if isinstance(rule, Is) and rule.fact != "sex" and (phrase.time == "ever" or phrase.circumstances):
            raise Unreadable(phrase.start, phrase.end, "how it is now")  # "history of pregnancy", "recently pregnant": no profile says
        return self.with_parts(phrase, rule, span)

    def _described(self, phrase: Phrase, span: Span) -> Rule:
        """ "ambulatory men and women": the group, and what it is said to be."""
        *said, last = phrase.heads
        named = frozenset(last.names[:1])
        if not said or not (named and named <= PEOPLE) or not describes(said):
            raise Unreadable(phrase.start, phrase.end, "a group of people")
        described = Phrase(said[0].start, said[-1].end, heads=said)
        people = self._members(self.nouns.linker.known(last.names, ("group",)), span)
        return self.with_parts(phrase, _both(self.nouns.rule(described), people, span), span)

    def _members(self, head: Concept, span: Span) -> Rule:
        fact, value = str(self.nouns.linker.fact(head, "fact")), str(self.nouns.linker.fact(head, "value"))
        if value == "any":
            return AllOf(rules=(), span=span)
        if fact == "fertile" and value == "male":
            said = Statement(topic=" ".join(self.nouns.text[span.start : span.end].split()), span=span)
            return AllOf(rules=(Is(fact="sex", values=("male",), span=span), said), span=span)
        if fact == "fertile":
            return fertile(Is(fact="childbearing_potential", values=("true",), span=span))
        if fact == "infertile":  # "men and women of non-childbearing potential": of the women only
            women = Is(fact="childbearing_potential", values=("false",), span=span)
            return AnyOf(rules=(Is(fact="sex", values=("male",), span=span), women), span=span)
        if fact == "not":
            return women_not(value.split(), span)
        if fact == "age":
            low = float(value[2:]) if value.startswith(">=") else None
            high = float(value[1:]) if value.startswith("<") else None
            return Measure(analyte=AGE, interval=Interval(low=low, high=high, high_open=high is not None), unit="year", span=span)
        return Is(fact=fact, values=(value,), span=span)

    def with_parts(self, phrase: Phrase, rule: Rule, span: Span) -> Rule:
        """ "women with X", "men who received Y": both."""
        denied = False
        for word, part in phrase.parts:
            if word.type in ("NOT", "NEITHER") and not (part.heads or part.speech or part.results):
                denied = not denied
                continue
            match word.type:
                case "WITH" | "RECEIVED" | "RECEIVING" | "TREATMENT_WITH" | "PLANNED" | "REQUIRING":
                    if not part.heads and not part.speech:
                        raise Unreadable(word.start, part.end)
                    act, time = ACT_OF.get(word.type, ("", ""))
                    for member in (part, *part.others):
                        member.act, member.time = member.act or act, member.time or time
                case "IN" | "FOR" if isinstance(rule, Is) and rule.fact == "pregnant" and part.heads and part.heads[-1].kind == "group":
                    pass  # "a positive pregnancy test in women of childbearing potential"
                case "NOT" | "NEITHER":
                    denied = not denied
                case _:
                    raise Unreadable(word.start, part.end)
            rule = AllOf(rules=(rule, self.nouns.denied(part) if denied else self.nouns.any_condition(part)), span=span)
            denied = False
        if denied:
            raise Unreadable(phrase.start, phrase.end)
        return rule
