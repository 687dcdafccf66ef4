"""Kalman filter that runs many parameter points at once, and exact discretisation.

The filter takes the two people's samples one after the other (their noises are independent), so
every innovation is one number with one variance. Where nothing is missing its gain settles
within some tens of samples; from there on it is a fixed linear recursion, summed by doubling.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Floats

POSITIONS = (0, 2)
"""Where the state (x, x', y, y') holds what is measured."""

_TAYLOR_TERMS = 9
_SETTLED = 1e-10


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Parameter points of one continuous-time model: x' = drift·x + noise, samples y = x + noise.

    drift, diffusion : shape (points, 4, 4); noise : measurement variances, shape (points, 2)
    start : covariance of the state before the first sample, shape (4, 4)
    """

    drift: Floats
    diffusion: Floats
    noise: Floats
    start: Floats


@dataclass(frozen=True, slots=True)
class Innovations:
    """What each sample added to its prediction.

    values, variances : shape (points, n, 2); person b's are given person a's sample of the same
        moment; NaN where a sample is missing
    """

    values: Floats
    variances: Floats

    def log_likelihood(self) -> Floats:
        """Gaussian log-likelihood of each parameter point, shape (points,)."""
        terms = np.log(2 * np.pi * self.variances) + self.values**2 / self.variances
        return np.asarray(-0.5 * np.nansum(terms, axis=(1, 2)))


def discretise(drift: Floats, diffusion: Floats, step: float) -> tuple[Floats, Floats]:
    """Transition matrix and noise covariance over one step, exact to rounding.

    Taylor series over a fraction of the step, then doubling: Φ(2h) = Φ(h)², Q(2h) = ΦQΦ' + Q.
    """
    norm = np.abs(drift).sum(axis=-1).max() * step
    doublings = max(0, int(np.ceil(np.log2(norm / 0.25)))) if norm > 0 else 0
    small = step / 2**doublings
    transition, covariance = np.zeros_like(drift) + np.eye(drift.shape[-1]), small * diffusion
    power, term = transition, small * diffusion
    for order in range(1, _TAYLOR_TERMS + 1):
        power = power @ drift * (small / order)
        half = drift @ term * (small / (order + 1))
        term = half + half.swapaxes(-1, -2)
        transition, covariance = transition + power, covariance + term
    for _ in range(doublings):
        covariance = transition @ covariance @ transition.swapaxes(-1, -2) + covariance
        transition = transition @ transition
    return transition, covariance


def innovations(model: LinearModel, samples: Floats, step: float) -> Innovations:
    """Run the filter over `samples`, shape (n, 2), `step` apart, NaN where missing."""
    transition, diffusion = discretise(model.drift, model.diffusion, step)
    filtering = _Filtering(transition, diffusion, model, samples)
    for start, stop in _runs_of_equal_presence(samples):
        filtering.run(start, stop)
    return Innovations(filtering.values, filtering.variances)


def _runs_of_equal_presence(samples: Floats) -> list[tuple[int, int]]:
    present = np.isfinite(samples)
    changes = np.flatnonzero((present[1:] != present[:-1]).any(axis=1)) + 1
    edges = [0, *changes.tolist(), len(samples)]
    return list(zip(edges[:-1], edges[1:], strict=True))


