"""From the skin through circuit, converter, firmware and calibration to microsiemens."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dyadkit.decoding.conductance import conductance_of_counts
from dyadkit.devices.calibration import JigReading, checks, constants
from dyadkit.sim.device.circuit import Circuit, Seen
from dyadkit.sim.device.feed import PAIR_HZ, SensorFeed, electrodes, units
from dyadkit.sim.device.inside.virtual.ads1115 import Ads1115
from dyadwire import frontend, messages, streams

FIRMWARE = Path(__file__).parents[3] / "firmware"
SLOT_US = 3125
GRID_USIEMENS = (0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 12.0, 20.0, 40.0, 70.0, 100.0)


class Wires:
    """The bus between the firmware's driver and the chip, and the voltages at the chip's inputs."""

    def __init__(self, seen, seed=0):
        noise = np.random.default_rng(seed).normal(0, 10e-6, (2, len(seen.current_v)))
        self._current = units(seen.current_v + noise[0]).tolist()
        self._voltage = units(seen.voltage_v + noise[1]).tolist()
        self.now_us = 0
        self._chip = Ads1115(self, lambda: self.now_us)

    def level(self, true_us, mux):
        row = min(int(true_us * PAIR_HZ / 1e6), len(self._current) - 1)
        return -self._current[row] if mux == 1 else self._voltage[row]

    def writeto(self, _, data):
        self._chip.write(data[0], data[1:])

    def readfrom_mem_into(self, _, register, buffer):
        self._chip.read(register, buffer)


@pytest.fixture(scope="module")
def skin():
    """The firmware's own driver, which needs no board; MicroPython's `const` changes nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FIRMWARE))
        patch.setitem(sys.modules, "micropython", SimpleNamespace(const=lambda value: value))
        from wearable.sensors import skin
    return skin


def measured(skin, seen, seconds):
    """Outputs of the firmware's driver, in its counts; the first second settles."""
    wires = Wires(seen)
    source = skin.Skin(wires, skin.PairTiming(160, 10, 16), lambda: wires.now_us & ((1 << 30) - 1))
    source.start()
    current, voltage, status = [], [], 0
    for slot in range(round(seconds * 1e6 / SLOT_US)):
        wires.now_us = (slot + 1) * SLOT_US + 37 * (slot % 7)
        source.convert(None)
        if slot % 100 == 99:
            count = source.drain()
            current += source.samples[0][:count]
            voltage += source.samples[1][:count]
            if slot > 320:
                status |= source.status
    infos = tuple(
        messages.StreamInfo(stream, 16_000, 1, (256_000, 512_000)[index])
        for index, stream in enumerate((streams.EDA_CURRENT, streams.EDA_VOLTAGE))
    )
    return np.array(current[16:]), np.array(voltage[16:]), infos, status


def at(skin, circuit, usiemens, **feed):
    seconds = 4.0
    steady = np.full(round(4 * seconds), usiemens)
    reported = SensorFeed(np.zeros((1, 1), dtype=np.int32), 100.0, steady, 4.0, **feed)
    return measured(skin, electrodes(reported, circuit), seconds)


def calibrated(skin, circuit):
    readings = []
    for ohms in frontend.JIG_OHM:
        current, voltage, infos, _ = at(skin, circuit, 0.0 if ohms is None else 1e6 / ohms)
        current_v = float(current.mean()) / infos[0].unit_denominator
        voltage_v = float(voltage.mean()) / infos[1].unit_denominator
        readings.append(JigReading(ohms, current_v, voltage_v))
    found = constants(readings, day=9000, jig=1)
    assert all(check.is_within_limits for check in checks(readings, found))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_calibration_every_skin_is_read_within_half_a_percent_or_3_nanosiemens(skin, seed):
    circuit = Circuit.drawn(np.random.default_rng(seed))
    calibration = calibrated(skin, circuit)
    for usiemens in GRID_USIEMENS:
        current, voltage, infos, _ = at(skin, circuit, usiemens)
        seen = conductance_of_counts(current, voltage, infos, calibration)
        assert len(seen) > 30
        assert abs(seen.mean() - usiemens) <= max(0.005 * usiemens, 0.003), usiemens


def test_without_calibration_the_same_wearable_is_off(skin):
    circuit = Circuit.drawn(np.random.default_rng(1))
    errors = []
    for usiemens in GRID_USIEMENS:
        current, voltage, infos, _ = at(skin, circuit, usiemens)
        errors.append(conductance_of_counts(current, voltage, infos, None).mean() / usiemens - 1)
    assert max(map(abs, errors)) > 0.005


@pytest.mark.parametrize("hertz", [49.5, 50.0, 50.5, 59.4, 60.0, 60.6])
def test_ten_millivolts_of_mains_leave_less_than_a_nanosiemens(skin, hertz):
    calibration = calibrated(skin, Circuit())
    quiet = conductance_of_counts(*at(skin, Circuit(), 10.0)[:3], calibration)
    hum = at(skin, Circuit(), 10.0, mains_v=10e-3, mains_hz=hertz)
    noisy = conductance_of_counts(*hum[:3], calibration)
    added = np.sqrt(max(0.0, np.var(noisy) - np.var(quiet)))
    assert 1e3 * added <= 1.0
    assert 1e3 * abs(noisy.mean() - quiet.mean()) <= 1.0


def test_mains_is_really_there_before_the_sum():
    quiet, hum = (
        electrodes(
            SensorFeed(np.zeros((1, 1), np.int32), 100.0, np.full(16, 10.0), 4.0, mains_v=volts),
            Circuit(),
        ).current_v
        for volts in (0.0, 10e-3)
    )
    assert np.std(hum - quiet) > 100e-6


def test_the_resistors_cap_the_current_and_the_status_says_so(skin):
    assert not at(skin, Circuit(), 5.0)[3] & streams.CURRENT_LIMITED
    assert at(skin, Circuit(), 40.0)[3] & streams.CURRENT_LIMITED
    assert Circuit().electrode_a(np.array([40e-6, 100e-6, 1.0])).max() < 8e-6


def test_leads_that_are_off_or_touch_are_seen(skin):
    assert at(skin, Circuit(), 0.0)[3] & streams.NO_CONTACT
    assert at(skin, Circuit(), 1e6)[3] & streams.LEADS_SHORTED


def test_an_electrode_that_makes_a_voltage_is_an_error_calibration_cannot_remove(skin):
    calibration = calibrated(skin, Circuit())
    seen = conductance_of_counts(*at(skin, Circuit(), 5.0, electrode_v=0.01)[:3], calibration)
    assert seen.mean() == pytest.approx(5.0 * (1 - 0.01 / 0.499), rel=0.002)


def test_a_strange_electrode_voltage_clips_at_the_rails_instead_of_growing():
    seen = Circuit().steady(np.array([1e-6, 1e-3, 1.0]), electrode_v=-3.0)
    assert isinstance(seen, Seen)
    assert np.all(seen.current_v <= 1.3)
