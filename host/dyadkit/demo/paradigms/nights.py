"""Nights of two who share a room: posture, turns in sleep, awakenings that follow or do not."""

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.traces import Trace

MOVEMENT_HZ = 1.0
WAKES_EACH_S = (1800.0, 2700.0)
"""Infants stir for a minute or more some 15 times a night, parents 10 (Mosko et al. 1997)."""
FOLLOWED, LATENCY_S, LATENCY_SPREAD_S = 0.6, 20.0, 8.0
WAKE_S = (90.0, 480.0)
TURN_EACH_S = 1500.0


def night_of(
    seconds: float,
    seed: int,
    follows: bool,  # noqa: FBT001 - a truth, not a switch of behaviour
) -> tuple[dict[str, Trace], dict[str, Trace]]:
    """Movement of a and b in a night; where it `follows`, b wakes after most of a's wakings."""
    random = np.random.default_rng([seed, 33])
    a_s = _wakings(random, seconds, WAKES_EACH_S[0])
    b_s = _wakings(random, seconds, WAKES_EACH_S[1])
    if follows:
        chosen = a_s[random.random(len(a_s)) < FOLLOWED]
        later = random.normal(LATENCY_S, LATENCY_SPREAD_S, len(chosen))
        b_s = np.sort(np.concatenate([b_s, chosen + np.clip(later, 3.0, 50.0)]))
    a, b = (_movement(random, one, seconds) for one in (a_s, b_s))
    return a, b


def _wakings(random: np.random.Generator, seconds: float, each_s: float) -> Floats:
    """Times of waking after 20 minutes of falling asleep, denser towards the morning."""
    count = random.poisson(seconds / each_s)
    places = random.beta(1.5, 1.0, count)
    return np.asarray(np.sort(1200.0 + places * (seconds - 1800.0)))


def _movement(random: np.random.Generator, wakes_s: Floats, seconds: float) -> dict[str, Trace]:
    """Acceleration of a limb: a posture that turns seldom in sleep, and often while awake."""
    times_s = np.arange(round(seconds * MOVEMENT_HZ)) / MOVEMENT_HZ
    turns = [random.uniform(0, seconds, random.poisson(seconds / TURN_EACH_S))]
    for start_s in wakes_s:
        length_s = random.uniform(*WAKE_S)
        turns.append(start_s + np.cumsum(random.exponential(12.0, round(length_s / 12.0) + 5)))
    at_s = np.sort(np.concatenate(turns))
    angles = random.uniform(-np.pi, np.pi, (len(at_s) + 1, 2))
    posture = np.searchsorted(at_s, times_s, side="right")
    tilt, roll = angles[posture].T
    axes = (np.cos(tilt) * np.cos(roll), np.cos(tilt) * np.sin(roll), np.sin(tilt))
    noise = 0.01 * random.standard_normal((3, len(times_s)))
    return {
        name: Trace(times_s, one + less, "g", MOVEMENT_HZ)
        for name, one, less in zip(("acc_x", "acc_y", "acc_z"), axes, noise, strict=True)
    }
