"""What the data files may say: a tree of entries, each of whom it happens to, when, and which rows it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, PlainValidator, TypeAdapter, model_validator

from eligimatch.model.base import Sparse
from eligimatch.model.columns import TABLES
from eligimatch.sources.vocabulary import load

Scalar = str | float | bool | None
Curve = float | dict[float, float]
"""A number, or numbers by age in years between which it runs straight."""
Span = tuple[float, float]


class Choice(NamedTuple):
    """One of some values, by weight."""

    weights: Mapping[Scalar, float]


class Number(Sparse):
    """A number from a distribution, as it is written down: rounded, within bounds."""

    normal: tuple[Curve, float] | None = None
    """Mean and standard deviation."""
    log: tuple[Curve, float] | None = None
    """Median, and standard deviation of the natural logarithm."""
    uniform: Span | None = None
    decimals: int = 0
    bounds: Span | None = None


class By(NamedTuple):
    """Another draw for those with a trait, the first that fits; `else` for the rest."""

    cases: Mapping[str, Draw]


Draw = Scalar | Choice | Number | By
"""Where the value of a column comes from."""


def draw_of(raw: Any) -> Draw:
    """The draw that is written as a value, as `{value: weight}`, as a distribution or as `by: {trait: draw}`."""
    if not isinstance(raw, Mapping):
        scalar: Scalar = raw
        return scalar
    if "by" in raw:
        return By({str(trait): draw_of(case) for trait, case in raw["by"].items()})
    if raw.keys() <= Number.model_fields.keys():
        return Number.model_validate(raw)
    return Choice({value: float(weight) for value, weight in raw.items()})


def _several(raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else raw


def _flat(raw: Any) -> Any:
    """A list whose items may be lists that are written once and used often."""
    return [one for item in raw for one in (_flat(item) if isinstance(item, list) else (item,))] if isinstance(raw, list) else raw


Drawn = Annotated[Any, PlainValidator(draw_of)]
Words = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Entry(Sparse):
    """Something that happens to some persons: in a `one_of`, `share` is a weight among the others."""

    share: Curve = 1.0
    women: float = 1.0
    """Factor on the odds of women; so `men`."""
    men: float = 1.0
    odds: dict[str, float] = Field(default_factory=dict)
    """Factors on the odds of those with a trait."""
    given: Words = ()
    """The traits that it needs, each."""
    without: Words = ()
    ages: Span | None = None
    """First age, and the age before which it ends, in years."""
    split: tuple[dict[str, Any], ...] = ()
    """Each a choice or a `by` of choices; its value is a trait."""
    is_: Words = Field(default=(), alias="is")
    """Traits of all to whom it happens; the names of its rows are traits too."""
    ago: Drawn = None
    """Years before the day of judgement, as [shortest, longest]: short spans are as likely as long ones in proportion."""
    after: Span | None = None
    """Days after the beginning of what it stands under; what would lie after the day of judgement does not happen."""
    following: Span | None = None
    """The same, after its end."""
    ahead: Span | None = None
    """Days after the day of judgement."""
    lasts: Span | None = None
    """Days until it ends; what ends after the day of judgement is ongoing."""
    lately: float | None = None
    """Only where it is ongoing or ended no more than these days ago."""
    table: str = ""
    names: tuple[Drawn, ...] = ()
    """What the rows name: one row each."""
    row: dict[str, Drawn] = Field(default_factory=dict, alias="with")
    """The other columns; `a & b` are two, drawn together."""
    person: dict[str, Drawn] = Field(default_factory=dict)
    """Columns of the person's own row."""
    then: Annotated[tuple[Entry, ...], BeforeValidator(_flat)] = ()
    """What may happen to those to whom it does, after one of `one_of`."""
    one_of: tuple[Entry, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _table_as_key(cls, given: Any) -> Any:
        """`treatments: [cisplatin, etoposide]` is the table and the names of its rows."""
        for table in TABLES.keys() & given.keys():
            names = given[table]
            given = {**{key: value for key, value in given.items() if key != table}, "table": table}
            given["names"] = names if isinstance(names, (list, tuple)) else [names]
        return given


class Analyte(Sparse):
    """A laboratory value: where it lies in a person, and how far it wanders from visit to visit."""

    name: str
    unit: str | None = None
    value: Drawn
    women: float | None = None
    """Added to the value of women; a factor where the distribution is `log`."""
    effects: dict[str, float] = Field(default_factory=dict)
    """What a trait adds; a factor where the distribution is `log`."""
    within: float = 0.4
    """The share of the spread that lies between a person's own visits."""
    present: float = 0.95
    """Share of visits that report it."""
    of: str | None = None
    """The formula that gives the value from the others of its visit, in place of `value`."""
    below: float | None = None
    """Smaller values are reported as less than this."""
    uln: Drawn = None
    lln: Drawn = None
    fasting: Drawn = None


class Panel(Sparse):
    """Analytes that are measured together, on one or several days."""

    who: Entry
    visits: dict[int, float]
    last: Span
    """Days before the day of judgement of the latest, as for `ago`."""
    apart: Span
    analytes: tuple[Analyte, ...]


class Gaps(Sparse):
    """What is not on record: shares of rows of a table, and of values of a column."""

    reference: str
    rows: dict[str, float]
    columns: dict[str, dict[str, float]]
    partial: dict[str, dict[str, float]]
    """Of the days on record, the share of which only the month or only the year is known."""


class Course(NamedTuple):
    """All that is drawn from."""

    ages: Mapping[float, float]
    """Share of persons in each span of ages, by its first age."""
    women: Curve
    entries: tuple[Entry, ...]
    panels: tuple[Panel, ...]
    gaps: Gaps


def read_course() -> Course:
    """The course of the data files, in the order of their names."""
    documents = [load(path) for path in sorted((Path(__file__).parent / "data").glob("*.yaml"))]
    merged: dict[str, Any] = {"entries": [], "panels": []}
    for document in documents:
        merged["entries"] += document.pop("entries", [])
        merged["panels"] += document.pop("panels", [])
        merged |= {key: value for key, value in document.items() if not key.startswith("_")}
    return Course(
        merged["ages"],
        merged["women"],
        TypeAdapter(tuple[Entry, ...]).validate_python(merged["entries"]),
        TypeAdapter(tuple[Panel, ...]).validate_python(merged["panels"]),
        Gaps.model_validate(merged["gaps"]),
    )
