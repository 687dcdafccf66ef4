"""Who answers whom, how soon, which way; how fast each settles: on bodies whose truth is known."""

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import responses
from dyadkit.synchrony.responses import Amico, Peaks, events
from dyadkit.synchrony.responses.events import median_time
from dyadkit.synchrony.responses.surprise import sharpest
from fakes.oracles import REAL, figures, pair

AMICO_INPUTS = {"in1": "in1_coupled_scr_4hz.csv"} | REAL
RATE_HZ = 4.0
RISE_S, DECAY_S = 0.75, 4.0
SETTLES_S = 4.83
"""From the peak of that curve until 63 % of its height are gone."""


def curve(decay_s=DECAY_S):
    times_s = np.arange(0, 60, 1 / RATE_HZ)
    shape = np.exp(-times_s / decay_s) - np.exp(-times_s / RISE_S)
    return shape / shape.max()


def bursts(rng, samples, every_s=15.0):
    happens = rng.random(samples) < 1 / every_s / RATE_HZ
    return happens * rng.lognormal(-1.0, 0.5, samples)


def skin(rng, impulses):
    """Skin conductance responses to impulses, on a level that wanders, with sensor noise."""
    samples = len(impulses)
    level = np.cumsum(rng.standard_normal(samples)) * 0.003
    return np.convolve(impulses, curve())[:samples] + level + 0.002 * rng.standard_normal(samples)


def people(seed, weight, lag_s=1.5, samples=2400):
    """b answers a's bursts `lag_s` later with `weight`, and has bursts of its own."""
    rng = np.random.default_rng(seed)
    of_a, of_b = bursts(rng, samples), bursts(rng, samples)
    answered = weight * np.roll(of_a, round(lag_s * RATE_HZ))
    return skin(rng, of_a), skin(rng, of_b + answered)


@pytest.fixture(scope="module")
def answering():
    return [responses.partner_response(*people(seed, 0.8), RATE_HZ) for seed in range(10)]


@pytest.mark.parametrize("name", AMICO_INPUTS)
def test_amico_mode_gives_amicos_pairs_and_mean(name):
    found = responses.match_amico(*pair(name), RATE_HZ, null=None)
    truth = figures("amico", name)[AMICO_INPUTS[name]]["v1.1"]
    theirs = {(row["s1"] - 1, row["s2"] - 1) for row in truth["xBest"]}
    ours = set(zip(np.rint(10 * found.a_s), np.rint(10 * found.b_s), strict=True))
    assert len(theirs & ours) >= 0.9 * max(len(theirs), len(ours))
    assert found.mean_correlation == pytest.approx(truth["mean_sync"], abs=0.02)


def test_amico_lag_is_positive_when_b_follows_a_and_beats_chance():
    found = responses.match_amico(*people(3, 1.0, lag_s=2.0), RATE_HZ)
    assert found.median_lag_s == pytest.approx(2.0, abs=0.3)
    assert found.p <= 0.05
    assert responses.Matches.from_dict(found.to_dict()).to_dict() == found.to_dict()


def test_amico_likeness_of_strangers_is_within_chance():
    found = [responses.match_amico(*people(seed, 0.0), RATE_HZ) for seed in range(4)]
    assert sum(each.p <= 0.05 for each in found) <= 1


def test_a_gap_leaves_its_segments_out():
    a, b = people(5, 1.0)
    a[800:1200] = np.nan
    found = responses.match_amico(a, b, RATE_HZ, null=None)
    inside = (found.spans_s[:, 0] > 205) & (found.spans_s[:, 1] < 295)
    assert np.isnan(found.correlations[inside]).all()
    assert found.coverage == pytest.approx(2000 / 2400)


def test_answers_are_found_as_late_as_they_were_put_in(answering):
    found = [each.a_to_b for each in answering]
    assert sum(each.p <= 0.05 for each in found) >= 9
    assert np.mean([abs(each.latency_s - 1.5) < 0.5 for each in found]) >= 0.9
    assert np.mean([each.share for each in found]) > 0.3


def test_who_answers_is_not_answered(answering):
    found = [each.b_to_a for each in answering]
    assert sum(each.p <= 0.05 for each in found) <= 2
    assert np.mean([each.share for each in found]) < 0.2


def test_strangers_are_rarely_said_to_answer():
    found = [responses.partner_response(*people(seed, 0.0), RATE_HZ) for seed in range(30)]
    ps = np.array([p for each in found for p in (each.a_to_b.p, each.b_to_a.p)])
    assert np.sum(ps <= 0.05) <= 8


