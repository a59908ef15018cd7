"""Listed items: each condition, treatment, procedure and allergy of a profile with its concepts, its time and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from eligimatch.engine.kinship import DEVICE, VACCINE, Kinship
from eligimatch.engine.names import CONDITIONS, PROCEDURES, SUBSTANCES, TREATMENTS, Name, Namer
from eligimatch.engine.periods import FOREVER, Period, moment, spanning
from eligimatch.model.finding import Evidence
from eligimatch.model.profile import Allergy, Condition, Days, Procedure, Profile, Treatment
from eligimatch.model.verdict import Truth

Item = Condition | Treatment | Procedure | Allergy
_PRESENT = frozenset({None, "active", "recurrence", "relapse"})
_SAID_BY_STATUS = {"recurrence": "recurrent", "relapse": "relapsed"}


class Listed(NamedTuple):
    """One listed item, ready to be asked about."""

    evidence: Evidence
    label: str
    name: Name
    kinds: frozenset[str]
    """Every concept that it is."""
    item: Item
    period: Period
    now: Truth
    """Present on the day of judgement."""
    ever: Truth = True
    """At some time up to the day of judgement."""
    planned: bool = False
    provisional: bool = False
    courses: frozenset[str] = frozenset()

    @property
    def own(self) -> tuple[str, ...]:
        """The concepts that its name or code names."""
        return self.name.concepts


class Manner(NamedTuple):
    """How a name says that something goes on: what else of an item's time is not said by the item itself."""

    lifelong: bool
    event: bool
    at_once: bool
    stays: bool
    history: bool
    suspected: bool


