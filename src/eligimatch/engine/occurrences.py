"""Occurrences: whether a person has or had a condition, treatment, procedure or allergy as a criterion asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from eligimatch.engine.candidates import Candidate, could_be, found, is_item, sections_to_complete
from eligimatch.engine.case import Case, Said, primaries
from eligimatch.engine.counts import counted
from eligimatch.engine.denials import Denial
from eligimatch.engine.grades import grade_of
from eligimatch.engine.kinship import DEVICE
from eligimatch.engine.listing import Listed
from eligimatch.engine.outcome import Outcome, distinct, sentence
from eligimatch.engine.presence import present
from eligimatch.engine.qualifiers import answer, treats
from eligimatch.engine.statements import judged
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Coded, Had, Judged, Ranged, Requiring
from eligimatch.model.verdict import Truth, all_of, any_of, negate
from eligimatch.model.words import folded

Relation = Callable[[Listed], Said]


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
        if told:
            return sentence(told)
        return f"{self.item.label} {self.item.period}".strip() if self.truth else self.item.label


def had(rule: Had, case: Case, relation: Relation | None = None) -> Outcome:
    """The rule for this person. `relation` asks one thing more of each item."""
    rule = _timed(rule, case)
    if rule.count is not None:
        return _counted(rule, case, relation)
    asked = [_ask(rule, candidate, case, relation) for candidate in found(rule, case)]
    denials = list(_denials(rule, case))
    outcome = _listed(rule, asked, denials, case)
    if outcome is None:
        outcome = _graded(rule, case) or _unlisted(rule, asked, denials, case, relation)
    return _with_judgement(rule, outcome, case)


def _timed(rule: Had, case: Case) -> Had:
    """An operation or procedure takes a day: having one now is having had it; a device is there as long as it is there."""
    kinship = case.facts.kinship
    if rule.when != "now" or kinship.kind(rule.concept) not in ("operation", "procedure"):
        return rule
    return rule if kinship.is_a(rule.concept.name, DEVICE) else rule.model_copy(update={"when": "ever"})


# --- one item --------------------------------------------------------------------------------------------------------------------------


def _ask(rule: Had, candidate: Candidate, case: Case, relation: Relation | None) -> Asked:
    item = candidate.item
    said = [_is(candidate, rule), _present(item, rule, case), *(_qualified(q, item, rule, case) for q in rule.qualifiers)]
    if item.provisional and not rule.suspected:
        said.append(Said(None, f"{item.label} is only provisional", f"whether {item.label} is confirmed"))
    if rule.other or rule.study:
        said.append(_belongs(rule, item, case))
    said += [_excepted(exception, item, rule, case) for exception in rule.but_not]
    if relation is not None:
        said.append(relation(item))
    return Asked(item, candidate.match, all_of(one.truth for one in said), tuple(said))


def _is(candidate: Candidate, rule: Had) -> Said:
    if candidate.match:
        return Said(True)
    label = candidate.item.label
    return Said(candidate.match, f"{label} could be {rule.concept.name}", f"whether {label} is {rule.concept.name}")


def _present(item: Listed, rule: Had, case: Case) -> Said:
    return present(item, rule, case)


def _qualified(qualifier: object, item: Listed, rule: Had, case: Case) -> Said:
    match qualifier:
        case Requiring():
            outcome = had(qualifier.treatment, case, relation=lambda treatment: treats(item, treatment, case))
            truth = negate(outcome.truth) if qualifier.negated else outcome.truth
            return Said(truth, outcome.reason, next(iter(outcome.missing), ""))
        case Judged():
            return judged(qualifier.words, case, rule.concept.name, now=rule.when == "now")
        case _:
            return answer(qualifier, item, case)  # type: ignore[arg-type]


def _belongs(rule: Had, item: Listed, case: Case) -> Said:
    """Whether the item is the trial's own disease (`study`), or another (`other`)."""
    if rule.section != "conditions":
        return Said(True)
    own = case.of_study(item)
    if rule.study and not rule.other:
        return Said(own, f"{item.label} is not the study disease", f"whether {item.label} is the study disease")
    rivals = [other for other in primaries(case.facts) if other is not item and case.of_study(other) and other.kinds & set(item.own)]
    truth = None if own and rivals else negate(own)
    return Said(truth, f"{item.label} is the study disease", f"whether {item.label} is the study disease")


