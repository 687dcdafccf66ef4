"""The ciphers of a chip: AES-128 in CTR and CMAC out of what `cryptolib` has, ECB and CBC.

The chip's AES works in hardware. Above 128 bytes CBC goes by DMA, whose lack of memory the port
takes for success: the output is zeros, and so would be every tag. So it is called for 128 bytes at
most, and each session begins with a test of itself.
"""

import struct

from cryptolib import aes
from micropython import const

from dyadwire.errors import WireError

TYPE_CHECKING = const(0)

_ECB = const(1)
_CBC = const(2)
_SIZE = const(16)
_AT_ONCE = const(128)
_ROOM = const(272)  # bytes: the longest record with its padding


def xor_plainly(target: bytearray, start: int, end: int, pad: bytearray) -> None:
    """Combine target[start:end] with pad[0:] in place."""
    for index in range(start, end):
        target[index] ^= pad[index - start]


xor_into = xor_plainly
if not TYPE_CHECKING:
    try:
        from wearable import cipher_fast

        xor_into = cipher_fast.xor_into
    except (ImportError, SyntaxError, ValueError):
        pass  # a MicroPython that cannot compile for this processor


class AesCipher:
    """AES with the two keys of one direction; `crypt` and `tag` are as `dyadwire.records` asks.

    Preallocates 272 bytes. Raises WireError where the chip's AES does not work.
    """

    def __init__(self, key: bytes) -> None:
        self._stream = aes(key[:_SIZE], _ECB)
        self._chain = aes(key[_SIZE : 2 * _SIZE], _CBC, bytes(_SIZE))
        self._room = bytearray(_ROOM)
        self._view = memoryview(self._room)
        self._last = bytearray(_SIZE)
        zero = aes(key[_SIZE : 2 * _SIZE], _ECB).encrypt(bytes(_SIZE))
        self._whole = doubled(zero)
        self._padded = doubled(self._whole)
        self._test_itself()

    def crypt(self, buffer: bytearray, start: int, end: int, counter: int) -> None:
        """Encrypt or decrypt buffer[start:end] in place."""
        room = self._room
        blocks = (end - start + _SIZE - 1) // _SIZE
        for block in range(blocks):
            struct.pack_into(">IIII", room, block * _SIZE, counter, 0, 0, block)
        pads = self._view[: blocks * _SIZE]
        self._stream.encrypt(pads, pads)
        xor_into(buffer, start, end, room)

    # CBC goes on from the block before. That one is combined with the first block of the next
    # message, which therefore begins as with zeros, and nothing need be made anew.
    def tag(self, buffer: bytearray, end: int) -> memoryview:
        """The CMAC of buffer[:end] (SP 800-38B), good until the next call."""
        room = self._room
        size = (end + _SIZE - 1) // _SIZE * _SIZE or _SIZE
        room[:end] = memoryview(buffer)[:end]
        for index in range(end, size):
            room[index] = 0
        if end < size:
            room[end] = 0x80
        xor_into(room, size - _SIZE, size, self._whole if end == size else self._padded)
        xor_into(room, 0, _SIZE, self._last)
        for at in range(0, size, _AT_ONCE):
            part = self._view[at : min(at + _AT_ONCE, size)]
            self._chain.encrypt(part, part)
        tag = self._view[size - _SIZE : size]
        self._last[:] = tag
        return tag

    def _test_itself(self) -> None:
        one = bytes(self.tag(bytearray(_AT_ONCE), _AT_ONCE))
        other = bytes(self.tag(bytearray(_AT_ONCE), _AT_ONCE - 1))
        if one == other or not any(one) or not any(other):
            raise WireError("the chip's AES does not work")


def doubled(block: "bytes | bytearray") -> bytearray:
    """A block times x in the field of SP 800-38B: the subkey that follows from another."""
    number = int.from_bytes(block, "big") << 1
    if number >> 128:
        number ^= 0x87
    return bytearray((number & (1 << 128) - 1).to_bytes(_SIZE, "big"))
