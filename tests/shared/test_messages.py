"""Messages and their layouts. Runs on CPython and MicroPython."""

from dyadwire import frames, key_messages, messages
from dyadwire.errors import WireError
from dyadwire.messages import Block, Echo, Fault, Hello, Probe, Sent, Start

GOLDEN = (
    (Hello(1, 0, 7, 0x01020304, b"\xaa\xbb\xcc\xdd\xee\xff", 1, b"0.1."),
     "01" "00" "0700" "04030201" "aabbccddeeff" "01" "302e312e"),
    (Start(0x11223344, 0xFFFFFFFF), "44332211" "ffffffff"),
    (Probe(513, 1 << 40), "0102" "0000000000010000"),
    (Echo(1, 2, 3, (1 << 63) + 5), "0100" "0200" "0300000000000000" "0500000000000080"),
    (Sent(9, 1000), "0900" "e803000000000000"),
    (Block(1, 7, 2, 3, 4, 1, 0x108, b"\x7f"),
     "01" "0700" "02000000" "03000000" "0400000000000000" "01" "0801" "7f"),
    (Fault(1, 2, b"no sensor"), "0100000000000000" "02" "6e6f2073656e736f72"),
    (messages.Taken(243), "f300"),
    (messages.Partner(b"\xd7\xad\x00\x61\x00\x02"), "d7ad00610002"),
    (key_messages.Greeting(1, 2, b"addres", bytes(range(16))),
     "01" "02" "616464726573" "000102030405060708090a0b0c0d0e0f"),
    (key_messages.Challenge(1, 0, b"01234567", bytes(16)),
     "01" "00" "3031323334353637" + "00" * 16),
    (key_messages.Proof(b"p" * 16), "70" * 16),
    (key_messages.Proven(b"q" * 16), "71" * 16),
    (key_messages.NewKey(b"k" * 32, b"n" * 32), "6b" * 32 + "6e" * 32),
    (key_messages.Erase(b"\xd7\xad\x00\x61\x00\x02"), "d7ad00610002"),
    (key_messages.Obeyed(0x45), "45"),
    (key_messages.PairKey(b"r" * 32), "72" * 32),
    (messages.Offer(65817, 0x01020304), "19010100" "04030201"),
    (messages.Piece(200, b"\x01\x02"), "c8000000" "0102"),
    (messages.Wants(0x0400), "00040000"),
    (messages.Updated(0x01020304, messages.UPDATE_DAMAGED), "04030201" "01"),
    (messages.Hardware(messages.RV32IMC, 6, 2048, b"xiao_esp32c6"),
     "0b" "06" "00080000" "7869616f5f657370333263" "36"),
    (messages.Exchanged(1, 2, 3, 4, 5, 6),
     "0100" "0200000000000000" "0300" "0400000000000000" "0500000000000000" "0600000000000000"),
)  # fmt: skip


def test_golden_bytes():
    for message, expected in GOLDEN:
        assert messages.pack(message) == bytes.fromhex(expected), message
        assert messages.unpack(message.KIND, bytes.fromhex(expected)) == message


def test_every_kind_has_its_own_number_and_fits_into_a_frame():
    every = messages.MESSAGES + key_messages.KEY_MESSAGES
    assert {messages.BY_KIND[message.KIND] for message in every} == set(every)
    assert len({message.KIND for message in every}) == len(every)
    for message in every:
        assert messages.size(message) <= frames.MAX_PAYLOAD


def test_every_message_of_zeros_survives_the_wire():
    for layout in messages.MESSAGES:
        payload = bytes(messages.size(layout))
        assert messages.pack(messages.unpack(layout.KIND, payload)) == payload


def test_a_longer_payload_of_a_newer_version_gives_the_known_part():
    payload = messages.pack(Probe(1, 2)) + b"more"
    assert messages.unpack(Probe.KIND, payload) == Probe(1, 2)


def test_an_unknown_kind_is_none():
    assert messages.unpack(0xEE, b"anything") is None


def test_a_payload_too_short_is_an_error():
    for layout in messages.MESSAGES:
        try:
            messages.unpack(layout.KIND, bytes(messages.size(layout) - 1))
        except WireError:
            continue
        raise AssertionError(layout)
