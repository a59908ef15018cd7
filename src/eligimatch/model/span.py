"""Places in a text."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Span(NamedTuple):
    """Characters `start` to `end` (not included) of a criterion's own text."""

    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A span is taken as it is; by itself pydantic would make each anew."""
        read = handler(source)
        made = core_schema.union_schema([core_schema.is_instance_schema(cls), read], mode="left_to_right")
        return core_schema.json_or_python_schema(json_schema=read, python_schema=made)
