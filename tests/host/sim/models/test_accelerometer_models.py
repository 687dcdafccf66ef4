"""How an LIS3DH and an LSM6DS3 behave at their registers, on both interpreters."""

try:
    from virtual import accelerometers as chips
except ImportError:
    from dyadkit.sim.device.inside.virtual import accelerometers as chips


class Posture:
    """The same acceleration for ever, or one that counts rows along x."""

    rows = 1 << 30

    def __init__(self, g=(0.0, 0.0, 1.0), counting=False):
        self.g = g
        self.counting = counting

    def value(self, row, column):
        if self.counting and column == 0:
            return 64 * (row % 200)
        return int(self.g[column] * chips.G)


class Bench:
    def __init__(self, kind, posture=None, oscillator=1.0):
        self.now_us = 0
        body = chips.Acceleration(posture or Posture(), 10_000)
        self.chip = kind(body, lambda: self.now_us, oscillator)

    def write(self, register, value):
        self.chip.write(register, bytes([value]))

    def read(self, register, count=1):
        buffer = bytearray(count)
        self.chip.read(register, buffer)
        return buffer[0] if count == 1 else bytes(buffer)

    def after(self, milliseconds):
        self.now_us += milliseconds * 1000
        return self


def lis3dh(posture=None, oscillator=1.0, control1=0x57, control4=0x98):
    """At 100 Hz, 12 bits, +-4 g, a FIFO that keeps the newest."""
    bench = Bench(chips.Lis3dh, posture, oscillator)
    for register, value in ((0x23, control4), (0x24, 0x40), (0x2E, 0x80), (0x20, control1)):
        bench.write(register, value)
    return bench


def lsm6ds3(posture=None, control1=0x48):
    """At 104 Hz, +-4 g, a FIFO that keeps the newest."""
    bench = Bench(chips.Lsm6ds3, posture)
    for register, value in ((0x12, 0x44), (0x08, 1), (0x0A, 0x26), (0x10, control1)):
        bench.write(register, value)
    return bench


def words(raw):
    pairs = [raw[k] | raw[k + 1] << 8 for k in range(0, len(raw), 2)]
    return [word - 65536 if word & 0x8000 else word for word in pairs]


def test_each_chip_says_its_name_and_keeps_it():
    for kind, name in ((chips.Lis3dh, 0x33), (chips.Lsm6ds3, 0x69)):
        bench = Bench(kind)
        bench.write(0x0F, 0)
        assert bench.read(0x0F) == name


def test_nothing_is_sampled_in_power_down():
    assert Bench(chips.Lis3dh).after(100).read(0x2F) & 0x1F == 0
    assert Bench(chips.Lsm6ds3).after(100).read(0x3A) == 0


def test_lis3dh_counts_its_samples():
    assert lis3dh().after(205).read(0x2F) == 20


def test_a_fast_oscillator_makes_more_samples():
    assert lis3dh(oscillator=1.05).after(205).read(0x2F) == 21


def test_an_empty_fifo_says_so():
    assert lis3dh().after(1).read(0x2F) == 0x20
    assert lsm6ds3().after(1).read(0x3B) & 0x10


def test_lis3dh_advances_only_with_the_highest_bit():
    bench = lis3dh().after(15)
    assert len(set(bench.read(0x28, 4))) == 1
    assert words(bench.read(0x28 | 0x80, 6)) == [0, 0, 500 * 16]


def test_lis3dh_gives_one_sample_for_each_six_bytes():
    bench = lis3dh(Posture(counting=True)).after(105)
    bench.read(0xA8, 24)
    assert bench.read(0x2F) == 6


def test_lis3dh_full_is_31_and_the_overrun_bit():
    bench = lis3dh().after(400)
    assert bench.read(0x2F) == 0x5F
    bench.read(0xA8, 6 * 32)
    assert bench.read(0x2F) == 0x20


def test_lis3dh_as_a_stream_keeps_the_newest():
    bench = lis3dh(Posture(counting=True)).after(1005)
    first = words(bench.read(0xA8, 6))[0]
    assert first // 16 == int(64 * 69 * 1e9 / chips.G / 125_000) >> 4


def test_lis3dh_in_bypass_forgets():
    bench = lis3dh().after(100)
    bench.write(0x2E, 0)
    assert bench.read(0x2F) & 0x1F == 0


def test_lis3dh_has_12_10_or_8_bits():
    tilted = Posture((0.0123, 0.0, 0.0))
    for control1, control4, bits in ((0x57, 0x98, 4), (0x57, 0x90, 6), (0x5F, 0x90, 8)):
        bench = lis3dh(tilted, control1=control1, control4=control4).after(15)
        x = words(bench.read(0xA8, 6))[0]
        assert x % (1 << bits) == 0


def test_lis3dh_leaves_out_an_axis_that_is_off():
    bench = lis3dh(Posture((0.5, 0.5, 0.5)), control1=0x55).after(15)
    assert words(bench.read(0xA8, 6))[1] == 0


def test_both_saturate_at_their_range():
    hard = Posture((9.0, -9.0, 0.0))
    x, y, _ = words(lis3dh(hard).after(15).read(0xA8, 6))
    assert (x, y) == (32767 >> 4 << 4, -32768)
    x, y, _ = words(lsm6ds3(hard).after(15).read(0x3E, 6))
    assert (x, y) == (32767, -32768)


def test_each_range_has_its_step():
    for code, step_ng in ((0, 62_500), (1, 125_000), (2, 250_000), (3, 750_000)):
        bench = lis3dh(control4=0x88 | code << 4).after(15)
        assert words(bench.read(0xA8, 6))[2] == 1_000_000_000 // step_ng >> 4 << 4
    for code, step_ng in ((0, 61_000), (2, 122_000), (3, 244_000)):
        bench = lsm6ds3(control1=0x40 | code << 2).after(15)
        assert words(bench.read(0x3E, 6))[2] == 1_000_000_000 // step_ng


def test_lsm6ds3_counts_words_and_reading_takes_them():
    bench = lsm6ds3().after(100)
    assert bench.read(0x3A, 2)[0] == 30
    bench.read(0x3E, 12)
    assert bench.read(0x3A, 2)[0] == 24


def test_lsm6ds3_tells_which_axis_comes_next():
    bench = lsm6ds3().after(100)
    bench.read(0x3E, 2)
    assert bench.read(0x3C) == 1


def test_lsm6ds3_overruns_after_4096_words_and_keeps_the_newest():
    bench = lsm6ds3().after(20_000)
    low, high = bench.read(0x3A, 2)
    assert high & 0x40
    assert low | (high & 0x0F) << 8 == 4095
    bench.read(0x3E, 6)
    assert not bench.read(0x3B) & 0x40


def test_lsm6ds3_in_bypass_forgets():
    bench = lsm6ds3().after(100)
    bench.write(0x0A, 0)
    assert bench.read(0x3A) == 0
