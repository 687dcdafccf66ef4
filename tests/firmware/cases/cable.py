"""Packets through the cable, byte by byte, while the ticks wrap or the sender pauses."""

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
