"""The wearable's virtual time, and the lockstep with the world outside.

Time passes only here: code that computes costs what `costs` says, else nothing. Up to the horizon
the world granted, the wearable runs on its own; there it reports and waits for the next grant.
"""

import binascii
import struct

import micropython

from virtual import costs

FOREVER = 1 << 61
_STEP_US = 500

# wearable -> world
IDLE = 1
REQUEST = 2
NOTIFY = 3
VALUE = 4
RESET = 5
USB_OUT = 6
# world -> wearable
ANSWER = 1
CREDITS = 2
IRQ = 3
WRITTEN = 4
USB_IN = 5
PIN = 6
BROWN_OUT = 7
USB_LINE = 8

_RECORD = "<BQH"
_RECORD_SIZE = struct.calcsize(_RECORD)
_EVENT = "<BH"
_EVENT_SIZE = struct.calcsize(_EVENT)
_GRANT = "<QQ"
_GRANT_SIZE = struct.calcsize(_GRANT)


class VirtualClock:
    """Device microseconds since boot, what is due when, and the two pipes.

    `segments` maps device to true time: (device_us, true_us, ppb) in rising order, `ppb` how much
    faster this clock runs than true time.
    """

    def __init__(self, incoming, outgoing, segments):
        self.now = segments[0][0]
        self.horizon = 0
        self._alert_us = 0
        self.trace = 0
        self.before_report = []
        self.interrupts = None
        self.chaos = None
        self.hz = 160000000
        self.busy_us = 0
        self.is_woken = False
        self.receivers = {}
        self._incoming = incoming
        self._outgoing = outgoing
        self._segments = segments
        self._segment = 0
        self._load_segment()
        self._agenda = []
        self._posted = bytearray(4)
        self._buffer = bytearray(4096)
        self._inside = False

    # time

    def true_us(self):
        """True microseconds now; allocates nothing."""
        if self.now >= self._segment_end:
            self._segment += 1
            self._load_segment()
        passed = self.now - self._device_us
        return self._true_us + passed - passed * self._ppb // self._divisor

    def device_us(self, true_us):
        """First device microsecond at which `true_us` has come, within the present segment."""
        passed = true_us - self._true_us
        estimate = self._device_us + passed + passed * self._ppb // 1000000000
        return estimate + 1

    def _load_segment(self):
        self._device_us, self._true_us, self._ppb = self._segments[self._segment]
        self._divisor = 1000000000 + self._ppb
        following = self._segment + 1
        self._segment_end = (
            self._segments[following][0] if following < len(self._segments) else FOREVER
        )

    def compute(self, instructions):
        """Let the time pass that so many instructions take at the present speed.

        Interrupts come in between, for what computes is Python.
        """
        left_us = instructions * costs.CYCLES * 1000 // (self.hz // 1000)
        while left_us > 0:
            self.spend(min(left_us, _STEP_US))
            left_us -= _STEP_US
            if self._is_overdue():
                self._run_due()

    def spend(self, cost_us):
        """Let time pass while the processor or a bus is busy."""
        self.now += cost_us
        self.busy_us += cost_us
        if self.now >= self._alert_us:
            self._look_up()

    def _look_up(self):
        """In the middle of busy code: meet the world, or let a late interrupt in."""
        if self.now >= self.horizon:
            self.checkpoint()
        elif self.chaos is not None and self._is_overdue():
            self._run_due()
        self._set_alert()

    def _is_overdue(self):
        """Whether an interrupt waits that can come in the middle of what runs."""
        return (
            self._agenda
            and self._agenda[0][0] <= self.now
            and not self._inside
            and not heap_locked()
        )

    def _set_alert(self):
        """Remember when busy code has to look up; too early does no harm."""
        self._alert_us = self.horizon
        if self.chaos is not None and self._agenda and self._agenda[0][0] < self.horizon:
            self._alert_us = self._agenda[0][0]

    def stall(self, cost_us):
        """Let time pass with the interpreter held, as in the driver of the flash.

        Nothing is let in before Python runs again: the file system and the driver below it are C,
        and the radio's handler waits for the interpreter's lock.
        """
        self.now += cost_us
        self.busy_us += cost_us

    def checkpoint(self):
        """Meet the world in the middle of busy code, unless that could not be interrupted."""
        if self._inside or heap_locked():
            return
        self.wait_until(self.now)

    def wait_until(self, until_us):
        """Let time pass until `until_us`, or until something happened before.

        1. What is due first within the horizon is reached alone, without asking the world.
        2. At the horizon or beyond, the world may have something before that: report when this
           wearable wants to go on, wait for the next grant, and look again.
        3. Within an interrupt nothing else is due: the others wait until it is over.
        """
        due = until_us if self._inside else self._next_due(until_us)
        if due < self.horizon:
            if due > self.now:
                self.now = due
        else:
            self._report(IDLE, b"", due)
            self._receive()
        self._run_due()

    # what is due

    def call_at(self, due_us, callback, argument=None):
        """Call `callback(argument)` as an interrupt at a device time; returns a handle."""
        entry = (due_us, callback, argument)
        index = len(self._agenda)
        while index and self._agenda[index - 1][0] > due_us:
            index -= 1
        self._agenda.insert(index, entry)
        if index == 0:
            self._set_alert()
        return entry

    def forget(self, entry):
        """Take a handle of `call_at` off the agenda, if it is still there."""
        for index, present in enumerate(self._agenda):
            if present is entry:
                self._agenda.pop(index)
                return

    def _next_due(self, until_us):
        if self._agenda and self._agenda[0][0] < until_us:
            until_us = self._agenda[0][0]
        if self.interrupts is not None:
            edge = self.interrupts.next_us()
            if edge < until_us:
                until_us = edge
        return until_us

    def _run_due(self):
        if self._inside:
            return
        while self._agenda and self._agenda[0][0] <= self.now:
            _, callback, argument = self._agenda.pop(0)
            self._interrupt(callback, argument)
        if self.interrupts is not None and self.interrupts.next_us() <= self.now:
            self._interrupt(self.interrupts.fire, None)

    def _interrupt(self, callback, argument):
        self._inside = True
        try:
            callback(argument)
        finally:
            self._inside = False

    # the world

    def post(self, kind, payload):
        """Tell the world something without waiting for an answer."""
        self._posted += struct.pack(_RECORD, kind, self.now, len(payload))
        self._posted += payload

    def request(self, payload):
        """Ask the world and wait; returns the answer's bytes."""
        self._report(REQUEST, payload, self.now)
        answer = self._receive()
        self._run_due()
        return answer

    def last_words(self, kind, payload):
        """Tell the world something and never come back."""
        self._report(kind, payload, self.now)

    def follow(self, data):
        """Make `data` part of the trace that two equal runs share; allocates nothing."""
        self.trace = binascii.crc32(data, self.trace)

    def _report(self, kind, payload, until_us):
        for write_out in self.before_report:
            write_out()
        self.post(kind, struct.pack("<QIQ", until_us, self.trace, self.busy_us) + payload)
        struct.pack_into("<I", self._posted, 0, len(self._posted) - 4)
        self._outgoing.write(self._posted)
        self._posted = bytearray(4)

    def _receive(self):
        self._fill(4)
        (size,) = struct.unpack_from("<I", self._buffer)
        self._fill(size)
        now, self.horizon = struct.unpack_from(_GRANT, self._buffer)
        if now > self.now:
            self.now = now
        self._set_alert()
        if size == _GRANT_SIZE:
            return None
        return self._deliver(bytes(memoryview(self._buffer)[:size]))

    def _deliver(self, grant):
        answer = None
        offset = _GRANT_SIZE
        while offset < len(grant):
            kind, length = struct.unpack_from(_EVENT, grant, offset)
            offset += _EVENT_SIZE
            payload = grant[offset : offset + length]
            offset += length
            if kind == ANSWER:
                answer = payload
            elif kind == CREDITS:
                self.receivers[kind](payload)
            elif kind in self.receivers:  # else nothing that could hear it has begun
                due_us = self.now if self.chaos is None else self.chaos.due_us(self.now)
                self.call_at(due_us, self.receivers[kind], payload)
        return answer

    def _fill(self, size):
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        view = memoryview(self._buffer)
        got = 0
        while got < size:
            count = self._incoming.readinto(view[got:size])
            if not count:
                raise SystemExit(0)
            got += count


def heap_locked():
    """Whether allocating is forbidden right now."""
    micropython.heap_lock()
    return micropython.heap_unlock() > 0
