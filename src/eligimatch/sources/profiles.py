"""Reads a person's profile from a YAML or JSON file, or from a mapping; raises InputError for what cannot be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.nearest import nearest
from eligimatch.model.profile import Profile
from eligimatch.model.units import Units
from eligimatch.sources.documents import Document, Steps, read_document
from eligimatch.sources.mistakes import NEAR, meant

_NEEDED = {
    "tuple_type": "a list is needed here",
    "dict_type": "a mapping is needed here: `key: value`",
    "string_type": "words are needed here",
    "bool_type": "yes or no is needed here",
    "int_type": "a whole number is needed here",
    "int_parsing": "a whole number is needed here",
    "int_from_float": "a whole number is needed here",
    "float_type": "a number is needed here",
    "float_parsing": "a number is needed here",
    "greater_than_equal": "the number is out of range",
    "less_than_equal": "the number is out of range",
    "finite_number": "a finite number is needed here",
}
"""What pydantic's findings ask for, in plain words."""


def load_profile(source: Path | str | Mapping[str, Any], units: Units | None = None) -> Profile:
    """The profile of a file (.yaml, .yml, .json) or mapping; with `units`, unknown units are refused too.

    Raises InputError, whose diagnostic names the file, the line and the offending key, and never a patient's data.
    """
    document = Document(source, {}) if isinstance(source, Mapping) else read_document(Path(source))
    if not isinstance(document.data, Mapping):
        raise InputError(
            Diagnostic(
                title="not a profile", source=document.source, line=1, hint="a profile is a mapping of sections: `conditions:`, `treatments:` …"
            )
        )
    try:
        profile = Profile.model_validate(document.data)
    except ValidationError as error:
        raise InputError(_first(error, document)) from None
    if units is not None:
        _check_units(profile, units, document)
    return profile


# --- units -------------------------------------------------------------------------------------------------------------------


def _check_units(profile: Profile, units: Units, document: Document) -> None:
    for way, unit in _units(profile):
        if units.named(unit) is None:
            near = nearest(unit, units.units, NEAR, whole=True)
            hint = f"the nearest unit is `{near[0]}`" if near else "grammar/vocabulary/units.yaml lists the units"
            raise InputError(Diagnostic(title=f"unknown unit at {_shown(way)}", source=document.source, line=document.line(way), hint=hint))


def _units(profile: Profile) -> Iterator[tuple[Steps, str]]:
    for section in ("observations", "biomarkers", "treatments"):
        for index, item in enumerate(getattr(profile, section)):
            if item.unit:
                yield (section, index, "unit"), item.unit


# --- what pydantic found -------------------------------------------------------------------------------------------------------


def _first(error: ValidationError, document: Document) -> Diagnostic:
    """The first of the errors in the file, an unknown key before its consequences."""
    details = sorted(error.errors(), key=lambda e: (document.line(_way(e)) or 0, e["type"] != "extra_forbidden"))
    detail = details[0]
    way = _way(detail)
    title, hint = _said(detail, way)
    return Diagnostic(title=title, source=document.source, line=document.line(way), hint=hint)


def reason_of(error: ValidationError) -> str:
    """What is needed where one value alone was refused."""
    return _said(error.errors(include_url=False, include_input=False)[0], ())[1]


def _way(detail: ErrorDetails) -> Steps:
    """The way to the value; what pydantic adds for unions and mapping keys is no part of it."""
    way = detail["loc"]
    return tuple(step for step in way if step not in ("[key]", "float", "str"))


def _said(detail: ErrorDetails, way: Steps) -> tuple[str, str]:
    key = next((step for step in reversed(way) if isinstance(step, str)), "")
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key `{way[-1]}`", _sections_of(str(way[-1]), way) or meant(str(way[-1]), _keys(way[:-1]))
        case "missing":
            return f"`{key}` is missing", f"each item of {_shown(way[:-2] or way)} needs it"
        case "impossible_date":
            return f"impossible date in {_shown(way)}", "there is no such day in the calendar"
        case "literal_error":
            expected = detail.get("ctx", {}).get("expected", "").replace("'", "")
            return f"`{key}` takes other words", f"one of: {expected}"
        case "date" | "answer" | "number":
            return f"`{key}` is not readable", detail["msg"]
        case "model_type" | "model_attributes_type":
            return f"`{key}` is of the wrong type", f"a mapping is needed here: `{', '.join(f'{name}: …' for name in _required(way))}`"
        case _:
            return f"`{key}` is of the wrong type", _NEEDED.get(detail["type"], "see the format of a profile")


def _sections_of(key: str, way: Steps) -> str:
    """A hint where the key of a section stands at the top of the profile; empty where it is none of these."""
    if len(way) > 1:
        return ""
    sections = [section for section in _keys(()) if isinstance(_model_at((section,)), type) and key in _keys((section,))]
    return f"it belongs in {', '.join(map(_shown, zip(sections)))}" if sections else ""


def _keys(way: Steps) -> list[str]:
    """The keys that may stand at a place of the profile."""
    return [field.alias or name for name, field in _model_at(way).model_fields.items()]


def _required(way: Steps) -> list[str]:
    """The keys that must stand at a place of the profile; where none must, the first that may."""
    required = [field.alias or name for name, field in _model_at(way).model_fields.items() if field.is_required()]
    return required or _keys(way)[:1]


def _model_at(way: Steps) -> Any:
    model: Any = Profile
    for step in way:
        if isinstance(step, str) and isinstance(model, type) and issubclass(model, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
            model = _model_in(fields.get(step))
    return model


def _model_in(annotation: Any) -> Any:
    """The model that an annotation holds: `tuple[Condition, ...]`, `Code | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _shown(way: Steps) -> str:
    return "`" + ".".join(str(step) for step in way) + "`"