def _excepted(exception: Had, item: Listed, rule: Had, case: Case) -> Said:
    """Whether the item escapes an exception; it is asked at the time of the rule."""
    section = item.evidence.section
    if exception.section != rule.section and section in ("conditions", "allergies"):
        return Said(True)
    timed = exception if exception.when == "window" else exception.model_copy(update={"when": rule.when, "window": rule.window})
    match = is_item(exception.concept, item, case)
    truth = False if match is False else _ask(timed, Candidate(item, match), case, None).truth
    return Said(negate(truth), f"{item.label} is an exception ({exception.concept.name})", f"whether {item.label} is {exception.concept.name}")


# --- the items together ----------------------------------------------------------------------------------------------------------------


def _listed(rule: Had, asked: Sequence[Asked], denials: Sequence[Denial], case: Case) -> Outcome | None:
    """What the listed items decide by themselves: that it is so, or (of the study's own disease, alone) that it is not."""
    proved = [one for one in asked if one.truth] or _one_of_two(rule, asked)
    if proved:
        items = proved[:3]
        evidence = tuple(one.item.evidence for one in items)
        notes = distinct(said.assumption for one in items for said in one.said if said.assumption)
        if denials:
            return _contradiction(items[0], denials, evidence)
        return Outcome(True, sentence(_proof(one, rule) for one in items), evidence, assumptions=notes)
    alone = [one for one in asked if one.match]
    if len(alone) == 1 and alone[0].truth is False and not rule.other and _speaks_of_study(rule, case) and alone[0].item.now is not False:
        notes = distinct(said.assumption for said in alone[0].said if said.assumption)
        return Outcome(False, alone[0].reason, (alone[0].item.evidence,), assumptions=notes)
    return None


def _one_of_two(rule: Had, asked: Sequence[Asked]) -> list[Asked]:
    """Of two unrelated malignancies one at least is other than the study disease."""
    if not rule.other:
        return []
    open_ = [one for one in asked if one.match and one.truth is None and all(said.truth or "study disease" in said.reason for said in one.said)]
    apart = [one for one in open_ if not any(other is not one and _kin(one.item, other.item) for other in open_)]
    return apart if len(apart) > 1 else []


def _kin(one: Listed, other: Listed) -> bool:
    return bool(set(one.own) & other.kinds or set(other.own) & one.kinds)


def _proof(one: Asked, rule: Had) -> str:
    label = one.item.label
    named = "" if rule.concept.name in (label, *one.item.own) or not rule.concept.linked else f" ({rule.concept.name})"
    details = sentence(said.reason for said in one.said if said.truth and said.reason)
    return f"{label}{named}: {details}" if details else f"{label}{named} is listed"


def _contradiction(one: Asked, denials: Sequence[Denial], evidence: tuple[Evidence, ...]) -> Outcome:
    both = f"{one.item.label} is listed, yet {denials[0].said}"
    return Outcome(None, both, (*evidence, denials[0].evidence), (f"which is right: {both}",))


def _unlisted(rule: Had, asked: Sequence[Asked], denials: Sequence[Denial], case: Case, relation: Relation | None) -> Outcome:
    """What denials and complete sections say of what no listed item proves."""
    waiting = [one for one in asked if one.truth is None]
    clashing = [one for one in waiting if one.match]
    if denials:
        plain = [denial for denial in denials if not denial.narrowing and not denial.other]
        if clashing and plain and rule.when != "planned":
            return _contradiction(clashing[0], plain, (clashing[0].item.evidence,))
        return Outcome(False, denials[0].said, (denials[0].evidence,))
    complete = _complete(rule, case)
    if not complete or rule.when == "planned":
        return _waiting(rule, waiting, asked)
    waiting += [one for c in could_be(rule, case) if (one := _ask(rule, c, case, relation)).truth is None]
    if waiting:
        return _waiting(rule, waiting, asked)
    if _still_open(rule, case):
        return Outcome(None, f"the window for {rule.concept.name} has not ended yet", missing=(rule.concept.name,))
    return _absent(rule, asked, complete)


