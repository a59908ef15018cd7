"""A profile: what is known of one person on one date (contract: docs/profile). What is not said is unknown."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from eligimatch.model.base import Sparse
from eligimatch.model.named_stages import told_stages


class Days(NamedTuple):
    """The days on which something may lie: one day, or all of a month or year that was given alone."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last

    def __str__(self) -> str:
        if self.exact:
            return self.first.isoformat()
        return str(self.first.year) if self.first.month != self.last.month else f"{self.first:%Y-%m}"


_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)?)?")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


def _days(given: Any) -> Any:
    if given is None or isinstance(given, Days):
        return given
    if isinstance(given, date):
        return Days(given, given)
    match = _DAY.fullmatch(str(given).strip()) if isinstance(given, (str, int)) and not isinstance(given, bool) else None
    if match is None:
        raise PydanticCustomError("date", "a date is written as 2026-03-02, 2026-03 or 2026")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        last_month = month or 12
        last = date(year or 0, last_month, day or calendar.monthrange(year or 0, last_month)[1])
        return Days(date(year or 0, month or 1, day or 1), last)
    except ValueError:
        raise PydanticCustomError("impossible_date", "there is no such day") from None


def _one_day(given: Any) -> Any:
    days = _days(given)
    if days is not None and not days.exact:
        raise PydanticCustomError("date", "a whole date is needed: 2026-03-02")
    return days.first if days else None


def _answer(given: Any) -> Any:
    if given is None or isinstance(given, bool):
        return given
    said = {"yes": True, "true": True, "no": False, "false": False}.get(str(given).strip().lower())
    if said is None:
        raise PydanticCustomError("answer", "yes or no is needed")
    return said


def _text(given: Any) -> Any:
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return f"{given:.12g}"
    return " ".join(given.split()) if isinstance(given, str) else given


def _word(given: Any) -> Any:
    """A word of a closed list, in whatever case."""
    return given.strip().lower() if isinstance(given, str) else given


def _number(given: Any) -> Any:
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        return float(given)
    if isinstance(given, bool):
        raise PydanticCustomError("number", "a number is needed")
    return given


def _value(given: Any) -> Any:
    if isinstance(given, date):
        return given.isoformat()
    number = _number(given)
    return float(number) if isinstance(number, int) else _text(number) if isinstance(number, str) else number


def _several(given: Any) -> Any:
    """One, where a list may stand, is a list of one."""
    return [given] if isinstance(given, (str, Mapping)) else () if given is None else given


_iso = PlainSerializer(str, return_type=str, when_used="unless-none")
Day = Annotated[Days, BeforeValidator(_days), _iso]
OneDay = Annotated[date, BeforeValidator(_one_day), _iso]
Answer = Annotated[bool, BeforeValidator(_answer)]
Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Value = Annotated[float | str, BeforeValidator(_value)]
Grade = Annotated[int, BeforeValidator(_number), Field(ge=0, le=5)]
Line = Annotated[int, BeforeValidator(_number), Field(ge=0, le=50)]

_word_of = BeforeValidator(_word)
Severity = Annotated[Literal["mild", "moderate", "severe"], _word_of]
Side = Annotated[Literal["left", "right", "bilateral"], _word_of]
Evidence = Annotated[Literal["histology", "cytology", "imaging", "clinical", "laboratory"], _word_of]
Course = Annotated[
    Literal[
        "newly diagnosed", "relapsed", "refractory", "progressive", "stable", "metastatic", "locally advanced", "unresectable", "recurrent",
        "symptomatic", "asymptomatic",
    ],
    _word_of,
]  # fmt: skip
Result = Annotated[
    Literal[
        "mutated", "wild-type", "positive", "negative", "amplified", "fusion", "deleted", "high", "low", "expressed", "lost", "proficient",
        "deficient",
    ],
    _word_of,
]  # fmt: skip
DenialTime = Annotated[Literal["absent", "never"], _word_of]
SectionName = Literal["conditions", "observations", "biomarkers", "treatments", "procedures", "allergies"]


class Code(Sparse):
    """A code of a terminology: `{system: ICD-10-CM, value: C34.11}`."""

    system: Text
    value: Text


