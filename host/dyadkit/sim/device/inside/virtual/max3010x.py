"""MAX30101 / MAX30102 at register level: FIFO, interrupts, averaging, temperature.

The light comes from a `source` with `value(row, column)` (columns infrared, red, green), time from
a function giving true microseconds. Reading allocates nothing, as on the chip.
"""

from array import array

ADDRESS = 0x57

STATUS_1 = 0x00
STATUS_2 = 0x01
ENABLE_1 = 0x02
ENABLE_2 = 0x03
WRITE_POINTER = 0x04
OVERFLOW_COUNTER = 0x05
READ_POINTER = 0x06
FIFO_DATA = 0x07
FIFO_CONFIG = 0x08
MODE_CONFIG = 0x09
SPO2_CONFIG = 0x0A
LED_1 = 0x0C
SLOTS_12 = 0x11
SLOTS_34 = 0x12
TEMPERATURE_INTEGER = 0x1F
TEMPERATURE_FRACTION = 0x20
TEMPERATURE_CONFIG = 0x21
REVISION_ID = 0xFE
PART_ID = 0xFF

A_FULL = 0x80
PPG_READY = 0x40
POWER_READY = 0x01
TEMPERATURE_READY = 0x02

DEPTH = 32
FOREVER = 1 << 61
CONVERSION_OF_TEMPERATURE_US = 29000
RESET_US = 500  # in which the chip hears nothing; the datasheet says no figure

_RATES_HZ = (50, 100, 200, 400, 800, 1000, 1600, 3200)
_FASTEST_SPO2 = (6, 5, 4, 3)  # index into _RATES_HZ for each pulse width
_FASTEST_ONE_LED = (7, 6, 6, 5)
_NEVER_WRITTEN = (
    STATUS_1,
    STATUS_2,
    TEMPERATURE_INTEGER,
    TEMPERATURE_FRACTION,
    REVISION_ID,
    PART_ID,
)
_HEART_RATE = 2
_SPO2 = 3
_MULTI_LED = 7
_COLUMN_OF_LED = (1, 0, 2, 2)  # LED1 is red, LED2 infrared, LED3 and LED4 green
_TICKS = 100000  # rates are integers in units of 10 uHz


