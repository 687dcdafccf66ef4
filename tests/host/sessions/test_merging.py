"""Samples stand on the session's line where they were taken, whatever the oscillators do."""

import numpy as np
import pytest

import dyadkit
from dyadkit.capture.session import RecordingPlan, record
from dyadkit.dyad.traces import Trace
from dyadkit.sessions import placing
from dyadkit.sim import DeviceClockModel, RadioModel, VirtualWearable, World
from dyadkit.storage import SessionWriter, read_session
from dyadwire import codec, frames, messages
from fakes.ordeal import PERSONS, feed, link_to

SECONDS = 90.0


def framed(message):
    return frames.frame(message.KIND, messages.pack(message))


def p95_ms(errors_s):
    return float(np.percentile(np.abs(errors_s), 95)) * 1e3


def test_two_wearables_with_sensors_two_percent_off_and_boards_that_warm(tmp_path):
    pytest.importorskip("bumble")
    pytest.importorskip("micropython_unix")
    rates_hz = {"a": 102.0, "b": 98.0}
    warming = tuple((20.0 + 5 * k, 1.5) for k in range(12))
    clocks = {"a": DeviceClockModel(3.2, 22.0, warming), "b": DeviceClockModel(7.9, -17.0)}
    wearables = [
        VirtualWearable(p, feed(SECONDS + 60, 3 + k, rates_hz[p]), clocks[p])
        for k, p in enumerate(PERSONS)
    ]
    with World(wearables, radio=RadioModel(interval_ms=30.0, loss=0.1), seed=2) as world:
        plan = RecordingPlan(tmp_path / "s", SECONDS, clock_ns=world.clock_ns)
        links = {person: link_to(world, person, False) for person in PERSONS}
        world.run(lambda _: record(plan, links))
        logs = {person: world.fifo_log(person) for person in PERSONS}
    [began] = [e for e in read_session(tmp_path / "s").host_log() if e["event"] == "session"]
    dyad = dyadkit.load(tmp_path / "s")
    off_ms = {}
    for person in PERSONS:
        trace = dyad.person(person).traces["ppg_ir"]
        rows = logs[person].rows[: len(trace)]
        true_s = (rows + 1) / rates_hz[person] - began["at_ns"] * 1e-9
        off_ms[person] = (trace.times_s - true_s) * 1e3
        assert trace.rate_hz == pytest.approx(rates_hz[person], rel=1e-4)
        assert np.percentile(np.abs(off_ms[person]), 95) <= 1.5


def wandering(seconds, base_hz, wander_ppm, period_s):
    """True time of each sample of an oscillator that wanders around its rate."""
    grid_s = np.arange(0, seconds, 0.05)
    rate_hz = base_hz * (1 + wander_ppm * 1e-6 * np.sin(2 * np.pi * grid_s / period_s))
    phase = np.concatenate(([0.0], np.cumsum((rate_hz[1:] + rate_hz[:-1]) / 2 * 0.05)))
    return np.interp(np.arange(int(phase[-1])), phase, grid_s)


def write_wandering(folder, seconds, dice, true_s, skew_ppm):
    """A session whose sensors wander; drained late, probed through a cable."""
    writer = SessionWriter(folder)
    entries = []

    def device_us(person, at_s):
        return round((at_s + 5.0) * 1e6 * (1 + skew_ppm[person] * 1e-6))

    for person in PERSONS:
        hello = messages.Hello(1, 0, 1, 0, bytes(6), 1, b"0.1\0")
        info = messages.StreamInfo(1, 100_000, 1, 1)
        entries += [(0.0, f"{person}/heard", framed(m)) for m in (hello, info)]
        for seq, at_s in enumerate(np.arange(0.5, seconds, 0.7)):
            down_s, wait_s, up_s = dice.uniform([0.0002, 0.0, 0.0002], [0.002, 0.05, 0.002])
            received_s = at_s + down_s
            answered_s = received_s + wait_s
            probe = messages.Probe(seq, round(at_s * 1e6))
            received, answered = (device_us(person, s) for s in (received_s, answered_s))
            echo = messages.Echo(seq, 1, received, answered)
            entries.append((at_s, f"{person}/said", framed(probe)))
            entries.append((answered_s + up_s, f"{person}/heard", framed(echo)))
        times_s = true_s[person]
        for sequence, first in enumerate(range(0, len(times_s) - 20, 20)):
            drained_s = times_s[first + 19] + dice.uniform(0.0, 0.001)
            buffer = bytearray(200)
            end = codec.encode_into(buffer, 0, list(range(first, first + 20)), 0, 20, 0)
            stamp_us = device_us(person, drained_s)
            block = messages.Block(1, 1, sequence, first, stamp_us, 20, 0, bytes(buffer[:end]))
            entries.append((drained_s + 0.02, f"{person}/heard", framed(block)))
    pressed = messages.Event(device_us("b", 100.0), messages.BUTTON, 300)
    entries += [(at_s, "b/heard", framed(pressed)) for at_s in (100.1, 130.0)]  # live and again
    writer.log(0, "session", about={"mode": "usb"})
    for at_s, topic, data in sorted(entries, key=lambda entry: entry[0]):
        writer.append(topic, round(at_s * 1e9), data)
    writer.close({"duration_s": seconds})


