"""Kalman filter and smoother over offset and skew of up to two clocks: crystals drift slowly.

State per wearable: offset (s) of its clock against the reference, and skew (s/s). The skew of each
walks on its own; the reference's own wander moves all together.
"""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import Bools, Floats, Ints
from dyadkit.dyad.result import Result


@dataclass(frozen=True, slots=True, eq=False)
class CrystalModel(Result):
    """Model of a crystal: how clocks are allowed to move.

    skew_walk : variance the skew of a wearable gains per second, (s/s)²/s
    forecast_walk : the same beyond the last reading, where a change of temperature goes unseen
    reference_walk : the same for the reference clock, shared by all wearables
    skew_sd : spread of skews before anything was seen
    restart_skew_sd : change of skew over a reboot of the same board
    """

    skew_walk: float = 3e-15
    forecast_walk: float = 1e-14
    reference_walk: float = 1e-16
    skew_sd: float = 100e-6
    restart_skew_sd: float = 2e-6


@dataclass(frozen=True, slots=True, eq=False)
class Readings(Result):
    """Measured offsets, shape (n,) each, sorted by `at_s`.

    wearable : whose clock, a number from 0; at_s : reference time
    offset_s : wearable minus reference; variance : s²
    """

    wearable: Ints
    at_s: Floats
    offset_s: Floats
    variance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Timeline(Result):
    """The instants at which the clocks are estimated.

    knots_s : shape (k,), reference time, increasing
    restarts : shape (k, wearables), the wearable runs in a new boot from this knot on
    reference_walk : shape (k,), variance the reference's skew gains per second after each knot
    bending_walk : shape (k, wearables), the same of its own crystal, over what the model allows it
    """

    knots_s: Floats
    restarts: Bools
    reference_walk: Floats
    bending_walk: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClockTrack(Result):
    """Estimated offsets and skews at the knots.

    mean : shape (k, 2 × wearables): offset and skew of each wearable in turn
    covariance : shape (k, 2 × wearables, 2 × wearables)
    """

    knots_s: Floats
    mean: Floats
    covariance: Floats

    def offset_s(self, wearable: int, at_s: Floats) -> Floats:
        """Offset of one clock at reference times, straight between knots and beyond the ends."""
        offset, skew = self.mean[:, 2 * wearable], self.mean[:, 2 * wearable + 1]
        inside = np.interp(at_s, self.knots_s, offset)
        before, after = (
            np.minimum(at_s - self.knots_s[0], 0),
            np.maximum(at_s - self.knots_s[-1], 0),
        )
        return np.asarray(inside + before * skew[0] + after * skew[-1])


_UNKNOWN_OFFSET_SD = 10.0


