"""The radio's interrupt side: short of memory, flooded, refused."""

import asyncio

import bluetooth
from clock import Ticks

from wearable import radio
from wearable.radio import Peripheral


class Flaky(bluetooth.BLE):
    """A radio whose reading or notifying fails once in the way it is told to."""

    fails_to_read = fails_to_notify = None

    def gatts_read(self, handle):
        failure, self.fails_to_read = self.fails_to_read, None
        if failure is not None:
            raise failure
        return super().gatts_read(handle)

    def gatts_notify(self, conn, handle, data):
        failure, self.fails_to_notify = self.fails_to_notify, None
        if failure is not None:
            raise failure
        super().gatts_notify(conn, handle, data)


def started():
    ble = Flaky()
    made = Peripheral(ble, "dyad-test", bytes(6), Ticks())
    made.start()
    return made, ble


def arrivals(made):
    """What waits in the inbox, as (what, link, bytes)."""

    async def all_of_it():
        found = []
        try:
            while made._inbox.any():
                what, link, _, heard = await asyncio.wait_for_ms(made.arrival(), 5)
                found.append((what, link, heard))
        except asyncio.TimeoutError:  # noqa: UP041 - MicroPython knows no other
            pass  # packet sizes are not told
        return found

    return asyncio.run(all_of_it())


def test_a_write_that_finds_no_memory_is_not_the_last_one_heard():
    made, ble = started()
    ble.connect()
    ble.fails_to_read = MemoryError()
    ble.hear(b"lost")
    ble.hear(b"heard")
    assert made.overrun == 1
    assert [heard for what, _, heard in arrivals(made) if what == radio.RECEIVED] == [b"lostheard"]


def test_a_flood_of_writes_leaves_room_to_tell_that_the_link_was_lost():
    made, ble = started()
    ble.connect()
    for _ in range(600):
        ble.hear(b"!")
    assert made.overrun > 0
    ble.disconnect()
    ble.connect()
    told = [what for what, _, _ in arrivals(made) if what != radio.RECEIVED]
    assert told == [radio.LINK_UP, radio.LINK_DOWN, radio.LINK_UP]


def test_a_full_radio_is_asked_again_and_one_that_fails_is_hung_up():
    made, ble = started()
    ble.connect()
    ((_, link, _),) = arrivals(made)
    ble.fails_to_notify = OSError(12)
    assert not link.send(memoryview(b"first"))
    assert link.is_up
    ble.fails_to_notify = OSError(5)
    assert not link.send(memoryview(b"second"))
    assert not link.is_up
    assert [what for what, _, _ in arrivals(made)] == [radio.LINK_DOWN], (
        "or the host waits for ever"
    )


def test_a_host_with_small_packets_gets_everything_in_pieces():
    made, ble = started()
    ble.mtu = 103
    ble.connect()
    ((_, link, _),) = arrivals(made)
    frames = memoryview(bytes(range(244)))
    ble.room = 1
    assert not link.send(frames)
    assert link.sent
    ble.room = 9
    assert link.send(frames)
    assert not link.sent
    assert b"".join(ble.notified) == bytes(frames)
    assert len(ble.notified) == 3


def test_packets_are_the_smallest_until_the_host_says_more():
    made, ble = started()
    made._on_event(radio.LINK_UP, (0, 0, bytes(6)))
    ble.mtu = 23
    ((_, link, _),) = arrivals(made)
    assert link.send(memoryview(bytes(45)))
    assert [len(sent) for sent in ble.notified] == [20, 20, 5]


def test_an_event_is_one_record_that_is_never_found_in_part():
    made, ble = started()
    ble.connect()
    inbox, writes = made._inbox, []

    class Inbox:
        def any(self):
            return inbox.any()

        def read(self, size):
            return inbox.read(size)

        def write(self, buffer, size):
            writes.append(size)
            return inbox.write(buffer, size)

    made._inbox = Inbox()
    ble.hear(b"twelve bytes")
    assert len(writes) == 1
    assert [heard for what, _, heard in arrivals(made) if what == radio.RECEIVED] == [
        b"twelve bytes"
    ]


def test_names_of_any_length_are_shown_in_whole_characters_as_far_as_they_fit():
    for name in ("a", "x" * 29, "y" * 30, "z" * 64, "\U0001f499" * 16, "ä" * 20, "1" + "ä" * 20):
        ble = bluetooth.BLE()
        Peripheral(ble, name, bytes(6), Ticks()).start()
        assert ble.response[1] == 0x09
        shown = ble.response[2:].decode()
        assert name.startswith(shown)
        assert len(shown.encode()) == ble.response[0] - 1 <= 29
        assert shown == name or len(name[: len(shown) + 1].encode()) > 29