def test_oscillators_two_percent_off_that_wander_by_a_thousandth_are_followed(tmp_path):
    dice = np.random.default_rng(11)
    true_s = {"a": wandering(900, 102.0, 500, 700), "b": wandering(900, 98.0, -500, 900)}
    write_wandering(tmp_path / "s", 900.0, dice, true_s, {"a": 31.0, "b": -24.0})
    dyad = dyadkit.load(tmp_path / "s")
    for person in PERSONS:
        trace = dyad.person(person).traces["ppg_ir"]
        assert p95_ms(trace.times_s - true_s[person][: len(trace)]) <= 1.5
        nominal_s = trace.times_s[0] + np.arange(len(trace)) / 100.0
        assert p95_ms(nominal_s - true_s[person][: len(trace)]) > 5000, "what counting would do"
    [mark] = dyad.marks
    assert mark.label == "button of b"
    assert mark.start_s == pytest.approx(100.0, abs=0.01)


def tone(hz, rate_hz=100.0, seconds=60.0):
    times_s = np.arange(0, seconds, 1 / rate_hz)
    return Trace(times_s, np.sin(2 * np.pi * hz * times_s), "counts", rate_hz)


TONES = [(0.2, 1.0), (1.0, 1.0), (3.0, 0.0), (3.9, 0.0), (40.3, 0.0)]


@pytest.mark.parametrize(("hz", "kept"), TONES)
def test_a_slow_grid_keeps_what_it_can_hold_and_nothing_else(hz, kept):
    gridded = tone(hz).grid(4.0, 10.0, 50.0)
    true = np.sin(2 * np.pi * hz * (10.0 + np.arange(160) / 4.0))
    assert np.abs(gridded - kept * true).max() < 0.02
    assert np.isfinite(gridded).all()


def test_a_grid_is_unknown_inside_gaps_and_known_right_beside_them():
    whole = tone(0.3)
    here = (whole.times_s < 20.0) | (whole.times_s >= 25.0)
    gap_s = np.array([[whole.times_s[1999], whole.times_s[2500]]])
    trace = Trace(whole.times_s[here], whole.values[here], "counts", 100.0, gap_s)
    grid_s = np.arange(160) / 4.0 + 10.0
    gridded = trace.grid(4.0, 10.0, 50.0)
    inside = (grid_s > 20.0) & (grid_s < 25.0)
    assert np.isnan(gridded[inside]).all()
    assert np.isfinite(gridded[(grid_s < 19.9) | (grid_s > 25.1)]).all()
    far = (grid_s < 18.0) | (grid_s > 27.0)
    assert np.abs(gridded - np.sin(2 * np.pi * 0.3 * grid_s))[far].max() < 0.02


def test_a_stretch_whose_time_is_unknown_is_a_gap():
    times_s = np.arange(20.0)
    times_s[5:15] = np.nan
    follows = np.r_[False, np.ones(19, dtype=bool)]
    timed = placing.Timed(times_s, np.zeros(20), np.zeros(20, dtype=np.uint16), follows, 1.0)
    line = placing.line_of([timed])
    trace = Trace(line.times_s, timed.times_s[line.known], "counts", 1.0, line.gaps_s)
    np.testing.assert_array_equal(trace.gaps_s, [[4.0, 15.0]])
    assert np.isnan(trace.uniform(1.0, 5.0, 15.0)).all()
