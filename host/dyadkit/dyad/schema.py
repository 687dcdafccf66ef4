"""JSON Schema of results: what a file saved as JSON holds, for programs that are not Python.

A schema is written from the annotations of a `Result` and of all results within it, so it cannot
say anything else than the code does. Programs may rely on every field of a published version:
later ones add fields and take none away (`missing_from`).
"""

import dataclasses
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dyadkit.dyad.result import Result

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_SERIES = {
    "description": "numbers, null where missing; long series stand in the twin file under a name",
    "anyOf": [
        {"type": "array"},
        {"type": "object", "properties": {"series": {"type": "string"}}, "required": ["series"]},
    ],
}
_PLAIN: dict[Any, Schema] = {
    float: {"type": ["number", "null"]},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    types.NoneType: {"type": "null"},
}


def schema_of(kind: type[Result]) -> Schema:
    """JSON Schema of one kind of result, with a definition of each kind within it.

    Examples
    --------
    >>> from dyadkit.dyad.traces import Mark
    >>> found = schema_of(Mark)
    >>> found["$ref"], found["$defs"]["Mark"]["properties"]["start_s"]
    ('#/$defs/Mark', {'type': ['number', 'null']})
    """
    known: dict[str, Schema] = {}
    top = _form(kind, known)
    return {"$schema": DIALECT, **top, "$defs": dict(sorted(known.items()))}


def missing_from(newer: Schema, published: Schema, place: str = "") -> Iterator[str]:
    """Places of a published schema that a newer one no longer holds: what programs relied on.

    Examples
    --------
    >>> old = {"properties": {"p": {"type": "number"}, "lag_s": {"type": "number"}}}
    >>> new = {"properties": {"p": {"type": "string"}, "z": {"type": "number"}}}
    >>> list(missing_from(new, old))
    ['/properties/p/type is string, was number', '/properties/lag_s']
    """
    for key, was in published.items():
        here = f"{place}/{key}"
        if key == "description":
            continue
        if key not in newer:
            yield here
        elif isinstance(was, dict) and isinstance(newer[key], dict):
            yield from missing_from(newer[key], was, here)
        elif key in ("required", "enum"):
            yield from (f"{here}/{one}" for one in was if one not in newer[key])
        elif newer[key] != was:
            yield f"{here} is {newer[key]}, was {was}"


def _form(hint: Any, known: dict[str, Schema]) -> Schema:
    """Schema of one annotation; kinds of results are put into `known`."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if typing.get_origin(hint) is not None:
        return _composed(typing.get_origin(hint), typing.get_args(hint), known)
    if issubclass(hint, Enum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return _reference(hint, known)


def _composed(origin: Any, inner: tuple[Any, ...], known: dict[str, Schema]) -> Schema:
    if origin in (np.ndarray, NDArray):
        return _SERIES
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_form(one, known) for one in inner]}
    if origin is dict:
        return {"type": "object", "additionalProperties": _form(inner[1], known)}
    if origin is typing.Literal:
        return {"enum": list(inner)}
    return _sequence(origin, inner, known)


def _sequence(origin: Any, inner: tuple[Any, ...], known: dict[str, Schema]) -> Schema:
    if origin is list or inner[1:] == (Ellipsis,):
        return {"type": "array", "items": _form(inner[0], known)}
    parts = [_form(one, known) for one in inner]
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}


def _reference(kind: type[Result], known: dict[str, Schema]) -> Schema:
    name = kind.__name__
    if name not in known:
        known[name] = {}  # its place is taken before its fields are read: kinds may nest
        hints = typing.get_type_hints(kind)
        names = [one.name for one in dataclasses.fields(kind)]
        known[name] = {
            "type": "object",
            "description": (kind.__doc__ or "").split("\n")[0],
            "properties": {one: _form(hints[one], known) for one in names},
            "required": names,
        }
    return {"$ref": f"#/$defs/{name}"}
