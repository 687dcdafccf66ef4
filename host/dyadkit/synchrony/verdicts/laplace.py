"""Beliefs about pulls between two people: Whittle's likelihood, Laplace's evidence, draws."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.synchrony.verdicts.spectrum import (
    FIRST,
    SECOND,
    Complexes,
    Order,
    spectra,
    variance_ratios,
)

TAPERED = 0.2
LOWEST_CYCLES, HIGHEST_HZ = 1.5, 0.07
"""Slower is drift; faster belongs to 0.1 Hz waves of blood pressure (Julien 2006), not arousal."""
PRIORS = {(False, False): 0.55, (True, False): 0.125, (False, True): 0.125, (True, True): 0.2}
"""Belief in a pull into a, into b, before looking: most pairs at most times do not pull."""
DRAWS = 150
MAX_STEPS, STILL = 40, 1e-3
NUDGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Periodogram:
    """Cross-periodogram of two slow series of unit spread.

    matrices : shape (frequencies, 2, 2); weight : independent ordinates per ordinate
    """

    frequency_hz: Floats
    matrices: Complexes
    weight: float

    @classmethod
    def of(cls, a: Floats, b: Floats, rate_hz: float) -> "Periodogram":
        """Of gapless series of shape (n,); drifts in a line are taken out."""
        pair = np.stack([signal.detrend(one) for one in (a, b)])
        pair /= pair.std(axis=1, keepdims=True)
        taper = signal.windows.tukey(pair.shape[1], TAPERED)
        transformed = np.fft.rfft(pair * taper, axis=1)
        frequency_hz = np.fft.rfftfreq(pair.shape[1], 1.0 / rate_hz)
        inside = (frequency_hz >= LOWEST_CYCLES * rate_hz / pair.shape[1]) & (
            frequency_hz <= HIGHEST_HZ
        )
        kept = transformed[:, inside]
        matrices = kept.T[:, :, None] * np.conj(kept.T)[:, None, :] / np.sum(taper**2)
        weight = np.sum(taper**2) ** 2 / (len(taper) * np.sum(taper**4))
        return cls(frequency_hz[inside], matrices, float(weight))


@dataclass(frozen=True, slots=True, eq=False)
class PullHypothesis:
    """One kind of own dynamics with one choice of pulls, after looking.

    pulled : into a, into b
    weight : share of belief; gain : log likelihood at the best point
    ratios : shape (draws, 2), variance ratios of a and b
    """

    pulled: tuple[bool, bool]
    weight: float
    gain: float
    parameters: int
    ratios: Floats


def hypotheses(seen: Periodogram, seed: int) -> tuple[PullHypothesis, ...]:
    """All hypotheses with their weights, of sum 1."""
    rng = np.random.default_rng(seed)
    found, evidence = [], []
    for order in (FIRST, SECOND):
        start = order.prior()[0]
        for pulled, prior in PRIORS.items():
            fit = _Summit.of(order, _free(order, pulled), seen, start)
            start = fit.point if pulled == (False, False) else start
            evidence.append(np.log(prior) + fit.evidence())
            found.append((pulled, fit, variance_ratios(order, fit.draws(rng))))
    weights = np.exp(np.array(evidence) - max(evidence))
    weights /= weights.sum()
    return tuple(
        PullHypothesis(pulled, float(weight), fit.likelihood, int(fit.free.sum()), ratios)
        for weight, (pulled, fit, ratios) in zip(weights, found, strict=True)
    )


def _free(order: Order, pulled: tuple[bool, bool]) -> Bools:
    free = np.ones(order.size, dtype=bool)
    for person, one in enumerate(pulled):
        free[order.pulls(person)] = one
    return free


@dataclass(frozen=True, slots=True, eq=False)
class _Summit:
    """The most believable point of one hypothesis; held parameters are 0."""

    order: Order
    free: Bools
    point: Floats
    likelihood: float
    information: Floats

    @classmethod
    def of(cls, order: Order, free: Bools, seen: Periodogram, start: Floats) -> "_Summit":
        """By scoring steps with damping (Whittle's Fisher information, and the priors')."""
        mean, spread = order.prior()
        point = np.where(free, start, 0.0)
        damping = 1e-2
        here = _Whittle.at(order, point, free, seen)
        for _ in range(MAX_STEPS):
            pull = here.gradient - ((point - mean) / spread**2)[free]
            curvature = here.information + np.diag(1.0 / spread[free] ** 2)
            step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), pull)
            trial = point.copy()
            trial[free] += np.clip(step, -1.0, 1.0)
            there = _Whittle.at(order, trial, free, seen)
            rise = there.height - here.height - _penalty(trial, point, mean, spread, free)
            if rise <= 0.0:
                damping *= 8.0
                if damping > 1e6:
                    break
                continue
            point, here, damping = trial, there, max(damping / 8.0, 1e-6)
            if rise < STILL:
                break
        information = here.information + np.diag(1.0 / spread[free] ** 2)
        return cls(order, free, point, here.height, information)

    def evidence(self) -> float:
        """Log of the probability of the data, by Laplace's method."""
        mean, spread = (one[self.free] for one in self.order.prior())
        away = (self.point[self.free] - mean) / spread
        prior = -0.5 * np.sum(away**2) - np.sum(np.log(spread))
        return float(self.likelihood + prior - 0.5 * np.linalg.slogdet(self.information)[1])

    def draws(self, rng: np.random.Generator) -> Floats:
        """Points as believable as the data leave them, shape (draws, parameters)."""
        root = np.linalg.cholesky(np.linalg.inv(self.information))
        found = np.tile(self.point, (DRAWS, 1))
        found[:, self.free] += rng.standard_normal((DRAWS, len(root))) @ root.T
        return found