class Stage(Sparse):
    """A stage or class in a system, or a TNM formula in its place."""

    system: Text
    value: Text


class Item(Sparse):
    """What any listed thing may carry."""

    code: Code | None = None
    site: Text | None = None
    side: Side | None = None
    route: Text | None = None
    note: Text | None = None


class Condition(Item):
    """A diagnosis, symptom or event."""

    name: Text
    status: Annotated[Literal["active", "recurrence", "relapse", "inactive", "remission", "resolved"], _word_of] | None = None
    verification: Annotated[Literal["confirmed", "provisional", "refuted"], _word_of] = "confirmed"
    onset: Day | None = None
    abatement: Day | None = None
    severity: Severity | None = None
    grade: Grade | None = None
    evidence: Annotated[tuple[Evidence, ...], BeforeValidator(_several)] = ()
    course: Annotated[tuple[Course, ...], BeforeValidator(_several)] = ()
    stage: Annotated[tuple[Stage, ...], BeforeValidator(_several)] = Field((), validate_default=True)
    """What the name tells, where no stage is given."""

    @field_validator("stage", mode="after")
    @classmethod
    def _told(cls, given: tuple[Stage, ...], known: ValidationInfo) -> tuple[Stage, ...]:
        return given or tuple(Stage(system=system, value=value) for system, value in told_stages(known.data.get("name", "")))


class Observation(Item):
    """A laboratory value, vital sign, score, measurement or habit."""

    name: Text
    value: Value
    unit: Text | None = None
    date: Day | None = None
    fasting: Answer | None = None
    uln: Number | None = None
    lln: Number | None = None


class Biomarker(Item):
    """A molecular result; `value` and `unit` where it is a number."""

    name: Text
    result: Result | None = None
    variant: Text | None = None
    value: Value | None = None
    unit: Text | None = None
    method: Text | None = None
    date: Day | None = None


class Treatment(Item):
    """A drug, radiotherapy, operation, transplant, cell therapy, vaccine or device."""

    name: Text
    start: Day | None = None
    end: Day | None = None
    status: Annotated[Literal["ongoing", "completed", "planned"], _word_of] | None = None
    dose: Number | None = None
    unit: Text | None = None
    line: Line | None = None
    intent: Text | None = None
    purpose: Text | None = Field(default=None, alias="for")
    best_response: Text | None = None
    ended_for: Text | None = None
    investigational: Answer | None = None


class Procedure(Item):
    """A diagnostic or other procedure on a date."""

    name: Text
    date: Day | None = None


class Allergy(Item):
    """A reaction to a substance or drug."""

    substance: Text
    severity: Severity | None = None
    grade: Grade | None = None
    reaction: Text | None = None
    date: Day | None = None


class Reproductive(Sparse):
    """What decides about pregnancy and contraception."""

    pregnant: Answer | None = None
    breastfeeding: Answer | None = None
    childbearing_potential: Answer | None = None
    contraception: Answer | None = None
    postmenopausal: Answer | None = None


class Profile(Sparse):
    """One person. Sections keep the order of the file: an item is known by its section and index."""

    id: Text = ""
    as_of: OneDay | None = None
    birth_date: Day | None = None
    age: Annotated[int, BeforeValidator(_number), Field(ge=0, le=130)] | None = None
    sex: Annotated[Literal["female", "male"], _word_of] | None = None
    conditions: tuple[Condition, ...] = ()
    observations: tuple[Observation, ...] = ()
    biomarkers: tuple[Biomarker, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    reproductive: Reproductive = Reproductive()
    statements: dict[Text, Answer] = Field(default_factory=dict)
    absent: tuple[Text, ...] = ()
    never: tuple[Text, ...] = ()
    complete: tuple[SectionName, ...] = ()
    planned: dict[Text, Day] = Field(default_factory=dict)
    groups: dict[Text, Text] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _empty_sections(cls, given: Any) -> Any:
        """A section with nothing under it says nothing."""
        if not isinstance(given, Mapping):
            return given
        return {key: value for key, value in given.items() if value is not None}