class _Filtering:
    """The state of the filter on its way through the samples, for all points at once."""

    def __init__(
        self, transition: Floats, diffusion: Floats, model: LinearModel, samples: Floats
    ) -> None:
        points = len(transition)
        self.transition, self.diffusion = transition, diffusion
        self.transposed = np.ascontiguousarray(transition.swapaxes(-1, -2))
        self.noise, self.samples = model.noise, samples
        self.mean = np.zeros((points, 4, 1))
        self.covariance = np.zeros((points, 4, 4)) + model.start
        self.values = np.full((points, *samples.shape), np.nan)
        self.variances = np.full((points, *samples.shape), np.nan)

    def run(self, start: int, stop: int) -> None:
        """Filter samples start…stop, all with the same persons present.

        1. a's sample is used before b's: b's innovation is then what a's sample of the same moment
           left open, and both are single numbers with single variances.
        2. With the same persons present the covariance runs into a fixed point, whatever the
           samples. Comparing it with itself one step before takes time of its own: it is done at
           every fourth sample, and for all points at once, so the slowest of them decides.
        3. From there on the gains are constant, and all that is left of the run is done in one go.
        4. With nobody present nothing is to be gained: arousal is only predicted, and what is known
           of it fades.
        """
        present = [person for person in (0, 1) if np.isfinite(self.samples[start, person])]
        for k in range(start, stop):
            before = self.covariance
            gains = [self._update(k, person) for person in present]
            self._predict()
            if present and k % 4 == 0 and self._settled(before):
                self._run_settled(k + 1, stop, present, gains)
                return

    def _update(self, k: int, person: int) -> Floats:
        row = POSITIONS[person]
        column = self.covariance[:, :, row : row + 1]
        variance = self.covariance[:, row, row] + self.noise[:, person]
        value = self.samples[k, person] - self.mean[:, row, 0]
        gain = column / variance[:, None, None]
        self.mean = self.mean + gain * value[:, None, None]
        self.covariance = self.covariance - gain * self.covariance[:, row : row + 1, :]
        self.values[:, k, person], self.variances[:, k, person] = value, variance
        return gain

    def _predict(self) -> None:
        self.mean = self.transition @ self.mean
        self.covariance = self.transition @ self.covariance @ self.transposed + self.diffusion

    def _settled(self, before: Floats) -> bool:
        change = np.abs(self.covariance - before).max(axis=(1, 2))
        return bool((change <= _SETTLED * np.abs(before).max(axis=(1, 2))).all())

    def _run_settled(self, start: int, stop: int, present: list[int], gains: list[Floats]) -> None:
        """The rest of a run at constant gains: a linear recursion of the predicted means.

        One step is update by a, update by b, prediction: Φ (I − g_b e_b') (I − g_a e_a') times the
        mean, plus what the samples push. It is built from the left, so b comes first: b's sample
        pushes by Φ g_b, a's by Φ (I − g_b e_b') g_a, and the samples' columns are turned likewise.
        The states are one more than the samples; the last is the prediction for the next run.
        """
        if start >= stop:
            return
        closed, inputs = self.transition, []
        for person, gain in zip(reversed(present), reversed(gains), strict=True):
            inputs.append(closed @ gain)
            closed = _without(closed, inputs[-1], POSITIONS[person])
        observed = self.samples[start:stop, present[::-1]]
        pushes = observed @ np.concatenate(inputs, axis=2).swapaxes(-1, -2)
        states = _accumulate(closed, np.concatenate([self.mean.swapaxes(1, 2), pushes], axis=1))
        self.mean = states[:, -1, :, None]
        self._note_settled(start, stop, states[:, :-1], dict(zip(present, gains, strict=True)))

    def _note_settled(
        self, start: int, stop: int, states: Floats, gains: dict[int, Floats]
    ) -> None:
        """Innovations at constant gains, from the predicted means; a's again before b's."""
        for person, gain in gains.items():
            row = POSITIONS[person]
            value = self.samples[start:stop, person] - states[:, :, row]
            self.values[:, start:stop, person] = value
            self.variances[:, start:stop, person] = self.variances[:, start - 1, person, None]
            states = states + value[:, :, None] * gain.swapaxes(1, 2)


def _without(closed: Floats, correction: Floats, row: int) -> Floats:
    corrected = closed.copy()
    corrected[:, :, row] -= correction[:, :, 0]
    return corrected


def _accumulate(closed: Floats, pushes: Floats) -> Floats:
    """x_k = closed·x_{k-1} + pushes_k for all k at once, by doubling; shape (points, n, 4)."""
    states, power, shift = pushes, closed, 1
    while shift < pushes.shape[1] and np.abs(power).max() > 1e-16:
        carried = states[:, :-shift] @ power.swapaxes(-1, -2)
        states = np.concatenate([states[:, :shift], states[:, shift:] + carried], axis=1)
        power, shift = power @ power, 2 * shift
    return states
