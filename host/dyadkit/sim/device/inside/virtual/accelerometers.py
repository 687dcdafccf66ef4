"""LIS3DH and LSM6DS3 at register level: rates, ranges, and FIFOs that keep the newest samples.

Acceleration comes from a `source` with `value(row, column)` in 1/16384 g, a row each `period_us`,
time from a function giving true microseconds. `oscillator` is how fast the chip's own clock runs.
Reading and writing allocate nothing.
"""

G = 16384
_WORDS = 32767


class SamplePace:
    """Counter of samples at a rate that the registers may change."""

    def __init__(self, now_us, oscillator):
        self._now_us = now_us
        self._oscillator = oscillator
        self._millihz = 0
        self._start_us = 0
        self._made = 0

    def set(self, millihz):
        """Begin anew at this rate; 0 stops."""
        self._millihz = int(millihz * self._oscillator)
        self._start_us = self._now_us()
        self._made = 0

    def due(self):
        """How many samples came since the last call."""
        if not self._millihz:
            return 0
        made = (self._now_us() - self._start_us) * self._millihz // 1000000000
        new = made - self._made
        self._made = made
        return new

    def time_of(self, back):
        """True time of a sample, so many before the newest."""
        return self._start_us + (self._made - back) * 1000000000 // self._millihz


