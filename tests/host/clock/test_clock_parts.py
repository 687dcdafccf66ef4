"""The estimators' parts on small made-up data."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from dyadkit import clock
from dyadkit.clock import Clock, Exchanges, LinkLog, Mode, Sends, SyncLog
from dyadkit.clock.estimate.levels import Comparison, levels_of, unfollowed_s
from dyadkit.clock.estimate.rates import bending_walk
from dyadkit.clock.estimate.smoother import CrystalModel, Readings, Timeline, smooth
from dyadkit.clock.evidence.contact import contacts_of
from dyadkit.clock.evidence.envelope import squeeze
from dyadkit.clock.evidence.lattice import phases
from dyadkit.clock.evidence.series import Jitter
from dyadkit.clock.evidence.turnaround import Turnaround, later_s
from dyadkit.errors import SessionError
from fakes.sync_simulator import Condition, Side, simulate


@pytest.fixture(scope="module")
def contact():
    log, truth = simulate(Condition(duration_s=600.0, a=Side(interval_s=0.045)), seed=41)
    found = contacts_of(log)[0]
    offset_s = truth.device_us["a"] * 1e-6 - truth.host_ns * 1e-9
    return found, lambda at_s: np.interp(at_s, truth.host_ns * 1e-9, offset_s)


def test_the_envelope_does_not_care_how_long_the_reply_took(contact):
    found, true_offset = contact
    edges_s = np.arange(found.exchanged_s[0], found.exchanged_s[-1], 60.0)
    result = squeeze(found, true_offset, edges_s)
    assert np.median(result.offset_s - true_offset(result.at_s)) == pytest.approx(0, abs=0.6e-3)
    assert (result.room_s > 0).all()


def test_the_lattice_is_far_finer_than_the_interval(contact):
    found, true_offset = contact
    edges_s = np.arange(found.exchanged_s[0], found.exchanged_s[-1], 20.0)
    result = phases(found, true_offset, edges_s)
    assert len(result.bins) >= 25
    assert result.interval_s == pytest.approx(0.045)
    assert np.std(result.offset_s - true_offset(result.at_s)) < 0.2e-3


def test_without_a_lattice_the_grid_says_nothing():
    log, _ = simulate(Condition(mode=Mode.USB, duration_s=300.0), seed=42)
    found = contacts_of(log)[0]
    level_s = np.median(found.down.received_s - found.down.sent_s)
    edges_s = np.arange(found.exchanged_s[0], found.exchanged_s[-1], 20.0)
    assert len(phases(found, lambda at_s: np.full_like(at_s, level_s), edges_s).bins) <= 2


def test_the_smoother_recovers_a_straight_clock_and_its_uncertainty():
    rng = np.random.default_rng(0)
    knots_s = np.arange(0, 2000.0, 20)
    at_s = knots_s[:-1] + 10
    noise_s = 1e-4
    readings = Readings(
        wearable=np.zeros(len(at_s), dtype=np.int64),
        at_s=at_s,
        offset_s=0.5 + 30e-6 * at_s + rng.normal(0, noise_s, len(at_s)),
        variance=np.full(len(at_s), noise_s**2),
    )
    timeline = Timeline(
        knots_s,
        np.zeros((len(knots_s), 1), dtype=bool),
        np.zeros(len(knots_s)),
        np.zeros((len(knots_s), 1)),
    )
    track = smooth(readings, timeline, CrystalModel())
    rest_s = track.offset_s(0, at_s) - (0.5 + 30e-6 * at_s)
    sd_s = np.sqrt(track.covariance[:-1, 0, 0])
    assert np.abs(rest_s).max() < noise_s
    assert np.mean(np.abs(rest_s) < 2 * sd_s) > 0.85
    assert track.mean[50, 1] == pytest.approx(30e-6, abs=1e-6)


def test_the_interchange_form_goes_there_and_back(tmp_path):
    for condition in (Condition(duration_s=60.0), Condition(mode=Mode.FIELD, duration_s=60.0)):
        log, _ = simulate(condition, seed=43)
        path = tmp_path / "log.json.gz"
        path.write_bytes(gzip.compress(json.dumps(clock.to_plain(log)).encode()))
        again = clock.read_sync_log(path)
        assert again.to_dict() == replace(log, start_ns=None).to_dict()


def test_a_log_cut_within_a_row_is_read_up_to_the_cut(tmp_path):
    plain = clock.to_plain(simulate(Condition(duration_s=60.0), seed=43)[0])
    exchanges = plain["links"][0]["exchanges"]
    whole = len(exchanges["t0_host_ns"])
    exchanges["t3_host_ns"] = exchanges["t3_host_ns"][:-1]
    path = tmp_path / "log.json"
    path.write_text(json.dumps(plain))
    assert len(clock.read_sync_log(path).links[0].exchanges) == whole - 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"mode": "stream"}', '{"mode": "x", "links": []}']
)
def test_a_file_that_is_no_sync_log_is_refused_with_advice(tmp_path, text):
    path = tmp_path / "log.json"
    path.write_text(text)
    with pytest.raises(SessionError, match="export it again"):
        clock.read_sync_log(path)


def test_columns_must_fit_together():
    with pytest.raises(ValueError, match="equally long"):
        Exchanges.of(sent_ns=[1, 2], received_us=[1])
    with pytest.raises(ValueError, match="unknown column"):
        Sends.of(sent_ms=[1])
    with pytest.raises(ValueError, match="own central"):
        LinkLog(Clock.A, "a", Exchanges.of())


def test_a_log_can_be_built_from_lists():
    link = LinkLog(
        Clock.HOST,
        "a",
        Exchanges.of(sent_ns=[0], received_us=[5], answered_us=[6], returned_ns=[20_000]),
    )
    assert len(SyncLog(Mode.STREAM, (link,)).links[0].exchanges) == 1


def bent(bend_ppm, jump_ms, seed=5):
    """Readings each 20 s of a crystal whose rate bends, or whose path jumps, after 600 s."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(10.0, 1200.0, 20.0)
    later_s = np.maximum(at_s - 600, 0)
    offset_s = bend_ppm * 1e-6 * later_s + jump_ms * 1e-3 * (later_s > 0)
    noise_s = 20e-6
    readings = Readings(
        wearable=np.zeros(len(at_s), dtype=np.int64),
        at_s=at_s,
        offset_s=offset_s + rng.normal(0, noise_s, len(at_s)),
        variance=np.full(len(at_s), noise_s**2),
    )
    knots_s = np.arange(0.0, 1220.0, 20.0)
    still = np.zeros(len(knots_s)), np.zeros((len(knots_s), 1))
    timeline = Timeline(knots_s, np.zeros((len(knots_s), 1), dtype=bool), *still)
    return knots_s[bending_walk(readings, np.ones(len(at_s)), timeline)[:, 0] > 0]


