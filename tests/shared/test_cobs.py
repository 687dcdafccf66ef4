"""Packets on the cable. Runs on CPython and MicroPython."""

import random

from dyadwire import cobs, plain

GOLDEN = (
    ("00", "010100"),
    ("0000", "01010100"),
    ("11220033", "031122023300"),
    ("11000000", "021101010100"),
    ("11223344", "051122334400"),
)


def packed(encode, data):
    target = bytearray(len(data) + 4)
    return bytes(target[: encode(target, data, len(data))])


def unpacked(packet):
    buffer = bytearray(packet[:-1])
    return bytes(buffer[: cobs.decode_in_place(buffer, len(buffer))])


def test_golden_bytes():
    for data, expected in GOLDEN:
        assert packed(cobs.encode_into, bytes.fromhex(data)) == bytes.fromhex(expected), data
        assert unpacked(bytes.fromhex(expected)) == bytes.fromhex(data), data


def test_machine_code_and_plain_code_agree_and_no_zero_is_inside():
    dice = random.Random(7) if hasattr(random, "Random") else random
    for size in (1, 2, 244, 252, 253, 254, 255, 256, 508, 509, 510):
        for share in (0, 1, 2, 8, 255):
            data = bytes((dice.getrandbits(8) if dice.getrandbits(8) >= share else 0)
                         for _ in range(size))  # fmt: skip
            packet = packed(cobs.encode_into, data)
            assert packet == packed(plain.stuff_into, data), (size, share)
            assert 0 not in packet[:-1]
            assert packet[-1] == 0
            assert len(packet) <= size + size // 254 + 2
            assert unpacked(packet) == data


def test_a_packet_of_the_largest_notification_fits():
    assert len(cobs.packet(bytes(cobs.MAX_DATA))) <= cobs.MAX_PACKET
    assert len(cobs.packet(b"\x01" * cobs.MAX_DATA)) <= cobs.MAX_PACKET


def test_a_reader_finds_packets_among_printed_text_and_damage():
    reader = cobs.PacketReader()
    good = cobs.packet(b"one\x00two")
    stream = (
        b"MicroPython booted\r\n\x00" + good + b"\x09ab\x00" + good + b"\xff" * 400 + b"\x00" + good
    )
    found = []
    for byte in stream:
        found += reader.feed(bytes((byte,)))
    assert [one for one in found if one == b"one\x00two"] == [b"one\x00two"] * 3
    assert reader.noise_bytes >= 400
    assert reader.is_between()


def test_a_packet_given_up_leaves_no_trace():
    reader = cobs.PacketReader()
    assert reader.feed(b"\x05ab") == []
    assert not reader.is_between()
    reader.drop()
    assert reader.feed(cobs.packet(b"next")) == [b"next"]