def test_answers_swap_with_the_people():
    a, b = people(1, 0.8)
    ab, ba = (responses.partner_response(*both, RATE_HZ) for both in ((a, b), (b, a)))
    assert ab.a_to_b.to_dict() == ba.b_to_a.to_dict()
    assert ab.recovery_a.to_dict() == ba.recovery_b.to_dict()


def test_a_peak_is_timed_by_its_most_sudden_step_not_by_an_earlier_small_rise():
    rng = np.random.default_rng(8)
    impulses = np.zeros(1200)
    impulses[[400, 800]], impulses[[392, 792]] = 1.0, 0.05
    series = skin(rng, impulses)
    found = sharpest(series, np.array([390, 790]), np.array([408, 808]))
    assert (np.abs(found - np.array([400, 800])) <= 1).all()


def test_recovery_takes_as_long_as_the_bodies_take(answering):
    median_s = np.median([each.recovery_a.usual_s for each in answering])
    assert median_s == pytest.approx(SETTLES_S, rel=0.15)


def soothed(seed, decay_s, samples=3600):
    """Settling with time constant `decay_s` in every other minute, marked; else `DECAY_S`."""
    rng = np.random.default_rng(seed)
    impulses = bursts(rng, samples, every_s=12.0)
    marks_s = np.array([[at, at + 60.0] for at in range(60, samples // 4, 120)])
    acting = (np.arange(samples) / RATE_HZ % 120) >= 60
    kernels = (
        np.convolve(impulses * ~acting, curve()),
        np.convolve(impulses * acting, curve(decay_s)),
    )
    series = sum(each[:samples] for each in kernels) + 0.002 * rng.standard_normal(samples)
    return responses.stress_buffering(series, marks_s, RATE_HZ)


def test_settling_faster_while_the_partner_acts_is_buffering():
    found = [soothed(seed, 1.5) for seed in range(5)]
    assert all(each.together_s < 0.75 * each.alone_s for each in found)
    assert sum(each.p <= 0.05 for each in found) >= 4


def test_settling_as_ever_while_the_partner_acts_is_no_buffering():
    found = [soothed(seed, DECAY_S) for seed in range(10)]
    assert sum(each.p <= 0.05 for each in found) <= 2


def test_interrupted_recoveries_count_as_lasting_at_least_so_long():
    times, seen = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True])
    assert median_time(times, seen) == 3.0
    assert np.isnan(median_time(times, np.zeros(4, dtype=bool)))


def test_gaps_are_left_out_not_filled():
    a, b = people(2, 0.8)
    b[900:1100] = np.nan
    found = responses.partner_response(a, b, RATE_HZ)
    assert found.coverage == pytest.approx(2200 / 2400)
    assert found.a_to_b.p <= 0.05


def test_results_survive_the_way_to_json_and_back(answering):
    plain = answering[0].to_dict()
    assert responses.PartnerResponse.from_dict(plain).to_dict() == plain


WAVE = np.sin(np.arange(2400.0))
BAD = [
    (WAVE, WAVE[:2000], RATE_HZ, ValueError),
    (WAVE, WAVE, 0.0, ValueError),
    (np.ones(2400), WAVE, RATE_HZ, SignalError),
    (np.full(2400, np.nan), WAVE, RATE_HZ, SignalError),
    (WAVE[:4], WAVE[:4], RATE_HZ, SignalError),
]


@pytest.mark.parametrize(("a", "b", "rate_hz", "error"), BAD)
@pytest.mark.parametrize("ask", [responses.match_amico, responses.partner_response])
def test_bad_input_is_refused_with_a_sentence(ask, a, b, rate_hz, error):
    with pytest.raises(error, match=r"\w+ \w+"):
        ask(a, b, rate_hz)


def test_settings_and_marks_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="lag_malus"):
        Amico(lag_malus=2.0)
    with pytest.raises(ValueError, match="window_s"):
        Peaks(window_s=0.0)
    with pytest.raises(ValueError, match="start and an end"):
        responses.stress_buffering(WAVE, [[10.0, 5.0]], RATE_HZ)
    slow = np.sin(np.arange(2400.0) / 300)
    with pytest.raises(SignalError, match="arousal peaks"):
        responses.partner_response(slow, WAVE, RATE_HZ)


@pytest.mark.parametrize("course", [[], [np.nan, 1.0], [0.0, 0.0, 0.0], [-0.2, -0.4, -0.5]])
def test_a_peak_that_is_not_known_or_rises_above_nothing_is_not_seen_to_settle(course):
    assert events._time_to_settle(np.array(course)) == (0.0, False)
