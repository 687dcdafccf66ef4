import numpy as np
import pytest

from dyadkit.synchrony import chance
from dyadkit.synchrony.chance.surrogates import p_of_draws
from dyadkit.synchrony.coupling import BandScan, WindowMean, couple, couple_with
from fakes.synchrony_pairs import RATE_HZ, autoregressive, coupled

SURROGATES = [
    chance.PhaseRandomised(count=48),
    chance.IAAFT(count=48, rounds=10),
    chance.ARSieve(count=48),
    chance.SegmentShuffle(count=48),
]
NULLS = [chance.CircularShift(), chance.CircularShift(count=99), *SURROGATES]


def named(null):
    return type(null).__name__


@pytest.mark.parametrize("null", NULLS, ids=named)
def test_every_null_finds_a_strong_coupling(null):
    a, b = coupled(np.random.default_rng(1), 0.6)
    found = couple(a, b, RATE_HZ, null=null)
    assert found.p <= 1 / 49
    assert found.null.observed > found.null.null_mean


@pytest.mark.parametrize("null", NULLS, ids=named)
def test_the_same_seed_gives_the_same_p(null):
    a, b = coupled(np.random.default_rng(2), 0.0, n=1200)
    first, second = (couple(a, b, RATE_HZ, null=null, seed=5).p for _ in range(2))
    assert first == second


@pytest.mark.parametrize("workers", [2, 5])
@pytest.mark.parametrize("stop_after", [None, 3])
def test_p_is_bit_identical_for_any_number_of_workers(workers, stop_after):
    a, b = coupled(np.random.default_rng(3), 0.05, n=1200)
    alone, together = (
        couple(a, b, RATE_HZ, null=chance.PhaseRandomised(48, workers=w, stop_after=stop_after))
        for w in (1, workers)
    )
    assert together.to_dict() == alone.to_dict()


def test_surrogate_p_counts_the_observed_pair_among_its_surrogates():
    a, b = coupled(np.random.default_rng(4), 0.7)
    assert couple(a, b, RATE_HZ, null=chance.PhaseRandomised(count=31)).p == 1 / 32


def test_stopping_early_gives_the_exceedances_over_the_draws_so_far():
    a, b = coupled(np.random.default_rng(5), 0.0, n=1200)
    verdict = couple(a, b, RATE_HZ, null=chance.PhaseRandomised(200, stop_after=5)).null
    assert verdict.draws < 200
    assert verdict.p == pytest.approx(5 / verdict.draws)


@pytest.mark.parametrize("stop_after", [1, 5, 20, None])
def test_p_is_valid_whether_drawing_stops_early_or_not(stop_after):
    rng = np.random.default_rng(15)
    p = [p_of_draws(rng.random(), iter(rng.random(199)), stop_after)[0] for _ in range(4000)]
    for alpha in (0.05, 0.2, 0.5):
        assert np.mean(np.array(p) <= alpha) <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / 4000)


def test_stopping_early_saves_draws_where_there_is_nothing_and_none_where_there_is():
    rng = np.random.default_rng(16)
    nothing, something = (
        [len(p_of_draws(value, iter(rng.random(999)), 10)[1]) for value in values]
        for values in (rng.random(500), np.full(5, 2.0))
    )
    assert np.mean(nothing) < 100
    assert set(something) == {999}


@pytest.mark.parametrize("null", SURROGATES, ids=named)
def test_gaps_stay_where_they_were(null):
    a, b = coupled(np.random.default_rng(6), 0.6)
    b[300:420] = np.nan
    assert couple(a, b, RATE_HZ, null=null).p <= 1 / 49


def test_phase_randomised_surrogates_keep_the_spectrum():
    series = autoregressive(np.random.default_rng(7), n=901)
    made = chance.PhaseRandomised().drawn(series, RATE_HZ, np.random.default_rng(0))
    truth = np.abs(np.fft.rfft(series))
    np.testing.assert_allclose(np.abs(np.fft.rfft(made)), np.tile(truth, (len(made), 1)), rtol=1e-8)


def test_iaaft_surrogates_keep_every_value_and_nearly_the_spectrum():
    series = np.exp(autoregressive(np.random.default_rng(8), n=900) / 3.0)
    made = chance.IAAFT().drawn(series, RATE_HZ, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(made, axis=1), np.tile(np.sort(series), (len(made), 1)))
    power, kept = (np.abs(np.fft.rfft(x))[..., 1:] for x in (series, made))
    assert np.all(np.corrcoef(np.log(power), np.log(kept))[0, 1:] > 0.9)


