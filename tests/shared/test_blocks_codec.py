"""Samples packed as first differences. Runs on CPython and MicroPython."""

from array import array

from dyadwire import codec, plain
from dyadwire.errors import WireError

GOLDEN = (
    ((0,), "00"),
    ((1, 2, 3), "020202"),
    ((-1,), "01"),
    ((63, -1, 63), "7e7f8001"),
    ((100000, 100020, 99990), "c09a0c283b"),
    ((262143, 0, 262143), "feff1ffdff1ffeff1f"),
    ((-(1 << 30), (1 << 30) - 1), "ffffffff07feffffff0f"),
)


def packed(encode, samples):
    buffer = bytearray(5 * len(samples) + 1)
    end = encode(buffer, 0, array("i", samples), 0, len(samples), 0)
    return bytes(buffer[:end])


def test_golden_bytes():
    for samples, expected in GOLDEN:
        assert packed(codec.encode_into, samples) == bytes.fromhex(expected), samples
        assert packed(plain.encode_into, samples) == bytes.fromhex(expected), samples
        assert codec.decode(bytes.fromhex(expected), len(samples)) == list(samples)


def test_what_was_packed_in_two_goes_unpacks_as_one():
    samples = array("i", [50000 + index * index % 211 for index in range(40)])
    buffer = bytearray(200)
    end = codec.encode_into(buffer, 0, samples, 0, 15, 0)
    end = codec.encode_into(buffer, end, samples, 15, 25, samples[14])
    assert codec.decode(bytes(buffer[:end]), 40) == list(samples)


def test_machine_code_and_plain_code_agree_on_random_samples():
    state = 12345
    for bits in (4, 8, 18, 21, 30, 31):
        for _ in range(50):
            samples = []
            for _ in range(20):
                state = (state * 1103515245 + 12345) & 0x7FFFFFFF
                samples.append((state >> (31 - bits)) - (1 << (bits - 1)))
            data = packed(codec.encode_into, samples)
            assert data == packed(plain.encode_into, samples), samples
            assert codec.decode(data, 20) == samples


def test_a_block_cut_short_or_too_long_is_an_error():
    data = packed(codec.encode_into, (5, 500, 50000))
    for wrong in (data[:-1], data + b"\x00", b"", b"\xff" * 9):
        try:
            codec.decode(wrong, 3)
        except WireError:
            continue
        raise AssertionError(wrong)
