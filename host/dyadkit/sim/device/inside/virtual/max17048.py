"""MAX17048 at register level: voltage and charge of a cell that empties.

`percent_left(true_us)` and `millivolts(true_us)` come from the `cell`.
"""

ADDRESS = 0x36
VCELL, SOC, MODE, VERSION, CONFIG, COMMAND = 0x02, 0x04, 0x06, 0x08, 0x0C, 0xFE


class Cell:
    """A battery that falls evenly from a charge; voltage follows in a straight line."""

    def __init__(self, percent, percent_per_hour):
        self._percent = percent
        self._per_hour = percent_per_hour

    def percent_left(self, true_us):
        left = self._percent - self._per_hour * true_us / 3600000000
        return left if left > 0 else 0.0

    def millivolts(self, true_us):
        return 3400 + 8 * self.percent_left(true_us)


class Max17048:
    """The gauge: 16-bit registers, the high byte first."""

    def __init__(self, cell, now_us):
        self._cell = cell
        self._now_us = now_us
        self._config = 0x971C

    def read(self, register, buffer):
        """Words one after another."""
        for index in range(len(buffer)):
            word = self._word(register + index & 0xFE)
            buffer[index] = word & 0xFF if register + index & 1 else word >> 8

    def write(self, register, buffer):
        """A word; one byte alone changes nothing."""
        if len(buffer) < 2:
            return
        if register == CONFIG:
            self._config = buffer[0] << 8 | buffer[1]
        elif register == COMMAND and buffer[0] == 0x54:
            self._config = 0x971C

    def _word(self, register):
        now_us = self._now_us()
        if register == VCELL:
            return int(self._cell.millivolts(now_us) * 64 / 5) & 0xFFFF
        if register == SOC:
            return int(self._cell.percent_left(now_us) * 256) & 0xFFFF
        if register == VERSION:
            return 0x0012
        return self._config if register == CONFIG else 0
