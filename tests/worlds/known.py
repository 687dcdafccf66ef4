"""Families of people that may be looked at while methods are tuned."""

import numpy as np

from worlds.arousal import ArousalFamily, Dynamics, Pull, correlation_of, signs
from worlds.people import (
    BURN_IN_S,
    Bursts,
    Family,
    Pulse,
    Skin,
    poisson,
    steps_of,
    wandering_wave,
)


def _sober(rng, seconds, times):
    """Regular people at ease in a task: 9 responses a minute (Boucsein 2012), none right after."""
    mean_s = 60.0 / 9.0 / times
    count = round(2 * (seconds + BURN_IN_S) / mean_s) + 40
    times_s = np.cumsum(rng.gamma(1.5, mean_s / 1.5, count)) - BURN_IN_S
    times_s = times_s[times_s < seconds]
    return Bursts(times_s, rng.lognormal(-1.2, 0.6, len(times_s)))


def _bursty(rng, seconds, times):
    """Self-exciting: every response sets off half another within seconds; sizes of a Pareto law."""
    span_s = seconds + BURN_IN_S
    young = rng.uniform(0, span_s, rng.poisson(span_s * times * 5.0 / 60.0))
    every = [young]
    while len(young):
        children = rng.poisson(0.5, len(young))
        young = np.repeat(young, children) + rng.exponential(6.0, children.sum())
        every.append(young[young < span_s])
        young = every[-1]
    times_s = np.sort(np.concatenate(every)) - BURN_IN_S
    return Bursts(times_s, np.minimum(0.08 * (1.0 + rng.pareto(1.6, len(times_s))), 4.0))


def _dense(rng, seconds, times):
    """High arousal: 80 bursts a minute (sudomotor nerve, Macefield & Wallin 1996) that overlap."""
    intensity = np.full(steps_of(seconds), times * 80.0 / 60.0)
    times_s = poisson(rng, intensity)
    return Bursts(times_s, rng.lognormal(-2.0, 0.9, len(times_s)))


def _waves(rng, seconds, times):
    """Sudomotor outflow that follows 0.1 Hz waves of blood pressure, their pace wandering."""
    wave = wandering_wave(rng, steps_of(seconds), rng.uniform(0.08, 0.12), 0.12)
    times_s = poisson(rng, times * 8.0 / 60.0 * np.exp(0.9 * wave - 0.4))
    return Bursts(times_s, rng.lognormal(-1.4, 0.8, len(times_s)))


FAMILIES = (
    Family("sober", _sober, Skin(), Pulse()),
    Family("bursty", _bursty, Skin(decay_s=5.0, drift=0.02), Pulse(startle=1.5, slow_s=12.0)),
    Family("dense", _dense, Skin(decay_s=3.0, drift=0.02), Pulse(mean=85.0, slow=4.0)),
    Family("waves", _waves, Skin(decay_s=3.5), Pulse(mayer=3.5, breath=1.0)),
)


def _ordinary(rng, pull):
    """Arousal that falls back at 15 to 40 s, and follows the partner's level at two seconds."""
    own = 1.0 / rng.uniform(15.0, 40.0, 2)
    into_a, into_b = signs(pull)
    strength = rng.uniform(0.5, 0.75) if pull is not Pull.MUTUAL else rng.uniform(0.35, 0.6)
    drift = np.diag([-own[0], -own[1], -0.5, -0.5])
    drift[2, 0] = drift[3, 1] = 0.5
    moved = np.zeros((4, 4))
    moved[0, 3] = into_a * strength * own[0]
    moved[1, 2] = into_b * strength * own[1] * (2.0 if pull is Pull.CALMING_A else 1.0)
    sizes = np.sqrt(2 * own) * (np.array([1.5, 0.7]) if pull is Pull.CALMING_A else 1.0)
    drive = np.zeros((4, 2))
    drive[0, 0], drive[1, 1] = sizes
    return Dynamics(drift, moved, drive, np.eye(2, 4), correlation_of(pull))


def _oscillating(rng, pull):
    """Arousal that swings in 20 to 35 s with a damping ratio of 0.15 to 0.4."""
    pace = 2 * np.pi / rng.uniform(20.0, 35.0, 2)
    damping = rng.uniform(0.15, 0.4, 2)
    into_a, into_b = signs(pull)
    drift = np.zeros((4, 4))
    drift[0, 1] = drift[2, 3] = 1.0
    drift[1, :2], drift[3, 2:] = ((-(pace[k] ** 2), -2 * damping[k] * pace[k]) for k in range(2))
    strength = rng.uniform(0.4, 0.6)
    moved = np.zeros((4, 4))
    moved[1, 3] = into_a * strength * 2 * damping[0] * pace[0]
    moved[3, 1] = into_b * strength * 2 * damping[1] * pace[1]
    drive = np.zeros((4, 2))
    sizes = np.sqrt(4 * damping * pace**3)
    drive[1, 0], drive[3, 1] = sizes * ([1.5, 0.7] if pull is Pull.CALMING_A else [1.0, 1.0])
    return Dynamics(drift, moved, drive, np.eye(4)[[0, 2]], correlation_of(pull))


AROUSAL = (ArousalFamily("ordinary", _ordinary), ArousalFamily("oscillating", _oscillating))
