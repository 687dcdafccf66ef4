"""Rolls of the partner, half a minute and more away: the scores of following as chance makes them.

1. Rates are never quite Poisson: the mean squared score over all rolls tells by how much.
2. Where responses come in a few volleys, most rolls meet nothing and some meet a whole volley. No
   smooth law has so heavy a tail, but the share of rolls with as large a score does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, linalg, ndimage

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.following.intensity import Intensity
from dyadkit.synchrony.following.train import BINS_HZ

STRETCHES = 5
MIN_ROLL_S, ROLL_STEP_S = 30.0, 0.5
MIN_DISPERSION = 0.8
"""Of a score's variance a fifth at most goes with fitting the own rate (0.85 to 0.95 is usual);
lower estimates come from rolls that meet nothing."""
DOUBT = 0.5
"""Standard errors by which a share of rolls is lowered: it may be as wrong as that by luck, and a
bound that binds by luck costs power."""
Spectrum = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class Rolls:
    """Scores of following and their Poisson variances, shape (stretches, rolls), by half seconds.

    A run of as many rolls as there are lags is one look at all lags.
    """

    scores: Floats
    variances: Floats

    @classmethod
    def joined(cls, blocks: list["Rolls"]) -> "Rolls":
        """Rolls of a whole session from those of its blocks."""
        common = min(one.scores.shape[1] for one in blocks)
        return cls(
            np.sum([one.scores[:, :common] for one in blocks], axis=0),
            np.sum([one.variances[:, :common] for one in blocks], axis=0),
        )

    @property
    def dispersion(self) -> float:
        """How much more the scores vary by chance than a Poisson rate's would."""
        found = np.mean(self.scores.sum(axis=0) ** 2 / _positive(self.variances.sum(axis=0)))
        return max(float(found), MIN_DISPERSION)

    @property
    def whole(self) -> Floats:
        """Scores of the session in Poisson standard deviations, shape (rolls,)."""
        return standard(self.scores.sum(axis=0), self.variances.sum(axis=0))

    @property
    def stretches(self) -> Floats:
        """The same of each stretch, shape (stretches, rolls)."""
        return standard(self.scores, self.variances)


def share_above(rolled: Floats, observed: float, lags: int) -> float:
    """Share of looks at so many lags, rolled away, that hold a value as large as `observed`.

    At least so much, by the count of looks that do not overlap.
    """
    highest = ndimage.maximum_filter1d(rolled, lags, mode="nearest")
    share, looks = float(np.mean(highest >= observed)), max(len(rolled) / lags, 1.0)
    return max(share - DOUBT * float(np.sqrt(share / looks)), 0.0)


def standard(scores: Floats, variances: Floats) -> Floats:
    """Scores in Poisson standard deviations."""
    return np.asarray(scores / np.sqrt(_positive(variances)))


def _positive(variances: Floats) -> Floats:
    return np.maximum(variances, 1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Taking out of a partner's events what a person's own model explains.

    scale : shape (n,), weight of each bin
    """

    own: Intensity
    scale: Floats
    inverse: Floats

    @classmethod
    def of(cls, own: Intensity, scale: Floats) -> "Projection":
        """By least squares, weighted by the own rate."""
        gram = (own.design * own.rate[:, None]).T @ own.design
        return cls(own, scale, linalg.inv(gram + np.diag(own.penalties + 1e-9)))

    def moments(self, kernels: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Bin by bin: score, its variance and third moment, and what one event's gain would add."""
        own = self.own
        weighed = kernels * self.scale
        explained = self.inverse @ ((own.design * own.rate[:, None]).T @ weighed.T)
        left = weighed - (own.design @ explained).T
        variance = left**2 * own.rate
        return left * own.surplus, variance, left * variance, left * kernels

    def rolled(self, smooth: Floats, stretch: NDArray[np.int64]) -> Rolls:
        """The scores with the partner's events, `smooth`, rolled away; each taken out anew.

        stretch : shape (n,), which stretch of the session a bin belongs to
        """
        count, nearest = len(smooth), round(MIN_ROLL_S * BINS_HZ)
        kept = np.arange(nearest, count - nearest, round(ROLL_STEP_S * BINS_HZ))
        plain, squared = (np.conj(fft.rfft(one)) for one in (smooth, smooth**2))
        columns = (self.own.design * (self.own.rate * self.scale)[:, None]).T
        explained = self.inverse @ _sums(columns, plain, count)[:, kept]
        scores, variances = np.zeros((2, STRETCHES, len(kept)))
        for one in np.unique(stretch):
            inside = (stretch == one).astype(float)
            own = self._within(inside)
            inner = _sums(columns * inside, plain, count)[:, kept]
            raw = _sums(self.scale * own.surplus, plain, count)[kept]
            squares = _sums(self.scale**2 * own.rate, squared, count)[kept]
            gram = (own.design * own.rate[:, None]).T @ own.design
            scores[one] = raw - explained.T @ (own.design.T @ own.surplus)
            taken = np.einsum("pr,pr->r", explained, 2 * inner - gram @ explained)
            variances[one] = squares - taken
        return Rolls(scores, np.maximum(variances, 0.0))

    def _within(self, inside: Floats) -> Intensity:
        own = self.own
        return Intensity(
            own.design, own.rate * inside, own.surplus * inside, own.penalties, own.weights
        )


def _sums(columns: Floats, rolled: Spectrum, count: int) -> Floats:
    """Sum over t of columns[..., t] partner[t - roll], for every roll; the partner as spectrum."""
    return np.asarray(fft.irfft(fft.rfft(columns) * rolled, count))
