"""Storage: the session file, every frame as it was received, kept before anyone interprets it.

`session.mcap` holds the exact wire frames of each wearable with their arrival on the host's clock
(`a/heard`, `b/heard`), the frames the host wrote (`a/said`, `b/said`), and JSON entries: the
host's log, marks, links that came and went, time exchanges, what each wearable is and how it is
set and calibrated, and gaps. A chunk is sealed and forced to disk each second and at each mark,
so a crash costs at most that. Each message carries a checksum of its channel, time and content in
MCAP's `sequence` field: a damaged file gives up its intact messages one by one and nothing else.
What no frame can give stands in a metadata record with a checksum of its own; `session.json` is a
copy of it.

Rules of this room: bytes and topics, no meaning; a file only grows; what is damaged is never
mended in place, `repair` writes a whole one elsewhere.

Start reading at `layout`, then `writing` and `reading`, which goes over the file by `scanning`;
`metadata` and `shapes` are what a session says of itself and in which form it is believed, `marks`
and `mark_lines` what others say meanwhile. `mcap_index` is for other MCAP programs.
"""

from dyadkit.storage.about import read_about, sha256_of, write_about
from dyadkit.storage.disk import BYTES_PER_HOUR, DiskFile, hours_of_room
from dyadkit.storage.layout import ABOUT_NAME, FILE_NAME, JSON_TOPICS, TOPICS, WIRE_TOPICS
from dyadkit.storage.reading import SessionStream, StoredSession, read_session
from dyadkit.storage.scanning import Damage
from dyadkit.storage.topic import StoredMessage, StoredMessages
from dyadkit.storage.writing import Follow, SessionWriter

__all__ = [
    "ABOUT_NAME",
    "BYTES_PER_HOUR",
    "FILE_NAME",
    "JSON_TOPICS",
    "TOPICS",
    "WIRE_TOPICS",
    "Damage",
    "DiskFile",
    "Follow",
    "SessionStream",
    "StoredMessage",
    "StoredMessages",
    "SessionWriter",
    "StoredSession",
    "hours_of_room",
    "read_about",
    "read_session",
    "sha256_of",
    "write_about",
]
