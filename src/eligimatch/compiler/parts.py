"""Parts: what "with", "for", "of", "due to", "requiring" and their like add to the thing that they follow."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.adjectives import ANY_TREATMENT
from eligimatch.compiler.concepts import SECTIONS, narrowed
from eligimatch.compiler.how_much import is_share
from eligimatch.compiler.last_words import treated
from eligimatch.compiler.noun_words import of_studied_side
from eligimatch.compiler.phrase import Phrase, Unreadable, absent, lasted
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Comparison
from eligimatch.compiler.tokens import TIME_UNITS, Token
from eligimatch.compiler.verbs import TREATED, responses, verb
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Window
from eligimatch.model.rule import Coded, Had, Judged, Meeting, Not, Purpose, Qualifier, Requiring, Rule

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

STUDY_DISEASE = Concept(name="study disease")
_GENERAL = frozenset({"systemic therapy", "local therapy"})
_PER = frozenset(
    "per;as per;by;according to;as defined by;defined by;classified by;as classified by;classified according to;in accordance with;as defined per"
    ";as determined by;confirmed by;as assessed by".split(";")
)
_ON = frozenset({"based on", "using"})
_STANDARDS = ("criteria", "guidelines", "guideline", "classification", "definition", "definitions", "consensus", "standards")
_BACK = frozenset({"recurrent", "relapsed", "refractory", "relapsed or refractory", "progressive", "persistent"})
_FAR = frozenset({"metastatic", "advanced"})
_YEARS = range(1900, 2100)
_STILL = re.compile(r"\b(?:current(?:ly)?|ongoing|active(?:ly)?|still|presently|continu(?:ing|ed))\b(?! (?:infection|disease))", re.IGNORECASE)
_ANY_FINDING = frozenset({"abnormality"})
"""What is one by the test that showed it alone: "abnormal findings on ECG"."""


_THEIR_DISEASE = re.compile(r"\b(?:their|his|her|his/her|this) disease$", re.IGNORECASE)


class Parts:
    """Reads the parts after a head."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def of(self, phrase: Phrase, head: Concept) -> tuple[list[Qualifier], list[Rule], Concept]:
        """What "of", "to", "with", "for", "requiring" … add to the head; words without a reading narrow it all the same."""
        qualifiers: list[Qualifier] = []
        beside: list[Rule] = []
        of_it = is_share(phrase)
        for word, part in self._nested(phrase.parts, head):
            if of_it and word.type in ("OF", "TO", "IN") and not part.parts:
                qualifiers.append(Judged(words=""))
                continue
            if word.type in ("NOT", "NEITHER") and self.is_topic(part, head):
                phrase.time = phrase.time or "ever"  # what is gone was there once
            try:
                if word.type == "AFTER" and head.kind == "condition":
                    beside.append(self._after(phrase, part, head))
                elif word.type == "WITH":
                    head = self._with(phrase, word, part, head, qualifiers, beside)
                else:
                    head = self._part(word, part, head, qualifiers, beside)
            except Unreadable:
                if word.type in ("NOT", "NEITHER") or (word.value == "containing" and self._allergic(phrase, head)):
                    raise
                qualifiers.append(Judged(words=self._written(word, part), known=bool(self.nouns.linker.fact(head, "judged"))))
            still = not phrase.window and "required" not in word.text and _STILL.search(self.nouns.text, word.start, part.end)
            if word.type in TREATED and not still:
                _inherit(phrase, qualifiers)
        return qualifiers, beside, head

    def _after(self, phrase: Phrase, part: Phrase, head: Concept) -> Rule:
        """ "relapsed leukemia after two prior therapies": what came back had been treated so."""
        courses = {value for token in phrase.adjectives if token.type == "COURSE" for value in str(token.value).split("|")}
        given = part.count or part.line or self._treats(part)
        if not given or not (courses & _BACK or "recurren" in head.name) or part.negated:
            raise Unreadable(part.start, part.end, "what it came back from")
        part.act, part.time = "treatment", "ever"
        return self.nouns.rule(part)

    def _nested(self, parts: list[tuple[Token, Phrase]], head: Concept) -> list[tuple[Token, Phrase]]:
        """ "a disease requiring treatment with X": X is of the treatment."""
        out: list[tuple[Token, Phrase]] = []
        for word, part in parts:
            before = out[-1] if out else None
            if before and head.kind == "condition" and word.type == "WITH" and before[0].type in TREATED and self._treats(part):
                outer = copy(before[1])
                outer.parts, outer.end = [*outer.parts, (word, part)], part.end
                out[-1] = (before[0], outer)
            else:
                out.append((word, part))
        return out

    def _treats(self, part: Phrase) -> bool:
        concept = self.nouns.concept(part)
        return concept is not None and concept.kind in ("treatment", "operation")

    def _part(self, word: Token, part: Phrase, head: Concept, qualifiers: list[Qualifier], beside: list[Rule]) -> Concept:
        match word.type:
            case "OF" | "IN" | "TO":
                return self._placed(head, word, part, qualifiers)
            case "BY":
                qualifiers += self._by(word, part, head)
            case "FOR":
                self._needs_no_purpose(word, part, head)
                qualifiers += [Judged(words=self._written(word, part))] if self._of_judged(part, head) else self._for(part)
                if "preven" in word.text.lower() or "prophyla" in word.text.lower():
                    qualifiers.append(Coded(aspect="intent", values=("prophylaxis",)))
            case "REQUIRING" if head.linked and head.kind in ("treatment", "operation", "procedure") and self._linked(part):
                qualifiers.append(Judged(words=self._written(word, part)))
            case kind if kind in TREATED and head.kind == "condition":
                qualifiers += self.treated_with(word, part)
            case "PROGRESSED" | "INTOLERANT" if head.kind == "condition" and not part.negated:
                part.act, part.time, part.outcome = verb(word), "ever", responses(word)
                self._failed(self.nouns.rule(part), head, qualifiers, beside)
            case "DUE_TO" if word.value == "not":
                qualifiers.append(Judged(words=self._written(word, part)))
            case "DUE_TO":
                head, cause = self._caused(head, part)
                qualifiers += cause
            case "NOT" | "NEITHER" if part.act in ("requiring", "treatment") and head.kind == "condition" and not part.others:
                qualifiers += [quality.model_copy(update={"negated": True}) for quality in self.treated_with(word, part)]
            case "NOT" | "NEITHER":
                topic = Had(concept=head, section=SECTIONS.get(head.kind, "conditions"))
                named = () if head.kind == "condition" else self.nouns.about  # "curative therapy with no evidence of that disease"
                with self.nouns.speaking_of(named if part.heads else (topic,)):
                    beside.append(Not(rule=topic, span=topic.span) if self.is_topic(part, head) else self.nouns.denied(part))
            case _:
                raise Unreadable(word.start, part.end)
        return head

    def _failed(self, failed: Rule, head: Concept, qualifiers: list[Qualifier], beside: list[Rule]) -> None:
        """ "an infection unresponsive to antibiotics": to those given for it; a lasting disease, and what was given and failed."""
        if isinstance(failed, Had) and head.linked and self.nouns.linker.vocabulary.is_a(head.name, "infection"):
            qualifiers.append(Requiring(treatment=failed))
        else:
            beside.append(failed)

    def _needs_no_purpose(self, word: Token, part: Phrase, head: Concept) -> None:
        """ "hepatitis C (…) treatment for chronic hepatitis C": a disease is for nothing."""
        concept = self.nouns.concept(part)
        disease = head.linked and head.kind == "condition" and not head.name.endswith(" use") and not self._of_judged(part, head)
        if disease and concept is not None and concept.linked and concept.kind == "condition":
            raise Unreadable(word.start, part.end, "what a condition is for")

    def _linked(self, part: Phrase) -> bool:
        concept = self.nouns.concept(part)
        return concept is not None and concept.linked and not part.unread

    def _of_judged(self, part: Phrase, head: Concept) -> bool:
        """ "contraindication for X": of what only a person judges."""
        plain = not (part.comparisons or part.parts or part.negated or part.speech or part.window)
        return bool(plain and part.heads and head.kind == "condition" and self.nouns.linker.fact(head, "judged"))

    def is_topic(self, part: Phrase, head: Concept) -> bool:
        """ "prior malignancy with no evidence of disease": of that malignancy."""
        said = part.adjectives or part.parts or part.other or part.circumstances or part.window or part.comparisons or part.speech
        return part.heads[-1:] != [] and part.heads[-1].text.lower() == "disease" and head.kind == "condition" and not said

    def _with(self, phrase: Phrase, word: Token, part: Phrase, head: Concept, qualifiers: list[Qualifier], beside: list[Rule]) -> Concept:
        """ "X with Y": both, in the time of X; "therapy with Y": that therapy is Y; what contains Y is one thing."""
        if not (head.linked or head.within):
            raise Unreadable(word.start, part.end, "whose it is")  # "a relative with dementia", "contact with tuberculosis"
        if word.text.lower() == "associated with" and head.kind == "condition" and (whose := self._associated(part, head, qualifiers)):
            return whose
        if (own := self._of_its_own(phrase, word, part, head)) is not None:
            qualifiers.append(own)
            return head
        if part.negated:
            absent(part)
            self.nouns.only(part, "unread")
        if word.value == "containing" and self._allergic(phrase, head):
            raise Unreadable(word.start, part.end, "to which of both")  # "allergic reaction to drugs containing X"
        if head.kind != "treatment" or not self._treats(part):
            part.time = part.time or ("ever" if word.value == "containing" and self._treats(part) else "")  # "with a regimen containing X"
            if not part.negated:
                self._in_time_of(phrase, part)
            beside += self._with_marks(word, part)
            return head
        if word.value == "containing":
            raise Unreadable(word.start, part.end)
        drug = self.nouns.concept(part)
        assert drug is not None
        if word.value != "combined" and drug.linked and self._stands_for(head, drug):
            self.nouns.only(part, "negated", "act", "speech", "results", "count", "system", "since")
            phrase.time, phrase.window = phrase.time or part.time, phrase.window or part.window
            phrase.adjectives, phrase.comparisons = phrase.adjectives + part.adjectives, phrase.comparisons + part.comparisons
            phrase.equivalent = phrase.equivalent or part.equivalent
            inner, beside_, drug = self.of(part, drug)
            studied = any(map(of_studied_side, (part, *part.others, *phrase.others)))
            qualifiers += [*inner, Judged(words=self._written(word, part))] if studied else inner  # "treatment of X with Y in the study eye"
            beside += beside_
            if head.name.startswith("systemic ") and not self.nouns.linker.vocabulary.is_a(drug.name, head.name):
                qualifiers.append(Coded(aspect="route", values=("systemic",)))
            return drug
        if not part.negated:
            self._in_time_of(phrase, part)
        if word.value == "combined":
            qualifiers.append(Judged(words=self._written(word, part)))  # whether both were given together
        beside.append(self.nouns.rule(part))
        return head

    def _of_its_own(self, phrase: Phrase, word: Token, part: Phrase, head: Concept) -> Qualifier | None:
        """ "asthma with symptoms": its own; what kind they are of is for a person to judge."""
        if head.linked and self.nouns.linker.vocabulary.is_a(head.name, "family history"):
            return Judged(words=self._written(word, part))  # "family history of ALS with a SOD1 mutation": the relative's
        if head.kind != "condition" or part.negated or not part.heads or part.heads[-1].names[:1] != ("symptom",) or head.name == "symptom":
            return None
        plain = len(part.heads) == 1 and not (part.adjectives or part.parts or part.comparisons or part.window or part.lasting or part.speech)
        alone = plain and phrase.time != "ever" and not phrase.window and part.heads[0].text.lower() in ("symptom", "symptoms")
        return Coded(aspect="course", values=("symptomatic",)) if alone else Judged(words=self._written(word, part))

    def _associated(self, part: Phrase, head: Concept, qualifiers: list[Qualifier]) -> Concept | None:
        """ "toxicity associated with chemotherapy": the concept of both; None where the other is asked too: "ulcers associated with diabetes"."""
        other = self.nouns.concept(part)
        disease = other is not None and other.linked and other.kind == "condition" and not part.negated
        if not (disease or self._treats(part)):
            return None
        whose, cause = self._caused(head, part)
        qualifiers += cause
        return None if disease and cause else whose

    def _with_marks(self, word: Token, part: Phrase) -> list[Rule]:
        """ "with EGFR-mutant disease": the disease and its result."""
        if len(part.marks) > 1:
            raise Unreadable(word.start, part.end, "how the results are joined")
        return [self.nouns.rule(part), *(self.nouns.rule(mark) for _, mark in part.marks)]

    def _allergic(self, phrase: Phrase, head: Concept) -> bool:
        return phrase.act == "allergy" or (head.linked and self.nouns.linker.vocabulary.is_a(head.name, "hypersensitivity"))

    def _stands_for(self, head: Concept, drug: Concept) -> bool:
        """Whether a treatment is named only to say which one it is: "systemic treatment with corticosteroids"."""
        vocabulary = self.nouns.linker.vocabulary
        if not head.linked or vocabulary[head.name].facts.get("any") or head.name in _GENERAL:
            return head.linked
        return any(vocabulary.is_a(drug.name, name) for name in (head.name, *vocabulary.find(head.name.removeprefix("systemic "))))

    def _in_time_of(self, phrase: Phrase, part: Phrase) -> None:
        """What accompanies something past was there then; a result that accompanies something recent is as recent."""
        concept = self.nouns.concept(part)
        if concept is None or part.time or part.window:
            return
        if SECTIONS.get(concept.kind) is None:
            part.window = phrase.window if (part.results or part.comparisons) and _recent(phrase.window) else None
            return
        part.window = phrase.window
        past = (
            phrase.time == "ever"
            or bool(phrase.count or phrase.line)
            or (phrase.act == "treatment" and not phrase.use and phrase.time not in ("planned", "now"))
        )
        part.time = "ever" if past else phrase.time

    def _written(self, word: Token, part: Phrase) -> str:
        return " ".join(self.nouns.text[word.start : part.end].split())

    def treated_with(self, word: Token, part: Phrase) -> list[Qualifier]:
        """ "requiring X", and with "only", no other treatment of it."""
        alone, part = part.only, copy(part)
        part.act, part.only = "treatment", False
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
        if other is None or (head.kind == "treatment" and word.text.lower() == "affecting"):
            raise Unreadable(word.start, part.end, "a place or thing")  # "medication affecting sleep" is no sleep medication
        joined = self.nouns.linker.joined(head, other)
        if joined:
            return joined
        if head.linked and other.linked and other.kind == "site":
            qualifiers.append(Coded(aspect="site", values=(other.name,)))
            return head
        state = other.kind == "condition" and bool(self.nouns.linker.fact(other, "judged"))  # "leukemia in complete remission"
        treats = other.linked and head.linked and head.kind in ("treatment", "operation") and other.kind == "condition"
        if treats:
            if any(isinstance(q, Purpose) for q in qualifiers):
                raise Unreadable(word.start, part.end, "what it is given for")  # "treatment for symptoms of X"
            qualifiers.append(self._purpose(word, part, other))
            return head
        if (state and other.linked) or self.nouns.linker.fact(head, "judged"):
            qualifiers.append(Judged(words=self._written(word, part)))
            return head
        if head.kind in ("treatment", "operation") and head.linked and other.linked and other.kind == "condition" and word.type in ("OF", "TO"):
            qualifiers.append(Purpose(concept=other))  # "radiotherapy to brain metastases", "resection of melanoma"
            return head
        return narrowed(f"{head.name} {word.text.lower()} {other.name}", head)

    def _purpose(self, word: Token, part: Phrase, other: Concept) -> Qualifier:
        """ "resection of glioblastoma", "radiotherapy to bone metastases": given for it; to which lesion, only a person knows."""
        entry = self.nouns.linker.vocabulary[other.name]
        vague = entry.facts.get("any") or entry.facts.get("judged") or entry.facts.get("criteria") or "lesion" in other.name
        return Judged(words=self._written(word, part)) if vague else Purpose(concept=other)

    def _caused(self, head: Concept, part: Phrase) -> tuple[Concept, list[Qualifier]]:
        """ "neuropathy due to chemotherapy": the concept of both, else a cause that only a person can judge."""
        other = self.nouns.concept(part)
        said = part.parts or part.grade or part.comparisons or part.window or part.negated or part.results or part.lasting or part.count
        if other is not None and other.linked and not said:
            vocabulary = self.nouns.linker.vocabulary
            kind = other.name.removesuffix(" disease")
            for wording in (f"{other.name}-induced {head.name}", f"{other.name}-related {head.name}", f"{kind} {head.name}"):
                if names := vocabulary.find(wording):
                    more = part.speech or part.comparisons or part.window or part.circumstances or part.results or part.parens
                    return self.nouns.linker.known(names, (head.kind,)), [Judged(words=self.nouns.words(part))] if more else []
        return head, [Judged(words=self.nouns.words(part))]

    def _by(self, word: Token, part: Phrase, head: Concept) -> list[Qualifier]:
        part.comparisons = [one for one in part.comparisons if not _is_year(one)]  # "the 2003 criteria of X"
        self.nouns.only(part, "comparisons", "results", "negated", "count", "grade", "act")
        evidence = tuple(value for token in part.adjectives if token.type == "EVIDENCE" for value in str(token.value).split("|"))
        shown = [token for token in part.heads if token.kind in ("procedure", "operation") or token.type == "EVENT"]
        if evidence and any(token.kind == "condition" or token.text.lower().startswith(("type", "subtype")) for token in part.heads):
            raise Unreadable(word.start, part.end, "what showed it")  # "confirmed by histology, and the histological type was X"
        if evidence and all(token.names and self.nouns.linker.vocabulary.is_a(token.names[0], "imaging") for token in shown):
            return [Coded(aspect="evidence", values=tuple(dict.fromkeys((*evidence, *(["imaging"] if shown else [])))))]
        if evidence and shown:
            return []
        if head.kind == "treatment" and self._treats(part):
            return [Judged(words=self._written(word, part))]  # "a regimen based on tacrolimus"
        if head.name in _ANY_FINDING and part.heads:
            return [Judged(words=self._written(word, part), known=all(token.names for token in part.heads))]
        alike = word.text.lower() in ("consistent with", "suggestive of", "compatible with", "indicative of")
        if alike and any(token.kind == "condition" for token in part.heads):
            return [Judged(words=self._written(word, part))]  # "cytopenia consistent with myelodysplasia"
        if word.text.lower() == "by" and part.heads and part.heads[-1].kind == "condition" and part.heads[-1].names[:1] != ("cancer",):
            return [Judged(words=self._written(word, part))]  # "CNS involvement by systemic lymphoma"
        if not part.heads or all(token.names for token in part.heads):
            return []
        words = self.nouns.words(part).lower()
        rate = words.split()[0].rstrip(",.") in TIME_UNITS
        named = word.text.lower() in _PER or (word.text.lower() in _ON and words.endswith(_STANDARDS))
        if head.kind != "condition" or rate or not named or part.window or not self.nouns.words(part)[:1].isalpha():
            raise Unreadable(word.start, part.end, "a method")
        return [Meeting(criteria=self.nouns.words(part))]

    def _for(self, part: Phrase) -> list[Qualifier]:
        if part.comparisons and (length := lasted(part.comparisons[0])):
            self.nouns.only(part, "unread")
            return list(length.asked())
        if part.method and not part.heads:
            return []
        own = names_only(part) and _THEIR_DISEASE.search(self.nouns.text, 0, part.heads[-1].end) is not None
        if (part.study and not part.heads) or own:
            return [Purpose(concept=STUDY_DISEASE)]
        if part.other and kind_of(part) == "condition" and part.heads[0].names:
            return [Judged(words=self.nouns.words(part))]  # whether it was for another disease
        self.nouns.only(
            part, "comparisons", "results", "negated", "count", "grade", "parts", "speech", "other", "act", "system", "circumstances", "lasting"
        )
        part.heads = part.heads[:1] if treated(part.heads) else part.heads  # "drugs for asthma treatment"
        purpose = self.nouns.concept(part)
        if purpose is None or purpose.kind != "condition":
            raise Unreadable(part.start, part.end, "a condition")
        return [Purpose(concept=purpose), *self._setting(part)]

    def _setting(self, part: Phrase) -> list[Qualifier]:
        """ "for metastatic X": what is given for disease so far advanced is palliative; how else it was is for a person to judge."""
        said = {value for token in part.adjectives for value in str(token.value).split("|")}
        if said and said <= _FAR:
            return [Coded(aspect="intent", values=("palliative",))]
        return [Judged(words=self.nouns.words(part))] if said else []


def _recent(window: Window | None) -> bool:
    """Whether it is "within N": a stretch that ends at its event."""
    return window is not None and window.start is not None and not (window.start_open or window.end or window.after)


def _is_year(comparison: Comparison) -> bool:
    value = comparison.low
    return comparison.bare and value is not None and not (value.unit or value.limit) and value.number in _YEARS


def _inherit(phrase: Phrase, qualifiers: list[Qualifier]) -> None:
    """ "history of X requiring Y": Y was given when X was there."""
    last = qualifiers[-1] if qualifiers else None
    if (phrase.time == "ever" or phrase.window) and isinstance(last, Requiring) and last.treatment.when == "now":
        then = {"when": "window" if phrase.window else "ever", "window": phrase.window}
        qualifiers[-1] = last.model_copy(update={"treatment": last.treatment.model_copy(update=then)})
