"""The noun reader: one phrase of a list into a rule, by the kind of its head word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from eligimatch.compiler.adjectives import dosed_as
from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.defining_numbers import judged_only, measured_by
from eligimatch.compiler.graded import by_grade
from eligimatch.compiler.how_much import doses, named_once
from eligimatch.compiler.last_words import last_word
from eligimatch.compiler.limits import Limit, beside, in_range, joined_limits, lacking, per_limit, pressures, unspecified
from eligimatch.compiler.marked import of_stage
from eligimatch.compiler.measures import Measurer
from eligimatch.compiler.noun_words import (
    THERE,
    comes_back,
    counted_on,
    in_a_tumor,
    in_other_eye,
    keeps_up,
    number_of_part,
    of_studied_side,
    only_a_method,
    only_judged,
    presence,
    said_of_number,
)
from eligimatch.compiler.occurrences import Occurrences
from eligimatch.compiler.parts import STUDY_DISEASE
from eligimatch.compiler.persons import ACT_OF, AGE, Persons, aged, of_years
from eligimatch.compiler.phrase import Phrase, Unreadable, absent, replace
from eligimatch.compiler.rules import changed, without
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept, Kind
from eligimatch.model.rule import AllOf, AnyOf, Had, Is, Not, Rule, Statement
from eligimatch.model.span import Span

_NUMBERS: tuple[Kind, ...] = ("analyte", "score")
_TREATMENTS: tuple[Kind, ...] = ("treatment", "operation", "procedure")
_PLACED = frozenset({"condition", "operation"})
_DATING = frozenset({"FOR", "AT", "BEFORE", "AFTER", "DURING"})
_RESULTING = frozenset({"marker", *_NUMBERS})
_MEASURABLE = _RESULTING | {"group"}


class Nouns:
    """Reads single phrases; what spans several is the series reader's."""

    def __init__(self, linker: Linker, measurer: Measurer, text: str) -> None:
        self.linker = linker
        self.measurer = measurer
        self.text = text
        self.occurrences = Occurrences(self)
        self.forbids = False
        """Whether what is read is forbidden."""
        self.people = Persons(self)
        self.about: tuple[Had, ...] = ()
        """What was named before a condition on it: "unless treated", "eligible if stable"."""

    @contextmanager
    def speaking_of(self, named: tuple[Had, ...]) -> Iterator[None]:
        """What goes without saying in these words is what was named before them."""
        before, self.about = self.about, named or self.about
        try:
            yield
        finally:
            self.about = before

    def rule(self, phrase: Phrase) -> Rule:
        """What the phrase asks, its negation included."""
        self.only(phrase, "only")
        rule = self._positive(phrase)
        return without(rule, phrase) if phrase.negated else rule

    def denied(self, phrase: Phrase) -> Rule:
        """None of what the phrase asks."""
        absent(phrase)
        rule = self.rule(phrase)
        return Not(rule=rule, span=rule.span)

    def words(self, phrase: Phrase) -> str:
        """The phrase as written."""
        return " ".join(self.text[phrase.start : phrase.end].split()).strip(" ,;:.")

    def concept(self, phrase: Phrase) -> Concept | None:
        """The phrase's head, of the kind that its other words ask for."""
        if len(phrase.heads) == 2 and all(head.kind == "group" for head in phrase.heads):
            return self.linker.both(*phrase.heads)
        return self.linker.link(phrase.heads, self.text, self._preferred(phrase)) if phrase.heads else None

    def _located(self, phrase: Phrase) -> None:
        """ "oropharyngeal lesion", "elbow arthroscopy", where no name is made of both: the thing, and its place."""
        before, last = phrase.heads[:-1], phrase.heads[-1:]
        if len(before) == 1 and before[0].kind == "condition" and before[0].text.lower().endswith(" histology"):
            kind = before[0]  # "squamous histology NSCLC"
            named = (Token("WITH", "with", kind.start, kind.start), Phrase(kind.start, kind.end, heads=before))
            phrase.heads, phrase.parts = last, [named, *phrase.parts]
            return
        if len(before) != 1 or last[0].kind not in _PLACED or before[0].kind != "site":
            return
        if self.linker.link(phrase.heads, self.text).linked:
            return
        phrase.sites, phrase.heads = [token.names[0] for token in before], last

    def only(self, phrase: Phrase, *absent: str) -> None:
        """None of these fields may hold anything: their words would be lost."""
        for name in absent:
            if getattr(phrase, name):
                raise Unreadable(phrase.start, phrase.end, f"nothing but {self.words(phrase)}")

    def _preferred(self, phrase: Phrase) -> tuple[Kind, ...]:
        if phrase.act == "allergy":
            return ("substance", "treatment")
        if phrase.act in ("treatment", "progressed", "intolerant") or phrase.line or phrase.count:
            return _TREATMENTS
        if phrase.comparisons or (phrase.normal and not any(head.kind == "procedure" for head in phrase.heads)):
            return _NUMBERS if not doses(phrase) else (*_TREATMENTS, *_NUMBERS)
        return ("marker", "analyte") if phrase.results else ("condition", *_TREATMENTS, "group")

    def _positive(self, phrase: Phrase) -> Rule:
        span = Span(phrase.start, phrase.end)
        if phrase.future or (phrase.speech and (not phrase.heads or phrase.speech[0].type == "STATEMENT")):
            return self._statement(phrase, span)
        if arm := self.people.arm(phrase, span):
            return arm
        last_word(phrase, self.linker.vocabulary)
        self._located(phrase)
        dosed_as(phrase, self.linker.vocabulary)
        head = self.concept(phrase)
        if head is None or only_judged(phrase, head):
            return self._statement(phrase, span) if head else self._headless(phrase, span)
        head = self._named_before(head, phrase)
        if head.kind in _NUMBERS and not phrase.comparisons:
            number_of_part(phrase)
            head = self.concept(phrase) or head
        if phrase.grade and head.kind in _NUMBERS and not phrase.comparisons and (graded := by_grade(phrase, head, self.linker, span)):
            return graded
        if phrase.comparisons and (aged(phrase) or of_years(phrase, self.text)):
            return self.people.aged(phrase, span)
        measured = measured_by(phrase, head, self.linker)
        if phrase.comparisons and not measured and head.kind not in _RESULTING and (of_person := self.people.measured(phrase, head, span)):
            return of_person
        measurable = head.kind in _MEASURABLE or not (head.linked or named_once(phrase))
        if phrase.comparisons and not phrase.system and measurable and phrase.act != "treatment":
            return self._measure(phrase, head, span)
        if phrase.panel:
            return self._panel(phrase, span)
        if measured:
            with suppress(Unreadable):
                return self._measure(phrase, measured, span)
        if head.kind in _RESULTING:
            return self._without_limit(phrase, head, span)
        return self._thing(phrase, head, span)

    def _thing(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        if head.kind == "group":
            return self.people.group(phrase, head, span)
        if phrase.results and head.kind == "condition":
            return self._infected(phrase, head, span)
        return self.occurrences.had(phrase, head, span)

    def _without_limit(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """A number or marker of which no limit is said: that it is normal, a judgement, or a result."""
        if head.kind in _NUMBERS and judged_only(phrase):
            return self._statement(phrase, span)
        if head.kind in _NUMBERS and phrase.normal:
            return self._normal(phrase, head, span)
        if head.kind in _NUMBERS and phrase.speech and not phrase.results:
            return self._statement(phrase, span)
        return self._result(phrase, head, span)

    def _infected(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """ "HIV positive", "seronegative for hepatitis C": the infection, or none."""
        load = head.name != "viremia" and phrase.results[0].text.lower().startswith(("undetect", "not detect"))  # of the virus
        values = {str(token.value) for token in phrase.results if not load}
        if values not in ({"positive"}, {"negative"}) or not self.linker.vocabulary.is_a(head.name, "infection"):
            raise Unreadable(phrase.start, phrase.end, f"no result of {head.name}")
        phrase.results = []
        rule = self.occurrences.had(phrase, head, span)
        return rule if values == {"positive"} else Not(rule=rule, span=span)

    # --- statements --------------------------------------------------------------------------------------------------------------

    def _statement(self, phrase: Phrase, span: Span) -> Rule:
        """What is said, of the person whom the phrase names first; of other people it is said with their name."""
        said = phrase.speech[0] if phrase.speech else None
        start = max(phrase.start, phrase.denied)
        who = self._speaker(phrase, said) if said and said.type == "STATEMENT" and phrase.heads else None
        if said and who:
            start = said.start
        positive = not said or said.value not in ("no", "cannot") or start < said.start
        words = phrase.judged_words or self.text[start : phrase.end]
        spoken = Statement(topic=" ".join(words.split()).strip(" ,;:."), positive=positive, span=Span(start, phrase.end))
        whole = span.cover(spoken.span)
        if not who or (isinstance(who, AllOf) and not who.rules):
            return spoken.model_copy(update={"span": whole})
        return AllOf(rules=(who, spoken), span=whole)

    def _speaker(self, phrase: Phrase, said: Token) -> Rule | None:
        """ "women unwilling to …", "adults with asthma able to …": whoever a profile knows."""
        who = replace(phrase, speech=[], negated=False, end=phrase.heads[-1].end)
        head = self.concept(who)
        return self._positive(who) if head and head.linked and (phrase.heads[-1].end <= said.start or said.value == "some") else None

    def _headless(self, phrase: Phrase, span: Span) -> Rule:
        said = phrase.adjectives or phrase.act or phrase.equivalent or phrase.system or phrase.since
        told = None if said or not phrase.comparisons else self.people.told_by(phrase.comparisons)
        if told and all(word.type in ("WITH", "BY") or self._anyone(part) for word, part in phrase.parts):
            return self.conditions(phrase, self.measurer.measure(told, phrase.comparisons, span), span)
        if phrase.act == "treatment" and len(self.about) == 1 and self.about[0].section != "conditions" and not (phrase.count or phrase.line):
            return self._foregoing(phrase, span)
        if phrase.count or phrase.line or phrase.act or phrase.study or phrase.equivalent or phrase.system:
            return self.occurrences.unnamed(phrase, span)
        if phrase.adjectives and not (phrase.comparisons or phrase.results or phrase.normal or phrase.parts):
            return self._foregoing(phrase, span)
        raise Unreadable(phrase.start, phrase.end, "what is asked")

    def _foregoing(self, phrase: Phrase, span: Span) -> Rule:
        """ "unless treated": the condition that was named before, or else the study's own."""
        if not self.about:
            phrase.study = True
            return self.occurrences.untreated(phrase, span) or self.occurrences.unnamed(phrase, span)
        if len(self.about) > 1:
            raise Unreadable(phrase.start, phrase.end, "which of those named before")
        rule = self.occurrences.had(phrase, self.about[0].concept, span)
        if self.about[0].section == "allergies" or not isinstance(rule, Had):
            return rule
        return rule.model_copy(update={"qualifiers": self.about[0].qualifiers + rule.qualifiers})

    def _named_before(self, head: Concept, phrase: Phrase) -> Concept:
        """ "brain metastases …, if the metastases are stable": the word for their kind means those named before."""
        if len(self.about) > 1 and head.linked and head.kind == self.about[0].concept.kind and self.linker.fact(head, "any"):
            raise Unreadable(phrase.start, phrase.end, "which of those named before")
        if len(self.about) != 1:
            return head
        named = self.about[0].concept
        if head.name == "disease progression" and named not in (head, STUDY_DISEASE) and named.kind == "condition" and not phrase.adjectives:
            phrase.adjectives = [Token("COURSE", "progressive", phrase.start, phrase.start)]  # "if there is no progression": of what was named
            return named
        if named == head or phrase.other or phrase.negated or named.kind != head.kind or not (named.linked and head.linked):
            return head
        return named if (self.linker.fact(head, "any") and comes_back(phrase)) or self.linker.vocabulary.is_a(named.name, head.name) else head

    def _measure(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        if head.kind == "marker" and head.linked:
            return self._expressed(phrase, head, span)
        if of_group := self.people.with_number(phrase, head, span):
            return of_group
        if in_other_eye(phrase):
            return Statement(topic=self.words(phrase), span=span)
        if head.linked and head.kind not in _NUMBERS:
            raise Unreadable(phrase.comparisons[0].start, phrase.comparisons[-1].end, f"no number of {head.name}")
        if not head.linked:
            head = Concept(name=head.name, kind="analyte", linked=False)
        self.only(phrase, "results", "suspected", "lasting", "count", "grade", "other", "study")
        judged = said_of_number(phrase, self.text)
        changes = self._circumstances(phrase, head)
        if head.linked and head.name == AGE.name and any(word.type in ACT_OF for word, _ in phrase.parts):
            return self.people.with_parts(phrase, changed(self.measurer.measure(head, phrase.comparisons, span), changes), span)
        limits, beside = [], [part for part in phrase.parts if part[0].type in ("NOT", "NEITHER")] if phrase.otherwise else []
        phrase.parts = [part for part in phrase.parts if part not in beside]
        for one in (phrase, *phrase.otherwise):
            rule = changed(self._one_limit(phrase, one, head, span), changes)
            limits.append(self._limited(one, rule, span, demands=one is phrase))
        rule = joined_limits(limits, span, selects=phrase.selects, beside=any(one.beside for one in phrase.otherwise))
        rule = self._limited(replace(phrase, parts=beside), rule, span).rule
        return AllOf(rules=(rule, Statement(topic=self.words(phrase), span=span)), span=span) if judged else rule

    def _one_limit(self, phrase: Phrase, one: Phrase, head: Concept, span: Span) -> Rule:
        if one is not phrase and per_limit(phrase.comparisons) and unspecified(one.comparisons):
            raise Unreadable(one.start, one.end, "what a number is of")
        if one.normal and not one.comparisons:
            return in_range(one.normal, head, span)
        return pressures(phrase, self.measurer, span) if phrase.pair and one is phrase else self.measurer.measure(head, one.comparisons, span)

    def _circumstances(self, phrase: Phrase, head: Concept) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if phrase.window and phrase.window.end and head.name == "life expectancy":
            raise Unreadable(phrase.start, phrase.end, "a number by itself")  # "> 6 months, and > 3 months before surgery"
        if phrase.window:
            changes["window"] = phrase.window
        if phrase.fasting or self.linker.fact(head, "fasting"):
            changes["fasting"] = True
        if phrase.sides in ("either", "each") or of_studied_side(phrase):
            changes["sides"] = phrase.sides if phrase.sides in ("either", "each") else "study"
        if phrase.change:
            changes["change"] = "relative"
        if phrase.time == "ever":
            changes["pick"] = "any"
        if any(token.type in ("SEVERITY", "COURSE", "EVIDENCE", "STAGE", "INTENT", "QUALITY") for token in phrase.adjectives):
            raise Unreadable(phrase.start, phrase.end, "a number by itself")
        return changes

    def conditions(self, phrase: Phrase, rule: Rule, span: Span) -> Rule:
        """A limit "for men", "in patients with liver metastases", "without transfusion"."""
        return joined_limits([self._limited(phrase, rule, span)], span, selects=phrase.selects)

    def _limited(self, phrase: Phrase, rule: Rule, span: Span, *, demands: bool = True) -> Limit:
        """A limit with what else is asked beside it, and of whom it is asked."""
        whom: list[Rule] = []
        for word, part in (one for one in phrase.parts if not (self._anyone(one[1]) or counted_on(*one, phrase))):
            if (told := self._as_said(word, part, phrase, rule)) is not None:
                rule = told
                continue
            if word.type == "BY" or (word.type in ("OF", "IN", "AT") and not part.heads):
                only_a_method(word, part)
                continue
            if word.type in ("IN", "OF") and self.concept(part) is not None and self.linker.link(part.heads, self.text, _NUMBERS).kind in _NUMBERS:
                only_a_method(word, part)
                continue
            if word.type in ("NOT", "NEITHER"):
                for denied in (part, *part.others):
                    absent(denied)
            condition = self.any_condition(part)
            if word.type == "WITH" and whom:
                whom.append(condition)  # "in women with cervical cancer"
                continue
            tumor = word.type == "IN" and in_a_tumor(rule, self.text[word.start : part.end], condition, self.linker.vocabulary)
            if not tumor and (word.type in ("FOR", "IN") or word.value == "present" or (word.type == "WITH" and not demands)):
                whom.append(condition)
            elif word.type in ("NOT", "NEITHER"):
                rule, whom = lacking(word, rule, condition, whom, span)
            elif tumor or word.type == "WITH":
                rule = beside(rule, condition, "" if tumor else self.text[word.start : part.end], span)
            elif word.type == "DUE_TO" and demands:
                rule = AllOf(rules=(rule, Statement(topic=self.words(phrase), span=span)), span=span)  # what a number comes of
            else:
                raise Unreadable(word.start, part.end)
        return Limit(rule, AllOf(rules=tuple(whom), span=span) if len(whom) > 1 else next(iter(whom), None))

    def _as_said(self, word: Token, part: Phrase, phrase: Phrase, rule: Rule) -> Rule | None:
        """A number for a length of time, or when something was that no profile dates: the words are for a person to tell; else None."""
        if word.type not in _DATING:
            return None
        spoken = Statement(topic=self.words(phrase), span=rule.span)
        if word.type == "FOR" and keeps_up(part, habit=self.measurer.named(phrase.comparisons) is not None):
            return AllOf(rules=(rule, spoken), span=rule.span)  # "≥ 10 cigarettes a day for 1 year": it is so now, and was for so long
        apart = word.type != "FOR" and part.heads and part.heads[-1].kind != "site" and not phrase.otherwise
        return spoken if apart and phrase.comparisons and phrase.start <= phrase.comparisons[0].start else None

    def _anyone(self, part: Phrase) -> bool:
        """ "≥ 18 years of either sex"."""
        named = self.concept(part)
        return named is not None and named.kind == "group" and self.linker.fact(named, "value") == "any" and not part.parts

    def any_condition(self, part: Phrase) -> Rule:
        """The people or things that a limit is of: any of those that the part lists."""
        rules = [self.rule(part), *(self.rule(other) for other in part.others)]
        joined = AllOf if part.jointly else AnyOf
        return rules[0] if len(rules) == 1 else joined(rules=tuple(rules), span=rules[0].span.cover(rules[-1].span))

    def _normal(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        self.only(phrase, "comparisons", "adjectives", "speech", "results", "count", "grade", "lasting")
        return self.conditions(phrase, changed(in_range(phrase.normal, head, span), {"window": phrase.window} if phrase.window else {}), span)

    def _panel(self, phrase: Phrase, span: Span) -> Rule:
        """ "normal liver tests (ALT/AST/bilirubin)": each of them; by their own limits where these are given."""
        rules = [self._of_panel(phrase, one) for one in phrase.panel]
        return self.conditions(phrase, (AllOf if phrase.normal == "normal" else AnyOf)(rules=tuple(rules), span=span), span)

    def _of_panel(self, phrase: Phrase, one: Phrase) -> Rule:
        if one.comparisons:
            return self.rule(one)
        named = Phrase(phrase.start, phrase.end, heads=one.heads, normal=phrase.normal, window=phrase.window)
        return self._normal(named, self.linker.link(one.heads, self.text, _NUMBERS), Span(one.heads[0].start, one.heads[-1].end))

    def _result(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        treated = any(t.type == "COURSE" and str(t.value) in ("treated", "untreated") for t in phrase.adjectives)
        if treated or (phrase.act == "treatment" and not phrase.results) or any(token.type == "QUALITY" for token in phrase.adjectives):
            raise Unreadable(phrase.start, phrase.end, f"a result of {head.name} by itself")
        self.only(phrase, "comparisons", "speech", "suspected", "count", "grade", "lasting", "change")
        values = tuple(dict.fromkeys(str(token.value) for token in phrase.results)) or presence(phrase, head, self.linker)
        known = self.linker.fact(head, "results")
        if isinstance(known, list) and THERE.issuperset(values) and not set(known) & set(values) and self.linker.vocabulary[head.name].parents:
            values = presence(phrase, head, self.linker)  # "EGFR or ALK fusion mutation": the alteration is in the name
        once = self.forbids and phrase.time == "ever" and not phrase.window and head.kind == "analyte"
        pick = "any" if once and values == ("positive",) else "latest"  # "a history of a positive test"
        found = Is(fact=head.name, concept=head, values=values, window=phrase.window, pick=pick, span=span)
        asked = self.conditions(phrase, of_stage(found, phrase, self), span)
        if not head.linked and isinstance(asked, AnyOf) and isinstance(asked.rules[0], Not) and isinstance(asked.rules[0].rule, Is):
            raise Unreadable(phrase.start, phrase.end, "whose result")  # "germline mutation in BRCA1"
        return asked

    def _expressed(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """ "ER ≥ 10%", "ER positive (≥ 1%)": the share of cells that show the marker, and its result where one is said."""
        limits = [value for comparison in phrase.comparisons for value in (comparison.low, comparison.high) if value]
        if not limits or any(value.unit != "%" for value in limits):
            raise Unreadable(phrase.comparisons[0].start, phrase.comparisons[-1].end, f"a share of {head.name}")
        results, comparisons = phrase.results, phrase.comparisons
        phrase.results, phrase.comparisons = [], []
        self.only(phrase, "speech", "suspected", "count", "grade", "lasting", "adjectives", "normal", "act")
        share: Rule = self.measurer.measure(head, comparisons, span)
        if results and {str(token.value) for token in results} != {"expressed"}:
            values = tuple(dict.fromkeys(str(token.value) for token in results))
            share = AllOf(rules=(Is(fact=head.name, concept=head, values=values, span=span), share), span=span)
        return self.conditions(phrase, share, span)
