"""Sessions of two simulated people that several tests look at, each recorded once in a run."""

import pickle

from dyadkit.demo import simulated
from dyadkit.sim.device.oscillator import DeviceClockModel
from dyadkit.sim.people import bodies
from dyadkit.sim.radio.quality import RadioModel
from fakes.once import once

USUAL_SECONDS, USUAL_SEED = 120.0, 1
HARD_SECONDS = 330.0
WARMED = tuple((100.0 + 5 * k, -5 * 0.118 * 0.882**k) for k in range(20))
"""A temperature step: the crystal follows by 5 ppm in all, with a time constant of 40 s."""
HARD = simulated.Circumstances(
    clocks={
        "a": DeviceClockModel(offset_s=3.2, skew_ppm=40.0, steps=WARMED),
        "b": DeviceClockModel(offset_s=907.9, skew_ppm=-40.0),
    },
    radios={
        "a": RadioModel(interval_ms=45.0, loss=0.1),
        "b": RadioModel(interval_ms=30.0, loss=0.05),
    },
    seed=4,
)


def usual(shared_folder):
    """Session of two minutes under usual circumstances, and what its recording came to."""
    circumstances = simulated.Circumstances(seed=USUAL_SEED)
    return _recorded(shared_folder / "usual", USUAL_SECONDS, circumstances)


def of_others(shared_folder):
    """Session as the usual one, of two other people."""
    circumstances = simulated.Circumstances(seed=USUAL_SEED + 1)
    return _recorded(shared_folder / "others", USUAL_SECONDS, circumstances)


def hard(shared_folder):
    """Session of five and a half minutes: intervals 45 and 30 ms, 80 ppm apart, a is warmed."""
    return _recorded(shared_folder / "hard", HARD_SECONDS, HARD)


def _recorded(folder, seconds, circumstances):
    def make(place):
        pair = bodies.meet(bodies.Encounter(), seconds + simulated.SETTLE_S, circumstances.seed)
        done = simulated.record_pair(pair, circumstances, place / "session-12")
        (place / "performance.pickle").write_bytes(pickle.dumps(done))

    kept = once(folder, make)
    return kept / "session-12", pickle.loads((kept / "performance.pickle").read_bytes())
