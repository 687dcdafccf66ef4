"""Score of following: what the partner's events add to a person's own rate, lag by lag.

1. The partner's events, through a Gaussian at each lag, are weighted by the inverse root of the own
   rate, so that an answer in a quiet moment counts more; what the own model explains of them is
   taken out, or a shared drift would look like an answer.
2. The score U at a lag is their product with the surplus of events, V its variance if nothing
   follows; `rolls` tells by how much the variance is off.
3. Few events make a score skewed; the root of the Poisson likelihood it stands for is not.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.following.intensity import design_of, fitted
from dyadkit.synchrony.following.rolls import STRETCHES, Projection, Rolls, standard
from dyadkit.synchrony.following.train import BINS_HZ, Train

WIDTH_S = 0.5
"""Spread of an answer's latency around its lag (orienting SCR: 1 to 3 s, Boucsein 2012)."""
QUIETEST = 0.3
"""Share of the mean rate below which quiet moments count no more, or single events decide all."""
BLOCK_S = 1800.0
"""Longer sessions are fitted in blocks of at most this: cost grows with their number only."""


@dataclass(frozen=True, slots=True, eq=False)
class LagScores:
    """Scores of following: in standard deviations of chance, skewness taken out.

    lags_s : shape (lags,)
    whole : shape (lags,), of the session
    stretches : shape (stretches, lags), of each of five equal parts
    plain_whole, plain_stretches : the same in Poisson deviations, skewed as they are
    rolls : the same with the partner rolled away
    gain : shape (lags,), expected extra events per event of the partner
    """

    lags_s: Floats
    whole: Floats
    stretches: Floats
    plain_whole: Floats
    plain_stretches: Floats
    rolls: Rolls
    gain: Floats


def lag_scores(leader: Train, follower: Train, conditions: Floats, lags_s: Floats) -> LagScores:
    """Scores of `follower` after `leader`, shape of conditions (n, labels)."""
    design, penalties = design_of(follower, conditions)
    events = _filled(leader)
    kernels = _kernels(events, lags_s)
    edges = np.linspace(0, len(events), STRETCHES + 1).astype(int)
    stretch = np.searchsorted(edges[1:-1], np.arange(len(events)), side="right")
    parts, rolled = [], []
    for block in _blocks(len(events)):
        own = fitted(follower.counts[block], follower.present[block], design[block], penalties)
        projection = Projection.of(own, _scale(own.rate))
        parts.append(projection.moments(kernels[:, block]))
        rolled.append(projection.rolled(_smooth(events[block]), stretch[block]))
    surplus, variance, third, reach = (
        np.concatenate(part, axis=1) for part in zip(*parts, strict=True)
    )
    stretches = np.stack([
        np.add.reduceat(part, edges[:-1], axis=1).T for part in (surplus, variance, third)
    ])  # fmt: skip
    whole, rolls = stretches.sum(axis=1), Rolls.joined(rolled)
    gain = np.sqrt(2 * np.pi) * WIDTH_S * BINS_HZ * whole[0] / np.maximum(reach.sum(axis=1), 1e-12)
    return LagScores(
        lags_s,
        _symmetric(whole, rolls.dispersion),
        _symmetric(stretches, rolls.dispersion),
        standard(whole[0], whole[1]),
        standard(stretches[0], stretches[1]),
        rolls,
        gain,
    )


def _symmetric(moments: Floats, dispersion: float) -> Floats:
    """Signed likelihood roots of (score, variance, third moment): normal, not skewed."""
    score, variance, third = moments
    size = np.sqrt(np.maximum(variance, 1e-12))
    z = score / size / np.sqrt(dispersion)
    skew = third / size**3 / np.sqrt(dispersion)
    skew = np.where(np.abs(skew) < 1e-3, 1e-3, np.clip(skew, -2.0, 2.0))
    ratio = np.maximum(1.0 + z * skew, 1e-12)
    likelihood = np.maximum(ratio * np.log(ratio) - ratio + 1.0, 0.0)
    return np.asarray(np.sign(z) * np.sqrt(2.0 * likelihood) / np.abs(skew) + skew / 6.0)


def _scale(rate: Floats) -> Floats:
    shown = rate > 0.0
    mean = float(rate[shown].mean()) if shown.any() else 1.0
    return np.where(shown, np.maximum(rate, QUIETEST * mean) ** -0.5, 0.0)


def _filled(train: Train) -> Floats:
    """The drive, and where the person was not measured its mean: no evidence either way."""
    measured = max(float(train.present.mean()), 1e-9)
    return np.where(train.present, train.drive, train.drive.mean() / measured)


def _smooth(events: Floats) -> Floats:
    reach = round(4 * WIDTH_S * BINS_HZ)
    return np.convolve(events, _bell(np.arange(-reach, reach + 1) / BINS_HZ), "same")


def _kernels(events: Floats, lags_s: Floats) -> Floats:
    """Events through a bell at each lag, shape (lags, n), strictly past bins only."""
    ages_s = np.arange(0, round((lags_s[-1] + 4 * WIDTH_S) * BINS_HZ) + 1) / BINS_HZ
    bells = _bell(ages_s - lags_s[:, None])
    bells[:, 0] = 0.0
    length = fft.next_fast_len(len(events) + len(ages_s), real=True)
    spectrum = fft.rfft(events, length)
    return np.asarray(fft.irfft(fft.rfft(bells, length) * spectrum, length)[:, : len(events)])


def _bell(offsets_s: Floats) -> Floats:
    return np.asarray(np.exp(-(offsets_s**2) / (2 * WIDTH_S**2)))


def _blocks(count: int) -> list[slice]:
    parts = max(1, int(np.ceil(count / BINS_HZ / BLOCK_S)))
    edges = np.linspace(0, count, parts + 1).astype(int)
    return [slice(int(low), int(high)) for low, high in zip(edges, edges[1:], strict=False)]
