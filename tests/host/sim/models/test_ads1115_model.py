"""How an ADS1115 behaves at its registers, on both interpreters."""

try:
    from virtual import ads1115 as chip
except ImportError:
    from dyadkit.sim.device.inside.virtual import ads1115 as chip

UNITS = 16  # of the source in 7.8125 uV
CURRENT = 0x9000  # AIN0 - AIN3, start
VOLTAGE = 0xA000  # AIN1 - AIN3, start
SINGLE = 0x0100
FASTEST = 0x00E0
TWO_VOLTS = 0x0400
ONE_AT_860_US = 1163 + chip.WAKE_US


class Inputs:
    """One level for each mux, plus a ramp in time."""

    def __init__(self, slope=0):
        self.slope = slope

    def level(self, true_us, mux):
        return (1000 * mux + self.slope * true_us) * UNITS


class Bench:
    """A converter with a clock that is set by hand."""

    def __init__(self, inputs=None, slow_ppm=0):
        self.now_us = 0
        self.chip = chip.Ads1115(inputs or Inputs(), lambda: self.now_us, slow_ppm)

    def write(self, register, value):
        self.chip.write(register, bytes((value >> 8, value & 0xFF)))

    def read(self, register):
        buffer = bytearray(2)
        self.chip.read(register, buffer)
        return buffer[0] << 8 | buffer[1]

    def signed(self):
        value = self.read(chip.CONVERSION)
        return value - 65536 if value & 0x8000 else value

    def convert(self, config, wait_us=2000):
        self.write(chip.CONFIG, config | SINGLE | FASTEST | 3)
        self.now_us += wait_us
        return self.signed()


def test_the_registers_wake_up_as_documented():
    bench = Bench()
    assert bench.read(chip.CONFIG) == 0x8583
    assert bench.read(chip.CONVERSION) == 0
    assert bench.read(chip.LOW_THRESHOLD) == 0x8000
    assert bench.read(chip.HIGH_THRESHOLD) == 0x7FFF


def test_the_busy_bit_is_low_while_converting():
    bench = Bench()
    bench.write(chip.CONFIG, VOLTAGE | SINGLE | FASTEST)
    assert bench.read(chip.CONFIG) & 0x8000 == 0
    bench.now_us = ONE_AT_860_US
    assert bench.read(chip.CONFIG) & 0x8000


def test_a_result_read_too_early_is_the_old_one():
    bench = Bench()
    first = bench.convert(CURRENT | 0x0A00)
    assert bench.convert(VOLTAGE | 0x0A00, ONE_AT_860_US - 1) == first == 1000
    bench.now_us += 1
    assert bench.signed() == 2000


def test_writing_without_the_start_bit_starts_nothing():
    bench = Bench()
    bench.convert((VOLTAGE | 0x0A00) & 0x7FFF)
    assert bench.signed() == 0
    assert bench.chip.conversions == 0


def test_a_start_during_a_conversion_is_ignored():
    bench = Bench(Inputs(slope=1))
    bench.convert(VOLTAGE | 0x0A00, 500)
    bench.convert(VOLTAGE | 0x0A00, ONE_AT_860_US - 500)
    assert bench.chip.conversions == 1
    assert bench.signed() == 2000


def test_the_voltage_is_that_at_the_start():
    bench = Bench(Inputs(slope=2))
    bench.now_us = 100
    assert bench.convert(VOLTAGE | 0x0A00) == 2200


def test_a_slow_oscillator_takes_longer():
    bench = Bench(slow_ppm=100000)
    assert bench.convert(VOLTAGE | 0x0A00, ONE_AT_860_US) == 0
    bench.now_us += 120
    assert bench.signed() == 2000


def test_slower_rates_take_longer():
    bench = Bench()
    bench.write(chip.CONFIG, VOLTAGE | 0x0A00 | SINGLE)
    bench.now_us = 124000
    assert bench.signed() == 0
    bench.now_us = 126000
    assert bench.signed() == 2000


def test_each_gain_has_its_step():
    for code, divisor in ((0, 24), (1, 16), (2, 8), (3, 4), (4, 2), (5, 1), (6, 1), (7, 1)):
        counts = Bench().convert(VOLTAGE | code << 9)
        assert abs(counts - 2000 / divisor) <= 0.5


def test_it_saturates_at_both_ends():
    assert Bench(Inputs(slope=40000)).convert(VOLTAGE | 0x0A00) == 2000
    high, low = Bench(Inputs(slope=40000)), Bench(Inputs(slope=-40000))
    high.now_us = low.now_us = 10
    assert high.convert(VOLTAGE | 0x0A00) == 32767
    assert low.convert(VOLTAGE | 0x0A00) == -32768


def test_negative_results_are_twos_complement():
    bench = Bench(Inputs(slope=-1000))
    bench.now_us = 3
    assert bench.convert(VOLTAGE | 0x0A00) == -1000


def test_each_mux_shows_its_inputs():
    for mux in range(8):
        assert Bench().convert(0x8000 | mux << 12 | 0x0A00) == 1000 * mux


def test_one_byte_alone_changes_nothing():
    bench = Bench()
    bench.chip.write(chip.CONFIG, b"\x00")
    assert bench.read(chip.CONFIG) == 0x8583


def test_continuous_conversion_goes_on_by_itself():
    bench = Bench(Inputs(slope=1))
    bench.write(chip.CONFIG, (VOLTAGE | 0x0A00 | FASTEST) & 0x7FFF)
    bench.now_us = 3000
    first = bench.signed()
    bench.now_us = 9000
    assert bench.signed() > first


def test_after_a_mux_change_one_conversion_is_of_the_old_input():
    bench = Bench()
    bench.write(chip.CONFIG, (CURRENT | 0x0A00 | FASTEST) & 0x7FFF)
    bench.now_us = 1500
    bench.write(chip.CONFIG, (VOLTAGE | 0x0A00 | FASTEST) & 0x7FFF)
    bench.now_us = 2400
    assert bench.signed() == 1000
    bench.now_us = 3600
    assert bench.signed() == 2000


def test_ready_pulses_need_the_thresholds_and_the_queue():
    bench = Bench()
    bench.write(chip.CONFIG, VOLTAGE | SINGLE | FASTEST)
    assert bench.chip.next_ready_us() == chip.FOREVER
    bench.write(chip.HIGH_THRESHOLD, 0x8000)
    bench.write(chip.LOW_THRESHOLD, 0x0000)
    assert bench.chip.next_ready_us() == ONE_AT_860_US


def test_reset_forgets_everything():
    bench = Bench()
    bench.convert(VOLTAGE | 0x0A00)
    bench.chip.reset()
    assert bench.read(chip.CONFIG) == 0x8583
    assert bench.read(chip.CONVERSION) == 0
