"""Sealed bytes open whole and unchanged, under their passphrase, or not at all."""

import random
import struct
from io import BytesIO

import pytest

from dyadkit.errors import SessionError
from dyadkit.storage import sealing
from dyadkit.storage.sealing import CHUNK_BYTES, HEAD_BYTES, TAG_BYTES, SealingFile, chunks, seal_of

SEED = 20_261_201
PASSPHRASE = "five words that nobody says"
STEP = CHUNK_BYTES + TAG_BYTES
PLAIN = random.Random(SEED).randbytes(3 * CHUNK_BYTES + 1234)


@pytest.fixture(scope="module")
def sealed():
    target = BytesIO()
    file = SealingFile(target, PASSPHRASE)
    for first in range(0, len(PLAIN), 10_007):  # pieces that fit no chunk
        file.write(PLAIN[first : first + 10_007])
    file.close()
    return target.getvalue()


@pytest.fixture(scope="module")
def seal(sealed):
    return seal_of(BytesIO(sealed), PASSPHRASE)


def all_of(changed, seal):
    """What opens of a file whose head is known to be right: scrypt's cost once is enough."""
    return b"".join(chunks(BytesIO(changed), seal))


def parts(sealed):
    body = sealed[HEAD_BYTES:]
    return sealed[:HEAD_BYTES], [body[k : k + STEP] for k in range(0, len(body), STEP)]


def test_what_was_sealed_opens(sealed, seal):
    assert all_of(sealed, seal) == PLAIN
    assert PLAIN[:64] not in sealed


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_every_length_opens_around_the_length_of_a_chunk(size, monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    assert sealing.opened_bytes(sealing.sealed_bytes(PLAIN[:size], "p"), "p") == PLAIN[:size]


def test_the_same_bytes_are_never_sealed_alike(monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    assert len({sealing.sealed_bytes(b"x", "p") for _ in range(4)}) == 4


def test_a_flipped_bit_anywhere_in_the_chunks_is_refused(sealed, seal):
    draw = random.Random(SEED)
    _, found = parts(sealed)
    edges = [HEAD_BYTES + k * STEP + d for k in range(len(found)) for d in (0, 1, 17)]
    edges += [min(HEAD_BYTES + (k + 1) * STEP, len(sealed)) - 1 for k in range(len(found))]
    for place in edges + [draw.randrange(HEAD_BYTES, len(sealed)) for _ in range(40)]:
        changed = bytearray(sealed)
        changed[place] ^= 1 << draw.randrange(8)
        with pytest.raises(SessionError, match="not as it was sealed"):
            all_of(bytes(changed), seal)


def test_a_flipped_bit_of_the_head_is_refused(sealed, monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    small = sealing.sealed_bytes(b"x", PASSPHRASE)
    for place in range(HEAD_BYTES):
        changed = bytearray(small)
        changed[place] ^= 1
        with pytest.raises(SessionError):
            sealing.opened_bytes(bytes(changed), PASSPHRASE)


def test_an_end_cut_off_anywhere_is_refused(sealed, seal):
    _, found = parts(sealed)
    cuts = [HEAD_BYTES + k * STEP + d for k in range(len(found)) for d in (-1, 0, 1, 16)]
    for cut in [*cuts, len(sealed) - 1]:
        with pytest.raises(SessionError):
            all_of(sealed[: max(cut, HEAD_BYTES)], seal)
    for cut in (0, 5, HEAD_BYTES - 1):
        with pytest.raises(SessionError, match="not sealed by dyadkit"):
            seal_of(BytesIO(sealed[:cut]), PASSPHRASE)


def test_chunks_moved_repeated_left_out_or_added_are_refused(sealed, seal):
    head, (one, two, three, last) = parts(sealed)
    others = parts(sealing.sealed_bytes(PLAIN, PASSPHRASE))[1]
    for changed in (
        [two, one, three, last], [one, one, two, three, last], [one, three, last],
        [one, two, last, three], [one, two, three, last, last], [one, two, three, last, b"x"],
        [one, two, three, last, one], [last], [one, two, three], [others[0], two, three, last],
        [one, two, three, others[3]],
    ):  # fmt: skip
        with pytest.raises(SessionError, match="not as it was sealed"):
            all_of(head + b"".join(changed), seal)


def test_a_wrong_passphrase_is_known_before_anything_is_opened(sealed):
    for wrong in (PASSPHRASE + " ", PASSPHRASE.upper(), "x"):
        with pytest.raises(SessionError, match="wrong passphrase"):
            next(sealing.opened(BytesIO(sealed), wrong))
    with pytest.raises(SessionError, match="empty"):
        next(sealing.opened(BytesIO(sealed), ""))


def test_a_passphrase_is_the_same_however_its_letters_are_composed(monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    sealed = sealing.sealed_bytes(b"x", "gru\u0308n und scho\u0308n")
    assert sealing.opened_bytes(sealed, "gr\u00fcn und sch\u00f6n") == b"x"


def test_a_head_that_asks_for_gigabytes_is_refused_at_once(sealed):
    greedy = bytearray(sealed)
    greedy[len(sealing.MAGIC) + 1] = 30
    with pytest.raises(SessionError, match="update dyadkit"):
        seal_of(BytesIO(greedy), PASSPHRASE)


def test_a_seal_is_that_of_another_implementation(monkeypatch):
    """The format by hand, from its description: scrypt, HMAC and ChaCha20-Poly1305 alone."""
    import hmac

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    head, found = parts(sealing.sealed_bytes(PLAIN[: CHUNK_BYTES + 5], "p"))
    salt, nonce = head[17:33], head[33:40]
    keys = Scrypt(salt=salt, length=64, n=1 << 10, r=8, p=1).derive(b"p")
    assert head[40:] == hmac.digest(keys[:32], head[:40], "sha256")
    cipher = ChaCha20Poly1305(keys[32:])
    opened = [
        cipher.decrypt(nonce + struct.pack(">IB", k, k == len(found) - 1), chunk, head)
        for k, chunk in enumerate(found)
    ]
    assert b"".join(opened) == PLAIN[: CHUNK_BYTES + 5]
