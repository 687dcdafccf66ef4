"""Digest of a result: equal for equal content to the last bit, and for nothing else."""

import hashlib
import struct
from dataclasses import fields
from enum import Enum
from typing import Any

import numpy as np

from dyadkit.dyad.result import Result


def digest_of(value: Any) -> str:
    """Hexadecimal SHA-256 of a result, or of what results are made of.

    Examples
    --------
    >>> from dyadkit.dyad.traces import Mark
    >>> digest_of(Mark(1.0, 1.0, "bell")) == digest_of(Mark(1.0, 1.0, "bell"))
    True
    >>> digest_of(Mark(1.0, 1.0, "bell")) == digest_of(Mark(1.0 + 2**-52, 1.0, "bell"))
    False
    """
    digest = hashlib.sha256()
    _take(digest, value)
    return digest.hexdigest()


def _take(digest: Any, value: Any) -> None:
    """Every part with its kind and size before it, so that no two contents run together."""
    if isinstance(value, np.ndarray):
        digest.update(f"array {value.dtype.str} {value.shape};".encode())
        digest.update(np.ascontiguousarray(value).data)
        return
    parts = _parts(value)
    if parts is None:
        kind, content = _scalar(value)
        digest.update(f"{kind} {len(content)};".encode() + content)
        return
    digest.update(f"{len(parts)} parts;".encode())
    for name, one in parts:
        _take(digest, name)
        _take(digest, one)


def _parts(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Result):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, dict):
        return [(str(key), one) for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [("", one) for one in value]
    return None


def _scalar(value: Any) -> tuple[str, bytes]:
    """Kind and content; a number of numpy's is the number."""
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    if isinstance(value, np.generic):
        return _scalar(value.item())
    return type(value).__name__, str(value).encode()
