"""Where samples are stamped no number leaves the small integers of a 32-bit chip.

There they have 31 bits with their sign; a larger one is an object on the heap, which cannot be made
while the heap is locked. This machine's have 63: so the numbers themselves watch over it. The same
was shown inside a MicroPython with 31 bits (`docs/accuracy/memory.md`).
"""

import importlib
import operator
import sys
import types

import pytest

from dyadwire.ticks import TICKS_MASK, TICKS_PERIOD, tick_after
from fakes.inside_micropython import ROOT

LIMIT = 1 << 30


class Small(int):
    """An integer whose sums, products and the like must have 31 bits."""


def _watched(name):
    plain = getattr(int, name)

    def calculate(self, *others):
        result = plain(self, *others)
        if result is NotImplemented or isinstance(result, bool):
            return result
        assert -LIMIT <= result < LIMIT, f"{name} gives {result}: an object on the heap"
        return Small(result)

    return calculate


for _operator in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "lshift", "rshift"):
    setattr(Small, f"__{_operator}__", _watched(f"__{_operator}__"))
    setattr(Small, f"__r{_operator}__", _watched(f"__r{_operator}__"))


@pytest.fixture
def sensors(monkeypatch):
    """The drivers' modules, imported on this interpreter."""
    monkeypatch.syspath_prepend(str(ROOT / "firmware"))
    fake = types.SimpleNamespace(const=lambda value: value)
    monkeypatch.setitem(sys.modules, "micropython", fake)
    monkeypatch.setitem(sys.modules, "wearable.sensors.fifo_fast", None)  # no machine code here
    before = set(sys.modules)
    yield lambda name: importlib.import_module(f"wearable.{name}")
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_the_watch_sees_a_sum_beyond_the_wrap():
    with pytest.raises(AssertionError, match="heap"):
        operator.add(Small(TICKS_MASK), 1)


@pytest.mark.parametrize("passed_us", [0, 1, 3_125, TICKS_MASK])
def test_a_tick_moves_over_the_wrap_in_small_integers(passed_us):
    for tick in (0, 1, TICKS_PERIOD // 2, TICKS_MASK):
        moved = tick_after(Small(tick), Small(passed_us))
        assert moved == (tick + passed_us) % TICKS_PERIOD


def test_slots_of_the_converter_are_counted_over_the_wrap_in_small_integers(sensors):
    pace = sensors("sensors.skin_pace").SlotPace(3_125, 20)
    start = TICKS_PERIOD - 100_000
    pace.begin(Small(start))
    slots = sum(
        pace.advance(Small((start + step * 3_125) % TICKS_PERIOD)) for step in range(1, 200)
    )
    assert (slots, pace.due) == (199, 9)


def test_calls_in_a_row_behind_a_late_one_count_their_slot_once(sensors):
    pace = sensors("sensors.skin_pace").SlotPace(3_125, 20)
    pace.begin(0)
    late = [pace.advance(tick) for tick in (3_125, 11_300, 11_400, 11_700, 12_400, 15_600)]
    assert late == [1, 3, 0, 0, 0, 1], "a call before the slot it was counted for is no new one"


def test_samples_due_are_told_for_a_whole_period_in_small_integers(sensors):
    driver = sensors("sensors.max3010x")
    optics = driver.Optics(400, 4, 411, 4096, 6200, 2, 20_000)
    sensor = driver.Max3010x(None, optics, lambda: 0, Small(100_000), 20)
    assert sensor._due_since(Small(5), Small(4)) == 107_374
    assert sensor._due_since(Small(TICKS_MASK), Small(399_999)) == 40
