"""Random messages, framed, read back and summed up. Runs on CPython and MicroPython."""

import binascii
from array import array

from dyadwire import codec, frames, messages

BITS = {"B": 8, "H": 16, "I": 32, "Q": 63, "b": 8, "h": 16, "i": 32}
SIGNED = "bhi"


class Dice:
    """Random numbers that are the same on every machine."""

    def __init__(self, seed):
        self.state = seed

    def bits(self, count):
        value = 0
        for _ in range(0, count, 16):
            self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
            value = value << 16 | self.state >> 8 & 0xFFFF
        return value & ((1 << count) - 1)

    def data(self, count):
        return bytes([self.bits(8) for _ in range(count)])


def random_field(dice, kind, repeat):
    if kind == "s":
        return dice.data(repeat)
    value = dice.bits(BITS[kind])
    return value - (1 << BITS[kind] - 1) if kind in SIGNED else value


def random_message(dice):
    layout = messages.MESSAGES[dice.bits(16) % len(messages.MESSAGES)]
    fields, digits = [], ""
    for letter in layout.LAYOUT[1:]:
        if letter.isdigit():
            digits += letter
        else:
            fields.append(random_field(dice, letter, int(digits or 1)))
            digits = ""
    if messages.has_tail(layout):
        fields.append(random_samples(dice) if layout is messages.Block else dice.data(30))
    return layout(*fields)


def random_samples(dice):
    """Packed samples, unpacked again on the way."""
    count = 1 + dice.bits(4)
    samples = array("i", [dice.bits(18) - (1 << 17) for _ in range(count)])
    buffer = bytearray(codec.MAX_SAMPLE_SIZE * count)
    end = codec.encode_into(buffer, 0, samples, 0, count, 0)
    packed = bytes(buffer[:end])
    assert codec.decode(packed, count) == list(samples)
    return packed


def checksum_of(count, seed):
    """CRC32 of so many frames, each of which is read back and equals what was packed."""
    dice = Dice(seed)
    reader = frames.FrameReader()
    checksum = 0
    for _ in range(count):
        message = random_message(dice)
        framed = frames.frame(message.KIND, messages.pack(message))
        (found,) = reader.feed(framed)
        assert messages.unpack(frames.kind_of(found), frames.payload_of(found)) == message
        checksum = binascii.crc32(framed, checksum)
    return checksum
