"""Subsumption: whether whoever had one thing as it is asked had another, and whether who lacked the one lacked the other.

Sound and incomplete, after the evaluator's own reading of items, denials and complete sections; what contradicts itself in a profile is left aside.
"""

from __future__ import annotations

from eligimatch.engine.inclusion import no_longer, up_to_today, window_within, within
from eligimatch.engine.kinship import (
    ANY_CONDITION,
    ANY_TREATMENT,
    COMORBIDITY,
    HYPERSENSITIVITY,
    METASTASIS,
    METASTATIC_DISEASE,
    STUDY_DISEASE,
    Kinship,
)
from eligimatch.engine.occurrences import over_once
from eligimatch.model.rule import Coded, Had, Judged, Lasting, Meeting, Qualifier, Ranged, Rule, Staged

_SPECIAL = frozenset({ANY_CONDITION, ANY_TREATMENT, COMORBIDITY, HYPERSENSITIVITY, METASTASIS, METASTATIC_DISEASE, STUDY_DISEASE})
"""Concepts that are asked otherwise than by their kinds."""
_GATHERED = frozenset({"course", "evidence", "severity", "intent", "route", "site", "outcome", "reaction"})
"""Aspects of which more values are met by more items."""


def proves(narrow: Had, wide: Had, kinship: Kinship) -> bool:
    """Whether the one is true wherever the other is."""
    narrow, wide = over_once(narrow, kinship), over_once(wide, kinship)
    if not _alike(narrow, wide):
        return False
    if narrow.count is not None or wide.count is not None:
        return _counts_within(narrow, wide)
    return (
        _is_a(narrow, wide, kinship)
        and _in_time(narrow, wide)
        and all(any(_tells(ours, theirs) for ours in narrow.qualifiers) for theirs in _asking(wide))
        and _escapes(narrow, wide)
        and (wide.suspected or not narrow.suspected)
        and _judged_alike(narrow, wide)
        and (not _graded(narrow) or (_graded(wide) and _same_concept(narrow, wide) and narrow.when == wide.when))
        and _members(narrow.examples, wide.examples)
    )


def denies(wide: Had, narrow: Had, kinship: Kinship) -> bool:
    """Whether the one (narrow) is false wherever the other is."""
    narrow, wide = over_once(narrow, kinship), over_once(wide, kinship)
    if not _alike(narrow, wide):
        return False
    if narrow.count is not None or wide.count is not None:
        return _counts_within(narrow, wide)
    return (
        (_same_concept(narrow, wide) or _lacked_with(narrow, wide, kinship))
        and _in_time(narrow, wide)
        and _still_asked(narrow, wide, kinship)
        and all(any(_rules_out(theirs, ours) for ours in narrow.qualifiers) for theirs in _asking(wide))
        and _told_apart(narrow, wide)
        and _members(wide.but_not, narrow.but_not)
        and (not wide.but_not or (narrow.when, narrow.window) == (wide.when, wide.window))
        and (wide.suspected or not narrow.suspected)
        and not (_graded(narrow) and not _graded(wide))
        and not (_graded(wide) and not _graded(narrow))
        and _members(narrow.examples, wide.examples)
    )


def _alike(one: Had, other: Had) -> bool:
    """Whether the two ask of the same section, and of the study's own disease or another alike."""
    return (one.section, one.other, one.study) == (other.section, other.other, other.study)


def _counts_within(narrow: Had, wide: Had) -> bool:
    if narrow.count is None or wide.count is None or not within(narrow.count, wide.count):
        return False
    return narrow.model_copy(update={"count": wide.count, "span": wide.span}) == wide


def _members(some: tuple[Rule, ...] | tuple[Had, ...], others: tuple[Rule, ...] | tuple[Had, ...]) -> bool:
    return all(one in others for one in some)


# --- concepts ----------------------------------------------------------------------------------------------------------------------------


def _same_concept(one: Had, other: Had) -> bool:
    ours, theirs = one.concept, other.concept
    return (ours.name, ours.linked, ours.within) == (theirs.name, theirs.linked, theirs.within)


def _is_a(narrow: Had, wide: Had, kinship: Kinship) -> bool:
    """Whether each item that is the one is the other."""
    if _same_concept(narrow, wide):
        return True
    name, other = narrow.concept.name, wide.concept.name
    if not _plain_kin(narrow, wide, kinship) or kinship.definition(other) is not None:
        return False
    if kinship.against_cancer(other) and not kinship.against_cancer(name):
        return False  # what was given for something else proves the drug, and not that it was one against cancer
    definition = kinship.definition(name)
    return definition is None or (definition.genus is not None and kinship.is_a(definition.genus, other))


def _plain_kin(narrow: Had, wide: Had, kinship: Kinship) -> bool:
    """Whether one is a kind of the other, both known, asked by their kinds and looked for in the same places."""
    ours, theirs = narrow.concept, wide.concept
    if not (ours.linked and theirs.linked) or ours.within or theirs.within or not _SPECIAL.isdisjoint((ours.name, theirs.name)):
        return False
    if not kinship.is_a(ours.name, theirs.name) or any(kinship.fact(name, "judged") for name in (ours.name, theirs.name)):
        return False
    return narrow.section == "allergies" or kinship.kind(ours) == kinship.kind(theirs)