def _penalty(trial: Floats, point: Floats, mean: Floats, spread: Floats, free: Bools) -> float:
    change = ((trial - mean) / spread) ** 2 - ((point - mean) / spread) ** 2
    return float(0.5 * change[free].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Whittle:
    """Whittle's log likelihood at a point: its height, gradient and Fisher information."""

    height: float
    gradient: Floats
    information: Floats

    @classmethod
    def at(cls, order: Order, point: Floats, free: Bools, seen: Periodogram) -> "_Whittle":
        places = np.flatnonzero(free)
        points = np.tile(point, (len(places) + 1, 1))
        points[np.arange(len(places)) + 1, places] += NUDGE
        found = spectra(order, points, seen.frequency_hz)
        model, inverse = found[0], _inverted(found[0])
        determinant = (model[:, 0, 0] * model[:, 1, 1] - model[:, 0, 1] * model[:, 1, 0]).real
        explained = inverse @ seen.matrices
        trace = np.trace(explained, axis1=1, axis2=2).real
        height = -seen.weight * float(np.sum(np.log(determinant) + trace))
        slopes = inverse @ (found[1:] - model) / NUDGE
        own = np.trace(slopes, axis1=2, axis2=3).real
        pulled = np.einsum("pfij,fji->pf", slopes, explained).real
        gradient = seen.weight * (pulled - own).sum(axis=1)
        information = np.einsum("pfij,qfji->pq", slopes, slopes).real
        return cls(height, gradient, seen.weight * information)


def _inverted(matrices: Complexes) -> Complexes:
    found = np.empty_like(matrices)
    found[..., 0, 0], found[..., 1, 1] = matrices[..., 1, 1], matrices[..., 0, 0]
    found[..., 0, 1], found[..., 1, 0] = -matrices[..., 0, 1], -matrices[..., 1, 0]
    determinant = (
        matrices[..., 0, 0] * matrices[..., 1, 1] - matrices[..., 0, 1] * matrices[..., 1, 0]
    )
    return np.asarray(found / determinant[..., None, None])
