"""Metadata record of a session: what its recorder knew of it and no frame says.

An MCAP metadata record at the end of `session.mcap`, which other MCAP programs show; its own
SHA-256 says whether it is as it was written, and it counts the messages before it. `session.json`
is a copy for people and scripts and is believed in nothing that stands here.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mcap.data_stream import RecordBuilder
from mcap.records import Metadata

from dyadkit.storage.layout import MAX_CONTENT, PROFILE, RECORD_HEADER

MAX_RECORD_BYTES = MAX_CONTENT + 1024
MAX_LISTED = 100
MAX_FACT_BYTES = 64 << 10
"""Of one fact: some are lists of what went wrong, and nobody reads the hundred and first."""


class SessionMetadata(NamedTuple):
    """Facts of a session, and how many messages were written before them."""

    facts: dict[str, Any]
    messages: int


def metadata_record(metadata: SessionMetadata) -> bytes:
    """The record as it stands in the file, of facts that `fitting` gave."""
    facts = json.dumps(metadata._asdict(), sort_keys=True, allow_nan=False)
    builder = RecordBuilder()
    Metadata(PROFILE, {"session": facts, "sha256": _sum(facts.encode())}).write(builder)
    return bytes(builder.end())


def fitting(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that a record can hold: the beginning of a long list; what cannot be kept is named.

    A recording must not fail at its end, whatever a wearable said a thousand times.

    Examples
    --------
    >>> fitting({"faults": ["heap", "flash"], "seed": float("nan")})
    {'faults': ['heap', 'flash'], 'left_out': ['seed']}
    >>> kept = fitting({"faults": ["heap"] * 500})
    >>> len(kept["faults"]), kept["left_out"]
    (100, ['faults, 400 of them'])
    """
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    room = MAX_CONTENT / 2
    for name, fact in facts.items():
        if isinstance(fact, list) and len(fact) > MAX_LISTED:
            left_out.append(f"{name}, {len(fact) - MAX_LISTED} of them")
            fact = fact[:MAX_LISTED]
        size = _json_size(fact)
        if size > min(MAX_FACT_BYTES, room):
            left_out.append(name)
            continue
        room -= size
        kept[name] = fact
    return {**kept, "left_out": left_out[:MAX_LISTED]} if left_out else kept


def is_own(record: bytes) -> bool:
    """Whether a metadata record is a session's own; other programs may add theirs."""
    return next(_strings(record[RECORD_HEADER.size :]), b"") == PROFILE.encode()


def metadata_in(record: bytes) -> SessionMetadata | None:
    """What a record holds, or None where it is another's or not as it was written.

    Examples
    --------
    >>> record = metadata_record(SessionMetadata({"simulated": True}, messages=7))
    >>> metadata_in(record)
    SessionMetadata(facts={'simulated': True}, messages=7)
    >>> metadata_in(record.replace(b"true", b"True")) is None
    True
    """
    texts = list(_strings(record[RECORD_HEADER.size :]))
    if texts[:2] != [PROFILE.encode(), b"session"] or len(texts) != 5 or texts[3] != b"sha256":
        return None
    if texts[4].decode("ascii", "replace") != _sum(texts[2]):
        return None
    found = parsed(texts[2]) or {}
    facts, messages = found.get("facts"), found.get("messages")
    if isinstance(facts, dict) and type(messages) is int:
        return SessionMetadata(facts, messages)
    return None


def parsed(data: bytes) -> dict[str, Any] | None:
    """A JSON object out of bytes; None for all else, however it is made."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _strings(content: bytes) -> Iterator[bytes]:
    """Name, keys and values of a record, as long as they fit; the map's own length is no string."""
    at, count = 0, 0
    while at + 4 <= len(content):
        size = int.from_bytes(content[at : at + 4], "little")
        at += 4
        count += 1
        if count == 2:
            continue
        yield content[at : at + size]
        at += size


def _json_size(fact: Any) -> float:
    """Bytes of a fact as JSON; infinite where it is none."""
    try:
        return len(json.dumps(fact, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        return float("inf")


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
