"""Sensor feeds, read from the files the world wrote; in windows, so that memory stays small.

Looking up allocates nothing.
"""

from array import array

_WINDOW = 512


class Rows:
    """Rows of `columns` 32-bit values in a file; outside of the file everything is 0."""

    def __init__(self, path, columns):
        self._file = open(path, "rb")
        self._columns = columns
        self.rows = self._file.seek(0, 2) // (4 * columns)
        self._window = array("i", [0] * (_WINDOW * columns))
        self._first = -_WINDOW

    def value(self, row, column):
        """One value; 0 for a column the file does not have."""
        if column >= self._columns or row < 0 or row >= self.rows:
            return 0
        if not 0 <= row - self._first < _WINDOW:
            self._first = row
            self._file.seek(row * 4 * self._columns)
            self._file.readinto(self._window)
        return self._window[(row - self._first) * self._columns + column]


class FrontEnd:
    """Voltages of the skin-conductance front end at the converter's inputs.

    `rows` holds, for each period of the electrode signal, the voltage over the 150 kohm resistor
    and the voltage over the skin, in sixteenths of 7.8125 uV, from the beginning on.
    While it is not `supplied` the electrodes are parted and all but the battery is 0 V.
    """

    def __init__(self, rows, period_us, battery, reference):
        self.supplied = False
        self._rows = rows
        self._period_us = period_us
        self._battery = battery
        self._reference = reference

    def level(self, true_us, mux):
        """Voltage between the inputs that `mux` selects."""
        if not self.supplied:
            return self._battery if mux in (3, 6) else 0
        row = true_us // self._period_us
        last = self._rows.rows - 1
        row = last if row > last else row
        if mux == 1:  # AIN0 - AIN3
            return -self._rows.value(row, 0)
        if mux == 2:  # AIN1 - AIN3
            return self._rows.value(row, 1)
        if mux == 0:  # AIN0 - AIN1
            return -self._rows.value(row, 0) - self._rows.value(row, 1)
        if mux == 3:  # AIN2 - AIN3
            return self._battery - self._reference
        return self._single(row, mux)

    def _single(self, row, mux):
        if mux == 4:
            return self._reference - self._rows.value(row, 0)
        if mux == 5:
            return self._reference + self._rows.value(row, 1)
        return self._battery if mux == 6 else self._reference


class ReadLog:
    """Log of what was read from the PPG sensor: rows, and how many were lost just before each.

    Entries of 16 bytes: device time, row, lost (as `<QIi` on a little-endian machine).
    """

    def __init__(self, path, clock):
        self._file = open(path, "ab")
        self._clock = clock
        self._entries = array("q", [0] * 1024)
        self._used = 0

    def popped(self, row, lost):
        """Note one sample; allocates nothing."""
        if self._used == 1024:
            self.write_out()
        self._entries[self._used] = self._clock.now
        self._entries[self._used + 1] = row << 32 | lost
        self._used += 2

    def write_out(self):
        """Move what was noted into the file."""
        if self._used == 1024:
            self._file.write(self._entries)
        elif self._used:
            self._file.write(memoryview(self._entries)[: self._used])
        self._used = 0
