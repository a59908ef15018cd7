"""The base of all data: frozen, strict about keys, quiet about defaults when dumped."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, model_serializer

_ALWAYS = frozenset({"node", "ask"})
"""What tells the members of a union apart."""


class Frozen(BaseModel):
    """A value that never changes; dumps leave out what was not said."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # schemas are built by the first who validates


class Sparse(Frozen):
    """A frozen value whose dump holds only what differs from its defaults."""

    @model_serializer(mode="plain")
    def _without_defaults(self) -> dict[str, Any]:
        said = self.__dict__
        return {key: said[key] for key, default in _defaults(type(self)) if key in _ALWAYS or said[key] != default}


@cache
def _defaults(model: type[Sparse]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, field.get_default(call_default_factory=True)) for key, field in model.model_fields.items())
