"""ADS1115 at register level: single-shot and continuous conversions, gains, ready pulse.

The voltages come from a `source` with `level(true_us, mux)` in sixteenths of 7.8125 uV. Reading
and writing allocate nothing.
"""

ADDRESS = 0x48

CONVERSION = 0
CONFIG = 1
LOW_THRESHOLD = 2
HIGH_THRESHOLD = 3

FOREVER = 1 << 61
WAKE_US = 30

_RATES_HZ = (8, 16, 32, 64, 128, 250, 475, 860)
_STEP = (384, 256, 128, 64, 32, 16, 16, 16)  # one count in the source's unit, for each gain


class Ads1115:
    """The chip behind its registers; `slow_ppm` is how much its own oscillator is slow."""

    def __init__(self, source, now_us, slow_ppm=0):
        self._source = source
        self._now_us = now_us
        self._durations_us = tuple(-(-(1000000 + slow_ppm) // rate_hz) for rate_hz in _RATES_HZ)
        self.conversions = 0
        self.reset()

    def reset(self):
        """Power-on values."""
        self._config = 0x0583
        self._low = 0x8000
        self._high = 0x7FFF
        self._result = 0
        self._started_us = 0
        self._ready_us = FOREVER
        self._pointer = 0

    # the bus

    def read(self, register, buffer):
        """Two bytes of a register, most significant first, again and again."""
        if self._ready_us <= self._now_us():
            self._finish()
        value = self._value(register & 3)
        buffer[0] = value >> 8 & 0xFF
        if len(buffer) > 1:
            buffer[1] = value & 0xFF

    def write(self, register, buffer):
        """Set the register once both bytes are there; one byte alone changes nothing."""
        if len(buffer) < 2:
            return
        value = buffer[0] << 8 | buffer[1]
        register &= 3
        if register == CONFIG:
            self._configure(value)
        elif register == LOW_THRESHOLD:
            self._low = value
        elif register == HIGH_THRESHOLD:
            self._high = value

    def _value(self, register):
        if register == CONVERSION:
            return self._result
        if register == CONFIG:
            return self._config | (0x8000 if self._ready_us == FOREVER else 0)
        return self._low if register == LOW_THRESHOLD else self._high

    # conversions

    def _configure(self, value):
        now_us = self._now_us()
        if self._ready_us <= now_us:
            self._finish()
        converting = self._ready_us != FOREVER
        single = value & 0x0100
        if converting and not single:
            # a running conversion ends with its old input: discard it
            self._pending = value & 0x7FFF
            return
        self._config = value & 0x7FFF
        self._pending = self._config
        if not single or (value & 0x8000 and not converting):
            self._begin(now_us)

    def _begin(self, now_us):
        self._started_us = now_us
        self._ready_us = now_us + WAKE_US + self._durations_us[self._config >> 5 & 7]

    def _finish(self):
        self._result = self._measure()
        self.conversions += 1
        if self._config & 0x0100:
            self._ready_us = FOREVER
            return
        now_us = self._now_us()
        self._config = self._pending
        duration_us = self._durations_us[self._config >> 5 & 7]
        periods = (now_us - self._ready_us) // duration_us
        if periods:
            self._started_us = self._ready_us + (periods - 1) * duration_us
            self._result = self._measure()
        self._started_us = self._ready_us + periods * duration_us
        self._ready_us = self._started_us + duration_us

    def _measure(self):
        step = _STEP[self._config >> 9 & 7]
        level = self._source.level(self._started_us, self._config >> 12 & 7)
        counts = (level + step // 2) // step
        if counts > 32767:
            return 32767
        return 0x8000 if counts < -32768 else counts & 0xFFFF

    def next_ready_us(self):
        """True time of the next pulse at ALERT/RDY; FOREVER where it is not in use."""
        in_use = self._high & 0x8000 and not self._low & 0x8000 and self._config & 3 != 3
        return self._ready_us if in_use else FOREVER