def _absent(rule: Had, asked: Sequence[Asked], complete: tuple[Evidence, ...]) -> Outcome:
    missed = [one for one in asked if one.truth is False]
    sections = " and ".join(dict.fromkeys(_section_names(rule)))
    reasons = [one.reason for one in missed[:3]] + [f"{sections} complete, no {_asked_for(rule)}" + (" otherwise" if missed else "")]
    notes = distinct(said.assumption for one in missed for said in one.said if said.assumption)
    return Outcome(False, sentence(reasons), (*(one.item.evidence for one in missed[:3]), *complete), assumptions=notes)


def _section_names(rule: Had) -> Iterator[str]:
    yield rule.section


def _waiting(rule: Had, waiting: Sequence[Asked], asked: Sequence[Asked]) -> Outcome:
    if not waiting:
        missed = [one.reason for one in asked if one.truth is False][:3]
        return Outcome(None, sentence([*missed, f"nothing said of {_asked_for(rule)}" + (" otherwise" if missed else "")]), missing=(_asked_for(rule),))
    said = [s for one in waiting for s in one.said if s.truth is None]
    missing = distinct(s.missing for s in said if s.missing)
    evidence = tuple(one.item.evidence for one in waiting[:3])
    return Outcome(None, sentence(s.reason for s in said), evidence, missing or (_asked_for(rule),), distinct(s.assumption for s in said if s.assumption))


def _asked_for(rule: Had) -> str:
    """The concept with its qualities, to be asked about."""
    coded = [" or ".join(q.values) for q in rule.qualifiers if isinstance(q, Coded) and q.aspect in ("course", "severity", "route", "intent")]
    name = f"allergy to {rule.concept.name}" if rule.section == "allergies" else rule.concept.name
    time = {"ever": "prior ", "planned": "planned "}.get(rule.when, "") if rule.section == "treatments" else "history of " if rule.when == "ever" else ""
    other = "other " if rule.other else ""
    return f"{time if rule.section != 'allergies' else ''}{other}{' '.join([*coded, name])}"


def _complete(rule: Had, case: Case) -> tuple[Evidence, ...]:
    needed = sections_to_complete(rule, case)
    known = [case.facts.complete[section] for section in needed if section in case.facts.complete]
    return tuple(known) if len(known) == len(needed) else ()


def _still_open(rule: Had, case: Case) -> bool:
    """A demanded procedure whose window has not ended may yet be done."""
    from eligimatch.engine.times import extent  # noqa: PLC0415

    if rule.window is None or rule.when != "window" or not case.demanded or case.facts.kinship.kind(rule.concept) != "procedure":
        return False
    return extent(rule.window, case.facts).last > case.facts.as_of


def _speaks_of_study(rule: Had, case: Case) -> bool:
    if rule.study:
        return True
    kinship = case.facts.kinship
    return rule.concept.linked and any(kinship.related(rule.concept.name, disease) for disease in case.study)


# --- denials ---------------------------------------------------------------------------------------------------------------------------


def _denials(rule: Had, case: Case) -> Iterator[Denial]:
    """The denials that answer the rule as it is asked."""
    for denial in _of_concept(rule, case):
        if denial.allergy is not (rule.section == "allergies") and not _whole_allergy(denial, rule):
            continue
        if (denial.lasting or _asked_now(rule, case)) and (not denial.other or rule.other) and _covers(denial, rule, case):
            yield denial


def _whole_allergy(denial: Denial, rule: Had) -> bool:
    """No hypersensitivity at all is none to a substance."""
    return rule.section == "allergies" and bool({"hypersensitivity", "allergic disease", "drug allergy", "drug hypersensitivity"} & set(denial.concepts))


def _of_concept(rule: Had, case: Case) -> Iterator[Denial]:
    denials, concept = case.facts.denials, rule.concept
    if not denials.all:
        return
    if concept.linked:
        yield from denials.of(concept.name)
    else:
        yield from denials.of_words(folded(concept.name))
        for name in concept.within:
            yield from denials.of(name)
    if rule.section == "allergies":
        yield from denials.of("hypersensitivity")
        yield from denials.of("drug allergy")


