"""Steps, spikes, ripples and clean skin over ranges; odd seeds, on which nothing was chosen."""

import numpy as np
import pytest

from dyadkit.signals import eda
from dyadkit.signals.reason import SignalFault
from fakes import skin_troubles
from fakes.skin_model import matched, simulate

SEEDS = range(1, 41, 2)


def onsets(found):
    return np.array([one.onset_s for one in found.responses])


def test_a_step_of_any_size_duration_and_rate_makes_no_responses_and_no_level():
    counts, levels = [], []
    for seed in SEEDS:
        one = skin_troubles.step(seed)
        found = eda.decompose(one.values, one.rate_hz)
        counts.append(abs(skin_troubles.count_error(found, one)) <= 1)
        levels.append(skin_troubles.tonic_error_usiemens(found, one) <= 0.1)
    assert np.mean(counts) >= 0.9
    assert np.mean(levels) >= 0.9


@pytest.mark.parametrize("rate_hz", [4.0, 16.0, 100.0])
@pytest.mark.parametrize("size", [2.0, 4.0, 10.0, -2.0, -4.0])
@pytest.mark.parametrize("duration_s", [0.0, 3.0])
def test_a_step_either_way_is_masked_where_it_is_and_nowhere_else(size, duration_s, rate_hz):
    skin = simulate(4, rate_hz=rate_hz, duration_s=180.0)
    times_s = np.arange(len(skin.values)) / rate_hz
    done = np.clip((times_s - 90) / max(duration_s, 1e-9), 0, 1)
    found = eda.decompose(skin.values + 3 + size * done, rate_hz)
    away = (times_s < 85) | (times_s > 100)
    assert found.mask[(times_s > 89.5) & (times_s < 90.5)].any()
    assert not found.mask[away].any()
    before = eda.decompose(skin.values + 3, rate_hz)
    assert len(found.responses) == pytest.approx(len(before.responses), abs=2)
    late = times_s > 95 + duration_s
    assert np.abs(found.tonic - before.tonic - size)[late].max() < 0.15


def test_forty_spikes_cost_no_more_than_two_responses():
    for seed in range(1, 21, 2):
        one = skin_troubles.spikes(seed)
        skin, rate_hz = one.skin, one.rate_hz
        true = skin.onsets_s[skin.amplitudes_usiemens >= 0.05]
        clean, spiked = (eda.decompose(v, rate_hz) for v in (skin.values, one.values))
        lost = matched(true, onsets(clean), 1.0) - matched(true, onsets(spiked), 1.0)
        assert lost <= 2, f"seed {seed}"
        assert len(spiked.responses) - len(clean.responses) <= 2, f"seed {seed}"


def test_a_longer_spike_is_motion_for_as_long_as_it_lasts():
    values = simulate(5).values
    values[1600:1606] += 0.8
    found = eda.faults(values, 16.0)
    assert (found[1600:1606] == int(SignalFault.MOTION)).all()
    assert not found[:1595].any()
    assert not found[1611:].any()


def test_a_ripple_is_named_and_is_no_train_of_responses():
    false = []
    for seed in range(1, 21, 2):
        one = skin_troubles.ripple(seed)
        found = eda.decompose(one.values, one.rate_hz)
        assert found.ripple.share > 0.5, f"seed {seed}"
        assert any("regular wave" in note for note in eda.notes_of(found)), f"seed {seed}"
        at = onsets(found)
        false.append(len(at) - (matched(one.skin.onsets_s, at, 1.0) if len(at) else 0))
    assert max(false) <= 25  # of about 150 waves
    assert np.median(false) <= 5


def test_what_the_wave_is_made_of_stays_in_the_residual():
    one = skin_troubles.ripple(2)
    found = eda.decompose(one.values, one.rate_hz)
    left = one.values - found.tonic - found.phasic
    assert np.corrcoef(left, one.added)[0, 1] > 0.9


def test_paced_responses_are_no_ripple():
    times_s = np.arange(0, 300, 1 / 16)
    values = np.full(len(times_s), 5.0)
    for onset_s in np.arange(5, 290, 8.0):
        since_s = np.maximum(times_s - onset_s, 0)
        values += np.exp(-since_s / 3) - np.exp(-since_s / 0.7)
    found = eda.decompose(values, 16.0)
    assert found.ripple.share == 0.0
    assert len(found.responses) == pytest.approx(36, abs=1)


def test_nothing_of_clean_skin_is_masked():
    masked = [
        seed
        for seed in range(1, 81, 2)
        if eda.artefacts((one := skin_troubles.clean(seed)).values, one.rate_hz).any()
    ]
    assert len(masked) <= 2, masked


def test_a_response_at_a_disturbance_is_doubtful_and_does_not_count():
    skin = simulate(2, rate_hz=16.0, duration_s=120.0)
    values = skin.values.copy()
    first = round(skin.onsets_s[3] * 16)
    values[first - 12 : first - 4] *= 0.6
    found = eda.decompose(values, 16.0)
    near = [one for one in found.responses if abs(one.onset_s - skin.onsets_s[3]) < 1.0]
    assert near == []
    whole = [one.onset_s for one in (*found.responses, *found.doubtful)]
    assert len(whole) == len(set(whole))
