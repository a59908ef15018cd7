"""Occurrences: a phrase about a condition, treatment, operation, procedure or allergy into a Had with its qualifiers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eligimatch.compiler.adjectives import ANY_TREATMENT, interval_of, prevents, qualities_of, scaled
from eligimatch.compiler.defaults import default_time, section_of
from eligimatch.compiler.defining_numbers import shown_by
from eligimatch.compiler.how_much import doses, how_much, of_any_steroid, of_lungs, one_or_more
from eligimatch.compiler.onsets import of_one_day, so_long_ago, timed
from eligimatch.compiler.parts import STUDY_DISEASE, Parts
from eligimatch.compiler.phrase import Phrase, Unreadable, duration, half_lives, lasted, replace
from eligimatch.compiler.reactions import or_intolerant
from eligimatch.compiler.studies import ANY_CANCER
from eligimatch.compiler.study_diseases import of_the_study, spared
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.verbs import TREATED, needed, received
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.rule import AllOf, Ambiguous, Coded, Had, Is, Judged, Not, Purpose, Qualifier, Ranged, Rule, Staged, Statement
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

INVESTIGATIONAL = Concept(name="investigational drug", kind="treatment")
STUDY_TREATMENT = Concept(name="study treatment", kind="treatment")
_SECOND = re.compile(r"\b(?:second|third)\b", re.IGNORECASE)
_LAST = re.compile(r"\blast\s+$", re.IGNORECASE)
_OF_THE_FOREGOING = re.compile(r"\b(?:these|those|this|such)\W*$", re.IGNORECASE)
_UNDERGONE = re.compile(r"\W*(?:ha(?:s|ve|d) )?(?:undergo\w*|underwent)\b", re.IGNORECASE)
_WHEN_ALONE = re.compile(r"(?:(?:prior|previous(?:ly)?|past|current(?:ly)?|or|and) )+(?:planned|scheduled)\b", re.IGNORECASE)
"""Times without a thing: "X, prior or planned"."""
_GOING_ON = re.compile(r"\b(?:active(?:ly)?|ongoing|current(?:ly)?)\W*$", re.IGNORECASE)
_MUST = re.compile(r"\b(?:must|should|needs?|required)\b", re.IGNORECASE)
ANY_CONDITION = Concept(name="disease")
_STEROID = re.compile(r"steroid|predniso|glucocort|cortico", re.IGNORECASE)
"""What an equivalent dose must be of."""
_OF_CANCERS = frozenset(
    "AJCC stage;T category;N category;M category;FIGO stage;Ann Arbor stage;Lugano stage;Rai stage;Binet stage;ISS stage;R-ISS stage"
    ";Durie-Salmon stage;VALG stage;BCLC stage;CNLC stage;Dukes stage;INSS stage;INRG stage;histologic grade;Nottingham grade".split(";")
)
"""Stages that only a cancer has: where none is named, the study's own."""
_LENGTHS = frozenset({"mm", "cm"})
_MEASURED = frozenset({"diameter", "dimension", "size", "axis", "extent"})
_SPREAD = frozenset({"metastatic disease", "metastasis", "distant metastasis"})
"""What a stage M0 beside it says is not there."""
_OF_ANY_KIND = frozenset(
    {"treatment", "systemic therapy", "anticancer therapy", "chemotherapy", "radiotherapy", "immunotherapy", "medication", "drug"}
)
_OUTCOMES = {"progressed": ("PD", "progression"), "intolerant": ("toxicity", "intolerance")}


