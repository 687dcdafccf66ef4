"""What seems to settle faster than any body does is noise; a peak nobody sees settle is none."""

import numpy as np

from dyadkit.synchrony.responses import partner_response
from dyadkit.synchrony.responses.events import MIN_SETTLING_S, possible_s


def spikes(seed, decay_s):
    """Skin conductance with a spike every half minute that is gone after `decay_s`."""
    random, times_s = np.random.default_rng(seed), np.arange(2400) / 4.0
    series = 0.01 * random.standard_normal(2400)
    for at_s in range(15, 590, 30):
        since_s = times_s - at_s - random.uniform(0, 5)
        series += np.where(since_s >= 0, np.exp(-np.maximum(since_s, 0) / decay_s), 0.0)
    return series


def test_a_recovery_faster_than_any_body_is_not_given():
    found = partner_response(spikes(1, 0.05), spikes(2, 3.0), rate_hz=4.0)
    assert np.isnan(found.recovery_a.usual_s)
    assert found.recovery_b.usual_s > MIN_SETTLING_S
    assert np.isnan(possible_s(0.2))


def test_peaks_that_nobody_sees_settle_give_no_recovery_and_no_crash():
    times = np.arange(2400)
    wave = np.sin(times / 20.0)
    falling = (wave > 0) & (np.cos(times / 20.0) < 0)
    unseen = np.where(falling & (wave < 0.99), np.nan, wave)
    found = partner_response(unseen, np.roll(unseen, 77), rate_hz=4.0)
    assert np.isnan([found.recovery_a.usual_s, found.recovery_a.alone_s]).all()
