"""The ciphers of the host: AES-128 in CTR and CMAC, by the package `cryptography`.

An optional extra (`keys`): without it wearables that have no key are used as ever.
"""

import hashlib
import os
import struct
from collections.abc import Callable
from typing import Any

from dyadkit.errors import LinkError

NO_CIPHERS = (
    "a wearable with a key needs the package cryptography: "
    'pip install "dyadkit[keys]" and try again'
)


def sha256(data: bytes) -> Any:
    """SHA-256 as the handshake takes it."""
    return hashlib.sha256(data)


def random_bytes(count: int) -> bytes:
    """So many bytes that nobody can predict."""
    return os.urandom(count)


class HostCipher:
    """AES with the two keys of one direction; `crypt` and `tag` are as `dyadwire.records` asks."""

    def __init__(self, key: bytes) -> None:
        try:
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
            from cryptography.hazmat.primitives.cmac import CMAC
        except ImportError:
            raise LinkError(NO_CIPHERS) from None
        stream = algorithms.AES(key[:16])
        self._stream: Callable[[bytes], Any] = lambda first: Cipher(
            stream, modes.CTR(first)
        ).encryptor()
        self._tag = CMAC(algorithms.AES(key[16:32]))

    def crypt(self, buffer: bytearray, start: int, end: int, counter: int) -> None:
        """Encrypt or decrypt buffer[start:end] in place."""
        stream = self._stream(struct.pack(">IIII", counter, 0, 0, 0))
        buffer[start:end] = stream.update(bytes(buffer[start:end]))

    def tag(self, buffer: bytearray, end: int) -> bytes:
        """The CMAC of buffer[:end]."""
        one = self._tag.copy()
        one.update(bytes(buffer[:end]))
        return one.finalize()
