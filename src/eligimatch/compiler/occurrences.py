"""Occurrences: a phrase about a condition, treatment, operation, procedure or allergy into a Had with its qualifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eligimatch.compiler.adjectives import ANY_TREATMENT, interval_of, qualities_of, scaled
from eligimatch.compiler.concepts import SECTIONS
from eligimatch.compiler.lexer import Token
from eligimatch.compiler.phrase import Phrase, Unreadable, duration, half_lives
from eligimatch.compiler.syntax import Comparison
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval, Window
from eligimatch.model.rule import AllOf, Coded, Had, Is, Judged, Lasting, Meeting, Not, Purpose, Qualifier, Ranged, Requiring, Rule, Staged, Statement
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

STUDY_DISEASE = Concept(name="study disease")
INVESTIGATIONAL = Concept(name="investigational drug", kind="treatment")
ANY_CONDITION = Concept(name="disease")
_ANY_CANCER = frozenset({"cancer", "neoplasm", "solid tumor", "malignant neoplasm"})
_FAR = frozenset({"metastatic", "advanced", "locally advanced", "unresectable", "recurrent", "relapsed", "relapsed or refractory"})
"""Courses of a disease whose treatment is palliative."""
_PER = frozenset("per;as per;by;according to;in accordance with;as defined per;as determined by;confirmed by;as assessed by".split(";"))
_TREATED = frozenset({"REQUIRING", "TREATMENT_WITH", "RECEIVED", "RECEIVING", "RECEIVED_OR_RECEIVING"})


class Occurrences:
    """Builds Had."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def had(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """A Had with all its qualifiers; parts that ask more become rules beside it."""
        if head.linked and head.name.endswith(" function"):
            return Statement(topic=self.nouns.words(phrase), span=span)
        if head.kind in ("site", "stage"):
            raise Unreadable(phrase.start, phrase.end, "a condition or treatment")
        self.nouns.only(phrase, "results", "normal", "change", "fasting")
        if phrase.other and head.name == "study treatment":
            head = INVESTIGATIONAL
        section = _section(phrase, head)
        marks = self._marks(head, span)
        head, defining = self._beside(phrase, head) or self._defined(head)
        received(phrase)
        defining = [*defining, *scaled(phrase, self.nouns.linker.vocabulary)]
        if phrase.system and not any(token.type == "STAGE" for token in phrase.adjectives) and not defining:
            raise Unreadable(phrase.system.start, phrase.system.end, "a stage")
        qualifiers, beside, head = self._parts(phrase, head)
        beside = [*marks, *beside]
        qualifiers = [*defining, *qualifiers]
        qualifiers = [*qualities_of(phrase, head, self.nouns), *qualifiers, *self._numbers(phrase)]
        qualifiers += [Judged(words="") for _ in phrase.speech]
        qualifiers += [Judged(words="", known=known) for _, known in phrase.circumstances]
        qualifiers = self._judged_once(phrase, qualifiers)
        if phrase.suspicion:
            qualifiers.append(Coded(aspect="verification", values=("provisional",)))
        if phrase.act == "progressed":
            qualifiers.append(Coded(aspect="outcome", values=("PD", "progression")))
        if phrase.act == "intolerant":
            qualifiers.append(Coded(aspect="outcome", values=("toxicity", "intolerance")))
        if phrase.since:
            return self._since(phrase, head, section, tuple(qualifiers), beside, span)
        if phrase.window and phrase.window.end and not phrase.window.start and section != "conditions":
            return self._ended(phrase.window, head, section, tuple(qualifiers), beside, span)
        when = "window" if phrase.window else phrase.time or _default_time(phrase, section)
        rule: Rule = Had(
            concept=head, section=section, when=when, window=phrase.window, suspected=phrase.suspected, qualifiers=tuple(qualifiers),
            other=(phrase.other and section == "conditions") or _another(head, when), study=phrase.study, count=self._count(phrase), span=span,
        )  # fmt: skip
        return AllOf(rules=(rule, *beside), span=span) if beside else rule

    def _beside(self, phrase: Phrase, head: Concept) -> tuple[Concept, list[Qualifier]] | None:
        """ "comorbidities requiring X": any disease other than the study's, where what it requires tells which."""
        means = self.nouns.linker.fact(head, "means")
        if not isinstance(means, dict) or "other" not in means or not any(word.type in _TREATED for word, _ in phrase.parts):
            return None
        phrase.other = True
        return Concept(name=str(means["concept"])), []

    def _defined(self, head: Concept) -> tuple[Concept, list[Qualifier]]:
        """A concept that is another in a stage or course ("LS-SCLC"): that concept, so qualified."""
        means = self.nouns.linker.fact(head, "means")
        if not isinstance(means, dict) or "other" in means:
            return head, []
        found: list[Qualifier] = [Staged(system=system, values=tuple(values)) for system, values in means.get("stage", {}).items()]
        found += [Coded(aspect="course", values=tuple(means["course"]))] if "course" in means else []
        return Concept(name=str(means["concept"]), kind=head.kind), found

    def _marks(self, head: Concept, span: Span) -> list[Rule]:
        """The results of markers that a concept's name holds: "HER2-positive breast cancer"."""
        means = self.nouns.linker.fact(head, "means")
        results: dict[str, str] = means.get("results", {}) if isinstance(means, dict) else {}
        return [Is(fact=name, concept=Concept(name=name, kind="marker"), values=(value,), span=span) for name, value in results.items()]

    def _ended(self, window: Window, head: Concept, section: Any, qualifiers: tuple[Qualifier, ...], beside: list[Rule], span: Span) -> Rule:
        """ "completed at least 12 weeks before X": given at some time, and at no time of those 12 weeks."""
        recent = window.model_copy(update={"start": window.end, "end": None, "start_open": True})
        had = Had(concept=head, section=section, when="ever", qualifiers=qualifiers, span=span)
        lately = had.model_copy(update={"when": "window", "window": recent})
        return AllOf(rules=(had, Not(rule=lately, span=span), *beside), span=span)

    def _judged_once(self, phrase: Phrase, qualifiers: list[Qualifier]) -> list[Qualifier]:
        """One judgement of all the phrase's words, however many of them only a person can judge."""
        judged = [q for q in qualifiers if isinstance(q, Judged)]
        if not judged:
            return qualifiers
        words = phrase.judged_words or self.nouns.words(phrase)
        rest: list[Qualifier] = [q for q in qualifiers if not isinstance(q, Judged)]
        return [*rest, Judged(words=words, known=all(q.known for q in judged))]

    def _since(self, phrase: Phrase, head: Concept, section: Any, qualifiers: tuple[Qualifier, ...], beside: list[Rule], span: Span) -> Rule:
        """ "at least 4 weeks since the last T": no T lies in the 4 weeks; "less than 4 weeks since": one does."""
        assert phrase.since is not None
        length = duration(phrase.since)
        if length is None or beside:
            raise Unreadable(phrase.start, phrase.end, "a length of time")
        passed = phrase.since.high is None or phrase.since.bare
        window = Window(start=length, start_open=passed or phrase.since.high_open, **half_lives(phrase.since))
        had = Had(concept=head, section=section, when="window", window=window, qualifiers=qualifiers, span=span)
        return Not(rule=had, span=span) if passed else had

    def unnamed(self, phrase: Phrase, span: Span) -> Rule:
        """ "≥ 2 prior lines", "previously treated", "the study disease": the head goes without saying."""
        if phrase.study:
            return self.had(phrase, STUDY_DISEASE, span)
        if phrase.system:
            return self.had(phrase, ANY_CONDITION, span)
        if phrase.equivalent:
            return self.had(phrase, Concept(name="corticosteroid", kind="treatment"), span)
        if phrase.act == "treatment" and phrase.time == "now" and not phrase.parts and phrase.plain:
            raise Unreadable(phrase.start, phrase.end, "what is taken")  # "currently taking"
        if (phrase.act in ("treatment", "progressed") and not any(t.type == "ROUTE" for t in phrase.adjectives)) or phrase.line:
            return self.had(phrase, ANY_TREATMENT, span)
        raise Unreadable(phrase.start, phrase.end, "what is asked")

    def _count(self, phrase: Phrase) -> Interval | None:
        comparison = phrase.count
        if comparison is None:
            return None
        if comparison.choices:
            return Interval(low=min(comparison.choices), high=max(comparison.choices))
        return interval_of(comparison)

    def _numbers(self, phrase: Phrase) -> list[Qualifier]:
        found: list[Qualifier] = []
        if phrase.comparisons and not _one_or_more(phrase.comparisons):
            found.append(self._dose(phrase) if _doses(phrase) else self._unknown_number(phrase))
        if phrase.grade:
            found.append(Ranged(aspect="grade", interval=interval_of(phrase.grade)))
        if phrase.lasting:
            found.append(Lasting(duration=phrase.lasting))
        return found

    def _unknown_number(self, phrase: Phrase) -> Qualifier:
        """A number of which the language does not know what it is of: it narrows the head."""
        start, end = phrase.comparisons[0].start, phrase.comparisons[-1].end
        return Judged(words=" ".join(self.nouns.text[start:end].split()), known=False)

    def _dose(self, phrase: Phrase) -> Qualifier:
        return Ranged(aspect="dose", interval=interval_of(phrase.comparisons[0]), unit="mg/day", equivalent=phrase.equivalent)

    # --- parts ---------------------------------------------------------------------------------------------------------------------------

    def _parts(self, phrase: Phrase, head: Concept) -> tuple[list[Qualifier], list[Rule], Concept]:
        """What "of", "to", "with", "for", "requiring" … add to the head; words without a reading narrow it all the same."""
        qualifiers: list[Qualifier] = []
        beside: list[Rule] = []
        for word, part in phrase.parts:
            try:
                _given_with(phrase, word, part, head)
                head = self._part(word, part, head, qualifiers, beside)
            except Unreadable:
                if word.type in ("NOT", "NEITHER"):
                    raise
                qualifiers.append(Judged(words=self._written(word, part), known=False))
        return qualifiers, beside, head

    def _part(self, word: Token, part: Phrase, head: Concept, qualifiers: list[Qualifier], beside: list[Rule]) -> Concept:
        match word.type:
            case "OF" | "IN" | "TO":
                return self._placed(head, word, part, qualifiers)
            case "BY":
                qualifiers += self._by(word, part, head)
            case "FOR":
                qualifiers += self._for(part)
            case kind if kind in _TREATED and head.kind == "condition":
                qualifiers += self._treated_with(word, part)
            case "PROGRESSED" | "INTOLERANT" if head.kind == "condition" and not part.negated:
                part.act, part.time = ("progressed" if word.type == "PROGRESSED" else "intolerant"), "ever"
                beside.append(self.nouns.rule(part))
            case "DUE_TO":
                head, cause = self._caused(head, part)
                qualifiers += cause
            case "WITH":
                beside.append(self.nouns.rule(part))
            case "NOT" | "NEITHER" if part.act in ("requiring", "treatment") and head.kind == "condition" and not part.others:
                qualifiers += [quality.model_copy(update={"negated": True}) for quality in self._treated_with(word, part)]
            case "NOT" | "NEITHER":
                beside.append(self.nouns.denied(part))
            case _:
                raise Unreadable(word.start, part.end)
        return head

    def _written(self, word: Token, part: Phrase) -> str:
        return " ".join(self.nouns.text[word.start : part.end].split())

    def _treated_with(self, word: Token, part: Phrase) -> list[Qualifier]:
        """ "requiring X", and with "only", no other treatment of it."""
        part.act = "treatment"
        alone, part.only = part.only, False
        part.time = part.time or ("ever" if word.type.startswith("RECEIVED") or "required" in word.text else "now")
        treated = self.nouns.rule(part)
        if not isinstance(treated, Had):
            raise Unreadable(word.start, part.end, "a treatment")
        if not alone:
            return [Requiring(treatment=treated)]
        other = Had(concept=ANY_TREATMENT, section="treatments", when=treated.when, window=treated.window, but_not=(treated,))
        return [Requiring(treatment=treated), Requiring(treatment=other, negated=True)]

    def _placed(self, head: Concept, word: Token, part: Phrase, qualifiers: list[Qualifier]) -> Concept:
        """ "metastases to the brain", "history of X in Y": head and place named together, else the place of it, else open words."""
        self.nouns.only(part, "comparisons", "results", "adjectives", "speech", "parts", "negated", "count", "grade", "lasting", "other")
        other = self.nouns.linker.link(part.heads, self.nouns.text, ("site", "condition")) if part.heads else None
        if other is None:
            raise Unreadable(word.start, part.end, "a place or thing")
        joined = self.nouns.linker.joined(head, other)
        if joined:
            return joined
        if head.linked and other.linked and other.kind == "site":
            qualifiers.append(Coded(aspect="site", values=(other.name,)))
            return head
        if other.linked and self.nouns.linker.fact(head, "judged"):
            qualifiers.append(Judged(words=self._written(word, part)))
            return head
        name = f"{head.name} {word.text.lower()} {other.name}"
        return Concept(name=name, kind=head.kind, linked=False, within=(head.name,) if head.linked else head.within)

    def _caused(self, head: Concept, part: Phrase) -> tuple[Concept, list[Qualifier]]:
        """ "neuropathy due to chemotherapy": the concept of both, else a cause that only a person can judge."""
        other = self.nouns.concept(part)
        if other is not None and other.linked and not part.parts:
            vocabulary = self.nouns.linker.vocabulary
            for wording in (f"{other.name}-induced {head.name}", f"{other.name}-related {head.name}", f"{other.name} {head.name}"):
                if names := vocabulary.find(wording):
                    return self.nouns.linker.known(names, (head.kind,)), []
        return head, [Judged(words=self.nouns.words(part))]

    def _by(self, word: Token, part: Phrase, head: Concept) -> list[Qualifier]:
        self.nouns.only(part, "comparisons", "results", "negated", "count", "grade", "act")
        evidence = tuple(value for token in part.adjectives if token.type == "EVIDENCE" for value in str(token.value).split("|"))
        if evidence:
            return [Coded(aspect="evidence", values=evidence)]
        if not part.heads or all(token.names for token in part.heads):
            return []
        if head.kind != "condition" or word.text.lower() not in _PER or part.window or not self.nouns.words(part)[:1].isalpha():
            raise Unreadable(word.start, part.end, "a method")
        return [Meeting(criteria=self.nouns.words(part))]

    def _for(self, part: Phrase) -> list[Qualifier]:
        if part.comparisons and (length := duration(part.comparisons[0])):
            return [Lasting(duration=length)]
        if part.method and not part.heads:
            return []
        if part.study and not part.heads:
            return [Purpose(concept=STUDY_DISEASE)]
        self.nouns.only(part, "comparisons", "results", "negated", "count", "grade", "parts", "speech", "other", "act", "circumstances", "lasting")
        purpose = self.nouns.concept(part)
        if purpose is None or purpose.kind != "condition":
            raise Unreadable(part.start, part.end, "a condition")
        courses = {value for token in part.adjectives if token.type == "COURSE" for value in str(token.value).split("|")}
        if not courses <= _FAR or any(token.type != "COURSE" for token in part.adjectives):
            raise Unreadable(part.start, part.end, "a condition by itself")
        return [Purpose(concept=purpose), *([Coded(aspect="intent", values=("palliative",))] if courses else [])]


