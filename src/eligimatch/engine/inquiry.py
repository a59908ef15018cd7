"""Inquiry: everything that a rule asks of one listed item, and what the item says to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from eligimatch.engine.candidates import Candidate, is_item
from eligimatch.engine.case import YES, Case, Said, primaries, unsaid
from eligimatch.engine.kinship import ANTICANCER, ANY_TREATMENT, CANCER
from eligimatch.engine.listing import Listed
from eligimatch.engine.names import CONDITIONS
from eligimatch.engine.outcome import Outcome, distinct, sentence
from eligimatch.engine.presence import present
from eligimatch.engine.purposes import for_what_else, purpose, treats
from eligimatch.engine.qualifiers import answer
from eligimatch.engine.routes import route_of, within
from eligimatch.engine.stages import of_function
from eligimatch.engine.statements import judged
from eligimatch.model.concept import Concept
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Treatment
from eligimatch.model.rule import Coded, Had, Judged, Purpose, Qualifier, Requiring, Staged
from eligimatch.model.verdict import Truth, all_of, negate
from eligimatch.model.words import folded

STUDY = "study disease"
_THE = {STUDY: "the study disease"}
"""What there is only one of, in a sentence."""
_DENYING = frozenset({"no", "not", "non", "without", "never", "denies"})

Relation = Callable[[Listed], Said]
"""One thing more that is asked of each item."""
Occurs = Callable[[Had, Case, Relation], Outcome]
"""The evaluation of a whole rule: what a qualifier that is a rule itself needs."""


class Asked(NamedTuple):
    """What one listed item came to."""

    item: Listed
    match: Truth
    truth: Truth
    said: tuple[Said, ...]

    @property
    def reason(self) -> str:
        """Why, in the item's own facts."""
        told = [said.reason for said in self.said if said.truth is self.truth and said.reason]
        return sentence(told) if told else self.item.label

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The item and what it was judged by."""
        return (self.item.evidence, *(place for said in self.said if said.truth is self.truth for place in said.evidence))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed on the way."""
        return distinct(said.assumption for said in self.said if said.assumption)


