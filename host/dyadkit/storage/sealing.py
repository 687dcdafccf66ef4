"""Sealing: bytes under a passphrase, of any length, that open whole and unchanged or not at all.

    head | chunk | chunk | ... | last chunk

The head is magic, version, scrypt's cost, salt and the beginning of a nonce, then an HMAC-SHA-256
of all that: a wrong passphrase is known before a byte is opened, and no file opens under two
passphrases. scrypt (RFC 7914) makes of passphrase and salt the key of that HMAC and the key of the
chunks. Each chunk is 64 KiB under ChaCha20-Poly1305 (RFC 8439); its nonce is the head's beginning,
the chunk's number and whether it is the last. So a changed bit, a chunk left out, repeated, moved
or added, and an end cut off are all refused (the STREAM construction: Hoang, Reyhanitabar, Rogaway
and Vizár 2015). Needs `cryptography`, from the extra `keys`.
"""

import hashlib
import hmac
import os
import struct
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dyadkit.errors import SessionError, extra

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"dyadkit sealed\0"
VERSION = 1
COST_LOG2 = 17
"""scrypt's n is 2^17, its r 8 and its p 1: 128 MiB and about half a second a guess."""
MAX_COST_LOG2 = 18
"""A file made to harm could ask for any memory; 256 MiB are given at most."""
BLOCK_SIZE, PARALLEL = 8, 1
CHUNK_BYTES = 64 << 10
TAG_BYTES = 16
MAX_CHUNKS = 1 << 32
_HEAD = struct.Struct(f"<{len(MAGIC)}sBB16s7s")
_PROOF_BYTES = hashlib.sha256().digest_size
HEAD_BYTES = _HEAD.size + _PROOF_BYTES


class Seal(NamedTuple):
    """Head of a sealed file, and the two keys that its passphrase gives."""

    head: bytes
    nonce: bytes
    chunk_key: bytes


class SealingFile:
    """Writer into a sealed file: `write` takes any bytes, `close` writes the last chunk.

    A file without its last chunk never opens, so what dies on the way leaves nothing to misread.

    Raises
    ------
    SessionError
        the passphrase is empty
    MissingExtraError
        `cryptography` is not installed

    Examples
    --------
    >>> sealed = BytesIO()
    >>> file = SealingFile(sealed, "a long passphrase")
    >>> file.write(b"skin conductance of two people")
    >>> file.close()
    >>> b"".join(opened(BytesIO(sealed.getvalue()), "a long passphrase"))
    b'skin conductance of two people'
    """

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        salt, nonce = os.urandom(16), os.urandom(7)
        head = _HEAD.pack(MAGIC, VERSION, COST_LOG2, salt, nonce)
        proof_key, chunk_key = _keys(passphrase, salt, COST_LOG2)
        self.seal = Seal(head + _proof(proof_key, head), nonce, chunk_key)
        self._cipher = _cipher(chunk_key)
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        target.write(self.seal.head)

    def write(self, data: bytes) -> None:
        """Take more bytes; what fills a chunk is sealed and written."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:  # one is kept: it may be the last
            self._put(bytes(self._waiting[:CHUNK_BYTES]), last=0)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> None:
        """Seal what is left as the last chunk."""
        self._put(bytes(self._waiting), last=1)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: int) -> None:
        nonce = _chunk_nonce(self.seal.nonce, self._number, last)
        self._target.write(self._cipher.encrypt(nonce, chunk, self.seal.head))
        self._number += 1


def seal_of(file: BinaryIO, passphrase: str) -> Seal:
    """The seal at the beginning of a file, which this passphrase opens; the file is then behind it.

    Raises
    ------
    SessionError
        the file is not sealed by dyadkit, or this passphrase does not open it
    """
    head = file.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
        raise SessionError("it was not sealed by dyadkit, or its beginning is gone")
    _, version, cost_log2, salt, nonce = _HEAD.unpack_from(head)
    if version != VERSION or cost_log2 > MAX_COST_LOG2:
        raise SessionError("it was sealed in a way that this version does not know: update dyadkit")
    proof_key, chunk_key = _keys(passphrase, salt, cost_log2)
    if not hmac.compare_digest(_proof(proof_key, head[: _HEAD.size]), head[_HEAD.size :]):
        raise SessionError("wrong passphrase, or the beginning of the file was changed")
    return Seal(head, nonce, chunk_key)


def opened(file: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """Yield what is sealed in a file, chunk by chunk, each as it was written.

    A later chunk may still turn out to be changed or missing: what must not be used in part is
    first gone through to its end.

    Raises
    ------
    SessionError
        wrong passphrase, or the file is not as it was sealed
    """
    yield from chunks(file, seal_of(file, passphrase))


def chunks(file: BinaryIO, seal: Seal) -> Iterator[bytes]:
    """Yield what the chunks of a file hold; it must be behind its head. Raises as `opened`."""
    from cryptography.exceptions import InvalidTag

    cipher = _cipher(seal.chunk_key)
    file.seek(HEAD_BYTES)
    number, sealed = 0, file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        nonce = _chunk_nonce(seal.nonce, number, last=int(not following))
        try:
            yield cipher.decrypt(nonce, sealed, seal.head)
        except InvalidTag:
            raise SessionError(
                "it is not as it was sealed: changed, cut short or added to; nothing was opened"
            ) from None
        if not following:
            return
        number, sealed = number + 1, following


def sealed_bytes(data: bytes, passphrase: str) -> bytes:
    """A few bytes, sealed.

    Examples
    --------
    >>> sealed_bytes(b"a key", "secret").startswith(MAGIC)
    True
    """
    target = BytesIO()
    file = SealingFile(target, passphrase)
    file.write(data)
    file.close()
    return target.getvalue()


def opened_bytes(sealed: bytes, passphrase: str) -> bytes:
    """What a few sealed bytes hold, whole. Raises as `opened`."""
    return b"".join(opened(BytesIO(sealed), passphrase))


def is_sealed(data: bytes) -> bool:
    """Whether bytes begin as sealed ones do."""
    return data.startswith(MAGIC)


def _keys(passphrase: str, salt: bytes, cost_log2: int) -> tuple[bytes, bytes]:
    """Key of the head's proof and key of the chunks; a passphrase is the same however typed."""
    if not passphrase:
        raise SessionError("an empty passphrase protects nothing: give one")
    words = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    cost = 1 << cost_log2
    both = hashlib.scrypt(
        words, salt=salt, n=cost, r=BLOCK_SIZE, p=PARALLEL, dklen=64,
        maxmem=2 * 128 * BLOCK_SIZE * cost,
    )  # fmt: skip
    return both[:32], both[32:]


def _proof(key: bytes, head: bytes) -> bytes:
    return hmac.digest(key, head, "sha256")


def _chunk_nonce(beginning: bytes, number: int, last: int) -> bytes:
    if number >= MAX_CHUNKS:
        raise SessionError("more than 256 TiB cannot be sealed in one file")
    return beginning + struct.pack(">IB", number, last)


def _cipher(key: bytes) -> "ChaCha20Poly1305":
    with extra("keys"):
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    return ChaCha20Poly1305(key)
