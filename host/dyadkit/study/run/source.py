"""Source that numbers of a study depend on: its hash, and the libraries that compute for it."""

import functools
import hashlib
import platform
from pathlib import Path

import numpy as np
import scipy

from dyadkit import version

ROOMS = ("dyad", "decoding", "clock", "signals", "synchrony", "sessions", "analysis")
"""Rooms that the numbers of one session come from."""
_OF_STUDY = ("study/measures.py", "study/weeks.py", "study/run/work.py", "study/run/outcome.py")


@functools.cache
def source_digest() -> str:
    """Hash of the source and libraries: results of others are not mixed with these."""
    digest = hashlib.sha256(f"{np.__version__} {scipy.__version__} {platform.machine()}".encode())
    root = Path(version.__file__).parent
    files = [file for room in ROOMS for file in sorted((root / room).rglob("*.py"))]
    for file in [*files, *(root / name for name in _OF_STUDY)]:
        digest.update(file.relative_to(root).as_posix().encode() + b"\n")
        digest.update(file.read_bytes())
    return digest.hexdigest()
