"""Estimators of what the other's past adds: linear prediction, or nearest neighbours."""

import math
from dataclasses import dataclass
from typing import Protocol

from dyadkit.dyad.arrays import Floats
from dyadkit.synchrony.directed.neighbours import neighbour_nats
from dyadkit.synchrony.directed.regression import Target, gain


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
    def max_history(self) -> int:
        """Longest history the estimator can use, in samples."""

    def measured(self, target: Target, other: Floats, min_order: int) -> Measured:
        """With the best number of columns of `other`, shape (rows, n), at least `min_order`."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Linear prediction: half the log ratio of residual variances; the same test as Granger's.

    Examples
    --------
    >>> import numpy as np
    >>> from dyadkit.synchrony.directed import transfer_entropy
    >>> a, b = np.random.default_rng(0).standard_normal((2, 300))
    >>> b[3:] += a[:-3]
    >>> found = transfer_entropy(a, b, rate_hz=1.0, estimator=Gaussian())
    >>> round(found.a_to_b.nats, 1), round(found.b_to_a.nats, 1)
    (0.4, 0.0)
    """

    @property
    def max_history(self) -> int:
        """No limit of its own."""
        return 1 << 30

    def measured(self, target: Target, other: Floats, min_order: int) -> Measured:
        """Shifts are compared by the F test's tail, fair between histories of different length."""
        found = gain(target, other)
        columns = found.best(min_order)
        log_p = found.log_p(columns)
        return Measured(
            found.nats(columns), -log_p, found.f(columns), math.exp(log_p), columns, found.rows
        )


GAUSSIAN = Gaussian()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Nearest neighbours (KSG): also nonlinear influence, but needs more data; best near 1 Hz.

    neighbours : how many; max_history : longest history it looks at, in samples

    Examples
    --------
    b answers the square of a's past, which no line predicts; above chance level, in nats:

    >>> import numpy as np
    >>> from dyadkit.synchrony.directed import Fixed, Shifts, transfer_entropy
    >>> a, b = np.random.default_rng(0).standard_normal((2, 200))
    >>> b[1:] += a[:-1] ** 2
    >>> for estimator in (Gaussian(), Neighbours()):
    ...     found = transfer_entropy(a, b, 1.0, estimator, Fixed(own=1, other=1), Shifts(count=19))
    ...     print(round(found.a_to_b.nats - found.a_to_b.null_nats, 1))
    0.0
    0.3

    References
    ----------
    Kraskov, Stögbauer & Grassberger 2004, Physical Review E 69
    """

    neighbours: int = 4
    max_history: int = 4

    def measured(self, target: Target, other: Floats, min_order: int) -> Measured:
        """Histories as for linear prediction, at most `max_history` samples."""
        found = gain(target, other)
        columns = found.best(min_order)
        nats = neighbour_nats(target, other[:, :columns], self.neighbours)
        return Measured(nats, nats, math.nan, math.nan, columns, found.rows)
