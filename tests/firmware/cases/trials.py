# ruff: noqa: PTH123
"""Which of two applications runs: a trial, its end, the way back. MicroPython has no pathlib."""

import binascii
import io
import os
import struct
import sys

import disk

import slots


def row(*files):
    """A row of files, as an update is."""
    parts = []
    for name, data in files:
        head = bytes((len(name),)) + name + struct.pack("<II", len(data), binascii.crc32(data))
        parts.append(head + data)
    return b"".join(parts)


def filled(*names):
    """Fresh flash with these slots filled; the checksum of what each holds."""
    disk.fresh()
    checksums = []
    for index, name in enumerate(names):
        data = row((b"hello/__init__.py", b"WHO = %d" % index), (b"hello/more.py", b"pass"))
        with open(name, "wb") as file:
            file.write(data)
        checksums.append(binascii.crc32(data))
    return checksums


def entered():
    """What a boot lets run, by the number in it; None for what is frozen."""
    try:
        slots.enter()
        if slots.MOUNTED not in sys.path:
            return None
        import hello
        import hello.more

        return hello.WHO
    finally:
        for name in ("hello", "hello.more"):
            sys.modules.pop(name, None)
        if slots.MOUNTED in sys.path:
            sys.path.remove(slots.MOUNTED)
            os.umount(slots.MOUNTED)


def letters(crc):
    return ("%04x" % (crc & 0xFFFF)).encode()


def test_an_update_that_is_confirmed_stays_and_tells_its_number():
    (first,) = filled("slot-a")
    assert slots.build() == b""
    slots.begin_trial("slot-a", first)
    assert entered() == 0
    assert slots.is_on_trial()
    slots.confirm()
    for _ in range(5):
        assert entered() == 0
    assert slots.build() == letters(first)


def test_one_that_is_never_confirmed_gives_way_to_the_one_before_with_its_number():
    first, second = filled("slot-a", "slot-b")
    slots.begin_trial("slot-a", first)
    entered()
    slots.confirm()
    assert slots.spare() == "slot-b"
    slots.begin_trial("slot-b", second)
    assert [entered() for _ in range(4)] == [1, 1, 0, 0]
    assert slots.build() == letters(first)


def test_a_damaged_one_gives_way_at_once_in_the_end_to_what_is_frozen():
    (first,) = filled("slot-a")
    slots.begin_trial("slot-b", 1)
    assert entered() is None
    assert slots.build() == b""
    slots.begin_trial("slot-a", first)
    assert entered() == 0
    with open("slot-a", "r+b") as file:
        file.seek(40)
        file.write(b"#")
    assert entered() is None


def test_a_slot_takes_the_blocks_of_its_bytes_and_little_more():
    disk.fresh()
    free = os.statvfs(".")[3]
    files = [(b"pack/m%02d.mpy" % number, bytes(1500)) for number in range(45)]
    with open("slot-a", "wb") as file:
        file.write(row(*files))
    assert (free - os.statvfs(".")[3]) * 4096 <= 45 * 1500 + 12 * 1024


def test_a_row_that_ends_within_a_file_is_none():
    whole = row((b"a.py", b"pass"), (b"b.py", b"pass"))
    for end in range(1, len(whole)):
        if end == len(whole) // 2:
            continue  # one whole file
        try:
            list(slots.entries(io.BytesIO(whole[:end])))
        except (ValueError, IndexError):
            continue
        raise AssertionError(end)
