"""What pydantic found wrong in a document to one diagnostic: the key, its line, what is needed, the nearest valid key."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.nearest import nearest
from eligimatch.sources.documents import Document, Steps

NEAR = 60
"""The likeness, of 100, from which a key counts as a slip for another."""
_NEEDED = {
    "tuple": "a list is needed here",
    "model": "a mapping is needed here: `name: …`",
    "dict": "a mapping is needed here: `key: value`",
    "string": "words are needed here",
    "bool": "yes or no is needed here",
    "date": "a date is written as 2026-03-02",
}


def first_mistake(error: ValidationError, document: Document, model: type[BaseModel]) -> Diagnostic:
    """The first mistake in the order of the file, an unknown key before its consequences."""
    details = sorted(error.errors(), key=lambda e: (document.line(e["loc"]) or sys.maxsize, e["type"] != "extra_forbidden"))
    detail = details[0]
    title, hint = _said(detail, model)
    return Diagnostic(title=title, source=document.source, line=document.line(detail["loc"]), hint=hint)


def _said(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    way = detail["loc"]
    key = next((step for step in reversed(way) if isinstance(step, str)), "")
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key `{way[-1]}`", meant(str(way[-1]), _keys(way[:-1], model))
        case "missing":
            return f"`{key}` is missing", f"keys here: {', '.join(_keys(way[:-1], model))}"
        case "literal_error":
            return f"`{key}` takes other words", f"one of: {detail.get('ctx', {}).get('expected', '').replace(chr(39), '')}"
        case kind:
            return f"`{key}` is not readable", _NEEDED.get(kind.split("_", 1)[0], "see the format of a trial record")


def meant(word: str, words: Sequence[str], all_of_them: str = "keys here") -> str:
    """A hint: the word that was meant, else all that may stand there."""
    near = nearest(word, words, NEAR)
    return f"did you mean `{near[0]}`?" if near else f"{all_of_them}: " + ", ".join(words)


def _keys(way: Steps, model: type[BaseModel]) -> list[str]:
    """The keys that may stand at a place of the document."""
    here: Any = model
    free = False
    for step in way:
        if free or not isinstance(step, str) or here is None:
            free = False
            continue
        field = here.model_fields.get(step)
        free = field is not None and get_origin(field.annotation) is dict
        here = field and _model_in(field.annotation)
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> Any:
    """The model that an annotation holds: `tuple[Clarification, ...]`, `Source | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for argument in get_args(annotation) if (model := _model_in(argument)) is not None), None)