class Lister:
    """Makes listed items of a profile's sections."""

    def __init__(self, kinship: Kinship, namer: Namer, as_of: date) -> None:
        self.kinship = kinship
        self.namer = namer
        self.as_of = as_of

    def items(self, profile: Profile) -> Iterator[Listed]:
        """All items of the four sections, in order."""
        for index, condition in enumerate(profile.conditions):
            yield self.condition(condition, Evidence(section="conditions", index=index))
        for index, treatment in enumerate(profile.treatments):
            yield self.treatment(treatment, Evidence(section="treatments", index=index))
        for index, procedure in enumerate(profile.procedures):
            yield self.procedure(procedure, Evidence(section="procedures", index=index))
        for index, allergy in enumerate(profile.allergies):
            yield self.allergy(allergy, Evidence(section="allergies", index=index))

    def condition(self, item: Condition, evidence: Evidence) -> Listed:
        """A condition: present by its status and abatement, an event on its day, a lifelong one from its onset on."""
        name = self.namer.link(item.name, CONDITIONS, item.code, item.site)
        now, period = self._standing(item, name)
        if name.of("HISTORY") and item.status is None:
            now = None if now else now
        return Listed(
            evidence, item.name, name, self._kinds(name), item, period, now,
            ever=True if now else period.began_by(self.as_of), provisional=item.verification == "provisional" or bool(name.of("SUSPECTED")),
            courses=_courses(item, name),
        )  # fmt: skip

    def treatment(self, item: Treatment, evidence: Evidence) -> Listed:
        """A treatment: current, over, or planned."""
        name = self.namer.link(item.name, TREATMENTS, item.code, item.site, item.intent)
        kinds = self._kinds(name)
        planned = item.status == "planned" or (item.start is not None and item.start.first > self.as_of)
        ongoing, at_once = self.ongoing(item), self.takes_a_day(item, name, kinds)
        period = moment(item.start, self.as_of) if at_once else spanning(item.start, item.end, ongoing=ongoing, as_of=self.as_of)
        now = False if planned else self._now(period, name, kinds) if at_once else ongoing
        return Listed(evidence, item.name, name, kinds, item, period, now, ever=not planned, planned=planned)

    def procedure(self, item: Procedure, evidence: Evidence) -> Listed:
        """A procedure on its date; one of a later date is planned."""
        name = self.namer.link(item.name, PROCEDURES, item.code, item.site)
        kinds = self._kinds(name)
        planned = item.date is not None and item.date.first > self.as_of
        period = moment(item.date, self.as_of)
        now = False if planned else self._now(period, name, kinds)
        return Listed(evidence, item.name, name, kinds, item, period, now, ever=not planned, planned=planned)

    def allergy(self, item: Allergy, evidence: Evidence) -> Listed:
        """An allergy: from its date on."""
        name = self.namer.link(item.substance, SUBSTANCES, item.code)
        period = spanning(item.date, None, ongoing=True, as_of=self.as_of)
        return Listed(evidence, f"allergy to {item.substance}", name, self._kinds(name), item, period, now=True)

    # --- time --------------------------------------------------------------------------------------------------------------------------

    def manner(self, name: Name, kinds: frozenset[str]) -> Manner:
        """What a name says of time."""
        return Manner(
            self._marked(name, "lifelong"),
            self._marked(name, "event"),
            self.at_once(name, kinds),
            self.stays(name, kinds),
            bool(name.of("HISTORY")),
            bool(name.of("SUSPECTED")),
        )

    def _marked(self, name: Name, how: str) -> bool:
        return any(self.kinship.marked(concept, how) for concept in name.concepts)

    def _standing(self, item: Condition, name: Name) -> tuple[Truth, Period]:
        present = self._present(item)
        if self._marked(name, "lifelong"):
            period = spanning(item.onset, None, ongoing=True, as_of=self.as_of)
            return period.began_by(self.as_of), period
        if self._marked(name, "event"):
            period = moment(item.onset, self._latest(item.abatement))
            return (False if period.start_first > self.as_of else present), period
        end = item.abatement if item.abatement or present is not None else None
        period = spanning(item.onset, end, ongoing=present, as_of=self.as_of)
        return (False if period.start_first > self.as_of else present), period

    def _present(self, item: Condition) -> Truth:
        if item.status not in _PRESENT:
            return False
        if item.abatement is None or item.abatement.first >= self.as_of:
            return True
        return False if item.abatement.last < self.as_of else None

    def _latest(self, day: Days | None) -> date:
        return min(self.as_of, day.last) if day else self.as_of

    def takes_a_day(self, item: Treatment, name: Name, kinds: frozenset[str]) -> bool:
        """Whether a treatment of which no more than its start is known was over on that day."""
        return item.end is None and self.ongoing(item) is None and self.at_once(name, kinds)

    def ongoing(self, item: Treatment) -> Truth:
        """Said by the status, else by the end; unknown where neither is given."""
        if item.status == "completed":
            return False
        if item.end is None:
            return True if item.status == "ongoing" else None
        if item.end.first >= self.as_of:
            return True
        ended: Truth = False if item.end.last < self.as_of else None
        return None if item.status == "ongoing" else ended

    def at_once(self, name: Name, kinds: frozenset[str]) -> bool:
        """An operation, procedure or vaccination takes a day; a device stays."""
        if DEVICE in kinds:
            return False
        return VACCINE in kinds or any(self.kinship.vocabulary[own].kind in ("operation", "procedure") for own in name.concepts)

    def stays(self, name: Name, kinds: frozenset[str]) -> bool:
        """Whether it is a device, or an operation that may leave one: the day on which it was placed does not say until when."""
        return DEVICE in kinds or any(self.kinship.perhaps(own, DEVICE) for own in name.concepts)

    def _now(self, period: Period, name: Name, kinds: frozenset[str]) -> Truth:
        """Present of what happened on a day."""
        return (self._on(period) or None) if self.stays(name, kinds) else self._on(period)

    def _on(self, period: Period) -> Truth:
        if period.start_first > self.as_of or period.end_last < self.as_of:
            return False
        return True if period.start_first == period.end_last else None

    def _kinds(self, name: Name) -> frozenset[str]:
        return frozenset().union(*(self.kinship.ancestors(concept) for concept in name.concepts))


def _courses(item: Condition, name: Name) -> frozenset[str]:
    said = {_SAID_BY_STATUS[item.status]} if item.status in _SAID_BY_STATUS else set()
    named = {meaning for meaning in (*name.of("COURSE"), *name.of("NEW")) if " or " not in meaning}
    return frozenset({*item.course, *said, *named})


__all__ = ["FOREVER", "Item", "Listed", "Lister"]
