"""Persons: sex, reproductive state and volunteering, with what one of them says of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.engine.case import Case
from eligimatch.engine.outcome import Outcome, distinct, sentence, unknown
from eligimatch.engine.statements import answered
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Is

_GROUPS = {"pregnant": "pregnant", "breastfeeding": "breastfeeding"}
IN_WORDS = {
    "pregnant": "pregnant", "breastfeeding": "breastfeeding", "childbearing_potential": "childbearing potential", "contraception": "contraception",
    "postmenopausal": "postmenopausal", "volunteer": "healthy volunteer", "sex": "sex",
}  # fmt: skip
_OF_WOMEN = frozenset({"childbearing_potential", "postmenopausal"})
"""Asked of women: a man is no woman of childbearing potential, and none without."""
_FEMALE_ONLY = frozenset({"pregnant", "breastfeeding", "childbearing_potential", "postmenopausal"})


class Told(NamedTuple):
    """One source's answer to a yes-or-no fact."""

    truth: bool
    reason: str
    evidence: Evidence


def person(rule: Is, case: Case) -> Outcome:
    """The rule for a fact of the person."""
    if rule.fact == "sex":
        sex = case.facts.profile.sex
        if sex is None:
            return unknown("sex not said", "sex")
        return Outcome(sex in rule.values, sex, (Evidence(section="sex"),))
    wanted = {value == "true" for value in rule.values}
    told = list(_told(rule.fact, case))
    truths = {one.truth for one in told}
    label = IN_WORDS.get(rule.fact, rule.fact)
    if not told:
        return unknown(f"{label} not said", label)
    evidence = distinct(one.evidence for one in told)
    if len(truths) > 1:
        return Outcome(None, f"contradiction: {sentence(one.reason for one in told)}", evidence, (label,))
    if case.facts.profile.sex == "male" and rule.fact in _OF_WOMEN:
        return Outcome(False, "male", evidence)
    return Outcome(truths.pop() in wanted, told[0].reason, evidence)


def _told(fact: str, case: Case) -> Iterator[Told]:
    """Everything that answers the fact."""
    yield from _said(fact, case)
    yield from _inferred(fact, case)
    if fact in _GROUPS:
        yield from _listed(_GROUPS[fact], case)
    if fact == "volunteer":
        yield from _volunteer(case)
    answer = answered(IN_WORDS.get(fact, fact), case, event=True)
    if answer.truth is not None:
        yield Told(answer.truth, answer.reason, answer.evidence[0])


def _said(fact: str, case: Case) -> Iterator[Told]:
    reproductive = case.facts.profile.reproductive
    fields = list(type(reproductive).model_fields)
    if fact in fields and (value := getattr(reproductive, fact)) is not None:
        label = IN_WORDS.get(fact, fact)
        yield Told(value, f"{label}: {'yes' if value else 'no'}", Evidence(section="reproductive", index=fields.index(fact)))


def _inferred(fact: str, case: Case) -> Iterator[Told]:
    """A man is not pregnant; after menopause there is no childbearing potential, and without it no pregnancy."""
    profile = case.facts.profile
    if profile.sex == "male" and fact in _FEMALE_ONLY:
        yield Told(False, "male", Evidence(section="sex"))
    elif fact == "childbearing_potential" and profile.reproductive.postmenopausal:
        yield Told(False, "postmenopausal", Evidence(section="reproductive", index=4))
    elif fact == "pregnant":
        for one in (*_said("childbearing_potential", case), *_inferred("childbearing_potential", case)):
            if not one.truth:
                yield one._replace(reason="no childbearing potential")


def _listed(group: str, case: Case) -> Iterator[Told]:
    """Listed among the conditions, or denied."""
    for item in case.facts.of_kind(group):
        if item.now and not item.provisional:
            yield Told(True, f"{item.label} is listed", item.evidence)
    for denial in case.facts.denials.of(group):
        if not denial.narrowing:
            yield Told(False, denial.said, denial.evidence)


def _volunteer(case: Case) -> Iterator[Told]:
    """Someone with the disease under study is no healthy volunteer."""
    for item in case.facts.of_section("conditions"):
        if item.now and not item.provisional and case.of_study(item):
            yield Told(False, f"{item.label} is listed", item.evidence)
            return
    for index, value in enumerate(case.facts.profile.groups.values()):
        if "healthy" in value.lower():
            yield Told(True, value, Evidence(section="groups", index=index))
            return
