"""Records: frames that travel sealed, each with its number, its time of departure and its tag.

    magic 0xD7 | 0x40 | size | counter 4 | frames | sent_us 6 | tag 8

`size` counts what follows it. Frames and stamp are encrypted (AES-128-CTR, the counter is the
nonce), then all but the tag is authenticated (AES-128-CMAC, its first eight bytes). A record needs
no checksum, and its stamp says what a `Sent` frame says on a link without a key. Zeros are no
stamp.

The cipher comes from outside. It has two members, both of which leave nothing behind:

    crypt(buffer, start, end, counter)   encrypts or decrypts in place
    tag(buffer, end)                     the CMAC of buffer[:end], at least eight bytes
"""

import struct

from dyadwire import frames
from dyadwire.errors import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Cipher(Protocol):
        """AES with the two keys of one direction of one session."""

        def crypt(self, buffer: bytearray, start: int, end: int, counter: int) -> None:
            """Encrypt or decrypt buffer[start:end] in place."""

        def tag(self, buffer: bytearray, end: int) -> "bytes | memoryview":
            """The CMAC of buffer[:end]."""


KIND = 0x40
STAMP_SIZE = 6
TAG_SIZE = 8
FRAMES_AT = frames.HEADER_SIZE + 4
OVERHEAD = FRAMES_AT + STAMP_SIZE + TAG_SIZE
MAX_RECORD = frames.HEADER_SIZE + 255
MAX_COUNTER = 0x3FFFFFFF
"""Records of one session, each way: small integers of a chip; a year at 30 a second."""


def is_same_tag(tag: "bytes | memoryview", buffer: "bytes | bytearray", at: int) -> bool:
    """Whether buffer[at:] begins with this tag, in a time that does not tell where it differs."""
    difference = 0
    for index in range(TAG_SIZE):
        difference |= tag[index] ^ buffer[at + index]
    return difference == 0


class Sealer:
    """Records of one direction, numbered from 1: a number is never used twice."""

    def __init__(self, cipher: "Cipher") -> None:
        self._cipher = cipher
        self._counter = 0

    def seal(self, buffer: bytearray, end: int, stamp_us: int) -> int:
        """Make a record of the frames at buffer[FRAMES_AT:end]; its size.

        Raises
        ------
        WireError
            they do not fit, or the session has used up its numbers
        """
        whole = end + STAMP_SIZE + TAG_SIZE
        if whole > MAX_RECORD or self._counter >= MAX_COUNTER:
            raise WireError("no record for %d bytes, number %d" % (end, self._counter))
        self._counter += 1
        buffer[0] = frames.MAGIC
        buffer[1] = KIND
        buffer[2] = whole - frames.HEADER_SIZE
        struct.pack_into("<I", buffer, frames.HEADER_SIZE, self._counter)
        struct.pack_into("<IH", buffer, end, stamp_us & 0xFFFFFFFF, stamp_us >> 32 & 0xFFFF)
        self._cipher.crypt(buffer, FRAMES_AT, end + STAMP_SIZE, self._counter)
        tag = self._cipher.tag(buffer, end + STAMP_SIZE)
        for index in range(TAG_SIZE):
            buffer[end + STAMP_SIZE + index] = tag[index]
        return whole


class Opener:
    """Records of the other direction: only ever later ones, and none that was touched."""

    def __init__(self, cipher: "Cipher") -> None:
        self._cipher = cipher
        self._last = 0

    def open(self, record: bytes) -> "tuple[bytes, int]":
        """Frames of a record, and its stamp.

        Raises
        ------
        WireError
            it is no record of this session, was touched, or is no later than one before
        """
        end = len(record) - TAG_SIZE
        if len(record) < OVERHEAD or record[1] != KIND:
            raise WireError("not a record")
        buffer = bytearray(record)
        if not is_same_tag(self._cipher.tag(buffer, end), record, end):
            raise WireError("a record with a wrong tag")
        (counter,) = struct.unpack_from("<I", record, frames.HEADER_SIZE)
        if counter <= self._last:
            raise WireError("a record out of turn")
        self._last = counter
        self._cipher.crypt(buffer, FRAMES_AT, end, counter)
        low, high = struct.unpack_from("<IH", buffer, end - STAMP_SIZE)
        return bytes(memoryview(buffer)[FRAMES_AT : end - STAMP_SIZE]), low | high << 32


class RecordReader(frames.FrameReader):
    """Reader of a keyed link: finds records besides frames, which only a handshake has."""

    def size_at(self, data: bytes, start: int) -> int:
        """As `frame_size`; a record is whole once it is all here: its tag tells more."""
        if len(data) - start < frames.HEADER_SIZE or data[start + 1] != KIND:
            return frames.frame_size(data, start)
        if data[start] != frames.MAGIC or data[start + 2] < OVERHEAD - frames.HEADER_SIZE:
            return 0
        size = frames.HEADER_SIZE + data[start + 2]
        return size if len(data) - start >= size else -1
