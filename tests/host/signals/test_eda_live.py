import numpy as np
import pytest

from dyadkit.signals import eda
from fakes.skin_model import simulate

RATE_HZ = 8.0


def run(values, cuts):
    live = eda.LiveEda(RATE_HZ)
    parts = [live.push(chunk) for chunk in np.split(values, cuts)]
    return tuple(
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("times_s", "tonic", "phasic")
    )


def test_live_follows_the_whole_recording():
    values = simulate(1, rate_hz=RATE_HZ, duration_s=180.0).values
    times_s, tonic, phasic = run(values, [])
    whole = eda.decompose(values, RATE_HZ, eda.HUMAN)
    settled = slice(round(60 * RATE_HZ), len(times_s))
    assert np.corrcoef(phasic[settled], whole.phasic[settled])[0, 1] > 0.95
    assert np.nanstd((tonic - whole.tonic[: len(tonic)])[settled]) < 0.06


def test_results_do_not_depend_on_the_chunks():
    values = simulate(2, rate_hz=RATE_HZ, duration_s=60.0).values
    cuts = np.sort(np.random.default_rng(0).integers(0, len(values), 40))
    for whole, pieces in zip(run(values, []), run(values, cuts), strict=True):
        np.testing.assert_array_equal(whole, pieces)


def test_every_sample_is_decided_once_and_within_three_seconds():
    times_s, *_ = run(simulate(3, rate_hz=RATE_HZ, duration_s=60.3).values, [])
    np.testing.assert_allclose(times_s, np.arange(len(times_s)) / RATE_HZ)
    assert times_s[-1] >= 60.3 - 3.0 - 1 / RATE_HZ


def test_nothing_is_said_before_ten_seconds_nor_about_a_shorted_electrode():
    values = simulate(4, rate_hz=RATE_HZ, duration_s=120.0).values
    values[560:800] = 5000.0
    times_s, tonic, phasic = run(values, [])
    assert np.isnan(tonic[times_s < 6.0]).all()
    assert np.isnan(phasic[(times_s > 70.0) & (times_s < 100.0)]).all()
    assert np.isfinite(tonic[(times_s > 20.0) & (times_s < 67.0)]).all()


def test_a_rate_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match="rate_hz"):
        eda.LiveEda(0.0)
