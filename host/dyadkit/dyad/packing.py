"""Packing of results: long series apart from the words, numbers and short arrays around them.

An hour of two people's physiology is thirty series of 14 400 samples. As text they take five
megabytes and lose nothing by standing in a file of arrays; where one stood, its name is.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.result import Result, plain_form
from dyadkit.errors import SessionError

MIN_APART = 64
"""Numbers in a series that goes apart: a shorter one is read more easily where it belongs."""
_NAME = "series"

_Packed = TypeVar("_Packed", bound=Result)
Arrays = dict[str, NDArray[Any]]


def packed(result: Result) -> tuple[dict[str, Any], Arrays]:
    """Plain JSON values as of `to_dict` with `{"series": name}` for each long array, and these.

    Examples
    --------
    >>> from dyadkit.dyad.traces import Trace
    >>> plain, arrays = packed(Trace(np.arange(99.0), np.full(99, np.nan), "counts", 1.0))
    >>> plain["values"], plain["bounds_s"], sorted(arrays)
    ({'series': 'values'}, [], ['gaps_s', 'times_s', 'values'])
    """
    arrays: Arrays = {}
    names: dict[int, str] = {}
    for name, array in _series_of(result, ""):
        if id(array) not in names:  # streams that were sampled together share their times
            names[id(array)], arrays[name] = name, array
    return _without(result, names), arrays


def unpacked(kind: type[_Packed], plain: dict[str, Any], arrays: Arrays) -> _Packed:
    """The result that was packed, to the last bit.

    Raises
    ------
    KeyError
        a series is missing
    """
    return kind.from_dict(_filled(plain, arrays))


def bytes_of(arrays: Arrays) -> bytes:
    """Content of an `.npz` file; equal arrays give equal bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def arrays_of(content: bytes) -> Arrays:
    """Arrays of an `.npz` file.

    Raises
    ------
    SessionError
        it is none, or holds what is no array of numbers
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise SessionError(f"not a file of arrays: {error}") from None


def json_of(plain: dict[str, Any]) -> str:
    """Plain values as JSON text."""
    return json.dumps(plain, indent=1, allow_nan=False)


def sum_of(content: bytes) -> str:
    """Hexadecimal SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def _is_apart(value: Any) -> bool:
    """Whether an array is long, or empty in a shape that lists do not show."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return False
    return value.size >= MIN_APART or (value.size == 0 and value.ndim > 1)


def _series_of(value: Any, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
    if _is_apart(value):
        yield name, value
        return
    for part, one in _parts(value):
        yield from _series_of(one, f"{name}.{part}" if name else part)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """What a result or container holds, by name."""
    if isinstance(value, Result):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, dict):
        return [(str(key), one) for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [(str(place), one) for place, one in enumerate(value)]
    return []


def _without(value: Any, names: dict[int, str]) -> Any:
    """Plain values, with its name in the place of each array that has one."""
    if _is_apart(value):
        return {_NAME: names[id(value)]}
    parts = _parts(value)
    if isinstance(value, list | tuple):
        return [_without(one, names) for _, one in parts]
    if parts:
        return {name: _without(one, names) for name, one in parts}
    return plain_form(value)


def _filled(plain: Any, arrays: Arrays) -> Any:
    """The same with each array where its name is."""
    if isinstance(plain, dict):
        if plain.keys() == {_NAME}:
            return arrays[plain[_NAME]]
        return {key: _filled(one, arrays) for key, one in plain.items()}
    return [_filled(one, arrays) for one in plain] if isinstance(plain, list) else plain
