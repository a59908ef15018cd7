"""The columns of a cohort's tables: one table a section, one row a listed item; how rows become the profile of a person, and a profile rows.

On file a `day` is a date or the text of one (2026-03-02, 2026-03, 2026), `texts` are a list or a text with `;` between, and an answer is true or
false. In memory, in a block, a day is two columns, `onset` and `onset_last`: the first and the last day on which it may lie; `texts` are one text
with `; ` between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from eligimatch.model.profile import Days, Item, Profile, Stage

Kind = Literal["text", "texts", "number", "integer", "day", "answer"]
_KINDS: Mapping[str, Kind] = {"": "text", **{kind: kind for kind in get_args(Kind)}}
PERSON = "person"
"""The column, first in every table, that says whose row it is."""
LAST = "_last"
"""What the name of a day's second column ends in."""


class Column(NamedTuple):
    """One column of a table."""

    name: str
    kind: Kind


def _columns(text: str) -> tuple[Column, ...]:
    """`grade:integer onset:day name`: what has no kind is text."""
    parts = (part.partition(":") for part in text.split())
    return tuple(Column(name, _KINDS[kind]) for name, _, kind in parts)


_ITEM = " code_system code_value site side route note"
TABLES: Mapping[str, tuple[Column, ...]] = {
    "persons": _columns(
        "as_of:day birth_date:day age:integer sex pregnant:answer breastfeeding:answer childbearing_potential:answer contraception:answer "
        "postmenopausal:answer complete:texts"
    ),
    "conditions": _columns("name status verification onset:day abatement:day severity grade:integer evidence:texts course:texts stage:texts" + _ITEM),
    "observations": _columns("name value:number value_text unit date:day fasting:answer uln:number lln:number" + _ITEM),
    "biomarkers": _columns("name result variant value:number value_text unit method date:day" + _ITEM),
    "treatments": _columns(
        "name start:day end:day status dose:number unit line:integer intent for best_response ended_for investigational:answer" + _ITEM
    ),
    "procedures": _columns("name date:day" + _ITEM),
    "allergies": _columns("substance severity grade:integer reaction date:day" + _ITEM),
    "statements": _columns("statement answer:answer"),
    "denials": _columns("name time"),
    "planned": _columns("event date:day"),
    "groups": _columns("group value"),
}
"""Each table's columns but `person`: `stage` is `AJCC 8: IIIA`, `value_text` stands where a value is no number, `time` is absent or never."""

REPRODUCTIVE = ("pregnant", "breastfeeding", "childbearing_potential", "contraception", "postmenopausal")
ITEMS = ("conditions", "observations", "biomarkers", "treatments", "procedures", "allergies")
KEYED = {"statements": "answer", "planned": "date", "groups": "value"}
"""The tables that are mappings in a profile, each with the column of its values: a key stands once a person."""
SEPARATOR = ";"
"""What stands between texts."""


def profile_of_rows(person: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The profile, as `Profile` validates it, of one person's rows of a block: each table's in their order."""
    about = dict(next(iter(rows.get("persons", ())), {}))
    profile: dict[str, Any] = {"id": person}
    for column in TABLES["persons"]:
        value = _value(column, about)
        if value is None or value == []:
            continue
        if column.name in REPRODUCTIVE:
            profile.setdefault("reproductive", {})[column.name] = value
        else:
            profile[column.name] = value
    for section in ITEMS:
        if rows.get(section):
            profile[section] = [_item(section, row) for row in rows[section]]
    for row in rows.get("denials", ()):
        profile.setdefault(row["time"], []).append(row["name"])
    for table in KEYED:
        if rows.get(table):
            key, value = TABLES[table]
            profile[table] = {row[key.name]: _value(value, row) for row in rows[table]}
    return profile


def _item(section: str, row: Mapping[str, Any]) -> dict[str, Any]:
    item = {column.name: value for column in TABLES[section] if (value := _value(column, row)) is not None}
    system, code = item.pop("code_system", None), item.pop("code_value", None)
    if code is not None:
        item["code"] = {"system": system or "", "value": code}
    if "value_text" in item:
        item["value"] = item.pop("value_text")
    if "stage" in item:
        item["stage"] = [{"system": stage.rpartition(":")[0].strip(), "value": stage.rpartition(":")[2].strip()} for stage in item["stage"]]
    return item


def _value(column: Column, row: Mapping[str, Any]) -> Any:
    value = row.get(column.name)
    if value is None:
        return None
    match column.kind:
        case "day":
            last = row.get(column.name + LAST) or value
            return value if last == value else _alone(value, last)
        case "texts":
            return texts_of(value)
        case _:
            return value


def _alone(first: Any, last: Any) -> str:
    """A month or year that was given alone."""
    return str(first.year) if first.month != last.month else f"{first:%Y-%m}"


def texts_of(value: str | Iterable[str]) -> list[str]:
    """The texts of a list, or of a text with `;` between them."""
    parts = value.split(SEPARATOR) if isinstance(value, str) else value
    return [part.strip() for part in parts if part and part.strip()]


# --- the other way -----------------------------------------------------------------------------------------------------------


def rows_of_profile(profile: Profile) -> dict[str, list[dict[str, Any]]]:
    """Each table's rows of one person, as they stand on file: a day and `texts` each as one text.

    Raises ValueError where a stage holds `;` or its value `:`, which set the stages of a row apart.
    """
    about = {column.name: getattr(profile.reproductive if column.name in REPRODUCTIVE else profile, column.name) for column in TABLES["persons"]}
    rows = {"persons": [_row(about)]}
    for section in ITEMS:
        rows[section] = [_row({column.name: _of_item(item, column.name) for column in TABLES[section]}) for item in getattr(profile, section)]
    rows["denials"] = [{"name": name, "time": time} for time in ("absent", "never") for name in getattr(profile, time)]
    for table in KEYED:
        names = [column.name for column in TABLES[table]]
        rows[table] = [_row(dict(zip(names, pair, strict=True))) for pair in getattr(profile, table).items()]
    return rows


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _on_file(value) for name, value in values.items() if value is not None and value != ()}


def _on_file(value: Any) -> Any:
    match value:
        case Days() | date():
            return str(value)
        case tuple():
            return f"{SEPARATOR} ".join(value)
        case _:
            return value


_FIELDS = {"for": "purpose"}
"""Fields that are called otherwise than their columns."""


def _of_item(item: Item, name: str) -> Any:
    match name:
        case "code_system" | "code_value":
            return item.code and getattr(item.code, name.removeprefix("code_"))
        case "value" | "value_text":
            value = getattr(item, name.removesuffix("_text"))
            return value if isinstance(value, str) is name.endswith("text") else None
        case "stage":
            return tuple(_stage_text(stage) for stage in getattr(item, name))
        case _:
            return getattr(item, _FIELDS.get(name, name))


def _stage_text(stage: Stage) -> str:
    if SEPARATOR in stage.system + stage.value or ":" in stage.value:
        raise ValueError("a stage with `;` or `:` in it")
    return f"{stage.system}: {stage.value}"