class Occurrences:
    """Builds Had."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.parts = Parts(nouns)

    def had(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """A Had with all its qualifiers; parts that ask more become rules beside it."""
        if (rule := self._otherwise(phrase, head, span)) is not None:
            return rule
        if phrase.normal and head.linked and head.kind == "procedure" and not phrase.comparisons:
            found = Statement(topic=self.nouns.words(phrase), span=span)  # what it showed
            return AllOf(rules=(self.had(replace(phrase, normal="", time=phrase.time or "ever"), head, span), found), span=span)
        self.nouns.only(phrase, "results", "normal", "change", "fasting")
        head = ANY_CONDITION if phrase.system and head.name == "symptom" else head  # "NYHA class III symptoms"
        if head.name in (STUDY_TREATMENT.name, INVESTIGATIONAL.name):
            head = STUDY_TREATMENT if phrase.act == "allergy" else INVESTIGATIONAL if phrase.other else head
        if head.linked and head.kind == "condition" and (phrase.act == "treatment" or prevents(phrase)):
            return self._treatment_of(phrase, head, span)
        if (none := self._naive(phrase, head, span)) is not None:
            return none
        head = self._of_study(phrase, head)
        section = section_of(phrase, head)
        marks = self._marks(head, span)
        self._lately(phrase, head)
        head, defining = self._beside(phrase, head) or self._defined(head)
        received(phrase)
        scaled(phrase, self.nouns.linker.vocabulary)
        if phrase.system and not any(token.type == "STAGE" for token in phrase.adjectives) and not defining:
            raise Unreadable(phrase.system.start, phrase.system.end, "a stage")
        qualifiers, beside, head = self.parts.of(phrase, head)
        beside = [*marks, *beside]
        qualifiers = [*defining, *qualifiers]
        qualifiers = of_lungs(head, [*qualities_of(phrase, head, self.nouns), *qualifiers, *self._numbers(phrase)], self.nouns.linker)
        if head.name in _SPREAD:
            qualifiers = [
                quality for quality in qualifiers if not (isinstance(quality, Staged) and quality.system == "M" and quality.values == ("0",))
            ]
        again = phrase.other and section != "conditions" and _SECOND.search(self.nouns.words(phrase))  # "a second transplant"
        again = again or (phrase.other and head.kind == "substance" and not self.nouns.text[: phrase.start].strip())  # "other tobacco products"
        whose = [None] if again or (head.name == "symptom" and phrase.lasting) else []  # "duration of symptoms < 6 months": of which, the study tells
        going_on = [None] if self._going_on(phrase, head) else []
        qualifiers += [Judged(words="") for _ in (*phrase.speech, *whose, *going_on)]
        qualifiers += [Judged(words="", known=known) for _, known in phrase.circumstances]
        qualifiers = [*self._judged_once(phrase, qualifiers), *_outcomes(phrase)]
        head, qualifiers = of_any_steroid(head, qualifiers, self.nouns.linker)
        if phrase.since:
            return self._since(phrase, head, section, tuple(qualifiers), beside, span)
        if phrase.window and phrase.window.end and not phrase.window.start and section != "conditions":
            ended = self._ended(phrase.window, head, section, tuple(qualifiers), beside, span)
            if phrase.act or not (_MUST.search(self.nouns.words(phrase)) or _LAST.search(self.nouns.text, 0, phrase.start)):
                return ended
            return Ambiguous(readings=(_all(ended.rules[1:], span), ended), span=span)  # "prior X must be completed by then": of who had it
        one_day = of_one_day(head, self.nouns.linker.vocabulary)
        default = "planned" if one_day and needed(phrase, self.nouns.words(phrase)) else default_time(phrase, section, self.nouns)
        when = "window" if phrase.window else phrase.time or default
        if head == ANY_TREATMENT and when == "now" and not (phrase.act or phrase.negated or qualifiers):
            raise Unreadable(phrase.start, phrase.end, "what it is given for")  # "prophylaxis or treatment of tuberculosis"
        beside_it = phrase.concurrent and head.name in ANY_CANCER
        other = beside_it or (phrase.other and section == "conditions") or ((self.nouns.forbids or phrase.negated) and _another(head, when))
        other = other or (self.nouns.forbids and head == ANY_CONDITION and not (qualifiers or beside) and _unwell(phrase))
        asked = Had(
            concept=head, section=section, when=when, window=phrase.window, suspected=phrase.suspected, qualifiers=tuple(qualifiers),
            other=other, study=phrase.study, count=self._count(phrase), but_not=spared(phrase, head, self.nouns), span=span,
        )  # fmt: skip
        beside = [*beside, *so_long_ago(asked, beside)]
        if (number := shown_by(asked, beside, self.nouns.linker)) is not None:
            return number
        told = or_intolerant(phrase, asked, self.nouns.words(phrase)) if phrase.reaction else asked
        told = told if told is not asked else timed(asked, phrase, self.nouns, forbids=self.nouns.forbids or phrase.negated)
        return AllOf(rules=(told, *beside), span=span) if beside else told

    def _going_on(self, phrase: Phrase, head: Concept) -> bool:
        """ "active bleeding": of what happens on a day, whether it still does is for a person to tell."""
        happens = phrase.time == "now" and head.kind == "condition" and self.nouns.linker.fact(head, "event")
        return bool(happens and phrase.heads and _GOING_ON.search(self.nouns.text, phrase.start, phrase.heads[0].start))

    def _otherwise(self, phrase: Phrase, head: Concept, span: Span) -> Rule | None:
        """What is no Had of the head: a function, a number or size, all but what the head names; None where it is one."""
        needs = phrase.act == "requiring" and head.name in _OF_ANY_KIND and not (self.nouns.forbids or phrase.negated)
        if needs or (head.linked and head.name.endswith(" function")):  # "who require chemotherapy" have none yet
            return Statement(topic=self.nouns.words(phrase), span=span)
        wide = head.name in _OF_ANY_KIND or self.nouns.linker.general(phrase.heads)
        if wide and phrase.heads and _OF_THE_FOREGOING.search(self.nouns.text, 0, phrase.heads[0].start):
            raise Unreadable(phrase.start, phrase.end, "what is named before")  # "must be off of these medications"
        born = phrase.time == "ever" and self.nouns.linker.vocabulary.is_a(head.name, "child")  # "a previous child with X"
        if born or head.kind in ("site", "stage") or (head.kind in ("treatment", "operation") and _resists(phrase)):
            raise Unreadable(phrase.start, phrase.end, "a condition or treatment")
        if named := self._outside(phrase):
            return self._except_for(phrase, named, span)
        counted = self._how_many(phrase, head)
        return self.nouns.people.limits(counted, phrase, span) if counted else None

    def _how_many(self, phrase: Phrase, head: Concept) -> Concept | None:
        """ "no more than 5 bone metastases", "tumor > 5 cm in diameter": their number or size, where nothing else is said of them."""
        if not phrase.comparisons or head.kind not in ("condition", "substance") or one_or_more(phrase.comparisons):
            return None
        units = {value.limit or value.unit for one in phrase.comparisons for value in (one.low, one.high) if value}
        fact = "count" if units == {None} else "size" if units <= _LENGTHS else "amount"
        name = self.nouns.linker.fact(head, fact)
        own = {self.nouns.linker.fact(Concept(name=str(name), kind="analyte"), "unit")}
        if fact == "amount" and head.kind == "condition" and not units <= own:
            return None
        plain = all(t.type == "EVIDENCE" or t.text.lower() == "primary" for t in phrase.adjectives) and all(map(_of_length, phrase.parts))
        once = phrase.time == "ever" and fact != "amount"
        said = phrase.act or once or phrase.window or phrase.other or phrase.results or phrase.speech or phrase.circumstances
        return Concept(name=str(name), kind="analyte") if name and plain and not said else None

    def _outside(self, phrase: Phrase) -> Token | None:
        """The disease that "non" stands before, where its name ends in that of a class: "non-breast malignancy"."""
        if len(phrase.heads) != 2 or phrase.heads[0].text.lower() != "non" or not phrase.heads[1].names:
            return None
        named = phrase.heads[1]
        if named.start > phrase.heads[0].end + 1:
            return None  # "non-curatively treated neoplasm"
        return named if self._class_at_end(named) else None

    def _class_at_end(self, named: Token) -> tuple[str, ...]:
        """The class in whose name that of a disease ends: the narrowest, prostate cancer of "castrate-resistant prostate cancer"."""
        vocabulary, words = self.nouns.linker.vocabulary, named.text.split()
        ends = (vocabulary.find(" ".join(words[start:])) for start in range(1, len(words)))
        return next((end for end in ends if end and end[0] != named.names[0] and vocabulary.is_a(named.names[0], end[0])), ())

    def _except_for(self, phrase: Phrase, named: Token, span: Span) -> Rule:
        """ "non-breast malignancy": any but that one."""
        others = self.nouns.linker.known(self._class_at_end(named), ("condition",))
        phrase.heads = [named]
        rule = self.had(phrase, others, span)
        if not isinstance(rule, Had):
            raise Unreadable(phrase.start, phrase.end, "one disease")
        one = Had(concept=self.nouns.linker.known(named.names, ("condition",)), span=span)
        return rule.model_copy(update={"but_not": (*rule.but_not, one)})

    def _naive(self, phrase: Phrase, head: Concept, span: Span) -> Rule | None:
        """ "chemotherapy-naive": never had it."""
        rest = [token for token in phrase.adjectives if token.value != "untreated"]
        if head.kind not in ("treatment", "operation") or len(rest) == len(phrase.adjectives) or phrase.act or phrase.negated:
            return None
        phrase.adjectives, phrase.time = rest, "ever"
        return Not(rule=self.had(phrase, head, span), span=span)

    def _lately(self, phrase: Phrase, head: Concept) -> None:
        """ "stroke ≤ 6 months", "chronic cough (≥ 8 weeks)": an event within that time, another condition for so long."""
        length = duration(phrase.comparisons[0]) if len(phrase.comparisons) == 1 else None
        recent = any(words.lower() in ("recent", "recently") for words, _ in phrase.circumstances)
        if length is None or not (head.kind == "condition" or recent) or phrase.window or phrase.lasting or phrase.system:
            return
        low, event = phrase.comparisons[0].low, recent or bool(self.nouns.linker.fact(head, "event"))
        if event and low is None:
            phrase.window, phrase.comparisons = Window(start=length, start_open=phrase.comparisons[0].high_open), []
            phrase.circumstances = [(words, known) for words, known in phrase.circumstances if words.lower() not in ("recent", "recently")]
        elif not event and phrase.comparisons[0].high is None and phrase.time != "ever" and not _another(head, "ever"):
            phrase.lasting, phrase.comparisons = lasted(phrase.comparisons[0]), []

    def _of_study(self, phrase: Phrase, head: Concept) -> Concept:
        """ "no evidence of disease", "N2 nodal disease": the study's own."""
        named = self.nouns.about
        if phrase.negated and head == ANY_CONDITION and phrase.heads[-1:] and phrase.heads[-1].text.lower() == "disease" and len(named) == 1:
            phrase.other = phrase.other or named[0].other
            return named[0].concept if named[0].section == "conditions" else head
        if head == ANY_CONDITION and of_the_study(phrase, forbids=self.nouns.forbids):
            phrase.study = True
            return STUDY_DISEASE
        no_evidence = phrase.negated and self.parts.is_topic(phrase, head) and "evidence" in self.nouns.words(phrase).lower()
        if not no_evidence and not (head.name == "lymph node involvement" and _nodal(phrase)):
            return head
        phrase.study = True
        return STUDY_DISEASE

    def _treatment_of(self, phrase: Phrase, head: Concept, span: Span) -> Rule:
        """ "previous treatment of pneumonia": any treatment given for it."""
        if not (phrase.treats or prevents(phrase)):
            raise Unreadable(phrase.start, phrase.end, "a treatment")
        own = [token for token in phrase.adjectives if token.type in ("INTENT", "ROUTE")]
        of_disease = [token for token in phrase.adjectives if token not in own]
        disease = Phrase(phrase.start, phrase.end, heads=phrase.heads, adjectives=of_disease, study=phrase.study)
        purpose = Token("FOR", "for", disease.start, disease.start)
        given = replace(phrase, heads=[], adjectives=own, parts=[(purpose, disease), *phrase.parts], treats=False, study=False)
        if phrase.other:
            given.circumstances = [*phrase.circumstances, ("for another", True)]  # "treatment for another cancer"
        return self.had(given, ANY_TREATMENT, span)

    def _beside(self, phrase: Phrase, head: Concept) -> tuple[Concept, list[Qualifier]] | None:
        """ "comorbidities requiring X": any disease other than the study's, where what it requires tells which."""
        means = self.nouns.linker.fact(head, "means")
        if not isinstance(means, dict) or "other" not in means or not any(word.type in TREATED for word, _ in phrase.parts):
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

    def _ended(self, window: Window, head: Concept, section: Any, qualifiers: tuple[Qualifier, ...], beside: list[Rule], span: Span) -> AllOf:
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
        words = phrase.judged_words or self._judged_words(phrase)
        rest: list[Qualifier] = [q for q in qualifiers if not isinstance(q, Judged)]
        return [*rest, Judged(words=words, known=all(q.known for q in judged))]

    def _judged_words(self, phrase: Phrase) -> str:
        """The words that are judged, their denial left out."""
        named = [token.start for token in (*phrase.adjectives, *phrase.heads, *phrase.speech)]
        if phrase.speech and phrase.heads and all(token.type in ("SEVERITY", "KNOWN", "NEW") for token in phrase.adjectives):
            return self.nouns.words(replace(phrase, start=phrase.heads[0].start))  # its severity and its time are asked by themselves
        start = max(phrase.start, phrase.denied) if phrase.circumstances else min(named, default=phrase.start)
        return " ".join(self.nouns.text[start if phrase.negated else phrase.start : phrase.end].split()).strip(" ,;:.")

    def _since(self, phrase: Phrase, head: Concept, section: Any, qualifiers: tuple[Qualifier, ...], beside: list[Rule], span: Span) -> Rule:
        """ "at least 4 weeks since the last T": no T lies in the 4 weeks; "less than 4 weeks since": one does."""
        assert phrase.since is not None
        length = duration(phrase.since)
        if length is None or beside or (phrase.since.low and phrase.since.high and phrase.since.low is not phrase.since.high):
            raise Unreadable(phrase.start, phrase.end, "a length of time")
        passed = phrase.since.high is None or phrase.since.bare
        if section == "conditions" and "diagnos" in self.nouns.words(phrase).lower():
            return _diagnosed(Had(concept=head, section=section, when="ever", qualifiers=qualifiers, span=span), length, passed=passed)
        window = Window(event=phrase.since_event, start=length, start_open=passed or phrase.since.high_open, **half_lives(phrase.since))
        had = Had(concept=head, section=section, when="window", window=window, qualifiers=qualifiers, span=span)
        if not passed:
            return had
        long_ago = Not(rule=had, span=span)
        if section != "conditions" or self.nouns.forbids:
            return long_ago
        once = had.model_copy(update={"when": "ever", "window": None})
        return Ambiguous(readings=(long_ago, AllOf(rules=(once, long_ago), span=span)), span=span)  # "6 months after stroke": of those who had one

    def untreated(self, phrase: Phrase, span: Span) -> Rule | None:
        """ "treatment-naive", of nobody's disease in particular: no treatment of the study's own was given; None where more is said."""
        said = [str(token.value) for token in phrase.adjectives]
        if said != ["untreated"] or self.nouns.forbids or phrase.circumstances or phrase.parts or phrase.window:
            return None
        given = Had(concept=ANY_TREATMENT, section="treatments", when="ever", qualifiers=(Purpose(concept=STUDY_DISEASE),), span=span)
        return Not(rule=given, span=span)

    def unnamed(self, phrase: Phrase, span: Span) -> Rule:
        """ "≥ 2 prior lines", "previously treated", "the study disease": the head goes without saying."""
        if phrase.study:
            return self.had(phrase, STUDY_DISEASE, span)
        if phrase.system:
            phrase.study = not _OF_CANCERS.isdisjoint(phrase.system.names)
            return self.had(phrase, STUDY_DISEASE if phrase.study else ANY_CONDITION, span)
        if phrase.equivalent and _STEROID.search(self.nouns.text):
            return self.had(phrase, Concept(name="corticosteroid", kind="treatment"), span)
        undergone = _UNDERGONE.match(self.nouns.words(phrase)) is not None  # "underwent screening": what is no name
        when = _WHEN_ALONE.match(self.nouns.words(phrase)) is not None
        if phrase.act == "treatment" and (undergone or when or (not phrase.parts and _of_what(phrase))):
            raise Unreadable(phrase.start, phrase.end, "what is taken")
        if (phrase.act in ("treatment", "progressed") and not any(t.type == "ROUTE" for t in phrase.adjectives)) or phrase.line:
            return self.had(phrase, ANY_TREATMENT, span)
        raise Unreadable(phrase.start, phrase.end, "what is asked")

    def _count(self, phrase: Phrase) -> Interval | None:
        return interval_of(phrase.count) if phrase.count else None

    def _numbers(self, phrase: Phrase) -> list[Qualifier]:
        found: list[Qualifier] = []
        if phrase.comparisons and not one_or_more(phrase.comparisons):
            found.append(self._dose(phrase) if doses(phrase) else how_much(phrase, self.nouns.text, forbids=self.nouns.forbids))
        if phrase.grade:
            found.append(Ranged(aspect="grade", interval=interval_of(phrase.grade)))
        if phrase.lasting:
            found += phrase.lasting.asked()
        return found

    def _dose(self, phrase: Phrase) -> Qualifier:
        return Ranged(aspect="dose", interval=interval_of(phrase.comparisons[0]), unit="mg/day", equivalent=phrase.equivalent)


