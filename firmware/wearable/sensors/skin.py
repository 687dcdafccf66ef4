"""The skin-conductance driver: an ADS1115 measures current and voltage of the electrodes in turn.

A hardware timer gives each conversion its slot (3.125 ms): read the finished one, start the other.
`skin_pace` counts slots and says which outputs are due, `skin_sum` adds up sixteen pairs, an output
is made each ten pairs, and `skin_ring` keeps it until it is drained. A conversion costs two bus
transfers of 0.2 ms and allocates nothing.

The timer's calls wait while the processor is held (an erase of flash holds it 20 to 50 ms). Then
the sum reaches over the pause: an output slept through waits for eight pairs behind the pause and
is the sum of eight before and eight behind it, marked `BRIDGED`. All of it is measured, in up to
0.3 s instead of 0.1. Over a longer pause nothing reaches: its outputs are lost, at their place.
"""

from collections import namedtuple

from micropython import const

from dyadwire import streams
from dyadwire.ticks import TICKS_MASK
from wearable.sensors.skin_pace import SlotPace
from wearable.sensors.skin_ring import OutputRing
from wearable.sensors.skin_sum import PairSum

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import machine

ADDRESS = 0x48
_FULL_SCALE = const(32767)
_CONVERSION_US = const(1_400)  # 860 per second, 10 % slow, and to wake up
_SHORT_PAUSE = const(2)  # slots: a late interrupt, not worth a word
_MAX_REST = const(63)  # slots, 0.2 s: each try may cost 25 ms; then it waits to be told
_UNTIL_RESUMED = const(1 << 29)
SETTLE_MS = const(400)  # five times the slowest pole, 79 ms of the levels; relays take 2 ms

_CONVERSION = const(0)
_CONFIG = const(1)
_START = const(1 << 15)
_SINGLE_SHOT = const(1 << 8)
_860_HZ = const(7 << 5)
_NO_COMPARATOR = const(3)


class Input(namedtuple("Input", ("mux", "gain", "full_scale_mv"))):
    """An input of the converter: a pair of pins and a range."""


CURRENT = Input(1, 2, 2048)  # AIN0 - AIN3: the electrode current over 150 kohm, upside down
VOLTAGE = Input(2, 3, 1024)  # AIN1 - AIN3: over the skin
BATTERY = Input(6, 1, 4096)  # AIN2: half of the battery, on the wing
REFERENCE = Input(7, 1, 4096)  # AIN3: what all others are measured against

_OPEN_UV = const(3_740)  # over 150 kohm: 0.05 microsiemens at 0.5 V
_SHORTED_UV = const(20_000)  # over the skin
_LIMITED_UV = const(450_000)  # over the skin: the resistors of the driver take the rest


def start_command(input: Input) -> bytes:
    """The bytes that start one conversion."""
    config = _START | input.mux << 12 | input.gain << 9 | _SINGLE_SHOT | _860_HZ | _NO_COMPARATOR
    return bytes((_CONFIG, config >> 8, config & 0xFF))


def counts_of(input: Input, microvolts: int) -> int:
    """What the converter gives for a voltage."""
    return microvolts * (_FULL_SCALE + 1) // (input.full_scale_mv * 1000)


class PairTiming(namedtuple("PairTiming", ("pair_hz", "pairs_per_output", "pairs_per_sum"))):
    """The timing of pairs: how many a second, how many make and fill an output."""


