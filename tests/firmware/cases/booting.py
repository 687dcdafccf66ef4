# ruff: noqa: PTH123, PTH208
"""A wearable that falls over again and again becomes one that can be reached.

MicroPython has no pathlib.
"""

import os
import sys

import disk
import machine

from wearable import boot_state, device, settings

POWER_ON = 1


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


def crashes_after(*causes):
    """Crashes counted at each boot that begins for such a cause; none says why it ends."""
    counted = []
    for machine.cause in causes:
        forget_farewell()
        counted.append(boot().boot_state.crashes)
    machine.cause = POWER_ON
    return counted


def forget_farewell():
    """Whoever asks for the prompt says so; here the boot before is to have ended in silence."""
    state = boot_state.BootState()
    state.is_explained = False
    state.save()


def test_what_the_watchdog_or_a_panic_in_c_ends_counts_as_a_crash_and_the_power_does_not():
    disk.fresh()
    panic, stuck = machine.HARD_RESET, machine.WDT_RESET
    assert crashes_after(POWER_ON, stuck, panic, POWER_ON, panic) == [0, 1, 2, 2, 3]


def test_a_reset_that_was_told_of_is_no_crash_and_one_by_an_exception_counts_once():
    disk.fresh()
    assert boot().boot_state.crashes == 0
    machine.cause = machine.HARD_RESET
    try:
        assert boot().boot_state.crashes == 0, "somebody asked for the prompt"
        with open(settings.FILE, "w") as file:
            file.write('{"eda_pair_hz": 0}')
        assert boot() is None
        with open(settings.FILE, "w") as file:
            file.write("{}")
        assert boot().boot_state.crashes == 1
    finally:
        machine.cause = POWER_ON


def test_the_watchdog_runs_before_anything_else_does():
    disk.fresh()
    done = []
    really = machine.WDT, machine.freq

    class Watchdog:
        def __init__(self, timeout=0):
            done.append("watchdog")

        def feed(self):
            done.append("fed")

    machine.WDT = Watchdog
    machine.freq = lambda hz: done.append("speed")
    try:
        boot()
    finally:
        machine.WDT, machine.freq = really
    assert done[:3] == ["watchdog", "speed", "fed"]
    assert machine.Timer.running, "who has the prompt is not bitten"


class Partition:
    """The place where the port keeps its flash."""


def test_flash_without_littlefs_is_left_mounted_and_the_wearable_boots():
    flash = disk.fresh(64)
    os.chdir("/")
    os.umount("/flash")
    blocks = SectorDisk(flash)
    os.VfsFat.mkfs(blocks)
    os.mount(os.VfsFat(blocks), "/flash")
    os.chdir("/flash")
    sys.modules["flashbdev"] = Partition
    Partition.bdev = blocks
    try:
        assert boot().is_fit is False
        assert boot_state.FILE in os.listdir()
    finally:
        del sys.modules["flashbdev"]
    disk.fresh()


class SectorDisk:
    """A flash chip as FAT sees it, sectors written in place, which LittleFS may try to read."""

    def __init__(self, chip):
        self.chip = chip

    def readblocks(self, block, buffer, offset=0):
        self.chip.readblocks(block, buffer, offset)

    def writeblocks(self, block, buffer, offset=0):
        self.chip.writeblocks(block, buffer, offset)

    def ioctl(self, operation, argument):
        return self.chip.ioctl(operation, argument) if operation in (4, 5) else 0


def test_settings_that_make_it_fall_are_left_out_after_the_third_time():
    disk.fresh()
    with open(settings.FILE, "w") as file:
        file.write('{"eda_pair_hz": 0, "name": "anna"}')
    assert [boot() for _ in range(3)] == [None, None, None]
    reached = boot()
    assert reached.boot_state.crashes == 3
    assert (reached.settings.name, reached.settings.eda_pair_hz) == ("", 160)


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


def test_a_wearer_who_cannot_be_read_is_taken_for_an_infant_and_told():
    for text in ('{"wearer": "toddler"}', '{"wearer": 3}', '{"wearer": '):
        disk.fresh()
        with open(settings.FILE, "w") as file:
            file.write(text)
        given = settings.load()
        assert given.wearer == "infant", text
        assert len(given.refused) == 1, text


def test_the_wearer_is_kept_when_settings_that_make_it_fall_are_left_out():
    given = settings.Settings()
    given.wearer, given.eda_pair_hz = "child", 0
    assert (settings.safe(given).wearer, settings.safe(given).eda_pair_hz) == ("child", 160)


def test_a_settings_file_that_is_none_at_all_is_as_from_the_factory():
    disk.fresh()
    for text in ("[1, 2]", "null", "7", '{"refused": [1]}', '{"name": null}', "{" * 2000, "\xff"):
        with open(settings.FILE, "w") as file:
            file.write(text)
        reached = boot()
        assert reached is not None, text
        assert all(isinstance(one, str) for one in reached.settings.refused)
    with open(settings.FILE, "wb") as file:
        file.write(b'{"name": "\xff\xfe"}')
    assert boot() is not None