def _resists(phrase: Phrase) -> bool:
    """ "platinum-resistant": a disease, not a course of treatment."""
    courses = {str(token.value) for token in phrase.adjectives if token.type == "COURSE"}
    return not courses.isdisjoint({"refractory", "relapsed", "relapsed or refractory"})


def _outcomes(phrase: Phrase) -> list[Qualifier]:
    """What is said of how sure it is, and of how a treatment or an allergy went."""
    found: list[Qualifier] = [Coded(aspect="verification", values=("provisional",))] if phrase.suspicion else []
    if phrase.reaction == "anaphylaxis":
        found.append(Coded(aspect="reaction", values=(phrase.reaction,)))
    if phrase.act in _OUTCOMES:
        found.append(Coded(aspect="outcome", values=phrase.outcome or _OUTCOMES[phrase.act]))
    return found


def _of_length(part: tuple[Token, Phrase]) -> bool:
    """How it was measured: "on MRI", "in the longest diameter"."""
    word, phrase = part
    named = phrase.heads[-1].text.lower().split()[-1] if phrase.heads else ""
    return word.type == "BY" or (word.type == "IN" and named in _MEASURED and not (phrase.comparisons or phrase.negated))


def _nodal(phrase: Phrase) -> bool:
    stages = [stage.system for token in phrase.adjectives if token.type == "STAGE" for stage in token.stages]
    return bool(stages) and all(system in ("T", "N", "M") for system in stages)


def _another(head: Concept, when: str) -> bool:
    """A history of cancer, without saying which, is of another than the study's own."""
    return head.name in ANY_CANCER and when in ("ever", "window")


def _of_what(phrase: Phrase) -> bool:
    """Whether what is taken or planned is not said: "currently taking", "on the waiting list for it"."""
    return (phrase.time == "now" and phrase.plain) or (phrase.time == "planned" and not (phrase.line or phrase.adjectives))


def _unwell(phrase: Phrase) -> bool:
    """ "medical illness", "any condition": not what "disease" alone is, which may be the study's."""
    return bool(phrase.heads) and phrase.heads[-1].text.lower() not in ("disease", "diseases")


def _all(rules: tuple[Rule, ...], span: Span) -> Rule:
    return rules[0] if len(rules) == 1 else AllOf(rules=rules, span=span)


def _diagnosed(had: Had, length: Duration, *, passed: bool) -> Rule:
    """ "at least 3 years since the diagnosis of X": X was there then; "less than 3 years": it was not."""
    early = had.model_copy(update={"when": "window", "window": Window(end=length)})
    return early if passed else AllOf(rules=(had, Not(rule=early, span=had.span)), span=had.span)
