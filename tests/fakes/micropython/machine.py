"""Just enough of MicroPython's `machine` to run the wearable without a board."""

from clock import MASK


class Registers:
    """A chip with byte registers and a FIFO of a MAX3010x behind register 7."""

    def __init__(self):
        self.bytes = bytearray(256)
        self.bytes[0xFF] = 0x15
        self.waiting = []
        self.next = 0
        self.overflow = 0
        self.lowers_rate = False

    def sample(self, count):
        for _ in range(count):
            self.waiting.append(self.next)
            self.next += 1
        while len(self.waiting) > 32:
            self.waiting.pop(0)
            self.overflow = min(31, self.overflow + 1)
        if len(self.waiting) >= 32 - (self.bytes[8] & 15):
            self.bytes[0] |= 0x80  # stays until it is read

    def read_into(self, register, buffer):
        if register == 7:
            self._pop(buffer)
            return
        self.bytes[4] = self.next & 31
        self.bytes[5] = self.overflow
        self.bytes[6] = (self.next - len(self.waiting)) & 31
        for index in range(len(buffer)):
            buffer[index] = self.bytes[register + index]
        self.bytes[9] &= 0xBF
        if register == 0:
            self.bytes[0] = 0

    def write(self, register, data):
        if self.bytes[9] & 0x40:
            return  # a reset takes its time
        for index in range(len(data)):
            self.bytes[register + index] = data[index]
        if register == 0x0A and self.lowers_rate:
            self.bytes[0x0A] &= 0x63

    def _pop(self, buffer):
        for place in range(0, len(buffer), 6):
            value = self.waiting.pop(0) if self.waiting else 0
            for colour in (0, 3):
                buffer[place + colour] = (value >> 16) & 3
                buffer[place + colour + 1] = (value >> 8) & 255
                buffer[place + colour + 2] = value & 255
            self.overflow = 0


class Converter:
    """An ADS1115 that gives one value for each input, the last one while it still converts."""

    CONVERSION_US = 1290

    def __init__(self, ticks=None):
        self.values = {1: -3200, 2: 16000, 6: 15600, 7: 10400}
        self.mux = 1
        self.last = 0
        self.ticks = ticks
        self.began = 0

    def read_into(self, register, buffer):
        value = 0x8583
        if register == 0:
            if self.ticks is None or (self.ticks() - self.began) & MASK >= self.CONVERSION_US:
                self.last = self.values[self.mux]
            value = self.last
        buffer[0] = (value >> 8) & 255
        buffer[1] = value & 255

    def command(self, data):
        self.mux = (data[1] >> 4) & 7
        if self.ticks is not None:
            self.began = self.ticks()


class I2C:
    devices = {}

    def __init__(self, number, scl=None, sda=None, freq=0, timeout=0):
        pass

    def scan(self):
        return sorted(self.devices)

    def readfrom_mem_into(self, address, register, buffer):
        self._device(address).read_into(register, buffer)

    def writeto_mem(self, address, register, data):
        self._device(address).write(register, data)

    def writeto(self, address, data):
        self._device(address).command(data)

    def _device(self, address):
        if address not in self.devices:
            raise OSError(19)
        return self.devices[address]


class ADC:
    """An input that sees `millivolts`, as far as its range goes."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_11DB = 3
    millivolts = 0

    def __init__(self, pin, atten=0):
        self.highest_mv = {0: 950, 1: 1250, 3: 3100}[atten]

    def read_uv(self):
        return int(min(ADC.millivolts, self.highest_mv) * 1000)


class Pin:
    levels = {34: 0}
    driven = {}
    OPEN_DRAIN = 7
    IN = 0
    OUT = 1
    PULL_UP = 2
    IRQ_FALLING = 2
    IRQ_RISING = 1

    def __init__(self, number, mode=0, pull=0, value=0):
        self.number = number
        self.level = 1
        self.mode = mode
        if mode == Pin.OUT:
            Pin.driven[number] = value

    def irq(self, handler=None, trigger=0):
        self.handler = handler

    def value(self, level=None):
        if level is None:
            return Pin.levels.get(self.number, self.level)
        self.level = level
        if self.mode == Pin.OUT:
            Pin.driven[self.number] = level


class Timer:
    PERIODIC = 1
    running = []

    def __init__(self, number):
        pass

    def init(self, mode=1, freq=0, period=0, callback=None):
        self.callback = callback
        Timer.running.append(self)

    def deinit(self):
        Timer.running.remove(self)


class WDT:
    fed = 0

    def __init__(self, timeout=0):
        pass

    def feed(self):
        WDT.fed += 1


def unique_id():
    return b"\x01\x02\x03\x04\x05\x06"


def reset():
    raise SystemExit("reset")


hertz = 160_000_000


def freq(hz):
    global hertz
    hertz = hz


HARD_RESET = 2
WDT_RESET = 3
cause = 1


def reset_cause():
    return cause