def test_a_crystal_is_let_go_where_its_rate_bends():
    found_s = bent(bend_ppm=5.0, jump_ms=0.0)
    assert len(found_s) > 0
    assert np.abs(found_s - 600).max() <= 140


@pytest.mark.parametrize("jump_ms", [0.3, 0.6, 1.0, 3.0])
def test_a_path_that_jumps_does_not_bend(jump_ms):
    assert len(bent(bend_ppm=0.0, jump_ms=jump_ms)) == 0


def test_a_steady_crystal_is_not_let_go():
    assert len(bent(bend_ppm=0.0, jump_ms=0.0)) == 0


def test_a_first_guess_with_a_wrong_slope_does_not_look_like_jitter(contact):
    found, true_offset = contact
    edges_s = np.arange(found.exchanged_s[0], found.exchanged_s[-1], 20.0)
    right = phases(found, true_offset, edges_s)
    tilted = phases(found, lambda at_s: true_offset(at_s) + 15e-6 * (at_s - edges_s[0]), edges_s)
    assert np.median(tilted.down_spread_s) == pytest.approx(np.median(right.down_spread_s), rel=0.2)
    apart_s = np.interp(right.at_s, tilted.at_s, tilted.offset_s) - right.offset_s
    assert np.abs(np.median(apart_s)) < 0.05e-3


def test_lateness_is_taken_from_scatter_and_from_the_estimators_difference():
    """B hears later than A by 0.7 ms: more than its scatter says, as the envelope shows."""
    jitters = [Jitter(0.17e-3, 0.6e-3), Jitter(0.78e-3, 0.6e-3)]
    compared = [Comparison(0.64e-3, 0.3e-3, 0.05e-3), Comparison(0.53e-3, 0.3e-3, 0.05e-3)]
    a, b = levels_of(Mode.STREAM, jitters, compared)
    assert a.shift_s > 0 > b.shift_s
    assert a.systematic_s > 0.1e-3
    alike = levels_of(Mode.STREAM, [jitters[0]] * 2, [compared[0]] * 2)
    assert all(level.shift_s == pytest.approx(0.0, abs=1e-9) for level in alike)
    assert alike[0].systematic_s < 0.05e-3


def test_estimators_at_odds_give_the_envelope_its_say_and_widen_the_bound():
    jitters = [Jitter(0.17e-3, 0.6e-3)] * 2
    compared = [Comparison(2e-3, 0.2e-3, 0.03e-3), Comparison(-2e-3, 0.2e-3, 0.03e-3)]
    a, b = levels_of(Mode.STREAM, jitters, compared)
    assert (a.shift_s, b.shift_s) == pytest.approx((2e-3, -2e-3))
    assert min(a.systematic_s, b.systematic_s) >= 2e-3


def test_a_late_edge_is_hearing_s_alone_where_sending_did_not_change():
    usual = Turnaround(1.0e-3, 30e-6, 0.15e-3, 30e-6, 0.15e-3)
    late_in_both = Turnaround(2.6e-3, 30e-6, 0.75e-3, 60e-6, 0.75e-3)
    late_in_hearing = Turnaround(1.8e-3, 30e-6, 0.15e-3, 30e-6, 0.75e-3)
    assert later_s(usual, late_in_both)[0] == pytest.approx(0.8e-3, abs=0.05e-3)
    assert later_s(usual, late_in_hearing)[0] == pytest.approx(0.75e-3, abs=0.1e-3)
    there, back = later_s(usual, late_in_both), later_s(late_in_both, usual)
    assert there == pytest.approx((-back[0], back[1]))


def test_wearables_alike_share_their_edge_evenly():
    one = Turnaround(1.00e-3, 20e-6, 0.15e-3, 40e-6, 0.16e-3)
    other = Turnaround(1.04e-3, 20e-6, 0.25e-3, 40e-6, 0.16e-3)
    assert later_s(one, other)[0] == pytest.approx(0.02e-3)


def test_readings_that_stay_on_one_side_of_the_track_widen_the_bound_there():
    rng = np.random.default_rng(5)
    noise_s = rng.normal(0, 30e-6, 100)
    assert not unfollowed_s(noise_s).any()
    bent_s = noise_s + np.where(abs(np.arange(100) - 50) < 6, 0.2e-3, 0.0)
    reported_s = unfollowed_s(bent_s)
    assert reported_s[50] == pytest.approx(0.2e-3, rel=0.2)
    assert not reported_s[:35].any()
    slow_path_s = noise_s + np.where(abs(np.arange(100) - 50) < 6, 3e-3, 0.0)
    assert not unfollowed_s(slow_path_s)[46:55].any()
