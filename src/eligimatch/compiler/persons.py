"""Persons: a group that a phrase names (a sex, a reproductive state, an age group) into what is asked of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from eligimatch.compiler.lexer import ARM
from eligimatch.compiler.noun_words import OLD, aged, told_by_age
from eligimatch.compiler.people import fertile, women_not
from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, Is, Measure, Rule, Statement
from eligimatch.model.span import Span
from eligimatch.model.words import folded

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

AGE = Concept(name="age", kind="analyte")
ACT_OF = {
    "RECEIVED": ("treatment", "ever"), "RECEIVING": ("treatment", "now"), "TREATMENT_WITH": ("treatment", ""),
    "PLANNED": ("treatment", "planned"), "REQUIRING": ("requiring", ""),
}  # fmt: skip


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
        kind, *members = re.findall(r"[A-Za-z]{3,}|[A-Z]?\d{1,2}[A-Za-z]?|[A-Z]", phrase.heads[0].text.replace(" and ", " ").replace(" or ", " "))
        return Is(fact="group", values=tuple(f"{kind.removesuffix('s')} {member}" for member in members), span=span)

    def group(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """The group, with what the phrase says of it."""
        self.nouns.only(phrase, "results", "speech", "count", "grade", "lasting", "adjectives", "window")
        if not head.linked and len(phrase.heads) > 1 and all(token.kind == "group" for token in phrase.heads):
            named = [self._members(self.nouns.linker.known(token.names, ("group",)), span) for token in phrase.heads]  # "premenopausal women"
            return self.with_parts(phrase, AllOf(rules=tuple(named), span=span), span)
        if not head.linked:
            raise Unreadable(phrase.start, phrase.end, "a group of people")
        rule = self._members(head, span)
        if isinstance(rule, Is) and rule.fact != "sex" and (phrase.time == "ever" or phrase.circumstances):
            raise Unreadable(phrase.start, phrase.end, "how it is now")  # "history of pregnancy", "recently pregnant": no profile says
        return self.with_parts(phrase, rule, span)

    def of_age(self, phrase: Phrase, span: Span) -> Rule:
        """ "men and women aged 18 to 75 years": the group, and its age."""
        age = self.nouns.measurer.measure(AGE, phrase.comparisons, span)
        named = phrase.heads[: -1 if aged(phrase) else None]
        if told_by_age(folded(self.nouns.text[named[0].start : named[-1].end])):
            self.nouns.only(phrase, "results", "speech", "count", "grade", "lasting", "adjectives", "window")
            said = [(word, part) for word, part in phrase.parts if word.type != "OF" or [head.names for head in part.heads] != [("age",)]]
            return self.with_parts(replace(phrase, parts=said), age, span)
        people = replace(phrase, heads=phrase.heads[:-1], comparisons=[])
        head = self.nouns.concept(people)
        if head is None or head.kind != "group":
            raise Unreadable(phrase.start, phrase.end, "a group of people")
        group = self.group(people, head, span)
        return age if isinstance(group, AllOf) and not group.rules else AllOf(rules=(group, age), span=span)

    def aged(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """ "women ≥ 18 years": the group, and its age; "at least 1 year postmenopausal" tells no age."""
        first, last = phrase.comparisons[0], phrase.heads[-1]
        if "postmenopausal" in last.names and last.start >= first.end and not OLD.search(self.nouns.text[first.start : last.start]):
            raise Unreadable(phrase.start, phrase.end, "an age")
        group = self.group(phrase, head, span)
        age = self.nouns.measurer.measure(AGE, phrase.comparisons, span)
        return age if isinstance(group, AllOf) and not group.rules else AllOf(rules=(group, age), span=span)

    def _members(self, head: Concept, span: Span) -> Rule:
        fact, value = str(self.nouns.linker.fact(head, "fact")), str(self.nouns.linker.fact(head, "value"))
        if value == "any":
            return AllOf(rules=(), span=span)
        if fact == "fertile" and value == "male":
            said = Statement(topic=" ".join(self.nouns.text[span.start : span.end].split()), span=span)
            return AllOf(rules=(Is(fact="sex", values=("male",), span=span), said), span=span)
        if fact == "fertile":
            return fertile(Is(fact="childbearing_potential", values=("true",), span=span))
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
                case "NOT" | "NEITHER":
                    denied = not denied
                case _:
                    raise Unreadable(word.start, part.end)
            rule = AllOf(rules=(rule, self.nouns.denied(part) if denied else self.nouns.any_condition(part)), span=span)
            denied = False
        if denied:
            raise Unreadable(phrase.start, phrase.end)
        return rule
