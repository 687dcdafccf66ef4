"""Extraction kept: the physiology of a session is read from its traces once, and then found again.

What is kept stands beside the session as `extraction.cache`, or in the user's cache folder where
the session cannot be written. It is a shortcut and nothing else:

1. Its key is a digest of everything the extraction sees, all traces, corrections and marks of the
   `Dyad` to the last bit, and of the source that reads them. What decoding or the clock do
   otherwise changes the traces, and so the key.
2. It is checksummed. One that is damaged, of another key or another version is not read.
3. No verdict on a session rests on it: `info` looks at the samples themselves.
4. `forget_extraction` removes it: whoever locks or purges a session calls that.
"""

import functools
import hashlib
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np
import scipy

import dyadkit.dyad
import dyadkit.signals
from dyadkit.dyad.digest import digest_of
from dyadkit.dyad.packing import arrays_of, bytes_of, packed, sum_of, unpacked
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.traces import Dyad
from dyadkit.errors import SessionError
from dyadkit.signals import PhysiologyPair, extract

CACHE_NAME = "extraction.cache"
MIN_WORTH_S = 300.0
"""Of a shorter session the extraction takes less than a second: nothing is kept."""
_WORDS = "words"


def extraction_of(dyad: Dyad) -> PhysiologyPair:
    """The physiology of both people as of `signals.extract`, kept if the session is stored.

    Equal to the last bit, whether it was kept or not and whoever else extracts meanwhile.

    Raises
    ------
    SignalError
        as `signals.extract`

    Examples
    --------
    >>> from dyadkit.sessions.loading import load
    >>> both = extraction_of(load("session-12"))
    >>> len(both.a.times_s) == len(both.b.times_s)
    True
    """
    places = _places(Path(dyad.source)) if dyad.duration_s >= MIN_WORTH_S else []
    if not places:
        return extract(dyad)
    key = _key(dyad)
    for place in places:
        kept = _kept(place, key)
        if kept is not None:
            return kept
    bodies = extract(dyad)
    _keep(bodies, key, places)
    return bodies


def forget_extraction(session: Path) -> list[Path]:
    """Remove what was kept of a session, in its folder and in the user's; gives what was removed.

    Raises
    ------
    SessionError
        something is there that cannot be removed
    """
    from dyadkit.storage import FILE_NAME

    removed = []
    for place in _of_session(session / FILE_NAME if session.is_dir() else session):
        try:
            place.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SessionError(f"cannot remove {place}: {error.strerror}") from None
        removed.append(place)
    return removed


def _places(file: Path) -> list[Path]:
    """Where the extraction of a closed session may be kept; of others nowhere."""
    if not file.is_file():
        return []
    from dyadkit.storage import ABOUT_NAME, FILE_NAME  # arrays are analysed without what it needs

    is_closed = file.name == FILE_NAME and (file.parent / ABOUT_NAME).is_file()
    return _of_session(file) if is_closed else []


def _of_session(file: Path) -> list[Path]:
    name = hashlib.sha256(str(file.resolve()).encode()).hexdigest()
    return [file.parent / CACHE_NAME, _users_folder() / f"{name}.cache"]


def _users_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "dyadkit"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dyadkit"


def _key(dyad: Dyad) -> str:
    people = [(one.traces, one.corrections, one.about) for one in (dyad.a, dyad.b)]
    seen = (people, dyad.marks, dyad.duration_s)
    return digest_of((_source(), *seen))


@functools.cache
def _source() -> str:
    """What the numbers depend on beside the traces: this source, and who computes for it."""
    digest = hashlib.sha256(f"{np.__version__} {scipy.__version__} {platform.machine()}".encode())
    for package in (dyadkit.signals, dyadkit.dyad):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _kept(place: Path, key: str) -> PhysiologyPair | None:
    try:
        head, _, content = place.read_bytes().partition(b"\n")
        if head.decode() != f"{key} {sum_of(content)}":
            return None
        arrays = arrays_of(content)
        words = json.loads(arrays.pop(_WORDS).tobytes())
        return unpacked(PhysiologyPair, words, arrays)
    except (OSError, ValueError, KeyError, TypeError, SessionError):
        return None


def _keep(bodies: PhysiologyPair, key: str, places: list[Path]) -> None:
    """Keep an extraction at the first place that takes it, whole or not at all.

    One that would not come back to the last bit is not kept, nor is one for which there is no room.
    """
    words, arrays = packed(bodies)
    if digest_of(unpacked(PhysiologyPair, words, arrays)) != digest_of(bodies):
        return
    content = bytes_of({**arrays, _WORDS: np.frombuffer(json.dumps(words).encode(), np.uint8)})
    for place in places:
        partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
        try:
            private_folder(place.parent)
            private_file(partial).write_bytes(f"{key} {sum_of(content)}\n".encode() + content)
            partial.replace(place)
        except OSError:
            partial.unlink(missing_ok=True)
            continue
        return
