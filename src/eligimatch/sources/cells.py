"""A table's columns as they stand on file to those of a block; what `Profile` would refuse becomes a row's reason to be set aside.

What a cell may be is asked of the profile's own fields, once for each distinct value; a column that is of the right type already is only looked over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

import polars as pl
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from eligimatch.model import profile
from eligimatch.model.columns import LAST, PERSON, REPRODUCTIVE, SEPARATOR, TABLES, Column, texts_of
from eligimatch.model.named_stages import told_stages
from eligimatch.model.profile import Days
from eligimatch.sources.profiles import reason_of

ROW = "\0row"
REASON = "\0reason"
LABEL = "\0label"
"""The columns of a raw table that number its rows on file, from 1, and may say what is wrong with one, and where in a list its cells stood."""
_MEMORY: Mapping[str, Any] = {
    "text": pl.String, "texts": pl.String, "number": pl.Float64, "integer": pl.Int16, "day": pl.Date, "answer": pl.Boolean,
}  # fmt: skip
_MODELS: Mapping[str, type[BaseModel]] = {
    "persons": profile.Profile, "conditions": profile.Condition, "observations": profile.Observation, "biomarkers": profile.Biomarker,
    "treatments": profile.Treatment, "procedures": profile.Procedure, "allergies": profile.Allergy,
}  # fmt: skip
_FIELDS: Mapping[str, Any] = {"answer": profile.Answer, "time": profile.DenialTime, "date": profile.Day}
"""What the cells of a column must be where no field of a model bears its name; else they are texts."""
VALUE = Column("value", "number")
ODD_SPACE = r"^\s|\s$|[\s\x1c-\x1f&&[^ ]]|  "
"""Spaces that a text has no more once it is read."""
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31, in days from 1970."""


class Read(NamedTuple):
    """Columns of a block, and where a row cannot be one of it, the reason (a String column, else null)."""

    columns: tuple[pl.Series, ...]
    reasons: tuple[pl.Series, ...] = ()


def columns_in_memory(table: str) -> dict[str, Any]:
    """The columns of a table in a block with their types: `person` first, a day's two side by side."""
    schema: dict[str, Any] = {PERSON: pl.UInt32}
    for column in TABLES[table]:
        schema |= dict.fromkeys(_names(column), _MEMORY[column.kind])
    return schema


