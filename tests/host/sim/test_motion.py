"""A hand that moves: the accelerometer's own stream says why the pulse is not trusted."""

import numpy as np
import pytest

import dyadkit
from dyadkit.signals import extract
from dyadkit.signals.ppg import TRUSTED
from dyadkit.signals.reason import SignalFault
from dyadkit.sim import SensorFeed, VirtualWearable
from dyadkit.sim.device.equipment import Accelerometer, Equipment
from dyadkit.sim.people import bodies
from fakes.station import recorded

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

SECONDS = 50.0
MOVED_S = (24.0, 32.0)  # of true time
ACC_HZ = 50.0


def moves(times_s):
    inside = (times_s > MOVED_S[0]) & (times_s < MOVED_S[1])
    return inside * np.sin(2 * np.pi * 1.6 * times_s + 2 * np.sin(2 * np.pi * 0.3 * times_s))


def shaken_feed():
    body = bodies.meet(bodies.Encounter(), SECONDS + 20, seed=61).a
    times_s = np.arange(int((SECONDS + 20) * 100)) / 100.0
    counts = bodies.ppg_counts(body, times_s, seed=61) + np.rint(3_000 * moves(times_s))[:, None]
    return SensorFeed(counts.astype(np.int32), 100.0, body.eda_usiemens, bodies.RATE_HZ)


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A's wearable has an accelerometer, B's has none; both hands move alike."""
    acc_g = np.zeros((int((SECONDS + 20) * ACC_HZ), 3))
    acc_g[:, 0] = 0.4 * moves(np.arange(len(acc_g)) / ACC_HZ)
    acc_g[:, 2] = 1.0
    folder = tmp_path_factory.mktemp("motion") / "session"
    recorded(
        folder,
        SECONDS,
        VirtualWearable(
            "a", shaken_feed(), equipment=Equipment(Accelerometer.LIS3DH, acc_g, ACC_HZ)
        ),
        VirtualWearable("b", shaken_feed()),
    )
    return extract(dyadkit.load(folder))


def lost_seconds(body):
    """Seconds of poor pulse, after the first few in which a recording settles."""
    return np.flatnonzero(body.quality.quality[5:] < TRUSTED) + 5


def test_movement_is_the_reason_where_the_accelerometer_felt_it(moved):
    lost = lost_seconds(moved.a)
    assert 5 <= len(lost) <= 14
    named = moved.a.quality.reasons[lost] & int(SignalFault.MOTION)
    assert (named > 0).mean() > 0.7


def test_the_same_seconds_are_lost_without_an_accelerometer(moved):
    assert set(lost_seconds(moved.b)) == set(lost_seconds(moved.a))


def test_no_heart_rate_is_shown_for_the_movement(moved):
    for body in (moved.a, moved.b):
        lost = lost_seconds(body)[2:-2]
        inside = np.isin(body.times_s.astype(int), lost)
        assert np.isnan(body.heart_rate_bpm[inside]).mean() > 0.8
