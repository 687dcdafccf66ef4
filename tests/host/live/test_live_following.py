"""What is known while two people are recorded is what the whole recording shows afterwards."""

import asyncio
import json

import numpy as np
import pytest

from dyadkit.capture.session import RecordingPlan, record
from dyadkit.demo import simulated
from dyadkit.live.bodies.drawn import Lanes, LaneSlice, thinned
from dyadkit.live.bodies.follower import Follower
from dyadkit.live.recorder.replay import ReadFollower, Replay
from dyadkit.sessions.loading import load
from dyadkit.signals import extract, ppg
from dyadkit.sim.people import bodies
from dyadkit.storage import SessionWriter, read_session
from dyadkit.synchrony.coupling import windowed_correlation
from fakes import pulse_model

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

SECONDS, SEED = 75.0, 7
AWAY_FROM_S, AWAY_S = 30.0, 10.0


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A recording in virtual time whose b goes out of reach, and what was known of it meanwhile."""
    folder = tmp_path_factory.mktemp("followed") / "s"
    pair = bodies.meet(bodies.Encounter(), SECONDS + simulated.SETTLE_S, SEED)
    circumstances = simulated.Circumstances(seed=SEED)
    follower, seen = Follower(), []
    with simulated.world_of(simulated.feeds_of(pair, circumstances), circumstances) as world:

        async def watch():
            while True:
                await asyncio.sleep(0.25)
                follower.tick(world.clock_ns())
                vitals = follower.vitals.get("b")
                if vitals:
                    seen.append((world.now_s(), vitals.bpm, vitals.missing_s, vitals.fetched_s))
                if AWAY_FROM_S <= world.now_s() < AWAY_FROM_S + 0.25:
                    world.drop("b", AWAY_S)

        async def host(_):
            watching = asyncio.create_task(watch())
            plan = RecordingPlan(folder, SECONDS, clock_ns=world.clock_ns, follow=follower.follow)
            links = simulated.links_in(world, simulated.Way.RADIO)
            outcome = await record(plan, links)
            watching.cancel()
            return outcome

        world.run(host)
    return follower, extract(load(folder)), seen, folder


def errors_of(follower, both, person, name):
    """Live minus offline on the 4 Hz grid, where both know."""
    live = follower.people[person].series[name]
    body = getattr(both, person)
    whole = {
        "heart_rate": body.heart_rate_bpm,
        "eda": body.tonic_usiemens + body.phasic_usiemens,
    }[name]
    n = min(live.decided, len(whole))
    error = live.values[:n] - whole[:n]
    return error[np.isfinite(error)]


@pytest.mark.parametrize("signal", ["eda", "heart_rate"])
def test_coupling_rows_are_those_of_the_whole_series(followed, signal):
    pair = followed[0].pair
    a, b = pair.pushed(signal)
    rows = windowed_correlation(a, b, 4.0)
    live = followed[0].lanes.kept[f"coupling/{signal}"].between(0, np.inf).values
    whole = np.where(np.isfinite(rows.r), np.abs(rows.r), -1).max(axis=1)
    assert len(live) == len(whole) > 20
    known = np.isfinite(live)
    np.testing.assert_allclose(np.abs(live[known]), whole[known], atol=1e-9)


@pytest.mark.parametrize("person", ["a", "b"])
def test_live_heart_rate_and_conductance_are_near_those_of_the_report(followed, person):
    follower, both, *_ = followed
    bpm = errors_of(follower, both, person, "heart_rate")
    usiemens = errors_of(follower, both, person, "eda")
    assert len(bpm) > 4 * 40
    assert len(usiemens) > 4 * 40
    assert np.quantile(np.abs(bpm), 0.95) < 2.0
    assert np.quantile(np.abs(usiemens), 0.95) < 0.1


def test_what_was_fetched_later_is_drawn_where_it_belongs(followed):
    lane = followed[0].lanes.kept["b/pulse"].between(0, np.inf)
    assert np.diff(lane.times_s).max() < 0.1
    stored = read_session(followed[3])
    assert len(lane.times_s) > 45 * SECONDS
    assert stored.complete


def test_numbers_of_one_who_is_away_are_not_those_of_before(followed):
    away = [bpm for at_s, bpm, *_ in followed[2] if AWAY_FROM_S + 5 < at_s < AWAY_FROM_S + AWAY_S]
    assert away
    assert np.isnan(away).all()
    assert followed[0].vitals["b"].missing_s == 0.0
    assert followed[0].vitals["b"].fetched_s > AWAY_S - 2


def test_nothing_is_drawn_twice_or_backwards(followed):
    for name, lane in followed[0].lanes.kept.items():
        times_s = lane.between(-np.inf, np.inf).times_s
        assert (np.diff(times_s) >= 0).all(), name
        if name.endswith(("scl", "heart_rate")):
            assert (np.diff(times_s) > 0.2).all(), name


def test_the_clock_is_known_to_milliseconds_after_a_minute(followed):
    for person in ("a", "b"):
        assert 0 < followed[0].vitals[person].bound_s < 0.02


def test_who_follows_may_fail_without_the_writer_noticing_less(tmp_path):
    writer, seen = SessionWriter(tmp_path / "s"), []
    writer.follow = lambda *message: seen.append(message)
    writer.append("a/heard", 5, b"frame")
    writer.log(6, "session")
    writer.abandon()
    assert seen == [
        ("a/heard", 5, b"frame"),
        ("host", 6, json.dumps({"event": "session"}).encode()),
    ]


def test_every_beat_that_the_windows_show_is_decided():
    """One that moved a little between two views was in neither: the rate fell to half there."""
    pulse = pulse_model.pulse(pulse_model.sinus, seconds=150, rate_hz=32.0, seed=2)
    live_s = ppg.LiveBeats(32.0).push(pulse.ppg).times_s
    whole_s = ppg.find_beats(pulse.ppg, 32.0).times_s
    whole_s = whole_s[(whole_s > 8) & (whole_s < 148)]
    assert [t for t in whole_s if np.min(np.abs(live_s - t)) > 0.05] == []
    assert (np.diff(live_s) > 0.25).all()


def test_lanes_go_over_a_message_and_back():
    one, other = Lanes(), Lanes()
    one.add("a/pulse", [2.0, 3.0], [1.0, np.nan])
    one.add("a/pulse", [1.0], [5.0])
    other.take(json.loads(json.dumps(one.fresh())))
    assert one.fresh() == {}
    part = other.kept["a/pulse"].between(0, 9)
    assert part.times_s.tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(part.values[2])
    assert [list(part) for part in one.backlog(10.0)] == [["a/pulse"]]


def test_thinning_keeps_every_extreme():
    rng = np.random.default_rng(3)
    wave = LaneSlice(np.arange(5000.0), rng.standard_normal(5000))
    thin = thinned(wave, 400)
    assert len(thin.times_s) <= 400
    assert {thin.values.min(), thin.values.max()} == {wave.values[:5000].min(), wave.values.max()}
    assert (np.diff(thin.times_s) >= 0).all()


def played(session):
    """A replay that has come to its end, as fast as it goes."""

    async def play():
        replay = Replay(session, speed=1000.0)
        running = asyncio.create_task(replay.run())
        while not replay.said:
            await asyncio.sleep(0.05)
            replay.speed = 1000.0
        assert (await replay.answer({"do": "mark", "label": "late"}))["ok"] is False
        assert (await replay.answer({"do": "speed", "speed": 0}))["ok"] is False
        assert (await replay.answer({"do": "leave"}))["ok"]
        await running
        return replay

    return asyncio.run(play())


def test_a_finished_session_plays_as_it_was_followed(followed):
    replay, follower = played(followed[3]), followed[0]
    assert replay.state()["broken"] == ""
    for name, lane in follower.lanes.kept.items():
        was = lane.between(-np.inf, np.inf)
        now = replay.follower.lanes.kept[name].between(-np.inf, np.inf)
        if not name.startswith("coupling"):
            assert abs(len(now.times_s) - len(was.times_s)) <= 0.05 * len(was.times_s) + 5, name


def test_an_imported_session_plays_too(tmp_path):
    pair = bodies.meet(bodies.Encounter(), 70.0, seed=2)
    dyad = bodies.perfect_dyad(pair)
    follower = ReadFollower(dyad)
    for step in range(1, 4 * 70):
        follower.tick(step * 250_000_000)
    both = extract(dyad)
    live = follower.lanes.kept["a/heart_rate"].between(-1, 69).values
    np.testing.assert_allclose(live, both.a.heart_rate_bpm[: len(live)])
    assert len(follower.lanes.kept["b/scr"]) == len(
        [r for r in both.b.responses if r.peak_s < 69.5]
    )
    assert "coupling/eda" in follower.lanes.kept
