"""How a MAX17048 behaves at its registers, on both interpreters."""

try:
    from virtual import max17048 as chip
except ImportError:
    from dyadkit.sim.device.inside.virtual import max17048 as chip

HOUR_US = 3_600_000_000


class Bench:
    def __init__(self, percent=50.0, per_hour=0.0):
        self.now_us = 0
        self.chip = chip.Max17048(chip.Cell(percent, per_hour), lambda: self.now_us)

    def word(self, register):
        buffer = bytearray(2)
        self.chip.read(register, buffer)
        return buffer[0] << 8 | buffer[1]


def test_charge_is_in_256ths_of_a_percent_with_the_high_byte_first():
    assert Bench(50.5).word(chip.SOC) == 50 * 256 + 128


def test_voltage_is_in_steps_of_78_microvolts():
    assert Bench(50.0).word(chip.VCELL) == 3800 * 64 // 5


def test_the_version_tells_the_chip():
    assert Bench().word(chip.VERSION) >> 4 == 0x001


def test_charge_falls_and_stops_at_zero():
    bench = Bench(50.0, 20.0)
    bench.now_us = HOUR_US
    assert bench.word(chip.SOC) == 30 * 256
    bench.now_us = 5 * HOUR_US
    assert bench.word(chip.SOC) == 0


def test_a_burst_gives_the_next_words_too():
    buffer = bytearray(4)
    Bench(25.0).chip.read(chip.VCELL, buffer)
    assert buffer[2] == 25


def test_settings_are_words_and_a_reset_undoes_them():
    bench = Bench()
    bench.chip.write(chip.CONFIG, b"\x12\x34")
    assert bench.word(chip.CONFIG) == 0x1234
    bench.chip.write(chip.CONFIG, b"\x99")
    assert bench.word(chip.CONFIG) == 0x1234
    bench.chip.write(chip.COMMAND, b"\x54\x00")
    assert bench.word(chip.CONFIG) == 0x971C
