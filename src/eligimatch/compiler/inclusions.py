"""Inclusions: what `including …`, `such as …` and `i.e. …` name of what stands before: examples, kinds of it, what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from eligimatch.compiler.adjectives import ANY_TREATMENT
from eligimatch.compiler.bare_treatments import must_hold
from eligimatch.compiler.definitions import numeric
from eligimatch.compiler.examples import for_the_same_disease
from eligimatch.compiler.exceptions import Exceptions
from eligimatch.compiler.members import any_treatment, demanded, told_by_purpose, vague
from eligimatch.compiler.named_doses import by_example, sparing_lower_doses
from eligimatch.compiler.occurrences import INVESTIGATIONAL
from eligimatch.compiler.phrase import Unreadable
from eligimatch.compiler.rules import any_of, changed, hads, unread, within
from eligimatch.compiler.syntax import Item, Series, Tail
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    Had,
    Judged,
    Not,
    Purpose,
    Requiring,
    Rule,
    Statement,
)  # fmt: skip
from eligimatch.model.span import Span

_REACTING = re.compile(r"allerg|sensitiv|anaphyla", re.IGNORECASE)
CANCER = Concept(name="cancer")
_CAUSES = re.compile(r"\b(?:causes?|a?etiolog(?:y|ies))\W*\Z", re.IGNORECASE)  # "pain due to other causes, such as …": examples of these
_CURRENT = re.compile(r"\b(?:current|active|ongoing)\b", re.IGNORECASE)
_OF_TREATMENT = re.compile(
    r"\b(?:from|due to|related to|caused by|of|after) (?:any |all )?(?:prior |previous )?(?:treatments?|therap(?:y|ies))\W*\Z", re.IGNORECASE
)
_MISUSE = Concept(name="substance use disorder", kind="condition")
_ALLERGIES = frozenset({"allergic disease", "hypersensitivity"})
_VALUE, _OPENS = "laboratory value", re.compile(r" ?[(\[]")
_THAT_IS = frozenset({"i.e", "ie", "that is", "that is,", "namely"})

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists


class Inclusions:
    """Reads what is named after such words."""

    def __init__(self, lists: Lists, exceptions: Exceptions, defined: Callable[..., Rule]) -> None:
        self.lists = lists
        self.exceptions = exceptions
        self.defined = defined

    def apply(self, rule: Rule, tail: Tail, span: Span) -> Rule:
        """Examples: each is a member, and what denies the whole denies each."""
        if self.lists.undated(tail.series):
            return self.lists.unparsed(span.start, span.end)  # a time of the example alone, or of the whole
        *before, last = tail.series.items
        if _requires(tail.series.items[0]) and isinstance(rule, Had) and rule.section == "conditions":
            return judged(rule, span, self.lists) if before else self._required(rule, last, span)  # "active, i.e. requiring treatment"
        if before and _requires(last) and isinstance(rule, Had) and rule.section == "conditions":
            series = Series(tuple(before), tail.series.links[:-1])
            return self._required(self.apply(rule, tail._replace(series=series), span), last, span)
        asked = hads(rule)
        with self.lists.nouns.speaking_of(_unjudged(asked[0]) if len(asked) == 1 and self.exceptions.of_the_foregoing(tail.series) else ()):
            listed = self.lists.listed(tail.series)
        if asked and hads(listed) and (self._misused(asked, hads(listed)) or _CAUSES.search(self.lists.text, 0, tail.word.start)):
            return rule
        if isinstance(rule, Statement) and numeric(listed) and not unread(listed):
            return self.defined(rule, tail, span, excluding=self.lists.excluding)
        if not self.lists.excluding and isinstance(rule, Had) and numeric(listed) and not unread(listed):
            if rule.concept.name == _VALUE:
                return self.lists.rule(tail.series)
            if not rule.concept.linked:
                return AllOf(rules=(rule, self.lists.rule(tail.series)), span=span)
        if isinstance(rule, Statement):
            told = " ".join(self.lists.text[span.start : span.end].split()) if rule.positive and hads(listed) else rule.topic
            stated = rule.model_copy(update={"span": span, "topic": told})
            return stated if rule.positive or unread(listed) else AnyOf(rules=(rule, listed), span=span)
        if not asked and _of_statements(rule) and not unread(listed):
            return AnyOf(rules=(rule, listed), span=span)
        if not asked or (not self.lists.excluding and demanded(asked, listed)):
            return self.lists.unparsed(span.start, span.end)
        if len(asked) == 1:
            return self._with_examples(rule, tail, asked, listed, span)
        return self._of_a_member(rule, tail, listed, span) or self._exemplified(rule, asked, listed, span)

    def _of_a_member(self, rule: Rule, tail: Tail, listed: Rule, span: Span) -> Rule | None:
        """ "lymphoma, including Burkitt lymphoma, that has progressed on X": the rule with examples of the member that they are kinds of."""
        at = self.exceptions.of_which(rule, hads(listed)[0]) if isinstance(rule, AllOf) and hads(listed) else None
        if at is None or not isinstance(rule, AllOf):
            return None
        named = self.apply(rule.rules[at], tail, span)
        return named if unread(named) else rule.model_copy(update={"rules": (*rule.rules[:at], named, *rule.rules[at + 1 :]), "span": span})

    def _with_examples(self, rule: Rule, tail: Tail, asked: tuple[Had, ...], listed: Rule, span: Span) -> Rule:
        """Examples of the one thing asked: its further kinds, in its time; of a treatment for a disease, for that disease too."""
        if asked[0].concept == ANY_TREATMENT and any(isinstance(quality, Purpose) for quality in asked[0].qualifiers):
            same = for_the_same_disease(rule, asked[0], listed) or self.lists.unparsed(span.start, span.end)
            told = same.examples[len(asked[0].examples) :] if isinstance(same, Had) else ()
            return self._or_each(same, rule, told, tail, span) if told and isinstance(rule, Had) else same
        if asked[0].concept == ANY_TREATMENT and any(isinstance(quality, Purpose) for had in hads(listed) for quality in had.qualifiers):
            return self.lists.unparsed(span.start, span.end)  # "any treatment including X for Y": each of them may be for Y
        of_treatment = _OF_TREATMENT.search(
            self.lists.text, asked[0].span.start, tail.word.start
        )  # "toxicities from prior treatment, including surgery"
        done = all(had.concept.kind == "procedure" or (of_treatment and had.section == "treatments") for had in hads(listed))
        if asked[0].section == "conditions" and hads(listed) and done:
            return rule  # "healthy by an evaluation including examination and ECG": how it is found
        if asked[0].section == "treatments" and any(had.concept.linked and had.section == "conditions" for had in hads(listed)):
            reasons = all(getattr(item.pieces[0], "type", "") == "FOR" for item in tail.series.items)  # "prophylaxis (e.g., for prevention of X)"
            return rule if reasons else self.lists.unparsed(span.start, span.end)  # "radiotherapy, including … for breast cancer": no kind of it
        if asked[0].section == "conditions" and isinstance(rule, Had) and hads(listed) and all(map(any_treatment, hads(listed))):
            treated = tuple(Requiring(treatment=had) for had in hads(listed))  # "active malignancy (i.e. currently undergoing treatment)"
            return Ambiguous(readings=(rule, rule.model_copy(update={"qualifiers": rule.qualifiers + treated})), span=span)
        if hads(listed) and all(had.concept == INVESTIGATIONAL for had in hads(listed)) and asked[0].section == "treatments":
            lately = hads(listed)[-1].window  # "anticancer therapy including investigational agents within 4 weeks": all of it
            return within(rule, lately) if lately and not asked[0].window else rule  # "kinase inhibitors (including investigational agents)"
        if self._exemplifies_treatment(asked[0], listed):
            return by_example(rule, asked[0], listed, span)
        found = [one for one in (listed.rules if isinstance(listed, AnyOf) else (listed,)) if not vague(one, self.lists.nouns.linker.vocabulary)]
        members = tuple(self._example(member, asked[0]) for member in found)
        if not members:
            return rule
        widened: Rule = asked[0].model_copy(update={"examples": asked[0].examples + members, "span": span})
        window = next((hads(one)[-1].window for one in reversed(members) if hads(one)), None)  # "… within 4 weeks or during the study"
        if window and asked[0].when != "window" and {m.window for m in members if isinstance(m, Had)} <= {None, window}:
            then = {"when": "window", "window": window}
            all_within = tuple(m.model_copy(update=then) if isinstance(m, Had) else m for m in members)
            other = asked[0].model_copy(update={**then, "examples": asked[0].examples + all_within, "span": span})
            widened = Ambiguous(readings=(widened, other), span=span)
        named_only = all(numeric(member) or (isinstance(member, Had) and self._named(member.concept, asked[0].concept)) for member in members)
        if tail.word.text.lower().rstrip(".") in _THAT_IS and isinstance(rule, Had) and named_only:
            only = tuple(self._narrowed(member, rule) for member in members)
            widened = Ambiguous(readings=(widened, any_of(only, span)), span=span)
        if isinstance(rule, Had) and (or_each := self._or_each(widened, rule, members, tail, span)) != widened:
            return or_each
        spared = sparing_lower_doses(widened, members)
        return Not(rule=spared, span=span) if isinstance(rule, Not) else spared

    def _or_each(self, widened: Rule, rule: Had, members: tuple[Rule, ...], tail: Tail, span: Span) -> Rule:
        """ "2 prior lines, including A and B": any 2, or 2 and each that is named."""
        if not tail.word.text.lower().startswith("includ") or self.lists.excluding or not must_hold(rule, members):
            return widened
        every = tuple(member.model_copy(update={"when": "ever", "window": None}) if isinstance(member, Had) else member for member in members)
        held = AnyOf(rules=every, span=span) if "or" in tail.series.links else AllOf(rules=every, span=span)
        both = AllOf(rules=(rule, held), span=span)
        return both if "minimum" in tail.word.text.lower() else Ambiguous(readings=(widened, both), span=span)

    def _misused(self, asked: tuple[Had, ...], named: tuple[Had, ...]) -> bool:
        """ "substance abuse, including nicotine": what is abused, which by itself is no abuse."""
        given = all(had.concept.kind in ("substance", "treatment") for had in named)
        return given and all(self._is_kind(had.concept, _MISUSE) for had in asked)

    def _narrowed(self, member: Rule, asked: Had) -> Rule:
        """What "i.e." names, with what is said of the whole where it is a known kind of it."""
        kind = isinstance(member, Had) and member.section == asked.section and self._is_kind(member.concept, asked.concept)
        return changed(member, {"qualifiers": asked.qualifiers + member.qualifiers}) if kind and isinstance(member, Had) else member

    def _named(self, one: Concept, other: Concept) -> bool:
        """Whether "i.e." may name a thing by another: not a cancer by what is none of its kinds ("other than adenocarcinoma, i.e. sarcoma")."""
        cancers = all(self._is_kind(each, CANCER) for each in (one, other))
        return one.linked and (self._is_kind(one, other) or not cancers)

    def _is_kind(self, one: Concept, other: Concept) -> bool:
        return one.linked and other.linked and self.lists.nouns.linker.vocabulary.is_a(one.name, other.name)

    def _required(self, rule: Rule, item: Item, span: Span) -> Rule:
        """ "disorders such as A or B, requiring X": the disorders require it."""
        word, *rest = item.pieces
        treatment = self.lists.phrases(Series((Item(tuple(rest)),), ()))[0][0] if rest else None
        if treatment is None or not isinstance(word, Token) or not isinstance(rule, Had) or treatment.unread:
            return self.lists.unparsed(span.start, span.end)
        window = treatment.window
        treatment.window = None
        try:
            required = self.lists.nouns.occurrences.parts.treated_with(word, treatment)
        except Unreadable:
            return self.lists.unparsed(span.start, span.end)
        if window:
            within = {"when": "window", "window": window}
            required = [
                q.model_copy(update={"treatment": q.treatment.model_copy(update=within)}) if isinstance(q, Requiring) else q for q in required
            ]
        return rule.model_copy(update={"qualifiers": (*rule.qualifiers, *required), "span": span})

    def _exemplified(self, rule: Rule, asked: tuple[Had, ...], listed: Rule, span: Span) -> Rule:
        """Examples of a list: its further members, in its time; where the list is qualified, each may have to be so too."""
        given = all(had.section == "treatments" for had in asked) and hads(listed) and all(map(told_by_purpose, hads(listed)))
        if given or all(self._exemplifies_treatment(had, listed) for had in asked):
            return rule  # "X or Y, including prior treatment for Z": with these; "A or B requiring treatment, such as C"
        of_all, found = next((had for had in asked if had.section == "allergies"), asked[0]), listed.rules if isinstance(listed, AnyOf) else (listed,)
        nearest = [next((had for had in reversed(asked) if isinstance(one, Had) and had.section == one.section), of_all) for one in found]
        members = tuple(self._example(member, of_it) for member, of_it in zip(found, nearest, strict=True))
        if not isinstance(rule, (AnyOf, Ambiguous)) or unread(listed):
            return self.lists.unparsed(span.start, span.end)
        widened: Rule = AnyOf(rules=(rule, *members), span=span)
        window = members[-1].window if isinstance(members[-1], Had) else None
        if window and not any(had.window for had in asked) and {had.window for had in hads(AnyOf(rules=members[:-1]))} <= {None, window}:
            widened = Ambiguous(readings=(widened, within(widened, window)), span=span)
        if any(had.qualifiers for had in asked):
            return Ambiguous(readings=(widened, rule.model_copy(update={"span": span})), span=span)
        return widened

    def _exemplifies_treatment(self, asked: Had, listed: Rule) -> bool:
        """ "a disorder requiring therapy (such as steroids)": the examples are of the therapy."""
        members = listed.rules if isinstance(listed, AnyOf) else (listed,)
        treated = any(isinstance(q, Requiring) for q in asked.qualifiers)
        return treated and all(isinstance(m, Had) and m.section in ("treatments", "procedures") for m in members)

    def _example(self, member: Rule, asked: Had) -> Rule:
        """An example takes the time of what it is an example of, unless it says its own; of drugs, a target stands for what is directed at it."""
        if isinstance(member, AnyOf):
            return member.model_copy(update={"rules": tuple(self._example(rule, asked) for rule in member.rules)})
        if isinstance(member, Ambiguous):
            return member.model_copy(update={"readings": tuple(self._example(rule, asked) for rule in member.readings)})
        vocabulary = self.lists.nouns.linker.vocabulary
        if asked.section == "treatments" and isinstance(member, Had) and not member.concept.linked:
            names = vocabulary.find("anti-" + _OPENS.split(self.lists.text[member.span.start : member.span.end])[0])
            beside = self.lists.text[member.span.end : member.span.end + 1] + self.lists.text[max(0, member.span.start - 1) : member.span.start]
            if names and "/" not in beside and vocabulary.is_a(names[0], asked.concept.name):
                member = member.model_copy(update={"concept": self.lists.nouns.linker.known(names), "section": "treatments"})
        if asked.section == "conditions" and isinstance(member, Had) and not member.concept.linked:
            member = self._placed(member, asked)
        if isinstance(member, Had) and asked.section == "allergies" and member.concept.kind in ("treatment", "substance"):
            return member.model_copy(update={"section": "allergies", "when": "ever", "window": None})  # "any vaccine, including diphtheria toxoid"
        given = isinstance(member, Had) and member.section == "treatments" and member.when == "ever" and asked.when == "window"
        if isinstance(member, Had) and member.section == "allergies" and _REACTING.search(self.lists.text, member.span.start, member.span.end):
            return member
        if isinstance(member, Had) and member.concept.name in _ALLERGIES and self.lists.nouns.linker.fact(asked.concept, "judged"):
            words = self.lists.text[asked.span.start : asked.span.end]  # "contraindication to X, including allergy": to X
            return member.model_copy(update={"qualifiers": (*member.qualifiers, Judged(words=f"{words}: allergy"))})
        if isinstance(member, Had) and member.section == "allergies" and asked.section != "allergies":
            taken = {"section": asked.section, "when": asked.when, "window": asked.window}
            return member.model_copy(update=taken)  # "herbal products, including cannabis"
        begun = max(self.lists.text.rfind(",", 0, member.span.start), asked.span.start)
        current = _CURRENT.search(self.lists.text, begun, member.span.end) is not None
        if isinstance(member, Had) and (given or (member.when == "now" != asked.when and not current)) and member.section == asked.section:
            return member.model_copy(update={"when": asked.when, "window": asked.window})
        return member

    def _placed(self, member: Had, asked: Had) -> Had:
        """ "carcinoma in situ (e.g. cervix, breast)": a place stands for the disease there."""
        vocabulary = self.lists.nouns.linker.vocabulary
        words = self.lists.text[member.span.start : member.span.end]
        site = any(vocabulary[name].kind == "site" for name in vocabulary.find(words))
        names = vocabulary.find(f"{words} {asked.concept.name}") if site else ()
        there = bool(names) and vocabulary.is_a(names[0], asked.concept.name)
        return member.model_copy(update={"concept": self.lists.nouns.linker.known(names)}) if there else member


def judged(rule: Rule, span: Span, lists: Lists, *, known: bool = False) -> Rule:
    """What is defined by words that the language does not know is narrowed by them."""
    words = " ".join(lists.text[span.start : span.end].split())
    if isinstance(rule, Statement):
        return rule.model_copy(update={"topic": words, "span": span})
    if not isinstance(rule, Had):
        return lists.unparsed(span.start, span.end)
    rest = tuple(quality for quality in rule.qualifiers if not isinstance(quality, Judged))
    return rule.model_copy(update={"qualifiers": (*rest, Judged(words=words, known=known)), "span": span})


def _unjudged(had: Had) -> tuple[Had]:
    """What examples of its qualities are of: "uncontrolled metastases (e.g. growing)"."""
    return (had.model_copy(update={"qualifiers": tuple(quality for quality in had.qualifiers if not isinstance(quality, Judged))}),)


def _of_statements(rule: Rule) -> bool:
    """Whether some members of a list are statements and the others occurrences."""
    if isinstance(rule, Ambiguous):
        return all(map(_of_statements, rule.readings))
    return isinstance(rule, AnyOf) and all(isinstance(member, (Statement, Had)) for member in rule.rules)


def _requires(item: Item) -> bool:
    return getattr(item.pieces[0], "type", "") == "REQUIRING"
