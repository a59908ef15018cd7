"""Occurrences: whether a person has or had a condition, treatment, procedure or allergy as a criterion asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from eligimatch.engine import accounts
from eligimatch.engine.candidates import could_be, found, sections_to_complete
from eligimatch.engine.case import Case
from eligimatch.engine.counts import counted
from eligimatch.engine.denials import Denial
from eligimatch.engine.grades import grade_of
from eligimatch.engine.inquiry import Asked, Inquiry, Relation
from eligimatch.engine.kinship import ANY_CONDITION, METASTASIS, Kinship
from eligimatch.engine.listing import Listed
from eligimatch.engine.outcome import Outcome, distinct, opposed
from eligimatch.engine.phrasing import content, question
from eligimatch.engine.qualifiers import scored
from eligimatch.engine.refutals import refutals
from eligimatch.engine.stages import among, of_function
from eligimatch.engine.statements import answered, judgements
from eligimatch.engine.times import extent
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Had, Judged, Ranged, Staged
from eligimatch.model.verdict import all_of


def had(rule: Had, case: Case, relation: Relation | None = None) -> Outcome:
    """The rule for this person. `relation` asks one thing more of each item."""
    rule = timed(rule, case)
    inquiry = Inquiry(rule, case, relation, had)
    if rule.count is not None:
        return _counted(inquiry)
    asked = [inquiry.ask(candidate) for candidate in found(rule, case)]
    denials = refutals(rule, case)
    outcome = _listed(rule, asked, denials, case) or _graded(rule, denials, case) or _on_scale(rule, asked, denials, case)
    outcome = outcome or _unlisted(inquiry, asked, denials)
    return _judged(rule, outcome, case)


def timed(rule: Had, case: Case) -> Had:
    """The rule with the time that it is asked for."""
    return over_once(rule, case.facts.kinship)


def over_once(rule: Had, kinship: Kinship) -> Had:
    """An operation or procedure takes a day: to have one now is to have had it; a device or support is there as long as it lasts."""
    if rule.when != "now" or kinship.kind(rule.concept) not in ("operation", "procedure"):
        return rule
    return rule if kinship.marked(rule.concept.name, "lasting") else rule.model_copy(update={"when": "ever"})


# --- what listed items decide ------------------------------------------------------------------------------------------------------------


def _listed(rule: Had, asked: Sequence[Asked], denials: Sequence[Denial], case: Case) -> Outcome | None:
    """That it is so; or, of the study's own disease listed alone, that it is not."""
    proved = [one for one in asked if one.truth] or _one_of_two(rule, asked, case)
    if proved:
        return accounts.contradicted(proved[0], denials[0]) if denials else accounts.proved(rule, proved)
    alone = [one for one in asked if one.match]
    if len(alone) == 1 and alone[0].truth is False and alone[0].item.now is not False and speaks_of_study(rule, case):
        return accounts.settled(alone[0])
    return None


def speaks_of_study(rule: Had, case: Case) -> bool:
    """Whether it is the study's own disease that is asked, of which one listed item tells all."""
    if rule.other or rule.section != "conditions":
        return False
    related = case.facts.kinship.related
    return rule.study or (rule.concept.linked and any(related(rule.concept.name, disease) for disease in case.study))


def _one_of_two(rule: Had, asked: Sequence[Asked], case: Case) -> list[Asked]:
    """Of two unrelated malignancies one at least is other than the disease of a trial that does not name its own."""
    if not rule.other or rule.section != "conditions" or case.study:
        return []
    open_ = [one for one in asked if perhaps_of_study(one)]
    return [one for one in open_ if any(unrelated(one.item, other.item, case.facts.kinship) for other in open_)]


def perhaps_of_study(one: Asked) -> bool:
    """Whether an item is all that is asked, if only it is not the study disease."""
    return one.truth is None and bool(one.match) and all(said.truth or "the study disease" in said.missing for said in one.said)


def unrelated(one: Listed, other: Listed, kinship: Kinship) -> bool:
    """Whether two items are known to be two diseases, neither a kind of the other; a metastasis may be of any cancer."""
    if not one.own or not other.own or any(kinship.is_a(own, METASTASIS) for own in (*one.own, *other.own)):
        return False
    return not (set(one.own) & other.kinds or set(other.own) & one.kinds)


# --- what denials and complete sections decide -------------------------------------------------------------------------------------------


def _unlisted(inquiry: Inquiry, asked: Sequence[Asked], denials: Sequence[Denial]) -> Outcome:
    rule, case = inquiry.rule, inquiry.case
    open_ = [one for one in asked if one.truth is None]
    if denials:
        plain = [denial for denial in denials if not denial.narrowing and not denial.other]
        clashing = [one for one in open_ if one.match]
        return accounts.contradicted(clashing[0], plain[0]) if clashing and plain else accounts.denied_by(denials[0])
    complete = _complete(rule, case)
    if not complete or rule.when == "planned":
        return accounts.waiting(inquiry, open_, asked)
    possible = (inquiry.ask(candidate) for candidate in could_be(rule, case, [one.item for one in asked]))
    open_ += islice((one for one in possible if one.truth is None), accounts.SHOWN)
    if open_:
        return accounts.waiting(inquiry, open_, asked)
    if _still_open(rule, case):
        name = accounts.asked_for(inquiry)
        return Outcome(None, f"the window for {name} has not ended yet", missing=(name,))
    return accounts.unlisted(inquiry, asked, sections_to_complete(rule, case), complete)


