"""Live beats: soon, for good, and however the samples arrive."""

import numpy as np
import pytest

from dyadkit.signals import ppg
from dyadkit.signals.ppg.beats import join
from fakes import pulse_model

PULSE = pulse_model.pulse(pulse_model.sinus, seconds=40, rate_hz=64.0, seed=11)


def pushed(sizes):
    live, at, times_s = ppg.LiveBeats(PULSE.rate_hz), 0, []
    for size in sizes:
        times_s.append(live.push(PULSE.ppg[at : at + size]).times_s)
        at += size
    return np.concatenate(times_s)


def test_beats_do_not_depend_on_the_chunks():
    whole = pushed([len(PULSE.ppg)])
    ragged = np.random.default_rng(12).integers(1, 90, size=200)
    assert np.array_equal(whole, pushed(ragged))
    assert np.array_equal(whole, pushed([16] * 160))


def test_a_beat_is_decided_within_two_seconds():
    live = ppg.LiveBeats(PULSE.rate_hz)
    for stop in range(16, len(PULSE.ppg), 16):
        for beat_s in live.push(PULSE.ppg[stop - 16 : stop]).times_s:
            if stop / PULSE.rate_hz > 6:
                assert stop / PULSE.rate_hz - beat_s <= 2.0


def test_a_beat_is_shown_within_half_a_second():
    live, lags_s, seen = ppg.LiveBeats(PULSE.rate_hz), [], -np.inf
    for stop in range(8, len(PULSE.ppg), 8):
        decided = live.push(PULSE.ppg[stop - 8 : stop]).times_s
        for beat_s in [*decided, *live.provisional.times_s]:
            if beat_s > seen + 0.4:
                lags_s.append(stop / PULSE.rate_hz - beat_s)
                seen = beat_s
    assert np.median(lags_s[8:]) <= 0.5


def test_live_finds_what_the_whole_recording_shows():
    whole_s = ppg.find_beats(PULSE.ppg, PULSE.rate_hz).times_s
    live_s = pushed([len(PULSE.ppg)])
    inside = whole_s[(whole_s > 2) & (whole_s < 37)]
    assert np.mean([np.min(abs(live_s - t)) < 0.02 for t in inside]) > 0.97


def test_finishing_gives_the_last_beats():
    live = ppg.LiveBeats(PULSE.rate_hz)
    live.push(PULSE.ppg)
    assert live.finish().times_s[-1] == pytest.approx(PULSE.beats_s[-1], abs=0.3)
    assert len(live.finish()) == 0


def test_what_was_pushed_joins_to_a_recording_with_a_heart_rate():
    """The last piece is too short to decide anything: that is no gap."""
    live, pieces = ppg.LiveBeats(PULSE.rate_hz), np.split(PULSE.ppg[:2555], [900, 2548])
    bpm = ppg.heart_rate(join([live.push(piece) for piece in pieces])).bpm
    assert np.isfinite(bpm[4 * 8 : 4 * 36]).all()
    assert np.nanmedian(bpm) == pytest.approx(70, abs=2)


def test_memory_is_bounded():
    live = ppg.LiveBeats(PULSE.rate_hz)
    live.push(PULSE.ppg)
    held = sum(np.size(value) for value in vars(live).values() if isinstance(value, np.ndarray))
    assert held <= 17 * PULSE.rate_hz
