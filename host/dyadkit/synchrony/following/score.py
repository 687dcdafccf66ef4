"""Score of following: what the partner's events add to a person's own rate, lag by lag.

1. The partner's events, through a Gaussian at each lag, are weighted by the inverse root of the own
   rate, so that an answer in a quiet moment counts more; what the own model explains of them is
   taken out, or a shared drift would look like an answer.
2. The score U at a lag is their product with the surplus of events, V its variance if nothing
   follows. Rates are never quite Poisson: the same scores with the partner rolled away by 30 s and
   more, each taken out anew, tell by how much the variance is off.
3. Few events make a score skewed; the root of the Poisson likelihood it stands for is not.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft, linalg

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.following.intensity import Intensity, design_of, fitted
from dyadkit.synchrony.following.train import BINS_HZ, Train

WIDTH_S = 0.5
"""Spread of an answer's latency around its lag (orienting SCR: 1 to 3 s, Boucsein 2012)."""
QUIETEST = 0.3
"""Share of the mean rate below which quiet moments count no more, or single events decide all."""
ROLL_STEP_S, MIN_ROLL_S = 5.0, 30.0
STRETCHES = 5
BLOCK_S = 1800.0
"""Longer sessions are fitted in blocks of at most this: cost grows with their number only."""


@dataclass(frozen=True, slots=True, eq=False)
class LagScores:
    """Scores of following: in standard deviations of chance, skewness taken out.

    lags_s : shape (lags,)
    whole : shape (lags,), of the session
    stretches : shape (stretches, lags), of each of five equal parts
    dispersion : how far the variance is off a Poisson's
    gain : shape (lags,), expected extra events per event of the partner
    """

    lags_s: Floats
    whole: Floats
    stretches: Floats
    dispersion: float
    gain: Floats


def lag_scores(leader: Train, follower: Train, conditions: Floats, lags_s: Floats) -> LagScores:
    """Scores of `follower` after `leader`, shape of conditions (n, labels)."""
    design, penalties = design_of(follower, conditions)
    events = _filled(leader)
    kernels = _kernels(events, lags_s)
    parts, rolled = [], []
    for block in _blocks(len(events)):
        own = fitted(follower.counts[block], follower.present[block], design[block], penalties)
        scale = _scale(own.rate)
        projection = _Projection.of(own, scale)
        parts.append(projection.moments(kernels[:, block]))
        rolled.append(projection.rolled(_smooth(events[block])))
    dispersion = max(float(np.mean(np.concatenate(rolled))), 0.25) if rolled else 1.0
    surplus, variance, third, reach = (
        np.concatenate(part, axis=1) for part in zip(*parts, strict=True)
    )
    edges = np.linspace(0, len(events), STRETCHES + 1).astype(int)[:-1]
    stretches = np.stack([
        np.add.reduceat(part, edges, axis=1).T for part in (surplus, variance, third)
    ])  # fmt: skip
    whole = stretches.sum(axis=1)
    gain = np.sqrt(2 * np.pi) * WIDTH_S * BINS_HZ * whole[0] / np.maximum(reach.sum(axis=1), 1e-12)
    return LagScores(
        lags_s,
        _symmetric(whole, dispersion),
        _symmetric(stretches, dispersion),
        dispersion,
        gain,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Projection:
    """Taking out what a person's own model explains."""

    own: Intensity
    scale: Floats
    gram: Floats
    inverse: Floats

    @classmethod
    def of(cls, own: Intensity, scale: Floats) -> "_Projection":
        gram = (own.design * own.rate[:, None]).T @ own.design
        inverse = linalg.inv(gram + np.diag(own.penalties + 1e-9))
        return cls(own, scale, gram, inverse)

    def moments(self, kernels: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Bin by bin: score, its variance and third moment, and what one event's gain would add."""
        own = self.own
        weighed = kernels * self.scale
        explained = self.inverse @ ((own.design * own.rate[:, None]).T @ weighed.T)
        left = weighed - (own.design @ explained).T
        variance = left**2 * own.rate
        return left * own.surplus, variance, left * variance, left * kernels

    def rolled(self, smooth: Floats) -> Floats:
        """Squared scores, not yet dispersed, with the partner rolled away, every 5 s."""
        own, count = self.own, len(smooth)
        step, nearest = round(ROLL_STEP_S * BINS_HZ), round(MIN_ROLL_S * BINS_HZ)
        rolls = np.arange(nearest, count - nearest, step)
        if not len(rolls):
            return np.ones(1)
        columns = (own.design * (own.rate * self.scale)[:, None]).T
        inner = _rolled_sums(columns, smooth)[:, rolls]
        explained = self.inverse @ inner
        raw = _rolled_sums((self.scale * own.surplus)[None], smooth)[0, rolls]
        score = raw - explained.T @ (own.design.T @ own.surplus)
        squares = _rolled_sums((self.scale**2 * own.rate)[None], smooth**2)[0, rolls]
        taken = np.einsum("pr,pr->r", explained, 2 * inner - self.gram @ explained)
        return np.asarray(score**2 / np.maximum(squares - taken, 1e-9))


def _rolled_sums(columns: Floats, smooth: Floats) -> Floats:
    """Sum over t of columns[t] smooth[t - roll], for every roll."""
    count = len(smooth)
    return np.asarray(fft.irfft(fft.rfft(columns, axis=1) * np.conj(fft.rfft(smooth)), count))


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
    """Events, and where the person was not measured their mean rate: no evidence either way."""
    measured = max(float(train.present.mean()), 1e-9)
    return np.where(train.present, train.counts, train.counts.mean() / measured)


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
