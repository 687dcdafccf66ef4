"""Real wrists, of people who rest and compete: the device's own heart rate is met where one can."""

import numpy as np
import pytest

from dyadkit.dyad.traces import PersonTraces, Trace
from dyadkit.formats.e4 import read_e4
from dyadkit.signals import ppg
from dyadkit.signals.physiology import read_body

RESTING = ("D1_1_team4/round_4_phase3", "D1_1_team4/round_1_phase3", "D1_1_team4/round_3_phase1")


def e4(data, name):
    return read_e4(data / "dyads" / "emopaircompete" / name)


@pytest.mark.parametrize("person", ["A", "B"])
@pytest.mark.parametrize("name", RESTING)
def test_the_median_heart_rate_of_a_resting_pair_is_the_devices_own(data, name, person):
    one = e4(data, f"{name}_{person}")
    series = ppg.heart_rate(ppg.find_beats(one.bvp.values, one.bvp.rate_hz))
    assert np.isfinite(series.bpm).mean() > 0.6
    device_bpm = np.median(one.heart_rate_bpm.values)
    assert np.nanmedian(series.bpm) == pytest.approx(device_bpm, abs=2.0)


@pytest.mark.parametrize("person", ["A", "B"])
def test_counts_on_another_clock_give_the_same_heart_rate(data, person):
    """As a replay does: 18-bit counts whose times are a wearable's own, put on the session grid."""
    one = e4(data, f"{RESTING[0]}_{person}")
    rate_hz = one.bvp.rate_hz * (1 + 60e-6)
    counts = np.rint(131_072 + 100 * one.bvp.values)
    trace = Trace(0.013 + np.arange(len(counts)) / rate_hz, counts, "counts", rate_hz)
    body = read_body(PersonTraces({"ppg_ir": trace}), len(counts) / rate_hz)
    direct = ppg.heart_rate(ppg.find_beats(one.bvp.values, one.bvp.rate_hz))
    assert np.nanmedian(body.heart_rate_bpm) == pytest.approx(np.nanmedian(direct.bpm), abs=0.3)
    trusted = [np.isfinite(bpm).mean() for bpm in (body.heart_rate_bpm, direct.bpm)]
    assert trusted[0] == pytest.approx(trusted[1], abs=0.03)


def test_a_wrist_that_competes_is_trusted_where_its_wave_is_seen(data):
    one = e4(data, "D1_1_team1/round_1_phase2_A")
    series = ppg.heart_rate(ppg.find_beats(one.bvp.values, one.bvp.rate_hz))
    assert 0.33 < np.isfinite(series.bpm).mean() < 0.7
    assert 50 < np.nanmedian(series.bpm) < 75
