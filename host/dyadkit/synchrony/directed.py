"""Who predicts whom: Granger causality and transfer entropy in both directions.

How much of the past to look at is chosen by BIC for each direction and never less than two
samples: with one, the faster signal looks like the leader. The textbook F test is too liberal on
slow physiological series, so p comes from circular shifts. Prediction is not causation: a common
input that reaches one person earlier looks the same.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dyadkit.arrays import ArrayLike, Floats, Ints
from dyadkit.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.directed_neighbours import neighbour_nats
from dyadkit.synchrony.directed_regression import Target, gain, lagged
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.misalignment import SHIFTS, Shifts

__all__ = [
    "ByBIC",
    "Directed",
    "Fixed",
    "Flow",
    "Gaussian",
    "Neighbours",
    "Shifts",
    "granger",
    "transfer_entropy",
]

SHORTEST_HISTORY = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Own history, longest and shortest history of the other, and where it starts, in samples."""

    own: int
    longest_other: int
    shortest_other: int
    delay: int

    @property
    def start(self) -> int:
        """The first sample that has all its past."""
        return max(self.own, self.longest_other + self.delay - 1)


class History(Protocol):
    """How much of the past to look at."""

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """For predicting `series`, with at most `most` samples."""


@dataclass(frozen=True, slots=True)
class ByBIC:
    """Histories by the Bayesian information criterion, chosen anew for each shift as well.

    At least two samples, at most `longest_s` seconds and `most_samples` samples.
    """

    longest_s: float = 5.0
    most_samples: int = 40

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """Own history by BIC now; the other's when it is known."""
        longest = min(round(self.longest_s * rate_hz), self.most_samples, most)
        longest = max(longest, SHORTEST_HISTORY)
        rows = series[longest:]
        alone = Target(rows, np.empty((len(rows), 0)), longest)
        own = gain(alone, lagged(series, 1, longest, longest)).best(SHORTEST_HISTORY)
        return Plan(own, longest, SHORTEST_HISTORY, 1)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Histories in samples, and the most recent sample of the other that counts, `delay` back."""

    own: int
    other: int
    delay: int = 1

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if min(self.own, self.other, self.delay) < 1:
            raise ValueError("own, other and delay are counts of samples, at least 1")

    def plan(self, series: Floats, rate_hz: float, most: int) -> Plan:
        """As given, whatever the series."""
        return Plan(self.own, self.other, self.other, self.delay)


@dataclass(frozen=True, slots=True)
class Measured:
    """One estimate: nats, what shifts are compared by, the F test, history, predictions."""

    nats: float
    evidence: float
    f: float
    p_f: float
    other: int
    samples: int


class Estimator(Protocol):
    """A way to measure what the other's past adds."""

    @property
    def most_history(self) -> int:
        """Longest history the estimator can use, in samples."""

    def measured(self, target: Target, other: Floats, shortest: int) -> Measured:
        """With the best number of columns of `other`, shape (rows, n), at least `shortest`."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Linear prediction: half the log ratio of residual variances; the same test as Granger's."""

    @property
    def most_history(self) -> int:
        """No limit of its own."""
        return 1 << 30

    def measured(self, target: Target, other: Floats, shortest: int) -> Measured:
        """Shifts are compared by the F test's tail, fair between histories of different length."""
        found = gain(target, other)
        columns = found.best(shortest)
        log_p = found.log_p(columns)
        return Measured(
            found.nats(columns), -log_p, found.f(columns), math.exp(log_p), columns, found.rows
        )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Nearest neighbours (KSG): also nonlinear influence, but needs more data; best near 1 Hz."""

    neighbours: int = 4
    most_history: int = 4

    def measured(self, target: Target, other: Floats, shortest: int) -> Measured:
        """Histories as for linear prediction, at most `most_history` samples."""
        found = gain(target, other)
        columns = found.best(shortest)
        nats = neighbour_nats(target, other[:, :columns], self.neighbours)
        return Measured(nats, nats, math.nan, math.nan, columns, found.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Flow(Result):
    """What one person's past tells about the other's next sample, beyond the other's own past.

    nats : transfer entropy; nearest neighbours can give slightly less than zero
    p : by circular shift of the source
    null_nats : what chance gives on average
    f, p_f : the textbook F test, for comparison; NaN for nearest neighbours
    own, other, delay : histories of target and source and the delay, in samples
    samples : how many predictions it rests on
    """

    nats: float
    p: float
    null_nats: float
    f: float
    p_f: float
    own: int
    other: int
    delay: int
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Directed(Result):
    """Influence both ways; `net_nats` is positive when a leads and b follows.

    The difference counts only what exceeds each direction's own chance level.
    """

    a_to_b: Flow
    b_to_a: Flow
    net_nats: float
    estimator: str
    null: str
    shifts: int
    seed: int
    coverage: float
    rate_hz: float


def granger(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    history: History = ByBIC(),
    null: Shifts = SHIFTS,
) -> Directed:
    """Granger causality both ways: `transfer_entropy` by linear prediction, with its F test.

    Examples
    --------
    >>> a, b = np.random.default_rng(0).standard_normal((2, 300))
    >>> b[3:] += a[:-3]
    >>> found = granger(a, b, rate_hz=1.0)
    >>> found.a_to_b.p < 0.01 < found.b_to_a.p, found.a_to_b.other
    (True, 3)

    References
    ----------
    Granger 1969; Barnett, Barrett & Seth 2009, Physical Review Letters 103
    """
    return transfer_entropy(a, b, rate_hz, Gaussian(), history, null)


def transfer_entropy(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    estimator: Estimator = Gaussian(),
    history: History = ByBIC(),
    null: Shifts = SHIFTS,
) -> Directed:
    """Transfer entropy both ways, in nats, each against circular shifts of its source.

    Parameters
    ----------
    a, b : shape (n,), any unit, one uniform grid of about 1 to 4 Hz; samples whose past holds a
        NaN are left out
    estimator : `Gaussian()` or `Neighbours()`
    history : `ByBIC()`, or `Fixed(own, other, delay)` to reproduce other tools

    Raises
    ------
    ValueError
        different lengths, a rate that is not positive
    SignalError
        too short for the history or for circular shifts, constant, mostly missing

    References
    ----------
    Schreiber 2000, Physical Review Letters 85; Kraskov, Stögbauer & Grassberger 2004, Physical
    Review E 69
    """
    x, y = checked_pair(a, b, rate_hz)
    shifts = null.drawn(len(x), rate_hz)
    a_to_b, b_to_a = (
        _flow(
            source, target, history.plan(target, rate_hz, estimator.most_history), estimator, shifts
        )
        for source, target in ((x, y), (y, x))
    )
    return Directed(
        a_to_b=a_to_b,
        b_to_a=b_to_a,
        net_nats=(a_to_b.nats - a_to_b.null_nats) - (b_to_a.nats - b_to_a.null_nats),
        estimator=repr(estimator),
        null=f"{len(shifts)} circular shifts of at least {null.least_s:g} s",
        shifts=len(shifts),
        seed=null.seed,
        coverage=float(np.mean(np.isfinite(x) & np.isfinite(y))),
        rate_hz=rate_hz,
    )


def _flow(source: Floats, to: Floats, plan: Plan, estimator: Estimator, shifts: Ints) -> Flow:
    target = Target.of(to, plan.own, plan.start)

    def at(shift: int) -> Measured:
        moved = np.roll(source, shift)
        other = lagged(moved, plan.delay, plan.longest_other, plan.start)
        return estimator.measured(target, other, plan.shortest_other)

    found, null = at(0), [at(int(shift)) for shift in shifts]
    return Flow(
        nats=found.nats,
        p=misalignment.p_among(found.evidence, np.array([one.evidence for one in null])),
        null_nats=float(np.mean([one.nats for one in null])),
        f=found.f,
        p_f=found.p_f,
        own=plan.own,
        other=found.other,
        delay=plan.delay,
        samples=found.samples,
    )
