"""The noun reader: one phrase of a list into a rule (Had, Is, Measure, Statement)."""

from __future__ import annotations

from typing import Any

from eligimatch.compiler.concepts import SECTIONS, Linker
from eligimatch.compiler.lexer import Token
from eligimatch.compiler.measures import Measurer
from eligimatch.compiler.phrases import Phrase, Unreadable, duration
from eligimatch.compiler.syntax import Comparison
from eligimatch.model.concept import Concept, Kind
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import (
    AllOf, AnyOf, Coded, Had, Is, Judged, Lasting, Measure, Not, Purpose, Qualifier, Ranged, Requiring, Rule, Staged, Statement,
)  # fmt: skip
from eligimatch.model.span import Span

_CLINICAL: tuple[Kind, ...] = ("condition", "treatment", "operation", "procedure", "substance")
_ADVANCED = ("metastatic", "locally advanced", "unresectable")
_COURSES: dict[str, tuple[str, ...]] = {
    "advanced": _ADVANCED, "relapsed or refractory": ("relapsed", "refractory"), "persistent": ("persistent", "progressive", "refractory"),
}  # fmt: skip
_SEVERITIES = {"moderate or severe": ("moderate", "severe"), "mild or moderate": ("mild", "moderate")}


class Nouns:
    """Reads single phrases; what spans several is the builder's."""

    def __init__(self, linker: Linker, measurer: Measurer, text: str) -> None:
        self.linker = linker
        self.measurer = measurer
        self.text = text

    def rule(self, phrase: Phrase) -> Rule:
        """What the phrase asks, its negation included."""
        rule = self._positive(phrase)
        return Not(rule=rule, span=rule.span) if phrase.negated else rule

    def words(self, phrase: Phrase) -> str:
        """The phrase as written."""
        return " ".join(self.text[phrase.start : phrase.end].split())

    def _positive(self, phrase: Phrase) -> Rule:
        span = Span(phrase.start, phrase.end)
        if phrase.speech and (not phrase.heads or phrase.speech[0].type == "STATEMENT"):
            return self._statement(phrase, span)
        head = self.concept(phrase)
        if head is None:
            return self._headless(phrase, span)
        if phrase.comparisons and not self._takes_dose(phrase, head):
            return self._measure(phrase, head, span)
        if phrase.normal and head.kind in ("analyte", "score"):
            return self._normal(phrase, head, span)
        if head.kind in ("marker", "analyte", "score"):
            return self._result(phrase, head, span)
        if head.kind == "group":
            return self._group(phrase, head, span)
        return self.had(phrase, head, span)

    # --- what the head words mean ---------------------------------------------------------------------------------------------

    def concept(self, phrase: Phrase) -> Concept | None:
        """The phrase's head with its "of …" part: "metastases to the brain"."""
        if not phrase.heads:
            return None
        prefer: tuple[Kind, ...] = ("treatment", "operation", "procedure") if phrase.act in ("treatment", "progressed", "intolerant") else ()
        if phrase.act == "allergy":
            prefer = ("substance", "treatment")
        if phrase.comparisons or phrase.normal:
            prefer = ("analyte", "score")
        elif phrase.results:
            prefer = ("marker", "analyte")
        elif phrase.act in ("", "requiring") and not prefer:
            prefer = ("condition", "treatment", "operation", "procedure", "group")
        return self.linker.link(phrase.heads, self.text, prefer)

    def _takes_dose(self, phrase: Phrase, head: Concept) -> bool:
        return head.kind in ("treatment", "substance") or phrase.act == "treatment"

    # --- statements --------------------------------------------------------------------------------------------------------------

    def _statement(self, phrase: Phrase, span: Span) -> Rule:
        speech = phrase.speech[0]
        return Statement(topic=self.words(phrase), positive=speech.value != "no", span=span)

    def _headless(self, phrase: Phrase, span: Span) -> Rule:
        if phrase.comparisons and phrase.adjectives == [] and self._is_age(phrase.comparisons):
            return self.measurer.measure(Concept(name="age", kind="analyte"), phrase.comparisons, span)
        raise Unreadable(phrase.start, phrase.end, "what is asked")

    def _is_age(self, comparisons: list[Comparison]) -> bool:
        return all((value := c.low or c.high) is not None and value.unit in ("day", "week", "month", "year") for c in comparisons if not c.choices)

    # --- numbers -------------------------------------------------------------------------------------------------------------------

    def _measure(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        if head.kind not in ("analyte", "score") and head.linked:
            if head.kind == "group" and self._is_age(phrase.comparisons):
                group = self._group(phrase, head, span)
                age = self.measurer.measure(Concept(name="age", kind="analyte"), phrase.comparisons, span)
                return age if isinstance(group, AllOf) and not group.rules else AllOf(rules=(group, age), span=span)
            raise Unreadable(phrase.comparisons[0].start, phrase.comparisons[-1].end, f"no number of {head.name}")
        if not head.linked:
            head = Concept(name=head.name, kind="analyte", linked=False)
        self._only(phrase, "results", "adjectives", "speech", "suspected", "lasting")
        rule = self.measurer.measure(head, phrase.comparisons, span)
        changes: dict[str, Any] = {}
        if phrase.window:
            changes["window"] = phrase.window
        if phrase.fasting or self.linker.fact(head, "fasting"):
            changes["fasting"] = True
        if phrase.sides in ("either", "each"):
            changes["sides"] = phrase.sides
        if phrase.change:
            changes["change"] = "relative"
        return _with(rule, changes)

    def _normal(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        self._only(phrase, "comparisons", "adjectives", "speech", "results")
        rule: Rule = Measure(analyte=head, normal=True, window=phrase.window, span=span)
        match phrase.normal:
            case "elevated":
                return Measure(analyte=head, interval=Interval(low=1, low_open=True), per="uln", window=phrase.window, span=span)
            case "decreased":
                return Measure(analyte=head, interval=Interval(high=1, high_open=True), per="lln", window=phrase.window, span=span)
            case "abnormal":
                return Not(rule=rule, span=span)
        return rule

    def _result(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        self._only(phrase, "comparisons", "speech", "suspected")
        if not phrase.results:
            raise Unreadable(phrase.start, phrase.end, f"a result of {head.name}")
        values = tuple(dict.fromkeys(str(token.value) for token in phrase.results))
        return Is(fact=head.name, concept=head, values=values, window=phrase.window, span=span)

    def _group(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        fact, value = str(self.linker.fact(head, "fact")), str(self.linker.fact(head, "value"))
        if value == "any":
            return AllOf(rules=(), span=span)
        if fact == "age":
            low = float(value[2:]) if value.startswith(">=") else None
            high = float(value[1:]) if value.startswith("<") else None
            return Measure(analyte=Concept(name="age", kind="analyte"), interval=Interval(low=low, high=high, high_open=True), unit="year", span=span)
        return Is(fact=fact, values=(value,), span=span)

    # --- conditions, treatments, procedures, allergies -----------------------------------------------------------------------------------

    def had(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """A Had with all its qualifiers; parts that ask more become rules beside it."""
        section = self._section(phrase, head)
        if head.kind == "site":
            raise Unreadable(phrase.start, phrase.end, "a condition or treatment")
        qualifiers, beside, head = self._parts(phrase, head)
        qualifiers = [*self._adjectives(phrase, head), *qualifiers]
        if phrase.comparisons:
            qualifiers.append(self._dose(phrase))
        if phrase.lasting:
            qualifiers.append(Lasting(duration=phrase.lasting))
        qualifiers += [Judged(words=self.words(phrase)) for _ in phrase.speech]
        when = "window" if phrase.window else phrase.time or self._default_time(phrase, section)
        rule: Rule = Had(
            concept=head, section=section, when=when, window=phrase.window, suspected=phrase.suspected,
            qualifiers=tuple(qualifiers), other=phrase.other, study=phrase.study, span=span,
        )  # fmt: skip
        return AllOf(rules=(rule, *beside), span=span) if beside else rule

    def _section(self, phrase: Phrase, head: Concept) -> Any:
        if phrase.act == "allergy":
            return "allergies"
        if phrase.act in ("treatment", "progressed", "intolerant"):
            return "procedures" if head.kind == "procedure" else "treatments"
        return SECTIONS.get(head.kind, "conditions")

    def _default_time(self, phrase: Phrase, section: str) -> str:
        if section == "allergies":
            return "ever"
        if phrase.act == "treatment":
            return "ever"
        return "ever" if section == "procedures" else "now"

    def _adjectives(self, phrase: Phrase, head: Concept) -> list[Qualifier]:
        found: list[Qualifier] = []
        coded: dict[str, list[str]] = {}
        for token in phrase.adjectives:
            value = str(token.value)
            match token.type:
                case "SEVERITY":
                    coded.setdefault("severity", []).extend(_SEVERITIES.get(value, (value,)))
                case "COURSE" if value in ("untreated", "treated"):
                    raise Unreadable(token.start, token.end)
                case "COURSE" | "NEW":
                    coded.setdefault("course", []).extend(_COURSES.get(value, (value,)))
                case "EVIDENCE":
                    coded.setdefault("evidence", []).append(value)
                case "INTENT":
                    coded.setdefault("intent", []).extend(value.split(" or "))
                case "ROUTE":
                    coded.setdefault("route", []).append(value)
                case "STAGE":
                    found.extend(token.value)  # type: ignore[arg-type]
                case "JUDGED":
                    found.append(Judged(words=self.words(phrase)))
        found.extend(Coded(aspect=aspect, values=tuple(dict.fromkeys(values))) for aspect, values in coded.items())  # type: ignore[arg-type]
        return found

    def _dose(self, phrase: Phrase) -> Qualifier:
        comparison = phrase.comparisons[0]
        value = comparison.low or comparison.high
        if len(phrase.comparisons) > 1 or comparison.bare or value is None or value.unit not in ("mg", "mg/day"):
            raise Unreadable(comparison.start, comparison.end, "a daily dose")
        interval = Interval(
            low=comparison.low.number if comparison.low else None, high=comparison.high.number if comparison.high else None,
            low_open=comparison.low_open, high_open=comparison.high_open,
        )  # fmt: skip
        return Ranged(aspect="dose", interval=interval, unit="mg/day", equivalent=phrase.equivalent)

    def _parts(self, phrase: Phrase, head: Concept) -> tuple[list[Qualifier], list[Rule], Concept]:
        """What "of", "to", "with", "for", "requiring" … add to the head."""
        qualifiers: list[Qualifier] = []
        beside: list[Rule] = []
        for word, part in phrase.parts:
            match word.type:
                case "OF" | "IN" | "TO":
                    head = self._placed(head, word, part)
                case "BY":
                    qualifiers += self._by(part)
                case "FOR":
                    qualifiers += self._for(part)
                case "REQUIRING" | "TREATMENT_WITH" | "RECEIVED" | "RECEIVING" if head.kind == "condition":
                    part.act, part.time = "treatment", part.time or ("ever" if word.type == "RECEIVED" else "now")
                    treated = self._positive(part)
                    if not isinstance(treated, Had):
                        raise Unreadable(word.start, part.end, "a treatment")
                    qualifiers.append(Requiring(treatment=treated))
                case "WITH":
                    beside.append(self.rule(part))
                case "NOT" | "NEITHER":
                    part.negated = not part.negated
                    beside.append(self.rule(part))
                case _:
                    raise Unreadable(word.start, part.end)
        return qualifiers, beside, head

    def _placed(self, head: Concept, word: Token, part: Phrase) -> Concept:
        other = self.concept(part)
        self._only(part, "comparisons", "results", "adjectives", "speech", "parts", "parens")
        if other is None:
            raise Unreadable(word.start, part.end, "a place or thing")
        joined = self.linker.joined(head, other)
        if joined:
            return joined
        name = f"{head.name} {word.text.lower()} {other.name}"
        return Concept(name=name, kind=head.kind, linked=False, within=(head.name,) if head.linked else head.within)

    def _by(self, part: Phrase) -> list[Qualifier]:
        evidence = tuple(str(t.value) for t in part.adjectives if t.type == "EVIDENCE")
        if evidence:
            return [Coded(aspect="evidence", values=evidence)]
        return []

    def _for(self, part: Phrase) -> list[Qualifier]:
        if part.comparisons and (length := duration(part.comparisons[0])):
            return [Lasting(duration=length)]
        purpose = self.concept(part)
        if purpose is None or purpose.kind != "condition":
            raise Unreadable(part.start, part.end, "a condition")
        return [Purpose(concept=purpose)]

    def _only(self, phrase: Phrase, *absent: str) -> None:
        """None of these fields may hold anything: their words would be lost."""
        for name in absent:
            if getattr(phrase, name):
                raise Unreadable(phrase.start, phrase.end)


def _with(rule: Rule, changes: dict[str, Any]) -> Rule:
    if isinstance(rule, AnyOf):
        return rule.model_copy(update={"rules": tuple(_with(r, changes) for r in rule.rules)})
    return rule.model_copy(update=changes)


__all__ = ["Nouns", "Staged"]