class Acceleration:
    """The acceleration at a time and along an axis, in counts of a 16-bit range."""

    def __init__(self, source, period_us):
        self._source = source
        self._period_us = period_us

    def counts(self, true_us, axis, step_ng):
        row = true_us // self._period_us
        last = self._source.rows - 1
        value = self._source.value(row if row < last else last, axis)
        return min(max(value * 1000000000 // G // step_ng, -_WORDS - 1), _WORDS)


class Lis3dh:
    """An LIS3DH: a FIFO of 32 samples, 8 to 12 bits at the high end of each word."""

    ADDRESS = 0x18
    CTRL1, CTRL4, CTRL5 = 0x20, 0x23, 0x24
    OUT, FIFO_CTRL, FIFO_SRC = 0x28, 0x2E, 0x2F
    DEPTH = 32
    _MILLIHZ = (0, 1000, 10000, 25000, 50000, 100000, 200000, 400000)
    _STEPS_NG = (62500, 125000, 250000, 750000)  # of a 16-bit word, at +-2, 4, 8, 16 g

    def __init__(self, body, now_us, oscillator=1.0):
        self._body = body
        self._pace = SamplePace(now_us, oscillator)
        self._registers = bytearray(64)
        self._registers[0x0F] = 0x33
        self._registers[self.CTRL1] = 0x07
        self._times = [0] * self.DEPTH
        self._first = self._count = 0
        self._overrun = False
        self._newest_us = 0

    def read(self, register, buffer):
        """A burst; the register advances only with its highest bit set, and around the outputs."""
        self._sync()
        advance = register & 0x80
        register &= 0x3F
        for index in range(len(buffer)):
            buffer[index] = self._byte(register)
            if advance:
                register = self.OUT if register == self.OUT + 5 else register + 1 & 0x3F

    def write(self, register, buffer):
        """One register."""
        self._sync()
        register &= 0x3F
        if register in (0x0F, self.FIFO_SRC) or self.OUT <= register < self.OUT + 6:
            return
        self._registers[register] = buffer[0]
        if register == self.CTRL1:
            code = buffer[0] >> 4
            self._pace.set(self._MILLIHZ[code] if code < len(self._MILLIHZ) else 0)
        elif register == self.FIFO_CTRL and not buffer[0] & 0xC0:
            self._first = self._count = 0
            self._overrun = False

    def _streams(self):
        return self._registers[self.CTRL5] & 0x40 and self._registers[self.FIFO_CTRL] >> 6

    def _sync(self):
        new = self._pace.due()
        while new:
            new -= 1
            self._push(self._pace.time_of(new))

    def _push(self, true_us):
        self._newest_us = true_us
        mode = self._streams()
        if not mode:
            return
        if self._count == self.DEPTH:
            self._overrun = True
            if mode == 1:
                return
            self._first = (self._first + 1) % self.DEPTH
            self._count -= 1
        self._times[(self._first + self._count) % self.DEPTH] = true_us
        self._count += 1

    def _byte(self, register):
        if register == self.FIFO_SRC:
            full = 0x40 if self._overrun or self._count == self.DEPTH else 0
            return full | (0 if self._count else 0x20) | min(self._count, 31)
        if not self.OUT <= register < self.OUT + 6:
            return self._registers[register]
        place = register - self.OUT
        true_us = self._times[self._first] if self._count else self._newest_us
        word = self._word(true_us, place >> 1)
        if place == 5 and self._count:
            self._first = (self._first + 1) % self.DEPTH
            self._count -= 1
            self._overrun = False
        return word >> 8 & 0xFF if place & 1 else word & 0xFF

    def _word(self, true_us, axis):
        if not self._registers[self.CTRL1] >> axis & 1:
            return 0
        control = self._registers[self.CTRL4]
        low_power = self._registers[self.CTRL1] & 0x08
        empty_bits = 4 if control & 0x08 else 8 if low_power else 6
        counts = self._body.counts(true_us, axis, self._STEPS_NG[control >> 4 & 3])
        return counts >> empty_bits << empty_bits


class Lsm6ds3:
    """An LSM6DS3: a FIFO of 4096 words, 16 bits of each axis; its gyroscope sleeps."""

    ADDRESS = 0x6A
    FIFO_CTRL3, FIFO_CTRL5, CTRL1, CTRL3 = 0x08, 0x0A, 0x10, 0x12
    STATUS1, STATUS2, PATTERN, DATA = 0x3A, 0x3B, 0x3C, 0x3E
    WORDS = 4096
    _MILLIHZ = (0, 12500, 26000, 52000, 104000, 208000, 416000, 833000)
    _STEPS_NG = (61000, 488000, 122000, 244000)  # at +-2, 16, 4, 8 g

    def __init__(self, body, now_us, oscillator=1.0):
        self._body = body
        self._pace = SamplePace(now_us, oscillator)
        self._registers = bytearray(128)
        self._registers[0x0F] = 0x69
        self._registers[self.CTRL3] = 0x04
        self._made = 0  # samples ever put into the FIFO
        self._words = 0  # of these, words still unread
        self._overrun = False
        self._latched = 0

    def read(self, register, buffer):
        """A burst; two bytes of FIFO data are one word."""
        self._sync()
        for index in range(len(buffer)):
            buffer[index] = self._byte(register)
            if register == self.DATA:
                register = self.DATA + 1
            elif register == self.DATA + 1:
                register = self.DATA
            elif self._registers[self.CTRL3] & 0x04:
                register = register + 1 & 0x7F

    def write(self, register, buffer):
        """One register."""
        self._sync()
        if register == 0x0F or register >= self.STATUS1:
            return
        self._registers[register] = buffer[0]
        if register == self.CTRL1:
            code = buffer[0] >> 4
            self._pace.set(self._MILLIHZ[code] if code < len(self._MILLIHZ) else 0)
        elif register == self.FIFO_CTRL5 and not buffer[0] & 7:
            self._words = 0
            self._overrun = False

    def _fills(self):
        registers = self._registers
        return registers[self.FIFO_CTRL5] & 7 == 6 and registers[self.FIFO_CTRL3] & 7 == 1

    def _sync(self):
        new = self._pace.due()
        if not new or not self._fills():
            return
        self._words += 3 * new
        if self._words > self.WORDS:
            self._overrun = True
            self._words = self.WORDS // 3 * 3

    def _byte(self, register):
        if register == self.STATUS1:
            return self._words & 0xFF
        if register == self.STATUS2:
            flags = (0x40 if self._overrun else 0) | (0 if self._words else 0x10)
            return flags | self._words >> 8 & 0x0F
        if register == self.PATTERN:
            return -self._words % 3
        if register == self.DATA:
            self._latched = self._word()
            return self._latched & 0xFF
        if register == self.DATA + 1:
            if self._words:
                self._words -= 1
                self._overrun = False
            return self._latched >> 8 & 0xFF
        return self._registers[register]

    def _word(self):
        if not self._words:
            return self._latched
        back = (self._words - 1) // 3
        axis = -self._words % 3
        step_ng = self._STEPS_NG[self._registers[self.CTRL1] >> 2 & 3]
        return self._body.counts(self._pace.time_of(back), axis, step_ng)