class Inquiry(NamedTuple):
    """A rule put to a person's items."""

    rule: Had
    case: Case
    relation: Relation | None
    occurs: Occurs

    def ask(self, candidate: Candidate) -> Asked:
        """What one item says to the rule as a whole."""
        return self.ask_about(candidate, self.rule.qualifiers)

    def ask_about(self, candidate: Candidate, qualifiers: Sequence[Qualifier], *, timed: bool = True) -> Asked:
        """What one item says to the rule, of whose `qualifiers` only some are asked, and the time only if it is to be `timed`."""
        item = candidate.item
        said = [self._match(candidate), *([present(item, self.rule, self.case)] if timed else [])]
        said += [self._qualified(qualifier, item) for qualifier in qualifiers]
        if item.provisional and not self.rule.suspected:
            said.append(Said(None, f"{item.label} is only provisional", f"whether {item.label} is confirmed"))
        if self.rule.section == "conditions" and (self.rule.other or self.rule.study):
            said.append(self._belongs(item))
        if self.relation is not None:
            said.append(self.relation(item))
        elif self.rule.concept.name == ANY_TREATMENT:
            said.append(self._of_study(item))
        said += self._for_no_cancer(item)
        said += self._given_locally(item)
        said += [self._excepted(exception, item) for exception in self.rule.but_not]
        return Asked(item, candidate.match, all_of(one.truth for one in said), tuple(said))

    def _match(self, candidate: Candidate) -> Said:
        if candidate.match:
            return YES
        label, asked = candidate.item.label, _THE.get(self.rule.concept.name) or self.case.named(self.rule)
        return Said(candidate.match, _could_be(candidate.match, label, asked), f"whether {label} is {asked}")

    def _qualified(self, qualifier: Qualifier, item: Listed) -> Said:
        match qualifier:
            case Requiring():
                outcome = self.occurs(qualifier.treatment, self.case, lambda treatment: treats(item, treatment, self.case))
                truth = negate(outcome.truth) if qualifier.negated else outcome.truth
                return Said(truth, outcome.reason, next(iter(outcome.missing), ""), next(iter(outcome.assumptions), ""), outcome.evidence)
            case Judged() if names_judgement(qualifier, item):
                return YES
            case Judged():
                return judged(qualifier.words, self.case, self.rule.concept.name, now=self.rule.when == "now")
            case Staged() if self.rule.when == "ever" and of_function(qualifier.system):
                return _perhaps_once(answer(qualifier, item, self.case), qualifier, item)
            case _:
                return answer(qualifier, item, self.case)

    def _belongs(self, item: Listed) -> Said:
        """Whether the item is the trial's own disease (`study`), or another (`other`)."""
        truth, missing = belongs(item, self.case, other=self.rule.other), f"whether {item.label} is the study disease"
        if self.rule.other:
            return Said(truth, f"{item.label} is the study disease" if self.case.of_study(item) else "", missing)
        return Said(truth, _could_be(truth, item.label, _THE[STUDY]), missing)

    def _of_study(self, item: Listed) -> Said:
        """Treatment without more words is that of the disease under study."""
        given = item.item
        if not isinstance(given, Treatment) or any(isinstance(qualifier, Purpose) for qualifier in self.rule.qualifiers):
            return YES
        if given.line is not None:
            return YES
        study, kinship = self.case.study, self.case.facts.kinship
        if given.purpose is not None and study:
            return purpose(Concept(name=STUDY), item, self.case)
        if given.purpose is not None and self._of_no_cancer(given.purpose):
            return Said(None, f"{item.label} was for {given.purpose}", f"whether {item.label} is for the study disease")
        of_cancer = all(kinship.is_a(disease, CANCER) for disease in study)
        if ANTICANCER in item.kinds and of_cancer:
            return unsaid(item, "purpose") if for_what_else(item, self.case) else YES
        if study and of_cancer and item.own and given.purpose is None:
            return Said(False, f"{item.label} treats no cancer")
        return Said(None, f"not said what {item.label} was for", f"purpose of {item.label}")

    def _for_no_cancer(self, item: Listed) -> list[Said]:
        """A drug that treats cancer and else: given for something else, it may be no anticancer drug."""
        given, asked = item.item, self.rule.concept.name
        if not isinstance(given, Treatment) or not self.case.facts.kinship.against_cancer(asked):
            return []
        if given.purpose is None:
            return [unsaid(item, "purpose")] if for_what_else(item, self.case) else []
        named = self._of_no_cancer(given.purpose)
        return [Said(None, f"{item.label} was for {', '.join(named)}", f"whether {item.label} is {asked}")] if named else []

    def _given_locally(self, item: Listed) -> list[Said]:
        """Steroid eye drops may or may not be among "corticosteroids"."""
        rule = self.rule
        if not isinstance(item.item, Treatment) or not self.case.facts.kinship.meant_systemic(rule.concept.name):
            return []
        if any(isinstance(qualifier, Coded) and qualifier.aspect == "route" for qualifier in rule.qualifiers):
            return []
        said = route_of(item, self.case)
        if said is None or not within(said, "local"):
            return []
        return [Said(None, f"{item.label} is {said}", f"whether {rule.concept.name} by the {said} route is meant")]

    def _of_no_cancer(self, purpose: str) -> tuple[str, ...]:
        """The diseases that a purpose names, where none may be a cancer."""
        kinship, named = self.case.facts.kinship, self.case.facts.namer.link(purpose, CONDITIONS).concepts
        return () if any(kinship.is_a(one, CANCER) or kinship.is_a(CANCER, one) for one in named) else named

    def _excepted(self, exception: Had, item: Listed) -> Said:
        """Whether the item escapes an exception."""
        put = self.concerning(exception, item)
        asked = put and put[0].ask(put[1])
        if asked is None or asked.truth is False:
            return YES
        if asked.truth:
            return Said(False, f"{item.label} is an exception")
        missing = next((one.missing for one in asked.said if one.truth is None and one.missing), f"whether {item.label} is {exception.concept.name}")
        return Said(None, f"{item.label} may be an exception", missing)

    def concerning(self, exception: Had, item: Listed) -> tuple[Inquiry, Candidate] | None:
        """An exception put to an item, at the time of the rule; None where the item is not what it names."""
        if exception.section != self.rule.section and item.evidence.section in ("conditions", "allergies"):
            return None
        match = is_item(exception.concept, item, self.case)
        if match is False:
            return None
        timed = exception if exception.when == "window" else exception.model_copy(update={"when": self.rule.when, "window": self.rule.window})
        return self._replace(rule=timed, relation=None), Candidate(item, match)


def belongs(item: Listed, case: Case, *, other: bool) -> Truth:
    """Whether an item is the trial's own disease, or with `other` another than that: not known of two cancers, which of them it is."""
    own = case.of_study(item)
    if not other:
        return own
    cancers = primaries(case.facts)
    rivals = own and item in cancers and any(one is not item and case.of_study(one) for one in cancers)
    return None if rivals else negate(own)


def _perhaps_once(said: Said, asked: Staged, item: Listed) -> Said:
    """A class that comes and goes: what it is now does not tell that it never was another."""
    return said if said.truth is not False else Said(None, said.reason, f"{asked.system} of {item.label} in the past")


def _could_be(truth: Truth, label: str, asked: str) -> str:
    return f"{label} {'could be' if truth is None else 'is not'} {asked}"


def names_judgement(qualifier: Judged, item: Listed) -> bool:
    """Whether the item's own name says all the words that are asked: "overt bleeding"."""
    said = set(item.name.words)
    return said.issuperset(folded(qualifier.words)) and said.isdisjoint(_DENYING)
