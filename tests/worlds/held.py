"""Families of people that no method was tuned on: looked at only for the final tables."""

import numpy as np

from worlds.arousal import ArousalFamily, Dynamics, Pull, correlation_of, signs
from worlds.people import (
    BURN_IN_S,
    RATE_HZ,
    Bursts,
    Family,
    Pulse,
    Skin,
    ornstein,
    poisson,
    smoothed,
    steps_of,
)


def _alternating(rng, samples, on_s, off_s, spread):
    """1 and 0 in turn for lognormal times, shape (samples,), from a random phase on."""
    lengths_s = np.empty(2 * round(samples / RATE_HZ / (on_s + off_s)) + 60)
    lengths_s[0::2] = on_s * rng.lognormal(-(spread**2) / 2, spread, len(lengths_s[0::2]))
    lengths_s[1::2] = off_s * rng.lognormal(-(spread**2) / 2, spread, len(lengths_s[1::2]))
    edges = np.cumsum(lengths_s) - rng.uniform(0, on_s + off_s)
    at = np.searchsorted(edges, np.arange(samples) / RATE_HZ)
    return 1.0 - at % 2


def _talking(rng, seconds, times):
    """Turns of speech of 8 s, each with four times the responses (speech is work for the skin)."""
    turns = _alternating(rng, steps_of(seconds), 8.0, 12.0, 0.7)
    times_s = poisson(rng, times * 4.5 / 60.0 * (1.0 + 3.0 * turns))
    return Bursts(times_s, rng.lognormal(-1.3, 0.7, len(times_s)))


def _drowsy(rng, seconds, times):
    """Arousal that drifts over minutes; rate and size go together (habituation and return)."""
    level = 0.8 * ornstein(rng, steps_of(seconds), 60.0)
    times_s = poisson(rng, times * 7.0 / 60.0 * np.exp(level - 0.3))
    there = np.rint((times_s + BURN_IN_S) * RATE_HZ).astype(int).clip(0, len(level) - 1)
    sizes = np.exp(0.6 * level[there]) * rng.lognormal(-1.4, 0.6, len(times_s))
    return Bursts(times_s, np.minimum(sizes, 4.0))


def _drowsy_skin(rng, bursts, samples):
    """Sensor noise that comes and goes with the grip of the electrode."""
    still = Skin(decay_s=4.5, drift=0.015, noise=0.0)(rng, bursts, samples)
    grip = np.exp(1.2 * ornstein(rng, samples, 45.0))
    return still + 0.002 * grip * rng.standard_t(4, samples)


def _infant(rng, seconds, times):
    """Infants: few small responses, and bouts of fussing in which they come in a volley."""
    bouts = _alternating(rng, steps_of(seconds), 15.0, 75.0, 0.5)
    times_s = poisson(rng, times * (2.0 + 22.0 * bouts) / 60.0)
    return Bursts(times_s, rng.lognormal(-2.1, 0.5, len(times_s)))


def _working(rng, seconds, times):
    """Everyone's own tasks of a minute with pauses, at whose start responses crowd."""
    tasks = _alternating(rng, steps_of(seconds), 60.0, 30.0, 0.3)
    begun = np.maximum(np.diff(tasks, prepend=tasks[0]), 0.0)
    fading = np.exp(-np.arange(0, 60, 1 / RATE_HZ) / 12.0)
    crowd = np.convolve(begun, fading)[: len(tasks)]
    times_s = poisson(rng, times * (5.0 + 4.0 * tasks + 25.0 * crowd) / 60.0)
    return Bursts(times_s, rng.gamma(1.2, 0.25, len(times_s)))


def _working_skin(rng, bursts, samples):
    """A wrist sensor of coarse steps that loses contact now and then."""
    skin = Skin(decay_s=4.0, spread=0.4, drift=0.02)(rng, bursts, samples)
    skin += 0.2 * smoothed(ornstein(rng, samples, 60.0), 20.0)
    skin = np.round(np.maximum(skin, 0.1) / 0.001) * 0.001
    for start in rng.integers(0, samples, rng.poisson(samples / RATE_HZ / 300.0)):
        skin[start : start + rng.integers(8, 80)] = np.nan
    return skin


def _working_pulse(rng, bursts, samples):
    """A rate that steps up with every task and falls back slowly (load of work)."""
    rate = Pulse(mean=80.0, slow=2.5, slow_s=30.0)(rng, bursts, samples)
    tasks = _alternating(rng, samples, 60.0, 30.0, 0.3)
    return rate + 4.0 * smoothed(tasks, 6.0)


FAMILIES = (
    Family("talking", _talking, Skin(decay_s=3.5), Pulse(breath=3.0, breath_hz=(0.15, 0.25))),
    Family("drowsy", _drowsy, _drowsy_skin, Pulse(mean=62.0, slow=2.0, slow_s=40.0, mayer=2.5)),
    Family(
        "infants",
        _infant,
        Skin(decay_s=6.0, drift=0.006, noise=0.001),
        Pulse(mean=132.0, slow=5.0, slow_s=10.0, breath=1.5, breath_hz=(0.4, 0.7), startle=6.0),
    ),
    Family("working", _working, _working_skin, _working_pulse),
)


def _layered(rng, pull):
    """A fast and a slow layer in each; the partner's fast one pulls, three seconds late."""
    fast, slow = 1.0 / rng.uniform(8.0, 16.0, 2), 1.0 / rng.uniform(45.0, 80.0, 2)
    into_a, into_b = signs(pull)
    strength = rng.uniform(0.5, 0.75)
    drift = np.diag([-fast[0], -slow[0], -fast[1], -slow[1], -0.33, -0.33])
    drift[4, 0] = drift[5, 2] = 0.33
    moved = np.zeros((6, 6))
    moved[0, 5] = into_a * strength * fast[0]
    moved[2, 4] = into_b * strength * fast[1] * (1.8 if pull is Pull.CALMING_A else 1.0)
    uneven = np.array([1.5, 0.7]) if pull is Pull.CALMING_A else np.ones(2)
    drive = np.zeros((6, 2))
    drive[0, 0], drive[2, 1] = np.sqrt(2 * fast) * uneven
    drive[1, 0], drive[3, 1] = 0.5 * np.sqrt(2 * slow)
    read = np.zeros((2, 6))
    read[0, :2] = read[1, 2:4] = 1.0
    return Dynamics(drift, moved, drive, read, correlation_of(pull))


def _jumping(rng, pull):
    """What happens makes arousal jump; it falls back in 12 to 30 s; large pulls saturate."""
    own = 1.0 / rng.uniform(12.0, 30.0, 2)
    into_a, into_b = signs(pull)
    strength = rng.uniform(0.6, 0.85) if pull is not Pull.MUTUAL else rng.uniform(0.4, 0.65)
    moved = np.zeros((2, 2))
    moved[0, 1] = into_a * strength * own[0]
    moved[1, 0] = into_b * strength * own[1] * (1.8 if pull is Pull.CALMING_A else 1.0)
    uneven = np.array([1.5, 0.7]) if pull is Pull.CALMING_A else np.ones(2)
    drive = np.diag(np.sqrt(2 * own) * uneven)
    return Dynamics(np.diag(-own), moved, drive, np.eye(2), correlation_of(pull), True, _saturating)


def _saturating(level):
    return 2.5 * np.tanh(level / 2.5)


AROUSAL = (ArousalFamily("layered", _layered), ArousalFamily("jumping", _jumping))
