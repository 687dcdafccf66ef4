"""Structure of a session file: what lies between its messages, and is MCAP's own or damage."""

import zlib
from typing import BinaryIO

from dyadkit.storage.layout import (
    CHUNK,
    CHUNK_HEADER,
    MAGIC,
    MESSAGE,
    METADATA,
    OPCODES,
    RECORD_HEADER,
)
from dyadkit.storage.metadata import MAX_RECORD_BYTES, SessionMetadata, is_own, metadata_in

MAX_PASSES = 4
"""Over a file, for chunks whose sum is wrong: damage hits few, a crafted file may hold many."""
_PIECE_BYTES = 1 << 20


class Structure:
    """Structure of a file, walked stretch by stretch in order; nothing is held but the last facts.

    size : of the file, when it was opened
    metadata : the last record of it that is as it was written
    """

    def __init__(self, file: BinaryIO) -> None:
        self.metadata: SessionMetadata | None = None
        self.size = file.seek(0, 2)
        self._file = file
        self._vouched_byte = 0
        self._wasted_bytes = 0

    def read(self, start: int, stop: int) -> bytes:
        """Bytes of the file; fewer at its end."""
        self._file.seek(max(start, 0))
        return self._file.read(stop - max(start, 0))

    def is_whole(self, at: int, stop: int) -> bool:
        """Whether bytes between messages are whole MCAP records: headers, indexes, summary.

        1. The file's magic stands before its first record and behind its last.
        2. A message here is one whose checksum failed, and no opcode but MCAP's is structure.
        3. Of a chunk only the header lies here, for its records are messages. The chunk vouches
           for them with a CRC of its own: whole messages that are missing leave no gap of theirs.
        4. The metadata record vouches for itself.
        5. Every other record lies here with all its bytes; the last must end where this does.
        """
        if self.read(at, at + len(MAGIC)) == MAGIC:
            at += len(MAGIC)
        if stop == self.size and self.read(stop - len(MAGIC), stop) == MAGIC:
            stop -= len(MAGIC)
        while at + RECORD_HEADER.size <= stop:
            opcode, length = RECORD_HEADER.unpack(self.read(at, at + RECORD_HEADER.size))
            if opcode not in OPCODES or opcode == MESSAGE:
                return False
            whole = CHUNK_HEADER.size if opcode == CHUNK else RECORD_HEADER.size + length
            if opcode == CHUNK and not self._chunk_holds(at):
                return False
            if opcode == METADATA and at + whole <= stop and not self._takes(at, whole):
                return False
            at += whole
        return at == stop

    def _takes(self, at: int, whole: int) -> bool:
        """Keep a metadata record's facts; whether it is as it was written, or another program's."""
        record = self.read(at, at + min(whole, MAX_RECORD_BYTES))
        found = metadata_in(record)
        self.metadata = found or self.metadata
        return found is not None or not is_own(record)

    def _chunk_holds(self, at: int) -> bool:
        """Whether a chunk's records are what its header vouches for; chunks never overlap.

        Wrong ones cost at most a few passes over the file, and then none is believed any more.
        """
        header = self.read(at, at + CHUNK_HEADER.size)
        if len(header) < CHUNK_HEADER.size or at < self._vouched_byte:
            return False
        *_, checked, compression, size = CHUNK_HEADER.unpack(header)
        stop = at + CHUNK_HEADER.size + size
        if compression or stop > self.size or self._wasted_bytes > MAX_PASSES * self.size:
            return False
        if self._crc32(size) != checked:
            self._wasted_bytes += size
            return False
        self._vouched_byte = stop
        return True

    def _crc32(self, size: int) -> int:
        """Sum of so many bytes behind what was read last."""
        crc = 0
        while size and (piece := self._file.read(min(size, _PIECE_BYTES))):
            crc = zlib.crc32(piece, crc)
            size -= len(piece)
        return crc
