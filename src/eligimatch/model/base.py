"""The base of all data: frozen, strict about keys, quiet about defaults when dumped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, model_serializer

_give_fields, _give_said, _give_extra, _give_private = (
    BaseModel.__dict__[slot].__set__ for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)
"""Fill the slots of a model, which is frozen."""
_ALWAYS = frozenset({"node", "ask"})
"""What tells the members of a union apart."""


class Frozen(BaseModel):
    """A value that never changes; dumps leave out what was not said."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # schemas are built by the first who validates

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The value with some fields changed: what cannot change is shared, and nothing else is there to copy."""
        copied = self.__class__.__new__(self.__class__)
        changes = update or {}
        _fill(copied, {**self.__dict__, **changes}, self.__pydantic_fields_set__.union(changes))
        return copied

    def __eq__(self, other: object) -> bool:
        """Whether it is the same kind of value with the same fields: all that it holds."""
        return self is other or (self.__class__ is other.__class__ and self.__dict__ == other.__dict__)

    if TYPE_CHECKING:  # pydantic's own is by the fields

        def __hash__(self) -> int: ...


class Sparse(Frozen):
    """A frozen value whose dump holds only what differs from its defaults."""

    @model_serializer(mode="plain")
    def _without_defaults(self) -> dict[str, Any]:
        said = self.__dict__
        return {key: said[key] for key, default in _defaults(type(self)) if key in _ALWAYS or said[key] != default}


class Made(Sparse):
    """A sparse value that readers make by the thousand, of parts that have their types: they are not validated again.

    What comes from outside is made by `model_validate`, which does validate.
    """

    def __init__(self, **said: Any) -> None:
        _fill(self, {**_optional(self.__class__), **said}, set(said))

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined] # pydantic validates as if there were none


def _fill(value: BaseModel, fields: dict[str, Any], said: set[str]) -> None:
    """Gives a new value its fields."""
    _give_fields(value, fields)
    _give_said(value, said)
    _give_extra(value, None)
    _give_private(value, None)


@cache
def _optional(model: type[Made]) -> dict[str, Any]:
    return {key: field.default for key, field in model.model_fields.items() if not field.is_required()}


@cache
def _defaults(model: type[Sparse]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, field.get_default(call_default_factory=True)) for key, field in model.model_fields.items())
