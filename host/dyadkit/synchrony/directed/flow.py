"""Directed influence: what each person's past tells about the other, against circular shifts."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.arrays import ArrayLike, Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.synchrony import misalignment
from dyadkit.synchrony.directed.estimators import GAUSSIAN, Estimator, Measured
from dyadkit.synchrony.directed.history import BY_BIC, History, HistoryPlan
from dyadkit.synchrony.directed.regression import Target, lagged
from dyadkit.synchrony.grid import checked_pair
from dyadkit.synchrony.misalignment import SHIFTS, Shifts


@dataclass(frozen=True, slots=True, eq=False)
class Flow(Result):
    """Transfer of one direction: what a person's past tells of the other's next sample, in nats.

    Beyond the other's own past, that is.

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
    """Directed influence both ways; `net_nats` is positive when a leads and b follows.

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
    convention: str = "a_to_b: a's past helps to predict b"


def granger(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    history: History = BY_BIC,
    null: Shifts = SHIFTS,
) -> Directed:
    """Granger causality both ways: `transfer_entropy` by linear prediction, with its F test.

    Parameters and errors as for `transfer_entropy`. Read `p`, by circular shifts; `p_f`, the
    textbook's, is too small on slow series.

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
    return transfer_entropy(a, b, rate_hz, GAUSSIAN, history, null)


def transfer_entropy(
    a: ArrayLike,
    b: ArrayLike,
    rate_hz: float,
    estimator: Estimator = GAUSSIAN,
    history: History = BY_BIC,
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

    Examples
    --------
    >>> a, b = np.random.default_rng(0).standard_normal((2, 300))
    >>> b[3:] += a[:-3]
    >>> found = transfer_entropy(a, b, rate_hz=1.0)
    >>> round(found.net_nats, 1), found.a_to_b.p < 0.05, found.b_to_a.p < 0.05
    (0.4, True, False)

    References
    ----------
    Schreiber 2000, Physical Review Letters 85; Kraskov, Stögbauer & Grassberger 2004, Physical
    Review E 69
    """
    x, y = checked_pair(a, b, rate_hz)
    shifts = null.drawn(len(x), rate_hz)
    a_to_b, b_to_a = (
        _flow(
            source, target, history.plan(target, rate_hz, estimator.max_history), estimator, shifts
        )
        for source, target in ((x, y), (y, x))
    )
    return Directed(
        a_to_b=a_to_b,
        b_to_a=b_to_a,
        net_nats=(a_to_b.nats - a_to_b.null_nats) - (b_to_a.nats - b_to_a.null_nats),
        estimator=repr(estimator),
        null=f"{len(shifts)} circular shifts of at least {null.min_shift_s:g} s",
        shifts=len(shifts),
        seed=null.seed,
        coverage=float(np.mean(np.isfinite(x) & np.isfinite(y))),
        rate_hz=rate_hz,
    )


def _flow(
    source: Floats, to: Floats, plan: HistoryPlan, estimator: Estimator, shifts: Ints
) -> Flow:
    target = Target.of(to, plan.own, plan.start)

    def at(shift: int) -> Measured:
        moved = np.roll(source, shift)
        other = lagged(moved, plan.delay, plan.max_other, plan.start)
        return estimator.measured(target, other, plan.min_other)

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
