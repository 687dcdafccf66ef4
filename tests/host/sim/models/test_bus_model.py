"""How the virtual bus behaves: nobody there, everybody silent, a chip that holds the line."""

try:
    from virtual import wires
except ImportError:
    from dyadkit.sim.device.inside.virtual import wires

CLOCK_PIN = 9


class Bench:
    def __init__(self, silent=(), stuck=()):
        self.now_us = 0
        self.bus = wires.Bus({0x57: "chip"}, lambda: self.now_us, CLOCK_PIN)
        self.bus.silent = silent
        self.bus.stuck = list(stuck)

    def answer(self, address=0x57):
        try:
            return self.bus.chip(address)
        except OSError as error:
            return error.args[0]


def test_a_chip_answers_at_its_address():
    assert Bench().answer() == "chip"


def test_nobody_acknowledges_another_address():
    assert Bench().answer(0x48) == wires.NO_DEVICE


def test_in_a_silent_span_nobody_acknowledges():
    bench = Bench(silent=((1000, 2000),))
    seen = []
    for bench.now_us in (999, 1000, 1999, 2000):
        seen.append(bench.answer())
    assert seen == ["chip", wires.NO_DEVICE, wires.NO_DEVICE, "chip"]
    bench.now_us = 1500
    assert bench.bus.addresses() == []


def test_a_stuck_bus_times_out_until_nine_pulses():
    bench = Bench(stuck=(1000,))
    assert bench.answer() == "chip"
    bench.now_us = 5000
    for _ in range(9):
        assert bench.answer() == wires.TIMED_OUT
        bench.bus.rise(CLOCK_PIN)
    assert bench.answer() == "chip"


def test_a_chip_that_hangs_times_out_in_its_spans_and_leaves_the_others_alone():
    bench = Bench()
    bench.bus.hanging = {0x48: ((1000, 2000),)}
    bench.now_us = 1500
    assert bench.answer(0x48) == wires.TIMED_OUT
    assert bench.answer(0x57) == "chip"
    bench.now_us = 2000
    assert bench.answer(0x48) == wires.NO_DEVICE, "there is none in this test"


def test_pulses_on_another_pin_free_nothing():
    bench = Bench(stuck=(0,))
    for _ in range(20):
        bench.bus.rise(CLOCK_PIN + 1)
    assert bench.answer() == wires.TIMED_OUT