def _asked_now(rule: Had, case: Case) -> bool:
    """Whether what is not there now answers it: asked as present, or of what would have lasted."""
    return rule.when == "now" or (rule.concept.linked and rule.when in ("ever", "window") and case.facts.kinship.marked(rule.concept.name, "lifelong"))


def _covers(denial: Denial, rule: Had, case: Case) -> bool:
    """A denial of severe disease answers for severe disease only."""
    if not denial.narrowing:
        return True
    if "now" in denial.narrowing and rule.when != "now":
        return False
    words = {word for q in rule.qualifiers if isinstance(q, Judged) for word in folded(q.words)} | set(folded(case.words(rule.span)))
    for q in rule.qualifiers:
        if isinstance(q, Coded):
            said = set(q.values)
            if said & denial.narrowing and not said <= denial.narrowing:
                return False
            words |= said
    return all(word == "now" or word in words or set(word.split()) <= words for word in denial.narrowing)


# --- laboratory grades, counts, judgements ---------------------------------------------------------------------------------------------


def _graded(rule: Had, case: Case) -> Outcome | None:
    """A grade that a laboratory value alone decides, where no item of the condition is listed."""
    asked = next((q for q in rule.qualifiers if isinstance(q, Ranged) and q.aspect == "grade"), None)
    if asked is None or not rule.concept.linked or rule.section != "conditions" or rule.when != "now" or len(rule.qualifiers) > 1:
        return None
    graded = grade_of(rule.concept.name, case.facts)
    truth = asked.interval.decide(graded.interval) if graded else None
    if graded is None or truth is None:
        return None
    low, high = graded.interval.low or 0, graded.interval.high or 0
    grade = f"grade {low:g}" if low == high else f"grade {low:g} to {high:g}"
    return Outcome(truth, f"{graded.reading}: {grade} {rule.concept.name} (CTCAE v5)", (graded.reading.evidence,))


def _counted(rule: Had, case: Case, relation: Relation | None) -> Outcome:
    """How many courses are listed at least and at most, against the asked number."""
    assert rule.count is not None
    single = rule.model_copy(update={"count": None})
    asked = [_ask(single, candidate, case, relation) for candidate in found(single, case)]
    sure = [one.item for one in asked if one.truth]
    maybe = [one.item for one in asked if one.truth is None]
    denials = list(_denials(rule, case))
    complete = _complete(rule, case)
    if complete and not denials:
        maybe += [one.item for c in could_be(single, case) if (one := _ask(single, c, case, relation)).truth is None]
    number = counted(sure, maybe, bounded=bool(complete or denials))
    truth = rule.count.decide(number)
    listed = f"{number.low:g} {_asked_for(single)} listed"
    evidence = (*(item.evidence for item in sure), *complete, *(denial.evidence for denial in denials))
    if truth is None:
        open_ = [said.missing for one in asked if one.truth is None for said in one.said if said.truth is None and said.missing]
        more = "" if complete else ", the list is not said to be complete"
        return Outcome(None, listed + more, evidence, distinct(open_) or (f"number of {_asked_for(single)}",))
    return Outcome(truth, listed + (", treatments complete" if complete else ""), evidence)


def _with_judgement(rule: Had, outcome: Outcome, case: Case) -> Outcome:
    """A judged concept is also answered by the judgement alone: by its statement, or by its listed examples."""
    asked = [q.words for q in rule.qualifiers if isinstance(q, Judged)]
    if not asked and not rule.examples:
        return outcome
    said = [judged(words, case, now=rule.when == "now") for words in asked]
    truth = any_of(one.truth for one in said) if said else None
    if outcome.truth is not None or truth is None:
        return outcome
    reason = sentence(one.reason for one in said)
    return Outcome(truth, reason, tuple(one_evidence for words in asked for one_evidence in _statement_evidence(words, case)))


def _statement_evidence(words: str, case: Case) -> tuple[Evidence, ...]:
    from eligimatch.engine.statements import answered  # noqa: PLC0415

    found_ = answered(words, case)
    return found_.evidence if found_ else ()
