"""Skin with known troubles: steps, spikes and ripples over ranges of size, duration and rate.

Even seeds are for development, odd ones for judging: nothing is chosen on them.
"""

from dataclasses import dataclass

import numpy as np

from fakes.skin_model import Person, Skin, simulate

RATES_HZ = (4.0, 8.0, 16.0, 20.0, 32.0, 64.0, 100.0)
NOISES_USIEMENS = (0.002, 0.004, 0.01)


@dataclass(frozen=True)
class Troubled:
    """A skin, what a trouble adds to it (shape (n,), µS), and when it is over."""

    skin: Skin
    added: np.ndarray
    rate_hz: float
    over_s: float

    @property
    def values(self):
        return self.skin.values + self.added


def step(seed):
    """One step of ± 0.2 to 10 µS, at once or within 5 s, in four minutes of skin."""
    rng = np.random.default_rng(10_000 + seed)
    rate_hz = float(rng.choice(RATES_HZ))
    size = float(np.exp(rng.uniform(np.log(0.2), np.log(10)))) * rng.choice([-1, 1])
    duration_s = 0.0 if rng.random() < 0.35 else float(rng.uniform(0, 5))
    level = float(rng.uniform(2, 8)) + max(0.0, -size)
    noise, at_s = float(rng.choice(NOISES_USIEMENS)), float(rng.uniform(100, 140))
    person = Person(float(rng.uniform(2, 8)), noise, level_usiemens=level)
    skin = simulate(20_000 + seed, rate_hz, 240.0, person)
    times_s = np.arange(len(skin.values)) / rate_hz
    if duration_s:
        done = np.clip((times_s - at_s) / duration_s, 0, 1)
    else:
        done = (times_s >= at_s).astype(float)
    return Troubled(skin, size * done, rate_hz, at_s + duration_s)


def spikes(seed, longest_s=0.15):
    """Forty spikes of ± 0.3 to 1 µS and up to `longest_s` (or one sample) in ten minutes."""
    rng = np.random.default_rng(50_000 + seed)
    rate_hz, noise = float(rng.choice(RATES_HZ)), float(rng.choice(NOISES_USIEMENS))
    person = Person(float(rng.uniform(3, 8)), noise, level_usiemens=float(rng.uniform(2, 10)))
    skin = simulate(60_000 + seed, rate_hz, 600.0, person)
    added = np.zeros(len(skin.values))
    width = int(rng.integers(1, max(2, int(longest_s * rate_hz) + 1)))
    for at_s in rng.choice(np.arange(5, 595), 40, replace=False) + rng.random(40):
        first = int(at_s * rate_hz)
        added[first : first + width] += rng.uniform(0.3, 1) * rng.choice([-1, 1])
    return Troubled(skin, added, rate_hz, 600.0)


def ripple(seed, height_usiemens=0.15):
    """A wave at a breathing rate that wanders, all through ten minutes."""
    rng = np.random.default_rng(90_000 + seed)
    rate_hz, noise = float(rng.choice(RATES_HZ)), float(rng.choice(NOISES_USIEMENS))
    person = Person(float(rng.uniform(0.5, 8)), noise, level_usiemens=float(rng.uniform(2, 10)))
    skin = simulate(95_000 + seed, rate_hz, 600.0, person)
    times_s = np.arange(len(skin.values)) / rate_hz
    knots_s = np.arange(0, 610, 5.0)
    wander = 1 + float(rng.choice([0, 0.05, 0.1])) * rng.normal(size=len(knots_s))
    hz = rng.uniform(0.15, 0.45) * np.interp(times_s, knots_s, wander)
    wave = height_usiemens * np.sin(2 * np.pi * np.cumsum(hz) / rate_hz)
    return Troubled(skin, wave, rate_hz, 600.0)


def clean(seed):
    """Five minutes of nothing but skin, of many kinds of people, sensors and rates."""
    rng = np.random.default_rng(30_000 + seed)
    rate_hz = float(rng.choice(RATES_HZ))
    person = Person(
        per_minute=float(rng.uniform(1, 10)),
        noise_usiemens=float(rng.choice([0.001, 0.004, 0.01, 0.02])),
        step_usiemens=float(rng.choice([0, 0, 0.01])),
        decay_s=[(2.0, 4.0), (1.5, 2.0), (3.0, 6.0)][rng.integers(3)],
        level_usiemens=float(np.exp(rng.uniform(np.log(1), np.log(20)))),
    )
    skin = simulate(40_000 + seed, rate_hz, 300.0, person)
    return Troubled(skin, np.zeros(len(skin.values)), rate_hz, 0.0)


def count_error(found, troubled, min_usiemens=0.05):
    """Responses found less true ones, in the seconds without a masked sample."""
    rate_hz, skin = troubled.rate_hz, troubled.skin
    seconds = (np.arange(len(found.mask)) / rate_hz).astype(int)
    masked = np.bincount(seconds, found.mask, minlength=seconds[-1] + 2) > 0
    onsets = np.array([one.onset_s for one in found.responses])
    true = skin.onsets_s[skin.amplitudes_usiemens >= min_usiemens]
    return int(np.sum(~masked[onsets.astype(int)])) - int(np.sum(~masked[true.astype(int)]))


def tonic_error_usiemens(found, troubled, settle_s=5.0):
    """95th percentile of the level's error from `settle_s` after the trouble on."""
    times_s = np.arange(len(found.mask)) / troubled.rate_hz
    after = (times_s > troubled.over_s + settle_s) & ~found.mask
    miss = np.abs(found.tonic - troubled.skin.tonic - troubled.added)[after]
    return float(np.quantile(miss, 0.95))
