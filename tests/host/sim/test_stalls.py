"""Stalls of flash, a small heap and a long time: what is lost is known, and nothing else is."""

import numpy as np
import pytest

from dyadkit.sim import DeviceClockModel, VirtualWearable
from dyadwire import messages, streams
from fakes.inside_micropython import compiled_firmware
from fakes.station import PERSONS, feed, holes, of_kind, recorded_with_logs, run_of

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")
power_cycles = pytest.importorskip("dyadkit.sim.device.power_cycles")

CHIP_HEAP = 2 * 131_072  # 128 KiB of a 32-bit chip, in the words of this machine
SIMULATOR_HEAP = 118_000  # virtual chips and radio, which are no chip's
PROGRAM_US = 30_000  # a page of flash and its directory, without erases
MAX_ERASES = 2  # one for the page, each twentieth time one for the directory


def stalled(folder, stall_us):
    """A recording in which the longest write to flash holds the processor so long."""
    costs = {"FLASH_ERASE_US": (stall_us - PROGRAM_US) // MAX_ERASES}
    return recorded_with_logs(
        folder,
        40.0,
        VirtualWearable("a", feed(40), DeviceClockModel(3.0), costs=costs),
        VirtualWearable("b", feed(40), DeviceClockModel(9.0)),
    )


def test_pages_that_stall_for_up_to_200_ms_lose_no_sample(tmp_path):
    found, given, _ = stalled(tmp_path / "s", 200_000)
    assert given["a"].lost.sum() == 0
    for stream in (streams.PPG_IR, streams.PPG_RED, streams.EDA_CURRENT, streams.EDA_VOLTAGE):
        assert holes(run_of(found["a"], stream)) == 0
    assert np.any(run_of(found["a"], streams.EDA_CURRENT).status & streams.BRIDGED)
    assert of_kind(found["a"], messages.Status)[-1].lost == 0


def test_pages_that_stall_for_up_to_a_second_are_gaps_of_exactly_the_right_length(tmp_path):
    found, given, _ = stalled(tmp_path / "s", 1_000_000)
    pulse = run_of(found["a"], streams.PPG_IR)
    rows = given["a"].rows
    assert given["a"].lost.sum() > 0
    assert np.array_equal(pulse.sample_counters(), (rows - rows[0])[: len(pulse.samples)])
    skin = run_of(found["a"], streams.EDA_CURRENT)
    assert 0 < holes(skin) <= 12 * np.count_nonzero(given["a"].lost)
    ends_s = (skin.counters + skin.counts - 1) / 16 - skin.stamps_us * 1e-6
    assert np.ptp(ends_s) < 0.02, "numbers and times of skin conductance part"


@pytest.mark.slow
def test_an_hour_in_the_memory_of_a_chip(tmp_path, monkeypatch, record_property):
    firmware = compiled_firmware(tmp_path / "firmware")
    monkeypatch.setattr(power_cycles, "firmware_folder", lambda: firmware)
    heap = {"heap_bytes": CHIP_HEAP + SIMULATOR_HEAP, "heap_each_s": 60.0}
    found, given, memory = recorded_with_logs(
        tmp_path / "s",
        3600.0,
        VirtualWearable("a", feed(3600), DeviceClockModel(3.0, 22.0), **heap),
        VirtualWearable("b", feed(3600), DeviceClockModel(9.0, -17.0), **heap),
    )
    for person in PERSONS:
        assert given[person].lost.sum() == 0
        for stream in (streams.PPG_IR, streams.PPG_RED, streams.EDA_CURRENT, streams.EDA_VOLTAGE):
            run = run_of(found[person], stream)
            assert holes(run) == 0
        assert len(run_of(found[person], streams.PPG_IR).samples) > 3590 * 100
        assert not of_kind(found[person], messages.Fault)
        used = memory[person].used_bytes
        assert np.ptp(used[len(used) // 2 :]) < 4096, "memory in use is flat"
        record_property(f"heap of {person}, used at first", int(used[0]))
        record_property(f"heap of {person}, used at last", int(used[-1]))
        record_property(f"heap of {person}, free at least", int(memory[person].free_bytes.min()))
