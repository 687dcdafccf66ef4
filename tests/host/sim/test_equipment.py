"""Two wearables with all there is on the board: what is recorded, refused, noticed and survived."""

from dataclasses import replace

import numpy as np
import pytest

import dyadkit
from dyadkit.sim import DeviceClockModel, VirtualWearable
from dyadkit.sim.device.equipment import Accelerometer, Equipment, Gauge
from dyadwire import messages, streams
from fakes.station import PERSONS, events, feed, holes, of_kind, recorded, run_of

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

WRAP_S = 2**30 / 1e6


@pytest.fixture(scope="module")
def equipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("equipped") / "session"
    acc_g = np.zeros((4000, 3))
    acc_g[:, 2] = 1.0
    acc_g[:, 0] = 0.5 * np.sin(2 * np.pi * 1.5 * np.arange(4000) / 50)
    gear = Equipment(Accelerometer.LIS3DH, acc_g, acc_off_percent=3.0, gauge=Gauge(64.0, 600.0))
    other = replace(gear, accelerometer=Accelerometer.LSM6DS3, acc_off_percent=-2.0, gauge=None)
    found = recorded(
        folder,
        20.0,
        VirtualWearable("a", feed(20), DeviceClockModel(3.0, 20.0), equipment=gear),
        VirtualWearable("b", feed(20), DeviceClockModel(9.0, -20.0), equipment=other),
    )
    return folder, found


def test_both_kinds_of_accelerometer_are_streams_in_g_at_their_own_rate(equipped):
    dyad = dyadkit.load(equipped[0])
    for person, rate_hz in (("a", 50 * 1.03), ("b", 52 * 0.98)):
        traces = dyad.person(person).traces
        assert traces["acc_z"].rate_hz == pytest.approx(rate_hz, rel=2e-3)
        assert np.allclose(traces["acc_z"].values, 1.0, atol=0.005)
        assert np.ptp(traces["acc_x"].values) == pytest.approx(1.0, abs=0.02)
        assert holes(run_of(equipped[1][person], streams.ACC_X)) == 0


def test_the_gauge_is_a_stream_and_stands_in_the_status(equipped):
    run = run_of(equipped[1]["a"], streams.BATTERY)
    assert np.all(np.diff(run.samples) < 0)
    assert 57 <= run.samples[-1] <= run.samples[0] <= 64
    assert of_kind(equipped[1]["a"], messages.Status)[-1].battery_percent in run.samples
    assert of_kind(equipped[1]["b"], messages.Status)[-1].battery_percent in (61, 62), "its pin's"


def test_the_self_test_is_part_of_the_recording(equipped):
    for person in PERSONS:
        report = of_kind(equipped[1][person], messages.SelfTest)[0]
        assert report.failed == messages.CHECK_CALIBRATION
        assert (report.skin_mv, report.reference_mv) == (499, 1300)


def test_the_die_temperature_stands_in_the_status(equipped):
    assert of_kind(equipped[1]["a"], messages.Status)[-1].temperature_centi == 3125


def test_equipment_costs_no_pulse_and_no_skin_conductance(equipped):
    for decoded in equipped[1].values():
        assert holes(run_of(decoded, streams.PPG_IR)) == 0
        assert holes(run_of(decoded, streams.EDA_CURRENT)) == 0


def test_usb_power_stops_skin_conductance_and_the_gap_is_as_long_as_the_plug_was_in(tmp_path):
    gear = Equipment(usb_s=((8.0, 14.0),))
    found = recorded(
        tmp_path / "s",
        15.0,
        VirtualWearable("a", feed(15), equipment=gear),
        VirtualWearable("b", feed(15), settings={"bench": True}, equipment=gear),
    )
    refused, allowed = found["a"], found["b"]
    assert holes(run_of(refused, streams.EDA_CURRENT)) == pytest.approx(6 * 16, abs=18)
    assert [fault.code for fault in of_kind(refused, messages.Fault)] == [messages.POWER_FAULT]
    assert holes(run_of(refused, streams.PPG_IR)) == 0
    on_the_bench = run_of(allowed, streams.EDA_CURRENT)
    assert holes(on_the_bench) == 0
    assert np.any(on_the_bench.status & streams.USB_POWERED)
    assert not of_kind(allowed, messages.Fault)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """A stuck bus at A; at B a finger that is taken off for eight seconds."""
    gone = feed(22)
    gone.ppg_counts[940:1740] = 1500
    lit = Equipment(usual_led_microamperes=6200)
    return recorded(
        tmp_path_factory.mktemp("troubled") / "session",
        22.0,
        VirtualWearable("a", feed(22), equipment=Equipment(stuck_s=(10.2,))),
        VirtualWearable("b", gone, equipment=lit),
    )


def test_a_stuck_bus_is_clocked_free_and_costs_a_gap_of_its_true_length(troubled):
    for stream, rate_hz in ((streams.PPG_IR, 100), (streams.EDA_CURRENT, 16)):
        hurt, whole = run_of(troubled["a"], stream), run_of(troubled["b"], stream)
        assert 0 < holes(hurt) < 1.2 * rate_hz
        taken_us = hurt.stamps_us[-1] - hurt.stamps_us[0]
        counted = hurt.counters[-1] + hurt.counts[-1] - hurt.counters[0] - hurt.counts[0]
        assert counted == pytest.approx(taken_us * 1e-6 * rate_hz, abs=3)
        assert holes(whole) == 0
    faults = [fault.code for fault in of_kind(troubled["a"], messages.Fault)]
    assert messages.SENSOR_FAULT in faults