class Max3010x:
    """The chip behind its registers.

    rate_hz : true rate of the samples; None: what the registers say, times `oscillator`
    log : object with `popped(row, lost)` and `byte` storage, told what was read
    """

    def __init__(self, source, now_us, rate_hz=None, oscillator=1.0):
        self._source = source
        self._now_us = now_us
        self._start_us = 0
        self._oscillator = oscillator
        self._fixed = 0 if rate_hz is None else int(rate_hz * _TICKS + 0.5)
        self._registers = bytearray(256)
        self._rows = array("q", [0] * DEPTH)
        self._leds = bytearray(4)
        self.celsius = 31.25
        self.usual_current = 0  # register value at which the source shines as it says; 0: always
        self.log = None
        self.was_asked = False  # set by each access: what is expected of the chip may change
        self._reset_until_us = 0
        self._reset()
        self._registers[STATUS_1] = POWER_READY

    def _reset(self):
        registers = self._registers
        for index in range(256):
            registers[index] = 0
        registers[REVISION_ID] = 0x03
        registers[PART_ID] = 0x15
        self._temperature_due_us = FOREVER
        self._clear_fifo()
        self._lost_total = 0
        self._configure()

    # the bus

    def read(self, register, buffer):
        """One burst read; the register advances except at the FIFO."""
        self.was_asked = True
        self._sync()
        if register == FIFO_DATA:
            self._pop_into(buffer)
            return
        for index in range(len(buffer)):
            buffer[index] = self._read_register((register + index) & 0xFF)

    def write(self, register, buffer):
        """One burst write; the register advances except at the FIFO."""
        self.was_asked = True
        if self._now_us() < self._reset_until_us:
            return
        self._sync()
        for index in range(len(buffer)):
            self._write_register((register + index) & 0xFF, buffer[index])

    def _read_register(self, register):
        registers = self._registers
        if register == WRITE_POINTER:
            return self._write_pointer
        if register == READ_POINTER:
            return self._read_pointer
        if register == OVERFLOW_COUNTER:
            return self._overflows
        value = registers[register]
        if register == STATUS_1 or register == STATUS_2:
            registers[register] = 0
            self._armed = self._count < self._threshold
        if register == MODE_CONFIG and self._now_us() < self._reset_until_us:
            value |= 0x40
        return value

    def _write_register(self, register, value):
        if register in _NEVER_WRITTEN or register == FIFO_DATA:
            return
        if register == WRITE_POINTER or register == READ_POINTER or register == OVERFLOW_COUNTER:
            self._move_pointer(register, value & 0x1F)
            return
        self._registers[register] = value
        if register == MODE_CONFIG and value & 0x40:
            self._reset()
            self._reset_until_us = self._now_us() + RESET_US
        elif register == TEMPERATURE_CONFIG and value & 1:
            self._temperature_due_us = self._now_us() + CONVERSION_OF_TEMPERATURE_US
        elif register in (FIFO_CONFIG, MODE_CONFIG, SPO2_CONFIG, SLOTS_12, SLOTS_34):
            self._configure()

    # configuration

    def _configure(self):
        registers = self._registers
        self._mode = registers[MODE_CONFIG] & 7
        self._limit_rate()
        self._averaged = min(32, 1 << (registers[FIFO_CONFIG] >> 5))
        self._rollover = bool(registers[FIFO_CONFIG] & 0x10)
        self._threshold = DEPTH - (registers[FIFO_CONFIG] & 0x0F)
        self._mask = ~((1 << (3 - (registers[SPO2_CONFIG] & 3))) - 1)
        self._choose_leds()
        running = self._leds_used > 0 and not registers[MODE_CONFIG] & 0x80
        self._run(running)

    def _limit_rate(self):
        registers = self._registers
        chosen = registers[SPO2_CONFIG] >> 2 & 7
        width = registers[SPO2_CONFIG] & 3
        fastest = (_FASTEST_ONE_LED if self._mode == _HEART_RATE else _FASTEST_SPO2)[width]
        if chosen > fastest:
            chosen = fastest
            registers[SPO2_CONFIG] = registers[SPO2_CONFIG] & 0x63 | fastest << 2
        self._raw_rate_hz = _RATES_HZ[chosen]

    def _choose_leds(self):
        registers = self._registers
        self._leds_used = 0
        if self._mode == _HEART_RATE:
            self._use_led(0)
        elif self._mode == _SPO2:
            self._use_led(0)
            self._use_led(1)
        elif self._mode == _MULTI_LED:
            for register, shift in ((SLOTS_12, 0), (SLOTS_12, 4), (SLOTS_34, 0), (SLOTS_34, 4)):
                slot = registers[register] >> shift & 7
                if slot == 0 or slot > 4:
                    break
                self._use_led(slot - 1)

    def _use_led(self, led):
        self._leds[self._leds_used] = led
        self._leds_used += 1

    def _run(self, running):
        rate = self._fixed
        if not rate:
            rate = int(self._raw_rate_hz * self._oscillator * _TICKS / self._averaged + 0.5)
        if not running:
            self._rate = 0
            return
        if not self._fixed:
            self._start_us = self._now_us()
        self._rate = rate
        self._next_row = self._rows_until(self._now_us())

    # time

    def _rows_until(self, true_us):
        passed = true_us - self._start_us
        return passed * self._rate // (1000000 * _TICKS) if passed > 0 else 0

    def _time_of(self, row):
        """True time at which a row is in the FIFO; FOREVER behind the last that is given."""
        if self._fixed and row >= self._source.rows:
            return FOREVER
        return self._start_us - (-(row + 1) * 1000000 * _TICKS // self._rate)

    def next_interrupt_us(self):
        """True time at which the interrupt pin next falls; FOREVER if nothing makes it fall."""
        due = FOREVER
        registers = self._registers
        if self._rate and registers[ENABLE_1] & PPG_READY:
            due = self._time_of(self._next_row)
        elif self._rate and registers[ENABLE_1] & A_FULL and self._armed:
            missing = self._threshold - self._count
            due = self._time_of(self._next_row + (missing if missing > 0 else 1) - 1)
        if registers[ENABLE_2] & TEMPERATURE_READY and self._temperature_due_us < due:
            due = self._temperature_due_us
        return due

    def interrupt_line(self):
        """Level of the open-drain interrupt pin: 0 while an enabled flag is set."""
        self._sync()
        registers = self._registers
        raised = registers[STATUS_1] & (registers[ENABLE_1] | POWER_READY)
        raised |= registers[STATUS_2] & registers[ENABLE_2]
        return 0 if raised else 1

    def _sync(self):
        now_us = self._now_us()
        if now_us >= self._temperature_due_us:
            self._finish_temperature()
        if not self._rate:
            return
        row = self._rows_until(now_us)
        if self._fixed and row > self._source.rows:
            row = self._source.rows
        while self._next_row < row:
            self._push(self._next_row)
            self._next_row += 1

    def _finish_temperature(self):
        registers = self._registers
        sixteenths = int(self.celsius * 16)
        registers[TEMPERATURE_INTEGER] = sixteenths >> 4 & 0xFF
        registers[TEMPERATURE_FRACTION] = sixteenths & 0x0F
        registers[TEMPERATURE_CONFIG] = 0
        registers[STATUS_2] |= TEMPERATURE_READY
        self._temperature_due_us = FOREVER

    # FIFO

    def _clear_fifo(self):
        self._write_pointer = 0
        self._read_pointer = 0
        self._count = 0
        self._overflows = 0
        self._lost = 0
        self._armed = True
        self._next_row = 0

    def _move_pointer(self, register, value):
        if register == OVERFLOW_COUNTER:
            self._overflows = value
            return
        if register == WRITE_POINTER:
            self._write_pointer = value
        else:
            self._read_pointer = value
        self._count = (self._write_pointer - self._read_pointer) & 0x1F
        self._armed = True

    def _push(self, row):
        self._registers[STATUS_1] |= PPG_READY
        if self._count == DEPTH:
            self._lost += 1
            if self._overflows < 31:
                self._overflows += 1
            if not self._rollover:
                return
            self._read_pointer = (self._read_pointer + 1) & 0x1F
            self._count -= 1
        self._rows[self._write_pointer] = row
        self._write_pointer = (self._write_pointer + 1) & 0x1F
        self._count += 1
        if self._count >= self._threshold and self._armed:
            self._registers[STATUS_1] |= A_FULL
            self._armed = False

    def _pop_into(self, buffer):
        self._registers[STATUS_1] &= ~PPG_READY
        width = 3 * self._leds_used
        end = len(buffer)
        offset = 0
        while width and offset < end:
            offset = self._put_sample(self._rows[self._read_pointer], buffer, offset)
            if self._count and offset <= end:
                self._pop()
        self._armed = self._count < self._threshold

    def _pop(self):
        if self.log is not None:
            self.log.popped(self._rows[self._read_pointer], self._lost)
        self._read_pointer = (self._read_pointer + 1) & 0x1F
        self._count -= 1
        self._overflows = 0
        self._lost = 0

    def _put_sample(self, row, buffer, offset):
        end = len(buffer)
        for index in range(self._leds_used):
            value = self._sample(row, self._leds[index])
            if offset + 2 < end:
                buffer[offset] = value >> 16
                buffer[offset + 1] = value >> 8 & 0xFF
                buffer[offset + 2] = value & 0xFF
            elif offset < end:
                buffer[offset] = value >> 16
                if offset + 1 < end:
                    buffer[offset + 1] = value >> 8 & 0xFF
            offset += 3
        return offset

    def _sample(self, row, led):
        if not self._registers[LED_1 + led]:
            return 0
        column = _COLUMN_OF_LED[led]
        if self._fixed or self._averaged == 1:
            value = self._source.value(row, column)
        else:
            total = 0
            for index in range(self._averaged):
                total += self._source.value(row * self._averaged + index, column)
            value = total // self._averaged
        if self.usual_current:
            value = value * self._registers[LED_1 + led] // self.usual_current
        return min(max(value, 0), 0x3FFFF) & self._mask
