# ruff: noqa: PTH123
"""A wearable that falls over again and again becomes one that can be reached.

MicroPython has no pathlib.
"""

import disk
import machine

from wearable import device, settings


class Wearable:
    """In place of all its parts: falls over settings that make no rhythm, and tells what it got."""

    def __init__(self, given, boot_state, hardware):
        self.settings = given
        self.boot_state = boot_state
        self.rhythm = 1000 // given.eda_pair_hz

    async def run(self):
        self.leave = lambda: Wearable.found.append(self)
        raise KeyboardInterrupt


def boot():
    """The wearable that got to run, or None if it fell before."""
    Wearable.found = []
    really, device.Wearable = device.Wearable, Wearable
    try:
        device.run()
    except (SystemExit, KeyboardInterrupt):
        return Wearable.found[0] if Wearable.found else None
    finally:
        device.Wearable = really


def test_the_processor_runs_at_the_speed_that_spares_the_battery():
    disk.fresh()
    machine.hertz = 160_000_000
    boot()
    assert machine.hertz == 80_000_000


def test_a_processor_that_keeps_its_speed_runs_all_the_same():
    disk.fresh()

    def refused(hz):
        raise ValueError("unable to change frequency")

    really, machine.freq = machine.freq, refused
    try:
        assert boot() is not None
    finally:
        machine.freq = really


def test_what_the_watchdog_ends_counts_as_a_crash():
    disk.fresh()
    try:
        assert boot().boot_state.crashes == 0
        machine.cause = machine.WDT_RESET
        assert [boot().boot_state.crashes for _ in range(3)] == [1, 2, 3]
        machine.cause = 1
        assert boot().boot_state.crashes == 3
    finally:
        machine.cause = 1


def test_settings_that_make_it_fall_are_left_out_after_the_third_time():
    disk.fresh()
    with open(settings.FILE, "w") as file:
        file.write('{"eda_pair_hz": 0, "name": "anna"}')
    assert [boot() for _ in range(3)] == [None, None, None]
    reached = boot()
    assert reached.boot_state.crashes == 3
    assert (reached.settings.name, reached.settings.eda_pair_hz) == ("anna", 160)


def test_settings_of_no_known_board_or_another_kind_are_as_from_the_factory_and_told():
    disk.fresh()
    with open(settings.FILE, "w") as file:
        file.write('{"board": "xiao", "live_ms": "fast", "ppg_green": 1, "eda_pair_hz": 80}')
    given = settings.load()
    assert (given.board, given.live_ms, given.ppg_green) == ("esp32s3", 200, False)
    assert given.eda_pair_hz == 80
    assert sorted(given.refused) == ["board", "live_ms", "ppg_green"]
    with open(settings.FILE, "w") as file:
        file.write('{"board": ')
    assert settings.load().refused == ["settings.json"]
