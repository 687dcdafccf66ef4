"""Frozen results that travel to JSON and back.

Every estimate of dyadkit is a frozen dataclass deriving from `Result`: it holds numbers, arrays,
enums, strings, tuples and other results, and nothing with a life of its own (files, sockets).
"""

import dataclasses
import math
import types
import typing
from enum import Enum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.display import terminal_form


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Base of all estimates: `to_dict` gives plain JSON values, `from_dict` the result again.

    Printed, a result fits a terminal: long arrays are shown by size, range and what is missing.

    Examples
    --------
    >>> from dyadkit.dyad.traces import Mark
    >>> plain = Mark(12.5, float("nan"), "bell").to_dict()
    >>> plain["stop_s"], Mark.from_dict(plain).stop_s
    (None, nan)
    """

    def __init_subclass__(cls) -> None:
        # `dataclass` writes a __repr__ of its own into each class that has none when it looks.
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        return terminal_form(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: arrays become lists, NaN and infinities None, enums their value."""
        return {
            field.name: plain_form(getattr(self, field.name)) for field in dataclasses.fields(self)
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """Result rebuilt from `to_dict` output; infinities come back as NaN."""
        hints = typing.get_type_hints(cls)
        known = [field.name for field in dataclasses.fields(cls) if field.name in plain]
        return cls(**{name: _typed(plain[name], hints[name]) for name in known})


def plain_form(value: Any) -> Any:
    """A value as plain JSON values; see `Result.to_dict`."""
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, np.ndarray | np.generic):
        return plain_form(value.tolist())
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain_form(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_form(item) for item in value]
    return value


def _typed(value: Any, hint: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _optional(value, hint)
    if origin in (np.ndarray, NDArray):
        known = value if isinstance(value, np.ndarray) else _nan_for_none(value)
        return np.asarray(known, dtype=_dtype(hint))
    if hint is float:
        return math.nan if value is None else float(value)
    if origin in (tuple, list, dict):
        return _container(value, origin, typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Result):
        return hint.from_dict(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


def _dtype(hint: Any) -> Any:
    """Type of an array's elements; numpy since 2.5 has `NDArray[type]` as an alias of its own."""
    args = typing.get_args(hint)
    return args[0] if typing.get_origin(hint) is NDArray else typing.get_args(args[1])[0]


def _optional(value: Any, hint: Any) -> Any:
    choices = [choice for choice in typing.get_args(hint) if choice is not types.NoneType]
    return None if value is None else _typed(value, choices[0])


def _container(value: Any, origin: Any, items: tuple[Any, ...]) -> Any:
    if origin is dict:
        return {key: _typed(item, items[1]) for key, item in value.items()}
    if origin is list or items[1:] == (Ellipsis,):
        return origin(_typed(item, items[0]) for item in value)
    return tuple(_typed(item, hint) for item, hint in zip(value, items, strict=True))


def _nan_for_none(value: Any) -> Any:
    if isinstance(value, list):
        return [_nan_for_none(item) for item in value]
    return math.nan if value is None else value
