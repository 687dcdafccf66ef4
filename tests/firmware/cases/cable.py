"""Packets through the cable, byte by byte, while the ticks wrap or the sender pauses."""

import asyncio
import io
import sys

from clock import PERIOD, Ticks

from dyadwire import cobs
from wearable.usb import Usb


class Bench:
    def __init__(self, start):
        self.ticks = Ticks(start)
        self.usb = Usb((sys.stdin.buffer, sys.stdout.buffer), self.ticks)

    def take(self, data, each_us=10):
        """What each byte ended, one after the other."""
        found = []
        for byte in data:
            self.ticks.true_us += each_us
            self.usb._byte[0] = byte
            found.append(self.usb._take())
        return [one for one in found if one]


def test_a_packet_is_whole_wherever_the_ticks_wrap_in_it():
    packet = cobs.packet(b"a packet")
    for passed in range(len(packet) + 1):
        bench = Bench(PERIOD - 10 * passed)
        bench.take(cobs.packet(b"before"))
        bench.ticks.true_us += PERIOD - 10 * passed - bench.ticks.true_us % PERIOD
        assert bench.take(packet) == [b"a packet"], passed


def test_what_pauses_too_long_is_given_up_also_over_a_wrap():
    for start in (1_000_000, PERIOD - 150_000):
        bench = Bench(start)
        assert bench.take(cobs.packet(b"torn")[:3]) == []
        bench.ticks.true_us += 250_000
        assert bench.take(cobs.packet(b"whole")) == [b"whole"]
        assert bench.take(cobs.packet(b"slow"), each_us=150_000) == [b"slow"]


class Stuffed:
    """A cable nobody reads: what is written waits half a second and is cut off, as on the board."""

    def __init__(self, ticks, room=0):
        self.ticks = ticks
        self.room = room
        self.said = b""

    def write(self, data):
        taken = bytes(data[: self.room])
        self.room -= len(taken)
        self.said += taken
        if len(taken) < len(data):
            self.ticks.true_us += 500_000
        return len(taken)


def test_a_host_that_does_not_read_holds_the_wearable_up_once():
    for start in (1_000_000, PERIOD - 250_000):
        bench = Bench(start)
        bench.usb.is_up = True
        bench.usb._out = Stuffed(bench.ticks)
        assert not bench.usb.send(memoryview(b"a frame"))
        before_us = bench.ticks.true_us
        assert not bench.usb.send(memoryview(b"a frame"))
        assert bench.ticks.true_us == before_us
        assert not bench.usb.is_up, "it is heard of again when it speaks"


def test_a_packet_cut_off_goes_on_when_the_host_reads_again_and_nothing_between():
    bench = Bench(1_000_000)
    bench.usb.is_up = True
    out = bench.usb._out = Stuffed(bench.ticks, room=40)
    frame, other = bytes(range(1, 101)), b"another frame"
    assert not bench.usb.send(memoryview(frame))
    assert bench.usb.sent, "the rest goes first"
    bench.usb.is_up = True
    out.room = 1000
    assert bench.usb.send(memoryview(frame))
    assert bench.usb.send(memoryview(other))
    assert cobs.PacketReader().feed(out.said) == [frame, other]


def test_what_is_given_up_half_way_costs_no_packet_but_itself():
    bench = Bench(1_000_000)
    bench.usb.is_up = True
    out = bench.usb._out = Stuffed(bench.ticks, room=40)
    bench.usb.send(memoryview(bytes(range(1, 101))))
    bench.usb.sent = 0  # another host has come
    bench.usb.is_up = True
    out.room = 1000
    assert bench.usb.send(memoryview(b"a frame"))
    reader = cobs.PacketReader()
    assert reader.feed(out.said) == [b"a frame"]
    assert reader.noise_bytes


class Noise(io.IOBase):
    """Bytes without end, and no packet in them."""

    def ioctl(self, request, argument):
        return argument & 1

    def readinto(self, buffer):
        buffer[0] = 1
        return 1


def test_noise_without_end_lets_others_have_their_turn():
    turns = [0]

    async def other():
        while True:
            turns[0] += 1
            await asyncio.sleep_ms(0)

    async def scene():
        usb = Usb((Noise(), sys.stdout.buffer), Ticks())
        listening = asyncio.create_task(usb.arrival())
        beside = asyncio.create_task(other())
        await asyncio.sleep_ms(50)
        listening.cancel()
        beside.cancel()

    asyncio.run(scene())
    assert turns[0] > 2
