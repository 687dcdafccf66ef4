"""Frames: whole and checked, or not there. Runs on CPython and MicroPython."""

from dyadwire import frames, loops, plain
from dyadwire.frames import FrameReader

GOLDEN = bytes.fromhex("d70302abcd") + bytes.fromhex("b37f5398")


def test_a_frame_is_magic_kind_length_payload_and_checksum():
    framed = frames.frame(3, b"\xab\xcd")
    assert framed[:5] == bytes.fromhex("d70302abcd")
    assert len(framed) == 2 + frames.OVERHEAD
    assert framed == GOLDEN, framed


def test_seal_makes_the_same_frame_in_place():
    buffer = bytearray(16)
    buffer[3:5] = b"\xab\xcd"
    assert frames.seal(buffer, 3, 2) == len(GOLDEN)
    assert bytes(buffer[: len(GOLDEN)]) == GOLDEN


def test_checksum_of_the_machine_code_equals_the_plain_one():
    fast = bytearray(frames.MAX_FRAME)
    for length in range(frames.MAX_PAYLOAD + 1):
        for index in range(length):
            fast[frames.HEADER_SIZE + index] = (index * 37 + length) & 0xFF
        unhurried = bytearray(fast)
        end = frames.HEADER_SIZE + length
        loops.put_checksum(fast, 1, end, loops.CRC_OF_NIBBLE)
        plain.put_checksum(unhurried, 1, end, None)
        assert fast == unhurried, length


def test_reader_finds_frames_cut_anywhere():
    stream = frames.frame(1, b"first") + frames.frame(2, b"") + frames.frame(3, bytes(221))
    for cut in range(len(stream)):
        reader = FrameReader()
        found = reader.feed(stream[:cut]) + reader.feed(stream[cut:])
        assert [frames.kind_of(framed) for framed in found] == [1, 2, 3]
        assert reader.noise_bytes == 0


def test_reader_skips_noise_and_counts_it():
    reader = FrameReader()
    found = reader.feed(b"noise" + frames.frame(7, b"x") + b"\xd7" + frames.frame(8, b"y"))
    found += reader.finish()
    assert [bytes(frames.payload_of(framed)) for framed in found] == [b"x", b"y"]
    assert reader.noise_bytes == 6


def test_a_changed_byte_loses_that_frame_and_no_other():
    before, victim, after = frames.frame(1, b"abc"), frames.frame(2, b"def"), frames.frame(3, b"g")
    for place in range(len(victim)):
        damaged = bytearray(victim)
        damaged[place] ^= 0x55
        reader = FrameReader()
        found = reader.feed(before + bytes(damaged) + after) + reader.finish()
        assert [frames.kind_of(framed) for framed in found] == [1, 3], place


def test_a_payload_too_long_is_refused():
    try:
        frames.frame(1, bytes(frames.MAX_PAYLOAD + 1))
    except ValueError:
        return
    raise AssertionError("accepted")