def _lacked_with(narrow: Had, wide: Had, kinship: Kinship) -> bool:
    """Whether who lacks the class lacks its kind too, whatever denies the class.

    Who has no active infection may still have a chronic kind of it; and the study's own disease, listed alone, settles its own kind only.
    """
    if not _plain_kin(narrow, wide, kinship) or "now" in (narrow.when, wide.when) or narrow.section == "allergies" or _graded(narrow):
        return False
    if kinship.definition(wide.concept.name) is not None or kinship.definition(narrow.concept.name) is not None:
        return False
    if any(isinstance(part, Judged) for part in wide.qualifiers) or wide.other or wide.study:
        return False
    if wide.section == "conditions" and (_asking(wide) or wide.but_not or not (wide.window is None or up_to_today(wide.window))):
        return False
    if any(isinstance(part, Coded) and part.aspect == "site" for part in wide.qualifiers):
        return False
    name, other = narrow.concept.name, wide.concept.name
    between = kinship.ancestors(name) - kinship.ancestors(other)
    return all(kinship.is_a(one, other) or kinship.may_be(one, other) for one in between)


# --- time --------------------------------------------------------------------------------------------------------------------------------


def _in_time(narrow: Had, wide: Had) -> bool:
    """Whether what lies in the time of the one lies in that of the other; what is there now was there."""
    if narrow.when == "window" and wide.when == "window" and narrow.window and wide.window:
        return window_within(narrow.window, wide.window)
    if narrow.when == wide.when:
        return narrow.window == wide.window
    if wide.when != "ever":
        return False
    return narrow.when == "now" or (narrow.when == "window" and narrow.window is not None and up_to_today(narrow.window))


def _still_asked(narrow: Had, wide: Had, kinship: Kinship) -> bool:
    """Whether no denial or complete list answers the one and not the other."""
    if wide.when == "now" and not _same_concept(narrow, wide):
        return False
    if kinship.kind(narrow.concept) == "procedure" and narrow.when == "window":
        return wide.when == "window"
    return True


# --- qualities ---------------------------------------------------------------------------------------------------------------------------


def _asking(rule: Had) -> list[Qualifier]:
    """The qualifiers that an item may fail to meet: named criteria are taken as met."""
    return [part for part in rule.qualifiers if not isinstance(part, Meeting)]


def _tells(ours: Qualifier, theirs: Qualifier) -> bool:
    """Whether an item that meets the one meets the other."""
    if ours == theirs:
        return True
    match ours, theirs:
        case Coded(), Coded():
            return ours.aspect == theirs.aspect and ours.aspect in _GATHERED and set(ours.values) <= set(theirs.values) and bool(ours.values)
        case _:
            return _rules_out(theirs, ours)


def _rules_out(theirs: Qualifier, ours: Qualifier) -> bool:
    """Whether an item that fails to meet the one fails to meet the other."""
    if theirs == ours:
        return True
    match theirs, ours:
        case Ranged(), Ranged():
            return (theirs.aspect, theirs.unit, theirs.equivalent) == (ours.aspect, ours.unit, ours.equivalent) and within(
                ours.interval, theirs.interval
            )
        case Staged(), Staged():
            return theirs.system == ours.system and set(ours.values) <= set(theirs.values)
        case Lasting(), Lasting():
            return _lasts(theirs, ours)
        case _:
            return False


def _lasts(theirs: Lasting, ours: Lasting) -> bool:
    """Whether one length of time lies in the other."""
    if (theirs.event, theirs.bound) != (ours.event, ours.bound) or "hour" in (theirs.duration.unit, ours.duration.unit):
        return False
    if theirs.bound == "at least":
        return no_longer(theirs.duration, ours.duration)
    return no_longer(ours.duration, theirs.duration)


def _told_apart(narrow: Had, wide: Had) -> bool:
    """Whether a denial that speaks of a quality ("no severe asthma") answers the one wherever it answers the other."""
    aspects = {part.aspect for part in wide.qualifiers if isinstance(part, Coded)}
    added = [part for part in narrow.qualifiers if part not in wide.qualifiers and isinstance(part, Coded)]
    return aspects.isdisjoint(part.aspect for part in added)


def _judged_alike(narrow: Had, wide: Had) -> bool:
    """A judgement is said of the words as a whole: it proves what is asked in the same words only."""
    ours, theirs = ({part for part in rule.qualifiers if isinstance(part, Judged)} for rule in (narrow, wide))
    if not ours and not theirs:
        return True
    return ours == theirs and _same_concept(narrow, wide) and (narrow.when == "now") is (wide.when == "now")


def _graded(rule: Had) -> bool:
    """Whether a laboratory value alone may answer it: a grade, and nothing else, of what is there now."""
    first = next(iter(rule.qualifiers), None)
    alone = len(rule.qualifiers) == 1 and isinstance(first, Ranged) and first.aspect == "grade"
    return alone and rule.section == "conditions" and rule.when == "now"


def _escapes(narrow: Had, wide: Had) -> bool:
    """Whether what is no exception of the one is none of the other; what was said of a judgement may answer for now only."""
    timed = any(isinstance(part, Judged) for exception in wide.but_not for part in exception.qualifiers)
    return _members(wide.but_not, narrow.but_not) and (not timed or (narrow.when == "now") is (wide.when == "now"))