def test_a_finger_taken_off_dims_the_light_and_its_return_restores_it(troubled):
    decoded = troubled["b"]
    assert events(decoded, messages.CONTACT) == [0, 1]
    currents = [divmod(v, 1_000_000) for v in events(decoded, messages.LED_CURRENT)]
    assert [now for stream, now in currents if stream == streams.PPG_IR] == [800, 6200]
    assert [now for stream, now in currents if stream == streams.PPG_RED] == [0, 6200]
    run = run_of(decoded, streams.PPG_IR)
    marked = np.repeat(run.status & streams.NO_CONTACT != 0, run.counts)
    assert 4 * 100 < marked.sum() < 8 * 100
    assert events(troubled["a"], messages.CONTACT) == []


@pytest.fixture(scope="module")
def hung(tmp_path_factory):
    """For half a minute A's PPG sensor holds the bus whenever it is asked; B's chips are silent."""
    return recorded(
        tmp_path_factory.mktemp("hung") / "session",
        50.0,
        VirtualWearable("a", feed(50), equipment=Equipment(ppg_hangs_s=((10.0, 40.0),))),
        VirtualWearable("b", feed(50), equipment=Equipment(silent_s=((10.0, 40.0),))),
    )


def test_a_pulse_sensor_that_hangs_costs_no_skin_conductance(hung):
    eda = run_of(hung["a"], streams.EDA_CURRENT)
    assert holes(eda) == 0
    bridged = np.repeat(eda.status & streams.BRIDGED != 0, eda.counts)
    assert bridged.mean() < 0.1


def test_a_silence_is_said_once_and_is_as_long_as_it_was(hung):
    hurt = {"a": [streams.PPG_RED], "b": [streams.PPG_RED, streams.EDA_CURRENT]}
    for person, silent in hurt.items():
        faults = [
            f for f in of_kind(hung[person], messages.Fault) if f.code == messages.SENSOR_FAULT
        ]
        reported = sorted(fault.text.decode() for fault in faults)
        assert reported == sorted(streams.NAMES[stream] + " fell silent" for stream in silent)
        assert sorted(events(hung[person], messages.SENSOR_BACK)) == sorted(silent)
        pulse = run_of(hung[person], streams.PPG_IR)
        assert 29 * 100 < holes(pulse) < 48 * 100, "tried again at most 16 s later"
        taken_us = pulse.stamps_us[-1] - pulse.stamps_us[0]
        counted = pulse.counters[-1] + pulse.counts[-1] - pulse.counters[0] - pulse.counts[0]
        assert counted == pytest.approx(taken_us * 1e-4, abs=5)
        is_hurt = streams.EDA_CURRENT in silent
        assert (holes(run_of(hung[person], streams.EDA_CURRENT)) > 0) == is_hurt


def test_sensors_missing_at_boot_are_found_when_a_host_comes(tmp_path):
    late = VirtualWearable("a", feed(12), equipment=Equipment(silent_s=((0.0, 2.0),)))
    found = recorded(tmp_path / "s", 10.0, late, VirtualWearable("b", feed(12)), after_s=3.0)
    settles_s = 0.5  # of the front end, which is supplied from the recording's beginning on
    for stream, rate_hz, seconds in (
        (streams.PPG_IR, 100, 10.0),
        (streams.EDA_CURRENT, 16, 10.0 - settles_s),
    ):
        run = run_of(found["a"], stream)
        assert holes(run) == 0
        assert seconds * rate_hz <= len(run.samples) <= 11 * rate_hz, "linked one after the other"
    reported = of_kind(found["a"], messages.SelfTest)
    assert reported[-1].failed == messages.CHECK_CALIBRATION
    assert reported[-1].skin_mv == 499


@pytest.fixture(scope="module")
def wrapped(tmp_path_factory):
    """Ticks wrap at A before the host comes, at B while it records; light too dim, too bright."""
    gear = Equipment(usual_led_microamperes=6200)
    wraps = DeviceClockModel(WRAP_S - 0.5), DeviceClockModel(WRAP_S - 9.0)
    return recorded(
        tmp_path_factory.mktemp("wrapped") / "session",
        18.0,
        VirtualWearable("a", feed(18, 25_000), wraps[0], equipment=gear),
        VirtualWearable("b", feed(18, 255_000), wraps[1], equipment=gear),
    )


def test_light_too_bright_or_too_dim_is_adjusted_once_and_told(wrapped):
    for decoded in wrapped.values():
        run = run_of(decoded, streams.PPG_IR)
        assert 80_000 < run.samples[-1] < 170_000  # dim skin at the highest current allowed
        assert len(events(decoded, messages.LED_CURRENT)) == 2
        assert np.count_nonzero(run.status & streams.LED_CHANGED) == 1


def test_ticks_that_wrap_while_idle_or_while_recording_change_nothing(wrapped):
    for decoded in wrapped.values():
        for stream in (streams.PPG_IR, streams.EDA_CURRENT):
            run = run_of(decoded, stream)
            assert holes(run) == 0
            assert np.all((np.diff(run.stamps_us) > 0) & (np.diff(run.stamps_us) < 1_000_000))
            assert run.stamps_us[-1] > 2**30
    assert run_of(wrapped["b"], streams.PPG_IR).stamps_us[0] < 2**30


def test_a_front_end_that_nobody_supplies_has_no_contact(tmp_path):
    dark = Equipment(front_end_pin=-1)
    found = recorded(
        tmp_path / "s",
        4.0,
        VirtualWearable("a", feed(6), equipment=dark),
        VirtualWearable("b", feed(6)),
    )
    parted, worn = (run_of(found[person], streams.EDA_CURRENT) for person in "ab")
    assert len(parted.samples)
    assert np.all(parted.status & streams.NO_CONTACT)
    assert not np.any(parted.samples)
    assert not np.any(worn.status & streams.NO_CONTACT)
