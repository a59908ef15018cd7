"""Suppositions: a profile as it would be, and the verdicts that differ between it and the profile as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from eligimatch.engine.case import Case
from eligimatch.engine.evaluator import check, day_of
from eligimatch.engine.facts import Facts, Language, language_of
from eligimatch.engine.names import CONDITIONS, MARKERS, NUMBERS, PROCEDURES, SUBSTANCES, TREATMENTS
from eligimatch.engine.readings import Reading
from eligimatch.engine.statements import answered
from eligimatch.engine.times import same_event
from eligimatch.model.concept import Kind
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.finding import Finding, Report
from eligimatch.model.profile import Biomarker, Days, Observation, Profile
from eligimatch.model.rule import Statement, leaves
from eligimatch.model.supposition import CriterionChange, Setting, TrialChange, Unheard, WhatIf
from eligimatch.model.trial import CompiledTrial
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded

_KINDS: dict[str, tuple[Kind, ...]] = {
    "conditions": CONDITIONS, "treatments": TREATMENTS, "procedures": PROCEDURES, "allergies": SUBSTANCES, "observations": NUMBERS,
    "biomarkers": MARKERS,
}  # fmt: skip
_INSTEAD = {"age": "birth_date", "birth_date": "age"}
"""Fields that say the same: one takes the place of the other."""


def what_if(
    profile: Profile,
    trials: Iterable[CompiledTrial],
    settings: Iterable[Setting],
    vocabulary: Vocabulary,
    units: Units,
    as_of: date | None = None,
) -> WhatIf:
    """What would change if some settings were so. Raises InputError where something to remove is not there."""
    listed, wanted = list(trials), list(settings)
    language = language_of(vocabulary, units)
    changed = supposed(profile, wanted, language, day_of(profile, as_of))
    day = changed.as_of if changed.as_of != profile.as_of else as_of
    before, after = check(profile, listed, vocabulary, units, as_of), check(changed, listed, vocabulary, units, day)
    trial_changes = tuple(_changes(before, after))
    same = sum(len(trial.criteria) for trial in after.trials) - sum(len(trial.criteria) for trial in trial_changes)
    return WhatIf.model_construct(
        patient=profile.id,
        as_of=after.as_of,
        supposed=tuple(setting.said for setting in wanted),
        trials=trial_changes,
        same=same,
        unheard=tuple(_unheard(changed, wanted, after, language)),
    )


def _changes(before: Report, after: Report) -> Iterator[TrialChange]:
    for old, new in zip(before.trials, after.trials, strict=True):
        both = zip(old.criteria, new.criteria, strict=True)
        criteria = tuple(_change(then, now) for then, now in both if then.status != now.status)
        if criteria:
            yield TrialChange.model_construct(trial=new.trial, title=new.title, before=old.verdict, after=new.verdict, criteria=criteria)


def _change(then: Finding, now: Finding) -> CriterionChange:
    return CriterionChange.model_construct(
        criterion=now.id, text=now.text, before=then.status, after=now.status, reason=now.reason, clarified=now.clarified
    )


def _unheard(changed: Profile, settings: Iterable[Setting], after: Report, language: Language) -> Iterator[Unheard]:
    """The statements that answer nothing that the trials ask, each with the nearest question."""
    findings = [finding for trial in after.trials for finding in trial.criteria]
    heard = {place.index for finding in findings for place in finding.evidence if place.section == "statements"}
    topics = {leaf.topic for finding in findings for leaf in leaves(finding.rule) if isinstance(leaf, Statement)}
    for setting in settings:
        statement = setting.key
        if setting.section != "statements" or setting.act != "set" or list(changed.statements).index(statement) in heard:
            continue
        facts = Facts(Profile(statements={statement: changed.statements[statement]}), language, after.as_of)
        if all(answered(topic, Case(facts)).truth is None for topic in topics):
            from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only a message needs it

            near = process.extractOne(statement, sorted(topics), scorer=fuzz.token_set_ratio, processor=utils.default_process)
            yield Unheard(said=setting.said, nearest=near[0] if near else "")


def supposed(profile: Profile, settings: Iterable[Setting], language: Language, day: date) -> Profile:
    """The profile with the settings made, one after the other; what has no date is of `day`."""
    for setting in settings:
        profile = _Supposing(profile, setting, language, day).made()
    return profile


class _Supposing:
    """One setting of one profile."""

    def __init__(self, profile: Profile, setting: Setting, language: Language, day: date) -> None:
        self.profile = profile
        self.setting = setting
        self.language = language
        self.day = day

    def made(self) -> Profile:
        """The profile with the setting made."""
        section = self.setting.section
        match self.setting.act:
            case "add":
                return self._added()
            case "remove":
                return self._removed()
            case "set" if section == "observations":
                return self._observed()
            case "set" if section == "biomarkers":
                return self._marked()
            case "set" if section == "reproductive":
                new = self.setting.part.reproductive
                kept = self.profile.reproductive.model_copy(update={name: value for name, value in new if value is not None})
                return self._with(reproductive=kept)
            case "set" if section in ("statements", "planned", "groups"):
                return self._keyed()
            case _:
                other = _INSTEAD.get(section)
                return self._with(**{section: getattr(self.setting.part, section)}, **({other: None} if other else {}))

    def _with(self, **fields: Any) -> Profile:
        return self.profile.model_copy(update=fields)

    # --- keys ------------------------------------------------------------------------------------------------------------------------

    def _keyed(self) -> Profile:
        section, new = self.setting.section, getattr(self.setting.part, self.setting.section)
        old: Mapping[str, Any] = getattr(self.profile, section)
        same: dict[str, Callable[[str], bool]] = {"statements": self._answers, "planned": self._same_event, "groups": self._same_words}
        kept = {key: value for key, value in old.items() if not same[section](key)}
        return self._with(**{section: kept | new})

    def _same_words(self, key: str) -> bool:
        return folded(key) == folded(self.setting.key)

    def _same_event(self, key: str) -> bool:
        exactly = any(self._same_words(one) for one in self.profile.planned)
        return self._same_words(key) if exactly else same_event(key, self.setting.key, self.language.namer)

    def _answers(self, statement: str) -> bool:
        """Whether a statement of the profile answers the one that is made in its place."""
        if self._same_words(statement):
            return True
        for answer in (True, False):
            facts = Facts(Profile(statements={statement: answer}), self.language, self.day)
            if answered(self.setting.key, Case(facts)).truth is not None:
                return True
        return False

    # --- measures --------------------------------------------------------------------------------------------------------------------

    def _observed(self) -> Profile:
        """The new value takes the place of those of its day and later, and over from the latest what it does not say itself."""
        (item,) = self.setting.part.observations
        day = item.date or Days(self.day, self.day)
        new = item.model_copy(update={"date": day})
        (reading,) = Facts(Profile(observations=(new,)), self.language, date.max).readings
        facts = Facts(self.profile, self.language, date.max)
        same = [one for one in facts.readings if one.evidence.section == "observations" and _alike(one, reading)]
        later = {one.evidence.index for one in same if one.date is None or one.date.last >= day.first}
        latest = max(same, key=lambda one: one.date or Days(date.min, date.min), default=None)
        if latest is not None:
            new = _like(new, self.profile.observations[latest.evidence.index or 0], latest)
        kept = (one for index, one in enumerate(self.profile.observations) if index not in later)
        return self._with(observations=(*kept, new))

    def _marked(self) -> Profile:
        """The new result takes the place of those of its marker."""
        (new,) = self.setting.part.biomarkers
        measured = self.language.namer.measured
        own = set(measured(new.name, MARKERS).concepts)

        def same(one: Biomarker) -> bool:
            name = f"{one.name} {one.variant}" if one.variant else one.name
            return folded(name) == folded(new.name) or bool(own & set(measured(name, MARKERS).concepts))

        return self._with(biomarkers=(*(one for one in self.profile.biomarkers if not same(one)), new))

    # --- lists -----------------------------------------------------------------------------------------------------------------------

    def _added(self) -> Profile:
        """What is added is not denied in the same words any more."""
        section = self.setting.section
        new = getattr(self.setting.part, section)
        kept = tuple(one for one in getattr(self.profile, section) if section not in ("absent", "never", "complete") or one not in new)
        denied = {}
        if section in ("conditions", "treatments", "procedures"):
            name = folded(new[0].name)
            denied = {words: tuple(one for one in getattr(self.profile, words) if folded(one) != name) for words in ("absent", "never")}
        return self._with(**{section: (*kept, *new)}, **denied)

    def _removed(self) -> Profile:
        section = self.setting.section
        listed = getattr(self.profile, section)
        kept: Any
        if isinstance(listed, Mapping):
            kept = {key: value for key, value in listed.items() if not self._same_words(key)}
        else:
            kept = tuple(one for one in listed if not self._is_meant(one))
        if len(kept) == len(listed):
            title = f"nothing of `{section}` is `{self.setting.key}`"
            raise InputError(Diagnostic(title=title, source="--set", hint=f"the profile holds {len(listed)} there"))
        return self._with(**{section: kept})

    def _is_meant(self, item: Any) -> bool:
        """Whether an item has that name, or is a kind of what it names."""
        name = item if isinstance(item, str) else getattr(item, "name", "") or getattr(item, "substance", "")
        if self._same_words(name):
            return True
        kinds = _KINDS.get(self.setting.section)
        if kinds is None:
            return False
        namer, kinship = self.language.namer, self.language.kinship
        asked = namer.exact(self.setting.key, kinds).concepts
        return any(kinship.is_a(one, other) for one in namer.link(name, kinds).concepts for other in asked)


def _alike(one: Reading, new: Reading) -> bool:
    """Whether two readings are of one measure, or one is of a kind of the other."""
    return one.words == new.words or bool(set(one.own) & new.kinds or set(new.own) & one.kinds)


def _like(new: Observation, old: Observation, reading: Reading) -> Observation:
    """The new value with the unit, fasting state, limits and place of the old one, where it does not say its own."""
    own_unit = new.unit is None or new.unit == old.unit
    said = {
        "unit": new.unit or old.unit,
        "fasting": new.fasting if new.fasting is not None else reading.fasting,
        "site": new.site or old.site,
        "side": new.side or old.side,
    }
    limits = {"uln": new.uln or old.uln, "lln": new.lln or old.lln} if own_unit else {}
    return new.model_copy(update=said | limits)