def test_segment_shuffle_moves_whole_stretches():
    series = np.arange(1000.0)
    made = chance.SegmentShuffle().drawn(series, RATE_HZ, np.random.default_rng(0))
    assert np.all(np.sort(made, axis=1) == series)
    assert np.all(np.sum(np.diff(made, axis=1) != 1.0, axis=1) <= 8)


def test_ar_sieve_surrogates_have_the_autocorrelation_of_the_series():
    series = autoregressive(np.random.default_rng(9), n=4000)
    made = chance.ARSieve().drawn(series, RATE_HZ, np.random.default_rng(0))
    lagged = [np.corrcoef(row[1:], row[:-1])[0, 1] for row in made]
    assert np.mean(lagged) == pytest.approx(0.95, abs=0.02)


def test_sample_shuffling_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="rhythm"):
        chance.SampleShuffle(count=100)


def test_pseudo_dyads_of_the_same_time_see_a_shared_schedule_and_shifts_do_not():
    rng = np.random.default_rng(10)
    schedule = 1.5 * autoregressive(rng, 2400, 0.8)
    people = [schedule + autoregressive(rng, 2400, 0.8) for _ in range(22)]
    a, b, *others = people
    assert couple(a, b, RATE_HZ).p < 0.01
    pseudo = couple(a, b, RATE_HZ, null=chance.PseudoDyads(tuple(others)))
    assert pseudo.p > 0.05
    assert pseudo.null.draws == 20


def test_pseudo_dyads_at_any_time_draw_as_many_values_as_asked():
    rng = np.random.default_rng(11)
    a, b = coupled(rng, 0.6)
    others = tuple(autoregressive(rng) for _ in range(4))
    null = chance.PseudoDyads(others[:2], others[2:], chance.SessionTime.ANY, count=99)
    found = couple(a, b, RATE_HZ, null=null)
    assert found.p == pytest.approx(0.01)
    assert found.null.warnings


def test_any_statistic_goes_with_any_null():
    a, b = coupled(np.random.default_rng(12), 0.6)
    found = couple_with(WindowMean(), a, b, RATE_HZ, chance.PhaseRandomised(count=32))
    assert found.p == pytest.approx(1 / 33)
    assert found.statistic == "window mean"


def test_a_short_session_says_that_its_p_is_approximate():
    a, b = coupled(np.random.default_rng(13), 0.5, n=600)
    (warning,) = couple(a, b, RATE_HZ).null.warnings
    assert "independent shifts" in warning


@pytest.mark.parametrize("make", [chance.PhaseRandomised, chance.CircularShift])
def test_nonsense_counts_are_refused(make):
    with pytest.raises(ValueError, match="at least 1"):
        make(count=0)


def test_calibration_warns_when_a_test_cries_wolf():
    class Gullible:
        def judge(self, question, seed):
            return chance.NullResult(0.01, 1.0, 0.0, 1.0, 1, 1.0, "gullible")

    rng = np.random.default_rng(14)
    series = [autoregressive(rng, 600) for _ in range(5)]
    found = chance.calibrate(series, RATE_HZ, null=Gullible())
    assert found.rate == 1.0
    assert found.pairs == 10
    assert "100.0%" in found.warnings[0]
    assert "do not trust" in found.warnings[0]


def test_calibration_on_few_pairs_says_that_they_are_few():
    series = [autoregressive(np.random.default_rng(k), 600) for k in range(4)]
    found = chance.calibrate(series, RATE_HZ)
    assert found.null == "circular shift"
    assert found.interval[0] <= 0.05 <= found.interval[1]
    assert "too few pairs" in found.warnings[0]
    assert chance.NullCalibration.from_dict(found.to_dict()).to_dict() == found.to_dict()


def test_the_default_test_is_calibrated_on_unpaired_series():
    series = [autoregressive(np.random.default_rng(k), 1200) for k in range(24)]
    found = chance.calibrate(series, RATE_HZ, unpaired=chance.Unpaired(pairs=276), seed=1)
    assert found.pairs == 276
    assert found.interval[0] <= 0.05 <= found.interval[1]


def test_calibration_never_pairs_people_of_one_session():
    series = [autoregressive(np.random.default_rng(k), 600) for k in range(4)]
    unpaired = chance.Unpaired(sessions=("x", "x", "y", "y"))
    assert chance.calibrate(series, RATE_HZ, BandScan(), unpaired=unpaired).pairs == 4
    with pytest.raises(ValueError, match="different sessions"):
        chance.calibrate(series, RATE_HZ, unpaired=chance.Unpaired(sessions=(1, 1, 1, 1)))