def _another(head: Concept, when: str) -> bool:
    """A history of cancer, without saying which, is of another than the study's own."""
    return head.name in _ANY_CANCER and when in ("ever", "window")


def _given_with(phrase: Phrase, word: Token, part: Phrase, head: Concept) -> None:
    """ "received cisplatin in combination with gemcitabine": both at the time that is said of the first."""
    drug = bool(part.heads) and part.heads[-1].kind in ("treatment", "operation")
    if word.type == "WITH" and head.kind == "treatment" and drug and not (part.act or part.time or part.window):
        part.act, part.time, part.window = phrase.act, phrase.time, phrase.window


def received(phrase: Phrase) -> None:
    """ "a vaccine received within 28 days": the verb after a treatment adds only its time."""
    for word, part in list(phrase.parts):
        if word.type in _TREATED and word.type != "REQUIRING" and _only_timed(part):
            phrase.window = phrase.window or part.window
            phrase.time = phrase.time or part.time
            phrase.lasting = phrase.lasting or part.lasting
            phrase.parens = phrase.parens + part.parens
            phrase.parts = [other for other in phrase.parts if other[0] is not word]


def _only_timed(part: Phrase) -> bool:
    said = part.heads or part.parts or part.comparisons or part.adjectives or part.speech or part.results or part.circumstances or part.others
    return not (said or part.grade or part.count or part.line or part.negated or part.normal)


def _doses(phrase: Phrase) -> bool:
    value = phrase.comparisons[0].low or phrase.comparisons[0].high
    return value is not None and value.unit in ("mg", "mg/day") and len(phrase.comparisons) == 1


def _one_or_more(comparisons: list[Comparison]) -> bool:
    """ "at least one lesion": there is one."""
    low = comparisons[0].low
    alone = len(comparisons) == 1 and not (comparisons[0].high or comparisons[0].low_open)
    return alone and low is not None and low.number == 1 and not (low.unit or low.limit)


def _section(phrase: Phrase, head: Concept) -> Any:
    if phrase.equivalent:
        return "treatments"
    if phrase.act == "allergy":
        return "allergies"
    if phrase.act in ("treatment", "progressed", "intolerant"):
        return "procedures" if head.kind == "procedure" else "treatments"
    return SECTIONS.get(head.kind, "conditions")


def _default_time(phrase: Phrase, section: str) -> str:
    if phrase.use:
        return "now"
    if section == "allergies" or phrase.act == "treatment" or phrase.count:
        return "ever"
    return "ever" if section == "procedures" else "now"