def read_cells(table: str, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """A raw table's columns as they are in a block, and each row's reason to be set aside (null where there is none).

    Columns that TABLES does not name (`person`, `row`) stay as they are; columns that the raw table lacks are null.
    """
    reads = [_read(table, column, raw) for column in TABLES[table] if column.name != "value_text"]
    made = raw.select(pl.col(name) for name in raw.columns if name in (PERSON, ROW, LABEL)).hstack([one for read in reads for one in read.columns])
    if table == "conditions":
        made = made.with_columns(_told_stages(made["name"], made["stage"]))
    reasons = [reason for read in reads for reason in read.reasons]
    if not reasons:
        return made, pl.Series(REASON, [None], pl.String).new_from_index(0, raw.height)
    return made, pl.select(pl.coalesce(reasons).alias(REASON)).to_series()


def _told_stages(names: pl.Series, stages: pl.Series) -> pl.Series:
    """The stages, where none is given those that the names tell."""
    told = {name: f"{SEPARATOR} ".join(f"{system}: {value}" for system, value in told_stages(name)) for name in names.unique().drop_nulls()}
    told = {name: text for name, text in told.items() if text}
    return stages.fill_null(names.replace_strict(told, default=None, return_dtype=pl.String)) if told else stages


def _read(table: str, column: Column, raw: pl.DataFrame) -> Read:
    if column == VALUE:
        read = _value(table, raw)
    elif column.name in raw.columns:
        read = _column(table, column, raw[column.name].rename(""))
    else:
        read = Read(tuple(_nulls(name, _MEMORY[column.kind], raw.height) for name in _names(column)))
    if not _needed(table, column.name):
        return read
    missing = read.columns[0].is_null()
    return Read(read.columns, (*read.reasons, why(missing, f"`{column.name}` is missing"))) if missing.any() else read


def _column(table: str, column: Column, given: pl.Series) -> Read:
    names = _names(column)
    if isinstance(given.dtype, pl.List):
        given = given.cast(pl.List(pl.String)).list.join(SEPARATOR)
    match column.kind, given.dtype:
        case "day", pl.Date() | pl.Datetime():
            return _days(names, given)
        case "number", dtype if dtype.is_numeric():
            return _numbers(column.name, given)
        case "answer", pl.Boolean():
            return Read((given.rename(column.name),))
        case "text", pl.String() if not _closed(table, column.name):
            return Read((_plain(given).rename(column.name),))
        case _:
            return _by_value(column.name, given, _reader(table, column), dict.fromkeys(names, _MEMORY[column.kind]))


# --- whole columns -----------------------------------------------------------------------------------------------------------


def _days(names: Sequence[str], given: pl.Series) -> Read:
    day = given.dt.date() if given.dtype == pl.Datetime else given
    beyond = ~day.to_physical().is_between(_FIRST_DAY, _LAST_DAY)
    if beyond.any():
        day = day.set(beyond, None)
        return Read(tuple(day.rename(name) for name in names), (why(beyond, f"`{names[0]}`: there is no such day in the calendar"),))
    return Read(tuple(day.rename(name) for name in names))


def _numbers(name: str, given: pl.Series) -> Read:
    number = given.cast(pl.Float64).rename(name)
    endless = ~number.is_finite()
    return Read((number,), (why(endless, f"`{name}`: a finite number is needed here"),)) if endless.any() else Read((number,))


def _plain(given: pl.Series) -> pl.Series:
    """Texts with one space between words."""
    distinct = given.unique().drop_nulls()
    odd = distinct.filter(distinct.str.contains(ODD_SPACE))
    return given.replace(odd, pl.Series([" ".join(text.split()) for text in odd], dtype=pl.String)) if len(odd) else given


def _value(table: str, raw: pl.DataFrame) -> Read:
    """The two columns of a value: a number, or words where it is none."""
    if not {"value", "value_text"} & set(raw.columns):
        return Read((_nulls("value", pl.Float64, raw.height), _nulls("value_text", pl.String, raw.height)), _missing_value(table, raw.height))
    reads = [_value_column(name, raw[name].rename("")) for name in ("value", "value_text") if name in raw.columns]
    number, text = (pl.select(pl.coalesce([read.columns[which] for read in reads])).to_series() for which in (0, 1))
    reasons = [reason for read in reads for reason in read.reasons]
    if len(reads) > 1:
        twice = (number.is_not_null() & text.is_not_null()) | (reads[0].columns[0] != reads[1].columns[0]).fill_null(False)
        reasons.append(why(twice, "`value` and `value_text` differ"))
    if table == "observations":
        reasons.append(why(number.is_null() & text.is_null(), "`value` is missing"))
    return Read((number.rename("value"), text.rename("value_text")), tuple(reasons))


def _missing_value(table: str, height: int) -> tuple[pl.Series, ...]:
    return (_nulls("", pl.String, height).fill_null("`value` is missing"),) if table == "observations" else ()


def _value_column(name: str, given: pl.Series) -> Read:
    if given.dtype.is_numeric():
        read = _numbers(name, given)
        return Read((*read.columns, _nulls("", pl.String, len(given))), read.reasons)
    adapter = TypeAdapter[Any](profile.Value)

    def reader(cell: Any) -> tuple[Any, Any]:
        value = adapter.validate_python(cell)
        if isinstance(value, str):
            return None, value
        return TypeAdapter[Any](profile.Number).validate_python(value) if not isfinite(value) else value, None

    return _by_value(name, given, reader, {"number": pl.Float64, "text": pl.String})


# --- value by value ----------------------------------------------------------------------------------------------------------


def _by_value(name: str, given: pl.Series, reader: Callable[[Any], tuple[Any, ...]], schema: Mapping[str, Any]) -> Read:
    """Each distinct value of a column by a reader that gives the cells it makes, or refuses with ValidationError."""
    distinct = given.unique().drop_nulls()
    made: list[tuple[Any, ...]] = []
    for cell in distinct.to_list():
        try:
            made.append((*reader(cell), None))
        except ValidationError as error:
            made.append((*(None,) * len(schema), f"`{name}`: {reason_of(error)}"))
    *others, last = schema
    if given.dtype == schema[last] and [(*(None,) * len(others), cell, None) for cell in distinct.to_list()] == made:
        return Read((*(_nulls(other, schema[other], len(given)) for other in others), given.rename(last)))
    table = pl.DataFrame(made, schema={**schema, REASON: pl.String}, orient="row").with_columns(distinct.alias("given"))
    joined = pl.DataFrame({"given": given}).join(table, on="given", how="left", maintain_order="left")
    reasons = joined[REASON]
    return Read(tuple(joined[column] for column in schema), (reasons,) if reasons.null_count() < len(reasons) else ())


def _reader(table: str, column: Column) -> Callable[[Any], tuple[Any, ...]]:
    read = _adapter(table, column.name).validate_python
    match column.kind:
        case "day":
            return lambda cell: _two(read(cell))
        case "texts":
            return lambda cell: (f"{SEPARATOR} ".join(read(texts_of(cell))) or None,)
        case _:
            return lambda cell: (read(cell),)


def _two(day: Any) -> tuple[Any, Any]:
    first, last = day if isinstance(day, Days) else (day, day)
    return first, last


@cache
def _adapter(table: str, name: str) -> TypeAdapter[Any]:
    if name == "stage":
        return TypeAdapter(tuple[profile.Text, ...])
    field = _field(table, name)
    return TypeAdapter(field.rebuild_annotation() if field else _FIELDS.get(name, profile.Text))


def _field(table: str, name: str) -> FieldInfo | None:
    model = profile.Reproductive if name in REPRODUCTIVE else _MODELS.get(table)
    return model.model_fields.get({"for": "purpose"}.get(name, name)) if model else None


@cache
def _closed(table: str, name: str) -> bool:
    """Whether a text is one of a closed list."""
    try:
        _adapter(table, name).validate_python("")
    except ValidationError:
        return True
    return False


@cache
def _needed(table: str, name: str) -> bool:
    field = _field(table, name)
    return field.is_required() and name != VALUE.name if field else table not in _MODELS


def _names(column: Column) -> tuple[str, ...]:
    match column:
        case Column(name, "day"):
            return name, name + LAST
        case _:
            return (column.name,)


def _nulls(name: str, dtype: Any, height: int) -> pl.Series:
    return pl.Series(name, [None], dtype).new_from_index(0, height)


def why(where: pl.Series, said: str) -> pl.Series:
    """The reason of the rows where something holds, null elsewhere."""
    return pl.select(pl.when(where).then(pl.lit(said))).to_series()
