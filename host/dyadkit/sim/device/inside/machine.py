"""The `machine` module of a virtual wearable: as much of it as a wearable's board table needs."""

import struct

import esp
import micropython
from virtual import costs, wires
from virtual.board import bus, front_end, inputs, interrupt_pin, usb_level, wire
from virtual.clock import RESET
from virtual.world import clock, config

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5


def unique_id():
    return bytes.fromhex(config["address"])


def reset_cause():
    return config["cause"]


def reset():
    _leave(HARD_RESET)


def soft_reset():
    _leave(SOFT_RESET)


def _leave(cause):
    clock.last_words(RESET, struct.pack("<B", cause))
    raise SystemExit(0)


def freq(hz=None):
    if hz is None:
        return clock.hz
    clock.hz = hz
    return None


def idle():
    clock.spend(10)


def lightsleep(duration_ms=None):
    clock.wait_until(clock.now + (duration_ms or 1000) * 1000)


def disable_irq():
    return 0


def enable_irq(state):
    pass


class Pin:
    """A pin; those of the PPG sensor's interrupt and the bench wire live, the rest keep."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_UP = 2
    PULL_DOWN = 1
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, number, mode=-1, pull=-1, value=None):
        self.number = number
        self._level = 1 if value is None else value
        if mode == Pin.OUT:
            self._supply()

    def value(self, level=None):
        if level is None:
            if self.number == config["usb_pin"]:
                return usb_level()
            return inputs.levels.get(self.number, self._level)
        if level and not self._level:
            bus.rise(self.number)
        self._level = level
        self._supply()
        return None

    def _supply(self):
        if self.number == config["front_end_pin"]:
            front_end.supplied = bool(self._level)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def init(self, *args, **options):
        pass

    def irq(self, handler=None, trigger=IRQ_FALLING, hard=False):
        callback = None if handler is None else self._scheduled(handler)
        if self.number == config["interrupt_pin"]:
            interrupt_pin.watch(callback)
        elif self.number == config["wire_pin"]:
            wire.watch(callback)
        else:
            inputs.handlers[self.number] = callback

    def _scheduled(self, handler):
        def interrupt():
            clock.is_woken = True
            try:
                micropython.schedule(handler, self)
            except RuntimeError:
                pass  # its queue is full: this one is lost, as on the board

        return interrupt


_REGISTERS = 12  # bytes; a longer read is a burst of samples


class I2C:
    """The board's I2C bus, with the time each byte takes; a missing chip is OSError(19)."""

    def __init__(self, id=-1, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._byte_us = 9000000 // freq + 1
        self._timeout_us = timeout
        self._register = bytearray(1)
        self._pointers = {}

    def init(self, **options):
        pass

    def scan(self):
        answering = bus.addresses()
        for address in range(0x08, 0x78):
            clock.spend(self._byte_us)
            if address not in answering:
                _nobody_answered()
        return answering

    def writeto(self, address, buffer, stop=True):
        count = len(buffer)
        clock.spend((1 + count) * self._byte_us)
        chip = self._chip(address)
        if count:
            self._pointers[address] = buffer[0]
        if count > 1:
            chip.write(buffer[0], memoryview(buffer)[1:])
            clock.follow(buffer)
        return 1 + count

    def readfrom_into(self, address, buffer, stop=True):
        clock.spend(self._byte_us)
        self._chip(address).read(self._pointers.get(address, 0), buffer)
        clock.spend(len(buffer) * self._byte_us)
        clock.follow(buffer)

    def readfrom(self, address, count, stop=True):
        buffer = bytearray(count)
        self.readfrom_into(address, buffer)
        return bytes(buffer)

    def writeto_mem(self, address, register, buffer, *, addrsize=8):
        clock.spend((2 + len(buffer)) * self._byte_us)
        self._chip(address).write(register, buffer)
        self._pointers[address] = register
        clock.follow(buffer)

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        clock.spend(3 * self._byte_us)
        self._chip(address).read(register, buffer)
        # what is sampled from here on does not meet a full FIFO
        clock.spend(len(buffer) * self._byte_us)
        if len(buffer) > _REGISTERS:
            clock.compute(costs.BURST_BYTE * len(buffer))
        self._pointers[address] = register
        clock.follow(buffer)

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        buffer = bytearray(count)
        self.readfrom_mem_into(address, register, buffer)
        return bytes(buffer)

    def _chip(self, address):
        try:
            return bus.chip(address)
        except OSError as error:
            if error.errno == wires.TIMED_OUT:
                clock.spend(self._timeout_us)
            _nobody_answered()
            raise


def _nobody_answered():
    """The driver notes it, and says so on a slow serial line unless it was silenced."""
    clock.spend(costs.NACK_US)
    if esp.level:
        clock.spend(costs.LOG_LINE_US)


SoftI2C = I2C


class ADC:
    """An analogue input; that of the battery shows it through the board's divider, others nothing.

    As on the ESP32 it reaches to 950 mV unless told otherwise.
    """

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3

    def __init__(self, pin, *, atten=ATTN_0DB):
        self._highest_uv = (950000, 1250000, 1750000, 3100000)[atten]
        self._seen_uv = config["sensed_uv"] if pin.number == config["sense_pin"] else 0

    def read_uv(self):
        return min(self._seen_uv, self._highest_uv)

    def read_u16(self):
        return self.read_uv() * 65535 // 3300000


class Timer:
    """A timer of the virtual clock; its callback is scheduled as on ESP32.

    A periodic timer keeps its beat. Of the periods missed while the interpreter was held as many
    calls wait, and then come in a row, as its queue holds; the others are dropped.
    """

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id=-1, **options):
        self._entry = None
        self._waiting = 0
        if options:
            self.init(**options)

    def init(self, *, mode=PERIODIC, freq=-1, period=-1, callback=None):
        self.deinit()
        self._period_us = int(1000000 / freq) if freq > 0 else period * 1000
        self._mode = mode
        self._callback = callback
        self._due_us = clock.now + self._period_us
        self._entry = clock.call_at(self._due_us, self._fire)

    def deinit(self):
        if self._entry is not None:
            clock.forget(self._entry)
            self._entry = None

    def _fire(self, _):
        self._entry = None
        clock.is_woken = True
        periods = 1
        if self._mode == Timer.PERIODIC:
            periods += (clock.now - self._due_us) // self._period_us
            self._due_us += periods * self._period_us
            self._entry = clock.call_at(self._due_us, self._fire)
        was_waiting = self._waiting
        self._waiting = min(was_waiting + periods, costs.TIMER_QUEUE)
        if not was_waiting:
            micropython.schedule(self._call, self)

    def _call(self, _):
        while self._waiting:
            clock.compute(costs.TIMER_CALL)
            self._waiting -= 1
            self._callback(self)


class WDT:
    """The watchdog: not fed in time, it resets the wearable."""

    def __init__(self, id=0, timeout=5000):
        self._timeout_us = timeout * 1000
        self._entry = None
        self.feed()

    def feed(self):
        if self._entry is not None:
            clock.forget(self._entry)
        self._entry = clock.call_at(clock.now + self._timeout_us, self._bite)

    def _bite(self, _):
        _leave(WDT_RESET)