class Skin:
    """The skin-conductance sensor, a source of `eda_current` and `eda_voltage`.

    Both are sums over the last pairs and have equal counters.

    `convert` is to be called 2 * pair_hz times a second and puts numbered outputs into a ring,
    from which `drain` takes one run without a gap. An output for which there are no measured pairs
    (a long pause, a silent converter) has a number but no value: it is lost, at its place.

    While `is_allowed` is false nothing is measured and all is lost. `power` are status bits of the
    power supply for every output.
    """

    streams = (streams.EDA_CURRENT, streams.EDA_VOLTAGE)

    def __init__(
        self, bus: "machine.I2C", timing: PairTiming, ticks_us: "Callable[[], int]"
    ) -> None:
        slot_us = 500_000 // timing.pair_hz
        self.is_allowed = True
        self.power = 0
        self._bus = bus
        self._ticks_us = ticks_us
        self._timing = timing
        self._pace = SlotPace(slot_us, 2 * timing.pairs_per_output)
        self._sum = PairSum(timing.pairs_per_sum, slot_us)
        self._ring = OutputRing()
        self.samples = self._ring.samples
        self.lost = self.status = self.tick = 0
        self._commands = (start_command(CURRENT), start_command(VOLTAGE))
        self._battery_command = start_command(BATTERY)
        self._battery_counts = 0
        self._wants_battery = self._asks_battery = self._is_on = False
        self._raw = bytearray(2)
        self.calibrate(0)
        self._begin(0)

    def is_there(self) -> bool:
        """Whether the converter answers."""
        try:
            self._bus.readfrom_mem_into(ADDRESS, _CONFIG, self._raw)
        except OSError:
            return False
        return True

    def calibrate(self, zero_current_nv: int) -> None:
        """Know what an open circuit reads, so that a lead that is off is not taken for skin."""
        length = self._timing.pairs_per_sum
        self._open = counts_of(CURRENT, _OPEN_UV + zero_current_nv // 1000) * length
        self._shorted = counts_of(VOLTAGE, _SHORTED_UV) * length
        self._limited = counts_of(VOLTAGE, _LIMITED_UV) * length

    def rate_and_unit(self, stream: int) -> tuple[int, int, int]:
        """Rate in millihertz, and numerator and denominator of one count in volts."""
        input = CURRENT if stream == streams.EDA_CURRENT else VOLTAGE
        counts_per_volt = (
            (_FULL_SCALE + 1) * self._timing.pairs_per_sum * 1000 // input.full_scale_mv
        )
        return self._timing.pair_hz * 1000 // self._timing.pairs_per_output, 1, counts_per_volt

    def millivolts(self, input: Input) -> int:
        """One conversion, now; only while nothing is recorded."""
        self._bus.writeto(ADDRESS, start_command(input))
        began = self._ticks_us()
        while (self._ticks_us() - began) & TICKS_MASK < _CONVERSION_US:
            pass
        self._bus.readfrom_mem_into(ADDRESS, _CONVERSION, self._raw)
        return self._result() * input.full_scale_mv // (_FULL_SCALE + 1)

    def battery_mv(self) -> int:
        """Voltage of a battery at the wing's divider, as last measured; 0 if there is none.

        While conversions run one slot is taken for it, of which a pair knows nothing: it takes its
        other half a slot later.
        """
        if self._is_on:
            self._wants_battery = True
            return 2 * self._battery_counts * BATTERY.full_scale_mv // (_FULL_SCALE + 1)
        try:
            return 2 * self.millivolts(BATTERY)
        except OSError:
            return 0

    def attend(self) -> "list[tuple[int, int]]":
        """Once a second: nothing to do."""
        return []

    def is_silent(self) -> bool:
        """Whether the converter failed again and again until now."""
        return self._rest >= _MAX_REST

    def resume(self) -> None:
        """Try once more; each conversion configures the converter anew."""
        self._resting = 0

    def start(self) -> None:
        """Begin with an empty sum; the first output comes when it is full."""
        self._begin(self._ticks_us() & TICKS_MASK)
        self._is_on = True

    def settle(self) -> None:
        """Measure nothing until a front end that is supplied from now on has settled."""
        self._resting = SETTLE_MS * 2 * self._timing.pair_hz // 1000

    def stop(self) -> None:
        """Nothing to switch off: the converter sleeps after each conversion."""
        self._is_on = False

    # A call may come late, and those held back with it come in a row behind it.
    #   1. Behind a late call, too early for the conversion it started: leave that one alone. The
    #      slot is not lost, the next call counts it.
    #   2. Nearer to the slot counted last than to the next: the same slot once more.
    #   3. The converter failed and rests: slots pass, and outputs become due without pairs.
    #   4. Not allowed: the same, for as long as USB powers the board.
    #   5. Else take what is finished and start the other input.
    # What is due is decided only by a call that took a value (`_missed` is 0 then), for only then
    # is it known how long the pause before it was; and behind a pause not before `is_settled`.
    def convert(self, _: "Any") -> None:
        """Take the finished conversion and start the other; called from the timer."""
        tick = self._ticks_us() & TICKS_MASK
        if (tick - self._started_tick) & TICKS_MASK < _CONVERSION_US:
            return  # early behind a late call: the running conversion is not finished
        slots = self._pace.advance(tick)
        if slots == 0:
            return
        self._missed += slots
        if self._resting > 0:
            self._resting -= slots
        elif self.is_allowed:
            self._step()
        if self._pace.due and self._missed == 0 and self._sum.is_settled():
            self._put_due()

    def drain(self) -> int:
        """Hand over the outputs made since the last drain, up to the next gap; return how many."""
        ring = self._ring
        count = ring.drain()
        self.lost = ring.lost
        self.status = ring.status
        self.tick = ring.tick
        return count

    def _begin(self, tick: int) -> None:
        self._started_tick = tick
        self._faults = self._rest = self._resting = self._missed = self._running = 0
        self._is_converting = self._is_begun = self._asks_battery = False
        self._pace.begin(tick)
        self._sum.empty()
        self._ring.clear()

    def _step(self) -> None:
        """Keep the running conversion, start the one of the other input.

        A converter that fails is asked ever more seldom, and at last only when it is told to.
        """
        try:
            if self._is_converting:
                self._is_converting = False
                self._bus.readfrom_mem_into(ADDRESS, _CONVERSION, self._raw)
                self._take()
            self._bus.writeto(ADDRESS, self._next_command())
            self._started_tick = self._ticks_us() & TICKS_MASK
            self._is_converting = True
            self._rest = 0
        except OSError:
            self._faults |= streams.SENSOR_FAULT
            self._asks_battery = False
            self._resting = _UNTIL_RESUMED if self._rest >= _MAX_REST else self._rest
            self._rest = min(2 * self._rest + 1, _MAX_REST)

    def _result(self) -> int:
        """What was read last, in counts."""
        value = self._raw[0] << 8 | self._raw[1]
        return value - 0x10000 if value & 0x8000 else value

    def _next_command(self) -> bytes:
        """What to start: the battery's input where it was asked for, else the running one."""
        self._asks_battery = self._wants_battery
        self._wants_battery = False
        return self._battery_command if self._asks_battery else self._commands[self._running]

    def _take(self) -> None:
        """Take a finished conversion: of the battery, or of the running input."""
        if self._asks_battery:
            self._battery_counts = self._result()
            return
        missed = self._missed - 1
        self._missed = 0
        if missed <= _SHORT_PAUSE or self._sum.reaches_over(missed):
            self._keep(self._result())
        else:
            self._running = 0  # pairs begin anew, with the current

    def _keep(self, value: int) -> None:
        """Add a value of the running input to its sum; the other input is next."""
        if value >= _FULL_SCALE or value < -_FULL_SCALE:
            self._faults |= streams.SATURATED
        running = self._running
        self._running = 1 - running
        self._sum.keep(running, value if running else -value)

    def _put_due(self) -> None:
        """Make the outputs that are due; without pairs for them they only count."""
        pace = self._pace
        due = pace.due
        pace.due = 0
        if not self._sum.is_full():
            if self._is_begun:
                self._ring.skip(due)
            return
        self._is_begun = True
        marks = self._signal_marks()
        while due:
            due -= 1
            self._faults |= marks
            tick = (pace.due_tick - due * pace.output_us) & TICKS_MASK
            if self._ring.put(self._sum.sums, self._faults, tick):
                self._faults = 0

    def _signal_marks(self) -> int:
        """Status bits of the present sums."""
        marks = self.power
        if self._sum.is_bridged():
            marks |= streams.BRIDGED
        current, voltage = self._sum.sums[0], self._sum.sums[1]
        if current < self._open:
            return marks | streams.NO_CONTACT
        if voltage >= self._limited:
            return marks
        return marks | (
            streams.LEADS_SHORTED if voltage < self._shorted else streams.CURRENT_LIMITED
        )