def _complete(rule: Had, case: Case) -> tuple[Evidence, ...]:
    """The claims of completeness, all that are needed."""
    needed = sections_to_complete(rule, case)
    claims = [case.facts.complete[section] for section in needed if section in case.facts.complete]
    return tuple(claims) if len(claims) == len(needed) else ()


def _still_open(rule: Had, case: Case) -> bool:
    """A demanded procedure whose window has not ended may yet be done."""
    if rule.window is None or rule.when != "window" or not case.demanded or case.facts.kinship.kind(rule.concept) != "procedure":
        return False
    return extent(rule.window, case.facts).last > case.facts.as_of


# --- laboratory grades, counts, judgements -----------------------------------------------------------------------------------------------


def _graded(rule: Had, denials: Sequence[Denial], case: Case) -> Outcome | None:
    """A grade that a laboratory value alone decides, where no item of the condition is listed."""
    asked = next((part for part in rule.qualifiers if isinstance(part, Ranged) and part.aspect == "grade"), None)
    if asked is None or rule.section != "conditions" or rule.when != "now" or len(rule.qualifiers) > 1:
        return None
    graded = grade_of(rule.concept.name, case.facts)
    truth = asked.interval.decide(graded.interval) if graded else None
    if graded is None or truth is None:
        return None
    low, high = graded.interval.low or 0, graded.interval.high or 0
    grade = f"grade {low:g}" if low == high else f"grade {low:g} to {high:g}"
    found = Outcome(truth, f"{graded.reading}: {grade} {rule.concept.name} (CTCAE v5)", (graded.reading.evidence,))
    return opposed(found, accounts.denied_by(denials[0])) if truth and denials else found


def _on_scale(rule: Had, asked: Sequence[Asked], denials: Sequence[Denial], case: Case) -> Outcome | None:
    """A class of an organ's function that was found: another than is asked of a disease denies it; of no disease by name, it answers.

    Of a disease that is not listed, the class alone does not tell that it is there.
    """
    functions = [part for part in rule.qualifiers if isinstance(part, Staged) and of_function(part.system)]
    if not functions or rule.when != "now" or denials or any(one.match and one.truth is None for one in asked):
        return None
    answers = [(part, among(value, part.values), reading) for part in functions for value, reading in scored(part.system, case)]
    denying = next((one for one in answers if one[1] is False), None)
    whole = len(functions) == len(rule.qualifiers) == len(answers) and rule.concept.name == ANY_CONDITION
    if denying is None and not (whole and all(truth for _, truth, _ in answers)):
        return None
    told = [denying] if denying else answers
    return Outcome(denying is None, "; ".join(distinct(str(reading) for *_, reading in told)), distinct(reading.evidence for *_, reading in told))


def _counted(inquiry: Inquiry) -> Outcome:
    """How many courses are listed at least and at most, against the asked number."""
    rule, case = inquiry.rule, inquiry.case
    assert rule.count is not None
    asked = [inquiry.ask(candidate) for candidate in found(rule, case)]
    denials, complete = refutals(rule, case), _complete(rule, case)
    if complete and not denials:
        asked += [inquiry.ask(candidate) for candidate in could_be(rule, case, [one.item for one in asked])]
    sure = [one.item for one in asked if one.truth]
    maybe = [one.item for one in asked if one.truth is None]
    number = counted(sure, maybe, bounded=bool(complete or denials))
    evidence = (*(item.evidence for item in sure), *complete, *(denial.evidence for denial in denials))
    wanted = accounts.asked_for(inquiry)
    reason = f"{number.low:g} {wanted} listed, the list is {'complete' if complete else 'not said to be complete'}"
    open_ = distinct(said.missing for one in asked if one.truth is None for said in one.said if said.truth is None and said.missing)
    truth = rule.count.decide(number)
    return Outcome(truth, reason, evidence, () if truth is not None else open_ or (f"number of {wanted}",))


def _judged(rule: Had, outcome: Outcome, case: Case) -> Outcome:
    """A statement of the judgement answers, whatever is listed: "no" always, "yes" where it names the thing that is judged."""
    asked = judgements(rule, case.facts.kinship)
    answers = [answered(words, case, event=True, now=rule.when == "now") for words in asked]
    if by_name := not any(isinstance(part, Judged) for part in rule.qualifiers):
        answers = [one for one in answers if one.truth is not None]
    truths = {one.truth for one in answers}
    truth = (truths.pop() if len(truths) == 1 else None) if by_name else all_of(truths) if truths else None
    if truth is None or (truth and not by_name and not all(_names(rule, words) for words in asked)):
        return outcome
    speaking = [one for one in answers if one.truth is truth]
    reasons = distinct(one.reason for one in speaking)
    told = Outcome(truth, "; ".join(reasons), distinct(place for one in speaking for place in one.evidence))
    kept = outcome.truth is truth or (not truth and not by_name)
    return told if outcome.truth is None else outcome if kept else opposed(outcome, told)


def _names(rule: Had, words: str) -> bool:
    """Whether the words of a judgement name what is judged."""
    return not content(question(words).words).isdisjoint(content(question(rule.concept.name).words))
