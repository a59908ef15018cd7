"""The base of all data: frozen, strict about keys, quiet about defaults when dumped."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Frozen(BaseModel):
    """A value that never changes; dumps leave out what was not said."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # schemas are built by the first who validates


class Sparse(Frozen):
    """A frozen value whose dump holds only what differs from its defaults."""

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            key: value
            for key, value in handler(self).items()
            if key in ("node", "ask") or getattr(self, key) != fields[key].get_default(call_default_factory=True)
        }