class Filter:
    """Kalman filter over all clocks; `advance` to a time, then `update` with readings there."""

    def __init__(self, wearables: int, at_s: float, model: CrystalModel) -> None:
        self.model = model
        self.at_s = at_s
        self.mean = np.zeros(2 * wearables)
        self.covariance = np.diag([_UNKNOWN_OFFSET_SD**2, model.skew_sd**2] * wearables)

    def transition(
        self, to_s: float, reference_walk: float, bending_walk: Floats | float
    ) -> tuple[Floats, Floats]:
        """Matrix and noise that carry the state to `to_s`."""
        walks = np.array([reference_walk]), np.broadcast_to(bending_walk, (1, len(self.mean) // 2))
        matrices, noises = transitions(np.array([to_s - self.at_s]), *walks, self.model)
        return matrices[0], noises[0]

    def advance(
        self, to_s: float, reference_walk: float, bending_walk: Floats | float = 0.0
    ) -> None:
        """Carry the state to `to_s`."""
        self.carry(to_s, *self.transition(to_s, reference_walk, bending_walk))

    def carry(self, to_s: float, matrix: Floats, noise: Floats) -> None:
        """Carry the state to `to_s` by what `transition` gave for it."""
        self.mean = matrix @ self.mean
        self.covariance = matrix @ self.covariance @ matrix.T + noise
        self.at_s = to_s

    def restart(self, wearable: int) -> Floats:
        """The wearable rebooted: its clock's offset is unknown, its skew nearly kept."""
        matrix = np.eye(len(self.mean))
        matrix[2 * wearable, 2 * wearable] = 0.0
        self.mean = matrix @ self.mean
        self.covariance = matrix @ self.covariance @ matrix.T
        self.covariance[2 * wearable, 2 * wearable] = _UNKNOWN_OFFSET_SD**2
        self.covariance[2 * wearable + 1, 2 * wearable + 1] += self.model.restart_skew_sd**2
        return matrix

    def loosen_reference(self, span_s: float, reference_walk: float) -> None:
        """The reference was slewed within the last `span_s`: it may have wandered that much."""
        wearables = len(self.mean) // 2
        shared = reference_walk * np.ones((wearables, wearables))
        self.covariance = self.covariance + np.kron(shared, _wander(span_s))

    def loosen(self, wearable: int, span_s: float, skew_walk: float) -> None:
        """A wearable's crystal changed faster than usual within the last `span_s`."""
        own = np.zeros((len(self.mean) // 2, len(self.mean) // 2))
        own[wearable, wearable] = skew_walk
        self.covariance = self.covariance + np.kron(own, _wander(span_s))

    def surprise_s(self, wearable: int, at_s: float, offset_s: float) -> float:
        """How far a reading lies from where it is expected."""
        return offset_s - float(self._row(wearable, at_s) @ self.mean)

    def surprise(self, wearable: int, at_s: float, offset_s: float, variance: float) -> float:
        """How many deviations a reading lies from where it is expected."""
        row = self._row(wearable, at_s)
        spread = float(row @ self.covariance @ row) + variance
        return self.surprise_s(wearable, at_s, offset_s) / float(np.sqrt(spread))

    def update(self, wearable: int, at_s: float, offset_s: float, variance: float) -> None:
        """Learn one reading taken near the filter's time."""
        row = self._row(wearable, at_s)
        gain = self.covariance @ row
        spread = float(row @ gain) + variance
        surprise = offset_s - float(row @ self.mean)
        self.mean = self.mean + gain * (surprise / spread)
        self.covariance = self.covariance - gain[:, None] * gain / spread

    def _row(self, wearable: int, at_s: float) -> Floats:
        row = np.zeros(len(self.mean))
        row[2 * wearable], row[2 * wearable + 1] = 1.0, at_s - self.at_s
        return row


def transitions(
    steps_s: Floats, reference_walk: Floats, bending_walk: Floats, model: CrystalModel
) -> tuple[Floats, Floats]:
    """Matrices and noises of steps in a row, shape (steps, 2 × wearables, 2 × wearables).

    steps_s, reference_walk : shape (steps,); bending_walk : shape (steps, wearables)
    """
    steps, wearables = bending_walk.shape
    size = 2 * wearables
    matrices = np.tile(np.eye(size), (steps, 1, 1))
    matrices[:, range(0, size, 2), range(1, size, 2)] = steps_s[:, None]
    own = np.eye(wearables) * (model.skew_walk + bending_walk)[:, None, :]
    walk = own + reference_walk[:, None, None] * np.ones((wearables, wearables))
    noises = walk[:, :, None, :, None] * _wander(steps_s)[:, None, :, None, :]
    return matrices, noises.reshape(matrices.shape)


def _wander(step_s: Floats | float) -> Floats:
    """Covariance of offset and skew that unit white noise on the skew's rate gives in a step."""
    step_s = np.asarray(step_s)
    rows = [[step_s**3 / 3, step_s**2 / 2], [step_s**2 / 2, step_s]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def smooth(readings: Readings, timeline: Timeline, model: CrystalModel) -> ClockTrack:
    """Offsets and skews at every knot from all readings, past and future (RTS smoother).

    Lanes without readings keep a diffuse state.

    References
    ----------
    Rauch, Tung & Striebel 1965
    """
    knots_s, wearables = timeline.knots_s, timeline.restarts.shape[1]
    state = Filter(wearables, float(knots_s[0]), model)
    walks = timeline.reference_walk[:-1], timeline.bending_walk[:-1]
    steps = transitions(np.diff(knots_s), *walks, model)
    means, expected = np.empty((2, len(knots_s), 2 * wearables))
    covariances, foreseen = np.empty((2, *means.shape, 2 * wearables))
    rows = list(zip(*(column.tolist() for column in _columns(readings)), strict=True))
    starts = [*np.searchsorted(readings.at_s, knots_s).tolist(), len(rows)]
    for k, knot_s in enumerate(knots_s.tolist()):
        if k:
            state.carry(knot_s, steps[0][k - 1], steps[1][k - 1])
            for wearable in np.flatnonzero(timeline.restarts[k]).tolist():
                steps[0][k - 1] = state.restart(wearable) @ steps[0][k - 1]
        expected[k], foreseen[k] = state.mean, state.covariance
        for row in rows[starts[k] : starts[k + 1]]:
            state.update(*row)
        means[k], covariances[k] = state.mean, state.covariance
    _look_back((means, covariances), (expected, foreseen), steps[0])
    return ClockTrack(knots_s, means, covariances)


def _columns(readings: Readings) -> tuple[Ints, Floats, Floats, Floats]:
    return readings.wearable, readings.at_s, readings.offset_s, readings.variance


def _look_back(
    filtered: tuple[Floats, Floats], expected: tuple[Floats, Floats], matrices: Floats
) -> None:
    """What later readings say of earlier states: turns the filter's means and covariances over."""
    means, covariances = filtered
    gains = np.linalg.solve(expected[1][1:], matrices @ covariances[:-1]).swapaxes(1, 2)
    for k in range(len(means) - 2, -1, -1):
        means[k] += gains[k] @ (means[k + 1] - expected[0][k + 1])
        covariances[k] += gains[k] @ (covariances[k + 1] - expected[1][k + 1]) @ gains[k].T
