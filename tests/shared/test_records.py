"""Records: what is sealed on one side opens on the other, once, in order, and untouched."""

import hashlib

from dyadwire import frames, messages, records
from dyadwire.errors import WireError
from dyadwire.records import FRAMES_AT, Opener, RecordReader, Sealer


class Plain:
    """Cipher of no secrecy, to show what records do by themselves."""

    def crypt(self, buffer, start, end, counter):
        for index in range(start, end):
            buffer[index] ^= (counter * 7 + index - start) & 0xFF

    def tag(self, buffer, end):
        return hashlib.sha256(bytes(buffer[:end])).digest()


PROBE = frames.frame(messages.Probe.KIND, messages.pack(messages.Probe(7, 8)))


def sealed(sealer, framed=PROBE, stamp_us=0):
    buffer = bytearray(FRAMES_AT) + framed + bytes(14)
    size = sealer.seal(buffer, FRAMES_AT + len(framed), stamp_us)
    assert size == len(buffer)
    return bytes(buffer)


def refused(opener, record):
    try:
        opener.open(record)
    except WireError:
        return True
    return False


def test_frames_and_stamp_come_out_as_they_went_in():
    sealer, opener = Sealer(Plain()), Opener(Plain())
    for stamp_us in (0, 1, 0xFFFFFFFF, 0x100000000, (1 << 48) - 1):
        assert opener.open(sealed(sealer, PROBE, stamp_us)) == (PROBE, stamp_us)


def test_no_single_bit_of_a_record_can_be_changed():
    record = sealed(Sealer(Plain()))
    for at in range(len(record)):
        for bit in range(8):
            touched = bytearray(record)
            touched[at] ^= 1 << bit
            if at != 1:  # another kind is no record, and no frame either
                assert refused(Opener(Plain()), bytes(touched)), (at, bit)


def test_a_record_cut_anywhere_is_refused():
    record = sealed(Sealer(Plain()))
    for size in range(len(record)):
        assert refused(Opener(Plain()), record[:size]), size


def test_a_record_is_taken_once_and_never_behind_a_later_one():
    sealer, opener = Sealer(Plain()), Opener(Plain())
    first, second, third = [sealed(sealer) for _ in range(3)]
    opener.open(first)
    assert refused(opener, first)
    opener.open(third)
    assert refused(opener, second)
    assert refused(opener, third)


def test_no_number_is_used_twice_not_even_for_the_same_frames():
    sealer = Sealer(Plain())
    found = {sealed(sealer) for _ in range(100)}
    assert len(found) == 100


def test_a_session_ends_before_its_numbers_do():
    sealer = Sealer(Plain())
    sealer._counter = records.MAX_COUNTER
    buffer = bytearray(64)
    try:
        sealer.seal(buffer, 40, 0)
        raise AssertionError("a number was used again")
    except WireError as error:
        said = str(error)
    assert "no record" in said


def test_the_longest_frame_of_flash_finds_room_in_a_record():
    framed = frames.frame(0x08, bytes(220))
    record = sealed(Sealer(Plain()), framed)
    assert Opener(Plain()).open(record)[0] == framed


def test_a_reader_finds_records_and_frames_in_pieces_of_any_size():
    sealer = Sealer(Plain())
    sent = [PROBE, sealed(sealer), sealed(sealer, PROBE * 5), PROBE]
    for piece in (1, 2, 3, 7, 20, 1000):
        reader, found = RecordReader(), []
        stream = b"".join(sent)
        for at in range(0, len(stream), piece):
            found += reader.feed(stream[at : at + piece])
        assert found == sent, piece
        assert reader.noise_bytes == 0


def test_noise_before_a_record_is_skipped():
    record = sealed(Sealer(Plain()))
    reader = RecordReader()
    assert reader.feed(b"noise\xd7\x40\x01" + record) == [record]
