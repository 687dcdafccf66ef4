"""Deconvolution of skin conductance: a smooth level, and responses that a driver ≥ 0 must cause.

The model of Greco et al. (2016): conductance = tonic + phasic + noise, where the phasic part is
a sparse driver ≥ 0 passed through a Bateman response. The tonic part is a smoothing spline
(penalised curvature, Green & Silverman 1994) held ≥ 0. The quadratic program is solved by a
primal-dual interior point (Mehrotra 1992) whose every step is one banded Cholesky
factorisation: time and memory grow linearly with the recording.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded

from dyadkit.dyad.arrays import Bools, Floats
from dyadkit.dyad.result import Result
from dyadkit.signals.eda.bateman import Bateman

MAX_STEPS = 60
FINAL_GAP = 1e-5  # complementarity, relative to the first, at which all is within 0.001 µS
FINAL_PRIMAL_USIEMENS = 1e-7
STEP_SHARE = 0.995  # of the way to the boundary
LOOSE = 1e-7  # of the price of curvature: a jump is free, and the matrix still has an inverse


@dataclass(frozen=True, slots=True, eq=False)
class Model(Result):
    """Model of skin conductance: what a recording is assumed to be made of.

    rise_s, decay_s : time constants of one response
    sparsity : price of 1 µS of response, in µS·s of squared residual
    stiffness : price of the tonic's squared curvature, in s⁴ of squared residual

    Examples
    --------
    One response of 0.6 µS; the dearer it is, the smaller it is read:

    >>> import numpy as np
    >>> from dyadkit.signals import eda
    >>> since_s = np.maximum(np.arange(0, 60, 0.1) - 20, 0)
    >>> skin = 5 + np.exp(-since_s / 4.5) - np.exp(-since_s / 0.7)
    >>> found = [eda.decompose(skin, 10.0, Model(sparsity=price)) for price in (0.01, 0.1)]
    >>> [round(one.responses[0].amplitude_usiemens, 2) for one in found]
    [0.58, 0.51]
    """

    rise_s: float = 0.7
    decay_s: float = 3.0
    sparsity: float = 0.01
    stiffness: float = 100.0


HUMAN = Model()


@dataclass(frozen=True, slots=True)
class Split:
    """Tonic, phasic and driver, each shape (n,), µS, none negative, and what each costs."""

    tonic: Floats
    phasic: Floats
    driver: Floats
    price: Floats


def split(
    eda_usiemens: Floats, weights: Floats, rate_hz: float, model: Model, loose: Bools | None = None
) -> Split:
    """Tonic, phasic and driver that explain `eda_usiemens` at the least price.

    Parameters
    ----------
    eda_usiemens : shape (n,), n ≥ 5, finite, µS
    weights : shape (n,), seconds each sample stands for; 0 where nothing was measured
    rate_hz : samples per second
    model : time constants and prices
    loose : shape (n,), where the level may jump: the electrode moved there; nowhere by default

    References
    ----------
    Greco, Valenza, Lanata, Scilingo & Citi 2016, IEEE Trans Biomed Eng 63, section II
    """
    bend = np.full(len(eda_usiemens) - 2, model.stiffness * rate_hz**3)
    if loose is not None:
        bend[loose[1:-1]] *= LOOSE
    problem = _Problem.of(eda_usiemens, weights, rate_hz, model, bend)
    parts = _interior_point(problem)
    phasic, tonic = parts.T
    driver = np.maximum(problem.response.cause(phasic), 0.0)
    driver[:2] = 0.0  # what was under way at the start had its cause before it
    price = 0.5 * weights * (eda_usiemens - phasic - tonic) ** 2 + model.sparsity * driver
    price[1:-1] += 0.5 * bend * np.diff(tonic, 2) ** 2
    return Split(np.maximum(tonic, 0.0), np.maximum(phasic, 0.0), driver, price)


@dataclass(frozen=True, slots=True)
class _Problem:
    """Minimise ½ xᵀHx + cost·x where cause(phasic) ≥ 0, tonic ≥ 0; x, (n, 2): phasic, tonic."""

    response: Bateman
    bands: Floats
    cost: Floats
    weights: Floats
    bend: Floats
    start: Floats

    @classmethod
    def of(
        cls, eda_usiemens: Floats, weights: Floats, rate_hz: float, model: Model, bend: Floats
    ) -> "_Problem":
        points = len(eda_usiemens)
        response = Bateman.of(points, model.rise_s, model.decay_s, rate_hz)
        pull = weights * eda_usiemens
        price = response.transposed(np.full(points, model.sparsity))
        level = np.full(points, np.min(eda_usiemens[weights > 0]))
        return cls(
            response,
            _bands(weights, bend),
            np.stack([price - pull, -pull], axis=1),
            weights,
            bend,
            np.stack([np.zeros(points), level], axis=1),
        )

    def gradient(self, parts: Floats) -> Floats:
        fit = self.weights * parts.sum(axis=1)
        bend: Floats = np.convolve(self.bend * np.diff(parts[:, 1], 2), [1.0, -2.0, 1.0])
        return np.stack([fit, fit + bend], axis=1) + self.cost

    def bounded(self, parts: Floats) -> Floats:
        """What must not be negative, shape (n, 2): driver and tonic."""
        return np.stack([self.response.cause(parts[:, 0]), parts[:, 1]], axis=1)

    def transposed(self, forces: Floats) -> Floats:
        """The transpose of `bounded`."""
        return np.stack([self.response.transposed(forces[:, 0]), forces[:, 1]], axis=1)

    def factor(self, barrier: Floats) -> Floats:
        """Cholesky factor of H + boundedᵀ · diag(barrier) · bounded, in lower bands."""
        bands = self.bands.copy()
        main, first, second = self.response.normal_bands(barrier[:, 0])
        bands[0, 0::2] += main
        bands[2, 0:-2:2] += first
        bands[4, 0:-4:2] += second
        bands[0, 1::2] += barrier[:, 1]
        factor = cholesky_banded(bands, lower=True, overwrite_ab=True, check_finite=False)
        return np.asarray(factor, dtype=float)


def _bands(weights: Floats, bend: Floats) -> Floats:
    """H in lower bands, shape (5, 2n), phasic and tonic of each sample side by side."""
    bands = np.zeros((5, 2 * len(weights)))
    bands[0, 0::2] = bands[0, 1::2] = bands[1, 0::2] = weights
    bands[0, 1::2] += np.convolve(bend, [1.0, 4.0, 1.0])
    bands[2, 1:-2:2] += np.convolve(bend, [-2.0, -2.0])
    bands[4, 1:-4:2] += bend
    return bands


def _interior_point(problem: _Problem) -> Floats:
    parts = problem.start
    slack = np.maximum(problem.bounded(parts), 1e-2)
    force = np.full_like(slack, 1e-3)
    first_gap = float(np.mean(slack * force))
    for _ in range(MAX_STEPS):
        step = _Newton(problem, parts, slack, force)
        if step.gap < FINAL_GAP * first_gap and step.infeasible < FINAL_PRIMAL_USIEMENS:
            break
        parts, slack, force = step.taken()
    return parts


class _Newton:
    """One predictor-corrector step from (parts, slack, force)."""

    def __init__(self, problem: _Problem, parts: Floats, slack: Floats, force: Floats) -> None:
        self.problem, self.parts, self.slack, self.force = problem, parts, slack, force
        self.dual = problem.gradient(parts) - problem.transposed(force)
        self.primal = problem.bounded(parts) - slack
        self.gap = float(np.mean(slack * force))
        self.infeasible = float(np.max(np.abs(self.primal)))

    def taken(self) -> tuple[Floats, Floats, Floats]:
        """Parts, slack and force after the step; one factorisation serves both of its halves.

        1. Predictor: towards slack · force = 0 everywhere, the solution itself.
        2. How far may it go before a slack or a force turns negative? The gap that would be left
           there, against the gap now, cubed, says how much to stay away from the boundary: little
           where the way is free, much where it ends at once (Mehrotra's heuristic).
        3. Corrector: towards that centre instead of 0, and less the product of both changes, which
           the predictor's straight line leaves out.
        4. One share for all three: in a quadratic program the gradient depends on `parts`, so that
           slack and force must not go unequally far, as they may in a linear one.
        """
        factor = self.problem.factor(self.force / self.slack)
        product = self.slack * self.force
        _, slack, force = self._towards(-product, factor)
        ahead = (self.slack + _reach(self.slack, slack) * slack) * (
            self.force + _reach(self.force, force) * force
        )
        centre = self.gap * (float(np.mean(ahead)) / self.gap) ** 3
        parts, slack, force = self._towards(centre - product - slack * force, factor)
        share = min(_reach(self.slack, slack), _reach(self.force, force))
        return self.parts + share * parts, self.slack + share * slack, self.force + share * force

    def _towards(self, target: Floats, factor: Floats) -> tuple[Floats, Floats, Floats]:
        """Changes of parts, slack and force that change slack · force by `target`.

        Slack and force are eliminated, so that one system in `parts` is left, with the matrix of
        `factor`; the two follow from it. All three take off the infeasibilities on the way.
        """
        push = (target - self.force * self.primal) / self.slack
        right = self.problem.transposed(push) - self.dual
        flat = cho_solve_banded((factor, True), right.ravel(), check_finite=False)
        parts = flat.reshape(right.shape)
        slack = self.problem.bounded(parts) + self.primal
        return parts, slack, (target - self.force * slack) / self.slack


def _reach(values: Floats, change: Floats) -> float:
    """The longest step, at most 1, that keeps `values` positive."""
    falling = change < 0
    if not falling.any():
        return 1.0
    return min(1.0, STEP_SHARE * float(np.min(-values[falling] / change[falling])))
