# ruff: noqa: PTH102, PTH123, UP031
"""Five hundred power cuts in the middle of writing: nothing flushed is lost, recovery is quick.

MicroPython has no pathlib.
"""

import os

import disk
from keeping import block, sequences

from dyadwire import messages
from wearable.boot_state import BootState
from wearable.recorder import PAGE, SEGMENT_SIZE, Recorder
from wearable.segments import FOLDER

SEED = 20260101
READ_US, PROGRAM_US, ERASE_US = 60, 700, 35_000  # of the chip, as in the simulator's costs.py
LIMIT_US = 1_000_000


class Dice:
    """Random numbers that are the same on every machine."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 8) % limit


class Ledger:
    """What surely was flushed in each boot, and what the host has acknowledged of it."""

    def __init__(self):
        self.flushed = {}
        self.acked = {}

    def check(self, recorder, boot):
        """Every flushed block that no host has is in flash, whole and in order."""
        first, stop = self.acked.get(boot, 0), self.flushed[boot]
        found = sequences(recorder, 1, first, stop, boot=boot)
        assert found == list(range(first, stop)), (boot, first, stop, len(found))


def recovered(flash, boot):
    """A recorder after a reboot, and the microseconds flash took until it could record."""
    before = flash.counts()
    flash = disk.mounted(flash)
    boot_state = BootState()
    boot_state.boot = boot - 1
    boot_state.begin(was_reset=False)
    recorder = Recorder(boot, 16)
    recorder.prepare()
    reads, programs, erases = [now - before[k] for k, now in enumerate(flash.counts())]
    return flash, recorder, reads * READ_US + programs * PROGRAM_US + erases * ERASE_US


def write_until_cut(recorder, ledger, boot):
    """Record as the wearable does, by pages and now and then at once, until the power goes."""
    ledger.flushed[boot] = 0
    try:
        for sequence in range(2000):
            framed = block(1, sequence, boot)
            recorder.append(framed, len(framed))
            if recorder.is_due():
                recorder.write_page()
            if sequence % 37 == 36:
                recorder.flush()
                assert not recorder.is_full
                ledger.flushed[boot] = sequence + 1
    except disk.PowerCutError:
        pass


def test_five_hundred_power_cuts_lose_no_flushed_frame_and_recovery_is_quick():
    dice = Dice(SEED)
    ledger = Ledger()
    flash = disk.fresh(512)
    worst_us = total = 0
    for boot in range(1, 502):
        flash, recorder, took_us = recovered(flash, boot)
        worst_us = max(worst_us, took_us)
        for old in sorted(ledger.flushed)[-3:]:
            ledger.check(recorder, old)
        for old in sorted(ledger.flushed)[:-2]:
            stop = ledger.flushed.pop(old)
            total += stop
            recorder.acknowledge(messages.Ack(old, 1, 0, messages.OPEN_END))
            for _ in recorder.settle():
                pass
        flash.cut_after(1 + dice.below(400), dice.below(8))
        write_until_cut(recorder, ledger, boot)
    print("cuts 500 blocks flushed", total, "slowest recovery ms", worst_us // 1000)  # noqa: T201
    assert total > 20_000
    assert worst_us <= LIMIT_US


def test_recovery_with_a_full_flash_is_quick_too():
    flash = disk.fresh(2800)
    os.mkdir(FOLDER)
    page = bytearray(PAGE)
    for number in range(1, 41):
        with open("%s/%06d-%05d.new" % (FOLDER, number, 1), "wb") as file:
            for _ in range(SEGMENT_SIZE // PAGE - 2):
                file.write(page)
    flash, recorder, took_us = recovered(flash, 2)
    print("full flash of", recorder.used_kib(), "KiB, recovery ms", took_us // 1000)  # noqa: T201
    assert took_us <= LIMIT_US
